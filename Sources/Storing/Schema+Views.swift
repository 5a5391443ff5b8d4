extension Schema {
  /// What people ask, and what the tables of attempts, files and steps would be if nothing were stored once.
  static let views = """
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
    """
}
