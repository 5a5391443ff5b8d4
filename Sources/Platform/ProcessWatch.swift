import Foundation
public import Subprocess
import Synchronization

/// Keeps a start of a process from waiting for ever where open files run out.
///
/// swift-subprocess 1.0.2 watches a child by a descriptor of the process. Where it can't open one, it never notices
/// that the child has ended (`waitForProcessTermination` falls back to a signal that nobody handles). Such a child is
/// ended and reaped here, and its start fails as one for which there are too few open files.
public enum ProcessWatch {
  /// Given to the operation, which has to ask it first of all.
  public struct Check: Sendable {
    fileprivate let giveUp: @Sendable (pid_t) -> Void

    /// - Throws: ``NoDescriptor`` for a process that would not be watched; it is gone then.
    public func callAsFunction(_ process: ProcessIdentifier) throws {
      guard process.processDescriptor < 0 else { return }
      giveUp(process.value)
      throw NoDescriptor()
    }
  }

  public struct NoDescriptor: Error, CustomStringConvertible {
    public var description: String { String(cString: strerror(EMFILE)) }
  }

  /// What an operation gives that runs one process, a session's leader.
  ///
  /// - Throws: what the operation throws, ``NoDescriptor`` without waiting for it.
  public static func run<Value: Sendable>(
    _ operation: @escaping @Sendable (Check) async throws -> Value
  ) async throws -> Value {
    let end = Once<Value>()
    let check = Check { process in
      ProcessSession.kill(process)
      waitpid(process, nil, 0)
      end.come(.failure(NoDescriptor()))
    }
    let task = Task {
      do {
        end.come(.success(try await operation(check)))
      } catch {
        end.come(.failure(error))
      }
    }
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { end.wait($0) }
    } onCancel: {
      task.cancel()
    }
  }

  /// The first end that comes, for one who waits.
  private final class Once<Value: Sendable>: Sendable {
    private enum State {
      case open
      case waiting(CheckedContinuation<Value, any Error>)
      case come(Result<Value, any Error>)
      case told
    }

    private let state = Mutex(State.open)

    func come(_ end: Result<Value, any Error>) {
      let waiting = state.withLock { state -> CheckedContinuation<Value, any Error>? in
        switch state {
        case .open:
          state = .come(end)
          return nil
        case .waiting(let continuation):
          state = .told
          return continuation
        case .come, .told:
          return nil
        }
      }
      waiting?.resume(with: end)
    }

    func wait(_ continuation: CheckedContinuation<Value, any Error>) {
      let end = state.withLock { state -> Result<Value, any Error>? in
        guard case .come(let end) = state else {
          state = .waiting(continuation)
          return nil
        }
        state = .told
        return end
      }
      if let end { continuation.resume(with: end) }
    }
  }
}
