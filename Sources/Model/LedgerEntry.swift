/// One known divergence.
public struct LedgerEntry: Hashable, Sendable, Codable {
  /// Which runtimes an entry holds for: by what they are, never by a nickname.
  public struct Runtimes: Hashable, Sendable, Codable {
    /// `sys.implementation.name`.
    public var implementation: String
    /// Range of the implementation's version; open upwards until it is seen fixed.
    public var version: VersionRange
    /// Range of the HPy version; nil when HPy has no part in it.
    public var hpy: VersionRange?
    /// Whether it is for debug builds alone, or for all others; nil for all.
    public var debug: Bool?

    public init(implementation: String, version: VersionRange, hpy: VersionRange? = nil, debug: Bool? = nil) {
      self.implementation = implementation
      self.version = version
      self.hpy = hpy
      self.debug = debug
    }

    public func contains(_ runtime: Runtime) -> Bool {
      guard runtime.implementation == implementation, version.contains(runtime.version) else { return false }
      if let debug, debug != runtime.isDebugBuild { return false }
      guard let hpy else { return true }
      return runtime.installation.map { hpy.contains($0.version) } ?? false
    }
  }

  public var scenario: ScenarioID
  /// nil for the outcome of the whole cell.
  public var label: String?
  public var facet: Facet
  /// The texts that were seen; anything else at this place is new.
  public var observed: [String]
  /// The place also conforms at times, so that a run without it proves nothing.
  public var flickers: Bool
  public var lanes: [Lane]
  public var runtimes: [Runtimes]
  public var reason: String
  /// A public report, or a write-up in `Suites/findings`.
  public var link: String
  /// `file:line`, for messages.
  public var origin: String

  public init(
    scenario: ScenarioID, label: String?, facet: Facet, observed: [String], flickers: Bool = false, lanes: [Lane],
    runtimes: [Runtimes], reason: String, link: String, origin: String = ""
  ) {
    self.scenario = scenario
    self.label = label
    self.facet = facet
    self.observed = observed
    self.flickers = flickers
    self.lanes = lanes
    self.runtimes = runtimes
    self.reason = reason
    self.link = link
    self.origin = origin
  }

  public var place: Divergence.Place { Divergence.Place(label: label, facet: facet) }

  /// Whether it speaks of this cell.
  public func applies(to cell: CellID, on runtime: Runtime) -> Bool {
    scenario == cell.scenario && lanes.contains(cell.lane) && runtimes.contains { $0.contains(runtime) }
  }

  /// Whether it covers a divergence of a cell that it speaks of.
  public func covers(_ divergence: Divergence) -> Bool {
    place == divergence.place && observed.contains(divergence.observed)
  }
}
