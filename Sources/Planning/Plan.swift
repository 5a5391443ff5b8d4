import Foundation
import Model

/// What a run will do, as a value that can be written down and read again: it holds the cases and loads themselves,
/// and every cell says what becomes of it. Nothing here starts a process.
public struct Plan: Sendable {
  /// What becomes of a cell.
  public enum Action: Hashable, Sendable, Codable {
    /// It is tried.
    case run
    /// It is not tried, for a reason that a document or the runtime gives.
    case skip(Skip)
    /// The case says that it has no meaning on the runtime. It is tried all the same where the runtime's own HPy can't
    /// build the case: a binary from elsewhere asks for more than that HPy has.
    case skipIfBuiltAtHome(Skip)
    /// Its case can't be read.
    case invalid([Problem])

    /// Whether a process may be started for it.
    public var mayRun: Bool {
      switch self {
      case .run, .skipIfBuiltAtHome: true
      case .skip, .invalid: false
      }
    }

    /// The answer of a cell for which none is started; nil where one may be.
    public var answer: Attempt? {
      switch self {
      case .run, .skipIfBuiltAtHome: nil
      case .skip(let skip): Attempt(untried: skip.outcome, skip.reason)
      case .invalid(let problems):
        Attempt(untried: .invalid, problems.map(\.description).joined(separator: "\n"))
      }
    }
  }

  /// A scenario through the load of its batch.
  public struct Cell: Hashable, Sendable {
    public var scenario: ScenarioID
    public var action: Action

    public init(_ scenario: ScenarioID, _ action: Action) {
      self.scenario = scenario
      self.action = action
    }
  }

  /// Cells that share a binary and a worker: a case through a load.
  public struct Batch: Sendable {
    public var load: Load
    /// In the order of the case's scenarios.
    public var cells: [Cell]

    public init(load: Load, cells: [Cell]) {
      self.load = load
      self.cells = cells
    }

    public func id(of cell: Cell) -> CellID { CellID(cell.scenario, load.id) }
  }

  /// A case with all its cells.
  public struct Unit: Sendable {
    public var testCase: Case
    /// Those of one runtime stand together, references before what is compared with them.
    public var batches: [Batch]

    public init(testCase: Case, batches: [Batch]) {
      self.testCase = testCase
      self.batches = batches
    }

    public var cellCount: Int { batches.reduce(0) { $0 + $1.cells.count } }

    /// The scenarios that have a cell, in the order of the case.
    public var scenarios: [ScenarioID] {
      let present = Set(batches.flatMap { $0.cells.map(\.scenario) })
      return testCase.plannedScenarios.filter(present.contains)
    }

    /// The same with the cells that a condition takes; batches that lose all of theirs are gone.
    public func filtered(_ isMeant: (CellID) -> Bool) -> Unit {
      var unit = self
      unit.batches = batches.compactMap { batch in
        var batch = batch
        batch.cells = batch.cells.filter { isMeant(batch.id(of: $0)) }
        return batch.cells.isEmpty ? nil : batch
      }
      return unit
    }
  }

  /// The reference runtime comes first.
  public var runtimes: [Runtime]
  public var units: [Unit]
  /// Binaries that several runtimes have alike, where the plan is about binaries away from home.
  public var binaries: [PortableBinary]

  public init(runtimes: [Runtime], units: [Unit], binaries: [PortableBinary] = []) {
    self.runtimes = runtimes
    self.units = units
    self.binaries = binaries
  }

  /// Plans cases through loads.
  ///
  /// - Parameters:
  ///   - loads: in the order in which they are compared; those for which a case brings no source have no part in it.
  ///   - action: what becomes of the cells of a case that can be read.
  public init(
    cases: [Case], runtimes: [Runtime], loads: [Load], binaries: [PortableBinary] = [],
    action: (Case, ScenarioID, Load) -> Action = Plan.usualAction
  ) {
    let units = cases.compactMap { one -> Unit? in
      let scenarios = one.plannedScenarios
      let batches = loads.filter { !one.problems.isEmpty || one.has($0) }.map { load in
        var load = load
        load.binary.declared = one.limitedAPI?.versions[load.binary.flavour]
        return Batch(
          load: load,
          cells: scenarios.map { scenario in
            Cell(scenario, one.problems.isEmpty ? action(one, scenario, load) : .invalid(one.problems))
          })
      }
      return batches.isEmpty || scenarios.isEmpty ? nil : Unit(testCase: one, batches: batches)
    }
    self.init(runtimes: runtimes, units: units, binaries: binaries)
  }

  /// A cell is tried unless its case or its runtime says why not.
  public static func usualAction(_ one: Case, _ scenario: ScenarioID, _ load: Load) -> Action {
    let skip =
      one.exclusion(of: scenario, from: load.lane, on: load.runtime) ?? load.obstacle
      ?? one.limitedAPIObstacle(of: load)
    if let skip = skip ?? one.obstacle(of: scenario, on: load.runtime) { return .skip(skip) }
    return .run
  }

