import GRDB
import Model

/// Writes results, and remembers which shared rows are there already. What it remembers is bounded, so that a run's
/// memory does not grow with its cells.
struct ResultWriter: Sendable {
  private var answers = BoundedCache<Answer, (id: Int64, key: ContentKey)>(capacity: 256)
  private var conclusions = BoundedCache<Judgement, Int64>(capacity: 256)
  private var scenarios = BoundedCache<ScenarioID, Int64>(capacity: 256)
  private var builds = BoundedCache<[ContentKey], Int64>(capacity: 256)
  /// Steps whose rows are there, for this run too.
  private var steps = BoundedCache<ContentKey, Int64>(capacity: 1024)
  private var runs = BoundedCache<String, Int64?>(capacity: 64)

  /// How many rows are remembered.
  var remembered: Int {
    answers.count + conclusions.count + scenarios.count + builds.count + steps.count + runs.count
  }

  mutating func write(_ result: CellResult, steps: [BuildStep], run: Int64, in db: Database) throws {
    let answers = try result.attempts.map { attempt in
      try self.answers.value(attempt.answer) { try Rows.answer(attempt.answer, in: db) }
    }
    guard let first = answers.first else { return }
    let cell = try cell(result.cell, in: db)
    let tries = result.attempts[0].answer.outcome.isSkip ? [] : result.attempts
    let isPlain = tries.first.map { Self.isPlain($0) } ?? false
    try Rows.insert(
      "result",
      [
        run, cell, try conclusions.value(result.judgement) { try Rows.conclusion(result.judgement, in: db) }, first.id,
        try build(steps, run: run, in: db), try result.input.map { try Rows.id("input", key: $0.bytes, in: db) },
        try result.reusedFrom.flatMap { try row(ofRun: $0, in: db) },
        isPlain ? Self.microseconds(tries[0].seconds) : nil,
      ], in: db)
    for (index, attempt) in tries.enumerated() where index > 0 || !isPlain {
      let trace = try trace(of: attempt, answer: answers[index], in: db)
      try Rows.insert(
        "further_attempt", [run, cell, index + 1, trace, Self.microseconds(attempt.seconds)], in: db)
    }
  }

  /// Whether a first attempt is nothing but its answer and the time that it took.
  private static func isPlain(_ attempt: Attempt) -> Bool {
    attempt.circumstances == .warm && attempt.attachments.isEmpty && attempt.notes.isEmpty
  }

  private static func microseconds(_ seconds: Double) -> Int64 { Int64((seconds * 1e6).rounded()) }

  /// What an attempt left, stored once; its row.
  private func trace(
    of attempt: Attempt, answer: (id: Int64, key: ContentKey), in db: Database
  ) throws -> Int64 {
    let attachments = attempt.attachments.sorted { $0.key < $1.key }
    let notes = attempt.notes.isEmpty ? nil : attempt.notes.joined(separator: "\n")
    let own = [attempt.circumstances.rawValue, answer.key.hex, notes ?? ""]
    let key = ContentKey(ofParts: own + attachments.flatMap { [$0.key, $0.value] })
    return try Rows.id(
      "trace", key: key.bytes, ["circumstances": attempt.circumstances, "answer_id": answer.id, "notes": notes], in: db
    ) { id in
      for (name, text) in attachments {
        try Rows.insert("trace_attachment", [id, name, try Rows.content(text, in: db)], in: db)
      }
    }
  }

  private mutating func cell(_ cell: CellID, in db: Database) throws -> Int64 {
    let scenario = try scenarios.value(cell.scenario) { try Rows.scenario(cell.scenario, in: db) }
    return try Rows.id(
      "cell", key: Rows.key(of: cell),
      ["scenario_id": scenario, "lane": cell.lane, "home": cell.load.home, "runtime": cell.runtime], in: db)
  }

  private mutating func row(ofRun uuid: String, in db: Database) throws -> Int64? {
    try runs.value(uuid) {
      try Int64.fetchOne(try db.cachedStatement(sql: "SELECT id FROM run WHERE uuid = ?"), arguments: [uuid])
    }
  }

  /// The row of a list of build steps; nil for none.
  private mutating func build(_ list: [BuildStep], run: Int64, in db: Database) throws -> Int64? {
    if list.isEmpty { return nil }
    let rows = try list.map { step in try steps.value(step.key) { try Self.write(step, run: run, in: db) } }
    let keys = list.map(\.key)
    return try builds.value(keys) {
      try Rows.id("build", key: ContentKey(ofParts: keys.map(\.hex)), in: db) { id in
        for (position, step) in rows.enumerated() { try Rows.insert("build_step", [id, position, step], in: db) }
      }
    }
  }

  /// Stores a step once, and that a run used it; its row.
  private static func write(_ step: BuildStep, run: Int64, in db: Database) throws -> Int64 {
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
        step.key, step.kind, Rows.whole(step.command.joined(separator: " ")), step.succeeded,
        Rows.whole(step.messages), step.seconds,
      ])
    try db.cachedStatement(sql: "INSERT OR IGNORE INTO used_step VALUES (?, ?, ?)")
      .execute(arguments: [run, id, step.isReused])
    return id ?? 0
  }
}
