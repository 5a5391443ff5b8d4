import Foundation
import Model
import Platform
import Storing
import Testing

/// The main job from the command line, with real compiles, on both runtimes.
@Suite("The command, the whole way through")
struct RunTests {
  @Test("a new case builds and passes in every lane; the second run compiles nothing")
  func newCase() async throws {
    var runtimes = ["cpython-3.11": Project.cpython]
    if Project.hasPyPy { runtimes["pypy-7.3.19"] = Project.pypy }
    let project = try Project(runtimes: runtimes)
    let made = try await project.run("new", "mine/first-case")
    #expect(made.exitCode == 0, "\(made.errors)")
    let first = try await project.run("run")
    #expect(first.exitCode == 0, "\(first.output)\(first.errors)")
    let store = try Store(path: project.database, .read)
    let results = try store.results(of: try store.run(named: "latest"))
    #expect(results.count == (Project.hasPyPy ? 20 : 10))
    #expect(results.allSatisfy { $0.verdict == .conforming || $0.outcome.kind == .notApplicable })
    #expect(results.count { $0.verdict == .conforming } == (Project.hasPyPy ? 18 : 10))
    try await project.run("run")
    #expect(try store.buildCounts(of: try store.run(named: "latest")).done == 0)
  }

  @Test("PyPy 7.3.19 takes the universal lane; where CI is true it has to be there")
  func pypy() async throws {
    let isCI = ProcessInfo.processInfo.environment["CI"] == "true"
    try #require(Project.hasPyPy || !isCI, "CI without PyPy 7.3.19: make runtimes says why")
    guard Project.hasPyPy else { return }
    let project = try Project(runtimes: ["cpython-3.11": Project.cpython, "pypy-7.3.19": Project.pypy])
    try await project.run("new", "mine/first-case")
    let run = try await project.run("run", "-r", "pypy-7.3.19", "-l", "universal", "-l", "universal+debug")
    #expect(run.exitCode == 0, "\(run.output)\(run.errors)")
    #expect(try project.results()["the_count_is_read_only@universal"]?.verdict == .conforming)
  }

  private static let diverging = [
    "s/one/capi.c": Sources.capi(["answer": "    return PyLong_FromLong(CONFORM_STATIC_TYPES ? 1 : 2);"]),
    "s/one/scenarios.py": Sources.scenarios([("answers", "record('answer', ext.answer())")]),
  ]

  private static let entry = """
    [[divergence]]
    scenario = "one/answers"
    label = "answer"
    facet = "value"
    observed = "2"
    lanes = ["capi-heap"]
    runtimes = [{ implementation = "cpython", version = ">=3.11" }]
    reason = "the heap type says 2"
    link = "findings/answer.md"
    """

  @Test("new, then known by the ledger, then fixed: exit codes, headings, and `judge` without a run")
  func ledgerLife() async throws {
    let project = try Project(Self.diverging)
    let new = try await project.run("run")
    #expect(new.exitCode == 1)
    #expect(new.output.contains("NEW: not in the ledger (1)"), "\(new.output)")
    #expect(new.output.contains("reference capi-static on cpython-3.11: 1"))

    try project.write("s/ledger.toml", Self.entry)
    let judged = try await project.run("judge", "latest")
    #expect(judged.exitCode == 0, "\(judged.output)\(judged.errors)")
    #expect(judged.output.contains("s/one/answers@capi-heap@cpython-3.11  new → known"))
    #expect(try project.results()["answers@capi-heap"]?.verdict == .known)
    let back = try await project.run("judge", "latest", "--stored")
    #expect(back.exitCode == 1)
    #expect(back.output.contains("known → new"))
    #expect(try await project.run("run").exitCode == 0)

    try project.write("s/one/capi.c", Sources.capi(["answer": "    return PyLong_FromLong(1);"]))
    let fixed = try await project.run("run")
    #expect(fixed.exitCode == 1)
    #expect(fixed.output.contains("FIXED: the ledger says otherwise"), "\(fixed.output)")
  }

  @Test("a scenario whose answer depends on the process is flaky, with all answers kept; the ledger takes a set")
  func flakiness() async throws {
    let project = try Project([
      "s/one/capi-heap.c": Sources.capi(["number": "    return PyLong_FromLong(getpid());"]),
      "s/one/scenarios.py": Sources.scenarios([
        ("wavers", "expect('pid', ext.number(), 1, source='document')")
      ]),
    ])
    let run = try await project.run("run")
    #expect(run.exitCode == 1)
    #expect(run.output.contains("FLAKY"), "\(run.output)")
    let result = try #require(try project.results()["wavers@capi-heap"])
    #expect(try project.attempts(result).count == 5)
    #expect(Set(try project.attempts(result).map { $0.answer["pid"]?.value }).count == 5)
  }

