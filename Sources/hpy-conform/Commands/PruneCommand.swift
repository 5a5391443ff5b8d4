import ArgumentParser
import Model
import Reporting
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
    Console.setUpColours()
    if keepRuns == nil, keepDays == nil {
      throw Problem(
        "nothing says which runs stay", remedy: "say it with --keep-runs N or --keep-days N, or both; see --dry-run")
    }
    for (name, value) in [("--keep-runs", keepRuns), ("--keep-days", keepDays)] {
      guard let value, !(0...1_000_000).contains(value) else { continue }
      throw Problem("\(name) \(value) is no count that makes sense", remedy: "name one from 0 to 1000000")
    }
    let path = try database.path(places)
    let store = try Store(path: path, .read)
    let lock = dryRun ? nil : try RunLock(database: path)
    let decisions = Retention(runs: keepRuns, days: keepDays).decide(try store.runFacts())
    let going = decisions.filter(\.reasons.isEmpty).map(\.run.uuid)
    let freed = dryRun || going.isEmpty ? 0 : try store.remove(runs: going)
    withExtendedLifetime(lock) {}
    print(RetentionReport(decisions, isDone: !dryRun).text)
    if freed > 0 { print("the file is \(freed / 1024) KiB smaller") }
    return .asExpected
  }
}
