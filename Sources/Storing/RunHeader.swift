import Foundation
import Model

/// Where a scenario stands in a file of a run.
public struct RecordedScenario: Sendable, Hashable {
  /// Path of the scenario file below the suites' folder: `suite/case/scenarios.py`.
  public var path: String
  public var name: String
  /// At which its function begins, counted from 1.
  public var line: Int
  /// Key of the part of the file that decides what it says.
  public var content: ContentKey

  public init(path: String, name: String, line: Int, content: ContentKey) {
    self.path = path
    self.name = name
    self.line = line
    self.content = content
  }
}

/// What a run is, before any of its cells.
public struct RunHeader: Sendable {
  public var uuid: UUID
  public var kind: RunKind
  public var started: Date
  /// The command line, for people.
  public var arguments: [String]
  /// What the compiler says of itself.
  public var compiler: String
  /// The reference runtime first.
  public var runtimes: [Runtime]
  /// Of a portability view, in the order of its matrix.
  public var binaries: [PortableBinary]
  /// Text of every file that decides results, by path below the suites' folder; the ledgers among them.
  public var files: [String: String]
  /// Of the scenario files among these.
  public var scenarios: [RecordedScenario]
  /// Number of cells.
  public var planned: Int
  /// Name of the history that the run belongs to, `nightly` for instance; nil for a run on its own.
  public var series: String?
  /// The patterns and lanes that restricted the plan, as one text; empty for everything.
  public var scope: String
  /// Of this program and the worker, by content; nil where that can't be known.
  public var harness: ContentKey?
  /// Why runtimes that are wanted could not be had.
  public var missing: [String]
  /// What it can be planned again from, as JSON that the session reads; nil for a run that can't be resumed.
  public var options: String?
  /// Where this goes on with a run that is stored already; nil for a new one.
  public var resumption: StoredResumption?

  public init(
    uuid: UUID = UUID(), kind: RunKind = .run, started: Date = Date(), arguments: [String], compiler: String,
    runtimes: [Runtime], binaries: [PortableBinary] = [], files: [String: String],
    scenarios: [RecordedScenario] = [], planned: Int, series: String? = nil, scope: String = "",
    harness: ContentKey? = nil, missing: [String] = [], options: String? = nil, resumption: StoredResumption? = nil
  ) {
    self.uuid = uuid
    self.kind = kind
    self.started = started
    self.arguments = arguments
    self.compiler = compiler
    self.runtimes = runtimes
    self.binaries = binaries
    self.files = files
    self.scenarios = scenarios
    self.planned = planned
    self.series = series
    self.scope = scope
    self.harness = harness
    self.missing = missing
    self.options = options
    self.resumption = resumption
  }
}
