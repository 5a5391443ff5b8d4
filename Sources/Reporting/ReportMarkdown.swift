import Model

/// A report short enough for a job's summary (GitHub takes 1 MiB; nobody reads that).
public struct ReportMarkdown: Sendable {
  private let document: ReportDocument

  /// How many entries are shown; the page and the JSON have them all.
  private static let shown = (attention: 20, rest: 8)

  public init(_ document: ReportDocument) { self.document = document }

  public var text: String {
    [head, needed, rest, matrix, footer].filter { !$0.isEmpty }.map { $0.joined(separator: "\n") }
      .joined(separator: "\n\n") + "\n"
  }

  private var head: [String] {
    let sign = [ReportDocument.Level.calm: "✅", .attention: "❌", .environment: "⚠️"][document.headline.level] ?? ""
    return ["## \(sign) \(Markdown.escaped(document.headline.text))", ""]
      + (document.headline.details + document.notes).map { "- \(Markdown.escaped($0))" }
  }

  private var needed: [String] {
    let entries = document.entries.filter(\.needsAttention)
    if entries.isEmpty { return [] }
    var lines = ["| | scenario | what | since | look closer |", "|---|---|---|---|---|"]
    lines += entries.prefix(Self.shown.attention).map { row($0) }
    let rest = entries.count - Self.shown.attention
    return lines + (rest > 0 ? ["", "… and \(rest) more."] : [])
  }

  private func row(_ entry: ReportDocument.Entry) -> String {
    let label = entry.label.map { "“\(Markdown.escaped($0))”: " } ?? ""
    let texts = ComparisonWords.shortened([entry.observed, entry.expected], limit: 100)
    let expected = entry.expected.isEmpty ? "" : ", expected \(Markdown.code(texts[1]))"
    let since = entry.since.map { since in
      let changed =
        since.changed.isEmpty ? "" : "<br>\(Markdown.escaped(Self.short(since.changed.joined(separator: "; "), 160)))"
      return "\(since.run.prefix(8)), \(since.started.prefix(10))\(changed)"
    }
    return "| \(entry.change.rawValue) | \(Markdown.code(entry.scenario))<br>\(Markdown.escaped(entry.places)) "
      + "| \(label)\(Markdown.code(texts[0]))\(expected) | \(since ?? "") "
      + "| \(Markdown.code(entry.show)) |"
  }

  private var rest: [String] {
    let entries = document.entries.filter { !$0.needsAttention }
    if entries.isEmpty { return [] }
    var lines = ["<details><summary>\(ComparisonWords.number(entries.count, "other change"))</summary>", ""]
    lines += entries.prefix(Self.shown.rest).map { entry in
      let label = entry.label.map { " “\(Markdown.escaped($0))”" } ?? ""
      return "- \(entry.change.rawValue): \(Markdown.code(entry.scenario))\(label), \(Markdown.escaped(entry.places))"
    }
    let more = entries.count - Self.shown.rest
    return lines + (more > 0 ? ["- … and \(more) more"] : []) + ["", "</details>"]
  }

  private var matrix: [String] {
    let table = document.matrix
    if table.rows.isEmpty { return [] }
    let head = "| | \(table.runtimes.map(Markdown.escaped).joined(separator: " | ")) |"
    return [head, "|---|\(String(repeating: "---|", count: table.runtimes.count))"]
      + table.rows.map { row in
        "| \(Markdown.escaped(row.suite)) | \(row.places.map(\.words).joined(separator: " | ")) |"
      }
  }

  private var footer: [String] {
    let base = document.baseline.map { ", beside run \($0.run.prefix(8)) of \($0.started)" } ?? ""
    return ["Run \(document.run.run.prefix(8)) of \(document.run.started)\(base)."]
  }

  private static func short(_ text: String, _ limit: Int = 100) -> String { RunSummary.oneLine(text, limit: limit) }
}

extension ReportDocument.Entry {
  /// `universal, cpython on cpython-3.11; universal on pypy-7.3.19`.
  var places: String {
    // One that stands for many scenarios has as many cells of each lane.
    if scenario.split(separator: "/").count < 3 { return ComparisonWords.number(cells.count, "cell") }
    return Whereabouts.text(cells.map(Whereabouts.column))
  }
}

extension ReportDocument.Matrix.Place {
  /// `218 ok, 12 known`.
  var words: String {
    let parts = [
      (conforming, "ok"), (known, "known"), (new, "NEW"), (fixed, "FIXED"), (flaky, "FLAKY"), (notRun, "not run"),
    ]
    let text = parts.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }.joined(separator: ", ")
    return text.isEmpty ? "–" : text
  }
}
