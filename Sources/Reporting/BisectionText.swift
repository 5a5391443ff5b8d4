import Comparing
import Model
import Rainbow

/// A bisection for people.
public struct BisectionText: Sendable {
  private let document: BisectionDocument

  public init(_ document: BisectionDocument) { self.document = document }

  public var text: String {
    ([header, conclusion, changes, findings, candidates].filter { !$0.isEmpty }.map { $0.joined(separator: "\n") }
      + [footer.joined(separator: "\n")]).filter { !$0.isEmpty }.joined(separator: "\n\n")
  }

  /// What became of a candidate, in one line: a progress message.
  ///
  /// - Parameter document: with that candidate filled in.
  public static func line(_ candidate: BisectionDocument.Candidate) -> String {
    var words: String
    switch candidate.answer {
    case .good?: words = "good"
    case .bad?:
      words = "bad"
      if let finding = candidate.findings.first(where: \.isNew) {
        words += ", \(place(finding)): \(short(finding.observed))"
      }
    case .skipped?: words = "skipped: \(short(candidate.reason ?? "can't be tried", limit: 400))"
    case nil: words = "not tried"
    }
    if candidate.flickers { words += ", comes and goes" }
    if candidate.tries > 1 { words += ", \(candidate.tries) tries" }
    if let source = candidate.reusedFrom, candidate.tries == 1 {
      words += " (taken over from run \(source.prefix(8)))"
    } else if let run = candidate.run {
      words += " (run \(run.prefix(8)))"
    }
    return "\(title(candidate)): \(words)"
  }

  /// A candidate as people know it: `0.9.0`, `1b2c3d4e5f60 Subject`.
  public static func title(_ candidate: BisectionDocument.Candidate) -> String {
    let subject = candidate.subject.map { " “\(short($0, limit: 72))”" } ?? ""
    return short(candidate.name) + subject
  }

  private static func short(_ text: String, limit: Int = 160) -> String { RunSummary.oneLine(text, limit: limit) }

  private static func place(_ finding: BisectionDocument.Found) -> String {
    finding.label.map { "\(short($0)), \(finding.facet)" } ?? finding.facet
  }

  // MARK: Parts

  private var header: [String] {
    let label = document.label.map { ", findings at “\(Self.short($0))” only" } ?? ""
    let tried = document.candidates.count { $0.answer != nil }
    return [
      "bisect \(document.cell)".bold,
      "  \(document.candidates.count) candidates\(label); looked at: \(tried)",
    ]
  }

  private var conclusion: [String] {
    func named(_ index: Int?) -> String { index.map { Self.title(document.candidates[$0]) } ?? "" }
    func whole(_ index: Int?) -> String {
      index.flatMap { document.candidates[$0].commit.map { "  (\($0))" } } ?? ""
    }
    switch document.conclusion {
    case .firstBad:
      return [
        "first bad  \(named(document.firstBad).red)\(whole(document.firstBad))",
        "last good  \(named(document.lastGood).green)\(whole(document.lastGood))",
      ]
    case .range:
      let titles = document.untried.map { "           \(named($0)): \(reason($0))" }
      return [
        "the first bad one is one of \(document.untried.count + 1); all but the last of them can't be tried:".yellow
      ]
        + titles + [
          "bad        \(named(document.firstBad).red)\(whole(document.firstBad))",
          "last good  \(named(document.lastGood).green)\(whole(document.lastGood))",
        ]
    case .endsAlike: return endsAlike
    case .tooFew:
      return ["fewer than two candidates can be tried, so there is nothing to search between".yellow]
    case .interrupted:
      return ["interrupted; what was learned is kept: the same command goes on from there".yellow]
    }
  }

  private func reason(_ index: Int) -> String {
    Self.short(document.candidates[index].reason ?? "can't be tried", limit: 300)
  }

  private var endsAlike: [String] {
    guard let oldest = document.lastGood, let newest = document.firstBad else { return [] }
    let (old, new) = (document.candidates[oldest], document.candidates[newest])
    func counted(_ findings: [BisectionDocument.Found]) -> [BisectionDocument.Found] {
      findings.filter { document.label == nil || $0.label == document.label }
    }
    let first = "the ends are alike: \(Self.title(new)) has no finding that \(Self.title(old)) lacks".yellow
    if counted(old.findings).isEmpty { return [first, "both are good: name a newest one on which it shows"] }
    if counted(new.findings).isEmpty {
      return [first, "it is the oldest one that is bad: to find what mended it, give the candidates newest first"]
    }
    return [first, "both are bad: name an oldest one on which it does not show yet"]
  }

  private var changes: [String] {
    guard document.conclusion == .firstBad || document.conclusion == .range else { return [] }
    if document.changes.isEmpty { return ["between them: nothing that the interpreter or its HPy tells of itself"] }
    return ["between them".bold]
      + document.changes.flatMap { change in
        let line = "  \(change.what): \(Self.short(change.lastGood)) → \(Self.short(change.firstBad))"
        return [line]
      }
  }

  private var findings: [String] {
    guard let index = document.firstBad else { return [] }
    let found = document.candidates[index].findings.filter { $0.isNew || document.conclusion == .endsAlike }
    if found.isEmpty { return [] }
    return ["found on \(Self.title(document.candidates[index]))".bold]
      + found.flatMap { finding in
        [
          "  \(Self.place(finding)): \(Self.short(finding.observed).red)",
          "    \(Self.short(finding.oracle)): \(Self.short(finding.expected).green)",
        ]
      }
  }

  private var candidates: [String] {
    document.candidates.filter { $0.answer != nil }.map { "  " + Self.line($0) }
  }

  private var footer: [String] {
    document.notes.map { "note: \(Self.short($0, limit: 500))".yellow }
      + document.show.map { "look closer: \(Printable.text($0))".dim }
      + ["results: \(Self.short(document.database))".dim]
  }
}
