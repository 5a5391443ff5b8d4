import Model

extension Plan {
  /// The same without the scenarios that are done: what is left of a run that ended early.
  ///
  /// A scenario is judged as a whole, its cells by each other. So it is done when each of its cells is recorded with a
  /// result that is final; where one is missing or not final, all of its cells are left.
  public func left(after recorded: [RecordedCell]) -> Plan {
    let final = Set(recorded.lazy.filter(\.isFinal).map(\.cell))
    var unfinished: Set<ScenarioID> = []
    for (_, batch) in batches {
      for cell in batch.cells where !final.contains(batch.id(of: cell)) { unfinished.insert(cell.scenario) }
    }
    return filtered { unfinished.contains($0.scenario) }
  }
}
