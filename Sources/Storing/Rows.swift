import Foundation
import GRDB
import Model

/// Rows that several writers share.
enum Rows {
  /// Stores a text once; its key.
  static func content(_ text: String, in db: Database) throws -> String {
    let key = ContentKey(of: text).hex
    try db.cachedStatement(sql: "INSERT OR IGNORE INTO content VALUES (?, ?)").execute(arguments: [key, text])
    return key
  }

  /// Stores a file once, and that a run used it.
  static func file(_ path: String, _ text: String, run: Int64, in db: Database) throws {
    let values: StatementArguments = [path, try content(text, in: db)]
    try db.cachedStatement(sql: "INSERT OR IGNORE INTO file (path, content_key) VALUES (?, ?)")
      .execute(arguments: values)
    try db.cachedStatement(
      sql: "INSERT INTO used_file SELECT ?, id FROM file WHERE path = ? AND content_key = ?"
    ).execute(arguments: [run] + values)
  }

  static func runtime(_ runtime: Runtime, position: Int, run: Int64, in db: Database) throws {
    try db.execute(
      sql: "INSERT INTO run_runtime VALUES (?, ?, ?, ?, ?)",
      arguments: [run, position, runtime.name, try id(of: runtime, in: db), try description(of: runtime)])
  }

  /// The row of what an interpreter is.
  static func id(of runtime: Runtime, in db: Database) throws -> Int64 {
    try db.execute(
      sql: """
        INSERT OR IGNORE INTO runtime (key, implementation, version, python, build, machine, hpy_version, hpy_layout,
          hpy_content)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
      arguments: [
        runtime.key.hex, runtime.implementation, runtime.version, runtime.python, runtime.build, runtime.machine,
        runtime.installation?.version, runtime.installation?.layout.hex, runtime.installation?.content.hex,
      ])
    return try Int64.fetchOne(db, sql: "SELECT id FROM runtime WHERE key = ?", arguments: [runtime.key.hex]) ?? 0
  }

  /// All that an interpreter said of itself, as JSON; the same for the same.
  static func description(of runtime: Runtime) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    return String(decoding: try encoder.encode(runtime), as: UTF8.self)
  }

  /// The row of a scenario.
  static func id(of scenario: ScenarioID, in db: Database) throws -> Int64 {
    let names = StatementArguments([scenario.suite, scenario.testCase, scenario.name])
    let find = try db.cachedStatement(sql: "SELECT id FROM scenario WHERE suite = ? AND test_case = ? AND name = ?")
    if let id = try Int64.fetchOne(find, arguments: names) { return id }
    try db.cachedStatement(sql: "INSERT INTO scenario (suite, test_case, name) VALUES (?, ?, ?)")
      .execute(arguments: names)
    return db.lastInsertedRowID
  }

  /// Stores what was concluded of a cell, once per content; its row.
  static func conclusion(_ judgement: Judgement, in db: Database) throws -> Int64 {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let key = ContentKey(of: try encoder.encode(judgement)).hex
    let find = try db.cachedStatement(sql: "SELECT id FROM conclusion WHERE key = ?")
    if let id = try Int64.fetchOne(find, arguments: [key]) { return id }
    try db.cachedStatement(sql: "INSERT INTO conclusion (key, verdict) VALUES (?, ?)")
      .execute(arguments: [key, judgement.verdict.rawValue])
    let id = db.lastInsertedRowID
    let insert = try db.cachedStatement(sql: "INSERT INTO finding VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
    for (position, finding) in judgement.findings.enumerated() {
      let divergence = finding.divergence
      try insert.execute(arguments: [
        id, position, divergence.label, divergence.facet.rawValue, divergence.observed, divergence.expected,
        divergence.oracle.source, divergence.oracle.reference?.description, finding.verdict.rawValue, finding.reason,
        finding.link,
        finding.circumstances.map(\.rawValue).joined(separator: ", "),
      ])
    }
    return id
  }

  /// Stores what a cell said, once per content; its row.
  static func answer(_ answer: Answer, in db: Database) throws -> Int64 {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let key = ContentKey(of: try encoder.encode(answer)).hex
    let find = try db.cachedStatement(sql: "SELECT id FROM answer WHERE key = ?")
    if let id = try Int64.fetchOne(find, arguments: [key]) { return id }
    try db.cachedStatement(sql: "INSERT INTO answer (key, outcome, message) VALUES (?, ?, ?)")
      .execute(arguments: [key, answer.outcome.description, answer.message])
    let id = db.lastInsertedRowID
    let insert = try db.cachedStatement(sql: "INSERT INTO observation VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
    for (position, one) in answer.observations.enumerated() {
      let expected = try one.expected.map { String(decoding: try encoder.encode($0), as: UTF8.self) }
      try insert.execute(arguments: [
        id, position, one.label, one.facet.rawValue, one.value, one.exception, one.message, expected, one.source,
        one.holds,
      ])
    }
    return id
  }

  /// Adds a judgement, later than those that the run has, however the machine's clock jumped: the latest is in force.
  static func judgement(run: Int64, ledger: String, verdicts: [Verdict: Int], in db: Database) throws {
    let counts = Dictionary(uniqueKeysWithValues: verdicts.map { ($0.key.rawValue, $0.value) })
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    try db.execute(
      sql: """
        INSERT INTO judgement (run_id, judged, ledger_key, verdicts)
        VALUES (:run, max(:now, coalesce((SELECT strftime('%Y-%m-%dT%H:%M:%SZ', max(judged), '+1 second')
          FROM judgement WHERE run_id = :run), '')), :ledger, :verdicts)
        """,
      arguments: [
        "run": run, "now": Date().formatted(.iso8601), "ledger": try content(ledger, in: db),
        "verdicts": String(decoding: try encoder.encode(counts), as: UTF8.self),
      ])
  }
}
