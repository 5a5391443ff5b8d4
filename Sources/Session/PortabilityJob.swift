import Building
import Comparing
import Executing
import Foundation
import Model
import Planning
import Synchronization

/// One of the jobs of a portability view: takes cases, and tries every binary of a case on every runtime.
struct PortabilityJob: Sendable {
  let plan: PortabilityPlan
  let builder: Builder
  let executor: Executor
  let emit: @Sendable ([PortabilityResult]) async -> Void

  /// The cells of one binary of a case on one runtime.
  private struct Batch {
    var runtime: Runtime
    var binary: PortableBinary
    var isReference: Bool
    var cells: [PortabilityPlan.Cell]
  }

  /// A cell with its answers.
  private struct Tried {
    var cell: PortabilityPlan.Cell
    var promise: PortabilityPromise
    var attempts: [Attempt]
    var content: ContentKey?
  }

  func run(_ unit: PortabilityPlan.Unit) async {
    var references: [CellID: Tried] = [:]
    let batches = batches(of: unit)
    for batch in batches where batch.isReference {
      for tried in await first(batch, of: unit.testCase) { references[tried.cell.id] = tried }
    }
    for batch in batches where !batch.isReference && !Task.isCancelled {
      await emit(await finish(await first(batch, of: unit.testCase), unit.testCase, &references))
    }
    let own = references.values.filter { !$0.attempts.isEmpty }
    await emit(own.map { result($0, reference: nil, own: nil) }.sorted { $0.scenario < $1.scenario })
  }

  private func batches(of unit: PortabilityPlan.Unit) -> [Batch] {
    plan.places.flatMap { place -> [Batch] in
      var batches: [Batch] = []
      for cell in plan.cells(of: unit, on: place) {
        if batches.last?.binary != cell.binary {
          batches.append(
            Batch(runtime: place.runtime, binary: cell.binary, isReference: cell.isReference, cells: []))
        }
        batches[batches.count - 1].cells.append(cell)
      }
      return batches
    }
  }

  // MARK: Trying

  /// The first answers of a batch. Cells that a cancelled task did not get to have none.
  private func first(_ batch: Batch, of testCase: Case) async -> [Tried] {
    var tried = batch.cells.map { Tried(cell: $0, promise: $0.promise, attempts: [], content: nil) }
    let needsBinary = batch.cells.contains { $0.skip == nil }
    let isKnown = needsBinary ? await builtForItself(testCase, batch.runtime) : true
    for index in tried.indices {
      if let skip = tried[index].cell.skip {
        tried[index].attempts = [Self.untried(Outcome(skip.kind), skip.reason)]
      } else if let exclusion = tried[index].cell.exclusion, isKnown {
        tried[index].attempts = [Self.untried(Outcome(exclusion.kind), exclusion.reason)]
      } else if !isKnown, tried[index].promise.demand == .behaves {
        tried[index].promise = .lacksFunctions
      }
    }
    let waiting = tried.indices.filter { tried[$0].attempts.isEmpty }
    guard !waiting.isEmpty, let home = plan.runtime(named: batch.binary.builtFor) else { return tried }
    let binary = await builder.binary(of: testCase, lane: batch.binary.kind.lane, runtime: home)
    switch binary.product {
    case .failure(let why):
      for index in waiting { tried[index].attempts = [Self.untried(Outcome(.notBuilt), why)] }
    case .file(let path):
      let cells = waiting.map { tried[$0].cell }
      let answers = await attempts(cells, batch.binary, on: batch.runtime, testCase, path: path, .warm)
      for index in waiting {
        tried[index].attempts = answers[tried[index].cell.id].map { [$0] } ?? []
        tried[index].content = binary.content
      }
    }
    return tried
  }

  /// Whether the case can be built with the runtime's own HPy: if not, it asks for more than that HPy has.
  private func builtForItself(_ testCase: Case, _ runtime: Runtime) async -> Bool {
    guard let own = plan.reference(on: runtime), let home = plan.runtime(named: own.builtFor) else { return true }
    let binary = await builder.binary(of: testCase, lane: own.kind.lane, runtime: home)
    if case .failure = binary.product { return false }
    return true
  }

  private func attempts(
    _ cells: [PortabilityPlan.Cell], _ binary: PortableBinary, on runtime: Runtime, _ testCase: Case, path: String,
    _ circumstances: Circumstances
  ) async -> [CellID: Attempt] {
    let answers = Mutex<[CellID: Attempt]>([:])
    let order = BatchOrder(
      cells: cells.map(\.id), runtime: runtime, lane: binary.kind.lane, binary: path, module: testCase.module,
      scenarioFile: testCase.scenarioFile,
      scenarioKey: ContentKey(ofFile: testCase.scenarioFile) ?? ContentKey(of: testCase.scenarioFile),
      directory: testCase.directory.path)
    await executor.attempt(order, circumstances) { cell, attempt in answers.withLock { $0[cell] = attempt } }
    return answers.withLock { $0 }
  }

