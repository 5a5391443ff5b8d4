import ArgumentParser
import Foundation
import Model
import Planning
import Platform
import Reporting
import Session
import Storing

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
    Console.setUpColours()
    var options = try selection.options(places)
    running.apply(to: &options)
    options.newLimit = failFast ? 1 : maxNew
    let session = try await Session.planned(options)
    if dryRun {
      print(PlanReport.text(session.plan))
      return .asExpected
    }
    let path = try database.path(places)
    let store = try Store(path: path, .write)
    let lock = try RunLock(database: path)
    let end = try await session.recorded(in: store)
    withExtendedLifetime(lock) {}
    let summary = try RunSummary(try store.run(named: "latest"), in: store)
    print(summary.text)
    if end.state == "interrupted", Interruption.happened { return .interrupted }
    return summary.needsAttention ? .needsAttention : .asExpected
  }
}

/// What `--dry-run` shows: the plan, by case and lane.
enum PlanReport {
  static func text(_ plan: Plan) -> String {
    var lines = plan.batches.map { batch in
      "\(batch.suite)/\(batch.testCase)@\(batch.lane)@\(batch.runtime)  \(batch.cells.count) scenarios"
    }
    let skipped = plan.cells.filter { !$0.runs }
    for cell in skipped {
      lines.append("\(cell.id)  not run: \(cell.skip?.reason ?? cell.invalid ?? "")")
    }
    lines.append(
      "\(plan.cells.count) cells: \(plan.cells.count - skipped.count) to run in \(plan.batches.count) binaries, \(skipped.count) not run"
    )
    return lines.joined(separator: "\n")
  }
}
