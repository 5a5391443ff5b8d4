import Foundation
import Model
import TestBuilders
import Testing

@testable import Planning

@Suite("A case's folder and manifest")
struct CaseTests {
  private static func read(_ files: [String: String]) throws -> Case {
    let folder = FileManager.default.temporaryDirectory.appending(path: "case-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    for (name, text) in files { try Data(text.utf8).write(to: folder.appending(path: name)) }
    return Case.read(suite: "suite", directory: folder)
  }

  /// What a lane compiles: the name that the source goes by, and the names of its files.
  private static func sources(_ one: Case, _ lane: Lane) -> [String]? {
    one.sources(for: lane).map { [$0.name] + $0.paths.map { ($0 as NSString).lastPathComponent } }
  }

  @Test("file names say which lanes a source is for")
  func defaults() throws {
    let one = try Self.read(["hpy.c": "", "capi.c": "", "capi-static.c": ""])
    #expect(one.problems.isEmpty)
    #expect(one.module == "ext")
    #expect(Self.sources(one, .universal) == ["hpy", "hpy.c"])
    #expect(Self.sources(one, .universalDebug) == ["hpy", "hpy.c"])
    #expect(Self.sources(one, Lane(.noTag)) == ["hpy", "hpy.c"])
    #expect(Self.sources(one, .capiHeap) == ["capi", "capi.c"])
    #expect(Self.sources(one, .capiStatic) == ["capi-static", "capi-static.c"])
    #expect(Self.sources(try Self.read(["hpy.c": ""]), .capiHeap) == nil)
    #expect(one.sources(for: .universal)?.paths == [one.directory.path + "/hpy.c"])
  }

  @Test("C is compiled for the stable ABI where the manifest says from which version on, and elsewhere it says why not")
  func limitedAPI() throws {
    let files = ["capi.c": "", "hpy.c": ""]
    func read(_ manifest: String) throws -> Case { try Self.read(files.merging(["case.toml": manifest]) { $1 }) }
    #expect(Self.sources(try read("summary = \"x\""), .abi3) == nil)
    let one = try read("[limited-api]\nabi3 = \"3.10\"")
    #expect(Self.sources(one, .abi3) == ["capi", "capi.c"])
    #expect(Self.sources(one, .abi3t) == nil)
    func skip(_ one: Case, _ lane: Lane, from home: Runtime, on runtime: Runtime) -> Skip? {
      one.limitedAPIObstacle(of: .sample(lane, home: home, on: runtime))
    }
    let (old, new) = (Runtime.sample("old", python: "3.9.1"), Runtime.sample("new", python: "3.10.0"))
    #expect(skip(one, .abi3, from: new, on: old) == nil)
    let tooOld = try #require(skip(one, .abi3, from: old, on: new))
    #expect(tooOld.outcome == .unsupported)
    #expect(tooOld.reason == "its C is written for Py_LIMITED_API 3.10, and old has headers of 3.9")
    #expect(skip(one, .capiHeap, from: old, on: old) == nil)
    let lacking = try read("[limited-api]\nlacks = [\"PyFloatObject\", \"PyUnicode_AsUTF8\"]")
    #expect(Self.sources(lacking, .abi3) != nil)
    #expect(Self.sources(lacking, .abi3t) == nil)
    let absent = try #require(skip(lacking, .abi3, from: new, on: new))
    #expect(absent.outcome == .notApplicable)
    #expect(absent.reason.contains("PyFloatObject, PyUnicode_AsUTF8"))
  }

  @Test("what doesn't apply to heap types of the raw C API doesn't apply to the same C for the stable ABI")
  func sharedExclusions() {
    let one = Case.Exclusion(lanes: [.capiHeap], runtimes: [], scenarios: [], reason: "r")
    #expect(one.covers("a", .abi3, .sample()))
    #expect(!one.covers("a", .capiStatic, .sample()))
    #expect(!Case.Exclusion(lanes: [.abi3], runtimes: [], scenarios: [], reason: "r").covers("a", .capiHeap, .sample()))
  }

  @Test("further modules have a name, a source and perhaps a lane")
  func furtherModules() throws {
    let files = ["capi.c": "", "hpy.c": "", "p.c": "", "q.c": ""]
    func read(_ manifest: String) throws -> Case { try Self.read(files.merging(["case.toml": manifest]) { $1 }) }
    let one = try read(
      """
      [[ext-modules]]
      name = "p"
      capi = ["p.c"]
      [[ext-modules]]
      name = "q"
      hpy = ["q.c"]
      lane = "universal"
      """)
    #expect(one.problems.isEmpty, "\(one.problems)")
    #expect(one.modules.map(\.name) == ["p", "q"])
    // Nothing of `p` can be compiled for HPy, so the case has no lanes of it.
    #expect(Self.sources(one, .capiHeap) == ["capi", "capi.c"])
    #expect(Self.sources(one, .universal) == nil)
    #expect(one.companion(one.modules[1]).sources(for: .universal)?.paths == [one.directory.path + "/q.c"])
    for (manifest, found) in [
      ("name = \"1p\"\ncapi = [\"p.c\"]", "`1p` is not the name of a module"),
      ("name = \"p\"", "the module p has no C source"),
      ("name = \"p\"\ncapi = [\"none.c\"]", "there is no none.c"),
      ("name = \"ext\"\ncapi = [\"p.c\"]", "two modules are called ext"),
      ("name = \"p\"\ncapi = [\"p.c\"]\nlane = \"universal\"", "the module p has no source for the lane universal"),
      ("name = \"p\"\ncapi = [\"p.c\"]\nlane = \"debug\"", "unknown lane `debug`"),
      ("name = \"p\"\ncapi = [\"p.c\"]\nmodule = \"p\"", "module"),
    ] {
      let problems = try read("[[ext-modules]]\n" + manifest).problems
      #expect(problems.first?.description.contains(found) == true, "\(manifest): \(problems)")
    }
  }

  @Test("the manifest names module, sources and what does not apply")
  func manifest() throws {
    let one = try Self.read([
      "one.c": "", "two.c": "",
      "case.toml": """
      summary = "two files"
      module = "numbers"
      [sources]
      hpy = ["one.c", "two.c"]
      [[not-applicable]]
      lanes = ["universal+debug"]
      scenarios = ["slow"]
      reason = "takes hours"
      source = "HPy documentation, 'Debug Mode'"
      """,
    ])
    #expect(one.problems.isEmpty, "\(one.problems)")
    #expect(one.module == "numbers")
    #expect(one.summary == "two files")
    #expect(Self.sources(one, .cpython) == ["hpy", "one.c", "two.c"])
    #expect(
      one.exclusions == [
        Case.Exclusion(
          lanes: [.universalDebug], runtimes: [], scenarios: ["slow"],
          reason: "takes hours (HPy documentation, 'Debug Mode')")
      ])
  }

