import Foundation
import GRDB
import Model

/// Writes one run as it goes. Results are gathered and written many at a time, so that nobody waits for the disk;
/// what was handed over is on disk within a fraction of a second, or at `finish`.
public actor RunRecorder {
  private let store: Store
  private let runID: Int64
  private var waiting: [(CellResult, [BuildStep])] = []
  private var flushing: Task<Void, Never>?
  private var trouble: (any Error)?
  private var writer = ResultWriter()

  /// Opens a run in a database.
  ///
  /// - Throws: `Problem` when it can't be written.
  public init(_ store: Store, header: RunHeader) throws {
    self.store = store
    do {
      runID = try store.pool.write { db in
        try db.execute(
          sql: """
            INSERT INTO run (uuid, started, state, program, arguments, compiler, planned)
            VALUES (?, ?, 'running', ?, ?, ?, ?)
            """,
          arguments: [
            header.uuid.uuidString.lowercased(), header.started.formatted(.iso8601), Program.version,
            header.arguments.joined(separator: " "), header.compiler, header.planned,
          ])
        let run = db.lastInsertedRowID
        for (path, text) in header.files {
          try db.execute(
            sql: "INSERT INTO run_file VALUES (?, ?, ?)",
            arguments: [run, path, try Rows.content(text, in: db)])
        }
        for (position, runtime) in header.runtimes.enumerated() {
          try Rows.runtime(runtime, position: position, run: run, in: db)
        }
        return run
      }
    } catch let error as DatabaseError {
      throw Store.problem(error, path: store.path)
    }
  }

  /// Takes a cell's result; it is written soon.
  ///
  /// - Parameter steps: the build steps behind its binary, in order.
  public func record(_ result: CellResult, steps: [BuildStep]) {
    waiting.append((result, steps))
    guard flushing == nil else { return }
    flushing = Task {
      try? await Task.sleep(for: .milliseconds(waiting.count >= 500 ? 0 : 100))
      flush()
      flushing = nil
    }
  }

  /// Writes what is left and closes the run.
  ///
  /// - Throws: `Problem` when anything of the run could not be written.
  public func finish(state: String, ledger: String, verdicts: [Verdict: Int]) throws {
    flush()
    do {
      if let trouble { throw trouble }
      try store.pool.write { db in
        try db.execute(
          sql: "UPDATE run SET finished = ?, state = ? WHERE id = ?",
          arguments: [Date().formatted(.iso8601), state, runID])
        try Rows.judgement(run: runID, ledger: ledger, verdicts: verdicts, in: db)
      }
    } catch let error as DatabaseError {
      throw Store.problem(error, path: store.path)
    }
  }

  private func flush() {
    let batch = waiting
    waiting = []
    if batch.isEmpty || trouble != nil { return }
    do {
      try store.pool.write { db in
        for (result, steps) in batch {
          try writer.write(result, steps: steps, run: runID, in: db)
        }
      }
    } catch {
      // Told at the end: a run whose disk is full still prints what it found.
      trouble = error
    }
  }
}
