/// Makes TOML documents by its grammar, right ones and nearly right ones.
struct TOMLGrammar {
  var random: SeededGenerator

  mutating func document() -> String {
    (0..<Int.random(in: 0...8, using: &random)).map { _ in line() }.joined(
      separator: random.pick(["\n", "\n", "\r\n"]))
  }

  private mutating func line() -> String {
    switch Int.random(in: 0..<10, using: &random) {
    case 0: "[\(key())]"
    case 1: "[[\(key())]]"
    case 2: "# \(random.pick(["", "a comment", "ü", "\u{1}"]))"
    case 3: ""
    case 4: random.pick(Mutation.hostile)
    default: "\(key())\(random.pick(["=", " = ", " =\t"]))\(value(depth: 0))\(random.pick(["", "", " # c", " x"]))"
    }
  }

  private mutating func key() -> String {
    (0..<Int.random(in: 1...3, using: &random)).map { _ in
      random.pick(["a", "a", "b", "b", "c", "d-1", "\"q u\"", "'l'", "\"\"", "\"\\u0061\"", "1", "é", " a "])
    }.joined(separator: random.pick([".", ".", " . ", ".."]))
  }

  private mutating func value(depth: Int) -> String {
    let kinds = depth < 3 ? 10 : 7
    switch Int.random(in: 0..<kinds, using: &random) {
    case 0:
      return random.pick([
        "1", "-0", "+7", "0x1F", "0b11", "0o7", "1_000", "01", "1__0", "0x", "+0x1", "1.5", "1.", ".5", "1e5", "1e",
        "inf",
        "-nan", "99999999999999999999", "1.5e+3_0", "_1",
      ])
    case 1:
      return random.pick([
        "1979-05-27", "1979-05-27T07:32:00Z", "1979-05-27 07:32:00", "07:32:00", "07:32:00.999", "1979-05-27T",
        "1979-05-27T:00", "1979-13-27", "07:32", "24:00:00", "1979-05-27t07:32:00-07:00", "1979-05-27  ", "1979-5-2",
      ])
    case 2: return random.pick(["true", "false", "True", "tru", "x", "", "null"])
    case 3: return "'\(text())'"
    case 4: return "\"\"\"\(text())\n\(text())\"\"\"" + random.pick(["", "", "\"", "\"\"", "\"\"\""])
    case 5: return "'''\(random.pick(["", "\n", "\r\n"]))\(text())'''"
    case 6: return "\"\(text())\""
    case 7:
      let elements = (0..<Int.random(in: 0...3, using: &random)).map { _ in value(depth: depth + 1) }
      return "[" + elements.joined(separator: random.pick([",", ", ", ",\n  # c\n", " "]))
        + random.pick(["]", "]", ",]", ""])
    case 8:
      let elements = (0..<Int.random(in: 0...3, using: &random)).map { _ in "\(key()) = \(value(depth: depth + 1))" }
      return "{" + elements.joined(separator: random.pick([",", ", ", ",\n"])) + random.pick(["}", "}", ",}", ""])
    default: return String(repeating: "[", count: 20) + String(repeating: "]", count: 20)
    }
  }

  private mutating func text() -> String {
    (0..<Int.random(in: 0...4, using: &random)).map { _ in
      random.pick([
        "a", "b c", "\\n", "\\\"", "\\\\", "\\u00e9", "\\U0001F600", "\\uD800", "\\x", "\\u12", "\\", "\\ \n  ", "é",
        "😀",
        "\u{0}", "\u{7F}", "\t", "'", "\"", "\\u0000", "\\U00110000", "\\\r\n \t x", "#", "\u{2028}",
      ])
    }.joined()
  }
}
