import Foundation

/// Writing that is done as a whole, or told.
public enum FileWriting {
  /// What the system says of a call that failed.
  public struct Failure: Error, Hashable, Sendable, CustomStringConvertible {
    /// As in errno(3).
    public var number: Int32

    public var description: String { String(cString: strerror(number)) }

    /// That of the call that has just failed.
    static var last: Failure { Failure(number: errno) }
  }

  /// Makes a file with this content, or puts it in the place of the one that was there; where that fails, that one stays
  /// as it was. A link stays one: what it leads to is written. A device or a pipe is written to.
  ///
  /// - Throws: `Failure`.
  public static func replace(_ path: String, with bytes: [UInt8]) throws(Failure) {
    var status = stat()
    let isThere = stat(path, &status) == 0
    if isThere, status.st_mode & S_IFMT != S_IFREG {
      let descriptor = open(path, O_WRONLY | O_NOCTTY | O_CLOEXEC)
      guard descriptor >= 0 else { throw .last }
      defer { close(descriptor) }
      return try write(bytes, to: descriptor)
    }
    let place = isThere ? try resolved(path) : path
    let folder = (place as NSString).deletingLastPathComponent
    let draft = (folder.isEmpty ? "." : folder) + "/.hpy-conform-\(UUID().uuidString)"
    let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw .last }
    do throws(Failure) {
      defer { close(descriptor) }
      try write(bytes, to: descriptor)
      if isThere { fchmod(descriptor, status.st_mode & 0o7777) }
      // Some file systems say only now that there was no room.
      guard fsync(descriptor) == 0 else { throw .last }
      guard rename(draft, place) == 0 else { throw .last }
    } catch {
      unlink(draft)
      throw error
    }
  }

  /// Writes all bytes to a descriptor, however many calls that takes.
  ///
  /// - Throws: `Failure`.
  static func write(_ bytes: [UInt8], to descriptor: Int32) throws(Failure) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
      if count >= 0 {
        rest = rest.dropFirst(count)
      } else if errno == EAGAIN {
        // Somebody made the stream one that does not block.
        var wait = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        poll(&wait, 1, -1)
      } else if errno != EINTR {
        throw .last
      }
    }
  }

  private static func resolved(_ path: String) throws(Failure) -> String {
    guard let found = realpath(path, nil) else { throw .last }
    defer { free(found) }
    return String(cString: found)
  }
}
