/// One compile or link with all that decides its result.
public struct BuildStep: Hashable, Sendable, Codable {
  public enum Kind: String, Hashable, Sendable, Codable {
    case compile
    case link
    /// pip installs a package with all that it depends on.
    case install
  }

  /// Of everything that the product depends on; two steps of one key make the same product.
  public var key: ContentKey
  public var kind: Kind
  /// The command that makes the product, in a folder of its own.
  public var command: [String]
  public var succeeded: Bool
  /// What the compiler or linker printed.
  public var messages: String
  /// Wall time in seconds when the product was made.
  public var seconds: Double
  /// Taken over from an earlier run.
  public var isReused: Bool

  public init(
    key: ContentKey, kind: Kind, command: [String], succeeded: Bool, messages: String, seconds: Double,
    isReused: Bool
  ) {
    self.key = key
    self.kind = kind
    self.command = command
    self.succeeded = succeeded
    self.messages = messages
    self.seconds = seconds
    self.isReused = isReused
  }
}

/// What building the extension of a case came to.
public struct BuiltBinary: Hashable, Sendable {
  /// Path of the binary, or why there is none.
  public enum Product: Hashable, Sendable {
    case file(String)
    case failure(String)
    /// The machine kept the compiler from its work, and so nothing is known of the C: what it lacked.
    case machineFailed(String)
    /// It can't be had for this runtime, which is no fault of anybody here: why.
    case unsupported(String)
  }

  public var product: Product
  /// Key of the last step, and so of all that went into the binary; nil when there is none.
  public var key: ContentKey?
  /// Of the binary's own bytes; nil when there is none. Two keys may make the same bytes.
  public var content: ContentKey?
  public var steps: [BuildStep]
  /// The case's further modules, in the order of its manifest.
  public var modules: [BuiltModule] = []

  public init(product: Product, key: ContentKey?, content: ContentKey? = nil, steps: [BuildStep]) {
    self.product = product
    self.key = key
    self.content = content
    self.steps = steps
  }

  /// The same beside another one, which cells import as a module of that name.
  ///
  /// What keeps either from being there keeps both.
  public func with(_ other: BuiltBinary, as module: String, through lane: Lane) -> BuiltBinary {
    var whole = self
    whole.steps += other.steps
    switch (product, other.product) {
    case (.file, .file(let path)):
      whole.modules.append(BuiltModule(name: module, path: path, lane: lane))
      whole.key = Self.joined(key, other.key, module)
      whole.content = Self.joined(content, other.content, module)
    case (.file, let obstacle): whole.product = obstacle
    default: break
    }
    return whole
  }

  private static func joined(_ one: ContentKey?, _ other: ContentKey?, _ module: String) -> ContentKey? {
    guard let one, let other else { return nil }
    return ContentKey(ofParts: [one.hex, module, other.hex])
  }
}

/// A module of a case beside its extension, ready to be imported.
public struct BuiltModule: Hashable, Sendable {
  /// As it is imported.
  public var name: String
  /// Of its binary.
  public var path: String
  /// How it is loaded.
  public var lane: Lane

  public init(name: String, path: String, lane: Lane) {
    self.name = name
    self.path = path
    self.lane = lane
  }
}
