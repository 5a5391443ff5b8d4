import Building
import Executing
import Foundation
import Judging
import Model
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
  public let suites: SuiteFolder
  public let plan: Plan
  private let files: WorkerFiles

  /// Reads everything and plans; nothing is built or run yet.
  ///
  /// - Throws: `Problem` or `Problems` for bad input and missing pieces of the environment.
  public init(_ options: RunOptions) async throws {
    self.options = options
    do {
      files = try WorkerFiles(below: options.cache)
    } catch {
      throw Problem.unusableCache(error, at: options.cache)
    }
    let configuration = try Configuration(project: options.project)
    selection =
      options.wanted.isEmpty
      ? try await RuntimeSelection.make(options.runtimes, configuration: configuration, files: files)
      : try await RuntimeSelection.make(options.wanted, configuration: configuration, files: files)
    suites = try await SuiteFolder(options.suites, reader: selection.runtimes[0].interpreter, files: files)
    plan = try Plan(
      cases: suites.cases, lanes: options.lanes.isEmpty ? Lane.all : options.lanes, runtimes: selection.runtimes,
      patterns: options.patterns)
  }

  /// Builds, executes, compares and judges all that is planned.
  ///
  /// - Parameter store: where results may be taken over from, if the options want that.
  /// - Returns: how it ended; a cancelled task ends it as `interrupted`, with everything kept that was answered.
  /// - Throws: `Problem` when there is no compiler, or what an observer could not do.
  public func run(observers: [any RunObserver], reusing store: Store? = nil) async throws -> RunEnd {
    let toolchain = try await Toolchain()
    let trouble = Trouble()
    let builder = try Builder(
      toolchain: toolchain, cache: options.cache, spareHelpers: selection.spareHelpers, compilers: options.jobs
    ) { trouble.end($0) }
    let scratch = FileManager.default.temporaryDirectory.appending(path: "hpy-conform-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: scratch) }
    BrokenPipes.becomeErrors()
    Orphans.adopt()
    defer { Orphans.killAll() }

    let counts = Mutex<[Verdict: Int]>([:])
    let emit: @Sendable (RunEvent) async -> Void = { event in
      if case .judged(let result, _) = event { counts.withLock { $0[result.judgement.verdict, default: 0] += 1 } }
      for observer in observers {
        do {
          try await observer.observe(event)
        } catch {
          trouble.note(error)
        }
      }
    }
    let scenarioKeys = scenarioKeys()
    let reuse = Reuse(
      store: options.reuses && options.repetitions == 1 ? store : nil, ledger: suites.ledger.entries,
      scenarioKeys: scenarioKeys,
      limits: options.limits, files: files)
    await emit(.started(header(toolchain, harness: reuse.program)))
    if let error = trouble.error { throw error }
    let board = Board(plan)
    let newLimit = options.newLimit ?? .max
    let jobs = try (0..<max(1, options.jobs)).map { number in
      Job(
        plan: plan, board: board, builder: builder,
        executor: try Executor(
          files: files, limits: options.limits, scratch: scratch.appending(path: "job-\(number)"),
          environment: Interpreter.environment(files)),
        judge: Judge(ledger: suites.ledger.entries), scenarioKeys: scenarioKeys, reuse: reuse,
        repetitions: options.repetitions, emit: emit,
        isEnough: { counts.withLock { $0[.new, default: 0] } >= newLimit })
    }
    while let scenario = await board.nextUntried() { await jobs[0].finish(scenario) }
    let executing = Task {
      await builder.buildAhead(wanted())
      await withTaskGroup(of: Void.self) { group in
        for job in jobs { group.addTask { await job.work() } }
      }
    }
    trouble.endsWork(executing)
    await withTaskCancellationHandler {
      await executing.value
    } onCancel: {
      executing.cancel()
    }
    await builder.close(limit: options.cacheLimit)
    let isInterrupted = Task.isCancelled
    let end = await close(board, isInterrupted: isInterrupted, counts: counts, emit: emit)
    if let error = trouble.error { throw error }
    return end
  }

  /// Records what was answered in scenarios that were not finished, and tells everyone that this was all.
  private func close(
    _ board: Board, isInterrupted: Bool, counts: borrowing Mutex<[Verdict: Int]>,
    emit: @Sendable (RunEvent) async -> Void
  ) async -> RunEnd {
    let leftovers = await board.leftovers()
    for cell in leftovers {
      let judgement = Judgement(verdict: .notJudged, findings: [])
      let result = CellResult(
        cell: cell.id, attempts: cell.attempts, judgement: judgement, reusedFrom: cell.reusedFrom)
      await emit(.judged(result, steps: []))
    }
    let judged = counts.withLock { $0.values.reduce(0, +) }
    let end = RunEnd(
      state: isInterrupted || judged < plan.cells.count || !leftovers.isEmpty ? "interrupted" : "finished",
      verdicts: counts.withLock { $0 },
      ledger: LedgerText.joined(suites.ledger.files))
    await emit(.finished(end))
    return end
  }

  private func header(_ toolchain: Toolchain, harness: ContentKey?) -> RunHeader {
    var texts: [String: String] = [:]
    for one in plan.cases {
      for name in one.files() {
        texts["\(one.suite)/\(one.name)/\(name)"] =
          (try? String(contentsOf: one.directory.appending(path: name), encoding: .utf8)) ?? ""
      }
    }
    texts.merge(suites.ledger.files) { $1 }
    return RunHeader(
      arguments: options.arguments, compiler: toolchain.identity, runtimes: plan.runtimes, files: texts,
      planned: plan.cells.count, series: options.series, scope: options.scope,
      harness: harness.map { ContentKey(ofParts: [$0.hex, files.key.hex]) },
      missing: selection.missing.map(\.description))
  }

  /// The binaries that the run needs, in the order in which its cells are tried.
  private func wanted() -> [Builder.Wanted] {
    plan.batches.compactMap { batch in
      guard let first = batch.cells.first, let testCase = plan.testCase(of: first.id.scenario),
        let lane = Lane.named(batch.lane), let runtime = plan.runtime(named: batch.runtime)
      else { return nil }
      return Builder.Wanted(testCase: testCase, lane: lane, runtime: runtime)
    }
  }

  private func scenarioKeys() -> [String: ContentKey] {
    plan.cases.reduce(into: [:]) { keys, one in
      keys[one.scenarioFile] = FileManager.default.contents(atPath: one.scenarioFile).map { ContentKey(of: $0) }
    }
  }
}

/// Several ledgers as one text, for the record of a judgement.
enum LedgerText {
  static func joined(_ files: [String: String]) -> String {
    files.keys.sorted().map { "# \($0)\n\(files[$0] ?? "")" }.joined(separator: "\n")
  }
}
