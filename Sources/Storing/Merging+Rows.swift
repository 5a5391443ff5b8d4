/// The statements of a merge from the attached database `source`. Tables `of_…` say which row here (`new`) is which row
/// there (`old`).
extension Merging {
  private static func mapping(_ table: String, by columns: String) -> String {
    """
    CREATE TEMP TABLE of_\(table) (old INTEGER PRIMARY KEY, new INTEGER NOT NULL);
    INSERT INTO of_\(table) SELECT there.id, here.id
    FROM source.\(table) AS there JOIN main.\(table) AS here USING (\(columns));
    """
  }

  /// What runs share, by content.
  static let shared = """
    INSERT OR IGNORE INTO main.content SELECT * FROM source.content;

    INSERT OR IGNORE INTO main.runtime (key, implementation, version, python, build, machine, hpy_version, hpy_layout,
      hpy_content)
    SELECT key, implementation, version, python, build, machine, hpy_version, hpy_layout, hpy_content
    FROM source.runtime ORDER BY id;
    \(mapping("runtime", by: "key"))

    INSERT OR IGNORE INTO main.scenario (suite, test_case, name)
    SELECT suite, test_case, name FROM source.scenario ORDER BY id;
    \(mapping("scenario", by: "suite, test_case, name"))

    INSERT OR IGNORE INTO main.cell (key, scenario_id, lane, runtime)
    SELECT key, new, lane, runtime FROM source.cell JOIN of_scenario ON old = scenario_id ORDER BY cell.id;
    \(mapping("cell", by: "key"))

    INSERT OR IGNORE INTO main.answer (key, outcome, message)
    SELECT key, outcome, message FROM source.answer ORDER BY id;
    \(mapping("answer", by: "key"))
    INSERT OR IGNORE INTO main.observation
    SELECT new, position, label, facet, value, exception, message, expected, source, holds
    FROM source.observation JOIN of_answer ON old = answer_id;

    INSERT OR IGNORE INTO main.conclusion (key, verdict) SELECT key, verdict FROM source.conclusion ORDER BY id;
    \(mapping("conclusion", by: "key"))
    INSERT OR IGNORE INTO main.finding
    SELECT new, position, label, facet, observed, expected, source, reference, verdict, reason, link, circumstances
    FROM source.finding JOIN of_conclusion ON old = conclusion_id;

    INSERT OR IGNORE INTO main.input (key) SELECT key FROM source.input ORDER BY id;
    \(mapping("input", by: "key"))

    INSERT OR IGNORE INTO main.file (path, content_key) SELECT path, content_key FROM source.file ORDER BY id;
    \(mapping("file", by: "path, content_key"))

    INSERT OR IGNORE INTO main.trace (circumstances, answer_id, output_key, traceback_key, notes)
    SELECT circumstances, new, output_key, traceback_key, notes
    FROM source.trace JOIN of_answer ON old = answer_id ORDER BY trace.id;
    CREATE TEMP TABLE of_trace (old INTEGER PRIMARY KEY, new INTEGER NOT NULL);
    INSERT INTO of_trace SELECT there.id, here.id
    FROM source.trace AS there JOIN of_answer ON of_answer.old = there.answer_id
    JOIN main.trace AS here ON here.answer_id = of_answer.new AND here.circumstances = there.circumstances
      AND coalesce(here.output_key, '') = coalesce(there.output_key, '')
      AND coalesce(here.traceback_key, '') = coalesce(there.traceback_key, '')
      AND coalesce(here.notes, '') = coalesce(there.notes, '');
    """

