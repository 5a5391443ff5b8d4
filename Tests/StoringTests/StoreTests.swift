import Foundation
import GRDB
import Model
import TestBuilders
import Testing

@testable import Storing

@Suite("The results database")
struct StoreTests {
  private static func result(_ name: String, value: String = "1", verdict: Verdict = .conforming) -> CellResult {
    let answer = Answer(
      outcome: .completed, message: nil,
      observations: [
        Observation(label: "x", value: value),
        Observation(
          label: "y", facet: .leak, value: "raised KeyError", exception: "KeyError", message: "m",
          expected: ["a", "b"], source: "document"),
      ])
    var result = CellResult.sample(
      .sample(scenario: name), value: value, verdict: verdict,
      attempts: [
        Attempt(
          circumstances: .warm, answer: answer, seconds: 0.5,
          attachments: ["output": "out", "traceback": "trace", "a name of the future": "text"], notes: ["one", "two"]),
        Attempt(circumstances: .fresh, answer: answer),
      ])
    for place in result.judgement.findings.indices {
      result.judgement.findings[place].divergence.oracle = .reference(.sample(.cpython, scenario: name))
      result.judgement.findings[place].reason = "r"
      result.judgement.findings[place].link = "l"
      result.judgement.findings[place].circumstances = [.warm, .memoryDebug]
    }
    return result
  }

  private static let header = RunHeader.sample(
    files: ["s/ledger.toml": "# ledger", "s/c/scenarios.py": "def a(ext): …"],
    scenarios: [
      RecordedScenario(path: "s/c/scenarios.py", name: "a", line: 7, content: ContentKey(of: "a")),
      RecordedScenario(path: "s/c/scenarios.py", name: "b", line: 9, content: ContentKey(of: "b")),
    ], planned: 2, missing: ["no pypy"])

  private static func header(_ series: String? = nil) -> RunHeader {
    var header = header
    header.uuid = UUID()
    header.series = series
    return header
  }

  @discardableResult
  private static func record(_ results: [CellResult], in writer: StoreWriter) async throws -> StoredRun {
    try await writer.record(results, header(), steps: [.sample()], ledger: "# ledger")
  }

  @Test("everything of a run reads back as it was")
  func roundTrip() async throws {
    let writer = try StoreWriter.temporary()
    let (one, two) = (Self.result("a"), Self.result("b", value: "3", verdict: .new))
    let run = try await Self.record([one, two], in: writer)
    let store = writer.store
    #expect((run.kind, run.state, run.planned) == (.run, .finished, 2))
    #expect(run.runtimes == [.sample()])
    #expect(run.compiler == "gcc 12")
    #expect(run.missing == ["no pypy"])
    #expect(run.cellSeconds == 1)
    #expect(run.buildSeconds == 1)
    let results = try store.results(of: run)
    #expect(results.map(\.verdict) == [.conforming, .new])
    #expect(results.map(\.attempts) == [2, 2])
    #expect(results[1].findings == two.judgement.findings)
    #expect(try store.result(of: two.cell, in: run) == results[1])
    #expect(try store.result(of: .sample(scenario: "c"), in: run) == nil)
    #expect(try store.attempts(of: one.cell, in: run) == one.attempts)
    #expect(try store.attempts(of: run).map(\.attempts) == [one.attempts, two.attempts])
    #expect(try store.file("s/c/scenarios.py", of: run) == "def a(ext): …")
    #expect(try store.file("s/c/hpy.c", of: run) == nil)
    #expect(try store.ledgers(of: run) == ["s/ledger.toml": "# ledger"])
    #expect(try store.content(try #require(try store.fileKeys(of: run)["s/ledger.toml"])) == "# ledger")
    let steps = try store.buildSteps(of: one.cell, in: run)
    #expect(steps.map(\.command) == [["gcc -c"]])
    #expect(steps.map(\.kind) == [.compile])
    #expect(try store.buildCounts(of: run) == (1, 0))
    #expect(try store.verdictCounts(of: run) == [.conforming: 1, .new: 1])
    #expect(try store.verdictsOfRuns() == [run.id: [.conforming: 1, .new: 1]])
  }

