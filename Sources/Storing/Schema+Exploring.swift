import GRDB

extension Schema {
  /// Lets runs be of the kind `explore`. SQLite can't change a table's constraints, so the table is made anew, and the views
  /// with it (SQLite documentation, "ALTER TABLE", Making Other Kinds Of Table Schema Changes).
  static func remakeRuns(_ db: Database) throws {
    let views = try Row.fetchAll(db, sql: "SELECT name, sql FROM sqlite_master WHERE type = 'view' ORDER BY rowid")
    for view in views { try db.execute(sql: "DROP VIEW \(view["name"] as String)") }
    try db.execute(sql: exploring)
    for view in views { try db.execute(sql: view["sql"] as String) }
  }

  private static let exploring = """
    CREATE TABLE new_run (
      id INTEGER PRIMARY KEY,
      uuid TEXT NOT NULL UNIQUE,
      kind TEXT NOT NULL CHECK (kind IN ('run', 'portability', 'explore')),
      started TEXT NOT NULL,
      finished TEXT,
      state TEXT NOT NULL CHECK (state IN ('running', 'finished', 'interrupted')),
      program TEXT NOT NULL,
      arguments TEXT NOT NULL,
      compiler TEXT NOT NULL,
      planned INTEGER NOT NULL,
      clock INTEGER NOT NULL,
      series TEXT,
      scope TEXT NOT NULL,
      harness TEXT,
      cell_seconds REAL,
      build_seconds REAL,
      options TEXT
    ) STRICT;

    INSERT INTO new_run
      SELECT id, uuid, kind, started, finished, state, program, arguments, compiler, planned, clock, series, scope, harness,
        cell_seconds, build_seconds, options
      FROM run;

    DROP TABLE run;
    ALTER TABLE new_run RENAME TO run;
    CREATE INDEX run_by_clock ON run (clock, uuid);

    """
}
