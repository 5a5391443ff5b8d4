import Foundation
import Model
import Platform
import Testing

@testable import TOMLFile

@Suite("TOML: whatever the text is")
struct TOMLInputs {
  static let sample = """
    summary = "two files" # a comment
    module = 'numbers'
    [sources]
    hpy = ["one.c",
      "two.c"]
    [[not-applicable]]
    lanes = ["universal+debug"]
    runtimes = [{ implementation = "pypy", version = ">=7.3", debug = true }]
    reason = \"\"\"takes
      hours \\
      \"\"\"
    source = "a \\u00e9 \\" document"
    a.b = 1
    a.c = 1979-05-27T07:32:00Z
    """

  /// Half by the grammar, half from the sample with something done to it.
  static func text(_ seed: UInt64) -> String {
    var random = SeededGenerator(seed: seed)
    if seed.isMultiple(of: 2) {
      var grammar = TOMLGrammar(random: random)
      return grammar.document()
    }
    return String(decoding: Mutation.of(Array(sample.utf8), using: &random), as: UTF8.self)
  }

  @Test("a text is read, or told with file, line, what was expected and the way out")
  func told() {
    generated(0..<6000) { _, seed in
      let text = Self.text(seed)
      do {
        _ = try TOMLDocument(text, file: "f.toml")
      } catch let problem as Problem {
        let lines = text.utf8.count { $0 == UInt8(ascii: "\n") } + 1
        let parts = problem.place.split(separator: ":")
        #expect(parts.count == 2 && parts[0] == "f.toml" && (1...lines).contains(Int(parts[1]) ?? 0), "seed \(seed)")
        #expect(problem.found.hasPrefix("not valid TOML: ") && !problem.remedy.isEmpty, "seed \(seed)")
      }
    }
  }

  /// What Python's tomllib says: the tables, without numbers and dates; null for what is no TOML.
  private static let reference = """
    import json, sys, tomllib
    def plain(value):
        if isinstance(value, dict): return {key: plain(one) for key, one in value.items()}
        if isinstance(value, list): return [plain(one) for one in value]
        if isinstance(value, (str, bool)): return value
        return {"number": []} if isinstance(value, (int, float)) else {"moment": []}
    def read(text):
        try: return plain(tomllib.loads(text.removeprefix("\\ufeff")))
        except (tomllib.TOMLDecodeError, RecursionError): return None
        except ValueError: return None
    json.dump([read(text) for text in json.load(sys.stdin)], sys.stdout)
    """

  private static func plain(_ node: TOMLNode) -> Any {
    switch node.value {
    case .text(let text): text
    case .flag(let flag): flag
    case .list(let nodes): nodes.map(plain)
    case .table(let table): plain(table)
    case .other(let kind): [kind == "a number" ? "number" : "moment": [Any]()]
    }
  }

  private static func plain(_ table: TOMLTable) -> [String: Any] { table.entries.mapValues { plain($0.node) } }

  @Test("what is read is what Python's tomllib reads, and what it refuses is refused")
  func agreesWithPython() async throws {
    let texts = (10_000..<14_000).map { Self.text(UInt64($0)) }
    let input = String(decoding: try JSONEncoder().encode(texts), as: UTF8.self)
    let answer = try await Tool.run(
      "/usr/bin/python3", ["-c", Self.reference], input: input, limit: 240, outputLimit: 1 << 28)
    try #require(answer.exitCode == 0, "\(answer.errors)")
    let expected = try #require(try JSONSerialization.jsonObject(with: Data(answer.output.utf8)) as? [Any])
    try #require(expected.count == texts.count)
    var read = 0
    for (index, (text, reference)) in zip(texts, expected).enumerated() {
      let own: [String: Any]?
      do {
        own = Self.plain(try TOMLReader.read(text, file: ""))
      } catch let problem as Problem {
        // This one stops where nobody writes on.
        if problem.found.contains("levels of nesting") { continue }
        own = nil
      }
      read += own == nil ? 0 : 1
      let same = own == nil ? reference is NSNull : (reference as? NSDictionary)?.isEqual(own! as NSDictionary) ?? false
      #expect(same, "seed \(10_000 + index): \(shown(Array(text.utf8)))")
    }
    // The comparison means something only where there is enough of both.
    #expect(read > 500 && texts.count - read > 500)
  }

  @Test(
    "what made a parser fail before is told",
    arguments: [
      ("[", "expected a key"), ("[=]", "got `=`"), ("[é]", "got `é`"), ("a = 1\n[\\", "got `\\`"),
      ("d = 1979-05-27T:00", "got `1979-05-27T:00`"), ("a = [\u{2028}]", "got the character U+2028"),
      ("a = 1\0 b", "got the character U+0000"), ("a = \"x\0y\"", "got the character U+0000"),
      ("a = 1\rb = 2", "line feed"), ("a = '", "got the end of the file"),
      (String(repeating: "[", count: 100_000), "expected a key"),
      ("a = " + String(repeating: "[", count: 100_000), "levels of nesting"),
      ("a = " + String(repeating: "{a = ", count: 100_000), "levels of nesting"),
      (String(repeating: "a.", count: 100_000) + "a = 1", "levels of nesting"),
      ("[" + String(repeating: "a.", count: 100_000) + "a]", "levels of nesting"),
      ("a = 1\na = 2", "`a` is already defined in line 1"), ("[a]\n[a]", "`a` is already defined in line 1"),
    ])
  func earlierFailures(text: String, message: String) throws {
    let problem = try #require(throws: Problem.self) { try TOMLDocument(text, file: "f.toml") }
    #expect(problem.description.contains(message), "\(problem)")
    #expect(problem.place == (text.contains("\n") ? "f.toml:2" : "f.toml:1"))
  }

  @Test("a NUL that is written as an escape is kept, and so is what stands behind it")
  func escapedNUL() throws {
    #expect(try TOMLDocument(#"a = "x\u0000y""#, file: "f.toml").text("a") == "x\0y")
  }
}
