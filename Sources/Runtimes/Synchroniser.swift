import Foundation
import Model
import Platform
import Worker

/// Makes the environments that a configuration asks for: several at a time, each only where something changed.
public struct Synchroniser: Sendable {
  /// What became of one environment.
  public enum Outcome: Sendable {
    case upToDate(Runtime)
    /// Made in so many seconds.
    case made(Runtime, seconds: Double)
    /// There is nothing to make it from on this machine.
    case unavailable(Problem)
    case failed(Problem)
  }

  public enum Event: Sendable {
    /// What is being done for an environment now.
    case step(String, name: String)
    case finished(Outcome, name: String)
  }

  private let environments: Environments
  private let finder: InterpreterFinder
  private let files: WorkerFiles
  private let jobs: Int
  private let observe: @Sendable (Event) -> Void

  public init(
    project: URL, files: WorkerFiles, jobs: Int = ProcessInfo.processInfo.activeProcessorCount,
    observe: @escaping @Sendable (Event) -> Void
  ) {
    environments = Environments(project: project)
    finder = InterpreterFinder(project: project, files: files)
    self.files = files
    self.jobs = max(1, jobs)
    self.observe = observe
  }

  /// Makes what is missing or out of date; a failure costs the others nothing.
  ///
  /// - Parameter wanted: those without an HPy requirement need no environment, and are left out.
  /// - Returns: what became of each, in their order; fewer when the task is cancelled.
  /// - Throws: `Problem` when another process is at it, or the folder can't be written.
  public func make(_ wanted: [Configuration.Wanted]) async throws -> [Outcome] {
    do {
      try FileManager.default.createDirectory(at: environments.logs, withIntermediateDirectories: true)
    } catch {
      throw Problem(
        .environment, at: environments.folder.path, "can't be written: \(Problem.words(of: error))",
        remedy: "make it writable")
    }
    let lock = try lock()
    defer { withExtendedLifetime(lock) {} }
    return await withTaskGroup(of: (Int, Outcome)?.self) { group in
      var waiting = wanted.filter { $0.hpy != nil }.enumerated().makeIterator()
      for _ in 0..<jobs {
        if let (index, one) = waiting.next() { group.addTask { await make(one).map { (index, $0) } } }
      }
      var outcomes: [(Int, Outcome)] = []
      while let outcome = await group.next() {
        if let outcome { outcomes.append(outcome) }
        if !Task.isCancelled, let (index, one) = waiting.next() {
          group.addTask { await make(one).map { (index, $0) } }
        }
      }
      return outcomes.sorted { $0.0 < $1.0 }.map(\.1)
    }
  }

  private func lock() throws -> FileLock {
    let path = environments.folder.appending(path: "sync.lock").path
    do {
      return try FileLock(path: path)
    } catch .held(let process) {
      throw Problem(
        .environment, at: path, "another `runtimes sync` is running (process \(process))", remedy: "wait for it")
    } catch .unusable(let why) {
      throw Problem(.environment, at: path, "can't be locked: \(why)", remedy: "make it writable")
    }
  }

  // MARK: One environment

  /// - Returns: nil when the task was cancelled meanwhile.
  private func make(_ wanted: Configuration.Wanted) async -> Outcome? {
    let outcome: Outcome
    do {
      outcome = try await makeOrKeep(wanted)
    } catch let problem as Problem {
      outcome = .failed(problem)
    } catch {
      outcome = .failed(Problem(.environment, at: wanted.name, Problem.words(of: error), remedy: "try again"))
    }
    if Task.isCancelled { return nil }
    observe(.finished(outcome, name: wanted.name))
    return outcome
  }

  private func makeOrKeep(_ wanted: Configuration.Wanted) async throws -> Outcome {
    guard let hpy = wanted.hpy else { throw CancellationError() }
    let base: Runtime
    do {
      base = try await Interpreter(finder.base(of: wanted), name: wanted.name, files: files).describe()
    } catch let problem as Problem {
      return .unavailable(problem)
    }
    var stamp = Environments.Stamp(
      recipe: base.isDebugBuild ? 2 : 1, isComplete: true, base: base.interpreter, baseKey: base.key,
      hpy: hpy.description, hpyKey: try hpy.contentKey())
    let python = environments.place(of: wanted.name).appending(path: "bin/python").path
    if environments.stamp(of: wanted.name) == stamp, let runtime = try? await checked(python, wanted, base: base) {
      return .upToDate(runtime)
    }
    let started = ContinuousClock.now
    try environments.remove(wanted.name)
    stamp.isComplete = false
    try environments.write(stamp, for: wanted.name)
    let runtime = try await install(hpy, wanted, base: base)
    stamp.isComplete = true
    try environments.write(stamp, for: wanted.name)
    return .made(runtime, seconds: (ContinuousClock.now - started) / .seconds(1))
  }

