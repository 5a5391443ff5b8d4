import Foundation
import Model
import Platform

/// Makes virtual environments and installs into them: with `uv` where it is on PATH, else with `venv` and `pip`.
///
/// The steps of one environment; each appends to its log what it runs and what that prints.
struct Installer: Sendable {
  /// A step that failed; the text is its cause.
  struct Failure: Error, Hashable {
    var step: String
    var cause: String
  }

  let uv: String?
  let log: URL
  /// Seconds for each step.
  var limit: Double = 1200

  /// `uv` on PATH.
  static func findUV(_ environment: [String: String] = ProcessInfo.processInfo.environment) -> String? {
    (environment["PATH"] ?? "").split(separator: ":").map { "\($0)/uv" }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
  }

  /// A virtual environment without pip, in a folder that may hold our own stamp already.
  func makeEnvironment(_ folder: String, base: String) async throws {
    let step = "making the environment"
    if let uv {
      try await run(step, uv, ["venv", "--no-project", "--allow-existing", "--python", base, folder])
    } else {
      try await run(step, base, ["-m", "venv", "--without-pip", folder])
    }
  }

  /// What installs into an environment, where that isn't `uv`.
  func addPip(_ interpreter: String) async throws {
    if uv == nil { try await run("adding pip", interpreter, ["-m", "ensurepip", "--upgrade", "--default-pip"]) }
  }

  /// Installs an HPy into an environment; or, with a folder, beside an interpreter that can't have one.
  ///
  /// - Parameters:
  ///   - package: what pip calls it: `hpy==0.9.0`, a path.
  ///   - debug: for a debug build: compiled here, not from a wheel that was built for the release build.
  func install(
    _ package: String, with interpreter: String, into folder: String? = nil, debug: Bool, headers: [String]
  ) async throws {
    var arguments = ["install"]
    if debug { arguments += ["--no-binary", "hpy", "--no-cache-dir"] }
    if let folder { arguments += ["--target", folder] }
    let step = "installing \(package)"
    let flags = Self.compilerFlags(headers: headers, debug: debug)
    let variables = ["CFLAGS": [ProcessInfo.processInfo.environment["CFLAGS"] ?? "", flags].joined(separator: " ")]
    if let uv {
      try await run(step, uv, ["pip"] + arguments + ["--python", interpreter, package], variables)
    } else {
      try await run(
        step, interpreter,
        (folder == nil ? ["-m", "pip"] : ["-c", Self.pipThrough, interpreter]) + arguments
          + ["--disable-pip-version-check", "--no-input", package], variables)
    }
  }

  /// What an HPy is compiled with for an interpreter.
  ///
  /// A system's own headers are searched as such: hpy 0.9.0 makes warnings errors, and theirs are not its own. gcc
  /// follows links from there, and Debian links the headers of its debug build to those of the release build, beside
  /// which lies a pyconfig.h without Py_DEBUG.
  static func compilerFlags(headers: [String], debug: Bool) -> String {
    (headers.map { "-isystem \($0)" } + (debug ? ["-DPy_DEBUG=1"] : [])).joined(separator: " ")
  }

  /// Runs pip as an interpreter that takes itself for something which does not start: pip starts `sys.executable` for
  /// builds.
  private static let pipThrough =
    "import runpy, sys; sys.executable = sys.argv.pop(1); runpy.run_module('pip', run_name='__main__', alter_sys=True)"

  private func run(
    _ step: String, _ program: String, _ arguments: [String], _ variables: [String: String] = [:]
  ) async throws {
    // Everything a person has set for pip, uv and the compiler counts; what would lead Python elsewhere does not.
    var environment = ProcessInfo.processInfo.environment
    for name in ["PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "CONDA_PREFIX", "PIP_TARGET", "PIP_USER"] {
      environment[name] = nil
    }
    environment["PYTHONNOUSERSITE"] = "1"
    environment["LC_ALL"] = "C.UTF-8"
    environment.merge(variables) { $1 }
    note("$ \(([program] + arguments).joined(separator: " "))\n")
    let result: Tool.Result
    do {
      result = try await Tool.run(program, arguments, environment: environment, limit: limit)
    } catch {
      note("\(Problem.words(of: error))\n")
      throw Failure(step: step, cause: ProgramFile.whyNotStarted(program) ?? Problem.words(of: error))
    }
    try Task.checkCancellation()
    note(result.output + result.errors)
    guard result.succeeded else {
      throw Failure(step: step, cause: result.trouble ?? BuildLog.cause(result.output + result.errors))
    }
  }

  private func note(_ text: String) {
    guard let handle = try? FileHandle(forWritingTo: log) else { return }
    defer { try? handle.close() }
    _ = try? handle.seekToEnd()
    try? handle.write(contentsOf: Data(text.utf8))
  }
}
