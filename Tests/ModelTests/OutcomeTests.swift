import Foundation
import Model
import Testing

@Suite("How a cell ended, as a value and as a text")
struct OutcomeTests {
  /// Of every kind at least one, with the text that ledgers and databases have.
  private static let all: [(outcome: Outcome, text: String)] = [
    (.completed, "completed"), (.expectationFailed, "expectation failed"),
    (.raised(type: "ValueError"), "raised ValueError"), (.raised(type: "ext.Odd error"), "raised ext.Odd error"),
    (.crashed(signal: "SIGSEGV"), "crashed SIGSEGV"), (.crashed(signal: "signal 64"), "crashed signal 64"),
    (.exited(code: 0), "exited 0"), (.exited(code: -3), "exited -3"), (.timedOut, "timed out"),
    (.workerLost, "worker lost"), (.limitExceeded(.resultFile), "limit exceeded result file"),
    (.damagedResult, "damaged result"),
    (.notBuilt, "not built"), (.notLoadable, "not loadable"), (.invalid, "invalid case"),
    (.unsupported, "unsupported"), (.notApplicable, "not applicable"), (.notRun, "not run"),
    (.harnessFailed, "harness failed"),
  ]

  @Test("an outcome's text reads back as itself, and stands so in JSON")
  func texts() throws {
    for (outcome, text) in Self.all {
      #expect(outcome.description == text)
      #expect(Outcome(text) == outcome, "\(text)")
      #expect(String(decoding: try JSONEncoder().encode([outcome]), as: UTF8.self) == "[\"\(text)\"]")
      #expect(try JSONDecoder().decode([Outcome].self, from: Data("[\"\(text)\"]".utf8)) == [outcome])
    }
    #expect(Set(Self.all.map(\.outcome.kind)) == Set(Outcome.Kind.allCases))
    #expect(Outcome.Limit.allCases.allSatisfy { Outcome("limit exceeded \($0.rawValue)") == .limitExceeded($0) })
  }

  @Test("a kind is the text without its particulars", arguments: Outcome.Kind.allCases)
  func kinds(kind: Outcome.Kind) throws {
    let texts = Self.all.filter { $0.outcome.kind == kind }.map(\.text)
    #expect(texts.allSatisfy { $0 == kind.rawValue || $0.hasPrefix(kind.rawValue + " ") })
  }

  @Test(
    "any other text is none",
    arguments: [
      "", "fine", "Completed", " completed", "completed ", "completed well", "completedwell", "not", "not built yet",
      "timed out 3", "worker lost exit code 1", "invalid case x", "unsupported no hpy", "raised", "raised ", "crashed",
      "crashed ", "exited", "exited ", "exited zero", "exited 3.5", "exited 03", "exited +3", "exited 3 ",
      "exited 99999999999", "limit exceeded", "limit exceeded time",
    ])
  func refused(text: String) {
    #expect(Outcome(text) == nil)
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode([Outcome].self, from: JSONEncoder().encode([text]))
    }
  }

  @Test("what an outcome says of the process, the binary and the trying")
  func classes() {
    func texts(_ isOne: (Outcome) -> Bool) -> Set<String> { Set(Self.all.filter { isOne($0.outcome) }.map(\.text)) }
    #expect(texts(\.ran) == ["completed", "expectation failed"])
    #expect(texts(\.isSkip) == ["unsupported", "not applicable", "not run", "harness failed"])
    #expect(
      texts(\.isCrash) == [
        "crashed SIGSEGV", "crashed signal 64", "exited 0", "exited -3", "timed out", "worker lost",
        "limit exceeded result file", "damaged result",
      ])
    #expect(texts { !$0.isLoaded } == ["not built", "not loadable", "invalid case"])
  }

  @Test("the worst end comes first: what dies, what hangs, what leaves early, what raises, what goes on")
  func severities() {
    let outcomes: [Outcome] = [
      .crashed(signal: "SIGABRT"), .timedOut, .exited(code: 1), .raised(type: "E"), .completed, .notLoadable, .notBuilt,
    ]
    #expect(outcomes.map(\.severity) == outcomes.map(\.severity).sorted())
    #expect(Set(outcomes.map(\.severity)).count == outcomes.count)
    #expect(Outcome.workerLost.severity == Outcome.crashed(signal: "SIGSEGV").severity)
    #expect(Outcome.expectationFailed.severity == Outcome.completed.severity)
  }
}
