import Foundation
import GRDB
import Model

/// A cell of a run as comparing takes it.
public struct StoredCell: Sendable {
  public var id: CellID
  /// The first attempt's.
  public var answer: Answer
  /// Other answers of further attempts, but those under `PYTHONMALLOC=debug`, which changes what freed memory holds.
  public var others: [Answer]
  public var findings: [Finding]
}

/// Reads a run's cells a few scenarios at a time: what it holds does not depend on how many there are.
public final class StoredCells {
  public let store: Store
  public let run: StoredRun
  private var answers: [Int64: Answer] = [:]
  private var findings: [Int64: [Finding]] = [:]

  /// How many answers, and how many conclusions, are remembered; they repeat from cell to cell.
  private static let capacity = 4096

  public init(_ run: StoredRun, in store: Store) {
    self.run = run
    self.store = store
  }

  /// The scenarios of the run, by name.
  ///
  /// - Throws: `Problem` when the database can't be read.
  public func scenarios() throws -> [ScenarioID] {
    try store.read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT suite, test_case, name FROM scenario
          WHERE id IN (SELECT scenario_id FROM result JOIN cell ON cell.id = cell_id WHERE run_id = ?)
          ORDER BY suite, test_case, name
          """, arguments: [run.id]
      ).map { ScenarioID(suite: $0["suite"], testCase: $0["test_case"], name: $0["name"]) }
    }
  }

  /// The cells of the scenarios from one to another by name, both included, in the order of their names.
  ///
  /// - Throws: `Problem` when the database can't be read.
  public func cells(from first: ScenarioID, through last: ScenarioID) throws -> [StoredCell] {
    try store.read { db in
      let statement = try db.cachedStatement(
        sql: """
          SELECT suite, test_case, name AS scenario, lane, runtime, result.answer_id, conclusion_id,
            (SELECT group_concat(DISTINCT trace.answer_id) FROM further_attempt JOIN trace ON trace.id = trace_id
              WHERE further_attempt.run_id = result.run_id AND further_attempt.cell_id = result.cell_id
                AND trace.answer_id <> result.answer_id AND circumstances <> 'PYTHONMALLOC=debug') AS others
          FROM scenario JOIN cell ON scenario_id = scenario.id
          JOIN result ON run_id = ? AND cell_id = cell.id
          WHERE (suite, test_case, name) >= (?, ?, ?) AND (suite, test_case, name) <= (?, ?, ?)
          ORDER BY suite, test_case, scenario, runtime, lane
          """)
      let rows = try Row.fetchAll(
        statement,
        arguments: [
          run.id, first.suite, first.testCase, first.name, last.suite, last.testCase, last.name,
        ])
      return try rows.map { row in
        let others: String? = row["others"]
        return StoredCell(
          id: Store.cell(row), answer: try answer(row["answer_id"], in: db),
          others: try (others ?? "").split(separator: ",").compactMap { Int64($0) }.map { try answer($0, in: db) },
          findings: try findings(row["conclusion_id"], in: db))
      }
    }
  }

  private func answer(_ id: Int64, in db: Database) throws -> Answer {
    if let known = answers[id] { return known }
    if answers.count >= Self.capacity { answers.removeAll(keepingCapacity: true) }
    let answer = try Store.answer(id, in: db)
    answers[id] = answer
    return answer
  }

  private func findings(_ conclusion: Int64, in db: Database) throws -> [Finding] {
    if let known = findings[conclusion] { return known }
    if findings.count >= Self.capacity { findings.removeAll(keepingCapacity: true) }
    let found = try Row.fetchAll(
      try db.cachedStatement(sql: "SELECT * FROM finding WHERE conclusion_id = ? ORDER BY position"),
      arguments: [conclusion]
    ).map { Store.finding($0) }
    findings[conclusion] = found
    return found
  }
}

extension Store {
  /// Whether a database was written by an older program, so that opening it brings its tables up.
  ///
  /// - Throws: `Problem` when it can't be read.
  public static func isOlder(_ path: String) throws -> Bool {
    do {
      var configuration = GRDB.Configuration()
      configuration.readonly = true
      let queue = try DatabaseQueue(path: path, configuration: configuration)
      defer { try? queue.close() }
      return try queue.read { db in
        try Int.fetchOne(db, sql: "PRAGMA application_id") == Schema.applicationID
          && !Schema.migrator.hasCompletedMigrations(db)
      }
    } catch let error as DatabaseError {
      throw problem(error, path: path)
    }
  }

  /// How many cells of a run have an answer, of those in a lane and on a runtime that a filter takes.
  ///
  /// - Parameters:
  ///   - skipped: count also cells that were not tried.
  ///   - lane: nil for all.
  ///   - runtime: nil for all.
  ///   - limit: counting ends here.
  public func answeredCells(
    of run: StoredRun, lane: String?, runtime: String?, skipped: Bool = false, limit: Int = .max,
    where isMeant: (CellID) -> Bool
  ) throws -> Int {
    try read { db in
      let rows = try Row.fetchCursor(
        db,
        sql: """
          SELECT suite, test_case, name AS scenario, lane, runtime
          FROM cell JOIN result ON run_id = ? AND cell_id = cell.id
          JOIN scenario ON scenario.id = scenario_id JOIN answer ON answer.id = answer_id
          WHERE (? IS NULL OR lane = ?) AND (? IS NULL OR runtime = ?)
            AND (? OR NOT (outcome IN ('unsupported', 'not applicable', 'not run')))
          """, arguments: [run.id, lane, lane, runtime, runtime, skipped])
      var count = 0
      while count < limit, let row = try rows.next() {
        if isMeant(Self.cell(row)) { count += 1 }
      }
      return count
    }
  }

  /// How many of the files that decide results differ between two runs, of those that both used: sources and
  /// scenario files, not the ledgers.
  ///
  /// - Parameter other: in which database the other run is.
  public func changedFiles(from run: StoredRun, to later: StoredRun, in other: Store) throws -> [String] {
    let (before, after) = (try fileKeys(of: run), try other.fileKeys(of: later))
    return before.keys.filter { path in
      !path.hasSuffix("/ledger.toml") && (after[path].map { $0 != before[path] } ?? false)
    }.sorted()
  }
}
