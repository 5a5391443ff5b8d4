import Building
import Executing
import Exploring
import Foundation
import Model
import Planning
import Platform
import Runtimes
import Storing
import Synchronization
import TOMLFile
import Worker

/// Generated hierarchies on several runtimes: what disagrees, in as few types as show it.
public struct Exploration: Sendable {
  /// How many hierarchies are tried.
  public enum Extent: Sendable, Hashable {
    /// For so many seconds.
    case time(Double)
    /// So many.
    case count(Int)
    /// These.
    case these([Hierarchy])
  }

  /// The file of known kinds, for the record.
  private let knownText: String
  /// Those that kinds may have.
  public let causes: [LedgerCause]
  public let options: RunOptions
  public let selection: RuntimeSelection
  let known: KnownKinds
  let files: WorkerFiles

  /// - Throws: `Problem` or `Problems` for bad input and missing pieces of the environment.
  public init(_ options: RunOptions) async throws {
    self.options = options
    files = try WorkerFiles(below: options.cache)
    let configuration = try Configuration(project: options.project)
    selection = try await RuntimeSelection.make(options.runtimes, configuration: configuration, files: files)
    (known, knownText, causes) = try Self.knowledge(options)
  }

  /// The known kinds, their text, and the causes that they may have.
  private static func knowledge(_ options: RunOptions) throws -> (KnownKinds, String, [LedgerCause]) {
    let file = options.suites.appending(path: "\(ExploredCase.suite)/\(ExploredCase.kindsName)").path
    let text = try TextFile.read(file)
    let causes = try Ledger(suites: options.suites, names: []).allCauses
    let known = text ?? ExploredCase.builtInKinds
    return (try KnownKinds(known, file: text == nil ? "(built in)" : file, causes: causes), known, causes)
  }

  /// Reads what an exploration reads of the suites.
  ///
  /// - Throws: `Problem` or `Problems` for bad input.
  public static func check(_ options: RunOptions) throws { _ = try knowledge(options) }

  /// Tries hierarchies.
  ///
  /// - Parameters:
  ///   - lives: whether objects live and end, too.
  ///   - reducesAll: whether kinds that are known are made smaller, too.
  ///   - progress: told now and then what has been tried.
  /// - Throws: `Problem` when nothing can be built.
  public func run(
    seed: UInt64, _ extent: Extent, lives: Bool = true, reducesAll: Bool = false,
    progress: @escaping @Sendable (Int, Int) -> Void = { _, _ in }
  ) async throws -> ExploredResult {
    let toolchain = try await Toolchain(cache: options.cache)
    let builder = try Builder(
      toolchain: toolchain, cache: options.cache, spareHelpers: selection.spareHelpers, compilers: options.jobs,
      sandbox: options.sandbox)
    let scratch = try ScratchFolder()
    defer { scratch.remove() }
    BrokenPipes.becomeErrors()
    Orphans.adopt()
    defer { Orphans.killAll() }
    let testCase = try ExploredCase.laid(below: options.cache)
    var trials: [HierarchyTrials] = []
    for runtime in selection.runtimes {
      trials.append(try await HierarchyTrials(runtime, testCase, builder, files, lives: lives))
    }
    let executors = (0..<max(1, options.jobs)).map { number in
      Executor(
        files: files, limits: options.limits, scratch: scratch.url.appending(path: "job-\(number)"),
        environment: Interpreter.environment(files), sandbox: options.sandbox, timings: options.timings)
    }
    let gathered = Gathered(seed: seed, extent, stations: trials.count)
    let (stations, known) = (trials, known)
    await withTaskGroup(of: Void.self) { group in
      for executor in executors {
        group.addTask {
          while !Task.isCancelled, let (station, batch) = gathered.next() {
            let hierarchies = gathered.hierarchies(of: batch)
            let shown = await stations[station].kinds(of: hierarchies, executor)
            gathered.add(shown, hierarchies, station, batch)
            progress(gathered.triedCount, gathered.kindCount)
          }
        }
      }
    }
    var groups: [ExploredGroup] = []
    // What several runtimes show is made smaller once.
    let found = Dictionary(grouping: gathered.found, by: \.key).sorted { $0.key < $1.key }.map(\.value)
    await withTaskGroup(of: [ExploredGroup].self) { group in
      for (number, executor) in executors.enumerated() {
        let mine = found.enumerated().filter { $0.offset % executors.count == number }.map(\.element)
        group.addTask {
          var made: [ExploredGroup] = []
          for same in mine {
            made += await Self.groups(same, stations, known, reducesAll: reducesAll, executor)
          }
          return made
        }
      }
      for await made in group { groups += made }
    }
    for executor in executors { await executor.close() }
    await builder.close(limit: options.cacheLimit)
    let order = Dictionary(uniqueKeysWithValues: selection.runtimes.enumerated().map { ($1.name, $0) })
    groups = Self.merged(groups)
    groups.sort {
      ($0.kind.description, order[$0.runtime.name] ?? 0) < ($1.kind.description, order[$1.runtime.name] ?? 0)
    }
    return ExploredResult(
      compiler: toolchain.identity, seed: seed,
      tried: Dictionary(uniqueKeysWithValues: trials.indices.map { (trials[$0].runtime.name, gathered.tried[$0]) }),
      groups: groups,
      failures: Dictionary(uniqueKeysWithValues: gathered.failures.map { (trials[$0].runtime.name, $1) }),
      isInterrupted: Task.isCancelled)
  }

