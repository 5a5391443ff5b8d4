import Foundation

/// Files that are read whole. What has a file's name and is none (a folder, a pipe, a link that leads nowhere) is told,
/// and nothing waits for it.
public enum PlainFile {
  /// Why a file can't be read.
  public enum Failure: Error, Hashable, Sendable {
    /// There is nothing of this name.
    case absent
    /// A symbolic link to something that isn't there.
    case dangling(target: String)
    /// What there is in place of a file: `a folder`.
    case notAFile(String)
    /// Bytes that it has, more than anybody writes.
    case tooLarge(Int)
    /// What the system says.
    case unreadable(String)
  }

  /// Bytes that a file may have at most.
  public static let sizeLimit = 64 << 20

  /// Why a file can't be used, without reading it; nil where it can.
  public static func failure(of path: String) -> Failure? {
    do {
      close(try open(path))
      return nil
    } catch {
      return error
    }
  }

  /// - Throws: `Failure`.
  public static func read(_ path: String) throws(Failure) -> [UInt8] {
    let descriptor = try open(path)
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = Foundation.read(descriptor, &piece, piece.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw .unreadable(String(cString: strerror(errno))) }
      if count == 0 { return bytes }
      bytes += piece[..<count]
      guard bytes.count <= sizeLimit else { throw .tooLarge(bytes.count) }
    }
  }

  private static func open(_ path: String) throws(Failure) -> Int32 {
    if path.utf8.contains(0) { throw .unreadable("its name has a NUL") }
    var status = stat()
    guard stat(path, &status) == 0 else {
      let number = errno
      if number == ENOENT || number == ENOTDIR {
        guard let target = linkTarget(of: path) else { throw .absent }
        throw .dangling(target: target)
      }
      throw .unreadable(String(cString: strerror(number)))
    }
    if let kind = kind(status.st_mode) { throw .notAFile(kind) }
    guard status.st_size <= sizeLimit else { throw .tooLarge(Int(status.st_size)) }
    // Not blocking: it may have become a pipe meanwhile, and opening that would wait for a writer.
    let descriptor = Foundation.open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .unreadable(String(cString: strerror(errno))) }
    return descriptor
  }

  /// Where a symbolic link leads, as it is written; nil for what is no link.
  static func linkTarget(of path: String) -> String? {
    var status = stat()
    guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFLNK else { return nil }
    var target = [UInt8](repeating: 0, count: Int(PATH_MAX))
    let count = target.withUnsafeMutableBytes { bytes in
      readlink(path, bytes.baseAddress!.assumingMemoryBound(to: CChar.self), bytes.count)
    }
    return String(decoding: target.prefix(max(0, count)), as: UTF8.self)
  }

  private static func kind(_ mode: mode_t) -> String? {
    switch mode & S_IFMT {
    case S_IFREG: nil
    case S_IFDIR: "a folder"
    case S_IFIFO: "a named pipe"
    case S_IFSOCK: "a socket"
    default: "a device"
    }
  }
}
