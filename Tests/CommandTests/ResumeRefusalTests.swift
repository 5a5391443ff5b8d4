import Documents
import Foundation
import GRDB
import Model
import Platform
import Storing
import Testing

@testable import Session

/// When a run may go on, and when not.
@Suite("What a resumed run has to find again")
struct ResumeRefusalTests {
  private static let source = Sources.capi(["kind": "    return PyLong_FromLong(CONFORM_STATIC_TYPES ? 1 : 2);"])
  private static let scenarios = Sources.scenarios([
    ("one", "record('one', 1)"), ("other", "record('other', 2)"), ("kind", "record('kind', ext.kind())"),
  ])

  private static func project(runtimes: [String: String] = ["cpython-3.11": Project.cpython]) throws -> Project {
    try Project(
      ["s/c/capi.c": source, "s/c/scenarios.py": scenarios, "s/ledger.toml": ""], runtimes: runtimes)
  }

  private static func change(_ project: Project, _ sql: String) async throws {
    let queue = try DatabaseQueue(path: project.database)
    try await queue.write { try $0.execute(sql: sql) }
    try queue.close()
  }

  /// Makes a whole run one that was killed before the cells of the lane capi-heap of one scenario came.
  private static func kill(_ project: Project) async throws {
    try await change(
      project,
      """
      DELETE FROM result WHERE cell_id IN (SELECT cell.id FROM cell JOIN scenario ON scenario.id = scenario_id
        WHERE lane = 'capi-heap' AND name = 'other');
      UPDATE run SET state = 'running', finished = NULL, cell_seconds = NULL, build_seconds = NULL;
      DELETE FROM judgement;
      """)
  }

  private static func resume(_ project: Project, _ more: String..., environment: [String: String] = [:]) async throws
    -> Tool.Result
  {
    try await project.run(["run", "--resume"] + more, environment: environment)
  }

  /// Expects that the run is refused with a text, and that nothing in the database changes.
  private static func expectRefusal(
    _ project: Project, _ text: String, _ more: String..., environment: [String: String] = [:],
    location: SourceLocation = #_sourceLocation
  ) async throws {
    let before = try ResumeTests.Recorded.all(project.database)
    let result = try await project.run(["run", "--resume"] + more, environment: environment)
    #expect(result.exitCode == 64, sourceLocation: location)
    #expect(result.errors.contains(text), "\(result.errors)", sourceLocation: location)
    #expect(try ResumeTests.Recorded.all(project.database) == before, sourceLocation: location)
    #expect(try project.latest().run.resumed == [], sourceLocation: location)
  }

  @Test("a changed, new or missing file, ledgers among them: refused by its name, until it is as it was")
  func files() async throws {
    let project = try Self.project()
    try await project.run("run")
    let whole = try ResumeTests.Recorded.all(project.database)
    try await Self.kill(project)
    let changes = [
      ("s/c/scenarios.py", Self.scenarios + "\n", Self.scenarios), ("s/c/capi.c", Self.source + "\n", Self.source),
      ("s/ledger.toml", "# changed\n", ""), ("s/c/case.toml", "summary = \"new\"\n", nil),
    ]
    for (path, text, before) in changes {
      try project.write(path, text)
      let name = String(try project.latest().run.uuid.prefix(8))
      try await Self.expectRefusal(
        project,
        "run \(name) can't be resumed, because something changed since it began: file \(path): "
          + (before == nil ? "was added" : "changed"))
      if let before {
        try project.write(path, before)
      } else {
        try FileManager.default.removeItem(at: project.root.appending(path: "Suites/\(path)"))
      }
    }
    // A new scenario is a changed file, a new case a new one.
    try project.write("s/e/capi.c", Self.source)
    try project.write("s/e/scenarios.py", Self.scenarios)
    try await Self.expectRefusal(project, "file s/e/capi.c: was added, file s/e/scenarios.py: was added")
    try FileManager.default.removeItem(at: project.root.appending(path: "Suites/s/e"))
    let result = try await Self.resume(project)
    #expect(result.exitCode == 1, "\(result.errors)")
    #expect(try ResumeTests.Recorded.all(project.database) == whole)
  }

