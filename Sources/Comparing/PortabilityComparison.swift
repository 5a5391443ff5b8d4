import Model

/// What a binary does on a runtime, against what the runtime's own binary does there.
///
/// The same outcome and the same values count. Messages don't: some come from the helpers that are linked into the
/// binary. Nor does the order of finalisation where no document promises it, nor which signal a crash ends with.
public struct PortabilityComparison: Sendable {
  public let behaviour: PortabilityBehaviour
  /// The attempts disagree on something that counts.
  public let isUnsteady: Bool
  /// Of the attempt that behaves worst, worst first.
  public let differences: [Divergence]

  /// What a binary is compared with.
  public struct Reference: Sendable {
    public var id: CellID
    /// At least one.
    public var attempts: [Attempt]

    public init(id: CellID, attempts: [Attempt]) {
      self.id = id
      self.attempts = attempts
    }
  }

  /// - Parameters:
  ///   - attempts: at least one.
  ///   - reference: nil where there is none: then the scenario's own promises are all there is.
  ///   - uncounted: labels that say nothing of such a binary.
  public init(_ attempts: [Attempt], reference: Reference?, except uncounted: Set<String> = []) {
    let unsteady = reference.map { Self.unsteadyPlaces($0.attempts.map(\.answer)) } ?? []
    let judged = attempts.map { attempt -> (PortabilityBehaviour, [Divergence]) in
      let answer = attempt.answer
      if answer.outcome.isSkip || answer.outcome == .invalid { return (.notTried, []) }
      if answer.outcome == .notBuilt { return (.notBuilt, []) }
      if answer.outcome == .notLoadable { return (.refused, []) }
      let differences = Self.differences(of: answer, from: reference, except: unsteady)
        .filter { $0.label.map(uncounted.contains) != true }
      return (differences.isEmpty ? .behaves : .misbehaves, differences)
    }
    let worst = judged.max { $0.0 < $1.0 } ?? (.notTried, [])
    behaviour = worst.0
    differences = worst.1
    isUnsteady =
      Self.unsteadyPlaces(attempts.map(\.answer)).subtracting(unsteady)
      .contains { $0.label.map(uncounted.contains) != true }
      || Set(judged.map(\.0)).count > 1
  }

  /// Places at which answers to the same cell disagree, of those that count.
  public static func unsteadyPlaces(_ answers: [Answer]) -> Set<Divergence.Place> {
    guard let first = answers.first else { return [] }
    return answers.dropFirst().reduce(into: []) { places, other in
      let same = first.outcome.kind == .crashed && other.outcome.kind == .crashed
      places.formUnion(
        first.disagreements(with: other).filter { place in
          place.facet != .message && !(place.facet == .outcome && same)
            && !(place.facet == .order && first[place.label ?? ""]?.expected == nil)
        })
    }
  }

  private static func differences(
    of answer: Answer, from reference: Reference?, except unsteady: Set<Divergence.Place>
  ) -> [Divergence] {
    guard let reference, let own = reference.attempts.first?.answer else { return answer.brokenPromises }
    let oracle = Divergence.Oracle.reference(reference.id)
    var found: [Divergence] = []
    if describe(answer.outcome) != describe(own.outcome) {
      found.append(
        Divergence(
          label: nil, facet: .outcome, observed: answer.outcome.description, expected: describe(own.outcome),
          oracle: oracle))
    }
    let bothRan = answer.outcome.ran && own.outcome.ran
    let (ours, theirs) = (answer.byLabel, own.byLabel)
    let labels = answer.observations.map(\.label) + own.observations.map(\.label).filter { ours[$0] == nil }
    for label in labels {
      let (one, two) = (ours[label], theirs[label])
      // An end on the way explains what is missing behind it.
      guard bothRan || (one != nil && two != nil), let difference = Answer.difference(at: label, one, from: two, oracle)
      else { continue }
      if difference.facet == .order, one?.expected == nil, two?.expected == nil { continue }
      found.append(difference)
    }
    return found.filter { !unsteady.contains($0.place) }
  }

  /// An outcome as far as it counts: a broken promise shows at its label, and a crash is a crash.
  private static func describe(_ outcome: Outcome) -> String {
    if outcome.ran { return Outcome.completed.description }
    return outcome.kind == .crashed ? outcome.kind.rawValue : outcome.description
  }
}
