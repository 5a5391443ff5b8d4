import Foundation

/// Documents as JSON, the same way for each: indented, keys in order.
public enum JSONText {
  /// - Throws: `EncodingError`, which would be a defect.
  public static func of(_ document: some Encodable, keys: JSONEncoder.KeyEncodingStrategy = .useDefaultKeys) throws
    -> String
  {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = keys
    return String(decoding: try encoder.encode(document), as: UTF8.self)
  }
}
