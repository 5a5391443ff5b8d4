/// The statements of a merge from the attached database `source`. Tables `of_…` say which row here (`new`) is which row
/// there (`old`).
extension Merging {
  private static func mapping(_ table: String, by columns: String = "key") -> String {
    """
    CREATE TEMP TABLE of_\(table) (old INTEGER PRIMARY KEY, new INTEGER NOT NULL);
    INSERT INTO of_\(table) SELECT there.id, here.id
    FROM source.\(table) AS there JOIN main.\(table) AS here USING (\(columns));

    """
  }

  /// Rows that hang on nothing else, by what tells them apart.
  private static func union(_ table: String, by key: String = "key", _ others: String = "") -> String {
    let columns = others.isEmpty ? key : "\(key), \(others)"
    return "INSERT OR IGNORE INTO main.\(table) (\(columns)) SELECT \(columns) FROM source.\(table) ORDER BY id;\n"
      + mapping(table, by: key)
  }

  /// What runs share, by content.
  static let shared =
    "INSERT OR IGNORE INTO main.content SELECT * FROM source.content;\n"
    + union("runtime", "implementation, version, python, build, machine, hpy_version, hpy_layout, hpy_content")
    + union("scenario", by: "suite, test_case, name") + union("answer", "outcome, message")
    + union("conclusion", "verdict, promise, behaviour, kept, unsteady") + union("input")
    + union("file", by: "path, content_key") + """
      INSERT OR IGNORE INTO main.cell (key, scenario_id, lane, home, runtime)
      SELECT key, new, lane, home, runtime FROM source.cell JOIN of_scenario ON old = scenario_id ORDER BY cell.id;
      \(mapping("cell"))
      INSERT OR IGNORE INTO main.observation
      SELECT new, position, label, facet, value, exception, message, expected, source, holds
      FROM source.observation JOIN of_answer ON old = answer_id;

      INSERT OR IGNORE INTO main.finding
      SELECT new, position, label, facet, observed, expected, source, reference, verdict, reason, link, circumstances
      FROM source.finding JOIN of_conclusion ON old = conclusion_id;

      INSERT INTO main.scenario_part
      SELECT new, name, line, content_key FROM source.scenario_part JOIN of_file ON old = file_id WHERE true
      ON CONFLICT (file_id, name) DO UPDATE SET line = excluded.line, content_key = excluded.content_key
      WHERE (excluded.line, excluded.content_key) > (scenario_part.line, scenario_part.content_key);

      INSERT OR IGNORE INTO main.trace (key, circumstances, answer_id, notes)
      SELECT key, circumstances, new, notes FROM source.trace JOIN of_answer ON old = answer_id ORDER BY trace.id;
      \(mapping("trace"))
      INSERT OR IGNORE INTO main.trace_attachment
      SELECT new, name, content_key FROM source.trace_attachment JOIN of_trace ON old = trace_id;
      """

  /// A step is the same by its inputs; what it printed and took may differ, and the greater row stays.
  static let steps = """
    INSERT INTO main.step (key, kind, command, succeeded, messages, seconds)
    SELECT key, kind, command, succeeded, messages, seconds FROM source.step WHERE true ORDER BY id
    ON CONFLICT (key) DO UPDATE SET kind = excluded.kind, command = excluded.command, succeeded = excluded.succeeded,
      messages = excluded.messages, seconds = excluded.seconds
    WHERE (excluded.succeeded, excluded.seconds, excluded.command, excluded.messages, excluded.kind)
      > (step.succeeded, step.seconds, step.command, step.messages, step.kind);
    \(mapping("step"))
    \(union("build"))
    INSERT OR IGNORE INTO main.build_step
    SELECT of_build.new, position, of_step.new FROM source.build_step
    JOIN of_build ON of_build.old = build_id JOIN of_step ON of_step.old = step_id;
    """

  /// How far a run got, as a value that compares; of a whole one nothing need be counted. One that was resumed got
  /// further than before, also where it was killed then.
  private static func completeness(_ row: String, in schema: String) -> String {
    """
    (\(row).state = 'finished', (SELECT count(*) FROM \(schema).run_resumed WHERE run_id = \(row).id),
      CASE \(row).state WHEN 'finished' THEN 3 WHEN 'interrupted' THEN 2 ELSE 1 END,
      CASE \(row).state WHEN 'finished' THEN 0
        ELSE (SELECT count(*) FROM \(schema).result WHERE run_id = \(row).id) END,
      coalesce(\(row).finished, ''), \(row).started, \(row).arguments, \(row).compiler, \(row).program)
    """
  }

  private static let (there, here) = (completeness("there", in: "source"), completeness("here", in: "main"))

  /// All of a run's own columns but its `clock`.
  private static let columns = """
    kind, started, finished, state, program, arguments, compiler, planned, series, scope, harness, cell_seconds,
      build_seconds, options
    """

  /// Runs by their UUID, with what they are.
  static let runs = """
    CREATE TEMP TABLE arrival (old INTEGER PRIMARY KEY, new INTEGER, standing TEXT NOT NULL);
    INSERT INTO arrival SELECT there.id, here.id,
      CASE WHEN here.id IS NULL THEN 'new' WHEN \(there) > \(here) THEN 'better' WHEN \(there) < \(here) THEN 'worse'
        ELSE 'same' END
    FROM source.run AS there LEFT JOIN main.run AS here USING (uuid);

    INSERT INTO main.run (uuid, clock, \(columns))
    SELECT uuid, clock, \(columns) FROM source.run JOIN arrival ON old = id WHERE standing = 'new' ORDER BY clock, uuid;
    UPDATE arrival SET new = here.id FROM source.run AS there JOIN main.run AS here USING (uuid)
    WHERE there.id = old AND standing = 'new';

    UPDATE main.run SET clock = max(run.clock, there.clock) FROM source.run AS there WHERE there.uuid = run.uuid;
    UPDATE main.run SET (\(columns)) = (SELECT \(columns) FROM source.run AS there WHERE there.uuid = run.uuid)
    WHERE id IN (SELECT new FROM arrival WHERE standing = 'better');

    \(Schema.partsOfRun.map {
      "DELETE FROM main.\($0) WHERE run_id IN (SELECT new FROM arrival WHERE standing = 'better');"
    }.joined(separator: "\n"))

    CREATE TEMP TABLE taken (old INTEGER PRIMARY KEY, new INTEGER NOT NULL);
    INSERT INTO taken SELECT old, new FROM arrival WHERE standing IN ('new', 'better');
    INSERT INTO main.run_missing
    SELECT new, position, reason FROM taken JOIN source.run_missing ON run_id = old;
    INSERT INTO main.run_resumed
    SELECT new, position, resumed, kept FROM taken JOIN source.run_resumed ON run_id = old;
    INSERT INTO main.run_binary
    SELECT new, position, flavour, homes FROM taken JOIN source.run_binary ON run_id = old;
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

  private static func inForce(in schema: String, run: String) -> String {
    ["judged", "ledger_key", "verdicts"].map { column in
      "coalesce((SELECT \(column) FROM \(schema).judgement WHERE run_id = \(run) "
        + "ORDER BY judged DESC, id DESC LIMIT 1), '')"
    }.joined(separator: ", ")
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

  /// The tables that a merge works with; they are gone for another.
  static let forgetting =
    [
      "of_runtime", "of_scenario", "of_cell", "of_answer", "of_conclusion", "of_input", "of_file", "of_trace",
      "of_step", "of_build", "arrival", "taken", "rejudged", "every_judgement",
    ].map { "DROP TABLE temp.\($0);" }.joined(separator: "\n")
}
