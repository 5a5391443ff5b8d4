import Model
import TestBuilders
import Testing

@testable import Judging

@Suite("Judging by expectations, references and the ledger")
struct LedgerJudgeTests {
  private static let cell = CellID.sample()
  private static let runtime = Runtime.sample()

  private static func entry(
    label: String? = "x", facet: Facet = .value, observed: [String] = ["2"], flickers: Bool = false,
    lanes: [Lane] = [.universal], version: String = ">=3.11", hpy: String? = nil
  ) -> LedgerEntry {
    var entry = LedgerEntry.sample(
      label: label, facet: facet, flickers: flickers, lanes: lanes, version: version, hpy: hpy)
    entry.observed = observed
    return entry
  }

  private typealias Tried = (circumstances: Circumstances, answer: Answer, divergences: [Divergence])

  private static func tried(
    _ observed: String?, _ circumstances: Circumstances = .warm, outcome: Outcome = .completed
  ) -> Tried {
    (circumstances, .sample([.fact(observed ?? "1")], outcome), observed.map { [.sample($0)] } ?? [])
  }

  private static func judge(
    _ entries: [LedgerEntry], of cell: CellID = cell, _ attempts: [Tried], runtimes: [Runtime] = [],
    isCompared: (String?) -> Bool = { _ in true }
  ) -> Judgement {
    LedgerJudge(ledger: entries, referenceRuntime: "cpython").judge(
      cell, on: runtime, attempts: attempts, runtimes: Dictionary(uniqueKeysWithValues: runtimes.map { ($0.name, $0) }),
      isCompared: isCompared)
  }

  @Test("an entry for heap types explains the same C for the stable ABI, and is firm for its own lane alone")
  func stableABI() {
    let entry = LedgerEntry.sample("2", lanes: [.capiHeap])
    let runtime = Runtime.sample()
    #expect(entry.applies(to: .sample(.abi3), on: runtime))
    #expect(entry.applies(to: .sample(.abi3t), on: runtime))
    #expect(!entry.applies(to: .sample(.capiStatic), on: runtime))
    #expect(entry.isFirm(for: .sample(.capiHeap)))
    #expect(!entry.isFirm(for: .sample(.abi3)))
    #expect(!entry.isFirm(for: .sample(.capiHeap, home: "other")))
    #expect(LedgerEntry.sample("2", lanes: [.capiHeap, .abi3]).isFirm(for: .sample(.abi3)))
    #expect(!LedgerEntry.sample("2", lanes: [.abi3]).applies(to: .sample(.capiHeap), on: runtime))
  }

  @Test("a leak that depends on the machine stands in the ledger with its bounds")
  func bounds() {
    let entry = LedgerEntry.sample("100..200", "7", facet: .leak)
    for (text, isKnown) in [("100", true), ("200", true), ("7", true), ("99", false), ("201", false), ("x", false)] {
      #expect(entry.takes(text) == isKnown, "\(text)")
    }
    #expect(LedgerEntry.sample("100..200", facet: .leak).comesAndGoes)
    #expect(!LedgerEntry.sample("100", facet: .leak).comesAndGoes)
    #expect(!LedgerEntry.sample("100..200", facet: .value).takes("150"))
    #expect(LedgerEntry.bounds("5..3") == nil)
    #expect(LedgerEntry.bounds("1..2..3") == nil)
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
    #expect(Self.judge([Self.entry(lanes: [.cpython])], [Self.tried("2")]).verdict == .new)
    #expect(Self.judge([Self.entry(version: ">=3.12")], [Self.tried("2")]).verdict == .new)
    #expect(Self.judge([Self.entry(hpy: ">=0.9.1")], [Self.tried("2")]).verdict == .new)
    #expect(Self.judge([Self.entry(hpy: ">=0.9.0")], [Self.tried("2")]).verdict == .known)
    #expect(Self.judge([Self.entry(facet: .message)], [Self.tried("2")]).verdict == .new)
    #expect(Self.judge([Self.entry(lanes: [.cpython])], [Self.tried(nil)]).verdict == .conforming)
  }

