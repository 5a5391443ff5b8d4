import History
import Model
import Planning
import Storing

extension ReportDocument {
  /// What is wrong with a runtime, by the causes that its known cells have in the ledger.
  public struct RuntimeCauses: Codable, Sendable, Hashable {
    public var runtime: String
    /// Those with the most cells first; behind all others those that are no defect.
    public var causes: [Cause]
  }

  public struct Cause: Codable, Sendable, Hashable {
    public var name: String
    public var reason: String
    public var link: String
    /// `not reported`, `no defect`, or the address of the report; nil where the ledger does not say.
    public var upstream: String?
    /// Versions in which it is mended.
    public var fixed: String?
    /// How many cells and scenarios of the runtime show it.
    public var cells: Int
    public var scenarios: Int
    /// The cell of the scenario with the fewest lines that shows it.
    public var smallest: String
    /// How many lines that scenario has; nil where that is not known.
    public var lines: Int?
    /// A command that looks at it.
    public var show: String
  }

  /// By runtime, in the order of the run; nothing for a runtime of which nothing is known.
  static func causes(_ changes: RunChanges, _ sources: [String: String]) throws -> [RuntimeCauses] {
    let ledger = KnownCauses(stored: try changes.ledgers())
    let sizes = ScenarioSizes(changes.parts, sources)
    let cells = changes.cells.filter { $0.after?.verdict == .known }
    return changes.run.runtimes.compactMap { runtime in
      var shown: [String: (cause: LedgerCause, cells: [CellID])] = [:]
      for cell in cells where cell.id.runtime == runtime.name {
        let findings = cell.after?.findings.filter { $0.verdict == .known } ?? []
        let causes = findings.compactMap(ledger.cause)
        for (name, causes) in Dictionary(grouping: causes, by: \.name) {
          shown[name, default: (causes[0], [])].cells.append(cell.id)
        }
      }
      let causes = shown.values.sorted { rank($0.cause, $0.cells) < rank($1.cause, $1.cells) }.map { cause, cells in
        Cause(cause, cells, sizes, in: changes.run)
      }
      return causes.isEmpty ? nil : RuntimeCauses(runtime: runtime.name, causes: causes)
    }
  }

  private static func rank(_ cause: LedgerCause, _ cells: [CellID]) -> (Int, Int, String) {
    (cause.upstream == .noDefect ? 1 : 0, -cells.count, cause.name)
  }
}

extension ReportDocument.Cause {
  fileprivate init(_ cause: LedgerCause, _ cells: [CellID], _ sizes: ScenarioSizes, in run: StoredRun) {
    let smallest = cells.min { left, right in
      (sizes[left.scenario] ?? .max, left.scenario) < (sizes[right.scenario] ?? .max, right.scenario)
    }!
    self.init(
      name: cause.name, reason: cause.reason, link: cause.link, upstream: cause.upstream?.description,
      fixed: cause.fixed?.description, cells: cells.count, scenarios: Set(cells.map(\.scenario)).count,
      smallest: smallest.description, lines: sizes[smallest.scenario],
      show: ShellCommand.show(smallest.description, run: run.uuid))
  }
}

/// Which cause a finding has: findings are stored with reason and link.
private struct KnownCauses {
  private var causes: [[String]: LedgerCause] = [:]

  /// - Parameter files: the ledger that the run used; where it can't be read any more, links stand for causes.
  init(stored files: [String: String]) {
    guard let ledger = try? Ledger(stored: files) else { return }
    let named = Dictionary(ledger.causes.map { ($0.name, $0) }) { first, _ in first }
    for entry in ledger.entries { causes[[entry.link, entry.reason]] = named[entry.cause] }
  }

  func cause(of finding: Finding) -> LedgerCause? {
    guard let link = finding.link, let reason = finding.reason else { return nil }
    return causes[[link, reason]]
      ?? LedgerCause(name: link, reason: reason, link: link, upstream: nil, lanes: [], runtimes: [])
  }
}

/// How many lines scenarios have: to the next one, or to the end of the file.
private struct ScenarioSizes {
  private var sizes: [ScenarioID: Int] = [:]

  init(_ parts: [ScenarioID: ScenarioPart], _ sources: [String: String]) {
    for (file, scenarios) in Dictionary(grouping: parts, by: { "\($0.key.suite)/\($0.key.testCase)" }) {
      let ordered = scenarios.sorted { $0.value.line < $1.value.line }
      let text = sources["\(file)/\(Case.scenarioFileName)"] ?? ""
      let end = text.utf8.count { $0 == UInt8(ascii: "\n") } + 1
      for (index, one) in ordered.enumerated() {
        let next = index + 1 < ordered.count ? ordered[index + 1].value.line : end
        if next > one.value.line { sizes[one.key] = next - one.value.line }
      }
    }
  }

  subscript(scenario: ScenarioID) -> Int? { sizes[scenario] }
}
