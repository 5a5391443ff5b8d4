import Foundation
import GRDB
import Model
import TestBuilders
import Testing

@testable import Storing

@Suite("Portability views in the database")
struct PortabilityStoreTests {
  private static let runtimes = [Runtime.sample("one"), .sample("two"), .sample("bare", hpy: .absent)]
  private static let binaries = [
    PortableBinary(flavour: .universal, homes: ["one", "two"]), PortableBinary(flavour: .hybrid, homes: ["one"]),
  ]

  private static func result(
    _ scenario: String, _ judgement: PortabilityJudgement, _ lane: Lane = .universal, home: String? = nil,
    on runtime: String = "one", verdict: Verdict = .conforming
  ) -> CellResult {
    .sample(
      .sample(lane, home: home, on: runtime, scenario: scenario), value: "2", verdict: verdict,
      attempts: [
        .sample([.fact("2")], .crashed(signal: "SIGSEGV"), message: "m", attachments: ["traceback": "trace"]),
        .sample([.fact("2")], .crashed(signal: "SIGSEGV"), message: "m", .fresh),
      ], portability: judgement)
  }

  private static func header() -> RunHeader {
    .sample(kind: .portability, runtimes: runtimes, binaries: binaries, planned: 9)
  }

  @Test("everything of a view reads back as it was")
  func roundTrip() async throws {
    let writer = try StoreWriter.temporary()
    let bad = Self.result(
      "a", .sample(.misbehaves, promise: .otherPython, isKept: nil, isUnsteady: true), Lane(.hybrid), home: "one",
      on: "two", verdict: .new)
    let run = try await writer.record(
      [
        bad, Self.result("a", .sample(isKept: nil)), Self.result("b", .sample(isKept: nil)),
        Self.result("b", .sample(), on: "two"),
      ], Self.header())
    #expect((run.kind, run.state, run.planned) == (.portability, .finished, 9))
    #expect(run.runtimes == Self.runtimes)
    #expect(run.binaries == Self.binaries)
    let found = try writer.store.remarkableCells(of: run)
    #expect(
      found == [
        PortabilityResult(
          cell: bad.cell, judgement: try #require(bad.judgement.portability), findings: bad.judgement.findings,
          attempts: bad.attempts)
      ])
    let counts = try writer.store.portabilityCounts(of: run)
    #expect(
      Set(counts) == [
        PortabilityCount(
          load: LoadID(Lane(.hybrid), home: "one", runtime: "two"), judgement: bad.judgement.portability!, scenarios: 1),
        PortabilityCount(load: LoadID(.universal, runtime: "one"), judgement: .sample(isKept: nil), scenarios: 2),
        PortabilityCount(load: LoadID(.universal, runtime: "two"), judgement: .sample(), scenarios: 1),
      ])
    let row = try #require(try writer.store.cellRows(of: run).first { $0.id == bad.cell })
    #expect(try writer.store.judgements(ofConclusions: [row.result.conclusion]).values.first == bad.judgement)
    #expect(try writer.store.result(of: bad.cell, in: run)?.findings == bad.judgement.findings)
    let names = try await writer.pool.read { db in
      try Row.fetchAll(db, sql: "SELECT binary, home FROM portability_cell ORDER BY scenario, runtime, lane")
        .map { [$0[0] as String, $0[1]] }
    }
    #expect(
      names == [
        ["universal:one", "one"], ["hybrid:one", "one"], ["universal:one", "one"], ["universal:one", "two"],
      ])
  }

  @Test("what is remarkable: broken promises, misbehaviour, disagreement, and what was not built or tried")
  func remarkable() async throws {
    let writer = try StoreWriter.temporary()
    var untried = Self.result("untried", .sample(.notTried, isKept: nil))
    untried.attempts = [Attempt(untried: .unsupported, "no hpy")]
    let run = try await writer.record(
      [
        Self.result("fine", .sample()), Self.result("refused", .sample(.refused)),
        Self.result("broken", .sample(.refused, isKept: false)), Self.result("loads", .sample(isKept: false)),
        Self.result("flickers", .sample(isUnsteady: true)), Self.result("unbuilt", .sample(.notBuilt, isKept: nil)),
        Self.result("bad", .sample(.misbehaves, isKept: nil)), untried,
      ], Self.header())
    let found = try writer.store.remarkableCells(of: run)
    #expect(found.map(\.cell.scenario.name) == ["bad", "broken", "flickers", "loads", "unbuilt", "untried"])
    #expect(found.last?.attempts == untried.attempts)
  }

  @Test("a view is a run of its own kind: asked for runs, nobody finds it, and its answers are shared")
  func kinds() async throws {
    let writer = try StoreWriter.temporary()
    let store = writer.store
    let none = #expect(throws: Problem.self) { try store.run(named: "latest", .portability) }
    #expect(none?.description.contains("this database has no portability view") == true)
    let run = try await writer.record([Self.result("a", .sample())])
    let views = [
      try await writer.record([Self.result("a", .sample())], Self.header()),
      try await writer.record([], Self.header()),
    ]
    #expect(try store.runs().map(\.id) == [run.id])
    #expect(try store.runs(.portability).map(\.id) == views.reversed().map(\.id))
    #expect(try store.runs(nil).count == 3)
    #expect(try store.run(named: "latest").id == run.id)
    #expect(try store.run(named: "latest", .portability).id == views[1].id)
    #expect(try store.run(named: "latest", nil).id == views[1].id)
    #expect(try store.run(named: String(views[0].uuid.prefix(8)).uppercased(), .portability).id == views[0].id)
    #expect(try store.run(named: views[0].uuid, nil).id == views[0].id)
    #expect(throws: Problem.self) { try store.run(named: views[0].uuid) }
    let unknown = #expect(throws: Problem.self) { try store.run(named: "%", .portability) }
    #expect(unknown?.description.contains("no portability view is named `%`") == true)
    let several = #expect(throws: Problem.self) { try store.run(named: "", .portability) }
    #expect(several?.description.contains("2 portability views begin with") == true)
    let facts = try await writer.pool.read { db in
      (
        try Int.fetchOne(db, sql: "SELECT count(*) FROM answer"), try Int.fetchOne(db, sql: "SELECT id FROM latest_run")
      )
    }
    #expect(facts == (1, Int(run.id)))
  }
}
