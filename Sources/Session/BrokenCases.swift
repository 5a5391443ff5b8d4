import Foundation
import Judging
import Model
import Planning
import Storing
import Synchronization

/// Tells cases that are broken from runtimes that are: C that compiles on no runtime that was asked and never did
/// before, and a module that is called otherwise than its init function says, are their author's to mend.
struct BrokenCases: Sendable {
  /// Divergences that are written down are judged, whatever else they are.
  let ledger: LedgerIndex
  /// Where earlier runs are; nil where nothing is known of them, and then no case is called broken.
  let history: Store?
  private let earlier = EarlierLoads()

  init(ledger: [LedgerEntry], history: Store?) {
    self.ledger = LedgerIndex(ledger)
    self.history = history
  }

  /// The cells of a scenario, with those of a broken source as `invalid case`, which are not judged.
  ///
  /// - Throws: `Problem` when the database can't be read.
  func marked(_ scenario: AnsweredScenario) throws -> [TriedCell] {
    // What a project ships is not the case's to mend.
    if scenario.testCase.package != nil { return scenario.cells }
    guard let history, scenario.cells.contains(where: { [.notBuilt, .notLoadable].contains($0.outcome) }) else {
      return scenario.cells
    }
    let tried = scenario.cells.indices.filter { !scenario.cells[$0].outcome.isSkip }
    // A lane has its source, and several lanes have the same: a source that compiles for one of them is not broken, but
    // for the limited API it may be.
    let sources = Dictionary(grouping: tried) { index -> Source? in
      let lane = scenario.cells[index].load.lane
      return scenario.testCase.sources(for: lane).map {
        Source(name: $0.name, limitedAPI: lane.flavour.isStable ? lane.flavour : nil)
      }
    }
    var cells = scenario.cells
    for case (let source?, let indices) in sources {
      let group = indices.map { scenario.cells[$0] }
      guard let problem = Self.problem(with: scenario.testCase, group), !isKnown(group),
        try !earlier.wasLoaded(scenario.testCase, source.key, group.map(\.load.lane.flavour), in: history)
      else { continue }
      for index in indices { cells[index].attempts = [Attempt(untried: .invalid, problem.description)] }
    }
    return cells
  }

  /// What is compiled: a source by its name, and for the stable ABI its flavour.
  private struct Source: Hashable {
    var name: String
    var limitedAPI: Flavour?

    var key: String { "\(name) \(limitedAPI?.rawValue ?? "")" }
  }

  private func isKnown(_ group: [TriedCell]) -> Bool {
    group.contains { cell in
      ledger.entries(for: cell.id.scenario).contains {
        $0.label == nil && $0.applies(to: cell.id, on: cell.load.runtime)
      }
    }
  }

  /// What is wrong with a source, going by all cells of a scenario that are made from it; nil where it may be a runtime.
  static func problem(with testCase: Case, _ cells: [TriedCell]) -> Problem? {
    let answers = cells.flatMap(\.attempts).map(\.answer)
    if answers.allSatisfy({ $0.outcome == .notBuilt }) { return refusal(of: testCase, cells) }
    if answers.allSatisfy({ $0.outcome == .notLoadable }) { return wrongName(of: testCase, cells) }
    return nil
  }

  /// The compiler's first error, where it stands in a file of the case; one in a header of HPy's or Python's may be a
  /// runtime's.
  private static func refusal(of testCase: Case, _ cells: [TriedCell]) -> Problem? {
    let folder = testCase.directory.path + "/"
    let errors = cells.map { cell -> (place: String, text: String)? in
      guard let message = cell.attempts[0].answer.message,
        let match = message.prefixMatch(of: #/(.+?):(\d+)(?::\d+)?: (?:fatal )?error: (.*)/#),
        match.1.hasPrefix(folder)
      else { return nil }
      return ("\(match.1):\(match.2)", String(match.3))
    }
    guard let first = errors.first, let error = first, errors.allSatisfy({ $0 != nil }) else { return nil }
    let macro = cells[0].load.lane.flavour.limitedAPIMacro
    return Problem(
      at: error.place, "does not compile on \(names(of: cells))\(macro.map { " with \($0)" } ?? ""): \(error.text)",
      remedy: macro == nil
        ? "fix it"
        : "use what the limited API has, or name in [limited-api] of \(Case.manifestName) a later version, or what it lacks"
    )
  }

  /// Init functions by the names of their modules, where none has the name that is asked for.
  private static func wrongName(of testCase: Case, _ cells: [TriedCell]) -> Problem? {
    guard let paths = testCase.sources(for: cells[0].load.lane)?.paths else { return nil }
    let names = (try? testCase.files()) ?? []
    let others = names.filter { $0.hasSuffix(".h") }.map { testCase.directory.appending(path: $0).path }
    var found: (place: String, name: String)?
    for path in paths + others {
      guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return nil }
      for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
        // What a macro makes, nobody reads from here.
        if line.contains("HPy_MODINIT(") || line.contains("PyInit_"), line.contains("##") { return nil }
        guard let match = line.firstMatch(of: #/\b(?:PyInit_|HPy_MODINIT\s*\(\s*)(\w+)/#) else { continue }
        if match.1 == testCase.module { return nil }
        found = found ?? ("\(path):\(index + 1)", String(match.1))
      }
    }
    let expected =
      cells[0].load.lane.flavour.api == .hpy ? "HPy_MODINIT(\(testCase.module), …)" : "PyInit_\(testCase.module)"
    guard let found else {
      return Problem(
        at: paths.first ?? testCase.directory.path,
        "has no init function, so it can't be loaded on \(Self.names(of: cells)): expected \(expected)",
        remedy: "add it, or set `module = \"NAME\"` in \(Case.manifestName)")
    }
    return Problem(
      at: found.place, "the module is named `\(found.name)`, expected \(expected)",
      remedy: "rename it, or set `module = \"\(found.name)\"` in \(Case.manifestName)")
  }

  private static func names(of cells: [TriedCell]) -> String {
    let names = cells.map(\.id.runtime).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
    return names.joined(separator: ", ")
  }
}

/// Which sources were loaded in earlier runs; each is asked for once.
private final class EarlierLoads: Sendable {
  private struct Place: Hashable {
    var folder: URL
    var source: String
  }

  private let known = Mutex<[Place: Bool]>([:])

  func wasLoaded(_ testCase: Case, _ source: String, _ flavours: [Flavour], in store: Store) throws -> Bool {
    let place = Place(folder: testCase.directory, source: source)
    if let answer = known.withLock({ $0[place] }) { return answer }
    let answer = try store.wasLoaded(suite: testCase.suite, testCase: testCase.name, Set(flavours))
    known.withLock { $0[place] = answer }
    return answer
  }
}
