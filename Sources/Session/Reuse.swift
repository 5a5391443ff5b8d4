import Building
import Comparing
import Executing
import Foundation
import Judging
import Model
import Planning
import Platform
import Runtimes
import Storing
import Worker

/// What a run knows of earlier ones: which cells' attempts depend on nothing that has changed.
struct Reuse: Sendable {
  /// Where to look; nil when everything is to be run.
  let store: Store?
  /// Where to look for counts of repeats and for confirmed answers; nil when all is to be done again.
  let known: Store?
  /// Whether an answer that the ledger has is believed without one that was confirmed.
  let believesLedger: Bool
  /// Only runs before this clock. Those after a run that is resumed may have taken over what it has to try again.
  let clock: Int64?
  let ledger: LedgerIndex
  let limits: Limits
  let worker: ContentKey
  let environment: [String: String]
  let program: ContentKey?
  let isSandboxed: Bool
  private let inputs = KnownInputs()

  /// Whether what is taken over has to be as a thorough run makes it.
  var isThorough: Bool { known == nil }

  init(
    store: Store?, known: Store? = nil, believesLedger: Bool = false, before clock: Int64? = nil, ledger: [LedgerEntry],
    limits: Limits, files: WorkerFiles, isSandboxed: Bool
  ) {
    self.store = store
    self.known = known
    self.believesLedger = believesLedger
    self.clock = clock
    self.ledger = LedgerIndex(ledger)
    self.limits = limits
    worker = files.key
    environment = Interpreter.environment(files)
    program = Self.programContent(files)
    self.isSandboxed = isSandboxed
  }

  /// The key of what a cell's attempts depend on; nil where that can't be known: there is no binary, the system
  /// doesn't say what an interpreter consists of, or the scenario file imports what is neither ours nor the
  /// standard library's.
  func input(of scenario: ScenarioID, _ testCase: Case, _ load: Load, _ binary: BuiltBinary) async -> ContentKey? {
    let place = KnownInputs.Place(file: testCase.scenarioFile, load: load.id)
    let batch = await inputs.key(of: place) { batchInput(testCase, load, binary)?.key }
    return batch.map { CellInput.key(of: scenario.name, in: $0) }
  }

  private func batchInput(_ testCase: Case, _ load: Load, _ binary: BuiltBinary) -> CellInput? {
    let (lane, runtime) = (load.lane, load.runtime)
    // What a package's environment holds is in the key of the binary, and nothing else is imported beside it.
    guard testCase.foreignImports.isEmpty || testCase.package != nil, let program,
      let scenarioFile = testCase.scenarioKey,
      let interpreter = lane.family == "hpy" ? runtime.backend : runtime.content, let binary = binary.content
    else { return nil }
    return CellInput(
      binary: binary, module: testCase.module, lane: lane, scenarioFile: scenarioFile, worker: worker,
      program: program, interpreter: interpreter,
      hpy: lane.flavour.api == .hpy ? runtime.installation?.content : nil, canFork: runtime.canFork, limits: limits,
      isSandboxed: isSandboxed,
      environment: environment)
  }

  /// The attempts to take over, of some scenarios of a case through a load.
  func attempts(for scenarios: [ScenarioID], _ testCase: Case, _ load: Load, _ binary: BuiltBinary) async
    -> [ScenarioID: EarlierAttempts]
  {
    guard let store else { return [:] }
    let steady = scenarios.filter { !flickers(CellID($0, load.id), on: load.runtime) }
    return await steadyAttempts(for: steady, in: store, testCase, load, binary).filter { _, earlier in
      let isCounted = !earlier.attempts.contains { $0.notes.contains(Attempt.countedBefore) }
      return Self.areFinal(earlier.attempts) && (isCounted || !isThorough)
    }
  }

