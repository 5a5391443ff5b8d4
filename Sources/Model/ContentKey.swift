import Crypto
import Foundation

/// SHA-256 of some content, in hexadecimal: what artifacts, sources and answers are addressed by.
public struct ContentKey: Hashable, Sendable, Codable, CustomStringConvertible {
  public let hex: String

  public var description: String { hex }

  /// The first twelve digits, for people.
  public var short: String { String(hex.prefix(12)) }

  public init(hex: String) { self.hex = hex }

  public init(of data: some DataProtocol) {
    hex = Self.hexadecimal(SHA256.hash(data: data))
  }

  public init(of text: String) { self.init(of: Data(text.utf8)) }

  /// Of several parts; each is hashed with its length, so that no two lists run into one another.
  public init(ofParts parts: [String]) {
    var hasher = SHA256()
    for part in parts {
      hasher.update(data: Data("\(part.utf8.count):".utf8))
      hasher.update(data: Data(part.utf8))
    }
    hex = Self.hexadecimal(hasher.finalize())
  }

  private static func hexadecimal(_ digest: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    for byte in digest {
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
  }
}

extension ContentKey {
  /// Of a file's content, read piece by piece; nil when it can't be read.
  public init?(ofFile path: String) {
    guard let file = FileHandle(forReadingAtPath: path) else { return nil }
    defer { try? file.close() }
    var hasher = SHA256()
    while let piece = try? file.read(upToCount: 1 << 20), !piece.isEmpty { hasher.update(data: piece) }
    hex = Self.hexadecimal(hasher.finalize())
  }

  /// Of all files below a folder, by relative path and content; Python's caches don't count.
  ///
  /// - Throws: what the file system says.
  public init(ofTree folder: String) throws {
    var parts: [String] = []
    for path in try FileManager.default.subpathsOfDirectory(atPath: folder).sorted()
    where !path.contains("__pycache__") {
      guard let data = FileManager.default.contents(atPath: folder + "/" + path) else { continue }
      parts += [path, ContentKey(of: data).hex]
    }
    self.init(ofParts: parts)
  }
}
