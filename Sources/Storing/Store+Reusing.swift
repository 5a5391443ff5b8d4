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
  /// Whether any run has loaded a binary of a case, in any of these flavours and on any runtime.
  public func wasLoaded(suite: String, testCase: String, _ flavours: Set<Flavour>) throws -> Bool {
    try read { db in
      let rows = try Row.fetchCursor(
        db,
        sql: """
          SELECT DISTINCT lane, outcome FROM scenario JOIN cell ON cell.scenario_id = scenario.id
          JOIN result ON result.cell_id = cell.id JOIN answer ON answer.id = answer_id
          WHERE suite = ? AND test_case = ?
          """, arguments: [suite, testCase])
      while let row = try rows.next() {
        guard let lane = Lane(try row.decode(String.self, atIndex: 0)), flavours.contains(lane.flavour) else {
          continue
        }
        let outcome = try row.decode(Outcome.self, atIndex: 1)
        if outcome.isLoaded, !outcome.isSkip { return true }
      }
      return false
    }
  }

  /// First answers to a cell with the very same input that were confirmed by further attempts, and known to the ledger.
  ///
  /// - Parameter clock: only of runs before this one; nil for all.
  /// - Returns: none where any run found something unexplained with that input.
  public func confirmedAnswers(
    to cell: CellID, _ input: ContentKey, before clock: Int64? = nil
  ) throws -> [Answer] {
    try read { db in
      let find = try db.cachedStatement(
        sql: """
          SELECT verdict, answer_id,
            EXISTS (SELECT 1 FROM further_attempt WHERE further_attempt.run_id = result.run_id
              AND further_attempt.cell_id = result.cell_id) AS confirmed
          FROM cell JOIN result ON result.cell_id = cell.id JOIN run ON run.id = run_id
          JOIN conclusion ON conclusion.id = conclusion_id
          WHERE input_id = (SELECT id FROM input WHERE key = ?) AND cell.key = ? AND clock < ?
          """)
      let rows = try Row.fetchAll(find, arguments: [input.bytes, Rows.key(of: cell), clock ?? .max])
      let found = try rows.map { row in
        (
          verdict: try row.decode(Verdict.self, atIndex: 0), answer: try row.decode(Int64.self, atIndex: 1),
          isConfirmed: try row.decode(Bool.self, atIndex: 2)
        )
      }
      if found.contains(where: \.verdict.needsAttention) { return [] }
      var reader = ContentReader()
      return try Set(found.filter { $0.verdict == .known && $0.isConfirmed }.map(\.answer))
        .map { try reader.answer($0, in: db) }
    }
  }

  /// The latest attempts at cells with the very same input.
  ///
  /// - Parameters:
  ///   - inputs: the key of what each cell's attempts depend on.
  ///   - clock: only of runs before this one; nil for all.
  /// - Returns: by cell; cells that were never tried so are left out.
  public func earlierAttempts(
    _ inputs: [CellID: ContentKey], before clock: Int64? = nil
  ) throws -> [CellID: EarlierAttempts] {
    try read { db in
      let find = try db.cachedStatement(
        sql: """
          SELECT run_id, cell_id, max(clock), count(DISTINCT answer_id)
          FROM cell JOIN result ON result.cell_id = cell.id JOIN run ON run.id = run_id
          WHERE input_id = (SELECT id FROM input WHERE key = ?) AND cell.key = ? AND clock < ?
          GROUP BY cell_id
          """)
      let origin = try db.cachedStatement(
        sql: """
          SELECT uuid FROM result JOIN run ON run.id = coalesce(reused_from, run_id) WHERE run_id = ? AND cell_id = ?
          """)
      let attempts = try db.cachedStatement(
        sql: "SELECT * FROM attempt WHERE run_id = ? AND cell_id = ? ORDER BY number")
      var reader = ContentReader()
      var found: [CellID: EarlierAttempts] = [:]
      for (cell, key) in inputs {
        guard let row = try Row.fetchOne(find, arguments: [key.bytes, Rows.key(of: cell), clock ?? .max]) else {
          continue
        }
        let place: StatementArguments = [
          try row.decode(DatabaseValue.self, atIndex: 0), try row.decode(DatabaseValue.self, atIndex: 1),
        ]
        guard let run = try String.fetchOne(origin, arguments: place) else { continue }
        found[cell] = EarlierAttempts(
          run: run, attempts: try Row.fetchAll(attempts, arguments: place).map { try reader.attempt($0, in: db) },
          isSteady: try row.decode(atIndex: 3) == 1)
      }
      return found
    }
  }
}
