import Building
import Executing
import Foundation
import Judging
import Model
import Packages
import Planning
import Platform
import Runtimes
import Storing
import Synchronization
import Worker

/// A run from the files on disk to the last verdict: strings the stages together and tells whoever watches.
public struct Session: Sendable {
  public let options: RunOptions
  public let selection: RuntimeSelection
  public private(set) var suites: SuiteFolder
  public let plan: Plan
  private let leavesNightlyOut: Bool
  let files: WorkerFiles
  /// Where installed packages come from.
  let packages: PackageEnvironments
  var uuid = UUID()
  /// Where this goes on with a run that ended early; nil for a new one.
  public internal(set) var resumption: Resumption?
  /// Binaries of earlier runs, and where this one's are kept.
  private var kept: KeptBinaries?

  /// Reads everything and plans; nothing is built or run yet.
  ///
  /// - Parameter selection: the runtimes, where they have been asked already; nil for those of the options.
  /// - Throws: `Problem` or `Problems` for bad input and missing pieces of the environment.
  public init(_ options: RunOptions, on selection: RuntimeSelection? = nil) async throws {
    self.options = options
    files = try WorkerFiles(below: options.cache)
    let selection = if let selection { selection } else { try await Self.selection(options, files) }
    self.selection = selection
    let runtimes = selection.runtimes
    packages = PackageEnvironments(
      below: options.cache, files: files, interpreters: runtimes.map(\.interpreter), sandbox: options.sandbox)
    suites = try await SuiteFolder(options.suites, reader: runtimes[0].interpreter, files: files)
    switch options.kind {
    case .run:
      suites.cases = await Self.collected(suites.cases, options, runtimes, packages)
      let lanes =
        (options.lanes.isEmpty ? Lane.all.map { LaneChoice($0) } : options.lanes) + options.patterns.compactMap(\.away)
      let cases = suites.cases.filter { !($0.isNightly && options.leavesNightlyOut) }
      leavesNightlyOut = cases.count < suites.cases.count
      if cases.isEmpty, leavesNightlyOut {
        throw Problem(
          at: options.suites.path, "all cases are for nightly runs, so there is nothing to run",
          remedy: "name the cases, or say --thorough")
      }
      let whole = try Plan(cases: cases, runtimes: runtimes, loads: Plan.loads(lanes, on: runtimes))
        .filtered(by: options.patterns)
      plan = options.cells.map { whole.restricted(to: $0) } ?? whole
    case .portability:
      // Which binaries are the same is the compiler's to know.
      let builder = try await Self.builder(options, selection, Toolchain(cache: options.cache), packages) { _ in }
      kept = try options.kept.map { try KeptBinaries(in: $0, machine: runtimes[0].machine) }
      let cases = suites.cases.filter { !($0.isNightly && options.patterns.isEmpty) }
      leavesNightlyOut = cases.count < suites.cases.count
      plan = try Plan.portability(
        cases: cases, runtimes: runtimes, flavours: options.flavours, kept: kept?.homes ?? [],
        patterns: options.patterns, surroundings: builder.surroundings)
      await builder.close(limit: options.cacheLimit)
    case .explore: preconditionFailure("an exploration has no plan")
    }
  }

  /// Cases of packages' own tests with these tests, as far as somebody asks for them.
  private static func collected(
    _ cases: [Case], _ options: RunOptions, _ runtimes: [Runtime], _ packages: PackageEnvironments
  ) async -> [Case] {
    var cases = cases
    for index in cases.indices where cases[index].tests != nil && options.means(cases[index]) {
      await cases[index].collect(on: runtimes, packages)
    }
    return cases
  }

  private static func selection(_ options: RunOptions, _ files: WorkerFiles) async throws -> RuntimeSelection {
    let configuration = try Configuration(project: options.project)
    return options.wanted.isEmpty
      ? try await RuntimeSelection.make(options.runtimes, configuration: configuration, files: files)
      : try await RuntimeSelection.make(options.wanted, configuration: configuration, files: files)
  }

