import Foundation
import GRDB
import Model
import Testing

@testable import Storing

@Suite("Stored cells, read for a comparison")
struct StoredCellsTests {
  private static func temporary() -> String {
    FileManager.default.temporaryDirectory.appending(path: "store-\(UUID().uuidString)/results.sqlite").path
  }

  private static func runtime(_ name: String) -> Runtime {
    Runtime(
      name: name, interpreter: "/\(name)", implementation: "cpython", version: "3.11.2", python: "3.11.2", build: "b",
      extSuffix: ".so", includes: [], machine: "x86_64", hpy: .absent)
  }

  private static func answer(_ value: String) -> Answer {
    Answer(outcome: .completed, observations: [Observation(label: "x", value: value)])
  }

  private static func result(
    _ scenario: String, _ lane: String = "universal", _ runtime: String = "a",
    _ attempts: [(Circumstances, Answer)] = [(.warm, answer("1"))], findings: [Finding] = []
  ) -> CellResult {
    let path = scenario.split(separator: "/").map(String.init)
    return CellResult(
      cell: CellID(
        scenario: ScenarioID(suite: path[0], testCase: path[1], name: path[2]), lane: lane, runtime: runtime),
      attempts: attempts.map { Attempt(circumstances: $0.0, answer: $0.1) },
      judgement: Judgement(verdict: findings.first?.verdict ?? .conforming, findings: findings))
  }

  private static func record(
    _ results: [CellResult], files: [String: String] = [:], in store: Store
  ) async throws -> StoredRun {
    let header = RunHeader(
      arguments: ["run"], compiler: "", runtimes: [runtime("a"), runtime("b")], files: files, planned: results.count)
    let recorder = try RunRecorder(store, header: header)
    for result in results { await recorder.record(result, steps: []) }
    try await recorder.finish(state: "finished", ledger: "", verdicts: [:])
    return try store.run(named: "latest")
  }

  @Test("cells come by ranges of scenarios, in order, with findings, and none of another run")
  func ranges() async throws {
    let store = try Store(path: Self.temporary(), .write)
    let finding = Finding(
      divergence: Divergence(
        label: "x", facet: .value, observed: "1", expected: "2", oracle: .expectation(source: "document")),
      verdict: .new, circumstances: [.warm])
    _ = try await Self.record([Self.result("s/c/other"), Self.result("s/c/n2", "universal", "b")], in: store)
    let run = try await Self.record(
      [
        Self.result("t/a/n1"), Self.result("s/c/n2", findings: [finding]), Self.result("s/c/n2", "cpython"),
        Self.result("s/b/n9"), Self.result("s/c/n1"),
      ], in: store)
    let cells = StoredCells(run, in: store)
    let scenarios = try cells.scenarios()
    #expect(scenarios.map(\.description) == ["s/b/n9", "s/c/n1", "s/c/n2", "t/a/n1"])
    let some = try cells.cells(from: scenarios[1], through: scenarios[2])
    try #require(some.map(\.id.description) == ["s/c/n1@universal@a", "s/c/n2@cpython@a", "s/c/n2@universal@a"])
    #expect(some[2].findings == [finding])
    #expect(some.map(\.answer) == Array(repeating: Self.answer("1"), count: 3))
    #expect(try cells.cells(from: scenarios[0], through: scenarios[3]).count == 5)
  }

  @Test("other answers of a cell are those of comparable attempts, each once")
  func others() async throws {
    let store = try Store(path: Self.temporary(), .write)
    let run = try await Self.record(
      [
        Self.result(
          "s/c/wavers", "universal", "a",
          [
            (.warm, Self.answer("1")), (.fresh, Self.answer("2")), (.fresh, Self.answer("2")),
            (.fresh, Self.answer("1")), (.memoryDebug, Self.answer("3")),
          ]),
        Self.result("s/c/steady", "universal", "a", [(.warm, Self.answer("1")), (.memoryDebug, Self.answer("3"))]),
      ], in: store)
    let cells = StoredCells(run, in: store)
    let scenarios = try cells.scenarios()
    let found = try cells.cells(from: scenarios[0], through: scenarios[1])
    #expect(found.map(\.others) == [[], [Self.answer("2")]])
  }

  @Test("answered cells are counted by lane, runtime and name; what was not tried only on demand")
  func counting() async throws {
    let store = try Store(path: Self.temporary(), .write)
    let run = try await Self.record(
      [
        Self.result("s/c/n1"), Self.result("s/c/n2"), Self.result("s/c/n1", "universal", "b"),
        Self.result("s/c/n1", "cpython", "b", [(.warm, Answer(outcome: Outcome(.notApplicable), message: "r"))]),
      ], in: store)
    func count(_ lane: String?, _ runtime: String?, skipped: Bool = false, limit: Int = .max) throws -> Int {
      try store.answeredCells(of: run, lane: lane, runtime: runtime, skipped: skipped, limit: limit) { _ in true }
    }
    #expect(try count(nil, nil) == 3)
    #expect(try count("universal", "a") == 2)
    #expect(try count("cpython", nil) == 0)
    #expect(try count("cpython", nil, skipped: true) == 1)
    #expect(try count(nil, nil, limit: 1) == 1)
    #expect(
      try store.answeredCells(of: run, lane: nil, runtime: nil) { $0.scenario.name == "n1" && $0.runtime == "b" } == 1)
  }

  @Test("files that changed between runs are those that both have; ledgers decide no answers")
  func changedFiles() async throws {
    let (store, other) = (try Store(path: Self.temporary(), .write), try Store(path: Self.temporary(), .write))
    let before = try await Self.record(
      [], files: ["s/c/hpy.c": "1", "s/c/scenarios.py": "1", "s/d/hpy.c": "1", "s/ledger.toml": "1"], in: store)
    let after = try await Self.record(
      [], files: ["s/c/hpy.c": "2", "s/c/scenarios.py": "1", "s/e/hpy.c": "1", "s/ledger.toml": "2"], in: other)
    #expect(try store.changedFiles(from: before, to: after, in: other) == ["s/c/hpy.c"])
  }

  @Test("a database that lacks a step of the schema is an older one, until it is opened")
  func older() async throws {
    let path = Self.temporary()
    try Schema.migrator.migrate(
      {
        try FileManager.default.createDirectory(
          at: URL(filePath: path).deletingLastPathComponent(), withIntermediateDirectories: true)
        return try DatabaseQueue(path: path)
      }(), upTo: "1 first schema")
    #expect(try Store.isOlder(path))
    _ = try Store(path: path, .read)
    #expect(try !Store.isOlder(path))
  }
}
