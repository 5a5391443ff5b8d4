import Comparing
import Documents
import Rainbow

extension ComparisonDocument: TerminalDocument {
  public func blocks(_ layout: TerminalLayout) -> [[String]] {
    let firm = differences.filter { $0.meaning != .wording }
    return [
      header(layout), counts(layout), patternBlock(layout), standing, matrix,
    ] + firmBlocks(firm, layout) + [
      wordingBlock(differences.filter { $0.meaning == .wording }, layout), unsteadyBlock(layout),
      agreementsBlock(layout),
      differences.isEmpty
        ? [] : ["--all shows every entry, --format json is for programs, `hpy-conform show` shows details".dim],
    ]
  }

  // MARK: Head

  private func header(_ layout: TerminalLayout) -> [String] {
    let only = restrictedTo.isEmpty ? "" : ", \(restrictedTo.joined(separator: " "))"
    return [Printable.line("compare \(sides.map(\.name).joined(separator: " with "))\(only)", .max).bold]
      + origins.flatMap { layout.wrapped("\($0.who): \($0.what)", indent: 2, next: 4) }
      + notes.flatMap { layout.wrapped($0, indent: 2, next: 2) }.map(\.yellow)
  }

  private func counts(_ layout: TerminalLayout) -> [String] {
    let limit = layout.showsAll ? Int.max : 4
    let lines = obstacles.prefix(limit).flatMap { one in
      layout.wrapped(one.text, indent: 2, next: 4).map { one.isAlarming ? $0.red : $0.dim }
    }
    let rest = notCompared.dropFirst(limit)
    let cells = rest.reduce(0) { $0 + $1.cells }
    return layout.wrapped(tally, indent: 0, next: 2) + lines
      + (rest.isEmpty ? [] : ["  \(cells) for \(Words.number(rest.count, "other reason")): --all".dim])
  }

  private var standing: [String] {
    if alone == nil { return [] }
    let width = loners.map(\.side.columns).max() ?? 0
    return ["sides that differ from all others".bold] + (loners.isEmpty ? ["  none"] : [])
      + loners.map { one in
        "  \(Printable.line(one.side, .max).padded(to: width))  "
          + "\(Words.number(one.cells, "cell")): \(Self.severities(one.bySeverity))"
      }
  }

  private var matrix: [String] {
    guard let pairs else { return [] }
    // Numbers, not names, at the head: the columns stay narrow however many sides there are.
    let names = sides.map(\.name)
    let rows = names.indices.map { row in
      [Styled("  \(row + 1)"), Styled(names[row])]
        + names.indices.map { column in
          guard let pair = pairs.first(where: { Set($0.sides) == [names[row], names[column]] && row != column }) else {
            return Styled("·", \.dim)
          }
          let isUpper = column > row
          return Styled(
            isUpper ? "of \(pair.compared)" : "\(pair.different)", pair.different == 0 || isUpper ? \.dim : nil)
        }
    }
    let head = [Styled(""), Styled("")] + names.indices.map { Styled("\($0 + 1)", \.dim) }
    return ["cells that differ, of those with an answer on both sides".bold] + Table.lines([head] + rows)
  }

  private func patternBlock(_ layout: TerminalLayout) -> [String] {
    let patterns = patterns
    if patterns.isEmpty { return [] }
    return ["in short".bold]
      + layout.shown(patterns, 10).flatMap { pattern -> [String] in
        let title = pattern.severity.title.uppercased()
        let words = layout.wrapped(pattern.sentence, first: "  \(title)  ", next: 4)
        return words.enumerated().map { $0 == 0 ? $1.replacing(title, with: title.red.bold, maxReplacements: 1) : $1 }
      } + layout.more(patterns, 10)
  }

  // MARK: Entries

  /// A block for each severity.
  private func firmBlocks(_ firm: [Entry], _ layout: TerminalLayout) -> [[String]] {
    if firm.isEmpty { return cells.compared == 0 ? [] : [["no stable difference, except in messages".green]] }
    let shown = layout.shown(firm, 40)
    var blocks = shown.enumerated().map { $0 }.grouped { $0.element.severity }.map { severity, entries in
      let count = firm.count { $0.severity == severity }
      return ["\(severity.title) (\(Words.number(count, "entry")))".bold.red]
        + entries.flatMap { describe($0.element, number: $0.offset + 1, layout) }
    }
    blocks[blocks.count - 1] += layout.more(firm, 40)
    return blocks
  }

  private func wordingBlock(_ entries: [Entry], _ layout: TerminalLayout) -> [String] {
    layout.part("\(Severity.message.title) (\(Words.number(entries.count, "entry")))", \.bold, entries, limit: 5) {
      ["  \(Printable.line($0.place, .max))".dim] + answers($0, quoted: true, layout)
    }
  }

