import Model
import Testing

@testable import Judging

@Suite("Judging a cell by the ledger")
struct JudgeTests {
  private static let cell = CellID(
    scenario: ScenarioID(suite: "s", testCase: "c", name: "n"), lane: "universal", runtime: "cpython")
  private static let runtime = Runtime(
    name: "cpython", interpreter: "", implementation: "cpython", version: "3.11.2", python: "3.11.2", build: "",
    extSuffix: "", includes: [], machine: "",
    hpy: .present(
      Runtime.Installation(
        version: "0.9.0", include: "", libraries: nil, sources: nil, layout: ContentKey(of: ""),
        headers: ContentKey(of: ""), content: ContentKey(of: ""), abiVersion: 0)))

  private static func entry(
    label: String? = "x", facet: Facet = .value, observed: [String] = ["2"], flickers: Bool = false,
    lanes: [String] = ["universal"], version: String = ">=3.11", hpy: String? = nil
  ) -> LedgerEntry {
    LedgerEntry(
      scenario: cell.scenario, label: label, facet: facet, observed: observed, flickers: flickers, lanes: lanes,
      runtimes: [
        .init(implementation: "cpython", version: VersionRange(version)!, hpy: hpy.flatMap { VersionRange($0) })
      ],
      reason: "known", link: "findings/x.md", origin: "ledger.toml:1")
  }

  private static func divergence(_ observed: String, label: String? = "x", facet: Facet = .value) -> Divergence {
    Divergence(label: label, facet: facet, observed: observed, expected: "1", oracle: .expectation(source: "document"))
  }

  private typealias Tried = (circumstances: Circumstances, answer: Answer, divergences: [Divergence])

  private static func tried(
    _ observed: String?, _ circumstances: Circumstances = .warm, outcome: Outcome = .completed
  ) -> Tried {
    let observation = Observation(label: "x", value: observed ?? "1")
    return (
      circumstances, Answer(outcome: outcome, observations: [observation]), observed.map { [divergence($0)] } ?? []
    )
  }

  private static func judge(_ entries: [LedgerEntry], _ attempts: [Tried]) -> Judgement {
    Judge(ledger: entries).judge(cell, on: runtime, attempts: attempts)
  }

  @Test("without divergence and without an entry a cell conforms")
  func conforming() {
    #expect(Self.judge([], [Self.tried(nil)]) == Judgement(verdict: .conforming, findings: []))
  }

  @Test("a divergence that the ledger has is known, with its reason and link")
  func known() {
    let judgement = Self.judge([Self.entry()], [Self.tried("2"), Self.tried("2", .fresh)])
    #expect(judgement.verdict == .known)
    #expect(judgement.findings.first?.reason == "known")
    #expect(judgement.findings.first?.link == "findings/x.md")
    #expect(judgement.findings.first?.circumstances == [.warm, .fresh])
  }

  @Test("another value at the same place is new, and the entry is not called fixed")
  func anotherValue() {
    let judgement = Self.judge([Self.entry()], [Self.tried("3"), Self.tried("3", .fresh)])
    #expect(judgement.verdict == .new)
    #expect(judgement.findings.map(\.verdict) == [.new])
  }

  @Test("an entry speaks only of its lanes, versions and HPy versions")
  func scope() {
    #expect(Self.judge([Self.entry(lanes: ["cpython"])], [Self.tried("2")]).verdict == .new)
    #expect(Self.judge([Self.entry(version: ">=3.12")], [Self.tried("2")]).verdict == .new)
    #expect(Self.judge([Self.entry(hpy: ">=0.9.1")], [Self.tried("2")]).verdict == .new)
    #expect(Self.judge([Self.entry(hpy: ">=0.9.0")], [Self.tried("2")]).verdict == .known)
    #expect(Self.judge([Self.entry(facet: .message)], [Self.tried("2")]).verdict == .new)
    #expect(Self.judge([Self.entry(lanes: ["cpython"])], [Self.tried(nil)]).verdict == .conforming)
  }

  @Test("an entry whose divergence is gone is fixed, and says what is there now")
  func fixed() {
    let judgement = Self.judge([Self.entry()], [Self.tried(nil)])
    #expect(judgement.verdict == .fixed)
    #expect(judgement.findings.first?.divergence.observed == "1")
    #expect(judgement.findings.first?.divergence.expected == "2")
  }

  @Test("a label that a broken-off cell did not reach is not called fixed")
  func unreached() {
    let crash = Outcome(.crashed, "SIGSEGV")
    let answer = Answer(outcome: crash, observations: [])
    let attempt = (
      circumstances: Circumstances.warm, answer: answer,
      divergences: [Self.divergence("crashed SIGSEGV", label: nil, facet: .outcome)]
    )
    let known = Self.entry(label: nil, facet: .outcome, observed: ["crashed SIGSEGV"])
    #expect(Self.judge([known, Self.entry()], [attempt]).findings.map(\.verdict) == [.known])
  }

