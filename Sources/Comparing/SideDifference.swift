import Model

/// How much a difference hurts, the worst first.
public enum Severity: String, Hashable, Sendable, Codable, CaseIterable, Comparable {
  /// Of some sides the process died.
  case crash
  /// Of some sides the scenario did not run to its end, without a crash.
  case ending
  case value
  case exceptionType = "exception type"
  case order
  case leak
  case message

  private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }

  public static func < (left: Severity, right: Severity) -> Bool { left.rank < right.rank }

  init(_ facet: Facet) {
    switch facet {
    case .outcome: self = .ending
    case .value: self = .value
    case .exceptionType: self = .exceptionType
    case .order: self = .order
    case .leak: self = .leak
    case .message: self = .message
    }
  }
}

/// What the ledger, or the judgement by it, says of one side's answer at a place.
public struct Cause: Hashable, Sendable {
  /// Position of the side.
  public var side: Int
  public var reason: String
  /// A public report, or a write-up below the suites' folder.
  public var link: String
}

/// What a document says about a place at which sides differ.
public struct SidePromise: Hashable, Sendable {
  public var source: String
  public var expected: [String]
  /// Positions of the sides that keep it.
  public var kept: [Int]
  /// Positions of the sides that break it.
  public var broken: [Int]
}

/// Sides that answer alike at a place.
public struct SideClass: Hashable, Sendable {
  /// Positions of the sides.
  public var sides: [Int]
  /// What they answer; several where attempts disagree.
  public var texts: [String]

  /// All texts as one.
  public var text: String { texts.joined(separator: " or ") }
}

/// A place of a row: what the sides answer there, and what that means.
///
/// Where there is only one class, the sides agree; such a place is told only where they agree against a promise.
public struct SideDifference: Hashable, Sendable {
  public var row: RowID
  /// nil for how the scenario ended.
  public var label: String?
  public var facet: Facet
  public var severity: Severity
  /// Sides by what they answer, the largest class first.
  public var classes: [SideClass]
  /// Sides whose attempts disagree here, or that the ledger knows to flicker here.
  public var wavering: [Int]
  /// Whatever wavers does not explain the difference.
  public var isFirm: Bool
  /// nil where no document is cited.
  public var promise: SidePromise?
  /// Further labels of the row that some sides did not record, having taken another way here.
  public var unrecorded: [String] = []
  /// Sides whose answer the ledger has.
  public var causes: [Cause]
  /// Sides whose answer is a finding that the ledger does not have.
  public var new: [Int]
  /// The cells of the sides that answered, by position.
  public var cells: [Int: CellID]

  /// Some sides ran to their end and did not record the label.
  var isOfRecording: Bool { label != nil && classes.contains { $0.texts == [Divergence.absent] } }

  /// The only side that answers otherwise, where all others, two at least, answer alike.
  public var loner: Int? {
    guard classes.count == 2, let single = classes.first(where: { $0.sides.count == 1 }),
      classes.contains(where: { $0.sides.count > 1 })
    else { return nil }
    return single.sides[0]
  }
}
