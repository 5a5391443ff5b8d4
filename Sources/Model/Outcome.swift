/// How a cell ended.
///
/// Its text (`description`) is what ledgers and databases have: `crashed SIGSEGV`, `raised ValueError`, `timed out`.
public enum Outcome: Hashable, Sendable, CustomStringConvertible {
  /// The scenario returned; its end mark and its wait status say so.
  case completed
  /// Completed, and a promise was broken on the way.
  case expectationFailed
  /// The scenario let an exception out, of this type.
  case raised(type: String)
  /// Killed by a signal, by its name: `SIGSEGV`.
  case crashed(signal: String)
  /// The process ended without the end mark, with this exit code.
  case exited(code: Int32)
  case timedOut
  /// The cell took its own worker down.
  case workerLost
  case limitExceeded(Limit)
  /// What the cell left isn't what the harness wrote for it: a line can't be read, or some are missing.
  case damagedResult
  case notBuilt
  case notLoadable
  /// The case itself can't be used: its manifest or its scenario file can't be read, or it was never built anywhere.
  case invalid
  /// The runtime has no `hpy`, or one that is of no use.
  case unsupported
  /// A document says that the case has no meaning there.
  case notApplicable
  /// The run stopped before this cell.
  case notRun
  /// The machine lacked something that the harness needs, so nothing is known of the cell.
  case harnessFailed

  /// What a cell had too much of.
  public enum Limit: String, Hashable, Sendable, Codable, CaseIterable {
    case resultFile = "result file"
    /// Memory of all its processes together.
    case memory
    case processes
    /// Bytes and files in its scratch folder.
    case scratch
  }

  /// An outcome without its particulars.
  public enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
    case completed
    case expectationFailed = "expectation failed"
    case raised, crashed, exited
    case timedOut = "timed out"
    case workerLost = "worker lost"
    case limitExceeded = "limit exceeded"
    case damagedResult = "damaged result"
    case notBuilt = "not built"
    case notLoadable = "not loadable"
    case invalid = "invalid case"
    case unsupported
    case notApplicable = "not applicable"
    case notRun = "not run"
    case harnessFailed = "harness failed"
  }

  public var kind: Kind {
    switch self {
    case .completed: .completed
    case .expectationFailed: .expectationFailed
    case .raised: .raised
    case .crashed: .crashed
    case .exited: .exited
    case .timedOut: .timedOut
    case .workerLost: .workerLost
    case .limitExceeded: .limitExceeded
    case .damagedResult: .damagedResult
    case .notBuilt: .notBuilt
    case .notLoadable: .notLoadable
    case .invalid: .invalid
    case .unsupported: .unsupported
    case .notApplicable: .notApplicable
    case .notRun: .notRun
    case .harnessFailed: .harnessFailed
    }
  }

  public var description: String {
    switch self {
    case .raised(let type): "\(kind.rawValue) \(type)"
    case .crashed(let signal): "\(kind.rawValue) \(signal)"
    case .exited(let code): "\(kind.rawValue) \(code)"
    case .limitExceeded(let limit): "\(kind.rawValue) \(limit.rawValue)"
    default: kind.rawValue
    }
  }

  /// Reads what `description` wrote; nil for any other text.
  public init?(_ text: String) {
    guard let kind = Kind.allCases.first(where: { text == $0.rawValue || text.hasPrefix($0.rawValue + " ") }) else {
      return nil
    }
    let detail = String(text.dropFirst(kind.rawValue.count + 1))
    switch kind {
    case .raised where !detail.isEmpty: self = .raised(type: detail)
    case .crashed where !detail.isEmpty: self = .crashed(signal: detail)
    case .exited:
      guard let code = Int32(detail) else { return nil }
      self = .exited(code: code)
    case .limitExceeded:
      guard let limit = Limit(rawValue: detail) else { return nil }
      self = .limitExceeded(limit)
    default:
      guard let plain = Self.plain[kind] else { return nil }
      self = plain
    }
    if description != text { return nil }
  }

  private static let plain: [Kind: Outcome] = Dictionary(
    uniqueKeysWithValues: [
      completed, expectationFailed, timedOut, workerLost, damagedResult, notBuilt, notLoadable, invalid, unsupported,
      notApplicable, notRun, harnessFailed,
    ].map { ($0.kind, $0) })
}

extension Outcome {
  /// The scenario ran to its end, whatever it found.
  public var ran: Bool { self == .completed || self == .expectationFailed }

  /// Nothing was tried, or nothing is known of what was, so there is nothing to judge.
  public var isSkip: Bool {
    self == .unsupported || self == .notApplicable || self == .notRun || self == .harnessFailed
  }

  /// There is a binary that was loaded.
  public var isLoaded: Bool { self != .notBuilt && self != .notLoadable && self != .invalid }

  /// The process died, hung or broke a limit.
  public var isCrash: Bool {
    switch self {
    case .crashed, .exited, .timedOut, .workerLost, .limitExceeded, .damagedResult: true
    default: false
    }
  }

  /// How bad an end is, the worst first.
  public var severity: Int {
    switch self {
    case .crashed, .workerLost: 0
    case .timedOut, .limitExceeded: 1
    case .exited, .damagedResult: 2
    case .raised: 3
    case .expectationFailed, .completed: 4
    case .notLoadable: 5
    case .notBuilt, .invalid, .unsupported, .notApplicable, .notRun, .harnessFailed: 6
    }
  }
}

extension Outcome: Codable {
  public init(from decoder: any Decoder) throws {
    let text = try decoder.singleValueContainer().decode(String.self)
    guard let outcome = Outcome(text) else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "unknown outcome `\(text)`"))
    }
    self = outcome
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}

/// Why a cell is not tried.
public struct Skip: Hashable, Sendable, Codable {
  /// `unsupported` or `not applicable`.
  public var outcome: Outcome
  /// With the document that says so, where there is one.
  public var reason: String

  public init(_ outcome: Outcome, _ reason: String) {
    self.outcome = outcome
    self.reason = reason
  }
}
