import Foundation
import Model
import Platform
import Testing

/// What is left when the command is killed at the worst moment: nothing.
@Suite("Nothing is left behind")
struct AftermathTests {
  private static let hang = "for (;;) { pause(); }"

  /// A case that hangs: when it is loaded, or in its scenario.
  private static func project(initialiser: String = "", body: String = "ext.hang()") throws -> Project {
    let source = Sources.capi(["fine": "", "hang": "    \(hang)"], includes: "#include <unistd.h>")
      .replacing("    return PyModuleDef_Init", with: "    \(initialiser)\n    return PyModuleDef_Init")
      .replacing("    return PyModule_Create", with: "    \(initialiser)\n    return PyModule_Create")
    return try Project([
      "s/c/capi-heap.c": source, "s/c/scenarios.py": Sources.scenarios([("first", body)]),
    ])
  }

  /// Processes that were started with a text in their environment.
  private static func processes(with text: String) -> [String] {
    let all = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return all.filter { Int($0) != nil }.filter { process in
      FileManager.default.contents(atPath: "/proc/\(process)/environ")
        .map { String(decoding: $0, as: UTF8.self).contains(text) } ?? false
    }
  }

  /// Waits until something comes true, at most so long that no limit of what hangs is over.
  private static func wait(_ what: String, until isTrue: () -> Bool) async throws {
    for _ in 0..<600 where !isTrue() { try await Task.sleep(for: .milliseconds(50)) }
    try #require(isTrue(), "\(what)")
  }

  /// Runs the command, kills it when a process of a name is there, and waits until nothing is left of it.
  private static func killed(_ project: Project, when name: String, _ arguments: [String] = ["run"]) async throws {
    let folder = project.root.appending(path: "temporary")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let environment = ProcessInfo.processInfo.environment.merging([
      "TMPDIR": folder.path, "XDG_CACHE_HOME": project.root.appending(path: "cache").path,
      "PATH": project.root.appending(path: "bin").path + ":/usr/bin:/bin",
    ]) { $1 }
    let (command, root) = (Project.command, project.root.path)
    let running = Task {
      try await Tool.run(command, arguments, environment: environment, directory: root, limit: 100)
    }
    // Every process is told where programs are.
    func all() -> [String] { processes(with: "PATH=\(project.root.path)/bin:") }
    func isThere(_ process: String) -> Bool {
      let line = FileManager.default.contents(atPath: "/proc/\(process)/cmdline") ?? Data()
      return String(decoding: line, as: UTF8.self).contains(name)
    }
    try await wait("\(name) is started") { all().contains(where: isThere) }
    // It is at it, and does not go on from there.
    try await Task.sleep(for: .milliseconds(300))
    let runner = try #require(
      all().first {
        let line = FileManager.default.contents(atPath: "/proc/\($0)/cmdline") ?? Data()
        return String(decoding: line, as: UTF8.self).hasPrefix(command)
      })
    kill(try #require(pid_t(runner)), SIGKILL)
    _ = try await running.value
    // Long before the limits of what hangs are over.
    try await wait("no process is left") { all().isEmpty }
    try await wait("no folder is left") {
      ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? ["?"]).isEmpty
    }
  }

  @Test("a killed run leaves no process and no folder: while an extension is loaded that hangs")
  func hangingLoad() async throws {
    try await Self.killed(try Self.project(initialiser: Self.hang), when: "conform_worker", ["run", "--timeout", "90"])
  }

  @Test("nor while a cell hangs, in a sandbox or not", arguments: ["--no-sandbox", "--sandbox"])
  func hangingCell(option: String) async throws {
    if option == "--sandbox", (try? await Sandbox()) == nil { return }
    try await Self.killed(
      try Self.project(), when: option == "--sandbox" ? "conform_server" : "conform_worker",
      ["run", "--timeout", "90", option])
  }

  @Test("nor while the compiler hangs")
  func hangingCompiler() async throws {
    let project = try Self.project()
    try project.program(
      "bin/gcc",
      """
      #!/bin/sh
      case "$1" in --version|-print*) exec /usr/bin/gcc "$@";; esac
      exec sleep 100
      """)
    try await Self.killed(project, when: "sleep")
  }

  @Test("nor while the reader of scenario files hangs")
  func hangingReader() async throws {
    let project = try Self.project()
    try project.program(
      "python",
      """
      #!/bin/sh
      case "$*" in *conform_reader*) exec sleep 100;; esac
      exec '\(Project.cpython)' "$@"
      """)
    try await Self.killed(
      project, when: "sleep", ["run", "--runtime", project.root.appending(path: "python").path])
  }

  @Test("a cell that stops its worker costs itself, and soon")
  func stopping() async throws {
    let stop = """
          char line[512] = {0};
          char path[64];
          snprintf(path, sizeof path, "/proc/%d/stat", getppid());
          FILE *file = fopen(path, "r");
          if (file == NULL || fread(line, 1, sizeof line - 1, file) == 0)
              return PyErr_SetFromErrno(PyExc_OSError);
          fclose(file);
          kill(atoi(strrchr(line, ')') + 4), SIGSTOP);
          pause();
      """
    let project = try Project([
      "s/c/capi-heap.c": Sources.capi(
        ["fine": "", "stop": stop],
        includes: "#include <stdio.h>\n#include <stdlib.h>\n#include <string.h>\n#include <unistd.h>"),
      "s/c/scenarios.py": Sources.scenarios([
        ("before", "expect('fine', ext.fine(), None, source='document')"), ("stops", "ext.stop()"),
        ("then", "expect('fine', ext.fine(), None, source='document')"),
      ]),
    ])
    let run = try await project.run("run", "--jobs", "1", "--timeout", "60", limit: 100)
    #expect(run.exitCode == 1, "\(run)")
    let results = try project.results()
    #expect(results["stops@capi-heap"]?.outcome == .workerLost)
    #expect(results["before@capi-heap"]?.verdict == .conforming)
    #expect(results["then@capi-heap"]?.verdict == .conforming)
  }

  @Test("what dead runs left in the folder for temporary files goes with the next run, and nothing else does")
  func abandoned() async throws {
    let project = try Self.project(body: "record('x', 1)")
    let folder = project.root.appending(path: "temporary")
    let (old, young, living) = (UUID().uuidString, UUID().uuidString, UUID().uuidString)
    let names = ["hpy-conform-\(old)", "hpy-conform-\(young)", "hpy-conform-\(living)", "hpy-conform-notes"]
    for name in names {
      try FileManager.default.createDirectory(at: folder.appending(path: name), withIntermediateDirectories: true)
      try Data().write(to: folder.appending(path: "\(name)/alive"))
    }
    let lock = try FileLock(path: folder.appending(path: "\(names[2])/alive").path)
    for name in [names[0], names[2], names[3]] {
      try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSince1970: 1000)], ofItemAtPath: folder.appending(path: name).path)
    }
    #expect(try await project.run("run", environment: ["TMPDIR": folder.path]).exitCode == 0)
    withExtendedLifetime(lock) {}
    let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    #expect(Set(left) == Set(names.dropFirst()))
  }
}
