import Documents
import Foundation
import Model
import Platform
import Testing

/// `runtimes sync` with real environments. A stand-in for HPy's sources brings its own build backend, so that nothing
/// comes from a network.
@Suite("Environments that sync makes", .serialized)
struct SyncTests {
  private static let python = "/usr/bin/python3"

  /// A project whose configuration asks for `hpy` from a checkout; `build` is Python that runs while it is built.
  private static func project(_ runtimes: [(name: String, hpy: String)], build: String = "") throws -> Project {
    let project = try Project(runtimes: [:])
    let entries = runtimes.map {
      "[[runtime]]\nname = \"\($0.name)\"\ninterpreter = \"\(python)\"\nhpy = \"\($0.hpy)\"\n"
    }
    try project.write("../hpy-conform.toml", entries.joined(separator: "\n"))
    try checkout(project, "hpy-source", build: build)
    return project
  }

  /// Sources of a stand-in for HPy.
  static func checkout(_ project: Project, _ folder: String, version: String = "0.9.0", build: String = "")
    throws
  {
    try project.write(
      "../\(folder)/pyproject.toml",
      "[build-system]\nrequires = []\nbuild-backend = \"backend\"\nbackend-path = [\".\"]\n")
    try project.write("../\(folder)/hpy/universal.py", "def get_version(): return ('\(version)', '')\n")
    try project.write("../\(folder)/hpy/debug/__init__.py", "")
    try project.write("../\(folder)/hpy/devel/include/hpy.h", "#define HPY_ABI_VERSION 0\n")
    try project.write(
      "../\(folder)/hpy/devel/include/hpy/universal/autogen_ctx.h", "struct _HPyContext_s {\n    int ctx_version;\n};\n"
    )
    // PEP 517 and the binary distribution format, as little of them as pip takes.
    try project.write(
      "../\(folder)/backend.py",
      """
      import os, sys, time, zipfile

      def build_wheel(folder, config_settings=None, metadata_directory=None):
          \(build.isEmpty ? "pass" : build)
          name = "hpy-\(version)-py3-none-any.whl"
          with zipfile.ZipFile(os.path.join(folder, name), "w") as wheel:
              for root, _, files in os.walk("hpy"):
                  for file in files:
                      wheel.write(os.path.join(root, file))
              info = "hpy-\(version).dist-info/"
              wheel.writestr(info + "METADATA", "Metadata-Version: 2.1\\nName: hpy\\nVersion: \(version)\\n")
              wheel.writestr(info + "WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
              wheel.writestr(info + "RECORD", "")
          return name

      """)
  }

  private static func python(_ project: Project, _ name: String) -> String {
    project.root.appending(path: ".runtimes/\(name)/bin/python").path
  }

  /// What a runtime of the project is.
  private static func runtime(_ project: Project, _ name: String) async throws -> RuntimeDocument.Entry {
    let run = try await project.run("runtimes", name, "--format", "json")
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let document = try decoder.decode(RuntimeDocument.self, from: Data(run.output.utf8))
    return try #require(document.runtimes.first)
  }