  /// Kinds that several hierarchies gave on one runtime, ends for instance, once.
  private static func merged(_ groups: [ExploredGroup]) -> [ExploredGroup] {
    Dictionary(grouping: groups, by: \.result.cell).values.map { same in
      var smallest = same.min { $0.example.types.count < $1.example.types.count } ?? same[0]
      smallest.count = same.map(\.count).reduce(0, +)
      return smallest
    }
  }

  /// The run as it is recorded: a cell for each kind on each runtime that shows it.
  public func header(_ result: ExploredResult, started: Date) -> RunHeader {
    RunHeader(
      kind: .explore, started: started, arguments: options.arguments, compiler: result.compiler,
      runtimes: selection.runtimes,
      files: ["\(ExploredCase.suite)/\(ExploredCase.kindsName)": knownText], planned: result.groups.count,
      series: options.series, scope: "seed \(result.seed), \(result.tried.values.max() ?? 0) hierarchies",
      harness: files.key, missing: selection.missing.map(\.description), options: ExploredRecord(result).json)
  }

  /// The ledger of its judgement, for the record.
  public var ledger: String { knownText }

  /// One kind on those runtimes that show it, in as few types as show it there.
  private static func groups(
    _ found: [Gathered.Found], _ stations: [HierarchyTrials], _ known: KnownKinds, reducesAll: Bool,
    _ executor: Executor
  ) async -> [ExploredGroup] {
    var groups: [ExploredGroup] = []
    for one in found {
      let trials = stations[one.station]
      // Where somebody has ended it, what was found is kept as it is.
      if let attempt = one.attempt {
        if Task.isCancelled { continue }
        if let group = await ended(one.hierarchy, attempt, trials, known, executor) { groups.append(group) }
        continue
      }
      guard let kind = DisagreementKind(one.text) else { continue }
      var group = ExploredGroup(
        kind: kind, runtime: trials.runtime, count: one.count, example: one.hierarchy,
        cause: known.cause(of: kind, on: trials.runtime))
      if group.cause == nil || reducesAll, !Task.isCancelled {
        let earlier = groups.filter(\.isReduced).map(\.example)
        if let shared = await trials.first(of: earlier, showing: one.text, executor) {
          group.example = earlier[shared]
        } else {
          group.example = await Reducer.reduced(one.hierarchy) {
            await trials.first(of: $0, showing: one.text, executor)
          }
        }
        group.isReduced = !Task.isCancelled
        group.told = await trials.told(group.example, [one.text], executor)[one.text] ?? ToldDisagreement()
      }
      groups.append(group)
    }
    return groups
  }

  /// Seconds to make a hierarchy smaller that ends its process.
  private static let patienceWithEnds = 20.0

