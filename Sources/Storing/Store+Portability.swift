import GRDB
import Model

/// How many scenarios end alike with a binary on a runtime.
public struct PortabilityCount: Sendable, Hashable {
  public var load: LoadID
  public var judgement: PortabilityJudgement
  public var scenarios: Int
}

/// A cell of a portability view that someone may want to look at.
public struct PortabilityResult: Sendable, Hashable {
  public var cell: CellID
  public var judgement: PortabilityJudgement
  public var findings: [Finding]
  /// At least one; of a cell that was not tried, why.
  public var attempts: [Attempt]
}

extension PortabilityJudgement: FetchableRecord {
  public init(row: Row) throws {
    self.init(
      promise: try row.decode(forColumn: "promise"), behaviour: try row.decode(forColumn: "behaviour"),
      isKept: try row.decode(forColumn: "kept"), isUnsteady: try row.decode(forColumn: "unsteady"))
  }
}

extension Store {
  /// What the matrix of a portability view is made of.
  public func portabilityCounts(of run: StoredRun) throws -> [PortabilityCount] {
    try read(of: run) { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT lane, home, runtime, promise, behaviour, kept, unsteady, count(*) AS scenarios
          FROM result JOIN cell ON cell.id = cell_id JOIN conclusion ON conclusion.id = conclusion_id
          WHERE run_id = ? AND promise IS NOT NULL GROUP BY lane, home, runtime, promise, behaviour, kept, unsteady
          """, arguments: [run.id]
      ).map { row in
        PortabilityCount(
          load: LoadID(
            try row.decode(forColumn: "lane"), home: try row.decode(forColumn: "home"),
            runtime: try row.decode(forColumn: "runtime")),
          judgement: try PortabilityJudgement(row: row), scenarios: try row.decode(forColumn: "scenarios"))
      }
    }
  }

  /// Cells of a portability view that break a promise, misbehave, waver, or were not built or tried; by name of the
  /// scenario, then of runtime, lane and home.
  public func remarkableCells(of run: StoredRun) throws -> [PortabilityResult] {
    try read(of: run) { db in
      var reader = ContentReader()
      let attempts = try db.cachedStatement(
        sql: "SELECT * FROM attempt WHERE run_id = ? AND cell_id = ? ORDER BY number")
      return try Row.fetchAll(
        db,
        sql: """
          SELECT \(ContentReader.cellColumns), cell_id, answer_id, conclusion_id, promise, behaviour, kept, unsteady
          \(Self.cells) JOIN conclusion ON conclusion.id = conclusion_id
          WHERE run_id = ? AND (kept = 0 OR unsteady OR behaviour IN ('misbehaves', 'not built', 'not tried'))
          \(Self.order)
          """, arguments: [run.id]
      ).map { row in
        let tried = try Row.fetchAll(attempts, arguments: [run.id, try row.decode(Int64.self, forColumn: "cell_id")])
          .map {
            try reader.attempt($0, in: db)
          }
        return PortabilityResult(
          cell: try reader.cell(row), judgement: try PortabilityJudgement(row: row),
          findings: try reader.findings(ofConclusion: try row.decode(forColumn: "conclusion_id"), in: db),
          attempts: tried.isEmpty
            ? [Attempt(circumstances: .warm, answer: try reader.answer(try row.decode(forColumn: "answer_id"), in: db))]
            : tried)
      }
    }
  }
}
