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

  /// Where its value at a label differs from another answer's; nil where it doesn't. A label that one of them did not
  /// record is a difference, too.
  func difference(at label: String, from other: Answer, _ oracle: Divergence.Oracle) -> Divergence? {
    let (own, theirs) = (self[label], other[label])
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
    for label in Set(observations.map(\.label)).union(other.observations.map(\.label)) {
      if let difference = difference(at: label, from: other, .expectation(source: "")) {
        places.insert(difference.place)
      } else if self[label]?.message != other[label]?.message {
        places.insert(Divergence.Place(label: label, facet: .message))
      }
    }
    return places
  }
}
