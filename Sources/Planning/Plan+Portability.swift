import Model

extension Plan {
  /// The flavours of which binaries travel, in the order in which they are shown.
  private static let travelling: [Flavour] = [.universal, .otherTag, .noTag, .nextMajor, .nextMinor, .hybrid]

  /// Plans every binary on every runtime: universal binaries of every HPy, those that loaders should refuse, and hybrid
  /// ones of every CPython.
  ///
  /// - Parameters:
  ///   - cases: those that bring no source for HPy have no part in it.
  ///   - surroundings: key of all that goes into a binary beside the case; runtimes that have the same share one.
  /// - Throws: `Problem` when fewer than two runtimes have an HPy, or a pattern means nothing; what `surroundings`
  ///   throws.
  public static func portability(
    cases: [Case], runtimes: [Runtime], patterns: [Pattern] = [], surroundings: (Binary) throws -> ContentKey
  ) throws -> Plan {
    let able = runtimes.filter { brokenness(of: $0) == nil }
    guard able.count > 1 else {
      let found = runtimes.map { "\($0.name) (\(brokenness(of: $0) ?? $0.title))" }.joined(separator: ", ")
      throw Problem(
        "expected at least two runtimes with an HPy, found \(found)",
        remedy: "name another interpreter with --runtime, or in hpy-conform.toml")
    }
    let binaries = try travelling.flatMap { try Self.binaries($0, of: able, surroundings: surroundings) }
    let loads = runtimes.flatMap { runtime in
      let own = binaries.filter { $0.flavour == .universal && $0.homes.contains(runtime.name) }
      return (own + binaries.filter { !own.contains($0) }).map { one in
        // A binary that the runtime shares with its first home is the runtime's own.
        let home = one.homes.contains(runtime.name) ? runtime : able.first { $0.name == one.home } ?? runtime
        return Load(Binary(one.flavour, home: home), on: runtime)
      }
    }
    let whole = Plan(cases: cases, runtimes: runtimes, loads: loads, binaries: binaries) { one, scenario, load in
      if let broken = brokenness(of: load.runtime) { return .skip(Skip(.unsupported, broken)) }
      return one.exclusion(of: scenario, from: .universal, on: load.runtime).map { .skipIfBuiltAtHome($0) } ?? .run
    }
    return try whole.withReferences(patterns)
  }

  /// The cells that some patterns mean, and those of the same scenarios that they are compared with.
  private func withReferences(_ patterns: [Pattern]) throws -> Plan {
    if patterns.isEmpty { return self }
    let meant: Plan
    do {
      meant = try filtered(by: patterns)
    } catch let problem as Problem {
      throw Problem(
        problem.found.replacing("no cell", with: "nothing"),
        remedy: "write SUITE/CASE/SCENARIO@BINARY@RUNTIME, or the beginning of it, for scenarios with HPy source; "
          + "`hpy-conform list` lists them; the binaries are \(binaries.map(\.name).joined(separator: ", "))")
    }
    let scenarios = Set(meant.units.flatMap(\.scenarios))
    return filtered { cell in
      scenarios.contains(cell.scenario)
        && (cell.load == LoadID(.universal, runtime: cell.runtime) || patterns.contains { matches($0, cell) })
    }
  }

  private static func brokenness(of runtime: Runtime) -> String? {
    if case .broken(_, let why) = runtime.hpy { return "the hpy of \(runtime.name) does not import: \(why)" }
    return Flavour.universal.obstacle(on: runtime)?.reason
  }

  /// Universal binaries for every HPy; those that loaders should refuse for every layout and headers, since what
  /// is linked has no part in that; hybrid ones for every CPython.
  private static func binaries(
    _ flavour: Flavour, of runtimes: [Runtime], surroundings: (Binary) throws -> ContentKey
  ) throws -> [PortableBinary] {
    var found: [(key: ContentKey, binary: PortableBinary)] = []
    for runtime in runtimes {
      guard let hpy = runtime.installation, flavour != .hybrid || runtime.implementation == "cpython" else { continue }
      let key: ContentKey
      switch flavour {
      case .universal: key = try surroundings(Binary(flavour, home: runtime))
      case .hybrid:
        key = ContentKey(ofParts: [runtime.abiTag, try surroundings(Binary(flavour, home: runtime)).hex])
      default: key = ContentKey(ofParts: [hpy.layout.hex, hpy.headers.hex])
      }
      if let index = found.firstIndex(where: { $0.key == key }) {
        found[index].binary.homes.append(runtime.name)
      } else {
        found.append((key, PortableBinary(flavour: flavour, homes: [runtime.name])))
      }
    }
    return found.map(\.binary)
  }
}
