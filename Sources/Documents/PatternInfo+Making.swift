import History
import Judging
import Model
import Storing

extension PatternInfo {
  /// What somebody has to look at in a run, from the store alone.
  ///
  /// - Throws: `Problem` when the database can't be read.
  static func all(of run: StoredRun, in store: Store) throws -> [PatternInfo] {
    let found = try store.cellFindings(of: run, Set(Verdict.allCases.filter(\.needsAttention)))
    if found.isEmpty { return [] }
    let sizes = found.reduce(into: [String: Int]()) {
      let name = $1.cell.scenario.description
      $0[name] = max($0[name] ?? 0, $1.observations)
    }
    let patterns = try FindingPatterns(of: run, in: store, scenarios: Set(sizes.keys), sizes: sizes)
    let texts = ScenarioTexts { try? store.file($0, of: run) }
    return patterns.patterns(of: found.map { FindingPattern.Fact($0) }).map { PatternInfo($0).placed(in: texts) }
  }

  /// What somebody has to look at among the changes between two runs.
  ///
  /// - Parameter entries: those of the changes, in the order in which the document has them.
  static func all(of entries: [ChangeEntry], in changes: RunChanges) -> [PatternInfo] {
    let needed = entries.enumerated().filter(\.element.needsAttention)
    if needed.isEmpty { return [] }
    let sizes = needed.reduce(into: [String: Int]()) { sizes, one in
      if let count = one.element.details?.attempts.first?.answer.observations.count {
        sizes[one.element.scenario] = max(sizes[one.element.scenario] ?? 0, count)
      }
    }
    let patterns = FindingPatterns(of: changes, sizes: sizes)
    return patterns.patterns(of: needed.map { FindingPattern.Fact($0.element) }).map { pattern in
      PatternInfo(pattern, entries: pattern.members.map { needed[$0].offset })
    }
  }
}

extension FindingPatterns {
  /// What a run tried of some scenarios, and what it knows.
  init(of run: StoredRun, in store: Store, scenarios: Set<String>, sizes: [String: Int]) throws {
    var tried: [String: Set<FindingPattern.Place>] = [:]
    try store.forEachCell(of: run) { cell, outcome, _ in
      let scenario = cell.scenario.description
      if !outcome.isSkip, scenarios.contains(scenario) { tried[scenario, default: []].insert(.init(cell.load)) }
    }
    self.init(
      runtimes: run.runtimes.map(\.name), tried: tried,
      known: try store.cellFindings(of: run, [.known]).map { FindingPattern.Fact($0) }, sizes: sizes)
  }
}

extension FindingPatterns {
  /// What a run tried and knows, as its changes have it.
  fileprivate init(of changes: RunChanges, sizes: [String: Int]) {
    var tried: [String: Set<FindingPattern.Place>] = [:]
    var known: [FindingPattern.Fact] = []
    for cell in changes.cells {
      guard let state = cell.after, !state.outcome.isSkip else { continue }
      let id = cell.id.scenario
      // One entry may stand for a suite or a case.
      for name in [id.description, "\(id.suite)/\(id.testCase)", id.suite] {
        tried[name, default: []].insert(.init(cell.id.load))
      }
      known += state.findings.filter { $0.verdict == .known }.map { FindingPattern.Fact($0, of: cell.id) }
    }
    self.init(runtimes: changes.run.runtimes.map(\.name), tried: tried, known: known, sizes: sizes)
  }
}

extension FindingPattern.Fact {
  fileprivate init(_ one: CellFinding) { self.init(one.finding, of: one.cell) }

  fileprivate init(_ finding: Finding, of cell: CellID) {
    let divergence = finding.divergence
    self.init(
      scenario: cell.scenario.description, places: [.init(cell.load)], label: divergence.label,
      facet: divergence.facet, observed: divergence.observed, expected: divergence.expected,
      standing: .init(finding.verdict), link: finding.link)
  }

  fileprivate init(_ entry: ChangeEntry) {
    let standing: FindingPattern.Standing =
      switch entry.change {
      case .newlyUnsupported: .unsupported
      case .flaky: .flaky
      case .fixed, .better: entry.finding?.verdict == .new ? .new : .fixed
      default: .init(entry.finding?.verdict ?? .new)
      }
    self.init(
      scenario: entry.scenario, places: entry.cells.map { .init($0.load) }, label: entry.label, facet: entry.facet,
      observed: entry.observed, expected: entry.expected, standing: standing, link: entry.finding?.link)
  }
}

extension FindingPattern.Standing {
  fileprivate init(_ verdict: Verdict) {
    switch verdict {
    case .flaky: self = .flaky
    case .fixed: self = .fixed
    default: self = .new
    }
  }
}
