import Foundation
import Model
import TestBuilders
import Testing

@testable import Storing

/// A database that was cut, flipped or is somebody else's: read, or told with its path.
@Suite("Databases: whatever their bytes are")
struct DatabaseInputs {
  private static func sample(_ path: String) async throws {
    let writer = try StoreWriter(path: path)
    let header = RunHeader(
      uuid: UUID(uuidString: "9BEF5909-4C1E-4A53-9D0E-9D6F7A1F2A01")!, kind: .run,
      started: Date(timeIntervalSince1970: 1_790_000_000), arguments: ["run"], compiler: "gcc 12",
      runtimes: [.sample()],
      binaries: [], files: ["s/c/hpy.c": "int x;"], scenarios: [], planned: 20, series: nil, missing: [])
    let recorder = try await RunRecorder(writer, header: header)
    for index in 0..<20 {
      let scenario = ScenarioID(suite: "s", testCase: "c", name: "n\(index)")
      let cell = CellID(scenario, LoadID(.universal, runtime: "cpython-3.11"))
      await recorder.record(
        .sample(cell, value: "\(index)", verdict: index % 2 == 0 ? .new : .conforming), steps: [.sample()])
    }
    try await recorder.finish(state: .finished, ledger: "", verdicts: [.new: 10, .conforming: 10])
  }

  private static func readAll(_ path: String) throws {
    let store = try Store(path: path)
    for run in try store.runs(nil) {
      _ = try store.results(of: run)
      _ = try store.attempts(of: run)
      _ = try store.counts(of: run)
      _ = try store.findings(of: run, .new, limit: 5)
      _ = try store.ledgers(of: run)
    }
  }

  @Test("each is read, or told with its path and the way out")
  func told() async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "database-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let original = folder.appending(path: "original.sqlite")
    try await Self.sample(original.path)
    try Self.readAll(original.path)
    let sound = [UInt8](try Data(contentsOf: original))
    let file = folder.appending(path: "damaged.sqlite")
    var refused = 0
    generated(0..<250) { random, seed in
      var bytes = sound
      switch seed % 4 {
      case 0: bytes.removeSubrange(Int.random(in: 0..<bytes.count, using: &random)...)
      case 1:
        for _ in 0..<Int.random(in: 1...40, using: &random) {
          bytes[Int.random(in: 0..<bytes.count, using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        }
      case 2:
        // Where the texts are, whatever is around them.
        let place = Int.random(in: 0..<bytes.count - 200, using: &random)
        for index in place..<place + 200 { bytes[index] = UInt8.random(in: 0...255, using: &random) }
      default: bytes = Mutation.of(bytes, words: ["SQLite format 3\0", "universal", "completed"], using: &random)
      }
      try Data(bytes).write(to: file)
      do {
        try Self.readAll(file.path)
      } catch let problem as Problem {
        refused += 1
        #expect(problem.place.hasPrefix(file.path) && !problem.remedy.isEmpty, "seed \(seed): \(problem)")
        #expect(!problem.found.contains("Error Domain") && !problem.found.contains("debugDescription"), "seed \(seed)")
      }
      for suffix in ["-wal", "-shm", "-journal"] { try? FileManager.default.removeItem(atPath: file.path + suffix) }
    }
    #expect(refused > 100)
  }
}
