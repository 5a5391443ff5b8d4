import Foundation
import Model
import Runtimes

/// What a run will do, as a value: nothing here starts a process.
public struct Plan: Sendable {
  public struct Cell: Hashable, Sendable {
    public var id: CellID
    /// Why it is not tried; nil when it is.
    public var skip: Outcome.Skip?
    /// Why the case can't be read; nil when it can.
    public var invalid: String?

    public init(id: CellID, skip: Outcome.Skip? = nil, invalid: String? = nil) {
      self.id = id
      self.skip = skip
      self.invalid = invalid
    }

    /// Whether a process will be started for it.
    public var runs: Bool { skip == nil && invalid == nil }
  }

  /// Cells that share a binary and a worker: a case through a lane on a runtime.
  public struct Batch: Hashable, Sendable {
    public var suite: String
    public var testCase: String
    public var lane: String
    public var runtime: String
    public var cells: [Cell]

    /// The same in pieces of at most so many cells, so that several jobs can share it.
    public func pieces(of size: Int) -> [Batch] {
      stride(from: 0, to: cells.count, by: size).map { start in
        var piece = self
        piece.cells = Array(cells[start..<min(start + size, cells.count)])
        return piece
      }
    }
  }

  /// The reference runtime comes first.
  public var runtimes: [Runtime]
  public var lanes: [Lane]
  public var cases: [Case]
  public var cells: [Cell]

  /// Plans every cell of the cases that the patterns mean.
  ///
  /// - Throws: `Problem` for a pattern that means nothing.
  public init(cases: [Case], lanes: [Lane], runtimes: [Runtime], patterns: [Pattern] = []) throws {
    self.runtimes = runtimes
    self.lanes = Lane.all.filter(lanes.contains)
    var used: Set<Pattern> = []
    var cells: [Cell] = []
    var kept: [Case] = []
    for one in cases {
      let before = cells.count
      for runtime in runtimes {
        for lane in self.lanes {
          for cell in Self.cells(of: one, lane: lane, runtime: runtime) {
            let hits = patterns.filter { $0.matches(cell.id) }
            used.formUnion(hits)
            if patterns.isEmpty || !hits.isEmpty { cells.append(cell) }
          }
        }
      }
      if cells.count > before { kept.append(one) }
    }
    self.cells = cells
    self.cases = kept
    if let idle = patterns.first(where: { !used.contains($0) }) {
      throw Problem(
        "no cell is meant by `\(idle)`",
        remedy: Self.suggestion(for: idle, among: cases) + "`hpy-conform list` shows what there is")
    }
  }

  private static func cells(of one: Case, lane: Lane, runtime: Runtime) -> [Cell] {
    func id(_ name: String) -> CellID {
      CellID(
        scenario: ScenarioID(suite: one.suite, testCase: one.name, name: name), lane: lane.name,
        runtime: runtime.name)
    }
    if !one.problems.isEmpty {
      let text = one.problems.map(\.description).joined(separator: "\n")
      return [Cell(id: id(ScenarioID.wholeCase), invalid: text)]
    }
    guard one.sources(for: lane) != nil else { return [] }
    return one.scenarios.map { scenario in
      let id = id(scenario.name)
      if let exclusion = one.exclusions.first(where: { $0.covers(id, on: runtime) }) {
        return Cell(id: id, skip: Outcome.Skip(kind: .notApplicable, reason: exclusion.reason))
      }
      return Cell(id: id, skip: lane.obstacle(on: runtime))
    }
  }

  private static func suggestion(for pattern: Pattern, among cases: [Case]) -> String {
    let last = pattern.description.split(separator: "@")[0].split(separator: "/").last.map(String.init) ?? ""
    let names = cases.flatMap { one in
      ["\(one.suite)", "\(one.suite)/\(one.name)"]
        + one.scenarios.map { "\(one.suite)/\(one.name)/\($0.name)" }
    }
    let near = Set(names).filter { $0.hasSuffix(last) || $0.contains("/\(last)") }.sorted().prefix(3)
    return near.isEmpty ? "" : "perhaps \(near.joined(separator: ", or ")); "
  }

  /// The cells that run, grouped; a runtime's batches of one case stand together.
  public var batches: [Batch] {
    var batches: [Batch] = []
    for cell in cells where cell.runs {
      if let last = batches.last, last.lane == cell.id.lane, last.runtime == cell.id.runtime,
        last.testCase == cell.id.scenario.testCase, last.suite == cell.id.scenario.suite
      {
        batches[batches.count - 1].cells.append(cell)
      } else {
        batches.append(
          Batch(
            suite: cell.id.scenario.suite, testCase: cell.id.scenario.testCase, lane: cell.id.lane,
            runtime: cell.id.runtime, cells: [cell]))
      }
    }
    return batches
  }

  /// The cells of each scenario, references before what is compared with them.
  public var scenarios: [(id: ScenarioID, cells: [Cell])] {
    var order: [ScenarioID] = []
    var groups: [ScenarioID: [Cell]] = [:]
    for cell in cells {
      if groups[cell.id.scenario] == nil { order.append(cell.id.scenario) }
      groups[cell.id.scenario, default: []].append(cell)
    }
    return order.map { ($0, groups[$0] ?? []) }
  }

  public func runtime(named name: String) -> Runtime? { runtimes.first { $0.name == name } }

  public func testCase(of scenario: ScenarioID) -> Case? {
    cases.first { $0.suite == scenario.suite && $0.name == scenario.testCase }
  }
}