  @Test("another HPy, another set of runtimes, another compiler, another program: refused, and told which")
  func surroundings() async throws {
    let project = try Self.project(runtimes: ["mine": "changed/bin/python"])
    try project.copyCPython(to: "changed")
    try await project.run("run")
    try await Self.kill(project)
    let configuration = project.root.appending(path: "hpy-conform.toml")
    let text = try String(contentsOf: configuration, encoding: .utf8)
    try Data((text + "[[runtime]]\nname = \"more\"\ninterpreter = \"\(Project.cpython)\"\n").utf8).write(
      to: configuration)
    try await Self.expectRefusal(project, "runtime more: was added")
    try Data(text.replacing("mine", with: "yours").utf8).write(to: configuration)
    try await Self.expectRefusal(project, "runtime mine: was removed, runtime yours: was added")
    try Data(text.utf8).write(to: configuration)
    try project.program("cc", "#!/bin/sh\n[ \"$1\" = --version ] && echo 'other 1.0' && exit\nexec gcc \"$@\"\n")
    let compiler = ["CC": project.root.appending(path: "cc").path]
    try await Self.expectRefusal(project, "compiler: gcc", environment: compiler)
    try await Self.expectRefusal(project, " → other 1.0", environment: compiler)
    let harness = try #require(try project.latest().run.harness)
    try await Self.change(project, "UPDATE run SET harness = 'other'")
    try await Self.expectRefusal(project, "program: another build of hpy-conform")
    try await Self.expectRefusal(project, "program: another build of hpy-conform", "--dry-run")
    try await Self.change(project, "UPDATE run SET harness = '\(harness)', program = '0.0.1'")
    try await Self.expectRefusal(project, "program: hpy-conform 0.0.1 → \(Program.version)")
    try await Self.change(project, "UPDATE run SET program = '\(Program.version)'")
    try project.changeHPy(of: "changed", "devel/include/hpy.h") { $0 + "\n" }
    try await Self.expectRefusal(project, "runtime mine: another build of HPy 0.9.0")
  }

  @Test("a run that another ledger judged since: refused until its own judges it again")
  func judged() async throws {
    let project = try Self.project()
    try await project.run("run")
    try await Self.change(project, "UPDATE run SET state = 'interrupted'")
    try project.write("s/ledger.toml", "# another\n")
    try await project.run("judge")
    try project.write("s/ledger.toml", "")
    let name = String(try project.latest().run.uuid.prefix(8))
    try await Self.expectRefusal(project, "`hpy-conform judge \(name) --stored` judges it with its own ledger")
    try await project.run("judge", "--stored", name)
    let result = try await Self.resume(project)
    #expect(result.exitCode == 1, "\(result.errors)")
    #expect(try project.latest().run.state == .finished)
  }

  @Test("no option that decides results goes beside --resume, and the one that was given is named")
  func conflicts() async throws {
    let project = try Self.project()
    let options = [
      ["--timeout", "10"], ["--memory", "4096"], ["--hunt-leaks", "3:3"], ["--reuse"], ["--repeat", "1"],
      ["--max-new", "1"], ["--fail-fast"], ["--lane", "cpython"], ["--runtime", "cpython-3.11"],
    ]
    for option in options {
      let result = try await project.run(["run", "--resume"] + option)
      #expect(result.exitCode == 64)
      #expect(result.errors.contains("--resume and \(option[0]): a resumed run keeps its options"), "\(result.errors)")
    }
    let pattern = try await project.run("run", "s/c", "--resume")
    #expect(pattern.errors.contains("--resume and the pattern `s/c`"), "\(pattern.errors)")
    let series = try await project.run("nightly", "--resume", "--series", "nightly")
    #expect(series.errors.contains("--resume and --series"), "\(series.errors)")
    #expect(!FileManager.default.fileExists(atPath: project.database))
    let none = try await Self.resume(project)
    #expect(none.exitCode == 64)
    #expect(none.errors.contains("there is no database"), "\(none.errors)")
    #expect(!FileManager.default.fileExists(atPath: project.database))
  }

