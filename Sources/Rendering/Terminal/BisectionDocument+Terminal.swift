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
      "bisect \(Printable.line(cell, .max))".bold, "  \(candidates.count) candidates\(only); looked at: \(tried)",
    ]
  }

  private var conclusionLines: [String] {
    switch conclusion {
    case .firstBad: return [named("first bad", firstBad, \.red), named("last good", lastGood, \.green)]
    case .range:
      return [
        "the first bad one is one of \(untried.count + 1); all but the last of them can't be tried:".yellow
      ]
        + untried.map { index in
          let reason = Printable.line(candidates[index].reason ?? "can't be tried", 300)
          return "           \(candidates[index].title): \(reason)"
        } + [named("bad      ", firstBad, \.red), named("last good", lastGood, \.green)]
    case .endsAlike: return endsAlike
    case .tooFew:
      return ["fewer than two candidates can be tried, so there is nothing to search between".yellow]
    case .interrupted:
      return ["interrupted; what was learned is kept: the same command goes on from there".yellow]
    }
  }

  private func named(_ what: String, _ index: Int?, _ style: Styled.Style) -> String {
    guard let one = index.map({ candidates[$0] }) else { return what }
    return "\(what)  \(one.title[keyPath: style])\(one.commit.map { "  (\(Printable.line($0)))" } ?? "")"
  }

  private var endsAlike: [String] {
    guard let old = lastGood.map({ candidates[$0] }), let new = firstBad.map({ candidates[$0] }) else { return [] }
    func isGood(_ one: Candidate) -> Bool { !one.findings.contains { label == nil || $0.label == label } }
    let first = "the ends are alike: \(new.title) has no finding that \(old.title) lacks".yellow
    if isGood(old) { return [first, "both are good: name a newest one on which it shows"] }
    if isGood(new) {
      return [first, "it is the oldest one that is bad: to find what mended it, give the candidates newest first"]
    }
    return [first, "both are bad: name an oldest one on which it does not show yet"]
  }

  private var changeLines: [String] {
    guard conclusion == .firstBad || conclusion == .range else { return [] }
    if changes.isEmpty { return ["between them: nothing that the interpreter or its HPy tells of itself"] }
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
