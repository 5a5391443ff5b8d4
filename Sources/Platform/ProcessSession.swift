import Foundation

/// A process that leads a session of its own, with everything in it.
public enum ProcessSession {
  /// Kills the whole session. Its leader is this process's child and not yet reaped, so the number can't belong to
  /// another.
  public static func kill(_ leader: pid_t) {
    Foundation.kill(-leader, SIGKILL)
  }
}