  @Test("a run that does not say how it was planned, or says it in another version's way, is refused")
  func options() async throws {
    let project = try Self.project()
    try await project.run("run")
    try await Self.kill(project)
    let text = try #require(try project.latest().run.options)
    let name = String(try project.latest().run.uuid.prefix(8))
    for (options, message) in [
      ("NULL", "run \(name) has no recorded options"),
      ("'\(text.replacing("\"version\":1", with: "\"version\":2"))'", "expected version 1, got version 2"),
      ("'{\"version\":1}'", "expected version 1, got damaged options"), ("'no JSON'", "expected version 1, got none"),
    ] {
      try await Self.change(project, "UPDATE run SET options = \(options)")
      try await Self.expectRefusal(project, message)
    }
    try await Self.expectRefusal(project, "no run is named `nothing`", "nothing")
  }

  @Test("options are recorded so that they mean the same when they are read, from wherever the command is called")
  func recordedOptions() async throws {
    var options = RunOptions(
      project: URL(filePath: "/p"), suites: URL(filePath: "/p/Suites"), cache: URL(filePath: "/c"))
    options.patterns = [try .init("s/c*@universal:one")]
    options.lanes = [try .init(named: "universal+debug:one")]
    options.runtimes = ["cpython-3.11", "python3.12", "below/python"]
    options.limits = .init(seconds: 1.5, memory: 7 << 20, repeats: .init(warmups: 1, measured: 2))
    (options.newLimit, options.reuses, options.repetitions) = (3, true, 4)
    let text = try #require(options.recorded)
    var places = RunOptions(project: URL(filePath: "/q"), suites: URL(filePath: "/q/s"), cache: URL(filePath: "/d"))
    places.jobs = 17
    let again = try await places.asked(by: RecordedOptions(text, run: "name"))
    #expect((again.patterns, again.lanes.map(\.description)) == (options.patterns, ["universal+debug:one"]))
    #expect(
      again.runtimes == ["cpython-3.11", "python3.12", FileManager.default.currentDirectoryPath + "/below/python"])
    #expect(again.limits == options.limits)
    #expect((again.newLimit, again.reuses, again.repetitions) == (3, true, 4))
    #expect((again.project.path, again.jobs) == ("/q", 17))
    options.wanted = [.init(name: "step", interpreter: "/python")]
    #expect(options.recorded == nil)
  }

  @Test("cells at which the machine lacked something are tried again, also of a finished run; all others stay")
  func lacking() async throws {
    let project = try Self.project()
    let first = try await project.run("run")
    #expect(first.exitCode == 1)
    let whole = try ResumeTests.Recorded.all(project.database)
    let times = try ResumeTests.Recorded.done(project.database, cells: 2)
    try await Self.change(
      project,
      """
      INSERT INTO answer (key, outcome, message) VALUES ('lack', 'harness failed', 'disk full');
      UPDATE result SET answer_id = (SELECT id FROM answer WHERE key = 'lack')
      WHERE cell_id IN (SELECT cell.id FROM cell JOIN scenario ON scenario.id = scenario_id
        WHERE lane = 'capi-heap' AND name = 'other');
      """)
    #expect(try project.results()["other@capi-heap"]?.outcome == .harnessFailed)
    let result = try await Self.resume(project)
    #expect(result.exitCode == 1, "\(result.errors)")
    #expect(result.output == Printed.text(try project.summary()))
    #expect(result.errors.contains("4 of 6 cells are done"), "\(result.errors)")
    let again = try ResumeTests.Recorded.done(project.database, cells: 2)
    #expect(again["c/one"] == times["c/one"])
    #expect(again["c/kind"] == times["c/kind"])
    #expect(try project.results()["other@capi-heap"]?.outcome == .completed)
    #expect(try ResumeTests.Recorded.all(project.database) == whole)
  }

  @Test("a run that stopped as it was asked to is not gone on with; one that was killed then comes to the same end")
  func newLimit() async throws {
    let project = try Project([
      "s/c/capi.c": Self.source, "s/c/scenarios.py": Self.scenarios.replacing("def other", with: "def zother"),
      "s/d/capi.c": Self.source, "s/d/scenarios.py": Self.scenarios,
    ])
    try await project.run("run", "--max-new", "1", "--jobs", "1")
    #expect(try project.latest().run.state == .interrupted)
    let name = String(try project.latest().run.uuid.prefix(8))
    try await Self.expectRefusal(project, "run \(name) stopped after 1 cells", name)
    try await Self.change(project, "UPDATE run SET state = 'running', finished = NULL; DELETE FROM judgement")
    let result = try await Self.resume(project, "--jobs", "1")
    #expect(result.exitCode == 1, "\(result.errors)")
    #expect(try project.latest().run.state == .interrupted)
    #expect(try project.cells().values.count { $0.verdict == .new } == 1)
    #expect(try project.cells().keys.contains { $0.hasPrefix("s/d/") } == false)
  }

  @Test("a nightly goes on as the nightly that it was, and its reports are made anew")
  func nightly() async throws {
    let project = try Self.project()
    try await project.run("nightly", "--series", "mine", "--repeat", "2")
    let uuid = try project.latest().run.uuid
    try await Self.kill(project)
    let folder = URL(filePath: project.database).deletingLastPathComponent().appending(path: "nightly")
    try FileManager.default.removeItem(at: folder)
    // A run on its own that is newer, and of which something is left too.
    try await project.run("run", "s/c/one")
    try await Self.change(
      project, "UPDATE run SET state = 'interrupted' WHERE clock = (SELECT max(clock) FROM run)")
    let result = try await project.run("nightly", "--resume")
    #expect(result.exitCode == 1, "\(result.errors)")
    let run = try project.latest().store.run(uuid)
    #expect((run.state, run.series, run.resumed.count) == (.finished, "mine", 1))
    #expect(try project.latest().store.results(of: run).map(\.attempts).min() == 2)
    let report = try JSONDecoder().decode(
      ReportDocument.self, from: try Data(contentsOf: folder.appending(path: "report.json")))
    #expect((report.run.run, report.run.state, report.run.resumed) == (uuid, .finished, run.resumed))
    #expect(try project.latest().run.state == .interrupted)
    let alone = try await project.run("nightly", "--resume", String(try project.latest().run.uuid.prefix(8)))
    #expect(alone.errors.contains("belongs to no series"), "\(alone.errors)")
  }
}
