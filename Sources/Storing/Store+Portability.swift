import Foundation
import GRDB
import Model

/// A portability view as it is stored.
public struct StoredPortability: Sendable {
  public var id: Int64
  public var uuid: String
  /// ISO 8601, UTC.
  public var started: String
  public var finished: String?
  /// `running`, `finished` or `interrupted`; a view that was killed stays `running`.
  public var state: String
  public var arguments: String
  public var planned: Int
  public var runtimes: [Runtime]
  /// Why nothing can be loaded on a runtime, by its name.
  public var obstacles: [String: String]
  public var binaries: [PortableBinary]
}

/// How many scenarios a binary ends with on a runtime, of one behaviour.
public struct PortabilityCount: Sendable, Hashable {
  public var binary: String
  public var runtime: String
  public var behaviour: PortabilityBehaviour
  public var promise: PortabilityPromise
  public var isKept: Bool?
  public var isReference: Bool
  public var isUnsteady: Bool
  public var scenarios: Int
}

/// A result that someone may want to look at.
public struct StoredPortabilityResult: Sendable {
  public var scenario: ScenarioID
  public var binary: String
  public var runtime: String
  public var behaviour: PortabilityBehaviour
  public var promise: PortabilityPromise
  public var isKept: Bool?
  public var isReference: Bool
  public var isUnsteady: Bool
  /// At least one where anything was tried.
  public var attempts: [Attempt]
  public var differences: [Divergence]
}

extension Store {
  /// The portability view that a text names: `latest`, or the beginning of a UUID.
  ///
  /// - Throws: `Problem` when it names none, or several.
  public func portability(named text: String) throws -> StoredPortability {
    let isLatest = text == "latest"
    let found = try read { db in
      let condition =
        isLatest
        ? "id = (SELECT id FROM portability ORDER BY started DESC, id DESC LIMIT 1)"
        : "substr(uuid, 1, length(?)) = ?"
      let name = text.lowercased()
      return try Row.fetchAll(
        db, sql: "SELECT * FROM portability WHERE \(condition)", arguments: isLatest ? [] : [name, name]
      ).map { try Self.portability($0, in: db) }
    }
    guard found.count < 2 else {
      throw Problem("\(found.count) portability views begin with `\(text)`", remedy: "write more of the UUID")
    }
    guard let view = found.first else {
      throw Problem(
        isLatest ? "no portability view is in this database" : "no portability view is named `\(text)`",
        remedy: "make one with `hpy-conform portability`; `latest` is the last one")
    }
    return view
  }

  private static func portability(_ row: Row, in db: Database) throws -> StoredPortability {
    let decoder = JSONDecoder()
    let runtimes = try Row.fetchAll(
      db, sql: "SELECT * FROM portability_runtime WHERE portability_id = ? ORDER BY position", arguments: [row["id"]])
    let binaries = try Row.fetchAll(
      db, sql: "SELECT * FROM portability_binary WHERE portability_id = ? ORDER BY position", arguments: [row["id"]])
    func decoded<Value: Decodable>(_ text: String, _ type: Value.Type) throws -> Value {
      try decoder.decode(type, from: Data(text.utf8))
    }
    return StoredPortability(
      id: row["id"], uuid: row["uuid"], started: row["started"], finished: row["finished"], state: row["state"],
      arguments: row["arguments"], planned: row["planned"],
      runtimes: try runtimes.map { try decoded($0["description"], Runtime.self) },
      obstacles: runtimes.reduce(into: [:]) { $0[$1["name"]] = $1["obstacle"] },
      binaries: try binaries.map { binary in
        PortableBinary(
          kind: BinaryKind(rawValue: binary["kind"]) ?? .universal, builtFor: binary["built_for"],
          homes: try decoded(binary["homes"], [String].self), hpyVersion: binary["hpy_version"],
          layout: ContentKey(hex: binary["hpy_layout"]))
      })
  }

  /// What the matrix of a view is made of.
  public func counts(of view: StoredPortability) throws -> [PortabilityCount] {
    try read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT binary, runtime, behaviour, promise, kept, reference, unsteady, count(*) AS scenarios
          FROM portability_cell WHERE portability_id = ?
          GROUP BY binary, runtime, behaviour, promise, kept, reference, unsteady
          """, arguments: [view.id]
      ).map { row in
        PortabilityCount(
          binary: row["binary"], runtime: row["runtime"],
          behaviour: PortabilityBehaviour(rawValue: row["behaviour"]) ?? .notTried,
          promise: PortabilityPromise(rawValue: row["promise"]) ?? .universal, isKept: row["kept"],
          isReference: row["reference"], isUnsteady: row["unsteady"], scenarios: row["scenarios"])
      }
    }
  }

  /// Results of a view that are not as promised, misbehave, or were not built, with all their attempts; by name.
  public func remarkable(of view: StoredPortability) throws -> [StoredPortabilityResult] {
    try read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT * FROM portability_cell
          WHERE portability_id = ? AND (kept = 0 OR unsteady OR behaviour IN ('misbehaves', 'not built', 'not tried'))
          ORDER BY binary, runtime, suite, test_case, scenario
          """, arguments: [view.id]
      ).map { try Self.portabilityResult($0, in: db) }
    }
  }

  private static func portabilityResult(_ row: Row, in db: Database) throws -> StoredPortabilityResult {
    let id: Int64 = row["result_id"]
    var attempts = try Row.fetchAll(
      db, sql: "SELECT * FROM portability_attempt WHERE result_id = ? ORDER BY number", arguments: [id]
    ).map { try attempt($0, in: db) }
    if attempts.isEmpty { attempts = [Attempt(circumstances: .warm, answer: try answer(row["answer_id"], in: db))] }
    let differences = try Row.fetchAll(
      db, sql: "SELECT * FROM portability_difference WHERE result_id = ? ORDER BY position", arguments: [id]
    ).map { row in
      let reference: String? = row["reference"]
      return Divergence(
        label: row["label"], facet: Facet(rawValue: row["facet"]) ?? .value, observed: row["observed"],
        expected: row["expected"],
        oracle: reference.flatMap { CellID($0) }.map { .reference($0) } ?? .expectation(source: row["source"] ?? ""))
    }
    return StoredPortabilityResult(
      scenario: ScenarioID(suite: row["suite"], testCase: row["test_case"], name: row["scenario"]),
      binary: row["binary"], runtime: row["runtime"],
      behaviour: PortabilityBehaviour(rawValue: row["behaviour"]) ?? .notTried,
      promise: PortabilityPromise(rawValue: row["promise"]) ?? .universal, isKept: row["kept"],
      isReference: row["reference"], isUnsteady: row["unsteady"], attempts: attempts, differences: differences)
  }
}
