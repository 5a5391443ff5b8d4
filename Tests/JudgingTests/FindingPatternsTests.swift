import Judging
import Model
import Testing

@Suite("Findings are gathered as patterns, one for a cause")
struct FindingPatternsTests {
  private typealias Fact = FindingPattern.Fact
  private typealias Place = FindingPattern.Place

  private static let runtimes = ["cpython-3.11", "changed"]
  private static let lanes = ["capi-heap", "cpython", "universal", "universal+debug"]
  /// Everything is tried everywhere.
  private static let everywhere = Set(runtimes.flatMap { runtime in lanes.map { Place(lane: $0, runtime: runtime) } })

  private static func places(_ lanes: [String] = ["universal"], on runtimes: [String] = ["changed"]) -> [Place] {
    runtimes.flatMap { runtime in lanes.map { Place(lane: $0, runtime: runtime) } }
  }

  private static func fact(
    _ scenario: String, _ label: String?, _ facet: Facet, _ observed: String, _ expected: String,
    _ places: [Place] = places(), _ standing: FindingPattern.Standing = .new, link: String? = nil
  ) -> Fact {
    Fact(
      scenario: scenario, places: places, label: label, facet: facet, observed: observed, expected: expected,
      standing: standing, link: link)
  }

  private static func patterns(
    _ facts: [Fact], known: [Fact] = [], sizes: [String: Int] = [:]
  ) -> [FindingPattern] {
    let tried = Dictionary(facts.map { ($0.scenario, everywhere) }) { first, _ in first }
    return FindingPatterns(runtimes: runtimes, tried: tried, known: known, sizes: sizes).patterns(of: facts)
  }

  /// Replaced members are not released: each of 47 scenarios leaves blocks behind, most of them references, and some
  /// see at once that nothing was destroyed. The debug mode does not count repeats.
  private static let leaking = (0..<47).flatMap { number -> [Fact] in
    let scenario = "members/case-\(number % 9)/scenario_\(number)"
    return [
      fact(scenario, "repeats: memory blocks", .leak, "\(number + 3)", "0"),
      fact(scenario, "repeats: references to what outlives the scenario", .leak, "\(number % 5 + 1)", "0"),
    ]
      + (number % 2 == 0
        ? [
          fact(
            scenario, "destroyed", .value, "any order []", "any order [\(number)]",
            places(["universal", "universal+debug"]))
        ] : [])
  }

  @Test("118 facts in 47 scenarios that one cause makes are one pattern")
  func oneCause() throws {
    #expect(Self.leaking.count == 118)
    let patterns = Self.patterns(Self.leaking, sizes: ["members/case-2/scenario_20": 1])
    let pattern = try #require(patterns.first)
    #expect(patterns.count == 1)
    #expect(pattern.kind == .leak)
    #expect((pattern.facts, pattern.scenarios) == (118, 47))
    #expect(pattern.cells == 47 + 24)
    #expect((pattern.runtimes, pattern.triedRuntimes) == (["changed"], Self.runtimes))
    #expect((pattern.lanes, pattern.triedLanes) == (["universal", "universal+debug"], Self.lanes))
    #expect(pattern.smallest == "members/case-2/scenario_20")
    #expect(pattern.example.scenario == pattern.smallest)
    #expect(pattern.members == Array(0..<118))
  }

  @Test("five faults of five kinds are five patterns, the worst first, however many facts each has")
  func fiveFaults() {
    let faults = [
      Self.fact("s/c/leaks", "repeats: memory blocks", .leak, "3", "0"),
      Self.fact("s/c/leaks_too", "repeats: memory blocks", .leak, "5", "0"),
      Self.fact("s/c/counts", "count", .value, "4", "3"),
      Self.fact("s/c/raises", "write", .exceptionType, "raised SystemError", "raised TypeError"),
      Self.fact("s/c/hangs", nil, .outcome, "timed out", "completed"),
      Self.fact("s/c/crashes", nil, .outcome, "crashed SIGSEGV", "completed"),
    ]
    #expect(Self.patterns(faults).map(\.kind) == [.crash, .hang, .exception, .value, .leak])
    #expect(Self.patterns(faults).map(\.facts) == [1, 1, 1, 1, 2])
    #expect(Self.patterns(faults.reversed()).map(\.kind) == Self.patterns(faults).map(\.kind))
  }

  @Test("the same trouble on another runtime, or in other lanes, is another pattern")
  func elsewhere() {
    let facts = [
      Self.fact("s/c/one", "count", .value, "4", "3"), Self.fact("s/c/two", "count", .value, "7", "6"),
      Self.fact("s/d/three", "count", .value, "7", "6", Self.places(on: ["cpython-3.11"])),
      Self.fact("s/e/four", "count", .value, "7", "6", Self.places(["capi-heap"])),
    ]
    #expect(Self.patterns(facts).map(\.scenarios) == [2, 1, 1])
  }

