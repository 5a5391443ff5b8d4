import Comparing
import Model
import Rainbow

/// A comparison for a person at a terminal.
public struct ComparisonText: Sendable {
  private let document: ComparisonDocument
  private let width: Int
  private let showsAll: Bool

  /// How many entries a part shows unless all are asked for.
  private static let shown = (obstacles: 4, differences: 40, wording: 5, unsteady: 10, agreements: 10)

  /// - Parameters:
  ///   - width: columns of the terminal.
  ///   - showsAll: every entry, however many.
  public init(_ document: ComparisonDocument, width: Int, showsAll: Bool = false) {
    self.document = document
    self.width = max(width, 60)
    self.showsAll = showsAll
  }

  public var text: String {
    let parts = [header, tally, matrix, differences, wording, unsteady, agreements, ending]
    return parts.filter { !$0.isEmpty }.map { $0.joined(separator: "\n") }.joined(separator: "\n\n")
  }

  // MARK: Head

  private var header: [String] {
    let names = document.sides.map(\.name)
    let only = document.restrictedTo.isEmpty ? "" : ", \(document.restrictedTo.joined(separator: " "))"
    var lines = ["compare \(names.joined(separator: " with "))\(only)".bold]
    for (who, what) in ComparisonWords.origins(document) {
      lines += wrapped(Printable.text("\(who): \(what)"), indent: "  ", next: "    ")
    }
    for note in document.notes { lines += wrapped(note, indent: "  ", next: "  ").map(\.yellow) }
    return lines
  }

  private var tally: [String] {
    var lines = wrapped(ComparisonWords.tally(document.cells), indent: "", next: "  ")
    let obstacles = ComparisonWords.obstacles(document)
    for one in showsAll ? obstacles : Array(obstacles.prefix(Self.shown.obstacles)) {
      lines += wrapped(Printable.text(one.text), indent: "  ", next: "    ").map { one.isAlarming ? $0.red : $0.dim }
    }
    let rest = document.notCompared.dropFirst(Self.shown.obstacles)
    if !showsAll, !rest.isEmpty {
      let cells = rest.reduce(0) { $0 + $1.cells }
      lines.append("  \(cells) for \(ComparisonWords.number(rest.count, "other reason")): --all".dim)
    }
    return lines
  }

  private var matrix: [String] {
    guard let alone = document.alone, let pairs = document.pairs else { return [] }
    var lines = ["who stands alone".bold]
    let loners = alone.filter { $0.cells > 0 }.sorted { $0.cells > $1.cells }
    if loners.isEmpty { lines.append("  nobody") }
    let width = loners.map(\.side.count).max() ?? 0
    for one in loners {
      lines.append("  \(one.side.padded(to: width))  \(one.cells) cells: \(ComparisonWords.severities(one.bySeverity))")
    }
    lines += ["", "cells that differ, of those that both could answer".bold]
    // Numbers, not names, at the head: the columns stay narrow however many sides there are.
    let names = document.sides.map(\.name)
    let rows = names.indices.map { row in
      [Piece("  \(row + 1)"), Piece(names[row])]
        + names.indices.map { column in
          let pair = pairs.first { Set($0.sides) == [names[row], names[column]] && row != column }
          guard let pair else { return Piece("·", \.dim) }
          let isUpper = column > row
          let style: KeyPath<String, String>? = pair.different == 0 || isUpper ? \.dim : nil
          return Piece(isUpper ? "of \(pair.compared)" : "\(pair.different)", style)
        }
    }
    let head = [Piece(""), Piece("")] + names.indices.map { Piece("\($0 + 1)", \.dim) }
    return lines + Piece.columns([head] + rows)
  }

  // MARK: Entries

  private var differences: [String] {
    let entries = document.differences.filter { $0.meaning != .wording }
    if entries.isEmpty { return document.cells.compared == 0 ? [] : ["no firm difference but of wording".green] }
    var lines: [String] = []
    var severity: Severity?
    for (number, entry) in limited(entries, Self.shown.differences).enumerated() {
      if entry.severity != severity {
        severity = entry.severity
        let count = entries.count { $0.severity == entry.severity }
        if !lines.isEmpty { lines.append("") }
        lines.append("\(ComparisonWords.title(entry.severity)) (\(ComparisonWords.number(count, "entry")))".bold.red)
      }
      lines += describe(entry, number: number + 1)
    }
    return lines + more(entries, Self.shown.differences)
  }

  private var wording: [String] {
    let entries = document.differences.filter { $0.meaning == .wording }
    if entries.isEmpty { return [] }
    var lines = ["\(ComparisonWords.title(.message)) (\(ComparisonWords.number(entries.count, "entry")))".bold]
    for entry in limited(entries, Self.shown.wording) {
      lines.append("  \(place(entry))".dim)
      lines += answers(entry, quoted: true)
    }
    return lines + more(entries, Self.shown.wording)
  }

