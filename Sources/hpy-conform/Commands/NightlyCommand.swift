import ArgumentParser
import Documents
import Exploring
import Foundation
import Model
import Session
import Storing

struct NightlyCommand: ConformCommand {
  static let usualSeries = "nightly"

  static let configuration = CommandConfiguration(
    commandName: "nightly",
    abstract: "Run everything that is configured, compare with the baseline, and write the reports.",
    discussion: """
      The run belongs to a series, whose runs are one history. It is compared with the baseline of the series \
      (`hpy-conform baseline`), or else with its last complete run. index.html, report.json, junit.xml and summary.md \
      are written to a folder. `hpy-conform report` writes them again at any time.

      Where the suites have an `explored/kinds.toml`, hierarchies of types are generated behind the run, with a new seed \
      each time, as `explore` does. A kind of difference that has no cause and that no exploration of the database found \
      before is new.

      Exit codes: 0 nothing is new since the baseline; 1 something is new; 69 nothing is new, but the machine \
      prevented some cells; 64 bad input; 130 interrupted, with reports of the finished part.

      --resume continues a nightly run that was interrupted or killed, as with `run`, and writes its reports again.
      """)

  @OptionGroup var selection: SelectionOptions
  @OptionGroup var beside: BaselineOption

  @Option(help: "Name of the history that the run belongs to. Default: \(Self.usualSeries).")
  var series: String?

  @Option(help: "Folder for the reports. Default: `nightly` next to the database.")
  var reports: String?

  @Option(
    help: ArgumentHelp(
      "Time for generated hierarchies; 0 for none. Default: 60 for a run of all suites, if they have "
        + "explored/kinds.toml; else 0.", valueName: "seconds"))
  var explore: Double?

  @OptionGroup var places: PlaceOptions
  @OptionGroup var database: DatabaseOptions
  @OptionGroup var running: RunningOptions
  @OptionGroup var resuming: ResumeOption

  func validate() throws {
    if series?.isEmpty == true { throw ValidationError("--series: expected a name") }
    if running.quick { throw ValidationError("--quick: a nightly run confirms everything; leave it out") }
    if let explore, !(explore >= 0 && explore <= 604_800) {
      throw ValidationError("--explore \(explore): expected 0 to 604800 seconds, a week")
    }
    try resuming.check(against: selection.given + running.given + (series == nil ? [] : ["--series"]))
  }

  func perform() async throws -> ExitStatus {
    var options = try selection.options(places)
    try await running.apply(to: &options, prefersSandbox: true)
    options.believesEarlier = false
    options.series = series ?? Self.usualSeries
    // What is broken is told before an hour is spent.
    if seconds(behind: options) > 0 { try Exploration.check(options) }
    let writer = try database.writer(places)
    // A text that names no run is told before an hour is spent.
    if let baseline = beside.baseline, !["none", "previous"].contains(baseline) {
      _ = try writer.store.run(named: baseline)
    }
    let folder =
      try reports.map { URL(filePath: $0, directoryHint: .isDirectory) }
      ?? URL(filePath: database.path(places)).deletingLastPathComponent()
      .appending(path: "nightly", directoryHint: .isDirectory)
    // A run that can't go on leaves the reports as they are: they tell what there is of it.
    let resumed = resuming.run == nil ? nil : try await resuming.session(in: writer.store, ofSeries: true, options)
    let series = resumed?.options.series ?? options.series
    let last = try writer.store.runs(inSeries: series).last
    let run: StoredRun
    do {
      let session = if let resumed { resumed } else { try await Session.planned(options) }
      run = try await session.recorded(in: writer)
    } catch {
      try tell(error, after: last, ofSeries: series, writer.store, folder)
      throw error
    }
    let unexplored = await exploring(behind: run, resumed?.options ?? options, in: writer)
    var document = try ReportDocument(run, baseline: try beside.run(for: run, in: writer.store), in: writer.store)
    if let unexplored { document.headline.add(unexplored: unexplored) }
    try ReportFiles.write(document, to: folder)
    Console.show(document)
    Console.print("reports: \(folder.path)")
    if Interruption.happened, run.state == .interrupted {
      Console.note("to continue: \(ResumeOption.command("nightly", for: run, database, places))")
    }
    var standing = Standing(document, onlyNew: true)
    standing.isInterrupted = Interruption.happened
    return standing.status
  }

  /// Generates hierarchies behind a run that ended by itself, and stores what they show.
  ///
  /// - Returns: why nothing could be stored; nil where something was, or nothing was to be.
  private func exploring(behind run: StoredRun, _ options: RunOptions, in writer: StoreWriter) async -> String? {
    let seconds = seconds(behind: options)
    guard seconds > 0, run.state == .finished, !Interruption.happened else { return nil }
    var options = options
    options.kind = .explore
    options.series = run.series
    do {
      if try writer.store.exploration(of: run) != nil { return nil }
      let exploration = try await Exploration(options)
      _ = try await exploration.recorded(seed: .random(in: 1...999_999_999), .time(seconds), in: writer)
      return nil
    } catch {
      // The run is recorded, and is reported in any case.
      return (error as? Problems)?.all.first?.description ?? Problem.words(of: error)
    }
  }

  private static let usualExploration = 60.0

  /// How long hierarchies are generated behind a run.
  private func seconds(behind options: RunOptions) -> Double {
    let kinds = options.suites.appending(path: "\(ExploredCase.suite)/\(ExploredCase.kindsName)").path
    let isWhole = options.patterns.isEmpty && options.lanes.isEmpty && options.cells == nil
    return explore ?? (isWhole && FileManager.default.fileExists(atPath: kinds) ? Self.usualExploration : 0)
  }

  /// Whoever opens the page in the morning must not take yesterday's for today's, nor half a run for a whole one.
  private func tell(
    _ error: any Error, after last: StoredRun?, ofSeries series: String?, _ store: Store, _ folder: URL
  ) throws {
    let reasons = (error as? Problems)?.all.map(\.description) ?? [Problem.words(of: error)]
    guard let run = try store.runs(inSeries: series).last else { return }
    let document = try ReportDocument(run, baseline: try store.usualBaseline(of: run), in: store)
    try ReportFiles.write(
      run == last
        ? document.superseded(on: Date(), because: reasons) : document.endedEarly(because: reasons), to: folder)
  }
}
