import Model

/// A cell that was tried, with all its attempts: what a judgement is made from, during a run and at any later time from
/// what was stored.
public struct TriedCell: Sendable {
  public var load: Load
  public var id: CellID
  /// At least one, in the order in which they were made.
  public var attempts: [Attempt]
  /// UUID of the run that made the attempts; nil when this one did.
  public var reusedFrom: String?

  public init(_ scenario: ScenarioID, _ load: Load, attempts: [Attempt], reusedFrom: String? = nil) {
    self.load = load
    self.id = CellID(scenario, load.id)
    self.attempts = attempts
    self.reusedFrom = reusedFrom
  }

  /// How the first attempt ended.
  public var outcome: Outcome { attempts[0].answer.outcome }

  /// Whether another attempt could say something else.
  var isRepeatable: Bool { !outcome.isSkip && outcome != .notBuilt && outcome != .invalid }
}

/// A cell that is to be tried again before its judgement is believed.
public struct Doubt: Sendable, Hashable {
  public var cell: CellID
  /// Of the further attempts, in order.
  public var circumstances: [Circumstances]
  /// Two more in fresh processes where the first of them disagrees with what is known, so that a flicker shows how often
  /// it comes.
  public var insists: Bool
  /// Doubts with the same text are settled by one of them; nil for a doubt of its own.
  public var settledBy: String?

  public init(_ cell: CellID, _ circumstances: [Circumstances], insists: Bool = false, settledBy: String? = nil) {
    self.cell = cell
    self.circumstances = circumstances
    self.insists = insists
    self.settledBy = settledBy
  }
}

/// Decides, from all attempts at the cells of a scenario, what each answer means. Pure: nothing is run.
public protocol ScenarioJudge: Sendable {
  /// The judgement of every cell.
  ///
  /// - Parameter cells: all that a scenario has.
  func judgements(of cells: [TriedCell]) -> [CellID: Judgement]

  /// The cells that should be tried again before these judgements are believed, those that are blamed first.
  func doubts(about cells: [TriedCell], _ judgements: [CellID: Judgement]) -> [Doubt]
}
