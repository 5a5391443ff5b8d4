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
/// nearest sound reference: another lane on the same runtime, and the same lane on the reference runtime, or on the next
/// runtime in order where that one has nothing to say. A reference that diverges at a label itself, or did not complete,
/// says nothing about others there.
///
/// The reference runtime is not right by its position: where it alone differs, and two or more others agree, it is the one
/// that diverges.
public struct Comparison: Sendable {
  private let cells: [CellID: AnsweredCell]
  private let order: [String]
  private var found: [CellID: [Divergence]] = [:]
  /// Of each cell, its observations by label, and the labels at which it is no sound reference.
  private let observations: [CellID: [String: Observation]]
  private var unsound: [CellID: Set<String>] = [:]
  /// Labels at which a cell alone answers otherwise than all other runtimes, with the cell that it is compared with there.
  private let lonely: [CellID: [String: CellID]]
  /// Labels at which a cell was compared with others, and with which.
  private var compared: [CellID: [String: Set<CellID>]] = [:]

  /// - Parameters:
  ///   - cells: those of one scenario that were tried.
  ///   - referenceRuntime: name of the runtime that others are compared with.
  public init(_ cells: [AnsweredCell], referenceRuntime: String) {
    self.cells = Dictionary(cells.map { ($0.id, $0) }) { first, _ in first }
    order = References.order(of: cells.map(\.runtime), first: referenceRuntime)
    observations = self.cells.mapValues(\.answer.byLabel)
    let sorted = References.sorted(cells, order: order, id: \.id)
    lonely = Self.lonely(sorted, observations)
    for cell in sorted {
      let (divergences, pairs) = divergencesAndPairs(of: cell.answer, in: cell)
      found[cell.id] = divergences
      for (label, reference) in pairs {
        compared[cell.id, default: [:]][label, default: []].insert(reference)
        compared[reference, default: [:]][label, default: []].insert(cell.id)
      }
      unsound[cell.id] = Set(
        (divergences.map(\.place) + cell.unsteady).filter { $0.facet != .message }.compactMap(\.label))
    }
  }

  /// The divergences of a cell's first answer.
  public func divergences(of cell: CellID) -> [Divergence] { found[cell] ?? [] }

  /// Whether anything says what a cell should have recorded at a label: an expectation, or another cell that it was
  /// compared with, or that was compared with it.
  public func isCompared(_ label: String, of cell: CellID) -> Bool {
    compared[cell]?[label] != nil || observations[cell]?[label]?.expected != nil
  }

  /// Of the cells that a cell was compared with at a label, in either direction, those that recorded the same; nil where
  /// there was none to compare with.
  public func agreeing(at label: String, with cell: CellID) -> Set<CellID>? {
    compared[cell]?[label]?.filter { observations[$0]?[label]?.value == observations[cell]?[label]?.value }
  }

  /// Whether it was compared at any label.
  public func isCompared(_ cell: CellID) -> Bool {
    !(compared[cell] ?? [:]).isEmpty || observations[cell]?.values.contains { $0.expected != nil } ?? false
  }

  /// The divergences that another answer of a cell would have.
  public func divergences(of answer: Answer, in cell: AnsweredCell) -> [Divergence] {
    divergencesAndPairs(of: answer, in: cell).divergences
  }

  private typealias Pair = (label: String, reference: CellID)

  private func divergencesAndPairs(
    of answer: Answer, in cell: AnsweredCell
  ) -> (divergences: [Divergence], pairs: [Pair]) {
    let own = answer.byLabel
    var list = answer.brokenPromises
    var pairs: [Pair] = []
    var seen = Set(list.map(\.place))
    func add(_ divergence: Divergence) { if seen.insert(divergence.place).inserted { list.append(divergence) } }
    for references in [References.lanes(of: cell.id), References.runtimes(of: cell.id, order: order)] {
      for (pair, divergence) in differences(of: answer, own, in: cell, from: references.compactMap { cells[$0] }) {
        pairs.append(pair)
        divergence.map(add)
      }
    }
    for (label, other) in (lonely[cell.id] ?? [:]).sorted(by: { $0.key < $1.key }) {
      pairs.append((label, other))
      Answer.difference(at: label, own[label], from: observations[other]?[label], .reference(other)).map(add)
    }
    return (list, pairs)
  }

  /// Where the first of three or more runtimes that ran a lane to its end stands alone with its value, and nothing is
  /// promised.
  private static func lonely(
    _ sorted: [AnsweredCell], _ observations: [CellID: [String: Observation]]
  ) -> [CellID: [String: CellID]] {
    let steady = sorted.filter { $0.answer.outcome.ran }
    return Dictionary(grouping: steady) { [$0.id.lane.description, $0.id.load.home] }.values.reduce(into: [:]) {
      found, cells in
      guard cells.count > 2 else { return }
      let (first, second, others) = (cells[0], cells[1], cells.dropFirst())
      for label in Set(cells.flatMap { observations[$0.id]!.keys }) {
        let recorded = cells.map { observations[$0.id]![label] }
        guard recorded.allSatisfy({ $0?.expected == nil }),
          !cells.contains(where: { cell in cell.unsteady.contains { $0.label == label } })
        else { continue }
        let values = recorded.map { $0?.value }
        if values[0] != values[1], others.indices.allSatisfy({ values[$0] == values[1] }) {
          found[first.id, default: [:]][label] = second.id
        }
      }
    }
  }

  /// Compares label by label with the first of the references that is sound there: each comparison, and what it gave.
  private func differences(
    of answer: Answer, _ own: [String: Observation], in cell: AnsweredCell, from references: [AnsweredCell]
  ) -> [(pair: Pair, divergence: Divergence?)] {
    var labels = answer.observations.filter { $0.expected == nil }.map(\.label)
    if answer.outcome.ran {
      var seen = Set(own.keys)
      for reference in references where reference.answer.outcome.ran {
        labels += reference.answer.observations.filter { $0.expected == nil && seen.insert($0.label).inserted }
          .map(\.label)
      }
    }
    return labels.compactMap { label -> (pair: Pair, divergence: Divergence?)? in
      guard let reference = references.first(where: { isSound($0, at: label) }) else { return nil }
      let (oracle, theirs) = (Divergence.Oracle.reference(reference.id), observations[reference.id]?[label])
      let divergence =
        Answer.difference(at: label, own[label], from: theirs, oracle)
        ?? (Self.shareWording(cell, reference) ? Self.wording(own[label], theirs, label, oracle) : nil)
      return ((label, reference.id), divergence)
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
