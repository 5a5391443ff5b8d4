import Foundation

/// What the file system says of a file or folder itself.
public struct FileFacts: Hashable, Sendable {
  /// Bytes that it takes on the disk.
  public var size: Int
  /// When its content changed last, in nanoseconds since 1970.
  public var modified: Int64
  public var isFolder: Bool
  /// Whether it is an ordinary file, and no link, pipe or device, of which reading might never end.
  public var isFile: Bool

  /// Nil when there is nothing of this path, or it may not be seen.
  public init?(_ path: String) {
    var status = stat()
    guard lstat(path, &status) == 0 else { return nil }
    size = Int(status.st_blocks) * 512
    isFolder = status.st_mode & S_IFMT == S_IFDIR
    isFile = status.st_mode & S_IFMT == S_IFREG
    #if canImport(Darwin)
      modified = Int64(status.st_mtimespec.tv_sec) * 1_000_000_000 + Int64(status.st_mtimespec.tv_nsec)
    #else
      modified = Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec)
    #endif
  }

  /// Makes now the time when it changed last; a later time than before, though the clock may not have moved on.
  public static func touch(_ path: String) {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    let nanoseconds = Int64(now.tv_sec) * 1_000_000_000 + Int64(now.tv_nsec)
    let time = max(nanoseconds, (FileFacts(path)?.modified ?? 0) + 1)
    let second: Int64 = 1_000_000_000
    let stamp = timespec(tv_sec: Int(time / second), tv_nsec: Int(time % second))
    let times = [stamp, stamp]
    utimensat(AT_FDCWD, path, times, 0)
  }
}
