import Comparing
import Model

/// A bisection as a value that can be written as JSON, and that its text is made from. Results/README.md documents its
/// shape; a change of it that breaks a reader gets another `version`.
public struct BisectionDocument: Codable, Sendable, Hashable {
  public static let currentVersion = 1

  /// What the candidates are.
  public enum Kind: String, Codable, Sendable {
    case hpy, package, interpreter, commit
  }

  public enum Conclusion: String, Codable, Sendable {
    case firstBad = "first bad"
    /// Those before the first one that is known to be bad can't be tried.
    case range
    case endsAlike = "ends alike"
    case tooFew = "too few can be tried"
    case interrupted
  }

  public var format = "hpy-conform bisect"
  public var version = Self.currentVersion
  public var cell: String
  public var kind: Kind
  /// Only findings at this label counted; nil for all.
  public var label: String?
  public var conclusion: Conclusion
  /// Places in `candidates`, from 0.
  public var lastGood: Int?
  public var firstBad: Int?
  /// Between the two.
  public var untried: [Int] = []
  /// Oldest first.
  public var candidates: [Candidate]
  /// Between the last good one and the first bad one.
  public var changes: [Change] = []
  /// What weakens the answer.
  public var notes: [String]
  /// Commands that look closer.
  public var show: [String] = []
  public var database: String

  public struct Candidate: Codable, Sendable, Hashable {
    public var name: String
    /// A commit's hash, and the first line of its message.
    public var commit: String?
    public var subject: String?
    /// nil for one that the search did not come to.
    public var answer: Bisection.Answer?
    /// Why it was skipped.
    public var reason: String?
    public var outcome: String?
    /// What the cell's interpreter is.
    public var runtime: String?
    /// UUIDs.
    public var run: String?
    public var reusedFrom: String?
    public var tries = 0
    public var flickers = false
    /// All of the cell's.
    public var findings: [Found] = []

    public init(name: String, commit: String? = nil, subject: String? = nil) {
      self.name = name
      self.commit = commit
      self.subject = subject
    }
  }

  public struct Found: Codable, Sendable, Hashable {
    /// nil for the outcome of the whole cell.
    public var label: String?
    public var facet: String
    public var observed: String
    public var expected: String
    /// A document, or the cell that answered otherwise.
    public var oracle: String
    public var verdict: String
    /// The oldest one lacks it: for this a candidate is bad.
    public var isNew: Bool
  }

  /// Something that differs between the last good one and the first bad one.
  public struct Change: Codable, Sendable, Hashable {
    public var what: String
    public var lastGood: String
    public var firstBad: String
  }
}

extension BisectionDocument {
  /// - Parameters:
  ///   - candidates: their names, the oldest first; the rest is filled in.
  ///   - conclusion: nil for a search that was interrupted.
  public init(
    _ cell: CellID, kind: Kind, candidates: [Candidate], question: BisectionQuestion,
    trials: [Int: BisectionTrial], bisection: Bisection, notes: [String] = [], database: String,
    showsDatabase: Bool = false
  ) {
    self.cell = cell.description
    self.kind = kind
    label = question.label
    self.notes = notes
    self.database = database
    self.candidates = Self.filled(candidates, by: trials, question)
    conclusion = .interrupted
    if case .done(let end) = bisection.step { conclude(end) }
    show = [firstBad, lastGood].compactMap { $0.flatMap { self.candidates[$0].run } }.map {
      ShellCommand.show(cell.description, run: $0, database: showsDatabase ? database : nil)
    }
    if let lastGood, let firstBad, let old = trials[lastGood]?.runtime, let new = trials[firstBad]?.runtime {
      changes = changes(old, new)
    }
    self.notes += ownNotes(question)
  }

  /// Candidates with what is known of them so far.
  public static func filled(
    _ candidates: [Candidate], by trials: [Int: BisectionTrial], _ question: BisectionQuestion
  ) -> [Candidate] {
    let answers = question.answers(trials, count: candidates.count)
    return candidates.enumerated().map { index, candidate in
      guard let trial = trials[index] else { return candidate }
      let new = question.findings(index, trials, count: candidates.count)
      var candidate = candidate
      candidate.answer = answers[index]
      candidate.reason = question.obstacle(index, trials, count: candidates.count)
      candidate.outcome = trial.tries > 0 ? trial.outcome.description : nil
      candidate.runtime = trial.runtime?.title
      candidate.run = trial.run
      candidate.reusedFrom = trial.reusedFrom
      candidate.tries = trial.tries
      candidate.flickers = trial.flickers
      candidate.findings = trial.findings.map { Found($0, isNew: new.contains($0)) }
      return candidate
    }
  }

