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
    guard name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }), name.first?.isLetter == true
    else {
      throw Problem("`\(name)` is no name of a scenario", remedy: "use letters, digits and _")
    }
    guard kind.sides[0] != "rules", kind.operation != "making", !told.operation.isEmpty else {
      throw Problem(
        "`\(kind)` is no operation on an object", remedy: "write its scenario by hand, with what the hierarchy shows")
    }
    self.name = name
    self.kind = kind
    self.hierarchy = hierarchy
    self.told = told
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
