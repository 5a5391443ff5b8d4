import Foundation
import GRDB
import Model
import Testing

@testable import Storing

@Suite("The results database")
struct StoreTests {
  private static func temporary() -> String {
    FileManager.default.temporaryDirectory.appending(path: "store-\(UUID().uuidString)/results.sqlite").path
  }

  private static let runtime = Runtime(
    name: "cpython-3.11", interpreter: "/python", implementation: "cpython", version: "3.11.2", python: "3.11.2",
    build: "b", extSuffix: ".so", includes: ["/include"], machine: "x86_64", hpy: .absent)

  private static func result(_ name: String, value: String = "1", verdict: Verdict = .conforming) -> CellResult {
    let cell = CellID(
      scenario: ScenarioID(suite: "s", testCase: "c", name: name), lane: "universal", runtime: "cpython-3.11")
    let answer = Answer(
      outcome: .completed, message: nil,
      observations: [
        Observation(label: "x", value: value),
        Observation(
          label: "y", facet: .leak, value: "raised KeyError", exception: "KeyError", message: "m",
          expected: ["a", "b"],
          source: "document"),
      ])
    let finding = Finding(
      divergence: Divergence(
        label: "x", facet: .value, observed: value, expected: "2",
        oracle: .reference(CellID(scenario: cell.scenario, lane: "cpython", runtime: "cpython-3.11"))),
      verdict: verdict, reason: "r", link: "l", circumstances: [.warm, .fresh])
    return CellResult(
      cell: cell,
      attempts: [
        Attempt(
          circumstances: .warm, answer: answer, seconds: 0.5, output: "out", traceback: "trace", notes: ["one", "two"]),
        Attempt(circumstances: .fresh, answer: answer),
      ],
      judgement: Judgement(verdict: verdict, findings: verdict == .conforming ? [] : [finding]))
  }

  private static let step = BuildStep(
    key: ContentKey(of: "step"), kind: .compile, command: ["gcc", "-c"], succeeded: true, messages: "w", seconds: 1,
    isReused: false)

  @discardableResult
  private static func record(_ results: [CellResult], in store: Store) async throws -> StoredRun {
    let header = RunHeader(
      arguments: ["run"], compiler: "gcc 12", runtimes: [runtime],
      files: ["s/ledger.toml": "# ledger", "s/c/hpy.c": "int x;"], planned: results.count)
    let recorder = try RunRecorder(store, header: header)
    for result in results { await recorder.record(result, steps: [step]) }
    try await recorder.finish(state: "finished", ledger: "# ledger", verdicts: [.conforming: results.count])
    return try store.run(named: "latest")
  }

  @Test("everything of a run reads back as it was")
  func roundTrip() async throws {
    let store = try Store(path: Self.temporary(), .write)
    let (one, two) = (Self.result("a"), Self.result("b", value: "3", verdict: .new))
    let run = try await Self.record([one, two], in: store)
    #expect(run.state == "finished")
    #expect(run.runtimes == [Self.runtime])
    #expect(run.compiler == "gcc 12")
    let results = try store.results(of: run)
    #expect(results.map(\.verdict) == [.conforming, .new])
    #expect(results.map(\.attempts) == [2, 2])
    #expect(results[1].findings == two.judgement.findings)
    #expect(try store.attempts(of: one.cell, in: run) == one.attempts)
    #expect(try store.attempts(of: run).map(\.attempts) == [one.attempts, two.attempts])
    #expect(try store.file("s/c/hpy.c", of: run) == "int x;")
    #expect(try store.ledgers(of: run) == ["s/ledger.toml": "# ledger"])
    let steps = try store.buildSteps(of: one.cell, in: run)
    #expect(steps.map(\.command) == [["gcc -c"]])
    #expect(try store.buildCounts(of: run) == (1, 0))
    #expect(try store.verdictCounts(of: run) == [.conforming: 1, .new: 1])
  }

