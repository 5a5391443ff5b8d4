import CCrypto
import Foundation

/// SHA-256 of some content, in hexadecimal: what artifacts, sources and answers are addressed by.
public struct ContentKey: Hashable, Sendable, Codable, CustomStringConvertible {
  public let hex: String

  public var description: String { hex }

  /// The first twelve digits, for people.
  public var short: String { String(hex.prefix(12)) }

  public init(hex: String) { self.hex = hex }

  public init(of data: some DataProtocol) {
    let digest = Digest()
    for region in data.regions { region.withUnsafeBytes { digest.update($0) } }
    hex = Self.hexadecimal(digest.finish())
  }

  public init(of text: String) { self.init(of: Data(text.utf8)) }

  /// Of several parts; each is hashed with its length, so that no two lists run into one another.
  public init(ofParts parts: [String]) {
    let digest = Digest()
    for part in parts {
      digest.update("\(part.utf8.count):")
      digest.update(part)
    }
    hex = Self.hexadecimal(digest.finish())
  }

  /// The 32 bytes of SHA-256 of a text, for those who need them in another form than this key's.
  public static func digest(of text: String) -> [UInt8] {
    let digest = Digest()
    digest.update(text)
    return digest.finish()
  }

  public init(from decoder: any Decoder) throws {
    hex = try decoder.singleValueContainer().decode(String.self)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(hex)
  }

  private static func hexadecimal(_ digest: [UInt8]) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}

extension ContentKey {
  /// Of a file's content, read piece by piece; nil when it can't be read.
  public init?(ofFile path: String) {
    guard let file = FileHandle(forReadingAtPath: path) else { return nil }
    defer { try? file.close() }
    let digest = Digest()
    while let piece = try? file.read(upToCount: 1 << 20), !piece.isEmpty {
      piece.withUnsafeBytes { digest.update($0) }
    }
    hex = Self.hexadecimal(digest.finish())
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

/// SHA-256 of what comes piece by piece. OpenSSL reports failure only where it has no memory or no SHA-256: neither
/// leaves anything to go on with.
private final class Digest {
  private let context: OpaquePointer

  init() {
    guard let context = EVP_MD_CTX_new(), EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1 else {
      fatalError("libcrypto has no SHA-256")
    }
    self.context = context
  }

  deinit { EVP_MD_CTX_free(context) }

  func update(_ bytes: UnsafeRawBufferPointer) {
    precondition(EVP_DigestUpdate(context, bytes.baseAddress, bytes.count) == 1)
  }

  func update(_ text: String) {
    var text = text
    text.withUTF8 { update(UnsafeRawBufferPointer($0)) }
  }

  func finish() -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 32)
    precondition(EVP_DigestFinal_ex(context, &bytes, nil) == 1)
    return bytes
  }
}
