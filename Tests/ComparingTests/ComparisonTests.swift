import Model
import TestBuilders
import Testing

@testable import Comparing

@Suite("Comparing the cells of a scenario")
struct ComparisonTests {
  private static func cell(
    _ lane: Lane, home: String? = nil, on runtime: String = "cpython", _ observations: [Observation],
    outcome: Outcome = .completed, unsteady: Set<Divergence.Place> = []
  ) -> AnsweredCell {
    AnsweredCell(
      id: .sample(lane, home: home, on: runtime), runtime: .sample(runtime), answer: .sample(observations, outcome),
      unsteady: unsteady)
  }

  private static func compare(_ cells: [AnsweredCell]) -> [String: [String]] {
    let comparison = Comparison(cells, referenceRuntime: "cpython")
    return cells.reduce(into: [:]) { result, cell in
      result["\(cell.id.load)"] = comparison.divergences(of: cell.id).map {
        "\($0.label ?? "-") \($0.facet.rawValue): \($0.observed) for \($0.expected)"
      }
    }
  }

  @Test("a label with an expectation is judged by it, in every cell, and by nothing else")
  func expectations() {
    let found = Self.compare([
      Self.cell(.capiStatic, [.promised("2", "1")]), Self.cell(.capiHeap, [.promised("1", "1")]),
      Self.cell(.universal, [.promised("2", "1")]),
    ])
    #expect(found["capi-static@cpython"] == ["x value: 2 for 1"])
    #expect(found["capi-heap@cpython"] == [])
    #expect(found["universal@cpython"] == ["x value: 2 for 1"])
  }

  @Test("any of several promised values will do")
  func alternatives() {
    let cell = Self.cell(.universal, [.promised("2", "1", "2")])
    #expect(Self.compare([cell])["universal@cpython"] == [])
  }

  @Test("a plain label is compared with the nearest reference lane on the same runtime")
  func lanes() {
    let found = Self.compare([
      Self.cell(.capiHeap, [.fact("1")]), Self.cell(.capiStatic, [.fact("2")]),
      Self.cell(.cpython, [.fact("2")]), Self.cell(.universal, [.fact("1")]),
    ])
    #expect(found["capi-heap@cpython"] == [])
    #expect(found["capi-static@cpython"] == ["x value: 2 for 1"])
    #expect(found["cpython@cpython"] == ["x value: 2 for 1"])
    // cpython diverges there itself, so capi-heap is asked.
    #expect(found["universal@cpython"] == [])
  }

