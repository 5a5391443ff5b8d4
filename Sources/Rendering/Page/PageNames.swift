import Documents
import Model

/// Short names that the parts of a page know each other by: whatever a scenario or a file is called, its anchor is a
/// letter and a number.
struct PageNames {
  /// Names in an order, each with its number.
  struct Numbered {
    let names: [String]
    private let numbers: [String: Int]

    init(_ names: [String]) {
      self.names = names.unique
      numbers = Dictionary(uniqueKeysWithValues: self.names.enumerated().map { ($1, $0) })
    }

    subscript(name: String) -> Int? { numbers[name] }
  }

  /// UUID of the run that the page is about.
  let run: String
  let lanes: Numbered
  let runtimes: Numbered
  let suites: Numbered
  private let sources: Numbered
  /// Of `SUITE/CASE/SCENARIO`.
  private let rows: Numbered
  private let listed: Set<String>
  private let lineCounts: [String: Int]

  static let changes = Dictionary(uniqueKeysWithValues: zip(CellChange.allCases, CellChange.allCases.indices))

  /// What the filters know a verdict by.
  static func number(ofVerdict verdict: String) -> Int {
    Verdict(rawValue: verdict).flatMap { Verdict.allCases.firstIndex(of: $0) } ?? Verdict.allCases.count
  }

  init(_ document: ReportDocument) {
    run = document.run.run
    let cells = document.suites.flatMap(\.cases).flatMap(\.scenarios).flatMap(\.cells)
    let loads = document.entries.flatMap(\.cells).map { Words.load($0) }
    lanes = Numbered(cells.map(\.lane) + loads.map(\.what))
    runtimes = Numbered(
      document.matrix.runtimes + document.run.runtimes.map(\.name) + cells.map(\.runtime) + loads.map(\.runtime))
    suites = Numbered(document.matrix.rows.map(\.suite) + document.suites.map(\.name))
    listed = Set(document.suites.map(\.name))
    sources = Numbered(document.sources.keys.sorted())
    rows = Numbered(
      document.suites.flatMap { suite in
        suite.cases.flatMap { one in one.scenarios.map { "\(suite.name)/\(one.name)/\($0.name)" } }
      })
    lineCounts = document.sources.mapValues { PageText.lines(of: $0).count }
  }

  /// Numbers of lanes and runtimes, as the filters read them: `0.1 2.1`.
  func pairs(_ loads: [String]) -> String {
    loads.map { Words.load($0) }.map { "\(lanes[$0.what] ?? 0).\(runtimes[$0.runtime] ?? 0)" }.joined(separator: " ")
  }

  /// Cells in words, runtimes and lanes in the order of the page.
  func whereabouts(_ loads: [String]) -> String {
    let placed = loads.map { load -> (Int, Int, String) in
      let (what, runtime) = Words.load(load)
      return (runtimes[runtime] ?? 0, lanes[what] ?? 0, load)
    }
    return Words.whereabouts(placed.sorted { $0 < $1 }.map(\.2))
  }

  /// The anchor of a file, or of a line that it has; nil for a file that there is not.
  func source(_ path: String, line: Int? = nil) -> String? {
    guard let index = sources[path] else { return nil }
    guard let line, line > 0, line <= lineCounts[path] ?? 0 else { return "src\(index)" }
    return "src\(index)l\(line)"
  }

  /// The anchor of a scenario's row; that of all cells where there is no such row.
  func row(_ scenario: String) -> String { rows[scenario].map { "row\($0)" } ?? "cells" }

  /// The anchor of a suite's cells; that of all cells where it has none.
  func suite(_ name: String) -> String { listed.contains(name) ? "suite\(suites[name] ?? 0)" : "cells" }
}
