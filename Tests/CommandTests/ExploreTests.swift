import Foundation
import Storing
import TestBuilders
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
    #expect(!run.output.contains("NameError"), "\(run)")
    // Behind scenarios that import less.
    try project.write(
      "explored/hierarchies/scenarios.py",
      "from conform_hierarchy import hierarchy\n\nfrom hpy_conform import collect, scenario\n")
    #expect(try await project.run("explore", "--replay", file, "--accept", "found_again").exitCode == 1)
    let again = try await project.run("run", "explored/hierarchies/found_again@capi-*")
    #expect(again.exitCode == 1 && !again.output.contains("NameError"), "\(again)")
  }

  @Test("a recorded exploration is shown as it was, and says which kinds an earlier one had found")
  func shown() async throws {
    let project = try Project()
    try project.write("explored/kinds.toml", "# nothing is known\n")
    for seed in ["11", "11", "12"] {
      #expect(try await project.run("explore", "--count", "100", "--seed", seed).exitCode == 1)
    }
    let runs = try Store(path: project.database).runs(.explore).map(\.uuid)
    var found: [Found] = []
    for run in runs.reversed() {
      let shown = try await project.run("explore", "--show", String(run.prefix(8)), "--format", "json")
      #expect(shown.exitCode == 1, "\(shown)")
      found.append(try JSONDecoder().decode(Found.self, from: Data(shown.output.utf8)))
    }
    #expect(found.map(\.seed) == [11, 11, 12])
    #expect(found[0].new.allSatisfy { $0.since == nil } && !found[0].new.isEmpty)
    #expect(found[1].new.map(\.kind) == found[0].new.map(\.kind))
    #expect(found[1].new.allSatisfy { $0.since != nil && $0.hierarchy.contains("[[type]]") })
    let before = Set(found[0].new.map(\.kind))
    for kind in found[2].new { #expect((kind.since != nil) == before.contains(kind.kind), "\(kind.kind)") }
    let refused = try await project.run("explore", "--show", "latest", "--count", "1")
    #expect(refused.exitCode == 64, "\(refused)")
  }

  @Test("a nightly run generates hierarchies, and only kinds that were never seen are new")
  func nightly() async throws {
    let project = try Project([
      "s/one/capi-heap.c": Sources.capi(["answer": "    return PyLong_FromLong(1);"]),
      "s/one/scenarios.py": Sources.scenarios([("right", "record('answer', ext.answer())")]),
      "explored/kinds.toml": """
      [[kinds]]
      cause = "cpython-both-protocols"
      sides = "*"
      operation = "*"
      left = "*"
      right = "*"

      """,
    ])
    let reports = project.root.appending(path: "reports").path
    let calm = try await project.run("nightly", "--explore", "1", "--reports", reports)
    #expect(calm.exitCode == 0, "\(calm)")
    #expect(calm.output.contains("nothing new"), "\(calm)")
    let page = try String(contentsOfFile: "\(reports)/index.html", encoding: .utf8)
    #expect(page.contains("Generated hierarchies") && page.contains("cpython-both-protocols"))
    try project.write("explored/kinds.toml", "# nothing is known\n")
    let alarm = try await project.run("nightly", "--explore", "1", "--reports", reports)
    #expect(alarm.exitCode == 1, "\(alarm)")
    #expect(alarm.output.contains("generated hierarchies show"), "\(alarm)")
    let junit = try String(contentsOfFile: "\(reports)/junit.xml", encoding: .utf8)
    #expect(junit.contains("message=\"new: heap, "))
    // The report of the run has it at any later time; that of the run before does not.
    let series = try Store(path: project.database).runs(inSeries: "nightly").map(\.uuid)
    #expect(try await project.run("report", series[1]).exitCode == 1)
    #expect(try await project.run("report", series[0]).exitCode == 0)
    // Without time for it there is nothing to say.
    let without = try await project.run("nightly", "--explore", "0", "--reports", reports)
    #expect(without.exitCode == 0, "\(without)")
    #expect(!without.output.contains("hierarchies"), "\(without)")
    try project.write("explored/kinds.toml", "[[kinds]]\ncause = \"nobody\"\n")
    let broken = try await project.run("nightly", "--explore", "1", "--reports", reports)
    #expect(broken.exitCode == 64 && broken.errors.contains("kinds.toml:2"), "\(broken)")
  }

  @Test("what was found before Ctrl-C is stored, told and shown; a nightly run hears it while it explores")
  func interrupted() async throws {
    let project = try Project([
      "s/one/capi-heap.c": Sources.capi(["answer": "    return PyLong_FromLong(1);"]),
      "s/one/scenarios.py": Sources.scenarios([("right", "record('answer', ext.answer())")]),
      "explored/kinds.toml": "# nothing is known\n",
    ])
    // The binaries are there then.
    _ = try await project.run("explore", "--count", "1")
    let end = try await project.run("explore", "--time", "600", "--seed", "4") {
      try await project.wait { (try? project.writer()) != nil }
      try await Task.sleep(for: .seconds(5))
      kill(try project.writer(), SIGINT)
      try? await Task.sleep(for: .seconds(200))
    }
    #expect(end.exitCode == 130, "\(end)")
    #expect(end.output.contains("NEW"), "\(end)")
    let shown = try await project.run("explore", "--show", "latest")
    #expect(shown.exitCode == 130 && shown.output.contains("NEW"), "\(shown)")
    let night = try await project.run("nightly", "--explore", "600", "--no-sandbox") {
      // Behind the run.
      try await project.wait { (try? Store(path: project.database).runs().first?.state) == .finished }
      try await Task.sleep(for: .seconds(3))
      kill(try project.writer(), SIGINT)
      try? await Task.sleep(for: .seconds(200))
    }
    #expect(night.exitCode == 130, "\(night)")
    #expect(try Store(path: project.database).runs(.explore).count == 3)
  }

  @Test("the replay file that docs/explore.md shows is one")
  func documented() async throws {
    let text = try String(
      contentsOf: Project.checkout.appending(path: "docs/explore.md"), encoding: .utf8)
    let example = try #require(
      text.components(separatedBy: "```toml\n").dropFirst(2).first?.components(separatedBy: "```")[0])
    let project = try Project()
    try project.write("../example.toml", example)
    let replayed = try await project.run("explore", "--replay", project.root.appending(path: "example.toml").path)
    #expect([0, 1].contains(replayed.exitCode), "\(replayed)")
  }

  @Test(
    "names that a scenario file has another meaning for are refused",
    arguments: ["class", "expect", "Name", "1st", "with space", ""])
  func names(name: String) async throws {
    let refused = try await Project().run("explore", "--replay", "/nowhere.toml", "--accept", name)
    #expect(refused.exitCode == 64 && refused.errors.contains("`\(name)`"), "\(refused)")
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
    struct Kind: Decodable {
      var kind: String
      var since: String?
      var hierarchy: String
    }
    struct Cause: Decodable { var name: String }

    var seed: Int
    var hierarchies: [String: Int]
    var new: [Kind]
    var known: [Cause]
  }
}
