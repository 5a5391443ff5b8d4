import Foundation
import Model
import Storing
import Testing

/// The self-test is green where everything is noticed, and red where anything is not: here, detection is really broken.
@Suite("hpy-conform selftest")
struct SelfTestTests {
  private static func project() throws -> Project {
    try Project(
      runtimes: ["cpython-3.11": Project.cpython].merging(
        Project.hasPyPy ? ["pypy-7.3.19": Project.pypy] : [:]
      ) { $1 })
  }

  @Test("on this machine all is noticed, and nothing of it reaches the project's own results")
  func passes() async throws {
    let project = try Self.project()
    let run = try await project.run("selftest", "--keep", "kept", "--verbose")
    #expect(run.exitCode == 0, "\(run.output)\(run.errors)")
    #expect(!FileManager.default.fileExists(atPath: project.database))
    let store = try Store(path: project.root.appending(path: "kept/Results/results.sqlite").path)
    let runs = try store.runs()
    #expect(runs.count >= 3)
    let outcomes = try runs.flatMap { try store.results(of: $0) }.filter { $0.cell.lane == .capiHeap }
      .reduce(into: [String: Set<String>]()) { $0[$1.cell.scenario.name, default: []].insert("\($1.outcome)") }
    #expect(outcomes["crash"] == ["crashed SIGSEGV"])
    #expect(outcomes["hang"] == ["timed out"])
    #expect(outcomes["healthy"] == ["harness failed", "completed"])
  }

  @Test("without --keep nothing of it is left")
  func leavesNothing() async throws {
    let project = try Self.project()
    let temporary = project.root.appending(path: "temporary")
    try FileManager.default.createDirectory(at: temporary, withIntermediateDirectories: true)
    let run = try await project.run(
      "selftest", "--runtime", "cpython-3.11", environment: ["TMPDIR": temporary.path])
    #expect(run.exitCode == 0, "\(run.output)\(run.errors)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: temporary.path) == [])
    #expect(!FileManager.default.fileExists(atPath: project.database))
  }

  /// A breakage of the harness, and what the self-test has to say of it.
  struct Breakage: Sendable, CustomTestStringConvertible {
    var name: String
    /// Python that runs in a worker or a cell before its own code does.
    var code: String
    /// What is named as not as expected.
    var titles: [String]

    var testDescription: String { name }
  }

  private static let breakages = [
    Breakage(
      name: "expectations record what they expect",
      code: """
        import hpy_conform
        original = hpy_conform.expect
        def expect(label, value, expected, source, any_order=False, facet="value"):
            original(label, expected, expected, source, any_order, facet)
        hpy_conform.expect = expect
        """,
      titles: ["a broken promise", "a leaked reference", "a leaked handle"]),
    Breakage(
      name: "scenarios run in a process whose end nobody looks at",
      code: """
        import os, conform_cell, conform_repeats, hpy_conform
        def call(function, ext):
            child = os.fork()
            if child == 0:
                try:
                    function(ext)
                finally:
                    os._exit(0)
            os.waitpid(child, 0)
            hpy_conform.record("survived", True)
        conform_cell._call = call
        conform_repeats.hunt = lambda *arguments: None
        """,
      titles: ["a crash", "an abort", "an early exit", "a broken promise"]),
    Breakage(
      name: "leaks are not counted",
      code: """
        import conform_repeats
        conform_repeats.hunt = lambda *arguments: None
        """,
      titles: ["a leaked reference"]),
    Breakage(
      name: "what is recorded is the same in all lanes",
      code: """
        import hpy_conform
        original = hpy_conform.record
        hpy_conform.record = lambda label, value, facet="value": original(label, 1, facet)
        """,
      titles: ["a divergence between two lanes", "a divergence in the ledger"]),
    Breakage(
      name: "the scratch folder is not emptied",
      code: """
        import conform_bounds
        conform_bounds.Scratch.clean = lambda self: None
        """,
      titles: ["a healthy cell"]),
    Breakage(
      name: "time that is over is told as a signal",
      code: """
        import conform_server
        original = conform_server._wait
        def wait(*arguments):
            status, used, timed_out, exceeded = original(*arguments)
            return status, used, False, exceeded
        conform_server._wait = wait
        """,
      titles: ["a hang"]),
  ]

  @Test(
    "a harness that overlooks something is told with exit code 70, and with what it overlooked", arguments: breakages)
  func notices(_ breakage: Breakage) async throws {
    let project = try Project()
    let interpreter = try project.copyCPython(to: "broken")
    let packages = project.root.appending(path: "broken/lib/python3.11/site-packages")
    try Data("import broken_harness\n".utf8).write(to: packages.appending(path: "broken_harness.pth"))
    let code = breakage.code.split(separator: "\n", omittingEmptySubsequences: false).map { "    \($0)" }
    let hook = """
      import os, sys
      script = next((one for one in sys.orig_argv[1:] if one.endswith(".py")), "")
      if os.path.basename(script) in ("conform_worker.py", "conform_cell.py"):
          sys.path.insert(0, os.path.dirname(script))
      \(code.joined(separator: "\n"))

      """
    try Data(hook.utf8).write(to: packages.appending(path: "broken_harness.py"))
    let run = try await project.run("selftest", "--runtime", interpreter)
    #expect(run.exitCode == 70, "\(run.output)\(run.errors)")
    for title in breakage.titles {
      #expect(run.output.split(separator: "\n").contains { $0.hasSuffix("  \(title)") }, "\(title): \(run.output)")
    }
  }

  @Test("a machine that lacks something is told as one")
  func lacks() async throws {
    let project = try Project()
    let run = try await project.run(
      "selftest", environment: ["PATH": project.root.path, "TMPDIR": NSTemporaryDirectory()])
    #expect(run.exitCode == 69, "\(run.output)\(run.errors)")
  }

  @Test("bad input")
  func badInput() async throws {
    let project = try Project(["s/one/case.toml": ""])
    #expect(try await project.run("selftest", "--runtime", "nonesuch").exitCode == 64)
    #expect(try await project.run("selftest", "--keep", "Suites").exitCode == 64)
    #expect(try await project.run("selftest", "--jobs", "0").exitCode == 64)
  }
}
