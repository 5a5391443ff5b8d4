import Model
import Rainbow

/// A report for a person at a terminal.
public struct ReportText: Sendable {
  private let document: ReportDocument

  /// How many entries a part shows.
  private static let shown = (attention: 40, rest: 12)

  public init(_ document: ReportDocument) { self.document = document }

  public var text: String {
    [head, matrix, needed, rest, footer].filter { !$0.isEmpty }.map { $0.joined(separator: "\n") }
      .joined(separator: "\n\n")
  }

  private var head: [String] {
    let colour: KeyPath<String, String> =
      switch document.headline.level {
      case .calm: \.green
      case .attention: \.red
      case .environment: \.yellow
      }
    return [Printable.text(document.headline.text)[keyPath: colour].bold]
      + document.headline.details.map { "  \(RunSummary.oneLine($0, limit: 300))" }
      + document.notes.map { "  \(RunSummary.oneLine($0, limit: 300))".yellow }
  }

  private var matrix: [String] {
    var rows = [[Piece("")] + document.run.runtimes.map { Piece($0.name, \.bold) }]
    rows.append([Piece("")] + document.run.runtimes.map { Piece($0.title, \.dim) })
    for row in document.matrix.rows {
      rows.append(
        [Piece(row.suite)]
          + row.places.map { place in
            let style: KeyPath<String, String> =
              place.attention > 0 ? \.red : place.new + place.fixed + place.flaky + place.known > 0 ? \.yellow : \.green
            return Piece(place.words.replacing(", ", with: "  "), style)
          })
    }
    return Piece.columns(rows)
  }

  private var needed: [String] {
    let entries = document.entries.filter(\.needsAttention)
    var previous: ReportDocument.Entry?
    return part(entries, "LOOK AT", limit: Self.shown.attention) { entry in
      defer { previous = entry }
      return lines(entry, after: previous)
    }
  }

  private var rest: [String] {
    part(document.entries.filter { !$0.needsAttention }, "OTHERWISE", limit: Self.shown.rest) { entry in
      let label = entry.label.map { ", \($0)" } ?? ""
      let line = "  \(entry.change.rawValue): \(Printable.text("\(entry.scenario)\(label)"))  \(entry.places.dim)"
      return [line] + entry.frequency.map { "    \(RunSummary.oneLine($0))" }
    }
  }

  private func part(
    _ entries: [ReportDocument.Entry], _ title: String, limit: Int, _ lines: (ReportDocument.Entry) -> [String]
  ) -> [String] {
    if entries.isEmpty { return [] }
    let more = entries.count - limit
    return ["\(title) (\(entries.count))".bold] + entries.prefix(limit).flatMap(lines)
      + (more > 0 ? ["  … and \(more) more: --format html or json has them all"] : [])
  }

  /// An entry; of several in a row that happened to the same cells at the same time, that is said once.
  private func lines(_ entry: ReportDocument.Entry, after previous: ReportDocument.Entry?) -> [String] {
    let isSame = previous.map { Self.place($0) == Self.place(entry) } ?? false
    var lines =
      isSame ? [] : ["  \(entry.change.rawValue.red): \(Printable.text(entry.scenario))  \(entry.places.dim)"]
    if !isSame {
      if let message = entry.message { lines.append("    \(RunSummary.oneLine(message))") }
      if let since = entry.since { lines += Self.lines(since) }
      lines.append("    \(entry.show)".dim)
    }
    let label = entry.label.map { "\($0), " } ?? ""
    let texts = ComparisonWords.shortened([entry.observed, entry.expected, entry.before ?? entry.observed], limit: 160)
    lines.append("    \(Printable.text("\(label)\(entry.facet)")): \(RunSummary.oneLine(texts[0]).red)")
    if !entry.expected.isEmpty {
      let oracle = entry.source.map { "promised by \($0)" } ?? entry.reference.map { "reference \($0)" } ?? "expected"
      lines.append("      \(Printable.text(oracle)): \(RunSummary.oneLine(texts[1]).green)")
    }
    if entry.before != nil { lines.append("      before: \(RunSummary.oneLine(texts[2]))") }
    return lines
  }

  private static func place(_ entry: ReportDocument.Entry) -> [String] {
    [entry.change.rawValue, entry.scenario, entry.since?.run ?? "", entry.message ?? ""] + entry.cells
  }

  private static func lines(_ since: ReportDocument.Since) -> [String] {
    let earlier = since.lastWithout.map { ", not in run \($0.prefix(8))" } ?? ""
    let unknown = since.unknownBetween > 0 ? ", \(since.unknownBetween) runs between say nothing" : ""
    let line = "    since run \(since.run.prefix(8)) of \(since.started)\(earlier)\(unknown)"
    if since.changed.isEmpty { return [line] }
    return [line, "    changed there: \(RunSummary.oneLine(since.changed.joined(separator: "; "), limit: 300))"]
  }

  private var footer: [String] {
    let base = document.baseline.map { ", beside run \($0.run.prefix(8)) of \($0.started)" } ?? ""
    return ["run \(document.run.run.prefix(8)) of \(document.run.started)\(base)".dim]
  }
}
