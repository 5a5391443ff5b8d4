import Judging
import Model
import Storing

/// Every cell of a run beside what is known of it from its baseline; made from the store alone.
struct RunChanges {
  struct Cell {
    var id: CellID
    /// Row of the cell in the database.
    var row: Int64
    var transition: Transition
    var change: CellChange
    /// As they are stored, also where they say nothing.
    var before: CellState?
    var after: CellState?
  }

  let run: StoredRun
  let baseline: StoredRun?
  /// Runs of the same series, the oldest first, the run at hand last.
  let history: [StoredRun]
  /// By suite, case, scenario, runtime and lane; those that are gone, too.
  private(set) var cells: [Cell] = []
  /// Keys of the files that the two runs used.
  let files: (before: [String: String], after: [String: String])

  /// Runs of the history that are searched for cells of which the baseline says nothing, and for answers that waver.
  static let window = 30

  private let store: Store
  private var judgements: [Int64: Judgement] = [:]
  /// Timelines that were read, by row of the cell.
  private var known: [Int64: CellTimeline] = [:]

  /// - Throws: `Problem` when the database can't be read.
  init(_ run: StoredRun, baseline: StoredRun?, in store: Store) throws {
    self.run = run
    self.baseline = baseline
    self.store = store
    history = try store.runs(inSeries: run.series).filter { $0.isBefore(run) } + [run]
    files = (try baseline.map { try store.fileKeys(of: $0) } ?? [:], try store.fileKeys(of: run))
    let after = try store.concludedCells(of: run)
    let before = try baseline.map { try store.concludedCells(of: $0) } ?? []
    try learn((after + before).map(\.passage.conclusion))
    var earlier = Dictionary(uniqueKeysWithValues: before.map { ($0.row, state($0.passage)) })
    try fill(&earlier, for: after)
    let texts = try ScenarioChanges(files, store)
    let scenarios = (Set(before.map(\.id.scenario)), Set(after.map(\.id.scenario)))
    let rows = Set(after.map(\.row))
    let gone = before.filter { !rows.contains($0.row) }
    for cell in (after + gone).sorted(by: { Self.order($0.id) < Self.order($1.id) }) {
      let now = rows.contains(cell.row) ? state(cell.passage) : nil
      let transition = Transition(
        before: earlier[cell.row], after: now,
        scenario: scenario(cell.id.scenario, before: scenarios.0, after: scenarios.1, texts))
      cells.append(
        Cell(
          id: cell.id, row: cell.row, transition: transition, change: transition.change, before: earlier[cell.row],
          after: now))
    }
    try findWavering()
  }

  private static func order(_ id: CellID) -> (String, String, String, String, String) {
    (id.scenario.suite, id.scenario.testCase, id.scenario.name, id.runtime, id.lane)
  }

  /// Whether a run had every cell that it was to have.
  static func isWhole(_ run: StoredRun) -> Bool { run.state == "finished" && (run.scope ?? "").isEmpty }

  // MARK: States

  private mutating func learn(_ conclusions: [Int64]) throws {
    let unknown = Set(conclusions).filter { judgements[$0] == nil }
    if !unknown.isEmpty { judgements.merge(try store.judgements(ofConclusions: unknown)) { $1 } }
  }

  private func state(_ passage: CellPassage) -> CellState {
    let judgement = judgements[passage.conclusion]
    return CellState(
      outcome: passage.outcome, verdict: judgement?.verdict ?? .notJudged, findings: judgement?.findings ?? [],
      message: passage.message)
  }

  /// Looks further back where the baseline was not whole, or says nothing of a cell.
  private mutating func fill(_ earlier: inout [Int64: CellState], for after: [ConcludedCell]) throws {
    guard let baseline else { return }
    let isWhole = Self.isWhole(baseline)
    var lacking = Set(
      after.filter { earlier[$0.row].map { !$0.saysSomething } ?? !isWhole }.map(\.row))
    let older = history.filter { $0.isBefore(baseline) }
    for run in older.suffix(Self.window).reversed() where !lacking.isEmpty {
      let cells = try store.concludedCells(of: run).filter { lacking.contains($0.row) }
      try learn(cells.map(\.passage.conclusion))
      for cell in cells where state(cell.passage).saysSomething {
        earlier[cell.row] = state(cell.passage)
        lacking.remove(cell.row)
      }
    }
  }

  private func scenario(
    _ id: ScenarioID, before: Set<ScenarioID>, after: Set<ScenarioID>, _ texts: ScenarioChanges
  ) -> Transition.Scenario {
    guard let baseline else { return .added }
    switch (before.contains(id), after.contains(id)) {
    case (true, true): return texts.differs(id) ? .changed : .same
    case (true, false): return Self.isWhole(run) ? .removed : .same
    default:
      return Self.isWhole(baseline) || !files.before.keys.contains { $0.hasPrefix("\(id.suite)/\(id.testCase)/") }
        ? .added : texts.differs(id) ? .changed : .same
    }
  }

