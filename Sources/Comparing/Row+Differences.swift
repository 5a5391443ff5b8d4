import Model

/// What a row's cells come to, beside each other.
public struct RowDifferences: Sendable {
  /// Positions of the sides that could be compared.
  public var compared: [Int]
  /// Why others could not.
  public var obstacles: [Obstacle]
  /// Number of places that two sides at least answered.
  public var places: Int
  public var differences: [SideDifference]
  /// Places at which all agree, and break a promise or don't run to their end.
  public var agreements: [SideDifference]

  /// What keeps a side from being compared.
  public struct Obstacle: Hashable, Sendable {
    /// Position of the side.
    public var side: Int
    /// nil where the side has no such cell.
    public var outcome: Outcome.Kind?
    public var reason: String
  }
}

extension Row {
  /// Compares the sides label by label.
  ///
  /// A label that a side did not reach, because it broke off before, is no difference of its own, nor is a leak that
  /// nobody counted there.
  public func differences() -> RowDifferences {
    var result = RowDifferences(compared: [], obstacles: [], places: 0, differences: [], agreements: [])
    var entrants: [Entrant] = []
    for (side, cell) in cells.enumerated() {
      if let obstacle = cell?.obstacle {
        result.obstacles.append(
          RowDifferences.Obstacle(side: side, outcome: obstacle.outcome, reason: obstacle.reason))
      } else if let cell {
        result.compared.append(side)
        entrants.append(Entrant(side: side, cell: cell))
      } else {
        result.obstacles.append(RowDifferences.Obstacle(side: side, reason: "has no such cell"))
      }
    }
    guard entrants.count > 1 else { return result }
    var labels: [String?] = [nil]
    for entrant in entrants {
      for one in entrant.cell.answer.observations where !labels.contains(one.label) { labels.append(one.label) }
    }
    for label in labels {
      let isCount = entrants.contains { $0.observation(at: label)?.facet == .leak }
      let place = Place(
        row: id, label: label,
        entrants: entrants.filter { isCount ? $0.observation(at: label) != nil : $0.text(at: label) != nil })
      guard place.entrants.count > 1 else { continue }
      result.places += 1
      if place.isPlainAgreement { continue }
      let found = place.difference()
      if found.classes.count > 1 {
        result.differences.append(found)
      } else {
        if place.isBroken { result.agreements.append(found) }
        if let wording = place.wording() { result.differences.append(wording) }
      }
    }
    result.differences = Self.withoutConsequences(result.differences)
    return result
  }

  /// A scenario that gets another answer may take another way, and records other labels from there on: these are
  /// told with the difference before them. Alone, a label that one side does not record is a difference.
  private static func withoutConsequences(_ all: [SideDifference]) -> [SideDifference] {
    var kept: [SideDifference] = []
    var early: [String] = []
    for one in all {
      let place = kept.lastIndex { $0.severity != .message && $0.isFirm }
      if !one.isOfRecording || one.causes.count + one.new.count > 0 {
        kept.append(one)
      } else if let place, let label = one.label {
        kept[place].unrecorded.append(label)
      } else if let label = one.label {
        early.append(label)
      }
    }
    if early.isEmpty { return kept }
    guard let first = kept.firstIndex(where: { $0.severity != .message && $0.isFirm }) else { return all }
    kept[first].unrecorded += early
    return kept
  }
}

/// A side that is compared in a row.
private struct Entrant {
  var side: Int
  var cell: SideCell

  /// What its first answer says at a label; nil where it did not get there.
  func text(at label: String?) -> String? { Self.text(of: cell.answer, at: label) }

  /// What all of its answers say there, the first one's first.
  func texts(at label: String?) -> [String] {
    ([cell.answer] + cell.others).compactMap { Self.text(of: $0, at: label) }
      .reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }

  private static func text(of answer: Answer, at label: String?) -> String? {
    guard let label else {
      return answer.outcome.ran ? Outcome.completed.description : answer.outcome.description
    }
    return answer[label]?.value ?? (answer.outcome.ran ? Divergence.absent : nil)
  }

  /// The words that come with what it says there; nil where there are none.
  func message(at label: String?) -> String? {
    guard let label else { return cell.answer.outcome.kind == .raised ? cell.answer.message : nil }
    return cell.answer[label]?.message
  }

  func observation(at label: String?) -> Observation? { label.flatMap { cell.answer[$0] } }

  /// The ledger says that the place conforms at times.
  func flickers(at label: String?) -> Bool {
    cell.entries.contains { $0.flickers && $0.label == label && $0.facet != .message }
  }
}

/// One place of a row with the sides that answered there.
private struct Place {
  var row: RowID
  var label: String?
  var entrants: [Entrant]

  /// Some side breaks a promise there, or does not run to its end.
  var isBroken: Bool {
    entrants.contains { $0.observation(at: label)?.holds == false || (label == nil && !$0.cell.answer.outcome.ran) }
  }

  /// All attempts of all sides say the same in the same words, and nothing is broken: what most places are.
  var isPlainAgreement: Bool {
    let (text, message) = (entrants[0].text(at: label), entrants[0].message(at: label))
    return !isBroken
      && entrants.allSatisfy {
        $0.cell.others.isEmpty && $0.text(at: label) == text && $0.message(at: label) == message
      }
  }