  @Test("an entry whose divergence is gone is fixed, and says what is there now")
  func fixed() {
    let judgement = Self.judge([Self.entry()], [Self.tried(nil)])
    #expect(judgement.verdict == .fixed)
    #expect(judgement.findings.first?.divergence.observed == "1")
    #expect(judgement.findings.first?.divergence.expected == "2")
  }

  @Test("a pattern explains what shows in any scenario that it means, and is not called fixed where nothing shows")
  func patterns() {
    func pattern(_ suite: String, _ testCase: String, _ name: String) -> LedgerEntry {
      .sample("2", "3", scenario: ScenarioID(suite: suite, testCase: testCase, name: name), isPattern: true)
    }
    let wide = pattern("s", "*", "*")
    #expect(Self.judge([wide], [Self.tried("2")]).verdict == .known)
    #expect(Self.judge([wide], [Self.tried("2"), Self.tried("3", .fresh)]).verdict == .known)
    #expect(Self.judge([wide], [Self.tried(nil)]).verdict == .conforming)
    #expect(Self.judge([wide], [Self.tried("4")]).verdict == .new)
    #expect(Self.judge([pattern("s", "c", "n*")], [Self.tried("2")]).verdict == .known)
    #expect(Self.judge([pattern("s", "other*", "*")], [Self.tried("2")]).verdict == .new)
    #expect(Self.judge([pattern("t", "*", "*")], [Self.tried("2")]).verdict == .new)
    #expect(!wide.comesAndGoes && Self.entry(observed: ["2", "3"]).comesAndGoes)
  }

  @Test("where a pattern and an entry both cover a divergence, the first in the ledger gives the reason")
  func order() {
    var wide = LedgerEntry.sample("2", reason: "wide", isPattern: true)
    (wide.scenario.testCase, wide.scenario.name) = ("*", "*")
    let exact = LedgerEntry.sample("2", reason: "exact")
    #expect(Self.judge([wide, exact], [Self.tried("2")]).findings.map(\.reason) == ["wide"])
    #expect(Self.judge([exact, wide], [Self.tried("2")]).findings.map(\.reason) == ["exact"])
  }

  @Test("an entry explains what a binary from elsewhere shows, and is not called fixed where it shows nothing")
  func awayFromHome() {
    let away = CellID(scenario: Self.cell.scenario, lane: .universal, home: "elsewhere", runtime: Self.runtime.name)
    #expect(Self.judge([Self.entry()], of: away, [Self.tried("2")]).verdict == .known)
    #expect(Self.judge([Self.entry()], of: away, [Self.tried(nil)]).verdict == .conforming)
  }

  @Test("a cell of which no place was compared is not compared, whatever it recorded")
  func notCompared() {
    #expect(Self.judge([], [Self.tried(nil)]) { _ in false } == Judgement(verdict: .notCompared))
    #expect(Self.judge([], [Self.tried(nil)]) { $0 == nil }.verdict == .conforming)
    // An end that is none of a completed cell is a divergence without any comparison.
    let crash = (
      circumstances: Circumstances.warm, answer: Answer.sample([], .crashed(signal: "SIGSEGV")),
      divergences: [Divergence.sample("crashed SIGSEGV", label: nil)]
    )
    #expect(Self.judge([], [crash]) { _ in false }.verdict == .new)
  }

  @Test("where a place was not compared, an entry is not fixed, and its value is still known")
  func entriesWithoutComparison() {
    let entry = Self.entry(observed: ["1", "2"])
    #expect(Self.judge([Self.entry()], [Self.tried(nil)]) { _ in false }.verdict == .notCompared)
    #expect(Self.judge([Self.entry()], [Self.tried(nil)]) { $0 == nil }.verdict == .conforming)
    let judgement = Self.judge([entry], [Self.tried(nil)]) { _ in false }
    #expect(judgement.verdict == .known && judgement.findings.map(\.divergence.observed) == ["1"])
    // A cell that crashed once and runs to its end is fixed, whatever it is compared with.
    let crashing = Self.entry(label: nil, facet: .outcome, observed: ["crashed SIGSEGV"])
    #expect(Self.judge([crashing], [Self.tried(nil)]) { _ in false }.verdict == .fixed)
  }

