import Documents
import Foundation
import GRDB
import Model
import Platform
import Storing
import Testing

/// A view is a run of a kind of its own: what other commands make of it, and what becomes of one that can't be kept.
@Suite("A portability view beside runs")
struct PortabilityRunTests {
  /// A project with a run, and then a view of two runtimes with the same HPy.
  private static func project() async throws -> (project: Project, store: Store, run: StoredRun, view: StoredRun) {
    let project = try Project(PortabilityCommandTests.files)
    let python = try PortabilityCommandTests.shifted(in: project)
    let first = try await project.run("run", "s/one", "-l", "universal")
    try #require(first.exitCode == 0, "\(first.errors)")
    let second = try await project.run("portability", "s/one", "-r", "cpython-3.11", "-r", python)
    try #require(second.exitCode == 1, "\(second.errors)")
    let store = try Store(path: project.database)
    return (project, store, try store.run(named: "latest"), try store.run(named: "latest", .portability))
  }

  @Test("`runs` lists it, `show --run` shows one of its cells, and `latest` is never it")
  func shown() async throws {
    let (project, store, run, view) = try await Self.project()
    #expect(view.kind == .portability && run.kind == .run)
    #expect(view.binaries.map(\.flavour).prefix(2) == [.universal, .universal])
    let listed = try await project.run("runs")
    #expect(listed.exitCode == 0)
    let list = try RunListDocument(store, kind: nil)
    #expect(list.runs.map(\.run.run) == [view.uuid, run.uuid])
    #expect(list.runs.map(\.kind) == [.portability, .run])
    #expect(listed.output == Printed.text(list))

    let home = view.runtimes[1].name
    let name = "s/one/late@universal:\(home)@cpython-3.11"
    let cell = try #require(CellID(name))
    let result = try #require(try store.result(of: cell, in: view))
    let document = try CellDocument(result, of: view, in: store)
    #expect((document.cell, document.run, document.verdict) == (name, view.uuid, .new))
    #expect(document.reference == "universal@cpython-3.11")
    #expect(document.referenceAnswer?["copy"]?.value == "{1: 2}")
    let shown = try await project.run("show", name, "--run", String(view.uuid.prefix(8)))
    #expect(shown.exitCode == 0)
    #expect(shown.output == Printed.text(document))
    // A pattern finds it too.
    let meant = try await project.run("show", "*/*/late@universal:\(home)@cpython-3.11", "--run", view.uuid)
    #expect(meant.output == shown.output)
    let latest = try await project.run("show", name)
    #expect(latest.exitCode == 64)
    #expect(latest.errors.contains("no run has a cell `\(name)`"), "\(latest.errors)")
  }

