import Foundation
import Model
import Planning
import Synchronization

/// Runs what crashed or hung anew once more under gdb, for the frames of C. Nothing is judged by it.
public final class Debugger: Sendable {
  /// Path of the program on this machine; nil where it is not installed.
  public static let program: String? = {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":")
    return folders.map { "\($0)/gdb" }.first { FileManager.default.isExecutableFile(atPath: $0) }
  }()

  /// Seconds for the whole of it.
  private static let limit: Double = 60
  private static let frames = 100
  /// How many cells of a run are looked at: where all of them crash, one cause is behind many.
  private static let most = 20

  private let alone: AloneRun
  private let seen = Mutex<Set<String>>([])

  init(_ alone: AloneRun) { self.alone = alone }

  /// Whether a cell's end is one of which C has to tell.
  public static func isMeant(_ outcome: Outcome) -> Bool {
    if case .crashed = outcome { true } else { outcome == .timedOut }
  }

  /// The frames of C at the end of a cell; nil where there is no debugger, it finds nothing, or another cell of the
  /// scenario ended so on the same runtime and was looked at.
  func backtrace(of cell: CellID, _ outcome: Outcome, _ load: Load, _ testCase: Case, _ binary: BuiltBinary) async
    -> String?
  {
    guard let program = Self.program else { return nil }
    let key = "\(cell.scenario) \(outcome) \(cell.runtime)"
    let number = seen.withLock { seen in
      seen.count < Self.most && seen.insert(key).inserted ? seen.count : nil
    }
    guard let number else { return nil }
    // An interpreter may be a script or a link: gdb follows what env starts.
    let debugger = [
      program, "-q", "-batch", "-nx", "-iex", "set debuginfod enabled off", "-ex",
      "handle SIGALRM stop print nopass", "-ex", "run", "-ex", "bt \(Self.frames)", "--args", "/usr/bin/env",
    ]
    // It is only to help: the finding stands without it.
    let output = try? await alone.output(
      of: cell.scenario.name, load, testCase, binary, in: "gdb-\(number)", under: debugger,
      options: ["--here"], limit: Self.limit)
    let frames = output.map { Self.frames(in: $0) } ?? ""
    return frames.isEmpty ? nil : frames
  }

  /// The frames of the thread that died, a line each.
  static func frames(in output: String) -> String {
    let lines = output.split(separator: "\n").drop { !$0.hasPrefix("#0 ") }
    return lines.prefix { $0.hasPrefix("#") || $0.hasPrefix("    ") || $0.hasPrefix("(More") }
      .joined(separator: "\n")
  }
}
