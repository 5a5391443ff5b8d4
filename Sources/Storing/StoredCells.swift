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
  private var reader = ContentReader()

  public init(_ run: StoredRun, in store: Store) {
    self.run = run
    self.store = store
  }

  /// The scenarios of the run, by name.
  ///
  /// - Throws: `Problem` when the database can't be read.
  public func scenarios() throws -> [ScenarioID] {
    try store.read(of: run) { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT suite, test_case, name FROM scenario
          WHERE id IN (SELECT scenario_id FROM result JOIN cell ON cell.id = cell_id WHERE run_id = ?)
          ORDER BY suite, test_case, name
          """, arguments: [run.id]
      ).map(ContentReader.scenario)
    }
  }

  /// The cells of the scenarios from one to another by name, both included, in the order of their names.
  ///
  /// - Throws: `Problem` when the database can't be read.
  public func cells(from first: ScenarioID, through last: ScenarioID) throws -> [StoredCell] {
    try store.read(of: run) { db in
      let statement = try db.cachedStatement(
        sql: """
          SELECT \(ContentReader.cellColumns), result.answer_id, conclusion_id,
            (SELECT group_concat(DISTINCT trace.answer_id) FROM further_attempt JOIN trace ON trace.id = trace_id
              WHERE further_attempt.run_id = result.run_id AND further_attempt.cell_id = result.cell_id
                AND trace.answer_id <> result.answer_id AND circumstances <> ?)
          FROM scenario JOIN cell ON scenario_id = scenario.id
          JOIN result ON run_id = ? AND cell_id = cell.id
          WHERE (suite, test_case, scenario.name) >= (?, ?, ?) AND (suite, test_case, scenario.name) <= (?, ?, ?)
          \(Store.order)
          """)
      let rows = try Row.fetchAll(
        statement,
        arguments: [
          Circumstances.memoryDebug, run.id, first.suite, first.testCase, first.name, last.suite, last.testCase,
          last.name,
        ])
      return try rows.map { row in
        let others: String? = try row.decode(atIndex: 8)
        return StoredCell(
          id: try reader.cell(row), answer: try reader.answer(try row.decode(atIndex: 6), in: db),
          others: try (others ?? "").split(separator: ",").compactMap { Int64($0) }.map {
            try reader.answer($0, in: db)
          }, findings: try reader.findings(ofConclusion: try row.decode(atIndex: 7), in: db))
      }
    }
  }
}

extension Store {
  /// How many cells of a run have an answer, of those in a lane and on a runtime that a filter takes.
  ///
  /// - Parameters:
  ///   - lane: nil for all.
  ///   - runtime: nil for all.
  ///   - skipped: count also cells that were not tried.
  ///   - limit: counting ends here.
  public func answeredCells(
    of run: StoredRun, lane: Lane?, runtime: String?, skipped: Bool = false, limit: Int = .max,
    where isMeant: (CellID) -> Bool
  ) throws -> Int {
    try read(of: run) { db in
      var reader = ContentReader()
      // A lane that this program doesn't know may be the one.
      let known = Lane.known.map { "'\($0)'" }.joined(separator: ", ")
      let rows = try Row.fetchCursor(
        db,
        sql: """
          SELECT \(ContentReader.cellColumns), outcome \(Self.cells) JOIN answer ON answer.id = answer_id
          WHERE run_id = :run AND (:lane IS NULL OR lane = :lane OR lane NOT IN (\(known)))
            AND (:runtime IS NULL OR runtime = :runtime)
          """, arguments: ["run": run.id, "lane": lane, "runtime": runtime])
      var count = 0
      while count < limit, let row = try rows.next() {
        if try skipped || !reader.outcome(row, at: 6).isSkip, isMeant(try reader.cell(row)) { count += 1 }
      }
      return count
    }
  }
}
