import Foundation
import GRDB
import Model
import Platform

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
  /// - Throws: `Problem` for a source that is missing, locked, damaged, not ours, of another version or named twice,
  ///   and where the disk is full.
  public static func merge(_ sources: [String], into path: String, patience: Double = 10) throws -> MergeSummary {
    try check(sources, against: path)
    let folder = FileManager.default.temporaryDirectory.appending(path: "hpy-conform-merge-\(UUID().uuidString)")
    try writing(folder.path) { try PrivateFolder.makeNew(folder) }
    defer { try? FileManager.default.removeItem(at: folder) }
    let copies = try sources.enumerated().map { number, source in
      let copy = folder.appending(path: "\(number).sqlite").path
      try Self.copy(source, to: copy, patience: patience)
      return copy
    }
    // One transaction takes one database: several come together in a copy first.
    for copy in copies.dropFirst() { _ = try take(copy, into: try StoreWriter(path: copies[0])) }

    let isNew = !FileManager.default.fileExists(atPath: path)
    do {
      return try take(copies[0], into: try StoreWriter(path: path, patience: patience))
    } catch {
      if isNew { for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) } }
      throw error
    }
  }

  private static func check(_ sources: [String], against path: String) throws {
    if sources.isEmpty {
      throw Problem("nothing to merge", remedy: "name the databases to merge")
    }
    var seen: [String: String] = [:]
    if let identity = identity(path) { seen[identity] = path }
    for source in sources {
      guard let identity = identity(source) else {
        throw Problem(at: source, "there is no database", remedy: "name a database that `hpy-conform run` made")
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

  /// Copies a database as it is in one moment.
  private static func copy(_ source: String, to copy: String, patience: Double) throws {
    let original = try Store(path: source, patience: patience)
    do {
      let queue = try DatabaseQueue(path: copy)
      defer { try? queue.close() }
      try original.reader.backup(to: queue)
      let damage = try queue.read { try String.fetchOne($0, sql: "PRAGMA quick_check(1)") }
      if let damage, damage != "ok" {
        throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: damage.replacing("\n", with: " "))
      }
    } catch {
      throw Problem.told(error, at: source)
    }
  }

  private static func writing(_ path: String, _ body: () throws -> Void) throws {
    do {
      try body()
    } catch {
      throw Problem(
        .environment, at: path, "can't be written: \(Problem.words(of: error))",
        remedy: "make the folder writable, and free some space (copies are made in TMPDIR)")
    }
  }

  /// Takes all that a database has into another, in one transaction.
  static func take(_ copy: String, into writer: StoreWriter) throws -> MergeSummary {
    do {
      return try writer.pool.writeWithoutTransaction { db in
        try db.execute(sql: "ATTACH ? AS source", arguments: [copy])
        defer { try? db.execute(sql: "DETACH source") }
        var summary = MergeSummary()
        try db.inTransaction(.immediate) {
          for statements in [shared, steps, runs, results, judgements] { try db.execute(sql: statements) }
          summary = try brought(db)
          try db.execute(sql: forgetting)
          return .commit
        }
        return summary
      }
    } catch {
      throw Problem.told(error, at: writer.store.path)
    }
  }

  private static func brought(_ db: Database) throws -> MergeSummary {
    func count(_ sql: String) throws -> Int { try Int.fetchOne(db, sql: "SELECT count(*) FROM \(sql)") ?? 0 }
    return MergeSummary(
      added: try count("arrival WHERE standing = 'new'"),
      completed: try count("arrival WHERE standing = 'better'"), rejudged: try count("rejudged"),
      known: try count("arrival WHERE standing IN ('same', 'worse') AND old NOT IN (SELECT old FROM rejudged)"))
  }
}
