import Testing

/// Numbers that look random and are the same for the same seed on every machine (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  mutating func chance(_ one: Int, in many: Int) -> Bool { Int.random(in: 0..<many, using: &self) < one }

  mutating func pick<Element>(_ elements: [Element]) -> Element { elements.randomElement(using: &self)! }
}

/// Bytes made of a sample: what a slip of the hand, a bad disk or a hostile person makes of it.
enum Mutation {
  /// What readers stumble over.
  static let hostile: [String] = [
    "[", "]", "[[", "]]", "{", "}", "=", ",", ":", ".", "#", "\"", "'", "\"\"\"", "'''", "\\", "\\u", "\\uD800",
    "\\U00110000", "\n", "\r", "\r\n", "\t", " ", "\0", "\u{1B}[31m", "\u{7}", "\u{7F}", "\u{85}", "\u{9B}", "\u{202E}",
    "\u{2066}", "\u{2028}", "\u{FEFF}", "\u{FFFF}", "e\u{301}", "é", "😀", "null", "true", "NaN", "-0", "1e999",
    "99999999999999999999999", "0x", "1979-05-27", "07:32:00", "1979-05-27T:00", "inf", "[=]", "[é]", "[.]", "a.b.c",
    "/", "..", "-1", "%s", "<b>", "&amp;", "]]>", String(repeating: "[", count: 300),
    String(repeating: "{\"a\":", count: 600), String(repeating: "a.", count: 200),
  ]

  /// - Parameter words: what this kind of file is made of.
  static func of(_ sample: [UInt8], words: [String] = [], using random: inout SeededGenerator) -> [UInt8] {
    var bytes = sample
    for _ in 0..<Int.random(in: 1...4, using: &random) {
      let place = Int.random(in: 0...bytes.count, using: &random)
      let end = min(bytes.count, place + Int.random(in: 1...12, using: &random))
      switch Int.random(in: 0..<8, using: &random) {
      case 0: bytes.removeSubrange(place..<end)
      case 1: bytes.insert(contentsOf: bytes[place..<end], at: place)
      case 2: bytes.removeSubrange(place...)
      case 3: bytes.insert(UInt8.random(in: 0...255, using: &random), at: place)
      case 4 where place < bytes.count: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
      case 5 where !words.isEmpty: bytes.insert(contentsOf: random.pick(words).utf8, at: place)
      default: bytes.insert(contentsOf: random.pick(hostile).utf8, at: place)
      }
    }
    return bytes
  }
}

/// Runs a check on many generated inputs. A failure names the seed that makes its input again: `inputs(only: seed)`.
func generated(
  _ seeds: Range<UInt64>, sourceLocation: SourceLocation = #_sourceLocation,
  _ check: (inout SeededGenerator, UInt64) throws -> Void
) {
  for seed in seeds {
    var random = SeededGenerator(seed: seed)
    do {
      try check(&random, seed)
    } catch {
      Issue.record("seed \(seed): \(error)", sourceLocation: sourceLocation)
    }
  }
}

/// Shows bytes so that a message about them can be read.
func shown(_ bytes: [UInt8]) -> String {
  bytes.map { $0 < 0x20 || $0 > 0x7E ? "\\x\(String($0, radix: 16))" : String(UnicodeScalar($0)) }.joined()
}
