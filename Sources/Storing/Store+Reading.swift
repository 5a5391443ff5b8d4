import Foundation
import GRDB
import Model

extension Store {
  /// All runs, newest first.
  public func runs() throws -> [StoredRun] {
    try read { db in try Self.runs(db, where: "1", arguments: []) }
  }

  /// The run that a text names: `latest`, or the beginning of a UUID.
  ///
  /// - Throws: `Problem` when it names none, or several.
  public func run(named text: String) throws -> StoredRun {
    let found = try read { db in
      text == "latest"
        ? try Self.runs(db, where: "id = (SELECT id FROM run ORDER BY clock DESC, uuid DESC LIMIT 1)", arguments: [])
        : try Self.runs(db, where: "uuid LIKE ? ESCAPE '\\'", arguments: [Self.escaped(text.lowercased()) + "%"])
    }
    guard found.count < 2 else {
      throw Problem("\(found.count) runs begin with `\(text)`", remedy: "write more of the UUID")
    }
    guard let run = found.first else {
      throw Problem("no run is named `\(text)`", remedy: "`hpy-conform runs` lists them; `latest` is the last one")
    }
    return run
  }

  /// Every result of a run with its findings, by name.
  public func results(of run: StoredRun) throws -> [StoredResult] {
    try read { db in
      let findings = try Self.findings(of: run.id, in: db)
      let rows = try Row.fetchAll(db, sql: Self.resultRows + Self.resultOrder, arguments: [run.id])
      return rows.map { Self.result($0, findings[$0["cell_id"]] ?? []) }
    }
  }

  /// The result of one cell of a run with its findings; nil when the run has none.
  public func result(of cell: CellID, in run: StoredRun) throws -> StoredResult? {
    try read { db in
      let row = try Row.fetchOne(
        db, sql: Self.resultRows + " AND suite = ? AND test_case = ? AND scenario = ? AND lane = ? AND runtime = ?",
        arguments: [
          run.id, cell.scenario.suite, cell.scenario.testCase, cell.scenario.name, cell.lane, cell.runtime,
        ])
      guard let row else { return nil }
      let findings = try Row.fetchAll(
        db, sql: "SELECT * FROM finding WHERE conclusion_id = ? ORDER BY position", arguments: [row["conclusion_id"]])
      return Self.result(row, findings.map { Self.finding($0) })
    }
  }

  /// Hands over every cell of a run with its outcome and verdict, by name; nothing is kept.
  public func forEachCell(
    of run: StoredRun, _ body: (_ cell: CellID, _ outcome: Outcome, _ verdict: Verdict) throws -> Void
  ) throws {
    try read { db in
      let rows = try Row.fetchCursor(db, sql: Self.resultRows + Self.resultOrder, arguments: [run.id])
      while let row = try rows.next() {
        try body(
          Self.cell(row), Outcome(row["outcome"]) ?? Outcome(.notRun),
          Verdict(rawValue: row["verdict"]) ?? .notJudged)
      }
    }
  }

  private static let resultRows = """
    SELECT cell_id, suite, test_case, scenario, lane, runtime, outcome, verdict, message, attempts, conclusion_id,
      reused_from
    FROM cell_result WHERE run_id = ?
    """
  private static let resultOrder = " ORDER BY suite, test_case, scenario, runtime, lane"

  private static func result(_ row: Row, _ findings: [Finding]) -> StoredResult {
    StoredResult(
      cell: cell(row), verdict: Verdict(rawValue: row["verdict"]) ?? .notJudged,
      outcome: Outcome(row["outcome"]) ?? Outcome(.notRun), message: row["message"], attempts: row["attempts"],
      findings: findings, reusedFrom: row["reused_from"])
  }

  /// Every attempt at a cell of a run.
  public func attempts(of cell: CellID, in run: StoredRun) throws -> [Attempt] {
    try read { db in
      let id = try Int64.fetchOne(
        db,
        sql: """
          SELECT cell.id FROM cell JOIN scenario ON scenario.id = scenario_id
          WHERE suite = ? AND test_case = ? AND name = ? AND lane = ? AND runtime = ?
          """,
        arguments: [cell.scenario.suite, cell.scenario.testCase, cell.scenario.name, cell.lane, cell.runtime])
      return try Row.fetchAll(
        db, sql: "SELECT * FROM attempt WHERE run_id = ? AND cell_id = ? ORDER BY number", arguments: [run.id, id]
      ).map { try Self.attempt($0, in: db) }
    }
  }

