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
  }

  /// The reference runtime comes first.
  public var runtimes: [Runtime]
  public var lanes: [Lane]
  public private(set) var cases: [Case]
  /// Those of one scenario stand together, references before what is compared with them; those of one case too.
  public private(set) var cells: [Cell]
  private var casePlaces: [CasePlace: Int] = [:]

  private struct CasePlace: Hashable {
    var suite: String
    var name: String
  }

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
      Self.plan(one, lanes: self.lanes, runtimes: runtimes) { cell in
        let hits = patterns.filter { $0.matches(cell.id) }
        used.formUnion(hits)
        if patterns.isEmpty || !hits.isEmpty { cells.append(cell) }
      }
      if cells.count > before {
        casePlaces[CasePlace(suite: one.suite, name: one.name)] = kept.count
        kept.append(one)
      }
    }
    self.cells = cells
    self.cases = kept
    if let idle = patterns.first(where: { !used.contains($0) }) {
      throw Problem(
        "no cell is meant by `\(idle)`",
        remedy: Self.suggestion(for: idle, among: cases) + "`hpy-conform list` shows what there is")
    }
  }

  /// Hands over the cells of a case, one scenario after the other.
  private static func plan(_ one: Case, lanes: [Lane], runtimes: [Runtime], _ take: (Cell) -> Void) {
    // Worked out once for all scenarios: the names in their cells are shared, and there may be many.
    let broken = one.problems.isEmpty ? nil : one.problems.map(\.description).joined(separator: "\n")
    let places = runtimes.flatMap { runtime in
      lanes.filter { broken != nil || one.sources(for: $0) != nil }.map { lane in
        (runtime: runtime, lane: lane, obstacle: lane.obstacle(on: runtime))
      }
    }
    for name in broken == nil ? one.scenarios.map(\.name) : [ScenarioID.wholeCase] {
      let scenario = ScenarioID(suite: one.suite, testCase: one.name, name: name)
      for place in places {
        var cell = Cell(id: CellID(scenario: scenario, lane: place.lane.name, runtime: place.runtime.name))
        if let broken {
          cell.invalid = broken
        } else if let exclusion = one.exclusions.first(where: { $0.covers(cell.id, on: place.runtime) }) {
          cell.skip = Outcome.Skip(kind: .notApplicable, reason: exclusion.reason)
        } else {
          cell.skip = place.obstacle
        }
        take(cell)
      }
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

  /// The cells that run, grouped by case, runtime and lane; those of one runtime stand together.
  public var batches: [Batch] {
    var batches: [Batch] = []
    var start = 0
    while start < cells.count {
      let section = section(from: start, scenarios: .max)
      batches += self.batches(in: section)
      start = section.upperBound
    }
    return batches
  }

  /// The next cells of one case, of at most so many scenarios, each with all its cells. The sections of a plan,
  /// taken one after the other, are how a run goes through it: what is open at a time stays small however large
  /// the plan is.
  public func section(from start: Int, scenarios limit: Int) -> Range<Int> {
    var end = start
    var count = 0
    while end < cells.count {
      let (last, next) = (cells[max(start, end - 1)].id.scenario, cells[end].id.scenario)
      if end == start || next != last {
        if count == limit || next.testCase != last.testCase || next.suite != last.suite { break }
        count += 1
      }
      end += 1
    }
    return start..<end
  }

  /// The cells of a section that run, grouped by runtime and lane; those of one runtime stand together.
  public func batches(in section: Range<Int>) -> [Batch] {
    struct Place: Hashable {
      var runtime: String
      var lane: String
    }
    var places: [Place: Int] = [:]
    var batches: [Batch] = []
    for cell in cells[section] where cell.runs {
      let place = Place(runtime: cell.id.runtime, lane: cell.id.lane)
      if let index = places[place] {
        batches[index].cells.append(cell)
      } else {
        places[place] = batches.count
        batches.append(
          Batch(
            suite: cell.id.scenario.suite, testCase: cell.id.scenario.testCase, lane: place.lane,
            runtime: place.runtime, cells: [cell]))
      }
    }
    return batches
  }

  public func runtime(named name: String) -> Runtime? { runtimes.first { $0.name == name } }

  public func testCase(of scenario: ScenarioID) -> Case? {
    casePlaces[CasePlace(suite: scenario.suite, name: scenario.testCase)].map { cases[$0] }
  }
}