  @Test("an exclusion covers its lanes, runtimes and scenarios; what it leaves out means all")
  func exclusions() throws {
    let one = try Self.read([
      "hpy.c": "",
      "case.toml": """
      [[not-applicable]]
      lanes = ["universal"]
      scenarios = ["slow"]
      runtimes = [{ implementation = "pypy" }]
      reason = "takes hours"
      source = "a document"
      [[not-applicable]]
      scenarios = ["none"]
      reason = "never"
      source = "a document"
      """,
    ])
    #expect(one.problems.isEmpty, "\(one.problems)")
    func reason(_ scenario: String, _ lane: Lane, _ runtime: Runtime) -> String? {
      let skip = one.exclusion(
        of: ScenarioID(suite: one.suite, testCase: one.name, name: scenario), from: lane, on: runtime)
      #expect(skip == nil || skip?.outcome == .notApplicable)
      return skip?.reason
    }
    #expect(reason("slow", .universal, .sample("pypy")) == "takes hours (a document)")
    #expect(reason("slow", .universalDebug, .sample("pypy")) == nil)
    #expect(reason("slow", .universal, .sample("cpython")) == nil)
    #expect(reason("fast", .universal, .sample("pypy")) == nil)
    #expect(reason("none", .capiStatic, .sample("cpython")) == "never (a document)")
  }

