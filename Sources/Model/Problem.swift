/// Bad input or a missing piece of the environment, told in one message.
public struct Problem: Error, Hashable, Sendable, Codable, CustomStringConvertible {
  /// Whose fault it is, and so which exit code it has.
  public enum Kind: String, Hashable, Sendable, Codable {
    /// What the person gave can't be used.
    case input
    /// The machine lacks something.
    case environment
  }

  public var kind: Kind
  /// `file` or `file:line`; empty when no file is to blame.
  public var place: String
  /// What was found, and what was expected.
  public var found: String
  /// The way out.
  public var remedy: String

  public init(_ kind: Kind = .input, at place: String = "", _ found: String, remedy: String) {
    self.kind = kind
    self.place = place
    self.found = found
    self.remedy = remedy
  }

  /// A mistake of the person's that stands in no file.
  public init(_ found: String, remedy: String) {
    self.init(.input, at: "", found, remedy: remedy)
  }

  public var description: String {
    (place.isEmpty ? "" : "\(place): ") + found + (remedy.isEmpty ? "" : "; \(remedy)")
  }
}

/// Several problems told together, so that one round mends them all.
public struct Problems: Error, Sendable, CustomStringConvertible {
  public var all: [Problem]

  public init(_ all: [Problem]) { self.all = all }

  public var description: String { all.map(\.description).joined(separator: "\n") }
}