  /// Builds, executes, compares and judges all that is planned.
  ///
  /// - Parameters:
  ///   - store: where results may be taken over from, if the options want that.
  ///   - history: where it stands which cases were ever built, and which noticed changes before; nil where each that was
  ///     never built is judged, and the order doesn't matter.
  /// - Returns: how it ended; a cancelled task ends it as `interrupted`, with everything kept that was answered.
  /// - Throws: `Problem` when there is no compiler, or what an observer could not do.
  public func run(
    observers: [any RunObserver], reusing store: Store? = nil, history: Store? = nil
  ) async throws -> RunEnd {
    let toolchain = try await Toolchain(cache: options.cache)
    let trouble = FirstError()
    let builder = try Self.builder(options, selection, toolchain, packages) { trouble.end($0) }
    let scratch = try options.scratch.map { ScratchFolder(given: $0) } ?? ScratchFolder()
    defer { scratch.remove() }
    BrokenPipes.becomeErrors()
    Orphans.adopt()
    defer { Orphans.killAll() }

    let counts = Mutex<[Verdict: Int]>(resumption?.kept ?? [:])
    let emit: @Sendable (RunEvent) async -> Void = { event in
      if case .judged(let result, _) = event {
        counts.withLock { $0[result.judgement.verdict, default: 0] += 1 }
        if result.judgement.verdict == .new { options.timings.noteNew() }
      }
      for observer in observers {
        do {
          try await observer.observe(event)
        } catch {
          trouble.note(error)
        }
      }
    }
    let reuse = Reuse(
      store: options.reuses && options.repetitions == 1 ? store : nil,
      known: options.isThorough ? nil : store, believesLedger: options.believesLedger, before: resumption?.run.clock,
      ledger: suites.ledger.entries, limits: options.limits, files: files, isSandboxed: options.sandbox != nil)
    let checked = await staticCheck(by: builder)
    await emit(.started(try await header(toolchain, harness: reuse.program, checked: checked)))
    if let error = trouble.error { throw error }
    let compiled = await compiledModules()
    // Where the database can't say, any order is as good.
    let experience = (try? history?.experience(changed: options.changed)) ?? Experience()
    let ordered = left.ordered(first: experience.noticing, seconds: experience.seconds)
    let board = Board(ordered)
    let newLimit = options.newLimit ?? .max
    if let resumption, resumption.kept[.new, default: 0] >= newLimit { await board.close() }
    let settled = SettledDoubts()
    let broken = BrokenCases(ledger: suites.ledger.entries, history: options.kind == .run ? history : nil)
    let machine = MachineHealth(options.patience)
    let alone = AloneRun(
      scratch: scratch.url, environment: Interpreter.environment(files), limits: options.limits,
      sandbox: options.sandbox)
    let closer = (debugger: Debugger(alone), leaks: LeakTracer(alone, compiler: toolchain.compiler))
    let jobs = (0..<max(1, options.jobs)).map { number in
      Job(
        board: board, builder: builder,
        executor: Executor(
          files: files, limits: options.limits, scratch: scratch.url.appending(path: "job-\(number)"),
          environment: Interpreter.environment(files), variables: compiled, machine: machine,
          sandbox: options.sandbox, timings: options.timings, counts: countsRepeats(in:)),
        judge: judge, timings: options.timings, broken: broken, settled: settled, reuse: reuse,
        closer: options.debugs ? closer : nil, repetitions: options.repetitions,
        patience: options.patience, emit: emit, fail: { trouble.note($0) },
        isEnough: { counts.withLock { $0[.new, default: 0] } >= newLimit })
    }
    while let scenario = await board.nextUntried() { await jobs[0].finish(scenario) }
    let executing = Task(executorPreference: .blocking) { [wanted = Self.wanted(ordered)] in
      await builder.buildAhead(wanted)
      await withTaskGroup(of: Void.self) { group in
        for job in jobs { group.addTask { await job.work() } }
      }
      await jobs[0].workPostponed()
    }
    trouble.endsWork(executing)
    await withTaskCancellationHandler {
      await executing.value
    } onCancel: {
      executing.cancel()
    }
    if let kept, !Task.isCancelled {
      do {
        try await builder.keep(builtForStableABI(), in: kept)
      } catch {
        trouble.note(error)
      }
    }
    await builder.close(limit: options.cacheLimit)
    let isInterrupted = Task.isCancelled
    let end = await close(board, isInterrupted: isInterrupted, counts: counts, emit: emit)
    if let error = trouble.error { throw error }
    return end
  }

