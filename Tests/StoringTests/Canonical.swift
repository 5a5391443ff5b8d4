import Foundation
import GRDB
import Model
import TestBuilders

@testable import Storing

/// A database's content without its numbers of rows, and databases to try it with.
enum Canonical {
  private static let queries = [
    "content": "SELECT * FROM content",
    "run": """
    SELECT uuid, kind, started, finished, state, program, arguments, compiler, planned, clock, series, scope, harness,
      cell_seconds, build_seconds FROM run
    """,
    "run_missing": "SELECT uuid, position, reason FROM run_missing JOIN run ON run.id = run_id",
    "run_binary": "SELECT uuid, position, flavour, homes FROM run_binary JOIN run ON run.id = run_id",
    "runtime": "SELECT key, implementation, version, python, build, machine, hpy_version FROM runtime",
    "run_runtime": """
    SELECT uuid, position, name, key, description FROM run_runtime JOIN run ON run.id = run_id
    JOIN runtime ON runtime.id = runtime_id
    """,
    "scenario": "SELECT suite, test_case, name FROM scenario",
    "cell": """
    SELECT key, suite, test_case, name, lane, home, runtime FROM cell JOIN scenario ON scenario.id = scenario_id
    """,
    "answer": "SELECT key, outcome, message FROM answer",
    "observation": "SELECT answer.key, observation.* FROM observation JOIN answer ON answer.id = answer_id",
    "conclusion": "SELECT key, verdict, promise, behaviour, kept, unsteady FROM conclusion",
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
    "scenario_part": """
    SELECT path, file.content_key, name, line, scenario_part.content_key FROM scenario_part
    LEFT JOIN file ON file.id = file_id
    """,
    "trace": """
    SELECT hex(trace.key), circumstances, answer.key, notes FROM trace JOIN answer ON answer.id = answer_id
    """,
    "trace_attachment": """
    SELECT hex(key), name, content_key FROM trace_attachment JOIN trace ON trace.id = trace_id
    """,
    "result": """
    SELECT run.uuid, cell.key, conclusion.key, answer.key, build.key, hex(input.key), origin.uuid AS origin,
      microseconds FROM result
    JOIN run ON run.id = run_id JOIN cell ON cell.id = cell_id JOIN conclusion ON conclusion.id = conclusion_id
    JOIN answer ON answer.id = answer_id LEFT JOIN build ON build.id = build_id
    LEFT JOIN input ON input.id = input_id LEFT JOIN run AS origin ON origin.id = reused_from
    """,
    "attempt": """
    SELECT uuid, cell.key, number, circumstances, answer.key, seconds, notes FROM attempt
    JOIN run ON run.id = run_id JOIN cell ON cell.id = cell_id JOIN answer ON answer.id = answer_id
    """,
    "attachment": """
    SELECT uuid, cell.key, number, name, content_key FROM attachment
    JOIN run ON run.id = run_id JOIN cell ON cell.id = cell_id
    """,
    "judgement": """
    SELECT uuid, judged, ledger_key, verdicts, row_number() OVER (PARTITION BY run_id ORDER BY judgement.id)
    FROM judgement JOIN run ON run.id = run_id
    """,
    "options": "SELECT uuid, options FROM run",
    "run_resumed": "SELECT uuid, position, resumed, kept FROM run_resumed JOIN run ON run.id = run_id",
    "baseline": "SELECT baseline.series, uuid, chosen FROM baseline JOIN run ON run.id = run_id",
  ]

  /// What later migrations brought, by the first migration that has them.
  private static let later = ["2 resuming": ["options", "run_resumed"]]

  /// All that a database says, by table; equal for databases of equal content.
  ///
  /// - Parameter migration: of an older schema, the last that it has.
  static func content(_ path: String, asOf migration: String? = nil) throws -> [String: [String]] {
    let missing = Set(later.filter { one in migration.map { one.key > $0 } ?? false }.values.joined())
    let queries = queries.filter { !missing.contains($0.key) }
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

  /// A copy of a database that nobody has open.
  static func copy(_ path: String) throws -> String {
    let copy = StoreWriter.temporaryPath()
    try FileManager.default.createDirectory(
      at: URL(filePath: copy).deletingLastPathComponent(), withIntermediateDirectories: true)
    try FileManager.default.copyItem(atPath: path, toPath: copy)
    return copy
  }

  /// A cell that conforms where its value is 1; of other values it leaves a second attempt with attachments.
  static func result(
    _ name: String, value: String = "1", verdict: Verdict = .conforming, from run: UUID? = nil,
    portability: PortabilityJudgement? = nil
  ) -> CellResult {
    let answer = Answer.sample([.fact(value)])
    let attempts = [
      Attempt(circumstances: .warm, answer: answer, seconds: 0.25),
      Attempt(
        circumstances: .fresh, answer: answer, seconds: 0.5,
        attachments: ["output": "output \(value)", "traceback": "trace"], notes: ["one", "two"]),
    ]
    return .sample(
      .sample(home: portability == nil ? nil : "other", scenario: name), value: value, verdict: verdict,
      attempts: attempts.suffix(value == "1" ? 1 : 2), portability: portability,
      input: ContentKey(of: "\(name) \(value)"), from: run?.uuidString.lowercased())
  }

  /// Records a run as if on a day of its own.
  static func record(
    _ results: [CellResult], in path: String, uuid: UUID = UUID(), kind: RunKind = .run, day: Int,
    series: String? = "nightly", state: RunState = .finished, step seconds: Double = 1
  ) async throws {
    let writer = try StoreWriter(path: path)
    let header = RunHeader.sample(
      uuid: uuid, kind: kind, started: Date(timeIntervalSince1970: Double(day) * 86_400),
      binaries: kind == .run ? [] : [PortableBinary(flavour: .universal, homes: ["cpython", "other"])],
      files: ["s/ledger.toml": "# ledger \(day / 2)", "s/c/scenarios.py": "# \(day % 4)"],
      scenarios: [
        RecordedScenario(path: "s/c/scenarios.py", name: "a", line: day % 4, content: ContentKey(of: "\(day % 4)"))
      ], planned: results.count, series: series, missing: ["no pypy"])
    let recorder = try await RunRecorder(writer, header: header)
    for result in results {
      let step = BuildStep.sample("step of \(result.attempts[0].answer)", seconds: seconds)
      await recorder.record(result, steps: [step])
    }
    try await recorder.finish(state: state == .running ? .interrupted : state, ledger: "# \(day)", verdicts: [:])
    let name = uuid.uuidString.lowercased()
    try await writer.pool.write { db in
      // So that the same run recorded twice is the same.
      try db.execute(sql: "UPDATE run SET finished = started, state = ? WHERE uuid = ?", arguments: [state, name])
      try db.execute(
        sql: "UPDATE judgement SET judged = '2026-01-01T00:00:00Z' WHERE run_id = (SELECT id FROM run WHERE uuid = ?)",
        arguments: [name])
      if state == .running {
        try db.execute(sql: "UPDATE run SET finished = NULL WHERE uuid = ?", arguments: [name])
        try db.execute(
          sql: "DELETE FROM judgement WHERE run_id = (SELECT id FROM run WHERE uuid = ?)", arguments: [name])
      }
    }
    try writer.pool.close()
  }

  static func execute(_ sql: String, in path: String) throws {
    let queue = try DatabaseQueue(path: path)
    try queue.writeWithoutTransaction { try $0.execute(sql: sql) }
    try queue.close()
  }
}
