import Documents
import Foundation
import Model
import Testing

/// What follows a run that found something: look at it, run it again.
@Suite("Looking closer at what a run found")
struct LookingCloserTests {
  private static let scenarios = """
    from hpy_conform import *


    @scenario
    def fine(ext):
        \"\"\"A rule.\"\"\"
        record("one", 1)


    @scenario
    def wrong(ext):
        \"\"\"A rule.\"\"\"
        for name in ("two", "three"):
            expect(name + " is", ext.two(), 2, source="a document")


    @scenario
    def dies(ext):
        \"\"\"A rule.\"\"\"
        record("before", 1)
        attempt(ext.crash)
    """

  /// A case whose two values are what is given, and whose crash is one unless it is mended.
  private static func project(two: Int = 3, crash: String = "    abort();") throws -> Project {
    try Project([
      "s/one/capi-heap.c": Sources.capi(["two": "    return PyLong_FromLong(\(two));", "crash": crash]),
      "s/one/scenarios.py": scenarios,
    ])
  }

  private static func cell(_ name: String) -> String { "s/one/\(name)@capi-heap@cpython-3.11" }

  @Test(
    "each finding says what was expected and what came, and where the scenario file says so; frames of the harness are folded"
  )
  func places() async throws {
    let project = try Self.project()
    #expect(try await project.run("run").exitCode == 1)
    let document = try project.shown(Self.cell("wrong"))
    #expect(document.findings.map(\.label) == ["two is", "three is"])
    for finding in document.findings {
      let place = finding.place.map { "\($0.file):\($0.line): \($0.text)" }
      #expect(place == #"s/one/scenarios.py:14: expect(name + " is", ext.two(), 2, source="a document")"#)
    }
    let shown = try await project.run("show", Self.cell("wrong"))
    #expect(shown.output.contains("two is, value: expected 2, got 3\n    s/one/scenarios.py:14: expect(name"))
    // A crash stands at the line that the traceback names.
    let crash = try project.shown(Self.cell("dies"))
    #expect(crash.findings.map(\.place?.line) == [21])
    let text = try await project.run("show", Self.cell("dies")).output
    #expect(text.contains("expected completed, got crashed SIGABRT\n    s/one/scenarios.py:21: attempt(ext.crash)"))
    #expect(text.contains("of the harness)") && !text.contains("conform_cell.py"))
    #expect(try project.attempts(project.results()["dies@capi-heap"]!)[0][.traceback].contains("conform_cell.py"))
  }

  @Test("the line is that of the file as the run used it")
  func oldRuns() async throws {
    let project = try Self.project()
    try await project.run("run")
    let first = try project.latest().run.uuid
    try project.write(
      "s/one/scenarios.py", Self.scenarios.replacing("@scenario\ndef fine", with: "\n\n@scenario\ndef fine"))
    try await project.run("run")
    let (old, new) = (
      try await project.run("show", Self.cell("wrong"), "--run", first),
      try await project.run("show", Self.cell("wrong"))
    )
    #expect(old.output.contains("scenarios.py:14:") && new.output.contains("scenarios.py:16:"))
  }