  /// Syncs all, and says whether that made the environment anew: what somebody put into the old one is gone then.
  private static func syncMakes(_ project: Project, _ name: String) async throws -> Bool {
    let mark = project.root.appending(path: ".runtimes/\(name)/mark")
    try Data().write(to: mark)
    let run = try await project.run("runtimes", "sync")
    #expect(run.exitCode == 0, "\(run.errors)")
    let isMade = !FileManager.default.fileExists(atPath: mark.path)
    let title = try await runtime(project, name).title
    let line = run.output.replacing(#/created in [0-9]+\.[0-9] s/#, with: "created")
    #expect(line == "\(name): \(isMade ? "created" : "up to date"): \(title ?? "")\n")
    return isMade
  }

  @Test("an environment is made once; again where its HPy changed, its files are gone or its making was cut short")
  func repeating() async throws {
    let project = try Self.project([("one", "./hpy-source")])
    let early = try await project.run("run", "-r", "one", "--dry-run")
    #expect(early.exitCode == 69)
    #expect(early.errors.contains("its environment is missing; create it: hpy-conform runtimes sync"))

    let first = try await project.run("runtimes", "sync")
    #expect(first.exitCode == 0, "\(first.errors)")
    let made = try await Self.runtime(project, "one")
    #expect((made.implementation, made.hpy?.state, made.hpy?.version) == ("cpython", "present", "0.9.0"))
    #expect(!FileManager.default.fileExists(atPath: project.root.appending(path: ".runtimes/.sources-one").path))

    #expect(try await !Self.syncMakes(project, "one"))

    try Self.checkout(project, "hpy-source", version: "0.9.1")
    #expect(try await Self.syncMakes(project, "one"))
    #expect(try await Self.runtime(project, "one").hpy?.version == "0.9.1")

    let packages = try #require(
      FileManager.default.enumerator(atPath: project.root.appending(path: ".runtimes/one").path)?.compactMap {
        $0 as? String
      }
      .first { $0.hasSuffix("site-packages/hpy/universal.py") })
    try FileManager.default.removeItem(at: project.root.appending(path: ".runtimes/one/\(packages)"))
    #expect(try await Self.syncMakes(project, "one"))
    #expect(FileManager.default.fileExists(atPath: project.root.appending(path: ".runtimes/one/\(packages)").path))

    // What a sync leaves that is killed half-way.
    let stamp = project.root.appending(path: ".runtimes/one/hpy-conform-environment.json")
    let text = try String(contentsOf: stamp, encoding: .utf8)
    try #require(text.contains("\"isComplete\":true"))
    try Data(text.replacingOccurrences(of: "\"isComplete\":true", with: "\"isComplete\":false").utf8).write(to: stamp)
    #expect(try await project.run("run", "-r", "one", "--dry-run").errors.contains("its environment is incomplete"))
    #expect(try await Self.syncMakes(project, "one"))

    let removed = try await project.run("runtimes", "remove", "one")
    #expect(removed.exitCode == 0 && removed.output == "removed one and its environment\n")
    #expect(!FileManager.default.fileExists(atPath: project.root.appending(path: ".runtimes/one").path))
  }

