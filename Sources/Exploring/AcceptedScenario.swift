import Foundation
import Model

/// A kind of disagreement as a scenario of the case explored/hierarchies.
public struct AcceptedScenario: Sendable {
  public var name: String
  public var kind: DisagreementKind
  public var hierarchy: Hierarchy
  public var told: ToldDisagreement

  /// - Throws: `Problem` for a kind that is no operation on one or two objects.
  public init(name: String, _ kind: DisagreementKind, _ hierarchy: Hierarchy, _ told: ToldDisagreement) throws {
    try Self.check(name)
    guard kind.sides[0] != "rules", kind.operation != "making", !told.operation.isEmpty else {
      throw Problem(
        "`\(kind)` is no operation on an object", remedy: "write its scenario by hand, with what the hierarchy shows")
    }
    self.name = name
    self.kind = kind
    self.hierarchy = hierarchy
    self.told = told
  }

  /// - Throws: `Problem` for what is no name of a scenario, or means something else in a scenario file.
  public static func check(_ name: String) throws {
    guard name.allSatisfy({ $0.isASCII && ($0.isLowercase || $0.isNumber || $0 == "_") }), name.first?.isLetter == true,
      name.count <= longest
    else {
      throw Problem(
        "`\(name.prefix(longest))` is no name of a scenario",
        remedy: "use lower-case letters, digits and _, at most \(longest)")
    }
    if taken.contains(name) {
      throw Problem(
        "`\(name)` has another meaning in a scenario file", remedy: "say what differs: \(name)_of_two_bases")
    }
  }

  private static let longest = 80
  /// Keywords of Python, and names that the generated lines use.
  private static let taken: Set<String> = [
    "and", "as", "assert", "async", "await", "break", "case", "class", "continue", "def", "del", "elif", "else",
    "except", "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "match", "nonlocal",
    "not", "or", "pass", "raise", "return", "try", "type", "while", "with", "yield", "ext", "expect", "record",
    "scenario", "hierarchy", "attempt", "collect", "made", "self", "print",
  ]

  /// A scenario file with this scenario behind what is there, and with what it uses imported.
  ///
  /// - Parameter before: nil for a new file.
  public func file(after before: String?) -> String {
    let imported = "from hpy_conform import "
    guard let before else {
      return "from conform_hierarchy import hierarchy\n\n\(imported)expect, record, scenario\n" + text
    }
    var lines = before.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    if let place = lines.firstIndex(where: { $0.hasPrefix(imported) }) {
      let there = lines[place].dropFirst(imported.count).split(separator: ",").map {
        $0.trimmingCharacters(in: .whitespaces)
      }
      lines[place] = imported + Set(there + ["expect", "record", "scenario"]).sorted().joined(separator: ", ")
    }
    return lines.joined(separator: "\n") + text
  }

  /// Lines of Python, with two empty ones before it.
  public var text: String {
    let names = hierarchy.types.map(\.name)
    let types = hierarchy.types.map { type -> String in
      let parts = type.written(names).map { key, value in
        switch value {
        case .names(let names): "\"\(key)\": [\(names.map(HierarchyFile.quoted).joined(separator: ", "))]"
        case .flag: "\"\(key)\": True"
        case .choice(let choice): "\"\(key)\": \(HierarchyFile.quoted(choice))"
        }
      }
      return "        \(type.name)={\(parts.joined(separator: ", "))},"
    }
    let asked = told.type.split(separator: ", ").map { "\"\($0)\"" }
    let arguments = ([asked.first ?? "\"A\"", HierarchyFile.quoted(told.operation)] + asked.dropFirst()).joined(
      separator: ", ")
    return """


      @scenario
      def \(name)(ext):
          \"\"\"\(told.type): \(told.operation): \(kind.sides[0]) and \(kind.sides[1]) differ.\"\"\"
          made = hierarchy(
              ext,
      \(types.joined(separator: "\n"))
          )
      \(statements(arguments).map { "    \($0)" }.joined(separator: "\n"))

      """
  }

  private func statements(_ arguments: String) -> [String] {
    if kind.sides[0] == "python" {
      return [
        "expect(\(HierarchyFile.quoted("\(told.type): \(told.operation)")), made.does(\(arguments)), \(HierarchyFile.quoted(told.left)),",
        "       source=\"Python language reference, 'Data model', Special method names\")",
      ]
    }
    if kind.sides[1].hasSuffix("'s subclass") {
      return [
        "record(\"the type\", made.does(\(arguments)))", "record(\"a subclass\", made.subclass_does(\(arguments)))",
      ]
    }
    return ["record(\(HierarchyFile.quoted("\(told.type): \(told.operation)")), made.does(\(arguments)))"]
  }

  /// What the ledger says of it, to be filled in.
  public var ledgerEntry: String {
    """
    [[cause]]
    name = "NAME-OF-THE-CAUSE"
    reason = "WHAT HAPPENS; WHAT SHOULD"
    link = "findings/NAME-OF-THE-CAUSE.md"
    upstream = "not reported"
    lanes = ["capi-heap"]
    runtimes = [{ implementation = "cpython", version = ">=3.8" }]

    [[cause.place]]
    scenario = "\(ExploredCase.name)/\(name)"
    label = \(HierarchyFile.quoted("\(told.type): \(told.operation)"))
    facet = "value"
    observed = \(HierarchyFile.quoted("'\(told.right)'"))

    """
  }
}
