import GRDB
import Model

extension StoreWriter {
  /// Removes runs, and what no other run uses: answers, conclusions, texts, inputs, builds and steps. Gives the space
  /// back where that is much.
  ///
  /// - Parameter uuids: of the runs; none that another run took results over from, unless that goes too.
  /// - Returns: how many bytes the file is smaller.
  /// - Throws: `Problem` when it can't be written; then nothing is removed.
  @discardableResult
  public func remove(runs uuids: [String]) throws -> Int {
    do {
      return try pool.writeWithoutTransaction { db in
        let before = try Self.size(db)
        // References are followed here, child before parent: SQLite would look for children of each row by itself,
        // through all results where no index leads there.
        try db.execute(sql: "PRAGMA foreign_keys = OFF")
        defer { try? db.execute(sql: "PRAGMA foreign_keys = ON") }
        try db.inTransaction(.immediate) {
          try db.execute(sql: "CREATE TEMP TABLE doomed (run_id INTEGER PRIMARY KEY)")
          for uuid in uuids {
            try db.execute(sql: "INSERT INTO doomed SELECT id FROM run WHERE uuid = ?", arguments: [uuid])
          }
          if let held = try String.fetchOne(db, sql: Self.held) {
            throw Problem(
              at: store.path, "run \(held) is a baseline, or other runs reused its results", remedy: "keep it")
          }
          try db.execute(sql: Self.removal)
          return .commit
        }
        let free = try Int.fetchOne(db, sql: "PRAGMA freelist_count") ?? 0
        if try 4 * free > Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0 { try db.execute(sql: "VACUUM") }
        _ = try Row.fetchAll(db, sql: "PRAGMA wal_checkpoint(TRUNCATE)")
        return max(0, before - (try Self.size(db)))
      }
    } catch {
      throw Problem.told(error, at: store.path)
    }
  }

  private static func size(_ db: Database) throws -> Int {
    (try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0) * (try Int.fetchOne(db, sql: "PRAGMA page_size") ?? 0)
  }

  private static let held = """
    SELECT uuid FROM run WHERE id IN (SELECT run_id FROM doomed) AND (id IN (SELECT run_id FROM baseline)
      OR id IN (SELECT reused_from FROM result WHERE reused_from IS NOT NULL
        AND run_id NOT IN (SELECT run_id FROM doomed)))
    """

  private static let removal =
    Schema.partsOfRun.map { "DELETE FROM \($0) WHERE run_id IN (SELECT run_id FROM doomed);\n" }.joined() + """
      DELETE FROM run WHERE id IN (SELECT run_id FROM doomed);
      DROP TABLE doomed;

      DELETE FROM trace WHERE id NOT IN (SELECT trace_id FROM further_attempt);
      DELETE FROM trace_attachment WHERE trace_id NOT IN (SELECT id FROM trace);
      DELETE FROM input WHERE id NOT IN (SELECT input_id FROM result WHERE input_id IS NOT NULL);
      DELETE FROM conclusion WHERE id NOT IN (SELECT conclusion_id FROM result);
      DELETE FROM finding WHERE conclusion_id NOT IN (SELECT id FROM conclusion);
      DELETE FROM answer WHERE id NOT IN (SELECT answer_id FROM result UNION SELECT answer_id FROM trace);
      DELETE FROM observation WHERE answer_id NOT IN (SELECT id FROM answer);
      DELETE FROM build WHERE id NOT IN (SELECT build_id FROM result WHERE build_id IS NOT NULL);
      DELETE FROM build_step WHERE build_id NOT IN (SELECT id FROM build);
      DELETE FROM step WHERE id NOT IN (SELECT step_id FROM used_step UNION SELECT step_id FROM build_step);
      DELETE FROM cell WHERE id NOT IN (SELECT cell_id FROM result);
      DELETE FROM scenario WHERE id NOT IN (SELECT scenario_id FROM cell);
      DELETE FROM runtime WHERE id NOT IN (SELECT runtime_id FROM run_runtime);
      DELETE FROM file WHERE id NOT IN (SELECT file_id FROM used_file);
      DELETE FROM scenario_part WHERE file_id NOT IN (SELECT id FROM file);
      DELETE FROM content WHERE key NOT IN (
        SELECT content_key FROM file UNION SELECT ledger_key FROM judgement
        UNION SELECT content_key FROM trace_attachment);
      """
}
