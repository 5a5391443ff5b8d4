import Foundation
import Model
import Platform
import Worker

/// An interpreter that can be asked what it is and what a scenario file contains.
public struct Interpreter: Sendable {
  /// What people call it; empty for none.
  public let name: String
  /// Path of the executable, or of the script that starts it.
  public let path: String
  private let files: WorkerFiles
  /// Seconds that each question may take.
  private let limit: Double

  public init(_ path: String, name: String = "", files: WorkerFiles, limit: Double = 30) {
    self.name = name
    self.path = path
    self.files = files
    self.limit = limit
  }

  /// What an interpreter's environment holds and nothing else: the person's own Python variables have no part in
  /// a run.
  public static func environment(_ files: WorkerFiles) -> [String: String] {
    let own = ProcessInfo.processInfo.environment
    return [
      "PATH": own["PATH"] ?? "/usr/bin:/bin",
      "HOME": own["HOME"] ?? "/",
      "LC_ALL": "C.UTF-8",
      "PYTHONHASHSEED": "0",
      "PYTHONNOUSERSITE": "1",
      "PYTHONDONTWRITEBYTECODE": "1",
      bytecodeVariable: Bytecode.none,
    ]
  }

  /// The same, with what was compiled beforehand for an interpreter, where that is as it should be.
  public static func environment(_ files: WorkerFiles, of interpreter: String) -> [String: String] {
    let folder = Bytecode(files).folder(for: interpreter)
    return environment(files).merging(folder.map { [bytecodeVariable: $0] } ?? [:]) { $1 }
  }

  /// Says where compiled modules are.
  public static let bytecodeVariable = "PYTHONPYCACHEPREFIX"

  /// What an interpreter says of itself.
  public struct Description: Sendable {
    public var runtime: Runtime
    /// The same for all names, links and start scripts of one interpreter that imports from the same places.
    public var identity: ContentKey
  }

  /// Asks the interpreter what it is.
  ///
  /// - Throws: `Problem` when there is none, it dies, hangs, or answers something else.
  public func describe() async throws -> Runtime { try await identify().runtime }

  /// Asks the interpreter what and which it is.
  ///
  /// - Throws: as `describe`.
  public func identify() async throws -> Description {
    let variables = Self.environment(files, of: path)
    // Both at once, for the sake of those that start slowly; without an hpy the second says nothing of interest.
    async let asked = backend(variables)
    let facts = try await probe([], variables, as: Facts.self)
    let (hpy, backendFiles) = Self.hpy(facts, await asked)
    var known = KnownContents(of: path, below: files.cache)
    func content(_ files: [String]) -> ContentKey? {
      // The file that starts it may be a script, of which the process itself knows nothing.
      files.isEmpty ? nil : known.key(files: files + [path], folders: facts.library)
    }
    defer { known.save() }
    let runtime = Runtime(
      name: name, interpreter: path, implementation: facts.implementation, version: facts.version,
      python: facts.python, build: facts.build, isDebugBuild: facts.debug, isFreeThreaded: facts.freeThreaded,
      extSuffix: facts.extSuffix, includes: facts.include, machine: facts.machine, canFork: facts.canFork, hpy: hpy,
      content: content(facts.files), backend: content(backendFiles), places: facts.places)
    let identity = ContentKey(ofParts: [facts.build, facts.extSuffix, "\(facts.canFork)"] + facts.path)
    return Description(runtime: runtime, identity: identity)
  }

  private func backend(_ variables: [String: String]) async -> Result<Backend, any Error> {
    do {
      return .success(try await probe(["hpy"], variables, as: Backend.self))
    } catch {
      return .failure(error)
    }
  }

  /// The HPy that an interpreter imports, and the files that both consist of.
  private static func hpy(_ facts: Facts, _ asked: Result<Backend, any Error>) -> (Runtime.HPy, [String]) {
    guard let folder = facts.hpyPath.first else { return (.absent, []) }
    if !facts.hpyBackend {
      return (.foreign(version: "", reason: "its hpy needs a module _hpy_universal, which is missing"), [])
    }
    var installation: Runtime.Installation
    do {
      installation = try Runtime.Installation(folder: folder, version: "")
    } catch {
      let why = (error as? Problem).map { $0.found + "; " + $0.remedy } ?? Problem.words(of: error)
      return (.foreign(version: (try? asked.get().version) ?? "", reason: why), [])
    }
    switch asked {
    case .success(let backend):
      installation.version = backend.version
      return (.present(installation), backend.files)
    case .failure(let error):
      return (.broken(installation, (error as? Problem)?.found ?? Problem.words(of: error)), [])
    }
  }

  private func probe<Answer: Decodable>(
    _ arguments: [String], _ variables: [String: String], as type: Answer.Type
  ) async throws -> Answer {
    let result: Tool.Result
    do {
      result = try await Tool.run(
        path, [files.probe] + arguments, environment: variables, limit: limit)
    } catch {
      throw problem(ProgramFile.whyNotStarted(path) ?? "does not start: \(Problem.words(of: error))")
    }
    guard result.succeeded else {
      let last = result.errors.split(separator: "\n").last.map(String.init) ?? "nothing on standard error"
      throw problem(
        "\(result.trouble ?? "exit code \(result.exitCode ?? -1)") when asked for its properties: \(last.prefix(200))")
    }
    var lines = result.output.split(separator: "\n")
    let answer = Data((lines.popLast() ?? "").utf8)
    if let old = try? JSONDecoder().decode(TooOld.self, from: answer) {
      throw problem("is Python \(old.version), expected 3.8 or later", remedy: "")
    }
    guard let decoded = try? JSONDecoder().decode(type, from: answer) else {
      throw problem("answers `\(Self.shown(result.output))`, expected JSON of conform_probe.py")
    }
    // Its standard output is the channel on which a worker answers.
    if !lines.isEmpty {
      throw problem(
        "prints `\(Self.shown(result.output))` on standard output before it answers",
        remedy: "check its sitecustomize.py, .pth files and start script, and print to standard error instead")
    }
    return decoded
  }

  private func problem(
    _ found: String, remedy: String = "give --runtime the path of a working Python interpreter"
  ) -> Problem {
    Problem(.environment, at: name.isEmpty ? path : "\(name) (\(path))", found, remedy: remedy)
  }

  private static func shown(_ output: String) -> String {
    output.prefix(80).replacing("\n", with: " ").trimmingCharacters(in: .whitespaces)
  }

  private struct Facts: Decodable {
    var implementation, version, python, build, machine: String
    var extSuffix: String
    var debug, freeThreaded, canFork, hpyBackend: Bool
    var path, include, hpyPath, library, files, places: [String]

    enum CodingKeys: String, CodingKey {
      case implementation, version, python, build, machine, debug, path, include, library, files, places
      case extSuffix = "ext_suffix"
      case freeThreaded = "free_threaded"
      case canFork = "can_fork"
      case hpyPath = "hpy_path"
      case hpyBackend = "hpy_backend"
    }
  }

  private struct Backend: Decodable {
    var version: String
    var files: [String]
  }

  private struct TooOld: Decodable {
    var version: String

    enum CodingKeys: String, CodingKey { case version = "too_old" }
  }
}
