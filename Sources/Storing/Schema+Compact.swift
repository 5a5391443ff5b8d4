import Foundation
import GRDB

extension Schema {
  /// Bytes of an input's key: enough that no two inputs of a cell share them.
  static let inputKeyLength = 16

  /// What a thousand runs are small with. Nearly every cell is tried once, warm, and leaves nothing but its answer:
  /// such an attempt is a number in `result`. The others are rows, and what they left is stored once. Files and
  /// steps of a run are numbers too. The views `attempt`, `run_file` and `run_step` are what the tables were.
  static func compact(_ db: Database) throws {
    let bytes = DatabaseFunction("hpy_key_bytes", argumentCount: 1, pure: true) { values in
      String.fromDatabaseValue(values[0]).map { keyBytes($0) }
    }
    db.add(function: bytes)
    defer { db.remove(function: bytes) }
    try db.execute(sql: attempts)
    try db.execute(sql: keys)
    try db.execute(sql: views)
  }

  /// The first bytes of a key in hexadecimal.
  static func keyBytes(_ hex: String) -> Data {
    let digits = Array(hex.utf8).prefix(2 * inputKeyLength)
    return Data(
      stride(from: 0, to: digits.count - 1, by: 2).map {
        UInt8(String(decoding: digits[$0...$0 + 1], as: UTF8.self), radix: 16) ?? 0
      })
  }

  private static let attempts = """
    DROP VIEW cell_result;
    ALTER TABLE attempt RENAME TO old_attempt;
    ALTER TABLE result ADD COLUMN microseconds INTEGER;

    CREATE TABLE trace (
      id INTEGER PRIMARY KEY,
      circumstances TEXT NOT NULL,
      answer_id INTEGER NOT NULL REFERENCES answer,
      output_key TEXT REFERENCES content,
      traceback_key TEXT REFERENCES content,
      notes TEXT
    ) STRICT;
    CREATE UNIQUE INDEX trace_by_content ON trace (answer_id, circumstances, coalesce(output_key, ''),
      coalesce(traceback_key, ''), coalesce(notes, ''));

    CREATE TABLE further_attempt (
      run_id INTEGER NOT NULL,
      cell_id INTEGER NOT NULL,
      number INTEGER NOT NULL,
      trace_id INTEGER NOT NULL REFERENCES trace,
      microseconds INTEGER NOT NULL,
      PRIMARY KEY (run_id, cell_id, number),
      FOREIGN KEY (run_id, cell_id) REFERENCES result ON DELETE CASCADE
    ) STRICT, WITHOUT ROWID;

    UPDATE result SET microseconds = CAST(round(seconds * 1e6) AS INTEGER) FROM old_attempt
    WHERE old_attempt.run_id = result.run_id AND old_attempt.cell_id = result.cell_id AND number = 1
      AND circumstances = 'warm' AND old_attempt.answer_id = result.answer_id
      AND coalesce(output_key, traceback_key, notes) IS NULL;
    DELETE FROM old_attempt WHERE number = 1 AND EXISTS (
      SELECT 1 FROM result WHERE result.run_id = old_attempt.run_id AND result.cell_id = old_attempt.cell_id
        AND microseconds IS NOT NULL);
    INSERT OR IGNORE INTO trace (circumstances, answer_id, output_key, traceback_key, notes)
    SELECT circumstances, answer_id, output_key, traceback_key, notes FROM old_attempt ORDER BY run_id, cell_id, number;
    INSERT INTO further_attempt
    SELECT run_id, cell_id, number, trace.id, CAST(round(seconds * 1e6) AS INTEGER)
    FROM old_attempt JOIN trace USING (answer_id, circumstances)
    WHERE trace.output_key IS old_attempt.output_key AND trace.traceback_key IS old_attempt.traceback_key
      AND trace.notes IS old_attempt.notes;
    DROP TABLE old_attempt;
    """

