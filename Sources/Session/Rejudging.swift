import Foundation
import Judging
import Model
import Planning
import Storing

/// Judges a stored run again: with the ledgers that it used, or with today's. Nothing is run.
public struct Rejudging: Sendable {
  /// How many cells have which verdict, before and after.
  public var before: [Verdict: Int]
  public var after: [Verdict: Int]
  /// Cells whose verdict changed.
  public var changed: [(cell: CellID, before: Verdict, after: Verdict)]

  /// Recomputes and stores the verdicts of a run.
  ///
  /// - Parameter suites: the folder whose ledgers to use; nil for those that the run stored.
  /// - Throws: `Problem` for a ledger that can't be used or a database that can't be written.
  public static func judge(_ run: StoredRun, in store: Store, suites: URL?) throws -> Rejudging {
    let stored = try store.ledgers(of: run)
    var ledger = Ledger()
    if let suites {
      let names = Set(try store.results(of: run).map(\.cell.scenario.suite)).sorted()
      ledger = try Ledger(suites: suites, names: names)
    } else {
      for (path, text) in stored {
        let suite = String(path.split(separator: "/")[0])
        ledger.entries += try Ledger.entries(of: text, suite: suite, file: path)
      }
      ledger.files = stored
    }
    let judge = Judge(ledger: ledger.entries)
    let results = try store.results(of: run)
    var judgements: [CellID: Judgement] = [:]
    for cells in Dictionary(grouping: try tried(run, store), by: \.id.scenario).values {
      let scenario = TriedScenario(cells, referenceRuntime: run.runtimes.first?.name ?? "")
      judgements.merge(scenario.judgements(by: judge)) { $1 }
    }
    try store.replaceVerdicts(of: run, with: judgements, ledger: LedgerText.joined(ledger.files))
    let changed = results.compactMap { result -> (cell: CellID, before: Verdict, after: Verdict)? in
      guard let after = judgements[result.cell]?.verdict, after != result.verdict else { return nil }
      return (result.cell, result.verdict, after)
    }
    func count(_ verdict: (StoredResult) -> Verdict) -> [Verdict: Int] {
      results.reduce(into: [:]) { $0[verdict($1), default: 0] += 1 }
    }
    return Rejudging(
      before: count(\.verdict), after: count { judgements[$0.cell]?.verdict ?? $0.verdict }, changed: changed)
  }

  private static func tried(_ run: StoredRun, _ store: Store) throws -> [TriedScenario.Cell] {
    try store.attempts(of: run).compactMap { cell, attempts in
      guard let lane = Lane.named(cell.lane), let runtime = run.runtimes.first(where: { $0.name == cell.runtime })
      else { return nil }
      return TriedScenario.Cell(id: cell, runtime: runtime, lane: lane, attempts: attempts)
    }
  }
}
