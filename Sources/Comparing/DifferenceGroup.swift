import Model

/// What a difference means, as far as the documents that the suites cite say.
public enum Meaning: String, Hashable, Sendable, Codable {
  /// A cited document promises one answer, and a side gives another.
  case promised
  /// No document is needed to call it one: a process died or a scenario hung.
  case defect
  /// No cited document promises either answer: an implementation detail, as far as the suites know.
  case notPromised = "not promised"
  /// Messages are an implementation's own words.
  case wording
}

/// Differences of one cause: those that the ledger links to the same report, or the same texts at the same label.
public struct DifferenceGroup: Sendable {
  /// What makes two differences one entry.
  struct Key: Hashable, Sendable {
    var isFirm: Bool
    var isWording: Bool
    /// Of two sides, which one's; empty where the ledger has nothing.
    var links: Set<String>
    var new: [Int]
    /// Which sides answer alike, where the ledger has nothing.
    var partition: [[Int]]
    /// Where the ledger has nothing, what is seen says what belongs together.
    var label: String?
    var facet: Facet?
    var texts: [String]
    var source: String?
    var meaning: Meaning?

    init(_ one: SideDifference, ofTwo: Bool) {
      isFirm = one.isFirm
      isWording = one.severity == .message
      links = Set(one.causes.map { ofTwo ? "\($0.side) \($0.link)" : $0.link })
      // The link of one side explains all that answer alike.
      let explained = one.classes.map(\.sides).filter { sides in one.causes.contains { sides.contains($0.side) } }
        .joined()
      new = one.new.filter { !explained.contains($0) }
      partition = []
      texts = []
      if links.isEmpty || !new.isEmpty {
        // Of many sides the others are those that could be compared there, which may be fewer from row to row.
        partition = one.classes.dropFirst(ofTwo ? 0 : 1).map(\.sides)
        (label, facet, texts) = (one.label, one.facet, one.classes.map(\.text))
        (source, meaning) = (one.promise?.source, one.meaning)
      }
    }
  }

  /// Its worst difference, as it stands at the first row that has it.
  public private(set) var worst: SideDifference
  public private(set) var meaning: Meaning
  /// Number of rows that have it.
  public private(set) var rows: Int
  /// Number of places, by severity.
  public private(set) var places: [Severity: Int]
  /// Reasons and links of the ledger, the commonest first.
  public var causes: [(cause: Cause, places: Int)] {
    counted.sorted { ($0.value, $1.key.reason) > ($1.value, $0.key.reason) }.map { ($0.key, $0.value) }
  }
  /// Number of further labels that some sides did not record, having taken another way there.
  public private(set) var unrecorded = 0
  /// Documents that promise one of the answers.
  public private(set) var sources: [String]
  /// Scenarios in which it shows, `exampleLimit` at most, with the places behind each; the worst one's first.
  public var examples: [(scenario: ScenarioID, places: [String])] {
    let own = firsts.first { $0.scenario == worst.row.scenario } ?? (worst.row.scenario, [worst.row.place])
    return [own] + firsts.filter { $0.scenario != own.scenario }.prefix(Self.exampleLimit - 1)
  }
  /// Number of scenarios; they come one after the other.
  public private(set) var scenarios = 0

  private var firsts: [(scenario: ScenarioID, places: [String])] = []
  private var counted: [Cause: Int] = [:]
  private var lastRow: RowID
  private var lastScenario: ScenarioID?

  static let exampleLimit = 3

  init(_ first: SideDifference) {
    worst = first
    meaning = first.meaning
    rows = 0
    places = [:]
    sources = []
    lastRow = first.row
    add(first)
  }

  mutating func add(_ one: SideDifference) {
    if rows == 0 || one.row != lastRow { rows += 1 }
    lastRow = one.row
    places[one.severity, default: 0] += 1
    unrecorded += one.unrecorded.count
    if one.severity < worst.severity { worst = one }
    if one.meaning.rank < meaning.rank { meaning = one.meaning }
    for cause in one.causes { counted[cause, default: 0] += 1 }
    if let promise = one.promise, !promise.broken.isEmpty, !sources.contains(promise.source) {
      sources.append(promise.source)
    }
    if one.row.scenario != lastScenario {
      lastScenario = one.row.scenario
      scenarios += 1
      if firsts.count < Self.exampleLimit { firsts.append((one.row.scenario, [])) }
    }
    if scenarios <= Self.exampleLimit, !firsts[scenarios - 1].places.contains(one.row.place) {
      firsts[scenarios - 1].places.append(one.row.place)
    }
  }
}

extension Meaning {
  /// The strongest statement first.
  var rank: Int {
    switch self {
    case .promised: 0
    case .defect: 1
    case .notPromised: 2
    case .wording: 3
    }
  }
}

extension SideDifference {
  public var meaning: Meaning {
    if severity == .message { return .wording }
    if let promise, !promise.broken.isEmpty { return .promised }
    let endings = label == nil ? classes.flatMap(\.texts).compactMap { Outcome($0)?.kind } : []
    // An exception that gets out of a scenario is an answer; what no C extension may do to its process is not.
    return endings.contains { ![.completed, .raised].contains($0) } ? .defect : .notPromised
  }
}

/// Gathers differences as entries.
struct DifferenceGroups: Sendable {
  private var groups: [DifferenceGroup.Key: DifferenceGroup] = [:]
  private let ofTwo: Bool

  /// - Parameter ofTwo: two sides are compared, so that it is told which of them a cause is of.
  init(ofTwo: Bool) { self.ofTwo = ofTwo }

  mutating func add(_ one: SideDifference) {
    let key = DifferenceGroup.Key(one, ofTwo: ofTwo)
    if groups[key] == nil { groups[key] = DifferenceGroup(one) } else { groups[key]?.add(one) }
  }

  /// The worst first, among those the commonest, then by name.
  var sorted: [DifferenceGroup] {
    groups.values.sorted { left, right in
      if left.worst.severity != right.worst.severity { return left.worst.severity < right.worst.severity }
      if left.rows != right.rows { return left.rows > right.rows }
      if left.worst.row != right.worst.row { return left.worst.row < right.worst.row }
      return (left.worst.label ?? "", left.worst.classes.map(\.text).joined())
        < (right.worst.label ?? "", right.worst.classes.map(\.text).joined())
    }
  }
}
