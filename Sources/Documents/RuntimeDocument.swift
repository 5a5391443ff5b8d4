import Model

/// What `hpy-conform runtimes --format json` prints. `Sources/Setup/runtimes.md` says what each key means.
public struct RuntimeDocument: Codable, Sendable, Hashable {
  /// Raised when a key goes away or changes its meaning; new keys don't raise it.
  public static let currentVersion = 1

  public var format = "hpy-conform runtimes"
  public var version = Self.currentVersion
  public var runtimes: [Entry]

  public struct Entry: Codable, Sendable, Hashable {
    public var name: String
    public var interpreter: String
    public var from: [FoundRuntime.Origin]
    public var aliases: [String]
    /// Why it can't be used; the keys below are then absent.
    public var problem: String?
    /// The file that the problem is about.
    public var place: String?
    /// `CPython 3.11.2, HPy 0.9.0`.
    public var title: String?
    public var implementation: String?
    public var implementationVersion: String?
    public var python: String?
    public var build: String?
    public var debug: Bool?
    public var freeThreaded: Bool?
    public var extSuffix: String?
    public var machine: String?
    public var canFork: Bool?
    public var hpy: HPy?
    public var lanes: [LaneState]?
  }

  public struct HPy: Codable, Sendable, Hashable {
    /// `absent`, `foreign`, `present` or `broken`.
    public var state: String
    public var version: String?
    /// Key of the context's layout: universal binaries are shared only where it is the same.
    public var contextLayout: String?
    public var abiVersion: Int?
    /// Folder with `hpy.h`.
    public var include: String?
    /// Why it is foreign or broken.
    public var reason: String?
  }

  public struct LaneState: Codable, Sendable, Hashable {
    public var name: String
    public var runs: Bool
    /// `unsupported` or `not applicable`.
    public var kind: String?
    public var reason: String?
  }
}

extension RuntimeDocument {
  public init(_ found: [FoundRuntime]) { runtimes = found.map { Entry($0) } }
}

extension RuntimeDocument.Entry {
  fileprivate init(_ found: FoundRuntime) {
    self.init(name: found.name, interpreter: found.interpreter, from: found.origins, aliases: found.aliases)
    switch found.answer {
    case .failure(let problem):
      self.problem = problem.description
      place = problem.place.isEmpty ? nil : problem.place
    case .success(var runtime):
      // What can't run there is told by the runtime's name.
      if runtime.name.isEmpty { runtime.name = found.name.isEmpty ? runtime.shortName : found.name }
      title = runtime.title
      implementation = runtime.implementation
      implementationVersion = runtime.version
      python = runtime.python
      build = runtime.build
      debug = runtime.isDebugBuild
      freeThreaded = runtime.isFreeThreaded
      extSuffix = runtime.extSuffix
      machine = runtime.machine
      canFork = runtime.canFork
      hpy = RuntimeDocument.HPy(runtime)
      lanes = Lane.all.map { lane in
        let skip = lane.flavour.obstacle(on: runtime)
        return RuntimeDocument.LaneState(
          name: lane.description, runs: skip == nil, kind: skip?.outcome.description, reason: skip?.reason)
      }
    }
  }
}

extension RuntimeDocument.HPy {
  fileprivate init(_ runtime: Runtime) {
    switch runtime.hpy {
    case .absent: state = "absent"
    case .foreign(_, let why): (state, reason) = ("foreign", why)
    case .present: state = "present"
    case .broken(_, let why): (state, reason) = ("broken", why)
    }
    version = runtime.hpyVersion.isEmpty ? nil : runtime.hpyVersion
    contextLayout = runtime.installation?.layout.hex
    abiVersion = runtime.installation?.abiVersion.major
    include = runtime.installation?.include
  }
}
