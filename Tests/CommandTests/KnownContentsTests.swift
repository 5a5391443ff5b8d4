import Foundation
import Model
import Runtimes
import Testing

@Suite("What is known of files' contents")
struct KnownContentsTests {
  private let root = FileManager.default.temporaryDirectory.appending(path: "contents-\(UUID().uuidString)")

  private func write(_ path: String, _ text: String, age: Double = 10) throws -> String {
    let file = root.appending(path: path)
    try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: file)
    try FileManager.default.setAttributes([.modificationDate: Date().addingTimeInterval(-age)], ofItemAtPath: file.path)
    return file.path
  }

  private func key(_ files: [String], _ folders: [String] = []) -> ContentKey {
    var known = KnownContents(root.appending(path: "memory/known.json"))
    defer { known.save() }
    return known.key(files: files, folders: folders)
  }

  @Test("a key goes by names and contents, not by places; a change counts at once, with the same size and time too")
  func keys() throws {
    defer { try? FileManager.default.removeItem(at: root) }
    let one = try write("a/x.py", "one")
    let first = key([one])
    #expect(key([try write("b/x.py", "one")]) == first)
    #expect(key([try write("a/y.py", "one")]) != first)
    #expect(key([try write("a/x.py", "two")]) != first)
    #expect(key([try write("a/x.py", "one")]) == first)
    #expect(key([root.appending(path: "gone").path]) != first)
  }

  @Test("what has its stamp still is not read again, and what was just written is")
  func remembering() async throws {
    defer { try? FileManager.default.removeItem(at: root) }
    let file = try write("library/x.py", "one")
    let memory = root.appending(path: "memory/known.json")
    let first = key([file], [root.appending(path: "library").path])
    #expect(!FileManager.default.fileExists(atPath: memory.path))
    try await Task.sleep(for: .seconds(2.1))
    #expect(key([file], [root.appending(path: "library").path]) == first)
    let sealed = try Data(contentsOf: memory)
    let text = String(decoding: try #require(Sealed.content(of: sealed)), as: UTF8.self)
    // What is remembered is what is told: nobody reads the file.
    let content = ContentKey(ofParts: ["", ContentKey(of: "one").hex]).hex
    try #require(text.contains(content))
    let other = Data(text.replacing(content, with: ContentKey(of: "else").hex).utf8)
    try Sealed.text(other).write(to: memory)
    let right = key([try write("other/x.py", "one")])
    #expect(key([file]) != right)
    // Cut off or altered, it is read anew.
    try (sealed.prefix(65) + other).write(to: memory)
    #expect(key([file]) == right)
    try sealed.dropLast().write(to: memory)
    #expect(key([file]) == right)
  }

  @Test("a folder's files count with their places in it; compiled and installed Python does not")
  func folders() throws {
    defer { try? FileManager.default.removeItem(at: root) }
    _ = try write("a/lib/os.py", "1")
    _ = try write("a/lib/json/decoder.py", "2")
    let folder = root.appending(path: "a/lib").path
    let first = key([], [folder])
    _ = try write("a/lib/__pycache__/os.pyc", "3")
    _ = try write("a/lib/site-packages/other.py", "4")
    #expect(key([], [folder]) == first)
    _ = try write("a/lib/json/decoder.py", "3")
    #expect(key([], [folder]) != first)
    _ = try write("b/lib/os.py", "1")
    _ = try write("b/lib/json/decoder.py", "2")
    #expect(key([], [root.appending(path: "b/lib").path]) == first)
    try FileManager.default.createSymbolicLink(
      atPath: folder + "/json/above", withDestinationPath: root.appending(path: "a").path)
    #expect(key([], [folder]) != first)
  }
}
