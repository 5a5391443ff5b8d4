import ArgumentParser
import Storing

struct MergeCommand: ConformCommand {
  static let configuration = CommandConfiguration(
    commandName: "merge",
    abstract: "Merge the runs of several databases into one.",
    discussion: """
      The result does not depend on the order or on how often a database is merged. If two databases have the same \
      run, the more complete copy is kept, with the verdicts of the latest judgement. The sources are not changed. \
      Runs that `prune` deleted return with a source that has them.
      """)

  @Argument(help: "The database that receives the runs. Created if it does not exist.")
  var into: String

  @Argument(help: "The databases to merge.")
  var from: [String]

  func perform() async throws -> ExitStatus {
    let summary = try Merging.merge(from, into: into)
    Console.print(
      "\(into): \(summary.added) runs added, \(summary.completed) made complete, \(summary.rejudged) with later "
        + "verdicts, \(summary.known) known")
    return .asExpected
  }
}
