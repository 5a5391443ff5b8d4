import Foundation
import Model
import TestBuilders

@testable import Storing

extension RunHeader {
  static func sample(
    uuid: UUID = UUID(), kind: RunKind = .run, started: Date = Date(), runtimes: [Runtime] = [.sample()],
    binaries: [PortableBinary] = [], files: [String: String] = [:], scenarios: [RecordedScenario] = [],
    planned: Int = 0, series: String? = nil, missing: [String] = []
  ) -> RunHeader {
    RunHeader(
      uuid: uuid, kind: kind, started: started, arguments: ["run"], compiler: "gcc 12", runtimes: runtimes,
      binaries: binaries, files: files, scenarios: scenarios, planned: planned, series: series, missing: missing)
  }
}

extension StoreWriter {
  /// A new database, in a folder of its own.
  static func temporary(patience: Double = 10) throws -> StoreWriter {
    try StoreWriter(path: temporaryPath(), patience: patience)
  }

  static func temporaryPath() -> String {
    FileManager.default.temporaryDirectory.appending(path: "store-\(UUID().uuidString)/results.sqlite").path
  }

  /// Records a whole run.
  @discardableResult
  func record(
    _ results: [CellResult], _ header: RunHeader = .sample(), steps: [BuildStep] = [], state: RunState = .finished,
    ledger: String = ""
  ) async throws -> StoredRun {
    let recorder = try await RunRecorder(self, header: header)
    for result in results { await recorder.record(result, steps: steps) }
    let verdicts = Dictionary(grouping: results, by: \.judgement.verdict).mapValues(\.count)
    try await recorder.finish(state: state, ledger: ledger, verdicts: verdicts)
    return try store.run(header.uuid.uuidString)
  }
}