  @Test("equal answers, files and commands are stored once, in however many runs")
  func sharing() async throws {
    let store = try Store(path: Self.temporary(), .write)
    for _ in 1...3 { try await Self.record([Self.result("a"), Self.result("b")], in: store) }
    let counts = try await store.pool.read { db in
      try ["run", "answer", "observation", "cell", "step", "build", "conclusion", "attempt"].map {
        try Int.fetchOne(db, sql: "SELECT count(*) FROM \($0)") ?? 0
      }
    }
    #expect(counts == [3, 1, 2, 2, 1, 1, 1, 12])
  }

  @Test("a cell has one key, in whatever database it is")
  func cellKeys() async throws {
    var keys: Set<String> = []
    for _ in 1...2 {
      let store = try Store(path: Self.temporary(), .write)
      try await Self.record([Self.result("b"), Self.result("a")].shuffled(), in: store)
      keys.formUnion(
        try await store.pool.read { try String.fetchAll($0, sql: "SELECT key FROM cell") })
    }
    #expect(keys.count == 2)
  }

  @Test("a run is found by the beginning of its UUID; unknown and ambiguous names are told")
  func naming() async throws {
    let store = try Store(path: Self.temporary(), .write)
    #expect(throws: Problem.self) { try store.run(named: "latest") }
    let run = try await Self.record([], in: store)
    try await Self.record([], in: store)
    #expect(try store.run(named: String(run.uuid.prefix(8))).uuid == run.uuid)
    #expect(throws: Problem.self) { try store.run(named: "zz") }
    #expect(throws: Problem.self) { try store.run(named: "%") }
    #expect(throws: Problem.self) { try store.run(named: "") }
  }

  @Test("replaced verdicts keep the answers, and every ledger that was used")
  func rejudging() async throws {
    let store = try Store(path: Self.temporary(), .write)
    let result = Self.result("a", verdict: .new)
    let run = try await Self.record([result], in: store)
    try store.replaceVerdicts(
      of: run, with: [result.cell: Judgement(verdict: .conforming, findings: [])], ledger: "# another")
    #expect(try store.results(of: run).map(\.verdict) == [.conforming])
    #expect(try store.results(of: run).first?.findings == [])
    #expect(try store.attempts(of: result.cell, in: run) == result.attempts)
    let ledgers = try await store.pool.read {
      try String.fetchAll(
        $0, sql: "SELECT text FROM judgement JOIN content ON content.key = ledger_key ORDER BY judgement.id")
    }
    #expect(ledgers == ["# ledger", "# another"])
  }

  @Test("what was handed over is on disk soon, without the run being closed")
  func crash() async throws {
    let path = Self.temporary()
    let store = try Store(path: path, .write)
    let header = RunHeader(arguments: [], compiler: "", runtimes: [Self.runtime], files: [:], planned: 2)
    let recorder = try RunRecorder(store, header: header)
    await recorder.record(Self.result("a"), steps: [])
    let other = try Store(path: path, .read)
    var found: [StoredResult] = []
    for _ in 0..<200 where found.isEmpty {
      try await Task.sleep(for: .milliseconds(25))
      found = try other.results(of: try other.run(named: "latest"))
    }
    #expect(found.count == 1)
    #expect(try other.run(named: "latest").state == "running")
  }

  // MARK: Bad databases

  private static func message(_ path: String, _ access: Store.Access = .write) -> String {
    do {
      _ = try Store(path: path, access)
      return "opened"
    } catch {
      return "\(error)"
    }
  }

  @Test("a missing database is told, and not made by reading")
  func missing() {
    let path = Self.temporary()
    #expect(Self.message(path, .read).contains("no database here"))
    #expect(!FileManager.default.fileExists(atPath: path))
  }

  @Test("a file that is no database is told and left as it is")
  func corrupt() throws {
    let path = Self.temporary()
    try FileManager.default.createDirectory(
      at: URL(filePath: path).deletingLastPathComponent(), withIntermediateDirectories: true)
    let text = Data(String(repeating: "no database at all. ", count: 500).utf8)
    try text.write(to: URL(filePath: path))
    #expect(Self.message(path).contains("is damaged, or no SQLite database"))
    #expect(try Data(contentsOf: URL(filePath: path)) == text)
  }

