import Judging
import Model

extension ScenarioID {
  /// `s/c/n`, or another one of that case.
  public static func sample(_ name: String = "n") -> ScenarioID { ScenarioID(suite: "s", testCase: "c", name: name) }
}

extension CellID {
  /// A cell of `s/c/n`, or of another scenario of that case.
  ///
  /// - Parameter home: name of the runtime that the binary is built for, where it is not the one that loads it.
  public static func sample(
    _ lane: Lane = .universal, home: String? = nil, on runtime: String = "cpython", scenario: String = "n"
  ) -> CellID {
    CellID(scenario: .sample(scenario), lane: lane, home: home, runtime: runtime)
  }
}

extension Load {
  /// A binary on a runtime, built for it, or for another one.
  public static func sample(
    _ lane: Lane = .universal, home: Runtime? = nil, on runtime: Runtime = .sample()
  ) -> Load {
    Load(Binary(lane.flavour, home: home ?? runtime), on: runtime, mode: lane.mode)
  }
}

extension Observation {
  /// A fact that a scenario recorded. `raised TypeError` is one of an exception.
  public static func fact(
    _ value: String, _ label: String = "x", facet: Facet = .value, message: String? = nil
  ) -> Observation {
    let exception = value.hasPrefix("raised ") ? String(value.dropFirst("raised ".count)) : nil
    return Observation(label: label, facet: facet, value: value, exception: exception, message: message)
  }

  /// A fact of which a document promises one of some values.
  public static func promised(
    _ value: String, _ expected: String..., label: String = "x", facet: Facet = .value
  ) -> Observation {
    Observation(label: label, facet: facet, value: value, expected: expected, source: "document")
  }
}

extension Answer {
  /// What a cell answered: facts, and how it ended. A broken promise among them does not change the end by itself.
  public static func sample(
    _ observations: [Observation] = [], _ outcome: Outcome = .completed, message: String? = nil
  ) -> Answer {
    Answer(outcome: outcome, message: message, observations: observations)
  }
}

extension Attempt {
  /// One try, in a warm process unless told otherwise.
  public static func sample(
    _ observations: [Observation] = [], _ outcome: Outcome = .completed, message: String? = nil,
    _ circumstances: Circumstances = .warm, attachments: [String: String] = [:]
  ) -> Attempt {
    Attempt(
      circumstances: circumstances, answer: .sample(observations, outcome, message: message),
      attachments: attachments)
  }
}

extension TriedCell {
  /// A cell of `s/c/n` that was tried once, or as often as there are attempts.
  public static func sample(_ load: Load = .sample(), _ attempts: Attempt...) -> TriedCell {
    TriedCell(.sample(), load, attempts: attempts.isEmpty ? [.sample()] : attempts)
  }
}

extension Divergence {
  /// A value, or with no label an end, that is not what a document promises.
  ///
  /// - Parameter facet: by default that of a value, or of an end where there is no label.
  public static func sample(
    _ observed: String = "2", label: String? = "x", facet: Facet? = nil, expected: String = "1"
  ) -> Divergence {
    Divergence(
      label: label, facet: facet ?? (label == nil ? .outcome : .value), observed: observed, expected: expected,
      oracle: .expectation(source: "document"))
  }
}

extension Finding {
  /// A divergence with what the ledger says of it; a known one has a reason and a link.
  public static func sample(
    _ observed: String = "2", label: String? = "x", facet: Facet? = nil, _ verdict: Verdict = .new,
    reason: String = "reason", link: String = "link"
  ) -> Finding {
    Finding(
      divergence: .sample(observed, label: label, facet: facet), verdict: verdict,
      reason: verdict == .known ? reason : nil, link: verdict == .known ? link : nil, circumstances: [.warm])
  }
}
