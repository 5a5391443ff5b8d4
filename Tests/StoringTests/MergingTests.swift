import Foundation
import GRDB
import Model
import TestBuilders
import Testing

@testable import Storing

@Suite("Merging databases")
struct MergingTests {
  private static let shared = UUID()
  private static let half = UUID()
  private static let view = UUID()

  /// Three machines that began with the same database. On the first a run is still half; the second finished it and
  /// judged the shared run anew; the third judged it later still, and took results over from it.
  private static func machines() async throws -> [String] {
    let first = StoreWriter.temporaryPath()
    try await Canonical.record(
      [Canonical.result("a"), Canonical.result("b", value: "2", verdict: .new)], in: first, uuid: shared, day: 1)
    let (second, third) = (try Canonical.copy(first), try Canonical.copy(first))
    try await Canonical.record([Canonical.result("a")], in: first, uuid: half, day: 2, state: .running)
    try await Canonical.record(
      [Canonical.result("a"), Canonical.result("c", value: "3", verdict: .new)], in: second, uuid: half, day: 2,
      step: 7)
    try await Canonical.record([Canonical.result("a", value: "4", verdict: .flaky)], in: second, day: 9)
    try await Canonical.record([Canonical.result("b", value: "2", verdict: .new, from: shared)], in: third, day: 3)
    try await Canonical.record([Canonical.result("d")], in: third, day: 4, series: nil)
    for (path, verdict, ledger) in [(second, Verdict.known, "# second"), (third, .fixed, "# third")] {
      let writer = try StoreWriter(path: path)
      let result = Canonical.result("b", value: "2", verdict: verdict)
      try writer.replaceVerdicts(
        of: try writer.store.run(shared.uuidString), with: [result.cell: result.judgement], ledger: ledger)
      try writer.pool.close()
    }
    for (path, month, run) in [(first, "01", shared), (second, "03", half), (third, "02", shared)] {
      try Canonical.execute(
        """
        UPDATE judgement SET judged = '2026-\(month)-01T00:00:00Z' WHERE judged > '2026-02';
        INSERT INTO baseline SELECT 'nightly', id, '2026-\(month)-01T00:00:00Z' FROM run
        WHERE uuid = '\(run.uuidString.lowercased())'
        """, in: path)
    }
    try Canonical.execute("UPDATE run SET clock = clock + 5 WHERE series = 'nightly'", in: third)
    // Another version of the program read the same file otherwise.
    try Canonical.execute("UPDATE scenario_part SET line = line + 7", in: second)
    for path in [second, third] {
      try await Canonical.record(
        [Canonical.result("only here", value: "9", verdict: .new, portability: .sample(.misbehaves, isKept: false))],
        in: path, uuid: view, kind: .portability, day: 10, series: nil, state: path == second ? .running : .finished)
    }
    return [first, second, third]
  }

