import Foundation
import GRDB
import Model

/// Reads what cells share: answers, findings, and the names of cells. They repeat from cell to cell, and a bounded
/// number of them is remembered.
struct ContentReader {
  private var answers = BoundedCache<Int64, Answer>(capacity: 4096)
  private var conclusions = BoundedCache<Int64, [Finding]>(capacity: 4096)
  private var lanes = DecodedTexts<Lane>()
  private var outcomes = DecodedTexts<Outcome>()
  private var verdicts = DecodedTexts<Verdict>()

  /// The first six columns of a row that names a cell.
  static let cellColumns = "suite, test_case, scenario.name, lane, home, cell.runtime"

  mutating func cell(_ row: Row) throws -> CellID {
    CellID(
      scenario: try Self.scenario(row),
      lane: try lanes.value(of: row, at: 3),
      home: try row.decode(atIndex: 4), runtime: try row.decode(atIndex: 5))
  }

  /// - Parameter row: begins with the suite, the case and the name.
  static func scenario(_ row: Row) throws -> ScenarioID {
    ScenarioID(
      suite: try row.decode(atIndex: 0), testCase: try row.decode(atIndex: 1), name: try row.decode(atIndex: 2))
  }

  mutating func outcome(_ row: Row, at index: Int) throws -> Outcome { try outcomes.value(of: row, at: index) }

  mutating func verdict(_ row: Row, at index: Int) throws -> Verdict { try verdicts.value(of: row, at: index) }

  mutating func answer(_ id: Int64, in db: Database) throws -> Answer {
    try answers.value(id) {
      let end = try db.cachedStatement(sql: "SELECT outcome, message FROM answer WHERE id = ?")
      let facts = try db.cachedStatement(
        sql: """
          SELECT label, facet, value, exception, message, expected, source FROM observation
          WHERE answer_id = ? ORDER BY position
          """)
      guard let row = try Row.fetchOne(end, arguments: [id]) else { throw Self.missing(answer: id) }
      return Answer(
        outcome: try row.decode(atIndex: 0), message: try row.decode(atIndex: 1),
        observations: try Row.fetchAll(facts, arguments: [id]).map { row in
          let expected: String? = try row.decode(atIndex: 5)
          return Observation(
            label: try row.decode(atIndex: 0), facet: try row.decode(atIndex: 1), value: try row.decode(atIndex: 2),
            exception: try row.decode(atIndex: 3), message: try row.decode(atIndex: 4),
            expected: try expected.map { try JSONDecoder().decode([String].self, from: Data($0.utf8)) },
            source: try row.decode(atIndex: 6))
        })
    }
  }

  static func missing(answer id: Int64) -> DatabaseError {
    DatabaseError(resultCode: .SQLITE_CORRUPT, message: "answer \(id) is missing")
  }

  mutating func findings(ofConclusion id: Int64, in db: Database) throws -> [Finding] {
    try conclusions.value(id) {
      try Finding.fetchAll(
        try db.cachedStatement(sql: "SELECT * FROM finding WHERE conclusion_id = ? ORDER BY position"), arguments: [id])
    }
  }

  /// - Parameter row: of the view `attempt`.
  mutating func attempt(_ row: Row, in db: Database) throws -> Attempt {
    let notes: String? = try row.decode(forColumn: "notes")
    var attachments: [String: String] = [:]
    if let trace: Int64 = try row.decode(forColumn: "trace_id") {
      let find = try db.cachedStatement(
        sql: "SELECT name, text FROM trace_attachment JOIN content ON key = content_key WHERE trace_id = ?")
      for row in try Row.fetchAll(find, arguments: [trace]) {
        attachments[try row.decode(atIndex: 0)] = try row.decode(atIndex: 1)
      }
    }
    return Attempt(
      circumstances: try row.decode(forColumn: "circumstances"),
      answer: try answer(try row.decode(forColumn: "answer_id"), in: db),
      seconds: try row.decode(forColumn: "seconds"), attachments: attachments,
      notes: notes?.split(separator: "\n").map(String.init) ?? [])
  }
}

extension Finding: FetchableRecord {
  public init(row: Row) throws {
    let reference: CellID? = try row.decode(forColumn: "reference")
    let circumstances: CircumstancesList = try row.decode(forColumn: "circumstances")
    self.init(
      divergence: Divergence(
        label: try row.decode(forColumn: "label"), facet: try row.decode(forColumn: "facet"),
        observed: try row.decode(forColumn: "observed"),
        expected: try row.decode(forColumn: "expected"),
        oracle: try reference.map { .reference($0) } ?? .expectation(source: try row.decode(forColumn: "source"))),
      verdict: try row.decode(forColumn: "verdict"), reason: try row.decode(forColumn: "reason"),
      link: try row.decode(forColumn: "link"),
      circumstances: circumstances.all)
  }
}
