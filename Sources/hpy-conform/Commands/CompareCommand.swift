import ArgumentParser
import Documents
import History
import Model
import Rendering
import Runtimes
import Session

struct CompareCommand: ConformCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Compare runtimes, lanes or runs side by side, with the worst differences first.",
    discussion: """
      A side is a runtime, a lane, LANE@RUNTIME, a version of an installed package (`ujson==5.4.0`, or the path of a \
      wheel or sdist), a run (`last`, `previous`, the beginning of a UUID) or the path of a results database. If a name is ambiguous, write `lane:`, `runtime:` or `run:` before it. All sides must be of \
      one kind. With more than two sides, the output also shows which side differs from all others.

      The answers come from the newest run that has answers for all sides, or else from the newest for each side. \
      Cells without answers are run first and recorded as by `run`.

      Exit codes: 0 only messages or flaky answers differ; 1 something differs, or is built for one side only; \
      64 bad input, also if no cell can be compared; 69 the machine lacks something.
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case human, json, markdown
  }

  @Argument(help: "Two or more sides.")
  var sides: [String] = []

  @Option(
    parsing: .upToNextOption,
    help: "Compare only these cells: SUITE, SUITE/CASE, SUITE/CASE/SCENARIO or …@LANE@RUNTIME, with *, ? and […].")
  var only: [PatternArgument] = []

  @Option(name: [.customLong("lane"), .customShort("l")], help: "Compare only in this lane. Repeatable.")
  var lanes: [LaneArgument] = []

  @Option(name: [.customLong("runtime"), .customShort("r")], help: "Compare only on this runtime. Repeatable.")
  var runtimes: [RuntimeArgument] = []

  @Option(help: "The run to take answers from: `latest`, or the beginning of its UUID.")
  var run: String?

  @Option(help: "human, json (documented in Results/README.md) or markdown.")
  var format: Format = .human

  @Flag(help: "Show all entries.")
  var all = false

  @OptionGroup var effort: EffortOptions
  @OptionGroup var taking: ReuseOption
  @OptionGroup var places: PlaceOptions
  @OptionGroup var database: DatabaseOptions

  func perform() async throws -> ExitStatus {
    // Databases can be compared anywhere; all else needs a project, or --db.
    let project = try? places.project()
    let filter = CellFilter(
      lanes: try lanes.map { try $0.choice() }, runtimes: runtimes.map(\.text),
      patterns: try only.map { try $0.pattern() })
    var sides = try ComparedSides(
      self.sides, filter: filter, database: try? database.path(places),
      configured: try project.map { try Configuration(project: $0).runtimes.map(\.name) } ?? [])
    try sides.choose(run: run)
    if !sides.isAnswered, try await runFirst(&sides) == .interrupted { return .interrupted }
    let document = try ComparisonDocument(
      sides.compare(), of: sides, defaultDatabase: database.db == nil ? try? database.path(places) : nil)
    switch format {
    case .human: Console.show(document, showsAll: all)
    case .markdown: Console.print(MarkdownRenderer().text(of: document), terminator: "")
    case .json: try Console.showJSON(document)
    }
    return document.needsAttention ? .needsAttention : .asExpected
  }

  /// Runs the cells that no stored run has, and records them as any other run.
  private func runFirst(_ sides: inout ComparedSides) async throws -> ExitStatus {
    var options = try places.options()
    options.patterns = sides.filter.patterns
    (options.lanes, options.runtimes) = try sides.wanted()
    try await effort.apply(to: &options)
    options.reuses = taking.reuse
    let session = try await Session.planned(options)
    if session.plan.cellCount == 0 {
      throw Problem(
        "no case has a cell for \(sides.unanswered.joined(separator: ", "))",
        remedy: "`hpy-conform list` lists the cases with their lanes and packages")
    }
    let planned = session.plan.batches.reduce(0) { $0 + $1.batch.cells.count(where: \.action.mayRun) }
    Console.note(
      "no stored run has answers for \(sides.unanswered.joined(separator: ", ")): running \(planned) cells first")
    let writer = try database.writer(places)
    let run = try await session.recorded(in: writer)
    if run.state == .interrupted, Interruption.happened { return .interrupted }
    sides.use(run, in: writer.store, runtimes: session.selection.runtimes)
    return .asExpected
  }
}
