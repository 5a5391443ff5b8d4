import Executing
import Foundation
import Model
import Storing
import TestBuilders
import Testing

@testable import Documents
@testable import Session

/// `run --reuse`: a cell is run again when anything that its attempts depend on has changed, and only then.
@Suite("Taking results over")
struct ReuseTests {
  private static let steady = Sources.capi(["answer": "    return PyLong_FromLong(1);"])
  private static let scenario = ("answers", "record('answer', ext.answer())")

  private static func project(_ more: [String: String] = [:], runtimes: [String: String]? = nil) throws -> Project {
    let files = [
      "s/one/capi.c": steady, "s/one/scenarios.py": Sources.scenarios([scenario]),
      "s/two/capi-heap.c": steady, "s/two/scenarios.py": Sources.scenarios([scenario, ("again", scenario.1)]),
    ]
    return try Project(files.merging(more) { $1 }, runtimes: runtimes ?? ["cpython-3.11": Project.cpython])
  }

  private static let all: Set = [
    "one/answers@capi-static", "one/answers@capi-heap", "two/answers@capi-heap", "two/again@capi-heap",
  ]

  /// The cells of the last run that were run, and those that were taken over.
  private static func cells(_ project: Project) throws -> (run: Set<String>, reused: Set<String>) {
    let results = try project.cells().values
    func names(_ chosen: some Sequence<StoredResult>) -> Set<String> {
      Set(chosen.map { "\($0.cell.scenario.testCase)/\($0.cell.scenario.name)@\($0.cell.lane)" })
    }
    return (names(results.filter { $0.reusedFrom == nil }), names(results.filter { $0.reusedFrom != nil }))
  }

  private static func uuid(_ project: Project) throws -> String {
    try project.latest().run.uuid
  }

  @Test("nothing changed: all is taken over from the run that made it, which every report says; by default all is run")
  func unchanged() async throws {
    let project = try Self.project()
    #expect(try await project.run("run").exitCode == 0)
    let first = try Self.uuid(project)
    for _ in 1...2 {
      let run = try await project.run("run", "--reuse")
      #expect(run.exitCode == 0, "\(run.errors)")
      let summary = try project.summary()
      #expect(run.output == Printed.text(summary))
      #expect(summary.reused == [SummaryDocument.Reused(run: first, cells: 4)])
      #expect(try Self.cells(project).reused == Self.all)
    }
    let results = try project.cells().values
    #expect(Set(results.map(\.reusedFrom)) == [first])
    #expect(results.allSatisfy { $0.attempts == 1 })
    let shown = try await project.run("show", "s/one/answers@capi-heap")
    let cell = try project.shown("s/one/answers@capi-heap@cpython-3.11")
    #expect(shown.output == Printed.text(cell))
    #expect(cell.reusedFrom == first)
    #expect(cell.attempts.map(\.circumstances) == [.warm])
    let runs = try await project.run("runs")
    let list = try RunListDocument(try project.latest().store, kind: nil)
    #expect(runs.output == Printed.text(list))
    #expect(list.runs.map(\.reused) == [4, 4, 0])
    #expect(list.runs.map(\.run.planned) == [4, 4, 4])
    #expect(try await project.run("run").exitCode == 0)
    #expect(try Self.cells(project).run == Self.all)
    #expect(try project.summary().reused.isEmpty)
  }

  @Test("a changed C file, a changed scenario file: exactly their cells run again; a summary: none")
  func changedCase() async throws {
    let project = try Self.project()
    try await project.run("run")
    try project.write("s/one/capi.c", Sources.capi(["answer": "    return PyLong_FromLong(2);"]))
    try await project.run("run", "--reuse")
    #expect(try Self.cells(project).run == ["one/answers@capi-static", "one/answers@capi-heap"])
    try project.write("s/two/scenarios.py", Sources.scenarios([Self.scenario, ("again", "record('other', 1)")]))
    try await project.run("run", "--reuse")
    #expect(try Self.cells(project).run == ["two/answers@capi-heap", "two/again@capi-heap"])
    try project.write("s/two/case.toml", "summary = \"another\"\n")
    try await project.run("run", "--reuse")
    #expect(try Self.cells(project).reused == Self.all)
  }

  @Test("other limits: all is run again")
  func limits() async throws {
    let project = try Self.project()
    try await project.run("run")
    for option in [["--timeout", "11"], ["--memory", "4000"]] {
      let run = try await project.run("run", "--reuse", option[0], option[1])
      #expect(run.exitCode == 0, "\(run.errors)")
      #expect(try Self.cells(project).run == Self.all)
    }
  }

