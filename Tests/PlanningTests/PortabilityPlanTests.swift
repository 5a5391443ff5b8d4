import Foundation
import Model
import TestBuilders
import Testing

@testable import Planning

@Suite("Planning a portability view")
struct PortabilityPlanTests {
  private static let one = Runtime.sample("one")
  private static let pypy = Runtime.sample("pypy", hpy: .sample("0.9.1.dev61"))
  /// Another Python with the same HPy as `one`.
  private static let older = Runtime.sample("older", extSuffix: ".cpython-310-x86_64-linux-gnu.so")

  private static func testCase(_ name: String = "one", sources: [String: [String]] = ["hpy": ["hpy.c"]]) -> Case {
    .sample(name, suite: "suite", sources: sources, scenarios: ["a", "b"])
  }

  private static func plan(
    _ runtimes: [Runtime] = [one, pypy], cases: [Case] = [testCase()], patterns: [String] = []
  ) throws -> Plan {
    try Plan.portability(cases: cases, runtimes: runtimes, patterns: patterns.map { try Pattern($0) }) { binary in
      ContentKey(of: binary.home.hpyVersion)
    }
  }

  private static func cells(_ plan: Plan) -> [(id: CellID, action: Plan.Action)] {
    plan.batches.flatMap { _, batch in batch.cells.map { (batch.id(of: $0), $0.action) } }
  }

  private static let flavours: [Flavour] = [.universal, .otherTag, .noTag, .nextMajor, .nextMinor]

  // MARK: The stable ABI

  private static let newer = Runtime.sample("newer", python: "3.15.0", hpy: .absent)

  /// A case whose C is declared for the stable ABI.
  private static func stableCase() -> Case {
    var one = Case.sample("stable", suite: "suite", sources: ["capi": ["capi.c"]], scenarios: ["a"])
    one.limitedAPI = LimitedAPI(versions: [.abi3: LimitedAPIVersion("3.9")!])
    return one
  }

  private static func stablePlan(_ runtimes: [Runtime], kept: [KeptHome] = [], patterns: [String] = []) throws -> Plan {
    try Plan.portability(
      cases: [stableCase()], runtimes: runtimes, flavours: [.abi3], kept: kept,
      patterns: patterns.map { try Pattern($0) }
    ) { ContentKey(of: $0.home.name) }
  }

