import Foundation
import Judging
import Model
import Planning
import Storing

/// Judges a stored run again: with the ledgers that it used, or with today's. Nothing is run.
public struct Rejudging: Sendable {
  /// Cells whose verdict changed.
  public var changed: [(cell: CellID, before: Verdict, after: Verdict)]

  /// Recomputes and stores the verdicts of a run.
  ///
  /// - Parameter suites: the folder whose ledgers to use; nil for those that the run stored.
  /// - Throws: `Problem` for a ledger that can't be used, a run that no ledger judges, or a database that can't be
  ///   written.
  public static func judge(_ run: StoredRun, in writer: StoreWriter, suites: URL?) throws -> Rejudging {
    guard run.kind == .run else {
      throw Problem(
        "run \(run.uuid.prefix(8)) is a portability view, which is not judged by a ledger",
        remedy: "`hpy-conform portability --show \(run.uuid.prefix(8))` shows it")
    }
    let store = writer.store
    let results = try store.results(of: run)
    let ledger =
      try suites.map {
        try Ledger(suites: $0, names: Set(results.map(\.cell.scenario.suite)).sorted())
      } ?? Ledger(stored: try store.ledgers(of: run))
    let judge = LedgerJudge(ledger: ledger.entries, referenceRuntime: run.runtimes.first?.name ?? "")
    var judgements: [CellID: Judgement] = [:]
    for cells in Dictionary(grouping: try tried(run, store), by: \.id.scenario).values {
      judgements.merge(judge.judgements(of: cells)) { $1 }
    }
    try writer.replaceVerdicts(of: run, with: judgements, ledger: LedgerText.joined(ledger.files))
    return Rejudging(
      changed: results.compactMap { result in
        guard let after = judgements[result.cell]?.verdict, after != result.verdict else { return nil }
        return (result.cell, result.verdict, after)
      })
  }

  /// - Throws: `Problem` for a cell on a runtime that the run doesn't have.
  private static func tried(_ run: StoredRun, _ store: Store) throws -> [TriedCell] {
    let runtimes = Dictionary(run.runtimes.map { ($0.name, $0) }) { first, _ in first }
    return try store.attempts(of: run).map { cell, attempts in
      let requirement = cell.lane == .installed ? cell.load.home : nil
      guard let runtime = runtimes[cell.runtime],
        let home = requirement == nil ? runtimes[cell.load.home ?? cell.runtime] : runtime
      else {
        throw Problem(
          at: store.path, "run \(run.uuid.prefix(8)) has the cell `\(cell)`, but no runtime of that name",
          remedy: "the database is damaged: run again")
      }
      let load = Load(
        Binary(cell.lane.flavour, home: home, requirement: requirement), on: runtime, mode: cell.lane.mode)
      return TriedCell(cell.scenario, load, attempts: attempts)
    }
  }
}
