/// One scenario with one binary on one runtime.
public struct PortabilityResult: Hashable, Sendable {
  public var scenario: ScenarioID
  /// Name of the binary.
  public var binary: String
  /// Name of the runtime.
  public var runtime: String
  /// This is the runtime's own binary, which others are compared with.
  public var isReference: Bool
  /// At least one, in the order in which they were made.
  public var attempts: [Attempt]
  public var behaviour: PortabilityBehaviour
  public var promise: PortabilityPromise
  /// nil where nothing is promised, or nothing was tried.
  public var isKept: Bool?
  /// Attempts disagree.
  public var isUnsteady: Bool
  /// Where it answers otherwise, worst first. The oracle is the runtime's own binary, the lane of its cell being the
  /// binary's name; or, where that has no answer, the same binary at home, or the scenario's promises.
  public var differences: [Divergence]
  /// Of the binary's bytes; nil when there is none.
  public var content: ContentKey?

  public init(
    scenario: ScenarioID, binary: String, runtime: String, isReference: Bool, attempts: [Attempt],
    behaviour: PortabilityBehaviour, promise: PortabilityPromise, isKept: Bool?, isUnsteady: Bool,
    differences: [Divergence], content: ContentKey?
  ) {
    self.scenario = scenario
    self.binary = binary
    self.runtime = runtime
    self.isReference = isReference
    self.attempts = attempts
    self.behaviour = behaviour
    self.promise = promise
    self.isKept = isKept
    self.isUnsteady = isUnsteady
    self.differences = differences
    self.content = content
  }
}
