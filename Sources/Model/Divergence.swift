/// A difference between what a cell answers and what it should.
public struct Divergence: Hashable, Sendable, Codable {
  /// What says that the cell should have answered otherwise.
  public enum Oracle: Hashable, Sendable, Codable {
    /// A document: what it promises, and where.
    case expectation(source: String)
    /// Another cell that answered otherwise.
    case reference(CellID)

    /// The document; nil where a cell says it.
    public var source: String? {
      if case .expectation(let source) = self { source } else { nil }
    }

    /// The cell; nil where a document says it.
    public var reference: CellID? {
      if case .reference(let cell) = self { cell } else { nil }
    }
  }

  /// The label at which it stands; nil for the outcome of the whole cell.
  public var label: String?
  public var facet: Facet
  /// What the cell answered.
  public var observed: String
  /// What the oracle says; several promised values are joined by ` or `.
  public var expected: String
  public var oracle: Oracle

  public init(label: String?, facet: Facet, observed: String, expected: String, oracle: Oracle) {
    self.label = label
    self.facet = facet
    self.observed = observed
    self.expected = expected
    self.oracle = oracle
  }

  /// The text for a label that one of two cells did not record.
  public static let absent = "(not recorded)"

  /// The place of a divergence: what the ledger and two attempts are matched by, before the observed value.
  public struct Place: Hashable, Sendable, Codable {
    public var label: String?
    public var facet: Facet

    public init(label: String?, facet: Facet) {
      self.label = label
      self.facet = facet
    }
  }

  public var place: Place { Place(label: label, facet: facet) }

  /// A divergence by its place and what was answered there, whatever oracle spoke: what attempts, runs and candidates
  /// are compared by.
  public struct Trace: Hashable, Sendable {
    public var place: Place
    public var observed: String

    public init(place: Place, observed: String) {
      self.place = place
      self.observed = observed
    }
  }

  public var trace: Trace { Trace(place: place, observed: observed) }
}

/// What the ledger makes of a cell.
public enum Verdict: String, Hashable, Sendable, Codable, CaseIterable {
  case conforming
  /// Every divergence is in the ledger.
  case known
  /// A divergence that the ledger doesn't have.
  case new
  /// A ledger entry that no longer holds.
  case fixed
  /// Attempts under the same circumstances disagree, and the ledger has no set of answers for it.
  case flaky
  /// It ran to its end, and nothing says what it should have recorded: no expectation, and no other cell.
  case notCompared = "not compared"
  /// Nothing was tried: unsupported, not applicable, or the run stopped before.
  case notJudged = "not judged"

  /// Whether someone has to look.
  public var needsAttention: Bool { self == .new || self == .fixed || self == .flaky }

  /// Whether something is said against what the cell answers, be it known or not.
  public var isBlame: Bool { self == .known || needsAttention }
}

/// One divergence of a cell with what the ledger says of it.
public struct Finding: Hashable, Sendable, Codable {
  public var divergence: Divergence
  public var verdict: Verdict
  /// Reason and link of the ledger entry; nil when there is none.
  public var reason: String?
  public var link: String?
  /// Under which circumstances it was seen.
  public var circumstances: [Circumstances]

  public init(
    divergence: Divergence, verdict: Verdict, reason: String? = nil, link: String? = nil,
    circumstances: [Circumstances]
  ) {
    self.divergence = divergence
    self.verdict = verdict
    self.reason = reason
    self.link = link
    self.circumstances = circumstances
  }
}

/// The judgement of one cell.
public struct Judgement: Hashable, Sendable, Codable {
  public var verdict: Verdict
  public var findings: [Finding]
  /// Only in portability views.
  public var portability: PortabilityJudgement?

  public init(verdict: Verdict, findings: [Finding] = [], portability: PortabilityJudgement? = nil) {
    self.verdict = verdict
    self.findings = findings
    self.portability = portability
  }
}

/// A cell with all that is known of it at the end.
public struct CellResult: Hashable, Sendable, Codable {
  public var cell: CellID
  public var attempts: [Attempt]
  public var judgement: Judgement
  /// Of everything that the attempts depend on; nil where a later run must not take them over.
  public var input: ContentKey?
  /// UUID of the run that made the attempts; nil when this one did.
  public var reusedFrom: String?

  public init(
    cell: CellID, attempts: [Attempt], judgement: Judgement, input: ContentKey? = nil, reusedFrom: String? = nil
  ) {
    self.cell = cell
    self.attempts = attempts
    self.judgement = judgement
    self.input = input
    self.reusedFrom = reusedFrom
  }
}
