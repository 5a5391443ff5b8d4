import CPlatform

/// How a process ended, from its wait status.
public enum WaitStatus: Hashable, Sendable, CustomStringConvertible {
  case exited(code: Int32)
  /// By the signal's name, as `SIGSEGV`; `signal 34` for one without a name.
  case signalled(String)

  public init(raw status: Int32) {
    self =
      conform_signalled(status) != 0
      ? .signalled(Self.name(conform_signal(status))) : .exited(code: conform_exit_code(status))
  }

  /// For people: `exit code 3`, `SIGSEGV`.
  public var description: String {
    switch self {
    case .exited(let code): "exit code \(code)"
    case .signalled(let name): name
    }
  }

  /// The name of a signal's number.
  public static func name(_ number: Int32) -> String {
    conform_signal_name(number).map { String(cString: $0) } ?? "signal \(number)"
  }
}
