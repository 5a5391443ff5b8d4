import CPlatform
import Foundation

/// What tells that a file is still the one that was looked at: where it lies on the disk, its size, and when its
/// content and its entry changed last. The last can't be set by a program.
public struct FileStamp: Hashable, Sendable, Codable {
  public var device: Int64
  public var inode: Int64
  /// Bytes.
  public var size: Int64
  /// Nanoseconds since 1970.
  public var changed: Int64
  /// Nanoseconds since 1970: the time of the last change to content or entry.
  public var statusChanged: Int64
  public var isFile: Bool
  public var isFolder: Bool

  /// Follows symbolic links; nil when there is nothing.
  public init?(path: String) {
    var stamp = conform_stamp()
    guard conform_stamp_of(path, &stamp) == 0 else { return nil }
    device = stamp.device
    inode = stamp.inode
    size = stamp.size
    changed = stamp.changed
    statusChanged = stamp.status_changed
    isFile = stamp.is_file != 0
    isFolder = stamp.is_folder != 0
  }

  /// Whether a change right after this stamp could leave it as it is: file systems keep time in ticks.
  public var isFresh: Bool {
    Double(max(changed, statusChanged)) / 1e9 > Date().timeIntervalSince1970 - 2
  }
}
