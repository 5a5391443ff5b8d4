import Foundation
import Model
import Testing

@testable import Building

@Suite("A static library is its members")
struct ArchiveTests {
  /// An archive in the format of ar(5), with a symbol table in front.
  private static func archive(_ members: [(String, String)], time: Int) -> Data {
    var data = Data("!<arch>\n".utf8)
    let named = members.map { ("\($0.0)/", $0.1) }
    for (name, content) in [("/", "\(time)")] + named {
      func field(_ text: String, _ width: Int) -> String { text.padding(toLength: width, withPad: " ", startingAt: 0) }
      let header =
        field(name, 16) + field("\(time)", 12) + field("0", 6) + field("0", 6) + field("644", 8)
        + field("\(content.utf8.count)", 10) + "`\n"
      data += Data(header.utf8) + Data(content.utf8)
      if content.utf8.count % 2 == 1 { data.append(10) }
    }
    return data
  }

  private static func key(_ data: Data) throws -> ContentKey {
    let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).a")
    defer { try? FileManager.default.removeItem(at: file) }
    try data.write(to: file)
    return try Archive.key(of: file.path)
  }

  @Test("when it was made makes no difference, what is in it does")
  func keys() throws {
    let one = try Self.key(Self.archive([("a.o", "odd"), ("b.o", "even")], time: 1))
    #expect(try Self.key(Self.archive([("a.o", "odd"), ("b.o", "even")], time: 999)) == one)
    #expect(try Self.key(Self.archive([("a.o", "odd"), ("b.o", "Even")], time: 1)) != one)
    #expect(try Self.key(Self.archive([("a.o", "odd")], time: 1)) != one)
  }

  @Test("what is no archive, or is cut off, is told")
  func damage() throws {
    #expect(throws: Problem.self) { try Self.key(Data("text".utf8)) }
    #expect(throws: Problem.self) { try Self.key(Self.archive([("a.o", "content")], time: 1).dropLast(6)) }
  }
}
