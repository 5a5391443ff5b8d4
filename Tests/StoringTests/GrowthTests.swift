import Foundation
import GRDB
import Model
import Testing

@testable import Storing

/// What a run holds in memory, and what it waits for, however large it is and however slow the disk.
@Suite("Recording large runs")
struct GrowthTests {
  private static let runtime = Runtime(
    name: "cpython-3.11", interpreter: "/python", implementation: "cpython", version: "3.11.2", python: "3.11.2",
    build: "b", extSuffix: ".so", includes: ["/include"], machine: "x86_64", hpy: .absent)

  private static func store(patience: Double = 10) throws -> Store {
    try Store(
      path: FileManager.default.temporaryDirectory.appending(path: "store-\(UUID().uuidString)/results.sqlite").path,
      .write, patience: patience)
  }

  private static var header: RunHeader {
    RunHeader(arguments: [], compiler: "", runtimes: [runtime], files: [:], planned: 0)
  }

  private static func result(
    _ number: Int, value: String = "1", verdict: Verdict = .conforming, input: String? = nil, from run: String? = nil
  ) -> CellResult {
    let cell = CellID(
      scenario: ScenarioID(suite: "s\(number / 1000)", testCase: "c\(number / 100)", name: "n\(number)"),
      lane: "universal", runtime: "cpython-3.11")
    let finding = Finding(
      divergence: Divergence(
        label: "x", facet: .value, observed: value, expected: "2", oracle: .expectation(source: "document")),
      verdict: verdict, circumstances: [.warm])
    return CellResult(
      cell: cell,
      attempts: [
        Attempt(
          circumstances: .warm,
          answer: Answer(outcome: .completed, observations: [Observation(label: "x", value: value)]))
      ],
      judgement: Judgement(verdict: verdict, findings: verdict == .conforming ? [] : [finding]),
      input: input.map { ContentKey(of: $0) }, reusedFrom: run)
  }

  @discardableResult
  private static func record(_ results: [CellResult], in store: Store) async throws -> StoredRun {
    let recorder = try RunRecorder(store, header: header)
    for result in results { await recorder.record(result, steps: []) }
    try await recorder.finish(state: "finished", ledger: "", verdicts: [:])
    return try store.run(named: "latest")
  }

  // MARK: The queue

  private actor Counter {
    private(set) var value = 0
    func count() { value += 1 }
  }

  @Test("a locked disk holds up nobody until the queue is full; then it holds up the run, and nothing is lost")
  func backPressure() async throws {
    let store = try Self.store(patience: 600)
    let recorder = try RunRecorder(store, header: Self.header, capacity: 4)
    var configuration = GRDB.Configuration()
    configuration.allowsUnsafeTransactions = true
    let other = try DatabaseQueue(path: store.path, configuration: configuration)
    try await other.writeWithoutTransaction { try $0.execute(sql: "BEGIN IMMEDIATE") }
    let counter = Counter()
    let producer = Task {
      for number in 0..<40 {
        await recorder.record(Self.result(number), steps: [])
        await counter.count()
      }
    }
    // As long as it takes until the run stands still: the lock lets nothing go on from there.
    var standing = await recorder.standing
    while standing.inTransaction == 0 || !standing.holdsUp {
      try await Task.sleep(for: .milliseconds(10))
      standing = await recorder.standing
    }
    #expect((1...4).contains(standing.inTransaction))
    // What the transaction has that waits for the lock, and four behind it. The one that is held up is not counted.
    #expect(await counter.value == standing.inTransaction + 4)
    try await other.writeWithoutTransaction { try $0.execute(sql: "COMMIT") }
    await producer.value
    try await recorder.finish(state: "finished", ledger: "", verdicts: [:])
    #expect(try store.results(of: try store.run(named: "latest")).count == 40)
  }

