import ArgumentParser
import Documents
import Model
import Storing

struct PruneCommand: ConformCommand {
  static let configuration = CommandConfiguration(
    commandName: "prune",
    abstract: "Drop old runs from a database.",
    discussion: """
      Whatever is asked for, these stay: the last run of each series and its last finished one, baselines, the run with \
      which a divergence came that the last run shows and the run before it, the last finished run of each month, and \
      what runs that stay took results over from. Runs without a series count as one.
      """)

  @Option(help: "So many of the latest runs of each series stay.")
  var keepRuns: Int?

  @Option(help: "Runs that started at most so many days before the last one of their series stay.")
  var keepDays: Int?

  @Flag(help: "Only say what would go and why the others stay.")
  var dryRun = false

  @OptionGroup var places: PlaceOptions
  @OptionGroup var database: DatabaseOptions

  func perform() async throws -> ExitStatus {
    if keepRuns == nil, keepDays == nil {
      throw Problem(
        "nothing says which runs stay", remedy: "say it with --keep-runs N or --keep-days N, or both; see --dry-run")
    }
    for (name, value) in [("--keep-runs", keepRuns), ("--keep-days", keepDays)] {
      guard let value, !(0...1_000_000).contains(value) else { continue }
      throw Problem("\(name) \(value) is no count that makes sense", remedy: "name one from 0 to 1000000")
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