  /// A hierarchy that ended its process: with which kind of type, and in how few types.
  private static func ended(
    _ hierarchy: Hierarchy, _ attempt: Attempt, _ trials: HierarchyTrials, _ known: KnownKinds, _ executor: Executor
  ) async -> ExploredGroup? {
    for binary in trials.binaries {
      let alone = await trials.end(of: hierarchy, binary, executor)
      guard alone.answer.outcome != .completed else { continue }
      let outcome = alone.answer.outcome
      let deadline = ContinuousClock.now + .seconds(Self.patienceWithEnds)
      let smallest = await Reducer.reduced(hierarchy) { steps in
        // Each may end its process: one after another, the first that does so is enough.
        for (number, step) in steps.enumerated() where ContinuousClock.now < deadline {
          if await trials.end(of: step, binary, executor).answer.outcome == outcome { return number }
        }
        return nil
      }
      // What it takes is what tells one end from another.
      let needs = smallest.features.joined(separator: ", ")
      guard let kind = DisagreementKind("rules, \(binary.kind) | ending | \(needs) | \(outcome)") else { return nil }
      return ExploredGroup(
        kind: kind, runtime: trials.runtime, count: 1, example: smallest, isReduced: true,
        told: ToldDisagreement(type: "all", operation: "everything", left: "ends", right: "\(outcome)"),
        cause: known.cause(of: kind, on: trials.runtime), attempt: alone)
    }
    // By itself it ends as it should: something of those before it is left in the process.
    guard let kind = DisagreementKind("rules, any | ending | others before it | \(attempt.answer.outcome)") else {
      return nil
    }
    return ExploredGroup(
      kind: kind, runtime: trials.runtime, count: 1, example: hierarchy,
      told: ToldDisagreement(
        type: "all", operation: "everything, behind other hierarchies", left: "ends", right: "\(attempt.answer.outcome)"
      ),
      cause: known.cause(of: kind, on: trials.runtime), attempt: attempt)
  }
}

/// What has been found so far; shared by the jobs.
private final class Gathered: Sendable {
  struct Found: Sendable {
    var text: String
    var station: Int
    var count: Int
    var hierarchy: Hierarchy
    var attempt: Attempt?

    /// What is the same on several runtimes; each end is looked at by itself.
    var key: String { attempt == nil ? text : "\(station) \(hierarchy)" }
  }

  private struct State {
    var handedOut = 0
    var tried: [Int]
    var kinds: [String: Found] = [:]
    var ends: [Found] = []
    var failures: [Int: String] = [:]
    /// How many hierarchies ended their process, on each runtime, and on which runtimes no more are tried for that.
    var ended: [Int]
    var givenUp: Set<Int> = []
    /// Of each batch that is not done on all runtimes, what Python's classes did on the first that answered, and how many did.
    var digests: [Int: (station: Int, digests: [Substring?])] = [:]
    var answered: [Int: Int] = [:]

    /// Counts a kind on a runtime, and keeps the smallest hierarchy that shows it.
    mutating func note(_ text: String, _ station: Int, _ count: Int, _ hierarchy: Hierarchy) {
      let key = "\(station) \(text)"
      var found = kinds[key] ?? Found(text: text, station: station, count: 0, hierarchy: hierarchy)
      found.count += count
      if hierarchy.weight < found.hierarchy.weight { found.hierarchy = hierarchy }
      kinds[key] = found
    }
  }

  private let generator: HierarchyGenerator
  private let extent: Exploration.Extent
  private let stations: Int
  private let deadline: ContinuousClock.Instant?
  private let state: Mutex<State>

  /// Hierarchies that one process tries.
  static let batchSize = 100

  /// Behind so many hierarchies that ended their process, if they are a quarter of all, a runtime is given up: each costs a
  /// process of its own, and what is wrong with the runtime is told by the first.
  private static let endLimit = 50

  init(seed: UInt64, _ extent: Exploration.Extent, stations: Int) {
    generator = HierarchyGenerator(seed: seed)
    self.extent = extent
    self.stations = stations
    deadline = if case .time(let seconds) = extent { .now + .seconds(seconds) } else { nil }
    let none = Array(repeating: 0, count: stations)
    state = Mutex(State(tried: none, ended: none))
  }

  /// What is to be tried next: a batch on a runtime. Each batch that was begun is tried on all runtimes.
  func next() -> (station: Int, batch: Int)? {
    state.withLock { state in
      while state.givenUp.count < stations {
        let (batch, station) = state.handedOut.quotientAndRemainder(dividingBy: stations)
        if station == 0, isOver(batch) { return nil }
        state.handedOut += 1
        if !state.givenUp.contains(station) { return (station, batch) }
      }
      return nil
    }
  }

  private func isOver(_ batch: Int) -> Bool {
    switch extent {
    case .time: deadline.map { $0 < .now } ?? true
    case .count(let count): batch * Self.batchSize >= count
    case .these: batch > 0
    }
  }

