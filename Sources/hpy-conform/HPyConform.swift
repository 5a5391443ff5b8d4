import ArgumentParser
import Foundation
import Model
import Platform
import Storing

/// The command `hpy-conform`.
@main
struct HPyConform: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "hpy-conform",
    abstract: "Does a C extension behave the same, whichever ABI it is compiled for and whichever Python loads it?",
    discussion: """
      Exit codes: \(ExitStatus.allCases.map { "\($0.rawValue) \($0.meaning)" }.joined(separator: "; ")).
      """,
    version: Program.version,
    subcommands: [
      RunCommand.self, ListCommand.self, RuntimesCommand.self, RunsCommand.self, ShowCommand.self, ReproCommand.self,
      CompareCommand.self, PortabilityCommand.self, ExploreCommand.self, BisectCommand.self, JudgeCommand.self,
      CausesCommand.self,
      NightlyCommand.self, ReportCommand.self,
      BaselineCommand.self, MergeCommand.self, PruneCommand.self, NewCommand.self,
      SelfTestCommand.self,
    ])

  /// In place of the parser's own, which prints help and versions without a look at whether they arrive.
  static func main() async {
    StandardStreams.prepare()
    do {
      var command = try parseAsRoot()
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
    } catch {
      let message = fullMessage(for: error)
      let code = exitCode(for: error)
      if !message.isEmpty { code.isSuccess ? Console.print(message) : Console.complain(message) }
      end(code.rawValue)
    }
    end(ExitStatus.asExpected.rawValue)
  }

  /// Whatever there was to say, it is worth nothing where it did not arrive; but a reader may have had enough of it.
  private static func end(_ code: Int32) -> Never {
    guard let problem = Console.lossOfOutput() else { Foundation.exit(code) }
    Console.error(problem.description)
    Foundation.exit(ExitStatus.unavailable.rawValue)
  }
}
