import Foundation
import GRDB
import Model

/// What earlier runs say of the order in which scenarios are worth trying.
public struct Experience: Sendable, Hashable {
  /// Scenarios in which earlier runs found something that no ledger explains, the likeliest to do so again first.
  public var noticing: [ScenarioID] = []
  /// Seconds that all cells of a scenario took together, in the newest run.
  public var seconds: [ScenarioID: Double] = [:]

  public init(noticing: [ScenarioID] = [], seconds: [ScenarioID: Double] = [:]) {
    self.noticing = noticing
    self.seconds = seconds
  }
}

extension Store {
  /// How many runs are looked at, and among how many they are chosen.
  private static let runsOfExperience = (taken: 20, known: 200)

  private typealias NoticingRun = (id: Int64, isOfSameFile: Bool)

  private static let unexplained = Verdict.allCases.filter(\.needsAttention).map(\.rawValue)

  /// What earlier runs say.
  ///
  /// - Parameter files: names of what has changed, as runs before were told (`RunOptions.changed`): what noticed changes of
  ///   the same comes first.
  public func experience(changed files: [String]) throws -> Experience {
    try read { db in
      let seconds = try Self.seconds(in: db)
      var scores: [ScenarioID: Int] = [:]
      // A single run of the same file outweighs all others.
      for run in try Self.noticingRuns(files, in: db) {
        let score = run.isOfSameFile ? 1000 : 1
        for scenario in try Self.noticing(run.id, in: db) { scores[scenario, default: 0] += score }
      }
      let noticing = scores.map { (scenario: $0, score: $1, seconds: seconds[$0] ?? 0) }.sorted {
        (-$0.score, $0.seconds, $0.scenario) < (-$1.score, $1.seconds, $1.scenario)
      }
      return Experience(noticing: noticing.map(\.scenario), seconds: seconds)
    }
  }

  /// The newest runs that found something unexplained, those of the same file first.
  private static func noticingRuns(_ files: [String], in db: Database) throws -> [NoticingRun] {
    let rows = try Row.fetchAll(
      db,
      sql: """
        SELECT run.id, json_extract(options, '$.changed') FROM run
        JOIN judgement ON judgement.id = (
          SELECT id FROM judgement WHERE run_id = run.id ORDER BY judged DESC, id DESC LIMIT 1)
        WHERE kind = ? AND EXISTS (
          SELECT 1 FROM json_each(verdicts)
          WHERE key IN (\(databaseQuestionMarks(count: unexplained.count))) AND value > 0)
        ORDER BY clock DESC LIMIT ?
        """, arguments: [RunKind.run] + StatementArguments(unexplained) + [runsOfExperience.known])
    let runs = try rows.map { row -> NoticingRun in
      let changed: String? = try row.decode(atIndex: 1)
      let names = changed.flatMap { try? JSONDecoder().decode([String].self, from: Data($0.utf8)) } ?? []
      return (try row.decode(atIndex: 0), !Set(files).isDisjoint(with: names))
    }
    return Array((runs.filter(\.isOfSameFile) + runs.filter { !$0.isOfSameFile }).prefix(runsOfExperience.taken))
  }

  /// The scenarios in which a run found something unexplained.
  private static func noticing(_ run: Int64, in db: Database) throws -> [ScenarioID] {
    try Row.fetchAll(
      db,
      sql: """
        SELECT DISTINCT suite, test_case, scenario.name \(cells) JOIN conclusion ON conclusion.id = conclusion_id
        WHERE run_id = ? AND verdict IN (\(databaseQuestionMarks(count: unexplained.count)))
        """, arguments: [run] + StatementArguments(unexplained)
    ).map(ContentReader.scenario)
  }

  /// What the cells of each scenario took in the newest finished run.
  private static func seconds(in db: Database) throws -> [ScenarioID: Double] {
    let rows = try Row.fetchAll(
      db,
      sql: """
        SELECT suite, test_case, scenario.name, sum(coalesce(microseconds, 0)) / 1e6 \(cells)
        WHERE run_id = (SELECT id FROM run WHERE kind = ? AND state = ? ORDER BY clock DESC LIMIT 1)
        GROUP BY scenario.id
        """, arguments: [RunKind.run, RunState.finished])
    return Dictionary(
      uniqueKeysWithValues: try rows.map { (try ContentReader.scenario($0), try $0.decode(Double.self, atIndex: 3)) })
  }
}
