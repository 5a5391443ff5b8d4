import GRDB
import Model

/// What went wrong with one run.
struct RunError: Error {
  var uuid: String
  var error: any Error
}

extension Problem {
  /// What a database's error says to people. Errors that no database makes stay as they are.
  ///
  /// - Parameter run: the run at hand, where there is one.
  static func told(_ error: any Error, at path: String, run: String? = nil) -> any Error {
    switch error {
    case let error as DatabaseError: told(error, at: path)
    case let error as RunError: told(error.error, at: path, run: error.uuid)
    case let error as RowDecodingError: unreadable("\(error)", at: path, run: run)
    case let error as DecodingError: unreadable(words(error), at: path, run: run)
    default: error
    }
  }

  private static func unreadable(_ words: String, at path: String, run: String?) -> Problem {
    // GRDB writes the whole row, and the SQL, behind what is wrong.
    let found = words.firstRange(of: " - ").map { String(words[..<$0.lowerBound]) } ?? words
    return Problem(
      at: path, (run.map { "run \($0.prefix(8)): " } ?? "") + found,
      remedy: "it was written by another version of hpy-conform (this one is \(Program.version)): use that version, "
        + "or name another with --db")
  }

  private static func words(_ error: DecodingError) -> String {
    switch error {
    case .keyNotFound(let key, _): "a stored JSON text has no `\(key.stringValue)`"
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      context.codingPath.last.map { "a stored JSON text has an unexpected `\($0.stringValue)`: " } ?? ""
        + context.debugDescription
    case .dataCorrupted(let context):
      context.underlyingError == nil ? context.debugDescription : "a stored text is not JSON"
    @unknown default: Problem.words(of: error)
    }
  }

  private static func told(_ error: DatabaseError, at path: String) -> Problem {
    switch error.resultCode {
    case .SQLITE_NOTADB, .SQLITE_CORRUPT:
      Problem(
        at: path, "is damaged, or is not an SQLite database (\(error.message ?? "no message"))",
        remedy: "move the file away; `sqlite3 FILE .recover` saves the readable part")
    case .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH:
      Problem(
        .environment, at: path, "can't be written (\(error.message ?? "no message"))",
        remedy: "make the file and its folder writable, or name another with --db")
    case .SQLITE_FULL, .SQLITE_IOERR:
      Problem(
        .environment, at: path, "can't be written: \(error.message ?? "disk full or failing")",
        remedy: "free some space; the results recorded so far are kept")
    case .SQLITE_BUSY, .SQLITE_LOCKED:
      Problem(
        .environment, at: path, "is locked by another program", remedy: "wait for it, or name another with --db")
    default:
      Problem(
        .environment, at: path, "SQLite error: \(error.message ?? "\(error.resultCode)")",
        remedy: "name another file with --db")
    }
  }
}