  func difference() -> SideDifference {
    let byAll = self.classes { $0.texts(at: label) }
    let isFirm = classes(of: entrants.filter { !$0.flickers(at: label) }) { $0.texts(at: label) }.count > 1
    let isSteady = entrants.allSatisfy { $0.texts(at: label).count == 1 }
    let classes = byAll.count > 1 || isSteady ? byAll : self.classes { [$0.text(at: label) ?? ""] }
    let facet = facet(classes)
    return SideDifference(
      row: row, label: label, facet: facet, severity: severity(facet, classes), classes: classes,
      wavering: entrants.filter { $0.texts(at: label).count > 1 || $0.flickers(at: label) }.map(\.side),
      isFirm: isFirm, promise: promise, causes: causes { $0.texts(at: label) }, new: new { $0.texts(at: label) },
      cells: cells)
  }

  /// The difference between the words of sides that otherwise agree; nil where there is none.
  func wording() -> SideDifference? {
    func words(_ entrant: Entrant) -> [String] { [entrant.message(at: label) ?? "(no message)"] }
    let classes = classes(words)
    guard classes.count > 1 else { return nil }
    return SideDifference(
      row: row, label: label, facet: .message, severity: .message, classes: classes, wavering: [], isFirm: true,
      promise: nil, causes: causes(.message, words), new: new(.message, words), cells: cells)
  }

  private var cells: [Int: CellID] { entrants.reduce(into: [:]) { $0[$1.side] = $1.cell.id } }

  // MARK: Classes

  private func classes(_ texts: (Entrant) -> [String]) -> [SideClass] { classes(of: entrants, texts) }

  /// Sides belong together when any of their attempts said the same.
  private func classes(of entrants: [Entrant], _ texts: (Entrant) -> [String]) -> [SideClass] {
    var classes: [SideClass] = []
    for entrant in entrants {
      var joined = SideClass(sides: [entrant.side], texts: texts(entrant))
      let own = joined.texts
      for index in classes.indices.reversed() where classes[index].texts.contains(where: own.contains) {
        let other = classes.remove(at: index)
        joined = SideClass(
          sides: other.sides + joined.sides, texts: other.texts + joined.texts.filter { !other.texts.contains($0) })
      }
      joined.sides.sort()
      classes.append(joined)
    }
    return classes.sorted { (-$0.sides.count, $0.sides[0]) < (-$1.sides.count, $1.sides[0]) }
  }

  private func facet(_ classes: [SideClass]) -> Facet {
    if label == nil { return .outcome }
    let facets = entrants.compactMap { one in
      one.observation(at: label).map { own in
        classes.flatMap(\.texts).map { own.facet(against: $0) }.first { $0 != .value } ?? own.facet(against: "")
      }
    }
    return facets.first { $0 != .value } ?? .value
  }

  private func severity(_ facet: Facet, _ classes: [SideClass]) -> Severity {
    guard facet == .outcome else { return Severity(facet) }
    let kinds = classes.map { one in Set(one.texts.compactMap { Outcome($0)?.kind }.map(Self.isCrash)) }
    // Where all of them die, only how they do differs.
    return kinds.contains { $0.contains(true) } && (kinds.count == 1 || Set(kinds).count > 1) ? .crash : .ending
  }

  private static func isCrash(_ kind: Outcome.Kind) -> Bool {
    kind == .crashed || kind == .exited || kind == .workerLost
  }

  // MARK: Meaning

  private var promise: SidePromise? {
    let promised = entrants.filter { $0.observation(at: label)?.expected != nil }
    guard let first = promised.first?.observation(at: label), let expected = first.expected else { return nil }
    func sides(_ holds: Bool) -> [Int] {
      promised.filter { $0.observation(at: label)?.holds == holds }.map(\.side)
    }
    return SidePromise(source: first.source ?? "", expected: expected, kept: sides(true), broken: sides(false))
  }

  private func causes(_ facet: Facet? = nil, _ texts: (Entrant) -> [String]) -> [Cause] {
    entrants.compactMap { entrant in
      let finding = finding(entrant, facet, texts(entrant)) { $0 == .known }
      if let finding, let reason = finding.reason, let link = finding.link {
        return Cause(side: entrant.side, reason: reason, link: link)
      }
      // A run of a few lanes lacks the references that would have made it a finding.
      let entry = entrant.cell.entries.first { entry in
        matches(entry.label, entry.facet, facet) && texts(entrant).contains(where: entry.takes)
      }
      return entry.map { Cause(side: entrant.side, reason: $0.reason, link: $0.link) }
    }
  }

  private func new(_ facet: Facet? = nil, _ texts: (Entrant) -> [String]) -> [Int] {
    entrants.filter { finding($0, facet, texts($0)) { $0 == .new || $0 == .flaky } != nil }.map(\.side)
  }

  private func finding(
    _ entrant: Entrant, _ facet: Facet?, _ texts: [String], _ verdict: (Verdict) -> Bool
  ) -> Finding? {
    entrant.cell.findings.first { one in
      verdict(one.verdict) && matches(one.divergence.label, one.divergence.facet, facet)
        && texts.contains(one.divergence.observed)
    }
  }

  /// Whether a finding or ledger entry speaks of this place. Whether a difference is one of value or of exception
  /// type depends on what it was compared with, so only messages are told apart.
  private func matches(_ other: String?, _ facet: Facet, _ wanted: Facet?) -> Bool {
    other == label && (facet == .message) == (wanted == .message)
  }
}
