import Model

/// What a cell of the miniature suite has to come to.
struct Expectation: Hashable, Sendable {
  /// How it may end, and with which verdict; the first of each is what it comes to on an ordinary machine.
  var outcomes: [Outcome]
  var verdicts: [Verdict]
  /// What kind of fact its findings are about; nil where it has none.
  var facet: Facet?

  init(_ outcomes: Outcome..., verdicts: [Verdict] = [.new], facet: Facet? = .outcome) {
    self.outcomes = outcomes
    self.verdicts = verdicts
    self.facet = facet
  }

  /// Of a cell with which nothing is wrong.
  static let conforming = Expectation(.completed, verdicts: [.conforming], facet: nil)

  /// Whether a stored result is that.
  func isMet(by result: StoredAnswer) -> Bool {
    outcomes.contains(result.outcome) && verdicts.contains(result.verdict)
      && result.facets == (facet.map { [$0] } ?? [])
  }

  /// “crashed SIGSEGV”, new (outcome).
  var description: String {
    let ends = outcomes.map { "“\($0)”" }.joined(separator: " or ")
    let words = verdicts.map(\.rawValue).joined(separator: " or ")
    return "\(ends), \(words)" + (facet.map { " (\($0.rawValue))" } ?? "")
  }
}

/// What was stored of a cell, as far as an expectation speaks of it.
struct StoredAnswer: Hashable, Sendable {
  var outcome: Outcome
  var verdict: Verdict
  /// Of its findings.
  var facets: Set<Facet>

  var description: String {
    let places = facets.map(\.rawValue).sorted().joined(separator: ", ")
    return "“\(outcome)”, \(verdict.rawValue)" + (places.isEmpty ? "" : " (\(places))")
  }
}

/// A run of the miniature suite.
enum Part: Hashable, Sendable, CaseIterable {
  /// The scratch folder can't be made, so nothing can be tried: a fault of the machine.
  case machine
  /// On the same machine when it is healthy, taking over what may be taken over.
  case faults
  /// With little time.
  case time

  /// The suite or case that it runs.
  var pattern: String {
    switch self {
    case .machine: "faults/controls"
    case .faults: "faults"
    case .time: "time"
    }
  }
}

/// Something that is wrong, and has to be noticed.
struct Fault: Hashable, Sendable {
  var part: Part
  var scenario: ScenarioID
  /// What is wrong, for people.
  var title: String
  var expectation: Expectation
  /// Where it shows.
  var lanes: Set<Lane>
  var needs: Need

  /// What it can't be asked without.
  enum Need: Hashable, Sendable {
    case nothing
    /// The runtime tells how often an object is referenced.
    case referenceCounts
    /// Cells can signal what runs them.
    case reach
  }

  /// Why it can't be asked of a runtime; nil when it can.
  func obstacle(on runtime: Runtime, isSandboxed: Bool) -> String? {
    switch needs {
    case .nothing: nil
    case .referenceCounts:
      runtime.implementation == "cpython" ? nil : "\(runtime.product) does not count references"
    case .reach: isSandboxed ? "in a sandbox, a cell can't signal its worker" : nil
    }
  }
}
