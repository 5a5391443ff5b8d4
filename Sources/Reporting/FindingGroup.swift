import Storing

extension FindingGroup {
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
