import ArgumentParser
import Documents
import Model
import Planning
import Storing

struct ShowCommand: ConformCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show a cell: its values next to those of its reference, output, traceback and build commands.",
    discussion: "Without a cell, or with a pattern that matches several, the cells are listed with their verdicts.")

  @Argument(help: "SUITE/CASE/SCENARIO@LANE@RUNTIME, or a pattern.")
  var cell: String?

  @Option(help: "The run: `latest`, or the beginning of its UUID.")
  var run: String = "latest"

  @OptionGroup var places: PlaceOptions
  @OptionGroup var database: DatabaseOptions

  func perform() async throws -> ExitStatus {
    let store = try database.reader(places)
    let run = try store.run(named: run, run == "latest" ? .run : nil)
    let pattern = try cell.map { try Pattern($0) }
    var chosen = try cell.flatMap { CellID($0) }.flatMap { try store.result(of: $0, in: run) }
    if chosen == nil {
      var found: (count: Int, first: CellID, line: String)?
      var lines: [String] = []
      try store.forEachCell(of: run) { cell, outcome, verdict in
        guard pattern?.matches(cell) ?? true else { return }
        let line = Printable.line("\(cell)  \(outcome), \(verdict.rawValue)", .max)
        if let found { lines += found.count == 1 ? [found.line, line] : [line] }
        if lines.count > 1000 {
          Console.print(lines.joined(separator: "\n"))
          lines = []
        }
        found = ((found?.count ?? 0) + 1, found?.first ?? cell, found?.line ?? line)
      }
      if !lines.isEmpty { Console.print(lines.joined(separator: "\n")) }
      guard let found else {
        throw Problem(
          "run \(run.uuid.prefix(8)) has no cell `\(cell ?? "*")`", remedy: "`hpy-conform show` lists its cells")
      }
      if found.count > 1 { return .asExpected }
      chosen = try store.result(of: found.first, in: run)
    }
    if let chosen { Console.show(try CellDocument(chosen, of: run, in: store)) }
    return .asExpected
  }
}
