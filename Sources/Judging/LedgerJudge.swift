import Comparing
import Model

/// Judges by expectations, then by references, and looks up in the ledger what diverges.
public struct LedgerJudge: ScenarioJudge {
  private let ledger: LedgerIndex
  private let referenceRuntime: String

  /// - Parameter referenceRuntime: name of the runtime that others are compared with.
  public init(ledger: [LedgerEntry], referenceRuntime: String) {
    self.ledger = LedgerIndex(ledger)
    self.referenceRuntime = referenceRuntime
  }

  public func judgements(of cells: [TriedCell]) -> [CellID: Judgement] {
    let answered = cells.map(Self.answered)
    // A case that can't be read or built anywhere is its author's to mend, and no runtime's.
    let tried = cells.filter { !$0.attempts.allSatisfy(\.answer.outcome.isSkip) }
    let broken = Dictionary(grouping: tried, by: \.load.lane.flavour).filter { _, cells in
      cells.allSatisfy { $0.attempts.allSatisfy { $0.answer.outcome == .invalid } }
    }
    let comparison = Comparison(answered, referenceRuntime: referenceRuntime)
    let runtimes = Dictionary(cells.map { ($0.id.runtime, $0.load.runtime) }) { first, _ in first }
    return zip(cells, answered).reduce(into: [:]) { judgements, pair in
      let (cell, answered) = pair
      judgements[cell.id] =
        broken[cell.load.lane.flavour] != nil || cell.attempts.allSatisfy(\.answer.outcome.isSkip)
        ? Judgement(verdict: .notJudged)
        : judge(
          cell.id, on: cell.load.runtime,
          attempts: Self.counted(cell).map {
            ($0.circumstances, $0.answer, comparison.divergences(of: $0.answer, in: answered))
          }, runtimes: runtimes, agreeing: { comparison.agreeing(at: $0, with: cell.id) }
        ) { label in label.map { comparison.isCompared($0, of: cell.id) } ?? comparison.isCompared(cell.id) }
    }
  }

  /// Attempts that say something of the cell: an attempt that failed for want of something on the machine doesn't.
  private static func counted(_ cell: TriedCell) -> [Attempt] {
    cell.attempts.filter { $0.answer.outcome != .harnessFailed }
  }

  private static func answered(_ cell: TriedCell) -> AnsweredCell {
    let comparable = counted(cell).filter { $0.circumstances != .memoryDebug }
    let first = comparable.first ?? cell.attempts[0]
    return AnsweredCell(
      id: cell.id, runtime: cell.load.runtime, answer: first.answer,
      unsteady: comparable.dropFirst().reduce(into: []) { $0.formUnion(first.answer.disagreements(with: $1.answer)) })
  }

