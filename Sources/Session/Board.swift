import Judging
import Model
import Planning

/// Where the answers of all jobs come together: a scenario is judged when its last cell has answered.
actor Board {
  private var waiting: [ScenarioID: Set<CellID>] = [:]
  private var answered: [ScenarioID: [TriedScenario.Cell]] = [:]
  private var batches: [Plan.Batch]
  private var isClosed = false
  private let plan: Plan

  /// Cells that a job takes at a time.
  private static let pieceSize = 24

  init(_ plan: Plan) {
    self.plan = plan
    batches = plan.batches.flatMap { $0.pieces(of: Self.pieceSize) }.reversed()
    for (scenario, cells) in plan.scenarios {
      waiting[scenario] = Set(cells.filter(\.runs).map(\.id))
      answered[scenario] = cells.compactMap { cell in
        Self.untried(cell).map { Self.tried(cell.id, [$0], plan) }
      }
    }
  }

  /// The next batch of cells for a job; nil when there is none left, or the run is stopping.
  func next() -> Plan.Batch? { isClosed ? nil : batches.popLast() }

  /// Hands out no more batches.
  func close() { isClosed = true }

  /// The scenarios in which nothing is tried at all.
  func untriedScenarios() -> [TriedScenario] {
    let done = waiting.filter { $0.value.isEmpty }.map(\.key).sorted()
    return done.compactMap { take($0) }
  }

  /// Notes an answer.
  ///
  /// - Returns: the cell's whole scenario, when this was the last answer it waited for.
  func answer(_ cell: CellID, _ attempt: Attempt) -> TriedScenario? {
    answered[cell.scenario, default: []].append(Self.tried(cell, [attempt], plan))
    waiting[cell.scenario]?.remove(cell)
    return waiting[cell.scenario]?.isEmpty == true ? take(cell.scenario) : nil
  }

  /// What was answered in scenarios that will not be finished.
  func leftovers() -> [TriedScenario.Cell] {
    defer { answered = [:] }
    return answered.keys.sorted().flatMap { answered[$0] ?? [] }
  }

  private func take(_ scenario: ScenarioID) -> TriedScenario? {
    waiting[scenario] = nil
    return answered.removeValue(forKey: scenario).map { cells in
      TriedScenario(cells, referenceRuntime: plan.runtimes[0].name)
    }
  }

  private static func tried(_ cell: CellID, _ attempts: [Attempt], _ plan: Plan) -> TriedScenario.Cell {
    TriedScenario.Cell(
      id: cell, runtime: plan.runtime(named: cell.runtime)!, lane: Lane.named(cell.lane)!, attempts: attempts)
  }

  /// The answer of a cell for which no process is started.
  private static func untried(_ cell: Plan.Cell) -> Attempt? {
    if let invalid = cell.invalid {
      return Attempt(circumstances: .warm, answer: Answer(outcome: Outcome(.invalid), message: invalid))
    }
    return cell.skip.map { skip in
      Attempt(circumstances: .warm, answer: Answer(outcome: Outcome(skip.kind), message: skip.reason))
    }
  }
}
