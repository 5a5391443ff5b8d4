import Documents
import Rainbow

extension SelfTestDocument: TerminalDocument {
  /// A line for each runtime, what was not asked, and what was not as expected. With everything, a line for each fault.
  public func blocks(_ layout: TerminalLayout) -> [[String]] {
    [runtimes.flatMap { lines($0, layout) }, unexpected, lacked]
  }

  private func lines(_ runtime: Tested, _ layout: TerminalLayout) -> [String] {
    var lines = ["\(Printable.line(runtime.name, .max).bold)  \(counts(of: runtime))"]
    lines += runtime.faults.filter { layout.showsAll || $0.state == .notAsked }.map { line($0, layout) }
    if layout.showsAll {
      lines.append("  conforming   \(Words.number(runtime.innocent, "cell")) without a fault".dim)
    }
    return lines
  }

  private var unexpected: [String] {
    if failures.isEmpty { return [] }
    let title = "NOT AS EXPECTED (\(failures.count)): results of runs on this machine can't be trusted"
    // Where nothing was kept, the way is the same for all.
    return [title.bold.red] + failures.flatMap(lines) + (kept == nil ? ["  \(lookCloser(failures[0]))".dim] : [])
  }

  private var lacked: [String] {
    if lacking.isEmpty { return [] }
    return ["LACKING ON THIS MACHINE (\(lacking.count))".bold.yellow] + lacking.map { "  \(Printable.line($0, 400))" }
  }

  private func counts(of runtime: Tested) -> String {
    let noticed = "\(Words.number(runtime.count(.noticed), "fault")) detected"
    let rest = [(State.unnoticed, "not detected"), (.notAsked, "not run")].filter { runtime.count($0.0) > 0 }
    return ([noticed] + rest.map { "\(runtime.count($0.0)) \($0.1)" }).joined(separator: ", ")
  }

  private func line(_ fault: Fault, _ layout: TerminalLayout) -> String {
    let text = Printable.line("\(fault.title): \(fault.detail)", 400)
    if !layout.showsAll { return "  \(fault.state.rawValue)  \(text)".dim }
    let state = fault.state.rawValue.padded(to: 12)
    return "  \(fault.state == .unnoticed ? state.red : state)  \(text)"
  }

  private func lines(_ failure: Failure) -> [String] {
    [
      "  \(Printable.line(failure.cell ?? "the whole run", .max).bold)  \(Printable.line(failure.title, .max))",
      "    expected \(Printable.line(failure.expected, 400)), got \(Printable.line(failure.got, 400))",
    ] + (kept == nil ? [] : ["    \(Printable.line(lookCloser(failure), .max))".dim])
  }
}