  // MARK: History

  /// What some cells said in all runs of the history, by row of the cell.
  mutating func timelines(of cells: [Cell]) throws -> [Int64: CellTimeline] {
    let unread = Set(cells.map(\.row)).filter { known[$0] == nil }
    let passages = try store.passages(ofCells: Array(unread))
    try learn(passages.values.flatMap { $0.values.map(\.conclusion) })
    for (row, byRun) in passages {
      var timeline = CellTimeline()
      for run in history { timeline.append(byRun[run.id]) { state($0) } }
      known[row] = timeline
    }
    return known
  }

  /// Marks cells that changed, but did so before while nothing that decides them changed.
  private mutating func findWavering() throws {
    let moved = cells.indices.filter { index in
      switch cells[index].change {
      case .newDivergence, .newlyCrashing, .worse, .better, .fixed, .newlyKnown, .noLongerBuilt, .newlyBuilt: true
      default: false
      }
    }
    if moved.isEmpty || history.count < 3 { return }
    let recent = history.suffix(Self.window)
    let keys = try recent.map { try $0.id == run.id ? files.after : store.fileKeys(of: $0) }
    let timelines = try timelines(of: moved.map { cells[$0] })
    for index in moved {
      let id = cells[index].id
      let folder = "\(id.scenario.suite)/\(id.scenario.testCase)/"
      let own = files.after.filter { $0.key.hasPrefix(folder) }
      let runtime = run.runtimes.first { $0.name == id.runtime }?.key
      let answers = zip(recent.indices, keys).compactMap { position, keys -> Set<Divergence.Trace>? in
        guard history[position].runtimes.first(where: { $0.name == id.runtime })?.key == runtime,
          keys.filter({ $0.key.hasPrefix(folder) }) == own, let state = timelines[cells[index].row]?[position],
          state.saysSomething, !state.outcome.isSkip
        else { return nil }
        return state.traces
      }
      guard Streak.wavers(answers) else { continue }
      cells[index].transition.wavers = true
      cells[index].change = cells[index].transition.change
    }
  }
}

/// What a cell said in each run of a history. Equal results are one state, however many runs have it.
struct CellTimeline {
  private struct Key: Hashable {
    var conclusion: Int64
    var answer: Int64
  }

  private var places: [Int?] = []
  private var states: [CellState] = []
  private var numbers: [Key: Int] = [:]

  /// - Parameter passage: nil for a run that has no such cell.
  mutating func append(_ passage: CellPassage?, _ state: (CellPassage) -> CellState) {
    guard let passage else {
      places.append(nil)
      return
    }
    let key = Key(conclusion: passage.conclusion, answer: passage.answer)
    if numbers[key] == nil {
      numbers[key] = states.count
      states.append(state(passage))
    }
    places.append(numbers[key])
  }

  subscript(position: Int) -> CellState? { places[position].map { states[$0] } }

  /// Whether runs show something, the oldest first; nil for runs that say nothing of the cell.
  func shows(_ predicate: (CellState) -> Bool) -> [Bool?] {
    let answers = states.map { $0.saysSomething ? predicate($0) : nil }
    return places.map { $0.flatMap { answers[$0] } }
  }
}

/// Which scenarios' own text changed between two runs. Texts are read only of cases of which a file changed.
private struct ScenarioChanges {
  private var before: [String: [String: String]] = [:]
  private var after: [String: [String: String]] = [:]

  init(_ files: (before: [String: String], after: [String: String]), _ store: Store) throws {
    let changed = Set(files.before.keys).union(files.after.keys).filter { path in
      !path.hasSuffix("/ledger.toml") && files.before[path] != files.after[path]
    }
    let folders = Set(changed.map(Self.folder))
    func texts(_ keys: [String: String]) throws -> [String: [String: String]] {
      try keys.reduce(into: [:]) { texts, file in
        let folder = Self.folder(file.key)
        guard folders.contains(folder) else { return }
        // A file of which only the key is needed need not be read: equal keys are equal texts.
        let isChanged = changed.contains(file.key)
        texts[folder, default: [:]][file.key] = isChanged ? try store.content(file.value) : file.value
      }
    }
    if files.before.isEmpty { return }
    before = try texts(files.before)
    after = try texts(files.after)
  }

  private static func folder(_ path: String) -> String {
    path.split(separator: "/").prefix(2).joined(separator: "/")
  }

  func differs(_ id: ScenarioID) -> Bool {
    let folder = "\(id.suite)/\(id.testCase)"
    guard before[folder] != nil || after[folder] != nil else { return false }
    return ScenarioText.differs(id.name, before: before[folder] ?? [:], after: after[folder] ?? [:])
  }
}
