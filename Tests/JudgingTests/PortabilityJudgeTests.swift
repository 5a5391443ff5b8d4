import Comparing
import Model
import TestBuilders
import Testing

@testable import Judging

@Suite("Judging binaries by what is promised of them away from home")
struct PortabilityJudgeTests {
  private static let one = Runtime.sample("one")
  private static let pypy = Runtime.sample("pypy", hpy: .sample("0.9.1.dev61"))
  private static let other = Runtime.sample("other", extSuffix: ".cpython-310-x86_64-linux-gnu.so", hpy: .sample("0.8"))
  private static let newer = Runtime.sample("newer", hpy: .sample("0.10", abi: HPyABIVersion(0, 1)))

  /// A binary that is built for `home`, on `runtime`.
  private static func cell(
    _ flavour: Flavour = .universal, from home: Runtime? = nil, on runtime: Runtime, _ attempts: Attempt...
  ) -> TriedCell {
    TriedCell(.sample(), .sample(Lane(flavour), home: home, on: runtime), attempts: attempts)
  }

  private static func answers(_ value: String) -> Attempt { .sample([.fact(value)]) }
  private static func ends(_ outcome: Outcome, _ message: String = "m") -> Attempt {
    .sample([], outcome, message: message)
  }

  private static func judged(_ cells: [TriedCell]) -> [String: Judgement] {
    Dictionary(
      uniqueKeysWithValues: PortabilityJudge().judgements(of: cells).map { ("\($0.load)", $1) })
  }

  private static func doubts(_ cells: [TriedCell]) -> [Doubt] {
    PortabilityJudge().doubts(about: cells, PortabilityJudge().judgements(of: cells))
  }

  // MARK: Promises

  @Test("the total of references is not counted where a debug build loads what other headers have built")
  func totalOfReferences() {
    let debug = Runtime.sample("debug", isDebugBuild: true)
    let otherDebug = Runtime.sample("other-debug", isDebugBuild: true)
    let count = { (label: String, value: String) in
      Attempt.sample([.fact("1"), .fact(value, "repeats: " + label, facet: .leak)])
    }
    for (home, label, behaves) in [
      (Self.one, "references", true), (otherDebug, "references", false), (Self.one, "memory blocks", false),
    ] {
      let judged = Self.judged([
        Self.cell(.abi3, on: debug, count(label, "0")), Self.cell(.abi3, from: home, on: debug, count(label, "2")),
      ])
      let one = judged["abi3:\(home.name)@debug"]?.portability
      #expect(one?.behaviour == (behaves ? .behaves : .misbehaves), "\(home.name), \(label)")
    }
  }

