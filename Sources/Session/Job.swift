import Building
import Executing
import Foundation
import Judging
import Model
import Planning
import Synchronization

/// One of a run's jobs: takes batches, builds and tries them, and judges the scenarios that it completes.
struct Job: Sendable {
  let plan: Plan
  let board: Board
  let builder: Builder
  let executor: Executor
  let judge: Judge
  let scenarioKeys: [String: ContentKey]
  let reuse: Reuse
  /// How often each cell is tried to begin with.
  let repetitions: Int
  let emit: @Sendable (RunEvent) async -> Void
  /// Asked behind each final verdict; true ends the run.
  let isEnough: @Sendable () -> Bool

  func work() async {
    while !Task.isCancelled, let batch = await board.next() {
      await run(batch)
    }
    await executor.close()
  }

  private func run(_ batch: Plan.Batch) async {
    guard let first = batch.cells.first, let testCase = plan.testCase(of: first.id.scenario),
      let lane = Lane.named(batch.lane), let runtime = plan.runtime(named: batch.runtime)
    else { return }
    let binary = await builder.binary(of: testCase, lane: lane, runtime: runtime)
    let cells = await takeOver(batch, testCase, lane, runtime, binary).cells.map(\.id)
    if cells.isEmpty { return }
    switch binary.product {
    case .failure(let why):
      let attempt = Attempt(circumstances: .warm, answer: Answer(outcome: Outcome(.notBuilt), message: why))
      for cell in cells where !Task.isCancelled { await take(cell, attempt) }
    case .file(let path):
      let order = order(cells, testCase, lane, runtime, binary: path)
      if repetitions == 1 {
        await executor.attempt(order, .warm) { await take($0, $1) }
      } else {
        await runRepeatedly(order, lane, runtime)
      }
    }
  }

  /// Tries each cell of a batch several times, the batch as a whole, so that the times lie apart.
  private func runRepeatedly(_ order: BatchOrder, _ lane: Lane, _ runtime: Runtime) async {
    let attempts = Mutex<[CellID: [Attempt]]>([:])
    for _ in 0..<repetitions where !Task.isCancelled {
      await executor.attempt(order, .warm) { cell, attempt in
        let isFirst = attempts.withLock { attempts in
          attempts[cell, default: []].append(attempt)
          return attempts[cell]?.count == 1
        }
        if isFirst { await emit(.tried(cell, attempt.answer.outcome)) }
      }
    }
    for cell in order.cells {
      guard let made = attempts.withLock({ $0[cell] }) else { continue }
      let tried = TriedScenario.Cell(id: cell, runtime: runtime, lane: lane, attempts: made)
      if let scenario = await board.answer(tried) { await finish(scenario) }
    }
  }

  /// Takes a cell's first answer; the last one of a scenario completes it.
  private func take(_ cell: CellID, _ attempt: Attempt) async {
    await emit(.tried(cell, attempt.answer.outcome))
    if let scenario = await board.answer(cell, attempt) { await finish(scenario) }
  }

  /// Answers a batch's cells from earlier runs, where nothing has changed; what is left is to be run.
  private func takeOver(
    _ batch: Plan.Batch, _ testCase: Case, _ lane: Lane, _ runtime: Runtime, _ binary: BuiltBinary
  ) async -> Plan.Batch {
    let earlier = await reuse.attempts(for: batch, testCase, lane, runtime, binary)
    if earlier.isEmpty { return batch }
    var rest = batch
    rest.cells = []
    for cell in batch.cells {
      guard let found = earlier[cell.id] else {
        rest.cells.append(cell)
        continue
      }
      let answered = TriedScenario.Cell(
        id: cell.id, runtime: runtime, lane: lane, attempts: found.attempts, reusedFrom: found.run)
      if let scenario = await board.answer(answered) { await finish(scenario) }
    }
    return rest
  }

