import Foundation
import Model
import Platform
import Testing

/// Bad input gets one clear message that names file and line and the way out; a broken case is recorded, and the
/// run goes on.
@Suite("Bad input, on the command line")
struct BadInputTests {
  private static let good = Sources.capi(["fine": ""])
  private static let scenario = Sources.scenarios([("works", "expect('fine', ext.fine(), None, source='document')")])

  private static func project(_ more: [String: String] = [:]) throws -> Project {
    try Project(["s/good/capi-heap.c": good, "s/good/scenarios.py": scenario].merging(more) { $1 })
  }

  @Test(
    "a case that can't be read is told with file and line, costs its own cells, and is no finding",
    arguments: [
      ("scenarios.py", "def broken(:\n", "scenarios.py:1: syntax error"),
      ("scenarios.py", "import sys\n", "scenarios.py:1: import of sys"),
      ("scenarios.py", "x = 1\n", "there is no scenario"), ("case.toml", "module = [\n", "case.toml:"),
    ])
  func unreadableCases(file: String, text: String, message: String) async throws {
    let project = try Self.project([
      "s/broken/capi-heap.c": Self.good,
      "s/broken/scenarios.py": Sources.scenarios([("fails", "expect('fine', ext.fine(), None, source='document')")]),
    ])
    try project.write("s/broken/\(file)", text)
    for command in [["run", "-l", "capi-heap"], ["judge"], ["report"], ["nightly", "-l", "capi-heap"]] {
      #expect(try await project.run(command).exitCode == 64, "\(command)")
    }
    let results = try project.results()
    #expect(results["works@capi-heap"]?.verdict == .conforming)
    let broken = try #require(results["fails@capi-heap"] ?? results["*@capi-heap"])
    #expect(broken.outcome == .invalid)
    #expect(broken.verdict == .notJudged)
    let summary = try project.summary()
    #expect(summary.sections.isEmpty)
    #expect(summary.broken.map(\.reason) == [broken.message])
    #expect(broken.message?.contains(message) == true, "\(broken.message ?? "")")
  }

  @Test(
    "a case that doesn't build or load is a recorded outcome with its reason, and its neighbour runs",
    arguments: [
      ("capi-heap.c", "int x = y;\n", "not built", "capi-heap.c:1"),
      ("capi-heap.c", Sources.capi(["fine": ""], initialiser: "PyInit_other"), "not loadable", "PyInit_ext"),
    ])
  func brokenCases(file: String, text: String, outcome: String, message: String) async throws {
    let project = try Self.project([
      "s/broken/capi-heap.c": Self.good,
      "s/broken/scenarios.py": Sources.scenarios([("fails", "expect('fine', ext.fine(), None, source='document')")]),
    ])
    try project.write("s/broken/\(file)", text)
    let run = try await project.run("run", "-l", "capi-heap")
    #expect(run.exitCode == 1)
    let results = try project.results()
    #expect(results["works@capi-heap"]?.verdict == .conforming)
    let broken = try #require(results["fails@capi-heap"] ?? results["*@capi-heap"])
    #expect(broken.outcome.description == outcome)
    #expect(broken.verdict == .new)
    #expect(broken.message?.contains(message) == true, "\(broken.message ?? "")")
    let section = try #require(try project.summary().sections.first { $0.verdict == .new })
    #expect(section.findings.map(\.finding.observed) == [outcome])
    #expect(section.findings[0].message == broken.message)
  }

