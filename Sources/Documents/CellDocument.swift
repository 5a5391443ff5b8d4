import History
import Model
import Storing

/// Everything about one cell of a run: what `show` shows.
public struct CellDocument: Codable, Sendable, Hashable {
  /// `SUITE/CASE/SCENARIO@LANE@RUNTIME`.
  public var cell: String
  /// UUID of its run.
  public var run: String
  public var outcome: Outcome
  public var verdict: Verdict
  /// What its end said, or why nothing was tried.
  public var message: String?
  /// UUID of the run that its attempts were taken over from.
  public var reusedFrom: String?
  public var findings: [FindingInfo]
  public var attempts: [Attempt]
  /// `LANE@RUNTIME` of the cell that it is shown beside, and what that answered first; nil for none.
  public var reference: String?
  public var referenceAnswer: Answer?
  /// What its binary was built by, in order.
  public var steps: [BuildStep]
}

extension CellDocument {
  /// - Throws: `Problem` when the database can't be read.
  public init(_ result: StoredResult, of run: StoredRun, in store: Store) throws {
    let nearest = try NearestReference.of(result.cell, in: run, store)
    self.init(
      cell: result.cell.description, run: run.uuid, outcome: result.outcome, verdict: result.verdict,
      message: result.message, reusedFrom: result.reusedFrom, findings: result.findings.map { FindingInfo($0) },
      attempts: try store.attempts(of: result.cell, in: run), reference: nearest?.cell.load.description,
      referenceAnswer: nearest?.answer, steps: try store.buildSteps(of: result.cell, in: run))
  }
}

extension [Attempt] {
  /// What they left, each name from the first attempt that has it, counted from 1: the traceback, the last output, then
  /// all else by name.
  package var attachments: [(name: String, text: String, attempt: Int)] {
    let first = enumerated().reduce(into: [String: (String, Int)]()) { all, one in
      all.merge(one.element.attachments.mapValues { ($0, one.offset + 1) }) { first, _ in first }
    }
    return first.map { ($0.key, $0.value.0, $0.value.1) }
      .sorted { Words.attachment($0.0) < Words.attachment($1.0) }
  }
}
