import Exploring
import Foundation
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

extension Exploration {
  /// Tries hierarchies under the eyes of whoever called the command, and stores what came of it.
  ///
  /// - Parameter writer: nil to store nothing.
  /// - Throws: `Problem` for what can't be built, or what the database could not do.
  func recorded(
    seed: UInt64, _ extent: Extent, lives: Bool = true, reducesAll: Bool = false, in writer: StoreWriter?
  ) async throws -> ExploredResult {
    let started = Date()
    let result = try await Interruption.cancelling {
      try await run(seed: seed, extent, lives: lives, reducesAll: reducesAll) { tried, kinds in
        Console.progress("\(tried) hierarchies tried, \(kinds) kinds of difference")
      }
    }
    Console.progress("")
    guard let writer else { return result }
    let recorder = try await RunRecorder(writer, header: header(result, started: started))
    for group in result.groups { await recorder.record(group.result, steps: []) }
    let verdicts = Dictionary(grouping: result.groups) { $0.cause == nil ? Verdict.new : .known }.mapValues(\.count)
    try await recorder.finish(
      state: result.isInterrupted ? .interrupted : .finished, ledger: ledger, verdicts: verdicts)
    return result
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
