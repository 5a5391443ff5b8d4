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
  /// How many runs are looked at.
  private static let runsOfExperience = 20

  /// What earlier runs say.
  ///
  /// - Parameter files: names of what has changed, as runs before were told (`RunOptions.changed`): what noticed changes of
  ///   the same comes first.
  public func experience(changed files: [String]) throws -> Experience {
    try read { db in
      let rows = try Row.fetchCursor(
        db,
        sql: """
          SELECT run.id, coalesce(json_extract(options, '$.changed'), '[]') FROM run
          JOIN judgement ON judgement.id = (
            SELECT id FROM judgement WHERE run_id = run.id ORDER BY judged DESC, id DESC LIMIT 1)
          WHERE kind = ? AND EXISTS (
            SELECT 1 FROM json_each(verdicts) WHERE key IN ('new', 'fixed', 'flaky') AND value > 0)
          ORDER BY clock DESC
          """, arguments: [RunKind.run])
      var runs: [(id: Int64, isOfSameFile: Bool)] = []
      while let row = try rows.next(), runs.count < 10 * Self.runsOfExperience {
        let changed = try row.decode(String.self, atIndex: 1)
        let names = (try? JSONDecoder().decode([String].self, from: Data(changed.utf8))) ?? []
        runs.append((try row.decode(atIndex: 0), !Set(files).isDisjoint(with: names)))
      }
      let chosen = (runs.filter(\.isOfSameFile) + runs.filter { !$0.isOfSameFile }).prefix(Self.runsOfExperience)
      var scores: [ScenarioID: Int] = [:]
      for run in chosen {
        let found = try Row.fetchCursor(
          db,
          sql: """
            SELECT DISTINCT suite, test_case, scenario.name \(Self.cells) JOIN conclusion ON conclusion.id = conclusion_id
            WHERE run_id = ? AND verdict IN ('new', 'fixed', 'flaky')
            """, arguments: [run.id])
        // A single run of the same file outweighs all others.
        while let row = try found.next() { scores[try Self.scenario(row), default: 0] += run.isOfSameFile ? 1000 : 1 }
      }
      var experience = Experience()
      let times = try Row.fetchCursor(
        db,
        sql: """
          SELECT suite, test_case, scenario.name, sum(coalesce(microseconds, 0)) / 1e6 \(Self.cells)
          WHERE run_id = (SELECT id FROM run WHERE kind = ? AND state = ? ORDER BY clock DESC LIMIT 1)
          GROUP BY scenario.id
          """, arguments: [RunKind.run, RunState.finished])
      while let row = try times.next() { experience.seconds[try Self.scenario(row)] = try row.decode(atIndex: 3) }
      experience.noticing = scores.sorted { left, right in
        let times = [left, right].map { experience.seconds[$0.key] ?? 0 }
        return (-left.value, times[0], left.key) < (-right.value, times[1], right.key)
      }.map(\.key)
      return experience
    }
  }

  private static func scenario(_ row: Row) throws -> ScenarioID {
    ScenarioID(
      suite: try row.decode(atIndex: 0), testCase: try row.decode(atIndex: 1), name: try row.decode(atIndex: 2))
  }
}
