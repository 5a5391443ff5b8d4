/// Text from outside, made safe to show.
package enum Printable {
  /// Control characters other than line end and tab are shown as Unicode's pictures of them, never obeyed; what turns
  /// the direction of text, other characters that end a line, and what is no character in XML, is replaced.
  package static func text(_ text: String) -> String {
    String(
      String.UnicodeScalarView(
        text.unicodeScalars.map { scalar in
          if isShown(scalar) { return scalar }
          return scalar.value < 0x20
            ? Unicode.Scalar(0x2400 + scalar.value)! : scalar.value == 0x7F ? "\u{2421}" : "\u{FFFD}"
        }))
  }

  /// Whether a character only shows something.
  package static func isShown(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x09, 0x0A: true
    case 0..<0x20, 0x7F..<0xA0, 0x061C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069, 0xFFFE, 0xFFFF: false
    default: true
    }
  }

  /// The same in one line, of so many characters at most.
  package static func line(_ text: String, _ limit: Int = 160) -> String {
    shortened(self.text(text).replacing(#/[\n\t]/#, with: " "), limit)
  }

  /// What is longer than so many characters is cut with an ellipsis.
  package static func shortened(_ text: String, _ limit: Int) -> String {
    text.count > limit ? text.prefix(limit) + "…" : text
  }

  /// Several texts, each as a line; of long ones what they share at their beginning is left out.
  package static func lines(_ texts: [String], _ limit: Int) -> [String] {
    var flat = texts.map { line($0, .max) }
    // Messages that differ in where their lines end.
    if Set(flat).count < Set(texts).count { flat = texts.map { line($0.replacing("\n", with: "␊"), .max) } }
    guard flat.count > 1, flat.contains(where: { $0.count > limit }) else { return flat.map { shortened($0, limit) } }
    let shared = flat.dropFirst().reduce(flat[0]) { $0.commonPrefix(with: $1) }
    // Back to where an element begins.
    let start = shared.dropLast(16).lastIndex(of: " ").map { shared.distance(from: shared.startIndex, to: $0) + 1 } ?? 0
    return flat.map { shortened(start > limit / 3 ? "… " + $0.dropFirst(start) : $0, limit) }
  }
}

/// Commands that a person can copy to a shell.
package enum ShellCommand {
  /// `hpy-conform show CELL --run 1a2b3c4d`.
  ///
  /// - Parameters:
  ///   - run: UUID.
  ///   - database: nil where it need not be named.
  package static func show(_ cell: String, run: String, database: String? = nil) -> String {
    "hpy-conform show \(quoted(cell)) --run \(run.prefix(8))" + (database.map { " --db \(quoted($0))" } ?? "")
  }

  /// A text as one word of a command.
  package static func quoted(_ text: String) -> String {
    text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "/@._+-:=,".contains($0)) } && !text.isEmpty
      ? text : "'\(text.replacing("'", with: "'\\''"))'"
  }
}
