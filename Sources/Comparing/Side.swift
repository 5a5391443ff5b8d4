import Model

/// One of the things that are compared side by side: a runtime, a lane, a lane on a runtime, or a run.
public struct Side: Hashable, Sendable {
  /// What the sides of a comparison are, and so which of their cells stand beside each other.
  public enum Kind: String, Hashable, Sendable, Codable {
    /// The same scenario through the same lane.
    case runtime
    /// The same scenario on the same runtime.
    case lane
    /// The same scenario.
    case column
    /// The same cell.
    case run

    /// For people: `a runtime`, `a lane on a runtime`.
    public var phrase: String {
      switch self {
      case .runtime: "a runtime"
      case .lane: "a lane"
      case .column: "a lane on a runtime"
      case .run: "a run"
      }
    }
  }

  /// As the person wrote it, or what that stands for.
  public var name: String
  public var kind: Kind
  /// What its cells load, as `LoadID.what` writes it; nil for all.
  public var lane: String?
  /// Name of the only runtime of its cells; nil for all.
  public var runtime: String?

  public init(name: String, kind: Kind, lane: String? = nil, runtime: String? = nil) {
    self.name = name
    self.kind = kind
    self.lane = lane
    self.runtime = runtime
  }

  /// Whether a cell is one of this side's.
  public func contains(_ cell: CellID) -> Bool {
    (lane == nil || lane == cell.load.what) && (runtime == nil || runtime == cell.runtime)
  }

  /// What a cell has in common with those that it is compared with.
  public func row(of cell: CellID) -> RowID {
    RowID(
      scenario: cell.scenario, lane: lane == nil ? cell.load.what : nil, runtime: runtime == nil ? cell.runtime : nil)
  }
}

/// What the cells that are compared with each other have in common.
public struct RowID: Hashable, Sendable, Comparable, CustomStringConvertible {
  public var scenario: ScenarioID
  /// nil where the lanes are compared.
  public var lane: String?
  /// nil where the runtimes are compared.
  public var runtime: String?

  public init(scenario: ScenarioID, lane: String? = nil, runtime: String? = nil) {
    self.scenario = scenario
    self.lane = lane
    self.runtime = runtime
  }

  /// What stands behind the scenario's name: `universal on pypy-7.3.19`, or a part of it; empty for none.
  public var place: String {
    switch (lane, runtime) {
    case (let lane?, let runtime?): "\(lane) on \(runtime)"
    case (let lane?, nil): lane
    case (nil, let runtime?): runtime
    case (nil, nil): ""
    }
  }

  public var description: String { place.isEmpty ? "\(scenario)" : "\(scenario), \(place)" }

  public static func < (left: RowID, right: RowID) -> Bool {
    if left.scenario != right.scenario { return left.scenario < right.scenario }
    return (left.runtime ?? "", left.lane ?? "") < (right.runtime ?? "", right.lane ?? "")
  }
}

/// A cell with all that comparing it with others takes.
public struct SideCell: Sendable {
  public var id: CellID
  /// The first attempt's.
  public var answer: Answer
  /// What other attempts under comparable circumstances answered, where that was something else.
  public var others: [Answer]
  /// What was concluded of it.
  public var findings: [Finding]
  /// Entries of the ledger that speak of this cell.
  public var entries: [LedgerEntry]

  public init(
    id: CellID, answer: Answer, others: [Answer] = [], findings: [Finding] = [], entries: [LedgerEntry] = []
  ) {
    self.id = id
    self.answer = answer
    self.others = others
    self.findings = findings
    self.entries = entries
  }

  /// Why it can't be compared with others: nothing was tried, or there was nothing to try. nil when it can.
  public var obstacle: (outcome: Outcome.Kind, reason: String)? {
    switch answer.outcome {
    case .unsupported, .notApplicable, .notRun: (answer.outcome.kind, answer.message ?? "")
    // The compiler's words differ from file to file; that it refused is the reason.
    case .notBuilt: (.notBuilt, "the compiler or linker refused it")
    case .invalid: (.invalid, "the case is broken")
    default: nil
    }
  }
}

/// Cells that are compared with each other.
public struct Row: Sendable {
  public var id: RowID
  /// One for each side, in their order; nil where a side has no such cell.
  public var cells: [SideCell?]

  public init(id: RowID, cells: [SideCell?]) {
    self.id = id
    self.cells = cells
  }
}
