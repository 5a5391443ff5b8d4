/// A value of a TOML file, and the line where it begins.
struct TOMLNode: Hashable, Sendable {
  enum Value: Hashable, Sendable {
    case text(String)
    case flag(Bool)
    case list([TOMLNode])
    case table(TOMLTable)
    /// What no file of this program has: `a number`, `a date or time`.
    case other(String)
  }

  var value: Value
  /// Counted from 1.
  var line: Int

  /// What kind of value it is, for messages.
  var kind: String {
    switch value {
    case .text: "a text"
    case .flag: "a boolean"
    case .list: "a list"
    case .table: "a table"
    case .other(let kind): kind
    }
  }
}

/// A table that has been read to its end.
struct TOMLTable: Hashable, Sendable {
  /// A value, and the line of its key.
  struct Entry: Hashable, Sendable {
    var node: TOMLNode
    var line: Int
  }

  var entries: [String: Entry]
  /// Of its header, or of the brace that opens it.
  var line: Int
}

/// A table while the file is being read: headers and dotted keys come back to it.
final class TOMLTableBuilder {
  /// How a table came to be decides what may still be added to it (TOML 1.0.0, "Table", "Inline Table").
  enum Origin {
    /// Named on the way to another one: `a` of `[a.b]`.
    case passed
    /// `[a]`, an element of `[[a]]`, or the file itself.
    case header
    /// `a` of `a.b = 1`.
    case dotted
  }

  enum Content {
    /// Closed: a value, an inline table or a list in brackets.
    case node(TOMLNode)
    case table(TOMLTableBuilder)
    /// `[[a]]`.
    case tables([TOMLTableBuilder])
  }

  var origin: Origin
  var line: Int
  private(set) var contents: [String: (content: Content, line: Int)] = [:]

  init(_ origin: Origin, line: Int) {
    self.origin = origin
    self.line = line
  }

  func set(_ key: String, _ content: Content, line: Int) {
    contents[key] = (content, line)
  }

  func finished() -> TOMLTable {
    TOMLTable(
      entries: contents.mapValues { content, line in
        let node =
          switch content {
          case .node(let node): node
          case .table(let table): TOMLNode(value: .table(table.finished()), line: table.line)
          case .tables(let tables):
            TOMLNode(value: .list(tables.map { TOMLNode(value: .table($0.finished()), line: $0.line) }), line: line)
          }
        return TOMLTable.Entry(node: node, line: line)
      }, line: line)
  }
}
