import ArgumentParser
import Documents
import History
import Model
import Planning
import Platform
import Session
import Storing

struct RunCommand: ConformCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Build, run, compare and judge scenarios, and store every result.",
    discussion: """
      --resume continues a run that was interrupted or killed, or for which the machine lacked something, such as disk \
      space. It stays the same run, and only unfinished scenarios are tried. Everything that decides results must be \
      unchanged: files, runtimes, compiler, this program. --jobs and --cache may differ. To continue a run of \
      `nightly` and also write its reports, use `nightly --resume`. `hpy-conform report` writes reports at any time.
      """)

  @OptionGroup var selection: SelectionOptions
  @OptionGroup var places: PlaceOptions
  @OptionGroup var database: DatabaseOptions

  @OptionGroup var running: RunningOptions
  @OptionGroup var resuming: ResumeOption

  @Flag(
    help: """
      Run only cells that were new, fixed or flaky, or could not be tried, in the newest finished run with such cells, and \
      the cells that these are compared with.
      """)
  var failed = false

  @Flag(help: "Stop at the first new divergence. Same as --max-new 1.")
  var failFast = false

  @Option(help: ArgumentHelp("Stop after this many cells with a new divergence.", valueName: "n"))
  var maxNew: Int?

  @OptionGroup var reasons: ReasonsOption

  @Flag(help: "Show what the CPU time went into.")
  var timings = false

  @Flag(name: [.long, .customShort("n")], help: "Show what would be run, without building or running anything.")
  var dryRun = false

  func validate() throws {
    if let maxNew, maxNew < 1 { throw ValidationError("--max-new \(maxNew): expected 1 or more") }
    if failFast, maxNew != nil { throw ValidationError("--fail-fast is --max-new 1: give only one of them") }
    try resuming.check(
      against: selection.given + running.given + (maxNew == nil ? [] : ["--max-new"])
        + (failFast ? ["--fail-fast"] : []) + (failed ? ["--failed"] : []))
  }

  func perform() async throws -> ExitStatus {
    let began = ContinuousClock.now
    let last = failed ? try lastFailed() : nil
    if let last, last.cells.isEmpty {
      Console.print(
        "nothing failed in \(Self.name(last.runs[0].run)), the newest finished run with these cells; nothing is run")
      return .asExpected
    }
    if dryRun {
      let session =
        resuming.run == nil
        ? try await planned(last)
        : try await resuming.session(in: database.reader(places), await options())
      Console.show(PlanDocument(session.left), showsAll: true)
      return .asExpected
    }
    let (session, writer) = try await begun(last)
    let run = try await session.recorded(in: writer)
    var standing = try show(run, in: writer.store)
    if timings {
      Console.show(TimingsDocument(session.options.timings, wall: (ContinuousClock.now - began) / .seconds(1)))
    }
    standing.isInterrupted = run.state == .interrupted && Interruption.happened
    if standing.isInterrupted {
      Console.note("to continue: \(ResumeOption.command(for: run, database, places))")
    }
    return standing.status
  }

  /// A run that goes on is chosen while nobody else writes; a new one is planned before a database is made.
  private func begun(_ last: FailedCells?) async throws -> (Session, StoreWriter) {
    if resuming.run == nil { return (try await planned(last), try database.writer(places)) }
    let writer = try database.writer(places, mustExist: true)
    return (try await resuming.session(in: writer.store, await options()), writer)
  }

  /// Plans a new run.
  ///
  /// - Parameter last: the cells that it is restricted to; nil for all.
  /// - Throws: `Problem` where none of them is there any more.
  private func planned(_ last: FailedCells?) async throws -> Session {
    var options = try await options()
    guard let last else { return try await Session.planned(options) }
    options.cells = last.cells
    let session = try await Session.planned(options)
    let failed = last.runs.filter { !$0.cells.isEmpty }
    if session.plan.cellCount == 0 {
      throw Problem(
        "none of the \(Words.number(last.cells.count, "cell")) that failed in \(Self.name(failed[0].run)) still exists",
        remedy: "omit --failed")
    }
    let beside = session.plan.cellCount - last.cells.count
    for (run, cells) in failed { Console.note("\(Words.number(cells.count, "cell")) failed in \(Self.name(run))") }
    if beside > 0 { Console.note("\(Words.number(beside, "more cell")) for comparison") }
    return session
  }

  private static func name(_ run: StoredRun) -> String { "run \(run.uuid.prefix(8)) of \(run.started)" }

  /// What failed when it was last tried, of what is asked for.
  ///
  /// - Throws: `Problem` where there is no such run.
  private func lastFailed() throws -> FailedCells {
    let options = try selection.options(places)
    let names = options.runtimes.filter { !$0.contains("/") || $0.contains("=") }
      .compactMap { try? Pattern("*@*@" + $0.prefix { $0 != "=" }) }
    let found = try FailedCells.newest(in: database.reader(places)) { cell in
      (options.patterns.isEmpty || options.patterns.contains { $0.matches(cell) })
        && (options.lanes.isEmpty || options.lanes.contains { $0.lane == cell.lane && $0.home == cell.load.home })
        && (names.count < options.runtimes.count || names.isEmpty || names.contains { $0.matches(cell) })
    }
    guard let found else {
      throw Problem("no finished run has any of these cells", remedy: "omit --failed")
    }
    return found
  }

  private func options() async throws -> RunOptions {
    var options = try selection.options(places)
    try await running.apply(to: &options)
    options.newLimit = failFast ? 1 : maxNew
    return options
  }

  private func show(_ run: StoredRun, in store: Store) throws -> Standing {
    if run.kind == .portability {
      let document = try PortabilityDocument(run, in: store)
      Console.show(document)
      return Standing(needsAttention: !document.isAsPromised)
    }
    let summary = try SummaryDocument(run, in: store)
    Console.show(summary, showsReasons: reasons.why)
    return Standing(summary)
  }
}
