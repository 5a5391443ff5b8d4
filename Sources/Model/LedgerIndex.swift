import Foundation

/// Entries of a ledger, to be found by scenario.
public struct LedgerIndex: Sendable {
  private let exact: [ScenarioID: [(place: Int, entry: LedgerEntry)]]
  private let patterns: [(place: Int, entry: LedgerEntry)]

  public init(_ entries: [LedgerEntry]) {
    let placed = entries.enumerated().map { (place: $0, entry: $1) }
    exact = Dictionary(grouping: placed.filter { !$0.entry.isPattern }, by: \.entry.scenario)
    patterns = placed.filter(\.entry.isPattern)
  }

  /// Those that mean a scenario, in the order of the ledger.
  public func entries(for scenario: ScenarioID) -> [LedgerEntry] {
    let found = exact[scenario] ?? []
    let wide = patterns.filter { $0.entry.means(scenario) }
    if wide.isEmpty { return found.map(\.entry) }
    return (found + wide).sorted { $0.place < $1.place }.map(\.entry)
  }
}

extension LedgerEntry {
  /// Whether it stands for a scenario: by name, or by a pattern as fnmatch(3) takes it.
  public func means(_ other: ScenarioID) -> Bool {
    if !isPattern { return scenario == other }
    return scenario.suite == other.suite && fnmatch(scenario.testCase, other.testCase, 0) == 0
      && fnmatch(scenario.name, other.name, 0) == 0
  }
}
