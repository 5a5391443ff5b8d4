import Comparing
import Model

/// A cell in one run, as far as comparing two runs needs it.
public struct CellState: Hashable, Sendable {
  public var outcome: Outcome
  public var verdict: Verdict
  public var findings: [Finding]
  /// The exception's text, the compiler's first error, or why nothing was tried.
  public var message: String?

  public init(outcome: Outcome, verdict: Verdict, findings: [Finding] = [], message: String? = nil) {
    self.outcome = outcome
    self.verdict = verdict
    self.findings = findings
    self.message = message
  }

  /// Whether it says anything: neither the run stopped before it, nor in the middle of its scenario.
  public var isKnown: Bool {
    outcome != .notRun && (verdict != .notJudged || outcome.isSkip)
  }

  /// Whether it says something of the runtime.
  public var saysSomething: Bool { isKnown && EnvironmentTrouble.sign(in: self) == nil }

  /// What it diverges in. A ledger entry that no longer holds is no divergence.
  public var traces: Set<Divergence.Trace> {
    Set(findings.filter { $0.verdict != .fixed }.map(\.divergence.trace))
  }
}

/// What kept a cell from being tried, where that is the machine and no runtime.
public enum EnvironmentTrouble {
  /// The sign in what a cell said of its end; nil where it ended for a reason of its own.
  public static func sign(in state: CellState) -> String? {
    switch state.outcome {
    case .harnessFailed: state.message ?? state.outcome.description
    // A compiler's messages were read when it had failed (`Building`): what is left quotes the case's own C. Runs of
    // earlier programs are in the database as they were, with the compiler's own words.
    case .notBuilt:
      state.message.flatMap { MachineFault.line(inMessagesOfCompiler: $0) }
        .map { MachineFault.sign(in: $0) ?? $0 }
    case .notLoadable, .invalid, .raised, .workerLost: state.message.flatMap { MachineFault.sign(in: $0) }
    default: nil
    }
  }
}
