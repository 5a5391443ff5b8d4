import Foundation
import Model
import Planning
import TOMLFile

/// Kinds of disagreement that somebody has looked at, with their causes: `kinds.toml`.
public struct KnownKinds: Sendable {
  /// Kinds of one cause, by patterns with `*` and `?`.
  private struct Entry: Sendable {
    var cause: LedgerCause
    var sides, operations, left, right: [String]
    var runtimes: [LedgerEntry.Runtimes]

    func covers(_ kind: DisagreementKind, _ runtime: Runtime) -> Bool {
      Self.matches(sides, kind.sides.joined(separator: ", ")) && Self.matches(operations, kind.operation)
        && Self.matches(left, kind.left) && Self.matches(right, kind.right)
        && runtimes.contains { $0.contains(runtime) }
    }

    private static func matches(_ patterns: [String], _ text: String) -> Bool {
      patterns.contains { fnmatch($0, text, 0) == 0 }
    }
  }

  private let entries: [Entry]

  /// Reads them.
  ///
  /// - Parameter causes: those that it may name.
  /// - Throws: `Problem` with file and line.
  public init(_ text: String, file: String, causes: [LedgerCause]) throws {
    let document = try TOMLDocument(text, file: file)
    try document.refuseUnknownKeys(["kinds"])
    entries = try document.tables("kinds").map { table in
      try table.refuseUnknownKeys(["cause", "sides", "operation", "left", "right", "runtimes"])
      let name = try table.text("cause")
      guard let cause = causes.first(where: { $0.name == name }) else {
        throw Problem(
          at: table.place(of: "cause"), "no cause is named `\(name)`",
          remedy: NearNames.hint(NearNames.among(causes.map(\.name), to: name)) + "define it in causes.toml")
      }
      func patterns(_ key: String) throws -> [String] { try table.texts(key) ?? ["*"] }
      return Entry(
        cause: cause, sides: try patterns("sides"), operations: try patterns("operation"), left: try patterns("left"),
        right: try patterns("right"),
        runtimes: try table.has("runtimes") ? table.runtimes("runtimes") : cause.runtimes)
    }
  }

  /// The cause of a kind on a runtime; nil for one that nobody has looked at.
  public func cause(of kind: DisagreementKind, on runtime: Runtime) -> LedgerCause? {
    entries.first { $0.covers(kind, runtime) }?.cause
  }
}
