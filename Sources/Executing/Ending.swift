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
    if timedOut { return .timedOut }
    switch WaitStatus(raw: status) {
    case .signalled(let name): return .crashed(signal: name)
    case .exited(code: 0) where result.end != nil: return Self.outcome(of: result)
    case .exited where resultSize >= sizeLimit: return .limitExceeded(.resultFile)
    case .exited(let code): return .exited(code: code)
    }
  }

  private static func outcome(of result: ResultFile) -> Outcome {
    if result.damage != nil { return .damagedResult }
    return switch result.end.flatMap({ Outcome.Kind(rawValue: $0.outcome) }) {
    case .completed: result.observations.contains { $0.holds == false } ? .expectationFailed : .completed
    case .raised: result.end?.type.map { .raised(type: $0) } ?? .invalid
    case .notLoadable: .notLoadable
    // A package's own test says so; scenarios can't.
    case .notApplicable: .notApplicable
    default: .invalid
    }
  }
}
