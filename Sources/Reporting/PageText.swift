import Mustache

/// Text in a page: control characters visible, markup shown and never interpreted.
///
/// The library's own escaping goes by characters, and takes a quotation mark with a combining accent for another
/// character than the quotation mark that a browser sees; this one goes by scalars.
struct PageText: MustacheContentType {
  static let name = "PAGE"

  func escapeText(_ text: String) -> String { Self.escaped(text) }

  static func escaped(_ text: String) -> String {
    var scalars = String.UnicodeScalarView()
    for scalar in Printable.text(text).unicodeScalars {
      switch scalar {
      case "<": scalars.append(contentsOf: "&lt;".unicodeScalars)
      case ">": scalars.append(contentsOf: "&gt;".unicodeScalars)
      case "&": scalars.append(contentsOf: "&amp;".unicodeScalars)
      case "\"": scalars.append(contentsOf: "&quot;".unicodeScalars)
      case "'": scalars.append(contentsOf: "&#39;".unicodeScalars)
      case "\u{200E}", "\u{200F}", "\u{061C}": scalars.append("\u{FFFD}")
      default: scalars.append(scalar)
      }
    }
    return String(scalars)
  }

  /// At most so many characters, cut with an ellipsis.
  static func shortened(_ text: String, to limit: Int) -> String {
    text.count <= limit ? text : text.prefix(limit - 1) + "…"
  }

  /// `2026-11-25 03:12 UTC` of an ISO 8601 time; anything else as it is.
  static func time(_ text: String) -> String {
    let isTime = text.prefixMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d/) != nil && text.hasSuffix("Z")
    return isTime ? text.prefix(16).replacing("T", with: " ") + " UTC" : text
  }

  /// `2026-11-25` of an ISO 8601 time.
  static func date(_ text: String) -> String { time(text).split(separator: " ").first.map(String.init) ?? text }

  /// `12.3 s`, `4 min 05 s`.
  static func duration(_ seconds: Double) -> String {
    guard seconds.isFinite else { return "–" }
    if seconds < 10 { return "\((seconds * 10).rounded() / 10) s" }
    let whole = Int(seconds.rounded())
    if whole < 120 { return "\(whole) s" }
    let rest = whole % 60
    return "\(whole / 60) min \(rest < 10 ? "0" : "")\(rest) s"
  }
}
