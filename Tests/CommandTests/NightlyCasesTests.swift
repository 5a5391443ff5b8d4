import Foundation
import Model
import Storing
import TestBuilders
import Testing

/// Cases that take long, or that few need: `nightly = true`.
@Suite("Cases for nightly runs")
struct NightlyCasesTests {
  private static let scenarios = Sources.scenarios([("answers", "record('answer', ext.answer())")])
  private static let source = Sources.capi(["answer": "    return PyLong_FromLong(1);"])

  private static let files = [
    "s/quick/capi-heap.c": source, "s/quick/scenarios.py": scenarios, "s/slow/capi-heap.c": source,
    "s/slow/scenarios.py": scenarios, "s/slow/case.toml": "summary = \"slow\"\nnightly = true\n",
  ]

  private static func cases(_ project: Project) throws -> Set<String> {
    Set(try project.cells().values.map(\.cell.scenario.testCase))
  }

  @Test("a run leaves them out and says so; a thorough run, a nightly and a run that names them have them")
  func command() async throws {
    let project = try Project(Self.files)
    let plain = try await project.run("run")
    #expect(plain.exitCode == 0)
    #expect(try Self.cases(project) == ["quick"])
    #expect(try project.latest().run.scope == RunScope.withoutNightly)
    #expect(plain.output.replacing("\n", with: " ").contains("nightly cases not run (--thorough)"), "\(plain.output)")
    for arguments in [["run", "--thorough"], ["run", "s"], ["nightly", "--no-sandbox"]] {
      #expect(try await project.run(arguments).exitCode == 0, "\(arguments)")
      #expect(try Self.cases(project) == ["quick", "slow"], "\(arguments)")
      #expect(try project.latest().run.scope == (arguments.last == "s" ? "s" : ""))
    }
    #expect(try await project.run("run", "s/slow").exitCode == 0)
    #expect(try Self.cases(project) == ["slow"])
  }

  @Test("a suite without such cases is not restricted")
  func none() async throws {
    let project = try Project(Self.files.filter { !$0.key.hasPrefix("s/slow") })
    #expect(try await project.run("run").exitCode == 0)
    #expect(try project.latest().run.scope == "")
  }

  @Test("a run of which nothing is left is refused; lanes stay in what restricts a run")
  func nothingLeft() async throws {
    let project = try Project(Self.files.filter { !$0.key.hasPrefix("s/quick") })
    let run = try await project.run("run")
    #expect(run.exitCode == 64)
    #expect(run.errors.contains("all cases are for nightly runs"), "\(run.errors)")
    let both = try Project(Self.files)
    #expect(try await both.run("run", "--lane", "capi-heap").exitCode == 0)
    #expect(try both.latest().run.scope == "\(RunScope.withoutNightly), --lane capi-heap")
  }

  @Test("a value that is no flag is told with its line")
  func mistake() async throws {
    let project = try Project(
      Self.files.merging(["s/slow/case.toml": "summary = \"slow\"\nnightly = \"yes\"\n"]) { $1 })
    let run = try await project.run("run")
    #expect(run.exitCode == 64)
    #expect((run.output + run.errors).contains("case.toml:2"), "\(run.output)\(run.errors)")
  }
}
