import Foundation
import Model
import Platform
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
  private let scratch: URL
  private let environment: [String: String]
  private let variables: [String: [String: String]]
  private var stations: [Place: Station] = [:]
  private var counter = 0

  /// - Parameters:
  ///   - scratch: a folder for the cells' files, this executor's alone.
  ///   - environment: what interpreters get, and nothing else.
  ///   - variables: what single interpreters get beside, by their paths.
  public init(
    files: WorkerFiles, limits: Limits, scratch: URL, environment: [String: String],
    variables: [String: [String: String]] = [:]
  ) throws {
    self.files = files
    self.limits = limits
    self.scratch = scratch
    self.environment = environment
    self.variables = variables
    try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
  }

  /// Tries cells once, in order.
  ///
  /// - Parameter tried: called with each as soon as it has answered. A cancelled task ends it early: then nothing is
  ///   known of the others.
  public func attempt(
    _ order: BatchOrder, _ circumstances: Circumstances, tried: @Sendable (CellID, Attempt) async -> Void
  ) async {
    var waiting = order.cells[...]
    let normalise = Normaliser(binary: order.binary, directory: order.directory)
    while !waiting.isEmpty, !Task.isCancelled {
      let station = await station(for: order)
      if let error = await station.worker.backendError {
        let answer = Answer(outcome: .notLoadable, message: error)
        for cell in waiting where !Task.isCancelled {
          await tried(cell, Attempt(circumstances: circumstances, answer: answer))
        }
        return
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
          case .lost(let how): evidence = Evidence(leftIn: station.folder, how: how)
          case .notBegun:
            await replace(station)
            return
          }
          waiting.removeFirst()
          if case .lost = reply { await replace(station) }
          let attempt = evidence.attempt(
            circumstances, secret: secret, sizeLimit: limits.fileSize, normalise: normalise)
          await tried(cell, attempt)
        }
      } onCancel: {
        station.worker.kill()
      }
    }
  }

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
    let station = Station(worker: WarmWorker(), folder: folder)
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
    let repeats = lane.countsRepeats ? limits.repeats : .none
    return WorkerRequest(
      binary: order.binary, module: order.module, loader: lane.family, mode: lane.mode.hpyName,
      scenarios: order.scenarioFile, code: order.scenarioKey.hex, seconds: limits.seconds, memory: limits.memory,
      file: limits.fileSize, warmups: repeats.warmups, repeats: repeats.measured,
      tail: Evidence.attachmentLimit,
      fresh: circumstances != .warm || !runtime.canFork, start: limits.start,
      interpreter: runtime.interpreter,
      environment: circumstances == .memoryDebug ? ["PYTHONMALLOC": "debug"] : [:],
      cells: cells.enumerated().map { .init(number: $0, scenario: $1.scenario.name, secret: UUID().uuidString) })
  }
}
