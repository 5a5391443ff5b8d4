import Foundation
import GRDB
import Model

/// How a run that is stored already is gone on with.
public struct StoredResumption: Sendable, Hashable {
  /// Cells whose results go, because their scenarios are tried again.
  public var dropped: [CellID]
  /// How many results stay.
  public var kept: Int
  /// Text of the ledgers by which the run is judged.
  public var ledger: String

  public init(dropped: [CellID], kept: Int, ledger: String) {
    self.dropped = dropped
    self.kept = kept
    self.ledger = ledger
  }
}

extension RunRecorder {
  /// Makes a run one that goes on, as if it had never ended: without the results of what is tried again, without the
  /// count of verdicts that its end left.
  ///
  /// - Throws: `Problem` when there is no such run.
  static func reopen(_ uuid: UUID, _ resumption: StoredResumption, in db: Database) throws -> Int64 {
    let name = uuid.uuidString.lowercased()
    guard let run = try Int64.fetchOne(db, sql: "SELECT id FROM run WHERE uuid = ?", arguments: [name]) else {
      throw Store.unknownRun(name)
    }
    try db.execute(
      sql: "UPDATE run SET state = ?, finished = NULL, cell_seconds = NULL, build_seconds = NULL WHERE id = ?",
      arguments: [RunState.running, run])
    // Those of other ledgers say what `judge` found at their time, and stay.
    try db.execute(
      sql: "DELETE FROM judgement WHERE run_id = ? AND ledger_key = ?",
      arguments: [run, ContentKey(of: resumption.ledger)])
    let drop = try db.cachedStatement(
      sql: "DELETE FROM result WHERE run_id = ? AND cell_id = (SELECT id FROM cell WHERE key = ?)")
    for cell in resumption.dropped { try drop.execute(arguments: [run, Rows.key(of: cell)]) }
    try db.execute(
      sql: """
        INSERT INTO run_resumed
        VALUES (:run, (SELECT count(*) FROM run_resumed WHERE run_id = :run), :now, :kept)
        """, arguments: ["run": run, "now": Date().formatted(.iso8601), "kept": resumption.kept])
    return run
  }
}
