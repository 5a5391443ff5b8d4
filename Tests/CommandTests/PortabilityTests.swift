import Documents
import Foundation
import Model
import Platform
import Rendering
import Storing
import Testing

/// The view from the command line, with real compiles. Where there is no PyPy, a copy of CPython's environment whose
/// header has one member more stands in for a runtime with another layout.
@Suite("The portability view, the whole way through")
struct PortabilityCommandTests {
  /// `early` uses what stands in front of the additional member, `late` what stands behind it.
  static let files = [
    "s/one/hpy.c": """
    #include "hpy.h"
    HPyDef_METH(early, "early", HPyFunc_NOARGS)
    static HPy early_impl(HPyContext *ctx, HPy self) { return HPyLong_FromLong(ctx, 7); }
    HPyDef_METH(late, "late", HPyFunc_O)
    static HPy late_impl(HPyContext *ctx, HPy self, HPy object) { return HPyDict_Copy(ctx, object); }
    static HPyDef *defines[] = {&early, &late, NULL};
    static HPyModuleDef module = {.defines = defines};
    HPy_MODINIT(ext, module)
    """,
    "s/one/scenarios.py": Sources.scenarios([
      ("early", "expect('number', ext.early(), 7, source='document')"),
      ("late", "expect('copy', ext.late({1: 2}), {1: 2}, source='document')"),
    ]),
    "s/capi-only/capi-heap.c": Sources.capi(["fine": ""]),
    "s/capi-only/scenarios.py": Sources.scenarios([("fine", "record('x', ext.fine())")]),
  ]

  /// CPython's environment, copied, with a member more in the middle of the context.
  static func shifted(in project: Project) throws -> String {
    let python = try project.copyCPython(to: "shifted")
    try project.changeHPy(of: "shifted", "devel/include/hpy/universal/autogen_ctx.h") {
      $0.replacing("HPy h_Builtins;", with: "HPy h_Builtins; HPy h_Another;")
    }
    return python
  }

  /// The document of a view, from its JSON.
  private static func report(_ result: Tool.Result) throws -> PortabilityDocument { try Printed.document(result) }