  @Test("`judge` refuses it and says what shows it; nothing of it is changed")
  func judged() async throws {
    let (project, store, run, view) = try await Self.project()
    let before = try store.results(of: view)
    let id = view.uuid.prefix(8)
    for arguments in [["judge", String(id)], ["judge", view.uuid, "--stored"]] {
      let refused = try await project.run(arguments)
      #expect(refused.exitCode == 64)
      #expect(
        refused.errors
          == "hpy-conform: run \(id) is a portability view, which is not judged by a ledger; "
          + "`hpy-conform portability --show \(id)` shows it\n")
    }
    #expect(try store.results(of: view) == before)
    #expect(try await project.run("judge").exitCode == 0)
    #expect(try store.run(named: "latest").uuid == run.uuid)
  }

  @Test("`report`, `baseline`, `nightly` and `compare` never take it for a run")
  func neverARun() async throws {
    let (project, store, run, view) = try await Self.project()
    let id = String(view.uuid.prefix(8))
    let usual = try await project.run("report", "--format", "json")
    #expect(usual.exitCode == 0, "\(usual.errors)")
    let report: ReportDocument = try Printed.document(usual)
    #expect(report.run.run == run.uuid && report.baseline == nil)
    #expect(report.timeline.map(\.run) == [run.uuid])
    for arguments in [
      ["report", id], ["report", "--baseline", id], ["baseline", id], ["nightly", "--baseline", id],
      ["compare", "universal", "cpython", "--run", id],
    ] {
      let refused = try await project.run(arguments)
      #expect(refused.exitCode == 64, "\(arguments)")
      #expect(refused.errors.contains(id), "\(arguments): \(refused.errors)")
      #expect(refused.errors.split(separator: "\n").count == 1, "\(arguments): \(refused.errors)")
    }
    let alone = try await project.run("compare", "previous", "last")
    #expect(alone.exitCode == 64)
    #expect(alone.errors.contains("there is no run before the last one"), "\(alone.errors)")
    #expect(try await project.run("compare", id, "last").exitCode == 64)

    try await project.run("run", "s/one/early", "-l", "universal")
    let runs = try store.runs()
    let pair: ComparisonDocument = try Printed.document(
      try await project.run("compare", "previous", "last", "--format", "json"))
    #expect(pair.sides.map(\.run) == [run.uuid, runs[0].uuid])
    // Its answers answer for no lane and no runtime of a comparison.
    #expect(
      try await project.run(
        "portability", "s/one/early@universal:*", "-r", "cpython-3.11", "-r",
        project.root.appending(path: "shifted/bin/python").path
      ).exitCode == 0)
    let lanes = try await project.run(
      "compare", "universal", "cpython", "--only", "s/one/early", "--format", "json")
    let document: ComparisonDocument = try Printed.document(lanes)
    let last = try store.run(named: "latest")
    #expect(document.sides.map(\.run) == [last.uuid, last.uuid] && last.uuid != runs[0].uuid)

    let night = try await project.run("nightly", "s/one/early", "-l", "universal")
    #expect(night.exitCode == 0, "\(night.errors)")
    let second = try await project.run("nightly", "s/one/early", "-l", "universal")
    #expect(second.exitCode == 0, "\(second.errors)")
    let nights = try store.runs(inSeries: "nightly")
    let after: ReportDocument = try Printed.document(try await project.run("report", "--format", "json"))
    #expect([after.baseline?.run, after.run.run] == nights.map(\.uuid))
    #expect(after.timeline.map(\.run) == nights.map(\.uuid))
  }

  /// A scenario that waits for a file, each time writing that it is there.
  private static func waiting(_ project: Project) throws -> (started: URL, go: URL) {
    let (started, go) = (project.root.appending(path: "started"), project.root.appending(path: "go"))
    try project.write(
      "s/one/hpy.c",
      """
      #include "hpy.h"
      #include <stdio.h>
      #include <unistd.h>
      HPyDef_METH(linger, "linger", HPyFunc_NOARGS)
      static HPy linger_impl(HPyContext *ctx, HPy self)
      {
          FILE *file = fopen("\(started.path)", "a");
          if (file == NULL)
              return HPyLong_FromLong(ctx, -1);
          fputs("here\\n", file);
          fclose(file);
          while (access("\(go.path)", F_OK) != 0)
              usleep(10000);
          return HPyLong_FromLong(ctx, 7);
      }
      static HPyDef *defines[] = {&linger, NULL};
      static HPyModuleDef module = {.defines = defines};
      HPy_MODINIT(ext, module)
      """)
    try project.write(
      "s/one/scenarios.py", Sources.scenarios([("waits", "expect('number', ext.linger(), 7, source='document')")]))
    return (started, go)
  }

  private static func wait(for file: URL) async throws {
    for _ in 0..<2400 where !FileManager.default.fileExists(atPath: file.path) {
      try await Task.sleep(for: .milliseconds(50))
    }
    try #require(FileManager.default.fileExists(atPath: file.path), "nothing was tried")
  }

  @Test(
    "a database that another program locks is told once, at the end: all is tried before, in a view as in any run",
    arguments: [
      ["run", "s/one", "-l", "universal", "--hunt-leaks", "0:0"], ["portability", "s/one@universal:*"],
    ])
  func locked(arguments: [String]) async throws {
    let project = try Project()
    let (started, go) = try Self.waiting(project)
    let python = try PortabilityCommandTests.shifted(in: project)
    let run = Task { try await project.run(arguments + ["-r", "cpython-3.11", "-r", python, "--jobs", "1"]) }
    try await Self.wait(for: started)
    var configuration = Configuration()
    configuration.allowsUnsafeTransactions = true
    let holder = try DatabaseQueue(path: project.database, configuration: configuration)
    try await holder.writeWithoutTransaction { try $0.execute(sql: "BEGIN IMMEDIATE") }
    try Data().write(to: go)
    let result = try await run.value
    #expect(result.exitCode == 69)
    #expect(
      result.errors
        == "hpy-conform: \(project.database): is locked by another program; wait for it, or name another with --db\n")
    try await holder.writeWithoutTransaction { try $0.execute(sql: "ROLLBACK") }
    // Every cell was tried all the same.
    let tries = try String(contentsOf: started, encoding: .utf8).split(separator: "\n").count
    let store = try Store(path: project.database)
    let stored = try #require(try store.runs(nil).first)
    #expect(stored.state == .running)
    #expect(tries >= stored.planned, "\(tries) of \(stored.planned)")
  }

  @Test(
    "a run that can't be recorded from its start ends there, of either kind: nothing is tried",
    arguments: [["run", "s/one", "-l", "universal"], ["portability", "s/one@universal:*"]])
  func refusedAtStart(arguments: [String]) async throws {
    let project = try Project()
    let (started, go) = try Self.waiting(project)
    try Data().write(to: go)
    let python = try PortabilityCommandTests.shifted(in: project)
    _ = try StoreWriter(path: project.database)
    let queue = try DatabaseQueue(path: project.database)
    try await queue.write {
      try $0.execute(sql: "CREATE TRIGGER refuse BEFORE INSERT ON run BEGIN SELECT raise(ABORT, 'not today'); END")
    }
    try queue.close()
    let result = try await project.run(arguments + ["-r", "cpython-3.11", "-r", python])
    #expect(result.exitCode == 69)
    #expect(
      result.errors
        == "hpy-conform: \(project.database): SQLite error: not today; name another file with --db\n")
    #expect(!FileManager.default.fileExists(atPath: started.path))
  }

  @Test(
    "a disk that is full is told once, in a view as in any run, and what was there before is kept",
    arguments: [["run", "s/one"], ["portability", "s/one"]])
  func full(arguments: [String]) async throws {
    let project = try Project(PortabilityCommandTests.files)
    let python = try PortabilityCommandTests.shifted(in: project)
    let options = ["-r", "cpython-3.11", "-r", python, "--cache", project.root.appending(path: "cache").path]
    try #require(try await project.run(arguments + options).exitCode == 1)
    let store = try Store(path: project.database)
    let before = try #require(try store.runs(nil).first)
    let results = try store.results(of: before)
    // What is built is there. A file that may not grow is all that a full disk is to the database.
    let size = try FileManager.default.attributesOfItem(atPath: project.database)[.size] as? Int
    let line = ([Project.command] + arguments + options).map { "'\($0)'" }.joined(separator: " ")
    let result = try await Tool.run(
      "/bin/bash", ["-c", "trap '' XFSZ; ulimit -f \(try #require(size) / 1024 / 4); exec \(line)"],
      environment: ProcessInfo.processInfo.environment, directory: project.root.path, limit: 240)
    #expect(result.exitCode == 69, "\(result.output)")
    let message = "hpy-conform: \(project.database): can't be written: "
    #expect(result.errors.hasPrefix(message), "\(result.errors)")
    #expect(result.errors.hasSuffix("; free some space; the results recorded so far are kept\n"), "\(result.errors)")
    #expect(result.errors.split(separator: "\n").count == 1, "\(result.errors)")
    #expect(try store.results(of: before) == results)
  }

  @Test("a database that a run writes to, and a cache that can't be used: one message each, and nothing is run")
  func unusable() async throws {
    let project = try Project(PortabilityCommandTests.files)
    let python = try PortabilityCommandTests.shifted(in: project)
    let view = ["portability", "s/one", "-r", "cpython-3.11", "-r", python]
    let writer = try StoreWriter(path: project.database)
    let second = try await project.run(view)
    #expect(second.exitCode == 69)
    let process = ProcessInfo.processInfo.processIdentifier
    #expect(
      second.errors
        == "hpy-conform: \(project.database): another run is writing to it (process \(process)); "
        + "wait for it, or name another database with --db\n")
    withExtendedLifetime(writer) {}
    let file = project.root.appending(path: "hpy-conform.toml").path
    let run = try await project.run("run", "--cache", file)
    let same = try await project.run(view + ["--cache", file])
    #expect(same.exitCode == 69)
    #expect(same.errors == run.errors)
    #expect(
      same.errors
        == "hpy-conform: \(file): can't be written: Not a directory; "
        + "free some space, make it writable, or name another folder with --cache\n")
    #expect(try Store(path: project.database).runs(nil).isEmpty)
  }

  @Test("a disk that is too full for the compiler is said of no binary")
  func fullCache() async throws {
    let project = try Project(PortabilityCommandTests.files)
    try project.program(
      "cc",
      """
      #!/bin/sh
      test "$1" = --version && exec echo "compiler 1"
      echo "fatal error: error writing to /tmp/x.s: No space left on device" >&2
      exit 1
      """)
    let cache = project.root.appending(path: "cache").path
    let python = try PortabilityCommandTests.shifted(in: project)
    try await project.run(
      "portability", "s/one", "-r", "cpython-3.11", "-r", python, "--cache", cache,
      environment: ["CC": project.root.appending(path: "cc").path])
    let store = try Store(path: project.database)
    let results = try store.results(of: try store.run(named: "latest", .portability))
    #expect(results.contains { $0.outcome == .harnessFailed })
    #expect(results.allSatisfy { $0.verdict == .notJudged && $0.outcome.isSkip }, "\(results.map(\.outcome))")
  }

  @Test("Ctrl-C keeps what was answered, and the exit code says so; `run --resume` goes on to the whole view")
  func interrupted() async throws {
    let project = try Project()
    let (started, go) = try Self.waiting(project)
    let python = try PortabilityCommandTests.shifted(in: project)
    let run = Task {
      try await project.run("portability", "-r", "cpython-3.11", "-r", python, "--jobs", "1", "--format", "json")
    }
    try await Self.wait(for: started)
    let lock = try String(contentsOfFile: project.database + ".lock", encoding: .utf8)
    kill(try #require(pid_t(lock)), SIGINT)
    let result = try await run.value
    #expect(result.exitCode == 130, "\(result.errors)")
    let document: PortabilityDocument = try Printed.document(result)
    #expect(document.state == .interrupted)
    #expect(document.tried < document.planned)
    let view = try Store(path: project.database).run(named: "latest", .portability)
    #expect(view.state == .interrupted)
    #expect(result.errors.hasSuffix("to continue: hpy-conform run --resume \(view.uuid.prefix(8))\n"))
    try Data().write(to: go)
    let resumed = try await project.run("run", "--resume")
    let store = try Store(path: project.database)
    let whole = try store.run(view.uuid)
    #expect((whole.state, whole.kind, whole.resumed.count) == (.finished, .portability, 1), "\(resumed.errors)")
    let shown = try PortabilityDocument(whole, in: store)
    #expect(resumed.output == Printed.text(shown))
    #expect((shown.tried, resumed.exitCode) == (shown.planned, shown.isAsPromised ? 0 : 1))
    #expect(try store.runs().isEmpty)
  }
}
