import Foundation
import Model
import Storing

/// What a run is.
public struct RunInfo: Codable, Sendable, Hashable {
  /// UUID.
  public var run: String
  /// ISO 8601, UTC.
  public var started: String
  public var finished: String?
  public var state: RunState
  public var series: String?
  /// Number of cells that it was to have.
  public var planned: Int
  public var arguments: String
  public var compiler: String
  public var program: String
  public var runtimes: [RuntimeInfo]
  /// Why runtimes that were wanted could not be had.
  public var missing: [String]
  /// When it was gone on with after it had ended early; nil for never.
  public var resumed: [String]?
  /// Whether known answers were confirmed, and everything was counted again; nil where that is not recorded.
  public var thorough: Bool?
  /// Whether known answers were believed without having been confirmed ever; nil for no.
  public var quick: Bool?
  /// What restricted it; nil for nothing.
  public var scope: String?
}

extension RunInfo {
  /// Wall time; nil where it did not end, was gone on with, or a clock that was set back makes it no time.
  package var seconds: Double? {
    guard resumed == nil, let begin = try? Date(started, strategy: .iso8601),
      let end = finished.flatMap({ try? Date($0, strategy: .iso8601) }), end >= begin
    else { return nil }
    return end.timeIntervalSince(begin)
  }

  /// What was taken as known; nil where that is not recorded.
  package var effort: String? {
    if quick ?? false { return "quick: known answers were not confirmed" }
    return thorough.map {
      $0
        ? "thorough: known answers were confirmed in fresh processes, and leaks were counted in every cell"
        : "known answers were not confirmed again, nor leaks counted again where unchanged inputs had none (--thorough)"
    }
  }

  /// - Parameter baseline: what its runtimes are compared with; nil for nothing.
  init(_ run: StoredRun, beside baseline: StoredRun? = nil) {
    self.init(
      run: run.uuid, started: run.started, finished: run.finished, state: run.state, series: run.series,
      planned: run.planned, arguments: run.arguments, compiler: run.compiler, program: run.program,
      runtimes: run.runtimes.map { runtime in
        let earlier = baseline?.runtimes.first { $0.name == runtime.name }
        return RuntimeInfo(
          name: runtime.name, title: runtime.title, changed: earlier.map { $0.differences(to: runtime) } ?? [])
      }, missing: run.missing, resumed: run.resumed.isEmpty ? nil : run.resumed,
      thorough: run.kind == .run ? run.isThorough : nil, quick: run.isQuick ? true : nil,
      scope: run.scope.isEmpty ? nil : run.scope)
  }
}

/// What a runtime of a run is.
public struct RuntimeInfo: Codable, Sendable, Hashable {
  public var name: String
  /// `CPython 3.11.2, HPy 0.9.0`.
  public var title: String
  /// What changed in it since the baseline: `CPython 3.11.1 → CPython 3.11.2`.
  public var changed: [String]
}

/// One divergence of a cell with what the ledger says of it.
public struct FindingInfo: Codable, Sendable, Hashable {
  /// nil for how the scenario ended.
  public var label: String?
  public var facet: String
  public var observed: String
  public var expected: String
  /// The document that promises otherwise.
  public var source: String?
  /// `LANE@RUNTIME` of the cell that answers otherwise.
  public var reference: String?
  public var verdict: String
  public var reason: String?
  public var link: String?
  /// Where the scenario records it; nil where that is not looked up.
  public var place: SourcePlace?
}

extension FindingInfo {
  init(_ finding: Finding) {
    let divergence = finding.divergence
    self.init(
      label: divergence.label, facet: divergence.facet.rawValue, observed: divergence.observed,
      expected: divergence.expected, source: divergence.oracle.source,
      reference: divergence.oracle.reference?.load.description, verdict: finding.verdict.rawValue,
      reason: finding.reason, link: finding.link)
  }

  package var oracle: String { Words.oracle(label: label, source: source, reference: reference, verdict: verdict) }
}

/// Cells by suite and runtime.
public struct Matrix: Codable, Sendable, Hashable {
  /// Names.
  public var runtimes: [String]
  public var rows: [Row] = []

  public struct Row: Codable, Sendable, Hashable {
    public var suite: String
    /// One for each runtime, in their order.
    public var places: [Place]
  }

  public struct Place: Codable, Sendable, Hashable {
    public var conforming = 0
    public var known = 0
    public var new = 0
    public var fixed = 0
    public var flaky = 0
    public var notCompared = 0
    public var notRun = 0
    /// Cells that somebody has to look at.
    public var attention = 0
    /// Cells that changed in any way.
    public var changed = 0

    mutating func add(_ verdict: Verdict, _ cells: Int = 1) {
      switch verdict {
      case .conforming: conforming += cells
      case .known: known += cells
      case .new: new += cells
      case .fixed: fixed += cells
      case .flaky: flaky += cells
      case .notCompared: notCompared += cells
      case .notJudged: notRun += cells
      }
    }

    /// `218 ok, 12 known`.
    package func words(separator: String = ", ") -> String {
      let text = Words.counts(
        [
          (conforming, "ok"), (known, "known"), (new, "NEW"), (fixed, "FIXED"), (flaky, "FLAKY"),
          (notCompared, "not compared"), (notRun, "not run"),
        ],
        separator: separator)
      return text.isEmpty ? "–" : text
    }
  }

}

extension Matrix {
  /// - Parameter cells: in the order of their suites.
  init<Cell>(
    runtimes: [String], _ cells: [Cell], suite: (Cell) -> String, runtime: (Cell) -> String,
    add: (Cell, inout Place) -> Void
  ) {
    self.runtimes = runtimes
    rows = cells.grouped(by: suite).map { suite, cells in
      var places: [String: Place] = [:]
      for cell in cells { add(cell, &places[runtime(cell), default: Place()]) }
      return Row(suite: suite, places: runtimes.map { places[$0] ?? Place() })
    }
  }
}
