import Documents
import Foundation
import GRDB
import Model
import Platform
import Rendering
import Storing
import Testing

/// A history that is really run, and what `nightly` and `report` make of it.
@Suite("Nightly")
struct NightlyTests {
  /// A module that the world outside decides: what a file says, and whether the runtime has an hpy. So it runs without
  /// a sandbox, in which it would see no world.
  private static func module(_ world: URL) -> String {
    Sources.capi(
      [
        "answer": "    return PyLong_FromLong(1);",
        "ask": """
            int said = 0;
            FILE *file = fopen("\(world.path)", "r");
            if (file == NULL || fscanf(file, "%d", &said) != 1)
                abort();
            fclose(file);
            return PyLong_FromLong(said);
        """,
        "count": """
            int said = 0;
            FILE *file = fopen("\(world.path)", "r+");
            if (file == NULL || fscanf(file, "%d", &said) != 1)
                abort();
            rewind(file);
            fprintf(file, "%d", said + 1);
            fclose(file);
            return PyLong_FromLong(said % 2);
        """,
        "has_hpy": """
            PyObject *hpy = PyImport_ImportModule("hpy");
            PyErr_Clear();
            return PyBool_FromLong(hpy != NULL);
        """,
      ], includes: "#include <stdio.h>\n#include <stdlib.h>")
  }

  private static let scenarios = [
    ("answers", "expect('answer', ext.ask(), 1, source='a document')"),
    ("stays", "expect('stays', ext.answer(), 1, source='a document')"),
  ]

  private static func project(
    _ scenarios: [(String, String)] = scenarios, runtimes: [String: String] = ["cpython-3.11": Project.cpython]
  ) throws -> (project: Project, world: URL) {
    let project = try Project(["s/c/scenarios.py": Sources.scenarios(scenarios)], runtimes: runtimes)
    let world = project.root.appending(path: "world")
    try Data("1".utf8).write(to: world)
    try project.write("s/c/capi-heap.c", module(world))
    return (project, world)
  }

  private static func nightly(_ project: Project, _ arguments: String...) async throws -> (
    code: Int32?, report: ReportDocument
  ) {
    let database = project.database
    let result = try await project.run(["nightly", "--no-sandbox"] + arguments)
    if result.exitCode != 0 && result.exitCode != 1 { Issue.record("\(result.errors)") }
    let file = URL(filePath: database).deletingLastPathComponent().appending(path: "nightly/report.json")
    let report = try JSONDecoder().decode(ReportDocument.self, from: try Data(contentsOf: file))
    return (result.exitCode, report)
  }

  private static func about(_ report: ReportDocument, _ scenario: String = "answers") -> [ReportDocument.Entry] {
    report.entries.filter { $0.scenario == "s/c/\(scenario)" }
  }

  @Test("what is new is told once, stays open without an alarm, and is known by its first run")
  func story() async throws {
    let (project, world) = try Self.project()
    let first = try await Self.nightly(project)
    #expect(first.code == 0)
    #expect(first.report.baseline == nil)
    #expect(first.report.headline.level == .calm)

    try Data("2".utf8).write(to: world)
    let second = try await Self.nightly(project)
    #expect(second.code == 1)
    #expect(
      second.report.headline.text == "1 cell is unexplained; since run \(first.report.run.run.prefix(8)) of "
        + "\(first.report.run.started.prefix(10)): 1 new divergence")
    let entry = try #require(Self.about(second.report).first)
    #expect(entry.change == .newDivergence && entry.needsAttention)
    #expect(entry.label == "answer" && entry.observed == "2" && entry.expected == "1")
    #expect(entry.since?.run == second.report.run.run && entry.since?.lastWithout == first.report.run.run)
    #expect(entry.files.first == "s/c/scenarios.py" && entry.line == 5)
    #expect(entry.facts.first { $0.label == "answer" }?.before == "1")

