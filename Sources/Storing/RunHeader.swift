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

  public init(
    uuid: UUID = UUID(), started: Date = Date(), arguments: [String], compiler: String, runtimes: [Runtime],
    files: [String: String], planned: Int
  ) {
    self.uuid = uuid
    self.started = started
    self.arguments = arguments
    self.compiler = compiler
    self.runtimes = runtimes
    self.files = files
    self.planned = planned
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
