import Model
import Testing

@testable import Comparing

@Suite("Comparing the cells of a scenario")
struct ComparisonTests {
  private static let scenario = ScenarioID(suite: "s", testCase: "c", name: "n")

  private static func cell(
    _ lane: String, _ runtime: String, _ observations: [Observation], outcome: Outcome = .completed,
    unsteady: Set<Divergence.Place> = []
  ) -> AnsweredCell {
    let described = Runtime(
      name: runtime, interpreter: "", implementation: runtime, version: "1", python: "1", build: "", extSuffix: "",
      includes: [], machine: "", hpy: .absent)
    return AnsweredCell(
      id: CellID(scenario: scenario, lane: lane, runtime: runtime), runtime: described, lane: Lane.named(lane)!,
      answer: Answer(outcome: outcome, observations: observations), unsteady: unsteady)
  }

  private static func cell(
    _ lane: String, _ observations: [Observation], outcome: Outcome = .completed,
    unsteady: Set<Divergence.Place> = []
  ) -> AnsweredCell {
    cell(lane, "cpython", observations, outcome: outcome, unsteady: unsteady)
  }

  private static func compare(_ cells: [AnsweredCell]) -> [String: [String]] {
    let comparison = Comparison(cells, referenceRuntime: "cpython")
    return cells.reduce(into: [:]) { result, cell in
      result["\(cell.id.lane)@\(cell.id.runtime)"] = comparison.divergences(of: cell.id).map {
        "\($0.label ?? "-") \($0.facet.rawValue): \($0.observed) for \($0.expected)"
      }
    }
  }

  private static func plain(_ value: String) -> Observation { Observation(label: "x", value: value) }
  private static func promised(_ value: String, _ expected: String) -> Observation {
    Observation(label: "x", value: value, expected: [expected], source: "document")
  }

  @Test("a label with an expectation is judged by it, in every cell, and by nothing else")
  func expectations() {
    let found = Self.compare([
      Self.cell("capi-static", [Self.promised("2", "1")]), Self.cell("capi-heap", [Self.promised("1", "1")]),
      Self.cell("universal", [Self.promised("2", "1")]),
    ])
    #expect(found["capi-static@cpython"] == ["x value: 2 for 1"])
    #expect(found["capi-heap@cpython"] == [])
    #expect(found["universal@cpython"] == ["x value: 2 for 1"])
  }

  @Test("any of several promised values will do")
  func alternatives() {
    let observation = Observation(label: "x", value: "2", expected: ["1", "2"], source: "document")
    #expect(Self.compare([Self.cell("universal", [observation])])["universal@cpython"] == [])
  }

  @Test("a plain label is compared with the nearest reference lane on the same runtime")
  func lanes() {
    let found = Self.compare([
      Self.cell("capi-static", [Self.plain("1")]), Self.cell("capi-heap", [Self.plain("2")]),
      Self.cell("cpython", [Self.plain("1")]), Self.cell("universal", [Self.plain("1")]),
    ])
    #expect(found["capi-static@cpython"] == [])
    #expect(found["capi-heap@cpython"] == ["x value: 2 for 1"])
    // capi-heap diverges there itself, so capi-static is asked.
    #expect(found["cpython@cpython"] == [])
    #expect(found["universal@cpython"] == [])
  }

