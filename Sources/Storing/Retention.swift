import Model

/// What deciding about a run takes.
public struct RunFacts: Sendable, Hashable {
  public var uuid: String
  public var kind: RunKind
  /// nil for runs on their own, which are a history of their own.
  public var series: String?
  /// ISO 8601, UTC.
  public var started: String
  /// Orders the runs.
  public var clock: Int64
  public var isFinished: Bool
  /// Some series has it for its baseline.
  public var isBaseline: Bool
  /// UUIDs of the runs that results were taken over from.
  public var tookFrom: Set<String>
  /// How many divergences that the last run of its series shows came with this run, or came back with it.
  public var begun: Int
  /// How many of these came right after this run, the last without them.
  public var lastWithout: Int

  public init(
    uuid: String, kind: RunKind = .run, series: String? = nil, started: String, clock: Int64,
    isFinished: Bool = true, isBaseline: Bool = false, tookFrom: Set<String> = [], begun: Int = 0, lastWithout: Int = 0
  ) {
    self.uuid = uuid
    self.kind = kind
    self.series = series
    self.started = started
    self.clock = clock
    self.isFinished = isFinished
    self.isBaseline = isBaseline
    self.tookFrom = tookFrom
    self.begun = begun
    self.lastWithout = lastWithout
  }

  /// Runs of one history: of the same kind and series.
  struct History: Hashable {
    var kind: RunKind
    var series: String?
  }

  var history: History { History(kind: kind, series: series) }

  /// `YYYY-MM`, of the moment that it says it started.
  var month: String { String(started.prefix(7)) }
}

/// Why a run stays.
public enum KeepReason: Sendable, Hashable {
  case latest
  case recent
  case baseline
  case begun(divergences: Int)
  case lastWithout(divergences: Int)
  case lastOfMonth(String)
  /// How many runs that stay took results over from it.
  case source(runs: Int)
}

/// Which runs stay in a database that is made smaller. Pure: what it decides from is handed over.
///
/// Asked or not, it keeps the last run of each series and its last whole one, every baseline, the run with which a
/// divergence came that the last run shows, the run before it, the last of each month, and whatever a run that stays
/// took results over from.
public struct Retention: Sendable, Hashable {
  /// So many of the latest runs of each series stay.
  public var runs: Int?
  /// Runs that started at most so many days before the last one of their series stay. Not before today, so that a
  /// clock that is ahead, or a series that rests, costs nothing.
  public var days: Int?

  public init(runs: Int? = nil, days: Int? = nil) {
    self.runs = runs
    self.days = days
  }

  /// Why each run stays.
  ///
  /// - Returns: the runs in the order of time, oldest first, each with its reasons; none for those that go.
  public func decide(_ facts: [RunFacts]) -> [(run: RunFacts, reasons: [KeepReason])] {
    let ordered = facts.sorted { ($0.clock, $0.uuid) < ($1.clock, $1.uuid) }
    var reasons: [String: [KeepReason]] = [:]
    for series in Dictionary(grouping: ordered, by: \.history).values { decide(series, &reasons) }
    // Results stand with the run that made their attempts, never with a chain of them: one step leads there. A run
    // that stays for another's sake may have taken over itself.
    var heirs: [String: Set<String>] = [:]
    var open = ordered.filter { reasons[$0.uuid] != nil }
    let known = Dictionary(ordered.map { ($0.uuid, $0) }) { first, _ in first }
    var seen = Set(open.map(\.uuid))
    while let heir = open.popLast() {
      for source in heir.tookFrom {
        heirs[source, default: []].insert(heir.uuid)
        if let run = known[source], seen.insert(source).inserted { open.append(run) }
      }
    }
    for (source, heirs) in heirs { reasons[source, default: []].append(.source(runs: heirs.count)) }
    return ordered.map { ($0, reasons[$0.uuid] ?? []) }
  }

  /// Decides about one series, oldest run first.
  private func decide(_ series: [RunFacts], _ reasons: inout [String: [KeepReason]]) {
    guard let last = series.last else { return }
    var monthly: [String: RunFacts] = [:]
    // Half a run stands for a month only where there is no whole one.
    for run in series where run.isFinished || monthly[run.month]?.isFinished != true { monthly[run.month] = run }
    let lastWhole = series.last { $0.isFinished }
    for (age, run) in series.reversed().enumerated() {
      var found: [KeepReason] = []
      if run == last || run == lastWhole { found.append(.latest) }
      let isYoung = days.map { last.clock - run.clock <= Int64($0) * 86_400_000 } ?? false
      if isYoung || runs.map({ age < $0 }) ?? false { found.append(.recent) }
      if run.isBaseline { found.append(.baseline) }
      if run.begun > 0 { found.append(.begun(divergences: run.begun)) }
      if run.lastWithout > 0 { found.append(.lastWithout(divergences: run.lastWithout)) }
      if monthly[run.month] == run { found.append(.lastOfMonth(run.month)) }
      if !found.isEmpty { reasons[run.uuid] = found }
    }
  }
}
