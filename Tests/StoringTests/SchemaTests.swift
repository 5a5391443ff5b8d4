import Foundation
import GRDB
import Model
import TestBuilders
import Testing

@testable import Storing

@Suite("The schema")
struct SchemaTests {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent()

  /// The statements that made a database's tables, indexes and views, in the order in which they were made.
  private static func statements(_ db: Database) throws -> [String] {
    try String.fetchAll(
      db, sql: "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name <> 'grdb_migrations' ORDER BY rowid")
  }

  private static func normalised(_ text: String) -> String { text.replacing(#/\s+/#, with: " ") }

  private static func stored(_ number: Int) throws -> String {
    try String(contentsOf: folder.appending(path: "schema-\(number).sql"), encoding: .utf8)
  }

  @Test("every migration makes what is stored beside these tests; what is released is never edited")
  func unchanged() async throws {
    for (number, migration) in zip(1..., Schema.migrator.migrations) { try await unchanged(number, migration) }
  }

  private func unchanged(_ number: Int, _ migration: String) async throws {
    let queue = try DatabaseQueue()
    try Schema.migrator.migrate(queue, upTo: migration)
    let found = try await queue.read { try Self.statements($0) }
    let copy = FileManager.default.temporaryDirectory.appending(path: "schema-\(number).sql")
    let text = found.map { $0 + ";\n" }.joined(separator: "\n")
    try text.write(to: copy, atomically: true, encoding: .utf8)
    let stored = (try? Self.stored(number)) ?? ""
    #expect(
      Self.normalised(stored) == Self.normalised(text),
      """
      The tables are not those of Tests/StoringTests/schema-\(number).sql. Once released, a migration stays as it is: a changed \
      schema needs another migration in Schema.swift, a dump of its own, and a test that brings a database of the old \
      one up. Before the release, and only then, replace the dump by \(copy.path).
      """)
  }

  @Test("a database of the first release, with data in it, is brought up by who writes, and says the same then")
  func released() async throws {
    let path = StoreWriter.temporaryPath()
    try FileManager.default.createDirectory(
      at: URL(filePath: path).deletingLastPathComponent(), withIntermediateDirectories: true)
    let runtime = try Rows.json(Runtime.sample())
    let (answer, cell) = (ContentKey(of: "answer"), CellID.sample(home: "other"))
    try Canonical.execute(
      """
      PRAGMA journal_mode = WAL;
      PRAGMA application_id = \(0x4850_7943);
      CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY);
      INSERT INTO grdb_migrations VALUES ('1 results');
      \(try Self.stored(1))
      INSERT INTO content VALUES ('\(ContentKey(of: "text"))', 'text');
      INSERT INTO run VALUES (1, 'old', 'run', '2026-12-01T00:00:00Z', '2026-12-01T00:01:00Z', 'finished', '0.1.0', 'run',
        'gcc 12', 1, 1764547200000, 'nightly', '', NULL, 0.75, 0);
      INSERT INTO runtime VALUES (1, '\(Runtime.sample().key)', 'cpython', '3.11.2', '3.11.2', 'b', 'x86_64', NULL, NULL,
        NULL);
      INSERT INTO run_runtime VALUES (1, 0, 'cpython', 1, '\(runtime)');
      INSERT INTO scenario VALUES (1, 's', 'c', 'n');
      INSERT INTO cell VALUES (1, '\(ContentKey(of: "s/c/n@universal:other@cpython"))', 1, 'universal', 'other', 'cpython');
      INSERT INTO answer VALUES (1, '\(answer)', 'crashed SIGSEGV', 'message');
      INSERT INTO observation VALUES (1, 0, 'x', 'value', '2', NULL, NULL, '["1"]', 'document', 0);
      INSERT INTO conclusion VALUES (1, 'key', 'new', NULL, NULL, NULL, NULL);
      INSERT INTO finding VALUES (1, 0, 'x', 'value', '2', '1', 'document', NULL, 'new', NULL, NULL, 'warm, fresh');
      INSERT INTO result VALUES (1, 1, 1, 1, NULL, NULL, NULL, 250000);
      INSERT INTO trace VALUES (1, x'00', 'fresh', 1, 'note');
      INSERT INTO trace_attachment VALUES (1, 'traceback', '\(ContentKey(of: "text"))');
      INSERT INTO further_attempt VALUES (1, 1, 2, 1, 500000);
      INSERT INTO judgement VALUES (1, 1, '2026-12-01T00:01:00Z', '\(ContentKey(of: "text"))', '{"new":1}');
      """, in: path)
    let before = try Canonical.content(path, asOf: "1 results")
    let problem = #expect(throws: Problem.self) { try Store(path: path) }
    #expect(problem?.found.hasPrefix("was written by an older hpy-conform") == true)
    #expect(try Canonical.content(path, asOf: "1 results") == before)
    for store in [try StoreWriter(path: path).store, try Store(path: path)] {
      let run = try store.run(named: "latest")
      #expect((run.uuid, run.state, run.runtimes) == ("old", .finished, [.sample()]))
      let result = try #require(try store.result(of: cell, in: run))
      #expect((result.verdict, result.outcome, result.attempts) == (.new, .crashed(signal: "SIGSEGV"), 2))
      #expect(result.findings.map(\.circumstances) == [[.warm, .fresh]])
      let attempts = try store.attempts(of: cell, in: run)
      #expect(attempts.map(\.seconds) == [0.25, 0.5])
      #expect(attempts[1].attachments == ["traceback": "text"])
      #expect(attempts[1].notes == ["note"])
      #expect(attempts[0].answer.observations.first?.expected == ["1"])
      #expect(try store.verdictsOfRuns() == [1: [.new: 1]])
      #expect((run.options, run.resumed) == (nil, []))
    }
    #expect(try Canonical.content(path, asOf: "1 results") == before)
    let target = StoreWriter.temporaryPath()
    #expect(try Merging.merge([path], into: target) == MergeSummary(added: 1))
    #expect(try Canonical.content(target) == Canonical.content(path))
  }

  @Test("a database that lacks a later migration is told to who only reads")
  func older() throws {
    let store = try StoreWriter.temporary().store
    var migrator = Schema.migrator
    migrator.registerMigration("999 later") { _ in }
    let problem = #expect(throws: Problem.self) {
      try store.read { try Schema.requireTables($0, path: store.path, migrator) }
    }
    #expect(problem?.found.hasPrefix("was written by an older hpy-conform") == true)
  }

