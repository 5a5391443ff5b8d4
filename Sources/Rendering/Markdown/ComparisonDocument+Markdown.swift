import Documents

extension ComparisonDocument: MarkdownDocument {
  /// How many entries are shown; the JSON has them all.
  private static let shown = 20

  public var markdown: [[String]] {
    let only = restrictedTo.isEmpty ? "" : " (\(Markdown.code(restrictedTo.joined(separator: " "))))"
    return [
      ["### \(sides.map { Markdown.escaped($0.name) }.joined(separator: " and "))\(only)"],
      origins.map { "- \(Markdown.escaped($0.who)): \(Markdown.escaped($0.what))" }
        + notes.map { "- \(Markdown.escaped($0))" },
      ["\(tally)."], patternLines, obstacleLines, standing, entries, footer,
    ]
  }

  private var patternLines: [String] {
    patterns.prefix(Self.shown).map { "- **\($0.severity.title.uppercased())** \(Markdown.escaped($0.sentence))" }
  }

  private var obstacleLines: [String] {
    let rest = obstacles.count - 5
    return obstacles.prefix(5).map { "- \(Markdown.escaped($0.text))" }
      + (rest > 0 ? ["- … and \(Words.number(rest, "more reason"))"] : [])
  }

  private var standing: [String] {
    if loners.isEmpty { return [] }
    return Markdown.table(
      [["differs from all others", "cells", ""]]
        + loners.map { [Markdown.escaped($0.side), "\($0.cells)", Self.severities($0.bySeverity)] })
  }

  private var entries: [String] {
    let entries = differences.filter { $0.meaning != .wording }
    if entries.isEmpty { return [] }
    let rest = entries.count - Self.shown
    return Markdown.table([["", "cells", "what", "answers", "meaning"]] + entries.prefix(Self.shown).map(row))
      + (rest > 0 ? ["", "… and \(rest) more."] : [])
  }

  private func row(_ entry: Entry) -> [String] {
    let answers = zip(names(entry), entry.texts(100)).map { "\(Markdown.escaped($0)): \(Markdown.code($1))" }
    let example = entry.examples.first.map { "<br>\(Markdown.code($0.scenario))" } ?? ""
    let sentences = meaning(of: entry)
    let meaning =
      sentences.filter { $0.kind == .promise || $0.kind == .plain }.prefix(1)
      + sentences.filter { $0.kind == .known || $0.kind == .new }.prefix(2)
    return [
      entry.severity.rawValue, "\(entry.cells)", Markdown.escaped(Words.place(entry.label)) + example,
      answers.joined(separator: "<br>"), meaning.map { Markdown.escaped($0.text) }.joined(separator: "<br>"),
    ]
  }

  private var footer: [String] {
    let parts = [
      (differences.count { $0.meaning == .wording }, "in messages only"), (unsteady.count, "unsteady"),
      (agreements.count, "where all sides break a promise"),
    ].filter { $0.0 > 0 }.map { "\(Words.number($0.0, "entry")) \($0.1)" }
    return parts.isEmpty ? [] : ["Not shown: \(parts.joined(separator: ", "))."]
  }
}
