import Building
import Executing
import Foundation
import Judging
import Model
import Planning
import Platform
import Synchronization

/// One of a run's jobs: takes cells, builds and tries them, and judges the scenarios that it completes.
struct Job: Sendable {
  let board: Board
  let builder: Builder
  let executor: Executor
  let judge: any ScenarioJudge
  let timings: Timings
  let broken: BrokenCases
  let settled: SettledDoubts
  let reuse: Reuse
  /// Nil where nobody wants frames of C.
  let closer: (debugger: Debugger, leaks: LeakTracer)?
  /// How often each cell is tried to begin with.
  let repetitions: Int
  let patience: MachineHealth.Patience
  let emit: @Sendable (RunEvent) async -> Void
  /// Told of what ends the run.
  let fail: @Sendable (any Error) async -> Void
  /// Asked behind each final verdict; true ends the run.
  let isEnough: @Sendable () -> Bool

  func work() async {
    while !Task.isCancelled, let work = await board.next() {
      await run(work)
    }
    await executor.close()
  }

  /// Tries what the machine kept from being tried, when nothing else is done any more. What fails now has failed.
  func workPostponed() async {
    let postponed = await board.takePostponed()
    if postponed.isEmpty { return }
    try? await Task.sleep(for: patience.beforeLastChance)
    for work in postponed where !Task.isCancelled { await run(work, isLastChance: true) }
    await executor.close()
  }

  private func run(_ work: Board.Work, isLastChance: Bool = false) async {
    @Sendable func take(_ scenario: ScenarioID, _ attempt: Attempt) async {
      if attempt.answer.outcome == .harnessFailed, !isLastChance,
        let cell = work.batch.cells.first(where: { $0.scenario == scenario })
      {
        await board.postpone(cell, work.testCase, work.batch.load)
      } else {
        await self.take(scenario, [attempt], work.batch.load)
      }
    }
    let binary = await builder.binary(of: work.testCase, for: work.batch.load)
    var cells = await skipBuiltAtHome(work, take)
    cells = await takeOver(cells, work, binary)
    if cells.isEmpty { return }
    switch binary.product {
    case .failure(let why):
      for cell in cells where !Task.isCancelled { await take(cell, Attempt(untried: .notBuilt, why)) }
    case .machineFailed(let lack):
      for cell in cells where !Task.isCancelled { await take(cell, Attempt(untried: .harnessFailed, lack)) }
    case .unsupported(let why):
      for cell in cells where !Task.isCancelled { await take(cell, Attempt(untried: .unsupported, why)) }
    case .file(let path):
      let order = order(cells, work.testCase, work.batch.load, binary, at: path)
      if repetitions == 1 {
        await runOnce(order, work, binary, take)
      } else {
        await runRepeatedly(order)
      }
    }
  }

  /// Tries each cell of a batch once. Repeats that added nothing when nothing was different are not made again.
  private func runOnce(
    _ order: BatchOrder, _ work: Board.Work, _ binary: BuiltBinary,
    _ takeFirst: @escaping @Sendable (ScenarioID, Attempt) async -> Void
  ) async {
    let known = await reuse.answersWithoutGrowth(
      of: order.cells.map(\.scenario), work.testCase, work.batch.load, binary)
    var (whole, single) = (order, order)
    whole.cells = order.cells.filter { known[$0.scenario] == nil }
    single.cells = order.cells.filter { known[$0.scenario] != nil }
    single.repeats = false
    let others = Mutex<[CellID: Attempt]>([:])
    if !single.cells.isEmpty {
      await executor.attempt(single, .warm) { cell, attempt in
        if let whole = known[cell.scenario].flatMap({ attempt.withRepeats(of: $0) }) {
          await takeFirst(cell.scenario, whole)
        } else {
          others.withLock { $0[cell] = attempt }
        }
      }
    }
    // What answered otherwise than ever is tried as if nothing were known, and shows whether it flickers.
    let unequal = others.withLock { $0 }
    whole.cells += order.cells.filter { unequal[$0] != nil }
    if whole.cells.isEmpty || Task.isCancelled { return }
    await executor.attempt(whole, .warm) { cell, attempt in
      if let other = unequal[cell]?.withRepeats(like: attempt), attempt.answer.outcome != .harnessFailed {
        await take(cell.scenario, [attempt, other], order.load)
      } else {
        await takeFirst(cell.scenario, attempt)
      }
    }
  }

  /// Tries each cell of a batch several times, the batch as a whole, so that the times lie apart.
  private func runRepeatedly(_ order: BatchOrder) async {
    let attempts = Mutex<[CellID: [Attempt]]>([:])
    for round in 0..<repetitions where !Task.isCancelled {
      await executor.attempt(order, .warm) { cell, attempt in
        attempts.withLock { $0[cell, default: []].append(attempt) }
        if round == 0 { await emit(.tried(cell, attempt.answer.outcome)) }
      }
    }
    for cell in order.cells {
      guard var made = attempts.withLock({ $0[cell] }) else { continue }
      let counted = made.filter { $0.answer.outcome != .harnessFailed }
      if !counted.isEmpty { made = counted }
      await note(TriedCell(cell.scenario, order.load, attempts: made))
    }
  }

