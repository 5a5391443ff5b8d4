import Testing

@testable import Executing

@Suite("Answers on the control channel")
struct AnswerTests {
  private static func answers(_ text: String) throws -> (found: [WorkerAnswer], rest: Int) {
    var bytes = Array(text.utf8)[...]
    var found: [WorkerAnswer] = []
    while let answer = try WorkerAnswer.next(in: &bytes) { found.append(answer) }
    return (found, bytes.count)
  }

  private static func attachments(_ answer: WorkerAnswer) -> [String: String] {
    answer.attachments.mapValues { String(decoding: $0, as: UTF8.self) }
  }

  /// An answer as the worker writes it.
  private static func line(_ changes: String = "", parts: String = #"["result", 0]"#, _ blobs: String = "") -> String {
    let head = #""seconds": 0.25, "timed_out": false, "exceeded": null, "machine": null, "strays": 0"#
    return "{\(changes.isEmpty ? #""number": 0, "status": 0"# : changes), \(head), \"parts\": [\(parts)]}\n" + blobs
  }

  @Test("several answers in one piece are told apart by their lengths, whatever they hold")
  func several() throws {
    let (found, rest) = try Self.answers(
      Self.line(parts: #"["result", 3], ["output", 2]"#, "a\nbcd")
        + Self.line(#""number": 1, "lost": 9, "how": "was stopped""#, parts: #"["result", 0], ["traceback", 1]"#, "\n")
        + Self.line(#""number": 2, "status": 139"#))
    #expect(rest == 0)
    #expect(found.map(\.number) == [0, 1, 2])
    #expect(found.map(\.end) == [.ended(0), .serverLost(9, "was stopped"), .ended(139)])
    #expect(found.map(\.seconds) == [0.25, 0.25, 0.25])
    #expect(found.map { String(decoding: $0.result, as: UTF8.self) } == ["a\nb", "", ""])
    #expect(found.map(Self.attachments) == [["output": "cd"], ["traceback": "\n"], [:]])
  }

  @Test("an answer says what the cell had too much of, and what the machine lacked")
  func troubles() throws {
    let text =
      #"{"number": 3, "status": 9, "seconds": 1.5, "timed_out": true, "stopped": true, "exceeded": "scratch", "#
      + #""machine": "room", "strays": 7, "parts": []}"# + "\n"
    let answer = try #require(try Self.answers(text).found.first)
    #expect(answer.timedOut)
    #expect(answer.wasStopped)
    #expect(answer.strays == 7)
    #expect(answer.exceeded == .scratch)
    #expect(answer.machine == "room")
  }

  @Test("an attachment of several pieces is all of them")
  func pieces() throws {
    let (found, _) = try Self.answers(Self.line(parts: #"["output", 2], ["output", 3]"#, "abcde"))
    #expect(found.map(Self.attachments) == [["output": "abcde"]])
  }

  @Test(
    "an answer that is not whole yet is left as it is",
    arguments: [
      "", #"{"number": 0"#, Self.line(parts: #"["result", 1]"#),
      Self.line(parts: #"["result", 1], ["output", 2]"#, "ab"),
      Self.line(parts: #"["output", 4294967295]"#, "ab"),
    ])
  func partial(text: String) throws {
    let (found, rest) = try Self.answers(text)
    #expect(found.isEmpty)
    #expect(rest == text.utf8.count)
  }

  @Test("an answer that comes byte by byte is the same, and what follows it stays")
  func byteByByte() throws {
    let text = Self.line(parts: #"["result", 3], ["output", 2], ["traceback", 1]"#, "a\nbcdx")
    var bytes: ArraySlice<UInt8> = []
    for (index, byte) in text.utf8.enumerated() {
      #expect(try WorkerAnswer.next(in: &bytes) == nil, "\(index)")
      bytes.append(byte)
    }
    bytes.append(contentsOf: "{1".utf8)
    let answer = try #require(try WorkerAnswer.next(in: &bytes))
    #expect(Self.attachments(answer) == ["output": "cd", "traceback": "x"])
    #expect(String(decoding: bytes, as: UTF8.self) == "{1")
  }

  @Test(
    "what is no answer is refused",
    arguments: [
      "\n", "{}\n", "[]\n", "Segmentation fault\n", "0 0 0.2 0 0 0\n", Self.line(#""number": 0"#),
      Self.line(#""number": 0, "status": 0, "lost": 9"#), Self.line(#""number": "x", "status": 0"#),
      Self.line(parts: #"["result", -1]"#), Self.line(parts: #"["result", 4294967296]"#),
      Self.line(parts: #"["result"]"#),
      Self.line(parts: #"[1, "result"]"#), Self.line(parts: "0"),
      Self.line().replacing("null, \"strays\"", with: "7, \"strays\""),
      Self.line().replacing("\"strays\": 0", with: "\"strays\": -1"),
    ])
  func malformed(text: String) {
    #expect(throws: WorkerAnswer.Malformed.self) { try Self.answers(text) }
  }
}
