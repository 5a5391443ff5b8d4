import Documents
import Foundation
import Platform
import Rendering

/// What commands print: JSON as the document that it is, and documents as text.
enum Printed {
  /// The document that a command printed as JSON.
  static func document<Document: Decodable>(_ result: Tool.Result, as type: Document.Type = Document.self) throws
    -> Document
  {
    try JSONDecoder().decode(type, from: Data(result.output.utf8))
  }

  /// What a command prints of a document where there is no terminal. What that looks like, snapshots tell.
  static func text(_ document: some TerminalDocument, showsAll: Bool = false) -> String {
    TerminalRenderer(TerminalLayout(width: 100, showsAll: showsAll)).text(of: document)
      // Where the tests run in a terminal there are colours.
      .replacing(#/\x1B\[[0-9;]*m/#, with: "")
  }

  /// A document's JSON.
  static func json(_ document: some Encodable) throws -> String { try JSONRenderer().text(of: document) }
}