  @Test("another interpreter under the same name, and another module that it imports: all is run again")
  func interpreter() async throws {
    let root = FileManager.default.temporaryDirectory.appending(path: "interpreter-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: root) }
    try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
    let script = root.appending(path: "python")
    func write(_ comment: String, site: String) throws {
      try Data("x = \(site)\n".utf8).write(to: root.appending(path: "sitecustomize.py"))
      try Data("#!/bin/sh\n# \(comment)\nPYTHONPATH='\(root.path)' exec '\(Project.cpython)' \"$@\"\n".utf8).write(
        to: script)
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: script.path)
    }
    try write("one", site: "1")
    let foreign = Sources.scenarios([Self.scenario]).replacing(
      "\n\n", with: "\nimport sitecustomize\n\n", maxReplacements: 1)
    let project = try Self.project(
      ["s/three/capi-heap.c": Self.steady, "s/three/scenarios.py": foreign], runtimes: ["same": script.path])
    try await project.run("run")
    try await project.run("run", "--reuse")
    // A module of nobody's library decides what this one answers.
    #expect(try Self.cells(project).run == ["three/answers@capi-heap"])
    #expect(try Self.cells(project).reused == Self.all)
    try write("two", site: "1")
    try await project.run("run", "--reuse")
    #expect(try Self.cells(project).reused == [])
    try write("two", site: "2")
    try await project.run("run", "--reuse")
    #expect(try Self.cells(project).reused == [])
  }

  @Test("a changed file of an hpy that says the same version: its lanes run again, those of the raw C API don't")
  func changedHPy() async throws {
    let project = try Project(runtimes: ["changed": "changed/bin/python"])
    try project.copyCPython(to: "changed")
    try await project.run("new", "mine/first-case")
    let before = try await project.run("run")
    #expect(before.exitCode == 0, "\(before.output)\(before.errors)")
    try project.changeHPy(of: "changed", "debug/leakdetector.py") { $0 + "\n# changed\n" }
    let after = try await project.run("run", "--reuse")
    #expect(after.exitCode == 0, "\(after.output)\(after.errors)")
    func lanes(_ cells: Set<String>) -> Set<Substring> { Set(cells.map { $0.split(separator: "@")[1] }) }
    func all(_ api: Flavour.API) -> Set<Substring> {
      Set(Lane.all.filter { $0.flavour.api == api && !$0.flavour.isStable }.map { Substring($0.description) })
    }
    #expect(lanes(try Self.cells(project).run) == all(.hpy))
    #expect(lanes(try Self.cells(project).reused) == all(.capi))
  }

  @Test("a changed ledger judges anew what was taken over, and nothing is run")
  func changedLedger() async throws {
    let project = try Project([
      "s/one/capi.c": Sources.capi(["answer": "    return PyLong_FromLong(CONFORM_STATIC_TYPES ? 2 : 1);"]),
      "s/one/scenarios.py": Sources.scenarios([Self.scenario, ("steady", "record('x', 1)")]),
    ])
    #expect(try await project.run("run").exitCode == 1)
    func entry(_ scenario: String, _ label: String, _ observed: String) -> String {
      """
      [[cause]]
      name = "told"
      reason = "r"
      link = "l"
      lanes = ["capi-static"]
      runtimes = [{ implementation = "cpython", version = ">=3.11" }]
      [[cause.place]]
      scenario = "one/\(scenario)"
      label = "\(label)"
      facet = "value"
      observed = "\(observed)"
      """
    }
    try project.write("s/ledger.toml", entry("answers", "answer", "2"))
    let run = try await project.run("run", "--reuse")
    #expect(run.exitCode == 0, "\(run.output)")
    #expect(try project.results()["answers@capi-static"]?.verdict == .known)
    #expect(try project.results()["answers@capi-static"]?.attempts == 3)
    #expect(try Self.cells(project).run == [])
    // One that conformed with a single attempt, and now is said to have been fixed.
    try project.write("s/ledger.toml", entry("steady", "x", "9"))
    #expect(try await project.run("run", "--reuse").exitCode == 1)
    #expect(try project.results()["steady@capi-static"]?.verdict == .fixed)
    #expect(try project.results()["steady@capi-static"]?.attempts == 1)
    #expect(try project.results()["answers@capi-static"]?.verdict == .new)
    #expect(try Self.cells(project).run == [])
  }

  @Test("a cell in doubt because its reference changed is run again with it, and confirmed")
  func changedReference() async throws {
    let project = try Project([
      "s/one/capi-heap.c": Self.steady, "s/one/capi-static.c": Self.steady,
      "s/one/scenarios.py": Sources.scenarios([Self.scenario, ("stays", "record('x', 1)")]),
    ])
    #expect(try await project.run("run").exitCode == 0)
    try project.write("s/one/capi-heap.c", Sources.capi(["answer": "    return PyLong_FromLong(2);"]))
    #expect(try await project.run("run", "--reuse").exitCode == 1)
    let odd = try #require(try project.results()["answers@capi-static"])
    #expect(odd.verdict == .new)
    #expect(try project.attempts(odd).map(\.circumstances) == [.warm, .fresh, .memoryDebug])
    let reused = try Self.cells(project).reused
    #expect(reused == ["one/stays@capi-static"])
  }

