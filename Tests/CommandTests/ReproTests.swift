import Foundation
import Model
import Platform
import Testing

/// A folder that shows a cell's difference is called where nothing of this program is.
@Suite("repro")
struct ReproTests {
  private static let hpy = """
    #include "hpy.h"
    #include "conform.h"
    #include "shared.h"
    #include <stdlib.h>
    HPyDef_METH(two, "two", HPyFunc_NOARGS)
    static HPy two_impl(HPyContext *ctx, HPy self) { return HPyLong_FromLong(ctx, TWO); }
    HPyDef_METH(fail, "fail", HPyFunc_NOARGS)
    static HPy fail_impl(HPyContext *ctx, HPy self)
    {
        conform_event("fail", 1);
        return HPyErr_SetString(ctx, ctx->h_ValueError, "no");
    }
    HPyDef_METH(die, "die", HPyFunc_NOARGS)
    static HPy die_impl(HPyContext *ctx, HPy self)
    {
        abort();
    }
    static HPyDef *defines[] = {&two, &fail, &die, NULL};
    static HPyModuleDef def = {.defines = defines};
    HPy_MODINIT(ext, def)
    """

  private static let capi = Sources.capi(
    [
      "two": "    return PyLong_FromLong(TWO - 1);", "die": "    abort();",
      "fail": "    conform_event(\"fail\", 1);\n    PyErr_SetString(PyExc_ValueError, \"no\");\n    return NULL;",
    ], includes: "#include \"conform.h\"\n#include \"shared.h\"")

  private static func project() throws -> Project {
    try Project([
      "s/one/hpy.c": hpy, "s/one/capi-heap.c": capi, "s/one/shared.h": "#define TWO 3\n",
      "s/one/scenarios.py": Sources.scenarios([
        ("wrong", "expect('two', ext.two(), 2, source='a document')"), ("raises", "ext.fail()"),
        ("dies", "record('before', 1)\n    ext.die()"),
        ("differs", "record('two', ext.two())\n    attempt(ext.fail)\n    record('events', events(ext))"),
      ]),
    ])
  }

  private static let lanes = ["capi-heap", "cpython", "universal"]

  /// Makes the folder for a cell, and calls its script from elsewhere.
  private static func reproduced(_ project: Project, _ scenario: String, _ lane: String, _ options: String...)
    async throws
    -> Tool.Result
  {
    let folder = project.root.appending(path: "away from home/\(scenario)-\(lane)-\(options.count)").path
    let made = try await project.run("repro", "s/one/\(scenario)@\(lane)@cpython-3.11", "--output", folder)
    try #require(made.exitCode == 0, "\(made.errors)")
    let script = try String(contentsOfFile: "\(folder)/repro.sh", encoding: .utf8)
    for place in ["/support/", "object.o", "/Suites/"] { #expect(!script.contains(place), "\(place)") }
    return try await Tool.run("\(folder)/repro.sh", options, directory: "/", limit: 60)
  }

  @Test("a wrong value, an exception and a crash show in each lane, with what the scenario says of them")
  func shows() async throws {
    let project = try Self.project()
    #expect(try await project.run("run").exitCode == 1)
    for lane in Self.lanes {
      let wrong = try await Self.reproduced(project, "wrong", lane)
      let value = lane == "capi-heap" ? 2 : 3
      #expect(wrong.output.contains("two: \(value)\n"), "\(wrong.output)\(wrong.errors)")
      #expect(wrong.output.contains("FAILED: expected 2, got 3\n") == (value == 3))
      #expect(wrong.exitCode == (value == 3 ? 1 : 0), "\(lane)")
      let raises = try await Self.reproduced(project, "raises", lane)
      #expect(raises.exitCode == 1 && raises.output.contains("ended: raised ValueError: no\n"), "\(raises.output)")
      #expect(raises.errors.contains("scenarios.py\", line 12, in raises"), "\(raises.errors)")
      let dies = try await Self.reproduced(project, "dies", lane)
      #expect(
        dies.exitCode == 1 && dies.output.contains("before: 1\nended: killed by signal 6 (ABRT)\n"), "\(dies.output)")
    }
  }

  @Test("the cell that it is compared with is run, too, and the difference shown")
  func compares() async throws {
    let project = try Self.project()
    try await project.run("run")
    let result = try await Self.reproduced(project, "differs", "cpython")
    #expect(result.exitCode == 1)
    #expect(
      result.output.contains("== capi-heap@cpython-3.11, the reference\ntwo: 2\nevents: [('fail', 1)]"))
    #expect(result.output.contains("--- capi-heap@cpython-3.11\n+++ cpython@cpython-3.11\n"))
    #expect(result.output.contains("\n-two: 2\n+two: 3\n"), "\(result.output)")
  }

  private static let hasGDB = ["/usr/bin/gdb", "/usr/local/bin/gdb"].contains(
    where: FileManager.default.isExecutableFile)

  @Test("--gdb stops at the line of C at which the process dies", .enabled(if: hasGDB))
  func gdb() async throws {
    let project = try Self.project()
    try await project.run("run", "s/one/dies")
    for (lane, line) in [("capi-heap", "capi-heap.c:"), ("cpython", "hpy.c:16"), ("universal", "hpy.c:16")] {
      let result = try await Self.reproduced(project, "dies", lane, "--gdb")
      #expect(result.output.contains("die"), "\(result.output)\(result.errors)")
      #expect(result.output.contains(line), "\(result.output)\(result.errors)")
    }
  }

  @Test("what is there is left alone, and what was not tried is told")
  func refusals() async throws {
    let project = try Self.project()
    try await project.run("run", "s/one/dies@universal*")
    let cell = "s/one/dies@universal@cpython-3.11"
    let made = try await project.run("repro", cell)
    #expect(made.exitCode == 0 && made.output.hasPrefix("made repro-dies-universal-cpython-3.11\n"), "\(made.errors)")
    let again = try await project.run("repro", cell)
    #expect(again.exitCode == 64)
    #expect(again.errors.contains("already exists; remove it, or name another folder with --output"))
    let none = try await project.run("repro", "s/one/dies@capi-heap@cpython-3.11")
    #expect(none.exitCode == 64 && none.errors.contains("no run has a cell `s/one/dies@capi-heap@cpython-3.11`"))
    #expect(try await project.run("repro", "s/one").exitCode == 64)
  }
}
