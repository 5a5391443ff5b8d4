import Model
import Planning

/// Which cells are compared.
public struct CellFilter: Sendable {
  /// Empty for all.
  public var lanes: [LaneChoice]
  /// Names; empty for all.
  public var runtimes: [String]
  /// Empty for all.
  public var patterns: [Pattern]

  public init(lanes: [LaneChoice] = [], runtimes: [String] = [], patterns: [Pattern] = []) {
    self.lanes = lanes
    self.runtimes = runtimes
    self.patterns = patterns
  }

  /// Whether lane and runtime of a cell are meant; patterns have no part in this.
  func takes(_ load: LoadID) -> Bool {
    (runtimes.isEmpty || runtimes.contains(load.runtime))
      && (lanes.isEmpty
        || lanes.contains { $0.lane == load.lane && ($0.home == load.runtime ? nil : $0.home) == load.home })
  }

  /// What a cell loads, as it was chosen: a binary has the name of one that is built elsewhere at home too.
  func what(_ load: LoadID) -> String {
    let chosen = LaneChoice(load.lane, home: load.home ?? load.runtime)
    return lanes.contains(chosen) && !lanes.contains(LaneChoice(load.lane)) ? chosen.description : load.what
  }

  /// As it is given on the command line.
  public var words: [String] {
    lanes.map { "--lane \($0)" } + runtimes.map { "--runtime \($0)" } + patterns.map { "--only \($0)" }
  }
}
