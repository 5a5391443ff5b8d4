import Model
import TestBuilders
import Testing

@testable import Comparing

/// Rows and cells in few words.
enum Sides {
  static let two = [
    Side(name: "a", kind: .runtime, runtime: "a"), Side(name: "b", kind: .runtime, runtime: "b"),
  ]

  static func many(_ names: String) -> [Side] {
    names.map { Side(name: "\($0)", kind: .runtime, runtime: "\($0)") }
  }

  static func cell(
    _ runtime: String, _ observations: [Observation] = [], _ outcome: Outcome = .completed, message: String? = nil,
    others: [Answer] = [], findings: [Finding] = [], entries: [LedgerEntry] = [], scenario: String = "n"
  ) -> SideCell {
    SideCell(
      id: .sample(on: runtime, scenario: scenario), answer: .sample(observations, outcome, message: message),
      others: others, findings: findings, entries: entries)
  }

  static func row(_ cells: SideCell?..., scenario name: String = "n") -> Row {
    Row(id: RowID(scenario: .sample(name), lane: "universal"), cells: cells)
  }

  static func finding(
    _ observed: String, label: String? = "x", facet: Facet? = nil, _ verdict: Verdict = .known, link: String = "link",
    reason: String = "reason"
  ) -> Finding {
    .sample(observed, label: label, facet: facet, verdict, reason: reason, link: link)
  }

  static func entry(_ observed: String, flickers: Bool = false) -> LedgerEntry {
    .sample(observed, flickers: flickers, reason: "by the ledger", link: "entry")
  }

  static let crash = Outcome.crashed(signal: "SIGSEGV")
}

@Suite("What two cells answer, side by side")
struct RowDifferencesTests {
  private static func differences(_ one: SideCell, _ other: SideCell) -> [SideDifference] {
    Sides.row(one, other).differences().differences
  }

  private static func told(_ one: SideCell, _ other: SideCell) -> [String] {
    differences(one, other).map { difference in
      "\(difference.label ?? "-") \(difference.severity.rawValue): "
        + difference.classes.map(\.text).joined(separator: " | ")
    }
  }

