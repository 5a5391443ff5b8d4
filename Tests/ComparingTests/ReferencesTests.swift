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
    let order = ["one", "two", "pypy", "three"]
    #expect(
      Self.names(References.runtimes(of: cell, order: order)) == ["universal+debug@one", "universal+debug@two"])
    #expect(
      Self.names(References.all(of: cell, order: order)) == lanes + ["universal+debug@one", "universal+debug@two"])
    #expect(References.all(of: cell, order: order).allSatisfy { $0.scenario == cell.scenario })
  }

  @Test("what runs on the reference runtime is compared with no other one; the first lane of all with nothing")
  func firsts() {
    let order = ["one", "pypy"]
    #expect(References.runtimes(of: .sample(on: "one"), order: order) == [])
    #expect(References.runtimes(of: .sample(home: "pypy", on: "one"), order: order) == [])
    #expect(References.all(of: .sample(.capiHeap, on: "one"), order: order) == [])
    #expect(Self.names(References.all(of: .sample(.capiHeap, on: "pypy"), order: order)) == ["capi-heap@one"])
  }

  @Test("away from home it is compared with the runtime's own first, and with the same binary on the reference runtime")
  func away() {
    let cell = CellID.sample(.universalDebug, home: "two", on: "pypy")
    #expect(
      Self.names(References.all(of: cell, order: ["one", "pypy"])) == [
        "universal+debug@pypy", "universal@pypy", "cpython@pypy", "capi-heap@pypy", "capi-static@pypy",
        "universal+debug:two@one",
      ])
    // Where the reference runtime is its home, it is at home there.
    #expect(References.runtimes(of: cell, order: ["two", "pypy"]) == [.sample(.universalDebug, on: "two")])
  }

  @Test("behind the reference runtime come those of its implementation, of the closest version, the older first")
  func nearness() {
    func runtime(_ name: String, _ implementation: String, _ version: String, python: String? = nil) -> Runtime {
      var runtime = Runtime.sample(name)
      (runtime.implementation, runtime.version, runtime.python) = (implementation, version, python ?? version)
      return runtime
    }
    let runtimes = [
      runtime("pypy8", "pypy", "8.0.1", python: "3.11.15"), runtime("c13", "cpython", "3.13.1"),
      runtime("c11", "cpython", "3.11.2"), runtime("c15", "cpython", "3.15.0b2"), runtime("c8", "cpython", "3.8.20"),
      runtime("pypy7", "pypy", "7.3.11", python: "3.9.16"), runtime("c12", "cpython", "3.12.1"),
      runtime("c10", "cpython", "3.10.1"), runtime("pypy73", "pypy", "7.3.19", python: "3.11.11"),
    ]
    let order = ["c11", "c10", "c12", "c13", "c8", "c15", "pypy73", "pypy8", "pypy7"]
    #expect(References.order(of: runtimes, first: "c11") == order)
    #expect(References.order(of: runtimes.reversed(), first: "c11") == order, "the place in the file says nothing")
    #expect(References.order(of: runtimes, first: "pypy8").prefix(3) == ["pypy8", "pypy73", "pypy7"])
  }

  @Test("in the order in which cells are compared each stands behind all that it is compared with")
  func order() {
    let lanes = Flavour.allCases.flatMap { flavour in Lane.Mode.allCases.map { Lane(flavour, $0) } }
    let cells: [CellID] = ["two", "one", "pypy"].flatMap { runtime in
      lanes.reversed().flatMap { lane in
        ([nil, "one", "pypy"] as [String?]).filter { $0 != runtime }.map { CellID.sample(lane, home: $0, on: runtime) }
      }
    }
    let order = ["one", "two", "pypy"]
    let sorted = References.sorted(cells, order: order) { $0 }
    #expect(Set(sorted) == Set(cells) && sorted.count == cells.count)
    let places = Dictionary(uniqueKeysWithValues: sorted.enumerated().map { ($1, $0) })
    for cell in cells {
      for reference in References.all(of: cell, order: order) {
        guard let place = places[reference] else { continue }
        #expect(place < places[cell]!, "\(cell) before \(reference)")
      }
    }
  }
}