  @Test("cells of a run and of all runs, by rows; a home is part of a cell's name")
  func rows() async throws {
    let writer = try StoreWriter.temporary()
    let results = [
      CellResult.sample(.sample(scenario: "a")),
      .sample(.sample(home: "pypy", scenario: "a"), value: "2", verdict: .new),
      .sample(.sample(.universalDebug, scenario: "a")), .sample(.sample(scenario: "b"), value: "3", verdict: .known),
    ]
    let first = try await writer.record(results)
    let second = try await writer.record([results[0]])
    let store = writer.store
    let rows = try store.cellRows(of: first)
    #expect(
      rows.map(\.id.description) == [
        "s/c/a@universal@cpython", "s/c/a@universal:pypy@cpython", "s/c/a@universal+debug@cpython",
        "s/c/b@universal@cpython",
      ])
    let all = try store.resultRows(ofCells: rows.map(\.row))
    #expect(all[rows[0].row]?.keys.sorted() == [first.id, second.id])
    #expect(all[rows[1].row] == [first.id: rows[1].result])
    let judgements = try store.judgements(ofConclusions: Set(rows.map(\.result.conclusion)))
    #expect(rows.map { judgements[$0.result.conclusion] } == [0, 1, 2, 3].map { results[$0].judgement })
    var seen: [String] = []
    try store.forEachCell(of: first) { cell, outcome, verdict in
      seen.append("\(cell.lane) \(outcome) \(verdict)")
    }
    #expect(
      seen == [
        "universal completed conforming", "universal completed new", "universal+debug completed conforming",
        "universal completed known",
      ])
    for result in results { #expect(try store.attempts(of: result.cell, in: first) == result.attempts) }
  }

  @Test("equal answers, files, commands and what attempts leave are stored once, in however many runs")
  func sharing() async throws {
    let writer = try StoreWriter.temporary()
    for _ in 1...3 { try await Self.record([Self.result("a"), Self.result("b")], in: writer) }
    let tables = [
      "run", "answer", "observation", "cell", "step", "build", "conclusion", "attempt", "trace", "trace_attachment",
      "attachment", "file", "scenario_part",
    ]
    let counts = try await writer.pool.read { db in
      try tables.map { try Int.fetchOne(db, sql: "SELECT count(*) FROM \($0)") ?? 0 }
    }
    #expect(counts == [3, 1, 2, 2, 1, 1, 1, 12, 2, 3, 18, 2, 2])
  }

  @Test("attempts that differ in nothing but what they left, or in their notes, stay apart")
  func traces() async throws {
    let writer = try StoreWriter.temporary()
    let attempts = [["output": "1"], ["output": "2"], ["traceback": "1"], [:]].flatMap { attachments in
      [[], ["note"]].map { notes in
        Attempt(circumstances: .fresh, answer: .sample(), attachments: attachments, notes: notes)
      }
    }
    let run = try await writer.record([.sample(attempts: attempts)])
    #expect(try writer.store.attempts(of: .sample(), in: run) == attempts)
  }

  @Test("where a scenario stands is known by the file that a run used")
  func scenarioParts() async throws {
    let writer = try StoreWriter.temporary()
    let first = try await Self.record([], in: writer)
    var header = Self.header()
    header.files["s/c/scenarios.py"] = "# a line before\ndef a(ext): …"
    header.scenarios = [
      RecordedScenario(path: "s/c/scenarios.py", name: "a", line: 8, content: ContentKey(of: "a"))
    ]
    let second = try await writer.record([], header)
    let (a, b) = (ScenarioID.sample("a"), ScenarioID.sample("b"))
    #expect(
      try writer.store.scenarioParts(of: first) == [
        a: ScenarioPart(line: 7, content: ContentKey(of: "a")), b: ScenarioPart(line: 9, content: ContentKey(of: "b")),
      ])
    #expect(
      try writer.store.scenarioParts(of: second) == [a: ScenarioPart(line: 8, content: ContentKey(of: "a"))])
  }

  @Test("a cell has one key, in whatever database it is")
  func cellKeys() async throws {
    var keys: Set<String> = []
    for _ in 1...2 {
      let writer = try StoreWriter.temporary()
      try await Self.record([Self.result("b"), Self.result("a")].shuffled(), in: writer)
      keys.formUnion(try await writer.pool.read { try String.fetchAll($0, sql: "SELECT key FROM cell") })
    }
    #expect(keys.count == 2)
  }

  @Test("a run is found by the beginning of its UUID; unknown and ambiguous names are told")
  func naming() async throws {
    let writer = try StoreWriter.temporary()
    let store = writer.store
    #expect(throws: Problem.self) { try store.run(named: "latest") }
    let run = try await Self.record([], in: writer)
    let later = try await Self.record([], in: writer)
    #expect(try store.run(named: String(run.uuid.prefix(8)).uppercased()).uuid == run.uuid)
    #expect(try store.run(named: "latest").uuid == later.uuid)
    #expect(try store.run(run.uuid).id == run.id)
    let ambiguous = #expect(throws: Problem.self) { try store.run(named: "") }
    #expect(ambiguous?.description.contains("2 runs begin with") == true)
    for name in ["zz", "%", "_"] {
      let problem = #expect(throws: Problem.self) { try store.run(named: name) }
      #expect(problem?.description.contains("no run is named `\(name)`") == true)
    }
    #expect(throws: Problem.self) { try store.run(String(run.uuid.dropLast())) }
  }

  @Test("a run is compared with the chosen baseline, else with the last whole one, of its kind and series")
  func baselines() async throws {
    let writer = try StoreWriter.temporary()
    let store = writer.store
    var runs: [StoredRun] = []
    for (kind, series, state) in [
      (RunKind.run, "nightly", RunState.finished), (.run, "nightly", .interrupted),
      (.portability, "nightly", .finished),
      (.run, "other", .finished), (.run, "nightly", .finished),
    ] {
      runs.append(try await writer.record([], .sample(kind: kind, series: series), state: state))
    }
    #expect(try store.usualBaseline(of: runs[4])?.id == runs[0].id)
    #expect(try store.usualBaseline(of: runs[1])?.id == runs[0].id)
    #expect(try store.usualBaseline(of: runs[3]) == nil)
    #expect(try store.usualBaseline(of: runs[2]) == nil)
    try writer.setBaseline(runs[1], ofSeries: "nightly")
    #expect(try store.usualBaseline(of: runs[4])?.id == runs[1].id)
    #expect(try store.baseline(ofSeries: "nightly")?.id == runs[1].id)
    try writer.setBaseline(nil, ofSeries: "nightly")
    #expect(try store.baseline(ofSeries: "nightly") == nil)
    #expect(try store.runs(inSeries: "nightly").map(\.id) == [runs[0], runs[1], runs[4]].map(\.id))
  }

  @Test("replaced verdicts keep the answers, and every ledger that was used")
  func rejudging() async throws {
    let writer = try StoreWriter.temporary()
    let store = writer.store
    let result = Self.result("a", verdict: .new)
    let run = try await Self.record([result], in: writer)
    try writer.replaceVerdicts(
      of: run, with: [result.cell: Judgement(verdict: .conforming, findings: [])], ledger: "# another")
    #expect(try store.results(of: run).map(\.verdict) == [.conforming])
    #expect(try store.results(of: run).first?.findings == [])
    #expect(try store.attempts(of: result.cell, in: run) == result.attempts)
    #expect(try store.verdictsOfRuns() == [run.id: [.conforming: 1]])
    let ledgers = try await writer.pool.read {
      try String.fetchAll(
        $0, sql: "SELECT text FROM judgement JOIN content ON content.key = ledger_key ORDER BY judgement.id")
    }
    #expect(ledgers == ["# ledger", "# another"])
  }

  @Test("what was handed over is on disk soon, without the run being closed")
  func crash() async throws {
    let writer = try StoreWriter.temporary()
    let recorder = try await RunRecorder(writer, header: .sample(planned: 2))
    await recorder.record(Self.result("a"), steps: [])
    let other = try Store(path: writer.store.path)
    var found: [StoredResult] = []
    for _ in 0..<200 where found.isEmpty {
      try await Task.sleep(for: .milliseconds(25))
      found = try other.results(of: try other.run(named: "latest"))
    }
    #expect(found.count == 1)
    #expect(try other.run(named: "latest").state == .running)
  }

  @Test("a run that is cancelled is opened and closed all the same")
  func cancelled() async throws {
    let writer = try StoreWriter.temporary()
    let task = Task {
      while !Task.isCancelled { await Task.yield() }
      return try await writer.record([Self.result("a")], .sample(), state: .interrupted)
    }
    task.cancel()
    let run = try await task.value
    #expect(run.state == .interrupted)
    #expect(try writer.store.results(of: run).count == 1)
  }

  @Test("references are enforced")
  func references() async throws {
    let writer = try StoreWriter.temporary()
    try await Self.record([Self.result("a")], in: writer)
    await #expect(throws: DatabaseError.self) {
      try await writer.pool.write { try $0.execute(sql: "DELETE FROM content") }
    }
  }
}