  /// Takes a cell's first answers.
  private func take(_ scenario: ScenarioID, _ attempts: [Attempt], _ load: Load) async {
    let cell = TriedCell(scenario, load, attempts: attempts)
    await emit(.tried(cell.id, cell.outcome))
    await note(cell)
  }

  /// Hands a cell's answers to the board; the last one of a scenario completes it.
  private func note(_ cell: TriedCell) async {
    if let scenario = await board.answer(cell) { await finish(scenario) }
  }

  /// Answers the cells that have no meaning where the runtime's own HPy can build the case; the others are to be run.
  private func skipBuiltAtHome(
    _ work: Board.Work, _ take: (ScenarioID, Attempt) async -> Void
  ) async -> [ScenarioID] {
    var rest: [ScenarioID] = []
    for cell in work.batch.cells {
      guard case .skipIfBuiltAtHome(let skip) = cell.action else {
        rest.append(cell.scenario)
        continue
      }
      let home = Load(.universal, on: work.batch.load.runtime)
      switch await builder.binary(of: work.testCase, for: home).product {
      case .file: await take(cell.scenario, Attempt(untried: skip.outcome, skip.reason))
      case .machineFailed(let lack): await take(cell.scenario, Attempt(untried: .harnessFailed, lack))
      case .failure, .unsupported: rest.append(cell.scenario)
      }
    }
    return rest
  }

  /// Answers cells from earlier runs, where nothing has changed; what is left is to be run.
  private func takeOver(_ cells: [ScenarioID], _ work: Board.Work, _ binary: BuiltBinary) async -> [ScenarioID] {
    let earlier = await reuse.attempts(for: cells, work.testCase, work.batch.load, binary)
    for scenario in cells {
      guard let found = earlier[scenario] else { continue }
      await note(TriedCell(scenario, work.batch.load, attempts: found.attempts, reusedFrom: found.run))
    }
    return cells.filter { earlier[$0] == nil }
  }

  // MARK: Judging

  /// Judges a scenario; what is in doubt is tried again in fresh processes first.
  ///
  /// Where all of it was taken over, nothing is run. Beside cells that were, one that was taken over with a single
  /// attempt, and now is in doubt, is run like them.
  func finish(_ scenario: AnsweredScenario) async {
    var cells = await marked(scenario)
    let first = timings.measure(.judging) { judge.judgements(of: cells) }
    let hasRun = cells.contains { $0.reusedFrom == nil && !$0.outcome.isSkip }
    var doubts = timings.measure(.judging) { judge.doubts(about: cells, first) }
    if hasRun { doubts = await unsettled(doubts, cells, first, of: scenario.testCase) }
    var hasChanged = false
    for doubt in doubts {
      guard let index = cells.firstIndex(where: { $0.id == doubt.cell }) else { continue }
      if cells[index].reusedFrom != nil {
        guard hasRun || reuse.isThorough, cells[index].attempts.count == 1 else { continue }
        let attempts = await again(cells[index], of: scenario.testCase, [.warm])
        if attempts.isEmpty { continue }
        cells[index].attempts = attempts
        cells[index].reusedFrom = nil
        hasChanged = true
      }
      // A hang that is known is believed as it is: each further attempt takes all of a cell's time.
      if cells[index].outcome == .timedOut, first[doubt.cell]?.verdict == .known { continue }
      if let text = doubt.settledBy, !settled.insert(text) { continue }
      cells[index].attempts += await settle(doubt, cells[index], of: scenario.testCase)
      hasChanged = true
      if Task.isCancelled { return }
    }
    let judgements = hasChanged ? timings.measure(.judging) { judge.judgements(of: cells) } : first
    for index in cells.indices where judgements[cells[index].id]?.verdict == .new {
      await lookCloser(at: &cells[index], judgements[cells[index].id], of: scenario.testCase)
    }
    for cell in cells {
      guard let judgement = judgements[cell.id] else { continue }
      let binary = await binary(for: cell, of: scenario.testCase)
      var result = CellResult(
        cell: cell.id, attempts: cell.attempts, judgement: judgement, reusedFrom: cell.reusedFrom)
      if let binary {
        result.input = await reuse.input(of: cell.id.scenario, scenario.testCase, cell.load, binary)
      }
      await emit(.judged(result, steps: binary?.steps ?? []))
      if isEnough() { await board.close() }
    }
  }

