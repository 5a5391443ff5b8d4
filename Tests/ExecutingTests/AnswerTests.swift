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

  @Test("several answers in one piece are told apart by their lengths, whatever they hold")
  func several() throws {
    let (found, rest) = try Self.answers("0 0 0.25 0 0 3 2 0\na\nbcd1 lost:9 0.0 0 0 0 0 1\nx2 139 1.5 1 7 0 0 0\n")
    #expect(rest == 0)
    #expect(found.map(\.number) == [0, 1, 2])
    #expect(found.map(\.end) == [.ended(0), .serverLost(9), .ended(139)])
    #expect(found.map(\.seconds) == [0.25, 0, 1.5])
    #expect(found.map(\.timedOut) == [false, false, true])
    #expect(found.map(\.strays) == [0, 0, 7])
    #expect(found.map { String(decoding: $0.result, as: UTF8.self) } == ["a\nb", "", ""])
    #expect(found.map { String(decoding: $0.output, as: UTF8.self) } == ["cd", "", ""])
    #expect(found.map { String(decoding: $0.fault, as: UTF8.self) } == ["", "x", ""])
  }

  @Test("an answer that is not whole yet is left as it is", arguments: ["", "0 0 0.2", "0 0 0.2 0 0 1 1 1\nab"])
  func partial(text: String) throws {
    let (found, rest) = try Self.answers(text)
    #expect(found.isEmpty)
    #expect(rest == text.utf8.count)
  }

  @Test(
    "what is no answer is refused",
    arguments: ["\n", "0 0 0.2 0 0 1 1\n", "0 gone 0.2 0 0 0 0 0\n", "0 lost: 0.2 0 0 0 0 0\n", "0 0 0.2 0 0 -1 0 0\n"])
  func malformed(text: String) {
    #expect(throws: WorkerAnswer.Malformed.self) { try Self.answers(text) }
  }
}
