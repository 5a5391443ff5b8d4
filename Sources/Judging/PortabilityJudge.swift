import Comparing
import Model

/// Judges binaries away from home by what HPy, or the stable ABI, promises of them: what each answers is compared with
/// what the runtime's own binary answers there, of HPy's the universal one.
public struct PortabilityJudge: ScenarioJudge {
  public init() {}

  public func judgements(of cells: [TriedCell]) -> [CellID: Judgement] {
    let byID = Dictionary(cells.map { ($0.id, $0) }) { first, _ in first }
    return cells.reduce(into: [:]) { judgements, cell in judgements[cell.id] = judgement(of: cell, among: byID) }
  }

  /// What does otherwise than promised, and its reference. A refusal that was promised is tried again once for a case:
  /// loading knows nothing of the scenario.
  public func doubts(about cells: [TriedCell], _ judgements: [CellID: Judgement]) -> [Doubt] {
    let byID = Dictionary(cells.map { ($0.id, $0) }) { first, _ in first }
    var doubts: [Doubt] = []
    var references: [CellID] = []
    for cell in cells where !Self.isReference(cell) && cell.isRepeatable {
      guard let judged = judgements[cell.id]?.portability, judged.behaviour >= .refused else { continue }
      if judged.behaviour == .refused, judged.isKept != false {
        let message = cell.attempts[0].answer.message ?? ""
        let batch = "\(cell.id.scenario.suite)/\(cell.id.scenario.testCase)@\(cell.id.load)"
        doubts.append(Doubt(cell.id, [.fresh], settledBy: "\(batch): \(cell.outcome): \(message)"))
      } else {
        doubts.append(Doubt(cell.id, [.fresh], insists: true))
        if let reference = reference(for: cell, among: byID)?.id, !references.contains(reference) {
          references.append(reference)
        }
      }
    }
    return doubts + references.map { Doubt($0, [.fresh], insists: true) }
  }

  private func judgement(of cell: TriedCell, among cells: [CellID: TriedCell]) -> Judgement {
    let own = Self.own(of: cell, among: cells)
    var promise = PortabilityPromise(of: cell.load, declared: cell.load.binary.declared)
    // A runtime whose own HPy can't build the case lacks what the case asks for.
    if own?.outcome == .notBuilt, !cell.load.binary.flavour.isStable, promise.demand == .behaves {
      promise = .lacksFunctions
    }
    let isReference = Self.isReference(cell)
    let comparison = PortabilityComparison(
      cell.attempts, reference: (isReference ? cell : reference(for: cell, among: cells)).map(Self.compared),
      except: Self.uncounted(of: cell))
    let isKept =
      isReference
      ? nil
      : promise.isKept(
        by: comparison.behaviour, own: own.map { PortabilityComparison($0.attempts, reference: nil).behaviour })
    let verdict: Verdict = isKept.map { $0 ? .conforming : .new } ?? .notJudged
    let circumstances = cell.attempts.map(\.circumstances).reduce(into: [Circumstances]()) {
      if !$0.contains($1) { $0.append($1) }
    }
    return Judgement(
      verdict: verdict,
      findings: comparison.differences.map {
        Finding(divergence: $0, verdict: isKept == false ? .new : .notJudged, circumstances: circumstances)
      },
      portability: PortabilityJudgement(
        promise: promise, behaviour: comparison.behaviour, isKept: isKept,
        isUnsteady: isReference
          ? !PortabilityComparison.unsteadyPlaces(cell.attempts.map(\.answer)).isEmpty : comparison.isUnsteady))
  }

  /// The total of references of a debug build, where another build's headers count in the objects alone: Py_REF_DEBUG
  /// adds to the total what the macros of its own headers, and the interpreter's functions, count (CPython's
  /// Misc/SpecialBuilds.txt).
  private static func uncounted(of cell: TriedCell) -> Set<String> {
    let home = cell.load.binary.home
    guard cell.load.runtime.isDebugBuild, !home.isDebugBuild, cell.load.binary.flavour.isStable else { return [] }
    return [Observation.repeatsPrefix + "references"]
  }

  private static func compared(_ cell: TriedCell) -> PortabilityComparison.Reference {
    PortabilityComparison.Reference(id: cell.id, attempts: cell.attempts)
  }

  /// The runtime's own binary, which others are compared with.
  private static func isReference(_ cell: TriedCell) -> Bool {
    cell.id.load == LoadID(Lane(cell.load.binary.flavour.reference), runtime: cell.id.runtime)
  }

  private static func own(of cell: TriedCell, among cells: [CellID: TriedCell]) -> TriedCell? {
    let flavour = cell.load.binary.flavour.reference
    return cells[CellID(cell.id.scenario, LoadID(Lane(flavour), runtime: cell.id.runtime))]
  }

  /// The runtime's own binary; where that has no answer, the same binary, or the universal one of the same HPy, at home.
  private func reference(for cell: TriedCell, among cells: [CellID: TriedCell]) -> TriedCell? {
    let flavour = cell.load.binary.flavour.reference
    let home = CellID(cell.id.scenario, LoadID(Lane(flavour), runtime: cell.load.binary.home.name))
    return [Self.own(of: cell, among: cells), cells[home]].lazy.compactMap { $0 }.first(where: \.isRepeatable)
  }
}
