import Foundation
import Model
import Testing

@Suite("Keys of contents")
struct ContentKeyTests {
  @Test(
    "the vectors of FIPS 180-2, appendix B, and of nothing at all",
    arguments: [
      ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
      ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
      (
        "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
      ),
      (
        String(repeating: "a", count: 1_000_000), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
      ),
    ])
  func vectors(text: String, hex: String) throws {
    #expect(ContentKey(of: text).hex == hex)
    #expect(ContentKey(of: Data(text.utf8)).hex == hex)
    #expect(ContentKey(of: Array(text.utf8)).hex == hex)
    #expect(ContentKey.digest(of: text).map { String(format: "%02x", $0) }.joined() == hex)
    let file = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: file) }
    try Data(text.utf8).write(to: file)
    #expect(ContentKey(ofFile: file.path)?.hex == hex)
  }

  @Test("content in several pieces, and a file of more than one, have the key of the whole")
  func pieces() throws {
    var data = DispatchData.empty
    for part in ["ab", "c"] { Array(part.utf8).withUnsafeBytes { data.append($0) } }
    #expect(data.regions.count > 1)
    #expect(ContentKey(of: data) == ContentKey(of: "abc"))
    let large = Data((0..<(3 << 20) + 5).map { UInt8(truncatingIfNeeded: $0 &* 7) })
    let file = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: file) }
    try large.write(to: file)
    #expect(ContentKey(ofFile: file.path) == ContentKey(of: large))
    #expect(ContentKey(ofFile: "/nowhere") == nil)
  }

  @Test("lists of parts that would run together have keys of their own")
  func parts() {
    #expect(ContentKey(ofParts: ["ab", "c"]) != ContentKey(ofParts: ["a", "bc"]))
    #expect(ContentKey(ofParts: ["a", ""]) != ContentKey(ofParts: ["a"]))
    #expect(ContentKey(ofParts: ["1:a"]) != ContentKey(ofParts: ["a"]))
    #expect(ContentKey(ofParts: ["ä", "b"]) == ContentKey(of: "2:ä1:b"))
    #expect(ContentKey(ofParts: []) == ContentKey(of: ""))
  }

  @Test("a tree's key knows names and contents, not places, and Python's caches don't count")
  func trees() throws {
    func tree(_ files: [String: String]) throws -> ContentKey {
      let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
      defer { try? FileManager.default.removeItem(at: folder) }
      for name in ["sub", "__pycache__"] {
        try FileManager.default.createDirectory(at: folder.appending(path: name), withIntermediateDirectories: true)
      }
      for (name, text) in files { try Data(text.utf8).write(to: folder.appending(path: name)) }
      return try ContentKey(ofTree: folder.path)
    }
    let one = try tree(["a.h": "1", "sub/b.h": "2"])
    #expect(try tree(["a.h": "1", "sub/b.h": "2"]) == one)
    #expect(try tree(["a.h": "1", "sub/b.h": "2", "__pycache__/c.pyc": "3"]) == one)
    #expect(try tree(["a.h": "1", "sub/b.h": "3"]) != one)
    #expect(try tree(["a.h": "1", "sub/c.h": "2"]) != one)
    #expect(throws: (any Error).self) { try ContentKey(ofTree: "/nowhere") }
  }

  @Test("in JSON it is its digits, and it is told by the first twelve")
  func texts() throws {
    let key = ContentKey(of: "abc")
    #expect(String(decoding: try JSONEncoder().encode([key]), as: UTF8.self) == "[\"\(key.hex)\"]")
    #expect(try JSONDecoder().decode([ContentKey].self, from: JSONEncoder().encode([key])) == [key])
    #expect(key.description == key.hex)
    #expect(key.short == "ba7816bf8f01")
  }
}