  /// The latest attempts with the same inputs, where all runs with these inputs had the same answer.
  private func steadyAttempts(
    for scenarios: [ScenarioID], in store: Store, _ testCase: Case, _ load: Load, _ binary: BuiltBinary
  ) async -> [ScenarioID: EarlierAttempts] {
    var inputs: [CellID: ContentKey] = [:]
    for scenario in scenarios {
      inputs[CellID(scenario, load.id)] = await input(of: scenario, testCase, load, binary)
    }
    // A database that can't be read makes the run slower, not wrong; writing to it will tell.
    let found = (inputs.isEmpty ? nil : try? store.earlierAttempts(inputs, before: clock)) ?? [:]
    return found.reduce(into: [:]) { if $1.value.isSteady { $0[$1.key.scenario] = $1.value } }
  }

  /// The first answers of cells of which nothing has changed since repeats of their scenarios added nothing.
  func answersWithoutGrowth(of scenarios: [ScenarioID], _ testCase: Case, _ load: Load, _ binary: BuiltBinary) async
    -> [ScenarioID: Answer]
  {
    guard let known, load.lane.countsRepeats, limits.repeats.measured > 0 else { return [:] }
    return await steadyAttempts(for: scenarios, in: known, testCase, load, binary).compactMapValues { earlier in
      guard let answer = earlier.attempts.first?.answer, answer.outcome.ran else { return nil }
      let counted = answer.observations.filter(\.isOfRepeats)
      return !counted.isEmpty && counted.allSatisfy { $0.value == "0" } ? answer : nil
    }
  }

  /// Whether the same answer to the same inputs was confirmed before, and found to be known; or whether its being known is
  /// enough.
  func wasConfirmed(_ cell: TriedCell, _ testCase: Case, _ binary: BuiltBinary) async -> Bool {
    if believesLedger { return true }
    guard let known, let input = await input(of: cell.id.scenario, testCase, cell.load, binary) else { return false }
    let answers = (try? known.confirmedAnswers(to: cell.id, input, before: clock)) ?? []
    return answers.contains {
      $0.outcome == cell.outcome && $0.disagreements(with: cell.attempts[0].answer).isEmpty
    }
  }

  /// The ledger knows the cell for answers that come and go: one of them says nothing of the next.
  private func flickers(_ cell: CellID, on runtime: Runtime) -> Bool {
    ledger.entries(for: cell.scenario).contains { $0.comesAndGoes && $0.applies(to: cell, on: runtime) }
  }

  /// Whether attempts say what the same attempts would say again.
  ///
  /// They don't where they disagree, where the time, a look at what is used or a lost worker ended one, which the
  /// machine's load decides,
  /// and where the binary wasn't built or didn't load, which may lie in libraries that no key has.
  static func areFinal(_ attempts: [Attempt]) -> Bool {
    let comparable = attempts.filter { $0.circumstances != .memoryDebug }
    guard let first = comparable.first else { return false }
    return attempts.allSatisfy { isFinal($0.answer.outcome) }
      && comparable.allSatisfy { $0.answer.outcome == first.answer.outcome }
      && comparable.allSatisfy { first.answer.disagreements(with: $0.answer).isEmpty }
  }

  private static func isFinal(_ outcome: Outcome) -> Bool {
    switch outcome {
    case .completed, .expectationFailed, .raised, .crashed, .exited, .limitExceeded(.resultFile): true
    case .timedOut, .limitExceeded, .workerLost, .damagedResult, .notBuilt, .notLoadable, .invalid, .unsupported,
      .notApplicable,
      .notRun, .harnessFailed:
      false
    }
  }

  private static func programContent(_ files: WorkerFiles) -> ContentKey? {
    guard let path = Bundle.main.executablePath else { return nil }
    var known = KnownContents(of: path, below: files.cache)
    defer { known.save() }
    return known.key(files: [path], folders: [])
  }
}

/// What the batches of a run depend on, each worked out once.
private actor KnownInputs {
  struct Place: Hashable {
    var file: String
    var load: LoadID
  }

  private var keys: [Place: ContentKey?] = [:]

  func key(of place: Place, _ make: @Sendable () -> ContentKey?) -> ContentKey? {
    if let key = keys[place] { return key }
    let key = make()
    keys[place] = .some(key)
    return key
  }
}
