import GRDB
import Model

/// What the results of a run come to, counted by the database: however many cells there are, only the counts and
/// what is shown are read.
public struct ResultCounts: Sendable {
  /// Cells of one suite on one runtime with one verdict.
  public struct Group: Sendable, Hashable {
    public var suite: String
    /// Name of the runtime within the run.
    public var runtime: String
    public var verdict: Verdict
    public var cells: Int
  }

  /// In the order of the suites' names.
  public var groups: [Group]
  public var cases: Int
  public var scenarios: Int
  /// Why cells were not tried, and how many, the commonest reason first.
  public var skips: [(outcome: Outcome, reason: String, cells: Int)]
  /// UUIDs of the runs from which results were taken over, and how many, the latest run first.
  public var reused: [(run: String, cells: Int)]

  /// How many cells have a verdict.
  public subscript(verdict: Verdict) -> Int {
    groups.reduce(0) { $0 + ($1.verdict == verdict ? $1.cells : 0) }
  }

  public var cells: Int { groups.reduce(0) { $0 + $1.cells } }
}

/// One difference of a scenario, wherever it shows: the lanes and runtimes that share it are one group.
public struct FindingGroup: Sendable, Hashable {
  public var scenario: ScenarioID
  /// As it stands at the first of its cells.
  public var finding: Finding
  /// Cells that show it, by runtime and lane.
  public var cells: [CellID]
  /// What the first of its cells said of its end.
  public var message: String?
}

extension Store {
  /// What the results of a run come to.
  public func counts(of run: StoredRun) throws -> ResultCounts {
    try read { db in
      let groups = try Row.fetchAll(
        db,
        sql: """
          SELECT suite, runtime, verdict, count(*) AS cells FROM result
          JOIN cell ON cell.id = cell_id JOIN scenario ON scenario.id = scenario_id
          JOIN conclusion ON conclusion.id = conclusion_id
          WHERE run_id = ? GROUP BY suite, runtime, verdict ORDER BY suite
          """, arguments: [run.id])
      let sizes = try Row.fetchOne(
        db,
        sql: """
          SELECT count(*) AS scenarios, count(DISTINCT suite || '/' || test_case) AS cases FROM scenario
          WHERE id IN (SELECT scenario_id FROM result JOIN cell ON cell.id = cell_id WHERE run_id = ?)
          """, arguments: [run.id])
      return ResultCounts(
        groups: groups.map { row in
          ResultCounts.Group(
            suite: row["suite"], runtime: row["runtime"], verdict: Verdict(rawValue: row["verdict"]) ?? .notJudged,
            cells: row["cells"])
        },
        cases: sizes?["cases"] ?? 0, scenarios: sizes?["scenarios"] ?? 0, skips: try Self.skips(of: run.id, in: db),
        reused: try Self.reused(by: run.id, in: db))
    }
  }

  private static func skips(of run: Int64, in db: Database) throws -> [(Outcome, String, Int)] {
    let rows = try Row.fetchAll(
      db,
      sql: """
        SELECT outcome, coalesce(message, '') AS reason, sum(cells) AS cells
        FROM (SELECT answer_id, count(*) AS cells FROM result WHERE run_id = ? GROUP BY answer_id)
        JOIN answer ON answer.id = answer_id
        GROUP BY outcome, reason ORDER BY cells DESC, outcome, reason
        """, arguments: [run])
    return rows.compactMap { row in
      guard let outcome = Outcome(row["outcome"]), outcome.isSkip else { return nil }
      return (outcome, row["reason"], row["cells"])
    }
  }

  private static func reused(by run: Int64, in db: Database) throws -> [(String, Int)] {
    try Row.fetchAll(
      db,
      sql: """
        SELECT uuid, count(*) AS cells FROM result JOIN run ON run.id = reused_from
        WHERE run_id = ? GROUP BY reused_from ORDER BY reused_from DESC
        """, arguments: [run]
    ).map { ($0["uuid"], $0["cells"]) }
  }

  /// The findings of a run that have a verdict, grouped, by scenario.
  ///
  /// - Parameter limit: how many groups are read.
  /// - Returns: these groups, and how many there are in all.
  public func findings(of run: StoredRun, _ verdict: Verdict, limit: Int) throws -> (
    groups: [FindingGroup], count: Int
  ) {
    try read { db in
      let grouping = """
        FROM finding JOIN result USING (conclusion_id)
        JOIN cell ON cell.id = cell_id JOIN scenario ON scenario.id = scenario_id
        WHERE run_id = ? AND finding.verdict = ? GROUP BY scenario_id, label, facet, observed
        """
      let count = try Int.fetchOne(
        db, sql: "SELECT count(*) FROM (SELECT 1 \(grouping))", arguments: [run.id, verdict.rawValue])
      let heads = try Row.fetchAll(
        db,
        sql: """
          SELECT scenario_id, suite, test_case, name, label, facet, observed \(grouping)
          ORDER BY suite, test_case, name, min(position), label, facet, observed LIMIT ?
          """, arguments: [run.id, verdict.rawValue, limit])
      return (try heads.map { try Self.group($0, of: run.id, verdict, in: db) }, count ?? 0)
    }
  }

  private static func group(_ head: Row, of run: Int64, _ verdict: Verdict, in db: Database) throws -> FindingGroup {
    let scenario = ScenarioID(suite: head["suite"], testCase: head["test_case"], name: head["name"])
    let rows = try Row.fetchAll(
      db,
      sql: """
        SELECT finding.*, cell.lane, cell.runtime, answer.message FROM cell
        JOIN result ON cell_id = cell.id AND run_id = ? JOIN finding USING (conclusion_id)
        JOIN answer ON answer.id = answer_id
        WHERE scenario_id = ? AND finding.verdict = ? AND label IS ? AND facet = ? AND observed = ?
        ORDER BY runtime, lane, position
        """,
      arguments: [run, head["scenario_id"], verdict.rawValue, head["label"], head["facet"], head["observed"]])
    var cells: [CellID] = []
    for row in rows {
      let cell = CellID(scenario: scenario, lane: row["lane"], runtime: row["runtime"])
      if cells.last != cell { cells.append(cell) }
    }
    return FindingGroup(
      scenario: scenario, finding: finding(rows[0]), cells: cells, message: rows[0]["message"])
  }
}
