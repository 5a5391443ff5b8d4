import Model
import TestBuilders
import Testing

@testable import Judging

@Suite("What became of a cell between two runs")
struct TransitionTests {
  private static func finding(_ observed: String, _ verdict: Verdict, label: String? = "x") -> Finding {
    .sample(observed, label: label, verdict)
  }

  private static func state(
    _ outcome: Outcome = .completed, _ verdict: Verdict = .conforming, _ findings: [Finding] = [],
    message: String? = nil
  ) -> CellState {
    CellState(outcome: outcome, verdict: verdict, findings: findings, message: message)
  }

  private static let fine = state()
  private static let known = state(.completed, .known, [finding("2", .known)])
  private static let new = state(.completed, .new, [finding("2", .new)])
  private static let otherNew = state(.completed, .new, [finding("3", .new)])
  private static let both = state(.completed, .new, [finding("2", .new), finding("2", .new, label: "y")])
  private static let crash = state(
    .crashed(signal: "SIGSEGV"), .new, [finding("crashed SIGSEGV", .new, label: nil)])
  private static let knownCrash = state(
    .crashed(signal: "SIGSEGV"), .known, [finding("crashed SIGSEGV", .known, label: nil)])
  private static let uncompared = state(.completed, .notCompared)
  private static let stale = state(.completed, .fixed, [finding("1", .fixed)])
  private static let flaky = state(.completed, .flaky, [finding("2", .flaky)])
  private static let notBuilt = state(
    .notBuilt, .new, [finding("not built", .new, label: nil)], message: "error: expected ‘;’")
  private static let diskFull = state(
    .notBuilt, .new, [finding("not built", .new, label: nil)],
    message: "cc1: fatal error: error writing to /tmp/x.s: No space left on device")
  private static let unsupported = state(.unsupported, .notJudged, message: "no hpy")
  private static let inapplicable = state(.notApplicable, .notJudged, message: "a document")
  private static let stopped = state(.notRun, .notJudged)
  /// Answered, but the run ended before its scenario was judged.
  private static let halfway = state(.completed, .notJudged)

  @Test(
    "without a change of the scenario",
    arguments: [
      (fine, fine, .unchanged), (known, known, .stillKnown), (new, new, .stillNew), (new, known, .stillKnown),
      (known, new, .newDivergence), (stale, stale, .stillFixed), (fine, stale, .fixed), (known, stale, .fixed),
      (fine, new, .newDivergence), (fine, known, .newlyKnown), (fine, crash, .newlyCrashing),
      (known, crash, .newlyCrashing), (fine, knownCrash, .newlyKnown), (knownCrash, crash, .newDivergence),
      (knownCrash, new, .worse), (new, both, .worse), (both, new, .better), (new, otherNew, .worse),
      (otherNew, known, .newlyKnown), (known, fine, .fixed), (new, fine, .fixed), (crash, fine, .fixed),
      (fine, flaky, .flaky), (new, flaky, .flaky), (flaky, fine, .fixed),
      (fine, notBuilt, .noLongerBuilt), (notBuilt, notBuilt, .stillNew), (notBuilt, fine, .newlyBuilt),
      (notBuilt, new, .newlyBuilt), (fine, unsupported, .newlyUnsupported), (unsupported, unsupported, .stillSkipped),
      (inapplicable, unsupported, .stillSkipped), (unsupported, fine, .newlySupported),
      (fine, diskFull, .environmentBroken), (new, diskFull, .environmentBroken),
      (known, uncompared, .unchanged), (uncompared, fine, .unchanged), (uncompared, new, .newDivergence),
      (fine, stopped, .notRun), (fine, halfway, .notRun), (new, nil, .notRun), (nil, nil, .notRun),
      (nil, fine, .added), (nil, new, .added), (nil, flaky, .flaky), (stopped, fine, .added), (diskFull, new, .added),
    ] as [(CellState?, CellState?, CellChange)])
  func same(before: CellState?, after: CellState?, expected: CellChange) {
    #expect(Transition(before: before, after: after).change == expected)
  }

