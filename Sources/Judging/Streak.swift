/// Since when something shows, in a history of runs.
public struct Streak: Hashable, Sendable {
  /// Index of the first run of the unbroken line that ends with the last one.
  public var first: Int
  /// Index of the last run before it that did not show it; nil where none is known.
  public var lastWithout: Int?
  /// How many runs between these two say nothing.
  public var unknownBetween: Int
  /// How many runs have shown it since.
  public var runs: Int

  /// Reads a history, the oldest run first; nil where a run says nothing of the cell.
  ///
  /// - Returns: nil when the last run that says something does not show it.
  public init?(_ shows: [Bool?]) {
    var first: Int?
    var unknown = 0
    runs = 0
    lastWithout = nil
    for index in shows.indices.reversed() {
      guard let shown = shows[index] else {
        unknown += 1
        continue
      }
      if !shown {
        lastWithout = index
        break
      }
      first = index
      unknown = 0
      runs += 1
    }
    guard let first else { return nil }
    self.first = first
    unknownBetween = lastWithout == nil ? 0 : unknown
  }

  /// How many runs an answer must stay the same before a cell that wavered is believed again.
  public static let steadyAfter = 5

  /// Whether answers come and go: one came back after another, and the last has not stayed long enough since.
  ///
  /// - Parameter answers: of runs in which nothing that decides them had changed, the oldest first.
  public static func wavers(_ answers: [some Hashable]) -> Bool {
    guard let last = answers.last else { return false }
    let steady = answers.reversed().prefix { $0 == last }.count
    if steady >= steadyAfter { return false }
    var stretches: [AnyHashable] = []
    for one in answers where stretches.last != AnyHashable(one) { stretches.append(AnyHashable(one)) }
    return Set(stretches).count < stretches.count
  }
}