  @Test("where all that was compared agrees on a value that the ledger has for each, nothing is fixed")
  func agreeingOnWhatIsKnown() {
    let known = Self.entry(observed: ["1"], lanes: [.universal, .capiHeap])
    let cells = [Self.cell(.capiHeap, Self.runtime, "1"), Self.cell(.universal, Self.runtime, "1")]
    let judgements = Self.judgements(cells, [known])
    #expect(cells.map { judgements[$0.id]?.verdict } == [.known, .known])
    // One that is not known for the value and has it, too, says that the value is right.
    let entry = Self.entry(observed: ["1"])
    #expect(Self.judgements(cells, [entry])[.sample()]?.verdict == .fixed)
    // Nor is it known where somebody else has another value.
    let other = [Self.cell(.capiHeap, Self.runtime, "1"), Self.cell(.universal, Self.runtime, "2")]
    #expect(Self.judgements(other, [entry])[.sample()]?.verdict == .new)
  }

  @Test("an entry for either side explains a difference between two runtimes")
  func eitherSide() {
    let other = Runtime.sample("other")
    let divergence = Divergence(
      label: "x", facet: .value, observed: "1", expected: "2", oracle: .reference(.sample(on: "other")))
    let attempt = (
      circumstances: Circumstances.warm, answer: Answer.sample([.fact("1")]), divergences: [divergence]
    )
    #expect(Self.judge([Self.entry()], [attempt], runtimes: [other]).verdict == .known)
    #expect(Self.judge([Self.entry(observed: ["3"])], [attempt], runtimes: [other]).verdict == .new)
    #expect(Self.judge([Self.entry(lanes: [.cpython])], [attempt], runtimes: [other]).verdict == .new)
  }

  @Test("a label that a broken-off cell did not reach is not called fixed")
  func unreached() {
    let attempt = (
      circumstances: Circumstances.warm, answer: Answer.sample([], .crashed(signal: "SIGSEGV")),
      divergences: [Divergence.sample("crashed SIGSEGV", label: nil)]
    )
    let known = Self.entry(label: nil, facet: .outcome, observed: ["crashed SIGSEGV"])
    #expect(Self.judge([known, Self.entry()], [attempt]).findings.map(\.verdict) == [.known])
  }

