import CPlatform
import Foundation

/// Processes that cells left behind: adopted by the runner, so that none outlives the run.
public enum Orphans {
  /// Become the parent of every orphan among this process's descendants (Linux; elsewhere nothing happens).
  public static func adopt() {
    _ = conform_adopt_orphans()
  }

  /// Kill every child of this process that satisfies a condition on its environment, and every child of those.
  ///
  /// - Parameter isStray: given `/proc/PID/environ`, entries separated by NUL.
  /// - Returns: how many were killed.
  @discardableResult
  public static func kill(where isStray: (String) -> Bool) -> Int {
    var killed = 0
    while true {
      let strays = children().filter { !ProcessGuard.isGuard($0) && isStray(environment(of: $0)) }
      if strays.isEmpty { return killed }
      for process in strays {
        Foundation.kill(process, SIGKILL)
        waitpid(process, nil, 0)
        killed += 1
      }
    }
  }

  /// Kill every child there is; for the end of a run.
  @discardableResult
  public static func killAll() -> Int { kill { _ in true } }

  private static func children() -> [pid_t] {
    let tasks = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")) ?? []
    return tasks.flatMap { task -> [pid_t] in
      let listing = try? String(contentsOfFile: "/proc/self/task/\(task)/children", encoding: .utf8)
      return (listing ?? "").split(separator: " ").compactMap { pid_t($0) }
    }
  }

  private static func environment(of process: pid_t) -> String {
    guard let data = FileManager.default.contents(atPath: "/proc/\(process)/environ") else { return "" }
    return String(decoding: data, as: UTF8.self)
  }
}
