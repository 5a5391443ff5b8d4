import Foundation
import Model
import Platform
import Worker

/// An interpreter that can be asked what it is and what a scenario file contains.
public struct Interpreter: Sendable {
  public let wanted: Configuration.Wanted
  private let files: WorkerFiles

  public init(_ wanted: Configuration.Wanted, files: WorkerFiles) {
    self.wanted = wanted
    self.files = files
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
      "PYTHONPYCACHEPREFIX": files.bytecode.path,
    ]
  }

  /// Asks the interpreter what it is.
  ///
  /// - Throws: `Problem` when there is none, it dies, hangs, or answers something else.
  public func describe() async throws -> Runtime {
    // Both at once, for the sake of those that start slowly; without an hpy the second says nothing of interest.
    async let asked = backend()
    let facts = try await probe([], as: Facts.self)
    let (hpy, backendFiles) = try Self.hpy(at: facts.hpyPath.first, await asked)
    var known = KnownContents(
      files.bytecode.deletingLastPathComponent().appending(
        path: "contents/\(ContentKey(of: wanted.interpreter).short).json"))
    func content(_ files: [String]) -> ContentKey? {
      // The file that starts it may be a script, of which the process itself knows nothing.
      files.isEmpty ? nil : known.key(files: files + [wanted.interpreter], folders: facts.library)
    }
    defer { known.save() }
    return Runtime(
      name: wanted.name, interpreter: wanted.interpreter, implementation: facts.implementation,
      version: facts.version, python: facts.python, build: facts.build, isDebugBuild: facts.debug,
      isFreeThreaded: facts.freeThreaded, extSuffix: facts.extSuffix, includes: facts.include,
      machine: facts.machine, canFork: facts.canFork, hpy: hpy, content: content(facts.files),
      backend: content(backendFiles))
  }

  private func backend() async -> Result<Backend, any Error> {
    do {
      return .success(try await probe(["hpy"], as: Backend.self))
    } catch {
      return .failure(error)
    }
  }

  /// The HPy in a folder, and the files that an interpreter with its backend consists of.
  private static func hpy(at folder: String?, _ asked: Result<Backend, any Error>) throws -> (Runtime.HPy, [String]) {
    guard let folder else { return (.absent, []) }
    do {
      let backend = try asked.get()
      return (.present(try Runtime.Installation(folder: folder, version: backend.version)), backend.files)
    } catch let problem as Problem {
      return (.broken(try Runtime.Installation(folder: folder, version: ""), problem.found), [])
    }
  }

  private func probe<Answer: Decodable>(_ arguments: [String], as type: Answer.Type) async throws -> Answer {
    let place = "\(wanted.name) (\(wanted.interpreter))"
    let remedy = "give --runtime the path of a Python interpreter that starts"
    let result: Tool.Result
    do {
      result = try await Tool.run(
        wanted.interpreter, [files.probe] + arguments, environment: Self.environment(files), limit: 30)
    } catch {
      throw Problem(.environment, at: place, "does not start: \(error)", remedy: remedy)
    }
    guard result.succeeded else {
      let last = result.errors.split(separator: "\n").last.map(String.init) ?? "nothing on standard error"
      throw Problem(
        .environment, at: place,
        "\(result.trouble ?? "exit code \(result.exitCode ?? -1)") when asked what it is: \(last)",
        remedy: remedy)
    }
    do {
      return try JSONDecoder().decode(Answer.self, from: Data(result.output.utf8))
    } catch {
      throw Problem(
        .environment, at: place, "answers `\(result.output.prefix(80))`, expected JSON of conform_probe.py",
        remedy: remedy)
    }
  }

  private struct Facts: Decodable {
    var implementation, version, python, build, machine: String
    var extSuffix: String
    var debug, freeThreaded, canFork: Bool
    var include, hpyPath, library, files: [String]

    enum CodingKeys: String, CodingKey {
      case implementation, version, python, build, machine, debug, include, library, files
      case extSuffix = "ext_suffix"
      case freeThreaded = "free_threaded"
      case canFork = "can_fork"
      case hpyPath = "hpy_path"
    }
  }

  private struct Backend: Decodable {
    var version: String
    var files: [String]
  }
}