  private static let keys = """
    CREATE TABLE new_input (
      id INTEGER PRIMARY KEY,
      key BLOB NOT NULL UNIQUE
    ) STRICT;
    INSERT INTO new_input SELECT id, hpy_key_bytes(key) FROM input;
    DROP TABLE input;
    ALTER TABLE new_input RENAME TO input;
    DROP INDEX result_by_input;
    DROP INDEX result_by_cell;
    CREATE INDEX result_by_cell ON result (cell_id, run_id, conclusion_id, answer_id, input_id);

    CREATE TABLE new_step (
      id INTEGER PRIMARY KEY,
      key TEXT NOT NULL UNIQUE,
      kind TEXT NOT NULL,
      command TEXT NOT NULL,
      succeeded INTEGER NOT NULL,
      messages TEXT NOT NULL,
      seconds REAL NOT NULL
    ) STRICT;
    INSERT INTO new_step (key, kind, command, succeeded, messages, seconds)
    SELECT key, kind, command, succeeded, messages, seconds FROM step;
    CREATE TABLE new_build_step (
      build_id INTEGER NOT NULL REFERENCES build,
      position INTEGER NOT NULL,
      step_id INTEGER NOT NULL REFERENCES step,
      PRIMARY KEY (build_id, position)
    ) STRICT, WITHOUT ROWID;
    INSERT INTO new_build_step
    SELECT build_id, position, new_step.id FROM build_step JOIN new_step ON key = step_key;
    CREATE TABLE used_step (
      run_id INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
      step_id INTEGER NOT NULL REFERENCES step,
      reused INTEGER NOT NULL,
      PRIMARY KEY (run_id, step_id)
    ) STRICT, WITHOUT ROWID;
    INSERT INTO used_step SELECT run_id, new_step.id, reused FROM run_step JOIN new_step ON key = step_key;
    DROP TABLE run_step;
    DROP TABLE build_step;
    DROP TABLE step;
    ALTER TABLE new_step RENAME TO step;
    ALTER TABLE new_build_step RENAME TO build_step;

    CREATE TABLE file (
      id INTEGER PRIMARY KEY,
      path TEXT NOT NULL,
      content_key TEXT NOT NULL REFERENCES content,
      UNIQUE (path, content_key)
    ) STRICT;
    INSERT INTO file (path, content_key) SELECT DISTINCT path, content_key FROM run_file;
    CREATE TABLE used_file (
      run_id INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
      file_id INTEGER NOT NULL REFERENCES file,
      PRIMARY KEY (run_id, file_id)
    ) STRICT, WITHOUT ROWID;
    INSERT INTO used_file SELECT run_id, file.id FROM run_file JOIN file USING (path, content_key);
    DROP TABLE run_file;
    """

  private static let views = """
    CREATE VIEW run_file AS
      SELECT run_id, path, content_key FROM used_file JOIN file ON file.id = file_id;

    CREATE VIEW run_step AS
      SELECT run_id, key AS step_key, reused FROM used_step JOIN step ON step.id = step_id;

    CREATE VIEW attempt AS
      SELECT run_id, cell_id, 1 AS number, 'warm' AS circumstances, answer_id, microseconds / 1e6 AS seconds,
        NULL AS output_key, NULL AS traceback_key, NULL AS notes
      FROM result WHERE microseconds IS NOT NULL
      UNION ALL
      SELECT run_id, cell_id, number, circumstances, answer_id, microseconds / 1e6, output_key, traceback_key, notes
      FROM further_attempt JOIN trace ON trace.id = trace_id;

    CREATE VIEW latest_run AS SELECT * FROM run ORDER BY clock DESC, uuid DESC LIMIT 1;

    CREATE VIEW cell_result AS
      SELECT run.uuid AS run, run.started AS started, run.clock AS clock, run.series AS series,
        scenario.suite AS suite, scenario.test_case AS test_case, scenario.name AS scenario,
        cell.lane AS lane, cell.runtime AS runtime,
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
    """
}
