import Foundation
import GRDB
import Model
import Platform
import Storing
import Testing

/// What commands do with a database that they must not write to, or can't understand.
@Suite("Opening databases, on the command line")
struct OpeningCommandTests {
  private static let files = [
    "s/one/capi.c": Sources.capi(["answer": "    return PyLong_FromLong(CONFORM_STATIC_TYPES ? 1 : 2);"]),
    "s/one/scenarios.py": Sources.scenarios([("answers", "record('answer', ext.answer())")]),
    "s/slow/capi-heap.c": Sources.capi(["hang": "    for (;;) pause();"]),
    "s/slow/scenarios.py": Sources.scenarios([("hangs", "ext.hang()")]),
  ]

  private static let cell = "s/one/answers@capi-heap@cpython-3.11"

  /// A project with a database that has a run.
  private static func project() async throws -> Project {
    let project = try Project(files)
    let run = try await project.run("run", "s/one")
    try #require(run.exitCode == 1, "\(run.errors)")
    return project
  }

  /// A database as its file is.
  private struct File: Equatable {
    var content: Data
    var modified: Date?
    var number: Int?

    init(_ path: String) throws {
      content = try Data(contentsOf: URL(filePath: path))
      let facts = try FileManager.default.attributesOfItem(atPath: path)
      modified = facts[.modificationDate] as? Date
      number = facts[.systemFileNumber] as? Int
    }
  }

  /// What is said to who would write while a process does.
  private static func refusal(_ project: Project, _ process: pid_t) -> String {
    "hpy-conform: \(project.database): another run is writing to it (process \(process)); "
      + "wait for it, or name another database with --db\n"
  }

  private static func execute(_ sql: String, in path: String) throws {
    let queue = try DatabaseQueue(path: path)
    try queue.write { try $0.execute(sql: sql) }
    try queue.close()
  }