  @Test("answers that waver, time out or don't load are asked for again")
  func neverTakenOver() async throws {
    let project = try Project([
      "s/one/capi-heap.c": Sources.capi([
        "number": "    return PyLong_FromLong(getpid());", "hang": "    for (;;) pause();",
      ]),
      "s/one/scenarios.py": Sources.scenarios([
        ("wavers", "expect('pid', ext.number(), 1, source='document')"), ("hangs", "ext.hang()"),
        ("fine", "record('x', 1)"),
        // One attempt each, all conforming: only the runs disagree.
        ("drifts", "record('pid', ext.number())"),
      ]),
      "s/two/capi-heap.c": Sources.capi(["fine": ""], initialiser: "PyInit_other"),
      "s/two/scenarios.py": Sources.scenarios([("never", "record('x', 1)")]),
    ])
    try await project.run("run", "--timeout", "1")
    try await project.run("run", "--timeout", "1")
    try await project.run("run", "--timeout", "1", "--reuse")
    #expect(try Self.cells(project).reused == ["one/fine@capi-heap"])
  }

  // MARK: The key

  private static let input = CellInput(
    binary: ContentKey(of: "binary"), module: "ext", lane: .cpython, scenarioFile: ContentKey(of: "file"),
    worker: ContentKey(of: "worker"), program: ContentKey(of: "program"),
    interpreter: ContentKey(of: "interpreter"), hpy: ContentKey(of: "hpy"), canFork: true, limits: Limits(),
    isSandboxed: false, environment: ["A": "1"])

  private static let changes: [@Sendable (inout CellInput) -> Void] = [
    { $0.binary = ContentKey(of: "other") }, { $0.module = "other" },
    { $0.lane = .universal }, { $0.lane = .universalDebug },
    { $0.scenarioFile = ContentKey(of: "other") }, { $0.worker = ContentKey(of: "other") },
    { $0.program = ContentKey(of: "other") }, { $0.interpreter = ContentKey(of: "other") },
    { $0.hpy = ContentKey(of: "other") }, { $0.hpy = nil }, { $0.canFork = false }, { $0.limits.seconds = 11 },
    { $0.limits.repeats.warmups += 1 }, { $0.limits.repeats.measured += 1 },
    { $0.limits.processes += 1 }, { $0.limits.scratch += 1 }, { $0.isSandboxed = true }, { $0.limits.memory += 1 },
    { $0.limits.fileSize += 1 }, { $0.environment["A"] = "2" },
    { $0.environment["B"] = "1" },
  ]

  @Test("every ingredient changes the key, each in its own way")
  func key() {
    let keys = Self.changes.map { change in
      var input = Self.input
      change(&input)
      return input.key
    }
    #expect(Set(keys + [Self.input.key]).count == Self.changes.count + 1)
    let cells = [Self.input.key, keys[0]].flatMap { key in ["a", "b"].map { CellInput.key(of: $0, in: key) } }
    #expect(Set(cells).count == 4)
  }

  @Test("which attempts are final")
  func final() {
    func attempt(_ outcome: Outcome, value: String = "1", _ circumstances: Circumstances = .warm) -> Attempt {
      .sample([.fact(value)], outcome, circumstances)
    }
    let crashed = Outcome.crashed(signal: "SIGSEGV")
    #expect(Reuse.areFinal([attempt(.completed)]))
    #expect(Reuse.areFinal([attempt(crashed), attempt(crashed, .fresh), attempt(.completed, .memoryDebug)]))
    #expect(!Reuse.areFinal([]))
    #expect(!Reuse.areFinal([attempt(.completed), attempt(.completed, value: "2", .fresh)]))
    #expect(!Reuse.areFinal([attempt(.expectationFailed), attempt(.completed, .fresh)]))
    #expect(!Reuse.areFinal([attempt(crashed), attempt(.crashed(signal: "SIGABRT"), .fresh)]))
    for outcome in [
      Outcome.timedOut, .workerLost, .damagedResult, .limitExceeded(.memory), .limitExceeded(.processes),
      .limitExceeded(.scratch), .notBuilt, .notLoadable, .invalid, .notRun, .harnessFailed,
    ] {
      #expect(!Reuse.areFinal([attempt(outcome)]))
    }
  }
}
