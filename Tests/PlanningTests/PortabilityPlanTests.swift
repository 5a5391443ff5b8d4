import Foundation
import Model
import Testing

@testable import Planning

@Suite("Planning a portability view")
struct PortabilityPlanTests {
  /// A runtime whose HPy is known by its version; a folder with hpy.h where the ABI's minor version is not 0.
  private static func runtime(
    _ name: String, _ implementation: String = "cpython", suffix: String = ".cpython-311-x86_64-linux-gnu.so",
    hpy version: String? = "0.9.0", abi: Int = 0, include: String = ""
  ) -> Runtime {
    let installation = version.map { version in
      Runtime.Installation(
        version: version, include: include, libraries: nil, sources: nil, layout: ContentKey(of: version),
        headers: ContentKey(of: version), content: ContentKey(of: version), abiVersion: abi)
    }
    return Runtime(
      name: name, interpreter: "", implementation: implementation, version: "3.11.2", python: "3.11.2", build: "",
      extSuffix: suffix, includes: [], machine: "", hpy: installation.map { .present($0) } ?? .absent)
  }

  private static let pypy = runtime(
    "pypy", "pypy", suffix: ".pypy311-pp73-x86_64-linux-gnu.so", hpy: "0.9.1.dev61")

  private static func testCase(_ name: String, sources: [String: [String]] = ["hpy": ["hpy.c"]]) -> Case {
    var one = Case(suite: "suite", name: name, directory: URL(filePath: "/suites/suite/\(name)"))
    one.sources = sources
    one.scenarios = [.init(name: "a", line: 1, summary: ""), .init(name: "b", line: 2, summary: "")]
    return one
  }

  private static func plan(
    _ runtimes: [Runtime], cases: [Case] = [testCase("one")], patterns: [String] = []
  ) throws -> PortabilityPlan {
    try PortabilityPlan(cases: cases, runtimes: runtimes, patterns: patterns.map { try Pattern($0) }) { _, runtime in
      ContentKey(of: runtime.installation?.version ?? "")
    }
  }

  private static func cells(_ plan: PortabilityPlan) -> [PortabilityPlan.Cell] {
    plan.units.flatMap { unit in plan.places.flatMap { plan.cells(of: unit, on: $0) } }
  }

  @Test("every kind for every HPy, hybrid ones for CPythons; the runtime's own comes first")
  func binaries() throws {
    let plan = try Self.plan([Self.runtime("one"), Self.pypy])
    let kinds = ["universal", "tag-hpy1", "no-tag", "abi-1.0", "abi-0.1"]
    #expect(plan.binaries.map(\.name) == kinds.flatMap { ["\($0):one", "\($0):pypy"] } + ["hybrid:one"])
    #expect(plan.size == 11 * 2 * 2)
    #expect(Self.cells(plan).count == plan.size)
    let unit = try #require(plan.units.first)
    for place in plan.places {
      let first = plan.cells(of: unit, on: place)[0]
      #expect(first.isReference)
      #expect(first.binary.name == "universal:\(place.runtime.name)")
    }
    #expect(Self.cells(plan).count { $0.isReference } == 4)
  }

  @Test("runtimes with the same HPy share a universal binary, which is each one's own; hybrid ones stay apart")
  func sharing() throws {
    let older = Self.runtime("older", suffix: ".cpython-310-x86_64-linux-gnu.so")
    let plan = try Self.plan([Self.runtime("one"), older])
    #expect(plan.binaries.filter { $0.kind == .universal }.map(\.homes) == [["one", "older"]])
    #expect(plan.binaries.filter { $0.kind == .hybrid }.map(\.name) == ["hybrid:one", "hybrid:older"])
    #expect(plan.reference(on: older)?.name == "universal:one")
  }

