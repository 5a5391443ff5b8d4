import Model

/// What several sides come to beside each other, gathered row by row: what it holds depends on how many different
/// differences there are, not on how many rows.
///
/// The rows of one scenario have to come one after the other.
public struct SideComparison: Sendable {
  public let sides: [Side]
  public private(set) var counts = Counts()
  /// Rows in which a side could not be compared, by reason.
  public private(set) var obstacles: [Obstacle: Int] = [:]
  /// For each side the rows in which it alone answers otherwise than all others, by the worst difference.
  public private(set) var alone: [[Severity: Int]]
  private var found: DifferenceGroups
  private var agreed: DifferenceGroups
  private var together: [Pair: Int] = [:]
  private var apart: [Pair: Int] = [:]

  /// Numbers of rows.
  public struct Counts: Sendable, Hashable {
    /// Rows that two sides at least could answer.
    public var compared = 0
    public var same = 0
    /// Rows that differ in messages only.
    public var wordingOnly = 0
    /// Rows whose only other differences are at places where attempts disagree.
    public var wavering = 0
    /// Rows with a firm difference other than of messages.
    public var different = 0
    /// Rows that fewer than two sides could answer.
    public var incomparable = 0
    /// Rows that some side can't build and another can.
    public var notBuilt = 0
    /// Labels and outcomes that two sides at least answered.
    public var places = 0
    /// Places at which the sides agree against a promise.
    public var agreedAgainst = 0
  }

  public struct Obstacle: Hashable, Sendable {
    /// Positions of the sides that it keeps from being compared.
    public var sides: [Int]
    /// nil where the side has no such cell.
    public var outcome: Outcome.Kind?
    public var reason: String
  }

  private struct Pair: Hashable {
    var one: Int
    var other: Int
  }

  public init(_ sides: [Side]) {
    self.sides = sides
    alone = sides.map { _ in [:] }
    found = DifferenceGroups(ofTwo: sides.count == 2)
    agreed = DifferenceGroups(ofTwo: sides.count == 2)
  }

  public mutating func add(_ row: Row) {
    let result = row.differences()
    count(result.obstacles)
    if result.obstacles.contains(where: { $0.outcome == .notBuilt }), !result.compared.isEmpty { counts.notBuilt += 1 }
    guard result.compared.count > 1 else {
      counts.incomparable += 1
      return
    }
    counts.compared += 1
    counts.places += result.places
    counts.agreedAgainst += result.agreements.count
    for one in result.differences { found.add(one) }
    for one in result.agreements { agreed.add(one) }
    let firm = result.differences.filter { $0.isFirm && $0.severity != .message }
    if !firm.isEmpty {
      counts.different += 1
    } else if result.differences.contains(where: { $0.severity != .message }) {
      counts.wavering += 1
    } else if !result.differences.isEmpty {
      counts.wordingOnly += 1
    } else {
      counts.same += 1
    }
    if sides.count > 2 { gatherPairs(result.compared, firm) }
  }

  private mutating func count(_ found: [RowDifferences.Obstacle]) {
    var reasons: [Obstacle] = []
    for one in found {
      if let index = reasons.firstIndex(where: { $0.outcome == one.outcome && $0.reason == one.reason }) {
        reasons[index].sides.append(one.side)
      } else {
        reasons.append(Obstacle(sides: [one.side], outcome: one.outcome, reason: one.reason))
      }
    }
    for reason in reasons { obstacles[reason, default: 0] += 1 }
  }

  private mutating func gatherPairs(_ compared: [Int], _ firm: [SideDifference]) {
    var differing: Set<Pair> = []
    for one in firm {
      for (index, first) in one.classes.enumerated() {
        for second in one.classes[(index + 1)...] {
          for left in first.sides {
            for right in second.sides { differing.insert(Pair(one: min(left, right), other: max(left, right))) }
          }
        }
      }
    }
    for (index, left) in compared.enumerated() {
      for right in compared[(index + 1)...] { together[Pair(one: left, other: right), default: 0] += 1 }
    }
    for pair in differing { apart[pair, default: 0] += 1 }
    for (side, differences) in Dictionary(grouping: firm.filter { $0.loner != nil }, by: { $0.loner! }) {
      if let worst = differences.map(\.severity).min() { alone[side][worst, default: 0] += 1 }
    }
  }

  // MARK: Results

  /// Why rows could not be compared, and how many; what says most of what is missing first.
  public var sortedObstacles: [(obstacle: Obstacle, rows: Int)] {
    func rank(_ one: Obstacle) -> Int { one.outcome == .notBuilt ? 0 : one.sides.count < sides.count ? 1 : 2 }
    return obstacles.sorted {
      if rank($0.key) != rank($1.key) { return rank($0.key) < rank($1.key) }
      if $0.value != $1.value { return $0.value > $1.value }
      return ($0.key.reason, $0.key.sides[0]) < ($1.key.reason, $1.key.sides[0])
    }.map { ($0.key, $0.value) }
  }

  /// Firm differences, the worst first; those of messages last.
  public var differences: [DifferenceGroup] { found.sorted.filter(\.worst.isFirm) }

  /// Differences at places where attempts disagree, or that the ledger knows to flicker.
  public var unsteady: [DifferenceGroup] { found.sorted.filter { !$0.worst.isFirm } }

  /// Where the sides agree, and break a promise or don't run to their end.
  public var agreements: [DifferenceGroup] { agreed.sorted }

  /// In how many rows two sides differ firmly and not only in messages, of how many in which both could be compared.
  public func disagreements(_ one: Int, _ other: Int) -> (apart: Int, together: Int) {
    let pair = Pair(one: min(one, other), other: max(one, other))
    return (apart[pair] ?? 0, together[pair] ?? 0)
  }

  /// Something differs that is neither wording nor wavering, or is built for one side only.
  public var needsAttention: Bool { counts.different > 0 || counts.notBuilt > 0 }
}
