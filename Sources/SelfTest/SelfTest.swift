import Documents
import Executing
import Foundation
import Model
import Planning
import Platform
import Runtimes
import Session
import Storing
import Worker

/// Runs cases that are known to be bad through the real pipeline, and checks what is stored of them: whether this
/// program can be trusted on this machine, with these runtimes.
public struct SelfTest: Sendable {
  private let options: RunOptions
  private let selection: RuntimeSelection
  private let folder: URL
  private let kept: String?
  private let exitCode: @Sendable (StoredRun, Store) throws -> Int32

  /// Runtimes that were asked for as optional, and can't be had.
  public var missing: [Problem] { selection.missing }

  /// - Parameters:
  ///   - options: places, runtimes, jobs and sandbox; all else is the self-test's.
  ///   - folder: where the miniature suite and its database are kept; nil to have them only as long as this takes.
  ///   - exitCode: what `run` would end with for a stored run.
  /// - Throws: `Problem` for runtimes that can't be had.
  public init(
    _ options: RunOptions, keptIn folder: URL? = nil,
    exitCode: @escaping @Sendable (StoredRun, Store) throws -> Int32
  ) async throws {
    self.options = options
    self.exitCode = exitCode
    self.folder = folder ?? ProcessGuard.scratch.appending(path: "self-test", directoryHint: .isDirectory)
    kept = folder?.path
    selection = try await RuntimeSelection.make(
      options.runtimes, configuration: try Configuration(project: options.project),
      files: try WorkerFiles(below: options.cache))
  }

  /// Small, so that too much is soon reached, and enough for every interpreter.
  private static func limits(seconds: Double) -> Limits {
    Limits(seconds: seconds, memory: 512 << 20, fileSize: 1 << 20, processes: 4, scratch: 1 << 20)
  }

  /// Seconds that a cell has where one hangs: a machine on which its neighbours need more gets the next.
  private static let shortTimes = [0.25, 1, 4, 16]

  /// Runs everything, and tells what came of it.
  ///
  /// - Throws: `Problem` when the machine lacks something, `CancellationError` when the task is cancelled.
  public func run(observers: [any RunObserver] = []) async throws -> SelfTestDocument {
    let suite = try MiniatureSuite(in: folder, for: Set(selection.runtimes.map(\.implementation)))
    let writer = try StoreWriter(path: suite.database)
    var all = [try await machine(suite, writer, observers), try await faults(suite, writer, observers)]
    for (number, seconds) in Self.shortTimes.enumerated() {
      let timed = try await time(seconds, suite, writer, observers)
      if timed.isOutOfTime, number < Self.shortTimes.count - 1 { continue }
      all.append(timed)
      break
    }
    return document(all)
  }

  // MARK: The runs

  /// The cells' folder is occupied by a file: nobody can be blamed for that.
  private func machine(
    _ suite: MiniatureSuite, _ writer: StoreWriter, _ observers: [any RunObserver]
  ) async throws -> Checked {
    let occupied = cells(suite)
    do {
      try Data("This is no folder.\n".utf8).write(to: occupied)
    } catch {
      throw Problem(
        .environment, at: occupied.path, "can't be written: \(error.localizedDescription)",
        remedy: "free some space there, or set TMPDIR to a writable folder")
    }
    var options = options(.machine, suite, seconds: Limits().seconds)
    options.patience = .short
    let (checked, run) = try await run(.machine, options, writer, observers)
    return try checkingExitCode(checked, run, writer.store, expected: 69)
  }

  private func faults(
    _ suite: MiniatureSuite, _ writer: StoreWriter, _ observers: [any RunObserver]
  ) async throws -> Checked {
    var options = options(.faults, suite, seconds: Limits().seconds)
    options.reuses = true
    var (checked, run) = try await run(.faults, options, writer, observers)
    checked.checkReuse()
    return try checkingExitCode(checked, run, writer.store, expected: 1)
  }

  private func time(
    _ seconds: Double, _ suite: MiniatureSuite, _ writer: StoreWriter, _ observers: [any RunObserver]
  ) async throws -> Checked {
    let (checked, run) = try await run(.time, options(.time, suite, seconds: seconds), writer, observers)
    return try checkingExitCode(checked, run, writer.store, expected: 1)
  }

  private func checkingExitCode(
    _ checked: Checked, _ run: StoredRun, _ store: Store, expected: Int32
  ) throws -> Checked {
    var checked = checked
    // What is not as it should be has been told already, and decides the code.
    if checked.failures.isEmpty, checked.lacking.isEmpty {
      checked.checkExitCode(try exitCode(run, store), expected: expected)
    }
    return checked
  }

  private func cells(_ suite: MiniatureSuite) -> URL { suite.folder.appending(path: "cells") }

  private func options(_ part: Part, _ suite: MiniatureSuite, seconds: Double) -> RunOptions {
    var options = options
    options.suites = suite.suites
    options.scratch = cells(suite)
    options.limits = Self.limits(seconds: seconds)
    return options
  }

  private func run(
    _ part: Part, _ options: RunOptions, _ writer: StoreWriter, _ observers: [any RunObserver]
  ) async throws -> (Checked, StoredRun) {
    var options = options
    options.patterns = [try Pattern(part.pattern)]
    let session = try await Session(options, on: selection)
    let end = try await session.run(observers: [StoreObserver(writer)] + observers, reusing: writer.store)
    try Task.checkCancellation()
    let run = try writer.store.run(end.run)
    let checked = try Checked(
      part, session.plan, run, in: writer.store, isSandboxed: options.sandbox != nil)
    return (checked, run)
  }

  // MARK: What came of it

  private func document(_ all: [Checked]) -> SelfTestDocument {
    SelfTestDocument(
      runtimes: selection.runtimes.map { runtime in
        SelfTestDocument.Tested(
          name: runtime.name, title: runtime.title, faults: all.flatMap { $0.faults[runtime.name] ?? [] },
          innocent: all.reduce(0) { $0 + $1.innocent[runtime.name, default: 0] })
      }, failures: all.flatMap(\.failures),
      lacking: all.flatMap(\.lacking).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }, kept: kept)
  }
}