  @Test("what is promised depends on kind, versions and Python")
  func promises() throws {
    let older = Self.runtime("older", suffix: ".cpython-310-x86_64-linux-gnu.so", hpy: "0.8")
    let next = Self.runtime("next", hpy: "1.0", abi: 1)
    let plan = try Self.plan([Self.runtime("one"), older, Self.pypy, next])
    func promise(_ binary: String, _ runtime: String) throws -> PortabilityPromise {
      plan.promise(
        of: try #require(plan.binaries.first { $0.name == binary }),
        on: try #require(plan.runtime(named: runtime)))
    }
    #expect(try promise("universal:one", "pypy") == .universal)
    #expect(try promise("universal:one", "next") == .otherMajor)
    #expect(try promise("tag-hpy1:one", "one") == .otherTag)
    #expect(try promise("no-tag:pypy", "one") == .noTag)
    #expect(try promise("abi-1.0:one", "pypy") == .otherMajor)
    #expect(try promise("abi-1.0:one", "next") == .universal)
    #expect(try promise("abi-0.1:one", "one") == .newerMinor)
    #expect(try promise("hybrid:one", "one") == .ownPython)
    #expect(try promise("hybrid:one", "older") == .otherPython)
    #expect(try promise("hybrid:one", "pypy") == .otherPython)
  }

  @Test("a runtime whose HPy has the newer minor version is promised to take it")
  func minorVersions() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: folder) }
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try Data("#define HPY_ABI_VERSION_MINOR 1\n".utf8).write(to: folder.appending(path: "hpy.h"))
    let newer = Self.runtime("newer", hpy: "0.10", include: folder.path)
    let plan = try Self.plan([Self.runtime("one"), newer])
    let universal = try #require(plan.binaries.first { $0.name == "universal:newer" })
    let next = try #require(plan.binaries.first { $0.name == "abi-0.1:one" })
    #expect(plan.promise(of: next, on: newer) == .universal)
    #expect(plan.promise(of: universal, on: Self.runtime("one")) == .newerMinor)
  }

  @Test("a pattern chooses scenarios, binaries and runtimes; what they are compared with comes along")
  func patterns() throws {
    let runtimes = [Self.runtime("one"), Self.pypy]
    let plan = try Self.plan(runtimes, patterns: ["suite/one/a@hybrid:*@pypy"])
    #expect(
      Self.cells(plan).map { "\($0.id.scenario.name) \($0.id.lane) \($0.id.runtime)" } == [
        "a universal:one one", "a universal:pypy pypy", "a hybrid:one pypy",
      ])
    let problem = #expect(throws: Problem.self) { try Self.plan(runtimes, patterns: ["suite@universal:none"]) }
    #expect(problem?.description.contains("nothing is meant by `suite@universal:none`") == true)
    #expect(problem?.remedy.contains("hybrid:one") == true)
  }

  @Test("cases without HPy source have no part in it; a broken one is planned with its reason")
  func cases() throws {
    var broken = Self.testCase("broken")
    broken.problems = [Problem(at: "hpy.c", "is odd", remedy: "")]
    let plan = try Self.plan(
      [Self.runtime("one"), Self.pypy],
      cases: [Self.testCase("capi-only", sources: ["capi": ["capi.c"]]), broken])
    #expect(plan.units.map(\.testCase.name) == ["broken"])
    #expect(Self.cells(plan).allSatisfy { $0.skip?.reason.contains("is odd") == true })
  }

  @Test("an exclusion of the universal lane is kept apart from what is never tried")
  func exclusions() throws {
    var one = Self.testCase("one")
    one.exclusions = [
      Case.Exclusion(
        lanes: ["universal"],
        runtimes: [.init(implementation: "cpython", version: VersionRange(">=3")!, hpy: nil)], scenarios: ["a"],
        reason: "r")
    ]
    let plan = try Self.plan([Self.runtime("one"), Self.pypy], cases: [one])
    let excluded = Self.cells(plan).filter { $0.exclusion != nil }
    #expect(Set(excluded.map(\.id.runtime)) == ["one"])
    #expect(Set(excluded.map(\.id.scenario.name)) == ["a"])
    #expect(excluded.allSatisfy { $0.skip == nil })
  }

  @Test("two runtimes with an HPy are needed; one without is planned with its reason")
  func runtimes() throws {
    let bare = Self.runtime("bare", hpy: nil)
    let problem = #expect(throws: Problem.self) { try Self.plan([Self.runtime("one"), bare]) }
    #expect(problem?.found.contains("two that have an HPy are needed") == true)
    #expect(problem?.found.contains("bare (bare has no hpy installed)") == true)
    let plan = try Self.plan([Self.runtime("one"), bare, Self.pypy])
    #expect(Self.cells(plan).filter { $0.id.runtime == "bare" }.allSatisfy { $0.skip?.kind == .unsupported })
  }
}