  @Test("binaries for the stable ABI with the headers of every CPython, on every runtime; a PyPy has its own alone")
  func stable() throws {
    let plan = try Self.stablePlan([Self.one, Self.newer, Self.pypy])
    #expect(plan.binaries.map(\.name) == ["abi3:one", "abi3:newer", "abi3:pypy"])
    #expect(
      plan.batches.map { "\($0.batch.load.id)" } == [
        "abi3@one", "abi3:newer@one", "abi3@newer", "abi3:one@newer", "abi3@pypy", "abi3:one@pypy", "abi3:newer@pypy",
      ])
    #expect(plan.batches.allSatisfy { $0.batch.load.binary.declared == LimitedAPIVersion("3.9") })
    let decoded = try JSONDecoder().decode(Plan.self, from: try JSONEncoder().encode(plan))
    #expect(decoded.batches.map(\.batch.load) == plan.batches.map(\.batch.load))
  }

  @Test("one runtime and kept binaries suffice; those that it makes itself stand once")
  func keptBinaries() throws {
    func home(_ name: String, like runtime: String) -> KeptHome {
      KeptHome(
        flavour: .abi3, home: .sample(name, python: "3.8.1"), folder: "/kept/\(name)",
        surroundings: ContentKey(of: runtime))
    }
    let plan = try Self.stablePlan([Self.one], kept: [home("kept-a", like: "a"), home("kept-one", like: "one")])
    #expect(plan.batches.map { "\($0.batch.load.id)" } == ["abi3@one", "abi3:kept-a@one"])
    #expect(plan.batches[1].batch.load.binary.kept == "/kept/kept-a")
    #expect(throws: Problem.self) { try Self.stablePlan([Self.one]) }
  }

  @Test("a pattern for a binary brings the runtime's own with it, which it is compared with")
  func stableReferences() throws {
    let plan = try Self.stablePlan([Self.one, Self.newer], patterns: ["suite/*/*@abi3:one@newer"])
    #expect(plan.batches.map { "\($0.batch.load.id)" } == ["abi3@one", "abi3@newer", "abi3:one@newer"])
  }

  // MARK: Binaries

  @Test("every flavour for every HPy, hybrid ones for CPythons, each on every runtime")
  func binaries() throws {
    let plan = try Self.plan()
    #expect(
      plan.binaries.map(\.name)
        == Self.flavours.flatMap { ["\($0.rawValue):one", "\($0.rawValue):pypy"] } + ["hybrid:one"])
    #expect(plan.cellCount == 11 * 2 * 2)
    #expect(Set(Self.cells(plan).map(\.id)).count == plan.cellCount)
    for runtime in ["one", "pypy"] {
      let loads = plan.batches.map(\.batch.load).filter { $0.runtime.name == runtime }
      #expect(Set(loads.map(\.id)) == Set(plan.binaries.map { $0.load(on: runtime) }))
      #expect(loads.allSatisfy { $0.mode == .plain })
    }
    #expect(Self.cells(plan).allSatisfy { $0.action == .run })
  }

  @Test("on each runtime its own universal binary comes first: others are compared with it")
  func references() throws {
    let plan = try Self.plan([Self.one, Self.pypy, Self.older])
    for runtime in plan.runtimes {
      let first = plan.batches.first { $0.batch.load.runtime.name == runtime.name }
      #expect(first?.batch.load.id == LoadID(.universal, runtime: runtime.name))
    }
    #expect(
      plan.batches.map(\.batch.load.runtime.name)
        == plan.runtimes.flatMap { runtime in
          Array(repeating: runtime.name, count: plan.batches.count / 3)
        })
  }

  @Test("a binary is built for its home and named by it away from there; at home it goes by its flavour")
  func names() throws {
    let plan = try Self.plan()
    let loads = plan.batches.map(\.batch.load)
    let away = try #require(loads.first { $0.id.description == "no-tag:one@pypy" })
    #expect(away.binary == Binary(.noTag, home: Self.one))
    #expect(away.runtime == Self.pypy)
    let home = try #require(loads.first { $0.id.description == "no-tag@one" })
    #expect(home == Load(Lane(.noTag), on: Self.one))
    #expect(loads.contains { $0.id.description == "hybrid:one@pypy" })
    #expect(!loads.contains { $0.binary.flavour == .hybrid && $0.binary.home == Self.pypy })
  }

  @Test("runtimes with the same HPy share a universal binary, which is each one's own; hybrid ones stay apart")
  func sharing() throws {
    let plan = try Self.plan([Self.one, Self.older])
    func homes(_ flavour: Flavour) -> [[String]] { plan.binaries.filter { $0.flavour == flavour }.map(\.homes) }
    for flavour in Self.flavours { #expect(homes(flavour) == [["one", "older"]], "\(flavour)") }
    #expect(homes(.hybrid) == [["one"], ["older"]])
    let loads = plan.batches.map(\.batch.load)
    #expect(
      loads.filter { $0.binary.flavour == .universal } == [Self.one, Self.older].map { Load(.universal, on: $0) })
    // A third runtime gets the first one's.
    let three = try Self.plan([Self.one, Self.older, Self.pypy]).batches.map(\.batch.load)
    #expect(
      three.filter { $0.runtime == Self.pypy && $0.binary.flavour == .universal }.map { "\($0.id)" }.sorted()
        == ["universal:one@pypy", "universal@pypy"])
  }

  @Test(
    "what surrounds a universal or a hybrid binary tells it apart; for what loaders refuse only headers and layout do")
  func keys() throws {
    // The same headers, and another static library.
    let twin = Runtime.sample("twin", extSuffix: ".cpython-311-x86_64-linux-gnu.so")
    var asked: [String] = []
    let plan = try Plan.portability(cases: [Self.testCase()], runtimes: [Self.one, twin]) { binary in
      asked.append("\(binary.flavour.rawValue) \(binary.home.name)")
      return ContentKey(of: binary.home.name)
    }
    func homes(_ flavour: Flavour) -> [[String]] { plan.binaries.filter { $0.flavour == flavour }.map(\.homes) }
    #expect(homes(.universal) == [["one"], ["twin"]])
    #expect(homes(.hybrid) == [["one"], ["twin"]])
    for flavour in Self.flavours.dropFirst() { #expect(homes(flavour) == [["one", "twin"]]) }
    #expect(asked == ["universal one", "universal twin", "hybrid one", "hybrid twin"])
  }

  // MARK: Cells

  @Test("a pattern chooses scenarios, binaries and runtimes; what they are compared with comes along")
  func patterns() throws {
    let plan = try Self.plan(patterns: ["suite/one/a@hybrid:*@pypy"])
    #expect(
      Self.cells(plan).map { "\($0.id)" } == [
        "suite/one/a@universal@one", "suite/one/a@universal@pypy", "suite/one/a@hybrid:one@pypy",
      ])
    // A pattern for a reference alone brings no more than the other references.
    #expect(try Self.plan(patterns: ["suite/one/b@universal@pypy"]).cellCount == 2)
    #expect(try Self.plan(patterns: ["suite/one/a", "suite/one/a@hybrid:one"]).cellCount == 11 * 2)
    #expect(try Self.plan(patterns: []).cellCount == 11 * 2 * 2)
  }

  @Test("the name of a binary means it on every runtime, at home and away, as `LANE:HOME` and at home as the lane")
  func patternsForBinaries() throws {
    func loads(_ runtimes: [Runtime], _ pattern: String) throws -> Set<String> {
      Set(try Self.plan(runtimes, patterns: [pattern]).batches.map { "\($0.batch.load.id)" })
        .subtracting(runtimes.map { "universal@\($0.name)" })
    }
    #expect(try loads([Self.one, Self.pypy], "suite@no-tag:one") == ["no-tag@one", "no-tag:one@pypy"])
    #expect(try loads([Self.one, Self.pypy], "suite@no-tag") == ["no-tag@one", "no-tag@pypy"])
    #expect(try loads([Self.one, Self.pypy], "suite@no-tag:*@one") == ["no-tag@one", "no-tag:pypy@one"])
    // `older` has the same binary, and there it is its own.
    #expect(
      try loads([Self.one, Self.older, Self.pypy], "suite@no-tag:one")
        == ["no-tag@one", "no-tag@older", "no-tag:one@pypy"])
    #expect(try loads([Self.one, Self.older, Self.pypy], "suite@no-tag:one@older") == ["no-tag@older"])
  }

  @Test("a pattern that means nothing is told with the names of all binaries")
  func idlePatterns() throws {
    let problem = #expect(throws: Problem.self) { try Self.plan(patterns: ["suite@universal:none"]) }
    #expect(problem?.found == "nothing matches `suite@universal:none`")
    #expect(problem?.remedy.contains("hybrid:one") == true)
    #expect(problem?.remedy.contains("SUITE/CASE/SCENARIO@BINARY@RUNTIME") == true)
    #expect(throws: Problem.self) { try Self.plan(patterns: ["suite/one/a", "suite/none"]) }
  }

  @Test("cases without HPy source have no part in it; a broken one is planned with its reason")
  func cases() throws {
    var broken = Self.testCase("broken")
    broken.problems = [Problem(at: "hpy.c", "is odd", remedy: "")]
    let plan = try Self.plan(cases: [Self.testCase("capi-only", sources: ["capi": ["capi.c"]]), broken])
    #expect(plan.units.map(\.testCase.name) == ["broken"])
    #expect(Self.cells(plan).count == 11 * 2)
    #expect(
      Self.cells(plan).allSatisfy {
        $0.id.scenario.name == ScenarioID.wholeCase && $0.action == .invalid(broken.problems)
      })
  }

  @Test("an exclusion of the universal lane is kept apart from what is never tried")
  func exclusions() throws {
    var one = Self.testCase()
    one.exclusions = [
      Case.Exclusion(
        lanes: [.universal],
        runtimes: [.init(implementation: "cpython", version: VersionRange(">=3")!, hpy: nil)], scenarios: ["a"],
        reason: "r"),
      Case.Exclusion(lanes: [.cpython], runtimes: [], scenarios: ["b"], reason: "another lane"),
    ]
    let cells = Self.cells(try Self.plan(cases: [one]))
    let excluded = cells.filter { $0.action != .run }
    #expect(Set(excluded.map(\.id.runtime)) == ["one"])
    #expect(Set(excluded.map(\.id.scenario.name)) == ["a"])
    #expect(excluded.count == 11)
    // A binary from elsewhere is tried there all the same where the runtime's own HPy can't build the case.
    #expect(excluded.allSatisfy { $0.action == .skipIfBuiltAtHome(Skip(.notApplicable, "r")) && $0.action.mayRun })
  }

  @Test("two runtimes with an HPy are needed; one without is planned with its reason, and is nobody's home")
  func runtimes() throws {
    let bare = Runtime.sample("bare", hpy: .absent)
    let broken = Runtime.sample("broken", hpy: .broken(.sample(), "no backend"))
    let problem = #expect(throws: Problem.self) { try Self.plan([Self.one, bare]) }
    #expect(problem?.found.contains("expected at least two runtimes with an HPy") == true)
    #expect(problem?.found.contains("one (CPython 3.11.2, HPy 0.9.0)") == true)
    #expect(problem?.found.contains("bare (bare has no hpy installed)") == true)
    #expect(throws: Problem.self) { try Self.plan([Self.one, broken]) }
    #expect(throws: Problem.self) { try Self.plan([Self.one]) }
    let plan = try Self.plan([Self.one, bare, broken, Self.pypy])
    func actions(_ runtime: String) -> Set<Plan.Action> {
      Set(Self.cells(plan).filter { $0.id.runtime == runtime }.map(\.action))
    }
    #expect(actions("bare") == [.skip(Skip(.unsupported, "bare has no hpy installed"))])
    #expect(actions("broken") == [.skip(Skip(.unsupported, "the hpy of broken does not import: no backend"))])
    #expect(actions("pypy") == [.run])
    #expect(plan.cellCount == 11 * 4 * 2)
    #expect(plan.binaries.flatMap(\.homes).allSatisfy { ["one", "pypy"].contains($0) })
  }

  @Test("the plan travels, its binaries too")
  func wire() throws {
    let plan = try Self.plan([Self.one, Self.older, Self.pypy])
    let again = try JSONDecoder().decode(Plan.self, from: JSONEncoder().encode(plan))
    #expect(again.binaries == plan.binaries)
    #expect(again.runtimes == plan.runtimes)
    #expect(again.batches.map(\.batch.load) == plan.batches.map(\.batch.load))
    #expect(Self.cells(again).map(\.action) == Self.cells(plan).map(\.action))
  }
}
