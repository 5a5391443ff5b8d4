import Foundation
import Model
import Testing
import Worker

@Suite("Files that the program carries")
struct EmbeddedFilesTests {
  private static let files: [(name: String, bytes: [UInt8])] = [
    ("one.py", Array("1".utf8)), ("two.py", Array("22".utf8)),
  ]

  private static func isRight(_ place: URL) throws -> Bool {
    guard try FileManager.default.attributesOfItem(atPath: place.path)[.type] as? FileAttributeType == .typeDirectory,
      try FileManager.default.contentsOfDirectory(atPath: place.path).sorted() == files.map(\.name)
    else { return false }
    return try files.allSatisfy { name, bytes in
      let file = place.appending(path: name)
      return try FileManager.default.attributesOfItem(atPath: file.path)[.type] as? FileAttributeType == .typeRegular
        && Data(contentsOf: file) == Data(bytes)
    }
  }

  private static let damages: [(name: String, act: @Sendable (URL) throws -> Void)] = [
    ("truncated", { try Data().write(to: $0.appending(path: "two.py")) }),
    ("altered", { try Data("2x".utf8).write(to: $0.appending(path: "two.py")) }),
    ("gone", { try FileManager.default.removeItem(at: $0.appending(path: "two.py")) }),
    (
      "a link to the same",
      {
        let file = $0.appending(path: "two.py")
        let elsewhere = $0.deletingLastPathComponent().appending(path: "elsewhere")
        try FileManager.default.moveItem(at: file, to: elsewhere)
        try FileManager.default.createSymbolicLink(at: file, withDestinationURL: elsewhere)
      }
    ),
    (
      "a folder with something in it",
      {
        let file = $0.appending(path: "two.py")
        try FileManager.default.removeItem(at: file)
        try FileManager.default.createDirectory(at: file.appending(path: "x"), withIntermediateDirectories: true)
      }
    ),
    (
      "a pipe",
      {
        let file = $0.appending(path: "two.py")
        try FileManager.default.removeItem(at: file)
        #expect(mkfifo(file.path, 0o600) == 0)
      }
    ),
    ("unreadable", { chmod($0.appending(path: "two.py").path, 0) }),
    ("a module of the standard library's name beside them", { try Data().write(to: $0.appending(path: "json.py")) }),
    (
      "the whole folder is a file",
      {
        try FileManager.default.removeItem(at: $0)
        try Data().write(to: $0)
      }
    ),
    (
      "the whole folder is a link",
      {
        let elsewhere = $0.deletingLastPathComponent().appending(path: "elsewhere")
        try FileManager.default.moveItem(at: $0, to: elsewhere)
        try FileManager.default.createSymbolicLink(at: $0, withDestinationURL: elsewhere)
      }
    ),
  ]

  @Test("whatever became of them, they are laid out again, and nothing is left beside them", arguments: damages.indices)
  func healed(index: Int) throws {
    let (name, damage) = Self.damages[index]
    let folder = try Folder()
    let place = folder.url.appending(path: "python/key")
    try EmbeddedFiles.lay(Self.files, in: place)
    #expect(try Self.isRight(place))
    try damage(place)
    try EmbeddedFiles.lay(Self.files, in: place)
    #expect(try Self.isRight(place), "\(name)")
    let left = try FileManager.default.contentsOfDirectory(atPath: place.deletingLastPathComponent().path)
    #expect(left.filter { $0 != "elsewhere" } == ["key"])
  }

  @Test("what is as it should be stays as it is")
  func untouched() throws {
    let folder = try Folder()
    let place = folder.url.appending(path: "python/key")
    try EmbeddedFiles.lay(Self.files, in: place)
    func number() throws -> Int? {
      try FileManager.default.attributesOfItem(atPath: place.path)[.systemFileNumber] as? Int
    }
    let before = try number()
    try EmbeddedFiles.lay(Self.files, in: place)
    #expect(try number() == before)
  }

  @Test("several may find the damage at a time")
  func together() async throws {
    let folder = try Folder()
    let place = folder.url.appending(path: "python/key")
    for _ in 0..<20 {
      try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
      try Data().write(to: place.appending(path: "two.py"))
      await withTaskGroup(of: Void.self) { group in
        for _ in 0..<4 {
          group.addTask {
            do { try EmbeddedFiles.lay(Self.files, in: place) } catch { Issue.record(error) }
          }
        }
      }
      #expect(try Self.isRight(place))
    }
  }
}
