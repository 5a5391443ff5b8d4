import Model

/// One cell of a scenario with its answers, as comparison takes it.
public struct AnsweredCell: Sendable {
  public var id: CellID
  public var runtime: Runtime
  public var lane: Lane
  /// The answer that others are compared with: the first attempt's.
  public var answer: Answer
  /// Places at which its attempts disagree; it is no reference there.
  public var unsteady: Set<Divergence.Place>

  public init(
    id: CellID, runtime: Runtime, lane: Lane, answer: Answer, unsteady: Set<Divergence.Place> = []
  ) {
    self.id = id
    self.runtime = runtime
    self.lane = lane
    self.answer = answer
    self.unsteady = unsteady
  }
}

/// Compares the cells of one scenario: what each answers, with what documents promise and with what its
/// references answer.
///
/// A label with an expectation is judged by it alone, in every cell. A label without one is compared with the
/// nearest sound reference: another lane on the same runtime, and the same lane on the reference runtime. A
/// reference that diverges at a label itself, or did not complete, blames nobody there.
public struct Comparison: Sendable {
  private let cells: [AnsweredCell]
  private let referenceRuntime: String
  private var found: [CellID: [Divergence]] = [:]

  /// - Parameters:
  ///   - cells: those of one scenario that were tried.
  ///   - referenceRuntime: name of the runtime that others are compared with.
  public init(_ cells: [AnsweredCell], referenceRuntime: String) {
    self.cells = cells
    self.referenceRuntime = referenceRuntime
    for cell in Self.referencesFirst(cells, referenceRuntime) {
      found[cell.id] = divergences(of: cell.answer, in: cell)
    }
  }

  /// The divergences of a cell's first answer.
  public func divergences(of cell: CellID) -> [Divergence] { found[cell] ?? [] }

  /// The divergences that another answer of a cell would have.
  public func divergences(of answer: Answer, in cell: AnsweredCell) -> [Divergence] {
    var list: [Divergence] = []
    if !answer.outcome.ran {
      list.append(
        Divergence(
          label: nil, facet: .outcome, observed: answer.outcome.description,
          expected: Outcome.completed.description,
          oracle: .expectation(source: "a scenario runs to its end")))
    }
    list += Self.brokenPromises(in: answer)
    var seen = Set(list.map(\.place))
    for references in [laneReferences(of: cell), runtimeReferences(of: cell)] {
      for divergence in differences(of: answer, in: cell, from: references) where seen.insert(divergence.place).inserted
      {
        list.append(divergence)
      }
    }
    return list
  }

  private static func brokenPromises(in answer: Answer) -> [Divergence] {
    answer.observations.compactMap { observation in
      guard observation.holds == false, let expected = observation.expected else { return nil }
      return Divergence(
        label: observation.label, facet: observation.facet(against: expected[0]), observed: observation.value,
        expected: expected.joined(separator: " or "), oracle: .expectation(source: observation.source ?? ""))
    }
  }

  /// Compares label by label with the first of the references that is sound there.
  private func differences(of answer: Answer, in cell: AnsweredCell, from references: [AnsweredCell]) -> [Divergence] {
    var labels = answer.observations.filter { $0.expected == nil }.map(\.label)
    if answer.outcome.ran {
      let own = Set(answer.observations.map(\.label))
      for reference in references where reference.answer.outcome.ran {
        labels += reference.answer.observations
          .filter { $0.expected == nil && !own.contains($0.label) && !labels.contains($0.label) }.map(\.label)
      }
    }
    return labels.flatMap { label -> [Divergence] in
      guard let reference = references.first(where: { isSound($0, at: label) }) else { return [] }
      return Self.difference(
        of: answer[label], from: reference.answer[label], label: label, oracle: .reference(reference.id),
        withMessages: Self.shareWording(cell, reference))
    }
  }

  private static func difference(
    of own: Observation?, from other: Observation?, label: String, oracle: Divergence.Oracle, withMessages: Bool
  ) -> [Divergence] {
    let observed = own?.value ?? Divergence.absent
    let expected = other?.value ?? Divergence.absent
    if observed != expected {
      let facet = own?.facet(against: expected) ?? other?.facet(against: observed) ?? .value
      return [Divergence(label: label, facet: facet, observed: observed, expected: expected, oracle: oracle)]
    }
    if withMessages, let message = own?.message, let otherMessage = other?.message, message != otherMessage {
      return [
        Divergence(label: label, facet: .message, observed: message, expected: otherMessage, oracle: oracle)
      ]
    }
    return []
  }

  private func isSound(_ reference: AnsweredCell, at label: String) -> Bool {
    guard reference.answer.outcome.ran else { return false }
    let blamed = (found[reference.id] ?? []).map(\.place) + reference.unsteady
    return !blamed.contains { $0.label == label && $0.facet != .message }
  }

  /// Messages are an implementation's own words: compared where both lanes end in the same C API of CPython,
  /// shown elsewhere.
  private static func shareWording(_ one: AnsweredCell, _ other: AnsweredCell) -> Bool {
    one.id.runtime == other.id.runtime && one.runtime.implementation == "cpython"
  }

  private func laneReferences(of cell: AnsweredCell) -> [AnsweredCell] {
    cell.lane.references.compactMap { name in
      cells.first { $0.id.lane == name && $0.id.runtime == cell.id.runtime }
    }
  }

  private func runtimeReferences(of cell: AnsweredCell) -> [AnsweredCell] {
    guard cell.id.runtime != referenceRuntime else { return [] }
    return cells.filter { $0.id.lane == cell.id.lane && $0.id.runtime == referenceRuntime }
  }

  private static func referencesFirst(_ cells: [AnsweredCell], _ referenceRuntime: String) -> [AnsweredCell] {
    let lanes = Lane.all.map(\.name)
    func rank(_ cell: AnsweredCell) -> Int {
      (cell.id.runtime == referenceRuntime ? 0 : lanes.count) + (lanes.firstIndex(of: cell.id.lane) ?? lanes.count)
    }
    return cells.enumerated().sorted { (rank($0.element), $0.offset) < (rank($1.element), $1.offset) }.map(\.element)
  }
}
