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
      "hpy.h, HPY_ABI_VERSION: minor version N+1 is compatible to N, so that what N lacks asks for the greater number; "
        + "HPy changelog, version 0.9.0: the version is compiled into the binary and verified when it is loaded"
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
