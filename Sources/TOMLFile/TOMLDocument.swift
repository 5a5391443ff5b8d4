import Model

/// A table of a TOML file that knows where it stands, so that every complaint names file and line.
public struct TOMLDocument: Sendable {
  public let file: String
  private let table: TOMLTable

  /// - Throws: `Problem` with file and line when the text is no TOML.
  public init(_ text: String, file: String) throws {
    self.init(file: file, table: try TOMLReader.read(text, file: file))
  }

  private init(file: String, table: TOMLTable) {
    self.file = file
    self.table = table
  }

  /// `file:line` of a key, or of this table when it lacks the key.
  public func place(of key: String? = nil) -> String {
    "\(file):\(key.flatMap { table.entries[$0]?.line } ?? table.line)"
  }

  /// - Throws: `Problem` for the first key that isn't among the known ones.
  public func refuseUnknownKeys(_ known: [String]) throws {
    let unknown = table.entries.filter { !known.contains($0.key) }
    if let (key, _) = unknown.min(by: { ($0.value.line, $0.key) < ($1.value.line, $1.key) }) {
      throw Problem(
        at: place(of: key), "unknown key `\(key)`", remedy: "known here: \(known.joined(separator: ", "))")
    }
  }

  public func has(_ key: String) -> Bool { table.entries[key] != nil }

  /// A text that must be there.
  public func text(_ key: String) throws -> String {
    guard let text = try optionalText(key) else {
      throw Problem(at: place(), "`\(key)` is missing", remedy: "add `\(key) = \"…\"`")
    }
    return text
  }

  public func optionalText(_ key: String) throws -> String? {
    guard let node = node(key) else { return nil }
    guard case .text(let text) = node.value else { throw wrong("`\(key)`", node, "a text that is not empty") }
    guard !text.isEmpty else {
      throw Problem(at: place(of: key), "`\(key)` is an empty text, expected some text", remedy: "fix this line")
    }
    return text
  }

  public func flag(_ key: String) throws -> Bool? {
    guard let node = node(key) else { return nil }
    guard case .flag(let flag) = node.value else { throw wrong("`\(key)`", node, "true or false") }
    return flag
  }

  /// A list of texts; one text stands for a list of one.
  public func texts(_ key: String) throws -> [String]? {
    guard let node = node(key) else { return nil }
    if case .text(let text) = node.value { return [text] }
    guard case .list(let list) = node.value else { throw wrong("`\(key)`", node, "a list of texts") }
    return try list.map { element in
      guard case .text(let text) = element.value else { throw wrong("an element of `\(key)`", element, "a text") }
      return text
    }
  }

  /// The tables of `[[key]]`, or of a list of inline tables; none when there are none.
  public func tables(_ key: String) throws -> [TOMLDocument] {
    guard let node = node(key) else { return [] }
    guard case .list(let list) = node.value else { throw wrong("`\(key)`", node, "`[[\(key)]]` tables") }
    return try list.map { element in
      guard case .table(let table) = element.value else { throw wrong("an element of `\(key)`", element, "a table") }
      return TOMLDocument(file: file, table: table)
    }
  }

  /// The table of `[key]`.
  public func table(_ key: String) throws -> TOMLDocument? {
    guard let node = node(key) else { return nil }
    guard case .table(let table) = node.value else { throw wrong("`\(key)`", node, "a `[\(key)]` table") }
    return TOMLDocument(file: file, table: table)
  }

  private func node(_ key: String) -> TOMLNode? { table.entries[key]?.node }

  /// The complaint about a value of a wrong kind.
  private func wrong(_ what: String, _ node: TOMLNode, _ expected: String) -> Problem {
    Problem(at: "\(file):\(node.line)", "\(what) is \(node.kind), expected \(expected)", remedy: "fix this line")
  }
}
