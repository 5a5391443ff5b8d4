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
  /// A binary for the stable ABI on a Python that has the version of the limited API that it declares.
  case stable
  /// A binary for the stable ABI on a Python that is older than what it declares.
  case olderPython = "older Python"
  /// A binary for the stable ABI on a build whose import system passes its file by.
  case passedBy = "passed by"
  /// A binary of CPython's stable ABI on another implementation.
  case otherImplementation = "other implementation"

  /// What has to happen.
  public enum Demand: String, Hashable, Sendable {
    case behaves = "behave"
    case refused = "be refused"
    /// No document says.
    case nothing
  }

  public var demand: Demand {
    switch self {
    case .universal, .ownPython, .stable: .behaves
    case .lacksFunctions, .otherMajor, .newerMinor, .otherTag, .noTag, .passedBy: .refused
    case .otherPython, .olderPython, .otherImplementation: .nothing
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
      "hpy.h, HPY_ABI_VERSION: minor version N+1 is compatible to N, so a binary with functions that N lacks needs N+1; "
        + "HPy changelog, version 0.9.0: the version is compiled into the binary and verified when it is loaded"
    case .otherMajor:
      "hpy.h, HPY_ABI_VERSION: major versions are not binary compatible; HPy changelog, version 0.9.0: the version is "
        + "compiled into the binary and verified when it is loaded"
    case .newerMinor:
      "hpy.h, HPY_ABI_VERSION: minor version N+1 is compatible to N, but not the reverse; HPy changelog, version "
        + "0.9.0: the version is compiled into the binary and verified when it is loaded"
    case .otherTag:
      "HPy 0.9.0, test/test_00_basic.py, test_abi_tag_check: a tag that disagrees with the required version is a "
        + "RuntimeError"
    case .noTag:
      "HPy 0.9.0, test/test_00_basic.py, test_abi_tag_check: a file name without a tag is a RuntimeError"
    case .otherPython:
      "HPy documentation, 'HPy overview', Target ABIs: a hybrid binary depends on the Python that it was compiled "
        + "with; no document promises that another one refuses it"
    case .stable:
      "Python/C API, 'C API and ABI Stability', Stable ABI: extensions that only use the limited API can be compiled "
        + "once and be loaded on multiple versions of Python; Py_LIMITED_API: without recompilation on all Python 3 "
        + "releases from the specified one onward"
    case .olderPython:
      "Python/C API, 'C API and ABI Stability', Py_LIMITED_API: on all Python 3 releases from the specified one onward; "
        + "no document says what an earlier one does"
    case .passedBy:
      "PEP 803: free-threaded builds do not load abi3 extensions, and Pythons before 3.15 do not look for .abi3t.so"
    case .otherImplementation:
      "Python/C API, 'C API and ABI Stability', Stable ABI: it is CPython's; no document promises it of other "
        + "implementations"
    }
  }

  /// What is promised of a load, whatever the scenario.
  ///
  /// - Parameter declared: the version of the limited API that the case is compiled for; nil for other binaries.
  public init(of load: Load, declared: LimitedAPIVersion? = nil) {
    if load.binary.flavour.isStable {
      self = Self.promise(of: load, declared: declared)
      return
    }
    let none = HPyABIVersion(0, 0)
    let required = load.binary.flavour.requiredABI ?? load.binary.home.installation?.abiVersion ?? none
    let offered = load.runtime.installation?.abiVersion ?? none
    if required.major != offered.major {
      self = .otherMajor
    } else if required.minor > offered.minor {
      self = .newerMinor
    } else {
      switch load.binary.flavour {
      case .otherTag: self = required.major == 1 ? .universal : .otherTag
      case .noTag: self = .noTag
      case .hybrid, .cpython, .capiHeap, .capiStatic, .installed, .abi3, .abi3t:
        let (home, runtime) = (load.binary.home, load.runtime)
        let isOwn = home.implementation == runtime.implementation && home.abiTag == runtime.abiTag
        self = isOwn ? .ownPython : .otherPython
      case .universal, .nextMajor, .nextMinor: self = .universal
      }
    }
  }

  private static func promise(of load: Load, declared: LimitedAPIVersion?) -> PortabilityPromise {
    let (flavour, runtime) = (load.binary.flavour, load.runtime)
    guard runtime.implementation == "cpython", load.binary.home.implementation == "cpython",
      let python = LimitedAPIVersion(python: runtime.python)
    else { return load.binary.home.name == runtime.name ? .ownPython : .otherImplementation }
    if flavour == .abi3 ? runtime.isFreeThreaded : python < .firstOfABI3T { return .passedBy }
    return declared.map { python < $0 } ?? false ? .olderPython : .stable
  }

  /// Whether it is kept; nil where nothing is promised, or nothing was tried.
  ///
  /// - Parameter own: what the runtime's own binary does, where there is one.
  public func isKept(by behaviour: PortabilityBehaviour, own: PortabilityBehaviour?) -> Bool? {
    if behaviour == .notBuilt || behaviour == .notTried { return nil }
    switch demand {
    case .behaves: return behaviour == .behaves || (behaviour == .refused && own == .refused)
    // Where all went well, the functions were not called after all.
    case .refused: return behaviour == .refused || (self == .lacksFunctions && behaviour == .behaves)
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

/// What a portability view makes of a cell, beside its verdict and findings.
public struct PortabilityJudgement: Hashable, Sendable, Codable {
  public var promise: PortabilityPromise
  public var behaviour: PortabilityBehaviour
  /// nil where nothing is promised or nothing was tried, and for the runtime's own binary, which others are compared
  /// with.
  public var isKept: Bool?
  /// Attempts disagree on something that counts.
  public var isUnsteady: Bool

  public init(promise: PortabilityPromise, behaviour: PortabilityBehaviour, isKept: Bool?, isUnsteady: Bool) {
    self.promise = promise
    self.behaviour = behaviour
    self.isKept = isKept
    self.isUnsteady = isUnsteady
  }
}

/// A binary of every case, by how it is made and for which runtimes it is the same.
public struct PortableBinary: Hashable, Sendable, Codable {
  public var flavour: Flavour
  /// Names of the runtimes whose own binaries are the same: those with the same HPy. At least one.
  public var homes: [String]
  /// Folder of an earlier run's binaries; nil for one that this run builds.
  public var kept: String?

  public init(flavour: Flavour, homes: [String], kept: String? = nil) {
    self.flavour = flavour
    self.homes = homes
    self.kept = kept
  }

  /// The runtime that it is built for.
  public var home: String { homes.first ?? "" }

  /// `universal:cpython-3.11`.
  public var name: String { "\(flavour.rawValue):\(home)" }

  /// Its load on a runtime: the runtime's own binary where that is the same.
  public func load(on runtime: String) -> LoadID {
    LoadID(Lane(flavour), home: homes.contains(runtime) ? nil : home, runtime: runtime)
  }
}
