import Foundation
import GRDB
import Model
import TestBuilders
import Testing

@testable import Storing

@Suite("Dropping runs")
struct PruningTests {
  private static let uuids = (0..<6).map { _ in UUID() }

  /// Runs of which each but the first differs from the others in an answer, a text and a step.
  private static func database(_ days: [Int]) async throws -> String {
    let path = StoreWriter.temporaryPath()
    for day in days {
      let results = [
        Canonical.result("a"), Canonical.result("b", value: "value \(day)", verdict: day < 3 ? .known : .new),
        Canonical.result("only \(day)", value: "0", verdict: .new),
      ]
      try await Canonical.record(results, in: path, uuid: uuids[day], day: day)
    }
    return path
  }

  private static func name(_ day: Int) -> String { uuids[day].uuidString.lowercased() }

  @Test("a database from which runs were removed is one that never had them")
  func removing() async throws {
    let path = try await Self.database([1, 2, 3, 4, 5])
    let writer = try StoreWriter(path: path)
    try writer.remove(runs: [2, 4].map { Self.name($0) })
    #expect(try await writer.pool.read { try Row.fetchAll($0, sql: "PRAGMA foreign_key_check").count } == 0)
    await #expect(throws: DatabaseError.self) {
      try await writer.pool.write { try $0.execute(sql: "DELETE FROM content") }
    }
    try writer.pool.close()
    let (found, expected) = (
      try Canonical.content(path), try Canonical.content(try await Self.database([1, 3, 5]))
    )
    for (table, rows) in expected { #expect(found[table] == rows, "\(table)") }
  }

  @Test("a baseline, and a run that others took results over from, are not removed; all stays as it was")
  func held() async throws {
    let path = try await Self.database([1, 2])
    try await Canonical.record([Canonical.result("a", from: Self.uuids[1])], in: path, uuid: Self.uuids[3], day: 3)
    try Canonical.execute(
      "INSERT INTO baseline SELECT 'nightly', id, '' FROM run WHERE uuid = '\(Self.name(2))'", in: path)
    let before = try Canonical.content(path)
    let writer = try StoreWriter(path: path)
    for day in [1, 2] { #expect(throws: Problem.self) { try writer.remove(runs: [Self.name(day)]) } }
    #expect(try Canonical.content(path) == before)
    try writer.remove(runs: [Self.name(1), Self.name(3)])
    #expect(try writer.store.runs().map(\.uuid) == [Self.name(2)])
  }

  @Test("a portability view keeps what it shares with a run that goes, and goes like one")
  func views() async throws {
    let path = try await Self.database([1, 2])
    let view = UUID()
    try await Canonical.record(
      [Canonical.result("only 1", value: "0", verdict: .new, portability: .sample(.misbehaves))], in: path, uuid: view,
      kind: .portability, day: 3, series: nil)
    let writer = try StoreWriter(path: path)
    try writer.remove(runs: [Self.name(1)])
    #expect(try await writer.pool.read { try Row.fetchAll($0, sql: "PRAGMA foreign_key_check").count } == 0)
    let run = try writer.store.run(view.uuidString)
    #expect(try writer.store.remarkableCells(of: run).map(\.attempts.count) == [2])
    try writer.remove(runs: [run.uuid])
    try writer.pool.close()
    #expect(try Canonical.content(path) == Canonical.content(try await Self.database([2])))
  }

  @Test("where a divergence of the last run came from, and came back; which runs others took results over from")
  func facts() async throws {
    let path = StoreWriter.temporaryPath()
    for (day, value) in [(1, "1"), (2, "2"), (3, "2"), (4, "1"), (5, "2")] {
      try await Canonical.record(
        // The ledger got to know it in between: the same divergence all the same.
        [Canonical.result("a", value: value, verdict: value == "1" ? .conforming : day == 2 ? .new : .known)], in: path,
        uuid: Self.uuids[day], day: day)
    }
    try await Canonical.record(
      [Canonical.result("a", value: "2", verdict: .new, from: Self.uuids[5])], in: path, day: 6, series: nil)
    try await Canonical.record(
      [Canonical.result("a", value: "2", verdict: .new)], in: path, kind: .portability, day: 7)
    let store = try Store(path: path)
    let facts = try store.runFacts()
    #expect(facts.map(\.begun) == [0, 1, 0, 0, 1, 1, 1])
    #expect(facts.map(\.lastWithout) == [1, 0, 0, 1, 0, 0, 0])
    #expect(facts.map(\.kind) == Array(repeating: .run, count: 6) + [.portability])
    #expect(facts[5].tookFrom == [Self.name(5)])
    let stays = Retention(runs: 0).decide(facts).filter { !$0.reasons.isEmpty }.map(\.run.uuid)
    #expect(stays == [1, 2, 4, 5].map { Self.name($0) } + [5, 6].map { facts[$0].uuid })
  }
}
