import Model
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

  static func scenario(_ name: String) -> ScenarioID { ScenarioID(suite: "s", testCase: "c", name: name) }

  static func cell(
    _ runtime: String, _ observations: [Observation] = [], _ outcome: Outcome = .completed, message: String? = nil,
    others: [Answer] = [], findings: [Finding] = [], entries: [LedgerEntry] = [], scenario name: String = "n"
  ) -> SideCell {
    SideCell(
      id: CellID(scenario: scenario(name), lane: "universal", runtime: runtime),
      answer: Answer(outcome: outcome, message: message, observations: observations), others: others,
      findings: findings, entries: entries)
  }

  static func row(_ cells: SideCell?..., scenario name: String = "n") -> Row {
    Row(id: RowID(scenario: scenario(name), lane: "universal"), cells: cells)
  }

  static func fact(_ value: String, _ label: String = "x", facet: Facet = .value, message: String? = nil) -> Observation
  {
    let exception = value.hasPrefix("raised ") ? String(value.dropFirst(7)) : nil
    return Observation(label: label, facet: facet, value: value, exception: exception, message: message)
  }

  static func promised(_ value: String, _ expected: String...) -> Observation {
    Observation(label: "x", value: value, expected: expected, source: "document")
  }

  static func finding(
    _ observed: String, label: String? = "x", facet: Facet = .value, _ verdict: Verdict = .known, link: String = "link",
    reason: String = "reason"
  ) -> Finding {
    Finding(
      divergence: Divergence(
        label: label, facet: facet, observed: observed, expected: "1", oracle: .expectation(source: "document")),
      verdict: verdict, reason: verdict == .known ? reason : nil, link: verdict == .known ? link : nil,
      circumstances: [.warm])
  }

  static func entry(_ observed: String, label: String? = "x", facet: Facet = .value, flickers: Bool = false)
    -> LedgerEntry
  {
    LedgerEntry(
      scenario: scenario("n"), label: label, facet: facet, observed: [observed], flickers: flickers,
      lanes: ["universal"], runtimes: [], reason: "by the ledger", link: "entry")
  }

  static let crash = Outcome(.crashed, "SIGSEGV")
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
        Sides.promised("1", "1"), Sides.fact("1", "y"), Sides.fact("raised TypeError", "z"),
        Sides.fact("[1]", "o", facet: .order), Sides.fact("0", "l", facet: .leak), Sides.fact("1", "same"),
      ])
    let other = Sides.cell(
      "b",
      [
        Sides.promised("2", "1"), Sides.fact("2", "y"), Sides.fact("returned 1", "z"),
        Sides.fact("[2]", "o", facet: .order), Sides.fact("3", "l", facet: .leak), Sides.fact("1", "same"),
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
    let one = Sides.cell("a", [Sides.fact("1")])
    let other = Sides.cell("b", [Sides.fact("1")], Outcome(.expectationFailed))
    #expect(Self.told(one, other) == [])
  }

  @Test("what a crashed cell did not reach is no difference of its own; what it had recorded is compared")
  func notReached() {
    let whole = Sides.cell("a", [Sides.fact("1"), Sides.fact("1", "y")])
    let crashed = Sides.cell("b", [Sides.fact("2")], Sides.crash)
    #expect(Self.told(whole, crashed) == ["- crash: completed | crashed SIGSEGV", "x value: 1 | 2"])
  }

  @Test("an exception that ends the scenario is an ending; two kinds of crash differ, without one being worse")
  func severities() {
    let raised = Sides.cell("b", [], Outcome(.raised, "TypeError"))
    #expect(Self.told(Sides.cell("a"), raised) == ["- ending: completed | raised TypeError"])
    let aborted = Sides.cell("b", [], Outcome(.crashed, "SIGABRT"))
    #expect(Self.told(Sides.cell("a", [], Sides.crash), aborted) == ["- ending: crashed SIGSEGV | crashed SIGABRT"])
    #expect(Self.differences(Sides.cell("a", [], Sides.crash), aborted).map(\.meaning) == [.defect])
    #expect(Self.differences(Sides.cell("a"), raised).map(\.meaning) == [.notPromised])
  }

  @Test("a label that one completed cell lacks is a difference, unless the scenario took another way before")
  func unrecorded() {
    let more = Sides.cell("a", [Sides.fact("1"), Sides.fact("1", "y")])
    #expect(Self.told(more, Sides.cell("b", [Sides.fact("1")])) == ["y value: 1 | (not recorded)"])
    let otherWay = Self.differences(more, Sides.cell("b", [Sides.fact("2")]))
    #expect(otherWay.map(\.label) == ["x"])
    #expect(otherWay[0].unrecorded == ["y"])
    let before = Self.differences(
      Sides.cell("a", [Sides.fact("1", "first"), Sides.fact("1")]), Sides.cell("b", [Sides.fact("2")]))
    #expect(before.map(\.label) == ["x"])
    #expect(before[0].unrecorded == ["first"])
  }

  @Test("a leak that nobody counted on one side is no difference; one that both counted is")
  func uncounted() {
    let counted = Sides.cell("a", [Sides.fact("1", "l", facet: .leak)])
    #expect(Self.told(counted, Sides.cell("b")).isEmpty)
    #expect(Self.told(counted, Sides.cell("b", [Sides.fact("0", "l", facet: .leak)])) == ["l leak: 1 | 0"])
  }

  @Test("messages are compared where the rest agrees, of labels and of exceptions that got out")
  func wording() {
    let one = Sides.cell("a", [Sides.fact("raised TypeError", message: "one")])
    let other = Sides.cell("b", [Sides.fact("raised TypeError", message: "two")])
    #expect(Self.told(one, other) == ["x message: one | two"])
    #expect(Self.differences(one, other).map(\.meaning) == [.wording])
    let out = Outcome(.raised, "TypeError")
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
    let dies = Sides.cell("b", [], Sides.crash, others: [Answer(outcome: Outcome(.crashed, "SIGABRT"))])
    let firm = Self.differences(ends, dies)
    #expect(firm.map(\.isFirm) == [true])
    #expect(firm[0].classes.map(\.text) == ["completed", "crashed SIGSEGV or crashed SIGABRT"])
    #expect(firm.map(\.wavering) == [[1]])
    #expect(firm.map(\.severity) == [.crash])
    let same = Sides.cell("a", [], Outcome(.crashed, "SIGABRT"))
    #expect(Self.differences(same, dies).map(\.isFirm) == [false])
  }

  @Test("a place that the ledger knows to flicker is no firm difference, however steady it was")
  func flickering() {
    let one = Sides.cell("a", [Sides.fact("1")])
    let other = Sides.cell("b", [Sides.fact("2")], entries: [Sides.entry("2", flickers: true)])
    #expect(Self.differences(one, other).map(\.isFirm) == [false])
    #expect(Self.differences(one, other).map(\.wavering) == [[1]])
  }

  @Test("the meaning of a difference: promised, with who keeps it; a choice; or nothing that a document says")
  func meanings() {
    func only(_ one: Observation, _ other: Observation) -> SideDifference {
      Self.differences(Sides.cell("a", [one]), Sides.cell("b", [other]))[0]
    }
    let broken = only(Sides.promised("1", "1"), Sides.promised("2", "1"))
    #expect(broken.meaning == .promised)
    #expect(broken.promise == SidePromise(source: "document", expected: ["1"], kept: [0], broken: [1]))
    let neither = only(Sides.promised("2", "1"), Sides.promised("3", "1"))
    #expect(neither.promise?.broken == [0, 1])
    let choice = only(Sides.promised("1", "1", "2"), Sides.promised("2", "1", "2"))
    #expect(choice.meaning == .notPromised)
    #expect(choice.promise?.kept == [0, 1])
    #expect(only(Sides.fact("1"), Sides.fact("2")).meaning == .notPromised)
    #expect(only(Sides.fact("1"), Sides.fact("2")).promise == nil)
  }

  @Test("causes come from findings, else from the ledger's entries; what neither has is new where it was found so")
  func causes() {
    let one = Sides.cell("a", [Sides.fact("1")])
    let found = Sides.cell("b", [Sides.fact("2")], findings: [Sides.finding("2")], entries: [Sides.entry("2")])
    #expect(Self.differences(one, found)[0].causes == [Cause(side: 1, reason: "reason", link: "link")])
    // A run of a few lanes lacks the references that make it a finding.
    let entered = Sides.cell("b", [Sides.fact("2")], entries: [Sides.entry("2"), Sides.entry("3")])
    #expect(Self.differences(one, entered)[0].causes == [Cause(side: 1, reason: "by the ledger", link: "entry")])
    let other = Sides.cell("b", [Sides.fact("2")], findings: [Sides.finding("3")], entries: [Sides.entry("3")])
    #expect(Self.differences(one, other)[0].causes == [])
    let new = Sides.cell("b", [Sides.fact("2")], findings: [Sides.finding("2", .new)])
    #expect(Self.differences(one, new)[0].new == [1])
    // What the ledger no longer sees is no finding at this answer.
    let fixed = Sides.cell("b", [Sides.fact("2")], findings: [Sides.finding("2", .fixed)])
    #expect(Self.differences(one, fixed)[0].new == [])
  }

  @Test("a finding of wording says nothing about a value, and the other way round")
  func facetsOfCauses() {
    let one = Sides.cell("a", [Sides.fact("raised TypeError", message: "one")])
    let other = Sides.cell(
      "b", [Sides.fact("raised TypeError", message: "two")],
      findings: [Sides.finding("two", facet: .value), Sides.finding("two", facet: .message, link: "words")])
    #expect(Self.differences(one, other)[0].causes.map(\.link) == ["words"])
  }

  @Test("agreement against a promise is told, also where both crash alike")
  func agreements() {
    let row = Sides.row(
      Sides.cell("a", [Sides.promised("2", "1"), Sides.fact("1", "y")], Sides.crash),
      Sides.cell("b", [Sides.promised("2", "1"), Sides.fact("1", "y")], Sides.crash))
    let found = row.differences()
    #expect(found.differences == [])
    #expect(found.agreements.map(\.label) == [nil, "x"])
    #expect(found.agreements.map(\.classes.count) == [1, 1])
    #expect(found.agreements.map(\.severity) == [.crash, .value])
    let out = Outcome(.raised, "TypeError")
    let raised = Sides.row(Sides.cell("a", [], out), Sides.cell("b", [], out)).differences()
    #expect(raised.agreements.map(\.severity) == [.ending])
  }
}

