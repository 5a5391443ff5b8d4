import GRDB
import Model

/// Where a scenario stands in its file, and what it says there.
public struct ScenarioPart: Sendable, Hashable {
  /// At which its function begins, counted from 1.
  public var line: Int
  /// Key of the part of the file that decides what it says: other scenarios of the file have no part in it.
  public var content: ContentKey
}

extension Store {
  /// A file as a run used it, by its path below the suites' folder; nil where it used none.
  public func file(_ path: String, of run: StoredRun) throws -> String? {
    try read(of: run) { db in
      try String.fetchOne(
        db, sql: "SELECT text FROM run_file JOIN content ON key = content_key WHERE run_id = ? AND path = ?",
        arguments: [run.id, path])
    }
  }

  /// The files of the ledger that a run used, by their path below the suites' folder.
  public func ledgers(of run: StoredRun) throws -> [String: String] {
    try pairs(
      """
      SELECT path, text FROM run_file JOIN content ON key = content_key
      WHERE run_id = ? AND (path LIKE '%/\(LedgerFile.name)' OR path IN ('\(LedgerFile.common)', '\(LedgerFile.builtIn)'))
      """, of: run)
  }

  /// Keys of the files that a run used, by path below the suites' folder; ledgers among them.
  public func fileKeys(of run: StoredRun) throws -> [String: String] {
    try pairs("SELECT path, content_key FROM run_file WHERE run_id = ?", of: run)
  }

  private func pairs(_ sql: String, of run: StoredRun) throws -> [String: String] {
    try read(of: run) { db in
      try Row.fetchAll(db, sql: sql, arguments: [run.id]).reduce(into: [:]) {
        $0[try $1.decode(atIndex: 0)] = try $1.decode(String.self, atIndex: 1)
      }
    }
  }

  /// A text by its key; empty where there is none.
  public func content(_ key: String) throws -> String {
    try read { db in
      try String.fetchOne(db, sql: "SELECT text FROM content WHERE key = ?", arguments: [key]) ?? ""
    }
  }

  /// Where each scenario stands in the files that a run used.
  public func scenarioParts(of run: StoredRun) throws -> [ScenarioID: ScenarioPart] {
    try read(of: run) { db in
      let rows = try Row.fetchCursor(
        db,
        sql: """
          SELECT path, name, line, scenario_part.content_key FROM used_file JOIN file ON file.id = used_file.file_id
          JOIN scenario_part ON scenario_part.file_id = file.id WHERE run_id = ?
          """, arguments: [run.id])
      var parts: [ScenarioID: ScenarioPart] = [:]
      while let row = try rows.next() {
        let path = (try row.decode(atIndex: 0) as String).split(separator: "/").map(String.init)
        guard path.count > 2 else { continue }
        parts[ScenarioID(suite: path[0], testCase: path[1], name: try row.decode(atIndex: 1))] = ScenarioPart(
          line: try row.decode(atIndex: 2), content: ContentKey(hex: try row.decode(atIndex: 3)))
      }
      return parts
    }
  }

  /// The files that decide results and differ between two runs, of those that both used: sources and scenario files,
  /// not the ledgers.
  ///
  /// - Parameter other: in which database the other run is.
  public func changedFiles(from run: StoredRun, to later: StoredRun, in other: Store) throws -> [String] {
    let (before, after) = (try fileKeys(of: run), try other.fileKeys(of: later))
    return before.keys.filter { path in
      !LedgerFile.contains(path) && (after[path].map { $0 != before[path] } ?? false)
    }.sorted()
  }
}
