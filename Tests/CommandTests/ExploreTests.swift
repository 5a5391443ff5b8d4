import Foundation
import Testing

@Suite("The command explore")
struct ExploreTests {
  @Test("what the suites know is known, a run is recorded as one of its kind, and nobody takes it for the latest run")
  func known() async throws {
    let project = try Project()
    let explored = try await project.run("explore", "--count", "300", "--seed", "11", "--format", "json")
    #expect(explored.exitCode == 0, "\(explored)")
    let document = try JSONDecoder().decode(Found.self, from: Data(explored.output.utf8))
    #expect(document.new.isEmpty)
    #expect(document.known.contains { $0.name == "cpython-static-type-takes-the-tables-of-one-base" })
    #expect(document.hierarchies.values.allSatisfy { $0 == 300 })
    let runs = try await project.run("runs")
    #expect(runs.output.contains("explore"), "\(runs)")
    let report = try await project.run("report")
    #expect(report.exitCode == 64, "an exploration is no run to report: \(report)")
  }

  @Test("a kind that nobody knows is new: made smaller, written, replayed and accepted")
  func new() async throws {
    let project = try Project()
    try project.write("explored/kinds.toml", "# nothing is known\n")
    let folder = project.root.appending(path: "found").path
    let explored = try await project.run("explore", "--count", "200", "--seed", "11", "--write", folder)
    #expect(explored.exitCode == 1, "\(explored)")
    let files = try FileManager.default.contentsOfDirectory(atPath: folder)
    let file = try #require(
      files.map { "\(folder)/\($0)" }.first { path in
        (try? String(contentsOfFile: path, encoding: .utf8))?.contains("\"heap, static | ") ?? false
      })
    #expect(try String(contentsOfFile: file, encoding: .utf8).components(separatedBy: "[[type]]").count <= 5)
    let replayed = try await project.run("explore", "--replay", file, "--accept", "found_by_chance")
    #expect(replayed.exitCode == 1, "\(replayed)")
    #expect(replayed.output.contains("scenario = \"hierarchies/found_by_chance\""))
    let run = try await project.run("run", "explored/hierarchies/found_by_chance@capi-*")
    #expect(run.exitCode == 1, "\(run)")
  }

  @Test(
    "bad input is told with the way out",
    arguments: [
      (["--time", "0"], "--time 0"), (["--time", "1", "--count", "1"], "expected one of them"),
      (["--accept", "x"], "need --replay"), (["--replay", "/nowhere.toml"], "no such file"),
    ])
  func refused(arguments: [String], words: String) async throws {
    let refused = try await Project().run(["explore"] + arguments)
    #expect(refused.exitCode == 64, "\(refused)")
    #expect(refused.errors.contains(words), "\(refused)")
  }

  private struct Found: Decodable {
    struct Kind: Decodable { var kind: String }
    struct Cause: Decodable { var name: String }

    var hierarchies: [String: Int]
    var new: [Kind]
    var known: [Cause]
  }
}