  @Test("the tables are strict, and what they name is there")
  func strict() async throws {
    let writer = try StoreWriter.temporary()
    let loose = try await writer.pool.read {
      try String.fetchAll(
        $0, sql: "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND strict = 0")
    }
    #expect(loose.filter { !$0.hasPrefix("sqlite_") && $0 != "grdb_migrations" } == [])
  }
}

@Suite("What Results/README.md says of the database")
struct DocumentedSchemaTests {
  private static let document: String = {
    let checkout = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    return (try? String(contentsOf: checkout.appending(path: "Results/README.md"), encoding: .utf8)) ?? ""
  }()

  @Test("every documented query runs, and finds what it asks for")
  func queries() async throws {
    let writer = try StoreWriter.temporary()
    let results = [
      CellResult.sample(), .sample(.sample(scenario: "b"), value: "2", verdict: .new),
      .sample(.sample(home: "other", scenario: "b")),
    ]
    try await writer.record(results, .sample(series: "nightly"))
    try await writer.record(
      [
        .sample(
          .sample(home: "other"), value: "2", verdict: .new, portability: .sample(.misbehaves, isKept: false))
      ],
      .sample(
        kind: .portability, runtimes: [.sample(), .sample("other")],
        binaries: [PortableBinary(flavour: .universal, homes: ["other"])]))
    let blocks = Self.document.matches(of: #/```sql\n((?:.|\n)*?)```/#).map(\.1)
    let queries = blocks.flatMap { $0.split(separator: ";") }.map(String.init).filter { $0.contains("SELECT") }
    #expect(queries.count == 15)
    for query in queries {
      let rows = try writer.store.read { try Row.fetchAll($0, sql: query) }
      let isAbout = ["portability_cell", "latest_run) AND kind", "ORDER BY clock;"].contains { query.contains($0) }
      if isAbout { #expect(!rows.isEmpty, "\(query)") }
    }
  }

  @Test("every table and view stands in the document")
  func tables() throws {
    let names = try StoreWriter.temporary().pool.read {
      try String.fetchAll($0, sql: "SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")
    }
    let own = names.filter { !$0.hasPrefix("sqlite_") && !$0.hasPrefix("grdb_") }
    #expect(own.count == 34)
    for name in own { #expect(Self.document.contains("`\(name)`"), "\(name)") }
  }

  @Test("every text that a column may have stands in the document")
  func words() {
    let words: [String] =
      Outcome.Kind.allCases.filter { $0 != .notRun }.map(\.rawValue) + Verdict.allCases.map(\.rawValue)
      + PortabilityBehaviour.allCases.map(\.rawValue) + PortabilityPromise.allCases.map(\.rawValue)
      + Flavour.allCases.map(\.rawValue) + RunKind.allCases.map(\.rawValue) + RunState.allCases.map(\.rawValue)
      + AttachmentName.allCases.map(\.rawValue)
    for word in words {
      #expect(Self.document.contains("`\(word)`") || Self.document.contains("`\(word) "), "\(word)")
    }
  }
}