  /// Those that don't conform, on CPython also under `PYTHONMALLOC=debug`, and the references that say so.
  public func doubts(about cells: [TriedCell], _ judgements: [CellID: Judgement]) -> [Doubt] {
    let blamed = cells.filter { judgements[$0.id]?.verdict.isBlame ?? false }
    let names = Set(blamed.map(\.id))
    let references = blamed.flatMap { judgements[$0.id]?.findings ?? [] }.compactMap(\.divergence.oracle.reference)
      .filter { !names.contains($0) }
    let repeatable = blamed.filter(\.isRepeatable).map { cell in
      Doubt(
        cell.id, [.fresh] + (cell.load.runtime.implementation == "cpython" ? [.memoryDebug] : []), insists: true)
    }
    return repeatable
      + references.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }.map { Doubt($0, [.fresh]) }
  }

  /// The judgement of a cell that was tried.
  ///
  /// - Parameters:
  ///   - attempts: circumstances, answer and divergences of each attempt, the first one first.
  ///   - runtimes: of the scenario's cells, by name.
  ///   - agreeing: of the cells that it was compared with at a label, those that recorded the same; nil for none to compare.
  ///   - isCompared: whether anything says what it should have recorded at a label; nil asks for any label.
  func judge(
    _ cell: CellID, on runtime: Runtime,
    attempts: [(circumstances: Circumstances, answer: Answer, divergences: [Divergence])],
    runtimes: [String: Runtime], agreeing: (String) -> Set<CellID>? = { _ in nil }, isCompared: (String?) -> Bool
  ) -> Judgement {
    let entries = ledger.entries(for: cell.scenario).filter { $0.applies(to: cell, on: runtime) }
    let unsteady = Self.unsteadyPlaces(attempts.map { ($0.circumstances, $0.divergences) })
    var findings: [Finding] = []
    var places: [Divergence.Trace: Int] = [:]
    for attempt in attempts {
      for divergence in attempt.divergences {
        if let index = places[divergence.trace] {
          if !findings[index].circumstances.contains(attempt.circumstances) {
            findings[index].circumstances.append(attempt.circumstances)
          }
          continue
        }
        let entry = entries.first { $0.covers(divergence) } ?? entry(about: divergence, in: runtimes)
        places[divergence.trace] = findings.count
        findings.append(
          Finding(
            divergence: divergence,
            verdict: Self.verdict(entry: entry, isUnsteady: unsteady.contains(divergence.place)),
            reason: entry?.reason, link: entry?.link, circumstances: [attempt.circumstances]))
      }
    }
    let diverging = Set(findings.map(\.divergence.place))
    for entry in entries where entry.isFirm(for: cell) && !diverging.contains(entry.place) {
      let answers = attempts.map(\.answer)
      guard Self.wasReached(entry, in: answers) else { continue }
      let circumstances = attempts.map(\.circumstances)
      // Where nothing was there to compare with, the ledger's word stands for what is as it says, and nothing is fixed.
      if let label = entry.label {
        let isCompared = isCompared(label)
        if let value = answers.first?[label]?.value, entry.takes(value),
          !isCompared || agreeing(label).map({ areKnown($0, for: value, at: entry, on: runtimes) }) ?? false
        {
          findings.append(Self.finding(entry, .known, observed: value, expected: Self.another, circumstances))
          continue
        }
        if !isCompared { continue }
      }
      findings.append(Self.fixedFinding(entry, answer: answers.first, circumstances))
    }
    if findings.isEmpty, attempts.first?.answer.outcome == .completed, !isCompared(nil) {
      return Judgement(verdict: .notCompared)
    }
    return Judgement(verdict: Self.worst(of: findings), findings: findings)
  }

  /// Whether the ledger has the value of an entry for each of the cells that agree with it, too: that they do says nothing
  /// then.
  private func areKnown(
    _ cells: Set<CellID>, for value: String, at entry: LedgerEntry, on runtimes: [String: Runtime]
  ) -> Bool {
    cells.allSatisfy { cell in
      guard let runtime = runtimes[cell.runtime] else { return false }
      return ledger.entries(for: cell.scenario).contains {
        $0.place == entry.place && $0.takes(value) && $0.applies(to: cell, on: runtime)
      }
    }
  }

  /// What the ledger says of the other side of a difference between two runtimes: it explains the difference just as well.
  private func entry(about divergence: Divergence, in runtimes: [String: Runtime]) -> LedgerEntry? {
    guard let other = divergence.oracle.reference, let runtime = runtimes[other.runtime] else { return nil }
    let mirrored = Divergence(
      label: divergence.label, facet: divergence.facet, observed: divergence.expected, expected: divergence.observed,
      oracle: divergence.oracle)
    return ledger.entries(for: other.scenario).first { $0.applies(to: other, on: runtime) && $0.covers(mirrored) }
  }

  /// Places at which attempts under comparable circumstances disagree: a warm and a fresh process promise the
  /// same; `PYTHONMALLOC=debug` changes what freed memory holds, so a difference there is a finding, no flicker.
  static func unsteadyPlaces(_ attempts: [(Circumstances, [Divergence])]) -> Set<Divergence.Place> {
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
    case (let entry?, true): entry.flickers || entry.observed.count > 1 || entry.comesAndGoes ? .known : .flaky
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

  /// What is expected where the ledger alone says that a value is wrong.
  private static let another = "another value"

  private static func fixedFinding(_ entry: LedgerEntry, answer: Answer?, _ circumstances: [Circumstances]) -> Finding {
    let now = entry.label.flatMap { answer?[$0]?.value } ?? answer?.outcome.description ?? Divergence.absent
    return finding(
      entry, .fixed, observed: now, expected: entry.observed.joined(separator: " or "), circumstances)
  }

  private static func finding(
    _ entry: LedgerEntry, _ verdict: Verdict, observed: String, expected: String, _ circumstances: [Circumstances]
  ) -> Finding {
    let unique = circumstances.reduce(into: [Circumstances]()) { if !$0.contains($1) { $0.append($1) } }
    return Finding(
      divergence: Divergence(
        label: entry.label, facet: entry.facet, observed: observed, expected: expected,
        oracle: .expectation(source: "ledger, \(entry.origin)")),
      verdict: verdict, reason: entry.reason, link: entry.link, circumstances: unique)
  }

  private static func worst(of findings: [Finding]) -> Verdict {
    let verdicts = Set(findings.map(\.verdict))
    return [.new, .flaky, .fixed, .known].first(where: verdicts.contains) ?? .conforming
  }
}
