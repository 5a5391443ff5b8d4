import Model

/// What a run comes to beside its baseline, as a value that can be written as JSON, and that every page, text and
/// file about it is made from. Results/README.md documents its shape; a change of it that breaks a reader gets another
/// `version`.
public struct ReportDocument: Codable, Sendable, Hashable {
  public static let currentVersion = 1

  public var format = "hpy-conform report"
  public var version = Self.currentVersion
  /// The sentence to read first.
  public var headline: Headline
  public var run: RunInfo
  /// nil where there is nothing to compare with.
  public var baseline: RunInfo?
  /// What a reader should know before believing the rest.
  public var notes: [String]
  /// How many cells have which verdict, and how many changed in which way.
  public var verdicts: [String: Int]
  public var changes: [String: Int]
  /// What somebody has to look at, by what it most likely has in common: the worst first.
  public var patterns: [PatternInfo]
  /// What somebody has to look at, the worst first; then what changed otherwise.
  public var entries: [Entry]
  public var matrix: Matrix
  /// Runs of the same series, the oldest first, this one last.
  public var timeline: [Moment]
  /// Every cell of the run, by suite, case and scenario; cells of the baseline that are gone, too.
  public var suites: [Suite]
  /// Findings of a cell, as `Cell.findings` numbers them: equal lists are here once.
  public var findings: [[FindingInfo]]
  /// What is wrong with each runtime, by the ledger; nil where nothing is known of any.
  public var causes: [RuntimeCauses]?
  /// What the exploration behind a nightly run found; nil for none.
  public var exploration: ExplorationDocument?
  /// Texts of the run's cases, by path below the suites' folder.
  public var sources: [String: String]

  /// The verdict of a whole report.
  public enum Level: String, Codable, Sendable, Hashable, CaseIterable {
    /// The ledger explains everything.
    case calm
    /// Nothing is new, but something that was there before is still unexplained.
    case unexplained
    /// Something is new, and somebody has to look.
    case attention
    /// A case is broken, and nothing is known of its cells.
    case broken
    /// The machine, not a runtime, kept something from being known.
    case environment
  }

  public struct Headline: Codable, Sendable, Hashable {
    public var level: Level
    /// Cells that are new, flaky or fixed: the ledger does not explain them, whether they are new since the baseline or not.
    public var unexplained: Int
    /// `9 cells are unexplained; since run 1a2b3c4d of 2026-11-25: 3 new divergences`.
    public var text: String
    /// What else there is to say, a sentence each.
    public var details: [String]
  }

  /// One difference, wherever it shows.
  public struct Entry: Codable, Sendable, Hashable {
    /// How it changed.
    public var change: CellChange
    public var needsAttention: Bool
    /// `SUITE/CASE/SCENARIO`.
    public var scenario: String
    /// nil for how the scenario ended.
    public var label: String?
    public var facet: String
    public var observed: String
    public var expected: String
    /// What it answered in the baseline at this place.
    public var before: String?
    /// The document that promises otherwise.
    public var source: String?
    /// The cell that answers otherwise.
    public var reference: String?
    /// What the ledger says.
    public var reason: String?
    public var link: String?
    /// `LANE@RUNTIME`.
    public var cells: [String]
    /// The first line of what the first cell's end said.
    public var message: String?
    public var since: Since?
    /// How often it shows: among the attempts of this run, among the last runs.
    public var frequency: [String]
    /// A command that looks closer.
    public var show: String
    /// Facts of the first cell, side by side.
    public var facts: [Fact]
    /// What the first cell left: its last output, a traceback, and all else by name; nil for none.
    public var output: String?
    public var traceback: String?
    public var attachments: [String: String]?
    /// Paths of the case's files in `sources`, and the line at which the scenario begins in the first of them.
    public var files: [String]
    public var line: Int?
    /// The line of the scenario file that records it; nil where it was not found.
    public var place: SourcePlace?
  }

  /// The first run that showed something.
  public struct Since: Codable, Sendable, Hashable {
    /// UUID of it.
    public var run: String
    public var started: String
    /// The last run before it that did not show it; nil where none is known.
    public var lastWithout: String?
    public var lastWithoutStarted: String?
    /// How many runs lie between these two in which the cell was not run.
    public var unknownBetween: Int
    /// What changed between these two: `cpython-3.11: HPy 0.9.0 → 0.9.1`, `compiler: …`, `case: 2 files`.
    public var changed: [String]
    /// How many runs have shown it, this one included.
    public var runs: Int
  }

  /// What a cell says at a label: now, in the baseline, and what its reference says.
  public struct Fact: Codable, Sendable, Hashable {
    public var label: String
    public var now: String?
    public var before: String?
    public var reference: String?
    /// What is promised, where something is.
    public var expected: String?
    public var source: String?
    /// Whether the promise is kept now.
    public var holds: Bool?
  }

  /// A run in the history.
  public struct Moment: Codable, Sendable, Hashable {
    public var run: String
    public var started: String
    public var state: RunState
    /// By the judgement in force.
    public var verdicts: [String: Int]
    /// Wall time in seconds; nil for a run that did not end.
    public var seconds: Double?
    public var cellSeconds: Double?
    public var buildSeconds: Double?
    /// What changed from the run before: runtimes, HPy, compiler, program, number of case files.
    public var changed: [String]
    public var isBaseline: Bool
  }

  public struct Suite: Codable, Sendable, Hashable {
    public var name: String
    public var cases: [Case]
  }

  public struct Case: Codable, Sendable, Hashable {
    public var name: String
    /// Paths in `sources`.
    public var files: [String]
    public var scenarios: [Scenario]
  }

  public struct Scenario: Codable, Sendable, Hashable {
    public var name: String
    /// Line of the Python file at which it begins; nil where it was not found.
    public var line: Int?
    public var cells: [Cell]
  }

  public struct Cell: Codable, Sendable, Hashable {
    public var lane: String
    public var runtime: String
    public var outcome: String
    public var verdict: String
    public var change: CellChange
    /// Whether somebody has to look because of the change.
    public var needsAttention: Bool
    /// Index in the document's `findings`; nil for none.
    public var findings: Int?
    /// Why nothing was tried, or what its end said.
    public var message: String?
    /// What all its attempts took; nil where none was made.
    public var seconds: Double?
  }
}

extension ReportDocument {
  /// What somebody has to look at, pattern by pattern; at the end what is in none.
  package var byPattern: [(pattern: PatternInfo?, entries: [Entry])] {
    let listed = patterns.map { $0.entries.filter(entries.indices.contains) }
    let rest = entries.indices.filter { entries[$0].needsAttention && !Set(listed.joined()).contains($0) }
    return zip(patterns, listed).map { ($0, $1.map { entries[$0] }) }
      + (rest.isEmpty ? [] : [(nil, rest.map { entries[$0] })])
  }

  /// The findings of a cell; none where the document has no such list.
  package func findings(of cell: Cell) -> [FindingInfo] {
    cell.findings.flatMap { findings.indices.contains($0) ? findings[$0] : nil } ?? []
  }
}

extension ReportDocument.Entry {
  /// All that its first cell left, each under its title: traceback, last output, then all else.
  package var left: [(title: String, text: String)] {
    let known = [AttachmentName.traceback.rawValue: traceback, AttachmentName.output.rawValue: output]
    return known.compactMapValues { $0 }.merging(attachments ?? [:]) { first, _ in first }
      .sorted { Words.attachment($0.key) < Words.attachment($1.key) }
      .map { (Words.attachment($0.key).title, $0.value) }
  }
}
