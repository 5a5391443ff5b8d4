import Foundation
import Model
import Planning
import Runtimes
import Testing

@testable import Session

@Suite("The board of a run")
struct BoardTests {
  private static func plan(scenarios: Int) throws -> Plan {
    var one = Case(suite: "s", name: "c", directory: URL(filePath: "/suites/s/c"))
    one.sources = ["capi": ["capi.c"], "hpy": ["hpy.c"]]
    one.scenarios = (0..<scenarios).map { .init(name: "s\($0)", line: 1, summary: "") }
    let runtimes = ["one", "two"].map { name in
      Runtime(
        name: name, interpreter: "", implementation: "cpython", version: "3.11.2", python: "3.11.2", build: "",
        extSuffix: ".so", includes: [], machine: "", hpy: .absent)
    }
    return try Plan(cases: [one], lanes: Lane.all, runtimes: runtimes)
  }

  private static let answer = Attempt(circumstances: .warm, answer: Answer(outcome: .completed))

  @Test("every scenario comes back once, whole, with what is not tried, however many there are; few are open at a time")
  func sections() async throws {
    let plan = try Self.plan(scenarios: 5000)
    let board = Board(plan)
    var done: [ScenarioID] = []
    var mostOpen = 0
    while let batch = await board.next() {
      mostOpen = max(mostOpen, await board.openScenarios)
      for cell in batch.cells {
        guard let scenario = await board.answer(cell.id, Self.answer) else { continue }
        #expect(scenario.cells.count == 10)
        #expect(scenario.cells.count { $0.attempts[0].answer.outcome.kind == .unsupported } == 6)
        done.append(scenario.cells[0].id.scenario)
      }
    }
    #expect(done.count == 5000)
    #expect(Set(done).count == 5000)
    #expect(mostOpen < 50)
    #expect(await board.openScenarios == 0)
    #expect(await board.nextUntried() == nil)
    #expect(await board.leftovers().isEmpty)
  }

  @Test("scenarios in which nothing is tried come one by one, and a closed board keeps what was answered")
  func untried() async throws {
    var one = Case(suite: "s", name: "c", directory: URL(filePath: "/suites/s/c"))
    one.sources = ["capi": ["capi.c"]]
    one.scenarios = ["a", "b", "c"].map { .init(name: $0, line: 1, summary: "") }
    one.exclusions = [Case.Exclusion(lanes: [], runtimes: [], scenarios: ["b"], reason: "r")]
    let plan = try Plan(cases: [one], lanes: Lane.all, runtimes: [try Self.plan(scenarios: 1).runtimes[0]])
    let board = Board(plan)
    #expect(await board.nextUntried()?.cells.map(\.id.scenario.name) == ["b", "b"])
    #expect(await board.nextUntried() == nil)
    let batch = try #require(await board.next())
    #expect(batch.cells.map(\.id.scenario.name) == ["a", "c"])
    #expect(await board.answer(batch.cells[0].id, Self.answer) == nil)
    await board.close()
    #expect(await board.next() == nil)
    #expect(await board.leftovers().map(\.id) == [batch.cells[0].id])
  }
}
