import Comparing
import Model
import Storing

/// The cell that another one is shown beside.
public enum NearestReference {
  /// The nearest reference that ran to its end in the same run, with its first answer; nil for none.
  ///
  /// - Throws: `Problem` when the database can't be read.
  public static func of(_ cell: CellID, in run: StoredRun, _ store: Store) throws -> (cell: CellID, answer: Answer)? {
    let order = References.order(of: run.runtimes, first: run.runtimes.first?.name ?? cell.runtime)
    for candidate in References.all(of: cell, order: order) {
      if let answer = try store.attempts(of: candidate, in: run).first?.answer, answer.outcome.ran {
        return (candidate, answer)
      }
    }
    return nil
  }
}
