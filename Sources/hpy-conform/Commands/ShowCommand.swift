import ArgumentParser
import Documents
import Model
import Planning
import Storing

struct ShowCommand: ConformCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show a cell: its values next to those of its reference, output, traceback and build commands.",
    discussion: """
      Without a cell, or with a pattern that matches several, the cells are listed with their verdicts. Without --run, a \
      cell or a pattern is looked up in the newest run that has it.
      """)

  @Argument(help: "SUITE/CASE/SCENARIO@LANE@RUNTIME, or a pattern.")
  var cell: String?

  @Option(
    help: """
      The run: `latest`, or the beginning of its UUID. Default: the newest run that has the cell, or the latest run if \
      no cell is given or with --new.
      """)
  var run: String?

  @Flag(help: "List only new findings, each with its line. For a single cell, show everything that is stored.")
  var new = false

  @OptionGroup var places: PlaceOptions
  @OptionGroup var database: DatabaseOptions

  func perform() async throws -> ExitStatus {
    let store = try database.reader(places)
    let pattern = try cell.map { try Pattern($0) }
    let exact = cell.flatMap { CellID($0) }
    let run = try chosenRun(in: store, exact, pattern)
    if new { return try showNew(of: run, in: store, pattern) }
    var chosen = try exact.flatMap { try store.result(of: $0, in: run) }
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
      guard let found else { throw missing(from: run) }
      if found.count > 1 { return .asExpected }
      chosen = try store.result(of: found.first, in: run)
    }
    if let chosen { Console.show(try CellDocument(chosen, of: run, in: store)) }
    return .asExpected
  }

  /// The run that was named, or the newest one that has what was asked for.
  ///
  /// - Throws: `Problem` where there is none.
  private func chosenRun(in store: Store, _ exact: CellID?, _ pattern: Pattern?) throws -> StoredRun {
    if let run { return try store.run(named: run, run == "latest" ? .run : nil) }
    let latest = try store.run(named: "latest")
    guard let pattern, !new else { return latest }
    if let exact, let found = try store.newestRun(with: exact) { return found }
    guard let found = try store.newestRun(withAny: pattern.matches) else { throw missing(from: nil) }
    return found
  }

  private func missing(from run: StoredRun?) -> Problem {
    Problem(
      run.map { "run \($0.uuid.prefix(8)) has no cell `\(cell ?? "*")`" } ?? "no run has a cell `\(cell ?? "*")`",
      remedy: "`hpy-conform show` lists the cells of \(run == nil ? "the latest run" : "this run")")
  }

  private func showNew(of run: StoredRun, in store: Store, _ pattern: Pattern?) throws -> ExitStatus {
    var found: [CellID] = []
    var isThere = false
    try store.forEachCell(of: run) { cell, _, verdict in
      guard pattern?.matches(cell) ?? true else { return }
      isThere = true
      if verdict == .new { found.append(cell) }
    }
    if !isThere { throw missing(from: run) }
    if found.count == 1, let result = try store.result(of: found[0], in: run) {
      Console.show(try CellDocument(result, of: run, in: store))
    } else if found.isEmpty {
      Console.print("nothing is new in run \(run.uuid.prefix(8))" + (cell.map { " in \(Printable.line($0))" } ?? ""))
    } else {
      Console.show(try NewFindingsDocument(found, of: run, in: store, database: database.db))
    }
    return .asExpected
  }
}
