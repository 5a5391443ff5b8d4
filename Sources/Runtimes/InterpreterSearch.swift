import Foundation
import Model

/// Where interpreters lie when people install them as they do: looks at folders, starts nothing.
public struct InterpreterSearch: Sendable {
  /// A file that may be an interpreter.
  public struct Candidate: Hashable, Sendable {
    public var path: String
    public var origin: FoundRuntime.Origin
    /// A script of a version manager that starts whichever version is active; it fails where that is none.
    public var isShim: Bool

    public init(path: String, origin: FoundRuntime.Origin, isShim: Bool = false) {
      self.path = path
      self.origin = origin
      self.isShim = isShim
    }
  }

  private let environment: [String: String]
  private let project: URL

  /// - Parameter environment: `PATH`, `HOME`, `VIRTUAL_ENV`, `CONDA_PREFIX`, `PYENV_ROOT`, `UV_PYTHON_INSTALL_DIR`,
  ///   `XDG_DATA_HOME` count.
  public init(environment: [String: String] = ProcessInfo.processInfo.environment, project: URL) {
    self.environment = environment
    self.project = project
  }

  /// All there are, each file once under its first origin, in the order in which a name is looked for: the active
  /// environment, the project, PATH, pyenv, uv.
  public func candidates() -> [Candidate] {
    var seen: Set<String> = []
    return everything().filter { FileManager.default.isExecutableFile(atPath: $0.path) }
      .filter { !isPyenvShimOfOneVersion($0) }
      .filter { seen.insert(Self.fileIdentity($0.path)).inserted }
  }

  /// Slow to start, and found below pyenv's versions anyhow; `python3` stays, as it tells which version is active.
  private func isPyenvShimOfOneVersion(_ candidate: Candidate) -> Bool {
    candidate.isShim && candidate.path.hasPrefix(pyenvRoot + "/shims/") && candidate.path.contains(#/\d\.\d+[^/]*$/#)
  }

  /// Those that a command such as `python3.12` may mean, best first: as a shell finds it, then pyenv's, uv's and the
  /// project's. The environments that a project has for its runtimes are none of these: they are made from them.
  public func candidates(forCommand command: String) -> [Candidate] {
    (onPath() + pyenv() + uv() + below(".runtimes")).filter {
      URL(filePath: $0.path).lastPathComponent == command && FileManager.default.isExecutableFile(atPath: $0.path)
        && !($0.origin == .project && Self.isEnvironment($0.path))
    }
  }

  private static func isEnvironment(_ path: String) -> Bool {
    let root = URL(filePath: path).deletingLastPathComponent().deletingLastPathComponent()
    return ["pyvenv.cfg", Environments.stampName].contains {
      FileManager.default.fileExists(atPath: root.appending(path: $0).path)
    }
  }

  private func everything() -> [Candidate] {
    environments() + below(".runtimes") + onPath() + pyenv() + uv()
  }

  private func environments() -> [Candidate] {
    let active = [environment["VIRTUAL_ENV"], environment["CONDA_PREFIX"]].compactMap { $0 }
    return (active + [project.appending(path: ".venv").path]).flatMap {
      interpreters(in: $0 + "/bin", .environment)
    }
  }

  private func below(_ folder: String) -> [Candidate] {
    let root = project.appending(path: folder).path
    return Self.contents(of: root).flatMap { interpreters(in: "\(root)/\($0)/bin", .project) }
  }

  private func onPath() -> [Candidate] {
    (environment["PATH"] ?? "").split(separator: ":").flatMap { folder -> [Candidate] in
      guard folder.hasPrefix("/") else { return [] }
      return interpreters(in: String(folder), .path).map { candidate in
        var candidate = candidate
        candidate.isShim = folder.hasSuffix("/shims")
        return candidate
      }
    }
  }

  private func pyenv() -> [Candidate] {
    let root = pyenvRoot + "/versions"
    return Self.contents(of: root).flatMap { interpreters(in: "\(root)/\($0)/bin", .pyenv) }
  }

  private var pyenvRoot: String { environment["PYENV_ROOT"] ?? "\(environment["HOME"] ?? "")/.pyenv" }

  private func uv() -> [Candidate] {
    let data = environment["XDG_DATA_HOME"] ?? "\(environment["HOME"] ?? "")/.local/share"
    let root = environment["UV_PYTHON_INSTALL_DIR"] ?? data + "/uv/python"
    return Self.contents(of: root).flatMap { interpreters(in: "\(root)/\($0)/bin", .uv) }
  }

  private func interpreters(in folder: String, _ origin: FoundRuntime.Origin) -> [Candidate] {
    Self.contents(of: folder).filter(Self.isInterpreterName)
      .map { Candidate(path: "\(folder)/\($0)", origin: origin) }
  }

  /// Names in a folder, those with the most exact version last: `python3` before `python3.12`, 3.8 before 3.10.
  private static func contents(of folder: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])
      .sorted { $0.compare($1, options: .numeric) == .orderedAscending }
  }

  /// What CPython, PyPy and GraalPy install their commands as; `-dbg` and `d` are debug builds, `t` free-threaded.
  static func isInterpreterName(_ name: String) -> Bool {
    name.wholeMatch(of: #/python(3(\.\d+)?)?(d|t|td|-dbg|-nogil)?|pypy(3(\.\d+)?)?(-c)?|graalpy(3(\.\d+)?)?/#) != nil
  }

  /// The same for links to one file, except that a virtual environment is told apart from what it was made from.
  static func fileIdentity(_ path: String) -> String {
    let url = URL(filePath: path)
    let folder = url.deletingLastPathComponent().resolvingSymlinksInPath()
    for root in [folder, folder.deletingLastPathComponent()]
    where FileManager.default.fileExists(atPath: root.appending(path: "pyvenv.cfg").path) {
      return root.path
    }
    return url.resolvingSymlinksInPath().path
  }
}
