import Model
import Session
import Storing

extension Session {
  /// Plans a run, and says which runtimes can't be had.
  ///
  /// - Throws: `Problem` or `Problems` for bad input and missing pieces of the environment.
  static func planned(_ options: RunOptions) async throws -> Session {
    let session = try await Session(options)
    for problem in session.selection.missing { Console.note("omitted: \(problem)") }
    return session
  }

  /// Runs all that is planned and records it as it goes; Ctrl-C ends it with everything kept that was answered.
  ///
  /// - Returns: the run as it is stored.
  /// - Throws: `Problem` for what the run or the database could not do.
  func recorded(in writer: StoreWriter) async throws -> StoredRun {
    let end = try await Interruption.cancelling {
      try await run(
        observers: [StoreObserver(writer, timings: options.timings), ProgressLine(), DebuggerNote()],
        reusing: writer.store, history: writer.store)
    }
    return try writer.store.run(end.run)
  }
}

/// Says at the end of a run, once, that there are no frames of C of what is new because there is no debugger.
actor DebuggerNote: RunObserver {
  private var lacks = false

  func observe(_ event: RunEvent) {
    switch event {
    case .judged(let result, _) where result.judgement.verdict == .new:
      if Debugger.program == nil, result.attempts.contains(where: { Debugger.isMeant($0.answer.outcome) }) {
        lacks = true
      }
    case .finished where lacks:
      Console.note("no gdb, so new crashes and hangs have no C frames: install gdb and run `hpy-conform run --failed`")
    case .started, .tried, .judged, .finished: break
    }
  }
}
