import Model

extension Plan {
  /// The flavours of which binaries travel, in the order in which they are shown.
  public static let travelling: [Flavour] = [
    .universal, .otherTag, .noTag, .nextMajor, .nextMinor, .hybrid, .abi3, .abi3t,
  ]

  /// Plans every binary on every runtime: universal binaries of every HPy, those that loaders should refuse, hybrid
  /// ones of every CPython, and those for the stable ABI with the headers of every CPython.
  ///
  /// - Parameters:
  ///   - cases: those that bring no source for a flavour have no part in it.
  ///   - flavours: of `travelling`.
  ///   - kept: binaries of former runs.
  ///   - surroundings: key of all that goes into a binary beside the case; runtimes that have the same share one.
  /// - Throws: `Problem` when fewer than two runtimes can take part, or a pattern means nothing; what `surroundings`
  ///   throws.
  public static func portability(
    cases: [Case], runtimes: [Runtime], flavours: [Flavour] = travelling, kept: [KeptHome] = [],
    patterns: [Pattern] = [], surroundings: (Binary) throws -> ContentKey
  ) throws -> Plan {
    let able = runtimes.filter { brokenness(of: $0) == nil }
    // A matrix of HPy has no rows for the stable ABI where no case is compiled for it.
    var flavours = flavours.filter { flavour in !flavour.isStable || cases.contains { $0.has(flavour) } }
    let hasStable = flavours.contains(where: \.isStable)
    if able.count < 2 {
      flavours.removeAll { !$0.isStable }
      if !hasStable || runtimes.count + kept.count < 2 {
        let found = runtimes.map { "\($0.name) (\(brokenness(of: $0) ?? $0.title))" }.joined(separator: ", ")
        throw Problem(
          "expected at least two runtimes\(hasStable ? "" : " with an HPy"), found \(found)",
          remedy: "name another interpreter with --runtime, or in hpy-conform.toml")
      }
    }
    var built = try flavours.flatMap { flavour in
      try Self.binaries(flavour, of: flavour.isStable ? runtimes : able, surroundings: surroundings)
    }
    built += kept.filter { flavours.contains($0.flavour) }.filter { one in !built.contains { one.isLike($0) } }.map {
      ($0.surroundings, PortableBinary(flavour: $0.flavour, homes: [$0.home.name], kept: $0.folder))
    }
    let binaries = built.map(\.1)
    let homes = runtimes + kept.map(\.home)
    let loads = runtimes.flatMap { runtime in
      let own = binaries.filter { $0.flavour.reference == $0.flavour && $0.homes.contains(runtime.name) }
      return (own + binaries.filter { !own.contains($0) }).compactMap { one -> Load? in
        // A binary that the runtime shares with its first home is the runtime's own.
        let home = one.homes.contains(runtime.name) ? runtime : homes.first { $0.name == one.home } ?? runtime
        // The name of what is built for PyPy is PyPy's own: nobody else looks at the file.
        if one.flavour.isStable, home.implementation != "cpython", home.name != runtime.name { return nil }
        var binary = Binary(one.flavour, home: home)
        binary.kept = one.kept
        return Load(binary, on: runtime)
      }
    }
    let whole = Plan(cases: cases, runtimes: runtimes, loads: loads, binaries: binaries) { one, scenario, load in
      if load.binary.flavour.isStable { return usualAction(one, scenario, load) }
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
        && (patterns.contains { matches($0, cell) }
          || (cell.load == LoadID(Lane(cell.lane.flavour.reference), runtime: cell.runtime)
            && meant.has(cell.scenario, cell.lane.flavour)))
    }
  }

  /// Whether a cell of the scenario is among them that is compared with own binaries of a flavour.
  private func has(_ scenario: ScenarioID, _ reference: Flavour) -> Bool {
    units.contains { unit in
      unit.batches.contains { batch in
        batch.load.binary.flavour.reference == reference && batch.cells.contains { $0.scenario == scenario }
      }
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
  ) throws -> [(key: ContentKey, binary: PortableBinary)] {
    var found: [(key: ContentKey, binary: PortableBinary)] = []
    if flavour.isStable {
      return try runtimes.filter { flavour.obstacle(on: $0) == nil }.map { runtime in
        let binary = Binary(flavour, home: runtime)
        return (try surroundings(binary), PortableBinary(flavour: flavour, homes: [runtime.name]))
      }
    }
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
    return found
  }
}
