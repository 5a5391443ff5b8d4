import CPlatform
import Foundation

/// What this program itself needs of the machine before it starts anything: with less it would stop half-way, or hang.
public enum Resources {
  /// Open files: some ten for each process that is started, and a database.
  static let neededDescriptors = 256
  private static let comfortable: rlim_t = 4096
  /// Threads and processes: this program's own, and those of two jobs.
  static let neededThreads = 20

  /// What there is too little of, for people; nil where there is enough.
  public static func shortage() -> (found: String, remedy: String)? {
    let descriptors = raiseDescriptors()
    if descriptors < neededDescriptors {
      return (
        "\(descriptors) open files are allowed, expected \(neededDescriptors) or more",
        "raise the limit, with `ulimit -n \(neededDescriptors)` in a shell"
      )
    }
    return shortageOfThreads(neededThreads)
  }

  /// Whether there are too few threads for any command to end; asked before the first one is wanted of a pool, which
  /// waits for it without end.
  public static func shortageAtStart() -> (found: String, remedy: String)? { shortageOfThreads(4) }

  private static func shortageOfThreads(_ needed: Int) -> (found: String, remedy: String)? {
    let threads = Int(conform_spare_threads(Int32(needed)))
    if threads < needed {
      return (
        "\(threads) more processes and threads can be started, expected \(needed) or more",
        "end others, or raise the limit: `ulimit -u` in a shell, pids.max of the control group"
      )
    }
    return nil
  }

  /// Raises the limit as far as that is of use and allowed.
  ///
  /// - Returns: how many there may be.
  @discardableResult
  public static func raiseDescriptors() -> Int {
    var limit = rlimit()
    guard getrlimit(kind, &limit) == 0 else { return .max }
    if limit.rlim_cur < comfortable {
      let wanted = rlimit(rlim_cur: min(comfortable, limit.rlim_max), rlim_max: limit.rlim_max)
      withUnsafePointer(to: wanted) { _ = setrlimit(kind, $0) }
      getrlimit(kind, &limit)
    }
    return Int(min(limit.rlim_cur, rlim_t(Int32.max)))
  }

  #if os(Linux)
    private static let kind = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
  #else
    private static let kind = RLIMIT_NOFILE
  #endif
}
