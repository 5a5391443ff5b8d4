import Foundation

/// Documents as JSON, the same way for each: indented, keys in order.
public struct JSONRenderer<Document: Encodable>: Renderer {
  private let encodesSnakeCase: Bool

  public init(encodesSnakeCase: Bool = false) { self.encodesSnakeCase = encodesSnakeCase }

  public func text(of document: Document) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    if encodesSnakeCase { encoder.keyEncodingStrategy = .convertToSnakeCase }
    return String(decoding: try encoder.encode(document), as: UTF8.self) + "\n"
  }
}