  @Test("a reference that fails its own expectation, crashed or wavers blames nobody")
  func unsoundReferences() {
    let failed = Observation.promised("9", "1")
    #expect(
      Self.compare([Self.cell(.capiHeap, [failed]), Self.cell(.capiStatic, [.fact("1")])])[
        "capi-static@cpython"] == [])
    #expect(
      Self.compare([
        Self.cell(.capiHeap, [.fact("9")], outcome: .crashed(signal: "SIGSEGV")),
        Self.cell(.capiStatic, [.fact("1")]),
      ])["capi-static@cpython"] == [])
    let place = Divergence.Place(label: "x", facet: .value)
    #expect(
      Self.compare([
        Self.cell(.capiHeap, [.fact("9")], unsteady: [place]), Self.cell(.capiStatic, [.fact("1")]),
      ])["capi-static@cpython"] == [])
  }

  @Test("a plain label is also compared with the same lane on the reference runtime")
  func runtimes() {
    let found = Self.compare([
      Self.cell(.universal, on: "cpython", [.fact("1")]), Self.cell(.universal, on: "pypy", [.fact("2")]),
    ])
    #expect(found["universal@cpython"] == [])
    #expect(found["universal@pypy"] == ["x value: 2 for 1"])
  }

  @Test("where the reference runtime has nothing to say, the next one in order is asked, and none that is behind")
  func standIns() {
    for outcome in [Outcome.notApplicable, .crashed(signal: "SIGSEGV")] {
      let found = Self.compare([
        Self.cell(.universal, on: "cpython", [], outcome: outcome), Self.cell(.universal, on: "b", [.fact("1")]),
        Self.cell(.universal, on: "c", [.fact("2")]),
      ])
      #expect(found["universal@b"] == [] && found["universal@c"] == ["x value: 2 for 1"])
    }
  }

  @Test("the reference runtime diverges where it alone differs and two others agree; with one other, that one is told")
  func alone() {
    func cells(_ values: String...) -> [AnsweredCell] {
      zip(["cpython", "b", "c", "d"], values).map { Self.cell(.universal, on: $0, [.fact($1)]) }
    }
    func blamed(_ cells: [AnsweredCell]) -> [String: [String]] { Self.compare(cells).filter { !$0.value.isEmpty } }
    #expect(blamed(cells("1", "2", "2")) == ["universal@cpython": ["x value: 1 for 2"]])
    #expect(blamed(cells("1", "2", "2", "2")) == ["universal@cpython": ["x value: 1 for 2"]])
    #expect(blamed(cells("1", "2")) == ["universal@b": ["x value: 2 for 1"]])
    #expect(blamed(cells("1", "1", "2")) == ["universal@c": ["x value: 2 for 1"]])
    #expect(
      blamed(cells("1", "2", "3")) == ["universal@b": ["x value: 2 for 1"], "universal@c": ["x value: 3 for 1"]])
    #expect(
      blamed(cells("1", "1", "2", "2")) == ["universal@c": ["x value: 2 for 1"], "universal@d": ["x value: 2 for 1"]])
    // What is promised is judged by the promise, however many agree.
    let promised = ["cpython", "b", "c"].map {
      Self.cell(.universal, on: $0, [.promised($0 == "cpython" ? "1" : "2", "1")])
    }
    #expect(blamed(promised).keys.sorted() == ["universal@b", "universal@c"])
    // Its other lanes are not measured by what it alone answers.
    #expect(
      blamed(cells("1", "2", "2") + [Self.cell(.capiHeap, on: "cpython", [.fact("1")])]).keys.sorted()
        == ["universal@cpython"])
  }

  @Test("a place is compared where something says what it should be, or where it says that of another one")
  func compared() {
    let cells = [
      Self.cell(.capiHeap, [.fact("1"), .promised("1", "1", label: "promised"), .fact("1", "own")]),
      Self.cell(.universal, [.fact("1"), .fact("1", "own")]),
      Self.cell(.universal, on: "crashing", [], outcome: .notApplicable),
    ]
    let comparison = Comparison(cells, referenceRuntime: "cpython")
    #expect(comparison.isCompared("x", of: cells[0].id) && comparison.isCompared("x", of: cells[1].id))
    #expect(comparison.isCompared("promised", of: cells[0].id) && comparison.isCompared(cells[0].id))
    let single = Comparison([cells[1]], referenceRuntime: "cpython")
    #expect(!single.isCompared("x", of: cells[1].id) && !single.isCompared(cells[1].id))
  }

  @Test("the runtime's own fault in the reference lane is not blamed on the lane that agrees with the other runtime")
  func crossing() {
    let found = Self.compare([
      Self.cell(.capiHeap, on: "cpython", [.fact("1")]), Self.cell(.universal, on: "cpython", [.fact("1")]),
      Self.cell(.capiHeap, on: "pypy", [.fact("2")]), Self.cell(.universal, on: "pypy", [.fact("1")]),
    ])
    #expect(found["capi-heap@pypy"] == ["x value: 2 for 1"])
    #expect(found["universal@pypy"] == [])
  }

  @Test("a cell that did not run to its end diverges in its outcome; what it had recorded is still compared")
  func outcomes() {
    let found = Self.compare([
      Self.cell(.capiHeap, [.fact("1"), .fact("1", "y")]),
      Self.cell(.capiStatic, [.fact("2")], outcome: .crashed(signal: "SIGABRT")),
    ])
    #expect(found["capi-static@cpython"] == ["- outcome: crashed SIGABRT for completed", "x value: 2 for 1"])
  }

  @Test("a label that only one of two completed cells recorded is a difference, whichever it is")
  func missingLabels() {
    let more = Self.cell(.capiHeap, [.fact("1"), .fact("1", "y")])
    let less = Self.cell(.capiStatic, [.fact("1")])
    #expect(Self.compare([more, less])["capi-static@cpython"] == ["y value: (not recorded) for 1"])
    let other = Self.cell(.capiStatic, [.fact("1"), .fact("1", "z")])
    #expect(
      Self.compare([Self.cell(.capiHeap, [.fact("1")]), other])["capi-static@cpython"]
        == ["z value: 1 for (not recorded)"])
  }

  @Test("exception types, orders and leaks are facets of their own")
  func facets() {
    func raised(_ type: String) -> Observation { Observation(label: "x", value: "raised \(type)", exception: type) }
    #expect(
      Self.compare([Self.cell(.capiHeap, [raised("TypeError")]), Self.cell(.capiStatic, [raised("ValueError")])])[
        "capi-static@cpython"] == ["x exception type: raised ValueError for raised TypeError"])
    #expect(
      Self.compare([
        Self.cell(.capiHeap, [raised("TypeError")]),
        Self.cell(.capiStatic, [.fact("returned 1", "x")]),
      ])["capi-static@cpython"] == ["x exception type: returned 1 for raised TypeError"])
    for facet in [Facet.order, .leak] {
      #expect(
        Self.compare([
          Self.cell(.capiHeap, [Observation(label: "x", facet: facet, value: "1")]),
          Self.cell(.capiStatic, [Observation(label: "x", facet: facet, value: "2")]),
        ])["capi-static@cpython"] == ["x \(facet.rawValue): 2 for 1"])
    }
  }

  @Test("messages are compared where both lanes speak CPython's own words, and never across runtimes")
  func messages() {
    func raised(_ message: String) -> Observation {
      Observation(label: "x", value: "raised TypeError", exception: "TypeError", message: message)
    }
    let found = Self.compare([
      Self.cell(.capiHeap, on: "cpython", [raised("one")]), Self.cell(.universal, on: "cpython", [raised("two")]),
      Self.cell(.capiHeap, on: "pypy", [raised("three")]), Self.cell(.universal, on: "pypy", [raised("four")]),
    ])
    #expect(found["universal@cpython"] == ["x message: two for one"])
    #expect(found["capi-heap@pypy"] == [])
    #expect(found["universal@pypy"] == [])
  }

  @Test("a binary that is built elsewhere is compared with the runtime's own first, then as that one is")
  func awayFromHome() {
    let found = Self.compare([
      Self.cell(.universal, home: "cpython", on: "pypy", [.fact("3")]),
      Self.cell(.universal, on: "cpython", [.fact("1")]),
      Self.cell(.universal, on: "pypy", [.fact("1")]), Self.cell(.capiHeap, on: "pypy", [.fact("1")]),
    ])
    #expect(found["universal:cpython@pypy"] == ["x value: 3 for 1"])
    #expect(found["universal@pypy"] == [])
    // The runtime's own is at fault there itself, so another lane is asked, and the same binary on the reference runtime.
    let blamed = Self.compare([
      Self.cell(.universal, home: "cpython", on: "pypy", [.fact("3")]), Self.cell(.universal, on: "pypy", [.fact("2")]),
      Self.cell(.capiHeap, on: "pypy", [.fact("1")]),
    ])
    #expect(blamed["universal@pypy"] == ["x value: 2 for 1"])
    #expect(blamed["universal:cpython@pypy"] == ["x value: 3 for 1"])
    let alone = Self.compare([
      Self.cell(.universal, home: "cpython", on: "pypy", [.fact("3")]),
      Self.cell(.universal, on: "cpython", [.fact("1")]),
    ])
    #expect(alone["universal:cpython@pypy"] == ["x value: 3 for 1"])
    #expect(alone["universal@cpython"] == [])
  }

  @Test("a binary that is built elsewhere is no reference for what is built at home")
  func noReference() {
    let found = Self.compare([
      Self.cell(.universal, home: "pypy", [.fact("3")]), Self.cell(.universal, [.fact("1")]),
      Self.cell(.universalDebug, [.fact("1")]),
    ])
    #expect(found["universal@cpython"] == [])
    #expect(found["universal+debug@cpython"] == [])
    #expect(found["universal:pypy@cpython"] == ["x value: 3 for 1"])
  }

  @Test("in whichever order cells come, they are judged alike")
  func order() {
    let cells = [
      Self.cell(.capiHeap, [.fact("1")]), Self.cell(.capiStatic, [.fact("2")]), Self.cell(.universal, [.fact("1")]),
      Self.cell(.universalDebug, [.fact("2")]), Self.cell(.universal, on: "pypy", [.fact("3")]),
      Self.cell(.universal, home: "cpython", on: "pypy", [.fact("3")]),
    ]
    let found = Self.compare(cells)
    #expect(found["universal:cpython@pypy"] == ["x value: 3 for 1"])
    for shift in 1..<cells.count { #expect(Self.compare(Array(cells[shift...] + cells[..<shift])) == found) }
    #expect(Self.compare(cells.reversed()) == found)
  }

  @Test("two answers disagree at the places where they differ")
  func disagreements() {
    let one = Answer(outcome: .completed, observations: [.fact("1"), .fact("1", "y")])
    let two = Answer(outcome: .crashed(signal: "SIGSEGV"), observations: [.fact("2")])
    #expect(
      one.disagreements(with: two) == [
        .init(label: nil, facet: .outcome), .init(label: "x", facet: .value), .init(label: "y", facet: .value),
      ])
    #expect(one.disagreements(with: one).isEmpty)
  }
}
