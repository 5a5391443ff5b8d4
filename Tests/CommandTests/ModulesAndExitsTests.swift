import Foundation
import Model
import Platform
import Testing

/// Cases with several modules, scenarios whose interpreter ends really, and what C recorded before a crash.
@Suite("Several modules, and real exits")
struct ModulesAndExitsTests {
  private static let manifest = """
    [[ext-modules]]
    name = "other"
    capi = ["other.c"]
    lane = "capi-heap"
    """

  private static let event = "    conform_event(\"event\", 7);"

  private static func project(_ scenarios: [(String, String)], real: [(String, String)] = []) throws -> Project {
    let text = Sources.scenarios(scenarios)
    let exits = real.map { "\n@scenario(real_exit=True)\ndef \($0.0)(ext):\n    \"\"\"A rule.\"\"\"\n    \($0.1)\n" }
    return try Project([
      "s/one/case.toml": manifest,
      "s/one/capi-heap.c": Sources.capi([
        "event": event, "crash": "\(event)\n    abort();",
        "crash_last": "    atexit(abort);",
      ]),
      "s/one/other.c": Sources.capi(["event": "    conform_event(\"of other\", 8);"], initialiser: "PyInit_other"),
      "s/one/scenarios.py": text + exits.joined(),
    ])
  }

  @Test("a scenario imports the case's modules, which share one log")
  func modules() async throws {
    let project = try Self.project([
      ("both", "import other\n    ext.event()\n    other.event()\n    record('events', events(ext))"),
      ("again", "one = import_again('other')\n    record('another', import_again('other') is one)"),
    ])
    let run = try await project.run("run")
    #expect(run.exitCode == 0, "\(run.errors)\(run.output)")
    let both = try #require(try project.results()["both@capi-heap"])
    let observations = try project.attempts(both)[0].answer.observations
    #expect(observations.first { $0.label == "events" }?.value == "[('event', 7), ('of other', 8)]")
  }

  @Test("a changed source of another module is another cell")
  func reuse() async throws {
    let project = try Self.project([("both", "import other\n    other.event()\n    record('events', events(ext))")])
    _ = try await project.run("run")
    let same = try await project.run("run", "--reuse")
    #expect(try project.cells().values.allSatisfy { $0.reusedFrom != nil }, "\(same.output)")
    try project.write(
      "s/one/other.c", Sources.capi(["event": "    conform_event(\"of other\", 9);"], initialiser: "PyInit_other"))
    _ = try await project.run("run", "--reuse")
    let both = try #require(try project.results()["both@capi-heap"])
    #expect(both.reusedFrom == nil)
    #expect(
      try project.attempts(both)[0].answer.observations.first { $0.label == "events" }?.value.contains("9") == true)
  }

  @Test("a module that doesn't compile is told for the case's cells")
  func notBuilt() async throws {
    let project = try Self.project([("both", "import other\n    record('x', 1)")])
    try project.write("s/one/other.c", "#include \"conform_capi.h\"\nthis is no C\n")
    let run = try await project.run("run")
    // It is built nowhere, so it is the case that is told.
    #expect(run.exitCode == 64)
    let both = try #require(try project.results()["both@capi-heap"])
    #expect(both.outcome == .invalid)
    #expect(both.message?.contains("other.c") == true, "\(both.message ?? "")")
  }

  @Test("what C recorded is left after a crash, and observed after a real exit")
  func recorded() async throws {
    let project = try Self.project(
      [("crashes", "ext.crash()")],
      real: [
        ("exits", "ext.event()\n    record('x', 1)\n    expect_at_exit('event', 'event', [7], source='a document')"),
        ("wrong", "record('x', 1)\n    expect_at_exit('event', 'event', [7], source='a document')"),
        ("crashes_last", "ext.crash_last()\n    record('x', 1)\n    record_at_exit('all')"),
      ])
    let run = try await project.run("run", "--no-debugger")
    #expect(run.exitCode == 1)
    let results = try project.results()
    let crash = try #require(results["crashes@capi-heap"])
    #expect(crash.outcome == .crashed(signal: "SIGABRT"))
    #expect(try project.attempts(crash)[0].attachments["events"] == "event 7\n")
    #expect(results["exits@capi-heap"]?.outcome == .completed)
    #expect(results["wrong@capi-heap"]?.outcome == .expectationFailed)
    let last = try #require(results["crashes_last@capi-heap"])
    #expect(last.outcome == .crashed(signal: "SIGABRT"))
    #expect(last.message?.contains("while the interpreter ended") == true)
  }

  @Test("the folder of repro shows what happens at an exit, and loads the other module")
  func repro() async throws {
    let project = try Self.project(
      [("both", "import other\n    other.event()\n    expect('events', events(ext), [], source='a document')")],
      real: [
        ("wrong", "ext.event()\n    expect_at_exit('event', 'event', [1], source='a document')\n    record('x', 1)")
      ])
    _ = try await project.run("run")
    for (scenario, line) in [("wrong", "event: [7]"), ("both", "events: [('of other', 8)]")] {
      let folder = project.root.appending(path: "repro of \(scenario)").path
      let made = try await project.run("repro", "s/one/\(scenario)@capi-heap@cpython-3.11", "--output", folder)
      #expect(made.exitCode == 0, "\(made.errors)")
      let shown = try await Tool.run("\(folder)/repro.sh", [], directory: "/", limit: 60)
      #expect(shown.exitCode == 1)
      #expect(shown.output.contains(line), "\(shown.output)\(shown.errors)")
      #expect(shown.output.contains("FAILED"), "\(shown.output)")
    }
  }
}