  private func unsteadyBlock(_ layout: TerminalLayout) -> [String] {
    let title =
      "unsteady (\(Words.number(unsteady.count, "entry"))): attempts disagree, or the ledger marks the answer as "
      + "flickering; not a stable difference"
    return layout.part(title, \.yellow, unsteady, limit: 10) { describe($0, number: nil, layout) }
  }

  private func agreementsBlock(_ layout: TerminalLayout) -> [String] {
    let counts =
      "\(Words.number(agreements.count, "entry")), \(Words.number(cells.agreedAgainstPromise, "place"))"
    let title = "the sides agree, but break a promise or do not run to the end (\(counts))"
    // Of two runs it is the rule.
    return layout.part(title, \.bold, agreements, limit: kind == .run ? 0 : 10) { entry in
      layout.wrapped(entry.place, indent: 2, next: 4)
        + layout.wrapped(entry.texts(160).first ?? "", indent: 5, next: 5) + meaningLines(entry, layout)
    }
  }

  // MARK: One entry

  private func describe(_ entry: Entry, number: Int?, _ layout: TerminalLayout) -> [String] {
    let rest = entry.scenarios - entry.examples.count
    let examples = entry.examples.flatMap { example in
      let places = example.places.isEmpty ? "" : " (\(example.places.joined(separator: "; ")))"
      return layout.wrapped("\(example.scenario)\(places)", indent: 5, next: 7).map(\.dim)
    }
    return ["  \(number.map { "\($0). " } ?? "")\(Printable.line(entry.place, .max))".bold]
      + answers(entry, quoted: false, layout) + meaningLines(entry, layout) + examples
      + (rest > 0 ? ["     … and \(Words.number(rest, "more scenario"))".dim] : [])
      // Not wrapped: commands are copied.
      + entry.show.map { "     \(Printable.line($0, .max))".dim }
  }

  private func answers(_ entry: Entry, quoted: Bool, _ layout: TerminalLayout) -> [String] {
    let names = names(entry).map { Printable.line($0, .max) }
    let column = min(40, names.map(\.columns).max() ?? 0)
    return zip(names, zip(entry.answers, entry.texts(160))).flatMap { name, one -> [String] in
      let (answer, text) = one
      let mark = answer.sides.contains(where: entry.wavering.contains) ? " (varies)" : ""
      let words = (quoted ? "“\(text)”" : text) + mark
      if name.columns > column {
        return layout.wrapped(name, indent: 5, next: 7) + layout.wrapped(words, indent: 9, next: 9)
      }
      return layout.wrapped(words, first: "     \(name.padded(to: column))  ", next: column + 7)
    }
  }

  private func meaningLines(_ entry: Entry, _ layout: TerminalLayout) -> [String] {
    meaning(of: entry).flatMap { sentence -> [String] in
      let lines = layout.wrapped(sentence.text, indent: 5, next: 7)
      switch sentence.kind {
      case .promise: return lines.map(\.green)
      case .new: return lines.map(\.red)
      case .known: return lines.map(\.yellow)
      case .plain: return lines
      }
    }
  }
}

extension TerminalLayout {
  /// Text from outside, in lines of the terminal's width.
  func wrapped(_ text: String, indent: Int, next: Int) -> [String] {
    wrapped(text, first: String(repeating: " ", count: indent), next: next)
  }

  func wrapped(_ text: String, first: String, next: Int) -> [String] {
    Printable.line(text, .max).wrapped(width, first: first, rest: String(repeating: " ", count: next))
  }

  /// The first of some entries, unless all are asked for.
  func shown<Entry>(_ entries: [Entry], _ limit: Int) -> ArraySlice<Entry> {
    showsAll ? entries[...] : entries.prefix(limit)
  }

  /// What is said of the others.
  func more<Entry>(_ entries: [Entry], _ limit: Int) -> [String] {
    let rest = entries.count - shown(entries, limit).count
    return rest == 0 ? [] : [rest == entries.count ? "  --all shows them" : "  … and \(rest) more: --all"]
  }

  /// Entries under a title; nothing where there are none.
  func part<Entry>(
    _ title: String, _ style: Styled.Style, _ entries: [Entry], limit: Int, _ lines: (Entry) -> [String]
  ) -> [String] {
    if entries.isEmpty { return [] }
    return wrapped(title, indent: 0, next: 2).map { $0[keyPath: style] } + shown(entries, limit).flatMap(lines)
      + more(entries, limit)
  }
}
