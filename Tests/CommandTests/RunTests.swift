import Foundation
import Model
import Platform
import Storing
import Testing

@testable import Documents

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
    let (run, store) = try project.latest()
    let results = try store.results(of: run)
    // It declares no version of the limited API.
    let lanes = Lane.compiled.filter { !$0.flavour.isStable }
    #expect(results.count == 2 * lanes.count * runtimes.count)
    for runtime in run.runtimes {
      let skipped = lanes.filter { $0.flavour.obstacle(on: runtime) != nil }
      #expect(skipped.contains(.cpython) == (runtime.name != "cpython-3.11"))
      for one in results where one.cell.runtime == runtime.name {
        let isSkipped = skipped.contains(one.cell.lane)
        #expect((one.outcome == .notApplicable) == isSkipped, "\(one.cell)")
        #expect((one.verdict == .conforming) != isSkipped, "\(one.cell)")
      }
    }
    try await project.run("run")
    #expect(try store.buildCounts(of: try store.run(named: "latest")).done == 0)
    #expect(try store.runs().count == 2)
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
    "s/one/capi.c": Sources.capi(["answer": "    return PyLong_FromLong(CONFORM_STATIC_TYPES ? 2 : 1);"]),
    "s/one/scenarios.py": Sources.scenarios([("answers", "record('answer', ext.answer())")]),
  ]

  private static let entry = """
    [[cause]]
    name = "answer"
    reason = "the static type says 2"
    link = "findings/answer.md"
    lanes = ["capi-static"]
    runtimes = [{ implementation = "cpython", version = ">=3.11" }]
    [[cause.place]]
    scenario = "one/answers"
    label = "answer"
    facet = "value"
    observed = "2"
    """

  @Test("new, then known by the ledger, then fixed: exit codes, headings, and `judge` without a run")
  func ledgerLife() async throws {
    let project = try Project(Self.diverging)
    let new = try await project.run("run")
    #expect(new.exitCode == 1)
    let summary = try project.summary()
    #expect(new.output == Printed.text(summary))
    #expect(summary.sections.map(\.verdict) == [.new])
    #expect(summary.sections[0].count == 1)
    let shown = try #require(summary.sections[0].findings.first)
    #expect(shown.scenario == "s/one/answers")
    #expect(shown.cells == ["capi-static@cpython-3.11"])
    #expect((shown.finding.observed, shown.finding.expected) == ("2", "1"))
    #expect(shown.finding.reference == "capi-heap@cpython-3.11")

    try project.write("s/ledger.toml", Self.entry)
    let judged = try await project.run("judge", "latest")
    #expect(judged.exitCode == 0, "\(judged.output)\(judged.errors)")
    let cell = "s/one/answers@capi-static@cpython-3.11"
    #expect(judged.output == "\(cell)  new → known\n" + Printed.text(try project.summary()))
    #expect(try project.results()["answers@capi-static"]?.verdict == .known)
    let back = try await project.run("judge", "latest", "--stored")
    #expect(back.exitCode == 1)
    #expect(back.output == "\(cell)  known → new\n" + Printed.text(try project.summary()))
    #expect(try project.results()["answers@capi-static"]?.verdict == .new)
    #expect(try await project.run("run").exitCode == 0)

    try project.write("s/one/capi.c", Sources.capi(["answer": "    return PyLong_FromLong(1);"]))
    let fixed = try await project.run("run")
    #expect(fixed.exitCode == 1)
    #expect(try project.summary().sections.map(\.verdict) == [.fixed])
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
    #expect(try project.summary().sections.map(\.verdict) == [.flaky])
    let result = try #require(try project.results()["wavers@capi-heap"])
    #expect(try project.attempts(result).count == 5)
    #expect(Set(try project.attempts(result).map { $0.answer["pid"]?.value }).count == 5)
  }

  @Test("show puts a cell beside its reference, with findings, attempts and commands; NO_COLOR is obeyed")
  func show() async throws {
    let project = try Project(Self.diverging)
    try await project.run("run")
    let cell = "s/one/answers@capi-static@cpython-3.11"
    let shown = try await project.run("show", "s/one/answers@capi-static", environment: ["NO_COLOR": "1"])
    #expect(shown.exitCode == 0, "\(shown.errors)")
    let document = try project.shown(cell)
    #expect(shown.output == Printed.text(document))
    #expect(!shown.output.contains("\u{1B}"))
    #expect((document.cell, document.outcome, document.verdict) == (cell, .completed, .new))
    #expect(document.reference == "capi-heap@cpython-3.11")
    #expect(document.referenceAnswer?["answer"]?.value == "1")
    #expect(document.findings.map(\.observed) == ["2"])
    #expect(document.attempts.map(\.circumstances) == [.warm, .fresh, .memoryDebug])
    #expect(document.attempts.allSatisfy { $0.answer["answer"]?.value == "2" })
    #expect(document.steps.contains { $0.command.joined().contains("-DCONFORM_STATIC_TYPES=1") })
    let several = try await project.run("show", "s/one")
    #expect(
      several.output.split(separator: "\n") == [
        "s/one/answers@capi-heap@cpython-3.11  completed, conforming",
        "s/one/answers@capi-static@cpython-3.11  completed, new",
      ])
    let runs = try await project.run("runs")
    let list = try RunListDocument(project.latest().store, kind: nil)
    #expect(runs.output == Printed.text(list))
    #expect(list.runs.map { $0.verdicts.filter { $0.value > 0 } } == [["conforming": 1, "new": 1]])
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
    let (stored, store) = try project.latest()
    #expect(try store.buildCounts(of: stored) == (0, 0))
  }

  @Test("--dry-run shows the plan and builds, runs and stores nothing")
  func dryRun() async throws {
    let project = try Project(Self.diverging)
    let run = try await project.run("run", "--dry-run")
    #expect(run.exitCode == 0)
    let batches = ["capi-heap", "capi-static"].map {
      PlanDocument.Batch(testCase: "s/one", load: "\($0)@cpython-3.11", scenarios: 1)
    }
    #expect(run.output == Printed.text(PlanDocument(cells: 2, batches: batches, skipped: []), showsAll: true))
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
    let stored = try project.latest().run
    #expect((stored.state, stored.planned) == (.interrupted, 10))
    #expect(try project.summary().run.planned == 10)
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
    #expect(try project.latest().run.state == .interrupted)
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
    #expect(run.errors.hasPrefix("omitted: gone"), "\(run.errors)")
    #expect(try project.latest().run.missing.count == 1)
    #expect(try project.results().count == 2)
  }

  @Test("list names cases, lanes and scenarios; runtimes says what each is")
  func looking() async throws {
    let project = try Project(Self.diverging)
    let list = try await project.run("list")
    let scenario = CaseListDocument.Scenario(name: "answers", summary: "A rule.")
    let listed = CaseListDocument.Listed(
      name: "s/one", summary: "", lanes: ["capi-heap", "capi-static"], nightly: false, scenarios: [scenario],
      problems: [])
    #expect(list.output == Printed.text(CaseListDocument(cases: [listed])))
    let runtimes = try await project.run("runtimes", "cpython-3.11", "--format", "json")
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let entry = try #require(
      try decoder.decode(RuntimeDocument.self, from: Data(runtimes.output.utf8)).runtimes.first)
    #expect(entry.title?.wholeMatch(of: #/CPython 3.11.\d+, HPy 0.9.0/#) != nil, "\(runtimes.output)")
    #expect(entry.lanes?.map(\.name) == Lane.all.map(\.description))
    #expect(entry.lanes?.filter { !$0.runs }.map(\.name) == ["abi3t"])
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
    #expect(try project.results()["answers@capi-heap"]?.verdict == .conforming)
    let odd = try #require(try project.results()["answers@capi-static"])
    #expect(odd.verdict == .new)
    #expect(try project.attempts(odd).allSatisfy { $0.answer["answer"]?.value == "2" })
    #expect(try project.latest().run.runtimes[0].title.hasPrefix("CPython 3.11"))
  }

  @Test("control characters of a hostile extension are shown, never obeyed")
  func controlCharacters() async throws {
    let project = try Project([
      "s/one/capi-heap.c": Sources.capi(["shout": "    write(1, \"\\033[31mred\\007\", 9); abort();"]),
      "s/one/scenarios.py": Sources.scenarios([("shouts", "record('x', '\\x1b]0;title\\x07'); ext.shout()")]),
    ])
    let run = try await project.run("run")
    let shown = try await project.run("show", "s/one/shouts@capi-heap")
    for output in [run.output, shown.output] {
      #expect(output.unicodeScalars.allSatisfy { $0 == "\n" || $0.properties.generalCategory != .control })
    }
    let document = try project.shown("s/one/shouts@capi-heap@cpython-3.11")
    #expect(shown.output == Printed.text(document))
    #expect(document.attempts[0][.output] == "\u{1B}[31mred\u{07}")
    #expect(document.attempts[0].answer["x"]?.value == "'\\x1b]0;title\\x07'")
  }

  @Test("a changed hpy is noticed by the project's own suites, and the unchanged one beside it is not blamed")
  func changedHPy() async throws {
    let project = try Project()
    let changed = try project.copyCPython(to: "changed")
    // HPyField_Store no longer releases what the field held.
    try project.changeHPy(of: "changed", "devel/include/hpy/cpython/misc.h") {
      $0.replacing("Py_XDECREF(target_py_obj);", with: "")
    }
    let run = try await project.run(
      "run", "deallocation/fields-released", "--suites", Project.checkout.appending(path: "Suites").path, "--db",
      project.database, "-r", Project.cpython, "-r", changed)
    #expect(run.exitCode == 1, "\(run.errors)")
    let (stored, store) = try project.latest()
    let new = try store.results(of: stored).filter { $0.verdict == .new }.map(\.cell)
    #expect(Set(new.map(\.runtime)) == [stored.runtimes[1].name])
    #expect(Set(new.map(\.lane)) == [.cpython])
    #expect(new.contains { $0.scenario.name == "storing_into_a_field_releases_what_it_held" })
  }
}