  private var unsteady: [String] {
    if document.unsteady.isEmpty { return [] }
    let count = document.unsteady.count
    var lines = wrapped(
      "unsteady (\(ComparisonWords.number(count, "entry"))): attempts disagree, or the ledger says that it flickers; "
        + "no difference that can be relied on", indent: "", next: "  "
    ).map(\.yellow)
    for entry in limited(document.unsteady, Self.shown.unsteady) { lines += describe(entry, number: nil) }
    return lines + more(document.unsteady, Self.shown.unsteady)
  }

  private var agreements: [String] {
    if document.agreements.isEmpty { return [] }
    let places = ComparisonWords.number(document.cells.agreedAgainstPromise, "place")
    var lines = wrapped(
      "agree, and break a promise or don't run to the end "
        + "(\(ComparisonWords.number(document.agreements.count, "entry")), \(places))", indent: "", next: "  "
    ).map(\.bold)
    // Of two runs it is the rule.
    let limit = document.kind == .run ? 0 : Self.shown.agreements
    for entry in limited(document.agreements, limit) {
      let text = RunSummary.oneLine(entry.answers.first?.texts.joined(separator: " or ") ?? "")
      lines += wrapped("\(place(entry))", indent: "  ", next: "    ")
      lines += wrapped(text, indent: "     ", next: "     ") + meaning(entry)
    }
    return lines + more(document.agreements, limit)
  }

  private var ending: [String] {
    document.differences.isEmpty
      ? [] : ["--all shows every entry, --format json has them for programs, `hpy-conform show` looks closer".dim]
  }

  // MARK: One entry

  private func describe(_ entry: ComparisonDocument.Entry, number: Int?) -> [String] {
    var lines = ["  \(number.map { "\($0). " } ?? "")\(place(entry))".bold]
    lines += answers(entry, quoted: false)
    lines += meaning(entry)
    for example in entry.examples {
      let places = example.places.isEmpty ? "" : "  (\(example.places.joined(separator: "; ")))"
      lines += wrapped(Printable.text("\(example.scenario)\(places)"), indent: "     ", next: "       ").map(\.dim)
    }
    let rest = entry.scenarios - entry.examples.count
    if rest > 0 { lines.append("     … and \(ComparisonWords.number(rest, "more scenario"))".dim) }
    // Not wrapped: commands are copied.
    lines += entry.show.map { "     \(Printable.text($0))".dim }
    return lines
  }

  private func place(_ entry: ComparisonDocument.Entry) -> String {
    Printable.text(ComparisonWords.place(entry))
  }

  private func answers(_ entry: ComparisonDocument.Entry, quoted: Bool) -> [String] {
    let names = ComparisonWords.names(entry, of: document)
    let column = min(40, names.map(\.count).max() ?? 0)
    let texts = ComparisonWords.shortened(entry.answers.map { $0.texts.joined(separator: " or ") }, limit: 160)
    return zip(names, zip(entry.answers, texts)).flatMap { name, one -> [String] in
      let (answer, text) = one
      let wavers = answer.sides.filter(entry.wavering.contains)
      let mark = wavers.isEmpty ? "" : "  (wavers)"
      let indent = name.count > column ? String(repeating: " ", count: 9) : String(repeating: " ", count: column + 7)
      let lines = wrapped((quoted ? "“\(text)”" : text) + mark, indent: indent, next: indent)
      if name.count > column { return wrapped(name, indent: "     ", next: "       ") + lines }
      return ["     \(name.padded(to: column))  \(lines[0].dropFirst(indent.count))"] + lines.dropFirst()
    }
  }

  private func meaning(_ entry: ComparisonDocument.Entry) -> [String] {
    ComparisonWords.meaning(entry, of: document).flatMap { sentence -> [String] in
      let lines = wrapped(Printable.text(sentence.text), indent: "     ", next: "       ")
      switch sentence.kind {
      case .promise: return lines.map(\.green)
      case .new: return lines.map(\.red)
      case .known: return lines.map(\.yellow)
      case .plain: return lines
      }
    }
  }

  // MARK: Lines

  private func limited(_ entries: [ComparisonDocument.Entry], _ limit: Int) -> ArraySlice<ComparisonDocument.Entry> {
    showsAll ? entries[...] : entries.prefix(limit)
  }

  private func more(_ entries: [ComparisonDocument.Entry], _ limit: Int) -> [String] {
    let rest = entries.count - limited(entries, limit).count
    return rest == 0 ? [] : [rest == entries.count ? "  --all shows them" : "  … and \(rest) more: --all"]
  }

  /// Text in lines of the terminal's width, broken at spaces.
  private func wrapped(_ text: String, indent: String, next: String) -> [String] {
    var lines: [String] = []
    var line = indent
    var isEmpty = true
    for word in text.split(whereSeparator: \.isWhitespace) {
      if !isEmpty, line.count + word.count + 1 > width {
        lines.append(line)
        line = next
        isEmpty = true
      }
      line += (isEmpty ? "" : " ") + word
      isEmpty = false
    }
    return lines + [line]
  }
}

extension String {
  func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