  @Test("binaries of another layout misbehave where they use what is shifted; others are refused as promised")
  func layouts() async throws {
    let project = try Project(Self.files)
    let arguments = ["-r", Project.cpython, "-r", try Self.shifted(in: project)]
    let run = try await project.run(["portability", "--format", "json"] + arguments)
    #expect(run.exitCode == 1, "\(run.errors)")
    let report = try Self.report(run)
    let names = report.pairs.filter(\.isReference).map(\.runtime)
    try #require(names.count == 2)
    let (stock, shifted) = (names[0], names[1])
    #expect(report.state == .finished)
    #expect(report.planned == 12 * 2 * 2)
    #expect(report.tried == report.planned)
    let own = try #require(report["hybrid:\(stock)", stock])
    #expect((own.behaves, own.broken) == (2, 0))
    #expect(report.binaries.first { $0.name == "universal:\(stock)" }?.title == "universal, HPy 0.9.0")

    let travelled = try #require(report["universal:\(shifted)", stock])
    #expect((travelled.behaves, travelled.misbehaves, travelled.broken) == (1, 1, 1))
    let group = try #require(report.groups.first { $0.binary == "universal:\(shifted)" && $0.runtime == stock })
    #expect(group.scenarios.map(\.name) == ["s/one/late"])
    #expect(group.demand == "behave" && group.isKept == false)
    #expect(group.source == PortabilityPromise.universal.source)
    for kind in ["tag-hpy1", "no-tag", "abi-1.0", "abi-0.1"] {
      for (binary, runtime) in [(stock, stock), (stock, shifted), (shifted, stock)] {
        let pair = try #require(report["\(kind):\(binary)", runtime])
        #expect((pair.refused, pair.broken) == (2, 0), "\(pair)")
      }
    }

    // What goes wrong was tried again in a fresh process, its reference too.
    let store = try Store(path: project.database)
    let view = try store.run(named: "latest", .portability)
    let bad = try store.remarkableCells(of: view).filter { $0.judgement.behaviour == .misbehaves }
    #expect(!bad.isEmpty)
    for one in bad { #expect(one.attempts.map(\.circumstances).prefix(2) == [.warm, .fresh], "\(one)") }
    let reference = CellID(scenario: bad[0].cell.scenario, lane: .universal, runtime: bad[0].cell.runtime)
    #expect(try store.attempts(of: reference, in: view).map(\.circumstances).prefix(2) == [.warm, .fresh])
    // A refusal that is promised, once for a case.
    let refusals = try ["early", "late"].map { scenario in
      let load = LoadID(Lane(.nextMajor), home: shifted, runtime: stock)
      return try store.attempts(of: CellID(.init(suite: "s", testCase: "one", name: scenario), load), in: view)
    }
    #expect(refusals.map { $0.map(\.circumstances) }.sorted { $0.count < $1.count } == [[.warm], [.warm, .fresh]])

    // It is shown again from what is stored; each form is of the same document.
    let shown = try await project.run("portability", "--show", "latest", "--format", "json")
    #expect(shown.exitCode == 1)
    #expect(shown.output == run.output)
    let human = try await project.run("portability", "--show", String(view.uuid.prefix(8)))
    #expect(human.exitCode == 1)
    #expect(human.output == Printed.text(report))
    let markdown = try await project.run("portability", "--show", "latest", "--format", "markdown")
    #expect(markdown.output == MarkdownRenderer().text(of: report))
    #expect(try Store(path: project.database).runs(nil).count == 1)
  }

  @Test("where every pair does what is promised, the exit code says so; a pattern takes the own binaries along")
  func asPromised() async throws {
    let project = try Project(Self.files)
    try FileManager.default.createSymbolicLink(
      at: project.root.appending(path: "other"),
      withDestinationURL: URL(filePath: Project.cpython).deletingLastPathComponent().deletingLastPathComponent())
    let other = project.root.appending(path: "other/bin/python").path
    let run = try await project.run(
      "portability", "s/one/late@tag-hpy1:*", "-r", Project.cpython, "-r", other, "--format", "json")
    #expect(run.exitCode == 0, "\(run.output)\(run.errors)")
    let report = try Self.report(run)
    // The same HPy: one universal binary, at home on both.
    #expect(report.pairs.filter(\.isReference).map(\.behaves) == [1, 1])
    #expect(report.pairs.reduce(0) { $0 + $1.refused } == 2)
    #expect(report.tried == 4)
  }

  @Test("what differs from process to process in the runtime's own binary is nobody's fault, and is told")
  func unsteadyReference() async throws {
    var files = Self.files
    files["s/one/hpy.c"] = """
      #include "hpy.h"
      #include <unistd.h>
      HPyDef_METH(process, "process", HPyFunc_NOARGS)
      static HPy process_impl(HPyContext *ctx, HPy self) { return HPyLong_FromLong(ctx, getpid()); }
      static HPyDef *defines[] = {&process, NULL};
      static HPyModuleDef module = {.defines = defines};
      HPy_MODINIT(ext, module)
      """
    files["s/one/scenarios.py"] = Sources.scenarios([("wavers", "record('process', ext.process())")])
    let project = try Project(files)
    let run = try await project.run(
      "portability", "s/one@hybrid:*", "-r", Project.cpython, "-r", try Self.shifted(in: project), "--format", "json")
    #expect(run.exitCode == 0, "\(run.output)\(run.errors)")
    let report = try Self.report(run)
    #expect(report.groups.contains { $0.isUnsteady && $0.scenarios.map(\.name) == ["s/one/wavers"] })
    let store = try Store(path: project.database)
    let counts = try store.portabilityCounts(of: try store.run(named: "latest", .portability))
    #expect(!counts.isEmpty && counts.allSatisfy { $0.judgement.behaviour == .behaves })
    #expect(
      counts.allSatisfy { one in
        (one.load == LoadID(.universal, runtime: one.load.runtime)) == one.judgement.isUnsteady
      })
  }

