import Model

/// Finds the patterns among findings; pure.
public struct FindingPatterns: Sendable {
  /// What of each scenario was tried.
  private let tried: [String: Set<FindingPattern.Place>]
  /// Findings that are known, with links, by facet and what was observed.
  private let known: [[String]: [FindingPattern.Fact]]
  /// How many observations a scenario has.
  private let sizes: [String: Int]
  /// In the run's order.
  private let runtimes: [String]

  /// - Parameters:
  ///   - runtimes: names of the run's runtimes, in its order.
  ///   - tried: what of each scenario was tried, by `SUITE/CASE/SCENARIO`.
  ///   - known: findings that the ledger explains, of the same run or as its entries have them.
  ///   - sizes: how many observations a scenario has.
  public init(
    runtimes: [String], tried: [String: Set<FindingPattern.Place>], known: [FindingPattern.Fact] = [],
    sizes: [String: Int] = [:]
  ) {
    self.runtimes = runtimes
    self.tried = tried
    self.known = Dictionary(grouping: known) { [$0.facet.rawValue, $0.observed] }
    self.sizes = sizes
  }

  /// The patterns of facts that somebody has to look at: the worst kind first, then the most facts.
  public func patterns(of facts: [FindingPattern.Fact]) -> [FindingPattern] {
    let sites = sites(facts)
    let primary = sites.filter { $0.cause == nil }
    var clusters = split(primary)
    absorb(&clusters) { small, large in
      // A scenario shows a cause in part where it does not run everywhere, or not everything is counted there.
      small.kind == large.kind && !small.shapes.isDisjoint(with: large.shapes)
        && small.runtimes.isSubset(of: large.runtimes) && small.families.isSubset(of: large.families)
    }
    absorb(&clusters) { small, large in
      // That one thing goes wrong with another is told by several scenarios, not by one.
      small.kind > large.kind && small.kind < .flaky && large.scenarios.count > 2
        && small.scenarios.isSubset(of: large.scenarios) && small.runtimes.isSubset(of: large.runtimes)
        && small.families.isSubset(of: large.families)
    }
    var homes: [Site.Key: Int] = [:]
    for (place, cluster) in clusters.enumerated() {
      for site in cluster.sites + cluster.consequences { homes[site.key] = place }
    }
    for site in sites {
      if let place = site.cause.flatMap({ homes[$0] }) { clusters[place].consequences.append(site) }
    }
    return clusters.map { pattern($0, facts) }.sorted { left, right in
      if left.kind != right.kind { return left.kind < right.kind }
      if left.facts != right.facts { return left.facts > right.facts }
      return left.smallest < right.smallest
    }
  }

  // MARK: Sites

  /// A place of a scenario, whatever the lanes and runtimes answer there.
  private struct Site {
    struct Key: Hashable {
      var scenario: String
      var kind: FindingPattern.Kind
      var label: String?
      var facet: Facet
    }

    var key: Key
    var places: Set<FindingPattern.Place> = []
    var shapes: Set<String> = []
    var members: [Int] = []
    var isAbsence = true
    /// What it follows from.
    var cause: Key?
  }

  private func sites(_ facts: [FindingPattern.Fact]) -> [Site] {
    var order: [Site.Key: Int] = [:]
    var sites: [Site] = []
    for (number, fact) in facts.enumerated() {
      let key = Site.Key(scenario: fact.scenario, kind: fact.kind, label: fact.label, facet: fact.facet)
      let place = order[key] ?? sites.count
      if place == sites.count {
        order[key] = place
        sites.append(Site(key: key))
      }
      sites[place].places.formUnion(fact.places)
      sites[place].shapes.insert(fact.shape)
      sites[place].members.append(number)
      if fact.observed != Divergence.absent { sites[place].isAbsence = false }
    }
    let scenarios = Dictionary(grouping: sites.indices) { sites[$0].key.scenario }
    for places in scenarios.values {
      for place in places {
        sites[place].cause = cause(of: sites[place], among: places.map { sites[$0] })
      }
    }
    return sites
  }

  /// Another exception has another message, and a scenario that gets another answer may record other labels from
  /// there on.
  private func cause(of site: Site, among others: [Site]) -> Site.Key? {
    let candidates = others.filter { other in
      other.key != site.key && other.key.kind < .message && !other.isAbsence
        && !other.places.isDisjoint(with: site.places)
    }.sorted { $0.key.kind < $1.key.kind }
    if site.key.kind == .message { return candidates.first { $0.key.label == site.key.label }?.key }
    guard site.isAbsence, site.key.kind < .flaky else { return nil }
    return candidates.first?.key
  }

  // MARK: Clusters

  private struct Cluster {
    var kind: FindingPattern.Kind
    var runtimes: Set<String>
    var families: Set<FindingPattern.Family>
    var sites: [Site]
    var consequences: [Site] = []

    var shapes: Set<String> { sites.reduce(into: []) { $0.formUnion($1.shapes) } }
    var scenarios: Set<String> { Set(sites.map(\.key.scenario)) }
  }

  private struct Signature: Hashable {
    var kind: FindingPattern.Kind
    var runtimes: Set<String>
    var families: Set<FindingPattern.Family>
    var isOfDebug: Bool
  }

  private func split(_ sites: [Site]) -> [Cluster] {
    let groups = Dictionary(grouping: sites) { site in
      Signature(
        kind: site.key.kind, runtimes: Set(site.places.map(\.runtime)),
        families: Set(site.places.map { FindingPattern.Family($0.lane) }),
        isOfDebug: site.places.allSatisfy { $0.lane.contains("+") })
    }
    return groups.flatMap { signature, sites in
      joined(sites).map {
        Cluster(kind: signature.kind, runtimes: signature.runtimes, families: signature.families, sites: $0)
      }
    }.sorted { ($1.sites.count, $0.sites[0].key.scenario) < ($0.sites.count, $1.sites[0].key.scenario) }
  }

