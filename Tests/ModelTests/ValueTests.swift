import Foundation
import Model
import TestBuilders
import Testing

@Suite("Domain values")
struct ValueTests {
  @Test("a runtime's key knows what it is, not where it lies or what it is called")
  func runtimeKeys() {
    let runtime = Runtime.sample()
    var moved = runtime
    moved.name = "other"
    moved.interpreter = "/elsewhere/python"
    #expect(moved.key == runtime.key)
    var newer = runtime
    newer.version = "3.11.3"
    #expect(newer.key != runtime.key)
    #expect(Runtime.sample(hpy: .sample("0.9.1")).key != runtime.key)
    #expect(Runtime.sample(hpy: .absent).key != runtime.key)
  }

  @Test("a lane that HPy limits to one implementation says so; one without hpy is unsupported")
  func obstacles() throws {
    func obstacle(_ lane: Lane, _ runtime: Runtime) -> Skip? { Load(lane, on: runtime).obstacle }
    #expect(obstacle(.cpython, .sample()) == nil)
    #expect(obstacle(.cpython, .sample("pypy"))?.outcome == .notApplicable)
    #expect(obstacle(.universal, .sample("pypy")) == nil)
    #expect(
      obstacle(.universal, .sample("bare", hpy: .absent)) == Skip(.unsupported, "bare has no hpy installed"))
    #expect(
      obstacle(.universal, .sample("old", hpy: .foreign(version: "0.0.4", reason: "it is too old")))
        == Skip(.unsupported, "old: it is too old"))
    #expect(obstacle(.capiHeap, .sample(hpy: .absent)) == nil)
    #expect(obstacle(.universal, .sample(hpy: .broken(.sample(), "no backend"))) == nil)
    // It is the runtime that loads it which matters, not the one that it is built for.
    #expect(Load.sample(home: .sample("bare", hpy: .absent), on: .sample()).obstacle == nil)
    #expect(Load.sample(home: .sample(), on: .sample("bare", hpy: .absent)).obstacle?.outcome == .unsupported)
  }

  @Test("repeats count where nothing is kept by promise: no static types, no debug mode")
  func repeats() {
    #expect(
      Lane.all.filter(\.countsRepeats).map(\.description) == [
        "capi-heap", "abi3", "abi3t", "cpython", "universal", "hybrid", "installed",
      ])
  }

  @Test("every lane stands behind its references, and names itself once")
  func lanes() {
    for (index, lane) in Lane.all.enumerated() {
      for reference in lane.references { #expect(Lane.all[..<index].contains(reference), "\(lane) → \(reference)") }
      #expect(Set(lane.references).count == lane.references.count)
    }
    #expect(Set(Lane.all).count == Lane.all.count)
  }

  @Test("a mode is compared with its flavour in plain mode first, then with what that is compared with")
  func references() {
    func names(_ lane: Lane) -> [String] { lane.references.map(\.description) }
    #expect(names(.capiHeap) == [])
    #expect(names(.capiStatic) == ["capi-heap"])
    #expect(names(.cpython) == ["capi-heap", "capi-static"])
    #expect(names(.universal) == ["cpython", "capi-heap", "capi-static"])
    #expect(names(.universalDebug) == ["universal", "cpython", "capi-heap", "capi-static"])
    #expect(names(Lane(.hybrid)) == ["universal", "cpython", "capi-heap", "capi-static"])
    #expect(names(Lane(.hybrid, .trace)) == ["hybrid"] + names(Lane(.hybrid)))
  }

  @Test("a flavour says what is compiled, and with which macros; a mode changes nothing in that")
  func flavours() {
    #expect(Flavour.universal.defines == ["HPY", "HPY_ABI_UNIVERSAL"])
    #expect(Flavour.hybrid.defines == ["HPY", "HPY_ABI_HYBRID"])
    #expect(Flavour.cpython.defines == ["HPY", "HPY_ABI_CPYTHON"])
    #expect(Flavour.capiStatic.defines == ["CONFORM_STATIC_TYPES=1"])
    #expect(Flavour.capiHeap.defines == ["CONFORM_STATIC_TYPES=0"])
    for one in [Flavour.otherTag, .noTag, .nextMajor, .nextMinor] {
      #expect(one.defines == Flavour.universal.defines)
      #expect(one.loader == Flavour.universal.loader)
      #expect(one.api == .hpy && one.abi == .universal)
    }
    #expect(Flavour.allCases.filter { $0.api == .capi } == [.capiStatic, .capiHeap, .abi3, .abi3t])
    #expect(Flavour.allCases.filter(\.isStable) == [.abi3, .abi3t])
    #expect(Flavour.abi3.defines == Flavour.capiHeap.defines)
    #expect(Lane.universalDebug.family == Lane.universal.family)
    #expect(Lane.universal.family != Lane.cpython.family)
    #expect(Lane.cpython.family == Lane.capiHeap.family)
    #expect(Lane.Mode.allCases.map(\.hpyName) == ["universal", "debug", "trace"])
  }

  @Test("an attempt keeps what a cell left by name, and nothing that is empty")
  func attachments() throws {
    let attempt = Attempt.sample(attachments: ["output": "said", "traceback": "", "calls": "two"])
    #expect(attempt.attachments == ["output": "said", "calls": "two"])
    #expect(attempt[.output] == "said")
    #expect(attempt[.traceback] == "")
    #expect(try JSONDecoder().decode(Attempt.self, from: JSONEncoder().encode(attempt)) == attempt)
  }

  @Test("two attempts agree when their answers do, whatever they left and how long they took")
  func answers() {
    let one = Attempt(circumstances: .warm, answer: .sample([.fact("1")]), seconds: 1, attachments: ["output": "a"])
    let two = Attempt(circumstances: .fresh, answer: .sample([.fact("1")]), seconds: 2)
    #expect(one != two)
    #expect(one.answer == two.answer)
    #expect(Attempt(untried: .unsupported, "no hpy").answer == Answer(outcome: .unsupported, message: "no hpy"))
  }
}
