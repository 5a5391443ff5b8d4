import Documents
import Foundation
import FoundationXML
@preconcurrency import Rainbow
import Rendering
import Testing

// Below the snapshots, with which it takes turns: Rainbow's switch is one for the process.
extension SnapshotTests {
  /// Every text of every document comes from outside: from C, from Python, from ledgers, file names and the system. Here each
  /// field in turn has one that a terminal, a browser or an XML reader would obey.
  @Suite("Hostile text in each field of each document")
  struct HostileTextTests {
    /// What is obeyed, then what would be a line of its own.
    private static let hostile =
      "X\u{1B}[31m\u{7}\u{202E}\u{2066}\u{85}\u{9B}31m\u{0}\u{7F}\u{8}\r\u{FFFF}\u{2028}</td><script>\"'&]]>|`*[x](y)\nINJECTED"
    /// Of the same shape, and harmless.
    private static let harmless = "Xabcdefghijklmnopqrstuvwxyz0123456789\nINJECTED"

    private static func isObeyed(_ scalar: Unicode.Scalar) -> Bool {
      switch scalar.value {
      case 0x09, 0x0A: false
      case 0..<0x20, 0x7F..<0xA0, 0x061C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069, 0xFFFE, 0xFFFF: true
      default: false
      }
    }

    // MARK: Fields

    /// A step on the way to a text: a key, an index, or a key itself that is a text.
    private enum Step: Hashable, CustomStringConvertible {
      case key(String)
      case index(Int)
      case name(String)

      var description: String {
        switch self {
        case .key(let key): key
        case .index(let index): "\(index)"
        case .name(let key): "name of \(key)"
        }
      }
    }

    /// The ways to all texts, one for each kind of place: elements of a list are alike.
    private static func paths(_ value: Any, _ path: [Step] = []) -> [[Step]] {
      switch value {
      case is String: return [path]
      case let list as [Any]:
        return list.enumerated().flatMap { paths($1, path + [.index($0)]) }
      case let fields as [String: Any]:
        return fields.keys.sorted().flatMap { [path + [.name($0)]] + paths(fields[$0]!, path + [.key($0)]) }
      default: return []
      }
    }

    private static func kind(_ path: [Step]) -> [Step] {
      path.map { if case .index = $0 { .index(0) } else { $0 } }
    }

    private static func replacing(_ value: Any, at path: ArraySlice<Step>, with text: String) -> Any {
      switch path.first {
      case nil: return text
      case .index(let index)?:
        var list = value as! [Any]
        list[index] = replacing(list[index], at: path.dropFirst(), with: text)
        return list
      case .key(let key)?:
        var fields = value as! [String: Any]
        fields[key] = replacing(fields[key]!, at: path.dropFirst(), with: text)
        return fields
      case .name(let key)?:
        var fields = value as! [String: Any]
        fields[text] = fields.removeValue(forKey: key)
        return fields
      }
    }

    // MARK: Checks

