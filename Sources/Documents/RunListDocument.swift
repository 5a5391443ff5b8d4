import Model
import Storing

/// The runs of a database, newest first: what `runs` shows.
public struct RunListDocument: Codable, Sendable, Hashable {
  public var runs: [Listed]

  public struct Listed: Codable, Sendable, Hashable {
    public var run: RunInfo
    public var kind: RunKind
    /// Number of results that were taken over from earlier runs.
    public var reused: Int
    /// How many cells have which verdict.
    public var verdicts: [String: Int]

    /// `interrupted, resumed 2 times, portability`.
    package var standing: String {
      var words = [run.state.rawValue]
      if let count = run.resumed?.count { words.append(count == 1 ? "resumed" : "resumed \(count) times") }
      if kind != .run { words.append(kind.rawValue) }
      return words.joined(separator: ", ")
    }
  }
}

extension RunListDocument {
  /// - Parameter kind: nil for all.
  /// - Throws: `Problem` when the database can't be read.
  public init(_ store: Store, kind: RunKind? = .run) throws {
    runs = try store.runs(kind).map { run in
      Listed(
        run: RunInfo(run), kind: run.kind, reused: try store.reusedCount(of: run),
        verdicts: try store.verdictCounts(of: run).reduce(into: [:]) { $0[$1.key.rawValue] = $1.value })
    }
  }
}

/// Which runs go from a database and why the others stay, the newest first: what `prune` shows.
public struct RetentionDocument: Codable, Sendable, Hashable {
  public var runs: [Decided]
  /// Whether the runs are gone, or would go.
  public var isDone: Bool
  /// By how many bytes the file is smaller.
  public var freed: Int

  public struct Decided: Codable, Sendable, Hashable {
    /// UUID.
    public var run: String
    /// ISO 8601, UTC.
    public var started: String
    public var series: String?
    /// Why it stays; empty for one that goes.
    public var reasons: [String]
  }
}

extension RetentionDocument {
  public init(_ decisions: [(run: RunFacts, reasons: [KeepReason])], isDone: Bool, freed: Int = 0) {
    runs = decisions.reversed().map { run, reasons in
      Decided(run: run.uuid, started: run.started, series: run.series, reasons: reasons.map { Self.text($0) })
    }
    self.isDone = isDone
    self.freed = freed
  }

  private static func text(_ reason: KeepReason) -> String {
    switch reason {
    case .latest: "last run of its series"
    case .recent: "recent"
    case .baseline: "baseline"
    case .begun(let count): "first with \(Words.number(count, "divergence")) of the last run"
    case .lastWithout(let count): "last without \(Words.number(count, "divergence")) of the last run"
    case .lastOfMonth(let month): "last of \(month)"
    case .source(let count): "\(Words.number(count, "run")) reused its results"
    }
  }
}
