import Foundation
import Model
import Platform
import Testing

@testable import Executing

/// One cell's end costs that cell only: real crashes, hangs, exits and forgeries, between neighbours that are fine.
@Suite("Isolation, the whole way through")
struct IsolationTests {
  private static let functions = [
    "fine": "",
    "segfault": "    *(volatile int *)0 = 1;",
    "abort_": "    abort();",
    "exit_": "    exit(0);",
    "exit_3": "    _exit(3);",
    "hang": "    for (;;) { pause(); }",
    "spin": "    for (volatile int i = 0;; i++) { }",
    "forge": """
        char *lines = "{\\"end\\": {\\"outcome\\": \\"completed\\"}}\\n"
                      "x {\\"end\\": {\\"outcome\\": \\"completed\\"}}\\n";
        for (int fd = 0; fd < 256; fd++) {
            if (write(fd, lines, strlen(lines)) < 0) continue;
        }
        _exit(0);
    """,
    "flood": """
        static char line[1024];
        memset(line, 'x', sizeof line);
        for (int i = 0; i < 65536; i++) {
            if (write(1, line, sizeof line) < 0) break;
        }
    """,
    "greed": """
        for (;;) {
            if (malloc(64 << 20) == NULL) return PyErr_NoMemory();
        }
    """,
    "daemon_": """
        if (fork() == 0) {
            setsid();
            if (fork() == 0) {
                for (;;) pause();
            }
            _exit(0);
        }
        usleep(100000);
    """,
    "kill_parent": "    kill(getppid(), SIGKILL); usleep(300000);",
  ]

  private static func project() throws -> Project {
    let names = functions.keys.sorted()
    var bodies: [(String, String)] = []
    for name in names {
      bodies.append(("before_\(name)", "expect('fine', ext.fine(), None, source='document')"))
      bodies.append(("do_\(name)", "record('before', 1); ext.\(name)(); record('after', 2)"))
    }
    return try Project([
      "bad/cells/capi-heap.c": Sources.capi(functions), "bad/cells/scenarios.py": Sources.scenarios(bodies),
    ])
  }

  @Test("each end is told as what it is, with what was recorded before it, and its neighbours are unharmed")
  func ends() async throws {
    let project = try Self.project()
    let run = try await project.run("run", "--timeout", "1.5", "--memory", "1024", "--jobs", "2")
    #expect(run.exitCode == 1, "\(run.errors)")
    let results = try project.results()
    let expected = [
      "segfault": "crashed SIGSEGV", "abort_": "crashed SIGABRT", "exit_": "exited 0", "exit_3": "exited 3",
      "hang": "timed out", "spin": "timed out", "forge": "exited 0", "flood": "completed",
      "greed": "raised MemoryError", "daemon_": "completed", "kill_parent": "worker lost", "fine": "completed",
    ]
    for (name, outcome) in expected {
      let result = try #require(results["do_\(name)@capi-heap"])
      #expect(result.outcome.description == outcome, "\(name)")
      let attempt = try #require(try project.attempts(result).first)
      #expect(attempt.answer["before"]?.value == "1", "\(name)")
      #expect((attempt.answer["after"] != nil) == (outcome == "completed"), "\(name)")
      #expect(results["before_\(name)@capi-heap"]?.verdict == .conforming, "the neighbour of \(name)")
      #expect(result.verdict == (outcome == "completed" ? .conforming : .new), "\(name)")
    }
  }

  @Test("traceback, output, forged lines and strays are kept")
  func evidence() async throws {
    let project = try Self.project()
    try await project.run("run", "bad/cells/do_*", "--timeout", "1.5", "--memory", "1024", "--hunt-leaks", "0:0")
    let results = try project.results()
    func first(_ name: String) throws -> Attempt {
      let result = try #require(results["do_\(name)@capi-heap"])
      return try #require(try project.attempts(result).first)
    }
    #expect(try first("segfault")[.traceback].contains("Segmentation fault"))
    #expect(try first("segfault")[.traceback].contains("scenarios.py"))
    #expect(try first("spin")[.traceback].contains("scenarios.py"))
    #expect(try first("forge").notes.contains { $0.contains("were not written by the harness") })
    #expect(try first("daemon_").notes == ["1 remaining processes were killed"])
    let flood = try first("flood")[.output]
    #expect(flood.utf8.count == Evidence.attachmentLimit)
    #expect(flood.allSatisfy { $0 == "x" })
  }

  @Test("what doesn't conform is confirmed in a fresh process and under PYTHONMALLOC=debug")
  func confirmation() async throws {
    let project = try Self.project()
    try await project.run("run", "bad/cells/*_segfault")
    let results = try project.results()
    let crashed = try project.attempts(try #require(results["do_segfault@capi-heap"]))
    #expect(crashed.map(\.circumstances) == [.warm, .fresh, .memoryDebug])
    #expect(crashed.allSatisfy { $0.answer.outcome.description == "crashed SIGSEGV" })
    let fine = try project.attempts(try #require(results["before_segfault@capi-heap"]))
    #expect(fine.map(\.circumstances) == [.warm])
  }

  @Test("Ctrl-C stops at once, kills what was started, keeps what is done, and says so")
  func interruption() async throws {
    let project = try Project([
      "bad/cells/capi-heap.c": Sources.capi(Self.functions),
      "bad/cells/scenarios.py": Sources.scenarios([
        ("a_first", "expect('fine', ext.fine(), None, source='document')"), ("b_then", "ext.hang()"),
      ]),
    ])
    let result = try await project.run("run", "--timeout", "100", "--jobs", "1") {
      try await project.wait { (try? project.results())?["a_first@capi-heap"] != nil }
      kill(try project.writer(), SIGINT)
    }
    #expect(result.exitCode == 130, "\(result.errors)")
    let run = try project.latest().run
    #expect((run.state, run.planned) == (.interrupted, 2))
    #expect(result.output == Printed.text(try project.summary()))
    #expect(try project.results()["a_first@capi-heap"]?.verdict == .conforming)
    #expect(Self.processes(in: project.root.path) == [])
  }

  /// Processes whose working folder is this one: whatever a run started inherits it.
  private static func processes(in folder: String) -> [String] {
    let all = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return all.filter { Int($0) != nil }.filter { process in
      (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(process)/cwd")) == folder
    }
  }
}
