import Documents
import Rainbow

extension [PatternInfo] {
  /// The patterns with an example each, as far as there is room; else as many as have room, in a line each.
  ///
  /// - Parameter room: lines.
  func lines(_ layout: TerminalLayout, room: Int) -> [String] {
    let full = map { $0.lines(layout) }
    if full.reduce(0, { $0 + $1.count }) <= room { return full.flatMap { $0 } }
    let shown = count <= room ? count : Swift.max(1, room - 1)
    let more = count - shown
    return prefix(shown).map { $0.line(layout) }
      + (more > 0 ? ["… and \(Words.number(more, "more pattern"))".red] : [])
  }
}

extension PatternInfo {
  /// One line, whatever stands in the document.
  var title: String { Printable.line(kind.uppercased(), 40) }

  /// Its sentence, and an example.
  func lines(_ layout: TerminalLayout) -> [String] {
    let words = layout.wrapped(sentence, first: "\(title)  ", next: 2)
    let example = "  \(exampleSentence): \(example.cell)"
    return words.enumerated().map { paint($1, isFirst: $0 == 0) } + [Printable.line(example, layout.width - 1).dim]
  }

  /// Its sentence, in a line of the terminal's width.
  func line(_ layout: TerminalLayout) -> String {
    paint(Printable.line("\(title)  \(sentence)", layout.width - 1), isFirst: true)
  }

  /// Red is for what somebody has to see first.
  private func paint(_ line: String, isFirst: Bool) -> String {
    guard isFirst, line.hasPrefix(title) else { return line }
    let head = isMild ? title.yellow.bold : title.red.bold
    return head + line.dropFirst(title.count)
  }
}