  /// Judges a scenario; what doesn't conform is tried again in fresh processes first.
  ///
  /// Where all of it was taken over, nothing is run. Beside cells that were, one that was taken over with a single
  /// attempt, and now is in doubt, is run like them.
  func finish(_ scenario: TriedScenario) async {
    var scenario = scenario
    let (blamed, references) = scenario.doubtful(scenario.judgements(by: judge))
    let hasRun = scenario.cells.contains { $0.reusedFrom == nil && !$0.attempts[0].answer.outcome.isSkip }
    for index in scenario.cells.indices {
      let id = scenario.cells[index].id
      if scenario.cells[index].reusedFrom != nil {
        guard hasRun, scenario.cells[index].attempts.count == 1, blamed.contains(id) || references.contains(id) else {
          continue
        }
        let attempts = await again(scenario.cells[index], [.warm])
        if Task.isCancelled { return }
        if attempts.isEmpty { continue }
        scenario.cells[index].attempts = attempts
        scenario.cells[index].reusedFrom = nil
      }
      if blamed.contains(id) {
        scenario.cells[index].attempts += await confirm(scenario.cells[index])
      } else if references.contains(id) {
        scenario.cells[index].attempts += await again(scenario.cells[index], [.fresh])
      }
      if Task.isCancelled { return }
    }
    let judgements = scenario.judgements(by: judge)
    for cell in scenario.cells {
      guard let judgement = judgements[cell.id] else { continue }
      let binary = await binary(for: cell)
      var result = CellResult(
        cell: cell.id, attempts: cell.attempts, judgement: judgement, reusedFrom: cell.reusedFrom)
      if let binary, let testCase = plan.testCase(of: cell.id.scenario) {
        result.input = await reuse.input(of: cell.id, testCase, cell.lane, cell.runtime, binary)
      }
      await emit(.judged(result, steps: binary?.steps ?? []))
      if isEnough() { await board.close() }
    }
  }

  /// Further attempts at a cell that doesn't conform; two more where the second disagrees with the first, so that
  /// a flicker shows how often it comes.
  private func confirm(_ cell: TriedScenario.Cell) async -> [Attempt] {
    let first = cell.attempts[0].answer
    guard Self.isRepeatable(first.outcome) else { return [] }
    var attempts = await again(cell, [.fresh])
    if attempts.contains(where: { !$0.answer.disagreements(with: first).isEmpty }) {
      attempts += await again(cell, [.fresh, .fresh])
    }
    if cell.runtime.implementation == "cpython" { attempts += await again(cell, [.memoryDebug]) }
    return attempts
  }

  private static func isRepeatable(_ outcome: Outcome) -> Bool {
    !outcome.isSkip && outcome.kind != .notBuilt && outcome.kind != .invalid
  }

  private func again(_ cell: TriedScenario.Cell, _ circumstances: [Circumstances]) async -> [Attempt] {
    guard let testCase = plan.testCase(of: cell.id.scenario) else { return [] }
    let binary = await builder.binary(of: testCase, lane: cell.lane, runtime: cell.runtime)
    guard case .file(let path) = binary.product else { return [] }
    let order = order([cell.id], testCase, cell.lane, cell.runtime, binary: path)
    let attempts = Mutex<[Attempt]>([])
    for one in circumstances {
      await executor.attempt(order, one) { _, attempt in attempts.withLock { $0.append(attempt) } }
    }
    return attempts.withLock { $0 }
  }

  /// A cell's binary; none for a cell that was not tried, which must not be built for the record.
  private func binary(for cell: TriedScenario.Cell) async -> BuiltBinary? {
    guard !cell.attempts[0].answer.outcome.isSkip, let testCase = plan.testCase(of: cell.id.scenario),
      testCase.problems.isEmpty
    else { return nil }
    return await builder.binary(of: testCase, lane: cell.lane, runtime: cell.runtime)
  }

  private func order(
    _ cells: [CellID], _ testCase: Case, _ lane: Lane, _ runtime: Runtime, binary: String
  ) -> BatchOrder {
    BatchOrder(
      cells: cells, runtime: runtime, lane: lane, binary: binary, module: testCase.module,
      scenarioFile: testCase.scenarioFile,
      scenarioKey: scenarioKeys[testCase.scenarioFile] ?? ContentKey(of: testCase.scenarioFile),
      directory: testCase.directory.path)
  }
}
