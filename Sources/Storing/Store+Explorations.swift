import GRDB
import Model

extension Store {
  /// The exploration that a nightly run made behind itself: the first of its series after it, before the next run.
  public func exploration(of run: StoredRun) throws -> StoredRun? {
    guard run.kind == .run, let series = run.series else { return nil }
    return try read { db in
      let next = try StoredRun.fetch(
        db,
        where: """
          id = (SELECT id FROM run WHERE kind IN (?, ?) AND series = ? AND (clock, uuid) > (?, ?)
            ORDER BY clock, uuid LIMIT 1)
          """, [RunKind.run, RunKind.explore, series, run.clock, run.uuid]
      ).first
      return next?.kind == .explore ? next : nil
    }
  }

  /// When explorations before one first found scenarios new, by the scenario's name; as ISO 8601, UTC.
  public func firstExplorations(before run: StoredRun) throws -> [String: String] {
    try read { db in
      let rows = try Row.fetchAll(
        db,
        sql: """
          SELECT scenario.name AS name, min(run.started) AS started
          FROM run JOIN result ON run.id = run_id JOIN cell ON cell.id = cell_id
          JOIN scenario ON scenario.id = scenario_id JOIN conclusion ON conclusion.id = conclusion_id
          WHERE run.kind = ? AND conclusion.verdict = ? AND (run.clock, run.uuid) < (?, ?) GROUP BY scenario.name
          """, arguments: [RunKind.explore, Verdict.new.rawValue, run.clock, run.uuid])
      return try rows.reduce(into: [:]) {
        $0[try $1.decode(String.self, forColumn: "name")] = try $1.decode(String.self, forColumn: "started")
      }
    }
  }
}