  @Test(
    "what can't be used ends before anything runs",
    arguments: [
      (["run", "nowhere"], 64, "no cell matches `nowhere`; `hpy-conform list` lists the cases"),
      (
        ["run", "good"], 64,
        "no cell matches `good`; perhaps s/good, or s/good/works; `hpy-conform list` lists the cases"
      ),
      (["run", "a/b/c/d"], 64, "`a/b/c/d` is not a pattern; write SUITE, SUITE/CASE, "),
      (["run", "--lane", "none"], 64, "unknown lane `none`; known lanes: capi-static, capi-heap, "),
      (["run", "--lane", "universl"], 64, "unknown lane `universl`; perhaps `universal`; known lanes: capi-static, "),
      (
        ["run", "--lane", "universal:"], 64,
        "`universal:` does not name a runtime; write universal:RUNTIME, or universal alone"
      ),
      (["run", "--runtime", "none"], 64, "unknown runtime `none`; known from hpy-conform.toml: cpython-3.11"),
      (["run", "--runtime", "/bin/true"], 69, "expected JSON"),
      (["run", "--runtime", "/nowhere/python"], 69, "does not start"),
      (["run", "--jobs", "0"], 64, "expected 1 or more"),
      (["run", "--suites", "/nowhere"], 64, "is not a folder"),
      (["run", "--no-such-flag"], 64, "Unknown option"),
      (["show"], 64, "there is no database"),
      (["runs"], 64, "there is no database"),
      (["new", "Not A Name"], 64, "is not a valid name for a case"),
      (["new", "s/good"], 64, "already exists"),
    ] as [([String], Int32, String)])
  func refused(arguments: [String], code: Int32, message: String) async throws {
    let project = try Self.project()
    let run = try await project.run(arguments, limit: 60)
    #expect(run.exitCode == code, "\(run.errors)")
    #expect(run.errors.contains(message), "\(run.errors)")
    #expect(!FileManager.default.fileExists(atPath: project.database))
  }

  @Test("a malformed ledger ends the run before anything is judged, with file and line")
  func malformedLedger() async throws {
    let cause = "[[cause]]\nname = \"n\"\nreason = \"r\"\nlink = \"l\"\n"
    let project = try Self.project(["s/ledger.toml": cause + "[[cause.place]]\nfacet = \"colour\"\n"])
    let run = try await project.run("run")
    #expect(run.exitCode == 64)
    #expect(run.errors.contains("Suites/s/ledger.toml:6: unknown facet `colour`"), "\(run.errors)")
  }

  @Test("a ledger entry for a scenario that is gone is told with its line")
  func strayEntry() async throws {
    let project = try Self.project([
      "s/ledger.toml": """
      [[cause]]
      name = "gone"
      reason = "r"
      link = "l"
      lanes = ["universal"]
      runtimes = [{ implementation = "cpython", version = ">=3" }]
      [[cause.place]]
      scenario = "good/gone"
      facet = "outcome"
      observed = "timed out"
      """
    ])
    let run = try await project.run("run")
    #expect(run.exitCode == 64)
    #expect(run.errors.contains("ledger.toml:7: no scenario is named s/good/gone"), "\(run.errors)")
  }

  @Test("a missing compiler is the machine's lack")
  func missingCompiler() async throws {
    let run = try await Self.project().run("run", environment: ["CC": "/nowhere/cc"])
    #expect(run.exitCode == 69)
    #expect(run.errors.contains("no C compiler: `/nowhere/cc` does not start; install gcc"), "\(run.errors)")
  }

  @Test("a database that can't be used is told, and left as it is")
  func database() async throws {
    let project = try Self.project()
    try FileManager.default.createDirectory(
      at: project.root.appending(path: "Results"), withIntermediateDirectories: true)
    let text = Data(String(repeating: "not a database ", count: 400).utf8)
    try text.write(to: URL(filePath: project.database))
    let run = try await project.run("run")
    #expect(run.exitCode == 64)
    #expect(run.errors.contains("is damaged, or is not an SQLite database"), "\(run.errors)")
    #expect(try Data(contentsOf: URL(filePath: project.database)) == text)
    let elsewhere = try await project.run("run", "--db", "/proc/nowhere/results.sqlite")
    #expect(elsewhere.exitCode == 69, "\(elsewhere.errors)")
  }

