import GRDB
import Model

/// Attempts that an earlier run made at a cell of which nothing has changed since.
public struct EarlierAttempts: Sendable, Hashable {
  /// UUID of the run that made them.
  public var run: String
  public var attempts: [Attempt]
  /// Every run with the same input had the same first answer.
  public var isSteady: Bool
}

extension Store {
  /// The latest attempts at cells with the very same input.
  ///
  /// - Parameter inputs: the key of what each cell's attempts depend on.
  /// - Returns: by cell; cells that were never tried so are left out.
  public func earlierAttempts(_ inputs: [CellID: ContentKey]) throws -> [CellID: EarlierAttempts] {
    try read { db in
      let find = try db.cachedStatement(
        sql: """
          SELECT run_id, cell_id, max(clock), count(DISTINCT answer_id) AS answers
          FROM scenario JOIN cell ON cell.scenario_id = scenario.id JOIN result ON result.cell_id = cell.id
          JOIN run ON run.id = run_id
          WHERE input_id = (SELECT id FROM input WHERE key = ?)
            AND suite = ? AND test_case = ? AND name = ? AND lane = ? AND cell.runtime = ?
          GROUP BY cell_id
          """)
      let origin = try db.cachedStatement(
        sql: """
          SELECT uuid FROM result JOIN run ON run.id = coalesce(reused_from, run_id) WHERE run_id = ? AND cell_id = ?
          """)
      let attempts = try db.cachedStatement(
        sql: "SELECT * FROM attempt WHERE run_id = ? AND cell_id = ? ORDER BY number")
      var answers: [Int64: Answer] = [:]
      var found: [CellID: EarlierAttempts] = [:]
      for (cell, key) in inputs {
        let names: StatementArguments = [
          Schema.keyBytes(key.hex), cell.scenario.suite, cell.scenario.testCase, cell.scenario.name, cell.lane,
          cell.runtime,
        ]
        guard let row = try Row.fetchOne(find, arguments: names) else { continue }
        found[cell] = EarlierAttempts(
          run: try String.fetchOne(origin, arguments: [row["run_id"], row["cell_id"]]) ?? "",
          attempts: try Row.fetchAll(attempts, arguments: [row["run_id"], row["cell_id"]]).map { row in
            let id: Int64 = row["answer_id"]
            let answer = try answers[id] ?? Self.answer(id, in: db)
            answers[id] = answer
            return try Self.attempt(row, answer: answer, in: db)
          },
          isSteady: row["answers"] == 1)
      }
      return found
    }
  }
}
