import Documents
import Model
import Rainbow

extension SummaryDocument: TerminalDocument {
  /// How many lines a run that needs no more takes at most.
  private static let height = 20

  public func blocks(_ layout: TerminalLayout) -> [[String]] {
    let rest = [matrix.lines(run.runtimes), brokenCases, lack, footer(layout)].filter { !$0.isEmpty }
    // Behind each block but the last stands an empty line.
    let room = Self.height - 1 - rest.reduce(0) { $0 + $1.count + 1 }
    return [[opening] + patterns.lines(layout, room: max(3, room))] + rest
  }

  private var opening: String {
    let state =
      run.state == .finished
      ? ""
      : "  \(run.state == .interrupted ? "stopped early" : run.state.rawValue): \(run.planned) cells were planned"
        .yellow
    let sentence = Printable.line(headline, .max)
    return "\("run \(Words.short(run.run))".bold)  \(needsAttention ? sentence.red.bold : sentence.bold)\(state)"
  }

  /// `53 cases, 608 scenarios, 7168 cells, 1 min 20 s`.
  private var size: String {
    let numbers = [(cases, "case"), (scenarios, "scenario"), (cells, "cell")].map { Words.number($0.0, $0.1) }
    return (numbers + (run.seconds.map { [PageText.duration($0)] } ?? [])).joined(separator: ", ")
  }

  private var brokenCases: [String] {
    if broken.isEmpty { return [] }
    let words = broken.count == 1 ? "your case is broken; fix it" : "your cases are broken; fix them"
    return ["BROKEN CASE: \(words), and run again".bold.red]
      + broken.flatMap { one in one.reason.split(separator: "\n").map { "  \(Printable.line(String($0), .max))" } }
  }

  private var lack: [String] {
    if lacking.isEmpty { return [] }
    let cells = lacking.reduce(0) { $0 + $1.cells }
    return [
      "HARNESS FAILED: the machine lacked something; \(Words.number(cells, "cell")) without a result".bold.yellow
    ] + lacking.map { "  \(Words.number($0.cells, "cell")): \(Printable.line($0.reason, .max))" }
  }

  private var takenOver: String {
    let runs = reused.prefix(3).map { "\($0.cells) from run \(Words.short($0.run))" }
    let rest = reused.dropFirst(3)
    let more = rest.isEmpty ? [] : ["\(rest.reduce(0) { $0 + $1.cells }) from \(rest.count) earlier runs"]
    let cells = reused.reduce(0) { $0 + $1.cells }
    return "\(cells) cells taken over, not run again: \((runs + more).joined(separator: ", "))"
  }

  private func footer(_ layout: TerminalLayout) -> [String] {
    let counts = Verdict.allCases.filter { $0 != .notJudged }.map { "\(verdicts[$0.rawValue] ?? 0) \($0.rawValue)" }
    let steps = "\(stepsDone) build steps done, \(stepsReused) taken over"
    let closer =
      patterns.isEmpty
      ? "hpy-conform show SUITE/CASE/SCENARIO@LANE@RUNTIME" : "hpy-conform report \(Words.short(run.run))"
    let nightly = run.scope?.hasPrefix(RunScope.withoutNightly) == true ? ", nightly cases not run" : ""
    let known = run.quick ?? false ? "known answers not confirmed" : "known answers not confirmed again"
    let effort = run.thorough.map { $0 ? "thorough" : "\(known)\(nightly) (--thorough)" }
    let parts = [size] + (layout.showsReasons ? [] : untried) + [steps] + [effort].compactMap(\.self)
    let numbers = parts.joined(separator: "; ")
    let results = "results: \(Printable.line(database, .max)); look closer: \(closer)"
    return [counts.joined(separator: ", ").bold] + (reused.isEmpty ? [] : [takenOver.dim])
      + (layout.showsReasons ? reasons : []) + [numbers.dim, results.dim]
  }

  private var reasons: [String] {
    skips.map { "\($0.cells) \(Printable.line($0.outcome)): \(Printable.line($0.reason, .max))".dim }
  }

  /// `520 cells not applicable (--why)`.
  private var untried: [String] {
    skips.grouped { $0.outcome }.map { outcome, skips in
      "\(Words.number(skips.reduce(0) { $0 + $1.cells }, "cell")) \(Printable.line(outcome)) (--why)"
    }
  }
}
