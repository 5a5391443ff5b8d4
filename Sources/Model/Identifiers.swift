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

  /// Reads the form that `description` gives; nil when it has other than three parts.
  public init?(_ text: String) {
    let path = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard path.count == 3 else { return nil }
    self.init(suite: path[0], testCase: path[1], name: path[2])
  }
}

/// The unit that is run, stored and compared: a scenario through a load.
public struct CellID: Hashable, Sendable, Codable, CustomStringConvertible {
  public var scenario: ScenarioID
  public var load: LoadID

  public init(_ scenario: ScenarioID, _ load: LoadID) {
    self.scenario = scenario
    self.load = load
  }

  public init(scenario: ScenarioID, lane: Lane, home: String? = nil, runtime: String) {
    self.init(scenario, LoadID(lane, home: home, runtime: runtime))
  }

  public var lane: Lane { load.lane }
  public var runtime: String { load.runtime }

  /// `suite/case/scenario@lane@runtime`, the form that the command line takes.
  public var description: String { "\(scenario)@\(load)" }

  /// Reads the form that `description` gives; nil for any other text.
  public init?(_ text: String) {
    let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2, let scenario = ScenarioID(parts[0]), let load = LoadID(parts[1]) else { return nil }
    self.init(scenario, load)
  }
}
