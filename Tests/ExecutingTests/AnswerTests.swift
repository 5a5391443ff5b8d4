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

  @Test("several answers in one piece are told apart by their lengths, whatever they hold")
  func several() throws {
    let (found, rest) = try Self.answers(
      "0 0 0.25 0 0 3 output=2\na\nbcd1 lost:9 0.0 0 0 0 traceback=1\nx2 139 1.5 1 7 0\n")
    #expect(rest == 0)
    #expect(found.map(\.number) == [0, 1, 2])
    #expect(found.map(\.end) == [.ended(0), .serverLost(9), .ended(139)])
    #expect(found.map(\.seconds) == [0.25, 0, 1.5])
    #expect(found.map(\.timedOut) == [false, false, true])
    #expect(found.map(\.strays) == [0, 0, 7])
    #expect(found.map { String(decoding: $0.result, as: UTF8.self) } == ["a\nb", "", ""])
    #expect(found.map(Self.attachments) == [["output": "cd"], ["traceback": "x"], [:]])
  }

  @Test("a cell leaves as many attachments as it likes, of any name, in the order of the line")
  func attachments() throws {
    let (found, rest) = try Self.answers("0 0 0.1 0 0 1 calls=4 output=0 native-backtrace=2\nr1 2\nab")
    #expect(rest == 0)
    #expect(found.map(Self.attachments) == [["calls": "1 2\n", "output": "", "native-backtrace": "ab"]])
    #expect(found.map { String(decoding: $0.result, as: UTF8.self) } == ["r"])
  }

  @Test("an attachment of several pieces is all of them")
  func pieces() throws {
    let (found, _) = try Self.answers("0 0 0.1 0 0 0 output=2 output=3\nabcde")
    #expect(found.map(Self.attachments) == [["output": "abcde"]])
  }

  @Test(
    "an answer that is not whole yet is left as it is",
    arguments: [
      "", "0 0 0.2", "0 0 0.2 0 0 1 output=1", "0 0 0.2 0 0 1\n", "0 0 0.2 0 0 1 output=1 traceback=1\nab",
      "0 0 0.2 0 0 0 output=4294967295\nab",
    ])
  func partial(text: String) throws {
    let (found, rest) = try Self.answers(text)
    #expect(found.isEmpty)
    #expect(rest == text.utf8.count)
  }

  @Test("an answer that comes byte by byte is the same, and what follows it stays")
  func byteByByte() throws {
    let text = "0 0 0.25 0 0 3 output=2 traceback=1\na\nbcdx"
    var bytes: ArraySlice<UInt8> = []
    for (index, byte) in text.utf8.enumerated() {
      #expect(try WorkerAnswer.next(in: &bytes) == nil, "\(index)")
      bytes.append(byte)
    }
    bytes.append(contentsOf: "1 0".utf8)
    let answer = try #require(try WorkerAnswer.next(in: &bytes))
    #expect(Self.attachments(answer) == ["output": "cd", "traceback": "x"])
    #expect(String(decoding: bytes, as: UTF8.self) == "1 0")
  }

  @Test(
    "what is no answer is refused",
    arguments: [
      "\n", "0 0 0.2 0 0\n", "0 gone 0.2 0 0 0\n", "0 lost: 0.2 0 0 0\n", "0 lost 0.2 0 0 0\n",
      "0 lost:1:2 0.2 0 0 0\n", "x 0 0.2 0 0 0\n", "0 0 long 0 0 0\n", "0 0 0.2 0 few 0\n", "0 0 0.2 0 0 -1\n",
      "0 0 0.2 0 0 x\n", "0 0 0.2 0 0 0 output\n", "0 0 0.2 0 0 0 output=\n", "0 0 0.2 0 0 0 =1\nx",
      "0 0 0.2 0 0 0 output=1=2\nab",
      "0 0 0.2 0 0 0 output=-1\n", "0 0 0.2 0 0 0 output=x\n", "0 0 0.2 0 0 0 output=4294967296\n",
      "0 0 0.2 0 0 0 output=1 2\nab", "0 0 0.2 0 0 1 1 1\nabc", "Segmentation fault\n",
    ])
  func malformed(text: String) {
    #expect(throws: WorkerAnswer.Malformed.self) { try Self.answers(text) }
  }
}
