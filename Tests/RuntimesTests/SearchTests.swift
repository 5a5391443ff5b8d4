import Foundation
import Model
import Testing

@testable import Runtimes

/// Where interpreters are looked for. Nothing is started here: files stand in for them.
@Suite("Looking for interpreters")
struct SearchTests {
  /// A folder with empty executables.
  private final class Machine: Sendable {
    let root = FileManager.default.temporaryDirectory.appending(path: "machine-\(UUID().uuidString)")
      .resolvingSymlinksInPath()

    init(_ files: [String]) throws {
      try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
      for file in files { try add(file) }
    }

    deinit { try? FileManager.default.removeItem(at: root) }

    func add(_ path: String, executable: Bool = true) throws {
      let file = root.appending(path: path)
      try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data().write(to: file)
      try FileManager.default.setAttributes([.posixPermissions: executable ? 0o755 : 0o644], ofItemAtPath: file.path)
    }

    func link(_ path: String, to target: String) throws {
      let file = root.appending(path: path)
      try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try FileManager.default.createSymbolicLink(atPath: file.path, withDestinationPath: target)
    }

    func search(_ more: [String: String] = [:]) -> InterpreterSearch {
      let variables = ["PATH": "\(root.path)/bin:relative:\(root.path)/home/.pyenv/shims", "HOME": "\(root.path)/home"]
      return InterpreterSearch(
        environment: variables.merging(more.mapValues { root.path + "/" + $0 }) { $1 },
        project: root.appending(path: "project", directoryHint: .isDirectory))
    }

    func paths(_ candidates: [InterpreterSearch.Candidate]) -> [String] {
      candidates.map { String($0.path.dropFirst(root.path.count + 1)) }
    }
  }

