import Foundation
import History
import Model
import Storing

extension ReportDocument {
  /// Puts a run beside its baseline; at any later time, for any run, from the store alone.
  ///
  /// - Parameter baseline: nil where there is none.
  /// - Throws: `Problem` when the database can't be read.
  public init(_ run: StoredRun, baseline: StoredRun?, in store: Store) throws {
    let changes = try RunChanges(run, baseline: baseline, in: store)
    let sources = try changes.files(of: run).filter { !LedgerFile.contains($0.key) }
      .mapValues { try store.content($0) }
    let found = try changes.entries()
    let texts = ScenarioTexts { sources[$0] }
    let entries = found.map { Entry($0, of: run, sources, changes.parts, texts) }
    self.entries = entries
    patterns = PatternInfo.all(of: found, in: changes).map { $0.placed(in: texts) }
    self.run = RunInfo(run, beside: baseline)
    self.baseline = baseline.map { RunInfo($0) }
    notes = Self.notes(changes)
    verdicts = Self.count(changes.cells.compactMap { $0.after?.verdict.rawValue })
    self.changes = Self.count(changes.cells.map(\.change.rawValue))
    headline = Headline(changes, entries, try store.counts(of: run))
    matrix = Matrix(
      runtimes: run.runtimes.map(\.name), changes.cells, suite: \.id.scenario.suite, runtime: \.id.runtime
    ) { cell, place in
      if let after = cell.after { place.add(after.verdict) }
      if cell.transition.needsAttention { place.attention += 1 }
      if baseline != nil, cell.change.isChange { place.changed += 1 }
    }
    timeline = try Self.timeline(changes, store)
    (suites, findings) = Self.drillDown(changes, sources, seconds: try store.seconds(of: run))
    self.sources = sources
    let known = try Self.causes(changes, sources)
    causes = known.isEmpty ? nil : known
    exploration = try store.exploration(of: run).map { try ExplorationDocument($0, in: store) }
    if let exploration { headline.add(exploration) }
  }

  /// The report of a night in which nothing could be run: what was known before, under a headline that says so.
  ///
  /// - Parameter reasons: a sentence each.
  public func superseded(on date: Date, because reasons: [String]) -> ReportDocument {
    var document = self
    document.headline = Headline(
      level: .environment, unexplained: headline.unexplained,
      text: "Nothing was run on \(date.formatted(.iso8601)): this report is older",
      details: reasons + ["Run \(Words.short(run.run)) of \(run.started) reported: \(headline.text)."])
    return document
  }

  /// The report of a run that something ended before its time.
  ///
  /// - Parameter reasons: a sentence each.
  public func endedEarly(because reasons: [String]) -> ReportDocument {
    var document = self
    if [.calm, .unexplained].contains(document.headline.level) { document.headline.level = .environment }
    document.headline.details = reasons.map { "The run ended early: \($0)." } + document.headline.details
    return document
  }

  private static func count(_ names: [String]) -> [String: Int] {
    names.reduce(into: [:]) { $0[$1, default: 0] += 1 }
  }

  // MARK: History

  /// How many runs a timeline shows.
  private static let moments = 365

  private static func timeline(_ changes: RunChanges, _ store: Store) throws -> [Moment] {
    let verdicts = try store.verdictsOfRuns()
    var earlier: StoredRun?
    return try changes.history.suffix(moments).map { run in
      defer { earlier = run }
      let counts = verdicts[run.id] ?? [:]
      return Moment(
        run: run.uuid, started: run.started, state: run.state,
        verdicts: counts.reduce(into: [:]) { $0[$1.key.rawValue] = $1.value },
        seconds: seconds(run), cellSeconds: run.cellSeconds, buildSeconds: run.buildSeconds,
        changed: try earlier.map {
          RunDifferences.between($0, run, files: (try changes.files(of: $0), try changes.files(of: run)))
        } ?? [], isBaseline: run.id == changes.baseline?.id)
    }
  }

  /// Wall time; nil where a clock that was set back makes it no time.
  private static func seconds(_ run: StoredRun) -> Double? {
    guard let started = try? Date(run.started, strategy: .iso8601),
      let finished = run.finished.flatMap({ try? Date($0, strategy: .iso8601) }), finished >= started
    else { return nil }
    return finished.timeIntervalSince(started)
  }

  // MARK: Drill-down

  private static func drillDown(
    _ changes: RunChanges, _ sources: [String: String], seconds: [Int64: Double]
  ) -> ([Suite], [[FindingInfo]]) {
    var lists: [[FindingInfo]] = []
    var numbers: [[FindingInfo]: Int] = [:]
    func cell(_ cell: RunChanges.Cell) -> Cell {
      let infos = (cell.after?.findings ?? []).map { FindingInfo($0) }
      if !infos.isEmpty, numbers[infos] == nil {
        numbers[infos] = lists.count
        lists.append(infos)
      }
      return Cell(
        lane: cell.id.load.what, runtime: cell.id.runtime, outcome: cell.after?.outcome.description ?? "",
        verdict: (cell.after?.verdict ?? .notJudged).rawValue, change: cell.change,
        needsAttention: cell.transition.needsAttention, findings: numbers[infos], message: cell.after?.message,
        seconds: cell.after == nil ? nil : seconds[cell.row])
    }
    let suites = changes.cells.grouped { $0.id.scenario.suite }.map { suite, cells in
      Suite(
        name: suite,
        cases: cells.grouped { $0.id.scenario.testCase }.map { name, cells in
          Case(
            name: name, files: files(sources, of: cells[0].id.scenario),
            scenarios: cells.grouped { $0.id.scenario }.map { scenario, cells in
              Scenario(name: scenario.name, line: changes.parts[scenario]?.line, cells: cells.map(cell))
            })
        })
    }
    return (suites, lists)
  }

