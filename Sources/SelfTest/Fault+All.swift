import Model

extension Fault {
  /// All that the miniature suite has. What no fault speaks of has to conform.
  static let all = processes + forgeries + limits + answers + machine

  private static let processes = [
    cell("crash", "a crash", .init(.crashed(signal: "SIGSEGV"))),
    cell("abort", "an abort", .init(.crashed(signal: "SIGABRT"))),
    cell("crash_at_exit", "a crash while the interpreter ends", .init(.crashed(signal: "SIGSEGV"))),
    cell("exit_early", "an early exit", .init(.exited(code: 0))),
    cell("killed_server", "a killed fork server", .init(.workerLost), needs: .reach),
    Fault(
      part: .time, scenario: ScenarioID(suite: "time", testCase: "hanging", name: "hang"), title: "a hang",
      expectation: .init(.timedOut), lanes: [.capiHeap], needs: .nothing),
  ]

  private static let forgeries = [
    cell("forged_results", "forged result lines", .init(.exited(code: 0))),
    cell("forged_answer", "a forged answer", .init(.exited(code: 0))),
    cell("truncated_results", "a truncated result file", .init(.damagedResult)),
    // What is shared by several cells is loaded elsewhere than what each loads for itself, so ends may differ.
    Fault(
      part: .faults, scenario: ScenarioID(suite: "faults", testCase: "at-import", name: "forged_at_import"),
      title: "a forged answer at import",
      expectation: .init(.exited(code: 0), .workerLost, verdicts: [.new, .flaky]), lanes: [.capiHeap], needs: .nothing),
  ]

  private static let limits = [
    cell("much_memory", "too much memory", .init(.limitExceeded(.memory))),
    cell("many_processes", "too many processes", .init(.limitExceeded(.processes))),
    cell("many_files", "too many files", .init(.limitExceeded(.scratch))),
    cell("long_results", "a too long result file", .init(.limitExceeded(.resultFile))),
  ]

  private static let answers = [
    cell("broken_promise", "a broken promise", .init(.expectationFailed, facet: .value)),
    cell(
      "strange_exception", "an exception whose name is not valid Unicode",
      .init(.raised(type: "scenarios.Strange\\ud800"))),
    control("divergence", "a divergence between two lanes", .init(.completed, facet: .value), lanes: [.capiStatic]),
    control(
      "known_divergence", "a divergence in the ledger", .init(.completed, verdicts: [.known], facet: .value),
      lanes: [.capiStatic]),
    control(
      "mended", "a fixed divergence in the ledger", .init(.completed, verdicts: [.fixed], facet: .value),
      lanes: [.capiStatic]),
    control(
      "leak", "a leaked reference", .init(.expectationFailed, facet: .leak),
      lanes: Set(Lane.all.filter(\.countsRepeats)), needs: .referenceCounts),
    control(
      "leak", "a leaked handle", .init(.expectationFailed, facet: .leak),
      lanes: Set(Lane.all.filter { $0.mode == .debug })),
  ]

  private static let machine = [
    control(
      "healthy", "a scratch folder that can't be created", .init(.harnessFailed, verdicts: [.notJudged], facet: nil),
      lanes: Set(Lane.all), in: .machine)
  ]

  /// Of the case that is built for capi-heap alone.
  private static func cell(
    _ name: String, _ title: String, _ expectation: Expectation, needs: Need = .nothing
  ) -> Fault {
    Fault(
      part: .faults, scenario: ScenarioID(suite: "faults", testCase: "cells", name: name), title: title,
      expectation: expectation, lanes: [.capiHeap], needs: needs)
  }

  /// Of the case that is built for all lanes.
  private static func control(
    _ name: String, _ title: String, _ expectation: Expectation, lanes: Set<Lane> = [.capiHeap],
    needs: Need = .nothing, in part: Part = .faults
  ) -> Fault {
    Fault(
      part: part, scenario: ScenarioID(suite: "faults", testCase: "controls", name: name), title: title,
      expectation: expectation, lanes: lanes, needs: needs)
  }
}
