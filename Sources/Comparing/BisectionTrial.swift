import Model

/// What was learned of one candidate of a bisection.
public struct BisectionTrial: Hashable, Sendable {
  /// Why the cell could not be tried there; nil when it was.
  public var skip: String?
  /// What the cell's interpreter is; nil where there was none.
  public var runtime: Runtime?
  /// Of the first try.
  public var outcome: Outcome
  /// Of all tries, each once. A ledger entry that no longer holds is no divergence, and so not among them.
  public var findings: [Finding] = []
  /// What the cell recorded, in one attempt at least.
  public var labels: Set<String> = []
  /// Attempts disagree.
  public var flickers = false
  /// How many runs tried it for this question, one that took its answer over among them.
  public var tries = 0
  /// UUID of the run that the findings are in, the latest one that has some.
  public var run: String?
  /// UUID of the run that made the attempts; nil when they were made now.
  public var reusedFrom: String?
  private var first: Answer?

  /// A candidate that can't be tried.
  public init(skip: String, runtime: Runtime? = nil) {
    self.skip = skip
    self.runtime = runtime
    outcome = .notRun
  }

  /// A candidate that was tried once.
  public init(_ result: CellResult, run: String, runtime: Runtime) {
    outcome = result.attempts.first?.answer.outcome ?? .notRun
    self.runtime = runtime
    reusedFrom = result.reusedFrom
    add(result, run: run)
  }

  /// Adds a further try.
  public mutating func add(_ result: CellResult, run: String) {
    tries += 1
    let found = result.judgement.findings.filter { $0.verdict != .fixed }
    if self.run == nil || !found.isEmpty || findings.isEmpty { self.run = run }
    for finding in found where !findings.contains(where: { $0.divergence.trace == finding.divergence.trace }) {
      findings.append(finding)
    }
    // What PYTHONMALLOC=debug changes is a finding, no flicker.
    for attempt in result.attempts {
      labels.formUnion(attempt.answer.observations.map(\.label))
      if attempt.circumstances == .memoryDebug { continue }
      if let first { flickers = flickers || !first.disagreements(with: attempt.answer).isEmpty }
      first = first ?? attempt.answer
    }
  }
}

/// What is searched for: which of the tried candidates are bad.
///
/// Bad is one where the cell has a finding that the oldest one lacks.
public struct BisectionQuestion: Hashable, Sendable {
  /// Only findings at this label count; nil for all.
  public var label: String?

  public init(label: String? = nil) { self.label = label }

  /// By candidate.
  public func answers(_ trials: [Int: BisectionTrial], count: Int) -> [Int: Bisection.Answer] {
    let asked = asksForBuild(trials, count: count)
    let oldest = baseline(trials, asksForBuild: asked)
    return trials.mapValues { trial in
      if obstacle(to: trial, asksForBuild: asked) != nil { return .skipped }
      return new(trial, beside: oldest).isEmpty ? .good : .bad
    }
  }

  /// The findings for which a candidate is bad.
  public func findings(_ index: Int, _ trials: [Int: BisectionTrial], count: Int) -> [Finding] {
    guard let trial = trials[index] else { return [] }
    return new(trial, beside: baseline(trials, asksForBuild: asksForBuild(trials, count: count)))
  }

  /// Why a candidate says neither good nor bad; nil when it says one.
  public func obstacle(_ index: Int, _ trials: [Int: BisectionTrial], count: Int) -> String? {
    trials[index].flatMap { obstacle(to: $0, asksForBuild: asksForBuild(trials, count: count)) }
  }

  /// Where the newest one isn't built, it is this that is searched for; elsewhere it is in the way.
  private func asksForBuild(_ trials: [Int: BisectionTrial], count: Int) -> Bool {
    label == nil && trials[count - 1].map { $0.skip == nil && $0.outcome == .notBuilt } ?? false
  }

  private func obstacle(to trial: BisectionTrial, asksForBuild: Bool) -> String? {
    if let skip = trial.skip { return skip }
    if trial.outcome == .notBuilt, !asksForBuild { return "the case can't be built" }
    if let label, !trial.outcome.ran, !trial.labels.contains(label) {
      return "the cell ends before “\(label)”: \(trial.outcome)"
    }
    return nil
  }

  private func baseline(_ trials: [Int: BisectionTrial], asksForBuild: Bool) -> BisectionTrial? {
    trials.keys.sorted().lazy.compactMap { trials[$0] }.first { obstacle(to: $0, asksForBuild: asksForBuild) == nil }
  }

  private func new(_ trial: BisectionTrial, beside oldest: BisectionTrial?) -> [Finding] {
    trial.findings.filter { finding in
      (label == nil || finding.divergence.label == label)
        && !(oldest?.findings ?? []).contains { $0.divergence.trace == finding.divergence.trace }
    }
  }
}