  private func install(_ hpy: HPyRequirement, _ wanted: Configuration.Wanted, base: Runtime) async throws -> Runtime {
    let log = environments.logs.appending(path: wanted.name + ".log")
    try Data().write(to: log)
    let installer = Installer(uv: Installer.findUV(), log: log)
    let folder = environments.place(of: wanted.name)
    let python = folder.appending(path: "bin/python").path
    do {
      observe(.step("making the environment", name: wanted.name))
      let isMade = (try? await installer.makeEnvironment(folder.path, base: base.interpreter)) != nil
      try Task.checkCancellation()
      var target: String?
      if isMade, await isSame(python, as: base) {
        try await installer.addPip(python)
      } else {
        // It needs the script that starts it, which an environment goes past: so it is started by one here, too.
        target = try startScript(at: python, in: folder, base: base)
      }
      let copy = try copyOfSources(hpy, wanted)
      defer { if let copy { try? FileManager.default.removeItem(at: copy) } }
      observe(.step("installing hpy \(hpy)", name: wanted.name))
      try await installer.install(
        Self.package(hpy, copy: copy), with: python, into: target,
        debug: base.isDebugBuild, headers: base.includes)
    } catch let failure as Installer.Failure {
      throw Problem(
        .environment, at: wanted.name, "\(failure.step) failed: \(failure.cause)", remedy: "complete log: \(log.path)")
    }
    return try await checked(python, wanted, base: base)
  }

  private static func package(_ hpy: HPyRequirement, copy: URL?) -> String {
    switch hpy.source {
    case .index(let specifier): "hpy\(specifier)"
    case .archive(let path): path
    case .checkout(let path): copy?.path ?? path
    }
  }

  /// A build writes into its sources, and several at a time write over one another.
  private func copyOfSources(_ hpy: HPyRequirement, _ wanted: Configuration.Wanted) throws -> URL? {
    guard case .checkout(let path) = hpy.source else { return nil }
    let copy = environments.folder.appending(path: ".sources-\(wanted.name)")
    try? FileManager.default.removeItem(at: copy)
    try FileManager.default.copyItem(at: URL(filePath: path), to: copy)
    return copy
  }

  private func isSame(_ python: String, as base: Runtime) async -> Bool {
    guard let runtime = try? await Interpreter(python, files: files).describe() else { return false }
    return [runtime.implementation, runtime.build, runtime.extSuffix] == [
      base.implementation, base.build, base.extSuffix,
    ]
  }

  /// - Returns: the folder that the script adds to what is imported from.
  private func startScript(at python: String, in folder: URL, base: Runtime) throws -> String {
    let packages = folder.appending(path: "packages").path
    let bin = folder.appending(path: "bin")
    for file in (try? FileManager.default.contentsOfDirectory(atPath: bin.path)) ?? [] {
      try FileManager.default.removeItem(at: bin.appending(path: file))
    }
    // Else the script would pass for the interpreter of a virtual environment.
    try? FileManager.default.removeItem(at: folder.appending(path: "pyvenv.cfg"))
    try FileManager.default.createDirectory(at: bin, withIntermediateDirectories: true)
    func quoted(_ path: String) -> String { "'" + path.replacing("'", with: "'\\''") + "'" }
    let text = "#!/bin/sh\nPYTHONPATH=\(quoted(packages)) exec \(quoted(base.interpreter)) \"$@\"\n"
    try Data(text.utf8).write(to: URL(filePath: python))
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: python)
    return packages
  }

  /// What an environment's interpreter says of itself, if it is the right one and imports its HPy.
  private func checked(_ python: String, _ wanted: Configuration.Wanted, base: Runtime) async throws -> Runtime {
    let runtime = try await Interpreter(python, name: wanted.name, files: files).describe()
    guard runtime.build == base.build, runtime.extSuffix == base.extSuffix else {
      throw Problem(
        .environment, at: wanted.name, "its environment starts \(runtime.product), expected \(base.product)",
        remedy: "if \(base.interpreter) is a script that starts different interpreters, name the interpreter itself")
    }
    switch runtime.hpy {
    case .present: return runtime
    case .absent:
      throw Problem(
        .environment, at: wanted.name, "the installed package contains no `hpy`",
        remedy: "check `hpy` in its entry")
    case .foreign(_, let reason), .broken(_, let reason):
      throw Problem(
        .environment, at: wanted.name, "its hpy is installed, but can't be used: \(reason)",
        remedy: "complete log: \(environments.logs.appending(path: wanted.name + ".log").path)")
    }
  }
}
