import Documents
import Rainbow

extension ReportDocument: TerminalDocument {
  public func blocks(_ layout: TerminalLayout) -> [[String]] {
    let base = baseline.map { ", compared with run \(Words.short($0.run)) of \(Printable.line($0.started))" } ?? ""
    return [
      head + patterns.lines(layout, room: Self.room), matrix.lines(run.runtimes), needed(layout), rest,
    ] + explored(layout) + [
      ["run \(Words.short(run.run)) of \(Printable.line(run.started))\(base)".dim]
    ]
  }

  /// Lines for patterns: the matrix stays in sight.
  private static let room = 30
  /// Facts of one pattern, and of all.
  private static let shown = (each: 8, all: 40)

  private var head: [String] {
    let colour: Styled.Style =
      switch headline.level {
      case .calm: \.green
      case .attention: \.red
      case .unexplained, .broken, .environment: \.yellow
      }
    return [Printable.line(headline.text, .max)[keyPath: colour].bold]
      + headline.details.map { "  \(Printable.line($0, 300))" } + notes.map { "  \(Printable.line($0, 300))".yellow }
  }

  /// What generated hierarchies show that has no cause; known causes are on the page.
  private func explored(_ layout: TerminalLayout) -> [[String]] {
    exploration?.blocks(layout, showsKnown: false) ?? []
  }

  /// The facts behind the patterns.
  private func needed(_ layout: TerminalLayout) -> [String] {
    let groups = byPattern
    let total = groups.reduce(0) { $0 + $1.entries.count }
    if total == 0 { return [] }
    var left = Self.shown.all
    let each = groups.count == 1 ? left : Self.shown.each
    var lines = ["NEEDS ATTENTION (\(total))".bold]
    for (pattern, entries) in groups {
      let some = entries.prefix(min(left, each))
      left -= some.count
      if some.isEmpty { continue }
      if let pattern, groups.count > 1 { lines.append(pattern.line(layout)) }
      var previous: Entry?
      for entry in some {
        lines += entry.lines(after: previous)
        previous = entry
      }
    }
    let more = total - (Self.shown.all - left)
    return lines + (more > 0 ? ["  … and \(more) more: --format html or json has them all"] : [])
  }

  private var rest: [String] {
    part(entries.filter { !$0.needsAttention }, "OTHER DIFFERENCES", limit: 12) { entry in
      let label = entry.label.map { ", \($0)" } ?? ""
      let line = Printable.line("\(entry.change.rawValue): \(entry.scenario)\(label)", .max)
      return ["  \(line)  \(entry.whereabouts.dim)"] + entry.frequency.map { "    \(Printable.line($0))" }
    }
  }

  private func part(
    _ entries: [Entry], _ title: String, limit: Int, _ lines: (Entry) -> [String]
  ) -> [String] {
    if entries.isEmpty { return [] }
    let more = entries.count - limit
    return ["\(title) (\(entries.count))".bold] + entries.prefix(limit).flatMap(lines)
      + (more > 0 ? ["  … and \(more) more: --format html or json has them all"] : [])
  }
}

extension ReportDocument.Entry {
  /// Where it shows.
  var whereabouts: String {
    // One that stands for many scenarios has as many cells of each lane.
    let words =
      scenario.split(separator: "/").count < 3 ? Words.number(cells.count, "cell") : Words.whereabouts(cells)
    return Printable.line(words, .max)
  }

  /// The entry; of several in a row that happened to the same cells at the same time, that is said once.
  fileprivate func lines(after previous: ReportDocument.Entry?) -> [String] {
    var lines: [String] = []
    if previous?.event != event {
      lines.append("  \(change.rawValue.red): \(Printable.line(scenario, .max))  \(whereabouts.dim)")
      if let message { lines.append("    \(Printable.line(message))") }
      if let since { lines += since.lines }
      lines.append("    \(Printable.line(show, .max))".dim)
    }
    let texts = Printable.lines([observed, expected, before ?? observed], 160)
    let got = "got \(texts[0].red)"
    let said = expected.isEmpty ? got : "expected \(texts[1].green), \(got)"
    lines.append("    \(Printable.line(Words.place(label, facet), .max)): \(said)")
    if let place { lines.append("      \(Printable.line("\(place.name): \(place.text)", 200))".dim) }
    if source != nil || reference != nil {
      let oracle = Words.oracle(label: label, source: source, reference: reference)
      lines.append("      \(Printable.line(oracle, .max))".dim)
    }
    if before != nil { lines.append("      before: \(texts[2])") }
    return lines
  }

  private var event: [String] { [change.rawValue, scenario, since?.run ?? "", message ?? ""] + cells }
}

extension ReportDocument.Since {
  fileprivate var lines: [String] {
    let earlier = lastWithout.map { ", not in run \(Words.short($0))" } ?? ""
    let unknown = unknownBetween > 0 ? ", \(Words.number(unknownBetween, "run")) between without an answer" : ""
    let line = "    since run \(Words.short(run)) of \(Printable.line(started))\(earlier)\(unknown)"
    if changed.isEmpty { return [line] }
    return [line, "    changed there: \(Printable.line(changed.joined(separator: "; "), 300))"]
  }
}

extension Matrix {
  /// The matrix as a table, the runtimes' names and titles above it.
  func lines(_ infos: [RuntimeInfo]) -> [String] {
    if infos.isEmpty, rows.isEmpty { return [] }
    let head = [
      [Styled("")] + infos.map { Styled($0.name, \.bold) }, [Styled("")] + infos.map { Styled($0.title, \.dim) },
    ]
    return Table.lines(
      head
        + rows.map { row in
          [Styled(row.suite)]
            + row.places.map { place in
              let isQuiet = place.new + place.fixed + place.flaky + place.known == 0
              return Styled(place.words(separator: "  "), place.attention > 0 ? \.red : isQuiet ? \.green : \.yellow)
            }
        })
  }
}
