import Foundation
import Model
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

  private static func lane(_ name: String) throws -> Lane { try #require(Lane.named(name)) }

  @Test("file names say which lanes a source is for")
  func defaults() throws {
    let one = try Self.read(["hpy.c": "", "capi.c": "", "capi-static.c": ""])
    #expect(one.problems.isEmpty)
    #expect(one.module == "ext")
    #expect(one.sources(for: try Self.lane("universal"))?.map { ($0 as NSString).lastPathComponent } == ["hpy.c"])
    #expect(one.sources(for: try Self.lane("capi-heap"))?.map { ($0 as NSString).lastPathComponent } == ["capi.c"])
    #expect(
      one.sources(for: try Self.lane("capi-static"))?.map { ($0 as NSString).lastPathComponent } == ["capi-static.c"])
    #expect(try Self.read(["hpy.c": ""]).sources(for: try Self.lane("capi-heap")) == nil)
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
    #expect(one.sources(for: try Self.lane("cpython"))?.count == 2)
    #expect(one.exclusions.first?.reason == "takes hours (HPy documentation, 'Debug Mode')")
  }

  @Test(
    "a bad manifest is a problem with its line, and the case stays",
    arguments: [
      ("sumary = \"x\"", "case.toml:1", "unknown key `sumary`"),
      ("summary = \"x\"\n[sources]\nhpy = [\"gone.c\"]", "case.toml:3", "no file gone.c"),
      ("[[not-applicable]]\nlanes = [\"universal\"]\nreason = \"x\"", "case.toml:1", "`source` is missing"),
      ("[[not-applicable]]\nlanes = [\"none\"]", "case.toml:2", "unknown lane `none`"),
      ("module = 3", "case.toml:1", "expected a text"),
      ("summary = ", "case.toml:1", "not valid TOML"),
    ])
  func badManifests(text: String, place: String, message: String) throws {
    let one = try Self.read(["hpy.c": "", "case.toml": text])
    try #require(one.problems.count == 1)
    #expect(one.problems[0].place.hasSuffix(place), "\(one.problems[0].place)")
    #expect(one.problems[0].found.contains(message), "\(one.problems[0].found)")
  }

  @Test("a folder without C is a problem")
  func empty() throws {
    #expect(try Self.read(["scenarios.py": ""]).problems.first?.found == "no C source here")
  }
}