  @Test("a database from before the first release is refused by every command, with the way out, and not touched")
  func unreleased() async throws {
    let project = try Project(Self.files)
    let folder = URL(filePath: project.database).deletingLastPathComponent()
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try Self.execute(
      """
      PRAGMA application_id = \(0x4850_7943);
      CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY);
      INSERT INTO grdb_migrations VALUES ('1 first schema');
      CREATE TABLE run (id INTEGER PRIMARY KEY, uuid TEXT NOT NULL);
      INSERT INTO run VALUES (1, 'old');
      """, in: project.database)
    let before = try File(project.database)
    for arguments in [
      ["run", "s/one"], ["nightly"], ["runs"], ["show"], ["report"], ["judge"],
      ["compare", "capi-static", "capi-heap"],
      ["portability", "--show", "latest"], ["prune", "--keep-runs", "1"], ["prune", "--keep-runs", "1", "--dry-run"],
      ["baseline"], ["baseline", "latest"], ["merge", "new.sqlite", project.database],
      ["merge", project.database, project.database + "-copy"],
    ] {
      if arguments.first == "merge" {
        try? FileManager.default.copyItem(atPath: project.database, toPath: project.database + "-copy")
      }
      let result = try await project.run(arguments)
      try? FileManager.default.removeItem(atPath: project.database + "-copy")
      #expect(result.exitCode == 64, "\(arguments)")
      let place = arguments.last?.hasSuffix("-copy") == true ? project.database + "-copy" : project.database
      #expect(
        result.errors == "hpy-conform: \(place): was made by hpy-conform before its first release, with other tables; "
          + "it was not changed; move it away, or name another file with --db\n", "\(arguments)")
      #expect(result.output.isEmpty, "\(arguments)")
      #expect(try File(project.database) == before, "\(arguments)")
      #expect(try project.databaseFiles() == ["results.sqlite"], "\(arguments)")
    }
    #expect(!FileManager.default.fileExists(atPath: project.root.appending(path: "new.sqlite").path))
  }

  @Test(
    "a lane or an outcome that this program doesn't know is an error that names it and the run, in every command",
    arguments: [
      ("UPDATE cell SET lane = 'warp'", "warp"), ("UPDATE answer SET outcome = 'vanished'", "vanished"),
    ])
  func unknownText(change: String, text: String) async throws {
    let project = try await Self.project()
    let uuid = try project.latest().run.uuid
    try Self.execute(change, in: project.database)
    for arguments in [
      ["show"], ["show", "s/one"], ["judge"], ["judge", "--stored"], ["report"], ["report", "--format", "json"],
      ["compare", "capi-static", "capi-heap"],
    ] {
      let result = try await project.run(arguments)
      #expect(result.exitCode == 64, "\(arguments): \(result.output)")
      let lines = result.errors.split(separator: "\n")
      #expect(lines.count == 1, "\(arguments): \(result.errors)")
      #expect(
        result.errors.hasPrefix("hpy-conform: \(project.database): run \(uuid.prefix(8)): "),
        "\(arguments): \(result.errors)")
      #expect(result.errors.contains("\"\(text)\""), "\(arguments): \(result.errors)")
      #expect(
        result.errors.hasSuffix(
          "; it was written by another version of hpy-conform (this one is \(Program.version)): use that version, "
            + "or name another with --db\n"), "\(arguments): \(result.errors)")
      #expect(result.output.isEmpty, "\(arguments): \(result.output)")
    }
    // Nothing was judged, and nothing was run for the comparison.
    let counts = try await DatabaseQueue(path: project.database).read { database in
      try ["judgement", "run"].map { try Int.fetchOne(database, sql: "SELECT count(*) FROM \($0)") }
    }
    #expect(counts == [1, 1])
  }

  @Test("who reads changes no byte of a database, and leaves nothing beside it")
  func reading() async throws {
    let project = try await Self.project()
    let before = try File(project.database)
    let files = try project.databaseFiles()
    #expect(files == ["results.sqlite", "results.sqlite.lock"])
    for (arguments, code) in [
      (["runs"], 0), (["show"], 0), (["show", Self.cell], 0), (["report"], 1), (["report", "--format", "json"], 1),
      (["report", "--folder", "pages"], 1), (["compare", "capi-static", "capi-heap"], 1), (["baseline"], 0),
      (["prune", "--keep-runs", "1", "--dry-run"], 0), (["merge", "copy.sqlite", project.database], 0),
    ] as [([String], Int32)] {
      let result = try await project.run(arguments)
      #expect(result.exitCode == code, "\(arguments): \(result.errors)")
      #expect(try File(project.database) == before, "\(arguments)")
      #expect(try project.databaseFiles() == files, "\(arguments)")
    }
  }

  @Test("while a run writes, who reads sees what is there, and who would write too is told whose turn it is")
  func duringRun() async throws {
    let project = try await Self.project()
    let finished = try project.latest().run.uuid
    #expect(try await project.run("merge", "other.sqlite", project.database).exitCode == 0)
    let running = try await project.run("run", "s/slow", "--timeout", "1000") {
      try await project.wait { try project.latest().run.uuid != finished }
      for (arguments, code) in [
        (["show", Self.cell, "--run", finished], 0), (["report", finished], 1), (["runs"], 0),
        (["compare", "capi-static", "capi-heap"], 1), (["prune", "--keep-runs", "1", "--dry-run"], 0),
      ] as [([String], Int32)] {
        let result = try await project.run(arguments)
        #expect(result.exitCode == code, "\(arguments): \(result.errors)")
      }
      let process = try project.writer()
      for arguments in [
        ["judge", finished], ["baseline", "none"], ["prune", "--keep-runs", "1"], ["run", "s/one"],
        ["merge", project.database, "other.sqlite"],
      ] {
        let result = try await project.run(arguments)
        #expect(result.exitCode == 69, "\(arguments): \(result.output)")
        #expect(result.errors == Self.refusal(project, process), "\(arguments)")
      }
      kill(process, SIGINT)
    }
    #expect(running.exitCode == 130)
    #expect(try project.latest().run.state == .interrupted)
    #expect(try project.latest().store.runs().count == 2)
    #expect(try await project.run("judge", finished).exitCode == 1)
  }

  @Test("a lock that another program holds is one, and what it guards is left as it is")
  func locked() async throws {
    let project = try await Self.project()
    let writer = try StoreWriter(path: project.database)
    let process = ProcessInfo.processInfo.processIdentifier
    func counts() throws -> [Int?] {
      [try writer.store.runs().count, try writer.store.baseline(ofSeries: "nightly") == nil ? 0 : 1]
    }
    for arguments in [["judge"], ["judge", "--stored"], ["baseline", "none"], ["prune", "--keep-runs", "0"]] {
      let result = try await project.run(arguments)
      #expect(result.exitCode == 69, "\(arguments)")
      #expect(result.errors == Self.refusal(project, process), "\(arguments)")
      #expect(result.output.isEmpty, "\(arguments)")
      #expect(try counts() == [1, 0], "\(arguments)")
    }
    for arguments in [["runs"], ["show"], ["baseline"]] {
      #expect(try await project.run(arguments).exitCode == 0, "\(arguments)")
    }
    withExtendedLifetime(writer) {}
  }
}
