import Foundation
import Model
import Runtimes

/// What a portability view will do, as a value: which binaries, and on which runtime each is loaded in which
/// scenarios.
public struct PortabilityPlan: Sendable {
  /// A runtime with why nothing can be loaded there; nil when it can.
  public struct Place: Sendable {
    public var runtime: Runtime
    public var obstacle: String?
  }

  /// A case with its scenarios.
  public struct Unit: Sendable {
    public var testCase: Case
    public var scenarios: [ScenarioID]
  }

  /// One scenario with one binary on one runtime.
  public struct Cell: Hashable, Sendable {
    /// The lane is the binary's name.
    public var id: CellID
    public var binary: PortableBinary
    public var promise: PortabilityPromise
    /// The runtime's own binary.
    public var isReference: Bool
    /// Why it is not tried; nil when it is.
    public var skip: Outcome.Skip?
    /// The case says that the scenario has no meaning on this runtime: it does for a binary whose functions the
    /// runtime's HPy lacks.
    public var exclusion: Outcome.Skip?
  }

  public let places: [Place]
  public let binaries: [PortableBinary]
  public private(set) var units: [Unit]
  private let patterns: [Pattern]

  private static let lane = BinaryKind.universal.lane

  /// Plans every binary on every runtime.
  ///
  /// - Parameters:
  ///   - cases: those that bring no source for HPy have no part in it.
  ///   - surroundings: key of all that goes into a lane's binaries on a runtime beside the case; runtimes that have
  ///     the same share a binary.
  /// - Throws: `Problem` when fewer than two runtimes have an HPy, or a pattern means nothing; what `surroundings`
  ///   throws.
  public init(
    cases: [Case], runtimes: [Runtime], patterns: [Pattern] = [],
    surroundings: (Lane, Runtime) throws -> ContentKey
  ) throws {
    places = runtimes.map { Place(runtime: $0, obstacle: Self.obstacle(on: $0)) }
    let able = places.filter { $0.obstacle == nil }.map(\.runtime)
    guard able.count > 1 else {
      let found = places.map { "\($0.runtime.name) (\($0.obstacle ?? $0.runtime.title))" }.joined(separator: ", ")
      throw Problem(
        "binaries travel between runtimes: two that have an HPy are needed, found \(found)",
        remedy: "name another interpreter with --runtime, or in hpy-conform.toml")
    }
    binaries = try Self.binaries(for: able, surroundings: surroundings)
    self.patterns = patterns
    units = []
    var used: Set<Pattern> = []
    for one in cases where !one.problems.isEmpty || one.sources(for: Self.lane) != nil {
      let names = one.problems.isEmpty ? one.scenarios.map(\.name) : [ScenarioID.wholeCase]
      var unit = Unit(testCase: one, scenarios: [])
      for name in names {
        let scenario = ScenarioID(suite: one.suite, testCase: one.name, name: name)
        let hits = patterns.filter { pattern in
          cellIDs(of: scenario).contains { pattern.matches($0) }
        }
        used.formUnion(hits)
        if patterns.isEmpty || !hits.isEmpty { unit.scenarios.append(scenario) }
      }
      if !unit.scenarios.isEmpty { units.append(unit) }
    }
    if let idle = patterns.first(where: { !used.contains($0) }) {
      throw Problem(
        "nothing is meant by `\(idle)`",
        remedy: "write SUITE/CASE/SCENARIO@BINARY@RUNTIME, or the beginning of it, of scenarios that have HPy source; "
          + "`hpy-conform list` shows these; binaries are \(binaries.map(\.name).joined(separator: ", "))")
    }
  }

  /// Number of cells.
  public var size: Int {
    units.reduce(0) { sum, unit in sum + places.reduce(0) { $0 + cells(of: unit, on: $1).count } }
  }

