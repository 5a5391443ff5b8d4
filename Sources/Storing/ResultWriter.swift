import GRDB
import Model

/// Rows that were written lately, by what they hold. Bounded, so that a run's memory does not grow with its cells:
/// when it is full it begins anew, and what is asked for again is looked up in the database.
struct RecentRows<Content: Hashable & Sendable>: Sendable {
  private var rows: [Content: Int64] = [:]
  private let capacity: Int

  init(capacity: Int) { self.capacity = capacity }

  var count: Int { rows.count }

  subscript(content: Content) -> Int64? {
    get { rows[content] }
    set {
      if rows.count >= capacity, rows[content] == nil { rows.removeAll(keepingCapacity: true) }
      rows[content] = newValue
    }
  }
}

/// Writes results, and remembers which shared rows are there already.
struct ResultWriter: Sendable {
  private var answers = RecentRows<Answer>(capacity: 256)
  private var conclusions = RecentRows<Judgement>(capacity: 256)
  private var scenarios = RecentRows<ScenarioID>(capacity: 256)
  private var builds = RecentRows<[ContentKey]>(capacity: 256)
  /// Steps whose rows are there, for this run too.
  private var steps = RecentRows<ContentKey>(capacity: 1024)
  private var runs = RecentRows<String>(capacity: 64)

  /// How many rows are remembered.
  var remembered: Int {
    answers.count + conclusions.count + scenarios.count + builds.count + steps.count + runs.count
  }

  mutating func write(
    _ result: CellResult, steps: [BuildStep], run: Int64, in db: Database
  ) throws {
    let cell = try id(of: result.cell, in: db)
    let answers = try result.attempts.map { try id(of: $0.answer, in: db) }
    guard let first = answers.first else { return }
    let tries = result.attempts[0].answer.outcome.isSkip ? [] : result.attempts
    let isPlain = tries.first.map { Self.isPlain($0) } ?? false
    try db.cachedStatement(
      sql: """
        INSERT INTO result (run_id, cell_id, conclusion_id, answer_id, build_id, input_id, reused_from, microseconds)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        """
    ).execute(arguments: [
      run, cell, try conclusion(result.judgement, in: db), first, try build(steps, run: run, in: db),
      try result.input.map { try input($0, in: db) }, try result.reusedFrom.flatMap { try id(ofRun: $0, in: db) },
      isPlain ? Self.microseconds(tries[0].seconds) : nil,
    ])
    for (index, attempt) in tries.enumerated() where index > 0 || !isPlain {
      try db.cachedStatement(sql: "INSERT INTO further_attempt VALUES (?, ?, ?, ?, ?)").execute(arguments: [
        run, cell, index + 1, try trace(attempt, answer: answers[index], in: db), Self.microseconds(attempt.seconds),
      ])
    }
  }

  /// Whether a first attempt is nothing but its answer and the time that it took.
  private static func isPlain(_ attempt: Attempt) -> Bool {
    attempt.circumstances == .warm && attempt.output.isEmpty && attempt.traceback.isEmpty && attempt.notes.isEmpty
  }

  private static func microseconds(_ seconds: Double) -> Int64 { Int64((seconds * 1e6).rounded()) }

  /// What an attempt left, stored once; its row.
  private func trace(_ attempt: Attempt, answer: Int64, in db: Database) throws -> Int64 {
    let values: StatementArguments = [
      attempt.circumstances.rawValue, answer,
      attempt.output.isEmpty ? nil : try Rows.content(attempt.output, in: db),
      attempt.traceback.isEmpty ? nil : try Rows.content(attempt.traceback, in: db),
      attempt.notes.isEmpty ? nil : attempt.notes.joined(separator: "\n"),
    ]
    let find = try db.cachedStatement(
      sql: """
        SELECT id FROM trace WHERE circumstances = ? AND answer_id = ? AND coalesce(output_key, '') = coalesce(?, '')
          AND coalesce(traceback_key, '') = coalesce(?, '') AND coalesce(notes, '') = coalesce(?, '')
        """)
    if let id = try Int64.fetchOne(find, arguments: values) { return id }
    try db.cachedStatement(
      sql: "INSERT INTO trace (circumstances, answer_id, output_key, traceback_key, notes) VALUES (?, ?, ?, ?, ?)"
    ).execute(arguments: values)
    return db.lastInsertedRowID
  }

