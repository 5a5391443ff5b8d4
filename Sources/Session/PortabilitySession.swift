import Building
import Executing
import Foundation
import Model
import Planning
import Platform
import Runtimes
import Storing
import Synchronization
import Worker

/// What happens during a portability view, for everyone who watches.
public enum PortabilityEvent: Sendable {
  case started(PortabilityHeader)
  /// Some results are final: those of a binary of one case on one runtime.
  case tried([PortabilityResult])
  /// Nothing more will come. `finished` or `interrupted`.
  case finished(state: String)
}

/// Someone who watches a portability view.
public protocol PortabilityObserver: Sendable {
  /// - Throws: what keeps it from watching, which ends the view.
  func observe(_ event: PortabilityEvent) async throws
}

/// A portability view: builds every binary, tries it on every runtime, and tells whoever watches.
public struct PortabilitySession: Sendable {
  public let options: RunOptions
  public let selection: RuntimeSelection
  public let plan: PortabilityPlan
  private let files: WorkerFiles
  private let toolchain: Toolchain
  private let builder: Builder
  private let trouble: Trouble

  /// The cases that no job has taken yet.
  private actor Queue {
    private var waiting: ArraySlice<PortabilityPlan.Unit>

    init(_ units: [PortabilityPlan.Unit]) { waiting = units[...] }

    func next() -> PortabilityPlan.Unit? { waiting.popFirst() }
  }

  /// Reads everything and plans; nothing is built or run yet. The lanes of the options have no part in it.
  ///
  /// - Throws: `Problem` or `Problems` for bad input and missing pieces of the environment.
  public init(_ options: RunOptions) async throws {
    self.options = options
    files = try WorkerFiles(below: options.cache)
    selection = try await RuntimeSelection.make(
      options.runtimes, configuration: Configuration(project: options.project), files: files)
    let suites = try await SuiteFolder(options.suites, reader: selection.runtimes[0].interpreter, files: files)
    toolchain = try await Toolchain()
    let trouble = Trouble()
    self.trouble = trouble
    builder = try Builder(
      toolchain: toolchain, cache: options.cache, spareHelpers: selection.spareHelpers, compilers: options.jobs
    ) { trouble.end($0) }
    plan = try PortabilityPlan(
      cases: suites.cases, runtimes: selection.runtimes, patterns: options.patterns,
      surroundings: builder.surroundings)
  }

  /// Builds and tries all that is planned.
  ///
  /// - Returns: `finished`, or `interrupted` where the task was cancelled; what was answered is kept.
  /// - Throws: what an observer or the builder could not do.
  public func run(observers: [any PortabilityObserver]) async throws -> String {
    let scratch = FileManager.default.temporaryDirectory.appending(path: "hpy-conform-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: scratch) }
    BrokenPipes.becomeErrors()
    Orphans.adopt()
    defer { Orphans.killAll() }

    let emit: @Sendable (PortabilityEvent) async -> Void = { [trouble] event in
      for observer in observers {
        do {
          try await observer.observe(event)
        } catch {
          trouble.end(error)
        }
      }
    }
    await emit(
      .started(
        PortabilityHeader(
          arguments: options.arguments, compiler: toolchain.identity, runtimes: plan.places.map(\.runtime),
          obstacles: plan.places.map(\.obstacle), binaries: plan.binaries, planned: plan.size)))
    if let error = trouble.error { throw error }
    let jobs = try (0..<max(1, options.jobs)).map { number in
      PortabilityJob(
        plan: plan, builder: builder,
        executor: try Executor(
          files: files, limits: options.limits, scratch: scratch.appending(path: "job-\(number)"),
          environment: Interpreter.environment(files)),
        emit: { await emit(.tried($0)) })
    }
    let queue = Queue(plan.units)
    let executing = Task { [builder, wanted = wanted()] in
      await builder.buildAhead(wanted)
      await withTaskGroup(of: Void.self) { group in
        for job in jobs {
          group.addTask {
            while !Task.isCancelled, let unit = await queue.next() { await job.run(unit) }
            await job.executor.close()
          }
        }
      }
    }
    trouble.endsWork(executing)
    await withTaskCancellationHandler {
      await executing.value
    } onCancel: {
      executing.cancel()
    }
    await builder.close(limit: options.cacheLimit)
    let state = Task.isCancelled || trouble.error != nil ? "interrupted" : "finished"
    await emit(.finished(state: state))
    if let error = trouble.error { throw error }
    return state
  }

  /// The binaries, in the order in which they are tried.
  private func wanted() -> [Builder.Wanted] {
    plan.units.filter { $0.testCase.problems.isEmpty }.flatMap { unit in
      plan.binaries.compactMap { binary in
        plan.runtime(named: binary.builtFor).map {
          Builder.Wanted(testCase: unit.testCase, lane: binary.kind.lane, runtime: $0)
        }
      }
    }
  }
}

/// Writes a portability view to a database as it goes.
public actor PortabilityStoreObserver: PortabilityObserver {
  private let store: Store
  private var recorder: PortabilityRecorder?

  public init(_ store: Store) { self.store = store }

  public func observe(_ event: PortabilityEvent) async throws {
    switch event {
    case .started(let header): recorder = try PortabilityRecorder(store, header: header)
    case .tried(let results): try await recorder?.record(results)
    case .finished(let state): try await recorder?.finish(state: state)
    }
  }
}
