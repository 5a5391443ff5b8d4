import ArgumentParser
import Documents
import Foundation
import Model
import Storing

/// With which run one is compared.
struct BaselineOption: ParsableArguments {
  @Option(help: "The run to compare with: the beginning of its UUID, `previous`, `none`. Default: that of the series.")
  var baseline: String?

  /// - Throws: `Problem` for a text that names no run, or several.
  func run(for run: StoredRun, in store: Store) throws -> StoredRun? {
    switch baseline {
    case nil: return try store.usualBaseline(of: run)
    case "none": return nil
    case "previous": return try store.runs(inSeries: run.series).last { $0.isBefore(run) }
    case let text?:
      let chosen = try store.run(named: text)
      if chosen.id == run.id {
        throw Problem("run \(text) can't be compared with itself", remedy: "name another with --baseline, or `none`")
      }
      return chosen
    }
  }
}

struct ReportCommand: ConformCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Compare a stored run with its baseline, and report what is new and since when.",
    discussion: """
      Reads only the database, so it works for any stored run. Without --baseline, a run is compared with the baseline of \
      its series (`hpy-conform baseline`), or else with the last complete run before it. A run without a series has no \
      baseline.

      Exit codes: 0 the ledger explains everything; 1 something is unexplained, new or old; 69 nothing is unexplained, \
      but the machine prevented some cells; 64 bad input.
      """)

  @OptionGroup var chosen: RunArgument

  @OptionGroup var beside: BaselineOption

  @Option(help: "human, html, json (documented in Results/README.md), junit or markdown.")
  var format: ReportFormat = .human

  @Option(name: .shortAndLong, help: "Write to this file. Default: standard output.")
  var output: String?

  @Option(help: "Write all formats to this folder: index.html, report.json, junit.xml, summary.md.")
  var folder: String?

  @OptionGroup var places: PlaceOptions
  @OptionGroup var database: DatabaseOptions

  func perform() async throws -> ExitStatus {
    let store = try database.reader(places)
    let run = try store.run(named: chosen.run)
    let document = try ReportDocument(run, baseline: try beside.run(for: run, in: store), in: store)
    if let folder { try ReportFiles.write(document, to: URL(filePath: folder, directoryHint: .isDirectory)) }
    if let output {
      try ReportFiles.write(try format.text(of: document), to: URL(filePath: output))
    } else if folder == nil || format != .human {
      Console.print(try format.text(of: document), terminator: "")
    }
    return Standing(document).status
  }
}

struct BaselineCommand: ConformCommand {
  static let configuration = CommandConfiguration(
    commandName: "baseline",
    abstract: "Set or show the run that later runs of a series are compared with.",
    discussion: "Without a baseline, each run is compared with the last complete run. `prune` keeps baselines.")

  @Argument(help: "The run: `latest`, the beginning of its UUID, or `none` for no baseline. Default: show it.")
  var run: String?

  @Option(help: "Name of the series.")
  var series: String = NightlyCommand.usualSeries

  @OptionGroup var places: PlaceOptions
  @OptionGroup var database: DatabaseOptions

  func perform() async throws -> ExitStatus {
    if let run {
      let writer = try database.writer(places, mustExist: true)
      let chosen = run == "none" ? nil : try writer.store.run(named: run)
      if let chosen, chosen.series != series {
        throw Problem(
          "run \(run) belongs to \(chosen.series.map { "the series `\($0)`" } ?? "no series"), not to `\(series)`",
          remedy: "name a run of that series; `hpy-conform runs` lists them")
      }
      try writer.setBaseline(chosen, ofSeries: series)
    }
    let baseline = try database.reader(places).baseline(ofSeries: series)
    Console.print(
      baseline.map { "\(series): run \($0.uuid) of \($0.started)" }
        ?? "\(series): no baseline; each run is compared with the last complete run before it")
    return .asExpected
  }
}
