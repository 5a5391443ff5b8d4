import Foundation
import Model
import Platform
import Synchronization
import TestBuilders
import Testing
import Worker

@testable import Executing

/// From the order to the attempt: with a real worker, and with extensions that the system's Python can't load.
@Suite("Trying cells in a real worker")
struct ExecutorTests {
  private final class Place: Sendable {
    let folder = FileManager.default.temporaryDirectory.appending(path: "executor-\(UUID().uuidString)")
    let scenarios = """
      from hpy_conform import *

      @scenario
      def one(ext):
          record("x", 1)

      @scenario
      def two(ext):
          record("x", 2)
      """

    /// Compiles an extension whose `PyInit_ext` has this body.
    init(initializer: String) async throws {
      BrokenPipes.becomeErrors()
      try FileManager.default.createDirectory(at: folder.appending(path: "case"), withIntermediateDirectories: true)
      try Data(scenarios.utf8).write(to: folder.appending(path: "case/scenarios.py"))
      let source = folder.appending(path: "case/ext.c")
      let text = """
        #include <stdio.h>
        #include <stdlib.h>
        #include <string.h>
        void *PyInit_ext(void)
        {
        \(initializer)
        }

        """
      try Data(text.utf8).write(to: source)
      let result = try await Tool.run("gcc", ["-shared", "-fPIC", source.path, "-o", binary])
      #expect(result.succeeded, "\(result.errors)")
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    var binary: String { folder.appending(path: "ext.so").path }

    /// Tries both scenarios, and says in which order they answered.
    func attempts(_ circumstances: Circumstances) async throws -> [(cell: CellID, attempt: Attempt)] {
      let files = try WorkerFiles(below: folder)
      let executor = Executor(
        files: files, limits: Limits(repeats: .none), scratch: folder.appending(path: "scratch"),
        environment: ["PATH": "/usr/bin:/bin", "PYTHONPYCACHEPREFIX": files.bytecode.path])
      var python = Runtime.sample("system", hpy: .absent)
      python.interpreter = "/usr/bin/python3"
      let load = Load(.capiHeap, on: python)
      let order = BatchOrder(
        cells: ["one", "two"].map { CellID(.sample($0), load.id) }, load: load, binary: binary, module: "ext",
        scenarioFile: folder.appending(path: "case/scenarios.py").path, scenarioKey: ContentKey(of: scenarios),
        directory: folder.appending(path: "case").path)
      let found = Mutex<[(CellID, Attempt)]>([])
      await executor.attempt(order, circumstances) { cell, attempt in found.withLock { $0.append((cell, attempt)) } }
      await executor.close()
      return found.withLock { $0 }
    }
  }

  /// Says what kind of process it is loaded in, and dies.
  private static let crash = """
    char command[4096] = {0};
    FILE *file = fopen("/proc/self/cmdline", "r");
    size_t size = file ? fread(command, 1, sizeof command - 1, file) : 0;
    for (size_t i = 0; i < size; i++) if (!command[i]) command[i] = ' ';
    puts(strstr(command, "conform_cell") ? "started for it" : "forked");
    puts(getenv("PYTHONMALLOC") ? getenv("PYTHONMALLOC") : "usual");
    abort();
    """

  @Test(
    "a crash leaves its output and its traceback, each cell its own, forked or started for itself",
    arguments: [
      (.warm, "forked\nusual\n"), (.fresh, "started for it\nusual\n"), (.memoryDebug, "started for it\ndebug\n"),
    ]
      as [(Circumstances, String)])
  func crash(circumstances: Circumstances, output: String) async throws {
    let place = try await Place(initializer: Self.crash)
    let tried = try await place.attempts(circumstances)
    #expect(tried.map(\.cell.scenario.name) == ["one", "two"])
    for (_, attempt) in tried {
      #expect(attempt.circumstances == circumstances)
      #expect(attempt.answer.outcome == .crashed(signal: "SIGABRT"))
      #expect(attempt[.output] == output)
      #expect(attempt[.traceback].contains("Fatal Python error: Aborted"))
      #expect(Set(attempt.attachments.keys) == ["output", "traceback"])
      #expect(attempt.seconds > 0)
    }
  }

  @Test("what can't be loaded is told with the loader's words, without a traceback of the harness's own")
  func notLoadable() async throws {
    let place = try await Place(initializer: "return 0;")
    let tried = try await place.attempts(.warm)
    #expect(tried.map(\.attempt.answer.outcome) == [.notLoadable, .notLoadable])
    #expect(tried.allSatisfy { $0.attempt.answer.message?.contains("initialization of ext failed") == true })
    #expect(tried.allSatisfy { $0.attempt.attachments.isEmpty })
  }
}
