import Storing

/// Which runs go from a database and why the others stay, for people.
public struct RetentionReport {
  private let decisions: [(run: RunFacts, reasons: [KeepReason])]
  private let isDone: Bool

  /// - Parameter isDone: whether the runs are gone, or would go.
  public init(_ decisions: [(run: RunFacts, reasons: [KeepReason])], isDone: Bool) {
    self.decisions = decisions
    self.isDone = isDone
  }

  /// A line for each run, the newest first, and one that counts.
  public var text: String {
    let lines = decisions.reversed().map { run, reasons in
      let name = "\(run.uuid.prefix(8))  \(run.started)  \(run.series ?? "-")"
      if reasons.isEmpty { return "\(isDone ? "gone " : "goes ")  \(name)" }
      return "stays  \(name)  \(reasons.map { Self.text($0) }.joined(separator: "; "))"
    }
    let going = decisions.count { $0.reasons.isEmpty }
    let total = "\(going) of \(decisions.count) runs \(isDone ? "are gone" : "go"), \(decisions.count - going) stay"
    return (lines + [total]).joined(separator: "\n")
  }

  static func text(_ reason: KeepReason) -> String {
    switch reason {
    case .latest: "last run of its series"
    case .recent: "recent"
    case .baseline: "baseline"
    case .begun(let count): "first with \(divergences(count)) that the last run shows"
    case .lastWithout(let count): "last without \(divergences(count)) that the last run shows"
    case .lastOfMonth(let month): "last of \(month)"
    case .source(let count): "\(count) run\(count == 1 ? "" : "s") took results over from it"
    }
  }

  private static func divergences(_ count: Int) -> String { "\(count) divergence\(count == 1 ? "" : "s")" }
}
