import Documents
import Foundation

/// Documents as JSON, the same way for each: indented, keys in order.
public struct JSONRenderer<Document: Encodable>: Renderer {
  private let encodesSnakeCase: Bool

  public init(encodesSnakeCase: Bool = false) { self.encodesSnakeCase = encodesSnakeCase }

  public func text(of document: Document) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    if encodesSnakeCase { encoder.keyEncodingStrategy = .convertToSnakeCase }
    return JSONText.escaped(String(decoding: try encoder.encode(document), as: UTF8.self)) + "\n"
  }
}

private enum JSONText {
  /// Characters that a terminal would obey, which JSON does not ask to be escaped: they stand in texts alone, where an
  /// escape means the same.
  static func escaped(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: isObeyed) else { return text }
    return text.unicodeScalars.reduce(into: "") { result, scalar in
      if isObeyed(scalar) {
        let number = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - number.count) + number
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
  }

  private static func isObeyed(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value >= 0x7F && !Printable.isShown(scalar)
  }
}