  /// The cells of a case on a runtime, the runtime's own binary's first; scenario by scenario for each binary.
  public func cells(of unit: Unit, on place: Place) -> [Cell] {
    let ordered = binaries.filter { isReference($0, on: place) } + binaries.filter { !isReference($0, on: place) }
    return ordered.flatMap { binary in
      unit.scenarios.compactMap { scenario -> Cell? in
        let id = CellID(scenario: scenario, lane: binary.name, runtime: place.runtime.name)
        let isReference = isReference(binary, on: place)
        // What others are compared with is always tried along with them.
        guard isReference || patterns.isEmpty || patterns.contains(where: { $0.matches(id) }) else { return nil }
        var cell = Cell(
          id: id, binary: binary, promise: promise(of: binary, on: place.runtime), isReference: isReference)
        if !unit.testCase.problems.isEmpty {
          let reasons = unit.testCase.problems.map(\.description).joined(separator: "\n")
          cell.skip = Outcome.Skip(kind: .invalid, reason: reasons)
        } else if let obstacle = place.obstacle {
          cell.skip = Outcome.Skip(kind: .unsupported, reason: obstacle)
        } else {
          let own = CellID(scenario: scenario, lane: Self.lane.name, runtime: place.runtime.name)
          cell.exclusion = unit.testCase.exclusions.first { $0.covers(own, on: place.runtime) }.map {
            Outcome.Skip(kind: .notApplicable, reason: $0.reason)
          }
        }
        return cell
      }
    }
  }

  public func runtime(named name: String) -> Runtime? { places.first { $0.runtime.name == name }?.runtime }

  /// The runtime's own universal binary.
  public func reference(on runtime: Runtime) -> PortableBinary? {
    binaries.first { $0.kind == .universal && $0.homes.contains(runtime.name) }
  }

  private func isReference(_ binary: PortableBinary, on place: Place) -> Bool {
    binary.kind == .universal && binary.homes.contains(place.runtime.name)
  }

  private func cellIDs(of scenario: ScenarioID) -> [CellID] {
    binaries.flatMap { binary in
      places.map { CellID(scenario: scenario, lane: binary.name, runtime: $0.runtime.name) }
    }
  }

  private static func obstacle(on runtime: Runtime) -> String? {
    switch runtime.hpy {
    case .absent: "\(runtime.name) has no hpy installed"
    case .foreign(_, let why): "\(runtime.name): \(why)"
    case .broken(_, let why): "the hpy of \(runtime.name) does not import: \(why)"
    case .present: nil
    }
  }

  // MARK: Binaries

  /// Universal binaries for every HPy; those that loaders should refuse for every layout and headers, since what
  /// is linked has no part in that; hybrid ones for every CPython.
  private static func binaries(
    for runtimes: [Runtime], surroundings: (Lane, Runtime) throws -> ContentKey
  ) throws -> [PortableBinary] {
    try BinaryKind.allCases.flatMap { kind -> [PortableBinary] in
      var found: [(key: ContentKey, binary: PortableBinary)] = []
      for runtime in runtimes {
        guard let hpy = runtime.installation, kind != .hybrid || runtime.implementation == "cpython" else { continue }
        let key: ContentKey
        switch kind {
        case .universal: key = try surroundings(kind.lane, runtime)
        case .hybrid: key = ContentKey(ofParts: [runtime.abiTag, try surroundings(kind.lane, runtime).hex])
        default: key = ContentKey(ofParts: [hpy.layout.hex, hpy.headers.hex])
        }
        if let index = found.firstIndex(where: { $0.key == key }) {
          found[index].binary.homes.append(runtime.name)
        } else {
          found.append(
            (
              key,
              PortableBinary(
                kind: kind, builtFor: runtime.name, homes: [runtime.name], hpyVersion: hpy.version, layout: hpy.layout)
            ))
        }
      }
      return found.map(\.binary)
    }
  }

  /// What is promised of a binary on a runtime, whatever the scenario.
  public func promise(of binary: PortableBinary, on runtime: Runtime) -> PortabilityPromise {
    guard let builder = self.runtime(named: binary.builtFor) else { return .universal }
    let required = binary.kind.lane.requiredABI ?? Self.abi(of: builder)
    let offered = Self.abi(of: runtime)
    if required.major != offered.major { return .otherMajor }
    if required.minor > offered.minor { return .newerMinor }
    switch binary.kind {
    case .otherTag: return required.major == 1 ? .universal : .otherTag
    case .noTag: return .noTag
    case .hybrid:
      let isOwn = builder.implementation == runtime.implementation && builder.abiTag == runtime.abiTag
      return isOwn ? .ownPython : .otherPython
    case .universal, .nextMajor, .nextMinor: return .universal
    }
  }

  private static func abi(of runtime: Runtime) -> HPyABIVersion {
    guard let hpy = runtime.installation else { return HPyABIVersion(0, 0) }
    let text = (try? String(contentsOfFile: "\(hpy.include)/hpy.h", encoding: .utf8)) ?? ""
    let minor = text.firstMatch(of: #/#define\s+HPY_ABI_VERSION_MINOR\s+(\d+)/#).flatMap { Int($0.1) }
    return HPyABIVersion(hpy.abiVersion, minor ?? 0)
  }
}
