import Synchronization

/// What the machine did lately for the harness's own work: shared by all executors of a run, so that one that is down
/// is not waited for by each cell anew.
public final class MachineHealth: Sendable {
  private let failures = Mutex(0)

  public init() {}

  /// Failures in a row, behind which the machine counts as down.
  private static let limit = 100

  /// How long to wait before a cell that the machine kept from running is tried again, each time; none for a machine
  /// that is down.
  var pauses: [Duration] {
    failures.withLock { $0 } < Self.limit ? [.milliseconds(50), .milliseconds(300), .milliseconds(1200)] : []
  }

  func noteFailure() { failures.withLock { $0 += 1 } }
  func noteSuccess() { failures.withLock { $0 = 0 } }
}
