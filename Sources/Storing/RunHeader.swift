import Foundation
import Model

/// What a run is, before any of its cells.
public struct RunHeader: Sendable {
  public var uuid: UUID
  public var started: Date
  /// The command line, for people.
  public var arguments: [String]
  /// What the compiler says of itself.
  public var compiler: String
  /// The reference runtime first.
  public var runtimes: [Runtime]
  /// Text of every file that decides results, by path below the suites' folder; the ledgers among them.
  public var files: [String: String]
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

  public init(
    uuid: UUID = UUID(), started: Date = Date(), arguments: [String], compiler: String, runtimes: [Runtime],
    files: [String: String], planned: Int, series: String? = nil, scope: String = "", harness: ContentKey? = nil,
    missing: [String] = []
  ) {
    self.uuid = uuid
    self.started = started
    self.arguments = arguments
    self.compiler = compiler
    self.runtimes = runtimes
    self.files = files
    self.planned = planned
    self.series = series
    self.scope = scope
    self.harness = harness
    self.missing = missing
  }
}

/// A run as the list of runs shows it.
public struct StoredRun: Sendable, Hashable {
  public var id: Int64
  public var uuid: String
  /// ISO 8601, UTC.
  public var started: String
  public var finished: String?
  /// `running`, `finished` or `interrupted`; a run that was killed stays `running`.
  public var state: String
  public var arguments: String
  public var compiler: String
  public var planned: Int
  public var runtimes: [Runtime]
  /// Orders the runs of a database: milliseconds since 1970, but later than that of every run that was there before,
  /// however the machine's clock jumped. Runs of several machines that share it go by `uuid`.
  public var clock: Int64
  /// Name of the history that it belongs to; nil for a run on its own.
  public var series: String?
  /// The patterns and lanes that restricted it; empty for everything, nil for runs that were recorded before this was.
  public var scope: String?
  /// Of the program and the worker, by content; nil where that was not known.
  public var harness: String?
  /// Why runtimes that were wanted could not be had.
  public var missing: [String]
  /// What all attempts took together, and all build steps that were done; nil until it is finished.
  public var cellSeconds: Double?
  public var buildSeconds: Double?
  /// Version of the program.
  public var program: String

  /// Whether it was recorded before another, however clocks jumped and wherever both come from.
  public func isBefore(_ other: StoredRun) -> Bool { (clock, uuid) < (other.clock, other.uuid) }
}

/// A cell's result as it is stored.
public struct StoredResult: Sendable, Hashable {
  public var cell: CellID
  public var verdict: Verdict
  public var outcome: Outcome
  public var message: String?
  public var attempts: Int
  public var findings: [Finding]
  /// UUID of the run that made its attempts; nil when its own run did.
  public var reusedFrom: String?
}
