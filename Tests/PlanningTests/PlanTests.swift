import Foundation
import Model
import TestBuilders
import Testing

@testable import Planning

@Suite("Planning")
struct PlanTests {
  private static let both = Case.sample("both", suite: "suite", scenarios: ["a", "b"])
  private static let hpyOnly = Case.sample("hpy-only", suite: "suite", sources: ["hpy": ["hpy.c"]], scenarios: ["c"])

  /// Those of sources that say nothing of the stable ABI.
  static let lanes = Lane.compiled.filter { !$0.flavour.isStable }

  /// Cases through every lane, or those that are named.
  private static func plan(
    _ cases: [Case] = [both], on runtimes: [Runtime] = [.sample("one")], lanes: [String] = [], patterns: [String] = []
  ) throws -> Plan {
    let choices = lanes.isEmpty ? Self.lanes.map { LaneChoice($0) } : try lanes.map { try LaneChoice(named: $0) }
    return try Plan(cases: cases, runtimes: runtimes, loads: Plan.loads(choices, on: runtimes))
      .filtered(by: patterns.map { try Pattern($0) })
  }

  private static func cells(_ plan: Plan) -> [(id: CellID, action: Plan.Action)] {
    plan.batches.flatMap { _, batch in batch.cells.map { (batch.id(of: $0), $0.action) } }
  }

  private static func loads(_ plan: Plan) -> [String] { plan.batches.map { "\($0.batch.load.id)" } }

  // MARK: Cells

  @Test("a cell for each scenario, lane and runtime; a case without a lane's source has none there")
  func cells() throws {
    let plan = try Self.plan([Self.both, Self.hpyOnly])
    let hpyLanes = Self.lanes.filter { $0.flavour.api == .hpy }.count
    #expect(plan.cellCount == 2 * Self.lanes.count + hpyLanes)
    #expect(Self.cells(plan).count == plan.cellCount)
    #expect(Self.cells(plan).allSatisfy { $0.action == .run })
    #expect(plan.batches.count == Self.lanes.count + hpyLanes)
    #expect(plan.units.map(\.testCase.name) == ["both", "hpy-only"])
    #expect(plan.units.map(\.cellCount) == [2 * Self.lanes.count, hpyLanes])
    #expect(plan.batches[0].batch.cells.map(\.scenario.description) == ["suite/both/a", "suite/both/b"])
    #expect(Set(Self.cells(plan).map(\.id)).count == plan.cellCount)
  }

  @Test("a case that brings nothing for any lane, or has no scenarios, has no part in it")
  func idleCases() throws {
    let capiOnly = Case.sample("capi-only", sources: ["capi": ["capi.c"]])
    let plan = try Self.plan([capiOnly, .sample("empty", scenarios: []), Self.both], lanes: ["universal"])
    #expect(plan.units.map(\.testCase.name) == ["both"])
  }

  @Test("what can't be tried is planned with its reason")
  func skips() throws {
    var one = Self.both
    one.exclusions = [
      Case.Exclusion(lanes: [.capiStatic], runtimes: [], scenarios: ["a"], reason: "no static form (C API)")
    ]
    let plan = try Self.plan(
      [one], on: [.sample("one"), .sample("bare", hpy: .absent), .sample("pypy")])
    func skip(_ scenario: String, _ lane: Lane, _ runtime: String) -> Skip? {
      let id = CellID(
        scenario: ScenarioID(suite: "suite", testCase: "both", name: scenario), lane: lane, runtime: runtime)
      let action = Self.cells(plan).first { $0.id == id }?.action
      if case .skip(let skip) = action { return skip }
      #expect(action == .run)
      return nil
    }
    #expect(skip("a", .capiStatic, "one") == Skip(.notApplicable, "no static form (C API)"))
    #expect(skip("b", .capiStatic, "one") == nil)
    #expect(skip("a", .universal, "bare")?.outcome == .unsupported)
    #expect(skip("a", .cpython, "pypy")?.outcome == .notApplicable)
    #expect(skip("a", .universal, "pypy") == nil)
  }