  @Test("in any order, one by one or together, delivered twice: the same content")
  func order() async throws {
    let machines = try await Self.machines()
    let together = StoreWriter.temporaryPath()
    let summary = try Merging.merge(machines, into: together)
    #expect(summary.added == 6)
    let content = try Canonical.content(together)
    #expect(content["result"]?.count == 8)
    #expect(content["run_binary"]?.count == 1)
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0], [2, 1, 0, 1, 2, 2]] {
      let path = StoreWriter.temporaryPath()
      for place in order { _ = try Merging.merge([machines[place]], into: path) }
      #expect(try Canonical.content(path) == content, "\(order)")
      let own = try Canonical.copy(machines[order[0]])
      _ = try Merging.merge(
        order.dropFirst().map { machines[$0] }.reduce(into: []) { list, one in
          if !list.contains(one) { list.append(one) }
        }.filter { $0 != machines[order[0]] }, into: own)
      #expect(try Canonical.content(own) == content, "\(order)")
    }
    let again = try Merging.merge([together, machines[1]], into: Canonical.copy(machines[0]))
    #expect(again.added == 4)
    #expect(try Merging.merge(machines, into: together) == MergeSummary(known: 6))
    #expect(try Canonical.content(together) == content)
  }

  @Test("the more complete copy of a run, the latest verdicts, the baseline chosen last, the greater step")
  func winners() async throws {
    let path = StoreWriter.temporaryPath()
    _ = try Merging.merge(try await Self.machines().reversed(), into: path)
    let store = try Store(path: path)
    let half = try store.run(Self.half.uuidString)
    #expect(half.state == .finished)
    #expect(try store.results(of: half).map(\.cell.scenario.name) == ["a", "c"])
    let shared = try store.run(Self.shared.uuidString)
    #expect(try store.results(of: shared).map(\.verdict) == [.conforming, .known])
    #expect(shared.clock == 86_400_005)
    let view = try store.run(Self.view.uuidString)
    #expect((view.kind, view.state, view.binaries.map(\.homes)) == (.portability, .finished, [["cpython", "other"]]))
    #expect(try store.remarkableCells(of: view).map(\.attempts) == [Canonical.result("", value: "9").attempts])
    let facts = try await store.reader.read { db in
      (
        try String.fetchAll(db, sql: "SELECT text FROM judgement JOIN content ON key = ledger_key ORDER BY judged"),
        try String.fetchOne(db, sql: "SELECT uuid FROM baseline JOIN run ON run.id = run_id"),
        try Double.fetchOne(db, sql: "SELECT max(seconds) FROM step"),
        try Row.fetchAll(db, sql: "PRAGMA foreign_key_check").count
      )
    }
    #expect(facts.0.suffix(2) == ["# third", "# second"])
    #expect(facts.1 == half.uuid)
    #expect(facts.2 == 7)
    #expect(facts.3 == 0)
  }

  @Test("sources stay as they are")
  func sources() async throws {
    let machines = try await Self.machines()
    let before = try machines.map { try Data(contentsOf: URL(filePath: $0)) }
    #expect(try Merging.merge(machines, into: StoreWriter.temporaryPath()).added == 6)
    #expect(try machines.map { try Data(contentsOf: URL(filePath: $0)) } == before)
    for path in machines { #expect(!FileManager.default.fileExists(atPath: path + "-wal"), "\(path)") }
  }

  // MARK: Bad input

  private static func problem(_ sources: [String], into path: String) -> String {
    do {
      _ = try Merging.merge(sources, into: path, patience: 0.1)
      return "merged"
    } catch {
      return "\(error)"
    }
  }

  @Test("missing, foreign, empty, damaged, older, newer, locked, named twice: told, and nothing is merged")
  func badSources() async throws {
    let machines = try await Self.machines()
    let target = try Canonical.copy(machines[0])
    let before = try Canonical.content(target)
    func expect(_ source: String, _ text: String) throws {
      let found = Self.problem([machines[1], source], into: target)
      #expect(found.contains(text) && found.hasPrefix(source), "\(found)")
      #expect(try Canonical.content(target) == before)
      let new = StoreWriter.temporaryPath()
      #expect(Self.problem([machines[1], source], into: new) == found)
      #expect(!FileManager.default.fileExists(atPath: new))
    }
    try expect("/nowhere.sqlite", "there is no database")
    try expect(machines[1], "is the same file as")
    #expect(Self.problem([target], into: target).contains("is the same file as"))
    #expect(Self.problem([], into: target).contains("nothing to merge"))
    let foreign = try Canonical.copy(machines[2])
    try Canonical.execute("PRAGMA application_id = 7", in: foreign)
    try expect(foreign, "is a database of another program")
    let newer = try Canonical.copy(machines[2])
    try Canonical.execute("INSERT INTO grdb_migrations VALUES ('999 from the future')", in: newer)
    try expect(newer, "newer hpy-conform")
    let older = try Canonical.copy(machines[2])
    try Canonical.execute(
      "UPDATE grdb_migrations SET identifier = '1 first schema' WHERE identifier = '1 results'", in: older)
    try expect(older, "before its first release")
    let damaged = try Canonical.copy(machines[2])
    var bytes = try Data(contentsOf: URL(filePath: damaged))
    bytes.replaceSubrange(8192..<bytes.count - 4096, with: Data(repeating: 0xA5, count: bytes.count - 12288))
    try bytes.write(to: URL(filePath: damaged))
    try expect(damaged, "is damaged")
    let empty = try Canonical.copy(machines[2])
    try Data().write(to: URL(filePath: empty))
    try expect(empty, "is empty")
    let locked = try Canonical.copy(machines[2])
    var configuration = GRDB.Configuration()
    configuration.allowsUnsafeTransactions = true
    let holder = try DatabaseQueue(path: locked, configuration: configuration)
    try await holder.writeWithoutTransaction { db in
      try db.execute(sql: "PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE")
    }
    try expect(locked, "is locked by another program")
    try await holder.writeWithoutTransaction { try $0.execute(sql: "ROLLBACK") }
    let text = try Canonical.copy(machines[2])
    try Data(String(repeating: "no database at all. ", count: 500).utf8).write(to: URL(filePath: text))
    try expect(text, "is damaged, or is not an SQLite database")
  }

  @Test("a disk that is full, or a run that writes at the same time: told, and the database is as it was")
  func refused() async throws {
    let machines = try await Self.machines()
    let target = try Canonical.copy(machines[0])
    let before = try Canonical.content(target)
    try Canonical.execute("INSERT INTO content VALUES ('large', hex(zeroblob(300000)))", in: machines[1])
    var writer: StoreWriter? = try StoreWriter(path: target)
    try await writer?.pool.writeWithoutTransaction { db in
      let pages = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
      _ = try Int.fetchOne(db, sql: "PRAGMA max_page_count = \(pages + 1)")
    }
    let problem = #expect(throws: Problem.self) { try Merging.take(machines[1], into: try #require(writer)) }
    #expect(problem?.description.contains("full") == true)
    writer = nil
    #expect(try Canonical.content(target) == before)
    let running = try StoreWriter(path: target)
    #expect(Self.problem([machines[1]], into: target).contains("another run is writing to it"))
    withExtendedLifetime(running) {}
    #expect(try Canonical.content(target) == before)
  }
}
