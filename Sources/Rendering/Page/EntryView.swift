import Documents
import Model

/// Entries with their number: so many at length, the others as a line that opens.
struct EntryList {
  let count: Int
  let full: [EntryView]
  let brief: [EntryView]

  init(_ entries: [ReportDocument.Entry], id: String, full: Int, _ names: PageNames) {
    let all = entries.enumerated().map { EntryView($1, id: "\(id)\($0)", names) }
    count = all.count
    self.full = Array(all.prefix(full))
    brief = Array(all.dropFirst(full))
  }
}

struct EntryView {
  let entry: ReportDocument.Entry
  let id: String
  let tone: Tone
  let change: String
  let changeIndex: Int
  let needs: String
  let suite: Int
  let pairs: String
  let row: String
  let place: String
  let gist: String
  let whereabouts: String
  /// `scenarios.py:12: expect(…)`; empty where its line is not known.
  let at: String
  /// Empty where nothing is known of its beginning.
  let since: String
  let firstCell: String
  let facts: [(fact: ReportDocument.Fact, place: String, sign: String, tone: String)]
  let left: [(title: String, text: String)]
  let files: [(path: String, target: String, line: String)]
  let beside: String

  init(_ entry: ReportDocument.Entry, id: String, _ names: PageNames) {
    self.entry = entry
    self.id = id
    tone = Tone(entry.change, needsAttention: entry.needsAttention)
    change = entry.change.rawValue
    changeIndex = PageNames.changes[entry.change] ?? 0
    needs = entry.needsAttention ? "1" : "0"
    suite = entry.scenario.split(separator: "/").first.flatMap { names.suites[String($0)] } ?? -1
    pairs = names.pairs(entry.cells)
    row = names.row(entry.scenario)
    place = Words.place(entry.label)
    gist = entry.observed == entry.expected ? "" : PageText.gist(entry.label, entry.observed, entry.expected)
    at = entry.place.map { Printable.line("\($0.name): \($0.text)", 200) } ?? ""
    whereabouts = names.whereabouts(entry.cells)
    since = entry.since.map { Self.words($0, isNew: $0.run == names.run) } ?? ""
    firstCell = entry.cells.first ?? "the cell"
    facts = entry.facts.map { fact in
      (
        fact, fact.label.isEmpty ? Words.place(nil) : fact.label, fact.holds.map { $0 ? "✓ kept" : "✗ broken" } ?? "",
        fact.holds == false ? "bad" : fact.before != nil && fact.before != fact.now ? "delta" : ""
      )
    }
    left = entry.left
    files = entry.files.compactMap { path in
      let line = path == entry.files.first ? entry.line : nil
      return names.source(path, line: line).map { (path, $0, line.map { ", line \($0)" } ?? "") }
    }
    beside = files.map(\.target).joined(separator: " ")
  }

  private static func words(_ since: ReportDocument.Since, isNew: Bool) -> String {
    let begun =
      isNew
      ? "New in this run."
      : "Since run \(Words.short(since.run)) of \(PageText.date(since.started)); "
        + "it occurred in \(Words.number(since.runs, "run"))."
    let date = since.lastWithoutStarted.map { " of \(PageText.date($0))" } ?? ""
    let without = since.lastWithout.map { "The last run without it: \(Words.short($0))\(date)." }
    let unknown = "Between them, it was not run in \(Words.number(since.unknownBetween, "run"))."
    return "\(begun) \(without ?? "No run without it is known.")\(since.unknownBetween > 0 ? " \(unknown)" : "")"
  }
}

/// How bad something is: a name for its colour, and a symbol for who sees none.
struct Tone {
  let name: String
  let symbol: String

  static let bad = Tone(name: "bad", symbol: "✗")
  static let warn = Tone(name: "warn", symbol: "△")
  static let good = Tone(name: "good", symbol: "✓")
  static let known = Tone(name: "known", symbol: "●")
  static let none = Tone(name: "none", symbol: "○")
}

extension Tone {
  init(_ change: CellChange, needsAttention: Bool) {
    switch change {
    case .newDivergence, .newlyCrashing, .worse, .noLongerBuilt, .stillNew: self = needsAttention ? .bad : .known
    case .fixed, .better, .newlySupported, .newlyBuilt: self = needsAttention ? .warn : .good
    case .flaky, .environmentBroken, .newlyUnsupported, .stillFixed: self = needsAttention ? .warn : .known
    case .stillKnown, .newlyKnown: self = .known
    case .unchanged: self = .good
    case .added, .removed, .changed, .notRun, .stillSkipped: self = needsAttention ? .warn : .none
    }
  }

  init(verdict: String) {
    switch Verdict(rawValue: verdict) {
    case .conforming: self = .good
    case .known: self = .known
    case .new: self = .bad
    case .fixed, .flaky: self = .warn
    case .notCompared, .notJudged, nil: self = .none
    }
  }
}
