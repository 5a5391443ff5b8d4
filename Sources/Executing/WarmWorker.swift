import Foundation
import Model
import Platform
import Subprocess
import Synchronization
import SystemPackage
import Worker

/// A Python process that has cells run, one after another, each in a process of its own, and can always be killed.
actor WarmWorker {
  /// What became of a cell.
  enum Reply: Sendable {
    case answer(WorkerAnswer)
    /// The worker ended while the cell ran; the text says how.
    case lost(String)
    /// The worker ended before the cell was begun.
    case notBegun
  }

  private struct Command: Sendable {
    var line: String
    /// Numbers of its cells, in order.
    var cells: [Int]
    /// Seconds between two answers until the worker itself is given up.
    var patience: Double
    var replies: AsyncStream<Reply>.Continuation
  }

  /// Found in the environment of the worker and of all that it starts.
  private let marker = "HPY_CONFORM_WORKER=\(UUID().uuidString)"
  private let commands: AsyncStream<Command>.Continuation
  private let pendingCommands: AsyncStream<Command>
  private let process = Mutex<pid_t?>(nil)
  private var life: Task<Void, Never>?
  private var isLost = false

  /// Whether a worker can take cells.
  enum Readiness: Sendable, Hashable {
    case ready
    /// It can't import what its lanes load through, and says why: that is the runtime's.
    case cannotLoad(String)
    /// It could not be started, and nothing is known of any cell for that.
    case failed(String)
  }

  private(set) var readiness = Readiness.ready
  /// What cells write to, by name; open, so that it can be read when the worker is gone.
  private var written: [String: FileHandle] = [:]
  private var greeting: CheckedContinuation<Void, Never>?
  private var hasGreeted = false
  private let timings: Timings

  init(_ timings: Timings = Timings()) {
    self.timings = timings
    (pendingCommands, commands) = AsyncStream.makeStream(of: Command.self)
  }

  /// Starts the process and waits until it can take cells, or can't.
  ///
  /// - Parameter folder: where its cells write, this worker's alone.
  func start(
    interpreter: String, files: WorkerFiles, family: String, folder: URL, environment: [String: String], log: String
  ) async {
    var environment = environment.merging(ProcessGuard.mark) { $1 }
    environment["HPY_CONFORM_WORKER"] = String(marker.split(separator: "=")[1])
    let (variables, stream) = (environment, pendingCommands)
    life = Task {
      let end = await Self.live(
        interpreter: interpreter, arguments: [files.worker, family, folder.path], environment: variables, log: log,
        commands: stream, timings: timings, started: { self.started($0) }, greeted: { await self.greeted($0) })
      ended(end, log: log)
      for await command in stream { Self.reply(.notBegun, to: command) }
    }
    if hasGreeted || isLost { return }
    await withCheckedContinuation { greeting = $0 }
  }

  /// Sends a request; requests are served in the order in which they come.
  ///
  /// - Returns: a reply for each cell, in order, as they come. They end early with one that is not an answer.
  func replies(to request: WorkerRequest) -> AsyncStream<Reply> {
    let (replies, continuation) = AsyncStream.makeStream(of: Reply.self)
    // The worker's own limits come first: for loading twice or starting a process, and for one cell.
    let patience = 3 * request.seconds + 120
    let line = (try? JSONEncoder().encode(request)).map { String(decoding: $0, as: UTF8.self) + "\n" }
    let command = Command(
      line: line ?? "", cells: request.cells.map(\.number), patience: patience, replies: continuation)
    if isLost || line == nil {
      Self.reply(.notBegun, to: command)
    } else if case .terminated = commands.yield(command) {
      Self.reply(.notBegun, to: command)
    }
    return replies
  }

  /// What the cell wrote that ran last, by name.
  ///
  /// - Parameter folder: where the worker's files are on a system on which it has them there.
  func left(in folder: URL) -> [String: [UInt8]] {
    var found: [String: [UInt8]] = [:]
    for name in (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [] {
      guard name.hasPrefix(Self.prefix) else { continue }
      found[String(name.dropFirst(Self.prefix.count))] = FileManager.default.contents(
        atPath: folder.appending(path: name).path
      ).map { Array($0) }
    }
    for (name, file) in written {
      try? file.seek(toOffset: 0)
      found[name] = (try? file.readToEnd()).map { Array($0) } ?? []
    }
    return found
  }

  /// Of files on a disk: `cell.result`, `cell.output`.
  private static let prefix = "cell."

  /// Lets the worker end by itself.
  func retire() async {
    commands.finish()
    await life?.value
  }

  /// Kills the worker and what it started.
  nonisolated func kill() {
    if let process = process.withLock({ $0 }) { ProcessSession.kill(process) }
  }

  private nonisolated func started(_ started: pid_t) { process.withLock { $0 = started } }

  private func greeted(_ greeting: WorkerGreeting) {
    hasGreeted = true
    timings.add(.starting, greeting.cpu ?? 0)
    if let process = process.withLock({ $0 }) {
      for (name, number) in greeting.files ?? [:] {
        written[name] = FileHandle(forReadingAtPath: "/proc/\(process)/fd/\(number)")
      }
    }
    if !greeting.ready {
      let why = greeting.error ?? "the worker gave no reason"
      readiness = greeting.machine.map { .failed("\($0): \(why)") } ?? .cannotLoad(why)
    }
    self.greeting?.resume()
    self.greeting = nil
  }

  private func ended(_ end: End, log: String) {
    isLost = true
    commands.finish()
    process.withLock { $0 = nil }
    if !hasGreeted {
      let last = FileManager.default.contents(atPath: log).map { String(decoding: $0.suffix(2000), as: UTF8.self) }
      let words = last?.split(separator: "\n").last.map { ": \($0)" } ?? ""
      let why = "the worker ended while it started, \(end.description)\(words)"
      // The interpreter answered when the run was planned. What crashes it now is what it imports.
      readiness = end.isCrash ? .cannotLoad(why) : .failed(why)
    }
    greeting?.resume()
    greeting = nil
    let marker = marker
    Orphans.kill { $0.contains(marker) }
  }

  // MARK: The process

  /// Runs the process until its commands end or it does.
  ///
  private static func live(
    interpreter: String, arguments: [String], environment: [String: String], log: String,
    commands: AsyncStream<Command>, timings: Timings, started: @escaping @Sendable (pid_t) -> Void,
    greeted: @escaping @Sendable (WorkerGreeting) async -> Void
  ) async -> End {
    var platform = PlatformOptions()
    platform.createSession = true
    do {
      let errors = try FileDescriptor.open(
        FilePath(log), .writeOnly, options: [.create, .append], permissions: .ownerReadWrite)
      let options = platform
      let result = try await ProcessWatch.run { check in
        try await Subprocess.run(
          .path(FilePath(interpreter)), arguments: Arguments(arguments),
          environment: .only(environment),
          platformOptions: options, input: .inputWriter, output: .sequence,
          error: .fileDescriptor(errors, closeAfterSpawningProcess: true)
        ) { execution in
          try check(execution.processIdentifier)
          let process = execution.processIdentifier.value
          started(process)
          let watchdog = Watchdog(process) { ProcessSession.kill(process) }
          defer { watchdog.stop() }
          var answers = AnswerReader(execution.standardOutput, watchdog: watchdog, timings: timings)
          guard let first = await answers.line(within: 120),
            let greeting = try? JSONDecoder().decode(WorkerGreeting.self, from: first)
          else { return }
          await greeted(greeting)
          for await command in commands {
            _ = try? await execution.standardInputWriter.write(command.line)
            for cell in command.cells {
              guard let answer = await answers.next(within: command.patience), answer.number == cell else {
                ProcessSession.kill(process)
                reply(.lost("ended while the cell ran"), to: command)
                return
              }
              command.replies.yield(.answer(answer))
            }
            command.replies.finish()
          }
        }
      }
      switch result.terminationStatus {
      case .exited(let code): return End(status: .exited(code: Int32(code)))
      case .signaled(let number): return End(status: .signalled(WaitStatus.name(number)))
      }
    } catch {
      return End(problem: Problem.words(of: error))
    }
  }

  /// How the process ended, or why there was none.
  private struct End: Sendable {
    var status: WaitStatus?
    var problem = ""

    var description: String { status?.description ?? problem }

    /// By a signal that a process gives itself.
    var isCrash: Bool {
      guard case .signalled(let name) = status else { return false }
      return ["SIGSEGV", "SIGBUS", "SIGABRT", "SIGILL", "SIGFPE", "SIGTRAP", "SIGSYS"].contains(name)
    }
  }

  private static func reply(_ last: Reply, to command: Command) {
    command.replies.yield(last)
    command.replies.finish()
  }
}

/// What a worker writes, as it comes.
private struct AnswerReader {
  private var chunks: SubprocessOutputSequence.Iterator
  private var pending: ArraySlice<UInt8> = []
  private let watchdog: Watchdog
  private let timings: Timings

  init(_ output: SubprocessOutputSequence, watchdog: Watchdog, timings: Timings) {
    chunks = output.makeAsyncIterator()
    self.watchdog = watchdog
    self.timings = timings
  }

  /// The next answer; nil when the output ends, takes too long, or holds something else.
  mutating func next(within seconds: Double) async -> WorkerAnswer? {
    watchdog.expect(within: seconds)
    defer { watchdog.rest() }
    do {
      while true {
        if let answer = try timings.measure(.reading, { try WorkerAnswer.next(in: &pending) }) { return answer }
        guard await read() else { return nil }
      }
    } catch {
      return nil
    }
  }

  /// The next line without its end; nil when the output ends or takes too long.
  mutating func line(within seconds: Double) async -> Data? {
    watchdog.expect(within: seconds)
    defer { watchdog.rest() }
    while true {
      if let end = pending.firstIndex(of: UInt8(ascii: "\n")) {
        defer { pending = pending[(end + 1)...] }
        return Data(pending[..<end])
      }
      guard await read() else { return nil }
    }
  }

  private mutating func read() async -> Bool {
    guard let chunk = try? await chunks.next() else { return false }
    if pending.isEmpty { pending = [] }
    chunk.withUnsafeBytes { pending.append(contentsOf: $0) }
    return true
  }
}

/// Does something when what is expected doesn't come in time, or from a process that was stopped.
private final class Watchdog: Sendable {
  private let limit = Mutex<ContinuousClock.Instant?>(nil)
  private let watch = Mutex<Task<Void, Never>?>(nil)

  init(_ process: pid_t, _ bite: @escaping @Sendable () -> Void) {
    let task = Task { [weak self] in
      var stopped = 0
      while !Task.isCancelled {
        try? await Task.sleep(for: .milliseconds(500))
        guard let self else { return }
        guard let limit = limit.withLock({ $0 }) else { continue }
        stopped = ProcessState.isStopped(process) ? stopped + 1 : 0
        // Nobody who means well stops a worker for longer than that.
        if limit < .now || stopped > 3 { return bite() }
      }
    }
    watch.withLock { $0 = task }
  }

  func expect(within seconds: Double) { limit.withLock { $0 = .now + .seconds(seconds) } }
  func rest() { limit.withLock { $0 = nil } }
  func stop() { watch.withLock { $0?.cancel() } }
}
