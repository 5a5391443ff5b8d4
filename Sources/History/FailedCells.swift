import Foundation
import Model
import Storing

/// The cells that somebody has to look at: what `run --failed` runs again.
public struct FailedCells: Sendable {
  /// Finished runs, newest first, each with those of its cells that failed and that no later one has tried since. The
  /// newest one that was read comes first, also where nothing failed in it.
  public var runs: [(run: StoredRun, cells: [CellID])]

  public var cells: [CellID] { runs.flatMap(\.cells) }

  /// Those that a condition takes: of the newest finished run, and of the runs before it as far back as to one of
  /// everything. A run of some cases must not hide what failed in others.
  ///
  /// - Returns: nil where no finished run has a cell that the condition takes.
  /// - Throws: `Problem` when the database can't be read.
  public static func newest(in store: Store, where isMeant: (CellID) -> Bool) throws -> FailedCells? {
    guard let newest = try store.newestRun(isFinished: true, withAny: isMeant) else { return nil }
    var found = FailedCells(runs: [])
    var seen: Set<CellID> = []
    for run in try store.runs().drop(while: { $0.uuid != newest.uuid }) where run.state == .finished {
      var cells: [CellID] = []
      try store.forEachCell(of: run) { cell, outcome, verdict in
        if isMeant(cell), seen.insert(cell).inserted, Self.failed(outcome, verdict) { cells.append(cell) }
      }
      if !cells.isEmpty || run.uuid == newest.uuid { found.runs.append((run, cells)) }
      if run.scope.isEmpty { break }
    }
    return found
  }

  /// Whether a cell is new, fixed or flaky, or could not be tried: for want of something on the machine, or because its
  /// case can't be read.
  static func failed(_ outcome: Outcome, _ verdict: Verdict) -> Bool {
    verdict.needsAttention || (verdict == .notJudged && (outcome == .harnessFailed || outcome == .invalid))
  }
}
