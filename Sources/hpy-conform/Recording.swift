import Session
import Storing

extension Session {
  /// Plans a run, and says which runtimes can't be had.
  ///
  /// - Throws: `Problem` or `Problems` for bad input and missing pieces of the environment.
  static func planned(_ options: RunOptions) async throws -> Session {
    let session = try await Session(options)
    for problem in session.selection.missing { Console.note("left out: \(problem)") }
    return session
  }

  /// Runs all that is planned and records it as it goes; Ctrl-C ends it with everything kept that was answered.
  ///
  /// - Returns: the run as it is stored.
  /// - Throws: `Problem` for what the run or the database could not do.
  func recorded(in writer: StoreWriter) async throws -> StoredRun {
    let end = try await Interruption.cancelling {
      try await run(observers: [StoreObserver(writer), ProgressLine()], reusing: writer.store)
    }
    return try writer.store.run(end.run)
  }
}
