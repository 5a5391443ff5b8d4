import Foundation
import Model
import Testing

/// What repeats of a scenario leave behind, from the command line.
@Suite("run --hunt-leaks")
struct LeakTests {
  private static let kept = "repeats: references to what outlives the scenario"

  private static let leaking = [
    "s/one/capi.c": Sources.capi(["keep": "    Py_INCREF(self);"]),
    "s/one/scenarios.py": Sources.scenarios([
      ("leaks", "record('answer', ext.keep())"), ("is_clean", "record('name', ext.__name__)"),
    ]),
  ]

  @Test("a leaked reference is new, at a label and facet of its own, in a lane that can be promised to release all")
  func found() async throws {
    let project = try Project(Self.leaking)
    let run = try await project.run("run")
    #expect(run.exitCode == 1, "\(run.output)\(run.errors)")
    let sections = try project.summary().sections
    #expect(sections.map(\.verdict) == [.new])
    #expect(sections.flatMap(\.findings).map(\.cells) == [["capi-heap@cpython-3.11"]])
    #expect(sections.flatMap(\.findings).map(\.finding.label) == [Self.kept])
    #expect(sections.flatMap(\.findings).map(\.finding.facet) == [Facet.leak.rawValue])
    let results = try project.results()
    #expect(results["leaks@capi-heap"]?.verdict == .new)
    #expect(results["is_clean@capi-heap"]?.verdict == .conforming)
    #expect(results["leaks@capi-static"]?.verdict == .conforming)
    let heap = try project.attempts(try #require(results["leaks@capi-heap"]))
    #expect(heap.count > 1)
    for attempt in heap {
      let growth = try #require(attempt.answer[Self.kept])
      #expect(growth.value == "1")
      #expect(growth.facet == .leak)
      #expect(attempt.answer["repeats: memory blocks"]?.value == "0")
    }
    let fixed = try project.attempts(try #require(results["leaks@capi-static"]))
    #expect(fixed.allSatisfy { $0.answer[Self.kept] == nil })
  }

  @Test("a new leak says which C allocated what stays, where it was allocated at all")
  func allocations() async throws {
    let made = """
      static PyObject *made(void)
      {
          return PyBytes_FromString("nobody releases these");
      }
      """
    let project = try Project([
      "s/one/capi-heap.c": Sources.capi(["keep": "    Py_INCREF(self);", "lose": "    (void)made();"], includes: made),
      "s/one/scenarios.py": Sources.scenarios([
        ("leaks", "record('answer', ext.keep())"), ("loses", "record('answer', ext.lose())"),
      ]),
    ])
    #expect(try await project.run("run").exitCode == 1)
    let results = try project.results()
    let loses = try #require(results["loses@capi-heap"])
    let text = try project.attempts(loses)[0][.allocations]
    let lines = text.split(separator: "\n")
    #expect(lines.first?.hasPrefix("each call leaves 1 block of ") == true, "\(text)")
    #expect(lines.contains { $0.contains("made at s/one/capi-heap.c:") }, "\(text)")
    #expect(lines.last?.contains("lose at s/one/capi-heap.c:") == true, "\(text)")
    #expect(try project.attempts(try #require(results["leaks@capi-heap"]))[0][.allocations].isEmpty)
    let shown = try await project.run("show", loses.cell.description)
    #expect(shown.output.contains("leaked by\n  each call leaves 1 block"), "\(shown.output)")
    // It is an aid of the run that a person waits for, and can be left out like the debugger's.
    #expect(try await project.run("run", "--no-debugger").exitCode == 1)
    #expect(try project.attempts(try #require(try project.results()["loses@capi-heap"]))[0][.allocations].isEmpty)
  }

  @Test("a handle that stays open says which C opened it")
  func handles() async throws {
    let source = """
      #include "hpy.h"
      #include "conform.h"
      HPyDef_METH(lose, "lose", HPyFunc_NOARGS)
      static HPy lose_impl(HPyContext *ctx, HPy self)
      {
          HPy lost = HPyUnicode_FromString(ctx, "nobody closes this");
          (void)lost;
          return HPy_Dup(ctx, ctx->h_None);
      }
      static HPyDef *defines[] = {&lose, NULL};
      static HPyModuleDef definition = {.doc = "", .defines = defines};
      HPy_MODINIT(ext, definition)
      """
    let project = try Project([
      "s/one/hpy.c": source,
      "s/one/scenarios.py": Sources.scenarios([("loses", "record('answer', ext.lose())")]),
    ])
    #expect(try await project.run("run", "--lane", "universal+debug").exitCode == 1)
    let result = try #require(try project.results()["loses@universal+debug"])
    let text = try project.attempts(result)[0][.allocations]
    #expect(text.hasPrefix("each call leaves a handle open, for 'nobody closes this', opened by\n"), "\(text)")
    #expect(text.contains("lose_impl at s/one/hpy.c:6"), "\(text)")
  }

  @Test("0:0 repeats nothing; other numbers are other cells for --reuse")
  func numbers() async throws {
    let project = try Project(Self.leaking)
    let none = try await project.run("run", "--hunt-leaks", "0:0")
    #expect(none.exitCode == 0, "\(none.output)\(none.errors)")
    let attempts = try project.attempts(try #require(try project.results()["leaks@capi-heap"]))
    #expect(attempts.allSatisfy { attempt in !attempt.answer.observations.contains { $0.facet == .leak } })
    let more = try await project.run("run", "--hunt-leaks", "1:5", "--reuse")
    #expect(more.exitCode == 1, "\(more.output)\(more.errors)")
  }

  @Test("what isn't N:M is bad input", arguments: ["3", "a:b", "1:-1", "1:2:3", ":", "1:100000"])
  func badInput(text: String) async throws {
    let run = try await Project(Self.leaking).run("run", "--hunt-leaks", text)
    #expect(run.exitCode == 64)
    #expect(run.errors.contains("--hunt-leaks"), "\(run.errors)")
  }
}
