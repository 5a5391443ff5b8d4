import Comparing
import Judging
import Model
import Storing

/// Every cell of a run beside what is known of it from its baseline; made from the store alone.
public final class RunChanges {
  public struct Cell {
    public var id: CellID
    /// Row of the cell in the database.
    public var row: Int64
    public var transition: Transition
    public var change: CellChange
    /// As they are stored, also where they say nothing.
    public var before: CellState?
    public var after: CellState?
  }

  public let run: StoredRun
  public let baseline: StoredRun?
  /// Runs of the same series, the oldest first, the run at hand last.
  public let history: [StoredRun]
  /// By suite, case, scenario, runtime and lane; those that are gone, too.
  public private(set) var cells: [Cell] = []
  /// What decides each scenario of the run, and where it begins.
  public let parts: [ScenarioID: ScenarioPart]

  /// Runs of the history that are searched for cells of which the baseline says nothing, and for answers that waver.
  static let window = 30

  let store: Store
  private var judgements: [Int64: Judgement] = [:]
  private var keys: [Int64: [String: String]] = [:]

  /// - Throws: `Problem` when the database can't be read.
  public init(_ run: StoredRun, baseline: StoredRun?, in store: Store) throws {
    self.run = run
    self.baseline = baseline
    self.store = store
    history = try store.runs(inSeries: run.series).filter { $0.isBefore(run) } + [run]
    parts = try store.scenarioParts(of: run)
    let after = try store.cellRows(of: run)
    let before = try baseline.map { try store.cellRows(of: $0) } ?? []
    try learn((after + before).map(\.result))
    var earlier = Dictionary(uniqueKeysWithValues: before.map { ($0.row, state($0.result)) })
    try fill(&earlier, for: after)
    let texts = try baseline.map {
      ScenarioChanges(
        before: (try files(of: $0), try store.scenarioParts(of: $0)), after: (try files(of: run), parts))
    }
    let scenarios = (before: Set(before.map(\.id.scenario)), after: Set(after.map(\.id.scenario)))
    let rows = Set(after.map(\.row))
    let all = after.map { ($0, state($0.result)) } + before.filter { !rows.contains($0.row) }.map { ($0, nil) }
    cells = all.sorted { Self.order($0.0.id) < Self.order($1.0.id) }.map { cell, now in
      let transition = Transition(
        before: earlier[cell.row], after: now, scenario: scenario(cell.id.scenario, among: scenarios, texts))
      return Cell(
        id: cell.id, row: cell.row, transition: transition, change: transition.change, before: earlier[cell.row],
        after: now)
    }
    try findWavering()
  }

  private static func order(_ id: CellID) -> (String, String, String, String, String) {
    (id.scenario.suite, id.scenario.testCase, id.scenario.name, id.runtime, id.load.what)
  }

  /// Whether a run had every cell that it was to have.
  private static func isWhole(_ run: StoredRun) -> Bool { run.state == .finished && run.scope.isEmpty }

  /// Keys of the files that a run used, by path below the suites' folder; ledgers among them.
  ///
  /// - Throws: `Problem` when the database can't be read.
  public func files(of run: StoredRun) throws -> [String: String] {
    if let known = keys[run.id] { return known }
    let found = try store.fileKeys(of: run)
    keys[run.id] = found
    return found
  }

  /// The texts of the ledger that the run used.
  ///
  /// - Throws: `Problem` when the database can't be read.
  public func ledgers() throws -> [String: String] { try store.ledgers(of: run) }

  // MARK: States

  private func learn(_ results: some Collection<ResultRow>) throws {
    let unknown = Set(results.lazy.map(\.conclusion).filter { self.judgements[$0] == nil })
    if !unknown.isEmpty { judgements.merge(try store.judgements(ofConclusions: unknown)) { $1 } }
  }

  private func state(_ result: ResultRow) -> CellState {
    let judgement = judgements[result.conclusion]
    return CellState(
      outcome: result.outcome, verdict: judgement?.verdict ?? .notJudged, findings: judgement?.findings ?? [],
      message: result.message)
  }

  /// Looks further back where the baseline was not whole, or says nothing of a cell.
  private func fill(_ earlier: inout [Int64: CellState], for after: [CellRow]) throws {
    guard let baseline else { return }
    let isWhole = Self.isWhole(baseline)
    var lacking = Set(after.filter { earlier[$0.row].map { !$0.saysSomething } ?? !isWhole }.map(\.row))
    let older = history.filter { $0.isBefore(baseline) }
    for run in older.suffix(Self.window).reversed() where !lacking.isEmpty {
      let cells = try store.cellRows(of: run).filter { lacking.contains($0.row) }
      try learn(cells.map(\.result))
      for cell in cells where state(cell.result).saysSomething {
        earlier[cell.row] = state(cell.result)
        lacking.remove(cell.row)
      }
    }
  }

  private func scenario(
    _ id: ScenarioID, among scenarios: (before: Set<ScenarioID>, after: Set<ScenarioID>), _ texts: ScenarioChanges?
  ) -> Transition.Scenario {
    guard let baseline, let texts else { return .added }
    switch (scenarios.before.contains(id), scenarios.after.contains(id)) {
    case (true, true): return texts.differs(id) ? .changed : .same
    case (true, false): return Self.isWhole(run) ? .removed : .same
    default: return Self.isWhole(baseline) || !texts.hadCase(of: id) ? .added : texts.differs(id) ? .changed : .same
    }
  }

  // MARK: History

  /// What some cells said in each run of the history, by row of the cell; nil for runs that have no such cell. Equal
  /// results are one state, however many runs have it.
  func timelines(of cells: [Cell]) throws -> [Int64: [CellState?]] {
    let results = try store.resultRows(ofCells: Array(Set(cells.map(\.row))))
    try learn(results.values.flatMap(\.values))
    return results.mapValues { byRun in
      var states: [[Int64]: CellState] = [:]
      return history.map { run in
        guard let result = byRun[run.id] else { return nil }
        let key = [result.conclusion, result.answer]
        let known = states[key] ?? state(result)
        states[key] = known
        return known
      }
    }
  }

  /// Marks cells that changed, but did so before while nothing that decides them changed.
  private func findWavering() throws {
    let moved = cells.indices.filter { index in
      switch cells[index].change {
      case .newDivergence, .newlyCrashing, .worse, .better, .fixed, .newlyKnown, .noLongerBuilt, .newlyBuilt: true
      default: false
      }
    }
    if moved.isEmpty || history.count < 3 { return }
    let timelines = try timelines(of: moved.map { cells[$0] })
    for index in moved {
      let id = cells[index].id
      func surroundings(_ run: StoredRun) throws -> (ContentKey?, [String: String]) {
        (run.runtimes.first { $0.name == id.runtime }?.key, try files(of: run).filter { id.scenario.owns($0.key) })
      }
      let own = try surroundings(run)
      let recent = zip(history, timelines[cells[index].row] ?? []).suffix(Self.window)
      let answers = try recent.compactMap { run, state -> Set<Divergence.Trace>? in
        guard let state, state.saysSomething, !state.outcome.isSkip, try surroundings(run) == own else { return nil }
        return state.traces
      }
      guard Streak.wavers(answers) else { continue }
      cells[index].transition.wavers = true
      cells[index].change = cells[index].transition.change
    }
  }
}
