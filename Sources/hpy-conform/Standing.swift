import Documents

/// What a command came to, as far as that decides its exit code.
struct Standing: Hashable {
  /// Ctrl-C, or a termination signal.
  var isInterrupted = false
  /// Of this program.
  var hasDefect = false
  /// Something is new, fixed or flaky.
  var needsAttention = false
  /// What the person gave can't be used, a case among it.
  var hasBrokenInput = false
  /// The machine kept something from being tried.
  var machineLacked = false

  /// The exit code: of what applies, the first.
  var status: ExitStatus {
    if isInterrupted { return .interrupted }
    if hasDefect { return .internalError }
    if needsAttention { return .needsAttention }
    if hasBrokenInput { return .badInput }
    if machineLacked { return .unavailable }
    return .asExpected
  }
}

extension Standing {
  init(_ summary: SummaryDocument) {
    self.init(
      needsAttention: summary.needsAttention, hasBrokenInput: !summary.broken.isEmpty,
      machineLacked: !summary.lacking.isEmpty)
  }

  init(_ exploration: ExplorationDocument) {
    self.init(
      isInterrupted: exploration.interrupted, needsAttention: exploration.needsAttention,
      machineLacked: !exploration.failures.isEmpty)
  }

  /// A fault that nobody noticed, or an innocent that was blamed, is a defect of this program, or it can't be trusted
  /// here.
  init(_ selfTest: SelfTestDocument) {
    self.init(hasDefect: !selfTest.failures.isEmpty, machineLacked: !selfTest.lacking.isEmpty)
  }

  /// - Parameter onlyNew: what was there in the baseline is not counted.
  init(_ report: ReportDocument, onlyNew: Bool = false) {
    self.init(
      needsAttention: report.headline.level == .attention
        || (!onlyNew && (report.headline.unexplained > 0 || report.exploration?.needsAttention ?? false)),
      hasBrokenInput: report.headline.level == .broken,
      machineLacked: report.headline.level == .environment)
  }
}