  @Test("a case that can't be read is a cell in each lane and runtime, and no process")
  func brokenCases() throws {
    let broken = Case.sample(
      "broken", sources: [:], scenarios: [],
      problems: [
        Problem(at: "scenarios.py:3", "syntax error", remedy: ""),
        Problem(at: "case.toml", "is odd", remedy: "mend it"),
      ])
    let cells = Self.cells(try Self.plan([broken]))
    #expect(cells.count == Self.lanes.count)
    #expect(cells.allSatisfy { $0.id.scenario.name == ScenarioID.wholeCase })
    #expect(cells.allSatisfy { $0.action == .invalid(broken.problems) && !$0.action.mayRun })
    #expect(
      cells[0].action.answer
        == Attempt(untried: .invalid, "scenarios.py:3: syntax error\ncase.toml: is odd; mend it"))
  }

  @Test("an action says whether a process may be started, and what the cell answers where none is")
  func actions() {
    let skip = Skip(.unsupported, "no hpy")
    #expect(Plan.Action.run.mayRun && Plan.Action.run.answer == nil)
    #expect(Plan.Action.skipIfBuiltAtHome(skip).mayRun && Plan.Action.skipIfBuiltAtHome(skip).answer == nil)
    #expect(!Plan.Action.skip(skip).mayRun)
    #expect(Plan.Action.skip(skip).answer == Attempt(untried: .unsupported, "no hpy"))
  }

  @Test("the scenarios of a unit are those that have a cell, in the order of the case")
  func scenarios() throws {
    let one = Case.sample(scenarios: ["z", "a", "m"])
    func names(_ patterns: String...) throws -> [String] {
      try Self.plan([one], on: [.sample("one"), .sample("two")], patterns: patterns).units[0].scenarios.map(\.name)
    }
    #expect(try names() == ["z", "a", "m"])
    #expect(try names("s/c/m@universal@two", "s/c/z") == ["z", "m"])
  }

  // MARK: Loads

  @Test("every lane on every runtime, those of one runtime together, references before what is compared with them")
  func loads() throws {
    let lanes = Self.lanes.map(\.description)
    #expect(
      Self.loads(try Self.plan(on: [.sample("one"), .sample("two")], lanes: lanes.reversed()))
        == lanes.map { "\($0)@one" } + lanes.map { "\($0)@two" })
    // A lane that runs don't try by themselves stands behind those.
    #expect(
      Self.loads(try Self.plan(lanes: ["no-tag", "universal+trace", "universal"]))
        == ["universal@one", "no-tag@one", "universal+trace@one"])
  }

  @Test("a lane with a home is built for that runtime on all others, and stands behind the lanes at home")
  func homes() throws {
    let runtimes = [Runtime.sample("one"), .sample("pypy")]
    let plan = try Self.plan(on: runtimes, lanes: ["universal:one", "universal", "cpython"])
    #expect(
      Self.loads(plan) == ["cpython@one", "universal@one", "cpython@pypy", "universal@pypy", "universal:one@pypy"])
    let away = try #require(plan.batches.last?.batch.load)
    #expect(away.binary == Binary(.universal, home: runtimes[0]))
    #expect(away.runtime == runtimes[1])
    // Alone it is there at its home, too, and beside the runtime's own.
    #expect(
      Self.loads(try Self.plan(on: runtimes, lanes: ["universal:one"]))
        == ["universal@one", "universal@pypy", "universal:one@pypy"])
    let debug = try Self.plan(on: runtimes, lanes: ["universal+debug:pypy"])
    #expect(Self.loads(debug) == ["universal+debug@one", "universal+debug:pypy@one", "universal+debug@pypy"])
    #expect(debug.batches[1].batch.load.mode == .debug)
  }

  @Test("a lane that is named twice is one")
  func repeatedLanes() throws {
    let runtimes = [Runtime.sample("one"), .sample("two")]
    #expect(
      Self.loads(try Self.plan(on: runtimes, lanes: ["universal", "universal", "universal:one", "universal:one"]))
        == ["universal@one", "universal@two", "universal:one@two"])
  }

  @Test("a home that is no runtime of the run is told, as is what names no lane or no runtime")
  func badHomes() throws {
    #expect(
      throws: Problem(
        "`universal:two` is built for `two`, which is not a runtime of this run",
        remedy: "the runtimes are one; --runtime adds others")
    ) { try Self.plan(lanes: ["universal:two"]) }
    #expect(
      throws: Problem("`universal:` does not name a runtime", remedy: "write universal:RUNTIME, or universal alone")
    ) { try LaneChoice(named: "universal:") }
    let unknown = #expect(throws: Problem.self) { try LaneChoice(named: "univresal:one") }
    #expect(unknown?.found == "unknown lane `univresal`")
    for text in ["universal", "universal+debug:cpython-3.11", "no-tag:pypy"] {
      #expect(try LaneChoice(named: text).description == text)
    }
  }

  // MARK: Choosing

  @Test(
    "patterns mean cells",
    arguments: [
      ("suite", 2 * Self.lanes.count), ("suite/both", 2 * Self.lanes.count),
      ("suite/both/a", Self.lanes.count),
      ("suite/b*/?", 2 * Self.lanes.count), ("*/*/b@universal*", 2), ("suite/both/a@cpython@one", 1),
      ("suite/both/[a-c]@universal", 2), ("suite/both/a@universal:one", 1),
    ])
  func patterns(text: String, count: Int) throws {
    #expect(try Self.plan(patterns: [text]).cellCount == count)
  }

  @Test("what several patterns mean is there once, in the order of the plan; cases and loads without a cell are gone")
  func filtering() throws {
    let whole = try Self.plan([Self.both, Self.hpyOnly], on: [.sample("one"), .sample("two")])
    let plan = try whole.filtered(
      by: ["suite/both/b@universal", "suite/both/?@universal@two"].map { try Pattern($0) })
    #expect(
      Self.cells(plan).map { "\($0.id)" } == [
        "suite/both/b@universal@one", "suite/both/a@universal@two", "suite/both/b@universal@two",
      ])
    #expect(plan.units.count == 1)
    #expect(plan.batches.count == 2)
    // What it is compared with is a matter of the whole run.
    #expect(plan.runtimes == whole.runtimes)
    #expect(try whole.filtered(by: []).cellCount == whole.cellCount)
    #expect(whole.filtered { $0.runtime == "two" && $0.lane == .capiHeap }.cellCount == 2)
    #expect(whole.filtered { _ in false }.units.isEmpty)
  }

  @Test("a pattern that means nothing is refused, with what it may have meant")
  func idlePatterns() throws {
    let problem = #expect(throws: Problem.self) { try Self.plan(patterns: ["suite", "other/both"]) }
    #expect(problem?.found == "no cell matches `other/both`")
    #expect(problem?.remedy.contains("suite/both") == true)
    #expect(problem?.remedy.hasSuffix("`hpy-conform list` lists the cases") == true)
    // Two of them are told one by one, the first first; one that another one covers is no idle one.
    let first = #expect(throws: Problem.self) { try Self.plan(patterns: ["x", "suite", "suite/both", "y"]) }
    #expect(first?.found == "no cell matches `x`")
    #expect(try Self.plan(patterns: ["suite", "suite/both/a"]).cellCount == 2 * Self.lanes.count)
  }

  // MARK: The wire

  @Test("a plan that was written down and read again is the same plan")
  func wire() throws {
    var one = Self.both
    one.exclusions = [Case.Exclusion(lanes: [.capiStatic], runtimes: [], scenarios: ["a"], reason: "r")]
    one.scenarioKey = ContentKey(of: "text")
    let broken = Case.sample("broken", scenarios: [], problems: [Problem(at: "x:1", "odd", remedy: "mend")])
    let runtimes = [Runtime.sample("one"), .sample("bare", hpy: .absent), .sample("pypy")]
    let plan = try Self.plan(
      [one, broken, Self.hpyOnly], on: runtimes, lanes: ["capi-static", "universal", "universal+debug:one"])
    let again = try JSONDecoder().decode(Plan.self, from: JSONEncoder().encode(plan))
    #expect(again.runtimes == runtimes)
    #expect(again.units.map(\.testCase) == plan.units.map(\.testCase))
    #expect(again.batches.map(\.batch.load) == plan.batches.map(\.batch.load))
    #expect(Self.cells(again).map(\.id) == Self.cells(plan).map(\.id))
    #expect(Self.cells(again).map(\.action) == Self.cells(plan).map(\.action))
    #expect(Self.cells(again).contains { !$0.action.mayRun })
    let pattern = [try Pattern("suite/both/b@universal+debug:one@pypy")]
    #expect(try again.filtered(by: pattern).cellCount == 1)
    #expect(try JSONEncoder().encode(again).count == JSONEncoder().encode(plan).count)
  }

  @Test("each runtime stands on the wire once, however many cells it has")
  func size() throws {
    let runtimes = [Runtime.sample("one"), .sample("two")]
    let plan = try Self.plan([Self.both, Self.hpyOnly], on: runtimes, lanes: ["universal", "universal:two"])
    let text = String(decoding: try JSONEncoder().encode(plan), as: UTF8.self)
    for runtime in runtimes {
      #expect(text.components(separatedBy: "\"name\":\"\(runtime.name)\"").count == 2)
      #expect(text.components(separatedBy: runtime.build).count == 1 + runtimes.count)
    }
  }

  @Test("the runtimes of a plan are the same on the other side, also where a binary comes from none of them")
  func foreignHome() throws {
    let load = Load.sample(home: .sample("elsewhere"), on: .sample("one"))
    let plan = Plan(cases: [Self.both], runtimes: [.sample("one")], loads: [load])
    let again = try JSONDecoder().decode(Plan.self, from: JSONEncoder().encode(plan))
    #expect(again.batches.map(\.batch.load) == [load])
    #expect(again.runtimes == plan.runtimes)
  }

  @Test("a plan with a runtime, lane or action that it doesn't have is none")
  func damage() throws {
    let plan = try Self.plan([Self.hpyOnly], lanes: ["universal"])
    let text = String(decoding: try JSONEncoder().encode(plan), as: UTF8.self)
    func read(_ old: String, _ new: String) throws -> Plan {
      #expect(text.contains(old), "\(old) is not in \(text)")
      return try JSONDecoder().decode(Plan.self, from: Data(text.replacing(old, with: new).utf8))
    }
    #expect(throws: DecodingError.self) { try read("\"runtime\":0", "\"runtime\":7") }
    #expect(throws: DecodingError.self) { try read("\"flavour\":\"universal\"", "\"flavour\":\"none\"") }
    #expect(throws: DecodingError.self) { try read("\"mode\":\"plain\"", "\"mode\":\"loud\"") }
    #expect(throws: DecodingError.self) { try read("{\"run\":{}}", "{\"walk\":{}}") }
    #expect(throws: DecodingError.self) { try read("{\"run\":{}}", "{}") }
  }
}
