import GRDB
import Model

/// The tables of a results database, as numbered migrations. `Results/README.md` explains them to people.
enum Schema {
  /// Marks a file as ours: "HPyC".
  static let applicationID = 0x4850_7943

  /// Every version of the schema in order; a released migration is never edited, only followed by another.
  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1 results") { db in
      try db.execute(sql: "PRAGMA application_id = \(applicationID)")
      try db.execute(sql: tables + views)
    }
    migrator.registerMigration("2 resuming") { db in try db.execute(sql: resuming) }
    migrator.registerMigration("3 exploring") { db in try remakeRuns(db) }
    return migrator
  }

  /// What programs before the first release began their databases with.
  private static let unreleased = "1 first schema"

  /// Refuses a database of another program, of a newer version of this one, and of one before the first release.
  static func admit(_ db: Database, path: String) throws {
    if try hasContent(db), try Int.fetchOne(db, sql: "PRAGMA application_id") != applicationID {
      throw Problem(at: path, "is a database of another program", remedy: "name another file with --db")
    }
    if try migrator.appliedIdentifiers(db).contains(unreleased) {
      throw Problem(
        at: path, "was made by hpy-conform before its first release, with other tables; it was not changed",
        remedy: "move it away, or name another file with --db")
    }
    if try migrator.hasBeenSuperseded(db) {
      throw Problem(
        at: path, "was written by a newer hpy-conform than this one (\(Program.version))",
        remedy: "update hpy-conform, or name another file with --db")
    }
  }

  /// Whether there is more than a writer leaves that is killed, or finds the disk full, before the first migration: the
  /// list of migrations comes in a transaction of its own, and the mark with the first of them.
  private static func hasContent(_ db: Database) throws -> Bool {
    let others = "SELECT count(*) > 0 FROM sqlite_master WHERE tbl_name <> 'grdb_migrations'"
    return try Bool.fetchOne(db, sql: others) ?? false || !migrator.appliedIdentifiers(db).isEmpty
  }

  /// Refuses a database that lacks tables which are read.
  static func requireTables(_ db: Database, path: String, _ migrator: DatabaseMigrator = migrator) throws {
    if try migrator.hasCompletedMigrations(db) { return }
    if try migrator.appliedIdentifiers(db).isEmpty {
      throw Problem(at: path, "is empty", remedy: "name a database that `hpy-conform run` made")
    }
    throw Problem(
      at: path, "was written by an older hpy-conform than this one (\(Program.version))",
      remedy: "`hpy-conform run` with this database migrates it")
  }

  /// What belongs to one run, besides its row; children before parents.
  static let partsOfRun = [
    "further_attempt", "result", "used_file", "used_step", "run_runtime", "run_binary", "run_missing", "run_resumed",
    "judgement",
  ]
}
