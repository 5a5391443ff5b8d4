import GRDB
import Model

/// What the results of a run come to, counted by the database: however many cells there are, only the counts and
/// what is shown are read.
public struct ResultCounts: Sendable {
  /// Cells of one suite on one runtime with one verdict.
  public struct Group: Sendable, Hashable, Decodable, FetchableRecord {
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
  /// Cases that can't be read, and how many cells each cost.
  public var broken: [(reason: String, cells: Int)]
  /// What the machine lacked where a cell was tried again, and how many cells each cost that.
  public var unconfirmed: [(reason: String, cells: Int)]
  /// UUIDs of the runs from which results were taken over, and how many, the latest run first.
  public var reused: [(run: String, cells: Int)]

  /// What the machine lacked, and how many cells that cost, those among them that were only to be confirmed.
  public var lacking: [(reason: String, cells: Int)] {
    skips.filter { $0.outcome == .harnessFailed }.map { ($0.reason, $0.cells) } + unconfirmed
  }

  /// How many cells have a verdict.
  public subscript(verdict: Verdict) -> Int {
    groups.reduce(0) { $0 + ($1.verdict == verdict ? $1.cells : 0) }
  }

  public var cells: Int { groups.reduce(0) { $0 + $1.cells } }

  /// How many cells somebody has to look at: the ledger does not explain them.
  public var unexplained: Int { Verdict.allCases.filter(\.needsAttention).reduce(0) { $0 + self[$1] } }
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
    try read(of: run) { db in
      let groups = try ResultCounts.Group.fetchAll(
        db,
        sql: """
          SELECT suite, runtime, verdict, count(*) AS cells \(Self.cells)
          JOIN conclusion ON conclusion.id = conclusion_id
          WHERE run_id = ? GROUP BY suite, runtime, verdict ORDER BY suite
          """, arguments: [run.id])
      let sizes = try Row.fetchOne(
        db,
        sql: """
          SELECT count(*) AS scenarios, count(DISTINCT suite || '/' || test_case) AS cases FROM scenario
          WHERE id IN (SELECT scenario_id FROM result JOIN cell ON cell.id = cell_id WHERE run_id = ?)
          """, arguments: [run.id])
      let reused = try Row.fetchAll(
        db,
        sql: """
          SELECT uuid, count(*) FROM result JOIN run ON run.id = reused_from
          WHERE run_id = ? GROUP BY reused_from ORDER BY reused_from DESC
          """, arguments: [run.id])
      return ResultCounts(
        groups: groups, cases: sizes?["cases"] ?? 0, scenarios: sizes?["scenarios"] ?? 0,
        skips: try Self.skips(of: run.id, in: db),
        broken: try Self.reasons(
          """
          FROM result JOIN conclusion ON conclusion.id = conclusion_id JOIN answer ON answer.id = answer_id
          WHERE run_id = ? AND verdict = 'not judged' AND outcome = 'invalid case'
          """, of: run.id, in: db),
        unconfirmed: try Self.reasons(
          """
          FROM further_attempt JOIN trace ON trace.id = trace_id JOIN answer ON answer.id = trace.answer_id
          WHERE run_id = ? AND outcome = 'harness failed'
          """, of: run.id, in: db),
        reused: try reused.map { (try $0.decode(atIndex: 0), try $0.decode(atIndex: 1)) })
    }
  }

  /// What cells said of their ends, and how many.
  private static func reasons(_ rows: String, of run: Int64, in db: Database) throws -> [(String, Int)] {
    try Row.fetchAll(
      db,
      sql: """
        SELECT coalesce(answer.message, '') AS reason, count(DISTINCT cell_id) AS cells \(rows)
        GROUP BY reason ORDER BY cells DESC, reason
        """, arguments: [run]
    ).map { (try $0.decode(atIndex: 0), try $0.decode(atIndex: 1)) }
  }

