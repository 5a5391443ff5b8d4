/// What abi3audit says of binaries for the stable ABI: the symbols that they use, against the version that they declare.
public struct StaticCheck: Hashable, Sendable, Codable {
  /// Of one binary.
  public struct Entry: Hashable, Sendable, Codable {
    /// `abi3:cpython-3.13`.
    public var binary: String
    /// SUITE/CASE.
    public var testCase: String
    /// The version that the case declares.
    public var declared: LimitedAPIVersion
    /// Symbols of the stable ABI that came later, with the version that brought them.
    public var later: [String: String]
    /// Symbols of Python that are not in the stable ABI.
    public var foreign: [String]

    public init(
      binary: String, testCase: String, declared: LimitedAPIVersion, later: [String: String], foreign: [String]
    ) {
      self.binary = binary
      self.testCase = testCase
      self.declared = declared
      self.later = later
      self.foreign = foreign
    }

    public var isAsDeclared: Bool { later.isEmpty && foreign.isEmpty }
  }

  /// `abi3audit==0.0.26`.
  public var tool: String
  public var entries: [Entry]
  /// Why nothing was checked; nil where it was.
  public var problem: String?

  public init(tool: String, entries: [Entry] = [], problem: String? = nil) {
    self.tool = tool
    self.entries = entries
    self.problem = problem
  }

  /// Among the files of a run.
  public static let fileName = "static-check.json"
}
