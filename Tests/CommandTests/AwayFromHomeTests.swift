import Foundation
import Model
import Platform
import Storing
import Testing

/// `run --lane universal:RUNTIME`: a runtime loads the binaries that are built for another one, and every command
/// takes the names of these cells.
@Suite("Binaries away from home, on the command line")
struct AwayFromHomeTests {
  private static let files = [
    // Says with whose header it was built.
    "s/one/hpy.c": """
    #include "hpy.h"
    HPyDef_METH(where, "where", HPyFunc_NOARGS)
    static HPy where_impl(HPyContext *ctx, HPy self)
    {
    #ifdef CONFORM_ELSEWHERE
        return HPyLong_FromLong(ctx, CONFORM_ELSEWHERE);
    #else
        return HPyLong_FromLong(ctx, 1);
    #endif
    }
    static HPyDef *defines[] = {&where, NULL};
    static HPyModuleDef module = {.defines = defines};
    HPy_MODINIT(ext, module)
    """,
    "s/one/scenarios.py": Sources.scenarios([("tells", "record('where', ext.where())")]),
  ]

  /// Beside CPython the same environment under another path, which is another runtime.
  private static func linked() throws -> Project {
    let project = try Project(files, runtimes: ["cpython-3.11": Project.cpython, "other": "other/bin/python"])
    try project.linkCPython(as: "other")
    return project
  }

  /// Beside CPython a copy of it, whose HPy says so.
  private static func changed() throws -> Project {
    let project = try Project(files, runtimes: ["cpython-3.11": Project.cpython, "other": "other/bin/python"])
    try project.copyCPython(to: "other")
    try project.changeHPy(of: "other", header) { $0 + "\n#define CONFORM_ELSEWHERE 2\n" }
    return project
  }

  private static let header = "devel/include/hpy.h"

  private static let away = "s/one/tells@universal:cpython-3.11@other"
  private static let home = "s/one/tells@universal@cpython-3.11"
  private static let own = "s/one/tells@universal@other"

  @Test("the other runtime loads them under a name that says whose they are; at home they are the runtime's own")
  func names() async throws {
    let project = try Self.linked()
    let alone = try await project.run("run", "-l", "universal:cpython-3.11")
    #expect(alone.exitCode == 0, "\(alone.output)\(alone.errors)")
    // The runtime's own is the nearest that they can be compared with.
    #expect(Set(try project.cells().keys) == [Self.home, Self.own, Self.away])
    let both = try await project.run("run", "-l", "universal:cpython-3.11", "-l", "universal")
    #expect(both.exitCode == 0, "\(both.output)\(both.errors)")
    let cells = try project.cells()
    #expect(Set(cells.keys) == [Self.home, Self.own, Self.away])
    #expect(cells.values.allSatisfy { $0.verdict == .conforming && $0.outcome == .completed })
    #expect(cells[Self.away]?.cell.load == LoadID(.universal, home: "cpython-3.11", runtime: "other"))
    #expect(try project.summary().run.runtimes.map(\.name) == ["cpython-3.11", "other"])
    // Said twice, they are meant once.
    let twice = try await project.run("run", "-l", "universal:cpython-3.11", "-l", "universal:cpython-3.11")
    #expect(twice.exitCode == 0, "\(twice.output)\(twice.errors)")
    #expect(try project.cells().count == 3)
    let debug = try await project.run("run", "-l", "universal+debug:other", "-r", "cpython-3.11", "-r", "other")
    #expect(debug.exitCode == 0, "\(debug.output)\(debug.errors)")
    let names =
      ["universal+debug:other@cpython-3.11", "universal+debug@cpython-3.11", "universal+debug@other"]
      .map { "s/one/tells@\($0)" }
    #expect(Set(try project.cells().keys) == Set(names))
  }

  @Test("a pattern that names them asks for them")
  func askedByPattern() async throws {
    let project = try Self.linked()
    let run = try await project.run("run", Self.away)
    #expect(run.exitCode == 0, "\(run.output)\(run.errors)")
    #expect(Set(try project.cells().keys) == [Self.away])
  }

  @Test("the binary is the other one's: it answers as it was built there, is compared, and judged by the ledger")
  func contents() async throws {
    let project = try Self.changed()
    let run = try await project.run("run", "-l", "universal", "-l", "universal:other")
    #expect(run.exitCode == 1, "\(run.output)\(run.errors)")
    let away = "s/one/tells@universal:other@cpython-3.11"
    let cells = try project.cells()
    #expect(Set(cells.keys) == [away, Self.home, Self.own])
    let values = try cells.mapValues { try project.attempts($0).map { $0.answer["where"]?.value } }
    #expect(values[Self.home]?.first == "1")
    #expect(values[away] == ["2", "2", "2"])
    #expect(cells[away]?.verdict == .new)
    let document = try project.shown(away)
    #expect(document.reference == "universal@cpython-3.11")
    #expect(document.findings.map(\.reference) == ["universal@cpython-3.11"])
    #expect(document.steps.contains { $0.command.joined(separator: " ").contains("/other/lib/python3.11/") })

    try project.write(
      "s/ledger.toml",
      """
      [[cause]]
      name = "elsewhere"
      reason = "r"
      link = "l"
      lanes = ["universal"]
      runtimes = [{ implementation = "cpython", version = ">=3.11" }]
      [[cause.place]]
      scenario = "one/tells"
      label = "where"
      facet = "value"
      observed = "2"
      """)
    let judged = try await project.run("judge", "latest")
    // An entry speaks of a lane on a runtime, wherever the binary was built.
    let lines = ["\(Self.home)  conforming → fixed", "\(away)  new → known", "\(Self.own)  new → known"]
    #expect(judged.output.split(separator: "\n").prefix(3).map(String.init) == lines)
    #expect(judged.exitCode == 1)
    #expect(try project.cells().mapValues(\.verdict) == [Self.home: .fixed, away: .known, Self.own: .known])
  }

