import Storing

extension FindingGroup {
  /// `universal, universal+debug on cpython-3.11; universal on pypy-7.3.19`.
  public var whereabouts: String { Whereabouts.text(cells.map { ($0.lane, $0.runtime) }) }
}

/// Where something shows, in words.
enum Whereabouts {
  /// `universal, universal+debug on cpython-3.11; universal on pypy-7.3.19`.
  static func text(_ cells: [(lane: String, runtime: String)]) -> String {
    var runtimes: [String] = []
    for cell in cells where !runtimes.contains(cell.runtime) { runtimes.append(cell.runtime) }
    return runtimes.map { runtime in
      let lanes = cells.filter { $0.runtime == runtime }.map(\.lane)
      return "\(lanes.joined(separator: ", ")) on \(runtime)"
    }.joined(separator: "; ")
  }

  /// Reads `LANE@RUNTIME`; a runtime may be a path, a lane has no `@`.
  static func column(_ text: String) -> (lane: String, runtime: String) {
    let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
    return (String(parts[0]), parts.count > 1 ? String(parts[1]) : "")
  }
}