  @Test(
    "where the scenario changed, nothing is called a regression of the runtime",
    arguments: [
      (.changed, fine, fine, .unchanged), (.changed, new, new, .stillNew), (.changed, fine, new, .changed),
      (.changed, new, fine, .changed), (.changed, fine, crash, .changed), (.changed, fine, notBuilt, .changed),
      (.changed, fine, inapplicable, .changed), (.changed, inapplicable, fine, .changed),
      (.changed, fine, diskFull, .environmentBroken), (.changed, fine, stopped, .notRun),
      (.added, nil, new, .added), (.added, nil, unsupported, .added), (.added, nil, diskFull, .environmentBroken),
      (.removed, new, nil, .removed), (.removed, fine, nil, .removed),
    ] as [(Transition.Scenario, CellState?, CellState?, CellChange)])
  func changed(scenario: Transition.Scenario, before: CellState?, after: CellState?, expected: CellChange) {
    #expect(Transition(before: before, after: after, scenario: scenario).change == expected)
  }

  @Test(
    "an answer that came and went before alarms nobody, one that stands is told as ever",
    arguments: [
      (fine, new, .flaky), (new, fine, .flaky), (fine, crash, .flaky), (new, new, .stillNew), (fine, fine, .unchanged),
      (fine, diskFull, .environmentBroken), (fine, stopped, .notRun),
    ] as [(CellState?, CellState?, CellChange)])
  func wavering(before: CellState?, after: CellState?, expected: CellChange) {
    let transition = Transition(before: before, after: after, wavers: true)
    #expect(transition.change == expected)
    #expect(!transition.needsAttention)
  }

  private static let all: [CellState?] = [
    nil, fine, known, new, otherNew, both, crash, knownCrash, stale, flaky, notBuilt, diskFull, unsupported,
    inapplicable, stopped, halfway,
  ]

  @Test("whatever comes, what did not run never passes, and what was told is not told as new again")
  func invariants() {
    for before in Self.all {
      for after in Self.all {
        for scenario in Transition.Scenario.allCases
        where !(scenario == .added && before != nil || scenario == .removed && after != nil) {
          for wavers in [false, true] {
            let one = Transition(before: before, after: after, scenario: scenario, wavers: wavers)
            let told = "\(String(describing: before)) → \(String(describing: after)), \(scenario), \(one.change)"
            if after?.isKnown != true {
              #expect(one.change == .notRun || one.change == .removed, "\(told)")
            }
            if after.map({ EnvironmentTrouble.sign(in: $0) != nil }) ?? false {
              #expect(one.change == .environmentBroken, "\(told)")
            }
            if one.change == .unchanged || one.change == .fixed && !one.needsAttention {
              #expect(after?.verdict == .conforming || after?.verdict == .flaky, "\(told)")
            }
            if one.needsAttention {
              let wasSaid = before?.saysSomething == true && before == after
              #expect(after?.isKnown == true && !wasSaid, "\(told)")
            }
            if scenario != .same {
              let regressions: [CellChange] = [.newDivergence, .newlyCrashing, .worse, .noLongerBuilt]
              let isRegression = regressions.contains(one.change)
              // The answer is what it was; only the ledger no longer has it.
              #expect(!isRegression || before?.traces == after?.traces, "\(told)")
            }
          }
        }
      }
    }
  }

  @Test("the machine is to blame only for what kept a cell from being tried")
  func environment() {
    #expect(EnvironmentTrouble.sign(in: Self.diskFull) == "No space left on device")
    #expect(EnvironmentTrouble.sign(in: Self.notBuilt) == nil)
    let completed = Self.state(.completed, .new, [Self.finding("No space left on device", .new)])
    #expect(EnvironmentTrouble.sign(in: completed) == nil)
  }
}
