import Foundation
import GRDB
import Model

/// A run as the list of runs shows it.
public struct StoredRun: Sendable, Hashable {
  public var id: Int64
  public var uuid: String
  public var kind: RunKind
  /// ISO 8601, UTC.
  public var started: String
  public var finished: String?
  /// A run that was killed stays `running`.
  public var state: RunState
  public var arguments: String
  public var compiler: String
  public var planned: Int
  public var runtimes: [Runtime]
  /// Of a portability view, in the order of its matrix.
  public var binaries: [PortableBinary]
  /// Orders the runs of a database: a hybrid logical clock (Kulkarni and others, "Logical Physical Clocks", 2014),
  /// milliseconds since 1970, but later than that of every run that was there before, however the machine's clock
  /// jumped. Runs of several machines that share it go by `uuid`.
  public var clock: Int64
  /// Name of the history that it belongs to; nil for a run on its own.
  public var series: String?
  /// The patterns and lanes that restricted it; empty for everything.
  public var scope: String
  /// Of the program and the worker, by content; nil where that was not known.
  public var harness: String?
  /// Why runtimes that were wanted could not be had.
  public var missing: [String]
  /// What all attempts took together, and all build steps that were done; nil until it is finished.
  public var cellSeconds: Double?
  public var buildSeconds: Double?
  /// Version of the program.
  public var program: String
  /// What it can be planned again from, as JSON that the session reads; nil for a run that can't be resumed.
  public var options: String?
  /// When it was gone on with after it had ended early, ISO 8601, UTC.
  public var resumed: [String]

  /// Whether it confirmed all that is known and counted everything again, as its options say; nil where they don't.
  public var isThorough: Bool? {
    recordedEffort?.isThorough
  }

  /// Whether it believed the ledger's answers without confirming them.
  public var isQuick: Bool { recordedEffort?.isQuick ?? false }

  private var recordedEffort: RecordedEffort? {
    options.flatMap { try? JSONDecoder().decode(RecordedEffort.self, from: Data($0.utf8)) }
  }

  private struct RecordedEffort: Decodable {
    var isThorough: Bool?
    var isQuick: Bool?
  }

  /// Whether it was recorded before another, however clocks jumped and wherever both come from.
  public func isBefore(_ other: StoredRun) -> Bool { (clock, uuid) < (other.clock, other.uuid) }
}

extension StoredRun: FetchableRecord {
  /// All but its lists.
  public init(row: Row) throws {
    self.init(
      id: try row.decode(forColumn: "id"), uuid: try row.decode(forColumn: "uuid"),
      kind: try row.decode(forColumn: "kind"), started: try row.decode(forColumn: "started"),
      finished: try row.decode(forColumn: "finished"), state: try row.decode(forColumn: "state"),
      arguments: try row.decode(forColumn: "arguments"),
      compiler: try row.decode(forColumn: "compiler"), planned: try row.decode(forColumn: "planned"), runtimes: [],
      binaries: [], clock: try row.decode(forColumn: "clock"),
      series: try row.decode(forColumn: "series"), scope: try row.decode(forColumn: "scope"),
      harness: try row.decode(forColumn: "harness"), missing: [],
      cellSeconds: try row.decode(forColumn: "cell_seconds"), buildSeconds: try row.decode(forColumn: "build_seconds"),
      program: try row.decode(forColumn: "program"), options: try row.decode(forColumn: "options"), resumed: [])
  }

  /// Runs that a condition takes, the newest first.
  static func fetch(
    _ db: Database, where condition: String, _ arguments: StatementArguments = [], limit: Int? = nil
  ) throws -> [StoredRun] {
    var runs = try fetchAll(
      db, sql: "SELECT * FROM run WHERE \(condition) ORDER BY clock DESC, uuid DESC LIMIT \(limit ?? -1)",
      arguments: arguments)
    let descriptions = try db.cachedStatement(
      sql: """
        SELECT coalesce(group_concat(description), '')
        FROM (SELECT description FROM run_runtime WHERE run_id = ? ORDER BY position)
        """)
    let missing = try db.cachedStatement(sql: "SELECT reason FROM run_missing WHERE run_id = ? ORDER BY position")
    let resumed = try db.cachedStatement(sql: "SELECT resumed FROM run_resumed WHERE run_id = ? ORDER BY position")
    let binaries = try db.cachedStatement(sql: "SELECT * FROM run_binary WHERE run_id = ? ORDER BY position")
    // From run to run hardly any runtime changes.
    var known: [String: [Runtime]] = [:]
    for place in runs.indices {
      let (id, uuid) = (runs[place].id, runs[place].uuid)
      do {
        let text = try String.fetchOne(descriptions, arguments: [id]) ?? ""
        let runtimes = try known[text] ?? JSONDecoder().decode([Runtime].self, from: Data("[\(text)]".utf8))
        known[text] = runtimes
        runs[place].runtimes = runtimes
        runs[place].missing = try String.fetchAll(missing, arguments: [id])
        runs[place].resumed = try String.fetchAll(resumed, arguments: [id])
        if runs[place].kind == .portability {
          runs[place].binaries = try PortableBinary.fetchAll(binaries, arguments: [id])
        }
      } catch {
        throw RunError(uuid: uuid, error: error)
      }
    }
    return runs
  }
}

/// `homes` is JSON.
extension PortableBinary: FetchableRecord {}

/// A cell's result as it is stored.
public struct StoredResult: Sendable, Hashable {
  public var cell: CellID
  public var verdict: Verdict
  public var outcome: Outcome
  public var message: String?
  public var attempts: Int
  public var findings: [Finding]
  /// UUID of the run that made its attempts; nil when its own run did.
  public var reusedFrom: String?
}
