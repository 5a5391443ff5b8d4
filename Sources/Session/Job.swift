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
  let emit: @Sendable (RunEvent) async -> Void
  /// Called with each final verdict; true ends the run.
  let isEnough: @Sendable (Verdict) -> Bool

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
    let cells = batch.cells.map(\.id)
    switch binary.product {
    case .failure(let why):
      let attempt = Attempt(circumstances: .warm, answer: Answer(outcome: Outcome(.notBuilt), message: why))
      for cell in cells where !Task.isCancelled { await take(cell, attempt) }
    case .file(let path):
      await executor.attempt(order(cells, testCase, lane, runtime, binary: path), .warm) { await take($0, $1) }
    }
  }

  /// Takes a cell's first answer; the last one of a scenario completes it.
  private func take(_ cell: CellID, _ attempt: Attempt) async {
    await emit(.tried(cell, attempt.answer.outcome))
    if let scenario = await board.answer(cell, attempt) { await finish(scenario) }
  }

  /// Judges a scenario; what doesn't conform is tried again in fresh processes first.
  func finish(_ scenario: TriedScenario) async {
    var scenario = scenario
    let (blamed, references) = scenario.doubtful(scenario.judgements(by: judge))
    for index in scenario.cells.indices {
      let id = scenario.cells[index].id
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
      let result = CellResult(cell: cell.id, attempts: cell.attempts, judgement: judgement)
      await emit(.judged(result, steps: await steps(for: cell)))
      if isEnough(judgement.verdict) { await board.close() }
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

  /// The steps behind a cell's binary; none for a cell that was not tried, which must not be built for the record.
  private func steps(for cell: TriedScenario.Cell) async -> [BuildStep] {
    guard !cell.attempts[0].answer.outcome.isSkip, let testCase = plan.testCase(of: cell.id.scenario),
      testCase.problems.isEmpty
    else { return [] }
    return await builder.binary(of: testCase, lane: cell.lane, runtime: cell.runtime).steps
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
