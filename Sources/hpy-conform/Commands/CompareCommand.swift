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
    abstract: "Put runtimes, lanes or runs side by side: where they agree, and where they differ, the worst first.",
    discussion: """
      A side is a runtime, a lane, LANE@RUNTIME, a run (`last`, `previous`, the beginning of a UUID) or the path of a \
      results database; `lane:`, `runtime:` or `run:` before it says which is meant. All sides are of one kind; \
      more than two show who stands alone.

      Answers come from the newest run that has some for all sides, else from the newest for each. Where a side has \
      none, they are run first, and recorded as `run` does.

      Exit codes: 0 when nothing differs but messages and what wavers; 1 when something differs, or is built for \
      one side only; 64 bad input, also when no cell can be compared; 69 the machine lacks something.
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case human, json, markdown
  }

  @Argument(help: "Two sides or more.")
  var sides: [String] = []

  @Option(
    parsing: .upToNextOption,
    help: "Compare only these cells: SUITE, SUITE/CASE, SUITE/CASE/SCENARIO or …@LANE@RUNTIME, with *, ? and […].")
  var only: [PatternArgument] = []

  @Option(name: [.customLong("lane"), .customShort("l")], help: "Compare only in this lane. May be repeated.")
  var lanes: [LaneArgument] = []

  @Option(name: [.customLong("runtime"), .customShort("r")], help: "Compare only on this runtime. May be repeated.")
  var runtimes: [RuntimeArgument] = []

  @Option(help: "The run that answers: `latest`, or the beginning of its UUID.")
  var run: String?

  @Option(help: "human, json (Results/README.md documents it) or markdown.")
  var format: Format = .human

  @Flag(help: "Show every entry, however many.")
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
