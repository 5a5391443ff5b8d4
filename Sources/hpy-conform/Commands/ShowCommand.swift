import ArgumentParser
import Model
import Planning
import Reporting
import Storing

struct ShowCommand: ConformCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show all there is about a cell: its facts beside its reference's, output, traceback, commands.",
    discussion: "Without a cell, or with a pattern that means several, the cells are listed with their verdicts.")

  @Argument(help: "SUITE/CASE/SCENARIO@LANE@RUNTIME, or a pattern.")
  var cell: String?

  @Option(help: "The run: `latest`, or the beginning of its UUID.")
  var run: String = "latest"

  @OptionGroup var places: PlaceOptions
  @OptionGroup var database: DatabaseOptions

  func perform() async throws -> ExitStatus {
    Console.setUpColours()
    let store = try Store(path: try database.path(places), .read)
    let run = try store.run(named: run)
    let pattern = try cell.map { try Pattern($0) }
    let found = try store.results(of: run).filter { result in pattern?.matches(result.cell) ?? true }
    guard let first = found.first else {
      throw Problem(
        "run \(run.uuid.prefix(8)) has no cell `\(cell ?? "*")`", remedy: "`hpy-conform show` lists its cells")
    }
    if found.count > 1 {
      for result in found { print("\(result.cell)  \(result.outcome), \(result.verdict.rawValue)") }
      return .asExpected
    }
    print(try CellReport(first, of: run, in: store, width: Console.width).text)
    return .asExpected
  }
}
