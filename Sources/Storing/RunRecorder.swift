import Foundation
import GRDB
import Model
import Platform

/// Writes one run as it goes. Results are gathered and written many at a time, beside the run, so that nobody waits
/// for the disk; what was handed over is on disk within a fraction of a second, or at `finish`.
///
/// At most `capacity` results wait while as many are written: where the disk is slower than the run, the run is held
/// up instead of the memory filled.
public actor RunRecorder {
  private let database: StoreWriter
  private let run: Int64
  private let capacity: Int
  private let timings: Timings
  private var waiting: [Entry] = []
  private var writing: Task<Void, Never>?
  /// Until many have come together.
  private var pause: Task<Void, Never>?
  private var isFinishing = false
  private var heldUp: [CheckedContinuation<Void, Never>] = []
  private var inTransaction = 0
  private var trouble: (any Error)?
  private var writer = ResultWriter()

  /// How many results the transaction at hand writes, and whether somebody waits to hand another over.
  var standing: (inTransaction: Int, holdsUp: Bool) { (inTransaction, !heldUp.isEmpty) }

  private struct Entry: Sendable {
    var result: CellResult
    var steps: [BuildStep]
  }

  /// Opens a run in a database: a new one, or one that is gone on with.
  ///
  /// - Parameters:
  ///   - capacity: how many results may wait.
  ///   - timings: told what writing results takes.
  /// - Throws: `Problem` when it can't be written.
  public init(
    _ writer: StoreWriter, header: RunHeader, capacity: Int = 1000, timings: Timings = Timings()
  ) async throws {
    database = writer
    self.timings = timings
    self.capacity = capacity
    run = try await writer.write { db in
      try header.resumption.map { try Self.reopen(header.uuid, $0, in: db) } ?? Self.open(header, in: db)
    }
  }

  private static func open(_ header: RunHeader, in db: Database) throws -> Int64 {
    try db.execute(
      sql: """
        INSERT INTO run (uuid, kind, started, state, program, arguments, compiler, planned, clock, series, scope,
          harness, options)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, max(?, 1 + (SELECT coalesce(max(clock), 0) FROM run)), ?, ?, ?, ?)
        """,
      arguments: [
        header.uuid.uuidString.lowercased(), header.kind, header.started.formatted(.iso8601), RunState.running,
        Program.version, header.arguments.joined(separator: " "), header.compiler, header.planned,
        Int64(header.started.timeIntervalSince1970 * 1000), header.series, header.scope, header.harness,
        header.options,
      ])
    let run = db.lastInsertedRowID
    for (position, reason) in header.missing.enumerated() {
      try Rows.insert("run_missing", [run, position, reason], in: db)
    }
    for (position, runtime) in header.runtimes.enumerated() {
      try Rows.runtime(runtime, position: position, run: run, in: db)
    }
    for (position, binary) in header.binaries.enumerated() {
      try Rows.insert("run_binary", [run, position, binary.flavour, try Rows.json(binary.homes)], in: db)
    }
    let scenarios = Dictionary(grouping: header.scenarios, by: \.path)
    for (path, text) in header.files {
      try Rows.file(path, text, scenarios: scenarios[path] ?? [], run: run, in: db)
    }
    return run
  }

  /// Takes a cell's result; it is written soon. Waits only where the disk is behind by `capacity` results.
  ///
  /// - Parameter steps: the build steps behind its binary, in order.
  public func record(_ result: CellResult, steps: [BuildStep]) async {
    while waiting.count >= capacity {
      await withCheckedContinuation { heldUp.append($0) }
    }
    waiting.append(Entry(result: result, steps: steps))
    if writing == nil { writing = Task { await writeAll() } }
    if waiting.count >= capacity / 2 { pause?.cancel() }
  }

  /// Writes what is left and closes the run.
  ///
  /// - Throws: `Problem` when anything of the run could not be written.
  public func finish(state: RunState, ledger: String, verdicts: [Verdict: Int]) async throws {
    isFinishing = true
    pause?.cancel()
    await writing?.value
    if let trouble { throw trouble }
    try await database.write { [run] db in
      try db.execute(
        sql: """
          UPDATE run SET finished = ?, state = ?,
            cell_seconds = ((SELECT coalesce(sum(microseconds), 0) FROM result WHERE run_id = run.id)
              + (SELECT coalesce(sum(microseconds), 0) FROM further_attempt WHERE run_id = run.id)) / 1e6,
            build_seconds = (SELECT coalesce(sum(seconds), 0) FROM used_step JOIN step ON step.id = step_id
              WHERE run_id = run.id AND reused = 0)
          WHERE id = ?
          """,
        arguments: [Date().formatted(.iso8601), state, run])
      try Rows.judgement(run: run, ledger: ledger, verdicts: verdicts, in: db)
    }
  }

  private func writeAll() async {
    if !isFinishing {
      let moment = Task<Void, Never> { try? await Task.sleep(for: .milliseconds(100)) }
      pause = moment
      await moment.value
    }
    while !waiting.isEmpty {
      let batch = waiting
      waiting = []
      for one in heldUp { one.resume() }
      heldUp = []
      if trouble != nil { continue }
      do {
        try await write(batch)
      } catch {
        // Told at the end: a run whose disk is full still prints what it found.
        trouble = error
      }
    }
    writing = nil
  }

  private func write(_ batch: [Entry]) async throws {
    inTransaction = batch.count
    defer { inTransaction = 0 }
    writer = try await database.write { [writer, run, timings] db in
      try timings.measure(.storing) {
        var writer = writer
        for one in batch { try writer.write(one.result, steps: one.steps, run: run, in: db) }
        return writer
      }
    }
  }
}
