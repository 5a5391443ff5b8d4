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
