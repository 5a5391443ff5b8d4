import Model

extension CellResult {
  /// A cell that was tried once and observed one value, unless attempts are handed over.
  ///
  /// - Parameters:
  ///   - value: of the label `x`; its finding, unless it conforms.
  ///   - from: UUID of the run that its attempts are taken over from.
  public static func sample(
    _ cell: CellID = .sample(), value: String = "1", verdict: Verdict = .conforming, attempts: [Attempt]? = nil,
    portability: PortabilityJudgement? = nil, input: ContentKey? = nil, from run: String? = nil
  ) -> CellResult {
    CellResult(
      cell: cell, attempts: attempts ?? [.sample([.fact(value)])],
      judgement: Judgement(
        verdict: verdict, findings: verdict == .conforming ? [] : [.sample(value, verdict)], portability: portability),
      input: input, reusedFrom: run)
  }
}

extension PortabilityJudgement {
  /// A binary that behaves as is promised, unless told otherwise.
  public static func sample(
    _ behaviour: PortabilityBehaviour = .behaves, promise: PortabilityPromise = .universal, isKept: Bool? = true,
    isUnsteady: Bool = false
  ) -> PortabilityJudgement {
    PortabilityJudgement(promise: promise, behaviour: behaviour, isKept: isKept, isUnsteady: isUnsteady)
  }
}

extension BuildStep {
  /// A compile that went well and took a second.
  public static func sample(_ key: String = "step", seconds: Double = 1, isReused: Bool = false) -> BuildStep {
    BuildStep(
      key: ContentKey(of: key), kind: .compile, command: ["gcc", "-c"], succeeded: true, messages: "w",
      seconds: seconds, isReused: isReused)
  }
}
