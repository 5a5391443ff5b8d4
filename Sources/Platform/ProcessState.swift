import Foundation

/// What the system says of a process that goes on.
public enum ProcessState {
  /// Whether it was stopped, by SIGSTOP or by a debugger; false where the system doesn't say.
  public static func isStopped(_ process: pid_t) -> Bool {
    // proc(5), /proc/PID/stat: the state follows the name, which may hold anything, in parentheses.
    guard let data = FileManager.default.contents(atPath: "/proc/\(process)/stat"),
      let end = data.lastIndex(of: UInt8(ascii: ")")), end + 2 < data.endIndex
    else { return false }
    return data[end + 2] == UInt8(ascii: "T") || data[end + 2] == UInt8(ascii: "t")
  }
}
