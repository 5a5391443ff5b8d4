import Foundation
import GRDB
import Model
import Platform

/// A results database, to be read: every run, every cell, every attempt. Opening it makes and changes nothing.
public final class Store: Sendable {
  public let path: String
  let reader: any DatabaseReader

  /// - Parameter patience: seconds to wait for another program that has the database locked.
  /// - Throws: `Problem` for a file that is missing, unreadable, corrupt, not ours, or of another version.
  public convenience init(path: String, patience: Double = 10) throws {
    let connection = try Self.connection(to: path, patience: patience)
    self.init(path: path, reader: connection)
    try read { try Schema.requireTables($0, path: path) }
  }

  init(path: String, reader: any DatabaseReader) {
    self.path = path
    self.reader = reader
  }

  /// - Parameter run: the run at hand, which an error names.
  func read<Value>(of run: StoredRun? = nil, _ body: (Database) throws -> Value) throws -> Value {
    do {
      return try reader.read(body)
    } catch {
      throw Problem.told(error, at: path, run: run?.uuid)
    }
  }

  /// Whether there is something else than a file here: a folder, a pipe, a device.
  package static func isNoFile(_ path: String) -> Bool { kindInPlaceOfFile(path) != nil }

  private static func kindInPlaceOfFile(_ path: String) -> String? {
    if case .notAFile(let kind)? = PlainFile.failure(of: path) { kind } else { nil }
  }

  /// - Throws: `Problem` for what is there and can be no database.
  static func requireFile(_ path: String) throws {
    guard let kind = kindInPlaceOfFile(path) else { return }
    throw Problem(at: path, "is \(kind), expected a database", remedy: "name another file with --db")
  }

  static func missing(_ path: String) -> Problem {
    Problem(at: path, "there is no database", remedy: "make one with `hpy-conform run`, or name another with --db")
  }

  /// Opens an existing database to read it. It may be empty.
  static func connection(to path: String, patience: Double) throws -> DatabaseQueue {
    let files = FileManager.default
    guard files.fileExists(atPath: path) else { throw missing(path) }
    try requireFile(path)
    let folder = URL(filePath: path).deletingLastPathComponent().path
    let isAtRest = !files.fileExists(atPath: path + "-wal")
    let isFolderWritable = files.isWritableFile(atPath: folder)
    var configuration = GRDB.Configuration()
    configuration.busyMode = .timeout(patience)
    // Reading a database at rest, SQLite makes two files beside it, and removes them only where it might write too.
    // GRDB lets nothing be written while it reads.
    configuration.readonly = !isAtRest || !isFolderWritable || !files.isWritableFile(atPath: path)
    // Where it can't make them it can read what nobody writes.
    let name = isAtRest && !isFolderWritable ? URL(filePath: path).absoluteString + "?immutable=1" : path
    do {
      let queue = try DatabaseQueue(path: name, configuration: configuration)
      try queue.read { try Schema.admit($0, path: path) }
      return queue
    } catch {
      throw Problem.told(error, at: path)
    }
  }
}

/// What this program is.
public enum Program {
  public static let version = "0.1.0"
}