  @Test("a leak that nobody counted is not called fixed; one that was counted is")
  func uncounted() {
    let known = Self.entry(label: "leaked", facet: .leak)
    #expect(Self.judge([known], [Self.tried(nil)]).verdict == .conforming)
    let counted = Answer(
      outcome: Outcome(.completed), observations: [Observation(label: "leaked", facet: .leak, value: "0")])
    let attempt = (circumstances: Circumstances.warm, answer: counted, divergences: [Divergence]())
    #expect(Self.judge([known], [attempt]).verdict == .fixed)
  }

  @Test("an entry for debug builds, or for all others")
  func debugBuilds() {
    var entry = Self.entry()
    entry.runtimes[0].debug = true
    #expect(Self.judge([entry], [Self.tried("2")]).verdict == .new)
    entry.runtimes[0].debug = false
    #expect(Self.judge([entry], [Self.tried("2")]).verdict == .known)
  }

  @Test("a new divergence outranks flaky, fixed and known")
  func rank() {
    let other = LedgerEntry(
      scenario: Self.cell.scenario, label: "y", facet: .value, observed: ["5"], lanes: ["universal"],
      runtimes: Self.entry().runtimes, reason: "", link: "")
    let judgement = Self.judge([other], [Self.tried("2"), Self.tried("2", .fresh)])
    #expect(judgement.verdict == .new)
    #expect(Set(judgement.findings.map(\.verdict)) == [.new, .fixed])
  }

  @Test("attempts that disagree are flaky, unless the ledger has their set of answers")
  func flaky() {
    #expect(Self.judge([], [Self.tried("2"), Self.tried(nil, .fresh)]).verdict == .flaky)
    #expect(Self.judge([], [Self.tried("2"), Self.tried("3", .fresh)]).verdict == .flaky)
    #expect(Self.judge([Self.entry()], [Self.tried("2"), Self.tried(nil, .fresh)]).verdict == .flaky)
    let set = Self.entry(observed: ["2", "3"])
    #expect(Self.judge([set], [Self.tried("2"), Self.tried("3", .fresh)]).verdict == .known)
    #expect(Self.judge([Self.entry(flickers: true)], [Self.tried("2"), Self.tried(nil, .fresh)]).verdict == .known)
  }

  @Test("a flickering entry that stays away once is not fixed")
  func flickering() {
    #expect(Self.judge([Self.entry(flickers: true)], [Self.tried(nil)]).verdict == .conforming)
  }

  @Test("what only PYTHONMALLOC=debug shows is a finding of its own, no flicker")
  func memoryDebug() {
    let attempts = [Self.tried("2"), Self.tried("2", .fresh), Self.tried("221", .memoryDebug)]
    let judgement = Self.judge([Self.entry()], attempts)
    #expect(judgement.verdict == .new)
    #expect(judgement.findings.map(\.verdict) == [.known, .new])
    #expect(judgement.findings.last?.circumstances == [.memoryDebug])
    #expect(Self.judge([Self.entry(observed: ["2", "221"])], attempts).verdict == .known)
  }

  @Test("a scenario's cells that don't conform, and the references that say so, are the doubtful ones")
  func doubtful() {
    func cell(_ lane: String, _ value: String) -> TriedScenario.Cell {
      TriedScenario.Cell(
        id: CellID(scenario: Self.cell.scenario, lane: lane, runtime: "cpython"), runtime: Self.runtime,
        lane: Lane.named(lane)!,
        attempts: [
          Attempt(
            circumstances: .warm,
            answer: Answer(outcome: .completed, observations: [Observation(label: "x", value: value)]))
        ])
    }
    let scenario = TriedScenario(
      [cell("capi-static", "1"), cell("capi-heap", "1"), cell("universal", "2")], referenceRuntime: "cpython")
    let (blamed, references) = scenario.doubtful(scenario.judgements(by: Judge(ledger: [])))
    #expect(blamed.map(\.lane) == ["universal"])
    #expect(references.map(\.lane) == ["capi-heap"])
  }

  @Test("cells that were not tried are not judged")
  func skipped() {
    let cell = TriedScenario.Cell(
      id: Self.cell, runtime: Self.runtime, lane: Lane.named("universal")!,
      attempts: [Attempt(circumstances: .warm, answer: Answer(outcome: Outcome(.unsupported), message: "no hpy"))])
    let judgements = TriedScenario([cell], referenceRuntime: "cpython").judgements(by: Judge(ledger: [Self.entry()]))
    #expect(judgements[Self.cell] == Judgement(verdict: .notJudged, findings: []))
  }
}
