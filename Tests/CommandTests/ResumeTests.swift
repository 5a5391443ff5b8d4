import Documents
import Foundation
import GRDB
import Model
import Platform
import Storing
import Testing

/// `run --resume`, with real kills.
@Suite("Going on with a run")
struct ResumeTests {
  /// A database's runs without what no two runs have alike: UUIDs, times, and numbers of rows.
  enum Recorded {
    private static let results = """
      SELECT cell.key, cell.lane, scenario.name, outcome, message, conclusion.key AS conclusion, verdict,
        answer.key AS answer, build.key AS build, hex(input.key) AS input,
        (SELECT group_concat(circumstances || ' ' || attempt.answer_id || ' ' || coalesce(notes, ''), '; ')
          FROM attempt WHERE attempt.run_id = result.run_id AND attempt.cell_id = result.cell_id) AS attempts
      FROM result JOIN cell ON cell.id = cell_id JOIN scenario ON scenario.id = scenario_id
      JOIN answer ON answer.id = answer_id JOIN conclusion ON conclusion.id = conclusion_id
      LEFT JOIN build ON build.id = build_id LEFT JOIN input ON input.id = input_id
      """
    private static let findings = """
      SELECT cell.key, finding.* FROM finding JOIN result USING (conclusion_id) JOIN cell ON cell.id = cell_id
      """
    private static let run = """
      SELECT kind, state, finished IS NULL, program, compiler, planned, series, scope, harness, options,
        abs(cell_seconds - (SELECT sum(seconds) FROM attempt WHERE run_id = run.id)) < 0.001,
        build_seconds IS NULL, (SELECT count(*) FROM judgement WHERE run_id = run.id),
        (SELECT verdicts FROM judgement WHERE run_id = run.id),
        (SELECT text FROM judgement JOIN content ON key = ledger_key WHERE run_id = run.id)
      FROM run
      """
    private static let files = "SELECT path, content_key FROM run_file"

    static func all(_ path: String) throws -> [String: [String]] {
      let queue = try DatabaseQueue(path: path)
      return try queue.read { db in
        try ["results": results, "findings": findings, "run": run, "files": files].mapValues { query in
          try Row.fetchAll(db, sql: query).map { row in
            row.filter { !["conclusion_id", "attempts"].contains($0.0) }.map { "\($0.1)" }.joined(separator: " | ")
              + attempts(row, db)
          }.sorted()
        }
      }
    }

    /// Answers by their keys: numbers of rows depend on who came first.
    private static func attempts(_ row: Row, _ db: Database) -> String {
      guard let text: String = row["attempts"] else { return "" }
      return " | "
        + text.split(separator: "; ").map { one in
          let words = one.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
          let key = try? String.fetchOne(db, sql: "SELECT key FROM answer WHERE id = ?", arguments: [words[1]])
          return "\(words[0]) \(key ?? "")"
        }.joined(separator: "; ")
    }

    /// Everything of scenarios that are recorded with so many cells, times among it, by scenario.
    static func done(_ path: String, cells: Int) throws -> [String: [String]] {
      let queue = try DatabaseQueue(path: path)
      return try queue.read { db in
        let rows = try Row.fetchAll(
          db,
          sql: """
            SELECT test_case || '/' || name AS scenario, cell.key, conclusion_id, answer_id, build_id, input_id,
              microseconds, (SELECT group_concat(trace_id || ' ' || microseconds) FROM further_attempt AS further
                WHERE further.run_id = result.run_id AND further.cell_id = result.cell_id)
            FROM result JOIN cell ON cell.id = cell_id JOIN scenario ON scenario.id = scenario_id ORDER BY cell.key
            """)
        return Dictionary(grouping: rows) { $0["scenario"] as String }.filter { $0.value.count == cells }
          .mapValues { $0.map { row in row.map { "\($0.1)" }.joined(separator: " | ") } }
      }
    }
  }

  private static let functions = [
    "fine": "", "crash": "    raise(SIGSEGV);", "leave": "    _exit(3);", "hang": "    for (;;) pause();",
    "kind": "    return PyLong_FromLong(CONFORM_STATIC_TYPES ? 1 : 2);",
  ]

  /// A call, and the observations around it.
  private static func scenario(_ name: String, _ call: String) -> (String, String) {
    (name, "record('before', '\(name)'); record('answer', \(call)); record('after', 1)")
  }

  /// Cells that conform, crash, leave, hang, differ from their reference, and break a promise.
  private static func files(cases: Int = 3) -> [String: String] {
    var files: [String: String] = [:]
    for number in 1...cases {
      files["s/c\(number)/capi.c"] = Sources.capi(functions)
      var scenarios = (1...4).map { scenario("fine_\($0)", "ext.fine()") }
      scenarios += [
        scenario("crashes", "ext.crash()"), scenario("leaves", "ext.leave()"), scenario("differs", "ext.kind()"),
        ("breaks", "expect('kind', ext.kind(), 3, source='a document')"),
      ]
      if number == 2 { scenarios.append(scenario("hangs", "ext.hang()")) }
      files["s/c\(number)/scenarios.py"] = Sources.scenarios(scenarios)
    }
    files["s/d/capi-heap.c"] = "#error never built\n"
    files["s/d/scenarios.py"] = Sources.scenarios([scenario("fine", "ext.fine()")])
    files["s/ledger.toml"] = """
      [[cause]]
      name = "answer"
      reason = "the heap type says 2"
      link = "findings/answer.md"
      lanes = ["capi-heap"]
      runtimes = [{ implementation = "cpython", version = ">=3.11" }]
      [[cause.place]]
      scenario = "c1/differs"
      label = "answer"
      facet = "value"
      observed = "2"
      """
    return files
  }

