import Dispatch
import Foundation
import Platform
import Synchronization

/// Ctrl-C and termination: the first one ends the work in order, the second one at once.
enum Interruption {
  private static let count = Mutex(0)

  static var happened: Bool { count.withLock { $0 > 0 } }

  /// What the first signal ends: the tasks that are at work.
  private static let working = Mutex<[UUID: @Sendable () -> Void]>([:])

  /// One for all tasks of the process: a second one for a signal, after the first was cancelled, hears nothing. They are only
  /// kept, which is safe from everywhere.
  nonisolated(unsafe) private static let sources = [SIGINT, SIGTERM].map { number in
    signal(number, SIG_IGN)
    let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
    source.setEventHandler {
      if count.withLock({
        $0 += 1
        return $0
      }) > 1 {
        Orphans.killAll()
        exit(ExitStatus.interrupted.rawValue)
      }
      for cancel in working.withLock({ Array($0.values) }) { cancel() }
    }
    source.resume()
    return source
  }

  /// Runs a body in a task that SIGINT and SIGTERM cancel; one that came before cancels it at once.
  static func cancelling<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) async throws -> Value {
    _ = sources.count
    let task = Task(executorPreference: .blocking) { try await body() }
    let id = UUID()
    working.withLock { $0[id] = { task.cancel() } }
    defer { working.withLock { $0[id] = nil } }
    if happened { task.cancel() }
    return try await task.value
  }
}
