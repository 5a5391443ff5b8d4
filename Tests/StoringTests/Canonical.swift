import Foundation
import GRDB
import Model

@testable import Storing

/// A database's content without its numbers of rows, and databases to try it with.
enum Canonical {
  private static let queries = [
    "content": "SELECT * FROM content",
    "run": """
    SELECT uuid, started, finished, state, program, arguments, compiler, planned, clock, series, scope, harness,
      cell_seconds, build_seconds FROM run
    """,
    "run_missing": "SELECT uuid, position, reason FROM run_missing JOIN run ON run.id = run_id",
    "runtime": "SELECT key, implementation, version, python, build, machine, hpy_version FROM runtime",
    "run_runtime": """
    SELECT uuid, position, name, key, description FROM run_runtime JOIN run ON run.id = run_id
    JOIN runtime ON runtime.id = runtime_id
    """,
    "scenario": "SELECT suite, test_case, name FROM scenario",
    "cell": """
    SELECT key, suite, test_case, name, lane, runtime FROM cell JOIN scenario ON scenario.id = scenario_id
    """,
    "answer": "SELECT key, outcome, message FROM answer",
    "observation": "SELECT answer.key, observation.* FROM observation JOIN answer ON answer.id = answer_id",
    "conclusion": "SELECT key, verdict FROM conclusion",
    "finding": "SELECT conclusion.key, finding.* FROM finding JOIN conclusion ON conclusion.id = conclusion_id",
    "input": "SELECT hex(key) FROM input",
    "step": "SELECT key, kind, command, succeeded, messages, seconds FROM step",
    "build": "SELECT key FROM build",
    "build_step": """
    SELECT build.key, position, step.key FROM build_step JOIN build ON build.id = build_id
    JOIN step ON step.id = step_id
    """,
    "run_step": "SELECT uuid, step_key, reused FROM run_step JOIN run ON run.id = run_id",
    "file": "SELECT path, content_key FROM file",
    "run_file": "SELECT uuid, path, content_key FROM run_file JOIN run ON run.id = run_id",
    "trace": """
    SELECT circumstances, key, output_key, traceback_key, notes FROM trace JOIN answer ON answer.id = answer_id
    """,
    "result": """
    SELECT run.uuid, cell.key, conclusion.key, answer.key, build.key, hex(input.key), origin.uuid AS origin,
      microseconds FROM result
    JOIN run ON run.id = run_id JOIN cell ON cell.id = cell_id JOIN conclusion ON conclusion.id = conclusion_id
    JOIN answer ON answer.id = answer_id LEFT JOIN build ON build.id = build_id
    LEFT JOIN input ON input.id = input_id LEFT JOIN run AS origin ON origin.id = reused_from
    """,
    "attempt": """
    SELECT uuid, cell.key, number, circumstances, answer.key, seconds, output_key, traceback_key, notes FROM attempt
    JOIN run ON run.id = run_id JOIN cell ON cell.id = cell_id JOIN answer ON answer.id = answer_id
    """,
    "judgement": """
    SELECT uuid, judged, ledger_key, verdicts, row_number() OVER (PARTITION BY run_id ORDER BY judgement.id)
    FROM judgement JOIN run ON run.id = run_id
    """,
    "baseline": "SELECT baseline.series, uuid, chosen FROM baseline JOIN run ON run.id = run_id",
    "portability": "SELECT uuid, started, finished, state, planned FROM portability",
    "portability_runtime": """
    SELECT uuid, position, name, key, obstacle FROM portability_runtime
    JOIN portability ON portability.id = portability_id JOIN runtime ON runtime.id = runtime_id
    """,
    "portability_binary": """
    SELECT uuid, position, name, homes FROM portability_binary JOIN portability ON portability.id = portability_id
    """,
    "portability_cell": """
    SELECT portability, suite, test_case, scenario, binary, runtime, key, behaviour, promise, kept, unsteady
    FROM portability_cell JOIN answer ON answer.id = answer_id
    """,
    "portability_attempt": """
    SELECT portability, scenario, binary, runtime, number, key, output_key FROM portability_attempt
    JOIN portability_cell USING (result_id) JOIN answer ON answer.id = portability_attempt.answer_id
    """,
    "portability_difference": """
    SELECT portability, scenario, binary, portability_cell.runtime, position, observed, expected
    FROM portability_difference JOIN portability_cell USING (result_id)
    """,
  ]

