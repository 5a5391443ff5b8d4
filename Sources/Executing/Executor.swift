import Foundation
import Model
import Platform
import Synchronization
import Worker

/// Runs cells, one at a time, each in a process that costs nobody else anything. A run has one of these a job.
public actor Executor {
  private struct Place: Hashable {
    var interpreter: String
    var family: String
  }

  private struct Station {
    var worker: WarmWorker
    /// Where its cells write.
    var folder: URL
  }

  private let files: WorkerFiles
  private let limits: Limits
  private let machine: MachineHealth
  private let sandbox: Sandbox?
  private let timings: Timings
  private let counts: @Sendable (Lane) -> Bool
  private let scratch: URL
  private let environment: [String: String]
  private let variables: [String: [String: String]]
  private var stations: [Place: Station] = [:]
  private var counter = 0

  /// - Parameters:
  ///   - scratch: a folder for the cells' files, this executor's alone.
  ///   - environment: what interpreters get, and nothing else.
  ///   - variables: what single interpreters get beside, by their paths.
  ///   - machine: shared by all executors of a run.
  ///   - sandbox: where cells run in one.
  ///   - timings: told what goes into cells.
  ///   - counts: in which lanes scenarios are called again, to see what each call leaves behind.
  public init(
    files: WorkerFiles, limits: Limits, scratch: URL, environment: [String: String],
    variables: [String: [String: String]] = [:], machine: MachineHealth = MachineHealth(), sandbox: Sandbox? = nil,
    timings: Timings = Timings(), counts: @escaping @Sendable (Lane) -> Bool = { $0.countsRepeats }
  ) {
    self.counts = counts
    self.timings = timings
    self.machine = machine
    self.sandbox = sandbox
    self.variables = variables
    self.files = files
    self.limits = limits
    self.scratch = scratch
    self.environment = environment
  }

  /// Tries cells once, in order; those that the machine kept from it again, after a while.
  ///
  /// - Parameter tried: called with each as soon as it has answered. A cancelled task ends it early: then nothing is
  ///   known of the others.
  public func attempt(
    _ order: BatchOrder, _ circumstances: Circumstances, tried: @Sendable (CellID, Attempt) async -> Void
  ) async {
    var round = order
    var pauses = machine.pauses[...]
    var doubtful: [CellID: Attempt] = [:]
    while !Task.isCancelled {
      let left = Mutex<(failed: [(CellID, Attempt)], again: [CellID])>(([], []))
      let earlier = doubtful
      let doubts = Mutex<[CellID: Attempt]>([:])
      await attemptOnce(round, circumstances) { cell, attempt, wasStopped in
        if attempt.answer.outcome == .harnessFailed {
          machine.noteFailure()
          left.withLock { $0.failed.append((cell, attempt)) }
        } else if earlier[cell] == nil, wasStopped || Self.isDoubtful(attempt.answer.outcome) {
          doubts.withLock { $0[cell] = attempt }
          left.withLock { $0.again.append(cell) }
        } else {
          machine.noteSuccess()
          await tried(cell, Self.noting(earlier[cell], attempt))
        }
      }
      doubtful.merge(doubts.withLock { $0 }) { $1 }
      let (failed, again) = left.withLock { $0 }
      if !failed.isEmpty {
        guard let pause = pauses.popFirst() else {
          for (cell, attempt) in failed where !Task.isCancelled { await tried(cell, attempt) }
          round.cells = again
          if again.isEmpty { return }
          continue
        }
        try? await Task.sleep(for: pause)
      }
      round.cells = again + failed.map(\.0)
      if round.cells.isEmpty { return }
    }
  }

  /// Whether an end may be somebody else's doing: killed, or with a worker that was. Such a cell is tried again, and the
  /// end counts when it comes again; so does one that was late because it was stopped.
  private static func isDoubtful(_ outcome: Outcome) -> Bool {
    outcome == .workerLost || outcome == .crashed(signal: "SIGKILL")
  }

  private static func noting(_ earlier: Attempt?, _ attempt: Attempt) -> Attempt {
    guard let outcome = earlier?.answer.outcome, outcome != attempt.answer.outcome else { return attempt }
    var attempt = attempt
    let why = earlier?.answer.message.map { " (\($0))" } ?? ""
    attempt.notes.append("an attempt that ended as `\(outcome)`\(why) was not confirmed and does not count")
    return attempt
  }

  private func attemptOnce(
    _ order: BatchOrder, _ circumstances: Circumstances,
    tried: @Sendable (CellID, Attempt, _ wasStopped: Bool) async -> Void
  ) async {
    var waiting = order.cells[...]
    let normalise = Normaliser(binary: order.binary, modules: order.modules, directory: order.directory)
    var unbegun = 0
    func all(_ outcome: Outcome, _ message: String) async {
      let attempt = Attempt(circumstances: circumstances, answer: Answer(outcome: outcome, message: message))
      for cell in waiting where !Task.isCancelled { await tried(cell, attempt, false) }
    }
    while !waiting.isEmpty, !Task.isCancelled {
      let station = await station(for: order)
      switch await station.worker.readiness {
      case .ready: break
      case .cannotLoad(let why): return await all(.notLoadable, why)
      case .failed(let why):
        await replace(station)
        return await all(.harnessFailed, why)
      }
      let request = request(for: order, Array(waiting), circumstances)
      await withTaskCancellationHandler {
        for await reply in await station.worker.replies(to: request) {
          if Task.isCancelled { return }
          guard let cell = waiting.first else { return }
          let secret = request.cells[request.cells.count - waiting.count].secret
          let evidence: Evidence
          switch reply {
          case .answer(let answer): evidence = Evidence(answer)
          case .lost(let how): evidence = Evidence(left: await station.worker.left(in: station.folder), how: how)
          case .notBegun:
            unbegun += 1
            await replace(station)
            return
          }
          waiting.removeFirst()
          if case .lost = reply { await replace(station) }
          let attempt = timings.measure(.reading) {
            evidence.attempt(
              circumstances, secret: secret, sizeLimit: limits.fileSize, normalise: normalise, timings: timings)
          }
          await tried(cell, attempt, evidence.wasStopped)
        }
      } onCancel: {
        station.worker.kill()
      }
      if unbegun > Self.unbegunLimit { return await all(.harnessFailed, "workers end before they begin a cell") }
    }
  }

  /// How many workers may end without having begun a cell.
  private static let unbegunLimit = 3

  /// Ends all workers.
  public func close() async {
    for station in stations.values { await station.worker.retire() }
    stations = [:]
  }

  private func station(for order: BatchOrder) async -> Station {
    let place = Place(interpreter: order.load.runtime.interpreter, family: order.load.lane.family)
    if let station = stations[place] { return station }
    counter += 1
    let folder = scratch.appending(path: "worker-\(counter)")
    try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let station = Station(worker: WarmWorker(timings), folder: folder)
    stations[place] = station
    await station.worker.start(
      interpreter: place.interpreter, files: files, family: place.family, folder: folder,
      environment: environment.merging(variables[place.interpreter] ?? [:]) { $1 },
      log: folder.appending(path: "log").path)
    return station
  }

  /// Takes a lost worker out, so that the next cell gets a new one.
  private func replace(_ station: Station) async {
    stations = stations.filter { $0.value.worker !== station.worker }
    await station.worker.retire()
  }

  private func request(for order: BatchOrder, _ cells: [CellID], _ circumstances: Circumstances) -> WorkerRequest {
    let (lane, runtime) = (order.load.lane, order.load.runtime)
    let repeats = counts(lane) && order.repeats && order.tests == nil ? limits.repeats : .none
    let compiled = variables[runtime.interpreter]?["PYTHONPYCACHEPREFIX"] ?? ""
    return WorkerRequest(
      binary: order.binary, module: order.module, loader: lane.loading, mode: lane.mode.hpyName,
      scenarios: order.scenarioFile, code: order.scenarioKey.hex, modules: order.modules.map { .init($0) },
      seconds: limits.seconds, memory: limits.memory,
      file: limits.fileSize, processes: limits.processes, scratch: limits.scratch, tests: order.tests,
      warmups: repeats.warmups,
      repeats: repeats.measured, tail: Evidence.attachmentLimit,
      fresh: circumstances != .warm || !runtime.canFork, start: limits.start,
      interpreter: runtime.interpreter,
      environment: circumstances == .memoryDebug ? ["PYTHONMALLOC": "debug"] : [:],
      sandbox: sandbox?.command(
        reading: runtime.visiblePlaces + [
          files.directory.path, compiled,
          order.binary, order.scenarioFile,
        ] + order.modules.map(\.path) + order.reads, scratch: limits.scratch, isFirst: true),
      cells: cells.enumerated().map { .init(number: $0, scenario: $1.scenario.name, secret: UUID().uuidString) })
  }
}
