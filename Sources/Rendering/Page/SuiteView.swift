import Documents

/// All cells of a suite.
struct SuiteView {
  typealias Case = (
    id: String, suite: Int, name: String, tally: String, files: [(path: String, target: String)],
    scenarios: [ScenarioView]
  )

  let id: String
  let name: String
  let cases: [Case]

  init(_ suite: ReportDocument.Suite, in document: ReportDocument, _ names: PageNames) {
    let index = names.suites[suite.name] ?? 0
    id = "suite\(index)"
    name = suite.name
    cases = suite.cases.enumerated().map { number, one in
      (
        "case\(index)-\(number)", index, "\(suite.name)/\(one.name)", Self.tally(one.scenarios.flatMap(\.cells)),
        one.files.compactMap { path in names.source(path).map { (path, $0) } },
        one.scenarios.map { ScenarioView($0, of: one, in: suite, document, names) }
      )
    }
  }

  /// How many cells have which verdict, what is to be looked at first.
  private static func tally(_ cells: [ReportDocument.Cell]) -> String {
    Dictionary(grouping: cells, by: \.verdict).sorted { (rank($0.key), $0.key) < (rank($1.key), $1.key) }
      .map { "\($1.count) \(Tone(verdict: $0).symbol) \($0)" }.joined(separator: "  ")
  }

  static func rank(_ verdict: String) -> Int {
    ["new", "fixed", "flaky", "conforming", "known", "not judged"].firstIndex(of: verdict) ?? .max
  }
}

struct ScenarioView {
  /// Cells that are alike.
  struct Group {
    let cell: ReportDocument.Cell
    let change: String
    let changeIndex: Int
    let verdictIndex: Int
    let tone: Tone
    let pairs: String
    let whereabouts: String
    let message: String
    let finding: String
    let findingText: String
  }

  let id: String
  let name: String
  /// Empty for none.
  let target: String
  let groups: [Group]

  init(
    _ scenario: ReportDocument.Scenario, of one: ReportDocument.Case, in suite: ReportDocument.Suite,
    _ document: ReportDocument, _ names: PageNames
  ) {
    id = names.row("\(suite.name)/\(one.name)/\(scenario.name)")
    name = scenario.name
    target = one.files.first.flatMap { names.source($0, line: scenario.line) } ?? ""
    let alike = scenario.cells.grouped { cell in
      var cell = cell
      (cell.lane, cell.runtime, cell.seconds) = ("", "", nil)
      return cell
    }
    groups = alike.enumerated().sorted { left, right in
      let ranks = (SuiteView.rank(left.element.key.verdict), SuiteView.rank(right.element.key.verdict))
      return ranks.0 == ranks.1 ? left.offset < right.offset : ranks.0 < ranks.1
    }.map { _, group in
      let (cell, loads) = (group.key, group.elements.map { "\($0.lane)@\($0.runtime)" })
      let findings = document.findings(of: cell)
      let isAll = loads.count == scenario.cells.count && loads.count > 1
      return Group(
        cell: cell, change: cell.change.rawValue, changeIndex: PageNames.changes[cell.change] ?? 0,
        verdictIndex: PageNames.number(ofVerdict: cell.verdict), tone: Tone(verdict: cell.verdict),
        pairs: names.pairs(loads), whereabouts: isAll ? "all \(loads.count) cells" : names.whereabouts(loads),
        message: Printable.shortened(cell.message ?? "", 300),
        finding: findings.isEmpty ? "" : "finding\(cell.findings ?? 0)", findingText: findings.title)
    }
  }
}
