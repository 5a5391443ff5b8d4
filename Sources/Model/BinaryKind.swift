/// A kind of binary that the portability view loads on every runtime.
public enum BinaryKind: String, Hashable, Sendable, Codable, CaseIterable {
  /// HPy's universal ABI, named and versioned as its headers say.
  case universal
  /// The same, in a file that is tagged `hpy1`.
  case otherTag = "tag-hpy1"
  /// The same, in a file without an ABI tag.
  case noTag = "no-tag"
  /// Universal, requiring ABI 1.0.
  case nextMajor = "abi-1.0"
  /// Universal, requiring ABI 0.1.
  case nextMinor = "abi-0.1"
  /// HPy's hybrid ABI, for one CPython.
  case hybrid

  /// How it is built and loaded. Not among `Lane.all`: a run has no part in it.
  public var lane: Lane {
    var lane = Lane(
      name: "portability \(rawValue)", api: .hpy, abi: .universal, defines: ["HPY", "HPY_ABI_UNIVERSAL"],
      loader: .hpyUniversal(mode: "universal"), implementations: [], restriction: "", references: [])
    switch self {
    case .universal: lane.name = "universal"
    case .otherTag: lane.tag = .major(1)
    case .noTag: lane.tag = .none
    case .nextMajor:
      lane.requiredABI = HPyABIVersion(1, 0)
      lane.tag = .major(1)
    case .nextMinor: lane.requiredABI = HPyABIVersion(0, 1)
    case .hybrid:
      lane.abi = .hybrid
      lane.defines = ["HPY", "HPY_ABI_HYBRID"]
    }
    return lane
  }

  /// For people, behind what it was built with.
  public var description: String {
    switch self {
    case .universal: "universal"
    case .otherTag: "universal, file tagged hpy1"
    case .noTag: "universal, file without a tag"
    case .nextMajor: "universal, requires ABI 1.0"
    case .nextMinor: "universal, requires ABI 0.1"
    case .hybrid: "hybrid"
    }
  }
}

/// A binary of every case, by how it is built and with whose HPy.
public struct PortableBinary: Hashable, Sendable {
  public var kind: BinaryKind
  /// Name of the runtime whose HPy it is built with.
  public var builtFor: String
  /// Names of the runtimes whose own binaries are the same: `builtFor`, and others with the same HPy.
  public var homes: [String]
  public var hpyVersion: String
  /// Key of the layout of the context that it is built for.
  public var layout: ContentKey

  public init(kind: BinaryKind, builtFor: String, homes: [String], hpyVersion: String, layout: ContentKey) {
    self.kind = kind
    self.builtFor = builtFor
    self.homes = homes
    self.hpyVersion = hpyVersion
    self.layout = layout
  }

  /// `universal:cpython-3.11`.
  public var name: String { "\(kind.rawValue):\(builtFor)" }
}

/// What is promised of a binary on a runtime, and by which document.
public enum PortabilityPromise: String, Hashable, Sendable, Codable, CaseIterable {
  /// A universal binary whose ABI version the runtime has.
  case universal
  /// A hybrid binary on the Python that it was built for.
  case ownPython = "own Python"
  /// The binary calls functions that the runtime's HPy doesn't have.
  case lacksFunctions = "lacks functions"
  case otherMajor = "other major version"
  case newerMinor = "newer minor version"
  case otherTag = "other tag"
  case noTag = "no tag"
  /// A hybrid binary of another Python.
  case otherPython = "other Python"

  /// What has to happen.
  public enum Demand: String, Hashable, Sendable {
    case behaves = "behave"
    case refused = "be refused"
    /// No document says.
    case nothing
  }

  public var demand: Demand {
    switch self {
    case .universal, .ownPython: .behaves
    case .lacksFunctions, .otherMajor, .newerMinor, .otherTag, .noTag: .refused
    case .otherPython: .nothing
    }
  }

  /// The document, and what it says in short.
  public var source: String {
    switch self {
    case .universal:
      "HPy documentation, 'HPy overview', Target ABIs: universal binaries can be loaded unmodified on all interpreters "
        + "that support the ABI; changelog, version 0.9.0: each member of HPyContext has its fixed slot"
    case .ownPython:
      "HPy documentation, 'HPy overview', Target ABIs: a hybrid binary is for the Python that it was compiled with"
    case .lacksFunctions:
      "hpy.h, HPY_ABI_VERSION: what a newer minor version adds is what its number tells; HPy changelog, version 0.9.0: "
        + "the version is compiled into the binary and verified when it is loaded"
    case .otherMajor:
      "hpy.h, HPY_ABI_VERSION: major versions are not binary compatible; HPy changelog, version 0.9.0: the version is "
        + "compiled into the binary and verified when it is loaded"
    case .newerMinor:
      "hpy.h, HPY_ABI_VERSION: minor version N+1 is compatible to N, not the other way round; HPy changelog, version "
        + "0.9.0: the version is compiled into the binary and verified when it is loaded"
    case .otherTag:
      "HPy 0.9.0, test/test_00_basic.py, test_abi_tag_check: a tag that disagrees with the required version is a "
        + "RuntimeError"
    case .noTag:
      "HPy 0.9.0, test/test_00_basic.py, test_abi_tag_check: a file name without a tag is a RuntimeError"
    case .otherPython:
      "HPy documentation, 'HPy overview', Target ABIs: a hybrid binary depends on the Python that it was compiled "
        + "with; that another one refuses it is nowhere promised"
    }
  }

  /// Whether it is kept; nil where nothing is promised, or nothing was tried.
  ///
  /// - Parameter ownBehaviour: of the runtime's own binary, where there is one.
  public func isKept(by behaviour: PortabilityBehaviour, own: PortabilityBehaviour?) -> Bool? {
    if behaviour == .notBuilt || behaviour == .notTried { return nil }
    switch demand {
    case .behaves: return behaviour == .behaves || (behaviour == .refused && own == .refused)
    case .refused: return behaviour == .refused
    case .nothing: return nil
    }
  }
}

/// What a binary does on a runtime in a scenario, least bad first.
public enum PortabilityBehaviour: String, Hashable, Sendable, Codable, CaseIterable, Comparable {
  /// Nothing was tried: no HPy there, or the scenario has no meaning there.
  case notTried = "not tried"
  /// There is no such binary: the compiler says why.
  case notBuilt = "not built"
  /// It loads, and answers as the runtime's own binary.
  case behaves
  /// An exception instead of a module.
  case refused
  /// It loads, and crashes, hangs or answers otherwise.
  case misbehaves

  public static func < (left: Self, right: Self) -> Bool {
    allCases.firstIndex(of: left)! < allCases.firstIndex(of: right)!
  }
}

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
