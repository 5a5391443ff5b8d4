import Foundation
import GRDB
import Model

/// Rows that are stored once, by their content.
enum Rows {
  /// The row of what a key stands for; made where it is not there yet.
  ///
  /// - Parameters:
  ///   - values: the other columns.
  ///   - children: makes the rows that hang on a new one.
  static func id(
    _ table: String, key: some DatabaseValueConvertible,
    _ values: KeyValuePairs<String, (any DatabaseValueConvertible)?> = [:], in db: Database,
    children: (Int64) throws -> Void = { _ in }
  ) throws -> Int64 {
    let find = try db.cachedStatement(sql: "SELECT id FROM \(table) WHERE key = ?")
    if let id = try Int64.fetchOne(find, arguments: [key]) { return id }
    let names = values.map { ", \($0.key)" }.joined()
    try db.cachedStatement(
      sql: "INSERT INTO \(table) (key\(names)) VALUES (?\(String(repeating: ", ?", count: values.count)))"
    ).execute(arguments: arguments([key] + values.map(\.value)))
    let id = db.lastInsertedRowID
    try children(id)
    return id
  }

  /// Inserts rows, with all columns of each.
  static func insert(_ table: String, _ rows: [(any DatabaseValueConvertible)?]..., in db: Database) throws {
    try insert(table, rows, in: db)
  }

  static func insert(_ table: String, _ rows: [[(any DatabaseValueConvertible)?]], in db: Database) throws {
    guard let width = rows.first?.count else { return }
    let places = String(repeating: ", ?", count: width).dropFirst(2)
    let statement = try db.cachedStatement(sql: "INSERT INTO \(table) VALUES (\(places))")
    for row in rows { try statement.execute(arguments: arguments(row)) }
  }

  /// A text as the database keeps all of it: SQLite's functions, and the library that binds texts, take a NUL for the end
  /// (SQLite documentation, 'NUL Characters In Strings').
  static func whole(_ text: String) -> String { text.replacing("\0", with: "\\x00") }

  private static func arguments(_ values: [(any DatabaseValueConvertible)?]) -> StatementArguments {
    let all: [(any DatabaseValueConvertible)?] = values.map { value in
      guard let text = value as? String, text.utf8.contains(0) else { return value }
      return whole(text)
    }
    return StatementArguments(all)
  }

  /// A value as JSON; the same text for the same value.
  static func json(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  /// The same in every run and every database.
  static func key(of cell: CellID) -> ContentKey { ContentKey(of: cell.description) }

  /// Stores a text once; its key.
  static func content(_ text: String, in db: Database) throws -> ContentKey {
    let text = whole(text)
    let key = ContentKey(of: text)
    try db.cachedStatement(sql: "INSERT OR IGNORE INTO content VALUES (?, ?)").execute(arguments: [key, text])
    return key
  }

  /// Stores a file once, with where its scenarios stand, and that a run used it.
  static func file(
    _ path: String, _ text: String, scenarios: [RecordedScenario], run: Int64, in db: Database
  ) throws {
    let values: StatementArguments = [path, try content(text, in: db)]
    try db.cachedStatement(sql: "INSERT OR IGNORE INTO file (path, content_key) VALUES (?, ?)")
      .execute(arguments: values)
    let find = try db.cachedStatement(sql: "SELECT id FROM file WHERE path = ? AND content_key = ?")
    let id = try Int64.fetchOne(find, arguments: values)
    try insert("used_file", [run, id], in: db)
    for one in scenarios {
      try db.cachedStatement(sql: "INSERT OR REPLACE INTO scenario_part VALUES (?, ?, ?, ?)")
        .execute(arguments: [id, one.name, one.line, one.content])
    }
  }

  /// Stores what an interpreter is, and its place in a run.
  static func runtime(_ runtime: Runtime, position: Int, run: Int64, in db: Database) throws {
    let hpy = runtime.installation
    let id = try id(
      "runtime", key: runtime.key,
      [
        "implementation": runtime.implementation, "version": runtime.version, "python": runtime.python,
        "build": runtime.build, "machine": runtime.machine, "hpy_version": hpy?.version, "hpy_layout": hpy?.layout,
        "hpy_content": hpy?.content,
      ], in: db)
    try insert("run_runtime", [run, position, runtime.name, id, try json(runtime)], in: db)
  }

  /// The row of a scenario.
  static func scenario(_ scenario: ScenarioID, in db: Database) throws -> Int64 {
    let names = StatementArguments([scenario.suite, scenario.testCase, scenario.name])
    let find = try db.cachedStatement(sql: "SELECT id FROM scenario WHERE suite = ? AND test_case = ? AND name = ?")
    if let id = try Int64.fetchOne(find, arguments: names) { return id }
    try db.cachedStatement(sql: "INSERT INTO scenario (suite, test_case, name) VALUES (?, ?, ?)")
      .execute(arguments: names)
    return db.lastInsertedRowID
  }

  /// Stores what was concluded of a cell, once per content; its row.
  static func conclusion(_ judgement: Judgement, in db: Database) throws -> Int64 {
    let portability = judgement.portability
    return try id(
      "conclusion", key: ContentKey(of: try json(judgement)),
      [
        "verdict": judgement.verdict, "promise": portability?.promise, "behaviour": portability?.behaviour,
        "kept": portability?.isKept, "unsteady": portability?.isUnsteady,
      ], in: db
    ) { id in
      try insert(
        "finding",
        judgement.findings.enumerated().map { position, finding in
          let one = finding.divergence
          return [
            id, position, one.label, one.facet, one.observed, one.expected, one.oracle.source, one.oracle.reference,
            finding.verdict, finding.reason, finding.link, CircumstancesList(all: finding.circumstances),
          ]
        }, in: db)
    }
  }

  /// Stores what a cell said, once per content; its row, and its key.
  static func answer(_ answer: Answer, in db: Database) throws -> (id: Int64, key: ContentKey) {
    let key = ContentKey(of: try json(answer))
    let id = try id("answer", key: key, ["outcome": answer.outcome, "message": answer.message], in: db) { id in
      try insert(
        "observation",
        try answer.observations.enumerated().map { position, one in
          [
            id, position, one.label, one.facet, one.value, one.exception, one.message,
            try one.expected.map { try json($0) }, one.source, one.holds,
          ]
        }, in: db)
    }
    return (id, key)
  }

  /// Adds a judgement, later than those that the run has, however the machine's clock jumped: the latest is in force.
  static func judgement(run: Int64, ledger: String, verdicts: [Verdict: Int], in db: Database) throws {
    try db.execute(
      sql: """
        INSERT INTO judgement (run_id, judged, ledger_key, verdicts)
        VALUES (:run, max(:now, coalesce((SELECT strftime('%Y-%m-%dT%H:%M:%SZ', max(judged), '+1 second')
          FROM judgement WHERE run_id = :run), '')), :ledger, :verdicts)
        """,
      arguments: [
        "run": run, "now": Date().formatted(.iso8601), "ledger": try content(ledger, in: db),
        "verdicts": VerdictCounts(counts: verdicts),
      ])
  }
}
