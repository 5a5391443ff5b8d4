import Model

extension Answer {
  /// The places at which two answers to the same cell differ.
  public func disagreements(with other: Answer) -> Set<Divergence.Place> {
    var places: Set<Divergence.Place> = []
    if outcome != other.outcome, !(outcome.ran && other.outcome.ran) {
      places.insert(Divergence.Place(label: nil, facet: .outcome))
    }
    for label in Set(observations.map(\.label)).union(other.observations.map(\.label)) {
      let (one, two) = (self[label], other[label])
      if one?.value != two?.value {
        let facet = one?.facet(against: two?.value ?? "") ?? two?.facet(against: "") ?? .value
        places.insert(Divergence.Place(label: label, facet: facet))
      } else if one?.message != two?.message {
        places.insert(Divergence.Place(label: label, facet: .message))
      }
    }
    return places
  }
}
