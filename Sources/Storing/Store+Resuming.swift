import GRDB
import Model

extension Store {
  /// What a run has recorded of each of its cells.
  public func recordedCells(of run: StoredRun) throws -> [RecordedCell] {
    try read(of: run) { db in
      var reader = ContentReader()
      let rows = try Row.fetchCursor(
        db,
        sql: """
          SELECT \(ContentReader.cellColumns), outcome, verdict,
            EXISTS (SELECT 1 FROM further_attempt AS further JOIN trace ON trace.id = trace_id
              WHERE further.run_id = result.run_id AND further.cell_id = result.cell_id
                AND trace.answer_id IN \(Self.lacking))
          \(Self.cells) JOIN answer ON answer.id = answer_id JOIN conclusion ON conclusion.id = conclusion_id
          WHERE run_id = :run
          """, arguments: ["run": run.id, "lacking": Outcome.harnessFailed])
      var recorded: [RecordedCell] = []
      while let row = try rows.next() {
        recorded.append(
          RecordedCell(
            try reader.cell(row), try reader.verdict(row, at: 7), try reader.outcome(row, at: 6),
            lackedMachine: try row.decode(atIndex: 8)))
      }
      return recorded
    }
  }

  /// Answers that say that the machine lacked something. There are few answers, and many results.
  private static let lacking = "(SELECT id FROM answer WHERE outcome = :lacking)"

  /// The run that a text names for going on with it: `latest` is the newest one of which something is left, because it
  /// is not finished or because the machine lacked something. It may be a portability view.
  ///
  /// - Parameter ofSeries: whether it has to belong to a history.
  /// - Throws: `Problem` when it names none, or several.
  public func run(toResume text: String, ofSeries: Bool = false) throws -> StoredRun {
    guard text == "latest" else {
      let run = try run(named: text, nil)
      if ofSeries, run.series == nil {
        throw Problem(
          "run \(run.uuid.prefix(8)) belongs to no series, so it is not a nightly run",
          remedy: "`hpy-conform run --resume \(run.uuid.prefix(8))` resumes it")
      }
      return run
    }
    let found = try read { db in
      try StoredRun.fetch(
        db,
        where: """
          (NOT :ofSeries OR series IS NOT NULL) AND (state <> :finished
            OR EXISTS (SELECT 1 FROM result WHERE run_id = run.id AND answer_id IN \(Self.lacking))
            OR EXISTS (SELECT 1 FROM further_attempt JOIN trace ON trace.id = trace_id
              WHERE run_id = run.id AND trace.answer_id IN \(Self.lacking)))
          """, ["ofSeries": ofSeries, "finished": RunState.finished, "lacking": Outcome.harnessFailed], limit: 1)
    }
    if let run = found.first { return run }
    throw Problem(
      "no run\(ofSeries ? " of a series" : "") in this database is unfinished",
      remedy: "`hpy-conform runs` lists them; make a new one with `hpy-conform \(ofSeries ? "nightly" : "run")`")
  }

  /// The key of the ledgers by which the verdicts of a run were last decided; nil while no judgement is recorded.
  public func ledgerInForce(of run: StoredRun) throws -> ContentKey? {
    try read(of: run) { db in
      try ContentKey.fetchOne(
        db, sql: "SELECT ledger_key FROM judgement WHERE run_id = ? ORDER BY judged DESC, id DESC LIMIT 1",
        arguments: [run.id])
    }
  }
}
