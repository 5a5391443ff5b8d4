import Synchronization

/// What the machine did lately for the harness's own work: shared by all executors of a run, so that one that is down
/// is not waited for by each cell anew.
public final class MachineHealth: Sendable {
  private let failures = Mutex(0)
  /// How long is waited for the machine.
  public let patience: Patience

  /// How long to wait for a machine that keeps cells from running.
  public struct Patience: Hashable, Sendable {
    /// Before a cell is tried again, each time.
    var pauses: [Duration]
    /// Before all that failed gets its last chance, when everything else is done.
    public var beforeLastChance: Duration

    /// What comes and goes on a machine at work.
    public static let usual = Patience(
      pauses: [.milliseconds(50), .milliseconds(300), .milliseconds(1200)], beforeLastChance: .seconds(1))
    /// For what is known to stay.
    public static let short = Patience(pauses: [.milliseconds(5)], beforeLastChance: .milliseconds(5))
  }

  public init(_ patience: Patience = .usual) { self.patience = patience }

  /// Failures in a row, behind which the machine counts as down.
  private static let limit = 100

  /// How long to wait before a cell that the machine kept from running is tried again, each time; none for a machine
  /// that is down.
  var pauses: [Duration] {
    failures.withLock { $0 } < Self.limit ? patience.pauses : []
  }

  func noteFailure() { failures.withLock { $0 += 1 } }
  func noteSuccess() { failures.withLock { $0 = 0 } }
}
