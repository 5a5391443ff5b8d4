import Foundation
import Model
import TestBuilders
import Testing

@testable import Storing

@Suite("Stored cells, read for a comparison")
struct StoredCellsTests {
  private static func result(
    _ scenario: String, _ lane: Lane = .universal, home: String? = nil, on runtime: String = "a",
    attempts: [Attempt]? = nil, verdict: Verdict = .conforming
  ) -> CellResult {
    .sample(
      CellID(ScenarioID(scenario)!, LoadID(lane, home: home, runtime: runtime)), verdict: verdict, attempts: attempts)
  }

  private static func header(files: [String: String] = [:]) -> RunHeader {
    .sample(runtimes: [.sample("a"), .sample("b")], files: files)
  }

  @Test("cells come by ranges of scenarios, in order, with findings, and none of another run")
  func ranges() async throws {
    let writer = try StoreWriter.temporary()
    try await writer.record([Self.result("s/c/other"), Self.result("s/c/n2", on: "b")], Self.header())
    let run = try await writer.record(
      [
        Self.result("t/a/n1"), Self.result("s/c/n2", verdict: .new), Self.result("s/c/n2", .cpython),
        Self.result("s/c/n2", home: "b"), Self.result("s/b/n9"), Self.result("s/c/n1"),
      ], Self.header())
    let cells = StoredCells(run, in: writer.store)
    let scenarios = try cells.scenarios()
    #expect(scenarios.map(\.description) == ["s/b/n9", "s/c/n1", "s/c/n2", "t/a/n1"])
    let some = try cells.cells(from: scenarios[1], through: scenarios[2])
    try #require(
      some.map(\.id.description) == [
        "s/c/n1@universal@a", "s/c/n2@cpython@a", "s/c/n2@universal@a", "s/c/n2@universal:b@a",
      ])
    #expect(some[2].findings == [.sample("1", .new)])
    #expect(some.map(\.answer) == Array(repeating: .sample([.fact("1")]), count: 4))
    #expect(try cells.cells(from: scenarios[0], through: scenarios[3]).count == 6)
  }

  @Test("other answers of a cell are those of comparable attempts, each once")
  func others() async throws {
    let writer = try StoreWriter.temporary()
    let run = try await writer.record(
      [
        Self.result(
          "s/c/wavers",
          attempts: [
            .sample([.fact("1")]), .sample([.fact("2")], .completed, .fresh), .sample([.fact("2")], .completed, .fresh),
            .sample([.fact("1")], .completed, .fresh), .sample([.fact("3")], .completed, .memoryDebug),
          ]),
        Self.result("s/c/steady", attempts: [.sample([.fact("1")]), .sample([.fact("3")], .completed, .memoryDebug)]),
      ], Self.header())
    let cells = StoredCells(run, in: writer.store)
    let scenarios = try cells.scenarios()
    let found = try cells.cells(from: scenarios[0], through: scenarios[1])
    #expect(found.map(\.others) == [[], [Answer.sample([.fact("2")])]])
  }

  @Test("answered cells are counted by lane, runtime and name; what was not tried only on demand")
  func counting() async throws {
    let writer = try StoreWriter.temporary()
    let run = try await writer.record(
      [
        Self.result("s/c/n1"), Self.result("s/c/n2"), Self.result("s/c/n1", on: "b"),
        Self.result("s/c/n1", .cpython, on: "b", attempts: [.sample([], .notApplicable, message: "r")]),
      ], Self.header())
    func count(_ lane: Lane?, _ runtime: String?, skipped: Bool = false, limit: Int = .max) throws -> Int {
      try writer.store.answeredCells(of: run, lane: lane, runtime: runtime, skipped: skipped, limit: limit) { _ in
        true
      }
    }
    #expect(try count(nil, nil) == 3)
    #expect(try count(.universal, "a") == 2)
    #expect(try count(.cpython, nil) == 0)
    #expect(try count(.cpython, nil, skipped: true) == 1)
    #expect(try count(nil, nil, limit: 1) == 1)
    #expect(
      try writer.store.answeredCells(of: run, lane: nil, runtime: nil) {
        $0.scenario.name == "n1" && $0.runtime == "b"
      } == 1)
  }

  @Test("files that changed between runs are those that both have; ledgers decide no answers")
  func changedFiles() async throws {
    let (writer, other) = (try StoreWriter.temporary(), try StoreWriter.temporary())
    let before = try await writer.record(
      [],
      Self.header(files: ["s/c/hpy.c": "1", "s/c/scenarios.py": "1", "s/d/hpy.c": "1", "s/ledger.toml": "1"]))
    let after = try await other.record(
      [], Self.header(files: ["s/c/hpy.c": "2", "s/c/scenarios.py": "1", "s/e/hpy.c": "1", "s/ledger.toml": "2"]))
    #expect(try writer.store.changedFiles(from: before, to: after, in: other.store) == ["s/c/hpy.c"])
  }
}
