import Model

extension PageFields {
  /// Entries with their number: so many at length, the others as a line that opens.
  func entries(_ entries: [ReportDocument.Entry], id: String, full: Int) -> [String: Any] {
    let all = entries.enumerated().map { self.entry($0.element, id: "\(id)\($0.offset)") }
    return [
      "count": all.count, "any": !all.isEmpty, "full": Array(all.prefix(full)), "brief": Array(all.dropFirst(full)),
    ]
  }

  private func entry(_ entry: ReportDocument.Entry, id: String) -> [String: Any] {
    let cells = entry.cells.map(Whereabouts.column)
    let suite = entry.scenario.split(separator: "/").first.map(String.init) ?? ""
    let tone = Self.tone(of: entry.change, needsAttention: entry.needsAttention)
    let files = entry.files.filter { names.sources[$0] != nil }
    var fields: [String: Any] = [
      "id": id, "tone": tone.name, "symbol": tone.symbol, "change": entry.change.rawValue,
      "changeIndex": PageNames.changes[entry.change] ?? 0, "needs": entry.needsAttention ? "1" : "0",
      "suite": names.suites[suite] ?? -1, "pairs": names.pairs(cells), "row": names.row(entry.scenario),
      "scenario": entry.scenario, "place": Self.place(entry.label), "observed": entry.observed,
      "expected": entry.expected, "expectedBy": entry.source == nil ? "reference" : "promised",
      "hasBefore": entry.before != nil, "before": entry.before ?? "", "message": Self.optional(entry.message),
      "where": names.words(cells), "source": Self.optional(entry.source),
      "gist": entry.observed == entry.expected ? "" : Self.gist(entry.label, entry.observed, entry.expected),
      "reference": Self.optional(entry.reference), "reason": Self.optional(entry.reason),
      "link": Self.optional(entry.link), "show": entry.show, "since": false, "frequency": entry.frequency,
      "firstCell": entry.cells.first ?? "the cell",
      "hasFacts": !entry.facts.isEmpty, "facts": entry.facts.map(Self.fact),
      "traceback": Self.optional(entry.traceback), "output": Self.optional(entry.output),
      "hasFiles": !files.isEmpty,
    ]
    if let since = entry.since { fields["since"] = self.since(since) }
    fields["files"] = files.map { path -> [String: Any] in
      let line = path == entry.files.first ? entry.line : nil
      return ["path": path, "target": names.source(path, line: line) ?? "", "line": line ?? false]
    }
    fields["beside"] = files.compactMap { path in
      names.source(path, line: path == entry.files.first ? entry.line : nil)
    }.joined(separator: " ")
    return fields
  }

  private static func fact(_ fact: ReportDocument.Fact) -> [String: Any] {
    let sign: Any
    switch fact.holds {
    case true?: sign = "✓ kept"
    case false?: sign = "✗ broken"
    case nil: sign = false
    }
    return [
      "label": fact.label.isEmpty ? place(nil) : fact.label, "now": fact.now ?? "–", "before": fact.before ?? "–",
      "reference": fact.reference ?? "–", "expected": fact.expected ?? "–", "source": optional(fact.source),
      "sign": sign,
      "class": fact.holds == false ? "bad" : fact.before != nil && fact.before != fact.now ? "delta" : "",
    ]
  }

  private func since(_ since: ReportDocument.Since) -> [String: Any] {
    var text =
      since.run == document.run.run
      ? "New in this run."
      : "Since run \(since.run.prefix(8)) of \(PageText.date(since.started)); "
        + "\(ComparisonWords.number(since.runs, "run")) showed it."
    if let last = since.lastWithout {
      let date = since.lastWithoutStarted.map { " of \(PageText.date($0))" } ?? ""
      text += " The last run without it: \(last.prefix(8))\(date)."
    } else {
      text += " No run without it is known."
    }
    if since.unknownBetween > 0 {
      text += " Between them it was not run in \(ComparisonWords.number(since.unknownBetween, "run"))."
    }
    return ["text": text, "changed": since.changed.isEmpty ? false : ["list": since.changed] as Any]
  }

  /// How bad something is: a name for its colour, and a symbol for who sees none.
  struct Tone {
    var name: String
    var symbol: String

    static let bad = Tone(name: "bad", symbol: "✗")
    static let warn = Tone(name: "warn", symbol: "△")
    static let good = Tone(name: "good", symbol: "✓")
    static let known = Tone(name: "known", symbol: "●")
    static let none = Tone(name: "none", symbol: "○")
  }

  static func tone(of change: CellChange, needsAttention: Bool) -> Tone {
    switch change {
    case .newDivergence, .newlyCrashing, .worse, .noLongerBuilt, .stillNew: needsAttention ? .bad : .known
    case .fixed, .better, .newlySupported, .newlyBuilt: needsAttention ? .warn : .good
    case .flaky, .environmentBroken, .newlyUnsupported, .stillFixed: needsAttention ? .warn : .known
    case .stillKnown, .newlyKnown: .known
    case .unchanged: .good
    case .added, .removed, .changed, .notRun, .stillSkipped: needsAttention ? .warn : .none
    }
  }

  static func tone(of verdict: String) -> Tone {
    switch Verdict(rawValue: verdict) {
    case .conforming: .good
    case .known: .known
    case .new: .bad
    case .fixed, .flaky: .warn
    case .notJudged, nil: .none
    }
  }
}