  @Test("all labels are compared, those with an expectation too, each by its facet")
  func labels() {
    let one = Sides.cell(
      "a",
      [
        .promised("1", "1"), .fact("1", "y"), .fact("raised TypeError", "z"),
        .fact("[1]", "o", facet: .order), .fact("0", "l", facet: .leak), .fact("1", "same"),
      ])
    let other = Sides.cell(
      "b",
      [
        .promised("2", "1"), .fact("2", "y"), .fact("returned 1", "z"),
        .fact("[2]", "o", facet: .order), .fact("3", "l", facet: .leak), .fact("1", "same"),
      ])
    #expect(
      Self.told(one, other) == [
        "x value: 1 | 2", "y value: 1 | 2", "z exception type: raised TypeError | returned 1", "o order: [1] | [2]",
        "l leak: 0 | 3",
      ])
    #expect(Sides.row(one, other).differences().places == 7)
  }

  @Test("a completed cell and one with a broken promise end alike: the label tells the difference")
  func endings() {
    let one = Sides.cell("a", [.fact("1")])
    let other = Sides.cell("b", [.fact("1")], .expectationFailed)
    #expect(Self.told(one, other) == [])
  }

  @Test("what a crashed cell did not reach is no difference of its own; what it had recorded is compared")
  func notReached() {
    let whole = Sides.cell("a", [.fact("1"), .fact("1", "y")])
    let crashed = Sides.cell("b", [.fact("2")], Sides.crash)
    #expect(Self.told(whole, crashed) == ["- crash: completed | crashed SIGSEGV", "x value: 1 | 2"])
  }

  @Test("an exception that ends the scenario is an ending; two kinds of crash differ, without one being worse")
  func severities() {
    let raised = Sides.cell("b", [], Outcome.raised(type: "TypeError"))
    #expect(Self.told(Sides.cell("a"), raised) == ["- ending: completed | raised TypeError"])
    let aborted = Sides.cell("b", [], Outcome.crashed(signal: "SIGABRT"))
    #expect(Self.told(Sides.cell("a", [], Sides.crash), aborted) == ["- ending: crashed SIGSEGV | crashed SIGABRT"])
    #expect(Self.differences(Sides.cell("a", [], Sides.crash), aborted).map(\.meaning) == [.defect])
    #expect(Self.differences(Sides.cell("a"), raised).map(\.meaning) == [.notPromised])
  }

  @Test("a label that one completed cell lacks is a difference, unless the scenario took another way before")
  func unrecorded() {
    let more = Sides.cell("a", [.fact("1"), .fact("1", "y")])
    #expect(Self.told(more, Sides.cell("b", [.fact("1")])) == ["y value: 1 | (not recorded)"])
    let otherWay = Self.differences(more, Sides.cell("b", [.fact("2")]))
    #expect(otherWay.map(\.label) == ["x"])
    #expect(otherWay[0].unrecorded == ["y"])
    let before = Self.differences(
      Sides.cell("a", [.fact("1", "first"), .fact("1")]), Sides.cell("b", [.fact("2")]))
    #expect(before.map(\.label) == ["x"])
    #expect(before[0].unrecorded == ["first"])
  }

  @Test("a leak that nobody counted on one side is no difference; one that both counted is")
  func uncounted() {
    let counted = Sides.cell("a", [.fact("1", "l", facet: .leak)])
    #expect(Self.told(counted, Sides.cell("b")).isEmpty)
    #expect(Self.told(counted, Sides.cell("b", [.fact("0", "l", facet: .leak)])) == ["l leak: 1 | 0"])
  }

  @Test("messages are compared where the rest agrees, of labels and of exceptions that got out")
  func wording() {
    let one = Sides.cell("a", [.fact("raised TypeError", message: "one")])
    let other = Sides.cell("b", [.fact("raised TypeError", message: "two")])
    #expect(Self.told(one, other) == ["x message: one | two"])
    #expect(Self.differences(one, other).map(\.meaning) == [.wording])
    let out = Outcome.raised(type: "TypeError")
    #expect(
      Self.told(Sides.cell("a", [], out, message: "one"), Sides.cell("b", [], out, message: "two"))
        == ["- message: one | two"])
    #expect(
      Self.told(Sides.cell("a", [], Sides.crash, message: "one"), Sides.cell("b", [], Sides.crash, message: "two"))
        == [])
  }

  @Test("a place whose attempts gave both answers is no firm difference; one whose answers are all others is")
  func wavering() {
    let ends = Sides.cell("a")
    let wavers = Sides.cell("b", [], Sides.crash, others: [Answer(outcome: .completed)])
    let soft = Self.differences(ends, wavers)
    #expect(soft.map(\.isFirm) == [false])
    #expect(soft.map(\.wavering) == [[1]])
    let dies = Sides.cell("b", [], Sides.crash, others: [Answer(outcome: Outcome.crashed(signal: "SIGABRT"))])
    let firm = Self.differences(ends, dies)
    #expect(firm.map(\.isFirm) == [true])
    #expect(firm[0].classes.map(\.text) == ["completed", "crashed SIGSEGV or crashed SIGABRT"])
    #expect(firm.map(\.wavering) == [[1]])
    #expect(firm.map(\.severity) == [.crash])
    let same = Sides.cell("a", [], Outcome.crashed(signal: "SIGABRT"))
    #expect(Self.differences(same, dies).map(\.isFirm) == [false])
  }

  @Test("a place that the ledger knows to flicker is no firm difference, however steady it was")
  func flickering() {
    let one = Sides.cell("a", [.fact("1")])
    let other = Sides.cell("b", [.fact("2")], entries: [Sides.entry("2", flickers: true)])
    #expect(Self.differences(one, other).map(\.isFirm) == [false])
    #expect(Self.differences(one, other).map(\.wavering) == [[1]])
  }

  @Test("the meaning of a difference: promised, with who keeps it; a choice; or nothing that a document says")
  func meanings() {
    func only(_ one: Observation, _ other: Observation) -> SideDifference {
      Self.differences(Sides.cell("a", [one]), Sides.cell("b", [other]))[0]
    }
    let broken = only(.promised("1", "1"), .promised("2", "1"))
    #expect(broken.meaning == .promised)
    #expect(broken.promise == SidePromise(source: "document", expected: ["1"], kept: [0], broken: [1]))
    let neither = only(.promised("2", "1"), .promised("3", "1"))
    #expect(neither.promise?.broken == [0, 1])
    let choice = only(.promised("1", "1", "2"), .promised("2", "1", "2"))
    #expect(choice.meaning == .notPromised)
    #expect(choice.promise?.kept == [0, 1])
    #expect(only(.fact("1"), .fact("2")).meaning == .notPromised)
    #expect(only(.fact("1"), .fact("2")).promise == nil)
  }

  @Test("causes come from findings, else from the ledger's entries; what neither has is new where it was found so")
  func causes() {
    let one = Sides.cell("a", [.fact("1")])
    let found = Sides.cell("b", [.fact("2")], findings: [Sides.finding("2")], entries: [Sides.entry("2")])
    #expect(Self.differences(one, found)[0].causes == [Cause(side: 1, reason: "reason", link: "link")])
    // A run of a few lanes lacks the references that make it a finding.
    let entered = Sides.cell("b", [.fact("2")], entries: [Sides.entry("2"), Sides.entry("3")])
    #expect(Self.differences(one, entered)[0].causes == [Cause(side: 1, reason: "by the ledger", link: "entry")])
    let other = Sides.cell("b", [.fact("2")], findings: [Sides.finding("3")], entries: [Sides.entry("3")])
    #expect(Self.differences(one, other)[0].causes == [])
    let new = Sides.cell("b", [.fact("2")], findings: [Sides.finding("2", .new)])
    #expect(Self.differences(one, new)[0].new == [1])
    // What the ledger no longer sees is no finding at this answer.
    let fixed = Sides.cell("b", [.fact("2")], findings: [Sides.finding("2", .fixed)])
    #expect(Self.differences(one, fixed)[0].new == [])
  }

  @Test("a finding of wording says nothing about a value, and the other way round")
  func facetsOfCauses() {
    let one = Sides.cell("a", [.fact("raised TypeError", message: "one")])
    let other = Sides.cell(
      "b", [.fact("raised TypeError", message: "two")],
      findings: [Sides.finding("two", facet: .value), Sides.finding("two", facet: .message, link: "words")])
    #expect(Self.differences(one, other)[0].causes.map(\.link) == ["words"])
  }

  @Test("agreement against a promise is told, also where both crash alike")
  func agreements() {
    let row = Sides.row(
      Sides.cell("a", [.promised("2", "1"), .fact("1", "y")], Sides.crash),
      Sides.cell("b", [.promised("2", "1"), .fact("1", "y")], Sides.crash))
    let found = row.differences()
    #expect(found.differences == [])
    #expect(found.agreements.map(\.label) == [nil, "x"])
    #expect(found.agreements.map(\.classes.count) == [1, 1])
    #expect(found.agreements.map(\.severity) == [.crash, .value])
    let out = Outcome.raised(type: "TypeError")
    let raised = Sides.row(Sides.cell("a", [], out), Sides.cell("b", [], out)).differences()
    #expect(raised.agreements.map(\.severity) == [.ending])
  }
}