  /// Every lane on every runtime, and lanes of binaries that are built for another one of the runtimes. Those bring the
  /// runtime's own binary with them, the nearest that they can be compared with.
  ///
  /// - Parameter lanes: `universal` means the runtime's own binaries, `universal:cpython-3.11` those of that runtime;
  ///   `installed:ujson==5.4.0` that version in place of the one that a case asks for.
  /// - Throws: `Problem` for a home that is none of the runtimes, and for binaries that no other runtime can load.
  public static func loads(_ lanes: [LaneChoice], on runtimes: [Runtime]) throws -> [Load] {
    let known = Lane.all
    let own = lanes.filter { $0.home != nil && $0.lane.flavour.travels }.map { LaneChoice($0.lane) }
    let ordered = (lanes + own).enumerated().sorted { left, right in
      func rank(_ one: (offset: Int, element: LaneChoice)) -> (Int, Int, Int) {
        (one.element.home == nil ? 0 : 1, known.firstIndex(of: one.element.lane) ?? known.count, one.offset)
      }
      return rank(left) < rank(right)
    }.map(\.element).reduce(into: [LaneChoice]()) { if !$0.contains($1) { $0.append($1) } }
    let homes = try ordered.map { choice in
      try choice.home.map { name in
        if choice.lane.flavour.loader == .environment { return runtimes[0] }
        guard choice.lane.flavour.travels else {
          throw Problem(
            "binaries for the lane \(choice.lane) can be loaded only by the runtime that they are built for",
            remedy: "write \(choice.lane) instead of `\(choice)`")
        }
        guard let home = runtimes.first(where: { $0.name == name }) else {
          throw Problem(
            "`\(choice)` is built for `\(name)`, which is not a runtime of this run",
            remedy: NearNames.hint(NearNames.among(runtimes.map(\.name), to: name))
              + "the runtimes are \(runtimes.map(\.name).joined(separator: ", ")); --runtime adds others")
        }
        return home
      }
    }
    return runtimes.flatMap { runtime in
      zip(ordered, homes).compactMap { choice, home in
        if choice.lane.flavour.loader == .environment {
          return Load(Binary(choice.lane.flavour, home: runtime, requirement: choice.home), on: runtime)
        }
        if home?.name == runtime.name, ordered.contains(LaneChoice(choice.lane)) { return nil }
        return Load(Binary(choice.lane.flavour, home: home ?? runtime), on: runtime, mode: choice.lane.mode)
      }
    }
  }

  // MARK: Looking at it

  public var cellCount: Int { units.reduce(0) { $0 + $1.cellCount } }

  /// Every batch with its case, in the order in which they are tried.
  public var batches: [(testCase: Case, batch: Batch)] {
    units.flatMap { unit in unit.batches.map { (unit.testCase, $0) } }
  }

  // MARK: Choosing

  /// The same with the cells that a condition takes; cases that lose all of theirs are gone.
  public func filtered(_ isMeant: (CellID) -> Bool) -> Plan {
    var plan = self
    plan.units = units.map { $0.filtered(isMeant) }.filter { !$0.batches.isEmpty }
    return plan
  }

  /// The same with the cells that any of some patterns means; all of them without a pattern.
  ///
  /// - Throws: `Problem` for a pattern that means nothing.
  public func filtered(by patterns: [Pattern]) throws -> Plan {
    if patterns.isEmpty { return self }
    var idle = Set(patterns)
    let plan = filtered { cell in
      let hits = patterns.filter { matches($0, cell) }
      idle.subtract(hits)
      return !hits.isEmpty
    }
    if let pattern = patterns.first(where: idle.contains) {
      throw Problem(
        "no cell matches `\(pattern)`",
        remedy: suggestion(for: pattern) + "`hpy-conform list` lists the cases")
    }
    return plan
  }

  /// Whether a pattern means a cell. A binary that several runtimes have alike also goes by the first of them.
  func matches(_ pattern: Pattern, _ cell: CellID) -> Bool {
    if pattern.matches(cell) { return true }
    let shared = binaries.first { $0.flavour == cell.lane.flavour && $0.load(on: cell.runtime) == cell.load }
    guard let home = shared?.home else { return false }
    return pattern.matches(CellID(scenario: cell.scenario, lane: cell.lane, home: home, runtime: cell.runtime))
  }

  private func suggestion(for pattern: Pattern) -> String {
    let last = pattern.description.split(separator: "@")[0].split(separator: "/").last.map(String.init) ?? ""
    let names = units.flatMap { unit in
      let one = unit.testCase
      return ["\(one.suite)", "\(one.suite)/\(one.name)"] + one.scenarios.map { "\(one.suite)/\(one.name)/\($0.name)" }
    }
    func tail(_ name: String) -> String { name.split(separator: "/").last.map(String.init) ?? name }
    var near = Set(names).filter { $0.hasSuffix(last) || $0.contains("/\(last)") }
    if near.isEmpty {
      let tails = NearNames.among(Set(names.map(tail)).sorted(), to: last)
      near = Set(names).filter { tails.contains(tail($0)) }
    }
    return near.isEmpty ? "" : "perhaps \(near.sorted().prefix(3).joined(separator: ", or ")); "
  }
}

/// A lane that somebody chose, of binaries built at home or for another runtime: `universal`,
/// `universal:cpython-3.11`.
public struct LaneChoice: Hashable, Sendable, CustomStringConvertible {
  public var lane: Lane
  public var home: String?

  public init(_ lane: Lane, home: String? = nil) {
    self.lane = lane
    self.home = home
  }

  /// - Throws: `Problem` for a text that is none.
  public init(named text: String) throws {
    if let known = LoadID.read(text) {
      self.init(known.lane, home: known.home)
    } else {
      self.init(try Lane(named: String(text.split(separator: ":", omittingEmptySubsequences: false)[0])))
      throw Problem("`\(text)` does not name a runtime", remedy: "write \(lane):RUNTIME, or \(lane) alone")
    }
  }

  public var description: String { home.map { "\(lane):\($0)" } ?? "\(lane)" }
}
