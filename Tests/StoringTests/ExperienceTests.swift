import Foundation
import Model
import TestBuilders
import Testing

@testable import Storing

@Suite("What earlier runs say of the order")
struct ExperienceTests {
  /// Records a run in which some scenarios were new, and all took some time.
  private static func record(
    _ verdicts: [String: Verdict], changed: [String] = [], seconds: Double = 1, in writer: StoreWriter
  ) async throws {
    var header = RunHeader.sample()
    header.uuid = UUID()
    let names = changed.map { "\"\($0)\"" }.joined(separator: ", ")
    header.options = changed.isEmpty ? nil : "{\"changed\": [\(names)]}"
    let results = verdicts.map { name, verdict in
      var attempt = Attempt.sample([.fact("1")])
      attempt.seconds = seconds
      return CellResult.sample(.sample(scenario: name), value: "1", verdict: verdict, attempts: [attempt])
    }
    try await writer.record(results, header)
  }

  @Test("what noticed changes of the same file comes first, then what noticed most often; what never did is left out")
  func noticing() async throws {
    let writer = try StoreWriter.temporary()
    #expect(try writer.store.experience(changed: []) == Experience())
    try await Self.record(["a": .new, "b": .conforming, "c": .known], changed: ["ctx_type.c"], in: writer)
    try await Self.record(["a": .conforming, "b": .flaky, "c": .known], changed: ["ctx_call.c"], in: writer)
    try await Self.record(["a": .conforming, "b": .fixed, "c": .known], in: writer)
    func names(_ files: String...) throws -> [String] {
      try writer.store.experience(changed: files).noticing.map(\.name)
    }
    #expect(try names() == ["b", "a"])
    #expect(try names("ctx_type.c") == ["a", "b"])
    #expect(try names("ctx_call.c") == ["b", "a"])
    #expect(try names("type.c") == ["b", "a"], "a part of a name is another name")
  }

  @Test("the times are those of the newest finished run")
  func times() async throws {
    let writer = try StoreWriter.temporary()
    try await Self.record(["a": .conforming], seconds: 4, in: writer)
    try await Self.record(["a": .conforming], seconds: 2, in: writer)
    #expect(try writer.store.experience(changed: []).seconds.map { ($0.key.name, $0.value) }.map(\.1) == [2])
  }
}
