import Model

/// Which cells a cell is compared with.
public enum References {
  /// On the same runtime, nearest first: the runtime's own binary for one that is built elsewhere, then other lanes.
  public static func lanes(of cell: CellID) -> [CellID] {
    let own = cell.load.home == nil ? [] : [cell.lane]
    return (own + cell.lane.references).map { CellID(scenario: cell.scenario, lane: $0, runtime: cell.runtime) }
  }

  /// The same on the reference runtime; nil for what runs there itself.
  ///
  /// - Parameter first: name of the reference runtime, the first of a run.
  public static func runtime(of cell: CellID, first: String) -> CellID? {
    cell.runtime == first
      ? nil : CellID(scenario: cell.scenario, lane: cell.lane, home: cell.load.home, runtime: first)
  }

  /// All of them, nearest first.
  public static func all(of cell: CellID, first: String) -> [CellID] {
    lanes(of: cell) + [runtime(of: cell, first: first)].compactMap { $0 }
  }

  /// Cells in an order in which each stands behind those that it is compared with.
  static func sorted<Element>(_ cells: [Element], first: String, id: (Element) -> CellID) -> [Element] {
    func rank(_ cell: CellID) -> (Int, Int, Int) {
      (
        cell.runtime == first ? 0 : 1, cell.load.home == nil ? 0 : 1,
        // A lane is compared with fewer others the earlier it is compared.
        cell.lane.references.count
      )
    }
    return cells.enumerated().sorted { left, right in
      let (one, other) = (rank(id(left.element)), rank(id(right.element)))
      return one == other ? left.offset < right.offset : one < other
    }.map(\.element)
  }
}