  /// Every cell of a run with all its attempts: what a new judgement starts from. Skipped cells have none.
  public func attempts(of run: StoredRun) throws -> [(cell: CellID, attempts: [Attempt])] {
    try read { db in
      var order: [CellID] = []
      var attempts: [CellID: [Attempt]] = [:]
      let rows = try Row.fetchAll(
        db,
        sql: """
          SELECT attempt.*, suite, test_case, scenario.name AS scenario, lane, runtime
          FROM attempt JOIN cell ON cell.id = cell_id JOIN scenario ON scenario.id = scenario_id
          WHERE run_id = ? ORDER BY cell_id, number
          """, arguments: [run.id])
      for row in rows {
        let cell = Self.cell(row)
        if attempts[cell] == nil { order.append(cell) }
        attempts[cell, default: []].append(try Self.attempt(row, in: db))
      }
      return order.map { ($0, attempts[$0] ?? []) }
    }
  }

  /// The commands that built a cell's binary, in order, with what they printed.
  public func buildSteps(of cell: CellID, in run: StoredRun) throws -> [BuildStep] {
    try read { db in
      let sql = """
        SELECT step.*, coalesce(used_step.reused, 1) AS reused FROM cell_result
        JOIN result USING (run_id, cell_id)
        JOIN build_step ON build_step.build_id = result.build_id
        JOIN step ON step.id = build_step.step_id
        LEFT JOIN used_step ON used_step.run_id = result.run_id AND used_step.step_id = step.id
        WHERE cell_result.run_id = ? AND suite = ? AND test_case = ? AND scenario = ? AND lane = ? AND runtime = ?
        ORDER BY build_step.position
        """
      return try Row.fetchAll(
        db, sql: sql,
        arguments: [
          run.id, cell.scenario.suite, cell.scenario.testCase, cell.scenario.name, cell.lane, cell.runtime,
        ]
      ).map { row in
        BuildStep(
          key: ContentKey(hex: row["key"]), kind: BuildStep.Kind(rawValue: row["kind"]) ?? .compile,
          command: [row["command"]], succeeded: row["succeeded"], messages: row["messages"],
          seconds: row["seconds"], isReused: row["reused"])
      }
    }
  }

  /// Numbers of build steps that a run did and that it took over.
  public func buildCounts(of run: StoredRun) throws -> (done: Int, reused: Int) {
    try read { db in
      let row = try Row.fetchOne(
        db, sql: "SELECT coalesce(sum(reused = 0), 0), coalesce(sum(reused), 0) FROM run_step WHERE run_id = ?",
        arguments: [run.id])
      return (row?[0] ?? 0, row?[1] ?? 0)
    }
  }

  /// A file as a run used it, by its path below the suites' folder.
  public func file(_ path: String, of run: StoredRun) throws -> String? {
    try read { db in
      try String.fetchOne(
        db,
        sql: "SELECT text FROM run_file JOIN content ON key = content_key WHERE run_id = ? AND path = ?",
        arguments: [run.id, path])
    }
  }

  /// The ledgers that a run used, by their path below the suites' folder.
  public func ledgers(of run: StoredRun) throws -> [String: String] {
    try read { db in
      let rows = try Row.fetchAll(
        db,
        sql: """
          SELECT path, text FROM run_file JOIN content ON key = content_key
          WHERE run_id = ? AND path LIKE '%/ledger.toml'
          """, arguments: [run.id])
      return Dictionary(uniqueKeysWithValues: rows.map { ($0["path"], $0["text"]) })
    }
  }

  // MARK: Rows

  func read<Value>(_ body: (Database) throws -> Value) throws -> Value {
    do {
      return try pool.read(body)
    } catch let error as DatabaseError {
      throw Self.problem(error, path: path)
    }
  }

  private static func escaped(_ text: String) -> String {
    text.replacing("\\", with: "\\\\").replacing("%", with: "\\%").replacing("_", with: "\\_")
  }

  /// Runs that a condition takes, the newest first.
  static func runs(_ db: Database, where condition: String, arguments: StatementArguments) throws -> [StoredRun] {
    let rows = try Row.fetchAll(
      db, sql: "SELECT * FROM run WHERE \(condition) ORDER BY clock DESC, uuid DESC", arguments: arguments)
    var known: [String: Runtime] = [:]
    return try rows.map { row in
      let descriptions = try String.fetchAll(
        db.cachedStatement(sql: "SELECT description FROM run_runtime WHERE run_id = ? ORDER BY position"),
        arguments: [row["id"]])
      let missing = try String.fetchAll(
        db.cachedStatement(sql: "SELECT reason FROM run_missing WHERE run_id = ? ORDER BY position"),
        arguments: [row["id"]])
      return StoredRun(
        id: row["id"], uuid: row["uuid"], started: row["started"], finished: row["finished"], state: row["state"],
        arguments: row["arguments"], compiler: row["compiler"], planned: row["planned"],
        runtimes: try descriptions.map { text in
          if let runtime = known[text] { return runtime }
          let runtime = try JSONDecoder().decode(Runtime.self, from: Data(text.utf8))
          known[text] = runtime
          return runtime
        },
        clock: row["clock"], series: row["series"], scope: row["scope"], harness: row["harness"], missing: missing,
        cellSeconds: row["cell_seconds"], buildSeconds: row["build_seconds"], program: row["program"])
    }
  }

