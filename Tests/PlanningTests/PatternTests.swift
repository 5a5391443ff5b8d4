import Foundation
import Model
import TestBuilders
import Testing

@testable import Planning

@Suite("Patterns")
struct PatternTests {
  private static func matches(_ text: String, _ cell: String) throws -> Bool {
    try Pattern(text).matches(try #require(CellID(cell)))
  }

  @Test(
    "a pattern means what its parts say, as fnmatch(3) takes them",
    arguments: [
      ("suite", true), ("suite/case", true), ("suite/case/a1", true), ("suite/case/a1@universal", true),
      ("suite/case/a1@universal@pypy-7.3.19", true), ("suit", false), ("suite/cas", false), ("suite/case/a", false),
      ("suite/case/a1@universal+debug", false), ("suite/case/a1@universal@pypy", false), ("*", true), ("s*e", true),
      ("suit?", true), ("suite?", false), ("*/*/a?@uni*@*pypy*", true), ("suite/case/a[0-9]", true),
      ("suite/case/a[!0-9]", false), ("suite/case/[ab]1", true), ("suite/case/[bc]1", false),
      ("suite/case/a\\1", true), ("suite/case/a\\*", false), ("suite@universal@pypy-[67]*", true),
      ("suite@universal@pypy-[!67]*", false), ("suite@*", true), ("suite@*@*", true), ("Suite", false),
    ])
  func parts(text: String, expected: Bool) throws {
    #expect(try Self.matches(text, "suite/case/a1@universal@pypy-7.3.19") == expected)
  }

  @Test("what stands for a whole case is meant by every pattern for its scenarios, and by none of another case")
  func wholeCases() throws {
    let cell = "suite/case/*@universal@one"
    #expect(try Self.matches("suite/case/anything", cell))
    #expect(try Self.matches("suite/case", cell))
    #expect(try !Self.matches("suite/other/anything", cell))
    #expect(try !Self.matches("suite/case/anything@cpython", cell))
  }

  @Test("a binary at home goes by its lane alone and with its home; away from it by its home only")
  func homes() throws {
    let home = "s/c/n@universal@one"
    let away = "s/c/n@universal:one@two"
    for (text, atHome, elsewhere) in [
      ("s@universal", true, false), ("s@universal@one", true, false), ("s@universal:one", true, true),
      ("s@universal:one@one", true, false), ("s@universal:one@two", false, true), ("s@universal:*", true, true),
      ("s@universal:two", false, false), ("s@universal:*@two", false, true), ("s@universal*", true, true),
      ("s@*:one", true, true), ("s@universal+debug:one", false, false), ("s@universal:on[a-e]", true, true),
    ] {
      #expect(try Self.matches(text, home) == atHome, "\(text), \(home)")
      #expect(try Self.matches(text, away) == elsewhere, "\(text), \(away)")
    }
    // A universal binary of `two` at home is none that was built for `one`.
    #expect(try !Self.matches("s@universal:one", "s/c/n@universal@two"))
  }

  @Test("another text is not a pattern", arguments: ["", "a/b/c/d", "a@", "a@b@c@d", "/", "@universal", "a@@b"])
  func others(text: String) {
    #expect(throws: Problem.self) { try Pattern(text) }
  }

  @Test("a pattern is told and travels as it was written")
  func wire() throws {
    let pattern = try Pattern("suite/c[a-z]se@universal:*@pypy*")
    #expect(pattern.description == "suite/c[a-z]se@universal:*@pypy*")
    let again = try JSONDecoder().decode(Pattern.self, from: JSONEncoder().encode(pattern))
    #expect(again == pattern)
    #expect(again.matches(try #require(CellID("suite/case/n@universal:one@pypy"))))
  }
}
