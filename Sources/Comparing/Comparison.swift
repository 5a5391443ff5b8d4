import Model

/// One cell of a scenario with its answers, as comparison takes it.
public struct AnsweredCell: Sendable {
  public var id: CellID
  public var runtime: Runtime
  /// The answer that others are compared with: the first attempt's.
  public var answer: Answer
  /// Places at which its attempts disagree; it is no reference there.
  public var unsteady: Set<Divergence.Place>

  public init(id: CellID, runtime: Runtime, answer: Answer, unsteady: Set<Divergence.Place> = []) {
    self.id = id
    self.runtime = runtime
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
  private let cells: [CellID: AnsweredCell]
  private let referenceRuntime: String
  private var found: [CellID: [Divergence]] = [:]
  /// Of each cell, its observations by label, and the labels at which it is no sound reference.
  private let observations: [CellID: [String: Observation]]
  private var unsound: [CellID: Set<String>] = [:]

  /// - Parameters:
  ///   - cells: those of one scenario that were tried.
  ///   - referenceRuntime: name of the runtime that others are compared with.
  public init(_ cells: [AnsweredCell], referenceRuntime: String) {
    self.cells = Dictionary(cells.map { ($0.id, $0) }) { first, _ in first }
    self.referenceRuntime = referenceRuntime
    observations = self.cells.mapValues(\.answer.byLabel)
    for cell in References.sorted(cells, first: referenceRuntime, id: \.id) {
      let divergences = divergences(of: cell.answer, in: cell)
      found[cell.id] = divergences
      unsound[cell.id] = Set(
        (divergences.map(\.place) + cell.unsteady).filter { $0.facet != .message }.compactMap(\.label))
    }
  }

  /// The divergences of a cell's first answer.
  public func divergences(of cell: CellID) -> [Divergence] { found[cell] ?? [] }

  /// The divergences that another answer of a cell would have.
  public func divergences(of answer: Answer, in cell: AnsweredCell) -> [Divergence] {
    var list = answer.brokenPromises
    var seen = Set(list.map(\.place))
    let references = [
      References.lanes(of: cell.id), [References.runtime(of: cell.id, first: referenceRuntime)].compactMap { $0 },
    ]
    for references in references.map({ $0.compactMap { cells[$0] } }) {
      for divergence in differences(of: answer, in: cell, from: references) where seen.insert(divergence.place).inserted
      {
        list.append(divergence)
      }
    }
    return list
  }

  /// Compares label by label with the first of the references that is sound there.
  private func differences(of answer: Answer, in cell: AnsweredCell, from references: [AnsweredCell]) -> [Divergence] {
    let own = answer.byLabel
    var labels = answer.observations.filter { $0.expected == nil }.map(\.label)
    if answer.outcome.ran {
      var seen = Set(own.keys)
      for reference in references where reference.answer.outcome.ran {
        labels += reference.answer.observations.filter { $0.expected == nil && seen.insert($0.label).inserted }
          .map(\.label)
      }
    }
    return labels.compactMap { label -> Divergence? in
      guard let reference = references.first(where: { isSound($0, at: label) }) else { return nil }
      let (oracle, theirs) = (Divergence.Oracle.reference(reference.id), observations[reference.id]?[label])
      return Answer.difference(at: label, own[label], from: theirs, oracle)
        ?? (Self.shareWording(cell, reference) ? Self.wording(own[label], theirs, label, oracle) : nil)
    }
  }

  private static func wording(
    _ own: Observation?, _ other: Observation?, _ label: String, _ oracle: Divergence.Oracle
  ) -> Divergence? {
    guard let message = own?.message, let otherMessage = other?.message, message != otherMessage else { return nil }
    return Divergence(label: label, facet: .message, observed: message, expected: otherMessage, oracle: oracle)
  }

  private func isSound(_ reference: AnsweredCell, at label: String) -> Bool {
    reference.answer.outcome.ran && !(unsound[reference.id]?.contains(label) ?? false)
  }

  /// Messages are an implementation's own words: compared where both lanes end in the same C API of CPython,
  /// shown elsewhere.
  private static func shareWording(_ one: AnsweredCell, _ other: AnsweredCell) -> Bool {
    one.id.runtime == other.id.runtime && one.runtime.implementation == "cpython"
  }
}
