import Comparing
import Model

/// Decides, from all attempts of a cell and the ledger, what a cell's answer means. Pure: nothing is run.
public struct Judge: Sendable {
  private let ledger: [ScenarioID: [LedgerEntry]]

  public init(ledger: [LedgerEntry]) {
    self.ledger = Dictionary(grouping: ledger, by: \.scenario)
  }

  /// The judgement of a cell that was tried.
  ///
  /// - Parameters:
  ///   - attempts: circumstances, answer and divergences of each attempt, the first one first.
  public func judge(
    _ cell: CellID, on runtime: Runtime,
    attempts: [(circumstances: Circumstances, answer: Answer, divergences: [Divergence])]
  ) -> Judgement {
    let entries = (ledger[cell.scenario] ?? []).filter { $0.applies(to: cell, on: runtime) }
    let unsteady = Self.unsteadyPlaces(attempts.map { ($0.circumstances, $0.divergences) })
    var findings: [Finding] = []
    for attempt in attempts {
      for divergence in attempt.divergences {
        if let index = findings.firstIndex(where: { $0.divergence.trace == divergence.trace }) {
          if !findings[index].circumstances.contains(attempt.circumstances) {
            findings[index].circumstances.append(attempt.circumstances)
          }
          continue
        }
        let entry = entries.first { $0.covers(divergence) }
        findings.append(
          Finding(
            divergence: divergence,
            verdict: Self.verdict(entry: entry, isUnsteady: unsteady.contains(divergence.place)),
            reason: entry?.reason, link: entry?.link, circumstances: [attempt.circumstances]))
      }
    }
    let diverging = Set(findings.map(\.divergence.place))
    for entry in entries where !entry.flickers && !diverging.contains(entry.place) {
      guard Self.wasReached(entry, in: attempts.map(\.answer)) else { continue }
      findings.append(
        Self.fixedFinding(entry, answer: attempts.first?.answer, circumstances: attempts.map(\.circumstances)))
    }
    return Judgement(verdict: Self.worst(of: findings), findings: findings)
  }

  /// Places at which attempts under comparable circumstances disagree: a warm and a fresh process promise the
  /// same; `PYTHONMALLOC=debug` changes what freed memory holds, so a difference there is a finding, no flicker.
  public static func unsteadyPlaces(_ attempts: [(Circumstances, [Divergence])]) -> Set<Divergence.Place> {
    let comparable = attempts.filter { $0.0 != .memoryDebug }.map { attempt in
      Set(attempt.1.map(\.trace))
    }
    guard let first = comparable.first else { return [] }
    return comparable.dropFirst().reduce(into: Set()) { places, other in
      places.formUnion(first.symmetricDifference(other).map(\.place))
    }
  }

  private static func verdict(entry: LedgerEntry?, isUnsteady: Bool) -> Verdict {
    switch (entry, isUnsteady) {
    case (let entry?, true): entry.flickers || entry.observed.count > 1 ? .known : .flaky
    case (_?, false): .known
    case (nil, true): .flaky
    case (nil, false): .new
    }
  }

  /// A cell that broke off earlier says nothing about a label that it did not reach, nor does one about a leak where
  /// nobody counted.
  private static func wasReached(_ entry: LedgerEntry, in answers: [Answer]) -> Bool {
    answers.contains { answer in
      guard let label = entry.label else { return true }
      return answer[label] != nil || (answer.outcome.ran && entry.facet != .leak)
    }
  }

  private static func fixedFinding(_ entry: LedgerEntry, answer: Answer?, circumstances: [Circumstances]) -> Finding {
    let now = entry.label.flatMap { answer?[$0]?.value } ?? answer?.outcome.description ?? Divergence.absent
    let unique = circumstances.reduce(into: [Circumstances]()) { if !$0.contains($1) { $0.append($1) } }
    return Finding(
      divergence: Divergence(
        label: entry.label, facet: entry.facet, observed: now, expected: entry.observed.joined(separator: " or "),
        oracle: .expectation(source: "ledger, \(entry.origin)")),
      verdict: .fixed, reason: entry.reason, link: entry.link, circumstances: unique)
  }

  private static func worst(of findings: [Finding]) -> Verdict {
    let verdicts = Set(findings.map(\.verdict))
    return [.new, .flaky, .fixed, .known].first(where: verdicts.contains) ?? .conforming
  }
}
