import Testing

@testable import Model

@Suite("Versions order and match as PEP 440 says")
struct VersionTests {
  @Test("the ordering of PEP 440's own example")
  func ordering() throws {
    let ascending = [
      "1.dev0", "1.0.dev456", "1.0a1", "1.0a2.dev456", "1.0a12.dev456", "1.0a12", "1.0b1.dev456", "1.0b2",
      "1.0b2.post345.dev456", "1.0b2.post345", "1.0rc1.dev456", "1.0rc1", "1.0", "1.0+abc.5", "1.0+abc.7", "1.0+5",
      "1.0.post456.dev34", "1.0.post456", "1.1.dev1", "1!0.1",
    ].map { Version($0)! }
    for (index, version) in ascending.enumerated() {
      for later in ascending[(index + 1)...] {
        #expect(version < later, "\(version) < \(later)")
        #expect(!(later < version), "not \(later) < \(version)")
      }
    }
  }

  @Test(
    "trailing zeros and spellings make no difference",
    arguments: [("3.11", "3.11.0"), ("1.0RC1", "1.0c1"), ("v2", "2.0")])
  func equality(one: String, other: String) {
    #expect(Version(one) == Version(other))
    #expect(Set([Version(one), Version(other)]).count == 1)
  }

  @Test("what is no version is refused", arguments: ["", "3.x", "latest", "1..2", "1.0+", "3.11.2 "])
  func refused(text: String) {
    #expect(Version(text) == nil)
  }

  @Test(
    "ranges contain what they say",
    arguments: [
      (">=3.11", "3.11.2", true), (">=3.11", "3.10.13", false), (">=3.11,<3.13", "3.13.0", false),
      (">=3.11,<3.13", "3.12.1", true), ("==3.11.*", "3.11.9", true), ("==3.11.*", "3.12.0", false),
      ("!=3.11.*", "3.11.9", false), ("~=3.11", "3.14.0", true), ("~=3.11", "4.0", false),
      ("~=3.11.2", "3.12.0", false), (">=0.9.1.dev61", "0.9.1.dev61+g79fb330d", true),
      ("==0.9.1.dev61", "0.9.1.dev61+g79fb330d", true), (">=0.9.1", "0.9.1.dev61", false), ("<=0.9.0", "0.9.0", true),
      (">0.9.0", "0.9.0", false), (">=3.15", "3.15.0b2", false),
    ])
  func containment(range: String, version: String, expected: Bool) throws {
    #expect(try #require(VersionRange(range)).contains(version) == expected)
  }

  @Test("what is no specifier is refused", arguments: ["", "3.11", ">=", "=>3", ">=3.11.*", "~=3", ">=3.11, <x"])
  func refusedRanges(text: String) {
    #expect(VersionRange(text) == nil)
  }
}
