import Foundation
import Model
import Platform
import Runtimes
import Worker

/// pip, one and the same for all runtimes: those that have none of their own need none.
///
/// It is fetched once, by whatever pip or uv the machine has, from where that is configured to look, and run by the
/// runtime that is installed for.
struct Pip: Sendable {
  /// The last version for Python 3.8, and the one for later versions.
  private static let versions = (former: "25.0.1", later: "25.3")

  /// Runs pip from a folder, as an interpreter that takes itself for something which does not start: pip starts
  /// `sys.executable` for builds.
  private static let program = """
    import runpy, sys
    sys.path.insert(0, sys.argv.pop(1))
    sys.executable = sys.argv.pop(1)
    runpy.run_module('pip', run_name='__main__', alter_sys=True)
    """

  /// Below it lies a folder for each version.
  let folder: URL
  let sandbox: Sandbox?
  /// Seconds for one call.
  let limit: Double

  /// What became of a call.
  enum Ending: Sendable {
    case succeeded(output: String)
    /// pip refused, or what it built failed: its last words.
    case refused(String)
    /// The machine or the network lacked something: nothing is known of the package.
    case machineFailed(String)
  }

  static func version(for runtime: Runtime) -> String {
    (Version(runtime.python) ?? Version("3.9")!) < Version("3.9")! ? versions.former : versions.later
  }

  /// - Parameters:
  ///   - reading: paths that it needs beside the runtime, where it runs in a sandbox.
  ///   - writing: folders that it writes to.
  func run(
    _ arguments: [String], with runtime: Runtime, reading: [String] = [], writing: [URL], pip: String
  ) async -> Ending {
    let common = [
      "--disable-pip-version-check", "--no-input", "--no-color", "--retries", "2", "--timeout", "20",
      "--root-user-action", "ignore",
    ]
    var command =
      [runtime.interpreter, "-c", Self.program, pip, runtime.interpreter] + [arguments[0]]
      + (arguments[0] == "install" ? common : common.filter { $0 != "--root-user-action" && $0 != "ignore" })
      + arguments.dropFirst()
    if let sandbox {
      command =
        sandbox.command(
          reading: runtime.visiblePlaces + runtime.includes + [pip] + Self.configuration + reading,
          writing: writing.map(\.path), scratch: 4 << 30, hasNetwork: true) + command
    }
    let result: Tool.Result
    do {
      result = try await Tool.run(
        command[0], Array(command.dropFirst()), environment: Self.environment(for: runtime), directory: "/",
        limit: limit, outputLimit: 16 << 20)
    } catch {
      return .machineFailed("pip does not start: \(Problem.words(of: error))")
    }
    if result.succeeded { return .succeeded(output: result.output) }
    let text = result.output + result.errors
    if let lack = Self.lack(in: text) { return .machineFailed(lack) }
    if let trouble = result.trouble {
      return result.signal == SIGKILL && !result.wasEnded
        ? .machineFailed("pip: \(trouble), probably because memory was exhausted") : .refused("pip: \(trouble)")
    }
    return .refused(BuildLog.cause(text))
  }

  /// What a person has set for pip and the compiler counts; what would lead Python or pip elsewhere does not.
  private static func environment(for runtime: Runtime) -> [String: String] {
    var environment = ProcessInfo.processInfo.environment
    for name in ["PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "CONDA_PREFIX", "PIP_TARGET", "PIP_USER", "PIP_PREFIX"] {
      environment[name] = nil
    }
    environment["PYTHONNOUSERSITE"] = "1"
    environment["PYTHONDONTWRITEBYTECODE"] = "1"
    environment["LC_ALL"] = "C.UTF-8"
    // Interpreters that were unpacked somewhere name folders that aren't there. These come behind all others.
    for name in ["C_INCLUDE_PATH", "CPLUS_INCLUDE_PATH"] {
      environment[name] = (runtime.includes + [environment[name] ?? ""]).filter { !$0.isEmpty }.joined(separator: ":")
    }
    return environment
  }

  /// Files that say where pip looks (pip documentation, 'Configuration'), and what a program needs for a network.
  private static var configuration: [String] {
    let own = ProcessInfo.processInfo.environment
    let home = own["HOME"] ?? "/root"
    return [
      own["PIP_CONFIG_FILE"] ?? "", own["PIP_CERT"] ?? "", "/etc/pip.conf", "/etc/xdg/pip", "\(home)/.config/pip",
      "\(home)/.pip", "/etc/resolv.conf", "/etc/hosts", "/etc/ssl", "/etc/ca-certificates", "/etc/gai.conf",
    ].filter { !$0.isEmpty }
  }

  /// What the machine or the network lacked, by pip's words.
  static func lack(in text: String) -> String? {
    let lines = text.split(separator: "\n")
    let network = lines.first {
      $0.contains("WARNING: Retrying") || $0.contains("Could not fetch URL") || $0.contains("ReadTimeoutError")
        || $0.contains("NewConnectionError") || $0.contains("Network is unreachable")
    }
    if let network {
      let reason = network.split(separator: "'").dropFirst().first.map(String.init) ?? String(network)
      return "the package index does not answer: \(reason.prefix(200))"
    }
    if let line = lines.first(where: { $0.hasPrefix("bwrap: ") }) { return "no sandbox for pip: \(line)" }
    return lines.first { $0.contains("No space left on device") || $0.contains("Disk quota exceeded") }.map {
      "pip: \($0.prefix(200))"
    }
  }
}

extension Pip {
  /// The folder of the version for a runtime, fetched where it isn't there.
  ///
  /// - Parameter others: interpreters that may have a pip to fetch it with.
  /// - Throws: `Problem` of the environment where it can't be had.
  func ready(for runtime: Runtime, others: [String]) async throws -> String {
    let version = Self.version(for: runtime)
    let place = folder.appending(path: "pip-\(version)")
    if FileManager.default.fileExists(atPath: place.appending(path: "pip/__pip-runner__.py").path) { return place.path }
    let making = folder.appending(path: "making-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: making) }
    do {
      try FileManager.default.createDirectory(at: making, withIntermediateDirectories: true)
    } catch {
      throw Problem.unusableCache(error, at: folder)
    }
    var failures: [String] = []
    for interpreter in [runtime.interpreter] + others + ["python3"] {
      let result = try? await Tool.run(
        interpreter,
        [
          "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--no-deps", "--no-compile", "--quiet",
          "--target", making.path, "pip==\(version)",
        ], limit: 120)
      if result?.succeeded == true {
        if rename(making.path, place.path) == 0 || FileManager.default.fileExists(atPath: place.path) {
          return place.path
        }
        throw Problem.unusableCache(POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO), at: folder)
      }
      guard let result else { continue }
      if let lack = Self.lack(in: result.errors) { failures.append(lack) }
    }
    throw Problem(
      .environment, "pip \(version) can't be fetched: \(failures.first ?? "no interpreter of this run has a pip")",
      remedy: "install pip for one of them, or check the configuration of the package index")
  }
}
