import ArgumentParser
import Storing

struct MergeCommand: ConformCommand {
  static let configuration = CommandConfiguration(
    commandName: "merge",
    abstract: "Bring the runs of several databases together in one.",
    discussion: """
      In any order and however often, the result is the same. Of a run that two databases have the more complete copy \
      counts, and of the verdicts those of the latest judgement. The sources are left as they are. Runs that `prune` \
      dropped come back with a source that has them.
      """)

  @Argument(help: "The database that takes the runs; made where there is none.")
  var into: String

  @Argument(help: "Databases whose runs are wanted.")
  var from: [String]

  func perform() async throws -> ExitStatus {
    let summary = try Merging.merge(from, into: into)
    Console.print(
      "\(into): \(summary.added) runs added, \(summary.completed) made complete, \(summary.rejudged) with later "
        + "verdicts, \(summary.known) known")
    return .asExpected
  }
}
