import Judging
import Model
import Storing

/// Gathers changed cells into entries: cells of a scenario that show the same difference are one.
struct ReportEntries {
  private struct Key: Hashable {
    var change: CellChange
    var needsAttention: Bool
    var scenario: String
    var label: String?
    var facet: Facet
    var observed: String
  }

  /// A difference of a cell that an entry is about.
  private struct Difference {
    var label: String?
    var facet: Facet
    var observed: String
    var expected: String
    var before: String?
    var finding: Finding?
    /// What a run of the history is asked for.
    var shows: @Sendable (CellState) -> Bool
  }

  private struct Group {
    var difference: Difference
    var cells: [RunChanges.Cell]
  }

  private let changes: RunChanges
  private var order: [Key] = []
  private var groups: [Key: Group] = [:]

  init(_ changes: RunChanges) {
    self.changes = changes
    for cell in changes.cells where changes.baseline != nil || !Self.isQuiet(cell) {
      for difference in Self.differences(of: cell) {
        let key = Key(
          change: cell.change, needsAttention: cell.transition.needsAttention, scenario: Self.name(of: cell),
          label: difference.label, facet: difference.facet, observed: difference.observed)
        if groups[key] == nil { order.append(key) }
        groups[key, default: Group(difference: difference, cells: [])].cells.append(cell)
      }
    }
  }

  /// The entries: what needs attention first, then by kind of change, then by name.
  ///
  /// - Throws: `Problem` when the database can't be read.
  func entries(_ closer: EntryCloser) throws -> [ReportDocument.Entry] {
    var changes = changes
    let candidates = groups.filter { Self.hasSince($0.key.change) }.compactMap { $0.value.cells.first }
    let timelines = try changes.timelines(of: candidates)
    let sorted = order.enumerated().sorted { left, right in
      Self.rank(left.element, left.offset) < Self.rank(right.element, right.offset)
    }.map(\.element)
    return try sorted.compactMap { key in
      guard let group = groups[key], let first = group.cells.first else { return nil }
      let difference = group.difference
      let shows =
        Self.hasSince(key.change) ? timelines[first.row]?.shows(difference.shows) ?? [] : []
      let streak = Streak(shows)
      let oracle = difference.finding?.divergence.oracle
      let entry = ReportDocument.Entry(
        change: key.change, needsAttention: key.needsAttention, scenario: key.scenario, label: difference.label,
        facet: difference.facet.rawValue, observed: difference.observed, expected: difference.expected,
        before: difference.before, source: difference.label == nil ? nil : oracle?.source,
        reference: oracle?.reference?.column, reason: difference.finding?.reason,
        link: difference.finding?.link, cells: group.cells.map(\.id.column),
        message: (first.after ?? first.before)?.message?.split(separator: "\n").first.map(String.init),
        since: try streak.map { try closer.since($0, changes.history, first.id) },
        frequency: key.change == .flaky ? Self.frequency(shows) : [],
        show: "hpy-conform show '\(first.id)' --run \(changes.run.uuid.prefix(8))", facts: [], output: nil,
        traceback: nil, files: [], line: nil)
      return try closer.closer(entry, first.id)
    }
  }

  /// In how many of the last runs that say something it shows.
  private static func frequency(_ shows: [Bool?]) -> [String] {
    let known = shows.suffix(RunChanges.window).compactMap { $0 }
    return ["in \(known.count { $0 }) of the last \(ComparisonWords.number(known.count, "run"))"]
  }

  // MARK: Which differences

  /// A scenario, or what is wider where one cause shows in many: a lost runtime, a full disk.
  private static func name(of cell: RunChanges.Cell) -> String {
    if cell.change == .newlyUnsupported || cell.change == .environmentBroken { return cell.id.scenario.suite }
    return isQuiet(cell) ? "\(cell.id.scenario.suite)/\(cell.id.scenario.testCase)" : cell.id.scenario.description
  }

  /// Changes of which only the number matters, by case.
  private static func isQuiet(_ cell: RunChanges.Cell) -> Bool {
    switch cell.change {
    case .added, .removed, .changed, .newlySupported, .newlyBuilt: !cell.transition.needsAttention
    default: false
    }
  }

  private static func hasSince(_ change: CellChange) -> Bool {
    switch change {
    case .added, .removed, .changed, .newlySupported, .newlyBuilt, .notRun, .environmentBroken: false
    default: true
    }
  }

