import Comparing
import Model

/// What is said of a comparison, in words; the same in every form.
extension ComparisonDocument {
  /// A sentence of what an entry means.
  package struct Sentence {
    package enum Kind { case plain, promise, known, new }
    package var kind: Kind
    package var text: String
  }

  /// `3 crash, 1 value`, the worst first.
  package static func severities(_ counts: [String: Int]) -> String {
    Words.counts(Severity.allCases.map { (counts[$0.rawValue] ?? 0, $0.rawValue) })
  }

  /// Sides that stand alone in some cells, the one that does so most first.
  package var loners: [Alone] { (alone ?? []).filter { $0.cells > 0 }.sorted { $0.cells > $1.cells } }

  /// Who answers, from which run, and what the runtimes are.
  package var origins: [(who: String, what: String)] {
    func runName(_ side: SideInfo) -> String { "run \(Words.short(side.run))" }
    func moment(_ side: SideInfo) -> String {
      let database = side.name == side.database ? "" : ", \(side.database)"
      return "\(side.started)\(side.state == .finished ? "" : ", \(side.state.rawValue)")\(database)"
    }
    func run(_ side: SideInfo) -> String { "\(runName(side)) of \(moment(side))" }
    func shortRun(_ side: SideInfo) -> String { side.name == runName(side) ? moment(side) : run(side) }
    func titles(_ runtimes: [String: String]) -> String {
      runtimes.sorted { $0.key < $1.key }.map { "\($0.key) is \($0.value)" }.joined(separator: "; ")
    }
    guard let first = sides.first else { return [] }
    let isOneRun = Set(sides.map { "\($0.run) \($0.database)" }).count == 1
    let head = isOneRun ? [("answers of", run(first))] : []
    if Set(sides.map(\.runtimes)).count == 1 {
      return head + (isOneRun ? [] : sides.map { ($0.name, shortRun($0)) })
        + [(first.runtimes.count == 1 ? "runtime" : "runtimes", titles(first.runtimes))]
    }
    return head
      + sides.map { side in
        // A side that is one runtime need not be named twice.
        let what = side.runtimes.count == 1 ? side.runtimes.values.first ?? "" : titles(side.runtimes)
        return (side.name, isOneRun ? what : "\(shortRun(side)); \(what)")
      }
  }

  package var tally: String {
    let parts = Words.counts([
      (cells.same, "agree"), (cells.wordingOnly, "differ in messages only"),
      (cells.unsteadyOnly, "differ only between attempts"), (cells.different, "differ"),
    ])
    let not = cells.notCompared == 0 ? "" : "; \(cells.notCompared) can't be compared"
    return "\(Words.number(cells.compared, "cell")) compared at \(Words.number(cells.places, "place"))"
      + (parts.isEmpty ? "" : ": \(parts)") + not
  }

  package var obstacles: [(text: String, isAlarming: Bool)] {
    notCompared.map { one in
      let reason = one.outcome.map { one.reason.isEmpty ? $0 : "\($0): \(one.reason)" } ?? one.reason
      let who =
        one.sides.count == sides.count ? (one.sides.count == 2 ? "both" : "all") : one.sides.joined(separator: ", ")
      return ("\(one.cells) \(who): \(reason)", one.outcome == Outcome.notBuilt.description)
    }
  }

  // MARK: One entry

  /// Who gives each of an entry's answers.
  package func names(_ entry: Entry) -> [String] {
    let all = entry.answers.flatMap(\.sides)
    return entry.answers.map { one in names(one.sides, besides: all.filter { !one.sides.contains($0) }) }
  }

  /// Names of sides; most of many are `all others`.
  private func names(_ some: [String], besides others: [String]) -> String {
    let isRest = some.count > 3 && some.count > others.count && some.count + others.count == sides.count
    return isRest ? (others.isEmpty ? "all" : "all others") : some.joined(separator: ", ")
  }

