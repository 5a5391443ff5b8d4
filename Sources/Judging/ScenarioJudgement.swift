import Comparing
import Model

/// All cells of one scenario with all their attempts: what a judgement is made from, during a run and at any
/// later time from what was stored.
public struct TriedScenario: Sendable {
  public struct Cell: Sendable {
    public var id: CellID
    public var runtime: Runtime
    public var lane: Lane
    /// At least one, in the order in which they were made.
    public var attempts: [Attempt]
    /// UUID of the run that made the attempts; nil when this one did.
    public var reusedFrom: String?

    public init(id: CellID, runtime: Runtime, lane: Lane, attempts: [Attempt], reusedFrom: String? = nil) {
      self.id = id
      self.runtime = runtime
      self.lane = lane
      self.attempts = attempts
      self.reusedFrom = reusedFrom
    }
  }

  public var cells: [Cell]
  private let referenceRuntime: String

  /// - Parameter referenceRuntime: name of the runtime that others are compared with.
  public init(_ cells: [Cell], referenceRuntime: String) {
    self.cells = cells
    self.referenceRuntime = referenceRuntime
  }

  /// The judgement of every cell.
  public func judgements(by judge: Judge) -> [CellID: Judgement] {
    let answered = cells.map(Self.answered)
    let comparison = Comparison(answered, referenceRuntime: referenceRuntime)
    return zip(cells, answered).reduce(into: [:]) { judgements, pair in
      let (cell, answered) = pair
      if cell.attempts.allSatisfy({ $0.answer.outcome.isSkip }) {
        judgements[cell.id] = Judgement(verdict: .notJudged, findings: [])
        return
      }
      judgements[cell.id] = judge.judge(
        cell.id, on: cell.runtime,
        attempts: cell.attempts.map {
          ($0.circumstances, $0.answer, comparison.divergences(of: $0.answer, in: answered))
        })
    }
  }

  /// The cells that a fresh process should confirm before their judgement is believed: those that don't conform,
  /// and the references that say so.
  public func doubtful(_ judgements: [CellID: Judgement]) -> (blamed: [CellID], references: [CellID]) {
    let blamed = cells.map(\.id).filter { id in
      judgements[id].map { $0.verdict != .conforming && $0.verdict != .notJudged } ?? false
    }
    var references: [CellID] = []
    for id in blamed {
      for finding in judgements[id]?.findings ?? [] {
        if case .reference(let reference) = finding.divergence.oracle, !blamed.contains(reference),
          !references.contains(reference)
        {
          references.append(reference)
        }
      }
    }
    return (blamed, references)
  }

  private static func answered(_ cell: Cell) -> AnsweredCell {
    let comparable = cell.attempts.filter { $0.circumstances != .memoryDebug }
    let first = comparable.first ?? cell.attempts[0]
    return AnsweredCell(
      id: cell.id, runtime: cell.runtime, lane: cell.lane, answer: first.answer,
      unsteady: comparable.dropFirst().reduce(into: []) { $0.formUnion(first.answer.disagreements(with: $1.answer)) })
  }
}
