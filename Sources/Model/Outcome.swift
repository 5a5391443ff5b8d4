/// How a cell ended.
public struct Outcome: Hashable, Sendable, Codable, CustomStringConvertible {
  public enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
    /// The scenario returned; its end mark and its wait status say so.
    case completed
    /// Completed, and a promise was broken on the way.
    case expectationFailed = "expectation failed"
    /// The scenario let an exception out; `detail` is its type.
    case raised
    /// Killed by a signal; `detail` is its name.
    case crashed
    /// The process ended without the end mark; `detail` is the exit code.
    case exited
    case timedOut = "timed out"
    /// The cell took its own worker down; `detail` says how the worker ended.
    case workerLost = "worker lost"
    /// `detail` says which limit.
    case limitExceeded = "limit exceeded"
    case notBuilt = "not built"
    case notLoadable = "not loadable"
    /// The case itself can't be read: manifest or scenario file.
    case invalid = "invalid case"
    /// The runtime has no `hpy`.
    case unsupported
    /// A document says that the case has no meaning there.
    case notApplicable = "not applicable"
    /// The run stopped before this cell.
    case notRun = "not run"
  }

  public var kind: Kind
  public var detail: String?

  public init(_ kind: Kind, _ detail: String? = nil) {
    self.kind = kind
    self.detail = detail
  }

  public static let completed = Outcome(.completed)

  /// The form that the ledger and the store use: `crashed SIGSEGV`, `raised ValueError`, `timed out`.
  public var description: String { detail.map { "\(kind.rawValue) \($0)" } ?? kind.rawValue }

  /// Reads what `description` wrote; nil for a text of no known kind.
  public init?(_ text: String) {
    for kind in Kind.allCases where text == kind.rawValue {
      self.init(kind)
      return
    }
    for kind in Kind.allCases where text.hasPrefix(kind.rawValue + " ") {
      self.init(kind, String(text.dropFirst(kind.rawValue.count + 1)))
      return
    }
    return nil
  }

  /// The scenario ran to its end, whatever it found.
  public var ran: Bool { kind == .completed || kind == .expectationFailed }

  /// Nothing was tried, so there is nothing to judge.
  public var isSkip: Bool { kind == .unsupported || kind == .notApplicable || kind == .notRun }

  /// How bad an end is, the worst first.
  public var severity: Int {
    switch kind {
    case .crashed, .workerLost: 0
    case .timedOut, .limitExceeded: 1
    case .exited: 2
    case .raised: 3
    case .expectationFailed, .completed: 4
    case .notLoadable: 5
    case .notBuilt, .invalid, .unsupported, .notApplicable, .notRun: 6
    }
  }
}
