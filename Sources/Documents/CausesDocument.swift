import Model
import Planning

/// What is wrong with which runtimes, by the ledger alone: what `causes` shows.
public struct CausesDocument: Codable, Sendable, Hashable {
  public var format = "hpy-conform causes"
  public var version = 1
  /// By implementation.
  public var runtimes: [Group]

  public struct Group: Codable, Sendable, Hashable {
    /// `sys.implementation.name`.
    public var implementation: String
    public var places: Int
    /// Those with the most places first.
    public var causes: [Cause]
  }

  public struct Cause: Codable, Sendable, Hashable {
    public var name: String
    public var reason: String
    public var link: String
    /// `not reported`, `no defect`, or the address of the report; nil where nothing is said.
    public var upstream: String?
    /// Versions in which it is mended.
    public var fixed: String?
    /// `>=3.13, HPy >=0.9.0`: the runtimes of this implementation on which it shows.
    public var versions: [String]
    public var suites: [String]
    /// Number of scenarios, labels and facets at which it shows.
    public var places: Int
    /// `file:line` of its definition.
    public var origin: String
    /// Only where a cause is asked for by name.
    public var details: [Place]?
  }

  public struct Place: Codable, Sendable, Hashable {
    /// `SUITE/CASE/SCENARIO`.
    public var scenario: String
    public var label: String?
    public var facet: String
    public var observed: [String]
    public var flickers: Bool
    public var lanes: [String]
    public var versions: [String]
    /// What the place says beside the cause's reason.
    public var note: String?
    public var origin: String
  }
}

extension CausesDocument {
  /// - Parameters:
  ///   - name: the cause that is to be shown with its places; nil for all without.
  ///   - unused: causes that the program has and no suite here asks for.
  public init(_ ledger: Ledger, only name: String? = nil, unused: [LedgerCause] = []) {
    let entries = Dictionary(grouping: ledger.entries, by: \.cause)
    let known = Set(ledger.causes.map(\.name))
    let causes = (ledger.causes + unused.filter { !known.contains($0.name) }).filter { name == nil || $0.name == name }
    let implementations = Set(
      causes.flatMap { cause in
        (cause.runtimes + (entries[cause.name] ?? []).flatMap(\.runtimes)).map(\.implementation)
      }
    ).sorted()
    runtimes = implementations.compactMap { implementation in
      let shown = causes.compactMap { cause in
        Cause(cause, entries[cause.name] ?? [], on: implementation, withPlaces: name != nil)
      }.sorted { ($1.places, $0.name) < ($0.places, $1.name) }
      return shown.isEmpty
        ? nil
        : Group(implementation: implementation, places: shown.map(\.places).reduce(0, +), causes: shown)
    }
  }
}

extension CausesDocument.Cause {
  /// nil where the cause has nothing to do with the implementation.
  fileprivate init?(_ cause: LedgerCause, _ entries: [LedgerEntry], on implementation: String, withPlaces: Bool) {
    func here(_ runtimes: [LedgerEntry.Runtimes]) -> [LedgerEntry.Runtimes] {
      runtimes.filter { $0.implementation == implementation }
    }
    let own = entries.filter { !here($0.runtimes).isEmpty }
    let runtimes = own.isEmpty && entries.isEmpty ? here(cause.runtimes) : own.flatMap { here($0.runtimes) }
    if runtimes.isEmpty { return nil }
    self.init(
      name: cause.name, reason: cause.reason, link: cause.link, upstream: cause.upstream?.description,
      fixed: cause.fixed?.description, versions: runtimes.map(\.words).unique, suites: own.map(\.scenario.suite).unique,
      places: own.count, origin: cause.origin,
      details: withPlaces
        ? own.map { entry in
          CausesDocument.Place(
            scenario: entry.scenario.description, label: entry.label, facet: entry.facet.rawValue,
            observed: entry.observed, flickers: entry.flickers, lanes: entry.lanes.map(\.description),
            versions: here(entry.runtimes).map(\.words), note: entry.reason == cause.reason ? nil : entry.reason,
            origin: entry.origin)
        } : nil)
  }
}

extension LedgerEntry.Runtimes {
  /// Without the implementation.
  fileprivate var words: String {
    [version.description, hpy.map { "HPy \($0)" }, debug.map { $0 ? "debug builds" : "no debug builds" }]
      .compactMap { $0 }.joined(separator: ", ")
  }
}
