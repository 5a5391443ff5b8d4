/// One thing that is wrong, or other, with some runtimes: said once, wherever it shows.
public struct LedgerCause: Hashable, Sendable, Codable {
  /// What its project knows of it.
  public enum Upstream: Hashable, Sendable, Codable, CustomStringConvertible {
    case notReported
    /// The runtimes differ, and none is to blame.
    case noDefect
    /// The address of the report.
    case reported(String)

    /// Reads the form that `description` gives; nil for any other text.
    public init?(_ text: String) {
      switch text {
      case "not reported": self = .notReported
      case "no defect": self = .noDefect
      default:
        guard text.hasPrefix("https://") || text.hasPrefix("http://"), !text.contains(" ") else { return nil }
        self = .reported(text)
      }
    }

    public var description: String {
      switch self {
      case .notReported: "not reported"
      case .noDefect: "no defect"
      case .reported(let address): address
      }
    }
  }

  /// What suites ask for it by.
  public var name: String
  public var reason: String
  /// A public report, or a write-up in `Suites/findings`.
  public var link: String
  /// nil in ledgers of the former form, which do not say.
  public var upstream: Upstream?
  /// Versions of the runtime, or of its HPy, in which it is mended; nil while none is known.
  public var fixed: VersionRange?
  /// Where it shows, unless a place says otherwise.
  public var lanes: [Lane]
  public var runtimes: [LedgerEntry.Runtimes]
  /// `file:line`, for messages.
  public var origin: String

  public init(
    name: String, reason: String, link: String, upstream: Upstream? = .notReported, fixed: VersionRange? = nil,
    lanes: [Lane], runtimes: [LedgerEntry.Runtimes], origin: String = ""
  ) {
    self.name = name
    self.reason = reason
    self.link = link
    self.upstream = upstream
    self.fixed = fixed
    self.lanes = lanes
    self.runtimes = runtimes
    self.origin = origin
  }

  /// `reported: https://…, fixed in >=3.15`; empty where nothing is said.
  public var state: String {
    guard let upstream else { return "" }
    let words = if case .reported(let address) = upstream { "reported: \(address)" } else { upstream.description }
    return words + (fixed.map { ", fixed in \($0)" } ?? "")
  }
}
