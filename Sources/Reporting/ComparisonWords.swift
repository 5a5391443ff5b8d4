import Comparing
import Model

/// What is said of a comparison, in words; shared by the texts for terminals and for pages.
enum ComparisonWords {
  struct Sentence {
    enum Kind { case plain, promise, known, new }
    var kind: Kind
    var text: String
  }

  static func number(_ count: Int, _ noun: String) -> String {
    if count == 1 { return "1 \(noun)" }
    return "\(count) \(noun.hasSuffix("y") ? "\(noun.dropLast())ies" : "\(noun)s")"
  }

  static func title(_ severity: Severity) -> String {
    switch severity {
    case .crash: "crash"
    case .ending: "how the scenario ended"
    case .value: "wrong or other value"
    case .exceptionType: "exception type"
    case .order: "order"
    case .leak: "leak"
    case .message: "message, wording only"
    }
  }

  /// `3 crash, 1 value`, the worst first.
  static func severities(_ counts: [String: Int]) -> String {
    Severity.allCases.compactMap { one in counts[one.rawValue].map { "\($0) \(one.rawValue)" } }
      .joined(separator: ", ")
  }

  /// `destroyed, value: 4 cells in 2 scenarios`.
  static func place(_ entry: ComparisonDocument.Entry) -> String {
    let label = entry.label.map { "“\($0)”" } ?? "the scenario's end"
    let total = entry.places.values.reduce(0, +)
    let places = entry.places.count > 1 || total > entry.cells ? ", places: \(severities(entry.places))" : ""
    let alone = entry.alone.map { "; \($0) stands alone" } ?? ""
    return "\(label): \(number(entry.cells, "cell")) in \(number(entry.scenarios, "scenario"))\(places)\(alone)"
  }

  /// Names of sides; most of many are `all others`.
  static func names(_ sides: [String], besides others: [String], of document: ComparisonDocument) -> String {
    let isRest = sides.count > 3 && sides.count > others.count && sides.count + others.count == document.sides.count
    return isRest ? (others.isEmpty ? "all" : "all others") : sides.joined(separator: ", ")
  }

  /// Who answers each way.
  static func names(_ entry: ComparisonDocument.Entry, of document: ComparisonDocument) -> [String] {
    let all = entry.answers.flatMap(\.sides)
    return entry.answers.map { one in names(one.sides, besides: all.filter { !one.sides.contains($0) }, of: document) }
  }

  // MARK: Head

  /// Who answers, from which run, and what the runtimes are.
  static func origins(_ document: ComparisonDocument) -> [(who: String, what: String)] {
    func runName(_ side: ComparisonDocument.SideInfo) -> String { "run \(side.run.prefix(8))" }
    func moment(_ side: ComparisonDocument.SideInfo) -> String {
      let database = side.name == side.database ? "" : ", \(side.database)"
      return "\(side.started)\(side.state == "finished" ? "" : ", \(side.state)")\(database)"
    }
    func run(_ side: ComparisonDocument.SideInfo) -> String { "\(runName(side)) of \(moment(side))" }
    func titles(_ runtimes: [String: String]) -> String {
      runtimes.sorted { $0.key < $1.key }.map { "\($0.key) is \($0.value)" }.joined(separator: "; ")
    }
    var lines: [(String, String)] = []
    let isOneRun = Set(document.sides.map { "\($0.run) \($0.database)" }).count == 1
    if isOneRun, let first = document.sides.first { lines.append(("answers of", run(first))) }
    if Set(document.sides.map(\.runtimes)).count == 1, let first = document.sides.first {
      if !isOneRun { lines += document.sides.map { ($0.name, $0.name == runName($0) ? moment($0) : run($0)) } }
      return lines + [(first.runtimes.count == 1 ? "runtime" : "runtimes", titles(first.runtimes))]
    }
    return lines
      + document.sides.map { side in
        // A side that is one runtime need not be named twice.
        let what = side.runtimes.count == 1 ? side.runtimes.values.first ?? "" : titles(side.runtimes)
        return (side.name, isOneRun ? what : "\(side.name == runName(side) ? moment(side) : run(side)); \(what)")
      }
  }

  static func tally(_ cells: ComparisonDocument.Counts) -> String {
    let parts = [
      (cells.same, "agree"), (cells.wordingOnly, "differ in messages only"),
      (cells.unsteadyOnly, "only where attempts disagree"), (cells.different, "differ"),
    ].filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
    let not = cells.notCompared == 0 ? "" : "; \(cells.notCompared) can't be compared"
    return "\(number(cells.compared, "cell")) compared at \(number(cells.places, "place"))"
      + (parts.isEmpty ? "" : ": \(parts.joined(separator: ", "))") + not
  }