  /// What abi3audit says of all binaries for the stable ABI that the plan makes; nil where there are none, and where a run
  /// only compares lanes.
  private func staticCheck(by builder: Builder) async -> StaticCheck? {
    guard options.kind == .portability else { return nil }
    let wanted = builtForStableABI()
    if wanted.isEmpty { return nil }
    await builder.buildAhead(wanted)
    var subjects: [StaticChecker.Subject] = []
    for one in wanted {
      guard case .file(let path) = await builder.binary(of: one.testCase, for: one.load).product,
        let declared = one.testCase.limitedAPI?.versions[one.load.binary.flavour]
      else { continue }
      subjects.append(
        .init(
          binary: "\(one.load.binary.flavour):\(one.load.binary.home.name)",
          testCase: "\(one.testCase.suite)/\(one.testCase.name)", declared: declared, path: path))
    }
    return await StaticChecker(
      packages: packages, runtimes: plan.runtimes, environment: Interpreter.environment(files)
    ).check(subjects)
  }

  /// What the plan builds for the stable ABI of CPython.
  private func builtForStableABI() -> [Builder.Wanted] {
    plan.batches.filter { _, batch in
      let binary = batch.load.binary
      return binary.flavour.isStable && binary.kept == nil && binary.home.implementation == "cpython"
        && binary.home.name == batch.load.runtime.name && batch.cells.contains(where: \.action.mayRun)
    }.map { Builder.Wanted($0.testCase, $0.batch.load) }
  }

  /// What says interpreters of the run where the modules are that were compiled for them; nothing for those for which
  /// that can't be done.
  private func compiledModules() async -> [String: [String: String]] {
    let tried = plan.units.filter { $0.batches.contains { $0.cells.contains(where: \.action.mayRun) } }
    let modules = Set(tried.flatMap { $0.testCase.importsOfLibrary() })
    let bytecode = Bytecode(files)
    return await withTaskGroup(of: (String, String?).self) { group in
      for interpreter in Set(plan.runtimes.map(\.interpreter)) {
        group.addTask { (interpreter, await bytecode.make(for: interpreter, modules: modules)) }
      }
      var variables: [String: [String: String]] = [:]
      for await (interpreter, folder) in group {
        if let folder { variables[interpreter] = [Interpreter.bytecodeVariable: folder] }
      }
      return variables
    }
  }

  private static func builder(
    _ options: RunOptions, _ selection: RuntimeSelection, _ toolchain: Toolchain, _ packages: PackageEnvironments,
    trouble: @escaping @Sendable (Problem) async -> Void
  ) throws -> Builder {
    try Builder(
      toolchain: toolchain, cache: options.cache, spareHelpers: selection.spareHelpers, compilers: options.jobs,
      sandbox: options.sandbox, packages: packages, trouble: trouble)
  }

  /// Whether scenarios of a lane are called again. Of binaries away from home only those for the stable ABI are: what
  /// headers make of a reference count is compiled into them.
  private func countsRepeats(in lane: Lane) -> Bool {
    lane.countsRepeats && (options.kind != .portability || lane.flavour.isStable)
  }

  /// What decides what answers mean.
  private var judge: any ScenarioJudge {
    switch options.kind {
    case .run: LedgerJudge(ledger: suites.ledger.entries, referenceRuntime: plan.runtimes[0].name)
    case .portability, .explore: PortabilityJudge()
    }
  }

  /// Records what was answered in scenarios that were not finished, and tells everyone that this was all.
  private func close(
    _ board: Board, isInterrupted: Bool, counts: borrowing Mutex<[Verdict: Int]>,
    emit: @Sendable (RunEvent) async -> Void
  ) async -> RunEnd {
    let leftovers = await board.leftovers()
    for cell in leftovers {
      let result = CellResult(
        cell: cell.id, attempts: cell.attempts, judgement: Judgement(verdict: .notJudged), reusedFrom: cell.reusedFrom)
      await emit(.judged(result, steps: []))
    }
    let judged = counts.withLock { $0.values.reduce(0, +) }
    let end = RunEnd(
      run: uuid.uuidString.lowercased(),
      state: isInterrupted || judged < plan.cellCount || !leftovers.isEmpty ? .interrupted : .finished,
      verdicts: counts.withLock { $0 }, ledger: LedgerText.joined(suites.ledger.files))
    await emit(.finished(end))
    return end
  }