  /// A step is the same by its inputs; what it printed and took may differ, and the greater row stays.
  static let steps = """
    INSERT INTO main.step (key, kind, command, succeeded, messages, seconds)
    SELECT key, kind, command, succeeded, messages, seconds FROM source.step WHERE true ORDER BY id
    ON CONFLICT (key) DO UPDATE SET kind = excluded.kind, command = excluded.command, succeeded = excluded.succeeded,
      messages = excluded.messages, seconds = excluded.seconds
    WHERE (excluded.succeeded, excluded.seconds, excluded.command, excluded.messages, excluded.kind)
      > (step.succeeded, step.seconds, step.command, step.messages, step.kind);
    \(mapping("step", by: "key"))

    INSERT OR IGNORE INTO main.build (key) SELECT key FROM source.build ORDER BY id;
    \(mapping("build", by: "key"))
    INSERT OR IGNORE INTO main.build_step
    SELECT of_build.new, position, of_step.new FROM source.build_step
    JOIN of_build ON of_build.old = build_id JOIN of_step ON of_step.old = step_id;
    """

  /// How far a run or a view got, as a value that compares; of a whole one nothing need be counted.
  private static func completeness(_ row: String, in schema: String, results: String) -> String {
    """
    CASE \(row).state WHEN 'finished' THEN 3 WHEN 'interrupted' THEN 2 ELSE 1 END,
      CASE \(row).state WHEN 'finished' THEN 0 ELSE (SELECT count(*) FROM \(schema).\(results) = \(row).id) END,
      coalesce(\(row).finished, ''), \(row).started, \(row).arguments, \(row).compiler, \(row).program
    """
  }

  private static func standing(results: String) -> String {
    let there = completeness("there", in: "source", results: results)
    let here = completeness("here", in: "main", results: results)
    return """
      CASE WHEN here.id IS NULL THEN 'new' WHEN (\(there)) > (\(here)) THEN 'better'
        WHEN (\(there)) < (\(here)) THEN 'worse' ELSE 'same' END
      """
  }

  /// Runs by their UUID, with what they are.
  static let runs = """
    CREATE TEMP TABLE arrival (old INTEGER PRIMARY KEY, new INTEGER, standing TEXT NOT NULL);
    INSERT INTO arrival SELECT there.id, here.id, \(standing(results: "result WHERE run_id"))
    FROM source.run AS there LEFT JOIN main.run AS here USING (uuid);

    INSERT INTO main.run (uuid, started, finished, state, program, arguments, compiler, planned, clock, series, scope,
      harness, cell_seconds, build_seconds)
    SELECT uuid, started, finished, state, program, arguments, compiler, planned, clock, series, scope, harness,
      cell_seconds, build_seconds
    FROM source.run JOIN arrival ON old = id WHERE standing = 'new' ORDER BY clock, uuid;
    UPDATE arrival SET new = here.id FROM source.run AS there JOIN main.run AS here USING (uuid)
    WHERE there.id = old AND standing = 'new';

    UPDATE main.run SET clock = max(run.clock, there.clock) FROM source.run AS there WHERE there.uuid = run.uuid;
    UPDATE main.run SET started = there.started, finished = there.finished, state = there.state,
      program = there.program, arguments = there.arguments, compiler = there.compiler, planned = there.planned,
      series = there.series, scope = there.scope, harness = there.harness, cell_seconds = there.cell_seconds,
      build_seconds = there.build_seconds
    FROM source.run AS there JOIN arrival ON old = there.id
    WHERE there.uuid = run.uuid AND standing = 'better';

    CREATE TEMP TABLE replaced AS SELECT new FROM arrival WHERE standing = 'better';
    DELETE FROM main.further_attempt WHERE run_id IN (SELECT new FROM replaced);
    DELETE FROM main.result WHERE run_id IN (SELECT new FROM replaced);
    DELETE FROM main.used_file WHERE run_id IN (SELECT new FROM replaced);
    DELETE FROM main.used_step WHERE run_id IN (SELECT new FROM replaced);
    DELETE FROM main.run_runtime WHERE run_id IN (SELECT new FROM replaced);
    DELETE FROM main.run_missing WHERE run_id IN (SELECT new FROM replaced);
    DELETE FROM main.judgement WHERE run_id IN (SELECT new FROM replaced);

    CREATE TEMP TABLE taken (old INTEGER PRIMARY KEY, new INTEGER NOT NULL);
    INSERT INTO taken SELECT old, new FROM arrival WHERE standing IN ('new', 'better');
    INSERT INTO main.run_missing
    SELECT new, position, reason FROM taken JOIN source.run_missing ON run_id = old;
    INSERT INTO main.run_runtime SELECT taken.new, position, name, of_runtime.new, description
    FROM taken JOIN source.run_runtime ON run_id = taken.old JOIN of_runtime ON of_runtime.old = runtime_id;
    INSERT INTO main.used_file SELECT taken.new, of_file.new
    FROM taken JOIN source.used_file ON run_id = taken.old JOIN of_file ON of_file.old = file_id;
    INSERT INTO main.used_step SELECT taken.new, of_step.new, reused
    FROM taken JOIN source.used_step ON run_id = taken.old JOIN of_step ON of_step.old = step_id;

    INSERT INTO main.baseline
    SELECT series, new, chosen FROM source.baseline JOIN arrival ON old = run_id WHERE true
    ON CONFLICT (series) DO UPDATE SET run_id = excluded.run_id, chosen = excluded.chosen
    WHERE (excluded.chosen, (SELECT uuid FROM main.run WHERE id = excluded.run_id))
      > (baseline.chosen, (SELECT uuid FROM main.run WHERE id = baseline.run_id));
    """

