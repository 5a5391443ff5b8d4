import Foundation
import GRDB
import Model

/// A cell's result in a run, by rows: equal rows are equal contents.
public struct CellPassage: Sendable, Hashable {
  /// Row of the run.
  public var run: Int64
  /// Row of the conclusion.
  public var conclusion: Int64
  /// Row of the first answer.
  public var answer: Int64
  public var outcome: Outcome
  /// What its end said, or why nothing was tried.
  public var message: String?
}

/// A cell of a run with the row of its conclusion.
public struct ConcludedCell: Sendable, Hashable {
  public var id: CellID
  /// Row of the cell, the same in all runs of the database.
  public var row: Int64
  public var passage: CellPassage
}

extension Store {
  /// The runs of one history, the oldest first.
  ///
  /// - Parameter series: nil for the runs on their own.
  public func runs(inSeries series: String?) throws -> [StoredRun] {
    try read { db in try Self.runs(db, where: "series IS ?", arguments: [series]).reversed() }
  }

  /// Every cell of a run, by name, without what it observed.
  public func concludedCells(of run: StoredRun) throws -> [ConcludedCell] {
    try read { db in
      let rows = try Row.fetchCursor(
        db,
        sql: """
          SELECT suite, test_case, name AS scenario, lane, runtime, cell_id, run_id, conclusion_id, answer_id, outcome,
            message
          FROM result JOIN cell ON cell.id = cell_id JOIN scenario ON scenario.id = scenario_id
          JOIN answer ON answer.id = answer_id
          WHERE run_id = ? ORDER BY suite, test_case, scenario, runtime, lane
          """, arguments: [run.id])
      var cells: [ConcludedCell] = []
      while let row = try rows.next() {
        cells.append(ConcludedCell(id: Self.cell(row), row: row["cell_id"], passage: Self.passage(row)))
      }
      return cells
    }
  }

  /// The results of some cells in all runs of the database that have one.
  ///
  /// - Parameter cells: rows of cells.
  /// - Returns: by row of the cell and row of the run.
  public func passages(ofCells cells: [Int64]) throws -> [Int64: [Int64: CellPassage]] {
    try read { db in
      // A long history repeats few answers: rows are read as numbers, and each answer once.
      let results = try db.cachedStatement(
        sql: "SELECT run_id, conclusion_id, answer_id FROM result WHERE cell_id = ?")
      let ends = try db.cachedStatement(sql: "SELECT outcome, message FROM answer WHERE id = ?")
      var known: [Int64: (Outcome, String?)] = [:]
      var found: [Int64: [Int64: CellPassage]] = [:]
      for cell in cells {
        var passages: [Int64: CellPassage] = [:]
        let rows = try Row.fetchCursor(results, arguments: [cell])
        while let row = try rows.next() {
          let answer: Int64 = row[2]
          if known[answer] == nil {
            let end = try Row.fetchOne(ends, arguments: [answer])
            known[answer] = (end.flatMap { Outcome($0[0]) } ?? Outcome(.notRun), end?[1])
          }
          let (outcome, message) = known[answer] ?? (Outcome(.notRun), nil)
          passages[row[0]] = CellPassage(
            run: row[0], conclusion: row[1], answer: answer, outcome: outcome, message: message)
        }
        found[cell] = passages
      }
      return found
    }
  }

  /// Seconds that all attempts at a cell took, by row of the cell.
  public func seconds(of run: StoredRun) throws -> [Int64: Double] {
    try read { db in
      try Row.fetchAll(
        db, sql: "SELECT cell_id, sum(seconds) AS seconds FROM attempt WHERE run_id = ? GROUP BY cell_id",
        arguments: [run.id]
      ).reduce(into: [:]) { $0[$1["cell_id"]] = $1["seconds"] }
    }
  }