  func hierarchies(of batch: Int) -> [Hierarchy] {
    switch extent {
    case .these(let these): return these
    case .time: return (0..<Self.batchSize).map { generator[batch * Self.batchSize + $0] }
    case .count(let count):
      return (batch * Self.batchSize..<min(count, (batch + 1) * Self.batchSize)).map { generator[$0] }
    }
  }

  func add(_ shown: HierarchyTrials.Shown, _ hierarchies: [Hierarchy], _ station: Int, _ batch: Int) {
    state.withLock { state in
      state.tried[station] += hierarchies.count
      state.ended[station] += shown.ended.count
      let (ended, tried) = (state.ended[station], state.tried[station])
      if ended > Self.endLimit, ended * 4 > tried {
        state.givenUp.insert(station)
        state.failures[station] = "\(ended) of \(tried) ended their process, so no more were tried"
      }
      compare(shown.digests, hierarchies, station, batch, &state)
      if let failure = shown.failure { state.failures[station] = failure }
      for (text, (count, smallest)) in shown.kinds { state.note(text, station, count, hierarchies[smallest]) }
      // One of each way to end on each runtime is enough to look at; a kind that crashes often would take all the time.
      for (number, attempt) in shown.ended
      where state.ends.count(where: { $0.station == station && $0.attempt?.answer.outcome == attempt.answer.outcome })
        < 2
      {
        state.ends.append(
          Found(text: "", station: station, count: 1, hierarchy: hierarchies[number], attempt: attempt))
      }
    }
  }

  /// What Python's classes do is to be the same on all runtimes: then a difference between two runtimes is one between a kind
  /// of type and Python's classes on one of them.
  private func compare(
    _ digests: [Substring?], _ hierarchies: [Hierarchy], _ station: Int, _ batch: Int, _ state: inout State
  ) {
    guard let (first, other) = state.digests[batch] else {
      state.digests[batch] = stations > 1 ? (station, digests) : nil
      return
    }
    state.answered[batch, default: 1] += 1
    if state.answered[batch] == stations {
      state.digests[batch] = nil
      state.answered[batch] = nil
    }
    for (number, pair) in zip(digests, other).enumerated() {
      guard let mine = pair.0, let theirs = pair.1, mine != theirs else { continue }
      state.note(Self.otherPython, max(first, station), 1, hierarchies[number])
    }
  }

  /// Where Python's classes do something else than on a runtime before it.
  private static let otherPython = "python, python | anything | as on another runtime | otherwise"

  var found: [Found] {
    state.withLock { state in state.kinds.sorted { $0.key < $1.key }.map(\.value) + state.ends }
  }

  var tried: [Int] { state.withLock { $0.tried } }
  var triedCount: Int { state.withLock { $0.tried.reduce(0, +) } }
  var kindCount: Int { state.withLock { $0.kinds.count + $0.ends.count } }
  var failures: [Int: String] { state.withLock { $0.failures } }
}

extension Hierarchy {
  /// How much there is to look at.
  fileprivate var weight: Int { types.reduce(0) { $0 + 1 + $1.slots.count } }
}

extension ExploredGroup {
  /// As a cell: the scenario is the kind, the lane that of the kind of type that differs, and the label what was done.
  public var result: CellResult {
    let scenario = ScenarioID(suite: ExploredCase.suite, testCase: ExploredCase.name, name: kind.name)
    let cell = CellID(scenario, LoadID(HierarchyTrials.lane(of: kind.subject), runtime: runtime.name))
    let label = "\(told.type): \(told.operation)"
    var made = attempt ?? Attempt(circumstances: .warm, answer: Answer(outcome: .completed))
    if attempt == nil {
      made.answer.observations = [
        Observation(label: label, value: told.right, expected: [told.left], source: kind.sides[0])
      ]
    }
    made.attachments["hierarchy"] = HierarchyFile(example, shows: [kind.description]).text
    let divergence = Divergence(
      label: attempt == nil ? label : nil, facet: attempt == nil ? .value : .outcome,
      observed: attempt == nil ? told.right : "\(made.answer.outcome)",
      expected: attempt == nil ? told.left : "completed",
      oracle: .expectation(source: kind.description))
    let finding = Finding(
      divergence: divergence, verdict: cause == nil ? .new : .known, reason: cause?.reason, link: cause?.link,
      circumstances: [.warm])
    return CellResult(
      cell: cell, attempts: [made], judgement: Judgement(verdict: cause == nil ? .new : .known, findings: [finding]))
  }
}