  private static func untried(_ outcome: Outcome, _ message: String) -> Attempt {
    Attempt(circumstances: .warm, answer: Answer(outcome: outcome, message: message))
  }

  // MARK: Comparing

  /// Compares a batch with its references. What does otherwise than promised is tried again in a fresh process, its
  /// reference too; twice more where two attempts disagree. A refusal that was promised is tried again once for
  /// them all: loading knows nothing of the scenario.
  private func finish(_ batch: [Tried], _ testCase: Case, _ references: inout [CellID: Tried]) async
    -> [PortabilityResult]
  {
    var results: [PortabilityResult] = []
    var refusals: Set<Answer> = []
    for var tried in batch where !tried.attempts.isEmpty {
      let place = referencePlace(of: tried, references)
      let own = references[ownPlace(of: tried.cell)]
      func compared() -> PortabilityResult { result(tried, reference: place.flatMap { references[$0] }, own: own) }
      let first = compared()
      let isRefusal = first.behaviour == .refused && first.isKept != false
      if isRefusal ? refusals.insert(tried.attempts[0].answer).inserted : first.behaviour >= .refused {
        await again(&tried, testCase)
        if !isRefusal, let place, var reference = references[place], reference.attempts.count == 1 {
          await again(&reference, testCase)
          references[place] = reference
        }
      }
      if Task.isCancelled, compared().attempts.count == 1, first.behaviour == .misbehaves { continue }
      results.append(compared())
    }
    return results
  }

  /// Tries a cell once more in a fresh process, and twice more where that disagrees.
  private func again(_ tried: inout Tried, _ testCase: Case) async {
    let cell = tried.cell
    guard let home = plan.runtime(named: cell.binary.builtFor), let runtime = plan.runtime(named: cell.id.runtime),
      case .file(let path) = await builder.binary(of: testCase, lane: cell.binary.kind.lane, runtime: home).product
    else { return }
    var wanted = 1
    while tried.attempts.count <= wanted, !Task.isCancelled {
      let more = await attempts([cell], cell.binary, on: runtime, testCase, path: path, .fresh)
      guard let attempt = more[cell.id] else { return }
      tried.attempts.append(attempt)
      let answers = tried.attempts.map(\.answer)
      if wanted == 1, !PortabilityComparison.unsteadyPlaces(answers).isEmpty { wanted = 3 }
    }
  }

  private func ownPlace(of cell: PortabilityPlan.Cell) -> CellID {
    let own = plan.runtime(named: cell.id.runtime).flatMap { plan.reference(on: $0) }
    return CellID(scenario: cell.id.scenario, lane: own?.name ?? "", runtime: cell.id.runtime)
  }

  /// The runtime's own binary; where that has no answer, the same HPy's binary at home.
  private func referencePlace(of tried: Tried, _ references: [CellID: Tried]) -> CellID? {
    let cell = tried.cell
    let home = plan.runtime(named: cell.binary.builtFor).flatMap { plan.reference(on: $0) }
    let places =
      [ownPlace(of: cell)]
      + [home.map { CellID(scenario: cell.id.scenario, lane: $0.name, runtime: cell.binary.builtFor) }].compactMap(
        \.self)
    return places.first { place in
      guard let outcome = references[place]?.attempts.first?.answer.outcome else { return false }
      return !outcome.isSkip && outcome.kind != .notBuilt && outcome.kind != .invalid
    }
  }

  private func result(_ tried: Tried, reference: Tried?, own: Tried?) -> PortabilityResult {
    let other = reference.map { PortabilityComparison.Reference(id: $0.cell.id, attempts: $0.attempts) }
    let itself = PortabilityComparison.Reference(id: tried.cell.id, attempts: tried.attempts)
    // The reference is what it is: it is only unsteady or not.
    let comparison = PortabilityComparison(tried.attempts, reference: tried.cell.isReference ? itself : other)
    let ownBehaviour = own.map { PortabilityComparison($0.attempts, reference: nil).behaviour }
    let isUnsteady =
      tried.cell.isReference
      ? !PortabilityComparison.unsteadyPlaces(tried.attempts.map(\.answer)).isEmpty : comparison.isUnsteady
    return PortabilityResult(
      scenario: tried.cell.id.scenario, binary: tried.cell.binary.name, runtime: tried.cell.id.runtime,
      isReference: tried.cell.isReference, attempts: tried.attempts, behaviour: comparison.behaviour,
      promise: tried.promise,
      isKept: tried.cell.isReference
        ? nil : tried.promise.isKept(by: comparison.behaviour, own: ownBehaviour),
      isUnsteady: isUnsteady, differences: comparison.differences, content: tried.content)
  }
}