  private static func files(of one: Case) throws -> [String] {
    do {
      return try one.files()
    } catch {
      throw Problem(lack: Problem.words(of: error), at: one.directory.path)
    }
  }

  /// The run as it is recorded.
  ///
  /// - Throws: `Problem` where the machine lacked what reading the files of a case takes.
  func header(
    _ toolchain: Toolchain, harness: ContentKey?, checked: StaticCheck? = nil
  ) async throws -> RunHeader {
    var texts: [String: String] = [:]
    var scenarios: [RecordedScenario] = []
    for one in plan.units.map(\.testCase) {
      let folder = "\(one.suite)/\(one.name)"
      for name in try Self.files(of: one) { texts["\(folder)/\(name)"] = try one.text(of: name) }
      scenarios += one.scenarios.map {
        RecordedScenario(
          path: "\(folder)/\(Case.scenarioFileName)", name: $0.name, line: $0.line, content: $0.content)
      }
    }
    texts.merge(suites.ledger.files) { $1 }
    texts.merge(await resolvedPackages()) { $1 }
    if let checked, let text = try? JSONEncoder().encode(checked) {
      texts[StaticCheck.fileName] = String(decoding: text, as: UTF8.self)
    }
    return RunHeader(
      uuid: uuid, kind: options.kind, arguments: options.arguments, compiler: toolchain.identity,
      runtimes: plan.runtimes, binaries: plan.binaries, files: texts, scenarios: scenarios, planned: plan.cellCount,
      series: options.series, scope: scope,
      harness: harness.map { ContentKey(ofParts: [$0.hex, files.key.hex]) },
      missing: selection.missing.map(\.description), options: options.recorded, resumption: resumption?.stored(self))
  }

  /// What requirements meant when the run began, a text for each case with a package: a later version is told as a
  /// changed input.
  private func resolvedPackages() async -> [String: String] {
    var lines: [String: [String]] = [:]
    let wanted = plan.units.flatMap { unit in
      unit.batches.compactMap { batch -> (folder: String, wanted: PackageEnvironments.Wanted, runtime: Runtime)? in
        guard batch.cells.contains(where: \.action.mayRun),
          let wanted = unit.testCase.wanted(for: batch.load), batch.load.lane.flavour.api == .package
        else { return nil }
        return ("\(unit.testCase.suite)/\(unit.testCase.name)", wanted, batch.load.runtime)
      }
    }
    await withTaskGroup(of: (String, String)?.self) { group in
      var waiting = wanted.makeIterator()
      @Sendable func line(_ wanted: PackageEnvironments.Wanted, _ runtime: Runtime) async -> String {
        switch await packages.resolution(of: wanted, for: runtime) {
        case .found(let resolution): "\(runtime.name): \(resolution)"
        case .refused(let why), .machineFailed(let why):
          "\(runtime.name): \(wanted.requirement) can't be installed: \(why)"
        }
      }
      func start() {
        guard let (folder, wanted, runtime) = waiting.next() else { return }
        group.addTask { (folder, await line(wanted, runtime)) }
      }
      for _ in 0..<max(2, options.jobs) { start() }
      while let told = await group.next() {
        if let told { lines[told.0, default: []].append(told.1) }
        start()
      }
    }
    return lines.reduce(into: [:]) { texts, one in
      texts["\(one.key)/\(Self.resolvedName)"] = one.value.sorted().joined(separator: "\n") + "\n"
    }
  }

  /// Beside a case's files in the record of a run: what was resolved, a line for each runtime.
  static let resolvedName = "installed.txt"

  /// What restricts the run, as one text.
  private var scope: String {
    ((leavesNightlyOut ? [RunScope.withoutNightly] : []) + (options.scope.isEmpty ? [] : [options.scope]))
      .joined(separator: ", ")
  }

  /// The binaries that the run needs, in the order in which its cells are tried.
  private static func wanted(_ plan: Plan) -> [Builder.Wanted] {
    plan.batches.filter { $0.batch.cells.contains(where: \.action.mayRun) }.map {
      Builder.Wanted($0.testCase, $0.batch.load)
    }
  }
}

/// Several ledgers as one text, for the record of a judgement.
enum LedgerText {
  static func joined(_ files: [String: String]) -> String {
    files.keys.sorted().map { "# \($0)\n\(files[$0] ?? "")" }.joined(separator: "\n")
  }
}