  static let results = """
    INSERT INTO main.result (run_id, cell_id, conclusion_id, answer_id, build_id, input_id, reused_from, microseconds)
    SELECT taken.new, of_cell.new, of_conclusion.new, of_answer.new, of_build.new, of_input.new, origin.new,
      microseconds
    FROM taken CROSS JOIN source.result AS there ON there.run_id = taken.old
    JOIN of_cell ON of_cell.old = cell_id JOIN of_conclusion ON of_conclusion.old = conclusion_id
    JOIN of_answer ON of_answer.old = answer_id LEFT JOIN of_build ON of_build.old = build_id
    LEFT JOIN of_input ON of_input.old = input_id LEFT JOIN arrival AS origin ON origin.old = reused_from;

    INSERT INTO main.further_attempt
    SELECT taken.new, of_cell.new, number, of_trace.new, microseconds
    FROM taken CROSS JOIN source.further_attempt ON run_id = taken.old
    JOIN of_cell ON of_cell.old = cell_id JOIN of_trace ON of_trace.old = trace_id;
    """

  private static func inForce(_ column: String, in schema: String, run: String) -> String {
    "coalesce((SELECT \(column) FROM \(schema).judgement WHERE run_id = \(run) ORDER BY judged DESC, id DESC LIMIT 1), '')"
  }

  private static func inForce(in schema: String, run: String) -> String {
    ["judged", "ledger_key", "verdicts"].map { inForce($0, in: schema, run: run) }.joined(separator: ", ")
  }

  /// All judgements of equally complete copies, in order, and the verdicts of the latest.
  static let judgements = """
    CREATE TEMP TABLE rejudged (old INTEGER PRIMARY KEY, new INTEGER NOT NULL);
    INSERT INTO rejudged SELECT old, new FROM arrival
    WHERE standing = 'same' AND (\(inForce(in: "source", run: "old"))) > (\(inForce(in: "main", run: "new")));
    UPDATE main.result SET conclusion_id = of_conclusion.new
    FROM rejudged CROSS JOIN source.result AS there ON there.run_id = rejudged.old
    JOIN of_cell ON of_cell.old = there.cell_id JOIN of_conclusion ON of_conclusion.old = there.conclusion_id
    WHERE result.run_id = rejudged.new AND result.cell_id = of_cell.new;

    CREATE TEMP TABLE every_judgement AS
    SELECT run_id, judged, ledger_key, verdicts FROM main.judgement
    WHERE run_id IN (SELECT new FROM arrival WHERE standing = 'same')
    UNION
    SELECT new, judged, ledger_key, verdicts FROM source.judgement JOIN arrival ON old = run_id
    WHERE standing <> 'worse';
    DELETE FROM main.judgement WHERE run_id IN (SELECT run_id FROM every_judgement);
    INSERT INTO main.judgement (run_id, judged, ledger_key, verdicts)
    SELECT run_id, judged, ledger_key, verdicts FROM every_judgement ORDER BY run_id, judged, ledger_key, verdicts;
    """

