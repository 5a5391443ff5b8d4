/// The search for the first bad one of several candidates that stand from old to new: which to try next, or what is
/// known. Pure: the same answers lead to the same step, whatever their order.
///
/// The ends are tried first. An end that can't be tried moves inward, and between the ends those that can't are passed
/// over, so that the conclusion may be a range.
public struct Bisection: Hashable, Sendable {
  /// What a candidate is, once it was tried.
  public enum Answer: String, Hashable, Sendable, Codable {
    case good, bad
    /// It can't be tried.
    case skipped
  }

  public enum Step: Hashable, Sendable {
    /// Try this one.
    case candidate(Int)
    case done(Conclusion)
  }

  public enum Conclusion: Hashable, Sendable {
    /// Its predecessor is good.
    case firstBad(Int)
    /// The first bad one is among `lastGood + 1 ... bad`; all of these but `bad` can't be tried.
    case range(lastGood: Int, bad: Int)
    /// Both ends are of one kind.
    case endsAlike(oldest: Int, newest: Int, Answer)
    /// The oldest that can be tried is bad, and the newest is good.
    case reversed(oldest: Int, newest: Int)
    /// Fewer than two can be tried.
    case tooFew
  }

  /// Number of candidates.
  public let count: Int
  /// By candidate; those not tried yet are missing.
  public let answers: [Int: Answer]

  public init(count: Int, answers: [Int: Answer] = [:]) {
    self.count = count
    self.answers = answers
  }

  public var step: Step {
    guard let oldest = (0..<count).first(where: { answers[$0] != .skipped }) else { return .done(.tooFew) }
    guard let first = answers[oldest] else { return .candidate(oldest) }
    let newest = (0..<count).last { answers[$0] != .skipped } ?? oldest
    if newest == oldest { return .done(.tooFew) }
    guard let last = answers[newest] else { return .candidate(newest) }
    if first == last { return .done(.endsAlike(oldest: oldest, newest: newest, first)) }
    if first == .bad { return .done(.reversed(oldest: oldest, newest: newest)) }
    return step(between: oldest, newest)
  }

  /// - Parameters: a good one and a later bad one.
  private func step(between oldest: Int, _ newest: Int) -> Step {
    // Answers that do not go together (good behind bad) are settled by the earliest bad one.
    let bad = (oldest...newest).first { answers[$0] == .bad } ?? newest
    let good = (oldest..<bad).last { answers[$0] == .good } ?? oldest
    let middle = (good + bad) / 2
    let open = (good + 1..<bad).filter { answers[$0] == nil }
    // Beside one that can't be tried stands another one that perhaps can.
    if let next = open.min(by: { abs($0 - middle) < abs($1 - middle) }) { return .candidate(next) }
    return .done(bad == good + 1 ? .firstBad(bad) : .range(lastGood: good, bad: bad))
  }

  /// The most candidates that are still to be tried, if all of them can be.
  public var remainingSteps: Int {
    guard case .candidate = step else { return 0 }
    let known = answers.filter { $0.value != .skipped }.keys
    guard let oldest = known.min(), let newest = known.max(), oldest != newest else {
      return max(0, 2 - known.count) + Self.halvings(count - 1)
    }
    let bad = (oldest...newest).first { answers[$0] == .bad } ?? newest
    let good = (oldest..<bad).last { answers[$0] == .good } ?? oldest
    return Self.halvings(bad - good)
  }

  /// How often a distance is halved until it is 1.
  private static func halvings(_ distance: Int) -> Int {
    distance <= 1 ? 0 : 1 + halvings(distance - distance / 2)
  }
}
