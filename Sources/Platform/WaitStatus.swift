import CPlatform

/// How a process ended, from its wait status.
public enum WaitStatus: Hashable, Sendable {
  case exited(code: Int32)
  /// By the signal's name, as `SIGSEGV`; `signal 34` for one without a name.
  case signalled(String)

  public init(raw status: Int32) {
    self =
      conform_signalled(status) != 0
      ? .signalled(Self.name(conform_signal(status))) : .exited(code: conform_exit_code(status))
  }

  /// The name of a signal's number.
  public static func name(_ number: Int32) -> String {
    conform_signal_name(number).map { String(cString: $0) } ?? "signal \(number)"
  }
}
