import Foundation
import Model
import TestBuilders
import Testing

@testable import Planning

@Suite("The ledger's file format")
struct LedgerTests {
  static let good = """
    [[cause]]
    name = "struct"
    reason = "destroy sees the wrong struct"
    link = "findings/struct.md"
    upstream = "https://example.org/1"
    fixed = ">=3.15"
    lanes = ["universal", "universal+debug"]
    runtimes = [{ implementation = "cpython", version = ">=3.11", hpy = ">=0.9.0" }]

    [[cause.place]]
    scenario = "order/once"
    label = "destroyed"
    facet = "value"
    observed = ["[0]", "[2]"]

    [[cause.place]]
    scenario = "order/cycle"
    facet = "outcome"
    observed = "crashed SIGABRT"
    flickers = true
    lanes = ["universal"]
    runtimes = [{ implementation = "pypy", version = ">=7.3.19" }]
    note = "the finalizer asserts"
    """

  /// A cause that suites may ask for, with a place that they get where they name none.
  static let common = """
    [[cause]]
    name = "crash"
    reason = "it crashes"
    link = "findings/crash.md"
    lanes = ["universal"]
    runtimes = [{ implementation = "cpython", version = ">=3.13" }]

    [[cause.place]]
    scenario = "*/*"
    facet = "outcome"
    observed = ["crashed SIGSEGV", "crashed SIGABRT"]
    """

  static let former = """
    [[divergence]]
    scenario = ["order/once", "order/twice"]
    label = "destroyed"
    facet = "value"
    observed = "[0]"
    lanes = ["universal"]
    runtimes = [{ implementation = "cpython", version = ">=3.11" }]
    reason = "destroy sees the wrong struct"
    link = "findings/struct.md"
    """

  /// The entries of one suite's ledger.
  static func entries(_ text: String, common: String = "", builtIn: String = "") throws -> [LedgerEntry] {
    try ledger(text, common: common, builtIn: builtIn).entries
  }

  private static func ledger(_ text: String, common: String = "", builtIn: String = "") throws -> Ledger {
    var reader = LedgerReader(builtIn: builtIn, takesFormerForm: false)
    try reader.define(common, file: "causes.toml")
    let entries = try reader.entries(of: text, suite: "deallocation", file: "ledger.toml")
    return Ledger(entries: entries, causes: reader.causes, files: reader.usesBuiltIn ? ["built-in": builtIn] : [:])
  }

  @Test("every key of a cause and of a place is understood; a place has what it says, and else what its cause says")
  func entries() throws {
    let ledger = try Self.ledger(Self.good)
    let entries = ledger.entries
    try #require(entries.count == 2)
    #expect(entries[0].scenario == ScenarioID(suite: "deallocation", testCase: "order", name: "once"))
    #expect(entries[0].observed == ["[0]", "[2]"])
    #expect(entries[0].lanes == [.universal, .universalDebug])
    #expect(entries[0].runtimes[0].hpy == VersionRange(">=0.9.0"))
    #expect(!entries[0].flickers)
    #expect(entries[0].reason == "destroy sees the wrong struct")
    #expect(entries[0].origin == "ledger.toml:10")
    #expect(entries[1].label == nil)
    #expect(entries[1].flickers)
    #expect(entries[1].lanes == [.universal])
    #expect(entries[1].runtimes.map(\.implementation) == ["pypy"])
    #expect(entries[1].reason == "the finalizer asserts")
    #expect(entries.map(\.cause) == ["struct", "struct"])
    #expect(entries.map(\.link) == ["findings/struct.md", "findings/struct.md"])
    #expect(ledger.causes.map(\.upstream) == [.reported("https://example.org/1")])
    #expect(ledger.causes[0].state == "reported: https://example.org/1, fixed in >=3.15")
    #expect(ledger.causes[0].origin == "ledger.toml:1")
  }

  @Test("one place for several scenarios is one for each; debug builds can be told apart")
  func severalScenarios() throws {
    let text = Self.good
      .replacing("\"order/once\"", with: "[\"order/once\", \"order/twice\"]")
      .replacing("hpy = \">=0.9.0\"", with: "debug = true")
    let entries = try Self.entries(text)
    #expect(entries.map(\.scenario.name) == ["once", "twice", "cycle"])
    #expect(entries[1].observed == ["[0]", "[2]"])
    #expect(entries.map { $0.runtimes[0].debug } == [true, true, nil])
  }