  private static func differences(of cell: RunChanges.Cell) -> [Difference] {
    switch cell.change {
    case .unchanged, .stillSkipped, .stillKnown, .notRun: []
    case .stillNew: after(cell, cell.after?.findings.filter { $0.verdict == .new } ?? [])
    case .stillFixed: after(cell, cell.after?.findings.filter { $0.verdict == .fixed } ?? [])
    case .fixed, .better: gone(cell)
    case .environmentBroken, .newlyUnsupported: [ending(cell)]
    case .newDivergence, .newlyCrashing, .worse, .noLongerBuilt, .newlyKnown, .flaky: appeared(cell)
    case .added, .removed, .changed, .newlySupported, .newlyBuilt:
      isQuiet(cell) ? [quiet(cell)] : after(cell, cell.after?.findings.filter { $0.verdict != .known } ?? [])
    }
  }

  private static func after(_ cell: RunChanges.Cell, _ findings: [Finding]) -> [Difference] {
    findings.map { finding in
      let trace = finding.divergence.trace
      let isFixed = finding.verdict == .fixed
      return Difference(
        label: finding.divergence.label, facet: finding.divergence.facet, observed: finding.divergence.observed,
        expected: finding.divergence.expected, before: before(cell, finding.divergence.place), finding: finding
      ) { state in
        isFixed
          ? !state.traces.contains { $0.place == trace.place } : state.traces.contains(trace)
      }
    }
  }

  /// What was not there before; all of it where a flicker shows none.
  private static func appeared(_ cell: RunChanges.Cell) -> [Difference] {
    let earlier = cell.before?.traces ?? []
    let findings = cell.after?.findings ?? []
    let added = findings.filter { finding in
      finding.verdict == .flaky
        || finding.verdict != .fixed
          && (!earlier.contains(finding.divergence.trace) || finding.verdict == .new)
    }
    if added.isEmpty, cell.change == .flaky { return gone(cell) }
    return after(cell, added.isEmpty ? findings : added)
  }

  /// What was there before, and is no more; and what the ledger has to be rid of.
  private static func gone(_ cell: RunChanges.Cell) -> [Difference] {
    let now = cell.after?.traces ?? []
    let fixed = cell.after?.findings.filter { $0.verdict == .fixed } ?? []
    let earlier = (cell.before?.findings ?? []).filter { finding in
      finding.verdict != .fixed && !now.contains(finding.divergence.trace)
        && !fixed.contains { $0.divergence.place == finding.divergence.place }
    }
    return after(cell, fixed)
      + earlier.map { finding in
        let trace = finding.divergence.trace
        return Difference(
          label: finding.divergence.label, facet: finding.divergence.facet, observed: finding.divergence.expected,
          expected: finding.divergence.expected, before: finding.divergence.observed, finding: finding
        ) { !$0.traces.contains(trace) }
      }
  }

  private static func ending(_ cell: RunChanges.Cell) -> Difference {
    let outcome = cell.after?.outcome
    return Difference(
      label: nil, facet: .outcome,
      observed: (outcome?.description ?? "") + (cell.after?.message.map { ": \($0.prefix(300))" } ?? ""),
      expected: cell.before?.outcome.description ?? "", before: cell.before?.outcome.description, finding: nil
    ) { $0.outcome == outcome }
  }

  private static func quiet(_ cell: RunChanges.Cell) -> Difference {
    Difference(
      label: nil, facet: .outcome, observed: "", expected: "", before: nil, finding: nil
    ) { _ in false }
  }

  private static func before(_ cell: RunChanges.Cell, _ place: Divergence.Place) -> String? {
    guard let before = cell.before, before.saysSomething else { return nil }
    if let finding = before.findings.first(where: { $0.divergence.place == place && $0.verdict != .fixed }) {
      return finding.divergence.observed
    }
    return place.label == nil ? before.outcome.description : nil
  }

  private static func rank(_ key: Key, _ offset: Int) -> (Int, Int, Int) {
    (key.needsAttention ? 0 : 1, ranks.firstIndex(of: key.change) ?? ranks.count, offset)
  }

  /// The worst first.
  private static let ranks: [CellChange] = [
    .newlyCrashing, .worse, .newDivergence, .noLongerBuilt, .newlyUnsupported, .environmentBroken, .stillNew, .flaky,
    .fixed, .stillFixed, .better, .newlyKnown, .changed, .added, .removed, .newlyBuilt, .newlySupported,
  ]
}
