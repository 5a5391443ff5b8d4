import Comparing

extension ComparisonDocument {
  /// Differences of one kind between the same sides.
  package struct Pattern {
    package var severity: Severity
    /// The sides that answer alike, or the only one that stands alone.
    package var sentence: String
    /// Positions in `differences`.
    package var entries: [Int]
  }

  /// Differences that are neither wording nor unsteady, by kind and by who answers otherwise: the worst first, then
  /// the most cells.
  package var patterns: [Pattern] {
    let firm = differences.enumerated().filter { $0.element.meaning != .wording }
    return firm.grouped { [$0.element.severity.rawValue, who($0.element), $0.element.ledger ?? ""] }.map {
      key, entries in
      Pattern(
        severity: entries[0].element.severity, sentence: sentence(entries.map(\.element), who: key[1], ledger: key[2]),
        entries: entries.map(\.offset))
    }.sorted { left, right in
      if left.severity != right.severity { return left.severity < right.severity }
      return cells(left) > cells(right)
    }
  }

  private func cells(_ pattern: Pattern) -> Int { pattern.entries.reduce(0) { $0 + differences[$1].cells } }

  private func who(_ entry: Entry) -> String {
    if let alone = entry.alone { return "only \(alone)" }
    if sides.count == 2 { return "between the two" }
    return names(entry).joined(separator: " against ")
  }

  private func sentence(_ entries: [Entry], who: String, ledger: String) -> String {
    let cells = entries.reduce(0) { $0 + $1.cells }
    let labels = entries.compactMap(\.label).unique
    let at = labels.isEmpty ? "" : labels.count == 1 ? " at “\(labels[0])”" : " at \(labels.count) labels"
    let known = ledger.isEmpty ? "not in the ledger" : ledger == "known" ? "known" : "new"
    let links = entries.flatMap(\.causes).map(\.link).unique
    let causes = links.isEmpty ? "" : " (\(links.prefix(2).joined(separator: ", "))\(links.count > 2 ? ", …" : ""))"
    let example = entries.min {
      ($0.scenarios, $0.examples.first?.scenario ?? "") < ($1.scenarios, $1.examples.first?.scenario ?? "")
    }
    let first = example?.examples.first.map { ", for example \($0.scenario)" } ?? ""
    return "\(who)\(at), \(known)\(causes): \(Words.number(entries.count, "difference")) in "
      + "\(Words.number(cells, "cell"))\(first)"
  }
}
