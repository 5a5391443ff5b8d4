import ArgumentParser
import Comparing
import Foundation
import Model
import Planning
import Platform
import Reporting
import Session
import Storing

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
    help: "Compare only these cells: SUITE, SUITE/CASE, SUITE/CASE/SCENARIO or …@LANE@RUNTIME, with * and ?.")
  var only: [String] = []

  @Option(name: [.customLong("lane"), .customShort("l")], help: "Compare only in this lane. May be repeated.")
  var lanes: [String] = []

  @Option(name: [.customLong("runtime"), .customShort("r")], help: "Compare only on this runtime. May be repeated.")
  var runtimes: [String] = []

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
    Console.setUpColours()
    let filter = try CompareFilter(lanes: lanes, runtimes: runtimes, only: only)
    var sides = try CompareSides(self.sides, places: places, database: database, filter: filter)
    try sides.choose(run: run)
    if !sides.isAnswered {
      let state = try await runFirst(&sides)
      if state == .interrupted { return .interrupted }
    }
    let sources = try sides.sources()
    var idle = Set(filter.patterns)
    let comparison = try StoredComparison.compare(sources) { cell in
      let hits = filter.patterns.filter { $0.matches(cell) }
      idle.subtract(hits)
      return filter.takes(cell, hits: hits)
    }
    if let pattern = filter.patterns.first(where: idle.contains) {
      throw Problem("no cell of these sides is meant by `\(pattern)`", remedy: "`hpy-conform show` lists a run's cells")
    }
    guard comparison.counts.compared > 0 else { throw sides.nothingInCommon(comparison) }
    let document = ComparisonDocument(
      comparison, sources: sources.map { ($0.run, $0.store.path) }, restrictedTo: filter.words,
      notes: try sides.notes(sources), defaultDatabase: database.db == nil ? sides.defaultDatabase : nil)
    switch format {
    case .human: print(ComparisonText(document, width: Console.width, showsAll: all).text)
    case .markdown: print(ComparisonMarkdown(document).text, terminator: "")
    case .json: print(try JSONText.of(document))
    }
    return document.needsAttention ? .needsAttention : .asExpected
  }

  /// Runs the cells that no stored run has, and records them as any other run.
  private func runFirst(_ sides: inout CompareSides) async throws -> ExitStatus {
    var options = try sides.runOptions(places)
    effort.apply(to: &options)
    options.reuses = taking.reuse
    let session = try await Session.planned(options)
    let path = try database.path(places)
    Console.note(
      "no stored run has answers for \(sides.unanswered.joined(separator: ", ")): "
        + "running \(session.plan.cells.count { $0.runs }) cells first")
    let store = try Store(path: path, .write)
    let lock = try RunLock(database: path)
    let end = try await session.recorded(in: store)
    withExtendedLifetime(lock) {}
    if end.state == "interrupted", Interruption.happened { return .interrupted }
    try sides.use(try store.run(named: "latest"), in: store, runtimes: session.selection.runtimes)
    return .asExpected
  }
}

/// Which cells are compared.
struct CompareFilter {
  var lanes: [Lane]
  var runtimes: [String]
  var patterns: [Pattern]

  /// - Throws: `Problem` for an unknown lane or a text that is no pattern.
  init(lanes: [String], runtimes: [String], only: [String]) throws {
    self.lanes = try lanes.map { name in
      guard let lane = Lane.named(name) else {
        throw Problem(
          "unknown lane `\(name)`", remedy: "known lanes: \(Lane.all.map(\.name).joined(separator: ", "))")
      }
      return lane
    }
    self.runtimes = runtimes
    patterns = try only.map { try Pattern($0) }
  }

  func takes(_ cell: CellID, hits: [Pattern]) -> Bool {
    (lanes.isEmpty || lanes.contains { $0.name == cell.lane }) && (runtimes.isEmpty || runtimes.contains(cell.runtime))
      && (patterns.isEmpty || !hits.isEmpty)
  }

  func takes(_ cell: CellID) -> Bool { takes(cell, hits: patterns.filter { $0.matches(cell) }) }

  /// As they were given.
  var words: [String] {
    lanes.map { "--lane \($0.name)" } + runtimes.map { "--runtime \($0)" } + patterns.map { "--only \($0)" }
  }
}
