import History
import Model
import Storing

extension ReportDocument.Headline {
  /// The sentence to read first, and what else there is to say.
  ///
  /// - Parameter counts: what the run's results come to.
  init(_ changes: RunChanges, _ entries: [ReportDocument.Entry], _ counts: ResultCounts) {
    let needed = entries.filter(\.needsAttention)
    let unreached = changes.cells.count { $0.change == .notRun }
    let broken = changes.cells.count { $0.change == .environmentBroken }
    level =
      !needed.isEmpty
      ? .attention
      : !counts.broken.isEmpty
        ? .broken
        : broken > 0 || !counts.unconfirmed.isEmpty || !changes.run.missing.isEmpty || changes.run.state != .finished
          ? .environment : counts.unexplained > 0 ? .unexplained : .calm
    unexplained = counts.unexplained
    let since = changes.baseline.map { "since run \(Words.run($0.uuid, $0.started))" }
    let isPartial = level == .broken || level == .environment
    text = Self.text(unexplained, since: since, new: needed.isEmpty ? nil : Self.listed(needed), isPartial: isPartial)
    details = Self.quiet.compactMap { change, one, many in
      let some = entries.filter { $0.change == change && !$0.needsAttention }
      if some.isEmpty { return nil }
      let oldest = change == .stillNew ? some.compactMap(\.since).min { $0.started < $1.started } : nil
      let when = oldest.map { ", the oldest since run \(Words.run($0.run, $0.started))" } ?? ""
      return "\(some.count) \(some.count == 1 ? one : many)\(when)."
    }
    details += counts.broken.map { "Your case is broken: \($0.reason.split(separator: "\n").first ?? "")." }
    details += counts.lacking.map {
      "The machine lacked something for \(Words.number($0.cells, "cell")): \($0.reason)."
    }
    if broken > 0 { details.append("\(Words.number(broken, "cell")) could not be tried: a fault of the machine.") }
    details += changes.run.missing.map { "A runtime is missing: \($0)." }
    if unreached > 0 {
      let words = unreached == 1 ? ("was", "it has") : ("were", "they have")
      details.append(
        "\(Words.number(unreached, "cell")) of the baseline \(words.0) not run, so \(words.1) no result.")
    }
  }

  /// Says why no hierarchies were generated, where some should have been.
  public mutating func add(unexplored reason: String) {
    if [.calm, .unexplained].contains(level) { level = .environment }
    details.append("No hierarchies could be generated: \(reason).")
  }

  /// Says what an exploration found: kinds that none found before are an alarm; others were one once.
  mutating func add(_ exploration: ExplorationDocument) {
    let (never, old) = (exploration.neverSeen.count, exploration.new.count - exploration.neverSeen.count)
    if never > 0 {
      level = .attention
      text += "; generated hierarchies show \(Words.number(never, "new kind")) of difference"
    } else if old > 0 {
      if level == .calm { level = .unexplained }
      text +=
        "; generated hierarchies show \(Words.number(old, "kind")) of difference without a cause, none of them new"
    }
    if level == .calm, !exploration.failures.isEmpty || exploration.interrupted { level = .environment }
    if never > 0, old > 0 {
      details.append(
        "\(Words.number(old, "earlier kind")) of difference \(old == 1 ? "is" : "are") still without a cause.")
    }
    details += exploration.failures.sorted { $0.key < $1.key }.map {
      "Some hierarchies could not be tried on \($0): \($1)."
    }
  }

  /// The sentence about a run, the same wherever it is told.
  ///
  /// - Throws: `Problem` when the database can't be read.
  static func text(about run: StoredRun, _ counts: ResultCounts, in store: Store) throws -> String {
    // Only a run of a series has a baseline, which takes a look at two runs.
    if run.series != nil {
      return try ReportDocument(run, baseline: store.usualBaseline(of: run), in: store).headline.text
    }
    let isPartial = !counts.broken.isEmpty || !counts.lacking.isEmpty || !run.missing.isEmpty || run.state != .finished
    let hasNew = counts[.new] + counts[.fixed] > 0
    return text(counts.unexplained, since: nil, new: nil, isPartial: isPartial && !hasNew)
  }

  private static func text(_ unexplained: Int, since: String?, new: String?, isPartial: Bool) -> String {
    let state =
      unexplained == 0
      ? "Nothing is unexplained" : "\(Words.number(unexplained, "cell")) \(unexplained == 1 ? "is" : "are") unexplained"
    let said =
      switch (since, new) {
      case (nil, _): "\(state) (there is no baseline)"
      case (let since?, nil): "\(state)\(unexplained == 0 ? ", and nothing is new" : ", and none is new") \(since)"
      case (let since?, let new?): "\(state); \(since): \(new)"
      }
    return said + (isPartial ? "; not everything was tried" : "")
  }

