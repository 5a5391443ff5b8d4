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

  static func runtime(_ runtime: Runtime, position: Int, run: Int64, in db: Database) throws {
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
    let id = try Int64.fetchOne(db, sql: "SELECT id FROM runtime WHERE key = ?", arguments: [runtime.key.hex]) ?? 0
    let description = String(decoding: try JSONEncoder().encode(runtime), as: UTF8.self)
    try db.execute(
      sql: "INSERT INTO run_runtime VALUES (?, ?, ?, ?, ?)",
      arguments: [run, position, runtime.name, id, description])
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
      var source: String?
      var reference: String?
      switch divergence.oracle {
      case .expectation(let text): source = text
      case .reference(let cell): reference = cell.description
      }
      try insert.execute(arguments: [
        id, position, divergence.label, divergence.facet.rawValue, divergence.observed, divergence.expected, source,
        reference, finding.verdict.rawValue, finding.reason, finding.link,
        finding.circumstances.map(\.rawValue).joined(separator: ", "),
      ])
    }
    return id
  }

  static func judgement(run: Int64, ledger: String, verdicts: [Verdict: Int], in db: Database) throws {
    let counts = Dictionary(uniqueKeysWithValues: verdicts.map { ($0.key.rawValue, $0.value) })
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    try db.execute(
      sql: "INSERT INTO judgement (run_id, judged, ledger_key, verdicts) VALUES (?, ?, ?, ?)",
      arguments: [
        run, Date().formatted(.iso8601), try content(ledger, in: db),
        String(decoding: try encoder.encode(counts), as: UTF8.self),
      ])
  }
}

/// Writes results, and remembers which shared rows are there already.
struct ResultWriter {
  private var answers: [ContentKey: Int64] = [:]
  private var cells: [CellID: Int64] = [:]
  private var builds: [ContentKey: Int64] = [:]
  private var steps: Set<ContentKey> = []

  mutating func write(
    _ result: CellResult, steps: [BuildStep], run: Int64, in db: Database
  ) throws {
    let cell = try id(of: result.cell, in: db)
    let answers = try result.attempts.map { try id(of: $0.answer, in: db) }
    guard let first = answers.first else { return }
    try db.cachedStatement(sql: "INSERT INTO result VALUES (?, ?, ?, ?, ?)").execute(arguments: [
      run, cell, try Rows.conclusion(result.judgement, in: db), first, try build(steps, run: run, in: db),
    ])
    if !result.attempts[0].answer.outcome.isSkip {
      for (index, attempt) in result.attempts.enumerated() {
        try db.cachedStatement(sql: "INSERT INTO attempt VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)").execute(arguments: [
          run, cell, index + 1, attempt.circumstances.rawValue, answers[index], attempt.seconds,
          attempt.output.isEmpty ? nil : try Rows.content(attempt.output, in: db),
          attempt.traceback.isEmpty ? nil : try Rows.content(attempt.traceback, in: db),
          attempt.notes.isEmpty ? nil : attempt.notes.joined(separator: "\n"),
        ])
      }
    }
  }

  private mutating func id(of cell: CellID, in db: Database) throws -> Int64 {
    if let id = cells[cell] { return id }
    let scenario = cell.scenario
    let names = [scenario.suite, scenario.testCase, scenario.name]
    try db.cachedStatement(sql: "INSERT OR IGNORE INTO scenario (suite, test_case, name) VALUES (?, ?, ?)")
      .execute(arguments: StatementArguments(names))
    let key = ContentKey(ofParts: names + [cell.lane, cell.runtime]).hex
    try db.cachedStatement(
      sql: """
        INSERT OR IGNORE INTO cell (key, scenario_id, lane, runtime)
        SELECT ?, id, ?, ? FROM scenario WHERE suite = ? AND test_case = ? AND name = ?
        """
    ).execute(arguments: [key, cell.lane, cell.runtime] + StatementArguments(names))
    let id = try Int64.fetchOne(
      try db.cachedStatement(sql: "SELECT id FROM cell WHERE key = ?"), arguments: [key])
    cells[cell] = id
    return id ?? 0
  }

  private mutating func id(of answer: Answer, in db: Database) throws -> Int64 {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let key = ContentKey(of: try encoder.encode(answer))
    if let id = answers[key] { return id }
    let find = try db.cachedStatement(sql: "SELECT id FROM answer WHERE key = ?")
    if let id = try Int64.fetchOne(find, arguments: [key.hex]) {
      answers[key] = id
      return id
    }
    try db.cachedStatement(sql: "INSERT INTO answer (key, outcome, message) VALUES (?, ?, ?)")
      .execute(arguments: [key.hex, answer.outcome.description, answer.message])
    let id = db.lastInsertedRowID
    let insert = try db.cachedStatement(sql: "INSERT INTO observation VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
    for (position, one) in answer.observations.enumerated() {
      let expected = try one.expected.map { String(decoding: try encoder.encode($0), as: UTF8.self) }
      try insert.execute(arguments: [
        id, position, one.label, one.facet.rawValue, one.value, one.exception, one.message, expected, one.source,
        one.holds,
      ])
    }
    answers[key] = id
    return id
  }

  /// The row of a list of build steps; nil for none.
  private mutating func build(_ list: [BuildStep], run: Int64, in db: Database) throws -> Int64? {
    if list.isEmpty { return nil }
    for step in list where steps.insert(step.key).inserted {
      try db.cachedStatement(
        sql: """
          INSERT INTO step VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (key) DO UPDATE
          SET succeeded = excluded.succeeded, messages = excluded.messages, command = excluded.command
          """
      ).execute(arguments: [
        step.key.hex, step.kind.rawValue, step.command.joined(separator: " "), step.succeeded, step.messages,
        step.seconds,
      ])
      try db.cachedStatement(sql: "INSERT OR IGNORE INTO run_step VALUES (?, ?, ?)")
        .execute(arguments: [run, step.key.hex, step.isReused])
    }
    let key = ContentKey(ofParts: list.map(\.key.hex))
    if let id = builds[key] { return id }
    try db.cachedStatement(sql: "INSERT OR IGNORE INTO build (key) VALUES (?)").execute(arguments: [key.hex])
    let find = try db.cachedStatement(sql: "SELECT id FROM build WHERE key = ?")
    let id = try Int64.fetchOne(find, arguments: [key.hex]) ?? 0
    for (position, step) in list.enumerated() {
      try db.cachedStatement(sql: "INSERT OR IGNORE INTO build_step VALUES (?, ?, ?)")
        .execute(arguments: [id, position, step.key.hex])
    }
    builds[key] = id
    return id
  }
}