  @Test("a disk that refuses is told at the end, and holds up nobody")
  func refusingDisk() async throws {
    let store = try Self.store()
    let recorder = try RunRecorder(store, header: Self.header, capacity: 4)
    try await store.pool.write { try $0.execute(sql: "DROP TABLE conclusion") }
    for number in 0..<40 { await recorder.record(Self.result(number), steps: []) }
    await #expect(throws: Problem.self) {
      try await recorder.finish(state: "finished", ledger: "", verdicts: [:])
    }
  }

  @Test("the writer remembers a bounded number of rows, and each shared row is there once all the same")
  func boundedMemory() async throws {
    let store = try Self.store()
    let remembered = try await store.pool.write { db in
      try db.execute(
        sql: "INSERT INTO run (id, uuid, started, state, program, arguments, compiler, planned) "
          + "VALUES (1, 'u', '', 'running', '', '', '', 0)")
      var writer = ResultWriter()
      for round in 0..<2 {
        for number in 0..<3000 {
          var result = Self.result(number, value: "\(number)", verdict: .new)
          result.cell.lane = "lane \(round)"
          let step = BuildStep(
            key: ContentKey(of: "step \(number)"), kind: .compile, command: [], succeeded: true, messages: "",
            seconds: 0, isReused: round == 1)
          try writer.write(result, steps: [step], run: 1, in: db)
        }
      }
      return writer.remembered
    }
    #expect(remembered < 3000)
    let counts = try await store.pool.read { db in
      try ["result", "answer", "conclusion", "scenario", "cell", "step", "build", "run_step"].map {
        try Int.fetchOne(db, sql: "SELECT count(*) FROM \($0)") ?? 0
      }
    }
    #expect(counts == [6000, 3000, 3000, 3000, 6000, 3000, 3000, 3000])
    #expect(try store.buildCounts(of: try store.run(named: "latest")) == (3000, 0))
  }

  // MARK: Counting

  @Test("what a run comes to is counted, and only as many findings are read as are shown")
  func counting() async throws {
    let store = try Self.store()
    var results = (0..<2500).map { Self.result($0, value: "\($0)", verdict: $0 < 100 ? .new : .conforming) }
    results.append(Self.result(0, value: "0", verdict: .new))
    results[2500].cell.lane = "cpython"
    let skip = Answer(outcome: Outcome(.unsupported), message: "no hpy")
    results[2499].attempts = [Attempt(circumstances: .warm, answer: skip)]
    results[2499].judgement = Judgement(verdict: .notJudged, findings: [])
    let run = try await Self.record(results, in: store)
    let counts = try store.counts(of: run)
    #expect((counts.cells, counts.scenarios, counts.cases) == (2501, 2500, 25))
    #expect((counts[.new], counts[.conforming], counts[.notJudged]) == (101, 2399, 1))
    #expect(counts.groups.first == .init(suite: "s0", runtime: "cpython-3.11", verdict: .conforming, cells: 900))
    #expect(counts.skips.map(\.reason) == ["no hpy"])
    let found = try store.findings(of: run, .new, limit: 7)
    #expect(found.count == 100)
    #expect(found.groups.count == 7)
    #expect(found.groups[0].cells.map(\.lane) == ["cpython", "universal"])
    #expect(found.groups[0].finding == results[0].judgement.findings[0])
    #expect(try store.findings(of: run, .flaky, limit: 7).count == 0)
    #expect(try store.result(of: results[5].cell, in: run)?.findings == results[5].judgement.findings)
  }

  // MARK: Taking over

  @Test("attempts are found by their input alone, the latest first, and a chain leads to the run that made them")
  func earlierAttempts() async throws {
    let store = try Self.store()
    let cell = Self.result(1).cell
    func find(_ input: String) throws -> EarlierAttempts? {
      try store.earlierAttempts([cell: ContentKey(of: input)])[cell]
    }
    let first = try await Self.record([Self.result(1, input: "a"), Self.result(2, input: "a2")], in: store)
    #expect(try find("a")?.run == first.uuid)
    #expect(try find("a")?.attempts == Self.result(1).attempts)
    #expect(try find("b") == nil)
    #expect(try find("a2") == nil)
    let second = try await Self.record([Self.result(1, input: "a", from: first.uuid)], in: store)
    #expect(try find("a")?.run == first.uuid)
    #expect(try store.result(of: cell, in: second)?.reusedFrom == first.uuid)
    #expect(try store.result(of: cell, in: first)?.reusedFrom == nil)
    #expect(try store.reusedCount(of: second) == 1)
    #expect(try store.counts(of: second).reused.map(\.run) == [first.uuid])
    let third = try await Self.record([Self.result(1, input: "a")], in: store)
    #expect(try find("a") == EarlierAttempts(run: third.uuid, attempts: Self.result(1).attempts, isSteady: true))
    let fourth = try await Self.record([Self.result(1, value: "2", input: "a")], in: store)
    #expect(try find("a") == .init(run: fourth.uuid, attempts: Self.result(1, value: "2").attempts, isSteady: false))
    try await Self.record([Self.result(1)], in: store)
    #expect(try find("a")?.run == fourth.uuid)
  }

  @Test("a database of the first schema is brought up with all that it holds")
  func migration() async throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "store-\(UUID().uuidString).sqlite").path
    let old = try DatabaseQueue(path: path)
    try Schema.migrator.migrate(old, upTo: "1 first schema")
    try await old.write { db in
      try db.execute(
        sql: """
          INSERT INTO run VALUES (1, 'old', '', NULL, 'finished', '', '', '', 1);
          INSERT INTO runtime VALUES (1, 'k', 'cpython', '3', '3', '', '', NULL, NULL, NULL);
          INSERT INTO run_runtime VALUES (1, 0, 'cpython-3.11', 1, '{}');
          INSERT INTO scenario VALUES (1, 's', 'c', 'n');
          INSERT INTO cell VALUES (1, 'k', 1, 'universal', 'cpython-3.11');
          INSERT INTO answer VALUES (1, 'k', 'completed', NULL);
          INSERT INTO conclusion VALUES (1, 'k', 'conforming');
          INSERT INTO result VALUES (1, 1, 1, 1, NULL);
          """)
    }
    try old.close()
    let store = try Store(path: path, .write)
    let row = try store.pool.read { db in
      try Row.fetchOne(db, sql: "SELECT run, outcome, verdict, reused_from FROM cell_result")
    }
    #expect(row == ["run": "old", "outcome": "completed", "verdict": "conforming", "reused_from": nil])
  }
}
