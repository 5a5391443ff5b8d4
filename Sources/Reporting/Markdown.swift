/// Text in Markdown, whatever is in it.
enum Markdown {
  /// Text as code.
  static func code(_ text: String) -> String {
    let plain = Printable.text(text).replacing("\n", with: " ").replacing("|", with: "\\|")
    return plain.contains("`") ? "`` \(plain) ``" : "`\(plain)`"
  }

  /// Text that is no Markdown and no HTML.
  static func escaped(_ text: String) -> String {
    Printable.text(text).reduce(into: "") { result, character in
      switch character {
      case "\n": result += " "
      case "<": result += "&lt;"
      case "&": result += "&amp;"
      case "\\", "`", "*", "_", "|", "[", "]", "#": result += "\\\(character)"
      default: result.append(character)
      }
    }
  }
}