  /// Paths of the files of a scenario's case in a fixed order: scenarios, C, the rest.
  fileprivate static func files(_ sources: [String: String], of scenario: ScenarioID) -> [String] {
    func rank(_ path: String) -> Int { path.hasSuffix(".py") ? 0 : path.hasSuffix(".c") ? 1 : 2 }
    return sources.keys.filter { $0.hasPrefix("\(scenario.suite)/\(scenario.testCase)/") }
      .sorted { (rank($0), $0) < (rank($1), $1) }
  }
}

extension CellChange {
  fileprivate var isChange: Bool {
    switch self {
    case .unchanged, .stillSkipped, .stillKnown, .stillNew, .stillFixed, .notRun: false
    default: true
    }
  }
}

extension ReportDocument.Entry {
  fileprivate init(
    _ entry: ChangeEntry, of run: StoredRun, _ sources: [String: String], _ parts: [ScenarioID: ScenarioPart],
    _ texts: ScenarioTexts
  ) {
    let first = entry.cells[0]
    let oracle = entry.finding?.divergence.oracle
    let files = ReportDocument.files(sources, of: first.scenario)
    let attempts = entry.details?.attempts ?? []
    var left = Dictionary(uniqueKeysWithValues: attempts.attachments.map { ($0.name, $0.text) })
    let output = left.removeValue(forKey: AttachmentName.output.rawValue)
    let traceback = left.removeValue(forKey: AttachmentName.traceback.rawValue)
    self.init(
      change: entry.change, needsAttention: entry.needsAttention, scenario: entry.scenario, label: entry.label,
      facet: entry.facet.rawValue, observed: entry.observed, expected: entry.expected, before: entry.before,
      source: entry.label == nil ? nil : oracle?.source, reference: oracle?.reference?.load.description,
      reason: entry.finding?.reason, link: entry.finding?.link, cells: entry.cells.map(\.load.description),
      message: entry.message?.split(separator: "\n").first.map(String.init), since: entry.since.map { .init($0) },
      frequency: (entry.change == .flaky ? Self.frequency(attempts, entry.label) : [])
        + (entry.frequency.map { ["in \($0.shown) of the last \(Words.number($0.of, "run"))"] } ?? []),
      show: ShellCommand.show(first.description, run: run.uuid), facts: entry.details.map(Self.facts) ?? [],
      output: output, traceback: traceback, attachments: left.isEmpty ? nil : left, files: files,
      line: files.isEmpty ? nil : parts[first.scenario]?.line,
      place: entry.scenario == first.scenario.description
        ? entry.finding.flatMap { texts.place(of: $0.divergence, in: first.scenario, attempts: attempts) } : nil)
  }

  private static func facts(_ details: EntryDetails) -> [ReportDocument.Fact] {
    func text(_ one: Observation?) -> String? { one.map { $0.value + ($0.message.map { " “\($0)”" } ?? "") } }
    let (now, before, reference) = (details.attempts.first?.answer, details.before, details.reference)
    let labels = [now, before, reference].flatMap { $0?.observations.map(\.label) ?? [] }.unique
    return labels.map { label in
      let own = now?[label]
      func told(_ answer: Answer?) -> String? {
        let others = [now, before, reference].compactMap { $0 }
        let isUncounted = others.contains { Words.isUncounted(label, in: answer, beside: $0) }
        return text(answer?[label]) ?? (isUncounted ? Words.uncounted : nil)
      }
      return ReportDocument.Fact(
        label: label, now: told(now), before: told(before), reference: told(reference),
        expected: own?.expected?.joined(separator: " or "), source: own?.source, holds: own?.holds)
    } + [
      ReportDocument.Fact(
        label: "", now: now?.outcome.description, before: before?.outcome.description,
        reference: reference?.outcome.description)
    ]
  }

  /// What comparable attempts say at a label, or of their end, and how many say so; nothing where all agree.
  private static func frequency(_ attempts: [Attempt], _ label: String?) -> [String] {
    let texts = attempts.filter { $0.circumstances != .memoryDebug }.map(\.answer).map { answer in
      label.map { answer[$0]?.value ?? Divergence.absent } ?? answer.outcome.description
    }
    let groups = texts.grouped { $0 }
    if groups.count < 2 { return [] }
    return groups.sorted { ($1.elements.count, $0.key) < ($0.elements.count, $1.key) }
      .map { "\($0.elements.count) of \(texts.count) attempts: \($0.key)" }
  }
}

extension ReportDocument.Since {
  fileprivate init(_ since: ChangeEntry.Since) {
    self.init(
      run: since.run.uuid, started: since.run.started, lastWithout: since.lastWithout?.uuid,
      lastWithoutStarted: since.lastWithout?.started, unknownBetween: since.unknownBetween, changed: since.changed,
      runs: since.runs)
  }
}