  @Test("show takes such a name, and a pattern for it; so do the patterns of a run")
  func patterns() async throws {
    let project = try Self.linked()
    try await project.run("run", "-l", "universal:cpython-3.11", "-l", "universal", "-l", "universal+debug")
    let shown = try await project.run("show", Self.away)
    #expect(shown.exitCode == 0, "\(shown.errors)")
    #expect(shown.output == Printed.text(try project.shown(Self.away)))
    #expect(try project.shown(Self.away).cell == Self.away)
    // A binary at home goes by its lane alone as well.
    let spelled = try await project.run("show", "s/one/tells@universal:cpython-3.11@cpython-3.11")
    #expect(spelled.output == Printed.text(try project.shown(Self.home)))
    for (pattern, cells) in [
      ("s/one@universal:cpython-3.11", [Self.home, Self.away]), ("s/*/tells@universal:*@other", [Self.own, Self.away]),
      ("s/one@universal", [Self.home, Self.own]),
    ] {
      let listed = try await project.run("show", pattern)
      let lines = listed.output.split(separator: "\n").map(String.init)
      #expect(Set(lines) == Set(cells.map { "\($0)  completed, conforming" }), "\(pattern)")
    }
    let run = try await project.run(
      "run", "s/one@universal:cpython-3.11@other", "-l", "universal", "-l", "universal:cpython-3.11")
    #expect(run.exitCode == 0, "\(run.output)\(run.errors)")
    #expect(Set(try project.cells().keys) == [Self.away])
    let unknown = try await project.run("show", "s/one/tells@universal:nobody@other")
    #expect(unknown.exitCode == 64)
    #expect(
      unknown.errors == "hpy-conform: no run has a cell `s/one/tells@universal:nobody@other`; "
        + "`hpy-conform show` lists the cells of the latest run\n")
  }

  @Test("--reuse takes them over, and runs them again where their home's headers make another binary")
  func reuse() async throws {
    let project = try Self.changed()
    func run() async throws -> Set<String> {
      let result = try await project.run("run", "--reuse", "-l", "universal", "-l", "universal:other")
      #expect(result.exitCode == 1, "\(result.output)\(result.errors)")
      return Set(try project.cells().values.filter { $0.reusedFrom == nil }.map(\.cell.description))
    }
    let away = "s/one/tells@universal:other@cpython-3.11"
    #expect(try await run() == [Self.home, away, Self.own])
    let first = try project.latest().run.uuid
    #expect(try await run() == [])
    #expect(Set(try project.cells().values.map(\.reusedFrom)) == [first])
    #expect(try project.cells()[away]?.attempts == 3)
    #expect(try project.cells()[away]?.verdict == .new)
    try project.changeHPy(of: "other", Self.header) { $0.replacing("ELSEWHERE 2", with: "ELSEWHERE 3") }
    #expect(try await run() == [away, Self.own])
    #expect(try project.attempts(try #require(try project.cells()[away])).first?.answer["where"]?.value == "3")
    // Another HPy is the same binary where the bytes are the same.
    try project.changeHPy(of: "other", Self.header) { $0 + "\n#define CONFORM_NOTHING\n" }
    #expect(try await run() == [Self.own])
  }

  @Test(
    "a home that is no runtime of the run is refused with the way out, and nothing is built",
    arguments: [
      (
        ["-l", "universal:nowhere"],
        "`universal:nowhere` is built for `nowhere`, which is not a runtime of this run; "
          + "the runtimes are cpython-3.11, other; --runtime adds others"
      ),
      (
        ["-l", "universal+debug:cpython-3.11", "-r", "other"],
        "`universal+debug:cpython-3.11` is built for `cpython-3.11`, which is not a runtime of this run; "
          + "the runtimes are other; --runtime adds others"
      ),
      (
        ["-l", "universal:othr"],
        "`universal:othr` is built for `othr`, which is not a runtime of this run; perhaps `other`; "
          + "the runtimes are cpython-3.11, other; --runtime adds others"
      ),
      (
        ["-l", "capi-heap:other"],
        "binaries for the lane capi-heap can be loaded only by the runtime that they are built for; "
          + "write capi-heap instead of `capi-heap:other`"
      ),
      (["-l", "universal:"], "`universal:` does not name a runtime; write universal:RUNTIME, or universal alone"),
      (
        ["-l", "universl:other"],
        "unknown lane `universl`; perhaps `universal`; known lanes: "
          + Lane.all.map(\.description).joined(separator: ", ")
      ),
    ])
  func refused(arguments: [String], message: String) async throws {
    let project = try Self.linked()
    for command in [["run"], ["run", "--dry-run"], ["list"]] {
      let run = try await project.run(command + arguments)
      #expect(run.exitCode == 64)
      #expect(run.errors == "hpy-conform: \(message)\n")
      #expect(run.output.isEmpty)
    }
    #expect(!FileManager.default.fileExists(atPath: project.database))
  }
}
