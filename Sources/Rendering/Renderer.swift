/// Turns documents of one kind into text. What a renderer needs beside the document, it is made with.
public protocol Renderer<Document>: Sendable {
  associatedtype Document

  /// The document as text, with a line end behind it.
  ///
  /// - Throws: `EncodingError`, or what a template can't be read for: defects of this program.
  func text(of document: Document) throws -> String
}
