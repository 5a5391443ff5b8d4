import Dispatch
import Foundation
import Platform
import Synchronization

/// Ctrl-C and termination: the first one ends the work in order, the second one at once.
enum Interruption {
  private static let count = Mutex(0)

  static var happened: Bool { count.withLock { $0 > 0 } }

  /// Runs a body in a task that SIGINT and SIGTERM cancel.
  static func cancelling<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) async throws -> Value {
    let task = Task(executorPreference: .blocking) { try await body() }
    let sources = [SIGINT, SIGTERM].map { number in
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
        task.cancel()
      }
      source.resume()
      return source
    }
    defer { for source in sources { source.cancel() } }
    return try await task.value
  }
}