  @Test("one place for several labels is one for each, in each of its scenarios")
  func severalLabels() throws {
    let text = Self.good
      .replacing("\"order/once\"", with: "[\"order/once\", \"order/twice\"]")
      .replacing("label = \"destroyed\"", with: "label = [\"destroyed\", \"finalized\"]")
    let entries = try Self.entries(text)
    #expect(
      entries.prefix(4).map { "\($0.scenario.name) \($0.label ?? "")" }
        == ["once destroyed", "once finalized", "twice destroyed", "twice finalized"])
    #expect(entries.prefix(4).allSatisfy { $0.observed == ["[0]", "[2]"] && $0.origin == "ledger.toml:10" })
    #expect(entries.count == 5)
  }

  @Test("a suite asks for a cause by name: with places of its own, or with those of the cause")
  func asking() throws {
    let own = "[[cause]]\nuse = \"crash\"\n"
    let patterns = try Self.entries(own, common: Self.common)
    #expect(patterns.map(\.scenario.description) == ["deallocation/*/*"])
    #expect(patterns.allSatisfy { $0.isPattern && $0.cause == "crash" && $0.reason == "it crashes" })
    let placed = try Self.entries(
      own + "[[cause.place]]\nscenario = \"a/b\"\nfacet = \"outcome\"\nobserved = \"timed out\"\n", common: Self.common)
    #expect(placed.map(\.scenario.description) == ["deallocation/a/b"])
    #expect(placed.map(\.isPattern) == [false])
    #expect(placed[0].lanes == [.universal])
  }

  @Test("the folder's own cause goes before one of that name that the program brings; what is used of these is stored")
  func builtIn() throws {
    let own = "[[cause]]\nuse = \"crash\"\n"
    let brought = Self.common.replacing("it crashes", with: "brought along")
    let used = try Self.ledger(own, builtIn: brought)
    #expect(used.entries.map(\.reason) == ["brought along"])
    #expect(used.causes.map(\.name) == ["crash"])
    #expect(!used.files.isEmpty)
    let shadowed = try Self.ledger(own, common: Self.common, builtIn: brought)
    #expect(shadowed.entries.map(\.reason) == ["it crashes"])
    #expect(shadowed.files.isEmpty)
  }

  @Test(
    "what is wrong is told with its line",
    arguments: [
      ("facet = \"value\"", "facet = \"colour\"", "ledger.toml:13", "unknown facet `colour`"),
      ("label = \"destroyed\"", "labl = \"destroyed\"", "ledger.toml:12", "unknown key `labl`"),
      ("\"universal\", \"universal+debug\"", "\"universl\"", "ledger.toml:7", "unknown lane `universl`"),
      (">=3.11", "3.11 or so", "ledger.toml:8", "expected a PEP 440 specifier"),
      (">=3.15", "soon", "ledger.toml:6", "expected a PEP 440 specifier"),
      ("https://example.org/1", "perhaps", "ledger.toml:5", "`upstream` is \"perhaps\""),
      ("observed = [\"[0]\", \"[2]\"]", "observed = 7", "ledger.toml:14", "expected a list of texts"),
      ("scenario = \"order/once\"", "scenario = \"once\"", "ledger.toml:11", "`scenario` is \"once\""),
      ("scenario = \"order/once\"", "scenario = []", "ledger.toml:11", "`scenario` is missing"),
      ("scenario = \"order/once\"", "scenario = [\"a/b\", \"a/b/c\"]", "ledger.toml:11", "`scenario` is \"a/b/c\""),
      ("scenario = \"order/once\"", "scenario = \"order/*\"", "ledger.toml:11", "a pattern is only for the facet"),
      ("label = \"destroyed\"", "", "ledger.toml:13", "needs a label"),
      ("label = \"destroyed\"", "label = []", "ledger.toml:12", "`label` is empty"),
      ("label = \"destroyed\"", "label = [\"a\", \"\"]", "ledger.toml:12", "`label` is empty"),
      ("label = \"destroyed\"", "label = [\"a\", 7]", "ledger.toml:12", "expected a text"),
      ("reason = \"destroy sees the wrong struct\"", "", "ledger.toml:1", "`reason` is missing"),
      ("name = \"struct\"", "use = \"struct\"", "ledger.toml:3", "unknown key `reason`"),
      ("lanes = [\"universal\", \"universal+debug\"]", "", "ledger.toml:10", "neither this place nor its cause"),
      ("label = \"destroyed\"", "label = destroyed", "ledger.toml:12", "not valid TOML"),
    ])
  func mistakes(good: String, bad: String, place: String, message: String) throws {
    let range = try #require(Self.good.range(of: good))
    let text = Self.good.replacingCharacters(in: range, with: bad)
    let problem = #expect(throws: Problem.self) { try Self.entries(text) }
    #expect(problem?.place == place)
    #expect(problem?.found.contains(message) == true, "\(problem?.found ?? "")")
    #expect(problem?.remedy.isEmpty == false)
  }

  @Test(
    "a cause that is not there, that is there twice, or that shows nowhere",
    arguments: [
      ("[[cause]]\nuse = \"crsh\"", "ledger.toml:2", "no cause is named `crsh`", "perhaps `crash`"),
      ("[[cause]]\nname = \"crash\"\nreason = \"r\"\nlink = \"l\"", "ledger.toml:2", "already defined", "use = "),
      ("[[cause]]\nuse = \"bare\"", "ledger.toml:1", "the cause bare defines no places", "add `[[cause.place]]`"),
    ])
  func causes(text: String, place: String, message: String, remedy: String) throws {
    let bare = "\n[[cause]]\nname = \"bare\"\nreason = \"r\"\nlink = \"l\"\n"
    let problem = #expect(throws: Problem.self) { try Self.entries(text, common: Self.common + bare) }
    #expect(problem?.place == place)
    #expect(problem?.found.contains(message) == true, "\(problem?.found ?? "")")
    #expect(problem?.remedy.contains(remedy) == true, "\(problem?.remedy ?? "")")
  }

  @Test("an entry whose scenario is gone is a stray, and a pattern that means none")
  func strays() throws {
    let ledger = Ledger(entries: try Self.entries(Self.good))
    let one = Case.sample("order", suite: "deallocation", scenarios: ["once"])
    #expect(ledger.strays(among: [one]).map(\.place) == ["ledger.toml:16"])
    // Of a case that can't be read nobody knows what it has.
    let broken = Case.sample("order", suite: "deallocation", problems: [Problem(at: "", "odd", remedy: "")])
    #expect(ledger.strays(among: [broken]).isEmpty)
    #expect(ledger.strays(among: []).count == 2)
    let wide = Ledger(
      entries: try Self.entries("[[cause]]\nuse = \"crash\"", common: Self.common.replacing("*/*", with: "order/o*")))
    #expect(wide.strays(among: [one]).isEmpty)
    #expect(wide.strays(among: [Case.sample("other", suite: "deallocation", scenarios: ["once"])]).count == 1)
  }

  @Test("ledgers that were stored with a run are read again; what is wrong is told with what stands before their paths")
  func stored() throws {
    let files = [
      "deallocation/ledger.toml": Self.good + "\n[[cause]]\nuse = \"crash\"\n", "built-in causes.toml": Self.common,
    ]
    let ledger = try Ledger(stored: files)
    #expect(
      ledger.entries.map(\.scenario.description) == [
        "deallocation/order/once", "deallocation/order/cycle", "deallocation/*/*",
      ])
    #expect(ledger.entries[0].origin == "deallocation/ledger.toml:10")
    #expect(ledger.files == files)
    let text = Self.good.replacing("\"universal\", \"universal+debug\"", with: "\"universl\"")
    let problem = #expect(throws: Problem.self) {
      try Ledger(stored: ["deallocation/ledger.toml": text], place: "run 1, ")
    }
    #expect(problem?.place == "run 1, deallocation/ledger.toml:7")
    #expect(problem?.found == "unknown lane `universl`")
    #expect(problem?.remedy.hasPrefix("perhaps `universal`; known lanes: ") == true)
  }

  @Test("the former form is read where a run stored it, and refused in a file, with the command that converts it")
  func formerForm() throws {
    let ledger = try Ledger(stored: ["s/ledger.toml": Self.former])
    #expect(ledger.entries.map(\.scenario.description) == ["s/order/once", "s/order/twice"])
    #expect(ledger.entries.map(\.cause) == ["struct", "struct"])
    #expect(ledger.causes.map(\.name) == ["struct"])
    #expect(ledger.causes[0].upstream == nil)
    let problem = #expect(throws: Problem.self) { try Self.entries("# old\n\n" + Self.former) }
    #expect(problem?.place == "ledger.toml:3")
    #expect(problem?.remedy.contains("`hpy-conform causes --convert`") == true)
  }

  @Test("the ledgers of several suites are one; those that can't be used are told together")
  func suites() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "suites-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    func write(_ suite: String, _ text: String) throws {
      let place = folder.appending(path: suite)
      try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
      try Data(text.utf8).write(to: place.appending(path: LedgerFile.name))
    }
    try write("one", Self.good)
    try write("two", "[[cause]]\nuse = \"crash\"\n")
    try Data(Self.common.utf8).write(to: folder.appending(path: LedgerFile.common))
    let ledger = try Ledger(suites: folder, names: ["one", "two", "none"])
    #expect(ledger.entries.map(\.scenario.suite) == ["one", "one", "two"])
    #expect(ledger.causes.map(\.name) == ["crash", "struct"])
    #expect(Set(ledger.files.keys) == ["one/ledger.toml", "two/ledger.toml", "causes.toml"])
    #expect(ledger.files.keys.allSatisfy(LedgerFile.contains))
    for suite in ["one", "two"] { try write(suite, "[[odd]]\n") }
    let problems = #expect(throws: Problems.self) { try Ledger(suites: folder, names: ["one", "two"]) }
    #expect(problems?.all.count == 2)
  }
}
