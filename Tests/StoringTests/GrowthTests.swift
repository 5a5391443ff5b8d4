import Foundation
import GRDB
import Model
import TestBuilders
import Testing

@testable import Storing

/// What a run holds in memory, and what it waits for, however large it is and however slow the disk.
@Suite("Recording large runs")
struct GrowthTests {
  private static func result(
    _ number: Int, _ lane: Lane = .universal, value: String = "1", verdict: Verdict = .conforming,
    input: String? = nil, from run: String? = nil
  ) -> CellResult {
    let scenario = ScenarioID(suite: "s\(number / 1000)", testCase: "c\(number / 100)", name: "n\(number)")
    return .sample(
      CellID(scenario: scenario, lane: lane, runtime: "cpython"), value: value, verdict: verdict,
      input: input.map { ContentKey(of: $0) }, from: run)
  }

  // MARK: The queue

  private actor Counter {
    private(set) var value = 0
    func count() { value += 1 }
  }

  @Test("a locked disk holds up nobody until the queue is full; then it holds up the run, and nothing is lost")
  func backPressure() async throws {
    let writer = try StoreWriter.temporary(patience: 600)
    let store = writer.store
    let recorder = try await RunRecorder(writer, header: .sample(), capacity: 4)
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
    try await recorder.finish(state: .finished, ledger: "", verdicts: [:])
    #expect(try store.results(of: try store.run(named: "latest")).count == 40)
  }

  @Test("a disk that refuses is told at the end, and holds up nobody")
  func refusingDisk() async throws {
    let writer = try StoreWriter.temporary()
    let recorder = try await RunRecorder(writer, header: .sample(), capacity: 4)
    try await writer.pool.write { try $0.execute(sql: "DROP TABLE conclusion") }
    for number in 0..<40 { await recorder.record(Self.result(number), steps: []) }
    await #expect(throws: Problem.self) {
      try await recorder.finish(state: .finished, ledger: "", verdicts: [:])
    }
  }

  @Test("the writer remembers a bounded number of rows, and each shared row is there once all the same")
  func boundedMemory() async throws {
    let database = try StoreWriter.temporary()
    let run = try await database.record([])
    let remembered = try await database.pool.write { db in
      var writer = ResultWriter()
      for round in 0..<2 {
        for number in 0..<3000 {
          let result = Self.result(
            number, round == 0 ? .universal : .universalDebug, value: "\(number)", verdict: .new)
          let step = BuildStep.sample("step \(number)", isReused: round == 1)
          try writer.write(result, steps: [step], run: run.id, in: db)
        }
      }
      return writer.remembered
    }
    #expect(remembered < 3000)
    let counts = try await database.pool.read { db in
      try ["result", "answer", "conclusion", "scenario", "cell", "step", "build", "run_step"].map {
        try Int.fetchOne(db, sql: "SELECT count(*) FROM \($0)") ?? 0
      }
    }
    #expect(counts == [6000, 3000, 3000, 3000, 6000, 3000, 3000, 3000])
    #expect(try database.store.buildCounts(of: run) == (3000, 0))
  }

  // MARK: Counting

  @Test("what a run comes to is counted, and only as many findings are read as are shown")
  func counting() async throws {
    let writer = try StoreWriter.temporary()
    let store = writer.store
    var results = (0..<2500).map { Self.result($0, value: "\($0)", verdict: $0 < 100 ? .new : .conforming) }
    results.append(Self.result(0, .cpython, value: "0", verdict: .new))
    results[2499].attempts = [Attempt(untried: .unsupported, "no hpy")]
    results[2499].judgement = Judgement(verdict: .notJudged, findings: [])
    let run = try await writer.record(results)
    let counts = try store.counts(of: run)
    #expect((counts.cells, counts.scenarios, counts.cases) == (2501, 2500, 25))
    #expect((counts[.new], counts[.conforming], counts[.notJudged]) == (101, 2399, 1))
    #expect(counts.groups.first == .init(suite: "s0", runtime: "cpython", verdict: .conforming, cells: 900))
    #expect(counts.skips.map(\.reason) == ["no hpy"])
    let found = try store.findings(of: run, .new, limit: 7)
    #expect(found.count == 100)
    #expect(found.groups.count == 7)
    #expect(found.groups[0].cells.map(\.lane) == [.cpython, .universal])
    #expect(found.groups[0].finding == results[0].judgement.findings[0])
    #expect(try store.findings(of: run, .flaky, limit: 7).count == 0)
    #expect(try store.result(of: results[5].cell, in: run)?.findings == results[5].judgement.findings)
  }

  // MARK: Taking over

  @Test("attempts are found by their input alone, the latest first, and a chain leads to the run that made them")
  func earlierAttempts() async throws {
    let writer = try StoreWriter.temporary()
    let store = writer.store
    let cell = Self.result(1).cell
    func find(_ input: String) throws -> EarlierAttempts? {
      try store.earlierAttempts([cell: ContentKey(of: input)])[cell]
    }
    let first = try await writer.record([Self.result(1, input: "a"), Self.result(2, input: "a2")])
    #expect(try find("a")?.run == first.uuid)
    #expect(try find("a")?.attempts == Self.result(1).attempts)
    #expect(try find("b") == nil)
    #expect(try find("a2") == nil)
    let second = try await writer.record([Self.result(1, input: "a", from: first.uuid)])
    #expect(try find("a")?.run == first.uuid)
    #expect(try store.result(of: cell, in: second)?.reusedFrom == first.uuid)
    #expect(try store.result(of: cell, in: first)?.reusedFrom == nil)
    #expect(try store.reusedCount(of: second) == 1)
    #expect(try store.counts(of: second).reused.map(\.run) == [first.uuid])
    let third = try await writer.record([Self.result(1, input: "a")])
    #expect(try find("a") == EarlierAttempts(run: third.uuid, attempts: Self.result(1).attempts, isSteady: true))
    let fourth = try await writer.record([Self.result(1, value: "2", input: "a")])
    #expect(try find("a") == .init(run: fourth.uuid, attempts: Self.result(1, value: "2").attempts, isSteady: false))
    try await writer.record([Self.result(1)])
    #expect(try find("a")?.run == fourth.uuid)
  }
}
