/// One known divergence: a place at which a cause shows, in one scenario or in those of a pattern.
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
    /// Whether it is for free-threaded builds alone, or for all others; nil for all.
    public var freeThreaded: Bool?

    public init(
      implementation: String, version: VersionRange, hpy: VersionRange? = nil, debug: Bool? = nil,
      freeThreaded: Bool? = nil
    ) {
      self.implementation = implementation
      self.version = version
      self.hpy = hpy
      self.debug = debug
      self.freeThreaded = freeThreaded
    }

    public func contains(_ runtime: Runtime) -> Bool {
      guard runtime.implementation == implementation, version.contains(runtime.version) else { return false }
      if let debug, debug != runtime.isDebugBuild { return false }
      if let freeThreaded, freeThreaded != runtime.isFreeThreaded { return false }
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
  /// The name of its cause.
  public var cause: String
  /// The cause's reason, or what there is to say of this place.
  public var reason: String
  /// A public report, or a write-up in `Suites/findings`.
  public var link: String
  /// Case and scenario are patterns, for a cause that hides all else: where it does not show, nothing follows.
  public var isPattern: Bool
  /// `file:line`, for messages.
  public var origin: String

  public init(
    scenario: ScenarioID, label: String?, facet: Facet, observed: [String], flickers: Bool = false, lanes: [Lane],
    runtimes: [Runtimes], cause: String = "", reason: String, link: String, isPattern: Bool = false, origin: String = ""
  ) {
    self.scenario = scenario
    self.label = label
    self.facet = facet
    self.observed = observed
    self.flickers = flickers
    self.lanes = lanes
    self.runtimes = runtimes
    self.cause = cause
    self.reason = reason
    self.link = link
    self.isPattern = isPattern
    self.origin = origin
  }

  public var place: Divergence.Place { Divergence.Place(label: label, facet: facet) }

  /// Whether it speaks of this cell.
  ///
  /// An entry about heap types of the raw C API speaks of the same C that is compiled for the stable ABI, too.
  public func applies(to cell: CellID, on runtime: Runtime) -> Bool {
    means(cell.scenario) && (lanes.contains(cell.lane) || isInherited(by: cell.lane))
      && runtimes.contains { $0.contains(runtime) }
  }

  /// Whether it names a lane's source in another lane, and not the lane.
  private func isInherited(by lane: Lane) -> Bool {
    lane.flavour.isStable && lanes.contains(.capiHeap) && !lanes.contains(lane)
  }

  /// Whether a cell that it speaks of has to show it: if not, the ledger is wrong.
  ///
  /// What an entry says of a lane is written down for binaries at home, and of sources for their own lane; others may
  /// well lack it.
  public func isFirm(for cell: CellID) -> Bool {
    !flickers && !isPattern && cell.load.home == nil && !isInherited(by: cell.lane)
  }

  /// Whether it covers a divergence of a cell that it speaks of.
  public func covers(_ divergence: Divergence) -> Bool {
    place == divergence.place && takes(divergence.observed)
  }

  /// Whether a text is among those that were seen.
  ///
  /// What is left behind may depend on the machine, on the number of its folders for instance: a leak may stand in the
  /// ledger with its bounds, `1500..3000`.
  public func takes(_ text: String) -> Bool {
    if observed.contains(text) { return true }
    guard facet == .leak, let number = Int(text) else { return false }
    return observed.contains { Self.bounds($0)?.contains(number) ?? false }
  }

  /// The bounds of a leak; nil for any other text.
  public static func bounds(_ text: String) -> ClosedRange<Int>? {
    let ends = text.split(separator: "..", omittingEmptySubsequences: false).map { Int($0) }
    guard ends.count == 2, let least = ends[0], let most = ends[1], least <= most else { return nil }
    return least...most
  }

  /// Whether answers of a cell that it speaks of come and go, so that one says nothing of the next.
  public var comesAndGoes: Bool { flickers || ((observed.count > 1 || hasBounds) && !isPattern) }

  private var hasBounds: Bool { facet == .leak && observed.contains { Self.bounds($0) != nil } }

}
