import ArgumentParser
import Documents
import Model
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

  @Flag(help: "Stop at the first new divergence. Same as --max-new 1.")
  var failFast = false

  @Option(help: ArgumentHelp("Stop after this many cells with a new divergence.", valueName: "n"))
  var maxNew: Int?

  @OptionGroup var reasons: ReasonsOption

  @Flag(name: [.long, .customShort("n")], help: "Show what would be run, without building or running anything.")
  var dryRun = false

  func validate() throws {
    if let maxNew, maxNew < 1 { throw ValidationError("--max-new \(maxNew): expected 1 or more") }
    if failFast, maxNew != nil { throw ValidationError("--fail-fast is --max-new 1: give only one of them") }
    try resuming.check(
      against: selection.given + running.given + (maxNew == nil ? [] : ["--max-new"])
        + (failFast ? ["--fail-fast"] : []))
  }

  func perform() async throws -> ExitStatus {
    if dryRun {
      let session =
        resuming.run == nil
        ? try await Session.planned(await options())
        : try await resuming.session(in: database.reader(places), await options())
      Console.show(PlanDocument(session.left), showsAll: true)
      return .asExpected
    }
    let (session, writer) = try await begun()
    let run = try await session.recorded(in: writer)
    var standing = try show(run, in: writer.store)
    standing.isInterrupted = run.state == .interrupted && Interruption.happened
    if standing.isInterrupted {
      Console.note("to continue: \(ResumeOption.command(for: run, database, places))")
    }
    return standing.status
  }

  /// A run that goes on is chosen while nobody else writes; a new one is planned before a database is made.
  private func begun() async throws -> (Session, StoreWriter) {
    if resuming.run == nil { return (try await Session.planned(await options()), try database.writer(places)) }
    let writer = try database.writer(places, mustExist: true)
    return (try await resuming.session(in: writer.store, await options()), writer)
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
