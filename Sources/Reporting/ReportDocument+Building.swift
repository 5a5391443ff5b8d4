import Foundation
import Judging
import Model
import Storing

extension ReportDocument {
  /// Puts a run beside its baseline; at any later time, for any run, from the store alone.
  ///
  /// - Parameter baseline: nil where there is none.
  /// - Throws: `Problem` when the database can't be read.
  public init(_ run: StoredRun, baseline: StoredRun?, in store: Store) throws {
    let changes = try RunChanges(run, baseline: baseline, in: store)
    let sources = try changes.files.after.filter { !$0.key.hasSuffix("/ledger.toml") }
      .mapValues { try store.content($0) }
    let closer = EntryCloser(changes, in: store, sources: sources)
    entries = try ReportEntries(changes).entries(closer)
    self.run = Self.info(run, beside: baseline)
    self.baseline = baseline.map { Self.info($0, beside: nil) }
    notes = ReportWords.notes(changes)
    let timeline = try Self.timeline(changes, closer, store)
    verdicts = Self.count(changes.cells.compactMap { $0.after?.verdict.rawValue })
    self.changes = Self.count(changes.cells.map(\.change.rawValue))
    headline = ReportWords.headline(changes, entries)
    matrix = Self.matrix(changes)
    self.timeline = timeline
    (suites, findings) = Self.drillDown(changes, sources, seconds: try store.seconds(of: run))
    self.sources = sources
  }

  /// The report of a night in which nothing could be run: what was known before, under a headline that says so.
  ///
  /// - Parameter reasons: a sentence each.
  public func superseded(on date: Date, because reasons: [String]) -> ReportDocument {
    var document = self
    document.headline = Headline(
      level: .environment, text: "Nothing was run on \(date.formatted(.iso8601)): what follows is older",
      details: reasons + ["Run \(run.run.prefix(8)) of \(run.started) said: \(headline.text)."])
    return document
  }

  /// The report of a run that something ended before its time.
  ///
  /// - Parameter reasons: a sentence each.
  public func endedEarly(because reasons: [String]) -> ReportDocument {
    var document = self
    if document.headline.level == .calm { document.headline.level = .environment }
    document.headline.details = reasons.map { "The run ended early: \($0)." } + document.headline.details
    return document
  }

  private static func count(_ names: [String]) -> [String: Int] {
    names.reduce(into: [:]) { $0[$1, default: 0] += 1 }
  }

  private static func info(_ run: StoredRun, beside baseline: StoredRun?) -> RunInfo {
    RunInfo(
      run: run.uuid, started: run.started, finished: run.finished, state: run.state, series: run.series,
      planned: run.planned, arguments: run.arguments, compiler: run.compiler, program: run.program,
      runtimes: run.runtimes.map { runtime in
        let earlier = baseline?.runtimes.first { $0.name == runtime.name }
        return RuntimeInfo(
          name: runtime.name, title: runtime.title,
          changed: earlier.map { RunDifferences.between($0, runtime) } ?? [])
      }, missing: run.missing)
  }

  // MARK: Matrix

  private static func matrix(_ changes: RunChanges) -> Matrix {
    let runtimes = changes.run.runtimes.map(\.name)
    var suites: [String] = []
    var places: [String: [String: Matrix.Place]] = [:]
    for cell in changes.cells {
      let suite = cell.id.scenario.suite
      if suites.last != suite { suites.append(suite) }
      var place = places[suite]?[cell.id.runtime] ?? .none
      place.add(cell)
      places[suite, default: [:]][cell.id.runtime] = place
    }
    return Matrix(
      runtimes: runtimes,
      rows: suites.map { suite in
        Matrix.Row(suite: suite, places: runtimes.map { places[suite]?[$0] ?? .none })
      })
  }

  // MARK: History

  /// How many runs a timeline shows.
  private static let moments = 365

  private static func timeline(_ changes: RunChanges, _ closer: EntryCloser, _ store: Store) throws -> [Moment] {
    let verdicts = try store.verdictsOfRuns()
    let runs = changes.history.suffix(moments)
    var earlier: StoredRun?
    return try runs.map { run in
      defer { earlier = run }
      return Moment(
        run: run.uuid, started: run.started, state: run.state, verdicts: verdicts[run.id] ?? [:],
        seconds: seconds(run), cellSeconds: run.cellSeconds, buildSeconds: run.buildSeconds,
        changed: try earlier.map {
          RunDifferences.between($0, run, files: (try closer.files(of: $0), try closer.files(of: run)))
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
    var suites: [Suite] = []
    var lists: [[FindingInfo]] = []
    var numbers: [[FindingInfo]: Int] = [:]
    for cell in changes.cells {
      let id = cell.id.scenario
      if suites.last?.name != id.suite { suites.append(Suite(name: id.suite, cases: [])) }
      let suite = suites.count - 1
      if suites[suite].cases.last?.name != id.testCase {
        suites[suite].cases.append(
          Case(
            name: id.testCase, files: EntryCloser.files(sources, in: "\(id.suite)/\(id.testCase)/"), scenarios: []))
      }
      let testCase = suites[suite].cases.count - 1
      if suites[suite].cases[testCase].scenarios.last?.name != id.name {
        let text = suites[suite].cases[testCase].files.first.flatMap { sources[$0] } ?? ""
        suites[suite].cases[testCase].scenarios.append(
          Scenario(name: id.name, line: ScenarioText.line(of: id.name, in: text), cells: []))
      }
      let scenario = suites[suite].cases[testCase].scenarios.count - 1
      let infos = (cell.after?.findings ?? []).map { FindingInfo($0) }
      if !infos.isEmpty, numbers[infos] == nil {
        numbers[infos] = lists.count
        lists.append(infos)
      }
      suites[suite].cases[testCase].scenarios[scenario].cells.append(
        Cell(
          lane: cell.id.lane, runtime: cell.id.runtime, outcome: cell.after?.outcome.description ?? "",
          verdict: cell.after?.verdict.rawValue ?? Verdict.notJudged.rawValue, change: cell.change,
          needsAttention: cell.transition.needsAttention, findings: infos.isEmpty ? nil : numbers[infos],
          message: cell.after?.message,
          seconds: cell.after == nil ? nil : seconds[cell.row]))
    }
    return (suites, lists)
  }
}

extension ReportDocument.Matrix.Place {
  static let none = Self(
    conforming: 0, known: 0, new: 0, fixed: 0, flaky: 0, notRun: 0, attention: 0, changed: 0)

  fileprivate mutating func add(_ cell: RunChanges.Cell) {
    switch cell.after?.verdict {
    case .conforming: conforming += 1
    case .known: known += 1
    case .new: new += 1
    case .fixed: fixed += 1
    case .flaky: flaky += 1
    case .notJudged: notRun += 1
    case nil: break
    }
    if cell.transition.needsAttention { attention += 1 }
    switch cell.change {
    case .unchanged, .stillSkipped, .stillKnown, .stillNew, .stillFixed, .notRun: break
    default: changed += 1
    }
  }
}

extension ReportDocument.FindingInfo {
  init(_ finding: Finding) {
    let divergence = finding.divergence
    self.init(
      label: divergence.label, facet: divergence.facet.rawValue, observed: divergence.observed,
      expected: divergence.expected, source: divergence.oracle.source,
      reference: divergence.oracle.reference?.column, verdict: finding.verdict.rawValue,
      reason: finding.reason, link: finding.link)
  }
}
