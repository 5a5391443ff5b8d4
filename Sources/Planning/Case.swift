import Foundation
import Model
import Packages
import Platform

/// One extension with its scenarios: a folder below a suite's.
public struct Case: Hashable, Sendable, Codable {
  /// Where a case has no meaning, with the document that says so.
  public struct Exclusion: Hashable, Sendable, Codable {
    /// Empty for every lane.
    public var lanes: [Lane]
    /// Empty for every runtime.
    public var runtimes: [LedgerEntry.Runtimes]
    /// Names; empty for every scenario.
    public var scenarios: [String]
    public var reason: String

    public init(lanes: [Lane], runtimes: [LedgerEntry.Runtimes], scenarios: [String], reason: String) {
      self.lanes = lanes
      self.runtimes = runtimes
      self.scenarios = scenarios
      self.reason = reason
    }

    func covers(_ scenario: String, _ lane: Lane, _ runtime: Runtime) -> Bool {
      // The same C is compiled for the stable ABI.
      (lanes.isEmpty || lanes.contains(lane) || (lane.flavour.isStable && lanes.contains(.capiHeap)))
        && (scenarios.isEmpty || scenarios.contains(scenario))
        && (runtimes.isEmpty || runtimes.contains { $0.contains(runtime) })
    }
  }

  /// A further module of a case, with C of its own.
  public struct Module: Hashable, Sendable, Codable {
    /// As it is imported.
    public var name: String
    /// As `Case.sources`.
    public var sources: [String: [String]]
    /// The lane as which it is built and loaded whatever lane a scenario goes through; nil for that of the scenario.
    public var lane: Lane?
    /// Names of the scenarios that need it; empty for all.
    public var scenarios: [String]

    public init(name: String, sources: [String: [String]], lane: Lane? = nil, scenarios: [String] = []) {
      self.name = name
      self.sources = sources
      self.lane = lane
      self.scenarios = scenarios
    }

    /// How it is loaded beside a load of the case's extension.
    public func load(beside load: Load) -> Load {
      guard let lane else { return load }
      return Load(lane, on: load.runtime)
    }
  }

  public var suite: String
  public var name: String
  public let directory: URL
  public var summary: String
  /// Name of the extension module: `PyInit_MODULE`, `HPy_MODINIT(MODULE, …)`.
  public var module: String
  /// File names of the C sources by API (`hpy`, `capi`), or by lane where a lane has its own.
  public var sources: [String: [String]]
  /// What the C declares for the stable ABI; nil where nothing is said of it, and then there is no such lane.
  public var limitedAPI: LimitedAPI?
  /// Modules beside the extension, which scenarios import by their names.
  public var modules: [Module] = []
  /// What the sources are compiled and linked with beside what every case is.
  public var compileOptions = CompileOptions()
  /// What is installed in place of an extension that is compiled here; nil for a case with C of its own.
  public var package: PackageRequirement?
  public var exclusions: [Exclusion]
  /// Whether runs that choose no cases, and that are not thorough, leave it out.
  public var isNightly: Bool
  public var scenarios: [ScenarioFile.Scenario]
  /// Key of the scenario file's content; nil where it could not be read.
  public var scenarioKey: ContentKey?
  /// Modules that the scenario file imports and that are neither ours nor the standard library's.
  public var foreignImports: [String]
  /// The package's own tests that are its scenarios: files, folders or pytest's node IDs; nil for scenarios of its own.
  public var tests: [String]?
  /// What is installed for them beside the package.
  public var testRequirements: [String]
  /// Names of the tests that each runtime has, by the runtime's name, and why it has none.
  public var collected: [String: Set<String>]
  public var uncollected: [String: Skip]
  /// Why pytest can't collect some files on a runtime, by their scenarios' names.
  public var refused: [String: [String: String]] = [:]
  /// Path of the folder in which the tests lie, by the runtime's name.
  public var testFolders: [String: String]
  /// Why this case can't run; it is recorded as that, and the run goes on.
  public var problems: [Problem]

  public init(suite: String, name: String, directory: URL) {
    self.suite = suite
    self.name = name
    self.directory = directory
    summary = ""
    module = Self.usualModule
    sources = [:]
    exclusions = []
    isNightly = false
    scenarios = []
    foreignImports = []
    problems = []
    testRequirements = []
    collected = [:]
    uncollected = [:]
    testFolders = [:]
  }

  public static let scenarioFileName = "scenarios.py"
  /// Name of the extension module where the manifest says no other.
  public static let usualModule = "ext"

  /// Path of the scenario file.
  public var scenarioFile: String { directory.appending(path: Self.scenarioFileName).path }

  /// What it is planned as: its scenarios, or one that stands for all where it can't be read.
  public var plannedScenarios: [ScenarioID] {
    let isWhole = !problems.isEmpty || (tests != nil && scenarios.isEmpty)
    return (isWhole ? [ScenarioID.wholeCase] : scenarios.map(\.name)).map {
      ScenarioID(suite: suite, testCase: name, name: $0)
    }
  }

