import ArgumentParser
import Comparing
import Documents
import Foundation
import Model
import Planning
import Runtimes
import Session
import Synchronization

struct BisectCommand: ConformCommand {
  static let configuration = CommandConfiguration(
    commandName: "bisect",
    abstract: "Find the first HPy, interpreter or commit on which a cell has a finding that the oldest one lacks.",
    discussion: """
      Give candidates of one kind, the oldest first: `--hpy`, `--package`, `--interpreter`, or the commits of `--checkout` from \
      `--good` to `--bad`. The oldest and the newest are tried first, then the range is halved. Each step is a \
      recorded run of the cell and its references. Results of earlier runs are taken over.

      A candidate that can't be installed, or for which the case can't be built, is skipped, so the result may be a \
      range. If the case can't be built for the newest candidate, the first candidate with that problem is searched \
      for. A candidate whose attempts disagree is tried again, and counted as bad if any attempt failed.

      Exit codes: 0 the first bad candidate is found; 1 it is one of several; 2 both ends give the same answer, or \
      fewer than two can be tried; 64 bad input; 69 the machine lacks something; 130 interrupted, results are stored.
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case human, json
  }

  @Argument(help: "SUITE/CASE/SCENARIO@LANE@RUNTIME, as `show` lists it. HPys are installed for RUNTIME's interpreter.")
  var cell: String

  @Option(
    parsing: .upToNextOption,
    help: "HPys, the oldest first: versions, sdists or checkouts, separated by spaces or commas.")
  var hpy: [String] = []

  @Option(parsing: .upToNextOption, help: "Interpreters, the oldest first, as `run --runtime` takes them.")
  var interpreter: [String] = []

  @Option(
    name: .customLong("package"), parsing: .upToNextOption,
    help: "Versions of the cell's package, the oldest first: NAME==VERSION …, or one NAME>=1,<2 for all between.")
  var packages: [String] = []

  @Option(help: "A git checkout of HPy. It is not changed.")
  var checkout: String?

  @Option(help: "The oldest commit of --checkout. The cell must be good on it.")
  var good: String?

  @Option(help: "The newest commit of --checkout.")
  var bad: String = "HEAD"

  @Option(help: "Count only findings at this label.")
  var label: String?

  @Option(name: .customLong("repeat"), help: "Number of attempts for a candidate whose attempts disagree.")
  var repeats: Int = 5

  @Flag(help: "Do not take over results of earlier runs.")
  var fresh = false

  @Option(help: "human, or json (documented in Results/README.md).")
  var format: Format = .human

  @OptionGroup var effort: EffortOptions
  @OptionGroup var leaks: LeakOption
  @OptionGroup var places: PlaceOptions
  @OptionGroup var database: DatabaseOptions

  func validate() throws {
    if repeats < 1 { throw ValidationError("--repeat \(repeats): expected 1 or more") }
  }

  func perform() async throws -> ExitStatus {
    guard let cell = CellID(self.cell) else {
      let parts = self.cell.split(separator: "@", maxSplits: 2).map(String.init)
      if parts.count == 3, ScenarioID(parts[0]) != nil { _ = try LaneChoice(named: parts[1]) }
      throw Problem(
        "`\(self.cell)` is not a cell, expected SUITE/CASE/SCENARIO@LANE@RUNTIME",
        remedy: "`hpy-conform show` lists the cells of a run")
    }
    let (kind, source) = try candidates()
    var options = try places.options()
    try await effort.apply(to: &options)
    options.limits.repeats = leaks.repeats ?? .usual
    options.reuses = !fresh
    let path = try database.path(places)
    let candidates = try await BisectCandidates(
      source, cell: cell, configuration: Configuration(project: options.project), cache: options.cache, database: path)
    let described = candidates.described.map {
      BisectionDocument.Candidate(name: $0.name, commit: $0.commit, subject: $0.subject)
    }
    let question = BisectionQuestion(label: label)
    let log = BisectLog(described, question: question)
    let bisector = try Bisector(
      cell, among: candidates.all, question: question, repeats: repeats, options: options,
      others: candidates.others, database: path, observe: { log.observe($0) })
    let result = try await Interruption.cancelling { try await bisector.search() }
    try checkLabel(result)
    var document = BisectionDocument(
      cell, kind: kind, candidates: described, question: question, trials: result.trials,
      bisection: result.bisection, database: path, showsDatabase: database.db != nil)
    if document.conclusion == .firstBad, let index = document.firstBad,
      let hint = try await candidates.sideOfMerge(index)
    {
      document.notes.append(hint)
    }
    switch format {
    case .human: Console.show(document)
    case .json: try Console.showJSON(document)
    }
    return switch document.conclusion {
    case .firstBad: .asExpected
    case .range: .needsAttention
    case .endsAlike, .tooFew: .undecided
    case .interrupted: .interrupted
    }
  }

  /// What is searched among.
  ///
  /// - Throws: `Problem` for options that don't go together.
  private func candidates() throws -> (BisectionDocument.Kind, BisectCandidates.Source) {
    let given = [!hpy.isEmpty, !packages.isEmpty, !interpreter.isEmpty, checkout != nil]
    guard given.count(where: { $0 }) == 1 else {
      throw Problem(
        given.contains(true) ? "candidates of several kinds" : "no candidates",
        remedy: "give one of --hpy, --package, --interpreter and --checkout")
    }
    if let checkout {
      guard let good else {
        throw Problem(
          "--checkout without --good", remedy: "add --good COMMIT, a commit on which the cell is good")
      }
      return (.commit, .commits(of: checkout, from: good, to: bad))
    }
    if good != nil || bad != "HEAD" {
      throw Problem(
        "--good and --bad name commits of --checkout, which is missing",
        remedy: "--hpy, --package and --interpreter are given in order, the oldest first")
    }
    if !packages.isEmpty { return (.package, .packages(packages)) }
    return hpy.isEmpty ? (.interpreter, .interpreters(interpreter)) : (.hpy, .hpys(hpy))
  }

  /// - Throws: `Problem` for a label that no candidate knows.
  private func checkLabel(_ result: Bisector.Result) throws {
    guard let label else { return }
    let tried = result.trials.values.filter { $0.tries > 0 }
    let labels = tried.reduce(into: Set<String>()) { all, trial in
      all.formUnion(trial.labels)
      all.formUnion(trial.findings.compactMap(\.divergence.label))
    }
    if !tried.isEmpty, tried.allSatisfy(\.outcome.ran), !labels.contains(label) {
      throw Problem(
        "no candidate recorded a value at the label `\(label)`",
        remedy: "--label takes one of: \(labels.sorted().joined(separator: ", "))")
    }
  }
}

/// Tells on standard error how far a search is: a line for each step, since each may take minutes.
final class BisectLog: Sendable {
  private let candidates: [BisectionDocument.Candidate]
  private let question: BisectionQuestion
  private let trials = Mutex<[Int: BisectionTrial]>([:])

  init(_ candidates: [BisectionDocument.Candidate], question: BisectionQuestion) {
    self.candidates = candidates
    self.question = question
  }

  func observe(_ event: Bisector.Event) {
    switch event {
    case .trying(let index, let again, let remaining):
      let times = again == 0 ? "" : " once more"
      Console.note("trying \(candidates[index].title)\(times), at most \(max(1, remaining)) left")
    case .tried(let index, let trial):
      let trials = trials.withLock {
        $0[index] = trial
        return $0
      }
      Console.note("  \(BisectionDocument.filled(candidates, by: trials, question)[index].line)")
    }
  }
}
