import GRDB
import Model

extension Store {
  /// The newest run that has a cell; nil for none. Portability views are none.
  public func newestRun(with cell: CellID) throws -> StoredRun? {
    try read { db in
      guard let row = try Int64.fetchOne(db, sql: "SELECT id FROM cell WHERE key = ?", arguments: [Rows.key(of: cell)])
      else { return nil }
      return try Self.newest(withCell: row, in: db)
    }
  }

  /// The newest run that has any cell that a condition takes; nil for none. Portability views are none.
  ///
  /// - Parameter isFinished: whether it has to be finished.
  public func newestRun(isFinished: Bool = false, withAny isMeant: (CellID) -> Bool) throws -> StoredRun? {
    // Nearly always, it is the latest.
    let latest = try read { db in
      try StoredRun.fetch(
        db, where: "kind = ? AND (state = ? OR NOT ?)", [RunKind.run, RunState.finished, isFinished], limit: 1)
    }.first
    guard let latest else { return nil }
    if try has(latest, isMeant) { return latest }
    return try read { db in
      var reader = ContentReader()
      let rows = try Row.fetchCursor(
        db,
        sql: "SELECT \(ContentReader.cellColumns), cell.id FROM cell JOIN scenario ON scenario.id = scenario_id")
      var newest: StoredRun?
      while let row = try rows.next() {
        guard isMeant(try reader.cell(row)) else { continue }
        guard
          let run = try Self.newest(
            withCell: row.decode(atIndex: 6), isFinished: isFinished, after: newest?.clock, in: db)
        else { continue }
        if newest.map({ $0.isBefore(run) }) ?? true { newest = run }
      }
      return newest
    }
  }

  private func has(_ run: StoredRun, _ isMeant: (CellID) -> Bool) throws -> Bool {
    try read(of: run) { db in
      var reader = ContentReader()
      let rows = try Row.fetchCursor(
        db, sql: "SELECT \(ContentReader.cellColumns) \(Self.cells) WHERE run_id = ?", arguments: [run.id])
      while let row = try rows.next() { if isMeant(try reader.cell(row)) { return true } }
      return false
    }
  }

  /// - Parameter clock: runs before this one are left out.
  private static func newest(
    withCell row: Int64, isFinished: Bool = false, after clock: Int64? = nil, in db: Database
  ) throws -> StoredRun? {
    let find = try db.cachedStatement(
      sql: """
        SELECT run.id FROM result JOIN run ON run.id = run_id
        WHERE cell_id = ? AND kind = ? AND clock >= ? AND (state = ? OR NOT ?)
        ORDER BY clock DESC, uuid DESC LIMIT 1
        """)
    let arguments: StatementArguments = [row, RunKind.run, clock ?? .min, RunState.finished, isFinished]
    guard let run = try Int64.fetchOne(find, arguments: arguments) else { return nil }
    return try StoredRun.fetch(db, where: "id = ?", [run]).first
  }
}
