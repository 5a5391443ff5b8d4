import Synchronization

/// The first thing that went wrong while something else went on.
public final class FirstError: Sendable {
  private struct State {
    var error: (any Error)?
    var work: Task<Void, Never>?
  }

  private let state = Mutex(State())

  public init() {}

  public var error: (any Error)? { state.withLock { $0.error } }

  /// Keeps it, to be told at the end; work that is under way goes on.
  public func note(_ error: any Error) { state.withLock { $0.error = $0.error ?? error } }

  /// Keeps it, and ends the work.
  public func end(_ error: any Error) {
    state.withLock {
      $0.error = $0.error ?? error
      $0.work?.cancel()
    }
  }

  /// Names the work that an error ends; at once, where there was one before.
  public func endsWork(_ work: Task<Void, Never>) {
    state.withLock {
      $0.work = work
      if $0.error != nil { work.cancel() }
    }
  }
}
