import ArgumentParser
import Documents
import Model
import Session

struct RunCommand: ConformCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Build, run, compare and judge scenarios; keep every result.")

  @OptionGroup var selection: SelectionOptions
  @OptionGroup var places: PlaceOptions
  @OptionGroup var database: DatabaseOptions

  @OptionGroup var running: RunningOptions

  @Flag(help: "Stop at the first new divergence; the same as --max-new 1.")
  var failFast = false

  @Option(help: ArgumentHelp("Stop behind so many cells with a new divergence.", valueName: "n"))
  var maxNew: Int?

  @Flag(name: [.long, .customShort("n")], help: "Show what would be run, and build and run nothing.")
  var dryRun = false

  func validate() throws {
    if let maxNew, maxNew < 1 { throw ValidationError("--max-new \(maxNew): expected 1 or more") }
    if failFast, maxNew != nil { throw ValidationError("--fail-fast is --max-new 1: say one of them") }
  }

  func perform() async throws -> ExitStatus {
    var options = try selection.options(places)
    try await running.apply(to: &options)
    options.newLimit = failFast ? 1 : maxNew
    let session = try await Session.planned(options)
    if dryRun {
      Console.show(PlanDocument(session.plan), showsAll: true)
      return .asExpected
    }
    let writer = try database.writer(places)
    let run = try await session.recorded(in: writer)
    let summary = try SummaryDocument(run, in: writer.store)
    Console.show(summary)
    var standing = Standing(summary)
    standing.isInterrupted = run.state == .interrupted && Interruption.happened
    return standing.status
  }
}
