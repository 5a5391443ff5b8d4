extension Schema {
  /// Everything that runs share is stored once, by its content (`key`). Nearly every cell is tried once, warm, and
  /// leaves nothing but its answer: such an attempt is a number in `result`. Only the others are rows.
  static let tables = """
    CREATE TABLE content (
      key TEXT PRIMARY KEY,
      text TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE run (
      id INTEGER PRIMARY KEY,
      uuid TEXT NOT NULL UNIQUE,
      kind TEXT NOT NULL CHECK (kind IN ('run', 'portability')),
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
      build_seconds REAL
    ) STRICT;

    CREATE TABLE run_missing (
      run_id INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
      position INTEGER NOT NULL,
      reason TEXT NOT NULL,
      PRIMARY KEY (run_id, position)
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

    CREATE TABLE run_binary (
      run_id INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
      position INTEGER NOT NULL,
      flavour TEXT NOT NULL,
      homes TEXT NOT NULL,
      PRIMARY KEY (run_id, position)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE baseline (
      series TEXT PRIMARY KEY,
      run_id INTEGER NOT NULL REFERENCES run,
      chosen TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE judgement (
      id INTEGER PRIMARY KEY,
      run_id INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
      judged TEXT NOT NULL,
      ledger_key TEXT NOT NULL REFERENCES content,
      verdicts TEXT NOT NULL
    ) STRICT;

    CREATE TABLE file (
      id INTEGER PRIMARY KEY,
      path TEXT NOT NULL,
      content_key TEXT NOT NULL REFERENCES content,
      UNIQUE (path, content_key)
    ) STRICT;

    CREATE TABLE used_file (
      run_id INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
      file_id INTEGER NOT NULL REFERENCES file,
      PRIMARY KEY (run_id, file_id)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE scenario_part (
      file_id INTEGER NOT NULL REFERENCES file ON DELETE CASCADE,
      name TEXT NOT NULL,
      line INTEGER NOT NULL,
      content_key TEXT NOT NULL,
      PRIMARY KEY (file_id, name)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE step (
      id INTEGER PRIMARY KEY,
      key TEXT NOT NULL UNIQUE,
      kind TEXT NOT NULL,
      command TEXT NOT NULL,
      succeeded INTEGER NOT NULL,
      messages TEXT NOT NULL,
      seconds REAL NOT NULL
    ) STRICT;

    CREATE TABLE used_step (
      run_id INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
      step_id INTEGER NOT NULL REFERENCES step,
      reused INTEGER NOT NULL,
      PRIMARY KEY (run_id, step_id)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE build (
      id INTEGER PRIMARY KEY,
      key TEXT NOT NULL UNIQUE
    ) STRICT;

    CREATE TABLE build_step (
      build_id INTEGER NOT NULL REFERENCES build,
      position INTEGER NOT NULL,
      step_id INTEGER NOT NULL REFERENCES step,
      PRIMARY KEY (build_id, position)
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
      home TEXT,
      runtime TEXT NOT NULL
    ) STRICT;

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
      verdict TEXT NOT NULL,
      promise TEXT,
      behaviour TEXT,
      kept INTEGER,
      unsteady INTEGER
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

    CREATE TABLE input (
      id INTEGER PRIMARY KEY,
      key BLOB NOT NULL UNIQUE
    ) STRICT;

    CREATE TABLE result (
      run_id INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
      cell_id INTEGER NOT NULL REFERENCES cell,
      conclusion_id INTEGER NOT NULL REFERENCES conclusion,
      answer_id INTEGER NOT NULL REFERENCES answer,
      build_id INTEGER REFERENCES build,
      input_id INTEGER REFERENCES input,
      reused_from INTEGER REFERENCES run,
      microseconds INTEGER,
      PRIMARY KEY (run_id, cell_id)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE trace (
      id INTEGER PRIMARY KEY,
      key BLOB NOT NULL UNIQUE,
      circumstances TEXT NOT NULL,
      answer_id INTEGER NOT NULL REFERENCES answer,
      notes TEXT
    ) STRICT;

    CREATE TABLE trace_attachment (
      trace_id INTEGER NOT NULL REFERENCES trace,
      name TEXT NOT NULL,
      content_key TEXT NOT NULL REFERENCES content,
      PRIMARY KEY (trace_id, name)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE further_attempt (
      run_id INTEGER NOT NULL,
      cell_id INTEGER NOT NULL,
      number INTEGER NOT NULL,
      trace_id INTEGER NOT NULL REFERENCES trace,
      microseconds INTEGER NOT NULL,
      PRIMARY KEY (run_id, cell_id, number),
      FOREIGN KEY (run_id, cell_id) REFERENCES result ON DELETE CASCADE
    ) STRICT, WITHOUT ROWID;

    CREATE INDEX run_by_clock ON run (clock, uuid);
    CREATE INDEX baseline_by_run ON baseline (run_id);
    CREATE INDEX cell_by_scenario ON cell (scenario_id);
    CREATE INDEX result_by_cell ON result (cell_id, run_id, conclusion_id, answer_id, input_id);
    CREATE INDEX result_by_source ON result (reused_from) WHERE reused_from IS NOT NULL;

    """
}
