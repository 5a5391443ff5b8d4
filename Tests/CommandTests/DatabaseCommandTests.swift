import Foundation
import Model
import Storing
import Testing

@Suite("Merging and pruning on the command line")
struct DatabaseCommandTests {
  /// A database with runs of a series, a day apart.
  private static func database(_ name: String, days: [Int], in project: Project) async throws -> String {
    let path = project.root.appending(path: name).path
    for day in days {
      let header = RunHeader(
        started: Date(timeIntervalSince1970: Double(day) * 86_400), arguments: ["run"], compiler: "", runtimes: [],
        files: [:], planned: 0, series: "nightly")
      let recorder = try RunRecorder(try Store(path: path, .write), header: header)
      try await recorder.finish(state: "finished", ledger: "", verdicts: [:])
    }
    return path
  }

  @Test("merge makes the database, takes each run once, and says what it did")
  func merging() async throws {
    let project = try Project()
    let (one, two) = (
      try await Self.database("one.sqlite", days: [1, 2], in: project),
      try await Self.database("two.sqlite", days: [3], in: project)
    )
    var result = try await project.run("merge", "all.sqlite", one, two)
    #expect(result.exitCode == 0)
    #expect(result.output.contains("all.sqlite: 3 runs added, 0 made complete"))
    result = try await project.run("merge", "all.sqlite", two)
    #expect(result.output.contains("0 runs added, 0 made complete, 0 with later verdicts, 1 known"))
    let store = try Store(path: project.root.appending(path: "all.sqlite").path, .read)
    #expect(try store.runs().map { String($0.started.prefix(10)) } == ["1970-01-04", "1970-01-03", "1970-01-02"])
    #expect(try await project.run("merge", "all.sqlite", "none.sqlite").exitCode == 64)
    #expect(try await project.run("merge", "all.sqlite").exitCode == 64)
  }

  @Test("prune says what would go and why the others stay; then it does so")
  func pruning() async throws {
    let project = try Project()
    let path = try await Self.database("one.sqlite", days: [1, 2, 33, 34], in: project)
    var result = try await project.run("prune", "--db", path)
    #expect(result.exitCode == 64)
    #expect(result.errors.contains("nothing says which runs stay"))
    #expect(try await project.run("prune", "--db", path, "--keep-runs=-1").exitCode == 64)
    result = try await project.run("prune", "--db", path, "--keep-runs", "1", "--dry-run")
    #expect(result.exitCode == 0)
    #expect(result.output.contains("1970-01-03T00:00:00Z  nightly  last of 1970-01"))
    #expect(result.output.contains("2 of 4 runs go, 2 stay"))
    #expect(try Store(path: path, .read).runs().count == 4)
    result = try await project.run("prune", "--db", path, "--keep-days", "0")
    #expect(result.output.contains("2 of 4 runs are gone, 2 stay"))
    #expect(try Store(path: path, .read).runs().map { String($0.started.prefix(10)) } == ["1970-02-04", "1970-01-03"])
  }
}
