import GRDB

/// The tables of a results database, as numbered migrations. `Results/README.md` explains them to people.
enum Schema {
  /// Marks a file as ours: "HPyC".
  static let applicationID = 0x4850_7943

  /// Every version of the schema in order; a released migration is never edited, only followed by another.
  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1 first schema") { try $0.execute(sql: first) }
    migrator.registerMigration("2 results taken over") { try $0.execute(sql: takenOver) }
    migrator.registerMigration("3 portability") { try $0.execute(sql: portability) }
    migrator.registerMigration("4 history") { try $0.execute(sql: history) }
    migrator.registerMigration("5 compact") { try compact($0) }
    return migrator
  }

  private static let first = """
    PRAGMA application_id = \(applicationID);

    CREATE TABLE content (
      key TEXT PRIMARY KEY,
      text TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE run (
      id INTEGER PRIMARY KEY,
      uuid TEXT NOT NULL UNIQUE,
      started TEXT NOT NULL,
      finished TEXT,
      state TEXT NOT NULL CHECK (state IN ('running', 'finished', 'interrupted')),
      program TEXT NOT NULL,
      arguments TEXT NOT NULL,
      compiler TEXT NOT NULL,
      planned INTEGER NOT NULL
    ) STRICT;

    CREATE TABLE run_file (
      run_id INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
      path TEXT NOT NULL,
      content_key TEXT NOT NULL REFERENCES content,
      PRIMARY KEY (run_id, path)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE runtime (
      id INTEGER PRIMARY KEY,
      key TEXT NOT NULL UNIQUE,
      implementation TEXT NOT NULL,
      version TEXT NOT NULL,
      python TEXT NOT NULL,
      build TEXT NOT NULL,
      machine TEXT NOT NULL,
      hpy_version TEXT,
      hpy_layout TEXT,
      hpy_content TEXT
    ) STRICT;

    CREATE TABLE run_runtime (
      run_id INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
      position INTEGER NOT NULL,
      name TEXT NOT NULL,
      runtime_id INTEGER NOT NULL REFERENCES runtime,
      description TEXT NOT NULL,
      PRIMARY KEY (run_id, position),
      UNIQUE (run_id, name)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE scenario (
      id INTEGER PRIMARY KEY,
      suite TEXT NOT NULL,
      test_case TEXT NOT NULL,
      name TEXT NOT NULL,
      UNIQUE (suite, test_case, name)
    ) STRICT;

    CREATE TABLE cell (
      id INTEGER PRIMARY KEY,
      key TEXT NOT NULL UNIQUE,
      scenario_id INTEGER NOT NULL REFERENCES scenario,
      lane TEXT NOT NULL,
      runtime TEXT NOT NULL
    ) STRICT;

    CREATE TABLE step (
      key TEXT PRIMARY KEY,
      kind TEXT NOT NULL,
      command TEXT NOT NULL,
      succeeded INTEGER NOT NULL,
      messages TEXT NOT NULL,
      seconds REAL NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE build (
      id INTEGER PRIMARY KEY,
      key TEXT NOT NULL UNIQUE
    ) STRICT;

    CREATE TABLE build_step (
      build_id INTEGER NOT NULL REFERENCES build,
      position INTEGER NOT NULL,
      step_key TEXT NOT NULL REFERENCES step,
      PRIMARY KEY (build_id, position)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE run_step (
      run_id INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
      step_key TEXT NOT NULL REFERENCES step,
      reused INTEGER NOT NULL,
      PRIMARY KEY (run_id, step_key)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE answer (
      id INTEGER PRIMARY KEY,
      key TEXT NOT NULL UNIQUE,
      outcome TEXT NOT NULL,
      message TEXT
    ) STRICT;

    CREATE TABLE observation (
      answer_id INTEGER NOT NULL REFERENCES answer,
      position INTEGER NOT NULL,
      label TEXT NOT NULL,
      facet TEXT NOT NULL,
      value TEXT NOT NULL,
      exception TEXT,
      message TEXT,
      expected TEXT,
      source TEXT,
      holds INTEGER,
      PRIMARY KEY (answer_id, position)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE conclusion (
      id INTEGER PRIMARY KEY,
      key TEXT NOT NULL UNIQUE,
      verdict TEXT NOT NULL
    ) STRICT;

    CREATE TABLE finding (
      conclusion_id INTEGER NOT NULL REFERENCES conclusion,
      position INTEGER NOT NULL,
      label TEXT,
      facet TEXT NOT NULL,
      observed TEXT NOT NULL,
      expected TEXT NOT NULL,
      source TEXT,
      reference TEXT,
      verdict TEXT NOT NULL,
      reason TEXT,
      link TEXT,
      circumstances TEXT NOT NULL,
      PRIMARY KEY (conclusion_id, position)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE result (
      run_id INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
      cell_id INTEGER NOT NULL REFERENCES cell,
      conclusion_id INTEGER NOT NULL REFERENCES conclusion,
      answer_id INTEGER NOT NULL REFERENCES answer,
      build_id INTEGER REFERENCES build,
      PRIMARY KEY (run_id, cell_id)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE attempt (
      run_id INTEGER NOT NULL,
      cell_id INTEGER NOT NULL,
      number INTEGER NOT NULL,
      circumstances TEXT NOT NULL,
      answer_id INTEGER NOT NULL REFERENCES answer,
      seconds REAL NOT NULL,
      output_key TEXT REFERENCES content,
      traceback_key TEXT REFERENCES content,
      notes TEXT,
      PRIMARY KEY (run_id, cell_id, number),
      FOREIGN KEY (run_id, cell_id) REFERENCES result ON DELETE CASCADE
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE judgement (
      id INTEGER PRIMARY KEY,
      run_id INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
      judged TEXT NOT NULL,
      ledger_key TEXT NOT NULL REFERENCES content,
      verdicts TEXT NOT NULL
    ) STRICT;

    CREATE INDEX result_by_cell ON result (cell_id, run_id);
    CREATE INDEX cell_by_scenario ON cell (scenario_id);

    CREATE VIEW cell_result AS
      SELECT run.uuid AS run, run.started AS started,
        scenario.suite AS suite, scenario.test_case AS test_case, scenario.name AS scenario,
        cell.lane AS lane, cell.runtime AS runtime,
        runtime.implementation AS implementation, runtime.version AS version, runtime.hpy_version AS hpy_version,
        answer.outcome AS outcome, conclusion.verdict AS verdict, answer.message AS message,
        (SELECT count(*) FROM attempt
          WHERE attempt.run_id = result.run_id AND attempt.cell_id = result.cell_id) AS attempts,
        result.run_id AS run_id, result.cell_id AS cell_id, result.answer_id AS answer_id,
        result.conclusion_id AS conclusion_id
      FROM result
      JOIN run ON run.id = result.run_id
      JOIN cell ON cell.id = result.cell_id
      JOIN scenario ON scenario.id = cell.scenario_id
      JOIN run_runtime ON run_runtime.run_id = run.id AND run_runtime.name = cell.runtime
      JOIN runtime ON runtime.id = run_runtime.runtime_id
      JOIN answer ON answer.id = result.answer_id
      JOIN conclusion ON conclusion.id = result.conclusion_id;
    """

  private static let takenOver = """
    CREATE TABLE input (
      id INTEGER PRIMARY KEY,
      key TEXT NOT NULL UNIQUE
    ) STRICT;

    ALTER TABLE result ADD COLUMN input_id INTEGER REFERENCES input;
    ALTER TABLE result ADD COLUMN reused_from INTEGER REFERENCES run;

    CREATE INDEX result_by_input ON result (input_id, run_id) WHERE input_id IS NOT NULL;
    CREATE INDEX result_by_source ON result (reused_from) WHERE reused_from IS NOT NULL;

    DROP VIEW cell_result;

    CREATE VIEW cell_result AS
      SELECT run.uuid AS run, run.started AS started,
        scenario.suite AS suite, scenario.test_case AS test_case, scenario.name AS scenario,
        cell.lane AS lane, cell.runtime AS runtime,
        runtime.implementation AS implementation, runtime.version AS version, runtime.hpy_version AS hpy_version,
        answer.outcome AS outcome, conclusion.verdict AS verdict, answer.message AS message,
        (SELECT count(*) FROM attempt
          WHERE attempt.run_id = result.run_id AND attempt.cell_id = result.cell_id) AS attempts,
        (SELECT source.uuid FROM run AS source WHERE source.id = result.reused_from) AS reused_from,
        result.run_id AS run_id, result.cell_id AS cell_id, result.answer_id AS answer_id,
        result.conclusion_id AS conclusion_id
      FROM result
      JOIN run ON run.id = result.run_id
      JOIN cell ON cell.id = result.cell_id
      JOIN scenario ON scenario.id = cell.scenario_id
      JOIN run_runtime ON run_runtime.run_id = run.id AND run_runtime.name = cell.runtime
      JOIN runtime ON runtime.id = run_runtime.runtime_id
      JOIN answer ON answer.id = result.answer_id
      JOIN conclusion ON conclusion.id = result.conclusion_id;
    """
}
