/// A version of the limited API: what C defines `Py_LIMITED_API`, or for abi3t `Py_TARGET_ABI3T`, as (Python/C API,
/// "C API and ABI Stability", Limited C API).
public struct LimitedAPIVersion: Hashable, Sendable, Comparable, CustomStringConvertible {
  /// The minor number of Python 3.
  public var minor: Int

  public init(minor: Int) { self.minor = minor }

  /// The first for which abi3t can be asked (PEP 803).
  public static let firstOfABI3T = LimitedAPIVersion(minor: 15)
  /// The first with a stable ABI (PEP 384).
  public static let first = LimitedAPIVersion(minor: 2)

  /// Reads `3.9`; nil for any other text.
  public init?(_ text: String) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2, parts[0] == "3", let minor = Int(parts[1]), (0..<256).contains(minor),
      "\(minor)" == parts[1]
    else { return nil }
    self.minor = minor
  }

  /// The version that headers of a Python have at most; nil for a text that is no version of Python 3.
  public init?(python: String) {
    guard let release = Version.known(python)?.release, release.count > 1, release[0] == 3 else { return nil }
    minor = release[1]
  }

  public var description: String { "3.\(minor)" }

  /// As the macro has it: `0x03090000`.
  public var hex: String {
    let digits = String(minor, radix: 16)
    return "0x03\(digits.count < 2 ? "0" : "")\(digits)0000"
  }

  public static func < (left: Self, right: Self) -> Bool { left.minor < right.minor }
}

extension LimitedAPIVersion: Codable {
  public init(from decoder: any Decoder) throws {
    let text = try decoder.singleValueContainer().decode(String.self)
    guard let version = Self(text) else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "`\(text)` is no version of the limited API"))
    }
    self = version
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
