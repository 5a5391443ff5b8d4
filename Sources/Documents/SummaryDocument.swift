import Model
import Storing

/// What a run came to: what `run` and `judge` show.
public struct SummaryDocument: Codable, Sendable, Hashable {
  /// The sentence to read first, which a report about the run begins with, too.
  public var headline: String
  public var run: RunInfo
  public var cases: Int
  public var scenarios: Int
  public var cells: Int
  public var matrix: Matrix
  /// What someone has to look at, by what it most likely has in common: the worst first.
  public var patterns: [PatternInfo]
  /// What someone has to look at, by verdict.
  public var sections: [Section]
  /// How many cells have which verdict.
  public var verdicts: [String: Int]
  /// How many cells were taken over, and from which runs, the latest first.
  public var reused: [Reused]
  /// Why cells were not tried, the commonest reason first.
  public var skips: [Skipped]
  /// Cases that can't be read, or were never built, with file and line.
  public var broken: [Skipped]
  /// What the machine lacked, and how many cells that cost.
  public var lacking: [Skipped]
  /// Compiles and links that were done, and that were taken over.
  public var stepsDone: Int
  public var stepsReused: Int
  /// Path.
  public var database: String

  /// Findings of one verdict.
  public struct Section: Codable, Sendable, Hashable {
    public var verdict: Verdict
    /// The first of them.
    public var findings: [Shown]
    public var count: Int
  }

  /// A difference of a scenario, wherever it shows.
  public struct Shown: Codable, Sendable, Hashable {
    /// `SUITE/CASE/SCENARIO`.
    public var scenario: String
    /// `LANE@RUNTIME`.
    public var cells: [String]
    public var finding: FindingInfo
    /// What the first cell's end said.
    public var message: String?
  }

  public struct Reused: Codable, Sendable, Hashable {
    /// UUID.
    public var run: String
    public var cells: Int
  }

  public struct Skipped: Codable, Sendable, Hashable {
    public var outcome: String
    public var reason: String
    public var cells: Int
  }
}

extension SummaryDocument {
  /// How many differences a section has at most.
  private static let shown = 40

  /// - Throws: `Problem` when the database can't be read.
  public init(_ run: StoredRun, in store: Store) throws {
    let counts = try store.counts(of: run)
    let steps = try store.buildCounts(of: run)
    self.init(
      headline: try ReportDocument.Headline.text(about: run, counts, in: store), run: RunInfo(run), cases: counts.cases,
      scenarios: counts.scenarios, cells: counts.cells,
      matrix: Matrix(runtimes: run.runtimes.map(\.name), counts.groups, suite: \.suite, runtime: \.runtime) {
        group, place in
        place.add(group.verdict, group.cells)
        if group.verdict.needsAttention { place.attention += group.cells }
      },
      patterns: try PatternInfo.all(of: run, in: store),
      sections: try [Verdict.new, .flaky, .fixed].compactMap { verdict in
        let found = try store.findings(of: run, verdict, limit: Self.shown)
        return found.count == 0
          ? nil : Section(verdict: verdict, findings: found.groups.map { Shown($0) }, count: found.count)
      },
      verdicts: Verdict.allCases.reduce(into: [:]) { $0[$1.rawValue] = counts[$1] },
      reused: counts.reused.map { Reused(run: $0.run, cells: $0.cells) },
      skips: counts.skips.filter { $0.outcome != .harnessFailed }.map {
        Skipped(outcome: $0.outcome.description, reason: $0.reason, cells: $0.cells)
      },
      broken: counts.broken.map {
        Skipped(outcome: Outcome.invalid.description, reason: $0.reason, cells: $0.cells)
      },
      lacking: counts.lacking.map {
        Skipped(outcome: Outcome.harnessFailed.description, reason: $0.reason, cells: $0.cells)
      },
      stepsDone: steps.done, stepsReused: steps.reused, database: store.path)
  }

  /// Whether anything is new, fixed or flaky.
  public var needsAttention: Bool {
    Verdict.allCases.contains { $0.needsAttention && verdicts[$0.rawValue, default: 0] > 0 }
  }
}

extension SummaryDocument.Shown {
  fileprivate init(_ group: FindingGroup) {
    self.init(
      scenario: group.scenario.description, cells: group.cells.map(\.load.description),
      finding: FindingInfo(group.finding), message: group.message)
  }
}
