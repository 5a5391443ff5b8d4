import Documents
import Rainbow

/// A text with its colour, applied once its width is known.
struct Styled {
  typealias Style = KeyPath<String, String>

  /// One line, whatever was given.
  let text: String
  private let style: Style?

  init(_ text: String, _ style: Style? = nil) {
    self.text = Printable.line(text, .max)
    self.style = style
  }

  var coloured: String { style.map { text[keyPath: $0] } ?? text }
}

/// Rows as lines, columns aligned left and two spaces apart.
enum Table {
  static func lines(_ rows: [[Styled]]) -> [String] {
    let widths = rows.reduce(into: [Int]()) { widths, row in
      for (index, cell) in row.enumerated() {
        if index == widths.count { widths.append(0) }
        widths[index] = max(widths[index], cell.text.columns)
      }
    }
    return rows.map { row in
      row.enumerated().map { index, cell in
        cell.coloured
          + (index == row.count - 1 ? "" : String(repeating: " ", count: widths[index] - cell.text.columns + 2))
      }.joined()
    }
  }
}

extension String {
  /// The text in lines of a width, broken at spaces; a word that is longer is kept whole.
  ///
  /// - Parameters:
  ///   - first: what the first line begins with.
  ///   - rest: what the others begin with.
  func wrapped(_ width: Int, first: String = "", rest: String = "") -> [String] {
    var lines: [String] = []
    for paragraph in split(separator: "\n", omittingEmptySubsequences: false) {
      var line = lines.isEmpty ? first : rest
      var isEmpty = true
      for word in paragraph.split(separator: " ", omittingEmptySubsequences: false) {
        if !isEmpty, line.columns + 1 + String(word).columns > width {
          lines.append(line)
          line = rest
          isEmpty = true
        }
        line += (isEmpty ? "" : " ") + word
        isEmpty = false
      }
      lines.append(line)
    }
    return lines
  }

  func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - columns)) }

  /// How many columns a terminal gives it.
  var columns: Int { reduce(0) { $0 + $1.columns } }
}

extension Character {
  /// Two for what is wide in East Asia or a picture (Unicode Standard Annex #11), none for what only marks other
  /// characters.
  fileprivate var columns: Int {
    if isASCII { return 1 }
    guard let first = unicodeScalars.first else { return 0 }
    switch first.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format: return 0
    default: break
    }
    if first.properties.isEmojiPresentation || unicodeScalars.contains("\u{FE0F}") { return 2 }
    switch first.value {
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF,
      0xFE30...0xFE6F, 0xFF01...0xFF60, 0xFFE0...0xFFE6, 0x20000...0x3FFFD:
      return 2
    default: return 1
    }
  }
}
