import Foundation

/// How many files this process may have open at a time.
public enum Descriptors {
  /// Below this, a run would stop half-way: some ten for each process that is started, and a database.
  public static let needed = 256
  private static let comfortable: rlim_t = 4096

  /// Raises the limit as far as that is of use and allowed.
  ///
  /// - Returns: how many there may be.
  @discardableResult
  public static func raise() -> Int {
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
