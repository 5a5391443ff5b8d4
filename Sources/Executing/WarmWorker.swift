import Foundation
import Platform
import Subprocess
import Synchronization
import SystemPackage
import Worker

/// A Python process that runs cells one after another, each in a child of its own, and can always be killed.
actor WarmWorker {
  /// What became of a request.
  enum Reply: Sendable {
    case answer(WorkerAnswer)
    /// The worker is gone; the text says how it ended.
    case lost(String)
  }

  private struct Command: Sendable {
    var id: Int
    var line: String
    /// Seconds until the worker itself is given up.
    var patience: Double
    var reply: CheckedContinuation<Reply, Never>
  }

  /// Found in the environment of the worker and of all that it starts.
  private let marker = "HPY_CONFORM_WORKER=\(UUID().uuidString)"
  private let commands: AsyncStream<Command>.Continuation
  private let session = Mutex<pid_t?>(nil)
  private var life: Task<Void, Never>?
  private var isLost = false

  /// Why the worker could not import what its lanes load through; nil while it can.
  private(set) var backendError: String?
  private var greeting: CheckedContinuation<Void, Never>?
  private var hasGreeted = false

  private let pendingCommands: AsyncStream<Command>

  init() {
    (pendingCommands, commands) = AsyncStream.makeStream(of: Command.self)
  }

  /// Starts the process and waits until it can take cells, or can't.
  func start(
    interpreter: String, files: WorkerFiles, family: String, environment: [String: String], log: String
  ) async {
    var environment = environment
    environment["HPY_CONFORM_WORKER"] = String(marker.split(separator: "=")[1])
    let (variables, stream) = (environment, pendingCommands)
    life = Task {
      let end = await Self.live(
        interpreter: interpreter, arguments: [files.worker, family], environment: variables, log: log,
        commands: stream, started: { self.started($0) }, greeted: { await self.greeted($0) })
      ended(end)
      for await command in stream { command.reply.resume(returning: .lost(end)) }
    }
    if hasGreeted || isLost { return }
    await withCheckedContinuation { greeting = $0 }
  }

  /// Sends a request and waits for its answer; a cancelled task kills the worker.
  func run(_ request: WorkerRequest) async -> Reply {
    guard !isLost, let line = try? String(decoding: JSONEncoder().encode(request), as: UTF8.self) else {
      return .lost(lastWords)
    }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { reply in
        let command = Command(id: request.id, line: line + "\n", patience: request.seconds + 10, reply: reply)
        if case .terminated = commands.yield(command) { reply.resume(returning: .lost(lastWords)) }
      }
    } onCancel: {
      kill()
    }
  }

  /// Lets the worker end by itself.
  func retire() async {
    commands.finish()
    await life?.value
  }

  /// Kills the worker and what it started.
  nonisolated func kill() {
    if let session = session.withLock({ $0 }) { ProcessSession.kill(session) }
  }

  private var lastWords = "gone"

  private nonisolated func started(_ process: pid_t) { session.withLock { $0 = process } }

  private func greeted(_ greeting: WorkerGreeting) {
    hasGreeted = true
    if !greeting.ready { backendError = greeting.error ?? "the worker does not say why" }
    self.greeting?.resume()
    self.greeting = nil
  }

  private func ended(_ how: String) {
    isLost = true
    lastWords = how
    commands.finish()
    session.withLock { $0 = nil }
    if !hasGreeted { backendError = "the worker ended at its start: \(how)" }
    greeting?.resume()
    greeting = nil
    let marker = marker
    Orphans.kill { $0.contains(marker) }
  }

  // MARK: The process

  /// Runs the process until its commands end or it does.
  ///
  /// - Returns: how it ended.
  private static func live(
    interpreter: String, arguments: [String], environment: [String: String], log: String,
    commands: AsyncStream<Command>, started: @Sendable (pid_t) -> Void,
    greeted: @Sendable (WorkerGreeting) async -> Void
  ) async -> String {
    var platform = PlatformOptions()
    platform.createSession = true
    var how = "gone"
    do {
      let errors = try FileDescriptor.open(
        FilePath(log), .writeOnly, options: [.create, .append], permissions: .ownerReadWrite)
      let result = try await Subprocess.run(
        .path(FilePath(interpreter)), arguments: Arguments(arguments),
        environment: .only(environment),
        platformOptions: platform, input: .inputWriter, output: .sequence,
        error: .fileDescriptor(errors, closeAfterSpawningProcess: true)
      ) { execution in
        let process = execution.processIdentifier.value
        started(process)
        var lines = LineReader(execution.standardOutput)
        guard let first = await Self.within(120, kill: process, { await lines.next() }),
          let greeting = try? JSONDecoder().decode(WorkerGreeting.self, from: first)
        else { return }
        await greeted(greeting)
        for await command in commands {
          _ = try? await execution.standardInputWriter.write(command.line)
          let line = await Self.within(command.patience, kill: process) { await lines.next() }
          guard let line, let answer = try? JSONDecoder().decode(WorkerAnswer.self, from: line), answer.id == command.id
          else {
            ProcessSession.kill(process)
            command.reply.resume(returning: .lost("ended while the cell ran"))
            return
          }
          command.reply.resume(returning: .answer(answer))
        }
      }
      switch result.terminationStatus {
      case .exited(let code): how = "exit code \(code)"
      case .signaled(let number): how = WaitStatus.name(number)
      }
    } catch {
      how = "\(error)"
    }
    return how
  }

  /// Waits for something of a process; when it takes too long the process's session is killed, which ends the wait.
  private static func within<Value: Sendable>(
    _ seconds: Double, kill process: pid_t, _ body: () async -> Value
  ) async -> Value {
    let watch = Task {
      try await Task.sleep(for: .seconds(seconds))
      ProcessSession.kill(process)
    }
    defer { watch.cancel() }
    return await body()
  }
}

/// Lines of a process's output, as they come.
private struct LineReader {
  private var chunks: SubprocessOutputSequence.Iterator
  private var pending: [UInt8] = []

  init(_ output: SubprocessOutputSequence) { chunks = output.makeAsyncIterator() }

  /// The next line without its end; nil when the output ends.
  mutating func next() async -> Data? {
    while true {
      if let end = pending.firstIndex(of: UInt8(ascii: "\n")) {
        let line = Data(pending[..<end])
        pending.removeSubrange(...end)
        return line
      }
      guard let chunk = try? await chunks.next() else { return nil }
      chunk.withUnsafeBytes { pending.append(contentsOf: $0) }
    }
  }
}
