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
    "a case that never built on any runtime, or whose module has another name, is broken: once, with file and line",
    arguments: [
      ("int x = y;\n", "capi.c:1: does not compile on cpython-3.11: "),
      (
        Sources.capi(["fine": "    undeclared_function();"]),
        "does not compile on cpython-3.11: implicit declaration of function "
      ),
      ("#include \"no_such_header.h\"\n", "capi.c:1: does not compile on cpython-3.11: no_such_header.h: No such file"),
      (
        Sources.capi(["fine": ""], initialiser: "PyInit_other"),
        "the module is named `other`, expected PyInit_ext; rename it, or set `module = \"other\"` in case.toml"
      ),
      (
        "#include \"conform_capi.h\"\n",
        "has no init function, so it can't be loaded on cpython-3.11: expected PyInit_ext"
      ),
    ])
  func brokenCases(source: String, message: String) async throws {
    let project = try Self.project([
      "s/broken/capi.c": source,
      "s/broken/scenarios.py": Sources.scenarios([
        ("fails", "expect('fine', ext.fine(), None, source='document')"),
        ("fails_too", "expect('fine', ext.fine(), None, source='document')"),
      ]),
    ])
    for command in [["run"], ["judge"], ["report"], ["nightly"]] {
      let run = try await project.run(command)
      #expect(run.exitCode == 64, "\(command): \(run.output)")
    }
    let results = try project.results()
    #expect(results["works@capi-heap"]?.verdict == .conforming)
    for cell in ["fails@capi-heap", "fails@capi-static", "fails_too@capi-heap", "fails_too@capi-static"] {
      let broken = try #require(results[cell])
      #expect(broken.outcome == .invalid)
      #expect(broken.verdict == .notJudged)
    }
    let summary = try project.summary()
    #expect(summary.sections.isEmpty)
    // It is told once for all of its cells.
    #expect(summary.broken.map(\.cells) == [4])
    #expect(summary.broken[0].reason.contains(message), "\(summary.broken[0].reason)")
    #expect(summary.broken[0].reason.contains("/s/broken/capi.c:"), "\(summary.broken[0].reason)")
  }

  @Test("a case that was built before, or is built in another lane, is not broken: it is not built, and that is new")
  func unbuiltCases() async throws {
    let scenarios = Sources.scenarios([("fails", "expect('fine', ext.fine(), None, source='document')")])
    let project = try Self.project([
      "s/before/capi-heap.c": Self.good, "s/before/scenarios.py": scenarios,
      "s/half/capi.c": "#include \"conform_capi.h\"\n#if CONFORM_STATIC_TYPES\n#error static\n#endif\n" + Self.good,
      "s/half/scenarios.py": scenarios,
    ])
    #expect(try await project.run("run", "s/before").exitCode == 0)
    try project.write("s/before/capi-heap.c", "int x = y;\n")
    #expect(try await project.run("run", "s/before", "s/half").exitCode == 1)
    let cells = try project.cells()
    for cell in ["s/before/fails@capi-heap@cpython-3.11", "s/half/fails@capi-static@cpython-3.11"] {
      #expect(cells[cell]?.outcome == .notBuilt)
      #expect(cells[cell]?.verdict == .new)
    }
    #expect(cells["s/half/fails@capi-heap@cpython-3.11"]?.verdict == .conforming)
    #expect(try project.summary().broken.isEmpty)
  }

  @Test("what is not built as its ledger says is known, not broken")
  func knownUnbuiltCases() async throws {
    let project = try Self.project([
      "s/known/capi-heap.c": "int x = y;\n",
      "s/known/scenarios.py": Sources.scenarios([("fails", "expect('fine', ext.fine(), None, source='document')")]),
      "s/ledger.toml": """
      [[cause]]
      name = "never-built"
      reason = "there is no y"
      link = "https://example.org/y"
      upstream = "not reported"
      lanes = ["capi-heap"]
      runtimes = [{ implementation = "cpython", version = ">=3.8" }]

      [[cause.place]]
      scenario = "known/fails"
      facet = "outcome"
      observed = "not built"
      """,
    ])
    let run = try await project.run("run")
    #expect(run.exitCode == 0, "\(run.output)")
    #expect(try project.results()["fails@capi-heap"]?.verdict == .known)
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
      (["run", "--lane", "none"], 64, "unknown lane `none`; known lanes: capi-heap, abi3, abi3t, capi-static, "),
      (["run", "--lane", "universl"], 64, "unknown lane `universl`; perhaps `universal`; known lanes: capi-heap, "),
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