  /// All that a database says, by table; equal for databases of equal content.
  static func content(_ path: String) throws -> [String: [String]] {
    let queue = try DatabaseQueue(path: path)
    defer { try? queue.close() }
    return try queue.read { db in
      try queries.mapValues { query in
        try Row.fetchAll(db, sql: query).map { row in
          row.filter { $0.0 != "answer_id" && $0.0 != "conclusion_id" }.map { "\($0.1)" }.joined(separator: " | ")
        }.sorted()
      }
    }
  }

  static func temporary() -> String {
    FileManager.default.temporaryDirectory.appending(path: "merge-\(UUID().uuidString)/results.sqlite").path
  }

  /// A copy of a database that nobody has open.
  static func copy(_ path: String) throws -> String {
    let copy = temporary()
    try FileManager.default.createDirectory(
      at: URL(filePath: copy).deletingLastPathComponent(), withIntermediateDirectories: true)
    try FileManager.default.copyItem(atPath: path, toPath: copy)
    return copy
  }

  static let runtime = Runtime(
    name: "cpython-3.11", interpreter: "/python", implementation: "cpython", version: "3.11.2", python: "3.11.2",
    build: "b", extSuffix: ".so", includes: ["/include"], machine: "x86_64", hpy: .absent)

  static func result(
    _ name: String, value: String = "1", verdict: Verdict = .conforming, from run: UUID? = nil
  ) -> CellResult {
    let answer = Answer(outcome: .completed, observations: [Observation(label: "x", value: value)])
    let finding = Finding(
      divergence: Divergence(
        label: "x", facet: .value, observed: value, expected: "1", oracle: .expectation(source: "document")),
      verdict: verdict, circumstances: [.warm])
    return CellResult(
      cell: CellID(
        scenario: ScenarioID(suite: "s", testCase: "c", name: name), lane: "universal", runtime: "cpython-3.11"),
      attempts: [
        Attempt(circumstances: .warm, answer: answer, seconds: 0.25),
        Attempt(
          circumstances: .fresh, answer: answer, seconds: 0.5, output: "output \(value)", traceback: "trace",
          notes: ["one", "two"]),
      ].suffix(value == "1" ? 1 : 2),
      judgement: Judgement(verdict: verdict, findings: verdict == .conforming ? [] : [finding]),
      input: ContentKey(of: "\(name) \(value)"), reusedFrom: run?.uuidString.lowercased())
  }

  /// Records a run as if on a day of its own.
  ///
  /// - Parameter state: of a run that is not `running`.
  static func record(
    _ results: [CellResult], in path: String, uuid: UUID = UUID(), day: Int, series: String? = "nightly",
    state: String = "finished", step seconds: Double = 1
  ) async throws {
    let store = try Store(path: path, .write)
    let header = RunHeader(
      uuid: uuid, started: Date(timeIntervalSince1970: Double(day) * 86_400), arguments: ["run"], compiler: "gcc",
      runtimes: [runtime], files: ["s/ledger.toml": "# ledger \(day / 2)", "s/c/hpy.c": "int x;"],
      planned: results.count, series: series, missing: ["no pypy"])
    let recorder = try RunRecorder(store, header: header)
    for result in results {
      let step = BuildStep(
        key: ContentKey(of: "step of \(result.attempts[0].answer)"), kind: .compile, command: ["gcc", "-c"],
        succeeded: true, messages: "", seconds: seconds, isReused: false)
      await recorder.record(result, steps: [step])
    }
    try await recorder.finish(state: state == "running" ? "interrupted" : state, ledger: "# \(day)", verdicts: [:])
    let name = uuid.uuidString.lowercased()
    try await store.pool.write { db in
      // So that the same run recorded twice is the same.
      try db.execute(sql: "UPDATE run SET finished = started, state = ? WHERE uuid = ?", arguments: [state, name])
      try db.execute(
        sql: "UPDATE judgement SET judged = '2026-01-01T00:00:00Z' WHERE run_id = (SELECT id FROM run WHERE uuid = ?)",
        arguments: [name])
      if state == "running" {
        try db.execute(sql: "UPDATE run SET finished = NULL WHERE uuid = ?", arguments: [name])
        try db.execute(
          sql: "DELETE FROM judgement WHERE run_id = (SELECT id FROM run WHERE uuid = ?)", arguments: [name])
      }
    }
    try store.pool.close()
  }

  static func execute(_ sql: String, in path: String) throws {
    let queue = try DatabaseQueue(path: path)
    try queue.write { try $0.execute(sql: sql) }
    try queue.close()
  }
}
