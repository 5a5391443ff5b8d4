import Foundation
import GRDB
import Model
import TestBuilders
import Testing

@testable import Storing

@Suite("Going on with a stored run")
struct ResumingTests {
  private static let results = [
    Canonical.result("a"), Canonical.result("b", value: "2", verdict: .new), Canonical.result("c"),
  ]

  /// A run that ended early behind two of three cells.
  private static func half(_ path: String, state: RunState = .interrupted, series: String? = "nightly") async throws
    -> (header: RunHeader, writer: StoreWriter)
  {
    let writer = try StoreWriter(path: path)
    var header = RunHeader.sample(planned: 3, series: series)
    header.options = "{}"
    let recorder = try await RunRecorder(writer, header: header)
    for result in results.prefix(2) { await recorder.record(result, steps: [.sample("step", seconds: 1)]) }
    try await recorder.finish(state: .interrupted, ledger: "# ledger", verdicts: [.conforming: 1, .new: 1])
    if state == .running {
      try await writer.pool.write { try $0.execute(sql: "UPDATE run SET state = 'running', finished = NULL") }
    }
    return (header, writer)
  }

  private static func closed(_ path: String) async throws -> RunHeader {
    let (header, writer) = try await half(path)
    try writer.pool.close()
    return header
  }

  /// Goes on with the run, and does nothing.
  private static func killed(_ path: String, _ header: RunHeader) async throws {
    let writer = try StoreWriter(path: path)
    _ = try await RunRecorder(writer, header: resumed(header, dropping: [results[1]], kept: 1))
    try writer.pool.close()
  }

  private static func resumed(
    _ header: RunHeader, dropping dropped: [CellResult], kept: Int
  ) -> RunHeader {
    var header = header
    header.resumption = StoredResumption(dropped: dropped.map(\.cell), kept: kept, ledger: "# ledger")
    return header
  }

  @Test("what is dropped goes with all its attempts, what stays is untouched; the end is that of the whole run")
  func goingOn() async throws {
    let path = StoreWriter.temporaryPath()
    let (header, writer) = try await Self.half(path)
    let before = try writer.store.run(named: "latest")
    #expect(before.options == "{}")
    let recorder = try await RunRecorder(
      writer, header: Self.resumed(header, dropping: [Self.results[1]], kept: 1))
    let meanwhile = try writer.store.run(named: "latest")
    #expect((meanwhile.state, meanwhile.finished, meanwhile.cellSeconds) == (.running, nil, nil))
    #expect((meanwhile.uuid, meanwhile.started, meanwhile.clock) == (before.uuid, before.started, before.clock))
    #expect(try writer.store.verdictsOfRuns().isEmpty)
    #expect(try writer.store.attempts(of: meanwhile).map(\.cell.scenario.name) == ["a"])
    for result in Self.results.dropFirst() { await recorder.record(result, steps: [.sample("step", seconds: 1)]) }
    try await recorder.finish(state: .finished, ledger: "# ledger", verdicts: [.conforming: 2, .new: 1])

    let run = try writer.store.run(named: "latest")
    #expect((run.state, run.resumed.count) == (.finished, 1))
    #expect(try writer.store.verdictsOfRuns() == [run.id: [.conforming: 2, .new: 1]])
    // 0.5 s of a and of c, 0.75 s of both attempts of b.
    #expect(run.cellSeconds == 1.75)
    #expect(run.buildSeconds == 1)
    let undisturbed = StoreWriter.temporaryPath()
    let other = try StoreWriter(path: undisturbed)
    let whole = try await RunRecorder(other, header: header)
    for result in Self.results { await whole.record(result, steps: [.sample("step", seconds: 1)]) }
    try await whole.finish(state: .finished, ledger: "# ledger", verdicts: [.conforming: 2, .new: 1])
    for table in ["result", "attempt", "attachment", "run_step", "run_file"] {
      #expect(try Canonical.content(path)[table] == Canonical.content(undisturbed)[table], "\(table)")
    }
  }

  @Test("a judgement by another ledger stays when a run goes on")
  func judgements() async throws {
    let (header, writer) = try await Self.half(StoreWriter.temporaryPath())
    let run = try writer.store.run(named: "latest")
    try writer.replaceVerdicts(of: run, with: [:], ledger: "# other")
    #expect(try writer.store.ledgerInForce(of: run) == ContentKey(of: "# other"))
    try writer.replaceVerdicts(of: run, with: [:], ledger: "# ledger")
    #expect(try writer.store.ledgerInForce(of: run) == ContentKey(of: "# ledger"))
    _ = try await RunRecorder(writer, header: Self.resumed(header, dropping: [], kept: 2))
    #expect(try writer.store.ledgerInForce(of: run) == ContentKey(of: "# other"))
  }

