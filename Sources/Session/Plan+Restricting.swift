import Comparing
import Model
import Planning

extension Plan {
  /// The same with some cells, and with all that these are compared with, directly or not: without it, what they say
  /// would be judged otherwise. A cell that stands for a whole case means each of its scenarios.
  func restricted(to cells: [CellID]) -> Plan {
    guard let first = runtimes.first?.name else { return self }
    let order = References.order(of: runtimes, first: first)
    var wanted = Set(cells)
    let wholeCases = wanted.filter { $0.scenario.name == ScenarioID.wholeCase }
    var added = wanted
    while !added.isEmpty {
      added = Set(added.flatMap { References.all(of: $0, order: order) }).subtracting(wanted)
      wanted.formUnion(added)
    }
    return filtered { cell in
      var whole = cell
      whole.scenario.name = ScenarioID.wholeCase
      return wanted.contains(cell) || (!wholeCases.isEmpty && wanted.contains(whole))
    }
  }
}
