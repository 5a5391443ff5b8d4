import GRDB
import Model

extension Store {
  /// Every result of a run with its findings, by name.
  public func results(of run: StoredRun) throws -> [StoredResult] {
    try read(of: run) { db in try Self.results(of: run, in: db) }
  }

  /// The result of one cell of a run with its findings; nil when the run has none.
  public func result(of cell: CellID, in run: StoredRun) throws -> StoredResult? {
    try read(of: run) { db in
      try Self.results(of: run, where: "AND cell.key = :cell", ["cell": Rows.key(of: cell)], in: db).first
    }
  }

  private static func results(
    of run: StoredRun, where condition: String = "", _ arguments: StatementArguments = [:], in db: Database
  ) throws -> [StoredResult] {
    var reader = ContentReader()
    let rows = try Row.fetchCursor(
      db,
      sql: """
        SELECT \(ContentReader.cellColumns), outcome, verdict, message,
          (microseconds IS NOT NULL) + (SELECT count(*) FROM further_attempt AS further
            WHERE further.run_id = result.run_id AND further.cell_id = result.cell_id),
          conclusion_id, (SELECT uuid FROM run WHERE run.id = reused_from)
        \(cells) JOIN answer ON answer.id = answer_id JOIN conclusion ON conclusion.id = conclusion_id
        WHERE run_id = :run \(condition) \(order)
        """, arguments: arguments + ["run": run.id])
    var results: [StoredResult] = []
    while let row = try rows.next() {
      results.append(
        StoredResult(
          cell: try reader.cell(row), verdict: try reader.verdict(row, at: 7), outcome: try reader.outcome(row, at: 6),
          message: try row.decode(atIndex: 8), attempts: try row.decode(atIndex: 9),
          findings: try reader.findings(ofConclusion: try row.decode(atIndex: 10), in: db),
          reusedFrom: try row.decode(atIndex: 11)))
    }
    return results
  }

  /// Hands over every cell of a run with its outcome and verdict, by name; nothing is kept.
  public func forEachCell(
    of run: StoredRun, _ body: (_ cell: CellID, _ outcome: Outcome, _ verdict: Verdict) throws -> Void
  ) throws {
    try read(of: run) { db in
      var reader = ContentReader()
      let rows = try Row.fetchCursor(
        db,
        sql: """
          SELECT \(ContentReader.cellColumns), outcome, verdict \(Self.cells)
          JOIN answer ON answer.id = answer_id JOIN conclusion ON conclusion.id = conclusion_id
          WHERE run_id = ? \(Self.order)
          """, arguments: [run.id])
      while let row = try rows.next() {
        try body(try reader.cell(row), try reader.outcome(row, at: 6), try reader.verdict(row, at: 7))
      }
    }
  }

  /// Results with the names of their cells.
  static let cells = "FROM result JOIN cell ON cell.id = cell_id JOIN scenario ON scenario.id = scenario_id"
  static let order = "ORDER BY suite, test_case, scenario.name, cell.runtime, lane, home"

  /// Every attempt at a cell of a run.
  public func attempts(of cell: CellID, in run: StoredRun) throws -> [Attempt] {
    try read(of: run) { db in
      var reader = ContentReader()
      // SQLite looks into a view of two parts only for a value that it knows.
      let id = try Int64.fetchOne(db, sql: "SELECT id FROM cell WHERE key = ?", arguments: [Rows.key(of: cell)])
      return try Row.fetchAll(
        db, sql: "SELECT * FROM attempt WHERE run_id = ? AND cell_id = ? ORDER BY number", arguments: [run.id, id]
      ).map { try reader.attempt($0, in: db) }
    }
  }

  /// Every cell of a run with all its attempts: what a new judgement starts from. Skipped cells have none.
  public func attempts(of run: StoredRun) throws -> [(cell: CellID, attempts: [Attempt])] {
    try read(of: run) { db in
      var reader = ContentReader()
      var found: [(row: Int64, cell: CellID, attempts: [Attempt])] = []
      let rows = try Row.fetchAll(
        db,
        sql: """
          SELECT \(ContentReader.cellColumns), attempt.*
          FROM attempt JOIN cell ON cell.id = cell_id JOIN scenario ON scenario.id = scenario_id
          WHERE run_id = ? ORDER BY cell_id, number
          """, arguments: [run.id])
      for row in rows {
        let cell: Int64 = try row.decode(forColumn: "cell_id")
        if found.last?.row != cell { found.append((cell, try reader.cell(row), [])) }
        found[found.count - 1].attempts.append(try reader.attempt(row, in: db))
      }
      return found.map { ($0.cell, $0.attempts) }
    }
  }

  /// The commands that built a cell's binary, in order, with what they printed.
  public func buildSteps(of cell: CellID, in run: StoredRun) throws -> [BuildStep] {
    try read(of: run) { db in
      let rows = try Row.fetchAll(
        db,
        sql: """
          SELECT step.*, coalesce(used_step.reused, 1) AS reused FROM result
          JOIN build_step USING (build_id) JOIN step ON step.id = build_step.step_id
          LEFT JOIN used_step ON used_step.run_id = result.run_id AND used_step.step_id = step.id
          WHERE result.run_id = ? AND cell_id = (SELECT id FROM cell WHERE key = ?) ORDER BY build_step.position
          """, arguments: [run.id, Rows.key(of: cell)])
      return try rows.map { row in
        BuildStep(
          key: ContentKey(hex: try row.decode(forColumn: "key")), kind: try row.decode(forColumn: "kind"),
          command: [try row.decode(forColumn: "command")],
          succeeded: try row.decode(forColumn: "succeeded"), messages: try row.decode(forColumn: "messages"),
          seconds: try row.decode(forColumn: "seconds"), isReused: try row.decode(forColumn: "reused"))
      }
    }
  }
}
