import Foundation
import Model
import TestBuilders
import Testing

@testable import Planning

@Suite("The ledger's file format")
struct LedgerTests {
  static let good = """
    [[divergence]]
    scenario = "order/once"
    label = "destroyed"
    facet = "value"
    observed = ["[0]", "[2]"]
    lanes = ["universal", "universal+debug"]
    runtimes = [{ implementation = "cpython", version = ">=3.11", hpy = ">=0.9.0" }]
    reason = "destroy sees the wrong struct"
    link = "findings/struct.md"

    [[divergence]]
    scenario = "order/cycle"
    facet = "outcome"
    observed = "crashed SIGABRT"
    flickers = true
    lanes = ["universal"]
    runtimes = [{ implementation = "pypy", version = ">=7.3.19" }]
    reason = "the finalizer asserts"
    link = "findings/finalizer.md"
    """

  @Test("every key of an entry is understood")
  func entries() throws {
    let entries = try Ledger.entries(of: Self.good, suite: "deallocation", file: "ledger.toml")
    try #require(entries.count == 2)
    #expect(entries[0].scenario == ScenarioID(suite: "deallocation", testCase: "order", name: "once"))
    #expect(entries[0].observed == ["[0]", "[2]"])
    #expect(entries[0].lanes == [.universal, .universalDebug])
    #expect(entries[0].runtimes[0].hpy == VersionRange(">=0.9.0"))
    #expect(!entries[0].flickers)
    #expect(entries[0].origin == "ledger.toml:1")
    #expect(entries[1].label == nil)
    #expect(entries[1].flickers)
    #expect(entries[1].origin == "ledger.toml:11")
  }

  @Test("one entry for several scenarios is one for each; debug builds can be told apart")
  func severalScenarios() throws {
    let text = Self.good
      .replacing("\"order/once\"", with: "[\"order/once\", \"order/twice\"]")
      .replacing("hpy = \">=0.9.0\"", with: "debug = true")
    let entries = try Ledger.entries(of: text, suite: "deallocation", file: "ledger.toml")
    #expect(entries.map(\.scenario.name) == ["once", "twice", "cycle"])
    #expect(entries[1].observed == ["[0]", "[2]"])
    #expect(entries.map(\.origin) == ["ledger.toml:1", "ledger.toml:1", "ledger.toml:11"])
    #expect(entries.map { $0.runtimes[0].debug } == [true, true, nil])
  }

  @Test(
    "what is wrong is told with its line",
    arguments: [
      ("facet = \"value\"", "facet = \"colour\"", "ledger.toml:4", "unknown facet `colour`"),
      ("label = \"destroyed\"", "labl = \"destroyed\"", "ledger.toml:3", "unknown key `labl`"),
      ("\"universal\", \"universal+debug\"", "\"universl\"", "ledger.toml:6", "unknown lane `universl`"),
      (">=3.11", "3.11 or so", "ledger.toml:7", "expected a PEP 440 specifier"),
      ("observed = [\"[0]\", \"[2]\"]", "observed = 7", "ledger.toml:5", "expected a list of texts"),
      ("scenario = \"order/once\"", "scenario = \"once\"", "ledger.toml:2", "`scenario` is \"once\""),
      ("scenario = \"order/once\"", "scenario = []", "ledger.toml:2", "`scenario` is missing"),
      ("scenario = \"order/once\"", "scenario = [\"a/b\", \"a/b/c\"]", "ledger.toml:2", "`scenario` is \"a/b/c\""),
      ("label = \"destroyed\"", "", "ledger.toml:4", "needs a label"),
      ("reason = \"destroy sees the wrong struct\"", "", "ledger.toml:1", "`reason` is missing"),
      ("label = \"destroyed\"", "label = destroyed", "ledger.toml:3", "not valid TOML"),
    ])
  func mistakes(good: String, bad: String, place: String, message: String) throws {
    let range = try #require(Self.good.range(of: good))
    let text = Self.good.replacingCharacters(in: range, with: bad)
    let problem = #expect(throws: Problem.self) {
      try Ledger.entries(of: text, suite: "deallocation", file: "ledger.toml")
    }
    #expect(problem?.place == place)
    #expect(problem?.found.contains(message) == true, "\(problem?.found ?? "")")
    #expect(problem?.remedy.isEmpty == false)
  }

  @Test("an entry whose scenario is gone is a stray")
  func strays() throws {
    let entries = try Ledger.entries(of: Self.good, suite: "deallocation", file: "ledger.toml")
    let ledger = Ledger(entries: entries)
    let one = Case.sample("order", suite: "deallocation", scenarios: ["once"])
    #expect(ledger.strays(among: [one]).map(\.place) == ["ledger.toml:11"])
    // Of a case that can't be read nobody knows what it has.
    let broken = Case.sample("order", suite: "deallocation", problems: [Problem(at: "", "odd", remedy: "")])
    #expect(ledger.strays(among: [broken]).isEmpty)
    #expect(ledger.strays(among: []).count == 2)
  }

  @Test("ledgers that were stored with a run are read again; what is wrong is told with what stands before their paths")
  func stored() throws {
    let ledger = try Ledger(stored: ["deallocation/ledger.toml": Self.good])
    #expect(ledger.entries.map(\.scenario.description) == ["deallocation/order/once", "deallocation/order/cycle"])
    #expect(ledger.entries[0].origin == "deallocation/ledger.toml:1")
    #expect(ledger.files == ["deallocation/ledger.toml": Self.good])
    let text = Self.good.replacing("\"universal\", \"universal+debug\"", with: "\"universl\"")
    let problem = #expect(throws: Problem.self) {
      try Ledger(stored: ["deallocation/ledger.toml": text], place: "run 1, ")
    }
    #expect(problem?.place == "run 1, deallocation/ledger.toml:6")
    #expect(problem?.found == "unknown lane `universl`")
    #expect(problem?.remedy.hasPrefix("perhaps `universal`; known lanes: ") == true)
  }

  @Test("the ledgers of several suites are one; those that can't be used are told together")
  func suites() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "suites-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    func write(_ suite: String, _ text: String) throws {
      let place = folder.appending(path: suite)
      try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
      try Data(text.utf8).write(to: place.appending(path: Ledger.fileName))
    }
    try write("one", Self.good)
    try write("two", Self.good)
    let ledger = try Ledger(suites: folder, names: ["one", "two", "none"])
    #expect(ledger.entries.map(\.scenario.suite) == ["one", "one", "two", "two"])
    #expect(Set(ledger.files.keys) == ["one/ledger.toml", "two/ledger.toml"])
    for suite in ["one", "two"] { try write(suite, "[[odd]]\n") }
    let problems = #expect(throws: Problems.self) { try Ledger(suites: folder, names: ["one", "two"]) }
    #expect(problems?.all.count == 2)
  }
}
