import Documents

/// Times, lines and differences as a page has them.
enum PageText {
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

  /// A difference in a line.
  static func gist(_ label: String?, _ observed: String, _ expected: String) -> String {
    Printable.line("\(Words.place(label)): \(sentence(expected: expected, got: observed))", 110)
  }

  /// Lines as Python counts them.
  static func lines(of text: String) -> [Substring] {
    var lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
    if lines.last == "" { lines.removeLast() }
    return lines
  }
}
