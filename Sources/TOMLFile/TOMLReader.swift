import Model

/// Reads a text as TOML 1.0.0 (https://toml.io/en/v1.0.0). Whatever the text is, the answer is a table or a problem:
/// what is nested deeper than anybody writes is refused, so that no recursion can use up the stack.
struct TOMLReader {
  /// Levels of nested values, and names in a dotted key.
  static let depthLimit = 64

  let bytes: [UInt8]
  let file: String
  var position = 0
  var line = 1
  private var root = TOMLTableBuilder(.header, line: 1)

  private init(_ text: String, file: String) {
    bytes = Array(text.utf8)
    self.file = file
    // A byte order mark says nothing in UTF-8, and some editors write one.
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
  }

  /// - Throws: `Problem` with file and line.
  static func read(_ text: String, file: String) throws -> TOMLTable {
    var reader = TOMLReader(text, file: file)
    return try reader.document()
  }

  // MARK: Lines

  private mutating func document() throws -> TOMLTable {
    var current = root
    while true {
      skipBlanks()
      switch next {
      case nil: return root.finished()
      case UInt8(ascii: "#"), UInt8(ascii: "\n"), UInt8(ascii: "\r"): break
      case UInt8(ascii: "["): current = try header()
      default: try pair(into: current)
      }
      try endOfLine()
    }
  }

  /// What may stand behind a header or a value: blanks, a comment, and the line's end.
  private mutating func endOfLine() throws {
    skipBlanks()
    try skipComment()
    if next == nil { return }
    guard try skipLineEnd() else { throw unexpected("the end of the line") }
  }

  /// `[a.b]` or `[[a.b]]`.
  private mutating func header() throws -> TOMLTableBuilder {
    let start = line
    position += 1
    let isList = skip("[")
    let path = try key()
    guard skip("]"), !isList || skip("]") else {
      throw unexpected(isList ? "`]]` after the table's name" : "`]` after the table's name")
    }
    var table = root
    for name in path.dropLast() { table = try step(into: name, of: table) }
    let name = path[path.count - 1]
    let present = table.contents[name]
    let new = TOMLTableBuilder(.header, line: start)
    switch (present?.content, isList) {
    case (nil, false): table.set(name, .table(new), line: start)
    case (nil, true): table.set(name, .tables([new]), line: start)
    case (.tables(let tables), true): table.set(name, .tables(tables + [new]), line: present!.line)
    case (.table(let known), false) where known.origin == .passed:
      known.origin = .header
      known.line = start
      return known
    default: throw second(name, present!.line, at: start)
    }
    return new
  }

  /// The way to a table of a header: through tables, and through the last one of a list of them.
  private func step(into name: String, of table: TOMLTableBuilder) throws -> TOMLTableBuilder {
    switch table.contents[name] {
    case nil:
      let new = TOMLTableBuilder(.passed, line: line)
      table.set(name, .table(new), line: line)
      return new
    case (.table(let known), _)?: return known
    case (.tables(let tables), _)?: return tables[tables.count - 1]
    case (.node, let first)?: throw second(name, first, at: line)
    }
  }

  /// `a.b = value`.
  mutating func pair(into table: TOMLTableBuilder, depth: Int = 0) throws {
    let start = line
    let path = try key()
    guard skip("=") else { throw unexpected("`=` after the key") }
    skipBlanks()
    let node = try value(depth: depth)
    var table = table
    for name in path.dropLast() {
      switch table.contents[name] {
      case nil:
        let new = TOMLTableBuilder(.dotted, line: start)
        table.set(name, .table(new), line: start)
        table = new
      case (.table(let known), _)? where known.origin != .header:
        known.origin = .dotted
        table = known
      case (_, let first)?: throw second(name, first, at: start)
      }
    }
    let name = path[path.count - 1]
    if let first = table.contents[name]?.line { throw second(name, first, at: start) }
    table.set(name, .node(node), line: start)
  }

  /// `a`, `"a b"` or `a.b.c`, with what blanks stand around it.
  private mutating func key() throws -> [String] {
    var path: [String] = []
    repeat {
      skipBlanks()
      switch next {
      case UInt8(ascii: "\""): path.append(try basicText())
      case UInt8(ascii: "'"): path.append(try literalText())
      default:
        let start = position
        while let byte = next, Self.isBare(byte) { position += 1 }
        guard position > start else { throw unexpected("a key: letters, digits, `_`, `-`, or a text in quotes") }
        path.append(String(decoding: bytes[start..<position], as: UTF8.self))
      }
      guard path.count <= Self.depthLimit else { throw tooDeep() }
      skipBlanks()
    } while skip(".")
    return path
  }

  // MARK: Characters

  var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  mutating func skip(_ text: StaticString) -> Bool {
    let end = position + text.utf8CodeUnitCount
    guard end <= bytes.count, (0..<text.utf8CodeUnitCount).allSatisfy({ bytes[position + $0] == text.utf8Start[$0] })
    else { return false }
    position = end
    return true
  }

  mutating func skipBlanks() {
    while next == UInt8(ascii: " ") || next == UInt8(ascii: "\t") { position += 1 }
  }

  mutating func skipComment() throws {
    guard next == UInt8(ascii: "#") else { return }
    while let byte = next, byte != UInt8(ascii: "\n"), byte != UInt8(ascii: "\r") {
      if Self.isControl(byte) { throw unexpected("a comment without control characters") }
      position += 1
    }
  }

  /// - Returns: whether there was one; a carriage return alone is none.
  mutating func skipLineEnd() throws -> Bool {
    if next == UInt8(ascii: "\r") {
      guard position + 1 < bytes.count, bytes[position + 1] == UInt8(ascii: "\n") else {
        throw unexpected("a line feed after the carriage return", at: position + 1)
      }
      position += 1
    }
    guard next == UInt8(ascii: "\n") else { return false }
    position += 1
    line += 1
    return true
  }

  private static func isBare(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
      true
    default: false
    }
  }

  static func isControl(_ byte: UInt8) -> Bool { byte < 0x20 && byte != UInt8(ascii: "\t") || byte == 0x7F }

  // MARK: Complaints

  func unexpected(_ expected: String, at place: Int? = nil) -> Problem {
    complaint("expected \(expected), got \(found(at: place ?? position))")
  }

  func tooDeep() -> Problem { complaint("more than \(Self.depthLimit) levels of nesting") }

  func complaint(_ text: String, line: Int? = nil) -> Problem {
    Problem(at: "\(file):\(line ?? self.line)", "not valid TOML: \(text)", remedy: "fix this line")
  }

  private func second(_ name: String, _ first: Int, at line: Int) -> Problem {
    complaint("`\(name)` is already defined in line \(first)", line: line)
  }

  private func found(at place: Int) -> String {
    guard place < bytes.count else { return "the end of the file" }
    let scalar = String(decoding: bytes[place..<min(place + 4, bytes.count)], as: UTF8.self).unicodeScalars.first!
    switch scalar {
    case "\n", "\r": return "the end of the line"
    case "`": return "a backtick"
    default:
      let isShown = scalar.properties.generalCategory != .control && scalar.properties.generalCategory != .format
      let number = String(scalar.value, radix: 16, uppercase: true)
      return isShown && !scalar.properties.isWhitespace
        ? "`\(scalar)`" : "the character U+\(String(repeating: "0", count: max(0, 4 - number.count)))\(number)"
    }
  }
}