  @Test("two runs on one database: the second is told")
  func twoRuns() async throws {
    let project = try Project([
      "s/slow/capi-heap.c": Sources.capi(["hang": "    for (;;) pause();"]),
      "s/slow/scenarios.py": Sources.scenarios([("hangs", "ext.hang()")]),
    ])
    let first = try await project.run("run", "--timeout", "5") {
      try await project.wait { (try? project.writer()) != nil }
      let second = try await project.run("run")
      #expect(second.exitCode == 69)
      #expect(
        second.errors == "hpy-conform: \(project.database): another run is writing to it (process "
          + "\(try project.writer())); wait for it, or name another database with --db\n")
    }
    #expect(first.exitCode == 1)
    #expect(try project.latest().run.state == .finished)
    #expect(try project.latest().store.runs().count == 1)
  }

  /// A virtual environment's worth of `hpy`: a package folder on the interpreter's path, through a start script.
  private static func interpreter(in project: Project, _ files: [String: String]) throws -> String {
    for (path, text) in files { try project.write("../site/hpy/\(path)", text) }
    let script = project.root.appending(path: "python")
    let site = project.root.appending(path: "site").path
    try Data("#!/bin/sh\nPYTHONPATH='\(site)' exec /usr/bin/python3 \"$@\"\n".utf8).write(to: script)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: script.path)
    return script.path
  }

  private static let hpySource = """
    #include "hpy.h"
    HPyDef_SLOT(ext_exec, HPy_mod_exec)
    static int ext_exec_impl(HPyContext *ctx, HPy module) { return 0; }
    static HPyDef *defines[] = {&ext_exec, NULL};
    static HPyModuleDef module = {.defines = defines};
    HPy_MODINIT(ext, module)
    """

  @Test("no hpy is unsupported; one that does not import is an outcome of its cells, and new")
  func brokenHPy() async throws {
    let project = try Self.project(["s/good/hpy.c": Self.hpySource])
    let bare = try await project.run("run", "-r", "/usr/bin/python3", "-l", "universal")
    #expect(bare.exitCode == 0, "\(bare.errors)")
    #expect(try project.results()["works@universal"]?.outcome.kind == .unsupported)

    let real = URL(filePath: Project.cpython).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "lib/python3.11/site-packages/hpy/devel/include/hpy/universal/autogen_ctx.h")
    let header = try String(contentsOf: real, encoding: .utf8)
    let python = try Self.interpreter(
      in: project,
      [
        "__init__.py": "", "universal.py": "raise ImportError('changed too much')",
        "devel/include/hpy/universal/autogen_ctx.h": header,
        "devel/include/hpy.h": "#define HPY_ABI_VERSION 0\n#error \"no API\"\n",
        "devel/src/runtime/helpers.c": "",
      ])
    let broken = try await project.run("run", "-r", python)
    #expect(broken.exitCode == 1, "\(broken.errors)")
    let results = try project.results()
    #expect(results["works@capi-heap"]?.verdict == .conforming)
    #expect(results["works@universal"]?.outcome.kind == .notBuilt)
    #expect(results["works@universal"]?.verdict == .new)
    #expect(results["works@universal"]?.message?.contains("no API") == true)
  }

  @Test("an hpy that is too old or half installed is recorded in its lanes' cells; the raw C API is tested")
  func oldHPy() async throws {
    let project = try Self.project(["s/good/hpy.c": Self.hpySource])
    let python = try Self.interpreter(in: project, ["__init__.py": "", "devel/include/hpy.h": ""])
    let run = try await project.run("run", "-r", python)
    #expect(run.exitCode == 0, "\(run.errors)")
    let results = try project.results()
    #expect(results["works@capi-heap"]?.verdict == .conforming)
    #expect(results["works@universal"]?.outcome.kind == .unsupported)
    #expect(results["works@universal"]?.message?.contains("it is too old or incomplete") == true)
  }
}