  private static func skips(of run: Int64, in db: Database) throws -> [(Outcome, String, Int)] {
    try Row.fetchAll(
      db,
      sql: """
        SELECT outcome, coalesce(message, '') AS reason, sum(cells) AS cells
        FROM (SELECT answer_id, count(*) AS cells FROM result WHERE run_id = ? GROUP BY answer_id)
        JOIN answer ON answer.id = answer_id
        GROUP BY outcome, reason ORDER BY cells DESC, outcome, reason
        """, arguments: [run]
    ).map { (try $0.decode(Outcome.self, atIndex: 0), try $0.decode(atIndex: 1), try $0.decode(atIndex: 2)) }.filter {
      $0.0.isSkip
    }
  }

  /// How many cells of a run have which verdict.
  public func verdictCounts(of run: StoredRun) throws -> [Verdict: Int] {
    try read(of: run) { try Self.verdictCounts(of: run.id, in: $0) }
  }

  static func verdictCounts(of run: Int64, in db: Database) throws -> [Verdict: Int] {
    try Row.fetchAll(
      db,
      sql: """
        SELECT verdict, count(*) FROM result JOIN conclusion ON conclusion.id = conclusion_id
        WHERE run_id = ? GROUP BY verdict
        """, arguments: [run]
    ).reduce(into: [:]) { $0[try $1.decode(atIndex: 0)] = try $1.decode(Int.self, atIndex: 1) }
  }

  /// How many results of a run were taken over from earlier ones.
  public func reusedCount(of run: StoredRun) throws -> Int {
    try count("FROM result WHERE run_id = ? AND reused_from IS NOT NULL", of: run)
  }

  /// Numbers of build steps that a run did and that it took over.
  public func buildCounts(of run: StoredRun) throws -> (done: Int, reused: Int) {
    (
      try count("FROM used_step WHERE run_id = ? AND reused = 0", of: run),
      try count("FROM used_step WHERE run_id = ? AND reused = 1", of: run)
    )
  }

  private func count(_ rows: String, of run: StoredRun) throws -> Int {
    try read(of: run) { try Int.fetchOne($0, sql: "SELECT count(*) \(rows)", arguments: [run.id]) ?? 0 }
  }

  /// The findings of a run that have a verdict, grouped, by scenario.
  ///
  /// - Parameter limit: how many groups are read.
  /// - Returns: these groups, and how many there are in all.
  public func findings(of run: StoredRun, _ verdict: Verdict, limit: Int) throws -> (
    groups: [FindingGroup], count: Int
  ) {
    try read(of: run) { db in
      let grouping = """
        FROM finding JOIN result USING (conclusion_id)
        JOIN cell ON cell.id = cell_id JOIN scenario ON scenario.id = scenario_id
        WHERE run_id = ? AND finding.verdict = ? GROUP BY scenario_id, label, facet, observed
        """
      let count = try Int.fetchOne(
        db, sql: "SELECT count(*) FROM (SELECT 1 \(grouping))", arguments: [run.id, verdict])
      let heads = try Row.fetchAll(
        db,
        sql: """
          SELECT scenario_id, label, facet, observed \(grouping)
          ORDER BY suite, test_case, name, min(position), label, facet, observed LIMIT ?
          """, arguments: [run.id, verdict, limit])
      return (try heads.map { try Self.group($0, of: run.id, verdict, in: db) }, count ?? 0)
    }
  }

  private static func group(_ head: Row, of run: Int64, _ verdict: Verdict, in db: Database) throws -> FindingGroup {
    let rows = try Row.fetchAll(
      db,
      sql: """
        SELECT \(ContentReader.cellColumns), finding.*, answer.message \(cells) JOIN finding USING (conclusion_id)
        JOIN answer ON answer.id = answer_id
        WHERE run_id = ? AND scenario_id = ? AND finding.verdict = ? AND label IS ? AND facet = ? AND observed = ?
        ORDER BY cell.runtime, lane, home, position
        """,
      arguments: [run, head["scenario_id"], verdict, head["label"], head["facet"], head["observed"]])
    var reader = ContentReader()
    var named: [CellID] = []
    for row in rows {
      let cell = try reader.cell(row)
      if named.last != cell { named.append(cell) }
    }
    return FindingGroup(
      scenario: named[0].scenario, finding: try Finding(row: rows[0]), cells: named, message: rows[0]["message"])
  }
}
