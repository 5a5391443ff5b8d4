import Model
import Storing

/// One difference of a scenario, wherever it shows: the lanes and runtimes that share it are one entry.
public struct FindingGroup: Sendable, Hashable {
  public var scenario: ScenarioID
  public var finding: Finding
  /// Cells that show it, as `lanes on runtime`.
  public var cells: [CellID]

  /// Groups the findings of some results that have a verdict, in the results' order.
  public static func groups(_ results: [StoredResult], _ verdict: Verdict) -> [FindingGroup] {
    var groups: [FindingGroup] = []
    for result in results {
      for finding in result.findings where finding.verdict == verdict {
        if let index = groups.firstIndex(where: { $0.isSame(finding, in: result.cell.scenario) }) {
          if !groups[index].cells.contains(result.cell) { groups[index].cells.append(result.cell) }
        } else {
          groups.append(FindingGroup(scenario: result.cell.scenario, finding: finding, cells: [result.cell]))
        }
      }
    }
    return groups
  }

  private func isSame(_ other: Finding, in scenario: ScenarioID) -> Bool {
    self.scenario == scenario && finding.divergence.place == other.divergence.place
      && finding.divergence.observed == other.divergence.observed
  }

  /// `universal, universal+debug on cpython-3.11; universal on pypy-7.3.19`.
  public var whereabouts: String {
    var runtimes: [String] = []
    for cell in cells where !runtimes.contains(cell.runtime) { runtimes.append(cell.runtime) }
    return runtimes.map { runtime in
      let lanes = cells.filter { $0.runtime == runtime }.map(\.lane)
      return "\(lanes.joined(separator: ", ")) on \(runtime)"
    }.joined(separator: "; ")
  }
}
