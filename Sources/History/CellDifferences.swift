import Judging
import Model

/// A changed cell's differences, and those of other cells that are the same.
struct CellDifferences {
  private(set) var entry: ChangeEntry
  let first: RunChanges.Cell
  /// Whether another run's state of the first cell shows the difference.
  let shows: (CellState) -> Bool

  /// The worst first.
  private static let ranks: [CellChange] = [
    .newlyCrashing, .worse, .newDivergence, .noLongerBuilt, .newlyUnsupported, .environmentBroken, .stillNew, .flaky,
    .fixed, .stillFixed, .better, .newlyKnown, .changed, .added, .removed, .newlyBuilt, .newlySupported,
  ]

  /// The differences of all cells, equal ones together.
  static func grouped(_ cells: [RunChanges.Cell]) -> [CellDifferences] {
    var groups: [CellDifferences] = []
    var places: [[String?]: Int] = [:]
    for one in cells.flatMap(of) {
      let entry = one.entry
      let key = [
        entry.change.rawValue, "\(entry.needsAttention)", entry.scenario, entry.label, entry.facet.rawValue,
        entry.observed,
      ]
      if let place = places[key] {
        groups[place].entry.cells.append(one.first.id)
      } else {
        places[key] = groups.count
        groups.append(one)
      }
    }
    return groups.enumerated().sorted { left, right in
      func rank(_ one: (offset: Int, element: CellDifferences)) -> (Int, Int, Int) {
        let entry = one.element.entry
        return (entry.needsAttention ? 0 : 1, ranks.firstIndex(of: entry.change) ?? ranks.count, one.offset)
      }
      return rank(left) < rank(right)
    }.map(\.element)
  }

  private static func of(_ cell: RunChanges.Cell) -> [CellDifferences] {
    let findings = cell.after?.findings ?? []
    switch cell.change {
    case .unchanged, .stillSkipped, .stillKnown, .notRun: return []
    case .stillNew: return found(cell, findings.filter { $0.verdict == .new })
    case .stillFixed: return found(cell, findings.filter { $0.verdict == .fixed })
    case .fixed, .better: return gone(cell)
    case .environmentBroken, .newlyUnsupported: return [ending(cell)]
    case .newDivergence, .newlyCrashing, .worse, .noLongerBuilt, .newlyKnown, .flaky: return appeared(cell)
    case .added, .removed, .changed, .newlySupported, .newlyBuilt:
      return cell.isQuiet ? [Self(cell) { _ in false }] : found(cell, findings.filter { $0.verdict != .known })
    }
  }

  private init(
    _ cell: RunChanges.Cell, label: String? = nil, facet: Facet = .outcome, observed: String = "",
    expected: String = "", before: String? = nil, finding: Finding? = nil, shows: @escaping (CellState) -> Bool
  ) {
    first = cell
    self.shows = shows
    entry = ChangeEntry(
      change: cell.change, needsAttention: cell.transition.needsAttention, scenario: cell.place, label: label,
      facet: facet, observed: observed, expected: expected, before: before, finding: finding, cells: [cell.id],
      message: (cell.after ?? cell.before)?.message)
  }

  private static func found(_ cell: RunChanges.Cell, _ findings: [Finding]) -> [CellDifferences] {
    findings.map { finding in
      let divergence = finding.divergence
      let isFixed = finding.verdict == .fixed
      return Self(
        cell, label: divergence.label, facet: divergence.facet, observed: divergence.observed,
        expected: divergence.expected, before: before(cell, divergence.place), finding: finding
      ) { state in
        isFixed
          ? !state.traces.contains { $0.place == divergence.place } : state.traces.contains(divergence.trace)
      }
    }
  }

  /// What was not there before; all of it where a flicker shows none.
  private static func appeared(_ cell: RunChanges.Cell) -> [CellDifferences] {
    let earlier = cell.before?.traces ?? []
    let findings = cell.after?.findings ?? []
    let added = findings.filter { finding in
      finding.verdict == .flaky
        || finding.verdict != .fixed && (!earlier.contains(finding.divergence.trace) || finding.verdict == .new)
    }
    if added.isEmpty, cell.change == .flaky { return gone(cell) }
    return found(cell, added.isEmpty ? findings : added)
  }

  /// What was there before, and is no more; and what the ledger has to be rid of.
  private static func gone(_ cell: RunChanges.Cell) -> [CellDifferences] {
    let now = cell.after?.traces ?? []
    let fixed = cell.after?.findings.filter { $0.verdict == .fixed } ?? []
    let earlier = (cell.before?.findings ?? []).filter { finding in
      finding.verdict != .fixed && !now.contains(finding.divergence.trace)
        && !fixed.contains { $0.divergence.place == finding.divergence.place }
    }
    return found(cell, fixed)
      + earlier.map { finding in
        let divergence = finding.divergence
        return Self(
          cell, label: divergence.label, facet: divergence.facet, observed: divergence.expected,
          expected: divergence.expected, before: divergence.observed, finding: finding
        ) { !$0.traces.contains(divergence.trace) }
      }
  }

  private static func ending(_ cell: RunChanges.Cell) -> CellDifferences {
    let outcome = cell.after?.outcome
    let before = cell.before?.outcome.description
    let observed = [outcome?.description, cell.after?.message.map { String($0.prefix(300)) }].compactMap { $0 }
    return Self(
      cell, observed: observed.joined(separator: ": "),
      expected: before ?? "", before: before
    ) { $0.outcome == outcome }
  }

  private static func before(_ cell: RunChanges.Cell, _ place: Divergence.Place) -> String? {
    guard let before = cell.before, before.saysSomething else { return nil }
    if let finding = before.findings.first(where: { $0.divergence.place == place && $0.verdict != .fixed }) {
      return finding.divergence.observed
    }
    return place.label == nil ? before.outcome.description : nil
  }
}

extension RunChanges.Cell {
  /// Changes of which only the number matters, by case.
  var isQuiet: Bool {
    switch change {
    case .added, .removed, .changed, .newlySupported, .newlyBuilt: !transition.needsAttention
    default: false
    }
  }

  /// A scenario, or what is wider where one cause shows in many: a lost runtime, a full disk.
  fileprivate var place: String {
    if change == .newlyUnsupported || change == .environmentBroken { return id.scenario.suite }
    return isQuiet ? "\(id.scenario.suite)/\(id.scenario.testCase)" : id.scenario.description
  }
}