  @Test("show puts a cell beside its reference, with findings, attempts and commands; NO_COLOR is obeyed")
  func show() async throws {
    let project = try Project(Self.diverging)
    try await project.run("run")
    let shown = try await project.run("show", "s/one/answers@capi-heap", environment: ["NO_COLOR": "1"])
    #expect(shown.exitCode == 0, "\(shown.errors)")
    #expect(shown.output.contains("completed, new"))
    #expect(shown.output.contains("capi-static on cpython-3.11"))
    #expect(shown.output.firstMatch(of: #/≠ answer +2 +1/#) != nil, "\(shown.output)")
    #expect(shown.output.contains("3  PYTHONMALLOC=debug: completed"))
    #expect(shown.output.contains("-DCONFORM_STATIC_TYPES=0"))
    #expect(!shown.output.contains("\u{1B}"))
    let several = try await project.run("show", "s/one")
    #expect(several.output.contains("s/one/answers@capi-static@cpython-3.11  completed, conforming"))
    let runs = try await project.run("runs")
    #expect(runs.output.contains("1 conforming, 1 new"))
  }

  @Test("a cell that is not applicable is recorded with its reason, and nothing is built for it")
  func notApplicable() async throws {
    let project = try Project([
      "s/one/capi-heap.c": Sources.capi(["fine": ""]),
      "s/one/scenarios.py": Sources.scenarios([("never", "record('x', ext.fine())")]),
      "s/one/case.toml": "[[not-applicable]]\nlanes = [\"capi-heap\"]\nreason = \"r\"\nsource = \"document\"\n",
    ])
    let run = try await project.run("run")
    #expect(run.exitCode == 0, "\(run.errors)")
    #expect(try project.results()["never@capi-heap"]?.message == "r (document)")
    let store = try Store(path: project.database, .read)
    #expect(try store.buildCounts(of: try store.run(named: "latest")) == (0, 0))
  }

  @Test("--dry-run shows the plan and builds, runs and stores nothing")
  func dryRun() async throws {
    let project = try Project(Self.diverging)
    let run = try await project.run("run", "--dry-run")
    #expect(run.exitCode == 0)
    #expect(run.output.contains("s/one@capi-heap@cpython-3.11  1 scenarios"))
    #expect(run.output.contains("2 cells: 2 to run in 2 binaries, 0 not run"))
    #expect(!FileManager.default.fileExists(atPath: project.database))
  }

  @Test("--fail-fast stops behind the first new divergence and says what was planned")
  func failFast() async throws {
    var files = Self.diverging
    for number in 2...9 {
      files["s/z\(number)/capi-heap.c"] = Sources.capi(["fine": ""])
      files["s/z\(number)/scenarios.py"] = Sources.scenarios([("fine", "record('x', ext.fine())")])
    }
    let project = try Project(files)
    let run = try await project.run("run", "--fail-fast", "--jobs", "1")
    #expect(run.exitCode == 1)
    #expect(try project.results().count < 10)
    #expect(run.output.contains("10 cells were planned"), "\(run.output)")
  }

  @Test("--max-new ends a run behind so many cells with a new divergence")
  func maxNew() async throws {
    var files = Self.diverging
    for number in 2...9 {
      files["s/z\(number)/capi.c"] = Self.diverging["s/one/capi.c"]
      files["s/z\(number)/scenarios.py"] = Sources.scenarios([("answers\(number)", "record('answer', ext.answer())")])
    }
    let project = try Project(files)
    let run = try await project.run("run", "--max-new", "3", "--jobs", "1")
    #expect(run.exitCode == 1)
    #expect(try project.results().values.filter { $0.verdict == .new }.count == 3)
    #expect(run.output.contains("cells were planned"), "\(run.output)")
    let none = try await project.run("run", "--max-new", "0")
    #expect(none.exitCode == 64)
    #expect(none.errors.contains("--max-new 0: expected 1 or more"), "\(none.errors)")
  }

  @Test("a runtime that is optional and missing is told, and the run goes on")
  func optionalRuntime() async throws {
    let project = try Project(Self.diverging)
    let file = project.root.appending(path: "hpy-conform.toml")
    let text = try String(contentsOf: file, encoding: .utf8)
    try Data((text + "[[runtime]]\nname = \"gone\"\ninterpreter = \"gone/python\"\noptional = true\n").utf8).write(
      to: file)
    let run = try await project.run("run")
    #expect(run.exitCode == 1)
    #expect(run.errors.contains("left out: gone"), "\(run.errors)")
    #expect(try project.results().count == 2)
  }

