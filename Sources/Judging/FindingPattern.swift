import Model

/// Findings that most likely have one cause: the same kind of trouble, on the same runtimes, in the same lanes, with
/// answers of the same shape.
public struct FindingPattern: Hashable, Sendable {
  public var kind: Kind
  /// Names of the runtimes that show it, and of those that tried its scenarios, in the run's order.
  public var runtimes: [String]
  public var triedRuntimes: [String]
  /// `universal+debug`, `universal:cpython-3.11`: what shows it, and what of its scenarios was tried on its runtimes.
  public var lanes: [String]
  public var triedLanes: [String]
  public var facets: [Facet]
  /// The commonest first; none for how scenarios ended.
  public var labels: [String]
  /// What was observed and expected, where that is the same everywhere.
  public var observed: String?
  public var expected: String?
  /// Number of cells, of facts (places of scenarios, wherever they show) and of scenarios.
  public var cells: Int
  public var facts: Int
  public var scenarios: Int
  /// Facts of other kinds that show in its scenarios and nowhere else, most likely its consequences.
  public var consequences: [Kind: Int]
  /// The one with the fewest observations, among those the one with the shortest name: `SUITE/CASE/SCENARIO`.
  public var smallest: String
  /// A fact of the smallest scenario.
  public var example: Fact
  /// Where known findings that look the same are explained, the commonest first.
  public var resembles: [String]
  /// Positions of its facts among those that were given.
  public var members: [Int]

  /// What kind of trouble it is, the worst first.
  public enum Kind: String, Hashable, Sendable, Codable, CaseIterable, Comparable {
    /// The process died.
    case crash
    case hang
    /// The process ended by itself, or had too much of something.
    case ending = "early end"
    /// Not built, or not loaded.
    case build = "not built"
    /// The runtime could take it before.
    case unsupported = "no longer supported"
    case exception = "wrong exception"
    case value = "wrong value"
    /// Something is not released, or too late.
    case leak
    case order = "wrong order"
    case message = "other message"
    /// Attempts disagree.
    case flaky
    /// A ledger entry that no longer holds.
    case fixed = "ledger no longer holds"

    public static func < (left: Kind, right: Kind) -> Bool { left.rank < right.rank }

    private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
  }

  /// A difference that somebody has to look at, in a scenario, wherever it shows.
  public struct Fact: Hashable, Sendable {
    /// `SUITE/CASE/SCENARIO`, or its beginning where one fact stands for many.
    public var scenario: String
    /// Where it shows; at least one.
    public var places: [Place]
    /// nil for how the scenario ended.
    public var label: String?
    public var facet: Facet
    public var observed: String
    public var expected: String
    public var standing: Standing
    /// Of the ledger entry, where there is one.
    public var link: String?

    public init(
      scenario: String, places: [Place], label: String?, facet: Facet, observed: String, expected: String,
      standing: Standing = .new, link: String? = nil
    ) {
      self.scenario = scenario
      self.places = places
      self.label = label
      self.facet = facet
      self.observed = observed
      self.expected = expected
      self.standing = standing
      self.link = link
    }
  }

  /// Why somebody has to look.
  public enum Standing: Hashable, Sendable {
    case new, flaky, fixed
    /// The runtime no longer takes it.
    case unsupported
  }

  /// A load by what is loaded and where.
  public struct Place: Hashable, Sendable {
    public var lane: String
    public var runtime: String

    public init(lane: String, runtime: String) {
      self.lane = lane
      self.runtime = runtime
    }

    public init(_ load: LoadID) { self.init(lane: load.what, runtime: load.runtime) }
  }
}

extension FindingPattern {
  /// Lanes of one ABI, whatever their mode: what a cause distinguishes. Those of the raw C API are one.
  public enum Family: Hashable, Sendable {
    case capi, cpython, universal, hybrid
    /// Any other flavour, or a name that is none.
    case other(String)

    public init(_ lane: String) {
      switch LoadID.read(lane)?.lane.flavour {
      case .capiStatic, .capiHeap, .abi3, .abi3t: self = .capi
      case .cpython: self = .cpython
      case .universal: self = .universal
      case .hybrid: self = .hybrid
      case let other?: self = .other(other.rawValue)
      case nil: self = .other(lane)
      }
    }
  }

  public var families: Set<Family> { Set(lanes.map { Family($0) }) }
  public var triedFamilies: Set<Family> { Set(triedLanes.map { Family($0) }) }
}

extension FindingPattern.Fact {
  /// What kind of trouble it is.
  public var kind: FindingPattern.Kind {
    switch standing {
    case .flaky: return .flaky
    case .fixed: return .fixed
    case .unsupported: return .unsupported
    case .new: break
    }
    switch facet {
    case .outcome: return Self.kind(ofEnd: observed)
    case .exceptionType: return .exception
    case .value: return isOfRelease && fallsShort ? .leak : .value
    case .leak: return .leak
    case .order: return .order
    case .message: return .message
    }
  }

  private static func kind(ofEnd text: String) -> FindingPattern.Kind {
    switch Outcome(text)?.kind {
    case .crashed, .workerLost: .crash
    case .timedOut: .hang
    case .exited, .limitExceeded, .damagedResult: .ending
    case .notBuilt, .notLoadable, .invalid: .build
    default: .exception
    }
  }

  /// Labels of what was released are named so by the suites (`destroyed`, `buffers freed`, `let go: finalized`).
  private var isOfRelease: Bool {
    let words = label?.lowercased().split { !$0.isLetter } ?? []
    return words.contains { ["destroyed", "released", "finalized", "freed", "deallocated", "cleared"].contains($0) }
  }

  /// Fewer things are listed than should be.
  private var fallsShort: Bool {
    func items(_ text: String) -> Int? {
      guard let start = text.firstIndex(of: "["), text.hasSuffix("]") else { return Int(text) }
      let inner = text[start...].dropFirst().dropLast()
      return inner.isEmpty ? 0 : inner.split(separator: ",").count
    }
    guard let now = items(observed), let promised = items(expected) else { return false }
    return now < promised
  }

  /// The form of what was observed and expected, without the particulars of a scenario.
  var shape: String {
    switch kind {
    case .leak, .order, .message, .flaky, .hang: ""
    case .fixed: link ?? ""
    case .crash, .ending, .build, .unsupported: observed
    case .exception: "\(Self.exceptionShape(observed)) → \(Self.exceptionShape(expected))"
    case .value: "\(Self.valueShape(observed)) → \(Self.valueShape(expected))"
    }
  }

  private static func exceptionShape(_ text: String) -> String {
    text.hasPrefix("returned ") || text == Divergence.absent || text == "completed" ? "returned" : text
  }

  private static func valueShape(_ text: String) -> String {
    let plain = text.hasPrefix("any order ") ? text.dropFirst("any order ".count) : text[...]
    if plain.hasPrefix("returned ") { return valueShape(String(plain.dropFirst("returned ".count))) }
    switch plain.first {
    case "[", "{", "(": return "list"
    case "'", "\"", "b": return "text"
    case let first? where first.isNumber || first == "-": return "number"
    default: return String(plain)
    }
  }
}
