import Comparing
import Model

/// A comparison for a page, short enough for a job's summary.
public struct ComparisonMarkdown: Sendable {
  private let document: ComparisonDocument

  /// How many entries are shown; the JSON has them all.
  private static let shown = 20

  public init(_ document: ComparisonDocument) { self.document = document }

  public var text: String {
    ([head, obstacles, alone, entries, footer] as [[String]]).filter { !$0.isEmpty }
      .map { $0.joined(separator: "\n") }.joined(separator: "\n\n") + "\n"
  }

  private var head: [String] {
    let only = document.restrictedTo.isEmpty ? "" : " (\(Markdown.code(document.restrictedTo.joined(separator: " "))))"
    var lines = ["### \(document.sides.map { Markdown.escaped($0.name) }.joined(separator: " and "))\(only)", ""]
    lines += ComparisonWords.origins(document).map { "- \(Markdown.escaped($0.who)): \(Markdown.escaped($0.what))" }
    lines += document.notes.map { "- \(Markdown.escaped($0))" }
    return lines + ["", "\(ComparisonWords.tally(document.cells))."]
  }

  private var obstacles: [String] {
    let all = ComparisonWords.obstacles(document)
    let rest = all.count - 5
    return all.prefix(5).map { "- \(Markdown.escaped($0.text))" }
      + (rest > 0 ? ["- … and \(ComparisonWords.number(rest, "more reason"))"] : [])
  }

  private var alone: [String] {
    let loners = (document.alone ?? []).filter { $0.cells > 0 }.sorted { $0.cells > $1.cells }
    if loners.isEmpty { return [] }
    return ["| stands alone | cells | |", "|---|---|---|"]
      + loners.map { "| \(Markdown.escaped($0.side)) | \($0.cells) | \(ComparisonWords.severities($0.bySeverity)) |" }
  }

  private var entries: [String] {
    let entries = document.differences.filter { $0.meaning != .wording }
    if entries.isEmpty { return [] }
    var lines = ["| | cells | what | answers | meaning |", "|---|---|---|---|---|"]
    for entry in entries.prefix(Self.shown) {
      let texts = ComparisonWords.shortened(entry.answers.map { $0.texts.joined(separator: " or ") }, limit: 100)
      let answers = zip(ComparisonWords.names(entry, of: document), texts).map { who, text in
        "\(Markdown.escaped(who)): \(Markdown.code(text))"
      }
      let label = entry.label.map { Markdown.escaped("“\($0)”") } ?? "the scenario's end"
      let example = entry.examples.first.map { "<br>\(Markdown.code($0.scenario))" } ?? ""
      let sentences = ComparisonWords.meaning(entry, of: document)
      let meaning =
        (sentences.filter { $0.kind == .promise || $0.kind == .plain }.prefix(1)
        + sentences.filter { $0.kind == .known || $0.kind == .new }.prefix(2)).map { Markdown.escaped($0.text) }
      lines.append(
        "| \(entry.severity.rawValue) | \(entry.cells) | \(label)\(example) | \(answers.joined(separator: "<br>")) "
          + "| \(meaning.joined(separator: "<br>")) |")
    }
    let rest = entries.count - Self.shown
    return lines + (rest > 0 ? ["", "… and \(rest) more."] : [])
  }

  private var footer: [String] {
    let wording = document.differences.count { $0.meaning == .wording }
    let parts = [
      (wording, "of wording only"), (document.unsteady.count, "unsteady"),
      (document.agreements.count, "where all break a promise alike"),
    ].filter { $0.0 > 0 }.map { "\(ComparisonWords.number($0.0, "entry")) \($0.1)" }
    return parts.isEmpty ? [] : ["Not shown: \(parts.joined(separator: ", "))."]
  }
}