  private mutating func id(of cell: CellID, in db: Database) throws -> Int64 {
    let scenario = try id(of: cell.scenario, in: db)
    let find = try db.cachedStatement(sql: "SELECT id FROM cell WHERE scenario_id = ? AND lane = ? AND runtime = ?")
    if let id = try Int64.fetchOne(find, arguments: [scenario, cell.lane, cell.runtime]) { return id }
    let names = [cell.scenario.suite, cell.scenario.testCase, cell.scenario.name, cell.lane, cell.runtime]
    try db.cachedStatement(sql: "INSERT INTO cell (key, scenario_id, lane, runtime) VALUES (?, ?, ?, ?)")
      .execute(arguments: [ContentKey(ofParts: names).hex, scenario, cell.lane, cell.runtime])
    return db.lastInsertedRowID
  }

  private mutating func id(of scenario: ScenarioID, in db: Database) throws -> Int64 {
    if let id = scenarios[scenario] { return id }
    let id = try Rows.id(of: scenario, in: db)
    scenarios[scenario] = id
    return id
  }

  private mutating func id(of answer: Answer, in db: Database) throws -> Int64 {
    if let id = answers[answer] { return id }
    let id = try Rows.answer(answer, in: db)
    answers[answer] = id
    return id
  }

  private mutating func conclusion(_ judgement: Judgement, in db: Database) throws -> Int64 {
    if let id = conclusions[judgement] { return id }
    let id = try Rows.conclusion(judgement, in: db)
    conclusions[judgement] = id
    return id
  }

  /// The row of what a cell's attempts depend on.
  private func input(_ key: ContentKey, in db: Database) throws -> Int64 {
    let find = try db.cachedStatement(sql: "SELECT id FROM input WHERE key = ?")
    let bytes = Schema.keyBytes(key.hex)
    if let id = try Int64.fetchOne(find, arguments: [bytes]) { return id }
    try db.cachedStatement(sql: "INSERT INTO input (key) VALUES (?)").execute(arguments: [bytes])
    return db.lastInsertedRowID
  }

  private mutating func id(ofRun uuid: String, in db: Database) throws -> Int64? {
    if let id = runs[uuid] { return id }
    let id = try Int64.fetchOne(
      try db.cachedStatement(sql: "SELECT id FROM run WHERE uuid = ?"), arguments: [uuid])
    runs[uuid] = id
    return id
  }

  /// The row of a list of build steps; nil for none.
  private mutating func build(_ list: [BuildStep], run: Int64, in db: Database) throws -> Int64? {
    if list.isEmpty { return nil }
    for step in list where steps[step.key] == nil {
      steps[step.key] = try write(step, run: run, in: db)
    }
    let keys = list.map(\.key)
    if let id = builds[keys] { return id }
    let key = ContentKey(ofParts: keys.map(\.hex))
    try db.cachedStatement(sql: "INSERT OR IGNORE INTO build (key) VALUES (?)").execute(arguments: [key.hex])
    let find = try db.cachedStatement(sql: "SELECT id FROM build WHERE key = ?")
    let id = try Int64.fetchOne(find, arguments: [key.hex]) ?? 0
    for (position, step) in list.enumerated() {
      try db.cachedStatement(
        sql: "INSERT OR IGNORE INTO build_step VALUES (?, ?, (SELECT id FROM step WHERE key = ?))"
      ).execute(arguments: [id, position, step.key.hex])
    }
    builds[keys] = id
    return id
  }

  /// Stores a step once, and that a run used it; its row.
  private func write(_ step: BuildStep, run: Int64, in db: Database) throws -> Int64 {
    let upsert = try db.cachedStatement(
      sql: """
        INSERT INTO step (key, kind, command, succeeded, messages, seconds) VALUES (?, ?, ?, ?, ?, ?)
        ON CONFLICT (key) DO UPDATE
        SET succeeded = excluded.succeeded, messages = excluded.messages, command = excluded.command
        RETURNING id
        """)
    let id = try Int64.fetchOne(
      upsert,
      arguments: [
        step.key.hex, step.kind.rawValue, step.command.joined(separator: " "), step.succeeded, step.messages,
        step.seconds,
      ])
    try db.cachedStatement(sql: "INSERT OR IGNORE INTO used_step VALUES (?, ?, ?)")
      .execute(arguments: [run, id, step.isReused])
    return id ?? 0
  }
}
