import Foundation
import Model
import Synchronization

/// Content keys of files and folders: each is read once, when it is first asked for.
///
/// One of these lives as long as a run: what a file says at the run's start decides what is built.
final class FileKeys: Sendable {
  private let files = Mutex<[String: ContentKey?]>([:])
  private let trees = Mutex<[String: ContentKey]>([:])
  private let archives = Mutex<[String: ContentKey]>([:])
  private let firstIncludes = Mutex<[String: String?]>([:])
  private let places = Mutex<[String: String]>([:])

  /// Of a file's content; nil when it can't be read.
  func key(ofFile path: String) -> ContentKey? {
    if let known = files.withLock({ $0[path] }) { return known }
    let key = FileManager.default.contents(atPath: path).map { ContentKey(of: $0) }
    // What the machine keeps from being read now may be read later.
    if key == nil, Self.lack(at: path) != nil { return nil }
    files.withLock { $0[path] = .some(key) }
    return key
  }

  /// What the machine lacks to open a file; nil where it can be opened, or has another reason.
  static func lack(at path: String) -> POSIXError? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    if descriptor >= 0 {
      close(descriptor)
      return nil
    }
    let number = errno
    return MachineFault.lack(errno: number).flatMap { _ in POSIXErrorCode(rawValue: number) }.map { POSIXError($0) }
  }

  /// Of all files below a folder.
  ///
  /// - Throws: what the file system says.
  func key(ofTree folder: String) throws -> ContentKey {
    if let known = trees.withLock({ $0[folder] }) { return known }
    let key = try ContentKey(ofTree: folder)
    trees.withLock { $0[folder] = key }
    return key
  }

  /// Of a static library's members.
  ///
  /// - Throws: `Problem` when the file is none.
  func key(ofArchive path: String) throws -> ContentKey {
    if let known = archives.withLock({ $0[path] }) { return known }
    let key = try Archive.key(of: path)
    archives.withLock { $0[path] = key }
    return key
  }

  /// What a C source includes before anything else; nil when something else comes first.
  func firstInclude(of source: String) -> String? {
    if let known = firstIncludes.withLock({ $0[source] }) { return known }
    let text = FileManager.default.contents(atPath: source).map { String(decoding: $0, as: UTF8.self) }
    let name = text.flatMap { FirstInclude.name(in: $0) }
    firstIncludes.withLock { $0[source] = .some(name) }
    return name
  }

  /// Where a path leads to: without links and `..`.
  func place(of path: String) -> String {
    if let known = places.withLock({ $0[path] }) { return known }
    let place = realpath(path, nil).map { text in
      defer { free(text) }
      return String(cString: text)
    }
    places.withLock { $0[path] = place ?? path }
    return place ?? path
  }
}