  @Test("one failure is told with its cause and its log, and the others go on")
  func failures() async throws {
    let project = try Self.project(
      [("broken", "./broken-source"), ("gone", "nowhere/hpy"), ("fine", "./hpy-source"), ("taken", "./hpy-source")])
    try Self.checkout(
      project, "broken-source",
      build: "print('hpy.c:7:1: error: unknown type name'); raise SystemExit('error: the compiler failed')")
    try project.write("../.runtimes/taken/precious.txt", "somebody's")
    let run = try await project.run("runtimes", "sync")
    #expect(run.exitCode == 69)
    #expect(try await Self.runtime(project, "fine").hpy?.version == "0.9.0", "\(run.output)\(run.errors)")
    let log = project.root.appending(path: ".runtimes/logs/broken.log")
    #expect(run.errors.contains("hpy.c:7:1: error: unknown type name"), "\(run.errors)")
    #expect(run.errors.contains("/.runtimes/logs/broken.log"), "\(run.errors)")
    #expect(try String(contentsOf: log, encoding: .utf8).contains("the compiler failed"))
    #expect(run.errors.contains("nowhere/hpy: has neither pyproject.toml nor setup.py"), "\(run.errors)")
    #expect(run.errors.contains("taken: was not made by `runtimes sync`, so it was not changed"), "\(run.errors)")
    #expect(
      try String(contentsOf: project.root.appending(path: ".runtimes/taken/precious.txt"), encoding: .utf8)
        == "somebody's")
    #expect(run.errors.split(separator: "\n").count { $0.hasPrefix("hpy-conform: ") } == 3, "\(run.errors)")
  }

  @Test("Ctrl-C ends it with nothing left running; the next one mends what is half-made")
  func interruption() async throws {
    let marker = "conform-sync-\(UUID().uuidString)"
    let project = try Self.project([("one", "./hpy-source")])
    let reached = project.root.appending(path: "reached").path
    try Self.checkout(
      project, "hpy-source", build: "open('\(reached)', 'w').write(str(os.getpid())); time.sleep(300) # \(marker)")
    let running = Task { try await project.run("runtimes", "sync") }
    var builder: pid_t?
    for _ in 0..<1200 where builder == nil {
      try await Task.sleep(for: .milliseconds(50))
      builder = (try? String(contentsOfFile: reached, encoding: .utf8)).flatMap { pid_t($0) }
    }
    let process = try #require(builder, "the build never began")
    let holder = try String(contentsOf: project.root.appending(path: ".runtimes/sync.lock"), encoding: .utf8)
    let second = try await project.run("runtimes", "sync")
    #expect(second.exitCode == 69)
    #expect(second.errors.contains("another `runtimes sync` is running (process \(holder))"), "\(second.errors)")
    kill(try #require(pid_t(holder)), SIGINT)
    #expect(try await running.value.exitCode == 130)
    // Killed, which takes effect when the system next runs it; by itself it would go on for minutes. It may be a zombie
    // until whoever adopted it waits for it.
    var (state, hasEnded) = ("", false)
    for _ in 0..<200 where !hasEnded {
      state = (try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)) ?? ") X"
      hasEnded = state.contains(") Z") || state.contains(") X")
      if !hasEnded { try await Task.sleep(for: .milliseconds(50)) }
    }
    #expect(hasEnded, "\(state)")
    try Self.checkout(project, "hpy-source")
    #expect(try await project.run("runtimes", "sync").exitCode == 0)
    #expect(try await Self.runtime(project, "one").hpy?.version == "0.9.0")
  }

  @Test("an interpreter that only its start script can start has an environment that goes through the script")
  func startScript() async throws {
    let project = try Self.project([("scripted", "./hpy-source")])
    // As a folder with a libc of its own is started: what the interpreter takes for itself does not start.
    let loaders = ["/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1", "/lib/ld-linux-riscv64-lp64d.so.1"]
    let loader = try #require(loaders.first { FileManager.default.isExecutableFile(atPath: $0) })
    let real = URL(filePath: Self.python).resolvingSymlinksInPath().path
    let broken = project.root.appending(path: "broken/python3").path
    try project.program("broken/python3", "#!/bin/sh\nexit 3\n")
    // It has a pip that it does not owe to its place.
    let pip = URL(filePath: Project.cpython).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "lib/python3.11/site-packages/pip").path
    try FileManager.default.createDirectory(
      at: project.root.appending(path: "lib"), withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(
      atPath: project.root.appending(path: "lib/pip").path, withDestinationPath: pip)
    try project.program(
      "start-python",
      "#!/bin/sh\nPYTHONPATH=\"$PYTHONPATH:\(project.root.path)/lib\" exec \(loader) --argv0 '\(broken)' \(real) \"$@\"\n"
    )
    let file = project.root.appending(path: "hpy-conform.toml")
    let text = try String(contentsOf: file, encoding: .utf8)
    try Data(text.replacingOccurrences(of: Self.python, with: "./start-python").utf8).write(to: file)
    let run = try await project.run("runtimes", "sync", environment: ["PATH": "/usr/bin:/bin"])
    #expect(run.exitCode == 0, "\(run.output)\(run.errors)")
    #expect(try await Self.runtime(project, "scripted").hpy?.version == "0.9.0")
    #expect(try String(contentsOfFile: Self.python(project, "scripted"), encoding: .utf8).contains("start-python"))
    #expect(try await !Self.syncMakes(project, "scripted"))
  }
}
