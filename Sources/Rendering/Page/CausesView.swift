import Documents

/// What is wrong with one runtime.
struct CausesView {
  typealias Line = (
    cause: ReportDocument.Cause, count: String, state: String, row: String, scenario: String, size: String
  )

  let id: String
  let title: String
  let list: [Line]

  init(_ runtime: ReportDocument.RuntimeCauses, id: String, _ names: PageNames) {
    self.id = id
    title = "\(runtime.runtime): \(Words.number(runtime.causes.count, "cause"))"
    list = runtime.causes.map { cause in
      let scenario = String(cause.smallest.prefix { $0 != "@" })
      return (
        cause, "\(Words.number(cause.cells, "cell")) of \(Words.number(cause.scenarios, "scenario"))",
        Self.state(cause), names.row(scenario), scenario, cause.lines.map { ", \(Words.number($0, "line"))" } ?? ""
      )
    }
  }

  /// Empty where nothing is said.
  private static func state(_ cause: ReportDocument.Cause) -> String {
    let isReported = cause.upstream?.contains(":") ?? false
    let state = cause.upstream.map { isReported ? "reported: \($0)" : $0 }
    return [state, cause.fixed.map { "fixed in \($0)" }].compactMap { $0 }.joined(separator: ", ")
  }
}
