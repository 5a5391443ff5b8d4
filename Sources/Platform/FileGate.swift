import Foundation

/// A file's lock that many may hold at once or one alone, in any process; it is waited for.
public struct FileGate: Sendable {
  private let path: String

  /// - Parameter path: of a file that is made where it is missing.
  public init(path: String) { self.path = path }

  /// Does something while nobody holds the gate alone.
  ///
  /// - Throws: what the body throws, or what the system says of the file.
  public func shared<Value>(_ body: () throws -> Value) throws -> Value { try hold(LOCK_SH, body) }

  /// Does something while nobody else holds the gate.
  ///
  /// - Throws: what the body throws, or what the system says of the file.
  public func alone<Value>(_ body: () throws -> Value) throws -> Value { try hold(LOCK_EX, body) }

  private func hold<Value>(_ operation: Int32, _ body: () throws -> Value) throws -> Value {
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
    defer { close(descriptor) }
    while flock(descriptor, operation) != 0 {
      guard errno == EINTR else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
    }
    return try body()
  }
}
