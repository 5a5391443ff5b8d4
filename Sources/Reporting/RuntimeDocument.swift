import Foundation
import Model

/// What `hpy-conform runtimes --format json` prints. `Sources/Setup/runtimes.md` says what each key means.
public struct RuntimeDocument: Codable, Sendable {
  /// Raised when a key goes away or changes its meaning; new keys don't raise it.
  public static let currentVersion = 1

  public var format = "hpy-conform runtimes"
  public var version = Self.currentVersion
  public var runtimes: [Entry]

  public struct Entry: Codable, Sendable {
    public var name: String
    public var interpreter: String
    public var from: [FoundRuntime.Origin]
    public var aliases: [String]
    /// Why it can't be used; the keys below are then absent.
    public var problem: String?
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

  public struct HPy: Codable, Sendable {
    /// `absent`, `foreign`, `present` or `broken`.
    public var state: String
    public var version: String?
    /// Key of the context's layout: universal binaries are shared only where it is the same.
    public var contextLayout: String?
    public var abiVersion: Int?
    /// Why it is foreign or broken.
    public var reason: String?
  }

  public struct LaneState: Codable, Sendable {
    public var name: String
    public var runs: Bool
    /// `unsupported` or `not applicable`.
    public var kind: String?
    public var reason: String?
  }

  public init(_ found: [FoundRuntime]) {
    runtimes = found.map(Self.entry)
  }

  public func text() throws -> String { try JSONText.of(self, keys: .convertToSnakeCase) }

  private static func entry(_ found: FoundRuntime) -> Entry {
    var entry = Entry(
      name: found.name, interpreter: found.interpreter, from: found.origins, aliases: found.aliases)
    switch found.answer {
    case .failure(let problem): entry.problem = problem.description
    case .success(let runtime):
      entry.implementation = runtime.implementation
      entry.implementationVersion = runtime.version
      entry.python = runtime.python
      entry.build = runtime.build
      entry.debug = runtime.isDebugBuild
      entry.freeThreaded = runtime.isFreeThreaded
      entry.extSuffix = runtime.extSuffix
      entry.machine = runtime.machine
      entry.canFork = runtime.canFork
      entry.hpy = hpy(runtime)
      entry.lanes = Lane.all.map { lane in
        let skip = lane.obstacle(on: runtime)
        return LaneState(name: lane.name, runs: skip == nil, kind: skip?.kind.rawValue, reason: skip?.reason)
      }
    }
    return entry
  }

  private static func hpy(_ runtime: Runtime) -> HPy {
    var answer: HPy
    switch runtime.hpy {
    case .absent: answer = HPy(state: "absent")
    case .foreign(_, let reason): answer = HPy(state: "foreign", reason: reason)
    case .present: answer = HPy(state: "present")
    case .broken(_, let reason): answer = HPy(state: "broken", reason: reason)
    }
    answer.version = runtime.hpyVersion.isEmpty ? nil : runtime.hpyVersion
    answer.contextLayout = runtime.installation?.layout.hex
    answer.abiVersion = runtime.installation?.abiVersion
    return answer
  }
}