  static func cell(_ row: Row) -> CellID {
    CellID(
      scenario: ScenarioID(suite: row["suite"], testCase: row["test_case"], name: row["scenario"]),
      lane: row["lane"], runtime: row["runtime"])
  }

  static func attempt(_ row: Row, in db: Database) throws -> Attempt {
    try attempt(row, answer: try answer(row["answer_id"], in: db), in: db)
  }

  static func attempt(_ row: Row, answer: Answer, in db: Database) throws -> Attempt {
    func content(_ key: String?) throws -> String {
      try key.flatMap { try String.fetchOne(db, sql: "SELECT text FROM content WHERE key = ?", arguments: [$0]) } ?? ""
    }
    let notes: String? = row["notes"]
    return Attempt(
      circumstances: Circumstances(rawValue: row["circumstances"]) ?? .warm,
      answer: answer, seconds: row["seconds"], output: try content(row["output_key"]),
      traceback: try content(row["traceback_key"]),
      notes: notes?.split(separator: "\n").map(String.init) ?? [])
  }

  static func answer(_ id: Int64, in db: Database) throws -> Answer {
    let head = try Row.fetchOne(db, sql: "SELECT outcome, message FROM answer WHERE id = ?", arguments: [id])
    let rows = try Row.fetchAll(
      db, sql: "SELECT * FROM observation WHERE answer_id = ? ORDER BY position", arguments: [id])
    return Answer(
      outcome: head.flatMap { Outcome($0["outcome"]) } ?? Outcome(.notRun), message: head?["message"],
      observations: try rows.map { row in
        let expected: String? = row["expected"]
        return Observation(
          label: row["label"], facet: Facet(rawValue: row["facet"]) ?? .value, value: row["value"],
          exception: row["exception"], message: row["message"],
          expected: try expected.map { try JSONDecoder().decode([String].self, from: Data($0.utf8)) },
          source: row["source"])
      })
  }

  private static func findings(of run: Int64, in db: Database) throws -> [Int64: [Finding]] {
    let rows = try Row.fetchAll(
      db,
      sql: """
        SELECT finding.*, cell_id FROM finding JOIN result USING (conclusion_id)
        WHERE run_id = ? ORDER BY cell_id, position
        """, arguments: [run])
    return rows.reduce(into: [:]) { found, row in found[row["cell_id"], default: []].append(finding(row)) }
  }

  static func finding(_ row: Row) -> Finding {
    let reference: String? = row["reference"]
    let circumstances: String = row["circumstances"]
    let oracle: Divergence.Oracle =
      reference.flatMap { CellID($0) }.map { .reference($0) } ?? .expectation(source: row["source"] ?? "")
    return Finding(
      divergence: Divergence(
        label: row["label"], facet: Facet(rawValue: row["facet"]) ?? .value, observed: row["observed"],
        expected: row["expected"], oracle: oracle),
      verdict: Verdict(rawValue: row["verdict"]) ?? .new, reason: row["reason"], link: row["link"],
      circumstances: circumstances.split(separator: ", ").compactMap { Circumstances(rawValue: String($0)) })
  }
}

extension Store {
  static let verdictCounting = """
    SELECT verdict, count(*) AS number FROM result JOIN conclusion ON conclusion.id = conclusion_id
    WHERE run_id = ? GROUP BY verdict
    """

  /// How many cells of a run have which verdict.
  public func verdictCounts(of run: StoredRun) throws -> [Verdict: Int] {
    try read { db in
      try Row.fetchAll(
        db, sql: Self.verdictCounting, arguments: [run.id]
      ).reduce(into: [:]) { $0[Verdict(rawValue: $1["verdict"]) ?? .notJudged] = $1["number"] }
    }
  }

  /// How many results of a run were taken over from earlier ones.
  public func reusedCount(of run: StoredRun) throws -> Int {
    try read { db in
      try Int.fetchOne(
        db, sql: "SELECT count(*) FROM result WHERE run_id = ? AND reused_from IS NOT NULL", arguments: [run.id]) ?? 0
    }
  }
}
