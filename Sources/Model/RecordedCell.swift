/// What a run that ended early has recorded of a cell: enough to say whether it has to be tried again.
public struct RecordedCell: Hashable, Sendable {
  public var cell: CellID
  public var verdict: Verdict
  /// How its first attempt ended.
  public var outcome: Outcome
  /// The machine lacked something at one of its attempts, the first or a later one.
  public var lackedMachine: Bool

  public init(_ cell: CellID, _ verdict: Verdict, _ outcome: Outcome, lackedMachine: Bool = false) {
    self.cell = cell
    self.verdict = verdict
    self.outcome = outcome
    self.lackedMachine = lackedMachine
  }

  /// Whether trying it again could only say the same.
  public var isFinal: Bool { !lackedMachine && outcome != .harnessFailed && outcome != .notRun }
}
