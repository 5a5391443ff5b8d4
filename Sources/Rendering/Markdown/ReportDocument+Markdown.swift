import Documents

extension ReportDocument: MarkdownDocument {
  /// How many entries are shown; the page and the JSON have them all.
  private static let shown = (patterns: 20, attention: 20, rest: 8)

  public var markdown: [[String]] {
    let base = baseline.map { ", compared with run \(Words.short($0.run)) of \(Markdown.escaped($0.started))" } ?? ""
    return [
      head, patternLines, (headline.details + notes).map { "- \(Markdown.escaped($0))" }, table, needed, rest, explored,
      ["Run \(Words.short(run.run)) of \(Markdown.escaped(run.started))\(base)."],
    ]
  }

  private var head: [String] {
    let sign =
      switch headline.level {
      case .calm: "✅"
      case .attention: "❌"
      case .unexplained, .broken, .environment: "⚠️"
      }
    return ["## \(sign) \(Markdown.escaped(headline.text))"]
  }

  private var patternLines: [String] {
    let rest = patterns.count - Self.shown.patterns
    return patterns.prefix(Self.shown.patterns).enumerated().map { number, pattern in
      "\(number + 1). **\(Markdown.escaped(pattern.title))** \(Markdown.escaped(pattern.sentence))<br>"
        + "\(Markdown.code(pattern.example.cell)) \(Markdown.escaped(Printable.line(pattern.exampleSentence, 200)))"
    } + (rest > 0 ? ["", "… and \(Words.number(rest, "more pattern"))."] : [])
  }

  private var needed: [String] {
    let entries = byPattern.flatMap(\.entries)
    if entries.isEmpty { return [] }
    let rest = entries.count - Self.shown.attention
    return ["<details><summary>\(Words.number(entries.count, "fact")) that need attention</summary>", ""]
      + Markdown.table(
        [["", "scenario", "what", "since", "look closer"]] + entries.prefix(Self.shown.attention).map(\.row))
      + (rest > 0 ? ["", "… and \(rest) more."] : []) + ["", "</details>"]
  }

  private var rest: [String] {
    let entries = entries.filter { !$0.needsAttention }
    if entries.isEmpty { return [] }
    let more = entries.count - Self.shown.rest
    return ["<details><summary>\(Words.number(entries.count, "other change"))</summary>", ""]
      + entries.prefix(Self.shown.rest).map { entry in
        let label = entry.label.map { " \(Markdown.escaped(Words.place($0)))" } ?? ""
        let whereabouts = Markdown.escaped(entry.whereabouts)
        return "- \(entry.change.rawValue): \(Markdown.code(entry.scenario))\(label), \(whereabouts)"
      } + (more > 0 ? ["- … and \(more) more"] : []) + ["", "</details>"]
  }

  private var explored: [String] {
    guard let exploration else { return [] }
    return ["Generated hierarchies, \(Markdown.escaped(exploration.headline)).", ""]
      + exploration.new.prefix(Self.shown.rest).map { kind in
        let since = kind.since.map { ", first on \(Markdown.escaped(Words.day($0)))" } ?? ""
        return
          "- \(Markdown.code(Printable.line(kind.kind, 200))) on \(Markdown.escaped(kind.runtimes.joined(separator: ", ")))"
          + since
      } + (exploration.new.count > Self.shown.rest ? ["- … and \(exploration.new.count - Self.shown.rest) more"] : [])
  }

  private var table: [String] {
    if matrix.rows.isEmpty { return [] }
    return Markdown.table(
      [[""] + matrix.runtimes.map(Markdown.escaped)]
        + matrix.rows.map { [Markdown.escaped($0.suite)] + $0.places.map { $0.words() } })
  }
}

extension ReportDocument.Entry {
  fileprivate var row: [String] {
    let texts = Printable.lines([observed, expected], 100)
    let since = since.map { since in
      let changed = Markdown.escaped(Printable.line(since.changed.joined(separator: "; ")))
      return "\(Words.short(since.run)), \(Words.day(since.started))\(changed.isEmpty ? "" : "<br>\(changed)")"
    }
    return [
      change.rawValue, "\(Markdown.code(scenario))<br>\(Markdown.escaped(whereabouts))",
      (label.map { "\(Markdown.escaped(Words.place($0))): " } ?? "")
        + (expected.isEmpty ? "" : "expected \(Markdown.code(texts[1])), got ") + Markdown.code(texts[0])
        + (place.map { "<br>\(Markdown.code("\($0.name): \(Printable.line($0.text, 100))"))" } ?? ""),
      since ?? "", Markdown.code(show),
    ]
  }
}