  @Test("PATH, pyenv, uv, virtual environments and the project's folder are looked at, each telling where from")
  func places() throws {
    let machine = try Machine([
      "bin/python3.11", "home/.pyenv/versions/3.9.1/bin/python3.9", "active/bin/python", "conda/bin/python",
      "home/.local/share/uv/python/cpython-3.12/bin/python3.12", "project/.venv/bin/python",
      "project/.runtimes/one/bin/pypy3",
    ])
    let found = machine.search(["VIRTUAL_ENV": "active", "CONDA_PREFIX": "conda"]).candidates()
    #expect(
      Set(zip(machine.paths(found), found).map { "\($0) \($1.origin.rawValue)" }) == [
        "active/bin/python environment", "conda/bin/python environment", "project/.venv/bin/python environment",
        "project/.runtimes/one/bin/pypy3 project", "bin/python3.11 PATH",
        "home/.pyenv/versions/3.9.1/bin/python3.9 pyenv",
        "home/.local/share/uv/python/cpython-3.12/bin/python3.12 uv",
      ])
    let elsewhere = try Machine(["p/versions/3.9.1/bin/python3.9", "u/cpython-3.12/bin/python3.12"])
    #expect(
      elsewhere.paths(elsewhere.search(["PYENV_ROOT": "p", "UV_PYTHON_INSTALL_DIR": "u"]).candidates()) == [
        "p/versions/3.9.1/bin/python3.9", "u/cpython-3.12/bin/python3.12",
      ])
  }

  @Test(
    "names of interpreters, and of what lies beside them",
    arguments: [
      ("python", true), ("python3", true), ("python3.15", true), ("python3.14t", true), ("python3-dbg", true),
      ("python3.11-dbg", true), ("pypy", true), ("pypy3.11", true), ("pypy3-c", true), ("graalpy", true),
      ("python3-config", false), ("python3.11-gdb.py", false), ("pythonw", false), ("pypy3.11.real", false),
      ("ipython", false), ("python2.7", false),
    ])
  func names(name: String, isOne: Bool) {
    #expect(InterpreterSearch.isInterpreterName(name) == isOne)
  }

  @Test("links to one file are one; a virtual environment is another than what it was made from")
  func links() throws {
    let machine = try Machine(["usr/bin/python3.11", "project/.venv/pyvenv.cfg"])
    try machine.link("usr/bin/python3", to: "python3.11")
    try machine.link("bin", to: "usr/bin")
    try machine.link("project/.venv/bin/python", to: machine.root.path + "/usr/bin/python3.11")
    try machine.link("project/.venv/bin/python3", to: "python")
    try machine.add("bin/python3.10", executable: false)
    #expect(machine.paths(machine.search().candidates()) == ["project/.venv/bin/python", "bin/python3"])
  }

  @Test("a command means what a shell finds, then pyenv's, uv's and the project's, and no environment of a runtime")
  func commands() throws {
    let machine = try Machine([
      "home/.pyenv/shims/python3.12", "home/.pyenv/versions/3.12.1/bin/python3.12",
      "home/.local/share/uv/python/cpython-3.12/bin/python3.12", "project/.runtimes/debian/bin/python3.12",
      "project/.runtimes/made/bin/python3.12", "project/.runtimes/made/hpy-conform-environment.json",
      "project/.runtimes/venv/bin/python3.12", "project/.runtimes/venv/pyvenv.cfg", "bin/python3",
    ])
    let found = machine.search().candidates(forCommand: "python3.12")
    #expect(
      machine.paths(found) == [
        "home/.pyenv/shims/python3.12", "home/.pyenv/versions/3.12.1/bin/python3.12",
        "home/.local/share/uv/python/cpython-3.12/bin/python3.12", "project/.runtimes/debian/bin/python3.12",
      ])
    #expect(found.map(\.isShim) == [true, false, false, false])
  }

  @Test("of pyenv's shims only those are asked that tell which version is active")
  func shims() throws {
    let machine = try Machine(["home/.pyenv/shims/python3", "home/.pyenv/shims/python3.12"])
    #expect(machine.paths(machine.search().candidates()) == ["home/.pyenv/shims/python3"])
  }

  // MARK: What they answer

  private static func answer(
    _ path: String, _ identity: String?, _ origin: FoundRuntime.Origin = .path, version: String = "3.11.2",
    name: String = "", isShim: Bool = false
  ) -> InterpreterFinder.Answer {
    let runtime = Runtime(
      name: name, interpreter: path, implementation: "cpython", version: version, python: version, build: "",
      extSuffix: "", includes: [], machine: "", hpy: .absent)
    let answer: Result<Runtime, Problem> =
      identity == nil ? .failure(Problem(.environment, at: path, "dies", remedy: "")) : .success(runtime)
    return InterpreterFinder.Answer(
      found: FoundRuntime(name: name, interpreter: path, origins: [origin], answer: answer),
      identity: identity.map { ContentKey(of: $0) }, isShim: isShim)
  }

  @Test("one interpreter of several names is shown once, with all its paths, under its configured name")
  func duplicates() {
    let found = InterpreterFinder.merged([
      Self.answer("/c", "one", .configured, name: "mine"), Self.answer("/a", "one"), Self.answer("/b", "two"),
      Self.answer("/d", "one", .pyenv), Self.answer("/c", "one", .project),
      Self.answer("/e", "three", version: "3.9.1"),
    ])
    #expect(found.map(\.interpreter) == ["/c", "/e", "/b"])
    #expect(found.map(\.name) == ["mine", "cpython-3.9.1", "cpython-3.11.2"])
    #expect(found[0].aliases == ["/a", "/d"])
    #expect(found[0].origins == [.configured, .path, .pyenv, .project])
  }

  @Test("two configured names for one interpreter stay two; names that are taken are numbered")
  func names() {
    let found = InterpreterFinder.merged([
      Self.answer("/c", "one", .configured, name: "mine"), Self.answer("/c", "one", .configured, name: "also"),
      Self.answer("/b", "two"), Self.answer("/d", "three"),
    ])
    #expect(found.map(\.name) == ["mine", "also", "cpython-3.11.2", "cpython-3.11.2-2"])
  }

  @Test("a shim gives way to what it starts; one that starts nothing is no problem, another that fails is")
  func answersOfShims() {
    let found = InterpreterFinder.merged([
      Self.answer("/shims/python3", "one", isShim: true), Self.answer("/shims/pypy3", nil, isShim: true),
      Self.answer("/versions/python3", "one", .pyenv), Self.answer("/broken", nil),
    ])
    #expect(found.map(\.interpreter) == ["/versions/python3", "/broken"])
    #expect(found[0].aliases == ["/shims/python3"])
    #expect(found[1].runtime == nil)
  }
}