  @Test("a leak that nobody counted is not called fixed; one that was counted is")
  func uncounted() {
    let known = Self.entry(label: "leaked", facet: .leak)
    #expect(Self.judge([known], [Self.tried(nil)]).verdict == .conforming)
    let counted = Answer.sample([.fact("0", "leaked", facet: .leak)])
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
    let other = Self.entry(label: "y", observed: ["5"])
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

  @Test("places that only comparable attempts disagree at are unsteady")
  func unsteadyPlaces() {
    let place = Divergence.Place(label: "x", facet: .value)
    func unsteady(_ attempts: (Circumstances, [Divergence])...) -> Set<Divergence.Place> {
      LedgerJudge.unsteadyPlaces(attempts)
    }
    #expect(unsteady() == [])
    #expect(unsteady((.warm, [.sample()]), (.fresh, [.sample()])) == [])
    #expect(unsteady((.warm, [.sample()]), (.fresh, [])) == [place])
    #expect(unsteady((.warm, [.sample("2")]), (.fresh, [.sample("3")])) == [place])
    #expect(unsteady((.warm, [.sample()]), (.memoryDebug, [])) == [])
  }

  // MARK: The cells of a scenario

  private static func cell(_ lane: Lane, _ runtime: Runtime = runtime, _ values: String...) -> TriedCell {
    TriedCell(.sample(), Load(lane, on: runtime), attempts: values.map { .sample([.fact($0)]) })
  }

  private static func judgements(_ cells: [TriedCell], _ ledger: [LedgerEntry] = []) -> [CellID: Judgement] {
    LedgerJudge(ledger: ledger, referenceRuntime: "cpython").judgements(of: cells)
  }

  private static func doubts(_ cells: [TriedCell], _ ledger: [LedgerEntry] = []) -> [Doubt] {
    let judge = LedgerJudge(ledger: ledger, referenceRuntime: "cpython")
    return judge.doubts(about: cells, judge.judgements(of: cells))
  }

  @Test(
    "every cell is judged: by its references on the same runtime, then by the reference runtime, then by the ledger")
  func scenario() throws {
    let pypy = Runtime.sample("pypy")
    let cells = [
      Self.cell(.capiHeap, Self.runtime, "1"), Self.cell(.universal, Self.runtime, "2"),
      Self.cell(.universal, pypy, "3"),
    ]
    let judgements = Self.judgements(cells, [Self.entry()])
    #expect(judgements.count == 3)
    #expect(judgements[.sample(.capiHeap)] == Judgement(verdict: .conforming))
    let known = try #require(judgements[.sample()])
    #expect(known.verdict == .known)
    #expect(known.findings.map(\.divergence.oracle) == [.reference(.sample(.capiHeap))])
    // What diverges itself there is no reference.
    #expect(judgements[.sample(on: "pypy")] == Judgement(verdict: .notCompared))
    let steady = Self.judgements([Self.cell(.universal, Self.runtime, "1"), Self.cell(.universal, pypy, "3")])
    #expect(steady[.sample(on: "pypy")]?.verdict == .new)
    #expect(steady[.sample(on: "pypy")]?.findings.map(\.divergence.oracle) == [.reference(.sample())])
    #expect(judgements.values.allSatisfy { $0.portability == nil })
  }

  @Test("a cell whose attempts disagree is flaky, and blames nobody there")
  func unsteadyCells() {
    let judgements = Self.judgements([
      Self.cell(.capiHeap, Self.runtime, "1"), Self.cell(.capiStatic, Self.runtime, "1", "2"),
      Self.cell(.cpython, Self.runtime, "1"), Self.cell(.universal, Self.runtime, "1"),
    ])
    #expect(judgements[.sample(.capiStatic)]?.verdict == .flaky)
    #expect(judgements[.sample(.cpython)]?.verdict == .conforming)
    #expect(judgements[.sample()]?.verdict == .conforming)
  }

  @Test("what PYTHONMALLOC=debug answers is no reference for others, and makes no reference unsteady")
  func memoryDebugReference() {
    func verdict(_ attempts: [Attempt]) -> Verdict? {
      let heap = TriedCell(.sample(), Load(.capiHeap, on: Self.runtime), attempts: attempts)
      return Self.judgements([heap, Self.cell(.universal, Self.runtime, "2")])[.sample()]?.verdict
    }
    let debug = Attempt.sample([.fact("2")], .completed, .memoryDebug)
    #expect(verdict([.sample([.fact("1")]), debug]) == .new)
    #expect(verdict([debug, .sample([.fact("1")])]) == .new)
    #expect(verdict([.sample([.fact("2")]), debug]) == .conforming)
  }

  @Test("an entry for a lane speaks of its binaries wherever they are built")
  func entriesForHomes() {
    let away = TriedCell(
      .sample(), .sample(home: .sample("pypy"), on: Self.runtime), attempts: [.sample([.fact("2")])])
    let cells = [Self.cell(.universal, Self.runtime, "1"), away]
    #expect(Self.judgements(cells)[away.id]?.verdict == .new)
    #expect(Self.judgements(cells, [Self.entry()])[away.id]?.verdict == .known)
  }

  @Test("cells that were not tried are not judged")
  func skipped() {
    let cell = TriedCell(
      .sample(), Load(.universal, on: Self.runtime), attempts: [Attempt(untried: .unsupported, "no hpy")])
    #expect(Self.judgements([cell], [Self.entry()])[Self.cell] == Judgement(verdict: .notJudged))
    #expect(Self.doubts([cell], [Self.entry()]) == [])
  }

  // MARK: Doubts

  @Test("a scenario's cells that don't conform, and the references that say so, are the doubtful ones")
  func doubtful() {
    let cells = [
      Self.cell(.capiStatic, Self.runtime, "1"), Self.cell(.capiHeap, Self.runtime, "1"),
      Self.cell(.universal, Self.runtime, "2"),
    ]
    #expect(
      Self.doubts(cells) == [
        Doubt(.sample(), [.fresh, .memoryDebug], insists: true), Doubt(.sample(.capiHeap), [.fresh]),
      ])
    #expect(Self.doubts([cells[0], cells[1]]) == [])
  }