  /// What a lane compiles: the name that the source goes by (`hpy`, or the lane's where it has its own), and the
  /// paths; nil when the case brings nothing for it.
  public func sources(for lane: Lane) -> (name: String, paths: [String])? {
    if lane.flavour.api == .package { return package.map { ($0.description, []) } }
    if lane.flavour.isStable, limitedAPI?.speaks(of: lane.flavour) != true { return nil }
    if modules.contains(where: { companion($0).sources(for: $0.lane ?? lane) == nil }) { return nil }
    for name in [Lane(lane.flavour.model, lane.mode).description, lane.flavour.api.rawValue] {
      if let files = sources[name] { return (name, files.map { directory.appending(path: $0).path }) }
    }
    return nil
  }

  /// One of its further modules, as a case of the same folder.
  public func companion(_ module: Module) -> Case {
    var other = self
    other.modules = []
    other.sources = module.sources
    other.module = module.name
    return other
  }

  /// Those of its further modules that a runtime can load.
  public func modules(on runtime: Runtime) -> [Module] {
    modules.filter { $0.lane?.flavour.obstacle(on: runtime) == nil }
  }

  /// Why one of the further modules that a scenario needs can't be loaded on a runtime; nil when all can.
  public func obstacle(of scenario: ScenarioID, on runtime: Runtime) -> Skip? {
    for module in modules where module.scenarios.isEmpty || module.scenarios.contains(scenario.name) {
      guard let lane = module.lane, let skip = lane.flavour.obstacle(on: runtime) else { continue }
      return Skip(skip.outcome, "its module \(module.name) is built for the lane \(lane): \(skip.reason)")
    }
    return nil
  }

  /// Whether it brings something for a load: a source for its lane, or the package of which another version is asked for.
  public func has(_ load: Load) -> Bool {
    guard let text = load.binary.requirement else { return sources(for: load.lane) != nil }
    guard let package, let other = PackageRequirement(text, relativeTo: directory) else { return false }
    return package.isSameProject(as: other)
  }

  /// Whether it brings a source for a flavour.
  func has(_ flavour: Flavour) -> Bool { sources(for: Lane(flavour)) != nil }

  /// What is installed for a load; nil for a case with C of its own.
  public func requirement(for load: Load) -> PackageRequirement? {
    load.binary.requirement.flatMap { PackageRequirement($0, relativeTo: directory) } ?? package
  }

  /// Why no binary for the stable ABI can be made for a load; nil when one can, and for other lanes.
  public func limitedAPIObstacle(of load: Load) -> Skip? {
    let (flavour, home) = (load.binary.flavour, load.binary.home)
    guard let macro = flavour.limitedAPIMacro, let limitedAPI else { return nil }
    guard let version = limitedAPI.versions[flavour] else {
      return Skip(
        .notApplicable,
        "its C uses what the limited API lacks: \(limitedAPI.lacks.joined(separator: ", ")) (Python/C API, 'C API and "
          + "ABI Stability', Contents of Limited API)")
    }
    guard let headers = LimitedAPIVersion(python: home.python), headers < version else { return nil }
    return Skip(
      .unsupported, "its C is written for \(macro) \(version), and \(home.name) has headers of \(headers)")
  }

  /// Why a scenario has no meaning in a lane on a runtime; nil when it has.
  public func exclusion(of scenario: ScenarioID, from lane: Lane, on runtime: Runtime) -> Skip? {
    exclusions.first { $0.covers(scenario.name, lane, runtime) }.map { Skip(.notApplicable, $0.reason) }
      ?? absence(of: scenario, on: runtime)
  }

  /// Why a runtime has none of the package's own tests, or not this one.
  private func absence(of scenario: ScenarioID, on runtime: Runtime) -> Skip? {
    guard tests != nil else { return nil }
    if let skip = uncollected[runtime.name] { return skip }
    guard let names = collected[runtime.name] else { return Skip(.unsupported, "its tests were not collected here") }
    if let why = refused[runtime.name]?[scenario.name] { return Skip(.unsupported, "pytest can't collect it: \(why)") }
    return names.contains(scenario.name) ? nil : Skip(.unsupported, "pytest finds it on another runtime only")
  }

  /// What is installed for a load, with what its tests need.
  public func wanted(for load: Load) -> PackageEnvironments.Wanted? {
    requirement(for: load).map { PackageEnvironments.Wanted($0, others: testRequirements) }
  }

  /// Names of all files that decide what this case answers: C sources and headers, scenarios, manifest.
  ///
  /// None where the folder may not be read.
  ///
  /// - Throws: what the machine lacked to read it: files that were not seen are not files that are gone.
  public func files() throws -> [String] {
    do {
      return try Self.namesOfFiles(in: directory)
    } catch  where MachineFault.lack(in: error) == nil {
      return []
    }
  }

  /// The text of one of its files; what is no UTF-8 in it is replaced. Empty for one that may not be read.
  ///
  /// - Throws: `Problem` where the machine lacked what reading takes.
  public func text(of file: String) throws -> String {
    let path = directory.appending(path: file).path
    do {
      return String(decoding: try PlainFile.read(path), as: UTF8.self)
    } catch PlainFile.Failure.unreadable(let reason) where MachineFault.sign(in: reason) != nil {
      throw Problem(lack: reason, at: path)
    } catch {
      return ""
    }
  }

  /// - Throws: what the system says when the folder can't be read.
  static func namesOfFiles(in directory: URL) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: directory.path)
      .filter { name in
        ["c", "h", "py", "toml", "cpp", "cc", "cxx", "hpp", "hh"].contains((name as NSString).pathExtension)
      }.sorted()
  }
}
