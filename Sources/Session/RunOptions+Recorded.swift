import Executing
import Foundation
import Model
import Planning
import Platform
import Runtimes

/// What decides the cells of a run and how they are tried, as the column `run.options` has it. The kind of the run and
/// its series are columns of their own; how many jobs there are and where caches lie decides nothing.
struct RecordedOptions: Codable, Hashable {
  /// Changes when a program that knows this form would read another one wrongly.
  static let current = 1

  var version = Self.current
  /// As they were typed, but for relative paths: those begin at a folder that the next command may not be called in.
  var patterns: [String]
  var lanes: [String]
  /// Nil where a run is not restricted to some.
  var cells: [String]?
  var runtimes: [String]
  var limits: Limits
  var newLimit: Int?
  var reuses: Bool
  var repetitions: Int
  var isSandboxed: Bool
  /// Nil in what a program wrote that did everything always.
  var isThorough: Bool?
  /// Nil for no.
  var isQuick: Bool?
  var changed: [String]?
  /// Nil for all.
  var flavours: [Flavour]?
  var kept: String?

  private struct Version: Decodable {
    var version: Int
  }

  init(_ options: RunOptions) {
    patterns = options.patterns.map(\.description)
    lanes = options.lanes.map(\.description)
    cells = options.cells.map { $0.map(\.description) }
    runtimes = options.runtimes.map { RuntimeSelection.absolute($0) }
    limits = options.limits
    newLimit = options.newLimit
    reuses = options.reuses
    repetitions = options.repetitions
    isSandboxed = options.sandbox != nil
    isThorough = options.isThorough
    isQuick = options.believesLedger ? true : nil
    changed = options.changed.isEmpty ? nil : options.changed
    flavours = options.flavours == Plan.travelling ? nil : options.flavours
    kept = options.kept?.path
  }

  /// Reads what was recorded.
  ///
  /// - Parameter run: beginning of the run's UUID, for messages.
  /// - Throws: `Problem` for what another version of this program wrote.
  init(_ text: String, run: String) throws {
    let decoder = JSONDecoder()
    let found = try? decoder.decode(Version.self, from: Data(text.utf8)).version
    guard found == Self.current, let options = try? decoder.decode(Self.self, from: Data(text.utf8)) else {
      throw Problem(
        "the options of run \(run) can't be read: expected version \(Self.current), got "
          + (found.map { $0 == Self.current ? "damaged options" : "version \($0)" } ?? "none"),
        remedy: "resume it with the hpy-conform that began it, or start a new run")
    }
    self = options
  }

  var json: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? ""
  }
}

extension RunOptions {
  /// For the record; nil where interpreters were chosen in ways that can't be told again, as a step of a bisection does.
  var recorded: String? { wanted.isEmpty ? RecordedOptions(self).json : nil }

  /// The same places and jobs, with all else as a run was asked for.
  ///
  /// - Throws: `Problem` for what another version of this program wrote, or a sandbox that can't be had.
  func asked(by recorded: RecordedOptions) async throws -> RunOptions {
    var options = self
    options.patterns = try recorded.patterns.map { try Pattern($0) }
    options.lanes = try recorded.lanes.map { try LaneChoice(named: $0) }
    options.cells = recorded.cells.map { $0.compactMap { CellID($0) } }
    options.runtimes = recorded.runtimes
    options.limits = recorded.limits
    options.newLimit = recorded.newLimit
    options.reuses = recorded.reuses
    options.repetitions = recorded.repetitions
    options.believesEarlier = !(recorded.isThorough ?? true)
    options.believesLedger = recorded.isQuick ?? false
    options.changed = recorded.changed ?? []
    options.flavours = recorded.flavours ?? Plan.travelling
    options.kept = recorded.kept.map { URL(filePath: $0) }
    options.sandbox = recorded.isSandboxed ? try await .required() : nil
    return options
  }
}

extension Sandbox {
  /// The sandbox that somebody asked for.
  ///
  /// - Throws: `Problem` where there can be none: it is never done without.
  public static func required() async throws -> Sandbox {
    do {
      return try await Sandbox()
    } catch {
      throw Problem(
        .environment, "no sandbox: \(error)",
        remedy: "install bubblewrap and permit user namespaces, or run foreign code with your rights: --no-sandbox")
    }
  }
}
