import Executing
import Model

/// Everything that the attempts at the cells of a batch depend on, by content, but for the scenario's name: where it
/// is the same, they need not be made again.
///
/// What judges them is no part of it: the ledger, and what other cells answer.
public struct CellInput: Hashable, Sendable {
  /// Of the extension's binary.
  public var binary: ContentKey
  public var module: String
  public var lane: Lane
  /// Of the scenario file.
  public var scenarioFile: ContentKey
  /// Of the worker's files.
  public var worker: ContentKey
  /// Of this program, which reads what a cell leaves behind.
  public var program: ContentKey
  /// Of the interpreter with all that a worker imports: `Runtime.content`, or `backend` where HPy's is.
  public var interpreter: ContentKey
  /// Of the whole installed HPy; nil for lanes of the raw C API.
  public var hpy: ContentKey?
  public var canFork: Bool
  public var limits: Limits
  /// Whether it runs in a sandbox.
  public var isSandboxed: Bool
  /// What interpreters get.
  public var environment: [String: String]

  public var key: ContentKey {
    let loading = lane.family == "import" ? [lane.loading] : [lane.family, lane.mode.hpyName]
    let variables = environment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    return ContentKey(
      ofParts: [
        "cell", binary.hex, module, loading.joined(separator: ":"), scenarioFile.hex, worker.hex, program.hex,
        interpreter.hex, hpy?.hex ?? "", "\(canFork)", "\(limits.seconds)", "\(limits.memory)", "\(limits.fileSize)",
        "\(limits.processes)", "\(limits.scratch)", "\(limits.repeats.warmups):\(limits.repeats.measured)",
        "\(isSandboxed)",
      ] + variables)
  }

  /// The key of one cell.
  ///
  /// - Parameters:
  ///   - scenario: the scenario's name.
  ///   - key: the key of what its batch depends on.
  public static func key(of scenario: String, in key: ContentKey) -> ContentKey {
    ContentKey(ofParts: [key.hex, scenario])
  }
}
