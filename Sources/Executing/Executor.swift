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

  private let files: WorkerFiles
  private let limits: Limits
  private let scratch: URL
  private let environment: [String: String]
  private var workers: [Place: WarmWorker] = [:]
  private var counter = 0

  /// - Parameters:
  ///   - scratch: a folder for the cells' files, this executor's alone.
  ///   - environment: what interpreters get, and nothing else.
  public init(files: WorkerFiles, limits: Limits, scratch: URL, environment: [String: String]) throws {
    self.files = files
    self.limits = limits
    self.scratch = scratch
    self.environment = environment
    try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
  }

  /// Tries a cell once.
  ///
  /// - Returns: nil when the task was cancelled meanwhile: then nothing is known.
  public func attempt(_ order: CellOrder, _ circumstances: Circumstances) async -> Attempt? {
    let worker = await worker(for: order)
    if let error = await worker.backendError {
      let answer = Answer(outcome: Outcome(.notLoadable), message: error)
      return Task.isCancelled ? nil : Attempt(circumstances: circumstances, answer: answer)
    }
    counter += 1
    let stem = scratch.appending(path: "cell-\(counter)").path
    let request = request(for: order, circumstances, stem: stem)
    let reply = await worker.run(request)
    if case .lost = reply {
      // Nobody else shall meet it: the next cell gets a new one.
      workers = workers.filter { $0.value !== worker }
      await worker.retire()
    }
    defer { for suffix in Self.suffixes { unlink(stem + suffix) } }
    if Task.isCancelled { return nil }
    return Self.attempt(order, circumstances, request: request, reply: reply)
  }

  /// Ends all workers.
  public func close() async {
    for worker in workers.values { await worker.retire() }
    workers = [:]
  }

  private static let suffixes = [".result", ".output", ".fault"]

  private func worker(for order: CellOrder) async -> WarmWorker {
    let place = Place(interpreter: order.runtime.interpreter, family: order.lane.family)
    if let worker = workers[place] { return worker }
    let log = scratch.appending(path: "worker-\(place.family).log").path
    let worker = WarmWorker()
    workers[place] = worker
    await worker.start(
      interpreter: place.interpreter, files: files, family: place.family, environment: environment, log: log)
    return worker
  }

  private func request(for order: CellOrder, _ circumstances: Circumstances, stem: String) -> WorkerRequest {
    var request = WorkerRequest(
      id: counter, binary: order.binary, module: order.module, loader: "import", mode: "universal",
      scenarios: order.scenarioFile, code: order.scenarioKey.hex, scenario: order.cell.scenario.name,
      secret: UUID().uuidString, result: stem + ".result", output: stem + ".output", fault: stem + ".fault",
      seconds: limits.seconds, memory: limits.memory, file: limits.fileSize,
      fresh: circumstances != .warm || !order.runtime.canFork, interpreter: order.runtime.interpreter,
      environment: circumstances == .memoryDebug ? ["PYTHONMALLOC": "debug"] : [:])
    if case .hpyUniversal(let mode) = order.lane.loader {
      request.loader = "hpy"
      request.mode = mode
    }
    return request
  }

  // MARK: Making sense of what came back

  private static func attempt(
    _ order: CellOrder, _ circumstances: Circumstances, request: WorkerRequest, reply: WarmWorker.Reply
  ) -> Attempt {
    let data = FileManager.default.contents(atPath: request.result) ?? Data()
    let result = ResultFile(data, secret: request.secret)
    let normalise = Normaliser(binary: order.binary, directory: order.directory)
    var attempt = Attempt(
      circumstances: circumstances,
      answer: Answer(
        outcome: .completed, message: result.end?.message.map { normalise($0) },
        observations: result.observations.map { normalise($0) }),
      output: normalise(tail(of: request.output)),
      traceback: normalise(tail(of: request.fault) + (result.end?.traceback ?? "")))
    if result.forgedLines > 0 {
      attempt.notes.append("\(result.forgedLines) lines in the result file were not written by the harness")
    }
    switch reply {
    case .lost(let how):
      attempt.answer.outcome = Outcome(.workerLost)
      attempt.answer.message = "the worker \(how)"
    case .answer(let answer):
      let ending = Ending(
        status: answer.status, timedOut: answer.timedOut, resultSize: data.count, sizeLimit: request.file)
      attempt.answer.outcome = ending.outcome(result)
      attempt.seconds = answer.seconds
      if answer.strays > 0 { attempt.notes.append("\(answer.strays) processes left behind were killed") }
    }
    return attempt
  }

  /// The last of a file, as text.
  private static func tail(of path: String) -> String {
    guard let handle = FileHandle(forReadingAtPath: path) else { return "" }
    defer { try? handle.close() }
    let size = (try? handle.seekToEnd()) ?? 0
    if size == 0 { return "" }
    let limit = UInt64(Attempt.outputLimit)
    try? handle.seek(toOffset: size > limit ? size - limit : 0)
    return String(decoding: (try? handle.readToEnd()) ?? Data(), as: UTF8.self)
  }
}