  @Test("PYTHONMALLOC is CPython's own; what is known or fixed is tried again, too")
  func doubtsElsewhere() {
    let pypy = Runtime.sample("pypy")
    let entry = Self.entry(observed: ["2"])
    #expect(
      Self.doubts([Self.cell(.capiHeap, pypy, "1"), Self.cell(.universal, pypy, "2")]) == [
        Doubt(.sample(on: "pypy"), [.fresh], insists: true), Doubt(.sample(.capiHeap, on: "pypy"), [.fresh]),
      ])
    let known = [Self.cell(.capiHeap, Self.runtime, "1"), Self.cell(.universal, Self.runtime, "2")]
    #expect(Self.doubts(known, [entry]).map(\.cell) == [.sample(), .sample(.capiHeap)])
    let fixed = [Self.cell(.capiHeap, Self.runtime, "1"), Self.cell(.universal, Self.runtime, "1")]
    #expect(Self.doubts(fixed, [entry]).map(\.cell) == [.sample()])
  }

  @Test("a reference that two cells name is tried once, one that is blamed itself only as that")
  func sharedReferences() {
    let shared = [
      Self.cell(.capiHeap, Self.runtime, "1"), Self.cell(.cpython, Self.runtime, "2"),
      Self.cell(.universal, Self.runtime, "3"),
    ]
    #expect(Self.doubts(shared).map(\.cell) == [.sample(.cpython), .sample(), .sample(.capiHeap)])
    let blamed = [
      Self.cell(.capiHeap, Self.runtime, "1"), Self.cell(.capiStatic, Self.runtime, "2"),
      Self.cell(.universal, Self.runtime, "3"),
    ]
    #expect(Self.doubts(blamed).map(\.cell) == [.sample(.capiStatic), .sample(), .sample(.capiHeap)])
  }

  @Test("a reference that is blamed at another label is tried as that, and not once more")
  func blamedElsewhere() {
    func cell(_ lane: Lane, _ x: String, _ y: String) -> TriedCell {
      TriedCell(.sample(), Load(lane, on: Self.runtime), attempts: [.sample([.fact(x), .fact(y, "y")])])
    }
    let cells = [cell(.capiHeap, "1", "1"), cell(.cpython, "1", "2"), cell(.universal, "3", "1")]
    #expect(Self.judgements(cells)[.sample()]?.findings.map(\.divergence.oracle) == [.reference(.sample(.cpython))])
    #expect(Self.doubts(cells).map(\.cell) == [.sample(.cpython), .sample(), .sample(.capiHeap)])
  }

  @Test("what was not built would say the same again")
  func notBuilt() {
    func doubts(_ outcome: Outcome) -> [Doubt] {
      Self.doubts([TriedCell(.sample(), Load(.universal, on: Self.runtime), attempts: [.sample([], outcome)])])
    }
    #expect(doubts(.notBuilt) == [])
    #expect(doubts(.invalid) == [])
    #expect(doubts(.notLoadable).map(\.cell) == [.sample()])
    #expect(doubts(.crashed(signal: "SIGSEGV")).map(\.circumstances) == [[.fresh, .memoryDebug]])
  }
}