    private static func check<Document: Codable>(
      _ samples: [(String, Document)], _ forms: [(name: String, text: (Document) throws -> String)],
      structure: Bool = false
    ) throws {
      Rainbow.outputTarget = .console
      Rainbow.enabled = false
      var seen: Set<[Step]> = []
      var tried = 0
      for (sample, document) in samples {
        let fields = try JSONSerialization.jsonObject(with: try JSONEncoder().encode(document))
        for path in paths(fields) where seen.insert(kind(path)).inserted {
          // A field with words of its own takes no others.
          guard let changed = decoded(replacing(fields, at: path[...], with: hostile), as: Document.self) else {
            continue
          }
          tried += 1
          for form in forms {
            let text = try form.text(changed)
            let place = "\(sample), \(form.name), \(path.map(\.description).joined(separator: "."))"
            let obeyed = Set(text.unicodeScalars.filter(isObeyed).map { String($0.value, radix: 16) })
            #expect(obeyed == [], "\(place)")
            if !structure {
              let hasOwnLine = text.split(separator: "\n").contains { $0.hasPrefix("INJECTED") }
              #expect(!hasOwnLine, "\(place)")
              continue
            }
            let plain = decoded(replacing(fields, at: path[...], with: harmless), as: Document.self)
            let isSame = tags(text) == tags(try form.text(try #require(plain)))
            #expect(isSame, "\(place)")
          }
        }
      }
      #expect(tried > 3)
    }

    private static func decoded<Document: Decodable>(_ fields: Any, as type: Document.Type) -> Document? {
      guard let data = try? JSONSerialization.data(withJSONObject: fields) else { return nil }
      return try? JSONDecoder().decode(type, from: data)
    }

    /// The tags of a page in order, without the values of their attributes.
    private static func tags(_ text: String) -> [String] {
      text.replacing(#/<(style|script)>(?s:.*?)</(style|script)>/#, with: "").matches(of: #/<[^>]*>/#)
        .map { String($0.output.replacing(#/"[^"]*"/#, with: "\"\"")) }
    }

    private static func isXML(_ text: String) -> Bool { XMLParser(data: Data(text.utf8)).parse() }

    @Test("a terminal gets nothing that it would obey, and no line that it takes for the program's own")
    func terminals() throws {
      func forms<Document: TerminalDocument>() -> [(String, (Document) throws -> String)] {
        [
          ("terminal", { TerminalRenderer(TerminalLayout(width: 90)).text(of: $0) }),
          ("whole", { TerminalRenderer(TerminalLayout(showsAll: true)).text(of: $0) }),
        ]
      }
      try Self.check(ReportDocument.samples, forms())
      try Self.check(ComparisonDocument.samples, forms())
      try Self.check(BisectionDocument.samples, forms())
      try Self.check(PortabilityDocument.samples, forms())
      try Self.check(SummaryDocument.samples, forms())
      try Self.check(CellDocument.samples, forms())
      try Self.check(NewFindingsDocument.samples, forms())
      try Self.check(RunListDocument.samples, forms())
      try Self.check(RetentionDocument.samples, forms())
      try Self.check(PlanDocument.samples, forms())
      try Self.check(CaseListDocument.samples, forms())
      try Self.check(CausesDocument.samples, forms())
      try Self.check(RuntimeDocument.samples, forms())
    }

    @Test("Markdown has it as text")
    func markdown() throws {
      func forms<Document: MarkdownDocument>() -> [(String, (Document) throws -> String)] {
        [("markdown", { MarkdownRenderer().text(of: $0) })]
      }
      try Self.check(ReportDocument.samples, forms())
      try Self.check(ComparisonDocument.samples, forms())
      try Self.check(PortabilityDocument.samples, forms())
    }

    @Test("JSON has it escaped, and the same when it is read again")
    func json() throws {
      func forms<Document: Encodable>() -> [(String, (Document) throws -> String)] {
        [("json", { try JSONRenderer().text(of: $0) })]
      }
      try Self.check(ReportDocument.samples, forms())
      try Self.check(ComparisonDocument.samples, forms())
      try Self.check(CellDocument.samples, forms())
      let text = try JSONRenderer().text(of: [Self.hostile])
      #expect(try JSONDecoder().decode([String].self, from: Data(text.utf8)) == [Self.hostile])
    }

    @Test("a page and JUnit's XML have the tags that harmless text gives them")
    func markup() throws {
      try Self.check(
        ReportDocument.samples,
        [("page", { try PageRenderer().text(of: $0) }), ("junit", { try JUnitRenderer().text(of: $0) })],
        structure: true)
      try Self.check(
        ReportDocument.samples,
        [
          (
            "xml",
            {
              let text = try JUnitRenderer().text(of: $0)
              #expect(Self.isXML(text), "\(text)")
              return ""
            }
          )
        ])
    }
  }
}
