import Rainbow

/// A cell of a table on the terminal: its text, and how it is coloured once its width is known.
struct Piece {
  var text: String
  var style: KeyPath<String, String>?

  init(_ text: String, _ style: KeyPath<String, String>? = nil) {
    self.text = text
    self.style = style
  }

  /// Rows as lines, columns aligned left and two spaces apart.
  static func columns(_ rows: [[Piece]]) -> [String] {
    let widths = rows.reduce(into: [Int]()) { widths, row in
      for (index, piece) in row.enumerated() {
        if index == widths.count { widths.append(0) }
        widths[index] = max(widths[index], piece.text.count)
      }
    }
    return rows.map { row in
      var line = ""
      for (index, piece) in row.enumerated() {
        let padding = index == row.count - 1 ? 0 : widths[index] - piece.text.count + 2
        line += piece.coloured + String(repeating: " ", count: padding)
      }
      return line
    }
  }

  private var coloured: String { style.map { text[keyPath: $0] } ?? text }
}

/// Text from outside, made safe for a terminal.
enum Printable {
  /// Control characters other than line end and tab are shown as Unicode's pictures of them, never obeyed.
  static func text(_ text: String) -> String {
    String(
      String.UnicodeScalarView(
        text.unicodeScalars.map { scalar in
          switch scalar.value {
          case 0x09, 0x0A: scalar
          case 0..<0x20: Unicode.Scalar(0x2400 + scalar.value)!
          case 0x7F: "\u{2421}"
          case 0x80..<0xA0, 0x202A...0x202E, 0x2066...0x2069: "\u{FFFD}"
          default: scalar
          }
        }))
  }
}
