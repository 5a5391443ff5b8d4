import History
import Model
import Planning
import Storing

/// Everything about one cell of a run: what `show` shows.
public struct CellDocument: Codable, Sendable, Hashable {
  /// `SUITE/CASE/SCENARIO@LANE@RUNTIME`.
  public var cell: String
  /// UUID of its run, and when that started.
  public var run: String
  public var started: String?
  public var outcome: Outcome
  public var verdict: Verdict
  /// What its end said, or why nothing was tried.
  public var message: String?
  /// UUID of the run that its attempts were taken over from.
  public var reusedFrom: String?
  public var findings: [FindingInfo]
  public var attempts: [Attempt]
  /// The frames of C of another cell of the scenario that ended so, where this one has none.
  public var borrowed: Borrowed?
  /// `LANE@RUNTIME` of the cell that it is shown beside, and what that answered first; nil for none.
  public var reference: String?
  public var referenceAnswer: Answer?
  /// What its binary was built by, in order.
  public var steps: [BuildStep]
}

extension CellDocument {
  /// - Throws: `Problem` when the database can't be read.
  public init(_ result: StoredResult, of run: StoredRun, in store: Store) throws {
    let nearest = try NearestReference.of(result.cell, in: run, store)
    let attempts = try store.attempts(of: result.cell, in: run)
    self.init(
      cell: result.cell.description, run: run.uuid, started: run.started, outcome: result.outcome,
      verdict: result.verdict, message: result.message, reusedFrom: result.reusedFrom,
      findings: try FindingInfo.placed(result.findings, of: result.cell.scenario, attempts, in: run, store),
      attempts: attempts, borrowed: try Borrowed(for: result, attempts, in: run, store),
      reference: nearest?.cell.load.description,
      referenceAnswer: nearest?.answer, steps: try store.buildSteps(of: result.cell, in: run))
  }
}

extension CellDocument {
  /// What a debugger said of another cell: of those that end alike, one is looked at.
  public struct Borrowed: Codable, Sendable, Hashable {
    /// `LANE@RUNTIME`.
    public var cell: String
    public var backtrace: String
  }
}

extension CellDocument.Borrowed {
  /// - Parameter attempts: at the cell itself; nothing is borrowed where one of them has frames, or none died or hung.
  /// - Returns: nil where nobody has frames.
  /// - Throws: `Problem` when the database can't be read.
  init?(for result: StoredResult, _ attempts: [Attempt], in run: StoredRun, _ store: Store) throws {
    let ends = attempts.map(\.answer.outcome).filter { $0.kind == .crashed || $0 == .timedOut }
    guard !ends.isEmpty, attempts.allSatisfy({ $0[.backtrace].isEmpty }) else { return nil }
    let own = result.cell.runtime
    for runtime in [own] + run.runtimes.map(\.name).filter({ $0 != own }) {
      for lane in Lane.all {
        let other = CellID(scenario: result.cell.scenario, lane: lane, runtime: runtime)
        for attempt in try store.attempts(of: other, in: run)
        where ends.contains(attempt.answer.outcome) && !attempt[.backtrace].isEmpty {
          self.init(cell: other.load.description, backtrace: attempt[.backtrace])
          return
        }
      }
    }
    return nil
  }
}

extension FindingInfo {
  /// Findings of a cell, each with its line in the scenario file as the run used it.
  ///
  /// - Throws: `Problem` when the database can't be read.
  static func placed(
    _ findings: [Finding], of scenario: ScenarioID, _ attempts: [Attempt], in run: StoredRun, _ store: Store
  ) throws -> [FindingInfo] {
    if findings.isEmpty { return [] }
    let path = "\(scenario.suite)/\(scenario.testCase)/\(Case.scenarioFileName)"
    let text = try store.file(path, of: run).map { ScenarioText($0) }
    return findings.map { finding in
      var info = FindingInfo(finding)
      info.place = SourcePlace(of: finding.divergence, in: scenario, text, attempts: attempts)
      return info
    }
  }
}

extension [Attempt] {
  /// What they left, each name from the first attempt that has it, counted from 1: the traceback, the last output, then
  /// all else by name.
  package var attachments: [(name: String, text: String, attempt: Int)] {
    let first = enumerated().reduce(into: [String: (String, Int)]()) { all, one in
      all.merge(one.element.attachments.mapValues { ($0, one.offset + 1) }) { first, _ in first }
    }
    return first.map { ($0.key, $0.value.0, $0.value.1) }
      .sorted { Words.attachment($0.0) < Words.attachment($1.0) }
  }
}
