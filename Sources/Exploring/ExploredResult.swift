import Model

/// One kind of disagreement on one runtime.
public struct ExploredGroup: Sendable {
  public var kind: DisagreementKind
  public var runtime: Runtime
  /// Hierarchies that show it.
  public var count: Int
  /// The smallest that was found, made smaller where the kind is new or everything is asked for.
  public var example: Hierarchy
  public var isReduced = false
  public var told = ToldDisagreement()
  /// What is known of it; nil where nobody has looked at it.
  public var cause: LedgerCause?
  /// How its process ended, for a kind that is an end.
  public var attempt: Attempt?

  public init(
    kind: DisagreementKind, runtime: Runtime, count: Int, example: Hierarchy, isReduced: Bool = false,
    told: ToldDisagreement = ToldDisagreement(), cause: LedgerCause? = nil, attempt: Attempt? = nil
  ) {
    self.kind = kind
    self.runtime = runtime
    self.count = count
    self.example = example
    self.isReduced = isReduced
    self.told = told
    self.cause = cause
    self.attempt = attempt
  }
}

/// What came of it.
public struct ExploredResult: Sendable {
  /// What says of itself what compiled the types.
  public var compiler: String
  public var seed: UInt64
  /// Hierarchies tried on each runtime, by its name.
  public var tried: [String: Int]
  public var groups: [ExploredGroup]
  /// Runtimes on which something could not be tried, with the reason.
  public var failures: [String: String]
  public var isInterrupted = false

  public init(
    compiler: String, seed: UInt64, tried: [String: Int], groups: [ExploredGroup], failures: [String: String],
    isInterrupted: Bool = false
  ) {
    self.compiler = compiler
    self.seed = seed
    self.tried = tried
    self.groups = groups
    self.failures = failures
    self.isInterrupted = isInterrupted
  }
}

/// What a hierarchy does where it shows a kind.
public struct ToldDisagreement: Hashable, Sendable, Codable {
  /// Of which types, and what is done.
  public var type = "", operation = ""
  /// What each side does.
  public var left = "", right = ""

  public init(type: String = "", operation: String = "", left: String = "", right: String = "") {
    self.type = type
    self.operation = operation
    self.left = left
    self.right = right
  }

  /// Sets the part of a name; others are left out.
  public mutating func set(_ part: String, _ text: String) {
    switch part {
    case "type": type = text
    case "operation": operation = text
    case "left": left = text
    case "right": right = text
    default: break
    }
  }
}
