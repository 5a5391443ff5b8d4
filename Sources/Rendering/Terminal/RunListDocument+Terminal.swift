import Documents
import Model
import Rainbow

extension RunListDocument: TerminalDocument {
  /// A line for each run.
  public func blocks(_ layout: TerminalLayout) -> [[String]] {
    let header = ["run", "started", "state", "cells", "verdicts", "runtimes"].map { Styled($0, \.bold) }
    return [
      Table.lines(
        [header]
          + runs.map { one in
            let run = one.run
            let verdicts = Words.counts(Verdict.allCases.map { (one.verdicts[$0.rawValue] ?? 0, $0.rawValue) })
            return [
              Styled(Words.short(run.run)), Styled(run.started),
              Styled(one.standing),
              Styled("\(run.planned)\(one.reused == 0 ? "" : ", \(one.reused) taken over")"), Styled(verdicts),
              Styled(run.runtimes.map(\.name).joined(separator: ", ")),
            ]
          })
    ]
  }
}

extension RetentionDocument: TerminalDocument {
  /// A line for each run, and one that counts.
  public func blocks(_ layout: TerminalLayout) -> [[String]] {
    let lines = runs.map { run in
      let name = Printable.line("\(Words.short(run.run))  \(run.started)  \(run.series ?? "-")", .max)
      if run.reasons.isEmpty { return "\(isDone ? "deleted" : "delete ")  \(name)" }
      return "keep     \(name)  \(Printable.line(run.reasons.joined(separator: "; "), .max))"
    }
    let going = runs.count(where: \.reasons.isEmpty)
    let total =
      "\(going) of \(Words.number(runs.count, "run")) \(isDone ? "deleted" : "to delete"), \(runs.count - going) kept"
    return [lines + [total] + (freed > 0 ? ["the file is \(freed / 1024) KiB smaller"] : [])]
  }
}

extension PlanDocument: TerminalDocument {
  /// A line for each binary, one for each cell that is not tried, and one that counts.
  public func blocks(_ layout: TerminalLayout) -> [[String]] {
    [
      batches.map { "\(Printable.line("\($0.testCase)@\($0.load)", .max))  \(Words.number($0.scenarios, "scenario"))" }
        + skipped.map {
          "\(Printable.line($0.cell, .max))  not run: \(Printable.text($0.reason).replacing("\n", with: "\n  "))"
        }
        + [
          "\(Words.number(cells, "cell")): \(cells - skipped.count) to run in "
            + "\(Words.number(batches.count, "binary")), \(skipped.count) not run"
        ]
    ]
  }
}

extension CaseListDocument: TerminalDocument {
  /// Cases, each with its lanes and scenarios below it.
  public func blocks(_ layout: TerminalLayout) -> [[String]] {
    [
      cases.flatMap { one -> [String] in
        let nightly = one.nightly ? "  (nightly)".dim : ""
        let package = one.package.map { ["  package: \(Printable.line($0, .max))".dim] } ?? []
        return ["\(Printable.line(one.name, .max).bold)  \(Printable.line(one.summary, .max))\(nightly)"] + package
          + (one.lanes.isEmpty ? [] : ["  lanes: \(Printable.line(one.lanes.joined(separator: ", "), .max))".dim])
          + one.problems.map { "  \(Printable.line($0, .max))".red }
          + one.scenarios.map { scenario in
            let summary = scenario.summary.isEmpty ? "" : "  \(Printable.line(scenario.summary, .max).dim)"
            return "  \(Printable.line(scenario.name, .max))\(summary)"
          }
      }
    ]
  }
}
