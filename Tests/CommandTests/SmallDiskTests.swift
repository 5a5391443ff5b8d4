import Foundation
import Model
import Platform
import Storing
import Testing

/// The cache on a disk that fills up, at every stage of a run.
@Suite("A cache on a small disk")
struct SmallDiskTests {
  private static let files = [
    "s/c/capi.c": Sources.capi([:]),
    "s/c/scenarios.py": Sources.scenarios([("x", "import pickle; expect('x', 1, 1, source='a document')")]),
  ]

  /// What starts a script that may mount: root has no need of a namespace for users.
  private static let unshare = geteuid() == 0 ? ["-m"] : ["-Urm"]

  static func mayMount() async -> Bool {
    let result = try? await Tool.run("unshare", unshare + ["sh", "-c", "mount -t tmpfs none /mnt"])
    return result?.succeeded ?? false
  }

  /// Runs a script in which `$cache` is a disk of a size and `run` is the command with it.
  private static func run(_ project: Project, size: String, _ script: String) async throws -> Tool.Result {
    let cache = project.root.appending(path: "cache").path
    try FileManager.default.createDirectory(atPath: cache, withIntermediateDirectories: true)
    let text = """
      set -e
      cache='\(cache)'
      run() { '\(Project.command)' run --cache "$cache" --db "$1.sqlite" > "$1.out" 2> "$1.err"; echo "$1: $?"; }
      mount -t tmpfs -o size=\(size),mode=700 none "$cache"
      set +e
      \(script)
      """
    return try await Tool.run(
      "unshare", unshare + ["sh", "-c", text], environment: ProcessInfo.processInfo.environment,
      directory: project.root.path, limit: 240)
  }

  private static func results(_ name: String, _ project: Project) throws -> [StoredResult] {
    let path = project.root.appending(path: "\(name).sqlite").path
    guard FileManager.default.fileExists(atPath: path) else { return [] }
    let store = try Store(path: path)
    return try store.results(of: try store.run(named: "latest"))
  }

  // The files of Python's side, contents, support headers, what is compiled of Python, objects, libraries: each size
  // ends somewhere else.
  @Test(
    "wherever it is full, nobody but the disk is blamed, and nothing wrong is left for the next run",
    .enabled("needs the right to mount a disk in memory") { await mayMount() },
    arguments: ["16k", "100k", "140k", "180k", "200k", "300k", "1200k"])
  func full(size: String) async throws {
    let project = try Project(Self.files)
    let run = try await Self.run(
      project, size: size, "run first; mount -o remount,size=64m \"$cache\"; run second; run third")
    #expect(run.output.contains("second: 0\nthird: 0\n"), "\(run)")
    let errors = try String(contentsOf: project.root.appending(path: "first.err"), encoding: .utf8)
    if errors.isEmpty {
      let first = try Self.results("first", project)
      #expect(first.count == 2)
      for one in first {
        #expect(one.outcome == .completed || one.outcome == .harnessFailed, "\(one.cell): \(one.outcome)")
        #expect(one.verdict == .conforming || one.verdict == .notJudged, "\(one.cell): \(one.verdict)")
      }
    } else {
      #expect(run.output.contains("first: 69\n"))
      let cache = project.root.appending(path: "cache").path
      #expect(
        errors == "hpy-conform: \(cache): can't be written: No space left on device; "
          + "free some space, make it writable, or name another folder with --cache\n")
    }
    for name in ["second", "third"] {
      let conforming = try Self.results(name, project).filter { $0.verdict == .conforming }
      #expect(conforming.count { $0.outcome == .completed } == 2, "\(name)")
    }
  }

  @Test(
    "a disk that is full at the start is one message",
    .enabled("needs the right to mount a disk in memory") { await mayMount() })
  func alreadyFull() async throws {
    let project = try Project(Self.files)
    let run = try await Self.run(
      project, size: "4m",
      "run first; head -c 8m /dev/zero > \"$cache/rest\"; echo x > \"$(echo \"$cache\"/python/*/conform_cell.py)\"; run second"
    )
    #expect(run.output == "first: 0\nsecond: 69\n", "\(run)")
    let errors = try String(contentsOf: project.root.appending(path: "second.err"), encoding: .utf8)
    #expect(errors.contains("can't be written: No space left on device"))
    #expect(errors.split(separator: "\n").count == 1)
  }

  @Test("what is damaged in the cache between two runs is made again, and no finding")
  func damaged() async throws {
    let project = try Project(Self.files)
    let cache = project.root.appending(path: "cache")
    #expect(try await project.run("run", "--cache", cache.path).exitCode == 0)
    // As an earlier version left it, and as a full disk left that.
    try FileManager.default.createDirectory(
      at: cache.appending(path: "bytecode/usr/lib"), withIntermediateDirectories: true)
    try Data().write(to: cache.appending(path: "bytecode/usr/lib/os.pyc"))
    let all = try FileManager.default.subpathsOfDirectory(atPath: cache.path).sorted()
    let files = all.filter { path in
      FileFacts(cache.appending(path: path).path)?.isFile == true && !path.hasSuffix("gate") && !path.hasSuffix("lock")
    }
    #expect(files.count { $0.hasSuffix(".pyc") } > 30)
    for keeps in [0, 20] {
      for path in files {
        let file = cache.appending(path: path).path
        chmod(file, 0o600)
        truncate(file, off_t(keeps))
      }
      let run = try await project.run("run", "--cache", cache.path)
      #expect(run.exitCode == 0, "\(run.errors)")
      #expect(try project.results().values.allSatisfy { $0.verdict == .conforming || $0.outcome.isSkip })
      #expect(run.output.contains("4 build steps done, 0 taken over"), "\(run.output)")
    }
    let left = try FileManager.default.contentsOfDirectory(atPath: cache.appending(path: "bytecode").path)
    #expect(left.count == 2, "the interpreter's and its lock: \(left)")
  }

  @Test("what cells do leaves compiled modules as they are")
  func untouched() async throws {
    let project = try Project(Self.files)
    let cache = project.root.appending(path: "cache")
    func stamps() throws -> [String: FileStamp] {
      let folder = cache.appending(path: "bytecode").path
      return try FileManager.default.subpathsOfDirectory(atPath: folder).reduce(into: [:]) {
        if $1.hasSuffix(".pyc") { $0[$1] = FileStamp(path: "\(folder)/\($1)") }
      }
    }
    #expect(try await project.run("run", "--cache", cache.path).exitCode == 0)
    let before = try stamps()
    #expect(before.keys.contains { $0.hasSuffix("/pickle.cpython-311.pyc") }, "what scenarios import is there")
    try project.write("s/c/scenarios.py", Sources.scenarios([("x", "import this, fractions; record('x', 1)")]))
    try project.write("s/c/own.py", "")
    #expect(try await project.run("run", "--cache", cache.path).exitCode == 0)
    // Another scenario's imports are added; nothing is written by interpreters beside that.
    #expect(try Set(stamps().keys).isSuperset(of: before.keys))
    let now = try stamps()
    #expect(try await project.run("run", "--cache", cache.path).exitCode == 0)
    #expect(try stamps() == now)
  }
}
