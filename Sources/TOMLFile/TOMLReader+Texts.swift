import Model

extension TOMLReader {
  /// `"…"`, in one line, with escapes.
  mutating func basicText() throws -> String {
    position += 1
    var text: [UInt8] = []
    while !skip("\"") {
      if next == UInt8(ascii: "\\") {
        text += try escape()
      } else {
        text.append(try plain("`\"` at the text's end"))
      }
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// `'…'`, in one line, without escapes.
  mutating func literalText() throws -> String {
    position += 1
    var text: [UInt8] = []
    while !skip("'") { text.append(try plain("`'` at the text's end")) }
    return String(decoding: text, as: UTF8.self)
  }

  /// What follows `"""`.
  mutating func longBasicText() throws -> String {
    let start = line
    var text: [UInt8] = []
    _ = try skipLineEnd()
    while !skip("\"\"\"") {
      if next == UInt8(ascii: "\\") {
        if try !skipFoldedLine() { text += try escape() }
      } else if try skipLineEnd() {
        text.append(UInt8(ascii: "\n"))
      } else {
        text.append(try plain("`\"\"\"` at the end of the text of line \(start)"))
      }
    }
    // Two more quotes may belong to the text.
    for _ in 0..<2 where skip("\"") { text.append(UInt8(ascii: "\"")) }
    return String(decoding: text, as: UTF8.self)
  }

  /// What follows `'''`.
  mutating func longLiteralText() throws -> String {
    let start = line
    var text: [UInt8] = []
    _ = try skipLineEnd()
    while !skip("'''") {
      text.append(
        try skipLineEnd() ? UInt8(ascii: "\n") : plain("`'''` at the end of the text of line \(start)"))
    }
    for _ in 0..<2 where skip("'") { text.append(UInt8(ascii: "'")) }
    return String(decoding: text, as: UTF8.self)
  }

  /// A byte that stands for itself.
  private mutating func plain(_ expected: String) throws -> UInt8 {
    guard let byte = next, !Self.isControl(byte) else { throw unexpected(expected) }
    position += 1
    return byte
  }

  /// A backslash at a line's end takes the line's end and all blanks behind it away.
  private mutating func skipFoldedLine() throws -> Bool {
    let start = position
    position += 1
    skipBlanks()
    guard try skipLineEnd() else {
      position = start
      return false
    }
    repeat { skipBlanks() } while try skipLineEnd()
    return true
  }

  private mutating func escape() throws -> [UInt8] {
    position += 1
    guard let byte = next else { throw unexpected("an escape sequence") }
    let plain: [UInt8: UInt8] = [
      UInt8(ascii: "b"): 0x08, UInt8(ascii: "t"): 0x09, UInt8(ascii: "n"): 0x0A, UInt8(ascii: "f"): 0x0C,
      UInt8(ascii: "r"): 0x0D, UInt8(ascii: "\""): UInt8(ascii: "\""), UInt8(ascii: "\\"): UInt8(ascii: "\\"),
    ]
    if let meant = plain[byte] {
      position += 1
      return [meant]
    }
    let count = byte == UInt8(ascii: "u") ? 4 : byte == UInt8(ascii: "U") ? 8 : 0
    guard count > 0 else { throw unexpected(#"one of b, t, n, f, r, ", \, u, U after the `\`"#) }
    let digits = bytes[min(position + 1, bytes.count)..<min(position + 1 + count, bytes.count)]
    let isHexadecimal = digits.allSatisfy { Character(Unicode.Scalar($0)).isHexDigit }
    guard digits.count == count, isHexadecimal,
      let scalar = UInt32(String(decoding: digits, as: UTF8.self), radix: 16).flatMap(Unicode.Scalar.init)
    else {
      throw complaint(
        "expected \(count) hexadecimal digits of a character after `\\\(Character(Unicode.Scalar(byte)))`")
    }
    position += 1 + count
    return Array(String(scalar).utf8)
  }
}
