import Model
import TestBuilders
import Testing

@testable import Planning

@Suite("What a run that ended early has left")
struct ResumingPlanTests {
  private static let runtimes = [Runtime.sample("one"), .sample("two")]

  /// Two cases with two scenarios each, through two lanes on two runtimes: four cells for each scenario.
  private static let plan = Plan(
    cases: ["a", "b"].map { Case.sample($0, scenarios: ["first", "second"]) }, runtimes: runtimes,
    loads: runtimes.flatMap { [Load.sample(.capiHeap, on: $0), .sample(.universal, on: $0)] })

  private static let ids = plan.batches.flatMap { _, batch in batch.cells.map { batch.id(of: $0) } }

  /// Every cell recorded as conforming; nil leaves one out.
  private static func recorded(_ change: (CellID) -> RecordedCell?) -> [RecordedCell] { ids.compactMap(change) }

  private static func conforming(_ cell: CellID) -> RecordedCell { RecordedCell(cell, .conforming, .completed) }

  private static func isMeant(_ cell: CellID) -> Bool { "\(cell)" == "s/b/first@universal@two" }

  /// Names of the scenarios that are left.
  private static func left(_ recorded: [RecordedCell]) -> [String] {
    plan.left(after: recorded).units.flatMap(\.scenarios).map(\.description)
  }

  @Test("all cells are recorded: nothing is left; none is: all is")
  func ends() {
    #expect(Self.left(Self.recorded(Self.conforming)) == [])
    #expect(Self.plan.left(after: Self.recorded(Self.conforming)).cellCount == 0)
    #expect(Self.left([]) == ["s/a/first", "s/a/second", "s/b/first", "s/b/second"])
    #expect(Self.plan.left(after: []).cellCount == 16)
  }

  @Test("one cell is missing: its scenario is left with all of its cells, in the order of the plan, and no other")
  func missing() {
    let left = Self.plan.left(after: Self.recorded { Self.isMeant($0) ? nil : Self.conforming($0) })
    #expect(
      left.batches.map { "\($0.testCase.name) \($0.batch.load.id)" } == [
        "b capi-heap@one", "b universal@one", "b capi-heap@two", "b universal@two",
      ])
    #expect(left.units.flatMap(\.scenarios).map(\.description) == ["s/b/first"])
    #expect(left.cellCount == 4)
    // The reference is a matter of the whole run.
    #expect(left.runtimes == Self.runtimes)
  }

  @Test(
    "what is known of a cell is final, however it ended",
    arguments: [
      (Verdict.new, Outcome.crashed(signal: "SIGSEGV")), (.known, .timedOut), (.flaky, .workerLost),
      (.notJudged, .notApplicable), (.notJudged, .unsupported), (.new, .notBuilt), (.new, .invalid),
      // The runtime's own binary in a portability view.
      (.notJudged, .completed),
    ])
  func final(verdict: Verdict, outcome: Outcome) {
    #expect(Self.left(Self.recorded { RecordedCell($0, verdict, outcome) }) == [])
  }

  @Test("a cell at which the machine lacked something, in its first attempt or a later one, leaves its scenario")
  func lacking() {
    let first = Self.recorded { RecordedCell($0, .notJudged, Self.isMeant($0) ? .harnessFailed : .completed) }
    #expect(Self.left(first) == ["s/b/first"])
    let later = Self.recorded { RecordedCell($0, .new, .completed, lackedMachine: Self.isMeant($0)) }
    #expect(Self.left(later) == ["s/b/first"])
    #expect(
      Self.left(Self.recorded { RecordedCell($0, .notJudged, Self.isMeant($0) ? .notRun : .completed) })
        == ["s/b/first"])
  }

  @Test("a case that can't be read has one scenario, which is done when it is recorded")
  func unreadable() {
    let broken = Case.sample(scenarios: [], problems: [Problem(at: "x:1", "odd", remedy: "mend")])
    let plan = Plan(cases: [broken], runtimes: Self.runtimes, loads: [.sample(on: Self.runtimes[0])])
    let cell = CellID(scenario: .sample("*"), lane: .universal, runtime: "one")
    #expect(plan.left(after: []).cellCount == 1)
    #expect(plan.left(after: [RecordedCell(cell, .new, .invalid)]).cellCount == 0)
  }

  @Test("what is recorded and not planned leaves nothing")
  func unplanned() {
    let other = CellID.sample(scenario: "other")
    #expect(Self.left(Self.recorded(Self.conforming) + [RecordedCell(other, .notJudged, .harnessFailed)]) == [])
  }
}