  private mutating func conclude(_ end: Bisection.Conclusion) {
    switch end {
    case .firstBad(let index): (conclusion, lastGood, firstBad) = (.firstBad, index - 1, index)
    case .range(let good, let bad):
      (conclusion, lastGood, firstBad, untried) = (.range, good, bad, Array(good + 1..<bad))
    case .endsAlike(let oldest, let newest, _), .reversed(let oldest, let newest):
      (conclusion, lastGood, firstBad) = (.endsAlike, oldest, newest)
    case .tooFew: conclusion = .tooFew
    }
  }

  /// An environment's own files count into its interpreter's content, so that this tells only interpreters apart.
  private func changes(_ old: Runtime, _ new: Runtime) -> [Change] {
    let all: [(String, String, String)] = [
      ("interpreter", old.product, new.product), ("build", old.build, new.build),
      ("interpreter's content", old.content?.short ?? "unknown", new.content?.short ?? "unknown"),
      ("HPy's version", old.hpyVersion, new.hpyVersion),
      ("HPy's headers", old.installation?.headers.short ?? "none", new.installation?.headers.short ?? "none"),
      ("HPy's content", old.installation?.content.short ?? "none", new.installation?.content.short ?? "none"),
    ]
    return all.filter { $0.1 != $0.2 && ($0.0 != "interpreter's content" || kind == .interpreter) }.map {
      Change(what: $0.0, lastGood: $0.1, firstBad: $0.2)
    }
  }

  private func ownNotes(_ question: BisectionQuestion) -> [String] {
    var notes: [String] = []
    let flickering = candidates.filter(\.flickers).map(\.name)
    if !flickering.isEmpty {
      notes.append(
        "the answer varies on \(flickering.joined(separator: ", ")): it was tried more often, and is bad if any attempt "
          + "failed; another candidate may fail too rarely to be noticed")
    }
    if conclusion == .firstBad || conclusion == .range, let firstBad,
      let newest = candidates.last(where: { $0.answer == .bad })
    {
      let kept = newest.findings.filter(\.isNew)
      let begun = candidates[firstBad].findings.filter(\.isNew)
      let isKept = begun.contains { one in
        kept.contains { $0.label == one.label && $0.facet == one.facet && $0.observed == one.observed }
      }
      if !isKept {
        notes.append(
          "the finding that begins on \(candidates[firstBad].name) is not the one on \(newest.name); both are shown; "
            + "use --label LABEL to search for one of them")
      }
    }
    return notes
  }
}

extension BisectionDocument.Candidate {
  /// As people know it: `0.9.0`, `1b2c3d4e5f60 “Subject”`.
  public var title: String {
    Printable.line(name) + (subject.map { " “\(Printable.line($0, 72))”" } ?? "")
  }

  /// What became of it, in one line.
  public var line: String {
    var words: String
    switch answer {
    case .good?: words = "good"
    case .bad?:
      words = "bad" + (findings.first(where: \.isNew).map { ", \($0.place): \(Printable.line($0.observed))" } ?? "")
    case .skipped?: words = "skipped: \(Printable.line(reason ?? "can't be tried", 400))"
    case nil: words = "not tried"
    }
    if flickers { words += ", varies" }
    if tries > 1 { words += ", \(tries) attempts" }
    if let reusedFrom, tries == 1 {
      words += " (taken over from run \(Words.short(reusedFrom)))"
    } else if let run {
      words += " (run \(Words.short(run)))"
    }
    return "\(title): \(words)"
  }
}

extension BisectionDocument.Found {
  init(_ finding: Finding, isNew: Bool) {
    let info = FindingInfo(finding)
    self.init(
      label: info.label, facet: info.facet, observed: info.observed, expected: info.expected, oracle: info.oracle,
      verdict: info.verdict, isNew: isNew)
  }

  package var place: String { Printable.line(Words.place(label, facet)) }
}
