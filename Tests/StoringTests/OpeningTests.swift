import Foundation
import GRDB
import Model
import TestBuilders
import Testing

@testable import Storing

@Suite("Opening a database")
struct OpeningTests {
  /// What opening to read, and opening to write, say; `opened` where they say nothing.
  private static func messages(_ path: String) -> [String] {
    func message(_ open: () throws -> Void) -> String {
      do {
        try open()
        return "opened"
      } catch {
        return error is Problem ? "\(error)" : "no problem, but \(error)"
      }
    }
    return [
      message { _ = try Store(path: path, patience: 0.1) },
      message { _ = try StoreWriter(path: path, mustExist: true, patience: 0.1) },
      message { _ = try StoreWriter(path: path, patience: 0.1) },
    ]
  }

  /// A file in a folder of its own.
  private static func file(_ data: Data) throws -> String {
    let path = StoreWriter.temporaryPath()
    try FileManager.default.createDirectory(
      at: URL(filePath: path).deletingLastPathComponent(), withIntermediateDirectories: true)
    try data.write(to: URL(filePath: path))
    return path
  }

  private static func data(_ path: String) throws -> Data { try Data(contentsOf: URL(filePath: path)) }

  private static func neighbours(_ path: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: URL(filePath: path).deletingLastPathComponent().path)
  }

  @Test("a missing database is told, and made by nobody who wants one that exists")
  func missing() throws {
    let path = StoreWriter.temporaryPath()
    let messages = Self.messages(path)
    for message in messages.prefix(2) { #expect(message.hasPrefix("\(path): there is no database"), "\(message)") }
    #expect(messages[2] == "opened")
    #expect(Self.messages(path) == ["opened", "opened", "opened"])
  }

  @Test("an empty file is told to who reads, and filled by who writes")
  func empty() throws {
    let path = try Self.file(Data())
    let messages = Self.messages(path)
    #expect(messages[0].hasPrefix("\(path): is empty"))
    #expect(messages[1] == "opened")
    #expect(Self.messages(path)[0] == "opened")
  }

  @Test("what a writer leaves that ended before the first migration is told to who reads, and filled by who writes")
  func unbegun() throws {
    let path = try Self.file(Data())
    try DatabaseQueue(path: path).write {
      try $0.execute(sql: "CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY)")
    }
    let messages = Self.messages(path)
    #expect(messages[0].hasPrefix("\(path): is empty"))
    #expect(messages[1] == "opened")
    #expect(Self.messages(path)[0] == "opened")
  }

  /// Databases that are refused, with what is said of them.
  private static let foreign: [(sql: String, message: String)] = [
    ("CREATE TABLE other (x)", "is a database of another program"),
    (
      "PRAGMA application_id = \(Schema.applicationID); CREATE TABLE grdb_migrations (identifier TEXT PRIMARY KEY);"
        + "INSERT INTO grdb_migrations VALUES ('1 first schema'), ('5 compact')",
      "was made by hpy-conform before its first release"
    ),
    (
      "PRAGMA application_id = \(Schema.applicationID); CREATE TABLE grdb_migrations (identifier TEXT PRIMARY KEY);"
        + "INSERT INTO grdb_migrations VALUES ('1 results'), ('999 from the future')",
      "was written by a newer hpy-conform than this one (\(Program.version))"
    ),
  ]

  @Test(
    "a database of another program, of one before the first release, of a newer one: told, and nothing is touched",
    arguments: foreign.indices)
  func refused(number: Int) throws {
    let (sql, message) = Self.foreign[number]
    let path = try Self.file(Data())
    try Canonical.execute(sql, in: path)
    let before = try Self.data(path)
    for found in Self.messages(path) {
      #expect(found.hasPrefix("\(path): \(message)"), "\(found)")
      #expect(found.contains("--db"))
    }
    #expect(try Self.data(path) == before)
    #expect(try Self.neighbours(path) == ["results.sqlite"])
  }

  @Test("a file that is no database is told and left as it is")
  func corrupt() throws {
    let path = try Self.file(Data(String(repeating: "no database at all. ", count: 500).utf8))
    let before = try Self.data(path)
    for found in Self.messages(path) { #expect(found.contains("is damaged, or is not an SQLite database"), "\(found)") }
    #expect(try Self.data(path) == before)
  }

  @Test("a folder where the file should be is told")
  func folder() throws {
    let path = StoreWriter.temporaryPath()
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    for found in Self.messages(path) { #expect(found.contains("is a folder, expected a database"), "\(found)") }
  }

  @Test("a folder that can't be made is told")
  func unwritable() throws {
    let path = try Self.file(Data()) + "/below/results.sqlite"
    #expect(Self.messages(path)[2].contains("can't be opened"))
  }

  @Test("who reads can't write, and leaves the file and its folder as they were")
  func reading() async throws {
    let path = StoreWriter.temporaryPath()
    try await StoreWriter(path: path).record([.sample()])
    let before = try Self.data(path)
    let neighbours = try Self.neighbours(path).sorted()
    #expect(neighbours == ["results.sqlite", "results.sqlite.lock"])
    do {
      let store = try Store(path: path)
      #expect(try store.results(of: try store.run(named: "latest")).count == 1)
      let problem = #expect(throws: Problem.self) { try store.read { try $0.execute(sql: "DELETE FROM result") } }
      #expect(problem?.description.contains("can't be written") == true)
    }
    #expect(try Self.data(path) == before)
    #expect(try Self.neighbours(path).sorted() == neighbours)
    // And while somebody writes.
    let writer = try StoreWriter(path: path)
    let store = try Store(path: path)
    try await writer.record([.sample()])
    #expect(try store.runs().count == 2)
    #expect(throws: Problem.self) { try store.read { try $0.execute(sql: "DELETE FROM result") } }
    #expect(throws: Problem.self) { try writer.store.read { try $0.execute(sql: "DELETE FROM result") } }
  }

  @Test(
    "a database that may not be written, in a folder that may not either, is read",
    .enabled(if: geteuid() != 0, "whoever is root may write everywhere"))
  func readonly() async throws {
    let path = StoreWriter.temporaryPath()
    try await StoreWriter(path: path).record([.sample()])
    let folder = URL(filePath: path).deletingLastPathComponent().path
    let files = FileManager.default
    try files.setAttributes([.posixPermissions: 0o444], ofItemAtPath: path)
    #expect(try Store(path: path).runs().count == 1)
    for suffix in ["-wal", "-shm"] { try? files.removeItem(atPath: path + suffix) }
    try files.setAttributes([.posixPermissions: 0o555], ofItemAtPath: folder)
    defer { try? files.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder) }
    #expect(try Store(path: path).runs().count == 1)
    #expect(try Self.neighbours(path).sorted() == ["results.sqlite", "results.sqlite.lock"])
    let target = StoreWriter.temporaryPath()
    #expect(try Merging.merge([path], into: target).added == 1)
    #expect(throws: Problem.self) { try StoreWriter(path: path) }
  }

  @Test("two writers of one database: the second is told who holds it; when the first ends it may")
  func locking() throws {
    let path = StoreWriter.temporaryPath()
    var first: StoreWriter? = try StoreWriter(path: path)
    let problem = #expect(throws: Problem.self) { try StoreWriter(path: path) }
    #expect(
      problem?.found == "another run is writing to it (process \(ProcessInfo.processInfo.processIdentifier))")
    #expect(problem?.place == path)
    _ = try Store(path: path).runs()
    withExtendedLifetime(first) {}
    first = nil
    _ = try StoreWriter(path: path)
  }
}
