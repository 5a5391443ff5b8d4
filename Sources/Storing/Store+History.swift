import GRDB
import Model

/// A cell's result in a run, by rows: equal rows are equal contents.
public struct ResultRow: Sendable, Hashable {
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

/// A cell of a run with its result.
public struct CellRow: Sendable, Hashable {
  public var id: CellID
  /// Row of the cell, the same in all runs of the database.
  public var row: Int64
  public var result: ResultRow
}

extension Store {
  /// Every cell of a run, by name, without what it observed.
  public func cellRows(of run: StoredRun) throws -> [CellRow] {
    try read(of: run) { db in
      var reader = ContentReader()
      let rows = try Row.fetchCursor(
        db,
        sql: """
          SELECT \(ContentReader.cellColumns), cell_id, run_id, conclusion_id, answer_id, outcome, message
          \(Self.cells) JOIN answer ON answer.id = answer_id WHERE run_id = ? \(Self.order)
          """, arguments: [run.id])
      var cells: [CellRow] = []
      while let row = try rows.next() {
        cells.append(
          CellRow(
            id: try reader.cell(row), row: try row.decode(atIndex: 6),
            result: ResultRow(
              run: try row.decode(atIndex: 7), conclusion: try row.decode(atIndex: 8),
              answer: try row.decode(atIndex: 9), outcome: try reader.outcome(row, at: 10),
              message: try row.decode(atIndex: 11))))
      }
      return cells
    }
  }

  /// The results of some cells in all runs of the database that have one.
  ///
  /// - Parameter cells: rows of cells.
  /// - Returns: by row of the cell and row of the run.
  public func resultRows(ofCells cells: [Int64]) throws -> [Int64: [Int64: ResultRow]] {
    try read { db in
      // A long history repeats few answers: rows are read as numbers, and each answer once.
      let results = try db.cachedStatement(
        sql: "SELECT run_id, conclusion_id, answer_id FROM result WHERE cell_id = ?")
      let ends = try db.cachedStatement(sql: "SELECT id, outcome, message FROM answer WHERE id = ?")
      var known: [Int64: (outcome: Outcome, message: String?)] = [:]
      func end(_ answer: Int64) throws -> (outcome: Outcome, message: String?) {
        if let end = known[answer] { return end }
        guard let row = try Row.fetchOne(ends, arguments: [answer]) else {
          throw ContentReader.missing(answer: answer)
        }
        let end: (Outcome, String?) = (try row.decode(atIndex: 1), try row.decode(atIndex: 2))
        known[answer] = end
        return end
      }
      return try cells.reduce(into: [:]) { found, cell in
        var ofCell: [Int64: ResultRow] = [:]
        let rows = try Row.fetchCursor(results, arguments: [cell])
        while let row = try rows.next() {
          let end = try end(try row.decode(atIndex: 2))
          ofCell[try row.decode(atIndex: 0)] = ResultRow(
            run: try row.decode(atIndex: 0), conclusion: try row.decode(atIndex: 1), answer: try row.decode(atIndex: 2),
            outcome: end.outcome, message: end.message)
        }
        found[cell] = ofCell
      }
    }
  }

  /// Seconds that all attempts at a cell took, by row of the cell.
  public func seconds(of run: StoredRun) throws -> [Int64: Double] {
    try read(of: run) { db in
      try Row.fetchAll(
        db, sql: "SELECT cell_id, sum(seconds) FROM attempt WHERE run_id = ? GROUP BY cell_id", arguments: [run.id]
      ).reduce(into: [:]) { $0[try $1.decode(atIndex: 0)] = try $1.decode(Double.self, atIndex: 1) }
    }
  }

  /// What was concluded, by row of the conclusion.
  public func judgements(ofConclusions rows: Set<Int64>) throws -> [Int64: Judgement] {
    try read { db in
      var reader = ContentReader()
      let find = try db.cachedStatement(
        sql: "SELECT verdict, promise, behaviour, kept, unsteady FROM conclusion WHERE id = ?")
      return try rows.reduce(into: [:]) { found, id in
        guard let row = try Row.fetchOne(find, arguments: [id]) else { return }
        found[id] = Judgement(
          verdict: try row.decode(forColumn: "verdict"), findings: try reader.findings(ofConclusion: id, in: db),
          portability: row["promise"] == nil ? nil : try PortabilityJudgement(row: row))
      }
    }
  }

  /// Verdicts of every run by the judgement in force, by row of the run.
  public func verdictsOfRuns() throws -> [Int64: [Verdict: Int]] {
    try read { db in
      let rows = try Row.fetchAll(
        db,
        sql: "SELECT run_id, verdicts, uuid FROM judgement JOIN run ON run.id = run_id ORDER BY judged, judgement.id")
      return try rows.reduce(into: [:]) { found, row in
        do {
          found[try row.decode(atIndex: 0)] = try row.decode(VerdictCounts.self, atIndex: 1).counts
        } catch {
          throw RunError(uuid: try row.decode(atIndex: 2), error: error)
        }
      }
    }
  }
}