  /// Portability views by their UUID.
  static let portability = """
    CREATE TEMP TABLE view_arrival (old INTEGER PRIMARY KEY, new INTEGER, standing TEXT NOT NULL);
    INSERT INTO view_arrival
    SELECT there.id, here.id, \(standing(results: "portability_result WHERE portability_id"))
    FROM source.portability AS there LEFT JOIN main.portability AS here USING (uuid);

    DELETE FROM main.portability WHERE id IN (SELECT new FROM view_arrival WHERE standing = 'better');
    INSERT INTO main.portability (uuid, started, finished, state, program, arguments, compiler, planned)
    SELECT uuid, started, finished, state, program, arguments, compiler, planned
    FROM source.portability JOIN view_arrival ON old = id WHERE standing IN ('new', 'better') ORDER BY started, uuid;
    CREATE TEMP TABLE viewed (old INTEGER PRIMARY KEY, new INTEGER NOT NULL);
    INSERT INTO viewed SELECT there.id, here.id
    FROM view_arrival JOIN source.portability AS there ON there.id = old JOIN main.portability AS here USING (uuid)
    WHERE standing IN ('new', 'better');

    INSERT INTO main.portability_runtime
    SELECT viewed.new, position, name, of_runtime.new, description, obstacle
    FROM viewed JOIN source.portability_runtime ON portability_id = viewed.old
    JOIN of_runtime ON of_runtime.old = runtime_id;
    INSERT INTO main.portability_binary
    SELECT new, position, name, kind, abi, built_for, homes, hpy_version, hpy_layout
    FROM viewed JOIN source.portability_binary ON portability_id = old;
    INSERT INTO main.portability_result (portability_id, binary, runtime, scenario_id, answer_id, behaviour, promise,
      kept, reference, unsteady, content)
    SELECT viewed.new, binary, runtime, of_scenario.new, of_answer.new, behaviour, promise, kept, reference, unsteady,
      content
    FROM viewed JOIN source.portability_result ON portability_id = viewed.old
    JOIN of_scenario ON of_scenario.old = scenario_id JOIN of_answer ON of_answer.old = answer_id;
    CREATE TEMP TABLE of_view_result (old INTEGER PRIMARY KEY, new INTEGER NOT NULL);
    INSERT INTO of_view_result SELECT there.id, here.id
    FROM viewed JOIN source.portability_result AS there ON there.portability_id = viewed.old
    JOIN of_scenario ON of_scenario.old = there.scenario_id
    JOIN main.portability_result AS here ON here.portability_id = viewed.new AND here.binary = there.binary
      AND here.runtime = there.runtime AND here.scenario_id = of_scenario.new;
    INSERT INTO main.portability_attempt
    SELECT of_view_result.new, number, circumstances, of_answer.new, seconds, output_key, traceback_key, notes
    FROM source.portability_attempt JOIN of_view_result ON of_view_result.old = result_id
    JOIN of_answer ON of_answer.old = answer_id;
    INSERT INTO main.portability_difference
    SELECT new, position, label, facet, observed, expected, source, reference
    FROM source.portability_difference JOIN of_view_result ON old = result_id;
    """

  /// The tables that a merge works with; they are gone for another.
  static let forgetting =
    [
      "of_runtime", "of_scenario", "of_cell", "of_answer", "of_conclusion", "of_input", "of_file", "of_trace",
      "of_step",
      "of_build", "arrival", "replaced", "taken", "rejudged", "every_judgement", "view_arrival", "viewed",
      "of_view_result",
    ].map { "DROP TABLE temp.\($0);" }.joined(separator: "\n")
}