  @Test("a case that the runtime's HPy can't build asks for more of the context: it is to be refused there")
  func lackingFunctions() async throws {
    var files = Self.files
    files["s/one/hpy.c"] = """
      #include "hpy.h"
      HPyDef_METH(early, "early", HPyFunc_NOARGS)
      static HPy early_impl(HPyContext *ctx, HPy self)
      {
          (void)sizeof(ctx->h_Another);
          return HPyLong_FromLong(ctx, 7);
      }
      HPyDef_METH(late, "late", HPyFunc_O)
      static HPy late_impl(HPyContext *ctx, HPy self, HPy object) { return HPy_Dup(ctx, object); }
      static HPyDef *defines[] = {&early, &late, NULL};
      static HPyModuleDef module = {.defines = defines};
      HPy_MODINIT(ext, module)
      """
    // `early` is compared with what it answers at home; `late`, which has no answer there either, with its promise.
    files["s/one/scenarios.py"] = Sources.scenarios([
      ("early", "expect('number', ext.early(), 7, source='document')"),
      ("late", "expect('copy', ext.late(1), 2, source='document')"),
    ])
    files["s/one/case.toml"] = """
      [[not-applicable]]
      lanes = ["universal"]
      scenarios = ["late"]
      reason = "this HPy lacks it"
      source = "document"
      """
    let project = try Project(files)
    let run = try await project.run(
      "portability", "s/one@universal:*", "-r", Project.cpython, "-r", try Self.shifted(in: project), "--format", "json"
    )
    #expect(run.exitCode == 1, "\(run.output)\(run.errors)")
    let store = try Store(path: project.database)
    let view = try store.run(named: "latest", .portability)
    let (stock, shifted) = (view.runtimes[0].name, view.runtimes[1].name)
    let broken = try Self.report(run).groups.filter { $0.isKept == false }
    #expect(broken.map(\.binary) == ["universal:\(shifted)"] && broken.map(\.runtime) == [stock])
    #expect(
      broken.map { [$0.label, $0.observed, $0.expected, $0.reference] } == [["copy", "1", "2", "document"]],
      "\(broken)")
    let counts = try store.portabilityCounts(of: view)
    func found(_ home: String, _ runtime: String) -> [String] {
      counts.filter { $0.load == LoadID(.universal, home: home, runtime: runtime) }.map {
        "\($0.scenarios) \($0.judgement.behaviour.rawValue), \($0.judgement.promise.rawValue)"
      }.sorted()
    }
    #expect(found(stock, stock) == ["2 not built, lacks functions"])
    #expect(found(shifted, stock) == ["1 behaves, lacks functions", "1 misbehaves, lacks functions"])
    // Where it can be built, an exclusion is an exclusion.
    #expect(found(shifted, shifted) == ["1 behaves, universal", "1 not tried, universal"])
  }

  @Test("PyPy 7.3.19 and hpy 0.9.0: what stands behind h_DictType is shifted, and what came later is beyond the end")
  func pypy() async throws {
    let isCI = ProcessInfo.processInfo.environment["CI"] == "true"
    try #require(Project.hasPyPy || !isCI, "CI without PyPy 7.3.19: make runtimes says why")
    guard Project.hasPyPy else { return }
    let project = try Project(runtimes: ["cpython-3.11": Project.cpython, "pypy-7.3.19": Project.pypy])
    let run = try await project.run(
      "portability", "context/added-functions", "context/late-functions", "--suites",
      Project.checkout.appending(path: "Suites").path, "--db", project.database,
      "-r", Project.cpython, "-r", Project.pypy, "--format", "json")
    #expect(run.exitCode == 1, "\(run.errors)")
    let report = try Self.report(run)
    let names = report.pairs.filter { $0.isReference && $0.binary.hasPrefix("universal:") }.map(\.runtime)
    try #require(names.count == 2)
    let (cpython, pypy) = (names[0], names[1])
    #expect((report["universal:\(pypy)", cpython]?.broken ?? 0) >= 12)
    #expect((report["universal:\(cpython)", pypy]?.broken ?? 0) >= 8)
    let lacking = report.groups.filter { $0.runtime == cpython && $0.demand == "be refused" && $0.isKept == false }
    #expect(lacking.contains { $0.observed.hasPrefix("crashed") && $0.scenarios.count >= 3 }, "\(lacking)")
    for kind in ["tag-hpy1", "no-tag", "abi-1.0", "abi-0.1"] {
      for name in names {
        #expect(report["\(kind):\(cpython)", name]?.broken == 0)
        #expect(report["\(kind):\(cpython)", name]?.refused == 11)
      }
    }
  }

  @Test(
    "what can't be used ends before anything runs",
    arguments: [
      (["portability"], 64, "expected at least two runtimes with an HPy, found cpython-3.11 (CPython 3.11"),
      (["portability", "-r", "cpython-3.11", "-r", "/usr/bin/python3"], 64, "has no hpy installed"),
      (["portability", "-r", "none"], 64, "unknown runtime `none`"),
      (["portability", "--jobs", "0"], 64, "expected 1 or more"),
      (["portability", "--format", "yaml"], 64, "yaml"),
      (["portability", "--show", "latest"], 64, "there is no database"),
      (["portability", "s/one", "--show", "latest"], 64, "--show shows a complete view"),
    ] as [([String], Int32, String)])
  func refused(arguments: [String], code: Int32, message: String) async throws {
    let project = try Project(Self.files)
    let run = try await project.run(arguments, limit: 60)
    #expect(run.exitCode == code, "\(run.errors)")
    #expect(run.errors.contains(message), "\(run.errors)")
    #expect(!FileManager.default.fileExists(atPath: project.database))
  }

  @Test("a pattern that means nothing is told with the names of the binaries; a view is told where there is none")
  func nothingMeant() async throws {
    let project = try Project(Self.files)
    let python = try Self.shifted(in: project)
    let run = try await project.run("portability", "s/two", "-r", Project.cpython, "-r", python)
    #expect(run.exitCode == 64)
    #expect(run.errors.contains("nothing matches `s/two`"), "\(run.errors)")
    #expect(run.errors.contains("hybrid:"), "\(run.errors)")
    try await project.run("run", "s/capi-only")
    let shown = try await project.run("portability", "--show", "latest")
    #expect(shown.exitCode == 64)
    #expect(shown.errors.contains("this database has no portability view"), "\(shown.errors)")
    let uuid = try Store(path: project.database).run(named: "latest").uuid
    let other = try await project.run("portability", "--show", uuid)
    #expect(other.exitCode == 64)
    #expect(other.errors.contains("no portability view is named `\(uuid)`"), "\(other.errors)")
  }
}

extension PortabilityDocument {
  fileprivate subscript(binary: String, runtime: String) -> Pair? {
    pairs.first { $0.binary == binary && $0.runtime == runtime }
  }
}