  /// Those doubts that earlier runs did not settle: none where all that is blamed is known, and was confirmed with the same
  /// inputs.
  private func unsettled(
    _ doubts: [Doubt], _ cells: [TriedCell], _ first: [CellID: Judgement], of testCase: Case
  ) async -> [Doubt] {
    if reuse.isThorough { return doubts }
    var settled: Set<CellID> = []
    for cell in cells where first[cell.id]?.verdict == .known {
      guard let binary = await binary(for: cell, of: testCase) else { continue }
      if await reuse.wasConfirmed(cell, testCase, binary) { settled.insert(cell.id) }
    }
    let left = doubts.filter { !settled.contains($0.cell) }
    return left.contains { first[$0.cell]?.verdict.isBlame ?? false } ? left : []
  }

  /// The cells, with those of a broken case as that.
  private func marked(_ scenario: AnsweredScenario) async -> [TriedCell] {
    do {
      return try broken.marked(scenario)
    } catch {
      await fail(error)
      return scenario.cells
    }
  }

  /// Further attempts at a cell that is in doubt.
  private func settle(_ doubt: Doubt, _ cell: TriedCell, of testCase: Case) async -> [Attempt] {
    let first = cell.attempts[0].answer
    var attempts: [Attempt] = []
    for circumstances in doubt.circumstances {
      // What hung twice hangs, and a third time would say no more.
      let hangs = first.outcome == .timedOut && attempts.last?.answer.outcome == .timedOut
      if hangs, circumstances == .memoryDebug { continue }
      attempts += await again(cell, of: testCase, [circumstances])
      let disagrees = attempts.contains { !$0.answer.disagreements(with: first).isEmpty }
      if doubt.insists, circumstances == .fresh, disagrees {
        attempts += await again(cell, of: testCase, [.fresh, .fresh])
      }
    }
    return attempts
  }

  /// Adds the frames of C to the first attempt that died or hung, or to that which leaked.
  private func lookCloser(at cell: inout TriedCell, _ judgement: Judgement?, of testCase: Case) async {
    // A package's own test is run by pytest, which is no scenario to repeat by itself.
    guard let closer, cell.reusedFrom == nil, testCase.tests == nil, !Task.isCancelled else { return }
    let died = cell.attempts.firstIndex { Debugger.isMeant($0.answer.outcome) }
    let leaks = judgement?.findings.contains(where: LeakTracer.isMeant) ?? false
    guard died != nil || leaks else { return }
    let binary = await builder.binary(of: testCase, for: cell.load)
    guard case .file = binary.product else { return }
    if let died {
      let frames = await closer.debugger.backtrace(
        of: cell.id, cell.attempts[died].answer.outcome, cell.load, testCase, binary)
      if let frames { cell.attempts[died].attachments[AttachmentName.backtrace.rawValue] = frames }
    } else {
      let blocks = await closer.leaks.allocations(of: cell.id, cell.load, testCase, binary)
      if let blocks { cell.attempts[0].attachments[AttachmentName.allocations.rawValue] = blocks }
    }
  }

  private func again(_ cell: TriedCell, of testCase: Case, _ circumstances: [Circumstances]) async -> [Attempt] {
    let binary = await builder.binary(of: testCase, for: cell.load)
    guard case .file(let path) = binary.product else { return [] }
    let order = order([cell.id.scenario], testCase, cell.load, binary, at: path)
    let attempts = Mutex<[Attempt]>([])
    for one in circumstances {
      await executor.attempt(order, one) { _, attempt in attempts.withLock { $0.append(attempt) } }
    }
    return attempts.withLock { $0 }
  }

  /// A cell's binary; none for a cell that was not tried, which must not be built for the record.
  private func binary(for cell: TriedCell, of testCase: Case) async -> BuiltBinary? {
    cell.outcome.isSkip || !testCase.problems.isEmpty ? nil : await builder.binary(of: testCase, for: cell.load)
  }

  private func order(
    _ scenarios: [ScenarioID], _ testCase: Case, _ load: Load, _ binary: BuiltBinary, at path: String
  ) -> BatchOrder {
    let folder = testCase.testFolders[load.runtime.name]
    return BatchOrder(
      cells: scenarios.map { CellID($0, load.id) }, load: load, binary: path, module: testCase.module,
      scenarioFile: folder ?? testCase.scenarioFile,
      scenarioKey: testCase.scenarioKey ?? ContentKey(of: testCase.scenarioFile),
      directory: folder ?? testCase.directory.path, tests: folder == nil ? nil : testCase.tests,
      modules: binary.modules)
  }
}

/// Texts of doubts of which one settles all.
final class SettledDoubts: Sendable {
  private let texts = Mutex<Set<String>>([])

  /// - Returns: whether it was not there before.
  func insert(_ text: String) -> Bool { texts.withLock { $0.insert(text).inserted } }
}
