import ArgumentParser
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
      RunCommand.self, ListCommand.self, RuntimesCommand.self, RunsCommand.self, ShowCommand.self, CompareCommand.self,
      PortabilityCommand.self, BisectCommand.self, JudgeCommand.self, NightlyCommand.self, ReportCommand.self,
      BaselineCommand.self, MergeCommand.self, PruneCommand.self, NewCommand.self,
      SelfTestCommand.self,
    ])
}
