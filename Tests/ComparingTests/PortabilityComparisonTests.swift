import Model
import TestBuilders
import Testing

@testable import Comparing

@Suite("Comparing a binary with the runtime's own")
struct PortabilityComparisonTests {
  private static let own = CellID.sample(on: "one")

  private static func attempt(_ outcome: Outcome = .completed, _ observations: [Observation] = []) -> Attempt {
    .sample(observations, outcome, message: "m")
  }

  private static func observed(
    _ value: String, label: String = "x", facet: Facet = .value, message: String? = nil, expected: [String]? = nil
  ) -> Observation {
    Observation(
      label: label, facet: facet, value: value, message: message, expected: expected, source: expected.map { _ in "d" })
  }

  private static func compare(_ attempts: [Attempt], with reference: [Attempt]?) -> PortabilityComparison {
    PortabilityComparison(attempts, reference: reference.map { .init(id: own, attempts: $0) })
  }

  private static func texts(_ comparison: PortabilityComparison) -> [String] {
    comparison.differences.map { "\($0.label ?? "-") \($0.facet.rawValue): \($0.observed) for \($0.expected)" }
  }

  @Test("the same outcome and values behave, whatever messages and the order of finalisation are")
  func behaves() {
    let one = Self.attempt(
      .completed, [Self.observed("1", message: "a"), Self.observed("[1]", label: "o", facet: .order)])
    let two = Self.attempt(
      .completed, [Self.observed("1", message: "b"), Self.observed("[2]", label: "o", facet: .order)])
    let found = Self.compare([one], with: [two])
    #expect(found.behaviour == .behaves)
    #expect(found.differences == [])
    #expect(!found.isUnsteady)
  }

  @Test("an order that a document promises counts")
  func promisedOrder() {
    func order(_ value: String) -> Attempt {
      Self.attempt(.completed, [Self.observed(value, facet: .order, expected: ["[1]"])])
    }
    #expect(Self.compare([order("[2]")], with: [order("[1]")]).behaviour == .misbehaves)
  }

  @Test("the same fault in both is no matter of portability: a crash is a crash, a broken promise a broken promise")
  func sameFaults() {
    let crashes = ["SIGSEGV", "SIGABRT"].map { Self.attempt(.crashed(signal: $0), [Self.observed("1")]) }
    #expect(Self.compare([crashes[0]], with: [crashes[1]]).behaviour == .behaves)
    let broken = Self.attempt(.expectationFailed, [Self.observed("2", expected: ["1"])])
    #expect(Self.compare([broken], with: [broken]).behaviour == .behaves)
    let raised = ["KeyError", "TypeError"].map { Self.attempt(.raised(type: $0)) }
    #expect(Self.compare([raised[0]], with: [raised[1]]).behaviour == .misbehaves)
  }

  @Test("differences come worst first: how it ends, then each label; what comes behind a crash is no difference")
  func differences() {
    let own = Self.attempt(
      .completed, [Self.observed("1"), Self.observed("2", label: "y"), Self.observed("3", label: "z")])
    let crashed = Self.attempt(.crashed(signal: "SIGSEGV"), [Self.observed("1"), Self.observed("9", label: "y")])
    let found = Self.compare([crashed], with: [own])
    #expect(found.behaviour == .misbehaves)
    #expect(Self.texts(found) == ["- outcome: crashed SIGSEGV for completed", "y value: 9 for 2"])
    #expect(found.differences.allSatisfy { $0.oracle == .reference(Self.own) })
    let short = Self.attempt(.completed, [Self.observed("1"), Self.observed("2", label: "y")])
    #expect(Self.texts(Self.compare([short], with: [own])) == ["z value: (not recorded) for 3"])
  }

  @Test("what is not loaded is refused; what was not built or tried is neither good nor bad")
  func others() {
    let own = Self.attempt()
    #expect(Self.compare([Self.attempt(.notLoadable)], with: [own]).behaviour == .refused)
    #expect(Self.compare([Self.attempt(.notBuilt)], with: [own]).behaviour == .notBuilt)
    #expect(Self.compare([Self.attempt(.unsupported)], with: [own]).behaviour == .notTried)
    #expect(Self.compare([Self.attempt(.invalid)], with: nil).behaviour == .notTried)
    #expect(
      Self.compare([Self.attempt()], with: [Self.attempt(.notLoadable)]).behaviour == .misbehaves,
      "loads where the runtime's own does not")
  }

  @Test("the worst of several attempts counts, and that they disagree is said")
  func unsteady() {
    let (good, bad) = (Self.attempt(.completed, [Self.observed("1")]), Self.attempt(.completed, [Self.observed("2")]))
    let found = Self.compare([good, bad], with: [good])
    #expect(found.behaviour == .misbehaves)
    #expect(found.isUnsteady)
    #expect(Self.texts(found) == ["x value: 2 for 1"])
    #expect(!Self.compare([bad, bad], with: [good]).isUnsteady)
  }

  @Test("where the runtime's own binary is unsteady, nobody is blamed")
  func unsteadyReference() {
    let (one, two) = (Self.attempt(.completed, [Self.observed("1")]), Self.attempt(.completed, [Self.observed("2")]))
    let found = Self.compare([Self.attempt(.completed, [Self.observed("3")])], with: [one, two])
    #expect(found.behaviour == .behaves)
    #expect(!found.isUnsteady)
  }

  @Test("without a reference the scenario's own promises are all there is")
  func withoutReference() {
    let broken = Self.attempt(
      .expectationFailed, [Self.observed("2", expected: ["1", "3"]), Self.observed("9", label: "plain")])
    #expect(Self.texts(Self.compare([broken], with: nil)) == ["x value: 2 for 1 or 3"])
    #expect(
      Self.texts(Self.compare([Self.attempt(.timedOut)], with: nil)) == ["- outcome: timed out for completed"])
    #expect(Self.compare([Self.attempt()], with: nil).behaviour == .behaves)
  }
}
