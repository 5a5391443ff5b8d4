import Documents
import Foundation
import Model
import Storing
import Testing

@Suite("Merging and pruning on the command line")
struct DatabaseCommandTests {
  /// A database with runs of a series, a day apart.
  private static func database(
    _ name: String, days: [Int], kind: RunKind = .run, in project: Project
  ) async throws -> String {
    let path = project.root.appending(path: name).path
    let writer = try StoreWriter(path: path)
    for day in days {
      let header = RunHeader(
        kind: kind, started: Date(timeIntervalSince1970: Double(day) * 86_400), arguments: ["run"], compiler: "",
        runtimes: [], files: [:], planned: 0, series: kind == .run ? "nightly" : nil)
      let recorder = try await RunRecorder(writer, header: header)
      try await recorder.finish(state: .finished, ledger: "", verdicts: [:])
    }
    return path
  }

  /// The days at which runs of a kind began, the newest first.
  private static func days(_ path: String, _ kind: RunKind? = .run) throws -> [String] {
    try Store(path: path).runs(kind).map { String($0.started.prefix(10)) }
  }

  @Test("merge makes the database, takes each run once, and says what it did")
  func merging() async throws {
    let project = try Project()
    let (one, two) = (
      try await Self.database("one.sqlite", days: [1, 2], in: project),
      try await Self.database("two.sqlite", days: [3], in: project)
    )
    _ = try await Self.database("two.sqlite", days: [4], kind: .portability, in: project)
    var result = try await project.run("merge", "all.sqlite", one, two)
    #expect(result.exitCode == 0, "\(result.errors)")
    #expect(result.output == "all.sqlite: 4 runs added, 0 made complete, 0 with later verdicts, 0 known\n")
    result = try await project.run("merge", "all.sqlite", two)
    #expect(result.output == "all.sqlite: 0 runs added, 0 made complete, 0 with later verdicts, 2 known\n")
    let all = project.root.appending(path: "all.sqlite").path
    #expect(try Self.days(all) == ["1970-01-04", "1970-01-03", "1970-01-02"])
    #expect(try Self.days(all, .portability) == ["1970-01-05"])
    let missing = try await project.run("merge", "all.sqlite", "none.sqlite")
    #expect(missing.exitCode == 64)
    #expect(missing.errors.contains("none.sqlite: there is no database"), "\(missing.errors)")
    #expect(try await project.run("merge", "all.sqlite").exitCode == 64)
  }

  @Test("prune says what would go and why the others stay; then it does so")
  func pruning() async throws {
    let project = try Project()
    let path = try await Self.database("one.sqlite", days: [1, 2, 33, 34], in: project)
    var result = try await project.run("prune", "--db", path)
    #expect(result.exitCode == 64)
    #expect(result.errors.contains("no option selects the runs to keep"))
    #expect(try await project.run("prune", "--db", path, "--keep-runs=-1").exitCode == 64)
    let store = try Store(path: path)
    let decisions = Retention(runs: 1).decide(try store.runFacts())
    #expect(
      decisions.map { String($0.run.started.prefix(10)) } == ["1970-01-02", "1970-01-03", "1970-02-03", "1970-02-04"])
    #expect(
      decisions.map(\.reasons) == [[], [.lastOfMonth("1970-01")], [], [.latest, .recent, .lastOfMonth("1970-02")]])
    result = try await project.run("prune", "--db", path, "--keep-runs", "1", "--dry-run")
    #expect(result.exitCode == 0)
    #expect(result.output == Printed.text(RetentionDocument(decisions, isDone: false)))
    #expect(try Self.days(path).count == 4)
    result = try await project.run("prune", "--db", path, "--keep-days", "0")
    #expect(result.exitCode == 0, "\(result.errors)")
    #expect(try Self.days(path) == ["1970-02-04", "1970-01-03"])
  }
}
