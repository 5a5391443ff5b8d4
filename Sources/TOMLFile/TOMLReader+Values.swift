import Model

extension TOMLReader {
  mutating func value(depth: Int) throws -> TOMLNode {
    guard depth < Self.depthLimit else { throw tooDeep() }
    let start = line
    let value: TOMLNode.Value =
      switch next {
      case UInt8(ascii: "\""): .text(skip("\"\"\"") ? try longBasicText() : try basicText())
      case UInt8(ascii: "'"): .text(skip("'''") ? try longLiteralText() : try literalText())
      case UInt8(ascii: "["): .list(try list(depth: depth))
      case UInt8(ascii: "{"): .table(try inlineTable(depth: depth))
      default: try word()
      }
    return TOMLNode(value: value, line: start)
  }

  private mutating func list(depth: Int) throws -> [TOMLNode] {
    position += 1
    var elements: [TOMLNode] = []
    while true {
      try skipBlankLines()
      if skip("]") { return elements }
      elements.append(try value(depth: depth + 1))
      try skipBlankLines()
      if skip("]") { return elements }
      guard skip(",") else { throw unexpected("`,` or `]` after an element of the list") }
    }
  }

  /// What may stand between the elements of a list.
  private mutating func skipBlankLines() throws {
    repeat {
      skipBlanks()
      try skipComment()
    } while try skipLineEnd()
  }

  private mutating func inlineTable(depth: Int) throws -> TOMLTable {
    let table = TOMLTableBuilder(.header, line: line)
    position += 1
    skipBlanks()
    if skip("}") { return table.finished() }
    repeat {
      try pair(into: table, depth: depth + 1)
      skipBlanks()
    } while skip(",")
    guard skip("}") else { throw unexpected("`,` or `}` after a value of the table in braces") }
    return table.finished()
  }

  /// `true`, `false`, a number or a date: what has neither quotes nor brackets.
  private mutating func word() throws -> TOMLNode.Value {
    let start = position
    skipWord()
    // A date and its time may have a blank between them.
    if position - start == 10, next == UInt8(ascii: " "), position + 1 < bytes.count,
      (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[position + 1]), bytes[start + 4] == UInt8(ascii: "-")
    {
      position += 1
      skipWord()
    }
    let word = String(decoding: bytes[start..<position], as: UTF8.self)
    switch word {
    case "true": return .flag(true)
    case "false": return .flag(false)
    case "": throw unexpected("a value: a text in quotes, `true`, `false`, `[` or `{`")
    default:
      if Self.isNumber(word) { return .other("a number") }
      if Self.isMoment(word) { return .other("a date or time") }
      throw complaint("expected a value, for example a text in quotes, got `\(word)`")
    }
  }

  private mutating func skipWord() {
    while let byte = next {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "+"),
        UInt8(ascii: "."), UInt8(ascii: ":"):
        position += 1
      default: return
      }
    }
  }

  private static func isNumber(_ word: String) -> Bool {
    word.wholeMatch(
      of:
        #/
        [+-]?(0|[1-9](_?[0-9])*)(\.[0-9](_?[0-9])*)?([eE][+-]?[0-9](_?[0-9])*)?
        | 0x[0-9A-Fa-f](_?[0-9A-Fa-f])* | 0o[0-7](_?[0-7])* | 0b[01](_?[01])* | [+-]?(inf|nan)
        /#) != nil
  }

  private static func isMoment(_ word: String) -> Bool {
    word.wholeMatch(
      of:
        #/
        ([0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01]))
        ([Tt\ ]([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]+)?([Zz]|[+-]([01][0-9]|2[0-3]):[0-5][0-9])?)?
        | ([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]+)?
        /#) != nil
  }
}
