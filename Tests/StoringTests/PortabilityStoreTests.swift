import Foundation
import GRDB
import Model
import Testing

@testable import Storing

@Suite("Portability views in the database")
struct PortabilityStoreTests {
  private static func store() throws -> Store {
    try Store(
      path: FileManager.default.temporaryDirectory.appending(path: "store-\(UUID().uuidString)/results.sqlite").path,
      .write)
  }

  private static let runtimes = ["one", "two", "bare"].map { name in
    Runtime(
      name: name, interpreter: "/\(name)", implementation: "cpython", version: "3.11.2", python: "3.11.2", build: name,
      extSuffix: ".so", includes: [], machine: "x86_64", hpy: .absent)
  }
  private static let binaries = [
    PortableBinary(
      kind: .universal, builtFor: "one", homes: ["one", "two"], hpyVersion: "0.9.0", layout: ContentKey(of: "layout")),
    PortableBinary(
      kind: .hybrid, builtFor: "one", homes: ["one"], hpyVersion: "0.9.0", layout: ContentKey(of: "layout")),
  ]

  private static func result(
    _ scenario: String, _ binary: Int, _ runtime: String, _ behaviour: PortabilityBehaviour,
    isKept: Bool?, isUnsteady: Bool = false
  ) -> PortabilityResult {
    let id = ScenarioID(suite: "s", testCase: "c", name: scenario)
    let own = CellID(scenario: id, lane: "universal:one", runtime: runtime)
    let attempts = [Circumstances.warm, .fresh].map { circumstances in
      Attempt(
        circumstances: circumstances,
        answer: Answer(
          outcome: Outcome(.crashed, "SIGSEGV"), message: "m", observations: [Observation(label: "x", value: "1")]),
        seconds: 0.5, output: "out", traceback: "trace", notes: ["one", "two"])
    }
    return PortabilityResult(
      scenario: id, binary: binaries[binary].name, runtime: runtime, isReference: binary == 0, attempts: attempts,
      behaviour: behaviour, promise: binary == 0 ? .universal : .otherPython, isKept: isKept, isUnsteady: isUnsteady,
      differences: behaviour == .misbehaves
        ? [
          Divergence(
            label: nil, facet: .outcome, observed: "crashed SIGSEGV", expected: "completed", oracle: .reference(own)),
          Divergence(
            label: "x", facet: .value, observed: "1", expected: "2", oracle: .expectation(source: "document")),
        ] : [],
      content: ContentKey(of: "binary"))
  }

  @discardableResult
  private static func record(_ results: [PortabilityResult], in store: Store) async throws -> StoredPortability {
    let recorder = try PortabilityRecorder(
      store,
      header: PortabilityHeader(
        arguments: ["portability", "s"], compiler: "gcc 12", runtimes: runtimes, obstacles: [nil, nil, "no hpy"],
        binaries: binaries, planned: 9))
    try await recorder.record(results)
    try await recorder.finish(state: "finished")
    return try store.portability(named: "latest")
  }

  @Test("everything of a view reads back as it was")
  func roundTrip() async throws {
    let store = try Self.store()
    let bad = Self.result("a", 1, "two", .misbehaves, isKept: nil, isUnsteady: true)
    let view = try await Self.record(
      [bad, Self.result("a", 0, "one", .behaves, isKept: nil), Self.result("b", 0, "one", .behaves, isKept: nil)],
      in: store)
    #expect(view.state == "finished")
    #expect(view.arguments == "portability s")
    #expect(view.planned == 9)
    #expect(view.runtimes == Self.runtimes)
    #expect(view.obstacles == ["bare": "no hpy"])
    #expect(view.binaries == Self.binaries)
    let found = try store.remarkable(of: view)
    #expect(found.count == 1)
    let one = try #require(found.first)
    #expect(one.scenario == bad.scenario)
    #expect(one.binary == "hybrid:one" && one.runtime == "two")
    #expect(one.behaviour == .misbehaves && one.promise == .otherPython)
    #expect(one.isKept == nil && one.isUnsteady && !one.isReference)
    #expect(one.attempts == bad.attempts)
    #expect(one.differences == bad.differences)
    let counts = try store.counts(of: view)
    #expect(
      Set(counts.map { "\($0.binary) \($0.runtime) \($0.behaviour) \($0.scenarios)" }) == [
        "hybrid:one two misbehaves 1", "universal:one one behaves 2",
      ])
  }

  @Test("what is remarkable: broken promises, misbehaviour, disagreement, and what was not built or tried")
  func remarkable() async throws {
    let store = try Self.store()
    let view = try await Self.record(
      [
        Self.result("fine", 0, "one", .behaves, isKept: true), Self.result("refused", 0, "one", .refused, isKept: true),
        Self.result("broken", 0, "one", .refused, isKept: false),
        Self.result("loads", 0, "one", .behaves, isKept: false),
        Self.result("flickers", 0, "one", .behaves, isKept: true, isUnsteady: true),
        Self.result("unbuilt", 0, "one", .notBuilt, isKept: nil),
        Self.result("bad", 0, "one", .misbehaves, isKept: nil),
      ], in: store)
    #expect(
      Set(try store.remarkable(of: view).map(\.scenario.name)) == ["broken", "loads", "flickers", "unbuilt", "bad"])
  }

  @Test("nothing of a view counts as a result of a run, and answers are shared with runs")
  func apart() async throws {
    let store = try Self.store()
    try await Self.record([Self.result("a", 0, "one", .behaves, isKept: nil)], in: store)
    try await Self.record([Self.result("a", 0, "one", .behaves, isKept: nil)], in: store)
    let counts = try await store.pool.read { db in
      try ["run", "cell", "result", "attempt", "answer", "portability", "portability_attempt"].map {
        try Int.fetchOne(db, sql: "SELECT count(*) FROM \($0)") ?? 0
      }
    }
    #expect(counts == [0, 0, 0, 0, 1, 2, 4])
    #expect(try store.runs().isEmpty)
  }

  @Test("a view is found by the beginning of its UUID; unknown names are told")
  func naming() async throws {
    let store = try Self.store()
    let none = #expect(throws: Problem.self) { try store.portability(named: "latest") }
    #expect(none?.description.contains("no portability view is in this database") == true)
    let view = try await Self.record([], in: store)
    try await Self.record([], in: store)
    #expect(try store.portability(named: String(view.uuid.prefix(8)).uppercased()).uuid == view.uuid)
    #expect(throws: Problem.self) { try store.portability(named: "%") }
    #expect(throws: Problem.self) { try store.portability(named: "") }
  }

  @Test("removing a view removes all of it, and nothing else")
  func removal() async throws {
    let store = try Self.store()
    try await Self.record([Self.result("a", 1, "two", .misbehaves, isKept: nil)], in: store)
    let rest = try await store.pool.write { db in
      try db.execute(sql: "DELETE FROM portability")
      return try [
        "portability_runtime", "portability_binary", "portability_result", "portability_attempt",
        "portability_difference", "answer",
      ].map { try Int.fetchOne(db, sql: "SELECT count(*) FROM \($0)") ?? 0 }
    }
    #expect(rest == [0, 0, 0, 0, 0, 1])
  }
}