  /// What an entry means: what is promised, what follows, what the ledger says.
  package func meaning(of entry: Entry) -> [Sentence] {
    var lines: [Sentence] = []
    func say(_ kind: Sentence.Kind, _ text: String?) {
      if let text { lines.append(Sentence(kind: kind, text: text)) }
    }
    say(.promise, entry.promise.map { promised($0, in: entry) })
    let others = entry.sources.filter { $0 != entry.promise?.source }
    if !others.isEmpty {
      let list = others.prefix(2).joined(separator: "; ") + (others.count > 2 ? "; and \(others.count - 2) more" : "")
      say(.promise, "at other labels it breaks promises of \(list)")
    }
    if !entry.agrees { say(.plain, entry.ending) }
    if entry.unrecorded > 0 {
      let labels = Words.number(entry.unrecorded, "further label")
      say(.plain, "\(labels) recorded on one side only, because the scenario takes another path there")
    }
    for cause in entry.causes.prefix(3) {
      say(.known, "known on \(cause.sides.joined(separator: ", ")): \(cause.reason) (\(cause.link))")
    }
    if entry.causes.count > 3 {
      say(.known, "and \(Words.number(entry.causes.count - 3, "more reason")) in the ledger")
    }
    if !entry.new.isEmpty, !entry.isNewByReferenceAlone {
      say(.new, "new on \(entry.new.joined(separator: ", ")): not in the ledger")
    }
    return lines
  }

  private func promised(_ promise: Promise, in entry: Entry) -> String {
    let expected = Printable.line(promise.expected.joined(separator: " or "))
    if entry.agrees || promise.keptBy.isEmpty {
      return "promised by \(promise.source): \(expected)\(entry.agrees ? "" : "; no side keeps it")"
    }
    if promise.brokenBy.isEmpty, promise.keptBy.count == entry.answers.flatMap(\.sides).count {
      return "\(promise.source) permits several: \(expected)"
    }
    // Who keeps it answers as it says.
    let keepers = names(promise.keptBy, besides: promise.brokenBy)
    return "promised by \(promise.source); \(keepers) \(promise.keptBy.count == 1 ? "keeps" : "keep") it"
  }
}

extension ComparisonDocument.Entry {
  /// `destroyed, value: 4 cells in 2 scenarios`.
  package var place: String {
    let total = places.values.reduce(0, +)
    let parts = places.count > 1 || total > cells ? ", places: \(ComparisonDocument.severities(places))" : ""
    let loner = alone.map { "; \($0) differs from all others" } ?? ""
    return
      "\(Words.place(label)): \(Words.number(cells, "cell")) in \(Words.number(scenarios, "scenario"))\(parts)\(loner)"
  }

  /// What each of its answers says, in a line of so many characters at most.
  package func texts(_ limit: Int) -> [String] {
    Printable.lines(answers.map { $0.texts.joined(separator: " or ") }, limit)
  }

  fileprivate var agrees: Bool { answers.count < 2 }

  /// That the judgement finds one side's answer new, because it took the other one for the reference, blames nobody.
  fileprivate var isNewByReferenceAlone: Bool {
    meaning == .notPromised && severity != .ending && promise == nil && !agrees && causes.isEmpty
  }

  /// What needs no document, or has none.
  fileprivate var ending: String? {
    switch (meaning, severity) {
    case (.wording, _): return nil
    case (_, .crash): return "a defect, independent of any document: a process died"
    case (.defect, _): return "a defect on all sides, independent of any document"
    case (.notPromised, .ending): return "an exception ended the scenario, so the rest of it is not compared"
    case (.notPromised, _) where promise == nil:
      if ledger == "known" { return "no cited document promises either" }
      return "no cited document promises either: an implementation detail, as far as the suites know"
        + (ledger == "new" ? "; not in the ledger" : "")
    default: return nil
    }
  }
}

extension Severity {
  package var title: String {
    switch self {
    case .crash: "crash"
    case .ending: "how the scenario ended"
    case .value: "wrong or other value"
    case .exceptionType: "exception type"
    case .order: "order"
    case .leak: "leak"
    case .message: "message, wording only"
    }
  }
}