    let third = try await Self.nightly(project)
    #expect(third.code == 0, "reported yesterday")
    #expect(third.report.headline.level == .unexplained && third.report.headline.unexplained == 1)
    #expect(third.report.headline.text.hasPrefix("1 cell is unexplained, and none is new since run "))
    // Who asks about the run, and not about what is new in it, gets one answer.
    for command in ["report", "judge"] {
      #expect(try await project.run(command).exitCode == 1, "\(command)")
    }
    let still = try #require(Self.about(third.report).first)
    #expect(still.change == .stillNew && !still.needsAttention)
    #expect(still.since?.run == second.report.run.run && still.since?.runs == 2)
    #expect(third.report.headline.details.contains { $0.contains("still not in the ledger") })

    try FileManager.default.removeItem(at: world)
    let fourth = try await Self.nightly(project)
    #expect(fourth.code == 1)
    #expect(Self.about(fourth.report).first?.change == .newlyCrashing)

    // Nothing that decides it changed, and an earlier answer is back.
    try Data("2".utf8).write(to: world)
    let fifth = try await Self.nightly(project)
    #expect(fifth.code == 0)
    #expect(Self.about(fifth.report).first?.change == .flaky)
    #expect(fifth.report.timeline.map(\.run).count == 5)

    // The second run's report is the same at any later time.
    let again = try await project.run(
      "report", String(second.report.run.run.prefix(8)), "--format", "json")
    #expect(again.exitCode == 1)
    #expect(try Printed.document(again) == second.report)
  }

  @Test("a runtime that changed is what a difference is put down to; a lane that it lost is told")
  func runtimeChanged() async throws {
    let looks = ("looks", "expect('has', ext.has_hpy(), True, source='a document')")
    let (project, _) = try Self.project([looks], runtimes: ["python": Project.cpython])
    let bare = project.root.appending(path: "bare")
    let made = try await Tool.run(
      Project.cpython, ["-m", "venv", "--without-pip", bare.path], environment: [:], directory: project.root.path,
      limit: 120)
    #expect(made.exitCode == 0, "\(made.errors)")
    #expect(try await Self.nightly(project).code == 0)
    let toml = project.root.appending(path: "hpy-conform.toml")
    let with = try String(contentsOf: toml, encoding: .utf8)
    try Data(with.replacing(Project.cpython, with: bare.appending(path: "bin/python").path).utf8).write(to: toml)
    let lost = try await Self.nightly(project)
    #expect(lost.code == 1)
    let entry = try #require(Self.about(lost.report, "looks").first)
    #expect(entry.change == .newDivergence)
    #expect(entry.since?.changed.contains("python: HPy 0.9.0 → no HPy") ?? false, "\(entry)")
    #expect(lost.report.run.runtimes.first?.changed.contains("HPy 0.9.0 → no HPy") == true)
    try Data(with.utf8).write(to: toml)
    let back = try await Self.nightly(project)
    #expect(back.code == 0)
    #expect(Self.about(back.report, "looks").first?.change == .fixed, "a fix, no flicker: the runtime changed")
  }

  @Test("a scenario whose text or C changed is no regression; added and removed ones are called so")
  func caseChanged() async throws {
    let (project, _) = try Self.project()
    _ = try await Self.nightly(project)
    try project.write(
      "s/c/scenarios.py",
      Sources.scenarios(Self.scenarios + [("comes", "expect('a', 1, 2, source='a document')")])
        .replacing("ext.answer(), 1,", with: "ext.answer(), 3,"))
    let changed = try await Self.nightly(project)
    #expect(changed.code == 1)
    #expect(Self.about(changed.report, "stays").first?.change == .changed)
    #expect(Self.about(changed.report, "comes").first?.change == .added)
    #expect(changed.report.changes["unchanged"] == 1, "the scenario beside them is what it was")
    try project.write("s/c/scenarios.py", Sources.scenarios(Self.scenarios))
    let removed = try await Self.nightly(project)
    #expect(removed.report.changes["removed"] == 1)
    #expect(removed.code == 0)
  }

  @Test("half a run, and half a baseline: nothing is taken for passed or gone, and the run before answers")
  func halfRuns() async throws {
    let (project, world) = try Self.project()
    let whole = try await Self.nightly(project)
    try Data("2".utf8).write(to: world)
    let part = try await Self.nightly(project, "s/c/stays")
    #expect(part.code == 0)
    #expect(part.report.changes["not run"] == 1)
    #expect(part.report.notes.contains { $0.contains("restricted to s/c/stays") })
    let beside = try await Self.nightly(project, "--baseline", String(part.report.run.run.prefix(8)))
    #expect(Self.about(beside.report).first?.change == .newDivergence, "compared with the run before the half one")
    let usual = try await project.run("report", "--format", "json")
    let report = try Printed.document(usual, as: ReportDocument.self)
    #expect(report.baseline?.run == whole.report.run.run, "the last whole run is the usual baseline")
  }

  @Test("a chosen baseline holds for its series until it is taken back")
  func baselines() async throws {
    let (project, world) = try Self.project()
    let first = try await Self.nightly(project)
    let id = String(first.report.run.run.prefix(8))
    #expect(try await project.run("baseline", id).exitCode == 0)
    try Data("2".utf8).write(to: world)
    #expect(try await Self.nightly(project).code == 1)
    let second = try await Self.nightly(project)
    #expect(second.report.baseline?.run == first.report.run.run)
    #expect(second.code == 1, "new since the chosen baseline")
    #expect(try await project.run("baseline", "none").exitCode == 0)
    #expect(try await Self.nightly(project).code == 0)
    let wrong = try await project.run("baseline", id, "--series", "weekly")
    #expect(wrong.exitCode == 64)
    #expect(wrong.errors.contains("not to `weekly`"))
  }

  @Test("a clock that was set back changes no order, and is told")
  func clocks() async throws {
    let (project, world) = try Self.project()
    let first = try await Self.nightly(project)
    let queue = try DatabaseQueue(path: project.database)
    try await queue.write {
      try $0.execute(sql: "UPDATE run SET started = '2099-01-01T00:00:00Z', clock = 4070908800000")
    }
    try Data("2".utf8).write(to: world)
    let second = try await Self.nightly(project)
    #expect(second.code == 1)
    #expect(second.report.baseline?.run == first.report.run.run)
    #expect(second.report.notes.contains { $0.contains("clock was set back") })
    let third = try await Self.nightly(project)
    #expect(third.report.baseline?.run == second.report.run.run)
    #expect(third.report.timeline.map(\.run) == [first, second, third].map(\.report.run.run))
  }

  @Test("a night that could not run says so on the page, and keeps what was known")
  func nothingRun() async throws {
    let (project, world) = try Self.project()
    _ = try await Self.nightly(project)
    try Data("2".utf8).write(to: world)
    let second = try await Self.nightly(project)
    let failed = try await project.run("nightly", environment: ["CC": "/nonexistent/cc"])
    #expect(failed.exitCode == 69)
    let folder = URL(filePath: project.database).deletingLastPathComponent().appending(path: "nightly")
    let report = try JSONDecoder().decode(
      ReportDocument.self, from: try Data(contentsOf: folder.appending(path: "report.json")))
    #expect(report.headline.level == .environment)
    #expect(report.headline.text.hasPrefix("Nothing was run on "))
    #expect(report.headline.details.first?.contains("/nonexistent/cc") == true)
    #expect(report.run == second.report.run && report.entries == second.report.entries)
    // Every form is of this document.
    func file(_ name: String) throws -> String { try String(contentsOf: folder.appending(path: name), encoding: .utf8) }
    #expect(try file("index.html") == PageRenderer().text(of: report))
    #expect(try file("summary.md") == MarkdownRenderer().text(of: report))
    #expect(try file("junit.xml") == JUnitRenderer().text(of: report))
  }

  @Test("a runtime that is wanted and missing is told; its cells are unknown, not gone")
  func missingRuntime() async throws {
    let (project, _) = try Self.project()
    let toml = project.root.appending(path: "hpy-conform.toml")
    let text = try String(contentsOf: toml, encoding: .utf8)
    let other = "[[runtime]]\nname = \"other\"\noptional = true\ninterpreter = "
    try Data((text + other + "\"\(Project.cpython)\"\n").utf8).write(to: toml)
    #expect(try await Self.nightly(project).code == 0)
    try Data((text + other + "\"/nonexistent/python\"\n").utf8).write(to: toml)
    let result = try await project.run("nightly", "--no-sandbox")
    #expect(result.exitCode == 69)
    let shown = try await project.run("report", "--format", "json")
    let report = try Printed.document(shown, as: ReportDocument.self)
    #expect(report.headline.level == .environment)
    #expect(report.run.missing.first?.contains("/nonexistent/python") == true)
    #expect(report.changes["not run"] == 2 && report.changes["removed"] == nil)
  }

  @Test("a baseline with other runtimes is told, and what only one side has is no regression")
  func otherMatrix() async throws {
    let (project, _) = try Self.project()
    _ = try await Self.nightly(project)
    let toml = project.root.appending(path: "hpy-conform.toml")
    let text = try String(contentsOf: toml, encoding: .utf8)
    try Data(text.replacing("cpython-3.11\"\ni", with: "other\"\ni").utf8).write(to: toml)
    let other = try await Self.nightly(project)
    #expect(other.code == 0)
    #expect(
      other.report.notes.contains("The baseline had other runtimes: other new here; cpython-3.11 only in the baseline.")
    )
    #expect(other.report.changes == ["added": 2, "not run": 2])
  }

  @Test("attempts that disagree are counted, and kept out of the alarm")
  func repeated() async throws {
    let (project, _) = try Self.project(
      [("wavers", "expect('odd', ext.count(), 1, source='a document')")])
    let run = try await Self.nightly(project, "--repeat", "4", "--hunt-leaks", "0:0")
    #expect(run.code == 0)
    let entry = try #require(Self.about(run.report, "wavers").first)
    #expect(entry.change == .flaky && !entry.needsAttention)
    #expect(entry.frequency.first?.contains("of") ?? false)
    let wrong = try await project.run("run", "--repeat", "0")
    #expect(wrong.exitCode == 64)
  }

  @Test(
    "bad input is told before anything runs",
    arguments: [
      (["nightly", "--baseline", "nonsense"], Int32(64), "no run is named `nonsense`"),
      (["nightly", "--series", ""], 64, "--series"), (["report", "--format", "pdf"], 64, "pdf"),
      (["report", "nonsense"], 64, "no run is named"),
      (["report", "--output", "/proc/no/file"], 69, "can't be written"),
    ])
  func badInput(arguments: [String], code: Int32, text: String) async throws {
    let (project, _) = try Self.project()
    _ = try await Self.nightly(project)
    let result = try await project.run(arguments)
    #expect(result.exitCode == code, "\(result.errors)")
    #expect(result.errors.contains(text), "\(result.errors)")
  }

  private static let lint = Project.checkout.appending(path: ".cache/lint")

  @Test("JUnit fails what the ledger lacks, skips what was not run, and is well-formed whatever is in it")
  func jUnit() async throws {
    let hostile = ("hostile", "expect('a', '</failure>]]>\\x1b[31m\\x00&', 'b', source='<a & b>')")
    let (project, _) = try Self.project(Self.scenarios + [hostile])
    _ = try await Self.nightly(project)
    let file = URL(filePath: project.database).deletingLastPathComponent().appending(path: "nightly/junit.xml")
    let check = try await Tool.run(
      Project.cpython,
      [
        "-c",
        """
        import sys, xml.etree.ElementTree as tree
        root = tree.parse(sys.argv[1]).getroot()
        cases = root.findall('testsuite/testcase')
        print(root.tag, len(cases), root.get('tests'), root.get('failures'), len(root.findall('.//failure')))
        print('</failure>' in root.find('.//failure').text, [s.tag for s in root])
        """, file.path,
      ], environment: [:], directory: project.root.path, limit: 60)
    #expect(check.output == "testsuites 3 3 1 1\nTrue ['testsuite']\n", "\(check.output)\(check.errors)")
    let schema = Self.lint.appending(path: "junit-10.xsd").path
    try #require(FileManager.default.fileExists(atPath: schema), "`make lint` lays the schema out")
    let valid = try await Tool.run(
      Self.lint.appending(path: "bin/python").path,
      ["-c", "import sys, xmlschema; xmlschema.XMLSchema(sys.argv[1]).validate(sys.argv[2])", schema, file.path],
      environment: [:], directory: project.root.path, limit: 60)
    #expect(valid.exitCode == 0, "\(valid.errors)")
  }
}