  @Test("a cell is shown from the newest run that has it, however few cells the latest has")
  func newest() async throws {
    let project = try Self.project()
    try await project.run("run")
    let (run, _) = try project.latest()
    try await project.run("run", "s/one/fine")
    for name in [Self.cell("wrong"), "s/one/wrong"] {
      let shown = try await project.run("show", name)
      #expect(shown.exitCode == 0 && shown.output.contains("run \(run.uuid.prefix(8)) of "), "\(shown.errors)")
    }
    #expect(
      try await project.run("show", Self.cell("fine")).output.contains("run \(try project.latest().run.uuid.prefix(8))")
    )
    let missing = try await project.run("show", Self.cell("wrong"), "--run", "latest")
    #expect(missing.exitCode == 64)
    let none = try await project.run("show", "s/one/none@capi-heap@cpython-3.11")
    #expect(none.exitCode == 64)
    #expect(
      none.errors
        == "hpy-conform: no run has a cell `s/one/none@capi-heap@cpython-3.11`; `hpy-conform show` "
        + "lists the cells of the latest run\n")
  }

  @Test("show --new shows each new finding once, with its line, its frames and the command that shows more")
  func new() async throws {
    let project = try Self.project()
    try await project.run("run")
    let all = try await project.run("show", "--new")
    #expect(all.exitCode == 0, "\(all.errors)")
    #expect(all.output.contains("3 new findings in 2 cells of run "))
    #expect(all.output.contains("hpy-conform show \(Self.cell("dies")) --run"))
    #expect(all.output.contains("scenarios.py\", line 21 in dies"))
    // Of one, there is all.
    let one = try await project.run("show", "--new", "s/one/wrong")
    #expect(one.output == Printed.text(try project.shown(Self.cell("wrong"))))
    let none = try await project.run("show", "--new", "s/one/fine")
    #expect(none.exitCode == 0 && none.output.hasPrefix("nothing is new in run "))
    #expect(try await project.run("show", "--new", "nowhere").exitCode == 64)
  }

  @Test("run --failed runs what failed in the newest finished run, and nothing when nothing did")
  func failed() async throws {
    let project = try Self.project()
    #expect(try await project.run("run", "--failed").exitCode == 64)
    try await project.run("run")
    let uuid = try project.latest().run.uuid
    let again = try await project.run("run", "--failed")
    #expect(again.exitCode == 1)
    #expect(again.errors.hasPrefix("2 cells failed in run \(uuid.prefix(8)) of "))
    #expect(Set(try project.cells().keys) == [Self.cell("wrong"), Self.cell("dies")])
    #expect(try project.latest().run.scope == "--failed")
    // Only of what is asked for.
    try await project.run("run", "--failed", "s/one/dies")
    #expect(Set(try project.cells().keys) == [Self.cell("dies")])
    try await project.run("run", "--failed", "-r", "cpython-3.11", "-l", "capi-heap", "s/one/wrong")
    #expect(Set(try project.cells().keys) == [Self.cell("wrong")])
    #expect(try await project.run("run", "--failed", "--resume").exitCode == 64)
    let count = try project.latest().store.runs().count
    try project.write("s/one/capi-heap.c", Sources.capi(["two": "    return PyLong_FromLong(2);", "crash": ""]))
    #expect(try await project.run("run").exitCode == 0)
    let nothing = try await project.run("run", "--failed")
    #expect(nothing.exitCode == 0 && nothing.output.hasPrefix("nothing failed in run "), "\(nothing.errors)")
    #expect(try project.latest().store.runs().count == count + 1)
  }

  @Test("run --failed also runs what failed in a case that the newest run left out")
  func failedBefore() async throws {
    let project = try Self.project()
    try project.write("s/two/case.toml", "nightly = true\n")
    try project.write("s/two/capi-heap.c", Sources.capi(["two": "    return PyLong_FromLong(3);"]))
    try project.write("s/two/scenarios.py", Sources.scenarios([("wrong", "expect('two', ext.two(), 2, source='x')")]))
    try await project.run("run", "s/two")
    try project.write("s/one/capi-heap.c", Sources.capi(["two": "    return PyLong_FromLong(2);", "crash": ""]))
    #expect(try await project.run("run").exitCode == 0)
    let again = try await project.run("run", "--failed")
    #expect(again.exitCode == 1 && again.errors.hasPrefix("1 cell failed in run "), "\(again.errors)")
    #expect(Set(try project.cells().keys) == ["s/two/wrong@capi-heap@cpython-3.11"])
    // A whole run has tried all there is.
    try project.write("s/two/capi-heap.c", Sources.capi(["two": "    return PyLong_FromLong(2);"]))
    #expect(try await project.run("run", "--thorough").exitCode == 0)
    #expect(try await project.run("run", "--failed").output.hasPrefix("nothing failed in run "))
  }

  @Test("run --failed brings what a cell is compared with")
  func references() async throws {
    let project = try Project([
      "s/one/capi.c": Sources.capi(["which": "    return PyLong_FromLong(CONFORM_STATIC_TYPES);"]),
      "s/one/scenarios.py": Sources.scenarios([("tells", "record('which', ext.which())"), ("fine", "record('x', 1)")]),
    ])
    #expect(try await project.run("run").exitCode == 1)
    let before = try project.cells().mapValues(\.verdict).filter { $0.key.contains("tells") }
    let again = try await project.run("run", "--failed")
    #expect(again.exitCode == 1, "\(again.errors)")
    #expect(try project.cells().mapValues(\.verdict) == before)
    #expect(before.count == 2 && Set(before.values) == [.conforming, .new])
  }

  @Test("--runtime NAME=PATH: results are kept by that name, also when the run goes on elsewhere")
  func named() async throws {
    let project = try Self.project(two: 2, crash: "")
    let run = try await project.run("run", "-r", "changed=\(Project.cpython)")
    #expect(run.exitCode == 0, "\(run.errors)")
    #expect(Set(try project.cells().keys).contains("s/one/fine@capi-heap@changed"))
    #expect(try project.latest().run.options?.contains("changed=\(Project.cpython)") == true)
  }

  /// One of the folders in which a debugger may be.
  static let hasGDB = ["/usr/bin/gdb", "/usr/local/bin/gdb"].contains(where: FileManager.default.isExecutableFile)

  private static let hanging = Sources.capi(["hang": "    for (;;) pause();", "crash": "    abort();"])

  private static func hangingProject() throws -> Project {
    try Project([
      "s/one/capi-heap.c": hanging,
      "s/one/scenarios.py": Sources.scenarios([("hangs", "ext.hang()"), ("dies", "ext.crash()")]),
    ])
  }

  private static func entry(_ scenario: String, _ observed: String) -> String {
    """
    [[cause]]
    name = "none"
    reason = "it is so"
    link = "findings/none.md"
    upstream = "not reported"
    lanes = ["capi-heap"]
    runtimes = [{ implementation = "cpython", version = ">=3" }]

    [[cause.place]]
    scenario = "one/\(scenario)"
    facet = "outcome"
    observed = "\(observed)"
    """
  }

  @Test("a new hang takes a cell's time twice, a known one once; its traceback says that it was killed")
  func hangs() async throws {
    let project = try Self.hangingProject()
    #expect(try await project.run("run", "s/one/hangs", "--timeout", "2").exitCode == 1)
    let new = try project.attempts(project.results()["hangs@capi-heap"]!)
    #expect(new.map(\.answer.outcome) == [.timedOut, .timedOut])
    #expect(new.map(\.circumstances) == [.warm, .fresh])
    for attempt in new {
      #expect(attempt[.traceback].contains("killed by hpy-conform at the time limit"), "\(attempt[.traceback])")
      #expect(!attempt[.traceback].contains("Aborted"))
    }
    try project.write("s/ledger.toml", Self.entry("hangs", "timed out"))
    #expect(try await project.run("run", "s/one/hangs", "--timeout", "2").exitCode == 0)
    #expect(try project.attempts(project.results()["hangs@capi-heap"]!).map(\.circumstances) == [.warm])
  }

  @Test(
    "where a debugger is installed, a new crash or hang has its C frames, and a known one none", .enabled(if: hasGDB)
  )
  func backtraces() async throws {
    let project = try Self.hangingProject()
    try await project.run("run", "--timeout", "2")
    for (name, frame) in [("dies@capi-heap", "in crash "), ("hangs@capi-heap", "in hang ")] {
      let text = try project.attempts(project.results()[name]!)[0][.backtrace]
      let own = text.split(separator: "\n").filter { $0.contains(frame) }
      #expect(own.count == 1 && own.allSatisfy { $0.contains(#/ at \S*capi-heap.c:\d+$/#) }, "\(text)")
    }
    let shown = try await project.run("show", Self.cell("dies")).output
    #expect(shown.contains("C frames\n") && shown.contains("without a line)"), "\(shown)")
    #expect(try await project.run("show", "--new").output.contains("capi-heap.c:"))
    // Of cells that end alike, one is looked at; the others show what it has.
    let source = try String(contentsOf: project.root.appending(path: "Suites/s/one/capi-heap.c"), encoding: .utf8)
    try project.write("s/one/capi-static.c", source)
    try await project.run("run", "s/one/dies")
    let cells = try ["capi-heap", "capi-static"].map { try project.shown("s/one/dies@\($0)@cpython-3.11") }
    #expect(cells.map { $0.attempts[0][.backtrace].isEmpty }.sorted { !$0 && $1 } == [false, true])
    #expect(cells.compactMap(\.borrowed).count == 1)
    for cell in cells { #expect(try await project.run("show", cell.cell).output.contains("in crash ")) }
    try await project.run("run", "s/one/dies@capi-heap", "--no-debugger")
    #expect(try project.attempts(project.results()["dies@capi-heap"]!).allSatisfy { $0[.backtrace].isEmpty })
    try project.write("s/ledger.toml", Self.entry("dies", "crashed SIGABRT"))
    try await project.run("run", "s/one/dies@capi-heap")
    #expect(try project.attempts(project.results()["dies@capi-heap"]!).allSatisfy { $0[.backtrace].isEmpty })
  }
}
