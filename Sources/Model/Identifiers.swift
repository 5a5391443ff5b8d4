/// A scenario by its place on disk: suite folder, case folder, Python function.
public struct ScenarioID: Hashable, Sendable, Codable, Comparable, CustomStringConvertible {
  /// Name of the suite's folder.
  public var suite: String
  /// Name of the case's folder.
  public var testCase: String
  /// Name of the Python function; `*` stands for a case whose scenarios could not be read.
  public var name: String

  public init(suite: String, testCase: String, name: String) {
    self.suite = suite
    self.testCase = testCase
    self.name = name
  }

  /// The name under which a case's cells are recorded when its files could not be read.
  public static let wholeCase = "*"

  /// `suite/case/scenario`.
  public var description: String { "\(suite)/\(testCase)/\(name)" }

  public static func < (left: ScenarioID, right: ScenarioID) -> Bool {
    (left.suite, left.testCase, left.name) < (right.suite, right.testCase, right.name)
  }
}

/// The unit that is run, stored and compared: a scenario through a lane on a runtime.
public struct CellID: Hashable, Sendable, Codable, CustomStringConvertible {
  public var scenario: ScenarioID
  /// Name of the lane.
  public var lane: String
  /// Name of the runtime within its run.
  public var runtime: String

  public init(scenario: ScenarioID, lane: String, runtime: String) {
    self.scenario = scenario
    self.lane = lane
    self.runtime = runtime
  }

  /// `suite/case/scenario@lane@runtime`, the form that the command line takes.
  public var description: String { "\(scenario)@\(column)" }

  /// `lane@runtime`: where a scenario is run.
  public var column: String { "\(lane)@\(runtime)" }

  /// Reads the form that `description` gives; nil when it has other than three parts on each level.
  public init?(_ text: String) {
    let parts = text.split(separator: "@", omittingEmptySubsequences: false).map(String.init)
    let path = parts[0].split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 3, path.count == 3 else { return nil }
    self.init(
      scenario: ScenarioID(suite: path[0], testCase: path[1], name: path[2]), lane: parts[1], runtime: parts[2])
  }
}