@Suite("Many rows, side by side")
struct SideComparisonTests {
  private static func compare(_ rows: [Row], _ sides: [Side] = Sides.two) -> SideComparison {
    rows.reduce(into: SideComparison(sides)) { $0.add($1) }
  }

  @Test("rows are counted by their worst, and what can't be compared is never agreement")
  func counts() {
    let out = Sides.cell("b", [], Outcome(.notApplicable), message: "why")
    let comparison = Self.compare([
      Sides.row(Sides.cell("a", [Sides.fact("1")]), Sides.cell("b", [Sides.fact("1")])),
      Sides.row(
        Sides.cell("a", [Sides.fact("raised E", message: "1")]),
        Sides.cell("b", [Sides.fact("raised E", message: "2")])),
      Sides.row(Sides.cell("a", [Sides.fact("1")]), Sides.cell("b", [Sides.fact("2")])),
      Sides.row(Sides.cell("a"), Sides.cell("b", [], Sides.crash, others: [Answer(outcome: .completed)])),
      Sides.row(Sides.cell("a"), out), Sides.row(Sides.cell("a"), nil),
      Sides.row(Sides.cell("a", [], Outcome(.notApplicable), message: "why"), out),
    ])
    let counts = comparison.counts
    #expect([counts.compared, counts.same, counts.wordingOnly, counts.different, counts.wavering] == [4, 1, 1, 1, 1])
    #expect(counts.incomparable == 3)
    #expect(
      comparison.obstacles == [
        .init(sides: [1], outcome: .notApplicable, reason: "why"): 1,
        .init(sides: [1], outcome: nil, reason: "has no such cell"): 1,
        .init(sides: [0, 1], outcome: .notApplicable, reason: "why"): 1,
      ])
    #expect(comparison.differences.count == 2)
    #expect(comparison.unsteady.count == 1)
  }

  @Test("wording and what wavers need nobody's attention; a firm difference, and what only one side builds, do")
  func attention() {
    let wording = Sides.row(
      Sides.cell("a", [Sides.fact("raised E", message: "1")]), Sides.cell("b", [Sides.fact("raised E", message: "2")]))
    let wavering = Sides.row(Sides.cell("a"), Sides.cell("b", [], Sides.crash, others: [Answer(outcome: .completed)]))
    #expect(!Self.compare([wording, wavering]).needsAttention)
    #expect(Self.compare([Sides.row(Sides.cell("a"), Sides.cell("b", [], Sides.crash))]).needsAttention)
    let notBuilt = Sides.cell("b", [], Outcome(.notBuilt), message: "error: x")
    #expect(Self.compare([Sides.row(Sides.cell("a"), notBuilt)]).needsAttention)
    #expect(!Self.compare([Sides.row(Sides.cell("a", [], Outcome(.notBuilt)), notBuilt)]).needsAttention)
  }

  @Test("one link is one entry, across labels and scenarios, led by the worst of it")
  func links() {
    func row(_ name: String, _ cell: SideCell) -> Row {
      Sides.row(Sides.cell("a", [Sides.fact("1"), Sides.fact("1", "y")], scenario: name), cell, scenario: name)
    }
    let comparison = Self.compare([
      row(
        "n1",
        Sides.cell(
          "b", [Sides.fact("2"), Sides.fact("3", "y")],
          findings: [Sides.finding("2"), Sides.finding("3", label: "y", reason: "another")], scenario: "n1")),
      row(
        "n2",
        Sides.cell(
          "b", [], Sides.crash, findings: [Sides.finding("crashed SIGSEGV", label: nil, facet: .outcome)],
          scenario: "n2")),
      row(
        "n3",
        Sides.cell(
          "b", [Sides.fact("2"), Sides.fact("1", "y")], findings: [Sides.finding("2", link: "elsewhere")],
          scenario: "n3")),
    ])
    let groups = comparison.differences
    #expect(groups.count == 2)
    #expect(groups[0].worst.severity == .crash)
    #expect(groups[0].rows == 2)
    #expect(groups[0].scenarios == 2)
    #expect(groups[0].examples.map(\.scenario.name) == ["n2", "n1"])
    #expect(groups[0].places == [.crash: 1, .value: 2])
    #expect(groups[0].causes.map(\.cause.reason) == ["reason", "another"])
    #expect(groups[0].causes.map(\.places) == [2, 1])
    #expect(groups[1].causes.map(\.cause.link) == ["elsewhere"])
  }

  @Test("without a link, the same texts at the same label are one entry; the worst first, then the commonest")
  func texts() {
    func row(_ name: String, _ one: Observation, _ other: Observation) -> Row {
      Sides.row(Sides.cell("a", [one], scenario: name), Sides.cell("b", [other], scenario: name), scenario: name)
    }
    let comparison = Self.compare([
      row("n1", Sides.fact("0", "l", facet: .leak), Sides.fact("1", "l", facet: .leak)),
      row("n2", Sides.fact("1"), Sides.fact("2")), row("n3", Sides.fact("1", "y"), Sides.fact("2", "y")),
      row("n4", Sides.fact("1", "y"), Sides.fact("2", "y")), row("n5", Sides.fact("1", "y"), Sides.fact("3", "y")),
      row("n6", Sides.fact("raised E"), Sides.fact("raised F")),
      Sides.row(Sides.cell("a", scenario: "n7"), Sides.cell("b", [], Sides.crash, scenario: "n7"), scenario: "n7"),
    ])
    #expect(
      comparison.differences.map { "\($0.worst.severity.rawValue) \($0.worst.label ?? "-") \($0.rows)" } == [
        "crash - 1", "value y 2", "value x 1", "value y 1", "exception type x 1", "leak l 1",
      ])
    #expect(comparison.differences[1].examples.map(\.scenario.name) == ["n3", "n4"])
  }

  @Test("what is new on one side is not hidden behind a known cause of the other")
  func newBesideKnown() {
    func row(_ name: String, _ verdict: Verdict) -> Row {
      Sides.row(
        Sides.cell("a", [Sides.fact("1")], findings: [Sides.finding("1", verdict)], scenario: name),
        Sides.cell("b", [Sides.fact("2")], findings: [Sides.finding("2")], scenario: name), scenario: name)
    }
    let comparison = Self.compare([row("n1", .conforming), row("n2", .new)])
    #expect(comparison.differences.map(\.worst.new) == [[], [0]])
  }

  @Test("of many, the answers part the sides: who stands alone, who splits, and how often each two differ")
  func many() throws {
    func row(_ name: String, _ values: [String?]) -> Row {
      Row(
        id: RowID(scenario: Sides.scenario(name), lane: "universal"),
        cells: zip("abcd", values).map { runtime, value in
          value.map { Sides.cell("\(runtime)", [Sides.fact($0)], scenario: name) }
        })
    }
    let comparison = Self.compare(
      [row("n1", ["1", "1", "1", "2"]), row("n2", ["1", "1", "2", "2"]), row("n3", ["1", "1", nil, "2"])],
      Sides.many("abcd"))
    let groups = comparison.differences
    #expect(groups.map(\.worst.loner) == [3, nil])
    #expect(groups.map { $0.worst.classes.map(\.sides) } == [[[0, 1, 2], [3]], [[0, 1], [2, 3]]])
    // The same answers, whether or not a side could be compared.
    #expect(groups[0].rows == 2)
    #expect(comparison.alone == [[:], [:], [:], [.value: 2]])
    #expect(comparison.disagreements(0, 3) == (3, 3))
    #expect(comparison.disagreements(3, 2) == (1, 2))
    #expect(comparison.disagreements(0, 1) == (0, 3))
  }

  @Test("rows pair the same scenario and lane, runtime, or both, as the sides are")
  func rows() {
    let cell = CellID(scenario: Sides.scenario("n"), lane: "universal", runtime: "a")
    #expect(Side(name: "", kind: .runtime, runtime: "a").row(of: cell).description == "s/c/n, universal")
    #expect(Side(name: "", kind: .lane, lane: "universal").row(of: cell).description == "s/c/n, a")
    #expect(Side(name: "", kind: .column, lane: "universal", runtime: "a").row(of: cell).description == "s/c/n")
    #expect(Side(name: "", kind: .run).row(of: cell).description == "s/c/n, universal on a")
    #expect(!Side(name: "", kind: .lane, lane: "cpython").contains(cell))
  }
}
