import Model
import Planning

/// What a run would do: what `run --dry-run` shows.
public struct PlanDocument: Codable, Sendable, Hashable {
  public var cells: Int
  /// Cells that share a binary.
  public var batches: [Batch]
  /// Cells that are not tried.
  public var skipped: [Skipped]

  public struct Batch: Codable, Sendable, Hashable {
    /// `SUITE/CASE`.
    public var testCase: String
    /// `LANE@RUNTIME`.
    public var load: String
    public var scenarios: Int
  }

  public struct Skipped: Codable, Sendable, Hashable {
    public var cell: String
    public var reason: String
  }
}

extension PlanDocument {
  public init(_ plan: Plan) {
    cells = plan.cellCount
    batches = plan.batches.compactMap { one, batch in
      let count = batch.cells.count { $0.action.mayRun }
      return count == 0
        ? nil : Batch(testCase: "\(one.suite)/\(one.name)", load: batch.load.id.description, scenarios: count)
    }
    skipped = plan.batches.flatMap { _, batch in
      batch.cells.compactMap { cell in
        cell.action.answer.map { Skipped(cell: batch.id(of: cell).description, reason: $0.answer.message ?? "") }
      }
    }
  }
}

/// Cases with their scenarios: what `list` shows.
public struct CaseListDocument: Codable, Sendable, Hashable {
  public var cases: [Listed]

  public struct Listed: Codable, Sendable, Hashable {
    /// `SUITE/CASE`.
    public var name: String
    public var summary: String
    /// Those that it brings sources for.
    public var lanes: [String]
    /// What it has installed; nil for one that brings C.
    public var package: String?
    /// Whether runs that choose no cases leave it out.
    public var nightly: Bool
    public var scenarios: [Scenario]
    /// Why it can't be read.
    public var problems: [String]
  }

  public struct Scenario: Codable, Sendable, Hashable {
    public var name: String
    public var summary: String
  }
}

extension CaseListDocument {
  /// The cases of a plan with the scenarios that it has of them.
  public init(_ plan: Plan) {
    cases = plan.units.map { unit in
      let one = unit.testCase
      let shown = Set(unit.scenarios.map(\.name))
      return Listed(
        name: "\(one.suite)/\(one.name)", summary: one.summary,
        lanes: unit.batches.map(\.load).filter { one.has($0) }.map(\.id.what).unique,
        package: one.package?.description, nightly: one.isNightly,
        scenarios: one.scenarios.filter { shown.contains($0.name) }.map {
          Scenario(name: $0.name, summary: $0.summary)
        },
        problems: one.problems.map(\.description))
    }
  }
}
