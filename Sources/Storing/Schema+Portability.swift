extension Schema {
  /// The portability view: tables of its own, so that nothing of it counts as a result of a run.
  static let portability = """
    CREATE TABLE portability (
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

    CREATE TABLE portability_runtime (
      portability_id INTEGER NOT NULL REFERENCES portability ON DELETE CASCADE,
      position INTEGER NOT NULL,
      name TEXT NOT NULL,
      runtime_id INTEGER NOT NULL REFERENCES runtime,
      description TEXT NOT NULL,
      obstacle TEXT,
      PRIMARY KEY (portability_id, position),
      UNIQUE (portability_id, name)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE portability_binary (
      portability_id INTEGER NOT NULL REFERENCES portability ON DELETE CASCADE,
      position INTEGER NOT NULL,
      name TEXT NOT NULL,
      kind TEXT NOT NULL,
      abi TEXT NOT NULL,
      built_for TEXT NOT NULL,
      homes TEXT NOT NULL,
      hpy_version TEXT NOT NULL,
      hpy_layout TEXT NOT NULL,
      PRIMARY KEY (portability_id, position),
      UNIQUE (portability_id, name)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE portability_result (
      id INTEGER PRIMARY KEY,
      portability_id INTEGER NOT NULL,
      binary INTEGER NOT NULL,
      runtime INTEGER NOT NULL,
      scenario_id INTEGER NOT NULL REFERENCES scenario,
      answer_id INTEGER NOT NULL REFERENCES answer,
      behaviour TEXT NOT NULL,
      promise TEXT NOT NULL,
      kept INTEGER,
      reference INTEGER NOT NULL,
      unsteady INTEGER NOT NULL,
      content TEXT,
      UNIQUE (portability_id, binary, runtime, scenario_id),
      FOREIGN KEY (portability_id, binary) REFERENCES portability_binary ON DELETE CASCADE,
      FOREIGN KEY (portability_id, runtime) REFERENCES portability_runtime ON DELETE CASCADE
    ) STRICT;

    CREATE TABLE portability_attempt (
      result_id INTEGER NOT NULL REFERENCES portability_result ON DELETE CASCADE,
      number INTEGER NOT NULL,
      circumstances TEXT NOT NULL,
      answer_id INTEGER NOT NULL REFERENCES answer,
      seconds REAL NOT NULL,
      output_key TEXT REFERENCES content,
      traceback_key TEXT REFERENCES content,
      notes TEXT,
      PRIMARY KEY (result_id, number)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE portability_difference (
      result_id INTEGER NOT NULL REFERENCES portability_result ON DELETE CASCADE,
      position INTEGER NOT NULL,
      label TEXT,
      facet TEXT NOT NULL,
      observed TEXT NOT NULL,
      expected TEXT NOT NULL,
      source TEXT,
      reference TEXT,
      PRIMARY KEY (result_id, position)
    ) STRICT, WITHOUT ROWID;

    CREATE VIEW portability_cell AS
      SELECT portability.uuid AS portability, portability.started AS started,
        scenario.suite AS suite, scenario.test_case AS test_case, scenario.name AS scenario,
        portability_binary.name AS binary, portability_binary.kind AS kind, portability_binary.abi AS abi,
        portability_binary.built_for AS built_for, portability_binary.hpy_version AS hpy_version,
        portability_runtime.name AS runtime, answer.outcome AS outcome, answer.message AS message,
        behaviour, promise, kept, reference, unsteady,
        portability_result.portability_id AS portability_id, portability_result.id AS result_id, answer_id
      FROM portability_result
      JOIN portability ON portability.id = portability_result.portability_id
      JOIN portability_binary ON portability_binary.portability_id = portability_result.portability_id
        AND portability_binary.position = portability_result.binary
      JOIN portability_runtime ON portability_runtime.portability_id = portability_result.portability_id
        AND portability_runtime.position = portability_result.runtime
      JOIN scenario ON scenario.id = portability_result.scenario_id
      JOIN answer ON answer.id = portability_result.answer_id;
    """
}
