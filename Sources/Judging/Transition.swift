import Model

/// A cell in two runs, with what else decides what its change means. Pure: what the ledger says is in the verdicts.
public struct Transition: Sendable {
  /// What became of the scenario's own text, C and expectations.
  public enum Scenario: Sendable, Hashable, CaseIterable {
    case same
    case changed
    case added
    case removed
  }

  /// In the baseline, or where that says nothing, in the last run before it that does; nil for none. A broken
  /// environment says nothing.
  public var before: CellState?
  /// In the run at hand; nil where it has no such cell.
  public var after: CellState?
  public var scenario: Scenario
  /// Whether the history shows answers that come and go while nothing changed.
  public var wavers: Bool

  public init(before: CellState?, after: CellState?, scenario: Scenario = .same, wavers: Bool = false) {
    self.before = before?.saysSomething == true ? before : nil
    self.after = after?.isKnown == true ? after : nil
    self.scenario = scenario
    self.wavers = wavers
  }

  /// What became of the cell. Whoever is not tried, or tried with another scenario, is no regression.
  public var change: CellChange {
    guard let after else { return scenario == .removed ? .removed : .notRun }
    if EnvironmentTrouble.sign(in: after) != nil { return .environmentBroken }
    guard let before, scenario != .added else {
      return after.verdict == .flaky ? .flaky : .added
    }
    if after.outcome.isSkip { return skipped(before, after) }
    if after.verdict == .flaky { return .flaky }
    if before.outcome.isSkip { return scenario == .same ? .newlySupported : .changed }
    let isSame = before.traces == after.traces && before.outcome == after.outcome
    if isSame { return standing(before, after) }
    if wavers { return .flaky }
    if scenario != .same { return .changed }
    if !before.outcome.isLoaded, after.outcome.isLoaded { return .newlyBuilt }
    return moved(before.traces, after, isCrash: before.outcome.isCrash, wasBuilt: before.outcome.isLoaded)
  }

  /// Whether somebody has to look because of this change: what was told before is not told as new again.
  public var needsAttention: Bool {
    switch change {
    case .newDivergence, .newlyCrashing, .worse, .noLongerBuilt, .newlyUnsupported: true
    case .fixed: after?.verdict == .fixed
    case .added, .changed, .newlyBuilt, .newlySupported, .better: after?.verdict == .new || after?.verdict == .fixed
    case .unchanged, .stillSkipped, .stillKnown, .stillNew, .stillFixed, .newlyKnown, .removed, .environmentBroken,
      .flaky, .notRun:
      false
    }
  }

  private func skipped(_ before: CellState, _ after: CellState) -> CellChange {
    if before.outcome.isSkip { return .stillSkipped }
    return scenario == .same ? .newlyUnsupported : .changed
  }

  private func standing(_ before: CellState, _ after: CellState) -> CellChange {
    switch after.verdict {
    case .known: .stillKnown
    case .new: before.verdict == .new ? .stillNew : .newDivergence
    case .fixed: before.verdict == .fixed ? .stillFixed : .fixed
    case .conforming, .flaky, .notCompared, .notJudged: .unchanged
    }
  }

  private func moved(
    _ earlier: Set<Divergence.Trace>, _ after: CellState, isCrash: Bool, wasBuilt: Bool
  ) -> CellChange {
    let traces = after.traces
    // Nothing was there to compare with, and so nothing is known to be gone.
    if traces.isEmpty { return after.verdict == .notCompared ? .unchanged : .fixed }
    let added = after.findings.filter { $0.verdict != .fixed && !earlier.contains($0.divergence.trace) }
    if !added.contains(where: { $0.verdict == .new }) {
      return added.isEmpty && traces.isStrictSubset(of: earlier) ? .better : .newlyKnown
    }
    if wasBuilt, !after.outcome.isLoaded { return .noLongerBuilt }
    if after.outcome.isCrash, !isCrash { return .newlyCrashing }
    return earlier.isEmpty ? .newDivergence : .worse
  }
}
