extension Schema {
  /// What a history of runs needs: an order that survives clocks that jump and databases that are merged, the series
  /// that a nightly belongs to, and totals that a trend is drawn from without reading every attempt.
  ///
  /// `clock` is a hybrid logical clock (Kulkarni and others, "Logical Physical Clocks", 2014): milliseconds since
  /// 1970, but later than that of every run that was in the database before.
  static let history = """
    ALTER TABLE run ADD COLUMN clock INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE run ADD COLUMN series TEXT;
    ALTER TABLE run ADD COLUMN scope TEXT;
    ALTER TABLE run ADD COLUMN harness TEXT;
    ALTER TABLE run ADD COLUMN cell_seconds REAL;
    ALTER TABLE run ADD COLUMN build_seconds REAL;

    UPDATE run SET clock = ordered.clock FROM (
      SELECT id, 1000 * max(coalesce(unixepoch(started), 0)) OVER (ORDER BY id) + row_number() OVER (ORDER BY id)
        AS clock FROM run) AS ordered
    WHERE ordered.id = run.id;
    UPDATE run SET
      cell_seconds = (SELECT sum(seconds) FROM attempt WHERE run_id = run.id),
      build_seconds = (SELECT sum(seconds) FROM run_step JOIN step ON key = step_key
        WHERE run_id = run.id AND reused = 0);

    CREATE TABLE run_missing (
      run_id INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
      position INTEGER NOT NULL,
      reason TEXT NOT NULL,
      PRIMARY KEY (run_id, position)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE baseline (
      series TEXT PRIMARY KEY,
      run_id INTEGER NOT NULL REFERENCES run,
      chosen TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE INDEX run_by_clock ON run (clock, uuid);
    CREATE INDEX baseline_by_run ON baseline (run_id);
    """
}
