import GRDB
import Model

/// A finding of a cell.
public struct CellFinding: Sendable, Hashable {
  public var cell: CellID
  public var finding: Finding
  /// How many observations the cell's first answer has.
  public var observations: Int
}

extension Store {
  /// Every finding of a run that has one of some verdicts, by name of its cell.
  public func cellFindings(of run: StoredRun, _ verdicts: Set<Verdict>) throws -> [CellFinding] {
    try read(of: run) { db in
      var reader = ContentReader()
      let marks = databaseQuestionMarks(count: verdicts.count)
      let rows = try Row.fetchCursor(
        db,
        sql: """
          SELECT \(ContentReader.cellColumns), finding.*,
            (SELECT count(*) FROM observation WHERE observation.answer_id = result.answer_id) AS observations
          \(Self.cells) JOIN finding USING (conclusion_id)
          WHERE run_id = ? AND finding.verdict IN (\(marks)) \(Self.order), finding.position
          """, arguments: [run.id] + StatementArguments(verdicts.map(\.rawValue)))
      var found: [CellFinding] = []
      while let row = try rows.next() {
        found.append(
          CellFinding(
            cell: try reader.cell(row), finding: try Finding(row: row),
            observations: try row.decode(forColumn: "observations")))
      }
      return found
    }
  }
}
