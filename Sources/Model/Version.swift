import Synchronization

/// A version as PEP 440 writes them: `3.11.2`, `0.9.1.dev61+g79fb330d`, `3.15.0b2`.
///
/// Compared by PEP 440, "Summary of permitted suffixes and relative ordering".
public struct Version: Hashable, Sendable, Comparable, CustomStringConvertible {
  /// The parts that order two versions of the same release, least first.
  private enum Stage: Int {
    case development
    case alpha
    case beta
    case candidate
    case final
  }

  public private(set) var description: String
  private let epoch: Int
  /// The numbers of the release: `[3, 11, 2]`.
  public let release: [Int]
  /// (stage, number) of a pre-release; a release is `final`.
  private let pre: (Stage, Int)
  private let post: Int?
  private let development: Int?
  private(set) var local: [String]

  /// nil when the text is no PEP 440 version.
  public init?(_ text: String) {
    let pattern =
      #/v?(?:(\d+)!)?(\d+(?:\.\d+)*)(?:[-_.]?(alpha|a|beta|b|preview|pre|c|rc)[-_.]?(\d*))?(?:-(\d+)|[-_.]?(?:post|rev|r)[-_.]?(\d*))?(?:[-_.]?dev[-_.]?(\d*))?(?:\+([a-z0-9]+(?:[-_.][a-z0-9]+)*))?/#
    guard let match = try? pattern.wholeMatch(in: text.lowercased()) else { return nil }
    func number(_ digits: Substring?) -> Int? { digits.map { $0.isEmpty ? 0 : Int($0) ?? 0 } }
    description = text
    epoch = number(match.1) ?? 0
    release = match.2.split(separator: ".").map { Int($0) ?? 0 }
    post = number(match.5) ?? number(match.6)
    development = number(match.7)
    local = match.8.map { $0.split { "-_.".contains($0) }.map(String.init) } ?? []
    switch match.3 {
    case "a", "alpha": pre = (.alpha, number(match.4) ?? 0)
    case "b", "beta": pre = (.beta, number(match.4) ?? 0)
    case .some: pre = (.candidate, number(match.4) ?? 0)
    case nil: pre = (development != nil && post == nil ? .development : .final, 0)
    }
  }

  /// Versions by their texts: ledgers and runtimes name the same few over and over.
  private static let versions = Mutex<[String: Version?]>([:])

  /// The version of a text, which is parsed once; nil when it is no PEP 440 version.
  public static func known(_ text: String) -> Version? {
    if let known = versions.withLock({ $0[text] }) { return known }
    let version = Version(text)
    versions.withLock { $0[text] = .some(version) }
    return version
  }

  /// The release without trailing zeros: `3.11.0` and `3.11` are one version.
  private var trimmed: [Int] {
    var parts = release
    while parts.count > 1, parts.last == 0 { parts.removeLast() }
    return parts
  }

  private var order: [Int] {
    [pre.0.rawValue, pre.1, post ?? -1, development ?? Int.max]
  }

  public static func == (left: Version, right: Version) -> Bool { !(left < right) && !(right < left) }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(trimmed)
    hasher.combine(order)
    hasher.combine(local)
  }

  public static func < (left: Version, right: Version) -> Bool {
    if left.epoch != right.epoch { return left.epoch < right.epoch }
    if left.trimmed != right.trimmed { return left.trimmed.lexicographicallyPrecedes(right.trimmed) }
    if left.order != right.order { return left.order.lexicographicallyPrecedes(right.order) }
    return left.local.lexicographicallyPrecedes(right.local) { one, other in
      switch (Int(one), Int(other)) {
      case (let one?, let other?): one < other
      case (nil, _?): true
      case (_?, nil): false
      case (nil, nil): one < other
      }
    }
  }

  /// The same version without its local part: what a specifier without one compares with.
  var publicPart: Version {
    var part = self
    part.description = String(description.prefix { $0 != "+" })
    part.local = []
    return part
  }
}

/// A set of versions as PEP 440 specifies them: `>=3.11,<3.13`, `==3.11.*`, `~=0.9`.
public struct VersionRange: Hashable, Sendable, Codable, CustomStringConvertible {
  private struct Clause: Hashable, Sendable {
    var comparison: String
    var version: Version
    var isPrefix: Bool
  }

  public let description: String
  private let clauses: [Clause]

  /// nil when the text is no PEP 440 version specifier. Pre-releases count as the versions that they are.
  public init?(_ text: String) {
    var clauses: [Clause] = []
    for part in text.split(separator: ",") {
      let clause = part.filter { !$0.isWhitespace }
      guard let comparison = ["===", "~=", "==", "!=", "<=", ">=", "<", ">"].first(where: clause.hasPrefix)
      else { return nil }
      var rest = String(clause.dropFirst(comparison.count))
      let isPrefix = rest.hasSuffix(".*")
      if isPrefix {
        guard comparison == "==" || comparison == "!=" else { return nil }
        rest.removeLast(2)
      }
      guard let version = Version.known(rest) else { return nil }
      if comparison == "~=", version.release.count < 2 { return nil }
      clauses.append(Clause(comparison: comparison, version: version, isPrefix: isPrefix))
    }
    guard !clauses.isEmpty else { return nil }
    self.clauses = clauses
    description = text
  }

  /// Whether a version lies in every clause; a text that is no version lies in none.
  public func contains(_ text: String) -> Bool {
    Version.known(text).map { version in clauses.allSatisfy { Self.holds($0, for: version) } } ?? false
  }

  private static func holds(_ clause: Clause, for version: Version) -> Bool {
    let candidate = clause.version.local.isEmpty ? version.publicPart : version
    switch clause.comparison {
    case "==" where clause.isPrefix: return hasPrefix(candidate, clause.version)
    case "!=" where clause.isPrefix: return !hasPrefix(candidate, clause.version)
    case "==": return candidate == clause.version
    case "===": return version.description == clause.version.description
    case "!=": return candidate != clause.version
    case "<=": return candidate <= clause.version
    case ">=": return candidate >= clause.version
    case "<": return candidate < clause.version
    case ">": return candidate > clause.version
    default: return candidate >= clause.version && isCompatible(candidate, clause.version)
    }
  }

  private static func hasPrefix(_ version: Version, _ prefix: Version) -> Bool {
    let padded = version.release + Array(repeating: 0, count: max(0, prefix.release.count - version.release.count))
    return Array(padded.prefix(prefix.release.count)) == prefix.release
  }

  private static func isCompatible(_ version: Version, _ base: Version) -> Bool {
    Array(version.release.prefix(base.release.count - 1)) == Array(base.release.dropLast())
  }

  public init(from decoder: any Decoder) throws {
    let text = try decoder.singleValueContainer().decode(String.self)
    guard let range = VersionRange(text) else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "no PEP 440 version specifier: \(text)"))
    }
    self = range
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
