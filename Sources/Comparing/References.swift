import Model

/// Which cells a cell is compared with.
public enum References {
  /// On the same runtime, nearest first: the runtime's own binary for one that is built elsewhere, then other lanes.
  public static func lanes(of cell: CellID) -> [CellID] {
    let own = cell.load.home == nil ? [] : [cell.lane]
    return (own + cell.lane.references).map { CellID(scenario: cell.scenario, lane: $0, runtime: cell.runtime) }
  }

  /// The same on the reference runtime, and on those that stand in for it where it has nothing to say.
  ///
  /// - Parameter order: names of runtimes, as `order(of:first:)` has them.
  public static func runtimes(of cell: CellID, order: [String]) -> [CellID] {
    order.prefix { $0 != cell.runtime }.map {
      CellID(scenario: cell.scenario, lane: cell.lane, home: cell.load.home, runtime: $0)
    }
  }

  /// All of them, nearest first.
  public static func all(of cell: CellID, order: [String]) -> [CellID] {
    lanes(of: cell) + runtimes(of: cell, order: order)
  }

  /// The order in which runtimes are asked what is right: the reference runtime, then those that are nearest to it. Those
  /// of its implementation come before others, those of the closest version of Python before others, the older first.
  ///
  /// A runtime is compared with those before it alone, so that of two that differ one is told, once.
  ///
  /// - Parameter first: name of the reference runtime, the first of a run.
  public static func order(of runtimes: [Runtime], first: String) -> [String] {
    var seen: Set<String> = []
    let unique = runtimes.filter { seen.insert($0.name).inserted }
    guard let base = unique.first(where: { $0.name == first }) else { return [first] + unique.map(\.name) }
    func ranks(_ runtime: Runtime) -> [Int] {
      let distance = zip(release(runtime.python), release(base.python)).map { abs($0 - $1) }
      return [runtime.name == first ? 0 : 1, runtime.implementation == base.implementation ? 0 : 1] + distance
        + release(runtime.python) + release(runtime.version) + [runtime.isDebugBuild == base.isDebugBuild ? 0 : 1]
    }
    return unique.map { (name: $0.name, ranks: ranks($0)) }.enumerated().sorted { left, right in
      left.element.ranks == right.element.ranks
        ? left.offset < right.offset : left.element.ranks.lexicographicallyPrecedes(right.element.ranks)
    }.map(\.element.name)
  }

  /// The first three numbers of a version.
  private static func release(_ version: String) -> [Int] {
    let numbers = Version.known(version)?.release ?? []
    return (0..<3).map { $0 < numbers.count ? numbers[$0] : 0 }
  }

  /// Cells in an order in which each stands behind those that it is compared with.
  static func sorted<Element>(_ cells: [Element], order: [String], id: (Element) -> CellID) -> [Element] {
    let places = Dictionary(order.enumerated().map { ($1, $0) }) { first, _ in first }
    func rank(_ cell: CellID) -> (Int, Int, Int) {
      (
        places[cell.runtime] ?? order.count, cell.load.home == nil ? 0 : 1,
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
