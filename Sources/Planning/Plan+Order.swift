import Model

extension Plan {
  /// The same cells in the order in which an answer is likeliest to come soon.
  ///
  /// - Parameters:
  ///   - first: scenarios to begin with, the most wanted first; those of a case are tried together.
  ///   - seconds: how long scenarios take. Of the other cases, those come first whose scenarios are the quickest, and
  ///     before them those of which nothing is known.
  /// - Returns: a plan in which a case can stand twice: with the scenarios to begin with, and with its others.
  public func ordered(first: [ScenarioID], seconds: [ScenarioID: Double]) -> Plan {
    let ranks = Dictionary(first.enumerated().map { ($1, $0) }) { first, _ in first }
    func rank(_ unit: Unit) -> Int { unit.scenarios.compactMap { ranks[$0] }.min() ?? ranks.count }
    func time(_ unit: Unit) -> Double {
      let scenarios = unit.scenarios
      return scenarios.reduce(0) { $0 + (seconds[$1] ?? 0) } / Double(max(1, scenarios.count))
    }
    func sorted(_ units: [Unit], by key: (Unit) -> Double) -> [Unit] {
      units.map { ($0, key($0)) }.enumerated().sorted { left, right in
        (left.element.1, left.offset) < (right.element.1, right.offset)
      }.map(\.element.0)
    }
    var plan = self
    let wanted = units.map { unit in unit.filtered { ranks[$0.scenario] != nil } }
    let others = units.map { unit in unit.filtered { ranks[$0.scenario] == nil } }
    plan.units =
      sorted(wanted.filter { !$0.batches.isEmpty }) { Double(rank($0)) }
      + sorted(others.filter { !$0.batches.isEmpty }, by: time)
    return plan
  }
}
