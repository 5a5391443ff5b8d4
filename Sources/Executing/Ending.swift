import Foundation
import Model
import Platform

/// How a process ended, as its worker saw it.
public struct Ending: Hashable, Sendable {
  /// Raw wait status.
  public var status: Int32
  public var timedOut: Bool
  /// Bytes in the result file, and how many it may have.
  public var resultSize: Int
  public var sizeLimit: Int

  public init(status: Int32, timedOut: Bool, resultSize: Int, sizeLimit: Int) {
    self.status = status
    self.timedOut = timedOut
    self.resultSize = resultSize
    self.sizeLimit = sizeLimit
  }

  /// The outcome, from the wait status and the result file together: neither alone is believed.
  public func outcome(_ result: ResultFile) -> Outcome {
    if timedOut { return Outcome(.timedOut) }
    switch WaitStatus(raw: status) {
    case .signalled(let name): return Outcome(.crashed, name)
    case .exited(code: 0):
      guard let end = result.end else {
        return resultSize >= sizeLimit ? Outcome(.limitExceeded, "result file") : Outcome(.exited, "0")
      }
      return Self.outcome(of: end, observations: result.observations)
    case .exited(let code):
      return resultSize >= sizeLimit ? Outcome(.limitExceeded, "result file") : Outcome(.exited, "\(code)")
    }
  }

  private static func outcome(of end: ResultFile.EndMark, observations: [Observation]) -> Outcome {
    switch Outcome.Kind(rawValue: end.outcome) {
    case .completed: Outcome(observations.contains { $0.holds == false } ? .expectationFailed : .completed)
    case .raised: Outcome(.raised, end.type)
    case .notLoadable: Outcome(.notLoadable)
    case .invalid: Outcome(.invalid)
    default: Outcome(.invalid, end.outcome)
    }
  }
}
