import Model
import TestBuilders
import Testing

@testable import Planning

@Suite("The order in which cells are tried")
struct OrderTests {
  private static func plan() throws -> Plan {
    let cases: [Case] = [
      .sample("a", scenarios: ["one", "two", "three"]), .sample("b", scenarios: ["one", "two"]),
      .sample("c", scenarios: ["one"]),
    ]
    let runtimes = [Runtime.sample("one"), .sample("two")]
    let loads = try Plan.loads([LaneChoice(.capiHeap), LaneChoice(.universal)], on: runtimes)
    return Plan(cases: cases, runtimes: runtimes, loads: loads)
  }

  private static func id(_ name: String) -> ScenarioID {
    let parts = name.split(separator: "/").map(String.init)
    return ScenarioID(suite: "s", testCase: parts[0], name: parts[1])
  }

  private static func order(_ plan: Plan) -> [[String]] {
    plan.units.map { unit in unit.scenarios.map { "\($0.testCase)/\($0.name)" } }
  }

  @Test("wanted scenarios come first, those of a case together, the most wanted case first; then the quickest cases")
  func order() throws {
    let plan = try Self.plan()
    let seconds = ["a/one": 1.0, "a/two": 3, "a/three": 5, "b/one": 0.5, "b/two": 0.5, "c/one": 0.1]
    let known = Dictionary(uniqueKeysWithValues: seconds.map { (Self.id($0.key), $0.value) })
    let ordered = plan.ordered(first: ["b/two", "a/three", "a/one"].map(Self.id), seconds: known)
    #expect(Self.order(ordered) == [["b/two"], ["a/one", "a/three"], ["c/one"], ["b/one"], ["a/two"]])
    #expect(
      Self.order(plan.ordered(first: [], seconds: known)) == [
        ["c/one"], ["b/one", "b/two"], ["a/one", "a/two", "a/three"],
      ])
    #expect(Self.order(plan.ordered(first: [Self.id("gone/one")], seconds: [:])) == Self.order(plan))
  }

  @Test("what nobody has tried yet comes before the quickest")
  func unknown() throws {
    let seconds = [Self.id("a/one"): 0.1, Self.id("b/one"): 0.2]
    #expect(
      Self.order(try Self.plan().ordered(first: [], seconds: seconds)).map { $0[0] } == ["c/one", "a/one", "b/one"])
  }

  @Test("no cell is lost, and none stands twice")
  func whole() throws {
    let plan = try Self.plan()
    let ordered = plan.ordered(first: ["a/two", "c/one"].map(Self.id), seconds: [:])
    func cells(_ plan: Plan) -> [CellID] {
      plan.batches.flatMap { one in one.batch.cells.map { one.batch.id(of: $0) } }
    }
    #expect(Set(cells(ordered)) == Set(cells(plan)))
    #expect(cells(ordered).count == plan.cellCount)
  }
}
