import Model
import Platform
import Storing

/// Writes a run to a database as it goes.
public actor StoreObserver: RunObserver {
  private let writer: StoreWriter
  private let timings: Timings
  private var recorder: RunRecorder?

  public init(_ writer: StoreWriter, timings: Timings = Timings()) {
    self.writer = writer
    self.timings = timings
  }

  public func observe(_ event: RunEvent) async throws {
    switch event {
    case .started(let header): recorder = try await RunRecorder(writer, header: header, timings: timings)
    case .tried: break
    case .judged(let result, let steps): await recorder?.record(result, steps: steps)
    case .finished(let end):
      try await recorder?.finish(state: end.state, ledger: end.ledger, verdicts: end.verdicts)
    }
  }
}