  @Test("a database of another program is told and left as it is")
  func foreign() throws {
    let path = Self.temporary()
    try FileManager.default.createDirectory(
      at: URL(filePath: path).deletingLastPathComponent(), withIntermediateDirectories: true)
    let other = try DatabaseQueue(path: path)
    try other.write { try $0.execute(sql: "CREATE TABLE other (x)") }
    try other.close()
    let before = try Data(contentsOf: URL(filePath: path))
    #expect(Self.message(path).contains("is a database of another program"))
    #expect(try Data(contentsOf: URL(filePath: path)) == before)
  }

  @Test("a database of a newer program is told")
  func newer() async throws {
    let path = Self.temporary()
    let store = try Store(path: path, .write)
    try await store.pool.write { try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('999 from the future')") }
    try store.pool.close()
    #expect(Self.message(path).contains("newer hpy-conform"))
  }

  @Test("a folder where the file should be is told")
  func unwritable() throws {
    let path = Self.temporary()
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    #expect(Self.message(path).contains("can't be"))
  }

  @Test("two runs on one database: the second is told who holds it; when the first ends it may")
  func locking() throws {
    let path = Self.temporary()
    _ = try Store(path: path, .write)
    var first: RunLock? = try RunLock(database: path)
    let problem = #expect(throws: Problem.self) { try RunLock(database: path) }
    #expect(problem?.found.contains("process \(ProcessInfo.processInfo.processIdentifier)") == true)
    withExtendedLifetime(first) {}
    first = nil
    _ = try RunLock(database: path)
  }

  @Test("the tables are strict, and references are enforced")
  func strictness() async throws {
    let store = try Store(path: Self.temporary(), .write)
    try await Self.record([Self.result("a")], in: store)
    let loose = try await store.pool.read {
      try String.fetchAll(
        $0, sql: "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND strict = 0")
    }
    #expect(loose.filter { !$0.hasPrefix("sqlite_") && $0 != "grdb_migrations" } == [])
    await #expect(throws: DatabaseError.self) {
      try await store.pool.write { try $0.execute(sql: "DELETE FROM content") }
    }
  }
}

@Suite("What Results/README.md says of the database")
struct DocumentedSchemaTests {
  private static let document: String = {
    let checkout = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    return (try? String(contentsOf: checkout.appending(path: "Results/README.md"), encoding: .utf8)) ?? ""
  }()

  private static func database() throws -> Store {
    try Store(
      path: FileManager.default.temporaryDirectory.appending(path: "store-\(UUID().uuidString)/results.sqlite").path,
      .write)
  }

  @Test("every documented query runs")
  func queries() throws {
    let block = try #require(Self.document.firstMatch(of: #/```sql\n((?:.|\n)*?)```/#)).1
    let queries = block.split(separator: ";").filter { $0.contains("SELECT") }
    #expect(queries.count == 13)
    let store = try Self.database()
    for query in queries {
      #expect(throws: Never.self) {
        try store.pool.read { try Row.fetchAll($0, sql: String(query)) }
      }
    }
  }

  @Test("every table stands in the document")
  func tables() throws {
    let names = try Self.database().pool.read {
      try String.fetchAll($0, sql: "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table'")
    }
    let own = names.filter { !$0.hasPrefix("sqlite_") && !$0.hasPrefix("grdb_") }
    #expect(own.count == 29)
    for name in own { #expect(Self.document.contains("`\(name)`"), "\(name)") }
  }

  @Test("every outcome and verdict stands in the document")
  func words() {
    for kind in Outcome.Kind.allCases where kind != .notRun {
      #expect(Self.document.contains("`\(kind.rawValue)"), "\(kind.rawValue)")
    }
    for verdict in Verdict.allCases { #expect(Self.document.contains("`\(verdict.rawValue)`"), "\(verdict.rawValue)") }
    let portability =
      PortabilityBehaviour.allCases.map(\.rawValue) + PortabilityPromise.allCases.map(\.rawValue)
      + BinaryKind.allCases.map(\.rawValue)
    for word in portability { #expect(Self.document.contains("`\(word)`"), "\(word)") }
  }
}
