import Foundation
import GRDB
import Model

/// What a merge brought.
public struct MergeSummary: Sendable, Hashable {
  /// Runs that were not there.
  public var added = 0
  /// Runs that were there less complete: running or interrupted in the one copy, further on in the other.
  public var completed = 0
  /// Runs that a source had judged later.
  public var rejudged = 0
  /// Runs that were there already, as complete.
  public var known = 0
  /// Portability views that were not there, or less complete.
  public var views = 0
  /// The sources that were of an older program, and were brought up in a copy.
  public var older: [String] = []
}

/// Brings the runs of several databases together.
///
/// Runs go by their UUID, all else by its content, since numbers of rows mean something in one database alone. For
/// each thing that two copies may say differently there is one that wins, whichever came first: of a run the more
/// complete copy, among equally complete ones the verdicts of the latest judgement; of a baseline the one chosen
/// last; of a run's clock and of a build step's row the greater. So the result is the same whatever the order, and
/// however often a source is delivered.
public enum Merging {
  /// Merges databases into one, which is made where there is none. Either all of it is done or nothing.
  ///
  /// - Parameters:
  ///   - sources: their paths; they are read as they are in one moment, and left as they are.
  ///   - patience: seconds to wait for another program that has a database locked.
  /// - Throws: `Problem` for a source that is missing, locked, damaged, not ours, of a newer program or named twice,
  ///   and where the disk is full.
  public static func merge(_ sources: [String], into path: String, patience: Double = 10) throws -> MergeSummary {
    try check(sources, against: path)
    let folder = FileManager.default.temporaryDirectory.appending(path: "hpy-conform-merge-\(UUID().uuidString)")
    try writing(folder.path) {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }
    defer { try? FileManager.default.removeItem(at: folder) }
    var older: [String] = []
    var copies: [String] = []
    for (number, source) in sources.enumerated() {
      let copy = folder.appending(path: "\(number).sqlite").path
      if try copied(source, to: copy, patience: patience) { older.append(source) }
      copies.append(copy)
    }
    // One transaction takes one database: several come together in a copy first.
    let first = copies.removeFirst()
    for copy in copies { _ = try take(copy, into: try Store(path: first, .write)) }

    let isNew = !FileManager.default.fileExists(atPath: path)
    do {
      try writing(path) {
        try FileManager.default.createDirectory(
          at: URL(filePath: path).deletingLastPathComponent(), withIntermediateDirectories: true)
      }
      let lock = try RunLock(database: path)
      let store = try Store(path: path, .write, patience: patience)
      var summary = try take(first, into: store)
      withExtendedLifetime(lock) {}
      try store.pool.close()
      summary.older = older
      return summary
    } catch {
      if isNew { for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) } }
      throw error
    }
  }

  private static func check(_ sources: [String], against path: String) throws {
    if sources.isEmpty {
      throw Problem("nothing to merge", remedy: "name the databases whose runs are wanted")
    }
    var seen: [String: String] = [:]
    if let identity = identity(path) { seen[identity] = path }
    for source in sources {
      guard let identity = identity(source) else {
        throw Problem(at: source, "no database here", remedy: "name a database that `hpy-conform run` made")
      }
      if let other = seen[identity] {
        throw Problem(at: source, "is the same file as \(other)", remedy: "name each database once")
      }
      seen[identity] = source
    }
  }

  /// Which file a path leads to, by whatever name; nil for none.
  private static func identity(_ path: String) -> String? {
    let file = URL(filePath: path).resolvingSymlinksInPath().path
    guard let facts = try? FileManager.default.attributesOfItem(atPath: file) else { return nil }
    return "\(facts[.systemNumber] ?? "") \(facts[.systemFileNumber] ?? "")"
  }

  /// Copies a database as it is in one moment, and brings the copy up where it is of an older program.
  ///
  /// - Returns: whether it was of an older program.
  private static func copied(_ source: String, to copy: String, patience: Double) throws -> Bool {
    do {
      let folder = URL(filePath: source).deletingLastPathComponent().path
      let isAtRest = !FileManager.default.fileExists(atPath: source + "-wal")
      if isAtRest, !FileManager.default.isWritableFile(atPath: folder) {
        // SQLite can't read it where it lies, but nobody writes there either.
        try writing(copy) { try FileManager.default.copyItem(atPath: source, toPath: copy) }
        try writing(copy) {
          try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: copy)
        }
        try Store.admit(copy)
      } else {
        try Store.admit(source, patience: patience)
        var configuration = GRDB.Configuration()
        // Whoever may only read can't tidy up SQLite's own files beside it. Nothing is written either way.
        configuration.readonly = !isAtRest
        configuration.busyMode = .timeout(patience)
        let (from, to) = (try DatabaseQueue(path: source, configuration: configuration), try DatabaseQueue(path: copy))
        defer {
          try? from.close()
          try? to.close()
        }
        try from.backup(to: to)
      }
      let queue = try DatabaseQueue(path: copy)
      defer { try? queue.close() }
      let (isOlder, damage) = try queue.read { db in
        guard try Int.fetchOne(db, sql: "PRAGMA application_id") == Schema.applicationID else {
          throw Problem(at: source, "is empty", remedy: "name a database that `hpy-conform run` made")
        }
        return (
          try !Schema.migrator.hasCompletedMigrations(db), try String.fetchOne(db, sql: "PRAGMA quick_check(1)")
        )
      }
      if let damage, damage != "ok" {
        throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: damage.replacing("\n", with: " "))
      }
      if isOlder { try Schema.migrator.migrate(queue) }
      return isOlder
    } catch let error as DatabaseError {
      throw Store.problem(error, path: source)
    }
  }

  private static func writing(_ path: String, _ body: () throws -> Void) throws {
    do {
      try body()
    } catch {
      throw Problem(
        .environment, at: path, "can't be written: \(error.localizedDescription)",
        remedy: "make the folder writable, and free some space (TMPDIR says where copies go)")
    }
  }

  /// Takes all that a database has into another, in one transaction.
  static func take(_ copy: String, into store: Store) throws -> MergeSummary {
    do {
      return try store.pool.writeWithoutTransaction { db in
        try db.execute(sql: "ATTACH ? AS source", arguments: [copy])
        defer { try? db.execute(sql: "DETACH source") }
        var summary = MergeSummary()
        try db.inTransaction(.immediate) {
          for statements in [shared, steps, runs, results, judgements, portability] { try db.execute(sql: statements) }
          summary = try brought(db)
          try db.execute(sql: forgetting)
          return .commit
        }
        return summary
      }
    } catch let error as DatabaseError {
      throw Store.problem(error, path: store.path)
    }
  }

  private static func brought(_ db: Database) throws -> MergeSummary {
    func count(_ sql: String) throws -> Int { try Int.fetchOne(db, sql: "SELECT count(*) FROM \(sql)") ?? 0 }
    return MergeSummary(
      added: try count("arrival WHERE standing = 'new'"),
      completed: try count("arrival WHERE standing = 'better'"), rejudged: try count("rejudged"),
      known: try count("arrival WHERE standing IN ('same', 'worse') AND old NOT IN (SELECT old FROM rejudged)"),
      views: try count("view_arrival WHERE standing IN ('new', 'better')"))
  }
}
