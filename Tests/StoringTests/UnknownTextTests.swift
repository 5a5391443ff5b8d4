import GRDB
import Model
import TestBuilders
import Testing

@testable import Storing

@Suite("A text that another version of the program wrote")
struct UnknownTextTests {
  /// What changes a database, and what then can't be read.
  private struct Change: Sendable {
    var sql: String
    var text: String
    /// Whether the run is known that has it.
    var namesRun = true
    var reading: @Sendable (Store, StoredRun) throws -> Void
  }

  private static let changes: [Change] = [
    Change(sql: "UPDATE cell SET lane = 'warp'", text: "warp") { _ = try $0.cellRows(of: $1) },
    Change(sql: "UPDATE cell SET lane = 'warp'", text: "warp") { try $0.forEachCell(of: $1) { _, _, _ in } },
    Change(sql: "UPDATE cell SET lane = 'warp'", text: "warp") { _ = try $0.attempts(of: $1) },
    Change(sql: "UPDATE cell SET lane = 'warp'", text: "warp") { _ = try $0.portabilityCounts(of: $1) },
    Change(sql: "UPDATE cell SET lane = 'warp'", text: "warp") {
      _ = try $0.answeredCells(of: $1, lane: nil, runtime: nil) { _ in true }
    },
    Change(sql: "UPDATE answer SET outcome = 'vanished'", text: "vanished") { _ = try $0.results(of: $1) },
    Change(sql: "UPDATE answer SET outcome = 'vanished'", text: "vanished") { _ = try $0.counts(of: $1) },
    Change(sql: "UPDATE answer SET outcome = 'vanished'", text: "vanished") {
      _ = try $0.attempts(of: CellID.sample(), in: $1)
    },
    Change(sql: "UPDATE answer SET outcome = 'vanished'", text: "vanished", namesRun: false) { store, _ in
      _ = try store.resultRows(ofCells: [1])
    },
    Change(sql: "UPDATE conclusion SET verdict = 'odd'", text: "odd") { _ = try $0.results(of: $1) },
    Change(sql: "UPDATE conclusion SET verdict = 'odd'", text: "odd") { _ = try $0.counts(of: $1) },
    Change(sql: "UPDATE conclusion SET verdict = 'odd'", text: "odd") { _ = try $0.verdictCounts(of: $1) },
    Change(sql: "UPDATE conclusion SET verdict = 'odd'", text: "odd", namesRun: false) { store, _ in
      _ = try store.judgements(ofConclusions: [1])
    },
    Change(sql: "UPDATE judgement SET verdicts = '{\"odd\": 1}'", text: "odd") { store, _ in
      _ = try store.verdictsOfRuns()
    },
    Change(sql: "UPDATE conclusion SET promise = 'gold'", text: "gold") { _ = try $0.remarkableCells(of: $1) },
    Change(sql: "UPDATE conclusion SET behaviour = 'sings', kept = 0", text: "sings") {
      _ = try $0.remarkableCells(of: $1)
    },
    Change(sql: "UPDATE finding SET facet = 'smell'", text: "smell") { _ = try $0.results(of: $1) },
    Change(sql: "UPDATE finding SET verdict = 'odd'", text: "odd") { _ = try $0.results(of: $1) },
    Change(sql: "UPDATE finding SET circumstances = 'warm, cold'", text: "cold") { _ = try $0.results(of: $1) },
    Change(sql: "UPDATE finding SET reference = 'a/b@warp'", text: "a/b@warp") { _ = try $0.results(of: $1) },
    Change(sql: "UPDATE observation SET facet = 'smell'", text: "smell") { _ = try $0.attempts(of: $1) },
    Change(sql: "UPDATE trace SET circumstances = 'cold'", text: "cold") { _ = try $0.attempts(of: $1) },
    Change(sql: "UPDATE step SET kind = 'bake'", text: "bake") { _ = try $0.buildSteps(of: CellID.sample(), in: $1) },
    Change(sql: "UPDATE run_binary SET flavour = 'mint'", text: "mint") { store, _ in _ = try store.runs(nil) },
    Change(sql: "UPDATE run_runtime SET description = '{\"hpy\": 1}'", text: "name") { store, _ in
      _ = try store.runs(nil)
    },
  ]

  @Test(
    "is an error that names the database, the run, the text and the way out, and never another text",
    arguments: changes.indices)
  func unknown(number: Int) async throws {
    let change = Self.changes[number]
    let writer = try StoreWriter.temporary()
    let run = try await writer.record(
      [
        .sample(
          value: "2", verdict: .new,
          attempts: [.sample([.fact("2")]), .sample([.fact("2")], .completed, .fresh)],
          portability: .sample(.misbehaves, isKept: false))
      ], .sample(kind: .portability, binaries: [PortableBinary(flavour: .universal, homes: ["cpython"])]),
      steps: [.sample()])
    try change.reading(writer.store, run)
    try await writer.pool.write { try $0.execute(sql: change.sql) }
    let problem = #expect(throws: Problem.self) { try change.reading(writer.store, run) }
    let message = problem?.description ?? ""
    #expect(problem?.place == writer.store.path)
    #expect(message.contains(change.text), "\(message)")
    #expect(message.contains("run \(run.uuid.prefix(8)): ") == change.namesRun, "\(message)")
    #expect(message.contains("written by another version of hpy-conform") && message.contains("--db"), "\(message)")
    #expect(!message.contains("SELECT"), "\(message)")
  }
}