  @Test("a run that is not there can't be gone on with")
  func unknown() async throws {
    let writer = try StoreWriter.temporary()
    let problem = await #expect(throws: Problem.self) {
      _ = try await RunRecorder(writer, header: Self.resumed(.sample(), dropping: [], kept: 0))
    }
    #expect(problem?.found.hasPrefix("no run is named") == true)
  }

  @Test("cells are told with verdict and outcome, and whether the machine lacked something at any attempt")
  func cells() async throws {
    let lacking = Attempt.sample([], .harnessFailed, message: "disk full", .fresh)
    let results = [
      Canonical.result("a"),
      CellResult.sample(.sample(scenario: "b"), verdict: .new, attempts: [.sample([.fact("2")]), lacking]),
      CellResult.sample(
        .sample(scenario: "c"), verdict: .notJudged, attempts: [.sample([], .harnessFailed, message: "disk full")]),
    ]
    let writer = try StoreWriter.temporary()
    let run = try await writer.record(results)
    let found = try writer.store.recordedCells(of: run).sorted { $0.cell.description < $1.cell.description }
    #expect(
      found == [
        RecordedCell(results[0].cell, .conforming, .completed),
        RecordedCell(results[1].cell, .new, .completed, lackedMachine: true),
        RecordedCell(results[2].cell, .notJudged, .harnessFailed),
      ])
    #expect(found.map(\.isFinal) == [true, false, false])
  }

  @Test("`latest` is the newest run of which something is left; of a series where that is asked for")
  func latest() async throws {
    let path = StoreWriter.temporaryPath()
    let (header, writer) = try await Self.half(path, state: .running)
    let lacking = CellResult.sample(
      .sample(scenario: "c"), verdict: .notJudged, attempts: [.sample([], .harnessFailed, message: "disk full")])
    func named(_ text: String = "latest", ofSeries: Bool = false) throws -> String {
      try writer.store.run(toResume: text, ofSeries: ofSeries).uuid
    }
    let half = header.uuid.uuidString.lowercased()
    try await writer.record(Self.results)
    #expect(try named() == half)
    let full = try await writer.record([lacking])
    #expect(try named() == full.uuid)
    #expect(try named(ofSeries: true) == half)
    let view = try await writer.record([], .sample(kind: .portability), state: .interrupted)
    #expect(try named() == view.uuid)
    #expect(try named(String(half.prefix(8))) == half)
    let problem = #expect(throws: Problem.self) { try named(full.uuid, ofSeries: true) }
    #expect(problem?.found == "run \(full.uuid.prefix(8)) belongs to no series, so it is not a nightly run")
    let none = try StoreWriter.temporary()
    try await none.record(Self.results)
    let nothing = #expect(throws: Problem.self) { try none.store.run(toResume: "latest") }
    #expect(nothing?.found == "no run in this database is unfinished")
  }

  @Test("of two copies of a run, the one that was resumed wins over the one before, also where it was killed then")
  func merging() async throws {
    let path = StoreWriter.temporaryPath()
    let header = try await Self.closed(path)
    let copy = try Canonical.copy(path)
    try await Self.killed(copy, header)
    for order in [[path, copy], [copy, path]] {
      let target = StoreWriter.temporaryPath()
      for source in order { _ = try Merging.merge([source], into: target) }
      #expect(try Canonical.content(target) == Canonical.content(copy))
      #expect(try Store(path: target).run(named: "latest").resumed.count == 1)
    }
    try Canonical.execute("UPDATE run SET state = 'finished'", in: path)
    _ = try Merging.merge([path], into: copy)
    #expect(try Store(path: copy).run(named: "latest").state == .finished)
  }

  @Test("results are taken over from runs before a clock alone")
  func takingOver() async throws {
    let writer = try StoreWriter.temporary()
    let result = Canonical.result("a")
    let first = try await writer.record([result])
    let second = try await writer.record([Canonical.result("a", from: UUID(uuidString: first.uuid))])
    let inputs = [result.cell: try #require(result.input)]
    #expect(try writer.store.earlierAttempts(inputs)[result.cell]?.run == first.uuid)
    #expect(try writer.store.earlierAttempts(inputs, before: second.clock)[result.cell]?.run == first.uuid)
    #expect(try writer.store.earlierAttempts(inputs, before: first.clock).isEmpty)
  }
}
