import Foundation
import GRDB
import Model

/// What a portability view is, before any of its results.
public struct PortabilityHeader: Sendable {
  public var uuid: UUID
  public var started: Date
  /// The command line, for people.
  public var arguments: [String]
  /// What the compiler says of itself.
  public var compiler: String
  public var runtimes: [Runtime]
  /// Why nothing can be loaded on a runtime; nil where it can. As many as there are runtimes.
  public var obstacles: [String?]
  public var binaries: [PortableBinary]
  /// Number of results.
  public var planned: Int

  public init(
    uuid: UUID = UUID(), started: Date = Date(), arguments: [String], compiler: String, runtimes: [Runtime],
    obstacles: [String?], binaries: [PortableBinary], planned: Int
  ) {
    self.uuid = uuid
    self.started = started
    self.arguments = arguments
    self.compiler = compiler
    self.runtimes = runtimes
    self.obstacles = obstacles
    self.binaries = binaries
    self.planned = planned
  }
}

/// Writes a portability view as it goes; what was handed over is on disk when `record` returns.
public actor PortabilityRecorder {
  private let store: Store
  private let id: Int64
  private let binaries: [String: Int]
  private let runtimes: [String: Int]

  /// Opens a view in a database.
  ///
  /// - Throws: `Problem` when it can't be written.
  public init(_ store: Store, header: PortabilityHeader) throws {
    self.store = store
    func positions(_ names: [String]) -> [String: Int] {
      Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
    }
    binaries = positions(header.binaries.map(\.name))
    runtimes = positions(header.runtimes.map(\.name))
    do {
      id = try store.pool.write { try Self.open(header, in: $0) }
    } catch let error as DatabaseError {
      throw Store.problem(error, path: store.path)
    }
  }

  private static func open(_ header: PortabilityHeader, in db: Database) throws -> Int64 {
    try db.execute(
      sql: """
        INSERT INTO portability (uuid, started, state, program, arguments, compiler, planned)
        VALUES (?, ?, 'running', ?, ?, ?, ?)
        """,
      arguments: [
        header.uuid.uuidString.lowercased(), header.started.formatted(.iso8601), Program.version,
        header.arguments.joined(separator: " "), header.compiler, header.planned,
      ])
    let id = db.lastInsertedRowID
    for (position, runtime) in header.runtimes.enumerated() {
      try db.execute(
        sql: "INSERT INTO portability_runtime VALUES (?, ?, ?, ?, ?, ?)",
        arguments: [
          id, position, runtime.name, try Rows.id(of: runtime, in: db), try Rows.description(of: runtime),
          header.obstacles[position],
        ])
    }
    for (position, binary) in header.binaries.enumerated() {
      try db.execute(
        sql: "INSERT INTO portability_binary VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        arguments: [
          id, position, binary.name, binary.kind.rawValue, binary.kind.lane.abi.rawValue, binary.builtFor,
          String(decoding: try JSONEncoder().encode(binary.homes), as: UTF8.self), binary.hpyVersion,
          binary.layout.hex,
        ])
    }
    return id
  }

  /// Writes some results.
  ///
  /// - Throws: `Problem` when they can't be written.
  public func record(_ results: [PortabilityResult]) throws {
    do {
      try store.pool.write { db in
        for result in results { try write(result, in: db) }
      }
    } catch let error as DatabaseError {
      throw Store.problem(error, path: store.path)
    }
  }

  /// Closes the view.
  ///
  /// - Parameter state: `finished` or `interrupted`.
  /// - Throws: `Problem` when it can't be written.
  public func finish(state: String) throws {
    do {
      try store.pool.write { db in
        try db.execute(
          sql: "UPDATE portability SET finished = ?, state = ? WHERE id = ?",
          arguments: [Date().formatted(.iso8601), state, id])
      }
    } catch let error as DatabaseError {
      throw Store.problem(error, path: store.path)
    }
  }

  private nonisolated func write(_ result: PortabilityResult, in db: Database) throws {
    let answers = try result.attempts.map { try Rows.answer($0.answer, in: db) }
    guard let first = answers.first else { return }
    try db.cachedStatement(
      sql: """
        INSERT INTO portability_result (portability_id, binary, runtime, scenario_id, answer_id, behaviour, promise,
          kept, reference, unsteady, content)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """
    ).execute(arguments: [
      id, binaries[result.binary], runtimes[result.runtime], try Rows.id(of: result.scenario, in: db), first,
      result.behaviour.rawValue, result.promise.rawValue, result.isKept, result.isReference, result.isUnsteady,
      result.content?.hex,
    ])
    let row = db.lastInsertedRowID
    let isTried = result.behaviour > .notBuilt
    for (index, attempt) in result.attempts.enumerated() where isTried {
      try db.cachedStatement(sql: "INSERT INTO portability_attempt VALUES (?, ?, ?, ?, ?, ?, ?, ?)").execute(
        arguments: [
          row, index + 1, attempt.circumstances.rawValue, answers[index], attempt.seconds,
          attempt.output.isEmpty ? nil : try Rows.content(attempt.output, in: db),
          attempt.traceback.isEmpty ? nil : try Rows.content(attempt.traceback, in: db),
          attempt.notes.isEmpty ? nil : attempt.notes.joined(separator: "\n"),
        ])
    }
    for (position, difference) in result.differences.enumerated() {
      try db.cachedStatement(sql: "INSERT INTO portability_difference VALUES (?, ?, ?, ?, ?, ?, ?, ?)").execute(
        arguments: [
          row, position, difference.label, difference.facet.rawValue, difference.observed, difference.expected,
          difference.oracle.source, difference.oracle.reference?.description,
        ])
    }
  }
}
