import Documents

/// Documents as GitHub's Markdown, short enough for the summary of a job: it takes 1 MiB, and nobody reads that.
public struct MarkdownRenderer<Document: MarkdownDocument>: Renderer {
  public init() {}

  public func text(of document: Document) -> String {
    document.markdown.filter { !$0.isEmpty }.map { $0.joined(separator: "\n") }.joined(separator: "\n\n") + "\n"
  }
}

/// A document that has a form in Markdown.
public protocol MarkdownDocument {
  /// Its lines in blocks, which blank lines part.
  var markdown: [[String]] { get }
}

/// Text in Markdown, whatever is in it.
enum Markdown {
  /// Text as code.
  static func code(_ text: String) -> String {
    let plain = Printable.line(text, .max).replacing("|", with: "\\|")
    guard let run = plain.matches(of: /`+/).map(\.output.count).max() else { return "`\(plain)`" }
    // More backticks than stand in it (GitHub Flavored Markdown, 6.3 'Code spans').
    let fence = String(repeating: "`", count: run + 1)
    return "\(fence) \(plain) \(fence)"
  }

  /// Text that is no Markdown and no HTML.
  static func escaped(_ text: String) -> String {
    Printable.line(text, .max).reduce(into: "") { result, character in
      switch character {
      case "<": result += "&lt;"
      case "&": result += "&amp;"
      case "\\", "`", "*", "_", "|", "[", "]", "#": result += "\\\(character)"
      default: result.append(character)
      }
    }
  }

  /// Cells that are Markdown, as rows of a table; the first row is its head.
  static func table(_ rows: [[String]]) -> [String] {
    guard let head = rows.first else { return [] }
    let lines = rows.map { "| \($0.joined(separator: " | ")) |" }
    return [lines[0], "|\(String(repeating: "---|", count: head.count))"] + lines.dropFirst()
  }
}
