import Model

/// What is said of binaries away from home, in words; the same in every form.
extension PortabilityDocument {
  package var headline: String {
    let stopped =
      state == .finished
      ? "" : "  \(state == .interrupted ? "stopped early" : state.rawValue): \(planned) were planned"
    return [
      Words.number(binaries.count, "binary"), Words.number(runtimes.count, "runtime"), Words.number(tried, "result"),
    ].joined(separator: ", ") + stopped
  }

  package var verdict: String {
    let broken = pairs.count { $0.broken > 0 }
    let rest = state == .finished ? "" : " (not all were tried)"
    return broken == 0
      ? "every pair does what is promised\(rest)"
      : "\(broken) of \(pairs.count) pairs do not do what is promised\(rest)"
  }

  package func pairs(of binary: Binary) -> [Pair] { pairs.filter { $0.binary == binary.name } }

  package func tally(_ pair: Pair) -> String {
    if let obstacle = runtimes.first(where: { $0.name == pair.runtime })?.obstacle { return "not tried: \(obstacle)" }
    let counts = Words.counts(
      [
        (pair.misbehaves, "misbehave"), (pair.refused, "refused"), (pair.behaves, "behave"),
        (pair.notBuilt, "not built"), (pair.notTried, "not tried"),
      ], separator: "  ")
    if counts.isEmpty { return "–" }
    return (pair.broken > 0 ? "✗ " : "") + (pair.isReference ? "reference:  " : "") + counts
      + (pair.unsteady > 0 ? "  (\(pair.unsteady) unsteady)" : "")
  }

  // MARK: Groups

  /// What is to be said under one heading.
  package struct Section {
    package var title: String
    package var isBroken: Bool
    package var blocks: [Block]
  }

  /// What is said of one pair, or of several of which the same is to be said.
  package struct Block {
    package struct Line: Hashable {
      package var what: String
      package var scenarios: [String]
    }
    /// `BINARY on RUNTIME`.
    package var names: [String]
    /// nil where none is broken.
    package var promise: String?
    package var lines: [Line]
  }

  package var sections: [Section] {
    let titles = [
      "Not as promised", "Misbehaves, but nothing is promised", "Attempts disagree", "Not built", "Not tried",
    ]
    return titles.enumerated().compactMap { number, title in
      let groups = groups.filter { $0.section == number }
      return groups.isEmpty ? nil : Section(title: title, isBroken: number == 0, blocks: Self.blocks(of: groups))
    }
  }

  /// Groups of one pair and one promise together, in the order of the first of each.
  private static func blocks(of groups: [Group]) -> [Block] {
    let pairs = groups.grouped { [$0.binary, $0.runtime, $0.source] }.map { _, pair in
      (
        name: [pair[0].binary, pair[0].runtime].filter { !$0.isEmpty }.joined(separator: " on "),
        promise: pair[0].isKept == false ? "should \(pair[0].demand): \(pair[0].source)" : nil,
        lines: pair.map { Block.Line(what: $0.what, scenarios: $0.shown) }
      )
    }
    return pairs.grouped { [Block.Line(what: $0.promise ?? "", scenarios: [])] + $0.lines }.map { _, alike in
      Block(names: alike.map(\.name), promise: alike[0].promise, lines: alike[0].lines)
    }
  }
}

extension PortabilityDocument.StaticPart {
  package var lines: [String] {
    if let problem { return ["\(tool) was not asked: \(problem)"] }
    return binaries.flatMap { row in
      ["\(row.binary): \(tool) finds \(row.asDeclared) of \(Words.number(row.checked, "binary")) as declared"]
        + row.findings.map { "  \($0.what): \(Self.named($0.cases))" }
        + (row.onlyStatic.isEmpty ? [] : ["  no broken promise was seen in \(Self.named(row.onlyStatic))"])
        + (row.onlyBehaviour.isEmpty
          ? [] : ["  it finds nothing in \(Self.named(row.onlyBehaviour)), where a promise is broken"])
    }
  }

  /// How many cases are named.
  private static let most = 6

  private static func named(_ cases: [String]) -> String {
    let rest = cases.count - most
    return cases.prefix(most).joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : "")
  }
}

extension PortabilityDocument.Group {
  /// Place among the sections; nil for what needs no word.
  fileprivate var section: Int? {
    if isKept == false { return 0 }
    if behaviour == .misbehaves { return 1 }
    if isUnsteady { return 2 }
    return behaviour == .notBuilt ? 3 : behaviour == .notTried ? 4 : nil
  }

  fileprivate var what: String {
    let observed = Printable.line(observed)
    let unsteady = isUnsteady ? ", unsteady" : ""
    guard let expected else {
      return observed == behaviour.rawValue ? "\(observed)\(unsteady)" : "\(behaviour.rawValue)\(unsteady): \(observed)"
    }
    return "\(label.map { "\($0): " } ?? "")\(observed)\(unsteady); \(oracle): \(Printable.line(expected))"
  }

  private var oracle: String {
    guard let reference, let load = LoadID(reference) else { return "promised by \(reference ?? "")" }
    return load.runtime == runtime ? "the runtime's own binary" : "\(load.what) on \(load.runtime)"
  }

  /// How many scenarios of a group are named.
  private static let most = 12

  fileprivate var shown: [String] {
    if label == nil, expected == nil, scenarios.count > 3 {
      return ["in \(scenarios.count) scenarios, for example \(scenarios[0].name)"]
    }
    let names = scenarios.prefix(Self.most).map { one in one.place.map { "\(one.name)  \($0)" } ?? one.name }
    let rest = scenarios.count - names.count
    return names + (rest > 0 ? ["… and \(rest) more; --format json has them all"] : [])
  }
}
