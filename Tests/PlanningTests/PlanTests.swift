import Foundation
import Model
import Testing

@testable import Planning

@Suite("Planning")
struct PlanTests {
  private static func runtime(_ name: String, _ implementation: String = "cpython", hpy: Bool = true) -> Runtime {
    let installation = Runtime.Installation(
      version: "0.9.0", include: "", libraries: nil, sources: nil, layout: ContentKey(of: ""),
      headers: ContentKey(of: ""), content: ContentKey(of: ""), abiVersion: 0)
    return Runtime(
      name: name, interpreter: "", implementation: implementation, version: "3.11.2", python: "3.11.2", build: "",
      extSuffix: ".so", includes: [], machine: "", hpy: hpy ? .present(installation) : .absent)
  }

  private static func testCase(_ name: String, sources: [String: [String]], scenarios: [String]) -> Case {
    var one = Case(suite: "suite", name: name, directory: URL(filePath: "/suites/suite/\(name)"))
    one.sources = sources
    one.scenarios = scenarios.map { .init(name: $0, line: 1, summary: "") }
    return one
  }

  private static let both = testCase("both", sources: ["hpy": ["hpy.c"], "capi": ["capi.c"]], scenarios: ["a", "b"])

  @Test("a cell for each scenario, lane and runtime; a case without a lane's source has none there")
  func cells() throws {
    let hpyOnly = Self.testCase("hpy-only", sources: ["hpy": ["hpy.c"]], scenarios: ["c"])
    let plan = try Plan(cases: [Self.both, hpyOnly], lanes: Lane.all, runtimes: [Self.runtime("one")])
    #expect(plan.cells.count == 2 * 5 + 3)
    #expect(plan.cells.allSatisfy { $0.runs })
    #expect(plan.batches.count == 5 + 3)
  }

  @Test("what can't be tried is planned with its reason")
  func skips() throws {
    var one = Self.both
    one.exclusions = [
      Case.Exclusion(lanes: ["capi-static"], runtimes: [], scenarios: ["a"], reason: "no static form (C API)")
    ]
    let plan = try Plan(
      cases: [one], lanes: Lane.all,
      runtimes: [Self.runtime("one"), Self.runtime("bare", hpy: false), Self.runtime("pypy", "pypy")])
    func skip(_ scenario: String, _ lane: String, _ runtime: String) -> Outcome.Skip? {
      plan.cells.first { $0.id.scenario.name == scenario && $0.id.lane == lane && $0.id.runtime == runtime }?.skip
    }
    #expect(skip("a", "capi-static", "one")?.reason == "no static form (C API)")
    #expect(skip("b", "capi-static", "one") == nil)
    #expect(skip("a", "universal", "bare")?.kind == .unsupported)
    #expect(skip("a", "cpython", "pypy")?.kind == .notApplicable)
    #expect(skip("a", "universal", "pypy") == nil)
  }

  @Test("a case that can't be read is a cell in each lane and runtime, and no process")
  func brokenCases() throws {
    var broken = Self.testCase("broken", sources: [:], scenarios: [])
    broken.problems = [Problem(at: "scenarios.py:3", "syntax error", remedy: "")]
    let plan = try Plan(cases: [broken], lanes: Lane.all, runtimes: [Self.runtime("one")])
    #expect(plan.cells.count == 5)
    #expect(plan.cells.allSatisfy { $0.invalid == "scenarios.py:3: syntax error" && !$0.runs })
    #expect(plan.batches.isEmpty)
  }

  @Test(
    "patterns mean cells",
    arguments: [
      ("suite", 10), ("suite/both", 10), ("suite/both/a", 5), ("suite/b*/?", 10), ("*/*/b@universal*", 2),
      ("suite/both/a@cpython@one", 1),
    ])
  func patterns(text: String, count: Int) throws {
    let plan = try Plan(
      cases: [Self.both], lanes: Lane.all, runtimes: [Self.runtime("one")], patterns: [try Pattern(text)])
    #expect(plan.cells.count == count)
  }

  @Test("a pattern that means nothing is refused, with what it may have meant")
  func idlePatterns() throws {
    let problem = #expect(throws: Problem.self) {
      try Plan(
        cases: [Self.both], lanes: Lane.all, runtimes: [Self.runtime("one")],
        patterns: [try Pattern("suite"), try Pattern("other/both")])
    }
    #expect(problem?.found == "no cell is meant by `other/both`")
    #expect(problem?.remedy.contains("suite/both") == true)
  }

  @Test("a text of another form is no pattern", arguments: ["", "a/b/c/d", "a@", "a@b@c@d", "/"])
  func badPatterns(text: String) {
    #expect(throws: Problem.self) { try Pattern(text) }
  }

  @Test("the cells of a scenario stand together, from every lane and runtime")
  func scenarios() throws {
    let plan = try Plan(
      cases: [Self.both], lanes: Lane.all, runtimes: [Self.runtime("one"), Self.runtime("two")])
    #expect(plan.cells.map(\.id.scenario.name) == Array(repeating: "a", count: 10) + Array(repeating: "b", count: 10))
    #expect(plan.testCase(of: plan.cells[0].id.scenario)?.name == "both")
    #expect(plan.testCase(of: ScenarioID(suite: "suite", testCase: "other", name: "a")) == nil)
  }

  @Test("sections hold whole scenarios of one case, and their batches have each cell that runs once")
  func sections() throws {
    let names = (1...7).map { "s\($0)" }
    let many = Self.testCase("many", sources: ["capi": ["capi.c"]], scenarios: names)
    let plan = try Plan(cases: [many, Self.both], lanes: Lane.all, runtimes: [Self.runtime("one")])
    var sections: [Range<Int>] = []
    while let start = sections.isEmpty ? 0 : sections.last?.upperBound, start < plan.cells.count {
      sections.append(plan.section(from: start, scenarios: 3))
    }
    #expect(sections.map(\.count) == [6, 6, 2, 10])
    let batches = sections.flatMap { plan.batches(in: $0) }
    #expect(batches.map(\.cells.count) == [3, 3, 3, 3, 1, 1, 2, 2, 2, 2, 2])
    #expect(Set(batches.flatMap(\.cells).map(\.id)) == Set(plan.cells.map(\.id)))
    #expect(batches[0].cells.map(\.id.scenario.name) == ["s1", "s2", "s3"])
    #expect(plan.batches.map(\.cells.count) == [7, 7, 2, 2, 2, 2, 2])
  }
}
