CREATE TABLE content (
  key TEXT PRIMARY KEY,
  text TEXT NOT NULL
) STRICT, WITHOUT ROWID;

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

CREATE INDEX baseline_by_run ON baseline (run_id);

CREATE INDEX cell_by_scenario ON cell (scenario_id);

CREATE INDEX result_by_cell ON result (cell_id, run_id, conclusion_id, answer_id, input_id);

CREATE INDEX result_by_source ON result (reused_from) WHERE reused_from IS NOT NULL;

CREATE TABLE run_resumed (
  run_id INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
  position INTEGER NOT NULL,
  resumed TEXT NOT NULL,
  kept INTEGER NOT NULL,
  PRIMARY KEY (run_id, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE "run" (
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

CREATE INDEX run_by_clock ON run (clock, uuid);

CREATE VIEW run_file AS
  SELECT run_id, path, content_key FROM used_file JOIN file ON file.id = file_id;

CREATE VIEW run_step AS
  SELECT run_id, key AS step_key, reused FROM used_step JOIN step ON step.id = step_id;

CREATE VIEW attempt AS
  SELECT run_id, cell_id, 1 AS number, 'warm' AS circumstances, answer_id, microseconds / 1e6 AS seconds,
    NULL AS notes, NULL AS trace_id
  FROM result WHERE microseconds IS NOT NULL
  UNION ALL
  SELECT run_id, cell_id, number, circumstances, answer_id, microseconds / 1e6, notes, trace_id
  FROM further_attempt JOIN trace ON trace.id = trace_id;

CREATE VIEW attachment AS
  SELECT run_id, cell_id, number, name, content_key FROM further_attempt JOIN trace_attachment USING (trace_id);

CREATE VIEW latest_run AS SELECT * FROM run WHERE kind = 'run' ORDER BY clock DESC, uuid DESC LIMIT 1;

CREATE VIEW cell_result AS
  SELECT run.uuid AS run, run.kind AS kind, run.started AS started, run.clock AS clock, run.series AS series,
    scenario.suite AS suite, scenario.test_case AS test_case, scenario.name AS scenario,
    cell.lane AS lane, cell.home AS home, cell.runtime AS runtime,
    runtime.implementation AS implementation, runtime.version AS version, runtime.hpy_version AS hpy_version,
    answer.outcome AS outcome, conclusion.verdict AS verdict, answer.message AS message,
    (result.microseconds IS NOT NULL) + (SELECT count(*) FROM further_attempt
      WHERE further_attempt.run_id = result.run_id AND further_attempt.cell_id = result.cell_id) AS attempts,
    (coalesce(result.microseconds, 0) + (SELECT coalesce(sum(further_attempt.microseconds), 0) FROM further_attempt
      WHERE further_attempt.run_id = result.run_id AND further_attempt.cell_id = result.cell_id)) / 1e6 AS seconds,
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

CREATE VIEW portability_cell AS
  SELECT run, started, clock, suite, test_case, scenario, lane, coalesce(home, runtime) AS home,
    (SELECT flavour || ':' || (homes ->> 0) FROM run_binary
      WHERE run_binary.run_id = cell_result.run_id AND flavour = lane
        AND coalesce(home, runtime) IN (SELECT value FROM json_each(homes))) AS binary,
    runtime, outcome, message, promise, behaviour, kept, unsteady, run_id, cell_id, answer_id, conclusion_id
  FROM cell_result JOIN conclusion ON conclusion.id = conclusion_id
  WHERE promise IS NOT NULL;
