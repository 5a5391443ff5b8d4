import Model
import TOMLFile

/// A hierarchy as a file that people read and edit.
public struct HierarchyFile: Hashable, Sendable {
  /// Of the form that this program writes and reads.
  public static let version = "1"

  public var hierarchy: Hierarchy
  /// Kinds of disagreement that it shows, as the explorer tells them; empty for all that it finds.
  public var shows: [String]

  public init(_ hierarchy: Hierarchy, shows: [String] = []) {
    self.hierarchy = hierarchy
    self.shows = shows
  }

  /// Reads one.
  ///
  /// - Parameter forbidden: whether combinations that the API doesn't allow are let through.
  /// - Throws: `Problem` with file and line, for another version, unknown names and forbidden combinations.
  public init(_ text: String, file: String, forbidden: Bool = false) throws {
    let document = try TOMLDocument(text, file: file)
    try document.refuseUnknownKeys(["hierarchy", "shows", "type"])
    let version = try document.text("hierarchy")
    guard version == Self.version else {
      throw Problem(
        at: document.place(of: "hierarchy"), "the file is of version \(version), expected version \(Self.version)",
        remedy: "write it again with this version of hpy-conform: explore --seed")
    }
    shows = try document.texts("shows") ?? []
    let tables = try document.tables("type")
    var names: [String: Int] = [:]
    var types: [Hierarchy.Description] = []
    for table in tables {
      let type = try Self.type(in: table, earlier: names)
      guard names.updateValue(types.count, forKey: type.name) == nil else {
        throw Problem(at: table.place(of: "name"), "there are two types \(type.name)", remedy: "rename one")
      }
      types.append(type)
    }
    hierarchy = Hierarchy(types: types).sized
    if let first = HierarchyRules.violations(of: hierarchy).first,
      !forbidden || first.type == nil || first.key == "slots"
    {
      let table = first.type.map { tables[$0] } ?? document
      let whose = first.type.map { "type \(types[$0].name): " } ?? ""
      throw Problem(at: table.place(of: first.key), "\(whose)\(first.what)", remedy: first.remedy)
    }
  }

  private static func type(in table: TOMLDocument, earlier: [String: Int]) throws -> Hierarchy.Description {
    try table.refuseUnknownKeys([
      "name", "bases", "slots", "declines", "fields", "gc", "member", "dictionary", "weak", "final", "immutable",
    ])
    let name = try table.text("name")
    guard name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }), name.first?.isLetter == true
    else {
      throw Problem(at: table.place(of: "name"), "`\(name)` is no name of a type", remedy: "use letters, digits and _")
    }
    let bases = try (table.texts("bases") ?? []).map { base in
      guard let number = earlier[base] else {
        throw Problem(
          at: table.place(of: "bases"), "no type \(base) stands above",
          remedy: "bases stand before what derives from them")
      }
      return number
    }
    return Hierarchy.Description(
      name: name, bases: bases, slots: try table.texts("slots") ?? [], declines: try table.texts("declines") ?? [],
      fields: try table.flag("fields") ?? false, gc: try table.flag("gc") ?? false,
      member: try choice("member", in: table), dictionary: try choice("dictionary", in: table),
      weak: try choice("weak", in: table), final: try table.flag("final") ?? false,
      immutable: try table.flag("immutable") ?? false)
  }

  private static func choice<Choice: RawRepresentable & CaseIterable>(
    _ key: String, in table: TOMLDocument
  ) throws -> Choice where Choice.RawValue == String {
    let text = try table.optionalText(key) ?? ""
    guard let choice = Choice(rawValue: text) else {
      let known = Choice.allCases.map(\.rawValue).filter { !$0.isEmpty }.map { "\"\($0)\"" }
      throw Problem(
        at: table.place(of: key), "`\(key)` is \"\(text)\"",
        remedy: "write \(known.joined(separator: " or ")), or nothing")
    }
    return choice
  }

  /// The file's text.
  public var text: String {
    var lines = [
      "# A hierarchy for `hpy-conform explore --replay`: docs/explore.md describes the form.",
      "hierarchy = \"\(Self.version)\"",
    ]
    if !shows.isEmpty { lines.append("shows = [\(shows.map(Self.quoted).joined(separator: ", "))]") }
    let names = hierarchy.types.map(\.name)
    for type in hierarchy.types {
      lines += ["", "[[type]]", "name = \"\(type.name)\""]
      lines += type.written(names).map { key, value in
        switch value {
        case .names(let names): "\(key) = [\(names.map(Self.quoted).joined(separator: ", "))]"
        case .flag: "\(key) = true"
        case .choice(let choice): "\(key) = \(Self.quoted(choice))"
        }
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// As TOML and Python read it.
  static func quoted(_ text: String) -> String {
    "\"\(text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\""
  }
}