  @Test("list names cases, lanes and scenarios; runtimes says what each is")
  func looking() async throws {
    let project = try Project(Self.diverging)
    let list = try await project.run("list")
    #expect(list.output.contains("s/one"))
    #expect(list.output.contains("lanes: capi-static, capi-heap"))
    #expect(list.output.contains("  answers  A rule."))
    let runtimes = try await project.run("runtimes")
    #expect(runtimes.output.contains("CPython 3.11"), "\(runtimes.output)")
    #expect(runtimes.output.contains("HPy 0.9.0"))
    #expect(runtimes.output.contains(#/cpython-3.11 +CPython 3.11.\d+, HPy 0.9.0 +all/#))
  }

  @Test(
    "a runtime that can't fork gets a process per scenario, and the same verdicts; also one that starts slowly",
    arguments: [0, 2])
  func withoutFork(secondsToStart: Int) async throws {
    let project = try Project(Self.diverging)
    try project.write("../site/sitecustomize.py", "import os\ndel os.fork\n")
    let site = project.root.appending(path: "site").path
    try project.program(
      "python",
      "#!/bin/sh\nsleep \(secondsToStart)\nPYTHONPATH='\(site)' exec '\(Project.cpython)' \"$@\"\n")
    let run = try await project.run("run", "-r", project.root.appending(path: "python").path)
    #expect(run.exitCode == 1, "\(run.errors)")
    #expect(try project.results()["answers@capi-static"]?.verdict == .conforming)
    let heap = try #require(try project.results()["answers@capi-heap"])
    #expect(heap.verdict == .new)
    #expect(try project.attempts(heap).allSatisfy { $0.answer["answer"]?.value == "2" })
    #expect(run.output.contains("CPython 3.11"))
  }

  @Test("control characters of a hostile extension are shown, never obeyed")
  func controlCharacters() async throws {
    let project = try Project([
      "s/one/capi-heap.c": Sources.capi(["shout": "    write(1, \"\\033[31mred\\007\", 9); abort();"]),
      "s/one/scenarios.py": Sources.scenarios([("shouts", "record('x', '\\x1b]0;title\\x07'); ext.shout()")]),
    ])
    let run = try await project.run("run")
    let shown = try await project.run("show", "s/one/shouts@capi-heap")
    #expect(!run.output.contains("\u{1B}]0"))
    #expect(!shown.output.contains("\u{1B}") && !shown.output.contains("\u{07}"))
    #expect(shown.output.contains("␛[31mred␇"), "\(shown.output)")
  }

  @Test("a changed hpy is noticed by the project's own suites, and the unchanged one beside it is not blamed")
  func changedHPy() async throws {
    let project = try Project()
    let stock = URL(filePath: Project.cpython).deletingLastPathComponent().deletingLastPathComponent()
    let changed = project.root.appending(path: "changed")
    // Copying a link copies no more than the link, and writing through that would change the stock one.
    try FileManager.default.copyItem(at: stock.resolvingSymlinksInPath(), to: changed)
    try #require(changed.resolvingSymlinksInPath() == project.root.resolvingSymlinksInPath().appending(path: "changed"))
    let header = changed.appending(path: "lib/python3.11/site-packages/hpy/devel/include/hpy/cpython/misc.h")
    let text = try String(contentsOf: header, encoding: .utf8)
    // HPyField_Store no longer releases what the field held.
    let release = "Py_XDECREF(target_py_obj);"
    try #require(text.contains(release))
    try Data(text.replacingOccurrences(of: release, with: "").utf8).write(to: header)
    let run = try await project.run(
      "run", "deallocation/fields-released", "--suites", Project.checkout.appending(path: "Suites").path, "--db",
      project.database, "-r", Project.cpython, "-r", changed.appending(path: "bin/python").path)
    #expect(run.exitCode == 1, "\(run.errors)")
    let store = try Store(path: project.database, .read)
    let stored = try store.run(named: "latest")
    let new = try store.results(of: stored).filter { $0.verdict == .new }.map(\.cell)
    #expect(Set(new.map(\.runtime)) == [stored.runtimes[1].name])
    #expect(Set(new.map(\.lane)) == ["cpython"])
    #expect(new.contains { $0.scenario.name == "storing_into_a_field_releases_what_it_held" })
  }
}
