import Foundation
import GRDB
import Model

/// A results database, to be written: it is made where there is none, and an older schema is brought up. As long as
/// this lives no other run writes to it.
public final class StoreWriter: Sendable {
  /// The same database, to be read.
  public let store: Store
  let pool: DatabasePool
  private let lock: RunLock

  /// - Parameters:
  ///   - mustExist: don't make a database where there is none.
  ///   - patience: seconds to wait for another program that has the database locked.
  /// - Throws: `Problem` for a file that is missing, unwritable, corrupt, not ours, of another version, or that a run
  ///   is writing to.
  public init(path: String, mustExist: Bool = false, patience: Double = 10) throws {
    try Store.requireFile(path)
    if FileManager.default.fileExists(atPath: path) {
      try Store.connection(to: path, patience: patience).close()
    } else if mustExist {
      throw Store.missing(path)
    } else {
      try Self.makeFolder(of: path)
    }
    lock = try RunLock(database: path)
    var configuration = GRDB.Configuration()
    configuration.busyMode = .timeout(patience)
    do {
      pool = try DatabasePool(path: path, configuration: configuration)
      try Schema.migrator.migrate(pool)
    } catch {
      throw Problem.told(error, at: path)
    }
    store = Store(path: path, reader: pool)
  }

  private static func makeFolder(of path: String) throws {
    do {
      try FileManager.default.createDirectory(
        at: URL(filePath: path).deletingLastPathComponent(), withIntermediateDirectories: true)
    } catch {
      throw Problem(
        .environment, at: path, "can't be opened: \(Problem.words(of: error))",
        remedy: "make the folder writable, or name another with --db")
    }
  }

  /// Writes in one transaction.
  func write<Value>(_ body: (Database) throws -> Value) throws -> Value {
    do {
      return try pool.write(body)
    } catch {
      throw Problem.told(error, at: store.path)
    }
  }

  /// Writes in one transaction, and holds up no thread. A task that is cancelled has it written all the same.
  func write<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
    do {
      return try await Task { [pool] in try await pool.write(body) }.value
    } catch {
      throw Problem.told(error, at: store.path)
    }
  }

  // MARK: Changing what was recorded

  /// Replaces the verdicts of a run. Answers stay as they are, and every ledger that was ever used is kept, so that
  /// any earlier judgement can be made again.
  ///
  /// - Parameter ledger: the text that these verdicts come from.
  /// - Throws: `Problem` when the database can't be written.
  public func replaceVerdicts(of run: StoredRun, with judgements: [CellID: Judgement], ledger: String) throws {
    try write { db in
      let update = try db.cachedStatement(
        sql: """
          UPDATE result SET conclusion_id = ? WHERE run_id = ? AND cell_id = (SELECT id FROM cell WHERE key = ?)
          """)
      for (cell, judgement) in judgements {
        try update.execute(arguments: [try Rows.conclusion(judgement, in: db), run.id, Rows.key(of: cell)])
      }
      try Rows.judgement(run: run.id, ledger: ledger, verdicts: try Store.verdictCounts(of: run.id, in: db), in: db)
    }
  }

  /// Chooses the baseline of a series; nil lets each run be compared with the one before it again.
  ///
  /// - Throws: `Problem` when the database can't be written.
  public func setBaseline(_ run: StoredRun?, ofSeries series: String) throws {
    try write { db in
      guard let run else { return try db.execute(sql: "DELETE FROM baseline WHERE series = ?", arguments: [series]) }
      // Later than the one that it replaces, whatever the clock says: a merge keeps the later one.
      let before = try String.fetchOne(db, sql: "SELECT chosen FROM baseline WHERE series = ?", arguments: [series])
      let last = before.flatMap { try? Date($0, strategy: .iso8601) } ?? .distantPast
      try db.execute(
        sql: "INSERT OR REPLACE INTO baseline VALUES (?, ?, ?)",
        arguments: [series, run.id, max(Date(), last.addingTimeInterval(1)).formatted(.iso8601)])
    }
  }
}
