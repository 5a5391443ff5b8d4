import Model
import TestBuilders
import Testing

@testable import Comparing

@Suite("What a cell is compared with")
struct ReferencesTests {
  private static func names(_ cells: [CellID]) -> [String] { cells.map { "\($0.load)" } }

  @Test("at home it is compared with other lanes on its runtime, and with its own lane on the reference runtime")
  func home() {
    let cell = CellID.sample(.universalDebug, on: "pypy")
    let lanes = ["universal@pypy", "cpython@pypy", "capi-heap@pypy", "capi-static@pypy"]
    #expect(Self.names(References.lanes(of: cell)) == lanes)
    #expect(References.runtime(of: cell, first: "one") == .sample(.universalDebug, on: "one"))
    #expect(Self.names(References.all(of: cell, first: "one")) == lanes + ["universal+debug@one"])
    #expect(References.all(of: cell, first: "one").allSatisfy { $0.scenario == cell.scenario })
  }

  @Test("what runs on the reference runtime is compared with no other one; the first lane of all with nothing")
  func firsts() {
    #expect(References.runtime(of: .sample(on: "one"), first: "one") == nil)
    #expect(References.runtime(of: .sample(home: "pypy", on: "one"), first: "one") == nil)
    #expect(References.all(of: .sample(.capiStatic, on: "one"), first: "one") == [])
    #expect(Self.names(References.all(of: .sample(.capiStatic, on: "pypy"), first: "one")) == ["capi-static@one"])
  }

  @Test("away from home it is compared with the runtime's own first, and with the same binary on the reference runtime")
  func away() {
    let cell = CellID.sample(.universalDebug, home: "two", on: "pypy")
    #expect(
      Self.names(References.all(of: cell, first: "one")) == [
        "universal+debug@pypy", "universal@pypy", "cpython@pypy", "capi-heap@pypy", "capi-static@pypy",
        "universal+debug:two@one",
      ])
    // Where the reference runtime is its home, it is at home there.
    #expect(References.runtime(of: cell, first: "two") == .sample(.universalDebug, on: "two"))
  }

  @Test("in the order in which cells are compared each stands behind all that it is compared with")
  func order() {
    let lanes = Flavour.allCases.flatMap { flavour in Lane.Mode.allCases.map { Lane(flavour, $0) } }
    let cells: [CellID] = ["two", "one", "pypy"].flatMap { runtime in
      lanes.reversed().flatMap { lane in
        ([nil, "one", "pypy"] as [String?]).filter { $0 != runtime }.map { CellID.sample(lane, home: $0, on: runtime) }
      }
    }
    let sorted = References.sorted(cells, first: "one") { $0 }
    #expect(Set(sorted) == Set(cells) && sorted.count == cells.count)
    let places = Dictionary(uniqueKeysWithValues: sorted.enumerated().map { ($1, $0) })
    for cell in cells {
      for reference in References.all(of: cell, first: "one") {
        guard let place = places[reference] else { continue }
        #expect(place < places[cell]!, "\(cell) before \(reference)")
      }
    }
  }
}
