import Foundation
import Model
import Runtimes

/// One extension with its scenarios: a folder below a suite's.
public struct Case: Sendable {
  /// Where a case has no meaning, with the document that says so.
  public struct Exclusion: Hashable, Sendable {
    /// Empty for every lane.
    public var lanes: [String]
    /// Empty for every runtime.
    public var runtimes: [LedgerEntry.Runtimes]
    /// Empty for every scenario.
    public var scenarios: [String]
    public var reason: String

    public init(lanes: [String], runtimes: [LedgerEntry.Runtimes], scenarios: [String], reason: String) {
      self.lanes = lanes
      self.runtimes = runtimes
      self.scenarios = scenarios
      self.reason = reason
    }

    func covers(_ cell: CellID, on runtime: Runtime) -> Bool {
      (lanes.isEmpty || lanes.contains(cell.lane))
        && (scenarios.isEmpty || scenarios.contains(cell.scenario.name))
        && (runtimes.isEmpty || runtimes.contains { $0.contains(runtime) })
    }
  }

  public var suite: String
  public var name: String
  public let directory: URL
  /// Path of the scenario file.
  public let scenarioFile: String
  public var summary: String
  /// Name of the extension module: `PyInit_MODULE`, `HPy_MODINIT(MODULE, …)`.
  public var module: String
  /// File names of the C sources per API, or per lane where a lane has its own.
  public var sources: [String: [String]]
  public var exclusions: [Exclusion]
  public var scenarios: [ScenarioFile.Scenario]
  /// Modules that the scenario file imports and that are neither ours nor the standard library's.
  public var foreignImports: [String]
  /// Why this case can't run; it is recorded as that, and the run goes on.
  public var problems: [Problem]

  public init(suite: String, name: String, directory: URL) {
    self.suite = suite
    self.name = name
    self.directory = directory
    scenarioFile = directory.appending(path: Self.scenarioFileName).path
    summary = ""
    module = "ext"
    sources = [:]
    exclusions = []
    scenarios = []
    foreignImports = []
    problems = []
  }

  public static let scenarioFileName = "scenarios.py"

  /// Paths of what a lane compiles; nil when the case brings nothing for it.
  public func sources(for lane: Lane) -> [String]? {
    (sources[lane.name] ?? sources[lane.api.rawValue]).map { names in
      names.map { directory.appending(path: $0).path }
    }
  }

  /// Names of all files that decide what this case answers: C sources and headers, scenarios, manifest.
  public func files() -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: directory.path)) ?? []
    return names.filter { name in ["c", "h", "py", "toml"].contains((name as NSString).pathExtension) }.sorted()
  }
}
