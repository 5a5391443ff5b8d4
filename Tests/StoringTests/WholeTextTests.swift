import Foundation
import Model
import TestBuilders
import Testing

@testable import Storing

@Suite("Texts with a NUL")
struct WholeTextTests {
  @Test("what stands behind a NUL is kept, in whatever text of a result it is")
  func kept() async throws {
    let writer = try StoreWriter.temporary()
    let observation = Observation(
      label: "la\0bel", value: "va\0lue", exception: "a.Ty\0pe", message: "mess\0age", expected: ["pro\0mise"],
      source: "so\0urce")
    let attempt = Attempt(
      circumstances: .fresh, answer: Answer(outcome: .completed, message: "e\0nd", observations: [observation]),
      seconds: 1, attachments: ["output": "out\0put"], notes: ["no\0te"])
    var step = BuildStep.sample()
    step.messages = "war\0ning"
    let cell = CellID(.sample(), LoadID(.universal, runtime: "cpython-3.11"))
    let run = try await writer.record(
      [.sample(cell, attempts: [attempt])], .sample(files: ["s/c/hpy.c": "in\0t"]), steps: [step], ledger: "led\0ger")
    let stored = try #require(try writer.store.attempts(of: cell, in: run).first)
    #expect(stored.answer.message == "e\\x00nd")
    let kept = try #require(stored.answer.observations.first)
    #expect([kept.label, kept.value, kept.message] == ["la\\x00bel", "va\\x00lue", "mess\\x00age"])
    #expect([kept.exception, kept.source] == ["a.Ty\\x00pe", "so\\x00urce"])
    #expect(stored.attachments["output"] == "out\\x00put")
    #expect(stored.notes == ["no\\x00te"])
    #expect(try writer.store.buildSteps(of: cell, in: run).first?.messages == "war\\x00ning")
    #expect(try writer.store.file("s/c/hpy.c", of: run) == "in\\x00t")
  }
}