  /// Runs the command and kills it after so many seconds.
  ///
  /// - Returns: whether it was killed before it ended.
  private static func killed(_ project: Project, after seconds: Double, _ arguments: [String]) async throws -> Bool {
    var variables = ProcessInfo.processInfo.environment
    variables["NO_COLOR"] = "1"
    let result = try await Tool.run(
      "timeout", ["--signal=KILL", "\(seconds)", Project.command] + arguments, environment: variables,
      directory: project.root.path, limit: 240)
    return result.exitCode != 0 && result.exitCode != 1 && result.exitCode != 64
  }

  @Test(
    "killed at any moment, a dozen times, it comes to the same as undisturbed, and nothing that was done is done again")
  func kills() async throws {
    let project = try Project(Self.files())
    let undisturbed = project.root.appending(path: "Results/undisturbed.sqlite").path
    let options = ["--timeout", "2"]
    let whole = try await project.run(["run", "--db", undisturbed] + options)
    #expect(whole.exitCode == 1, "\(whole.errors)")
    let expected = try Recorded.all(undisturbed)
    #expect(expected["results"]?.count == 51)

    var done: [String: [String]] = [:]
    var moments: [Double] = []
    var ended = false
    // Until the run is in the database there is nothing to go on with.
    while (try? project.latest()) == nil {
      moments.append(.random(in: 0.3...2))
      ended = try await !Self.killed(project, after: moments.last ?? 0, ["run"] + options)
    }
    let uuid = try project.latest().run.uuid
    while !ended, moments.count < 14 {
      moments.append(.random(in: moments.count % 3 == 0 ? 0.5...4 : 0.05...1.5))
      ended = try await !Self.killed(project, after: moments.last ?? 0, ["run", "--resume"])
      let now = try Recorded.done(project.database, cells: 2)
      for (scenario, rows) in done { #expect(now[scenario] == rows, "\(scenario), \(moments)") }
      done = now
      if !ended { #expect(try project.latest().run.state == .running) }
    }
    #expect(moments.count >= 11, "ended after \(moments)")
    if !ended {
      let last = try await project.run("run", "--resume")
      #expect(last.exitCode == 1, "\(last.errors)")
      let summary = try project.summary()
      #expect(last.output == Printed.text(summary))
      #expect(summary.cells == 51)
    }
    let found = try Recorded.all(project.database)
    for (table, rows) in expected { #expect(found[table] == rows, "\(table), killed after \(moments)") }
    let run = try project.latest().run
    #expect((run.uuid, run.state) == (uuid, .finished))
    #expect(try project.latest().store.runs().count == 1)
    #expect(!run.resumed.isEmpty)
    let list = try RunListDocument(project.latest().store)
    #expect(list.runs[0].run.resumed == run.resumed)
    let again = try await project.run("run", "--resume", String(uuid.prefix(8)))
    #expect(again.exitCode == 64)
    #expect(
      again.errors.contains("run \(uuid.prefix(8)) is finished, so there is nothing to resume"), "\(again.errors)")
    #expect(try Recorded.all(project.database) == found)
  }

  @Test(
    "Ctrl-C tells how to go on; --dry-run shows what is left, and stores nothing; other jobs and caches may be named")
  func interrupted() async throws {
    let project = try Project(Self.files(cases: 2))
    let stopped = try await project.run("run", "--timeout", "100", "--jobs", "1") {
      try await project.wait { (try? Recorded.done(project.database, cells: 2).isEmpty) == false }
      kill(try project.writer(), SIGINT)
    }
    #expect(stopped.exitCode == 130, "\(stopped.errors)")
    let run = try project.latest().run
    #expect(run.state == .interrupted)
    #expect(
      stopped.errors.hasSuffix("to continue: hpy-conform run --resume \(run.uuid.prefix(8))\n"), "\(stopped.errors)")
    let done = try Recorded.done(project.database, cells: 2)
    let before = try Recorded.all(project.database)
    let dry = try await project.run("run", "--resume", "-n")
    #expect(dry.exitCode == 0, "\(dry.errors)")
    let left = 34 - 2 * done.count + (try project.results()["fine@capi-heap"] == nil ? 1 : 0)
    #expect(dry.output.contains("\n\(left) cells: "), "\(done.count) done\n\(dry.output)")
    #expect(try Recorded.all(project.database) == before)
    // The time that a cell may take is the run's, so the one that hangs goes on to hang.
    let cache = project.root.appending(path: "cache").path
    let further = try await project.run("run", "--resume", "--jobs", "3", "--cache", cache) {
      try await project.wait { try Recorded.done(project.database, cells: 2).count > done.count }
      kill(try project.writer(), SIGINT)
    }
    #expect(further.exitCode == 130, "\(further.errors)")
    #expect(further.errors.hasSuffix("run --resume \(run.uuid.prefix(8)) --cache \(cache)\n"), "\(further.errors)")
    for (scenario, rows) in done { #expect(try Recorded.done(project.database, cells: 2)[scenario] == rows) }
    #expect(try project.latest().run.resumed.count == 1)
    let verdicts = try project.latest().store.verdictsOfRuns().values.first?.values.reduce(0, +)
    #expect(try verdicts == project.cells().count)
  }
}