  /// Changes that nobody has to look at, in words for one and for several.
  private static let quiet: [(CellChange, String, String)] = [
    (.stillNew, "earlier divergence is still not in the ledger", "earlier divergences are still not in the ledger"),
    (.fixed, "divergence is fixed", "divergences are fixed"),
    (.better, "divergence is gone while others remain", "divergences are gone while others remain"),
    (.stillFixed, "ledger entry still does not hold", "ledger entries still do not hold"),
    (.newlyKnown, "other difference is in the ledger", "other differences are in the ledger"),
    (.flaky, "answer varies and is not reported as new", "answers vary and are not reported as new"),
  ]

  /// Changes that somebody has to look at, in words for one and for several.
  private static let alarming: [(CellChange, String, String)] = [
    (.newlyCrashing, "new crash", "new crashes"), (.worse, "divergence got worse", "divergences got worse"),
    (.newDivergence, "new divergence", "new divergences"),
    (.noLongerBuilt, "scenario no longer builds or loads", "scenarios no longer build or load"),
    (.newlyUnsupported, "cell no longer supported", "cells no longer supported"),
    (.fixed, "ledger entry no longer holds", "ledger entries no longer hold"),
    (.added, "divergence in an added scenario", "divergences in added scenarios"),
    (.changed, "divergence in a changed scenario", "divergences in changed scenarios"),
    (.newlyBuilt, "divergence in a scenario that builds again", "divergences in scenarios that build again"),
    (.newlySupported, "divergence in a newly supported cell", "divergences in newly supported cells"),
    (.better, "remaining divergence", "remaining divergences"),
  ]

  /// `2 new divergences, 1 new crash in 2 scenarios`.
  private static func listed(_ entries: [ReportDocument.Entry]) -> String {
    // One entry stands for all cells that a runtime lost.
    let narrow = entries.filter { $0.change != .newlyUnsupported }
    let scenarios = Set(narrow.map(\.scenario)).count
    return alarming.compactMap { change, one, many in
      let some = entries.filter { $0.change == change }
      let count = change == .newlyUnsupported ? some.reduce(0) { $0 + $1.cells.count } : some.count
      return count == 0 ? nil : "\(count) \(count == 1 ? one : many)"
    }.joined(separator: ", ") + (scenarios < narrow.count ? " in \(Words.number(scenarios, "scenario"))" : "")
  }
}

extension ReportDocument {
  /// What a reader should know before believing the rest.
  static func notes(_ changes: RunChanges) -> [String] {
    let run = changes.run
    var notes: [String] = []
    if run.state != .finished {
      let known = changes.cells.count { $0.after?.isKnown ?? false }
      notes.append("This run \(ending(run)): \(known) of \(run.planned) cells have a result.")
    }
    if !run.scope.isEmpty { notes.append("This run was restricted to \(run.scope).") }
    guard let baseline = changes.baseline else {
      return notes + ["There is no baseline: everything unexplained is listed."]
    }
    if baseline.state != .finished {
      notes.append(
        "The baseline \(ending(baseline)). Cells that it did not reach are compared with the last earlier run that "
          + "reached them.")
    }
    if baseline.scope != run.scope {
      let (scope, own) = (baseline.scope, run.scope.isEmpty ? "is not restricted" : "is restricted otherwise")
      notes.append("The baseline was \(scope.isEmpty ? "not restricted" : "restricted to \(scope)"); this run \(own).")
    }
    let (before, after) = (Set(baseline.runtimes.map(\.name)), Set(run.runtimes.map(\.name)))
    if before != after {
      let parts = [
        (after.subtracting(before), "new here"), (before.subtracting(after), "only in the baseline"),
      ].filter { !$0.0.isEmpty }.map { "\($0.0.sorted().joined(separator: ", ")) \($0.1)" }
      notes.append("The baseline had other runtimes: \(parts.joined(separator: "; ")).")
    }
    if run.isBefore(baseline) {
      notes.append("The baseline is later than this run.")
    } else if run.started < baseline.started {
      notes.append(
        "The clock was set back between the baseline (\(baseline.started)) and this run (\(run.started)); runs are "
          + "ordered as they were recorded.")
    }
    if changes.history.contains(where: { $0.started > run.started && $0.id != run.id && $0.id != baseline.id }) {
      notes.append(
        "Some earlier runs have a later time than this one: a clock jumped. Runs are ordered as they were recorded.")
    }
    if let earlier = baseline.harness, let later = run.harness, earlier != later {
      notes.append("The baseline was made by another build of hpy-conform.")
    }
    return notes
  }

  private static func ending(_ run: StoredRun) -> String {
    run.state == .interrupted ? "was interrupted" : "never ended (it was killed, or still runs)"
  }
}