  /// Sites that share a shape, or a scenario, directly or by others.
  private func joined(_ sites: [Site]) -> [[Site]] {
    var parents = Array(sites.indices)
    func root(_ place: Int) -> Int {
      var place = place
      while parents[place] != place { place = parents[place] }
      return place
    }
    var first: [[String]: Int] = [:]
    for (place, site) in sites.enumerated() {
      for name in site.shapes.map({ ["shape", $0] }) + [["scenario", site.key.scenario]] {
        if let other = first[name] { parents[root(place)] = root(other) } else { first[name] = place }
      }
    }
    return Dictionary(grouping: sites.indices, by: root).sorted { $0.key < $1.key }.map { $0.value.map { sites[$0] } }
  }

  /// Puts clusters into larger ones, the smallest first.
  private func absorb(_ clusters: inout [Cluster], where belongs: (Cluster, Cluster) -> Bool) {
    var kept = clusters
    for small in clusters.reversed() {
      guard let own = kept.firstIndex(where: { $0.sites.first?.key == small.sites.first?.key }) else { continue }
      let cluster = kept[own]
      let larger = kept.indices.first { place in
        place != own && kept[place].sites.count >= cluster.sites.count && belongs(cluster, kept[place])
      }
      guard let larger else { continue }
      if kept[larger].kind == cluster.kind {
        kept[larger].sites += cluster.sites
      } else {
        kept[larger].consequences += cluster.sites
      }
      kept[larger].consequences += cluster.consequences
      kept.remove(at: own)
    }
    clusters = kept
  }

  // MARK: Patterns

  private func pattern(_ cluster: Cluster, _ facts: [FindingPattern.Fact]) -> FindingPattern {
    let own = cluster.sites.flatMap(\.members).sorted().map { facts[$0] }
    let members = (cluster.sites + cluster.consequences).flatMap(\.members).sorted()
    let cells = Set(
      members.flatMap { place in facts[place].places.map { [facts[place].scenario, $0.lane, $0.runtime] } })
    let scenarios = Set(own.map(\.scenario))
    let smallest = scenarios.min { left, right in
      (sizes[left] ?? .max, left.count, left) < (sizes[right] ?? .max, right.count, right)
    }
    let places = Set(own.flatMap(\.places))
    let ownRuntimes = Set(places.map(\.runtime))
    let triedPlaces = scenarios.reduce(into: places) { $0.formUnion(tried[$1] ?? []) }
    let labels = Dictionary(grouping: cluster.sites.compactMap(\.key.label)) { $0 }
      .sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }.map(\.key)
    let (observed, expected) = (Set(own.map(\.observed)), Set(own.map(\.expected)))
    return FindingPattern(
      kind: cluster.kind, runtimes: inOrder(ownRuntimes), triedRuntimes: inOrder(Set(triedPlaces.map(\.runtime))),
      lanes: Self.sorted(Set(places.map(\.lane))),
      triedLanes: Self.sorted(Set(triedPlaces.filter { ownRuntimes.contains($0.runtime) }.map(\.lane))),
      facets: Facet.allCases.filter { facet in own.contains { $0.facet == facet } }, labels: labels,
      observed: observed.count == 1 ? observed.first : nil, expected: expected.count == 1 ? expected.first : nil,
      cells: cells.count, facts: cluster.sites.count + cluster.consequences.count,
      scenarios: Set(members.map { facts[$0].scenario }).count,
      consequences: cluster.consequences.reduce(into: [:]) { $0[$1.key.kind, default: 0] += 1 },
      smallest: smallest ?? "", example: own.first { $0.scenario == smallest } ?? own[0],
      resembles: resembles(own), members: members)
  }

  private func inOrder(_ names: Set<String>) -> [String] {
    runtimes.filter(names.contains) + names.subtracting(runtimes).sorted()
  }

  private static func sorted(_ lanes: Set<String>) -> [String] {
    let order = Lane.known.map(\.description)
    return lanes.sorted { left, right in
      (order.firstIndex(of: left) ?? order.count, left) < (order.firstIndex(of: right) ?? order.count, right)
    }
  }

  // MARK: Resemblance

  /// Links of known findings that answer the same elsewhere.
  private func resembles(_ facts: [FindingPattern.Fact]) -> [String] {
    var counts: [String: Int] = [:]
    for fact in facts where fact.standing == .new {
      let links = known[[fact.facet.rawValue, fact.observed], default: []].filter { Self.alike(fact, $0) }
        .compactMap(\.link)
      for link in Set(links) { counts[link, default: 0] += 1 }
    }
    return counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(3).map(\.key)
  }

  /// Many things are `False` and should be `True`, and many scenarios crash: that is alike only where it is the same
  /// question, or the same case.
  private static func alike(_ fact: FindingPattern.Fact, _ known: FindingPattern.Fact) -> Bool {
    let isSameCase = testCase(fact.scenario) == testCase(known.scenario)
    if fact.facet == .outcome { return isSameCase }
    guard fact.expected == known.expected || known.expected.isEmpty else { return false }
    if fact.facet == .leak { return isSameCase && fact.label == known.label }
    return isSameCase || fact.label == known.label || fact.observed.count + fact.expected.count > 24
  }

  private static func testCase(_ scenario: String) -> [Substring] {
    Array(scenario.split(separator: "/").prefix(2))
  }
}
