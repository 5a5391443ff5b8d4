import CPlatform
import Foundation
import Synchronization

/// Sees to it that nothing that this program has started outlives it, and that its scratch folder doesn't, however it
/// ends: a small process waits for that (conform_guard of CPlatform).
///
/// What is started is known by a variable of its environment, which every process hands on to those that it starts.
public enum ProcessGuard {
  /// Name of the variable; whoever starts a process with an environment of its own puts it in.
  public static let variable = "HPY_CONFORM_RUN"

  private static let identity = UUID().uuidString.lowercased()
  private static let state = Mutex<(process: pid_t, end: Int32)?>(nil)

  /// The variable with this process's value.
  public static var mark: [String: String] { [variable: identity] }

  /// This process's folder for scratch files; whoever needs it makes it.
  public static let scratch = FileManager.default.temporaryDirectory.appending(
    path: "hpy-conform-\(identity)", directoryHint: .isDirectory)

  /// Starts it, before anything else is started; does nothing when it is there. Where it can't be started, the program
  /// does without.
  public static func start() {
    state.withLock { state in
      guard state == nil else { return }
      setenv(variable, identity, 1)
      var process: pid_t = 0
      let end = conform_guard("\(variable)=\(identity)", scratch.path, &process)
      if end >= 0 { state = (process, end) }
    }
  }

  /// Has everything ended and removed that is left, and waits for that.
  public static func end() {
    let running = state.withLock { state in
      defer { state = nil }
      return state
    }
    guard let running else { return }
    close(running.end)
    kill(running.process, SIGCONT)  // somebody may have stopped it
    waitpid(running.process, nil, 0)
  }

  /// Whether a process is the guard.
  static func isGuard(_ process: pid_t) -> Bool { state.withLock { $0?.process == process } }
}
