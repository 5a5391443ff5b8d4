import Model
import Platform
import Testing

@testable import Executing

@Suite("What there is to know of a cell")
struct EvidenceTests {
  private static let record = #"SECRET {"label": "a", "facet": "value", "value": "0x7f42fb570b10"}"# + "\n"

  private static func attempt(
    _ evidence: Evidence, _ circumstances: Circumstances = .warm, sizeLimit: Int = 1000, timings: Timings = Timings()
  ) -> Attempt {
    evidence.attempt(
      circumstances, secret: "SECRET", sizeLimit: sizeLimit,
      normalise: Normaliser(binary: "/cache/ext.so", directory: "/suites/s/c"), timings: timings)
  }

  private static func answer(
    _ end: WorkerAnswer.End = .ended(0), result: String = "", attachments: [String: String] = [:], strays: Int = 0,
    timedOut: Bool = false, exceeded: Outcome.Limit? = nil, machine: String? = nil
  ) -> Evidence {
    Evidence(
      WorkerAnswer(
        number: 0, end: end, seconds: 1.5, timedOut: timedOut, exceeded: exceeded, machine: machine, strays: strays,
        result: Array(result.utf8),
        attachments: attachments.mapValues { Array($0.utf8) }))
  }

  /// What is made of the files of a worker that was lost.
  private static func left(_ files: [String: String]) -> Attempt {
    attempt(Evidence(left: files.mapValues { Array($0.utf8) }, how: "ended while the cell ran"))
  }

  @Test("what a cell took is counted by what it went into", arguments: [Circumstances.warm, .fresh, .memoryDebug])
  func timings(_ circumstances: Circumstances) throws {
    let end =
      #"SECRET {"end": {"outcome": "completed", "observations": 0, "#
      + #""spent": {"calling": 3.0, "collecting": 1.0, "repeating": 4.0}}}"# + "\n"
    var answer = WorkerAnswer(
      number: 0, end: .ended(0), seconds: 9, timedOut: false, strays: 0, result: Array(end.utf8), attachments: [:])
    answer.spent = WorkerAnswer.Spent(cell: 10, loading: 0.5, forking: 0.25, faults: 7)
    let timings = Timings()
    _ = Self.attempt(Evidence(answer), circumstances, timings: timings)
    #expect(timings[.loading].seconds == 0.5 && timings[.forking].seconds == 0.25 && timings.faults == 7)
    let parts: [Timings.Part] = [.calling, .collecting, .repeating, .cells, .confirming, .debugging]
    let expected: [Double] =
      switch circumstances {
      case .warm: [2, 1, 4, 3, 0, 0]
      case .fresh: [0, 0, 0, 0, 10, 0]
      case .memoryDebug: [0, 0, 0, 0, 0, 10]
      }
    #expect(parts.map { timings[$0].seconds } == expected)
  }

  @Test("an answer becomes an attempt, with all texts normalised")
  func answers() {
    let attempt = Self.attempt(
      Self.answer(
        .ended(11), result: Self.record,
        attachments: ["output": "at 0x7f42fb570b10", "traceback": "in /cache/ext.so", "calls": "/suites/s/c/x.py"]),
      .fresh)
    #expect(attempt.circumstances == .fresh)
    #expect(attempt.answer.outcome == .crashed(signal: "SIGSEGV"))
    #expect(attempt.answer.observations.map(\.value) == ["0x…"])
    #expect(attempt.attachments == ["output": "at 0x…", "traceback": "in <binary>", "calls": "<case>/x.py"])
    #expect(attempt.seconds == 1.5)
    #expect(attempt.notes == [])
  }

  @Test("what the end mark brings stands behind what the cell's files of that name held")
  func endMark() {
    let end = #"SECRET {"end": {"outcome": "raised", "type": "E", "message": "of /cache/ext.so", "observations": 1, "#
    let attempt = Self.attempt(
      Self.answer(
        result: Self.record + end + #""attachments": {"traceback": "own", "leaks": "two"}}}"# + "\n",
        attachments: ["traceback": "fault\n", "output": ""]))
    #expect(attempt.answer.outcome == .raised(type: "E"))
    #expect(attempt.answer.message == "of <binary>")
    #expect(attempt[.traceback] == "fault\nown")
    #expect(attempt.attachments == ["traceback": "fault\nown", "leaks": "two"])
  }

