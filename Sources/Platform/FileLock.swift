import Foundation

/// An advisory lock on a file, held by one process at a time; the system releases it when the process ends.
public final class FileLock: Sendable {
  public enum Failure: LocalizedError, Hashable {
    /// Held by the process whose number the file says; empty when it doesn't say.
    case held(by: String)
    /// What the system says.
    case unusable(String)

    public var errorDescription: String? {
      switch self {
      case .held(let process): "in use by process \(process)"
      case .unusable(let reason): reason
      }
    }
  }

  /// Closed by `deinit` alone, which also runs when `init` throws behind its assignment.
  private let descriptor: Int32

  /// Takes the lock and writes this process's number into the file.
  ///
  /// - Throws: `Failure`.
  public init(path: String) throws(Failure) {
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    if descriptor < 0 { throw .unusable(String(cString: strerror(errno))) }
    if flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      throw .held(by: (try? String(contentsOfFile: path, encoding: .utf8)) ?? "")
    }
    let number = Array("\(ProcessInfo.processInfo.processIdentifier)".utf8)
    if ftruncate(descriptor, 0) != 0 || write(descriptor, number, number.count) != number.count {
      throw .unusable(String(cString: strerror(errno)))
    }
  }

  deinit {
    if descriptor < 0 { return }
    // Closing alone is not enough: a child that is just being started has a copy until it executes its program.
    flock(descriptor, LOCK_UN)
    close(descriptor)
  }
}
