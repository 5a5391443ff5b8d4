/// What kind of fact may differ between two cells.
public enum Facet: String, Hashable, Sendable, Codable, CaseIterable {
  case outcome
  case value
  case exceptionType = "exception type"
  case message
  /// The order in which things were finalised.
  case order
  case leak
}

/// One labelled fact that a scenario recorded; with `expected`, a fact that a document promises.
public struct Observation: Hashable, Sendable, Codable {
  public var label: String
  /// `value`, `order` or `leak`, as the scenario said.
  public var facet: Facet
  /// The value as text (conform_render.py has the rules), normalised.
  public var value: String
  /// Qualified name of the exception that an attempt raised.
  public var exception: String?
  /// Text of that exception, normalised.
  public var message: String?
  /// The promised values, any of which holds; nil for a plain record.
  public var expected: [String]?
  /// The document and section that make the promise.
  public var source: String?

  public init(
    label: String, facet: Facet = .value, value: String, exception: String? = nil, message: String? = nil,
    expected: [String]? = nil, source: String? = nil
  ) {
    self.label = label
    self.facet = facet
    self.value = value
    self.exception = exception
    self.message = message
    self.expected = expected
    self.source = source
  }

  /// Whether it says what repeats of the scenario left behind (conform_repeats.py).
  public var isOfRepeats: Bool { facet == .leak && label.hasPrefix(Self.repeatsPrefix) }

  /// What the labels of such observations begin with.
  public static let repeatsPrefix = "repeats: "

  /// Whether a promise is kept; nil where none was made.
  public var holds: Bool? { expected.map { $0.contains(value) } }

  /// The facet of a difference between this fact and another text for it.
  public func facet(against other: String) -> Facet {
    guard facet == .value else { return facet }
    return exception != nil || other.hasPrefix("raised ") ? .exceptionType : .value
  }
}
