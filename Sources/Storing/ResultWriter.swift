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
    try db.cachedStatement(sql: "INSERT INTO result VALUES (?, ?, ?, ?, ?, ?, ?)").execute(arguments: [
      run, cell, try conclusion(result.judgement, in: db), first, try build(steps, run: run, in: db),
      try result.input.map { try input($0, in: db) }, try result.reusedFrom.flatMap { try id(ofRun: $0, in: db) },
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
    if let id = try Int64.fetchOne(find, arguments: [key.hex]) { return id }
    try db.cachedStatement(sql: "INSERT INTO input (key) VALUES (?)").execute(arguments: [key.hex])
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
      steps[step.key] = run
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
    let keys = list.map(\.key)
    if let id = builds[keys] { return id }
    let key = ContentKey(ofParts: keys.map(\.hex))
    try db.cachedStatement(sql: "INSERT OR IGNORE INTO build (key) VALUES (?)").execute(arguments: [key.hex])
    let find = try db.cachedStatement(sql: "SELECT id FROM build WHERE key = ?")
    let id = try Int64.fetchOne(find, arguments: [key.hex]) ?? 0
    for (position, step) in list.enumerated() {
      try db.cachedStatement(sql: "INSERT OR IGNORE INTO build_step VALUES (?, ?, ?)")
        .execute(arguments: [id, position, step.key.hex])
    }
    builds[keys] = id
    return id
  }
}
