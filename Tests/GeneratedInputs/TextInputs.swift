import Foundation
import Model
import Testing

@testable import Planning
@testable import Runtimes
@testable import TOMLFile

/// The files that people write: a text is taken, or told with its file and line and the way out.
@Suite("Manifests, ledgers and configurations: whatever their text is")
struct TextInputs {
  private static let manifest = TOMLInputs.sample

  private static let ledger = """
    [[cause]]
    name = "one"
    reason = "destroy gets the object's header"
    link = "findings/one.md"
    lanes = ["cpython", "universal"]
    runtimes = [{ implementation = "cpython", version = ">=3.11,<3.13", hpy = ">=0.9.0", debug = true }]
    [[cause.place]]
    scenario = ["good/works", "good/other"]
    label = "destroyed"
    facet = "value"
    observed = "any order [0, 2]"
    flickers = true
    [[cause]]
    name = "two"
    reason = "r"
    link = "l"
    lanes = ["universal:cpython-3.11"]
    runtimes = [{ implementation = "pypy" }]
    [[cause.place]]
    scenario = "good/works"
    facet = "outcome"
    observed = ["timed out"]
    """

  private static let configuration = """
    [[runtime]]
    name = "cpython-3.11"
    interpreter = ".runtimes/cpython-3.11/bin/python"
    hpy = "0.9.0"
    [[runtime]]
    name = "pypy"
    interpreter = "pypy3"
    optional = true
    default = false
    """

  private static let words = [
    "[[divergence]]", "[[cause]]", "[[cause.place]]", "use = \"one\"", "[[runtime]]", "[sources]", "[[not-applicable]]",
    "lanes = ", "runtimes = ", "observed = []",
    "version = \">=\"", "name = \"a\"", "facet = \"order\"", "scenario = \"a\"", "hpy = \"../x\"", "[]", "{}", "1",
    "\"\"",
  ]

  private static func text(_ sample: String, _ random: inout SeededGenerator) -> String {
    String(decoding: Mutation.of(Array(sample.utf8), words: words, using: &random), as: UTF8.self)
  }

  private static func check(_ problem: Problem, in file: String, of text: String, seed: UInt64) {
    let rest = problem.place.hasPrefix(file + ":") ? problem.place.dropFirst(file.count + 1) : "none"
    let lines = text.utf8.count { $0 == UInt8(ascii: "\n") } + 1
    #expect((1...lines).contains(Int(rest) ?? 0), "seed \(seed): \(problem)")
    #expect(!problem.found.isEmpty && !problem.remedy.isEmpty, "seed \(seed): \(problem)")
  }

  @Test("ledgers")
  func ledgers() {
    generated(0..<2000) { random, seed in
      let text = Self.text(Self.ledger, &random)
      do {
        _ = try Ledger(stored: ["s/ledger.toml": text])
      } catch let problem as Problem {
        Self.check(problem, in: "s/ledger.toml", of: text, seed: seed)
      }
    }
  }

  @Test("configurations")
  func configurations() {
    generated(0..<2000) { random, seed in
      let text = Self.text(Self.configuration, &random)
      let project = URL(filePath: "/nowhere", directoryHint: .isDirectory)
      do {
        _ = try Configuration(text: text, file: "c.toml", project: project)
      } catch let problem as Problem {
        Self.check(problem, in: "c.toml", of: text, seed: seed)
      }
      // What is added to it is there, or told; nothing else changes.
      var edited = ConfigurationText(text, file: "c.toml", project: project)
      do {
        try edited.add(name: "added", interpreter: "python3", hpy: nil)
        #expect(edited.text.hasPrefix(text), "seed \(seed)")
        #expect(try Configuration(text: edited.text, file: "", project: project).runtimes.last?.name == "added")
      } catch let problem as Problem {
        #expect(edited.text == text && !problem.found.isEmpty, "seed \(seed)")
      }
    }
  }

  @Test("manifests, of bytes that need not be a text")
  func manifests() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "case-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    for name in ["one.c", "two.c", "hpy.c"] { try Data().write(to: folder.appending(path: name)) }
    let file = folder.appending(path: "case.toml")
    generated(0..<1000) { random, seed in
      let bytes = Mutation.of(Array(Self.manifest.utf8), words: Self.words, using: &random)
      try Data(bytes).write(to: file)
      let one = Case.read(suite: "s", directory: folder)
      for problem in one.problems {
        Self.check(problem, in: file.path, of: String(decoding: bytes, as: UTF8.self), seed: seed)
      }
      if String(validating: bytes, as: UTF8.self) == nil {
        #expect(
          one.problems.first?.found.hasPrefix("expected a text in UTF-8, got the byte 0x") == true, "seed \(seed)")
      }
    }
  }

  @Test("what is no UTF-8 is told with its line and byte")
  func bytes() throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "text-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: file) }
    for (bytes, message) in [
      (Array("a\nb\n".utf8) + [0xFF], ":3: expected a text in UTF-8, got the byte 0xFF, byte 5 of the file"),
      (Array("é\n".utf8) + [0xC3], ":2: expected a text in UTF-8, got the byte 0xC3, byte 4 of the file"),
      ([0xED, 0xA0, 0x80], ":1: expected a text in UTF-8, got the byte 0xED, byte 1 of the file"),
    ] {
      try Data(bytes).write(to: URL(filePath: file))
      let problem = try #require(throws: Problem.self) { try TextFile.read(file) }
      #expect(problem.description.contains(message), "\(problem)")
    }
  }
}