  @Test(
    "a bad manifest is a problem with its line, and the case stays",
    arguments: [
      ("sumary = \"x\"", "case.toml:1", "unknown key `sumary`"),
      ("summary = \"x\"\n[sources]\nhpy = [\"gone.c\"]", "case.toml:3", "there is no gone.c"),
      ("[[not-applicable]]\nlanes = [\"universal\"]\nreason = \"x\"", "case.toml:1", "`source` is missing"),
      ("[[not-applicable]]\nlanes = [\"none\"]", "case.toml:2", "unknown lane `none`"),
      ("[sources]\nuniversl = [\"hpy.c\"]", "case.toml:2", "unknown key `universl`"),
      ("module = 3", "case.toml:1", "expected a text"),
      ("summary = ", "case.toml:1", "not valid TOML"),
      ("[limited-api]\nabi3 = \"3.1\"", "case.toml:2", "expected a version of the limited API, 3.2 or later"),
      ("[limited-api]\nabi3 = \"3.9.1\"", "case.toml:2", "`abi3` is \"3.9.1\""),
      ("[limited-api]\nabi3t = \"3.14\"", "case.toml:2", "3.15 or later"),
      ("[limited-api]\nabi4 = \"3.9\"", "case.toml:2", "unknown key `abi4`"),
      ("[limited-api]\nabi3 = \"3.9\"\nlacks = [\"PyX\"]", "case.toml:3", "`lacks` says why there is no abi3"),
      ("[limited-api]", "case.toml:1", "says nothing"),
    ])
  func badManifests(text: String, place: String, message: String) throws {
    let one = try Self.read(["hpy.c": "", "case.toml": text])
    try #require(one.problems.count == 1)
    #expect(one.problems[0].place.hasSuffix(place), "\(one.problems[0].place)")
    #expect(one.problems[0].found.contains(message), "\(one.problems[0].found)")
  }

  @Test("a folder without C is a problem")
  func empty() throws {
    #expect(try Self.read(["scenarios.py": ""]).problems.first?.found == "there is no C source")
  }

  @Test("what the reader says of the scenario file becomes the case's")
  func description() throws {
    var one = Case.sample(scenarios: [])
    let scenario = ScenarioFile.Scenario(name: "a", line: 3, summary: "first", content: ContentKey(of: "a"))
    one.apply(
      ScenarioFile(scenarios: [scenario], content: ContentKey(of: "whole"), problems: [], foreign: ["numpy"]))
    #expect(one.scenarios == [scenario])
    #expect(one.scenarioKey == ContentKey(of: "whole"))
    #expect(one.foreignImports == ["numpy"])
    #expect(one.plannedScenarios == [.sample("a")])
    one.apply(
      ScenarioFile(scenarios: [], content: nil, problems: [.init(line: 3, message: "odd")], foreign: []))
    #expect(one.problems == [Problem(at: one.scenarioFile + ":3", "odd", remedy: "")])
    #expect(one.scenarioKey == nil)
    #expect(one.plannedScenarios == [.sample(ScenarioID.wholeCase)])
    var none = Case.sample(scenarios: [])
    none.apply(nil)
    #expect(none.problems.map(\.found) == ["there is no scenarios.py"])
  }

  @Test("the reader's answer is read as it writes it")
  func readerAnswer() throws {
    let key = ContentKey(of: "a")
    let text = """
      {"/s/c/scenarios.py": {"scenarios": [{"name": "a", "line": 3, "summary": "first", "content": "\(key.hex)"}],
       "content": "\(key.hex)", "problems": [{"line": 7, "message": "odd"}], "foreign": ["numpy"]},
       "/s/d/scenarios.py": {"scenarios": [], "content": null, "problems": [], "foreign": []}}
      """
    let files = try JSONDecoder().decode([String: ScenarioFile].self, from: Data(text.utf8))
    #expect(
      files["/s/c/scenarios.py"]
        == ScenarioFile(
          scenarios: [.init(name: "a", line: 3, summary: "first", content: key)], content: key,
          problems: [.init(line: 7, message: "odd")], foreign: ["numpy"]))
    #expect(files["/s/d/scenarios.py"]?.content == nil)
  }
}

@Suite("What scenario files import")
struct ImportsTests {
  @Test(
    "modules by the text alone",
    arguments: [
      ("import a.b, c as d\nfrom e.f import g\n", ["a.b", "c", "e.f"]), ("    import a; import b\n", ["a", "b"]),
      ("from . import x\nfrom .y import z\n", []), ("\"\"\"import (it)\"\"\"\nx = 'import y'\n", []), ("", []),
    ] as [(String, Set<String>)])
  func imports(text: String, expected: Set<String>) {
    #expect(Case.imports(in: text) == expected)
  }
}
