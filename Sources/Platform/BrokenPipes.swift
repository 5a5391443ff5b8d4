import Foundation

/// Writing to a process that has just died.
public enum BrokenPipes {
  /// Make it an error of the write, where it would otherwise end this process (SIGPIPE).
  public static func becomeErrors() {
    signal(SIGPIPE, SIG_IGN)
  }
}
