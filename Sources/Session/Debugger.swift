import Executing
import Foundation
import Model
import Planning
import Platform
import Synchronization
import Worker

/// Runs what crashed or hung anew once more under gdb, for the frames of C. Nothing is judged by it.
public final class Debugger: Sendable {
  /// Path of the program on this machine; nil where it is not installed.
  public static let program: String? = {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":")
    return folders.map { "\($0)/gdb" }.first { FileManager.default.isExecutableFile(atPath: $0) }
  }()

  /// Seconds that a scenario may take before it is stopped as one that hangs. It was seen to hang for longer.
  private static let patience = 2
  /// Seconds for the whole of it.
  private static let limit: Double = 60
  private static let frames = 100
  /// How many cells of a run are looked at: where all of them crash, one cause is behind many.
  private static let most = 20

  private let scratch: URL
  private let environment: [String: String]
  private let limits: Limits
  private let sandbox: Sandbox?
  private let seen = Mutex<Set<String>>([])

  /// - Parameters:
  ///   - scratch: a folder for files of its own, made where it is needed.
  ///   - environment: what interpreters get.
  init(scratch: URL, environment: [String: String], limits: Limits, sandbox: Sandbox?) {
    self.scratch = scratch
    self.environment = environment
    self.limits = limits
    self.sandbox = sandbox
  }

  /// Whether a cell's end is one of which C has to tell.
  public static func isMeant(_ outcome: Outcome) -> Bool {
    if case .crashed = outcome { true } else { outcome == .timedOut }
  }

  /// The frames of C at the end of a cell; nil where there is no debugger, it finds nothing, or another cell of the
  /// scenario ended so on the same runtime and was looked at.
  func backtrace(of cell: CellID, _ outcome: Outcome, _ load: Load, _ testCase: Case, binary: String) async -> String? {
    guard let program = Self.program else { return nil }
    let key = "\(cell.scenario) \(outcome) \(cell.runtime)"
    let number = seen.withLock { seen in
      seen.count < Self.most && seen.insert(key).inserted ? seen.count : nil
    }
    guard let number else { return nil }
    let folder = scratch.appending(path: "gdb-\(number)")
    defer { try? FileManager.default.removeItem(at: folder) }
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      for (name, bytes) in AloneFiles.all { try Data(bytes).write(to: folder.appending(path: name)) }
      try FileManager.default.copyItem(
        atPath: testCase.scenarioFile, toPath: folder.appending(path: Case.scenarioFileName).path)
      let command = command(program, load, folder, binary, cell.scenario.name)
      let result = try await Tool.run(
        command[0], Array(command.dropFirst()), environment: environment.merging(["SHELL": "/bin/sh"]) { $1 },
        directory: folder.path, limit: Self.limit)
      let frames = Self.frames(in: result.output)
      return frames.isEmpty ? nil : Normaliser(binary: binary, directory: testCase.directory.path)(frames)
    } catch {
      // It is only to help: the finding stands without it.
      return nil
    }
  }

  private func command(
    _ program: String, _ load: Load, _ folder: URL, _ binary: String, _ scenario: String
  ) -> [String] {
    let loader = load.lane.family == "import" ? "import" : load.lane.mode.hpyName
    let interpreter = load.runtime.interpreter
    // An interpreter may be a script or a link: gdb follows what env starts.
    let debugger = [
      program, "-q", "-batch", "-nx", "-iex", "set debuginfod enabled off", "-ex",
      "handle SIGALRM stop print nopass", "-ex", "run", "-ex", "bt \(Self.frames)", "--args", "/usr/bin/env",
      interpreter,
      folder.appending(path: AloneFiles.driver).path, loader, binary, scenario, "--seconds=\(Self.patience)",
    ]
    let bounded = ["/bin/sh", "-c", "ulimit -c 0; ulimit -v \(limits.memory >> 10); exec \"$0\" \"$@\""] + debugger
    guard let sandbox else { return bounded }
    let home = URL(filePath: interpreter).deletingLastPathComponent().deletingLastPathComponent().path
    return sandbox.command(
      reading: (load.runtime.places ?? []) + [home, interpreter, folder.path, binary], scratch: limits.scratch)
      + bounded
  }

  /// The frames of the thread that died, a line each.
  static func frames(in output: String) -> String {
    let lines = output.split(separator: "\n").drop { !$0.hasPrefix("#0 ") }
    return lines.prefix { $0.hasPrefix("#") || $0.hasPrefix("    ") || $0.hasPrefix("(More") }
      .joined(separator: "\n")
  }
}
