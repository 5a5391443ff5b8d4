import GRDB
import Model

extension Store {
  /// What deciding about the runs of this database takes.
  ///
  /// - Throws: `Problem` when it can't be read.
  public func runFacts() throws -> [RunFacts] {
    try read { db in
      let rows = try Row.fetchAll(
        db,
        sql: """
          SELECT id, uuid, kind, series, started, clock, state = 'finished' AS whole,
            id IN (SELECT run_id FROM baseline) AS baseline
          FROM run ORDER BY clock, uuid
          """)
      var facts: [Int64: RunFacts] = [:]
      for row in rows {
        facts[try row.decode(forColumn: "id")] = RunFacts(
          uuid: try row.decode(forColumn: "uuid"), kind: try row.decode(forColumn: "kind"),
          series: try row.decode(forColumn: "series"), started: try row.decode(forColumn: "started"),
          clock: try row.decode(forColumn: "clock"),
          isFinished: try row.decode(forColumn: "whole"), isBaseline: try row.decode(forColumn: "baseline"))
      }
      let sources = try Row.fetchCursor(
        db, sql: "SELECT DISTINCT run_id, reused_from FROM result WHERE reused_from IS NOT NULL")
      while let row = try sources.next() {
        guard let source = facts[try row.decode(forColumn: "reused_from")]?.uuid else { continue }
        facts[try row.decode(forColumn: "run_id")]?.tookFrom.insert(source)
      }
      for series in Dictionary(
        grouping: try rows.map { try $0.decode(Int64.self, forColumn: "id") }, by: { facts[$0]?.history }
      ).values {
        let heads = Set([series.last, series.last { facts[$0]?.isFinished == true }].compactMap { $0 })
        for head in heads { try addBeginnings(of: head, among: series, to: &facts, in: db) }
      }
      return try rows.compactMap { facts[try $0.decode(forColumn: "id")] }
    }
  }

  /// Adds where the divergences of a run came from.
  ///
  /// - Parameter series: the runs of its series, oldest first.
  private func addBeginnings(
    of head: Int64, among series: [Int64], to facts: inout [Int64: RunFacts], in db: Database
  ) throws {
    let places = Dictionary(uniqueKeysWithValues: series.enumerated().map { ($1, $0) })
    var divergences: [Int64: Set<[String]>] = [:]
    func shown(by conclusion: Int64) throws -> Set<[String]> {
      if let known = divergences[conclusion] { return known }
      let rows = try Row.fetchAll(
        db.cachedStatement(sql: "SELECT coalesce(label, ''), facet, observed FROM finding WHERE conclusion_id = ?"),
        arguments: [conclusion])
      let found = Set(try rows.map { row in try (0..<3).map { try row.decode(String.self, atIndex: $0) } })
      divergences[conclusion] = found
      return found
    }
    let cells = try Row.fetchAll(
      db,
      sql: """
        SELECT cell_id, conclusion_id FROM result
        WHERE run_id = ? AND conclusion_id IN (SELECT conclusion_id FROM finding)
        """, arguments: [head])
    let history = try db.cachedStatement(sql: "SELECT run_id, conclusion_id FROM result WHERE cell_id = ?")
    for cell in cells {
      var row = [Int64?](repeating: nil, count: series.count)
      let results = try Row.fetchCursor(history, arguments: [cell["cell_id"]])
      while let result = try results.next() {
        if let place = places[try result.decode(atIndex: 0)] { row[place] = try result.decode(atIndex: 1) }
      }
      for divergence in try shown(by: cell["conclusion_id"]) {
        try add(beginningsOf: row, showing: { try shown(by: $0).contains(divergence) }, in: series, to: &facts)
      }
    }
  }

  /// Adds where a divergence of a cell was seen first, where it came the last time, and the runs right before.
  ///
  /// - Parameter conclusions: the cell's, in each run that had it.
  private func add(
    beginningsOf conclusions: [Int64?], showing: (Int64) throws -> Bool, in series: [Int64],
    to facts: inout [Int64: RunFacts]
  ) throws {
    var first: Int?
    var latest: Int?
    var before: [Int?] = []
    var previous: Int?
    var wasShown = false
    var last: Int64?
    for (place, conclusion) in conclusions.enumerated() {
      guard let conclusion else { continue }
      // From run to run hardly anything changes.
      let isShown = conclusion == last ? wasShown : try showing(conclusion)
      last = conclusion
      if isShown, !wasShown {
        if first == nil {
          first = place
          before = [previous]
        }
        latest = place
        before = [before.first ?? nil, previous]
      }
      wasShown = isShown
      previous = place
    }
    for place in Set([first, latest].compactMap { $0 }) { facts[series[place]]?.begun += 1 }
    for place in Set(before.compactMap { $0 }) { facts[series[place]]?.lastWithout += 1 }
  }
}
