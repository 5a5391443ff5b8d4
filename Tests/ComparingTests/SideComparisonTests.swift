import Model
import TestBuilders
import Testing

@testable import Comparing

@Suite("Many rows, side by side")
struct SideComparisonTests {
  private static func compare(_ rows: [Row], _ sides: [Side] = Sides.two) -> SideComparison {
    rows.reduce(into: SideComparison(sides)) { $0.add($1) }
  }

  @Test("rows are counted by their worst, and what can't be compared is never agreement")
  func counts() {
    let out = Sides.cell("b", [], .notApplicable, message: "why")
    let comparison = Self.compare([
      Sides.row(Sides.cell("a", [.fact("1")]), Sides.cell("b", [.fact("1")])),
      Sides.row(
        Sides.cell("a", [.fact("raised E", message: "1")]),
        Sides.cell("b", [.fact("raised E", message: "2")])),
      Sides.row(Sides.cell("a", [.fact("1")]), Sides.cell("b", [.fact("2")])),
      Sides.row(Sides.cell("a"), Sides.cell("b", [], Sides.crash, others: [Answer(outcome: .completed)])),
      Sides.row(Sides.cell("a"), out), Sides.row(Sides.cell("a"), nil),
      Sides.row(Sides.cell("a", [], .notApplicable, message: "why"), out),
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
      Sides.cell("a", [.fact("raised E", message: "1")]), Sides.cell("b", [.fact("raised E", message: "2")]))
    let wavering = Sides.row(Sides.cell("a"), Sides.cell("b", [], Sides.crash, others: [Answer(outcome: .completed)]))
    #expect(!Self.compare([wording, wavering]).needsAttention)
    #expect(Self.compare([Sides.row(Sides.cell("a"), Sides.cell("b", [], Sides.crash))]).needsAttention)
    let notBuilt = Sides.cell("b", [], .notBuilt, message: "error: x")
    #expect(Self.compare([Sides.row(Sides.cell("a"), notBuilt)]).needsAttention)
    #expect(!Self.compare([Sides.row(Sides.cell("a", [], .notBuilt), notBuilt)]).needsAttention)
  }

  @Test("one link is one entry, across labels and scenarios, led by the worst of it")
  func links() {
    func row(_ name: String, _ cell: SideCell) -> Row {
      Sides.row(Sides.cell("a", [.fact("1"), .fact("1", "y")], scenario: name), cell, scenario: name)
    }
    let comparison = Self.compare([
      row(
        "n1",
        Sides.cell(
          "b", [.fact("2"), .fact("3", "y")],
          findings: [Sides.finding("2"), Sides.finding("3", label: "y", reason: "another")], scenario: "n1")),
      row(
        "n2",
        Sides.cell(
          "b", [], Sides.crash, findings: [Sides.finding("crashed SIGSEGV", label: nil, facet: .outcome)],
          scenario: "n2")),
      row(
        "n3",
        Sides.cell(
          "b", [.fact("2"), .fact("1", "y")], findings: [Sides.finding("2", link: "elsewhere")],
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
      row("n1", .fact("0", "l", facet: .leak), .fact("1", "l", facet: .leak)),
      row("n2", .fact("1"), .fact("2")), row("n3", .fact("1", "y"), .fact("2", "y")),
      row("n4", .fact("1", "y"), .fact("2", "y")), row("n5", .fact("1", "y"), .fact("3", "y")),
      row("n6", .fact("raised E"), .fact("raised F")),
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
        Sides.cell("a", [.fact("1")], findings: [Sides.finding("1", verdict)], scenario: name),
        Sides.cell("b", [.fact("2")], findings: [Sides.finding("2")], scenario: name), scenario: name)
    }
    let comparison = Self.compare([row("n1", .conforming), row("n2", .new)])
    #expect(comparison.differences.map(\.worst.new) == [[], [0]])
  }

  @Test("of many, the answers part the sides: who stands alone, who splits, and how often each two differ")
  func many() throws {
    func row(_ name: String, _ values: [String?]) -> Row {
      Row(
        id: RowID(scenario: .sample(name), lane: "universal"),
        cells: zip("abcd", values).map { runtime, value in
          value.map { Sides.cell("\(runtime)", [.fact($0)], scenario: name) }
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
    let cell = CellID.sample(on: "a")
    #expect(Side(name: "", kind: .runtime, runtime: "a").row(of: cell).description == "s/c/n, universal")
    #expect(Side(name: "", kind: .lane, lane: "universal").row(of: cell).description == "s/c/n, a")
    #expect(Side(name: "", kind: .column, lane: "universal", runtime: "a").row(of: cell).description == "s/c/n")
    #expect(Side(name: "", kind: .run).row(of: cell).description == "s/c/n, universal on a")
    #expect(!Side(name: "", kind: .lane, lane: "cpython").contains(cell))
    // A binary that is built elsewhere is another side's than the runtime's own.
    let away = CellID.sample(home: "b", on: "a")
    #expect(!Side(name: "", kind: .lane, lane: "universal").contains(away))
    #expect(Side(name: "", kind: .lane, lane: "universal:b").contains(away))
    #expect(Side(name: "", kind: .runtime, runtime: "a").contains(away))
    #expect(Side(name: "", kind: .runtime, runtime: "a").row(of: away).description == "s/c/n, universal:b")
    #expect(Side(name: "", kind: .run).row(of: away).description == "s/c/n, universal:b on a")
  }
}
