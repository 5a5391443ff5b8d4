import Model
import Storing

/// What happens during a run, for everyone who watches: the console and the store alike.
public enum RunEvent: Sendable {
  /// Everything is planned; nothing is built yet.
  case started(RunHeader)
  /// A cell was tried for the first time.
  case tried(CellID, Outcome)
  /// A cell's result is final. `steps` built its binary.
  case judged(CellResult, steps: [BuildStep])
  /// Nothing more will come.
  case finished(RunEnd)
}

/// How a run ended.
public struct RunEnd: Sendable {
  /// UUID of the run.
  public var run: String
  /// `finished` or `interrupted`.
  public var state: RunState
  public var verdicts: [Verdict: Int]
  /// Text of the ledgers that the verdicts come from.
  public var ledger: String

  public init(run: String, state: RunState, verdicts: [Verdict: Int], ledger: String) {
    self.run = run
    self.state = state
    self.verdicts = verdicts
    self.ledger = ledger
  }
}

/// Someone who watches a run.
public protocol RunObserver: Sendable {
  /// - Throws: what keeps it from watching. At the start of a run that ends it; later it is told at the end, so that
  ///   nothing stops half-way.
  func observe(_ event: RunEvent) async throws
}
