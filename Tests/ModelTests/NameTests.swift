import Foundation
import Model
import TestBuilders
import Testing

@Suite("Names of lanes, loads and cells")
struct NameTests {
  /// Every flavour in every mode that there is a name for.
  private static let lanes = Flavour.allCases.flatMap { flavour in
    Lane.Mode.allCases.filter { $0 == .plain || flavour.loader == .hpyUniversal }.map { Lane(flavour, $0) }
  }

  @Test("a lane's name reads back as itself, and stands so in JSON")
  func lanes() throws {
    #expect(Lane.universalDebug.description == "universal+debug")
    #expect(Lane(.hybrid, .trace).description == "hybrid+trace")
    #expect(Lane.capiStatic.description == "capi-static")
    for lane in Self.lanes {
      #expect(Lane(lane.description) == lane)
      #expect(try Lane(named: lane.description) == lane)
    }
    #expect(Set(Self.lanes.map(\.description)).count == Self.lanes.count)
    let json = try JSONEncoder().encode(Lane.all)
    #expect(try JSONDecoder().decode([String].self, from: json) == Lane.all.map(\.description))
    #expect(try JSONDecoder().decode([Lane].self, from: json) == Lane.all)
    #expect(throws: DecodingError.self) { try JSONDecoder().decode([Lane].self, from: Data("[\"none\"]".utf8)) }
  }

  @Test(
    "what is no lane has none",
    arguments: [
      "", "none", "Universal", " universal", "universal ", "universal+", "+debug", "universal+plain",
      "universal+loud", "universal+debug+trace", "capi-heap+debug", "cpython+debug", "universal:one",
      "universal@one",
    ])
  func unknownLanes(name: String) {
    #expect(Lane(name) == nil)
    #expect(throws: Problem.self) { try Lane(named: name) }
  }

  @Test("an unknown lane is told with the near ones and all that runs try")
  func hints() {
    #expect(
      throws: Problem(
        "unknown lane `univresal`",
        remedy: "perhaps `universal`; known lanes: \(Lane.all.map(\.description).joined(separator: ", "))")
    ) { try Lane(named: "univresal") }
    let far = #expect(throws: Problem.self) { try Lane(named: "zzzzzz") }
    #expect(far?.remedy.hasPrefix("known lanes: capi-heap, ") == true)
  }

  @Test("a load goes by its lane and runtime, and by its home where that is another one")
  func loads() {
    let usual = LoadID(.universalDebug, runtime: "pypy-7.3.19")
    #expect(usual.description == "universal+debug@pypy-7.3.19")
    #expect(usual.what == "universal+debug")
    let away = LoadID(.universal, home: "cpython-3.11", runtime: "pypy-7.3.19")
    #expect(away.description == "universal:cpython-3.11@pypy-7.3.19")
    #expect(away.what == "universal:cpython-3.11")
    #expect(LoadID(.universal, home: "one", runtime: "one") == LoadID(.universal, runtime: "one"))
    for lane in Self.lanes {
      for home in [nil, "cpython-3.11", "a:b", "one"] {
        let load = LoadID(lane, home: home, runtime: "one")
        #expect(LoadID(load.description) == load, "\(load)")
        let what = LoadID.read(load.what)
        #expect(what?.lane == lane && what?.home == load.home, "\(load.what)")
      }
    }
    #expect(LoadID("universal:one@one") == LoadID(.universal, runtime: "one"))
  }

  @Test(
    "any other text is no load",
    arguments: [
      "", "universal", "universal@", "@one", "@", "univresal@one", "universal:@one", ":home@one", "none:home@one",
      "universal+plain@one", "universal:home",
    ])
  func unknownLoads(text: String) {
    #expect(LoadID(text) == nil)
    #expect(CellID("s/c/n@" + text) == nil)
  }

  @Test("a cell's text reads back as itself, at home and away from it")
  func cells() throws {
    let cell = CellID(
      scenario: ScenarioID(suite: "deallocation", testCase: "destroy-order", name: "once"), lane: .universalDebug,
      runtime: "pypy-7.3.19")
    #expect(cell.description == "deallocation/destroy-order/once@universal+debug@pypy-7.3.19")
    #expect(CellID(cell.description) == cell)
    #expect(cell.lane == .universalDebug)
    #expect(cell.runtime == "pypy-7.3.19")
    var away = cell
    away.load.home = "cpython-3.11"
    #expect(away.description == "deallocation/destroy-order/once@universal+debug:cpython-3.11@pypy-7.3.19")
    #expect(CellID(away.description) == away)
    #expect(away != cell)
    let whole = CellID(ScenarioID(suite: "s", testCase: "c", name: ScenarioID.wholeCase), cell.load)
    #expect(CellID(whole.description) == whole)
    for one in [cell, away] {
      #expect(try JSONDecoder().decode(CellID.self, from: JSONEncoder().encode(one)) == one)
    }
  }

  @Test(
    "any other text is no cell",
    arguments: [
      "", "deallocation/destroy-order/once", "deallocation/destroy-order/once@universal",
      "deallocation/destroy-order/once@univresal@x", "deallocation/destroy-order/once@universal@x@y",
      "destroy-order/once@universal@x", "a/b/c/d@universal@x", "@@",
    ])
  func unknownCells(text: String) {
    #expect(CellID(text) == nil)
  }

  @Test("a load of runtimes has the name of their names; at home it is the runtime's own binary in the same mode")
  func loadsOfRuntimes() {
    let (one, two) = (Runtime.sample("one"), Runtime.sample("two"))
    let away = Load(Binary(.universal, home: one), on: two, mode: .debug)
    #expect(away.id == LoadID(.universalDebug, home: "one", runtime: "two"))
    #expect(away.lane == .universalDebug)
    #expect(away.atHome == Load(.universalDebug, on: two))
    #expect(away.atHome.id.description == "universal+debug@two")
    #expect(Load(.cpython, on: one).id.description == "cpython@one")
  }
}

@Suite("Did you mean")
struct NearNamesTests {
  private static let names = ["capi-heap", "capi-static", "cpython", "universal", "universal+debug", "pypy-7.3.19"]

  @Test(
    "names that are a few letters away, or that hold the text, the nearest first",
    arguments: [
      ("univresal", ["universal"]), ("universal", ["universal", "universal+debug"]),
      ("UNIVERSAL+DEBUG", ["universal+debug"]),
      ("pypy", ["pypy-7.3.19"]), ("capi", ["capi-heap", "capi-static"]), ("cpyton", ["cpython"]), ("zzzzzz", []),
      ("x", []), ("", []),
    ] as [(String, [String])])
  func near(text: String, expected: [String]) {
    #expect(NearNames.among(Self.names, to: text) == expected)
  }

  @Test("three at most, those of one distance by their names")
  func few() {
    #expect(NearNames.among(["a-pypy", "b-pypy", "my-pypy", "pypy"], to: "pypy") == ["pypy", "a-pypy", "b-pypy"])
    #expect(NearNames.among(["a4", "a3", "a1", "a2"], to: "a") == ["a1", "a2", "a3"])
  }

  @Test("a hint opens a remedy, and is empty where there is none")
  func hint() {
    #expect(NearNames.hint([]) == "")
    #expect(NearNames.hint(["a"]) == "perhaps `a`; ")
    #expect(NearNames.hint(["a", "b"]) == "perhaps `a` or `b`; ")
  }
}
