import Foundation
import Model
import Planning
import TestBuilders
import Testing

@testable import Session

@Suite("The board of a run")
struct BoardTests {
  private static let lanes: [Lane] = [.capiStatic, .capiHeap, .cpython, .universal, .universalDebug]

  /// Cases in all lanes on some runtimes that have no HPy.
  private static func plan(
    _ cases: [Case], runtimes: [String] = ["one", "two"], hpy: Runtime.HPy = .absent,
    action: (Case, ScenarioID, Load) -> Plan.Action = Plan.usualAction
  ) throws -> Plan {
    let runtimes = runtimes.map { Runtime.sample($0, hpy: hpy) }
    let loads = try Plan.loads(lanes.map { LaneChoice($0) }, on: runtimes)
    return Plan(cases: cases, runtimes: runtimes, loads: loads, action: action)
  }

  private static func names(_ count: Int) -> [String] { (0..<count).map { "s\($0)" } }

  /// Answers a cell of a job's work.
  private static func answer(_ cell: Plan.Cell, of work: Board.Work, to board: Board) async -> AnsweredScenario? {
    await board.answer(.init(cell.scenario, work.batch.load, attempts: [.sample()]))
  }

  @Test("every scenario comes back once, whole, with what is not tried, however many there are; few are open at a time")
  func whole() async throws {
    let board = Board(try Self.plan([.sample(scenarios: Self.names(5000))]))
    var done: [ScenarioID] = []
    var mostOpen = 0
    while let work = await board.next() {
      mostOpen = max(mostOpen, await board.openScenarios)
      for cell in work.batch.cells {
        guard let scenario = await Self.answer(cell, of: work, to: board) else { continue }
        #expect(scenario.testCase.name == "c")
        #expect(scenario.cells.count == 10)
        #expect(Set(scenario.cells.map(\.id)).count == 10)
        #expect(scenario.cells.count { $0.outcome == .unsupported } == 6)
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

  @Test("a section is a few scenarios of one case in all their loads, before the next one begins")
  func sections() async throws {
    let cases: [Case] = [.sample("a", scenarios: Self.names(50)), .sample("b", scenarios: Self.names(2))]
    let board = Board(try Self.plan(cases))
    var sections: [(scenarios: [ScenarioID], loads: [String])] = []
    while let work = await board.next() {
      let scenarios = work.batch.cells.map(\.scenario)
      #expect(Set(scenarios.map(\.testCase)) == [work.testCase.name])
      if sections.last?.scenarios != scenarios { sections.append((scenarios, [])) }
      sections[sections.count - 1].loads.append(work.batch.load.id.description)
      for cell in work.batch.cells { _ = await Self.answer(cell, of: work, to: board) }
    }
    #expect(sections.map(\.scenarios.count) == [24, 24, 2, 2])
    let loads = ["capi-heap@one", "capi-static@one", "capi-heap@two", "capi-static@two"]
    #expect(sections.allSatisfy { $0.loads == loads })
    #expect(
      sections.flatMap(\.scenarios).map(\.description) == Self.names(50).map { "s/a/\($0)" } + ["s/b/s0", "s/b/s1"])
  }

  @Test("a scenario that has no cell in some loads is whole without them")
  func filtered() async throws {
    let plan = try Self.plan([.sample(scenarios: Self.names(60))], runtimes: ["one"]).filtered {
      $0.lane == .capiHeap || ($0.lane == .capiStatic && $0.scenario.name.hasSuffix("7"))
    }
    let board = Board(plan)
    var cells: [ScenarioID: [Lane]] = [:]
    while let work = await board.next() {
      for cell in work.batch.cells {
        guard let done = await Self.answer(cell, of: work, to: board) else { continue }
        #expect(cells[cell.scenario] == nil)
        cells[cell.scenario] = done.cells.map(\.id.lane)
      }
    }
    #expect(cells.count == 60)
    for (scenario, lanes) in cells {
      #expect(lanes == (scenario.name.hasSuffix("7") ? [.capiHeap, .capiStatic] : [.capiHeap]), "\(scenario)")
    }
  }

  @Test("scenarios in which nothing is tried come one by one, and a closed board keeps what was answered")
  func untried() async throws {
    let exclusion = Case.Exclusion(lanes: [], runtimes: [], scenarios: ["b"], reason: "r")
    let one = Case.sample(sources: ["capi": ["capi.c"]], scenarios: ["a", "b", "c"], exclusions: [exclusion])
    let board = Board(try Self.plan([one], runtimes: ["one"]))
    let idle = try #require(await board.nextUntried())
    #expect(idle.cells.map(\.id.scenario.name) == ["b", "b"])
    #expect(idle.cells.map(\.id.lane) == [.capiHeap, .capiStatic])
    #expect(idle.cells.allSatisfy { $0.attempts.map(\.answer) == [.sample([], .notApplicable, message: "r")] })
    #expect(await board.nextUntried() == nil)
    let work = try #require(await board.next())
    #expect(work.batch.cells.map(\.scenario.name) == ["a", "c"])
    #expect(await Self.answer(work.batch.cells[0], of: work, to: board) == nil)
    await board.close()
    #expect(await board.next() == nil)
    #expect(await board.leftovers().map(\.id) == [work.batch.id(of: work.batch.cells[0])])
    #expect(await board.leftovers().isEmpty)
  }

  @Test("a case that can't be read, and one of which nothing can be tried, are untried; each of their cells says why")
  func obstacles() async throws {
    let problem = Problem(at: "case.toml:1", "broken", remedy: "mend it")
    let cases: [Case] = [
      .sample("a", problems: [problem]), .sample("b"),
      .sample("c", sources: ["hpy": ["hpy.c"]], scenarios: ["x", "y"]),
    ]
    let board = Board(try Self.plan(cases, runtimes: ["one"]))
    var found: [String: Set<Outcome>] = [:]
    while let idle = await board.nextUntried() {
      let (name, outcomes) = (idle.cells[0].id.scenario.description, Set(idle.cells.map(\.outcome)))
      #expect(found.updateValue(outcomes, forKey: name) == nil)
    }
    #expect(found == ["s/a/*": [.invalid], "s/c/x": [.unsupported], "s/c/y": [.unsupported]])
    var tried: Set<String> = []
    while let work = await board.next() { tried.formUnion(work.batch.cells.map(\.scenario.description)) }
    #expect(tried == ["s/b/n"])
  }

  @Test("a cell that is skipped where its case can be built at home is handed out, and its scenario waits for it")
  func skippedIfBuilt() async throws {
    let skip = Skip(.notApplicable, "r")
    let plan = try Self.plan([.sample(scenarios: ["a", "b"])], runtimes: ["one"], hpy: .sample()) { _, scenario, load in
      if scenario.name == "a" { return load.lane == .universal ? .skipIfBuiltAtHome(skip) : .skip(skip) }
      return load.lane == .universal ? .skipIfBuiltAtHome(skip) : load.lane == .cpython ? .run : .skip(skip)
    }
    let board = Board(plan)
    #expect(await board.nextUntried() == nil)
    var (handedOut, done): ([String], [String]) = ([], [])
    while let work = await board.next() {
      for cell in work.batch.cells {
        handedOut.append("\(cell.scenario.name)@\(work.batch.load.lane)")
        guard let scenario = await Self.answer(cell, of: work, to: board) else { continue }
        done.append(cell.scenario.name)
        #expect(scenario.cells.count == 5)
      }
    }
    #expect(handedOut == ["b@cpython", "a@universal", "b@universal"])
    #expect(done == ["a", "b"])
    #expect(await board.leftovers().isEmpty)
  }

  @Test("an answer that nobody waits for changes nothing")
  func strange() async throws {
    let board = Board(try Self.plan([.sample()], runtimes: ["one"]))
    #expect(await board.answer(.sample()) == nil)
    #expect(await board.leftovers().isEmpty)
    let work = try #require(await board.next())
    #expect(await board.answer(.init(.sample("other"), work.batch.load, attempts: [.sample()])) == nil)
    #expect(await board.openScenarios == 1)
  }
}