  @Test("a binary that answers as the runtime's own keeps its promise; one that doesn't breaks it")
  func promises() throws {
    let judged = Self.judged([
      Self.cell(on: Self.pypy, Self.answers("1")), Self.cell(from: Self.one, on: Self.pypy, Self.answers("1")),
      Self.cell(from: Self.other, on: Self.pypy, Self.answers("2")), Self.cell(on: Self.one, Self.answers("1")),
    ])
    #expect(judged.count == 4)
    #expect(
      judged["universal:one@pypy"]
        == Judgement(
          verdict: .conforming,
          portability: PortabilityJudgement(promise: .universal, behaviour: .behaves, isKept: true, isUnsteady: false)))
    let broken = try #require(judged["universal:other@pypy"])
    #expect(broken.verdict == .new)
    #expect(
      broken.portability
        == PortabilityJudgement(promise: .universal, behaviour: .misbehaves, isKept: false, isUnsteady: false))
    #expect(
      broken.findings == [
        Finding(
          divergence: Divergence(
            label: "x", facet: .value, observed: "2", expected: "1", oracle: .reference(.sample(on: "pypy"))),
          verdict: .new, circumstances: [.warm])
      ])
  }

  @Test("the runtime's own binary is what others are compared with: it keeps and breaks nothing")
  func references() {
    let judged = Self.judged([
      Self.cell(on: Self.one, .sample([.promised("2", "1")], .expectationFailed)),
      Self.cell(on: Self.pypy, Self.answers("1"), Self.answers("2")),
    ])
    #expect(
      judged["universal@one"]
        == Judgement(
          verdict: .notJudged,
          portability: PortabilityJudgement(promise: .universal, behaviour: .behaves, isKept: nil, isUnsteady: false)))
    #expect(judged["universal@pypy"]?.portability?.isUnsteady == true)
    #expect(judged["universal@pypy"]?.verdict == .notJudged)
    #expect(judged["universal@pypy"]?.findings == [])
  }

  @Test("a refusal is kept where it is promised, and breaks what is promised to load")
  func refusals() {
    let refused = Self.ends(.notLoadable, "RuntimeError")
    let judged = Self.judged([
      Self.cell(on: Self.one, Self.answers("1")), Self.cell(.noTag, on: Self.one, refused),
      Self.cell(.nextMajor, on: Self.one, Self.answers("1")), Self.cell(.nextMinor, on: Self.one, refused),
      Self.cell(.otherTag, on: Self.one, Self.answers("3")), Self.cell(from: Self.pypy, on: Self.one, refused),
    ])
    func kept(_ load: String) -> Bool? { judged[load]?.portability?.isKept }
    #expect(kept("no-tag@one") == true)
    #expect(judged["no-tag@one"]?.verdict == .conforming)
    #expect(kept("abi-0.1@one") == true)
    #expect(kept("abi-1.0@one") == false)
    #expect(judged["abi-1.0@one"]?.verdict == .new)
    #expect(kept("tag-hpy1@one") == false)
    #expect(kept("universal:pypy@one") == false)
    #expect(judged["universal:pypy@one"]?.portability?.behaviour == .refused)
  }

  @Test("where the runtime refuses its own binary, it may refuse others")
  func ownRefused() {
    let refused = Self.ends(.notLoadable)
    let judged = Self.judged([
      Self.cell(on: Self.pypy, refused), Self.cell(from: Self.one, on: Self.pypy, refused),
      Self.cell(from: Self.other, on: Self.pypy, Self.answers("1")),
    ])
    #expect(judged["universal:one@pypy"]?.portability?.isKept == true)
    #expect(judged["universal:other@pypy"]?.portability?.behaviour == .misbehaves)
  }

  @Test("of a hybrid binary nothing is promised on another Python: what it does is told, and judged by nobody")
  func nothingPromised() throws {
    let judged = Self.judged([
      Self.cell(on: Self.other, Self.answers("1")),
      Self.cell(.hybrid, from: Self.one, on: Self.other, Self.ends(.crashed(signal: "SIGSEGV"))),
      Self.cell(on: Self.one, Self.answers("1")), Self.cell(.hybrid, on: Self.one, Self.answers("1")),
    ])
    let told = try #require(judged["hybrid:one@other"])
    #expect(
      told.portability
        == PortabilityJudgement(promise: .otherPython, behaviour: .misbehaves, isKept: nil, isUnsteady: false))
    #expect(told.verdict == .notJudged)
    #expect(told.findings.map(\.verdict) == [.notJudged])
    #expect(judged["hybrid@one"]?.portability?.promise == .ownPython)
    #expect(judged["hybrid@one"]?.portability?.isKept == true)
  }

  @Test("what was not built or not tried keeps and breaks nothing")
  func neither() {
    let judged = Self.judged([
      Self.cell(on: Self.one, Self.answers("1")), Self.cell(.noTag, on: Self.one, Self.ends(.notBuilt)),
      Self.cell(from: Self.pypy, on: Self.one, Attempt(untried: .notApplicable, "a document")),
    ])
    #expect(judged["no-tag@one"]?.portability?.behaviour == .notBuilt)
    #expect(judged["no-tag@one"]?.portability?.isKept == nil)
    #expect(judged["no-tag@one"]?.verdict == .notJudged)
    #expect(judged["universal:pypy@one"]?.portability?.behaviour == .notTried)
    #expect(judged["universal:pypy@one"]?.verdict == .notJudged)
  }

  @Test("where the runtime's own binary isn't built, its HPy lacks what the case asks for: it may refuse, or behave")
  func lacksFunctions() {
    func judged(_ attempt: Attempt, own: Outcome = .notBuilt) -> PortabilityJudgement? {
      Self.judged([
        Self.cell(on: Self.one, Self.ends(own)), Self.cell(on: Self.newer, Self.answers("1")),
        Self.cell(from: Self.pypy, on: Self.one, attempt),
        Self.cell(.noTag, from: Self.pypy, on: Self.one, Self.ends(.notLoadable)),
      ])["universal:pypy@one"]?.portability
    }
    #expect(judged(Self.ends(.notLoadable))?.promise == .lacksFunctions)
    #expect(judged(Self.ends(.notLoadable))?.isKept == true)
    #expect(judged(Self.answers("1"))?.isKept == true)
    #expect(judged(Self.ends(.crashed(signal: "SIGSEGV")))?.isKept == false)
    #expect(judged(Self.ends(.notLoadable), own: .completed)?.promise == .universal)
    #expect(judged(Self.ends(.notLoadable), own: .completed)?.isKept == false)
    // What is to be refused anyhow stays that.
    let noTag = Self.judged([
      Self.cell(on: Self.one, Self.ends(.notBuilt)),
      Self.cell(.noTag, from: Self.pypy, on: Self.one, Self.answers("1")),
    ])["no-tag:pypy@one"]?.portability
    #expect(noTag?.promise == .noTag)
    #expect(noTag?.isKept == false)
  }

  @Test("without an answer of the runtime's own, the universal binary of the same HPy at its home is compared with")
  func fallback() {
    func judged(own: Attempt, home: Attempt) -> Judgement? {
      Self.judged([
        Self.cell(on: Self.one, own), Self.cell(on: Self.pypy, home),
        Self.cell(from: Self.pypy, on: Self.one, Self.answers("2")),
      ])["universal:pypy@one"]
    }
    let home = judged(own: Self.ends(.notBuilt), home: Self.answers("1"))
    #expect(home?.findings.map(\.divergence.oracle) == [.reference(.sample(on: "pypy"))])
    #expect(home?.portability?.behaviour == .misbehaves)
    let own = judged(own: Self.answers("2"), home: Self.answers("1"))
    #expect(own?.portability?.behaviour == .behaves)
    // Without either, the scenario's own promises are all there is.
    let none = judged(own: Self.ends(.notBuilt), home: Attempt(untried: .unsupported, "no hpy"))
    #expect(none?.portability?.behaviour == .behaves)
    #expect(none?.portability?.promise == .lacksFunctions)
  }

  @Test("attempts that disagree are told; where the reference wavers, nobody is blamed")
  func unsteady() {
    let judged = Self.judged([
      Self.cell(on: Self.one, Self.answers("1")),
      Self.cell(from: Self.pypy, on: Self.one, Self.answers("1"), .sample([.fact("2")], .completed, .fresh)),
      Self.cell(on: Self.other, Self.answers("1"), Self.answers("2")),
      Self.cell(from: Self.pypy, on: Self.other, Self.answers("3")),
    ])
    let wavering = judged["universal:pypy@one"]
    #expect(wavering?.portability?.isUnsteady == true)
    #expect(wavering?.portability?.isKept == false)
    #expect(wavering?.findings.map(\.circumstances) == [[.warm, .fresh]])
    #expect(judged["universal:pypy@other"]?.portability?.isUnsteady == false)
    #expect(judged["universal:pypy@other"]?.portability?.isKept == true)
  }

  // MARK: Doubts

  @Test("what does otherwise than promised is tried again, and what it is compared with, once")
  func doubts() {
    let cells = [
      Self.cell(on: Self.pypy, Self.answers("1")), Self.cell(from: Self.one, on: Self.pypy, Self.answers("2")),
      Self.cell(from: Self.other, on: Self.pypy, Self.ends(.notLoadable)),
      Self.cell(on: Self.one, Self.answers("1")), Self.cell(from: Self.pypy, on: Self.one, Self.answers("1")),
    ]
    #expect(
      Self.doubts(cells) == [
        Doubt(.sample(home: "one", on: "pypy"), [.fresh], insists: true),
        Doubt(.sample(home: "other", on: "pypy"), [.fresh], insists: true),
        Doubt(.sample(on: "pypy"), [.fresh], insists: true),
      ])
  }

  @Test(
    "a refusal that was promised is settled once for a case and binary, whatever the scenario; another message is another"
  )
  func settledRefusals() {
    func doubts(_ scenario: String, _ message: String = "no tag", _ runtime: Runtime = Self.one) -> [Doubt] {
      Self.doubts([
        TriedCell(.sample(scenario), Load(.universal, on: runtime), attempts: [Self.answers("1")]),
        TriedCell(
          .sample(scenario), Load(Lane(.noTag), on: runtime), attempts: [Self.ends(.notLoadable, message)]),
      ])
    }
    let first = doubts("n1")
    #expect(first.map(\.cell) == [.sample(Lane(.noTag), on: "one", scenario: "n1")])
    #expect(first.map(\.circumstances) == [[.fresh]])
    #expect(first.map(\.insists) == [false])
    #expect(first[0].settledBy != nil)
    #expect(doubts("n2").map(\.settledBy) == first.map(\.settledBy))
    #expect(doubts("n2", "another").map(\.settledBy) != first.map(\.settledBy))
    #expect(doubts("n2", "no tag", Self.other).map(\.settledBy) != first.map(\.settledBy))
    // One that nothing promises, or that is broken, is a doubt of its own.
    let unpromised = Self.doubts([
      Self.cell(on: Self.other, Self.answers("1")),
      Self.cell(from: Self.one, on: Self.other, Self.ends(.notLoadable)),
      Self.cell(.hybrid, from: Self.one, on: Self.other, Self.ends(.notLoadable)),
    ])
    #expect(unpromised.map { $0.settledBy == nil } == [true, false, true])
  }

  @Test("what behaves, wasn't built or wasn't tried is no doubt; nor is a reference by itself")
  func noDoubts() {
    #expect(
      Self.doubts([
        Self.cell(on: Self.one, Self.ends(.crashed(signal: "SIGSEGV"))),
        Self.cell(from: Self.pypy, on: Self.one, Self.ends(.crashed(signal: "SIGABRT"))),
        Self.cell(.noTag, on: Self.one, Self.ends(.notBuilt)), Self.cell(on: Self.other, Self.ends(.notLoadable)),
        Self.cell(on: Self.pypy, Attempt(untried: .notApplicable, "a document")),
        Self.cell(from: Self.one, on: Self.pypy, Attempt(untried: .notApplicable, "a document")),
      ]) == [])
  }

  @Test("the fallback at home is tried again, too")
  func doubtfulFallback() {
    let cells = [
      Self.cell(on: Self.one, Self.ends(.notBuilt)), Self.cell(on: Self.pypy, Self.answers("1")),
      Self.cell(from: Self.pypy, on: Self.one, Self.answers("2")),
    ]
    #expect(Self.doubts(cells).map(\.cell) == [.sample(home: "pypy", on: "one"), .sample(on: "pypy")])
  }
}
