import Comparing
import Foundation
import Model
import Planning
import Runtimes
import Storing

/// Searches for the first bad one among candidates by running a cell on them, each time as a run that is recorded.
public struct Bisector: Sendable {
  /// One that may be the first bad one.
  public struct Candidate: Sendable {
    /// What people call it.
    public var name: String
    /// What is installed in place of what the case asks for; nil where candidates are interpreters.
    public var requirement: String?
    /// Makes it ready where need be; the path of its interpreter. What it throws as a `Problem` of the environment
    /// says why it can't be tried.
    public var interpreter: @Sendable () async throws -> String

    public init(
      name: String, requirement: String? = nil, interpreter: @escaping @Sendable () async throws -> String
    ) {
      self.name = name
      self.requirement = requirement
      self.interpreter = interpreter
    }
  }

  /// What is happening, by the candidate's number.
  public enum Event: Sendable {
    /// It is made ready and tried, after so many earlier tries; at most so many candidates are still to be tried.
    case trying(Int, again: Int, remaining: Int)
    case tried(Int, BisectionTrial)
  }

  public let cell: CellID
  public let candidates: [Candidate]
  public let question: BisectionQuestion
  /// How often a candidate is tried whose answers flicker.
  public let repeats: Int
  private let options: RunOptions
  private let others: [Configuration.Wanted]
  private let database: String
  private let observe: @Sendable (Event) -> Void

  /// - Parameters:
  ///   - options: everything of the runs but which cells and which runtimes.
  ///   - others: runtimes beside the cell's, the one that it is compared with first.
  public init(
    _ cell: CellID, among candidates: [Candidate], question: BisectionQuestion, repeats: Int = 5,
    options: RunOptions, others: [Configuration.Wanted], database: String,
    observe: @escaping @Sendable (Event) -> Void
  ) throws {
    self.cell = cell
    self.candidates = candidates
    self.question = question
    self.repeats = max(1, repeats)
    var options = options
    options.patterns = [try Pattern(cell.scenario.description)]
    options.lanes =
      [LaneChoice(cell.lane, home: cell.load.home)] + References.lanes(of: cell).map { LaneChoice($0.lane) }
    self.options = options
    self.others = others
    self.database = database
    self.observe = observe
  }

  /// What was learned: all of it, also when the task is cancelled.
  public struct Result: Sendable {
    public var trials: [Int: BisectionTrial]
    public var bisection: Bisection

    /// nil where the search was interrupted.
    public var conclusion: Bisection.Conclusion? {
      if case .done(let conclusion) = bisection.step { conclusion } else { nil }
    }
  }

  /// Tries candidates until it is known.
  ///
  /// - Throws: `Problem` for what concerns all candidates: a cell that there is none of, no compiler, the database.
  public func search() async throws -> Result {
    var trials: [Int: BisectionTrial] = [:]
    while true {
      let bisection = Bisection(count: candidates.count, answers: question.answers(trials, count: candidates.count))
      let next: Int
      if let doubtful = doubtful(trials, bisection.answers) {
        next = doubtful
      } else if case .candidate(let index) = bisection.step {
        next = index
      } else {
        return Result(trials: trials, bisection: bisection)
      }
      let tries = trials[next]?.tries ?? 0
      observe(.trying(next, again: tries, remaining: bisection.remainingSteps))
      guard let trial = try await self.trial(next, after: trials[next]) else {
        return Result(trials: trials, bisection: bisection)
      }
      trials[next] = trial
      observe(.tried(next, trial))
    }
  }

  /// A candidate that is to be tried more often: one whose answers flicker, and, where some do, one that looks good.
  private func doubtful(_ trials: [Int: BisectionTrial], _ answers: [Int: Bisection.Answer]) -> Int? {
    let comesAndGoes = trials.values.contains(where: \.flickers)
    return trials.keys.sorted().first { index in
      guard let trial = trials[index], answers[index] != .skipped, trial.tries < repeats else { return false }
      return trial.flickers || (comesAndGoes && answers[index] == .good)
    }
  }

  /// - Returns: nil when the task was cancelled meanwhile.
  private func trial(_ index: Int, after earlier: BisectionTrial?) async throws -> BisectionTrial? {
    do {
      let trial = try await run(index, after: earlier)
      return Task.isCancelled && trial.skip != nil ? nil : trial
    } catch {
      if Task.isCancelled || error is CancellationError { return nil }
      guard let problem = error as? Problem, problem.kind == .environment, earlier == nil else { throw error }
      return BisectionTrial(skip: problem.description)
    }
  }

  private func run(_ index: Int, after earlier: BisectionTrial?) async throws -> BisectionTrial {
    let path = try await candidates[index].interpreter()
    try Task.checkCancellation()
    var options = options
    options.wanted = others + [Configuration.Wanted(name: cell.runtime, interpreter: path)]
    if earlier != nil { options.reuses = false }
    var cell = cell
    if let requirement = candidates[index].requirement {
      cell.load.home = requirement
      options.lanes = [LaneChoice(cell.lane, home: requirement)]
    }
    let session = try await Session(options)
    let planned = session.plan.units.lazy.flatMap(\.batches).filter { $0.load.id == cell.load }.lazy.compactMap {
      batch in
      batch.cells.first.map { (batch.load.runtime, $0.action) }
    }
    guard let (runtime, action) = planned.first else {
      throw Problem(
        "there is no cell `\(cell)`: its case has no sources for that lane",
        remedy: "`hpy-conform list` lists the cases with their lanes")
    }
    switch action {
    case .invalid(let problems):
      let reasons = problems.map(\.description).joined(separator: "\n")
      throw Problem("the case can't be read: \(reasons)", remedy: "fix the case first")
    case .skip(let skip): return BisectionTrial(skip: skip.reason, runtime: runtime)
    case .run, .skipIfBuiltAtHome: break
    }
    let watcher = CellWatcher(cell)
    let run: String
    do {
      let writer = try StoreWriter(path: database)
      run = try await session.run(observers: [StoreObserver(writer), watcher], reusing: writer.store).run
    } catch let problem as Problem {
      // Of the machine or the database, and so no candidate's.
      throw Problems([problem])
    }
    guard let result = await watcher.result, let first = result.attempts.first?.answer else {
      throw CancellationError()
    }
    // What turned out to be impossible when it was tried: a package that can't be installed.
    if first.outcome.isSkip {
      return BisectionTrial(skip: first.message ?? first.outcome.description, runtime: runtime)
    }
    guard var trial = earlier else { return BisectionTrial(result, run: run, runtime: runtime) }
    trial.add(result, run: run)
    return trial
  }
}

/// Keeps what becomes of one cell.
private actor CellWatcher: RunObserver {
  private let cell: CellID
  private(set) var result: CellResult?

  init(_ cell: CellID) { self.cell = cell }

  func observe(_ event: RunEvent) {
    // What an interruption left half-tried is not judged.
    guard case .judged(let result, _) = event, result.cell == cell else { return }
    if result.judgement.verdict != .notJudged || result.attempts.first?.answer.outcome.isSkip == true {
      self.result = result
    }
  }
}
