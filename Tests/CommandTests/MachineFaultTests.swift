import Foundation
import Model
import Platform
import Storing
import Testing

/// What the machine lacks while cells run, by the command: it is never a finding, and is told.
@Suite("Faults of the machine, the whole way through")
struct MachineFaultTests {
  private static let functions = [
    "fine": "",
    "write_file": """
        const char *folder = getenv("TMPDIR");
        char path[4096];
        snprintf(path, sizeof path, "%s/file", folder ? folder : "/tmp");
        FILE *file = fopen(path, "w");
        if (file == NULL)
            return PyErr_SetFromErrnoWithFilename(PyExc_OSError, path);
        static char block[4096];
        for (int i = 0; i < 64; i++) {
            if (fwrite(block, sizeof block, 1, file) != 1 || fflush(file) != 0) {
                fclose(file);
                return PyErr_SetFromErrnoWithFilename(PyExc_OSError, path);
            }
        }
        fclose(file);
    """,
    "fill_folder": """
        for (int i = 0; i < 100000; i++) {
            char name[32];
            snprintf(name, sizeof name, "file-%d", i);
            FILE *file = fopen(name, "w");
            if (file == NULL)
                break;
            fputs("x", file);
            fclose(file);
        }
    """,
  ]

  private static func project() throws -> Project {
    try Project([
      "s/c/capi-heap.c": Sources.capi(functions, includes: "#include <stdio.h>\n#include <stdlib.h>"),
      "s/c/scenarios.py": Sources.scenarios([
        ("a_before", "expect('fine', ext.fine(), None, source='document')"),
        ("b_fills", "expect('filled', ext.fill_folder(), None, source='document')"),
        ("c_between", "expect('fine', ext.fine(), None, source='document')"),
        ("d_writes", "expect('written', ext.write_file(), None, source='document')"),
        ("e_after", "expect('fine', ext.fine(), None, source='document')"),
      ]),
    ])
  }

  private static let unshare = geteuid() == 0 ? ["-m"] : ["-Urm"]

  /// Runs a script in which `$disk` is a disk in memory of a size, and the folder for temporary files.
  private static func run(_ project: Project, size: String, _ script: String) async throws -> Tool.Result {
    let disk = project.root.appending(path: "disk").path
    try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: true)
    let text = """
      disk='\(disk)'
      export TMPDIR="$disk"
      mount -t tmpfs -o size=\(size),mode=700 none "$disk" || exit 99
      run() { '\(Project.command)' run --jobs 1 "$@"; }
      \(script)
      """
    return try await Tool.run(
      "unshare", unshare + ["sh", "-c", text], environment: ProcessInfo.processInfo.environment,
      directory: project.root.path, limit: 240)
  }

  @Test(
    "a full folder for temporary files costs the cells that write there, and the next run tries them again",
    .enabled("needs the right to mount a disk in memory") { await SmallDiskTests.mayMount() })
  func fullTemporaryFolder() async throws {
    let project = try Self.project()
    let full = try await Self.run(project, size: "96k", "run 's/c/[acde]_*'")
    #expect(full.exitCode == 69, "\(full)")
    let results = try project.results()
    #expect(results["d_writes@capi-heap"]?.outcome == .harnessFailed)
    #expect(results["d_writes@capi-heap"]?.verdict == .notJudged)
    for name in ["a_before", "c_between", "e_after"] {
      #expect(results["\(name)@capi-heap"]?.verdict == .conforming, "\(name)")
    }
    #expect(full.output.contains("HARNESS FAILED: the machine lacked something; 1 cell without a result"))
    #expect(full.output.contains("no space is left on the disk of"))
    let again = try await project.run("run", "s/c/[acde]_*", "--reuse")
    #expect(again.exitCode == 0, "\(again)")
    #expect(try project.results()["d_writes@capi-heap"]?.verdict == .conforming)
  }

  @Test(
    "a folder for temporary files in which nothing can be made is one message",
    .enabled("needs the right to mount a disk in memory") { await SmallDiskTests.mayMount() })
  func noRoomAtAll() async throws {
    let project = try Self.project()
    let full = try await Self.run(
      project, size: "16k", "head -c 100000 /dev/zero > \"$disk/filler\" 2> /dev/null; run s/c/a_before")
    #expect(full.exitCode == 69 || full.exitCode == 0, "\(full)")
    #expect(!full.output.contains("NEW"), "\(full)")
  }

  @Test("a cell that fills its folder is ended for that, and no neighbour notices")
  func filling() async throws {
    let project = try Self.project()
    let run = try await project.run("run", "--jobs", "1", "--timeout", "60")
    #expect(run.exitCode == 1, "\(run)")
    let results = try project.results()
    #expect(results["b_fills@capi-heap"]?.outcome == .limitExceeded(.scratch))
    for name in ["a_before", "c_between", "d_writes", "e_after"] {
      #expect(results["\(name)@capi-heap"]?.verdict == .conforming, "\(name)")
    }
  }

  @Test("few open files are told before anything is started, with what is needed")
  func fewDescriptors() async throws {
    let project = try Self.project()
    for limit in [10, 16, 32, 100] {
      let text = "ulimit -n \(limit); exec '\(Project.command)' run"
      let run = try await Tool.run(
        "sh", ["-c", text], environment: ProcessInfo.processInfo.environment, directory: project.root.path, limit: 60)
      #expect(run.exitCode == 69, "\(limit): \(run)")
      #expect(run.errors.contains("\(limit) open files are allowed, expected 256 or more"), "\(limit): \(run.errors)")
    }
  }

  /// A control group that allows few processes; nil where none can be made.
  private static func fewProcesses(_ limit: Int) -> URL? {
    let place = URL(filePath: "/sys/fs/cgroup/pids/hpy-conform-test-\(UUID().uuidString)")
    guard (try? FileManager.default.createDirectory(at: place, withIntermediateDirectories: false)) != nil,
      (try? Data("\(limit)".utf8).write(to: place.appending(path: "pids.max"))) != nil
    else { return nil }
    return place
  }

  static var mayLimitProcesses: Bool {
    guard let place = fewProcesses(10) else { return false }
    return rmdir(place.path) == 0
  }

  @Test(
    "few processes are the machine's fault: told before anything is started, or of each cell that they cost",
    .enabled(if: mayLimitProcesses, "needs the right to make a control group"),
    arguments: [4, 8, 12, 26, 27, 28, 30, 40])
  func fewProcesses(limit: Int) async throws {
    let project = try Self.project()
    let place = try #require(Self.fewProcesses(limit))
    defer { rmdir(place.path) }
    let text = "echo $$ > '\(place.path)/cgroup.procs'; exec '\(Project.command)' run 's/c/[acde]_*'"
    let run = try await Tool.run(
      "sh", ["-c", text], environment: ProcessInfo.processInfo.environment, directory: project.root.path, limit: 120)
    #expect(run.exitCode == 69 || run.exitCode == 0, "\(limit): \(run)")
    if limit < 20 { #expect(run.errors.contains("more processes and threads can be started"), "\(run.errors)") }
    guard FileManager.default.fileExists(atPath: project.database) else { return }
    for (name, result) in try project.results() {
      #expect(result.verdict == .conforming || result.outcome == .harnessFailed, "\(limit) \(name): \(result.outcome)")
    }
  }
}