  static func obstacles(_ document: ComparisonDocument) -> [(text: String, isAlarming: Bool)] {
    document.notCompared.map { one in
      let reason = one.outcome.map { one.reason.isEmpty ? $0 : "\($0): \(one.reason)" } ?? one.reason
      let isAll = one.sides.count == document.sides.count
      let sides = isAll ? (one.sides.count == 2 ? "both" : "all") : one.sides.joined(separator: ", ")
      return ("\(one.cells) \(sides): \(reason)", one.outcome == Outcome.Kind.notBuilt.rawValue)
    }
  }

  // MARK: Meaning

  static func meaning(_ entry: ComparisonDocument.Entry, of document: ComparisonDocument) -> [Sentence] {
    var lines: [Sentence] = []
    let agrees = entry.answers.count < 2
    if let promise = entry.promise {
      let expected = RunSummary.oneLine(promise.expected.joined(separator: " or "))
      let keepers = names(promise.keptBy, besides: promise.brokenBy, of: document)
      let kept = "\(keepers) \(promise.keptBy.count == 1 ? "keeps" : "keep") it"
      let text =
        if agrees || promise.keptBy.isEmpty {
          "promised by \(promise.source): \(expected)\(agrees ? "" : "; no side keeps it")"
        } else if promise.brokenBy.isEmpty, promise.keptBy.count == entry.answers.flatMap(\.sides).count {
          "\(promise.source) leaves the choice: \(expected)"
        } else {
          // Who keeps it answers as it says.
          "promised by \(promise.source); \(kept)"
        }
      lines.append(Sentence(kind: .promise, text: text))
    }
    let others = entry.sources.filter { $0 != entry.promise?.source }
    if !others.isEmpty {
      let list = others.prefix(2).joined(separator: "; ") + (others.count > 2 ? "; and \(others.count - 2) more" : "")
      lines.append(Sentence(kind: .promise, text: "elsewhere it breaks what is promised by \(list)"))
    }
    if !agrees, let ending = ending(entry) { lines.append(Sentence(kind: .plain, text: ending)) }
    if entry.unrecorded > 0 {
      let labels = number(entry.unrecorded, "further label")
      lines.append(
        Sentence(kind: .plain, text: "\(labels) recorded on one side only, because the scenario goes another way there")
      )
    }
    for cause in entry.causes.prefix(3) {
      lines.append(
        Sentence(kind: .known, text: "known on \(cause.sides.joined(separator: ", ")): \(cause.reason) (\(cause.link))")
      )
    }
    if entry.causes.count > 3 {
      lines.append(Sentence(kind: .known, text: "and \(number(entry.causes.count - 3, "more reason")) of the ledger"))
    }
    if !entry.new.isEmpty, !isNewByReferenceAlone(entry) {
      lines.append(Sentence(kind: .new, text: "new on \(entry.new.joined(separator: ", ")): not in the ledger"))
    }
    return lines
  }

  private static let detail =
    "no cited document promises either: an implementation detail, as far as the suites know"

  /// That the judgement finds one side's answer new, because it took the other one for the reference, blames nobody.
  private static func isNewByReferenceAlone(_ entry: ComparisonDocument.Entry) -> Bool {
    entry.meaning == .notPromised && entry.severity != .ending && entry.promise == nil && entry.answers.count > 1
      && entry.causes.isEmpty
  }

  /// What needs no document, or has none.
  private static func ending(_ entry: ComparisonDocument.Entry) -> String? {
    switch (entry.meaning, entry.severity) {
    case (.wording, _): return nil
    case (_, .crash): return "a defect, whatever documents say: a process died"
    case (.defect, _): return "a defect on all sides, whatever documents say"
    case (.notPromised, .ending): return "an exception ended the scenario, so the rest of it is not compared"
    case (.notPromised, _) where entry.promise == nil:
      switch entry.ledger {
      case "known": return "no cited document promises either"
      case "new": return detail + "; not in the ledger"
      default: return detail
      }
    default: return nil
    }
  }

  /// Texts as a line each; of long ones what they share at their beginning is left out.
  static func shortened(_ texts: [String], limit: Int) -> [String] {
    var flat = texts.map { RunSummary.oneLine($0, limit: .max) }
    // Messages that differ in where their lines end.
    if Set(flat).count < Set(texts).count {
      flat = texts.map { RunSummary.oneLine($0.replacing("\n", with: "␊"), limit: .max) }
    }
    guard flat.count > 1, flat.contains(where: { $0.count > limit }) else { return flat.map { cut($0, limit) } }
    let shared = flat.dropFirst().reduce(flat[0]) { $0.commonPrefix(with: $1) }
    // Back to where an element begins.
    let start = shared.dropLast(16).lastIndex(of: " ").map { shared.distance(from: shared.startIndex, to: $0) + 1 } ?? 0
    return flat.map { cut(start > limit / 3 ? "… " + $0.dropFirst(start) : $0, limit) }
  }

  private static func cut(_ text: String, _ limit: Int) -> String {
    text.count > limit ? text.prefix(limit) + "…" : text
  }
}
