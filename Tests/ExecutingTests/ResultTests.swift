import Foundation
import Model
import Testing

@testable import Executing

@Suite("What a cell's files and wait status are taken for")
struct ResultTests {
  /// The file of these lines; each end mark says how many observations there are before it.
  private static func file(_ lines: [String]) -> ResultFile {
    let text = lines.enumerated().map { index, line in
      let before = lines[..<index].count { $0.hasPrefix(#"SECRET {"label""#) }
      let separator = line.contains(#""end": {}"#) ? "" : ", "
      return line.replacing(#""end": {"#, with: #""end": {"observations": \#(before)\#(separator)"#) + "\n"
    }
    return ResultFile(Data(text.joined().utf8), secret: "SECRET")
  }

  private static let record = #"SECRET {"label": "a", "facet": "value", "value": "1"}"#
  private static let broken =
    #"SECRET {"label": "b", "facet": "value", "value": "1", "expected": ["2"], "source": "document"}"#
  private static let end = #"SECRET {"end": {"outcome": "completed"}}"#

  private static func outcome(
    _ file: ResultFile, status: Int32 = 0, timedOut: Bool = false, size: Int = 10
  ) -> Outcome {
    Ending(status: status, timedOut: timedOut, resultSize: size, sizeLimit: 1000).outcome(file)
  }

  @Test("observations and end mark are read in order")
  func reading() {
    let file = Self.file([Self.record, Self.broken, Self.end])
    #expect(file.observations.map(\.label) == ["a", "b"])
    #expect(file.observations[1].holds == false)
    #expect(file.end?.outcome == "completed")
    #expect(file.forgedLines == 0)
  }

  @Test("a line without the secret is forged, and an end mark without it ends nothing")
  func forging() {
    let file = Self.file([
      Self.record, #"{"end": {"outcome": "completed"}}"#, #"GUESS {"end": {"outcome": "completed"}}"#,
    ])
    #expect(file.observations.count == 1)
    #expect(file.end == nil)
    #expect(file.forgedLines == 2)
    #expect(Self.outcome(file) == .exited(code: 0))
  }

  @Test("what stands behind the end mark is forged")
  func afterTheEnd() {
    let file = Self.file([Self.end, Self.record])
    #expect(file.observations.isEmpty)
    #expect(file.forgedLines == 1)
  }

  @Test("a line that was cut off in the middle is dropped, what came before it stays")
  func truncation() {
    let file = Self.file([Self.record, String(Self.broken.prefix(30))])
    #expect(file.observations.map(\.label) == ["a"])
    #expect(file.end == nil)
  }

  @Test("completed needs the end mark and the wait status")
  func completion() {
    let complete = Self.file([Self.record, Self.end])
    #expect(Self.outcome(complete) == .completed)
    #expect(Self.outcome(complete, status: 11) == .crashed(signal: "SIGSEGV"))
    #expect(Self.outcome(complete, status: 3 << 8) == .exited(code: 3))
    #expect(Self.outcome(complete, timedOut: true) == .timedOut)
    #expect(Self.outcome(Self.file([Self.record])) == .exited(code: 0))
    #expect(Self.outcome(Self.file([Self.record]), size: 1000) == .limitExceeded(.resultFile))
  }

  @Test("a broken promise makes a completed cell one with a failed expectation")
  func expectations() {
    #expect(Self.outcome(Self.file([Self.broken, Self.end])) == .expectationFailed)
  }

  @Test("the end mark's own outcomes")
  func endMarks() {
    func end(_ body: String) -> ResultFile { Self.file(["SECRET {\"end\": \(body)}"]) }
    #expect(Self.outcome(end(#"{"outcome": "raised", "type": "KeyError"}"#)) == .raised(type: "KeyError"))
    #expect(Self.outcome(end(#"{"outcome": "not loadable", "message": "x"}"#)) == .notLoadable)
    #expect(Self.outcome(end(#"{"outcome": "invalid case", "message": "x"}"#)) == .invalid)
  }

  @Test("a limit is the reason where a process left early at its end, and no other word is an outcome")
  func limits() {
    let recorded = Self.file([Self.record])
    #expect(Self.outcome(recorded, status: 1 << 8, size: 1000) == .limitExceeded(.resultFile))
    #expect(Self.outcome(recorded, status: 11, size: 1000) == .crashed(signal: "SIGSEGV"))
    #expect(Self.outcome(Self.file([Self.record, Self.end]), size: 1000) == .completed)
    for body in [#"{"outcome": "raised"}"#, #"{"outcome": "crashed"}"#, #"{"outcome": "fine"}"#] {
      #expect(Self.outcome(Self.file(["SECRET {\"end\": \(body)}"])) == .invalid, "\(body)")
    }
  }

  @Test(
    "the worker's words for outcomes are the program's",
    arguments: [
      ("completed", .completed), ("raised", .raised(type: "E")), ("not loadable", .notLoadable),
      ("invalid case", .invalid),
    ] as [(String, Outcome)])
  func words(word: String, outcome: Outcome) {
    let file = Self.file(["SECRET {\"end\": {\"outcome\": \"\(word)\", \"type\": \"E\"}}"])
    #expect(Self.outcome(file) == outcome)
    #expect(outcome.kind.rawValue == word)
  }

  @Test("the end mark brings a message, and attachments of its own")
  func endMarkTexts() {
    let file = Self.file([
      #"SECRET {"end": {"outcome": "raised", "type": "E", "message": "m", "attachments": {"traceback": "t", "x": "y"}}}"#
    ])
    #expect(file.end?.message == "m")
    #expect(file.end?.attachments == ["traceback": "t", "x": "y"])
    #expect(Self.file([Self.end]).end?.attachments == nil)
  }
}

@Suite("Normalising: the whole list of what is taken out")
struct NormaliserTests {
  private let normalise = Normaliser(binary: "/cache/artifacts/ab/ext.so", directory: "/suites/a/b")

  @Test(
    "addresses and the two paths go, all else stays",
    arguments: [
      ("<ext.P object at 0x7f42fb570b10>", "<ext.P object at 0x…>"),
      ("0xDEADBEEF and 0x10", "0x… and 0x10"),
      ("'/cache/artifacts/ab/ext.so' is bad", "'<binary>' is bad"),
      ("/suites/a/b/scenarios.py:3", "<case>/scenarios.py:3"),
      ("/suites/a is kept, 123456789 too", "/suites/a is kept, 123456789 too"),
    ])
  func texts(text: String, expected: String) {
    #expect(normalise(text) == expected)
  }

  @Test("value and message are normalised, the label is not")
  func observations() {
    let observation = Observation(label: "at 0x7f42fb570b10", value: "0x7f42fb570b10", message: "0x7f42fb570b11")
    let normal = normalise(observation)
    #expect(normal.label == "at 0x7f42fb570b10")
    #expect(normal.value == "0x…")
    #expect(normal.message == "0x…")
  }
}
