import Foundation
import GRDB
import Model

extension Store {
  /// Replaces the verdicts of a run. Answers stay as they are, and every ledger that was ever used is kept, so
  /// that any earlier judgement can be made again.
  ///
  /// - Parameter ledger: the text that these verdicts come from.
  public func replaceVerdicts(of run: StoredRun, with judgements: [CellID: Judgement], ledger: String) throws {
    do {
      try pool.write { db in
        let rows = try Row.fetchAll(
          db, sql: "SELECT cell_id, suite, test_case, scenario, lane, runtime FROM cell_result WHERE run_id = ?",
          arguments: [run.id])
        for row in rows {
          let cell = CellID(
            scenario: ScenarioID(suite: row["suite"], testCase: row["test_case"], name: row["scenario"]),
            lane: row["lane"], runtime: row["runtime"])
          guard let judgement = judgements[cell] else { continue }
          let id: Int64 = row["cell_id"]
          try db.cachedStatement(sql: "UPDATE result SET conclusion_id = ? WHERE run_id = ? AND cell_id = ?")
            .execute(arguments: [try Rows.conclusion(judgement, in: db), run.id, id])
        }
        let verdicts = try Row.fetchAll(
          db, sql: Self.verdictCounting, arguments: [run.id])
        try Rows.judgement(
          run: run.id, ledger: ledger,
          verdicts: verdicts.reduce(into: [:]) { $0[Verdict(rawValue: $1["verdict"]) ?? .notJudged] = $1["number"] },
          in: db)
      }
    } catch let error as DatabaseError {
      throw Self.problem(error, path: path)
    }
  }
}
