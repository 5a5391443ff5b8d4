import Foundation
import Judging
import Model
import Storing

/// The sentences of a report.
enum ReportWords {
  /// The sentence to read first, and what else there is to say.
  static func headline(_ changes: RunChanges, _ entries: [ReportDocument.Entry]) -> ReportDocument.Headline {
    let needed = entries.filter(\.needsAttention)
    let unreached = changes.cells.count { $0.change == .notRun }
    let broken = changes.cells.count { $0.change == .environmentBroken }
    let level: ReportDocument.Level =
      !needed.isEmpty
      ? .attention
      : broken > 0 || !changes.run.missing.isEmpty || changes.run.state != "finished" ? .environment : .calm
    let since = changes.baseline.map { "since run \(name($0))" } ?? "no earlier run to compare with"
    let text: String
    if !needed.isEmpty {
      text = "\(listed(needed)) \(changes.baseline == nil ? "(\(since))" : since)"
    } else if level == .environment {
      text = "Nothing new was seen \(since), but not everything was tried"
    } else {
      text = changes.baseline == nil ? "Nothing that the ledger lacks (\(since))" : "Nothing new \(since)"
    }
    var details: [String] = []
    func tell(_ change: CellChange, _ words: (String, String), attention: Bool = false) {
      let some = entries.filter { $0.change == change && $0.needsAttention == attention }
      if some.isEmpty { return }
      let oldest = some.compactMap(\.since).min { $0.started < $1.started }
      let when =
        change == .stillNew ? oldest.map { ", the oldest since run \($0.run.prefix(8)) of \(day($0.started))" } : nil
      details.append("\(some.count) \(some.count == 1 ? words.0 : words.1)\(when ?? "").")
    }
    tell(
      .stillNew, ("earlier divergence is still not in the ledger", "earlier divergences are still not in the ledger"))
    tell(.fixed, ("divergence is fixed", "divergences are fixed"))
    tell(.better, ("divergence is gone where others stay", "divergences are gone where others stay"))
    tell(.stillFixed, ("ledger entry still does not hold", "ledger entries still do not hold"))
    tell(.newlyKnown, ("difference is one that the ledger knows", "differences are ones that the ledger knows"))
    tell(.flaky, ("answer comes and goes, and alarms nobody", "answers come and go, and alarm nobody"))
    if broken > 0 { details.append("\(number(broken, "cell")) could not be tried: the machine is to blame.") }
    for reason in changes.run.missing { details.append("A runtime is missing: \(reason).") }
    if unreached > 0 {
      let words = unreached == 1 ? ("was", "it") : ("were", "them")
      details.append(
        "\(number(unreached, "cell")) of the baseline \(words.0) not run: nothing is known of \(words.1).")
    }
    return ReportDocument.Headline(level: level, text: text, details: details)
  }

  /// `2 new divergences, 1 newly crashing`.
  private static func listed(_ entries: [ReportDocument.Entry]) -> String {
    let words: [(CellChange, String, String)] = [
      (.newlyCrashing, "new crash", "new crashes"), (.worse, "divergence got worse", "divergences got worse"),
      (.newDivergence, "new divergence", "new divergences"),
      (.noLongerBuilt, "scenario no longer builds or loads", "scenarios no longer build or load"),
      (.newlyUnsupported, "", ""),
      (.fixed, "ledger entry no longer holds", "ledger entries no longer hold"),
      (.added, "divergence in what was not there before", "divergences in what was not there before"),
      (.changed, "divergence in a changed scenario", "divergences in changed scenarios"),
      (.newlyBuilt, "divergence in what builds again", "divergences in what builds again"),
      (.newlySupported, "divergence in what is newly supported", "divergences in what is newly supported"),
      (.better, "divergence left", "divergences left"),
    ]
    let scenarios = Set(entries.filter { $0.change != .newlyUnsupported }.map(\.scenario)).count
    let narrow = entries.count { $0.change != .newlyUnsupported }
    let places = scenarios < narrow ? " in \(number(scenarios, "scenario"))" : ""
    return words.compactMap { change, one, many in
      let some = entries.filter { $0.change == change }
      if change == .newlyUnsupported, !some.isEmpty {
        return "\(number(some.reduce(0) { $0 + $1.cells.count }, "cell")) no longer supported"
      }
      let count = some.count
      return count == 0 ? nil : "\(count) \(count == 1 ? one : many)"
    }.joined(separator: ", ") + places
  }

  /// `1a2b3c4d of 2026-11-25`.
  static func name(_ run: StoredRun) -> String { "\(run.uuid.prefix(8)) of \(day(run.started))" }

  private static func day(_ started: String) -> String { String(started.prefix(10)) }

  static func number(_ count: Int, _ noun: String) -> String { ComparisonWords.number(count, noun) }

  // MARK: Notes

  /// What a reader should know before believing the rest.
  static func notes(_ changes: RunChanges) -> [String] {
    let (run, baseline) = (changes.run, changes.baseline)
    var notes: [String] = []
    if run.state != "finished" {
      notes.append(
        "This run \(ending(run)): \(changes.cells.count { $0.after?.isKnown ?? false }) of \(run.planned) cells are known."
      )
    }
    if let scope = run.scope, !scope.isEmpty { notes.append("This run was restricted to \(scope).") }
    guard let baseline else { return notes + ["There is no baseline yet: all that the ledger lacks is told."] }
    if baseline.state != "finished" {
      notes.append(
        "The baseline \(ending(baseline)). Cells that it did not reach are compared with the last run before that did.")
    }
    if let scope = baseline.scope, scope != run.scope {
      notes.append(
        "The baseline was restricted \(scope.isEmpty ? "to nothing" : "to \(scope)"), this run \((run.scope ?? "").isEmpty ? "to nothing" : "otherwise")."
      )
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
        "The clock was set back between the baseline (\(baseline.started)) and this run (\(run.started)); runs are ordered as they were recorded."
      )
    }
    if changes.history.contains(where: { $0.started > run.started && $0.id != run.id && $0.id != baseline.id }) {
      notes.append(
        "Some earlier runs bear a later time than this one: a clock jumped. Runs are ordered as they were recorded.")
    }
    if baseline.harness != nil, run.harness != nil, baseline.harness != run.harness {
      notes.append("hpy-conform itself is another build than in the baseline.")
    }
    return notes
  }

  private static func ending(_ run: StoredRun) -> String {
    run.state == "interrupted" ? "was interrupted" : "never ended (it was killed, or still runs)"
  }
}
