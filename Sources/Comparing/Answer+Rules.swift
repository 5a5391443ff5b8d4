import Model

extension Answer {
  /// Where it breaks what is promised: how a scenario ends, and what documents say of its facts.
  public var brokenPromises: [Divergence] {
    var found: [Divergence] = []
    if !outcome.ran {
      found.append(
        Divergence(
          label: nil, facet: .outcome, observed: outcome.description, expected: Outcome.completed.description,
          oracle: .expectation(source: "a scenario runs to its end")))
    }
    return found
      + observations.compactMap { one in
        guard one.holds == false, let expected = one.expected else { return nil }
        return Divergence(
          label: one.label, facet: one.facet(against: expected[0]), observed: one.value,
          expected: expected.joined(separator: " or "), oracle: .expectation(source: one.source ?? ""))
      }
  }

  /// Its observations by label; a look at many labels needs no search for each.
  var byLabel: [String: Observation] {
    Dictionary(observations.map { ($0.label, $0) }) { first, _ in first }
  }

  /// Where one answer's value at a label differs from another's; nil where it doesn't. A label that one of them did
  /// not record is a difference, too.
  static func difference(
    at label: String, _ own: Observation?, from theirs: Observation?, _ oracle: Divergence.Oracle
  ) -> Divergence? {
    let (observed, expected) = (own?.value ?? Divergence.absent, theirs?.value ?? Divergence.absent)
    guard observed != expected else { return nil }
    let facet = own?.facet(against: theirs?.value ?? "") ?? theirs?.facet(against: "") ?? .value
    return Divergence(label: label, facet: facet, observed: observed, expected: expected, oracle: oracle)
  }

  /// The places at which two answers to the same cell differ.
  public func disagreements(with other: Answer) -> Set<Divergence.Place> {
    var places: Set<Divergence.Place> = []
    if outcome != other.outcome, !(outcome.ran && other.outcome.ran) {
      places.insert(Divergence.Place(label: nil, facet: .outcome))
    }
    if observations == other.observations { return places }
    let (own, theirs) = (byLabel, other.byLabel)
    for label in Set(own.keys).union(theirs.keys) {
      if let difference = Self.difference(at: label, own[label], from: theirs[label], .expectation(source: "")) {
        places.insert(difference.place)
      } else if own[label]?.message != theirs[label]?.message {
        places.insert(Divergence.Place(label: label, facet: .message))
      }
    }
    return places
  }
}