  /// Verdict and findings of conclusions, by row.
  public func judgements(ofConclusions rows: Set<Int64>) throws -> [Int64: Judgement] {
    try read { db in
      let verdict = try db.cachedStatement(sql: "SELECT verdict FROM conclusion WHERE id = ?")
      let findings = try db.cachedStatement(sql: "SELECT * FROM finding WHERE conclusion_id = ? ORDER BY position")
      return try rows.reduce(into: [:]) { found, row in
        found[row] = Judgement(
          verdict: try String.fetchOne(verdict, arguments: [row]).flatMap { Verdict(rawValue: $0) } ?? .notJudged,
          findings: try Row.fetchAll(findings, arguments: [row]).map { Self.finding($0) })
      }
    }
  }

  /// Verdicts of every run by the judgement in force, by row of the run.
  public func verdictsOfRuns() throws -> [Int64: [String: Int]] {
    try read { db in
      let rows = try Row.fetchAll(
        db, sql: "SELECT run_id, verdicts FROM judgement ORDER BY judged, id")
      return try rows.reduce(into: [:]) { found, row in
        let text: String = row["verdicts"]
        found[row["run_id"]] = try JSONDecoder().decode([String: Int].self, from: Data(text.utf8))
      }
    }
  }

  /// Keys of the files that a run used, by path below the suites' folder; ledgers among them.
  public func fileKeys(of run: StoredRun) throws -> [String: String] {
    try read { db in
      try Row.fetchAll(db, sql: "SELECT path, content_key FROM run_file WHERE run_id = ?", arguments: [run.id])
        .reduce(into: [:]) { $0[$1["path"]] = $1["content_key"] }
    }
  }

  /// A text by its key.
  public func content(_ key: String) throws -> String {
    try read { db in
      try String.fetchOne(db, sql: "SELECT text FROM content WHERE key = ?", arguments: [key]) ?? ""
    }
  }

  private static func passage(_ row: Row) -> CellPassage {
    CellPassage(
      run: row["run_id"], conclusion: row["conclusion_id"], answer: row["answer_id"],
      outcome: Outcome(row["outcome"]) ?? Outcome(.notRun), message: row["message"])
  }

  // MARK: Baselines

  /// The run that was chosen as the baseline of a series; nil for none.
  public func baseline(ofSeries series: String) throws -> StoredRun? {
    try read { db in
      try Self.runs(db, where: "id = (SELECT run_id FROM baseline WHERE series = ?)", arguments: [series]).first
    }
  }

  /// What a run is compared with where nobody says otherwise: the baseline that was chosen for its series, else the
  /// last whole run of it before this one, else the last one before.
  public func usualBaseline(of run: StoredRun) throws -> StoredRun? {
    if let series = run.series, let chosen = try baseline(ofSeries: series), chosen.id != run.id { return chosen }
    return try read { db in
      func last(_ condition: String) throws -> StoredRun? {
        try Self.runs(
          db,
          where: """
            id = (SELECT id FROM run WHERE series IS ? AND (clock, uuid) < (?, ?) AND \(condition)
              ORDER BY clock DESC, uuid DESC LIMIT 1)
            """, arguments: [run.series, run.clock, run.uuid]
        ).first
      }
      return try last("state = 'finished' AND scope IS \(run.scope.map { $0.isEmpty ? "''" : "scope" } ?? "scope")")
        ?? last("1")
    }
  }

  /// Chooses the baseline of a series; nil lets each run be compared with the one before it again.
  ///
  /// - Throws: `Problem` when the database can't be written.
  public func setBaseline(_ run: StoredRun?, ofSeries series: String) throws {
    do {
      try pool.write { db in
        guard let run else {
          try db.execute(sql: "DELETE FROM baseline WHERE series = ?", arguments: [series])
          return
        }
        // Later than the one that it replaces, whatever the clock says: a merge keeps the later one.
        let before = try String.fetchOne(db, sql: "SELECT chosen FROM baseline WHERE series = ?", arguments: [series])
        let last = before.flatMap { try? Date($0, strategy: .iso8601) } ?? .distantPast
        try db.execute(
          sql: "INSERT OR REPLACE INTO baseline VALUES (?, ?, ?)",
          arguments: [series, run.id, max(Date(), last.addingTimeInterval(1)).formatted(.iso8601)])
      }
    } catch let error as DatabaseError {
      throw Self.problem(error, path: path)
    }
  }
}
