import Foundation
import Model
import TOMLKit

/// A table of a TOML file that knows where it stands, so that every complaint names file and line.
public struct TOMLDocument: Sendable {
  /// A TOML value that this program's files use.
  public enum Value: Hashable, Sendable {
    case text(String)
    case flag(Bool)
    case list([Value])
    case table([String: Value])
    /// Numbers and dates: no file here has them.
    case other(String)

    var name: String {
      switch self {
      case .text: "a text"
      case .flag: "a boolean"
      case .list: "a list"
      case .table: "a table"
      case .other(let type): type
      }
    }
  }

  public let file: String
  private let values: [String: Value]
  private let lines: Range<Int>
  private let text: [Substring]

  /// - Throws: `Problem` with file and line when the text is no TOML.
  public init(_ text: String, file: String) throws {
    do {
      let table = try TOMLTable(string: text)
      values = table.keys.reduce(into: [:]) { $0[$1] = table[$1].map(Self.convert) }
    } catch let error as TOMLParseError {
      throw Problem(
        at: "\(file):\(error.source.begin.line)", "not valid TOML: \(error.description)",
        remedy: "mend this line")
    }
    self.file = file
    self.text = text.split(separator: "\n", omittingEmptySubsequences: false)
    lines = 0..<self.text.count
  }

  private init(file: String, values: [String: Value], lines: Range<Int>, text: [Substring]) {
    self.file = file
    self.values = values
    self.lines = lines
    self.text = text
  }

  private static func convert(_ value: any TOMLValueConvertible) -> Value {
    if let text = value.string { return .text(text) }
    if let flag = value.bool { return .flag(flag) }
    if let list = value.array { return .list(list.map { convert($0) }) }
    if let table = value.table { return .table(table.keys.reduce(into: [:]) { $0[$1] = table[$1].map(convert) }) }
    return .other("\(value.type)")
  }

  /// `file:line` of a key, or of this table when it lacks the key.
  public func place(of key: String? = nil) -> String {
    let found = key.flatMap { key in
      lines.first { line in
        let start = text[line].drop { $0 == " " || $0 == "\t" }
        return start.hasPrefix(key) && start.dropFirst(key.count).drop { $0 == " " }.hasPrefix("=")
          || start.hasPrefix("[\(key)]") || start.hasPrefix("[[\(key)]]")
      }
    }
    return "\(file):\((found ?? lines.lowerBound) + 1)"
  }

  /// - Throws: `Problem` for the first key that isn't among the known ones.
  public func refuseUnknownKeys(_ known: [String]) throws {
    for key in values.keys.sorted() where !known.contains(key) {
      throw Problem(
        at: place(of: key), "unknown key `\(key)`", remedy: "known here: \(known.joined(separator: ", "))")
    }
  }

  public func has(_ key: String) -> Bool { values[key] != nil }

  /// A text that must be there.
  public func text(_ key: String) throws -> String {
    guard let text = try optionalText(key) else {
      throw Problem(at: place(), "`\(key)` is missing", remedy: "add `\(key) = \"…\"`")
    }
    return text
  }

  public func optionalText(_ key: String) throws -> String? {
    guard let value = values[key] else { return nil }
    guard case .text(let text) = value, !text.isEmpty else { throw wrong(key, value, "a text that is not empty") }
    return text
  }

  public func flag(_ key: String) throws -> Bool? {
    guard let value = values[key] else { return nil }
    guard case .flag(let flag) = value else { throw wrong(key, value, "true or false") }
    return flag
  }

  /// A list of texts; one text stands for a list of one.
  public func texts(_ key: String) throws -> [String]? {
    guard let value = values[key] else { return nil }
    if case .text(let text) = value { return [text] }
    guard case .list(let list) = value else { throw wrong(key, value, "a list of texts") }
    return try list.map { element in
      guard case .text(let text) = element else { throw wrong(key, element, "a text in the list") }
      return text
    }
  }

  /// The tables of `[[key]]`, or of a list of inline tables; none when there are none.
  public func tables(_ key: String) throws -> [TOMLDocument] {
    guard let value = values[key] else { return [] }
    guard case .list(let list) = value else { throw wrong(key, value, "`[[\(key)]]` tables") }
    let headers = lines.filter { text[$0].drop { $0 == " " }.hasPrefix("[[\(key)]]") }
    return try list.enumerated().map { index, element in
      guard case .table(let values) = element else { throw wrong(key, element, "a table") }
      var span = lines
      if headers.count == list.count {
        span = headers[index]..<(index + 1 < headers.count ? headers[index + 1] : lines.upperBound)
      } else if let line = lines.first(where: { text[$0].drop { $0 == " " }.hasPrefix(key) }) {
        span = line..<lines.upperBound
      }
      return TOMLDocument(file: file, values: values, lines: span, text: text)
    }
  }

  /// The table of `[key]`.
  public func table(_ key: String) throws -> TOMLDocument? {
    guard let value = values[key] else { return nil }
    guard case .table(let values) = value else { throw wrong(key, value, "a `[\(key)]` table") }
    return TOMLDocument(file: file, values: values, lines: lines, text: text)
  }

  /// The complaint about a value of a wrong kind.
  public func wrong(_ key: String, _ value: Value, _ expected: String) -> Problem {
    Problem(at: place(of: key), "`\(key)` is \(value.name), expected \(expected)", remedy: "mend this line")
  }
}
