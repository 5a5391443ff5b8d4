import Model

/// What disagrees, wherever it shows: which two sides, at what, and what each of them does (conform_explore.py).
public struct DisagreementKind: Hashable, Sendable, Codable, CustomStringConvertible {
  /// Kinds of types: `python`, `heap`, `static`, `universal`, `cpython`, or `heap's subclass`.
  public var sides: [String]
  /// Family of the operation: `binary`, `length`, `making`, …
  public var operation: String
  /// In terms of where the functions belong that were called.
  public var left, right: String

  /// Reads the form that `description` gives; nil for any other text.
  public init?(_ text: String) {
    let parts = text.split(separator: " | ", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 4 else { return nil }
    sides = parts[0].split(separator: ", ").map(String.init)
    guard sides.count == 2 else { return nil }
    (operation, left, right) = (parts[1], parts[2], parts[3])
  }

  public var description: String { "\(sides.joined(separator: ", ")) | \(operation) | \(left) | \(right)" }

  /// As the name of a scenario: letters, digits and _.
  public var name: String {
    let words = description.split { !$0.isLetter && !$0.isNumber && $0 != "_" }
    return words.joined(separator: "_")
  }

  /// The kind of type that differs from the other one, which is what it is told of.
  public var subject: String {
    String((sides[1].hasSuffix("'s subclass") ? sides[1].dropLast("'s subclass".count) : sides[1][...]))
  }
}