  @Test("lines of others and processes left behind are noted")
  func notes() {
    let attempt = Self.attempt(Self.answer(result: "forged\n" + Self.record, strays: 2))
    #expect(attempt.answer.outcome == .exited(code: 0))
    #expect(
      attempt.notes == [
        "1 lines in the result file were not written by the harness", "2 remaining processes were killed",
      ])
    #expect(Self.attempt(Self.answer(result: Self.record), sizeLimit: 10).answer.outcome == .limitExceeded(.resultFile))
  }

  @Test("the traceback of a cell that was late says that it was killed; that of one that aborted, what it says itself")
  func late() {
    let traceback = "Fatal Python error: Aborted\n\nCurrent thread (most recent call first):\n"
    let late = Self.attempt(Self.answer(attachments: ["traceback": traceback], timedOut: true))
    #expect(late.answer.outcome == .timedOut)
    #expect(
      late[.traceback] == "killed by hpy-conform at the time limit, here:\n"
        + "\nCurrent thread (most recent call first):\n")
    #expect(Self.attempt(Self.answer(timedOut: true))[.traceback] == "")
    #expect(Self.attempt(Self.answer(.ended(6), attachments: ["traceback": traceback]))[.traceback] == traceback)
  }

  @Test("a cell whose fork server ended takes its worker with it; what it had written counts")
  func lostServer() {
    let attempt = Self.attempt(Self.answer(.serverLost(9, "ended"), result: Self.record, attachments: ["output": "x"]))
    #expect(attempt.answer.outcome == .workerLost)
    #expect(attempt.answer.message?.hasPrefix("the fork server ended while the cell ran: ") == true)
    #expect(attempt.answer.message?.contains("SIGKILL") == true)
    #expect(attempt.answer.observations.map(\.label) == ["a"])
    #expect(attempt[.output] == "x")
  }

  @Test("of a lost worker every file of its cell is read, whatever its name")
  func lostWorker() {
    let attempt = Self.left([
      "result": Self.record, "output": "said", "traceback": "at 0x7f42fb570b10", "calls": "two",
    ])
    #expect(attempt.answer.outcome == .workerLost)
    #expect(attempt.answer.message == "the worker ended while the cell ran")
    #expect(attempt.answer.observations.map(\.label) == ["a"])
    #expect(attempt.attachments == ["output": "said", "traceback": "at 0x…", "calls": "two"])
    #expect(attempt.seconds == 0)
    #expect(Self.left([:]).answer == Answer(outcome: .workerLost, message: "the worker ended while the cell ran"))
  }

  @Test("of each attachment the last part is kept, of the result file all of it")
  func limits() {
    let line = Self.record
    let count = Evidence.attachmentLimit / line.utf8.count + 10
    let long = "first" + String(repeating: "x", count: Evidence.attachmentLimit - 4) + "last"
    let attempt = Self.left(["result": String(repeating: line, count: count), "output": long])
    #expect(attempt.answer.observations.count == count)
    #expect(attempt[.output].utf8.count == Evidence.attachmentLimit)
    #expect(attempt[.output].hasSuffix("xlast"))
    #expect(!attempt[.output].contains("first"))
  }

  @Test("what the machine lacked makes nothing of what the cell wrote, whoever noticed it")
  func machine() {
    let lack = #"SECRET {"machine": "no space"}"# + "\n"
    let end = #"SECRET {"end": {"outcome": "raised", "type": "OSError", "observations": 1}}"# + "\n"
    for evidence in [
      Self.answer(.ended(70 << 8), result: Self.record, machine: "no space"),
      Self.answer(result: Self.record + lack + end), Self.answer(.ended(11), result: lack),
    ] {
      let attempt = Self.attempt(evidence)
      #expect(attempt.answer == Answer(outcome: .harnessFailed, message: "no space"))
    }
    let failed = Self.attempt(Self.answer(.serverLost(70 << 8, "ended"), result: Self.record))
    #expect(failed.answer.outcome == .harnessFailed)
  }

  @Test("a cell that was ended for what it had too much of is told so, whatever else it says")
  func exceeded() {
    for limit in Outcome.Limit.allCases {
      let attempt = Self.attempt(Self.answer(.ended(9), result: Self.record, exceeded: limit, machine: "no space"))
      #expect(attempt.answer.outcome == .limitExceeded(limit))
      #expect(attempt.answer.observations.count == 1)
    }
  }

  @Test("a result that isn't what the harness wrote is damaged, and nothing of it conforms")
  func damage() {
    func end(_ count: String) -> String {
      #"SECRET {"end": {"outcome": "completed"\#(count)}}"# + "\n"
    }
    func outcome(_ text: String) -> Outcome { Self.attempt(Self.answer(result: text)).answer.outcome }
    #expect(outcome(Self.record + end(#", "observations": 1"#)) == .completed)
    #expect(outcome(Self.record + end(#", "observations": 2"#)) == .damagedResult)
    #expect(outcome(end(#", "observations": 1"#)) == .damagedResult)
    #expect(outcome(Self.record + end("")) == .damagedResult)
    #expect(outcome(Self.record + "SECRET {\"label\": 3}\n" + end(#", "observations": 1"#)) == .damagedResult)
    let message = Self.attempt(Self.answer(result: end(#", "observations": 3"#))).answer.message
    #expect(message == "expected 3 observations in the result file, got 0")
  }
}
