import Documents
import Rainbow

extension BisectionDocument: TerminalDocument {
  public func blocks(_ layout: TerminalLayout) -> [[String]] {
    [
      header, conclusionLines, changeLines, findingLines,
      candidates.filter { $0.answer != nil }.map { "  " + $0.line },
      notes.map { "note: \(Printable.line($0, 500))".yellow }
        + show.map { "look closer: \(Printable.line($0, .max))".dim }
        + ["results: \(Printable.line(database))".dim],
    ]
  }

  private var header: [String] {
    let only = label.map { ", findings at “\(Printable.line($0))” only" } ?? ""
    let tried = candidates.count { $0.answer != nil }
    return [
      "bisect \(Printable.line(cell, .max))".bold, "  \(candidates.count) candidates\(only); tried: \(tried)",
    ]
  }

  private var conclusionLines: [String] {
    switch conclusion {
    case .firstBad: return [named("first bad", firstBad, \.red), named("last good", lastGood, \.green)]
    case .range:
      return [
        "the first bad candidate is one of \(untried.count + 1); all of them except the last can't be tried:".yellow
      ]
        + untried.map { index in
          let reason = Printable.line(candidates[index].reason ?? "can't be tried", 300)
          return "           \(candidates[index].title): \(reason)"
        } + [named("bad      ", firstBad, \.red), named("last good", lastGood, \.green)]
    case .endsAlike: return endsAlike
    case .tooFew:
      return ["fewer than two candidates can be tried, so there is no range to search".yellow]
    case .interrupted:
      return ["interrupted; the results are kept: run the same command again to continue".yellow]
    }
  }

  private func named(_ what: String, _ index: Int?, _ style: Styled.Style) -> String {
    guard let one = index.map({ candidates[$0] }) else { return what }
    return "\(what)  \(one.title[keyPath: style])\(one.commit.map { "  (\(Printable.line($0)))" } ?? "")"
  }

  private var endsAlike: [String] {
    guard let old = lastGood.map({ candidates[$0] }), let new = firstBad.map({ candidates[$0] }) else { return [] }
    func isGood(_ one: Candidate) -> Bool { !one.findings.contains { label == nil || $0.label == label } }
    let first = "both ends give the same answer: \(new.title) has no finding that \(old.title) lacks".yellow
    if isGood(old) { return [first, "both are good: choose a newer last candidate that has the finding"] }
    if isGood(new) {
      return [first, "the oldest candidate is bad: to find the fix, give the candidates with the newest first"]
    }
    return [first, "both are bad: choose an older first candidate that does not have the finding"]
  }

  private var changeLines: [String] {
    guard conclusion == .firstBad || conclusion == .range else { return [] }
    // Versions of a package run on one and the same interpreter.
    if changes.isEmpty, kind == .package { return [] }
    if changes.isEmpty { return ["between them: no difference in the properties of the interpreter and its HPy"] }
    return ["between them".bold]
      + changes.map { "  \(Printable.line($0.what)): \(Printable.line($0.lastGood)) → \(Printable.line($0.firstBad))" }
  }

  private var findingLines: [String] {
    guard let one = firstBad.map({ candidates[$0] }) else { return [] }
    let found = one.findings.filter { $0.isNew || conclusion == .endsAlike }
    return found.isEmpty
      ? []
      : ["found on \(one.title)".bold]
        + found.flatMap { finding in
          [
            "  \(finding.place): \(Printable.line(finding.observed).red)",
            "    \(Printable.line(finding.oracle)): \(Printable.line(finding.expected).green)",
          ]
        }
  }
}
