import ArgumentParser
import Documents
import Model
import Storing

struct PruneCommand: ConformCommand {
  static let configuration = CommandConfiguration(
    commandName: "prune",
    abstract: "Delete old runs from a database.",
    discussion: """
      These runs are always kept: the last run of each series and its last finished run, baselines, the run in which a \
      divergence of the last run appeared and the run before it, the last finished run of each month, and runs whose \
      results other kept runs reused. Runs without a series count as one series.
      """)

  @Option(help: "Number of latest runs to keep in each series.")
  var keepRuns: Int?

  @Option(help: "Keep runs that started at most this many days before the last run of their series.")
  var keepDays: Int?

  @Flag(help: "Only show which runs would be deleted, and why the others are kept.")
  var dryRun = false

  @OptionGroup var places: PlaceOptions
  @OptionGroup var database: DatabaseOptions

  func perform() async throws -> ExitStatus {
    if keepRuns == nil, keepDays == nil {
      throw Problem(
        "no option selects the runs to keep", remedy: "give --keep-runs N, --keep-days N or both; see --dry-run")
    }
    for (name, value) in [("--keep-runs", keepRuns), ("--keep-days", keepDays)] {
      guard let value, !(0...1_000_000).contains(value) else { continue }
      throw Problem("\(name) \(value) is out of range", remedy: "give a number from 0 to 1000000")
    }
    if dryRun {
      Console.show(RetentionDocument(try decisions(in: database.reader(places)), isDone: false))
    } else {
      let writer = try database.writer(places, mustExist: true)
      let decisions = try decisions(in: writer.store)
      let going = decisions.filter(\.reasons.isEmpty).map(\.run.uuid)
      let freed = going.isEmpty ? 0 : try writer.remove(runs: going)
      Console.show(RetentionDocument(decisions, isDone: true, freed: freed))
    }
    return .asExpected
  }

  private func decisions(in store: Store) throws -> [(run: RunFacts, reasons: [KeepReason])] {
    Retention(runs: keepRuns, days: keepDays).decide(try store.runFacts())
  }
}
