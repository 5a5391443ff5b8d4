import Foundation
import GRDB
import Model

/// A results database: every run, every cell, every attempt. The only part that knows SQL.
public final class Store: Sendable {
  public let path: String
  let pool: DatabasePool

  public enum Access: Sendable {
    /// Create the file where there is none, and bring an older schema up.
    case write
    /// The file must be there.
    case read
  }

  /// - Parameter patience: seconds to wait for another program that has the database locked.
  /// - Throws: `Problem` for a file that is missing, unwritable, corrupt, not ours, or of a newer program.
  public init(path: String, _ access: Access, patience: Double = 10) throws {
    self.path = path
    if access == .read, !FileManager.default.fileExists(atPath: path) {
      throw Problem(
        at: path, "no database here", remedy: "make one with `hpy-conform run`, or name another with --db")
    }
    do {
      try FileManager.default.createDirectory(
        at: URL(filePath: path).deletingLastPathComponent(), withIntermediateDirectories: true)
      try Self.admit(path, patience: patience)
      var configuration = GRDB.Configuration()
      configuration.foreignKeysEnabled = true
      configuration.busyMode = .timeout(patience)
      pool = try DatabasePool(path: path, configuration: configuration)
      try Schema.migrator.migrate(pool)
    } catch let error as DatabaseError {
      throw Self.problem(error, path: path)
    } catch let problem as Problem {
      throw problem
    } catch {
      throw Problem(
        .environment, at: path, "can't be opened: \(error.localizedDescription)",
        remedy: "make the folder writable, or name another with --db")
    }
  }

  /// Refuses a database of another program or of a newer version of this one, without touching it.
  static func admit(_ path: String, patience: Double = 10) throws {
    guard FileManager.default.fileExists(atPath: path) else { return }
    var configuration = GRDB.Configuration()
    configuration.readonly = true
    configuration.busyMode = .timeout(patience)
    let queue = try DatabaseQueue(path: path, configuration: configuration)
    defer { try? queue.close() }
    try queue.read { db in
      let mark = try Int.fetchOne(db, sql: "PRAGMA application_id") ?? 0
      let tables = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master") ?? 0
      if tables > 0, mark != Schema.applicationID {
        throw Problem(
          at: path, "is a database of another program", remedy: "name another file with --db")
      }
      if try Schema.migrator.hasBeenSuperseded(db) {
        throw Problem(
          at: path, "was written by a newer hpy-conform than this one (\(Program.version))",
          remedy: "update hpy-conform, or name another file with --db")
      }
    }
  }

  static func problem(_ error: DatabaseError, path: String) -> Problem {
    switch error.resultCode {
    case .SQLITE_NOTADB, .SQLITE_CORRUPT:
      Problem(
        at: path, "is damaged, or no SQLite database (\(error.message ?? "no message"))",
        remedy: "move it away: nothing is deleted; `sqlite3 FILE .recover` saves what can be read")
    case .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH:
      Problem(
        .environment, at: path, "can't be written (\(error.message ?? "no message"))",
        remedy: "make the file and its folder writable, or name another with --db")
    case .SQLITE_FULL, .SQLITE_IOERR:
      Problem(
        .environment, at: path, "can't be written: \(error.message ?? "disk full or failing")",
        remedy: "free some space; what was recorded so far is kept")
    case .SQLITE_BUSY, .SQLITE_LOCKED:
      Problem(
        .environment, at: path, "is locked by another program", remedy: "wait for it, or name another with --db")
    default:
      Problem(
        .environment, at: path, "SQLite says: \(error.message ?? "\(error.resultCode)")",
        remedy: "name another file with --db")
    }
  }
}

/// What this program is.
public enum Program {
  public static let version = "0.1.0"
}