  @Test("a reference that fails its own expectation, crashed or wavers blames nobody")
  func unsoundReferences() {
    let failed = Observation(label: "x", value: "9", expected: ["1"], source: "document")
    #expect(
      Self.compare([Self.cell("capi-static", [failed]), Self.cell("capi-heap", [Self.plain("1")])])[
        "capi-heap@cpython"] == [])
    #expect(
      Self.compare([
        Self.cell("capi-static", [Self.plain("9")], outcome: Outcome(.crashed, "SIGSEGV")),
        Self.cell("capi-heap", [Self.plain("1")]),
      ])["capi-heap@cpython"] == [])
    let place = Divergence.Place(label: "x", facet: .value)
    #expect(
      Self.compare([
        Self.cell("capi-static", [Self.plain("9")], unsteady: [place]), Self.cell("capi-heap", [Self.plain("1")]),
      ])["capi-heap@cpython"] == [])
  }

  @Test("a plain label is also compared with the same lane on the reference runtime")
  func runtimes() {
    let found = Self.compare([
      Self.cell("universal", "cpython", [Self.plain("1")]), Self.cell("universal", "pypy", [Self.plain("2")]),
    ])
    #expect(found["universal@cpython"] == [])
    #expect(found["universal@pypy"] == ["x value: 2 for 1"])
  }

  @Test("the runtime's own fault in the reference lane is not blamed on the lane that agrees with the other runtime")
  func crossing() {
    let found = Self.compare([
      Self.cell("capi-heap", "cpython", [Self.plain("1")]), Self.cell("universal", "cpython", [Self.plain("1")]),
      Self.cell("capi-heap", "pypy", [Self.plain("2")]), Self.cell("universal", "pypy", [Self.plain("1")]),
    ])
    #expect(found["capi-heap@pypy"] == ["x value: 2 for 1"])
    #expect(found["universal@pypy"] == [])
  }

  @Test("a cell that did not run to its end diverges in its outcome; what it had recorded is still compared")
  func outcomes() {
    let found = Self.compare([
      Self.cell("capi-static", [Self.plain("1"), Observation(label: "y", value: "1")]),
      Self.cell("capi-heap", [Self.plain("2")], outcome: Outcome(.crashed, "SIGABRT")),
    ])
    #expect(found["capi-heap@cpython"] == ["- outcome: crashed SIGABRT for completed", "x value: 2 for 1"])
  }

  @Test("a label that only one of two completed cells recorded is a difference, whichever it is")
  func missingLabels() {
    let more = Self.cell("capi-static", [Self.plain("1"), Observation(label: "y", value: "1")])
    let less = Self.cell("capi-heap", [Self.plain("1")])
    #expect(Self.compare([more, less])["capi-heap@cpython"] == ["y value: (not recorded) for 1"])
    let other = Self.cell("capi-heap", [Self.plain("1"), Observation(label: "z", value: "1")])
    #expect(
      Self.compare([Self.cell("capi-static", [Self.plain("1")]), other])["capi-heap@cpython"]
        == ["z value: 1 for (not recorded)"])
  }

  @Test("exception types, orders and leaks are facets of their own")
  func facets() {
    func raised(_ type: String) -> Observation { Observation(label: "x", value: "raised \(type)", exception: type) }
    #expect(
      Self.compare([Self.cell("capi-static", [raised("TypeError")]), Self.cell("capi-heap", [raised("ValueError")])])[
        "capi-heap@cpython"] == ["x exception type: raised ValueError for raised TypeError"])
    #expect(
      Self.compare([
        Self.cell("capi-static", [raised("TypeError")]),
        Self.cell("capi-heap", [Observation(label: "x", value: "returned 1")]),
      ])["capi-heap@cpython"] == ["x exception type: returned 1 for raised TypeError"])
    for facet in [Facet.order, .leak] {
      #expect(
        Self.compare([
          Self.cell("capi-static", [Observation(label: "x", facet: facet, value: "1")]),
          Self.cell("capi-heap", [Observation(label: "x", facet: facet, value: "2")]),
        ])["capi-heap@cpython"] == ["x \(facet.rawValue): 2 for 1"])
    }
  }

  @Test("messages are compared where both lanes speak CPython's own words, and never across runtimes")
  func messages() {
    func raised(_ message: String) -> Observation {
      Observation(label: "x", value: "raised TypeError", exception: "TypeError", message: message)
    }
    let found = Self.compare([
      Self.cell("capi-heap", "cpython", [raised("one")]), Self.cell("universal", "cpython", [raised("two")]),
      Self.cell("capi-heap", "pypy", [raised("three")]), Self.cell("universal", "pypy", [raised("four")]),
    ])
    #expect(found["universal@cpython"] == ["x message: two for one"])
    #expect(found["capi-heap@pypy"] == [])
    #expect(found["universal@pypy"] == [])
  }

  @Test("two answers disagree at the places where they differ")
  func disagreements() {
    let one = Answer(outcome: .completed, observations: [Self.plain("1"), Observation(label: "y", value: "1")])
    let two = Answer(outcome: Outcome(.crashed, "SIGSEGV"), observations: [Self.plain("2")])
    #expect(
      one.disagreements(with: two) == [
        .init(label: nil, facet: .outcome), .init(label: "x", facet: .value), .init(label: "y", facet: .value),
      ])
    #expect(one.disagreements(with: one).isEmpty)
  }
}
