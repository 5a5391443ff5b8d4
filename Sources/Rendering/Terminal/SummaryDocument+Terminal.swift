import Documents
import Model
import Rainbow

extension SummaryDocument: TerminalDocument {
  public func blocks(_ layout: TerminalLayout) -> [[String]] {
    [[headline], matrix.lines(run.runtimes)] + sections.map(lines) + [brokenCases, lack]
      + [(reused.isEmpty ? [] : [takenOver.dim]) + skips.map(line) + footer]
  }

  private var headline: String {
    let state =
      run.state == .finished
      ? ""
      : "  \(run.state == .interrupted ? "stopped early" : run.state.rawValue): \(run.planned) cells were planned"
        .yellow
    let size = [(cases, "case"), (scenarios, "scenario"), (cells, "cell")].map { Words.number($0.0, $0.1) }
    return "\("run \(Words.short(run.run))".bold)  \(size.joined(separator: ", "))\(state)"
  }

  private func lines(_ section: Section) -> [String] {
    let title =
      switch section.verdict {
      case .flaky: "FLAKY: attempts disagree, and the ledger has no set of answers"
      case .fixed: "FIXED: the ledger says otherwise; remove or narrow these entries"
      default: "\(section.verdict.rawValue.uppercased()): not in the ledger"
      }
    let rest = section.count - section.findings.count
    return ["\(title) (\(section.count))".bold.red]
      + section.findings.flatMap { one -> [String] in
        let finding = one.finding
        // For a finding that concerns the whole cell: the first line of what its end said.
        let end = section.verdict == .new && finding.label == nil ? one.message?.split(separator: "\n").first : nil
        return [
          "  \(Printable.line(one.scenario, .max))  \(Printable.line(Words.whereabouts(one.cells), .max).dim)",
          "    \(Printable.line(Words.place(finding.label, finding.facet), .max)): "
            + Printable.line(finding.observed).red,
          "    \(Printable.line(finding.oracle, .max)): \(Printable.line(finding.expected).green)",
        ] + (end.map { ["    \(Printable.line(String($0)))"] } ?? [])
      } + (rest > 0 ? ["  … and \(rest) more; `hpy-conform show` has them all"] : [])
  }

  private var brokenCases: [String] {
    if broken.isEmpty { return [] }
    return ["BROKEN: these cases can't be read; mend them, and run them again".bold.red]
      + broken.flatMap { one in one.reason.split(separator: "\n").map { "  \(Printable.line(String($0), .max))" } }
  }

  private var lack: [String] {
    if lacking.isEmpty { return [] }
    let cells = lacking.reduce(0) { $0 + $1.cells }
    return [
      "HARNESS FAILED: the machine lacked something, and nothing is known of \(Words.number(cells, "cell"))".bold.yellow
    ] + lacking.map { "  \(Words.number($0.cells, "cell")): \(Printable.line($0.reason, .max))" }
  }

  private var takenOver: String {
    let runs = reused.prefix(3).map { "\($0.cells) from run \(Words.short($0.run))" }
    let rest = reused.dropFirst(3)
    let more = rest.isEmpty ? [] : ["\(rest.reduce(0) { $0 + $1.cells }) from \(rest.count) earlier runs"]
    let cells = reused.reduce(0) { $0 + $1.cells }
    return "\(cells) cells taken over, not run again: \((runs + more).joined(separator: ", "))"
  }

  private func line(_ skip: Skipped) -> String {
    "\(skip.cells) \(Printable.line(skip.outcome)): \(Printable.line(skip.reason, .max))".dim
  }

  private var footer: [String] {
    let counts = Verdict.allCases.filter { $0 != .notJudged }.map { "\(verdicts[$0.rawValue] ?? 0) \($0.rawValue)" }
    return [
      "\(counts.joined(separator: ", ")); \(stepsDone) build steps done, \(stepsReused) taken over".dim,
      "results: \(Printable.line(database, .max)); look closer: hpy-conform show SUITE/CASE/SCENARIO@LANE@RUNTIME".dim,
    ]
  }
}