  @Test("a scenario that shows a cause in part belongs to those that show all of it")
  func inPart() {
    let both = Self.places(on: Self.runtimes)
    let facts = [
      Self.fact("s/c/one", "count", .value, "4", "3", both), Self.fact("s/c/two", "count", .value, "7", "6", both),
      Self.fact("s/d/three", "sum", .value, "9", "8"),
    ]
    #expect(Self.patterns(facts).map(\.facts) == [3])
  }

  @Test("values of another form are another pattern; an answer that differs from lane to lane is none")
  func forms() {
    let facts = [
      Self.fact("s/c/one", "text", .value, "'a'", "'b'"), Self.fact("s/d/two", "count", .value, "4", "3"),
      Self.fact("s/d/two", "count", .value, "5", "3", Self.places(["universal+debug"])),
    ]
    #expect(Self.patterns(facts).map(\.facts) == [1, 1])
    #expect(Self.patterns(facts).map(\.cells).sorted() == [1, 2])
  }

  @Test("the words of a wrong exception, and labels that were not reached, count with what they follow from")
  func consequences() {
    let facts = [
      Self.fact("s/c/one", "write", .exceptionType, "raised SystemError", "raised TypeError"),
      Self.fact("s/c/one", "write", .message, "no", "an integer is required"),
      Self.fact("s/c/one", "then", .value, Divergence.absent, "3"),
    ]
    let patterns = Self.patterns(facts)
    #expect(patterns.map(\.kind) == [.exception])
    #expect(patterns.map(\.facts) == [3])
    #expect(patterns.map(\.consequences) == [[.message: 1, .value: 1]])
    #expect(Self.patterns(Array(facts.suffix(1))).map(\.kind) == [.value])
  }

  @Test("what goes wrong only in the scenarios of something worse is told with it")
  func together() {
    let facts = (0..<3).flatMap { number in
      [
        Self.fact("s/c/n\(number)", nil, .outcome, "raised SystemError", "completed"),
        Self.fact("s/c/n\(number)", "repeats: memory blocks", .leak, "\(number)", "0"),
      ]
    }
    #expect(Self.patterns(facts).map(\.consequences) == [[.leak: 3]])
    // Two scenarios may be chance.
    #expect(Self.patterns(Array(facts.prefix(4))).map(\.kind) == [.exception, .leak])
  }

  @Test("what wavers, and what the ledger no longer has, stands last; entries of one link are one")
  func mild() {
    let facts = [
      Self.fact("s/c/one", "x", .value, "1", "2", Self.places(), .fixed, link: "findings/a.md"),
      Self.fact("s/d/two", "y", .value, "3", "4", Self.places(), .fixed, link: "findings/a.md"),
      Self.fact("s/d/two", "z", .value, "3", "4", Self.places(), .fixed, link: "findings/b.md"),
      Self.fact("s/e/two", "z", .value, "3", "4", Self.places(), .flaky),
      Self.fact("s/f/two", "z", .message, "a", "b"),
    ]
    #expect(Self.patterns(facts).map(\.kind) == [.message, .flaky, .fixed])
    #expect(Self.patterns([facts[0], facts[1]]).map(\.facts) == [2])
    #expect(Self.patterns([facts[0], facts[2]].reversed()).map(\.facts) == [1, 1])
  }

  @Test("what is known elsewhere is named: the same answer, or the same signal in the same case")
  func resemblance() {
    let known = [
      Self.fact(
        "s/c/known", "read", .exceptionType, "returned None", "raised AttributeError", link: "findings/none.md"),
      Self.fact("s/c/dies", nil, .outcome, "crashed SIGSEGV", "completed", link: "findings/crash.md"),
      Self.fact("s/c/yes", "is", .value, "False", "True", link: "findings/false.md"),
    ]
    func likeness(_ fact: Fact) -> [String] { Self.patterns([fact], known: known).flatMap(\.resembles) }
    #expect(
      likeness(Self.fact("t/d/x", "get", .exceptionType, "returned None", "raised AttributeError"))
        == ["findings/none.md"])
    #expect(likeness(Self.fact("t/d/x", "get", .exceptionType, "returned 1", "raised AttributeError")) == [])
    #expect(likeness(Self.fact("s/c/x", nil, .outcome, "crashed SIGSEGV", "completed")) == ["findings/crash.md"])
    #expect(likeness(Self.fact("s/d/x", nil, .outcome, "crashed SIGSEGV", "completed")) == [])
    #expect(likeness(Self.fact("s/c/x", nil, .outcome, "crashed SIGABRT", "completed")) == [])
    // Much is False that should be True.
    #expect(likeness(Self.fact("t/d/x", "other", .value, "False", "True")) == [])
    #expect(likeness(Self.fact("t/d/x", "is", .value, "False", "True")) == ["findings/false.md"])
  }
}
