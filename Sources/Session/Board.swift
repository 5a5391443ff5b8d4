import Judging
import Model
import Planning

/// A case with what is known of one of its scenarios.
struct AnsweredScenario: Sendable {
  var testCase: Case
  var cells: [TriedCell]
}

/// Where the answers of all jobs come together: a scenario is judged when its last cell has answered.
///
/// It goes through the plan section by section, so that what it holds depends on how many scenarios are open, not
/// on how many there are.
actor Board {
  /// Cells for a job: a case through a load.
  struct Work: Sendable {
    var testCase: Case
    var batch: Plan.Batch
  }

  private struct Open {
    var testCase: Case
    /// Cells that have not answered yet.
    var waiting: Int
    var answered: [TriedCell]
  }

  private var open: [ScenarioID: Open] = [:]
  /// The section at hand, its first batch last.
  private var ready: [Work] = []
  private var sections: Sections
  /// The first unit of which it is not known which scenarios are tried at all, and those of it that aren't.
  private var untriedUnit = 0
  private var untried: [AnsweredScenario] = []
  private var isClosed = false
  /// What the machine kept from being tried.
  private var postponed: [LoadID: [Work]] = [:]
  private let plan: Plan

  /// Scenarios of a section: a job takes so many cells of a load at a time.
  private static let pieceSize = 24

  init(_ plan: Plan) {
    self.plan = plan
    sections = Sections(plan, scenarios: Self.pieceSize)
  }

  /// The next cells for a job; nil when there are none left, or the run is stopping.
  func next() -> Work? {
    while !isClosed, ready.isEmpty, let section = sections.next() {
      for batch in section.batches {
        let load = batch.load
        var cells: [Plan.Cell] = []
        for cell in batch.cells {
          var scenario = open[cell.scenario] ?? Open(testCase: section.testCase, waiting: 0, answered: [])
          if let attempt = cell.action.answer {
            scenario.answered.append(TriedCell(cell.scenario, load, attempts: [attempt]))
          } else {
            scenario.waiting += 1
            cells.append(cell)
          }
          open[cell.scenario] = scenario
        }
        if !cells.isEmpty {
          ready.append(Work(testCase: section.testCase, batch: Plan.Batch(load: load, cells: cells)))
        }
      }
      ready.reverse()
      // Those are `nextUntried`'s.
      open = open.filter { $0.value.waiting > 0 }
    }
    return isClosed ? nil : ready.popLast()
  }

  /// Takes a cell back that the machine kept from being tried: it comes again when all else is done.
  func postpone(_ cell: Plan.Cell, _ testCase: Case, _ load: Load) {
    if let last = postponed[load.id]?.indices.last, postponed[load.id]?[last].testCase.directory == testCase.directory {
      postponed[load.id]?[last].batch.cells.append(cell)
    } else {
      postponed[load.id, default: []].append(Work(testCase: testCase, batch: Plan.Batch(load: load, cells: [cell])))
    }
  }

  /// What was taken back; none when the run is stopping.
  func takePostponed() -> [Work] {
    defer { postponed = [:] }
    return isClosed ? [] : postponed.values.flatMap { $0 }
  }

  /// How many scenarios wait for answers: what the board's memory goes by.
  var openScenarios: Int { open.count }

  /// Hands out no more cells.
  func close() { isClosed = true }

  /// The next scenario in which nothing is tried at all; nil when there is none left.
  func nextUntried() -> AnsweredScenario? {
    while untried.isEmpty, untriedUnit < plan.units.count {
      let unit = plan.units[untriedUnit]
      untriedUnit += 1
      let tried = Set(unit.batches.flatMap { $0.cells.filter(\.action.mayRun).map(\.scenario) })
      let idle = unit.scenarios.filter { !tried.contains($0) }
      if idle.isEmpty { continue }
      var cells = Dictionary(uniqueKeysWithValues: idle.map { ($0, [TriedCell]()) })
      for batch in unit.batches {
        for cell in batch.cells {
          guard let attempt = cell.action.answer else { continue }
          cells[cell.scenario]?.append(TriedCell(cell.scenario, batch.load, attempts: [attempt]))
        }
      }
      untried = idle.reversed().map { AnsweredScenario(testCase: unit.testCase, cells: cells[$0] ?? []) }
    }
    return untried.popLast()
  }

  /// Notes all attempts of a cell.
  ///
  /// - Returns: the cell's whole scenario, when this was the last answer it waited for.
  func answer(_ cell: TriedCell) -> AnsweredScenario? {
    let id = cell.id.scenario
    guard open[id] != nil else { return nil }
    open[id]?.answered.append(cell)
    open[id]?.waiting -= 1
    guard let done = open[id], done.waiting == 0 else { return nil }
    open[id] = nil
    return AnsweredScenario(testCase: done.testCase, cells: done.answered)
  }

  /// What was answered in scenarios that will not be finished.
  func leftovers() -> [TriedCell] {
    defer { open = [:] }
    return open.keys.sorted().flatMap { open[$0]?.answered ?? [] }
  }
}

/// Goes through a plan a few scenarios at a time, each with all its cells.
private struct Sections: IteratorProtocol {
  private let plan: Plan
  private let size: Int
  private var unit = 0
  /// Scenarios of the unit at hand that are still to come, and where each of its batches goes on.
  private var scenarios: ArraySlice<ScenarioID> = []
  private var positions: [Int] = []

  init(_ plan: Plan, scenarios size: Int) {
    self.plan = plan
    self.size = size
    begin()
  }

  private mutating func begin() {
    guard unit < plan.units.count else { return }
    scenarios = plan.units[unit].scenarios[...]
    positions = plan.units[unit].batches.map { _ in 0 }
  }

  mutating func next() -> Plan.Unit? {
    while scenarios.isEmpty {
      unit += 1
      guard unit < plan.units.count else { return nil }
      begin()
    }
    let piece = Set(scenarios.prefix(size))
    scenarios = scenarios.dropFirst(size)
    let batches = plan.units[unit].batches
    var section = Plan.Unit(testCase: plan.units[unit].testCase, batches: [])
    for (index, batch) in batches.enumerated() {
      let start = positions[index]
      var end = start
      while end < batch.cells.count, piece.contains(batch.cells[end].scenario) { end += 1 }
      positions[index] = end
      if end > start { section.batches.append(Plan.Batch(load: batch.load, cells: Array(batch.cells[start..<end]))) }
    }
    return section
  }
}
