import Judging
import Model
import Planning

/// Where the answers of all jobs come together: a scenario is judged when its last cell has answered.
///
/// It goes through the plan section by section, so that what it holds depends on how many scenarios are open, not
/// on how many there are.
actor Board {
  private struct Open {
    /// Cells that have not answered yet.
    var waiting: Int
    var answered: [TriedScenario.Cell]
  }

  private var open: [ScenarioID: Open] = [:]
  /// The section at hand, its first batch last.
  private var batches: [Plan.Batch] = []
  /// The first cell behind the section at hand.
  private var position = 0
  /// The first cell of which it is not known whether its scenario is tried at all.
  private var untriedPosition = 0
  private var isClosed = false
  private let plan: Plan

  /// Scenarios of a section: a job takes so many cells at a time.
  private static let pieceSize = 24

  init(_ plan: Plan) { self.plan = plan }

  /// The next batch of cells for a job; nil when there is none left, or the run is stopping.
  func next() -> Plan.Batch? {
    while !isClosed, batches.isEmpty, position < plan.cells.count {
      let section = plan.section(from: position, scenarios: Self.pieceSize)
      position = section.upperBound
      batches = plan.batches(in: section).reversed()
      for cell in plan.cells[section] {
        var scenario = open[cell.id.scenario] ?? Open(waiting: 0, answered: [])
        if let attempt = Self.untried(cell) {
          scenario.answered.append(tried(cell.id, [attempt]))
        } else {
          scenario.waiting += 1
        }
        open[cell.id.scenario] = scenario
      }
      // Those are `nextUntried`'s.
      open = open.filter { $0.value.waiting > 0 }
    }
    return isClosed ? nil : batches.popLast()
  }

  /// How many scenarios wait for answers: what the board's memory goes by.
  var openScenarios: Int { open.count }

  /// Hands out no more batches.
  func close() { isClosed = true }

  /// The next scenario in which nothing is tried at all; nil when there is none left.
  func nextUntried() -> TriedScenario? {
    while untriedPosition < plan.cells.count {
      let section = plan.section(from: untriedPosition, scenarios: 1)
      untriedPosition = section.upperBound
      let attempts = plan.cells[section].compactMap { cell in Self.untried(cell).map { (cell.id, $0) } }
      if attempts.count == section.count { return scenario(attempts.map { tried($0, [$1]) }) }
    }
    return nil
  }

  /// Notes an answer.
  ///
  /// - Returns: the cell's whole scenario, when this was the last answer it waited for.
  func answer(_ cell: CellID, _ attempt: Attempt) -> TriedScenario? { answer(tried(cell, [attempt])) }

  /// Notes all attempts of a cell.
  ///
  /// - Returns: the cell's whole scenario, when this was the last answer it waited for.
  func answer(_ cell: TriedScenario.Cell) -> TriedScenario? {
    let id = cell.id.scenario
    guard open[id] != nil else { return nil }
    open[id]?.answered.append(cell)
    open[id]?.waiting -= 1
    guard let done = open[id], done.waiting == 0 else { return nil }
    open[id] = nil
    return scenario(done.answered)
  }

  /// What was answered in scenarios that will not be finished.
  func leftovers() -> [TriedScenario.Cell] {
    defer { open = [:] }
    return open.keys.sorted().flatMap { open[$0]?.answered ?? [] }
  }

  private func scenario(_ cells: [TriedScenario.Cell]) -> TriedScenario {
    TriedScenario(cells, referenceRuntime: plan.runtimes[0].name)
  }

  private func tried(_ cell: CellID, _ attempts: [Attempt]) -> TriedScenario.Cell {
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
