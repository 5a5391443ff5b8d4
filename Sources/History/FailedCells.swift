import Foundation
import Model
import Storing

/// The cells of a run that somebody has to look at: what `run --failed` runs again.
public struct FailedCells: Sendable {
  public var run: StoredRun
  public var cells: [CellID]

  /// Those of the newest finished run that has any cell which a condition takes; nil where there is no such run.
  ///
  /// - Throws: `Problem` when the database can't be read.
  public static func newest(in store: Store, where isMeant: (CellID) -> Bool) throws -> FailedCells? {
    guard let run = try store.newestRun(isFinished: true, withAny: isMeant) else { return nil }
    var cells: [CellID] = []
    try store.forEachCell(of: run) { cell, outcome, verdict in
      if Self.failed(outcome, verdict), isMeant(cell) { cells.append(cell) }
    }
    return FailedCells(run: run, cells: cells)
  }

  /// Whether a cell is new, fixed or flaky, or could not be tried: for want of something on the machine, or because its
  /// case can't be read.
  static func failed(_ outcome: Outcome, _ verdict: Verdict) -> Bool {
    verdict.needsAttention || (verdict == .notJudged && (outcome == .harnessFailed || outcome == .invalid))
  }
}
