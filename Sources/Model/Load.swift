/// A binary of a case, by how it is made and with whose headers and libraries.
public struct Binary: Hashable, Sendable, Codable {
  public var flavour: Flavour
  /// The runtime that it is built for.
  public var home: Runtime
  /// For a package that is installed: what to install instead of what the case asks for, as `ujson==5.4.0`; nil for
  /// what the case asks for.
  public var requirement: String?
  /// Folder of the binaries that an earlier run kept, of which it is one; nil where it is built.
  public var kept: String?
  /// For the stable ABI: the oldest version of the limited API that its C declares to suffice.
  public var declared: LimitedAPIVersion?

  public init(_ flavour: Flavour, home: Runtime, requirement: String? = nil) {
    self.flavour = flavour
    self.home = home
    self.requirement = requirement
  }
}

/// A binary on the runtime that loads it, in a mode.
public struct Load: Hashable, Sendable, Codable {
  public var binary: Binary
  public var runtime: Runtime
  public var mode: Lane.Mode

  public init(_ binary: Binary, on runtime: Runtime, mode: Lane.Mode = .plain) {
    self.binary = binary
    self.runtime = runtime
    self.mode = mode
  }

  /// The ordinary case: a binary that is built for the runtime itself.
  public init(_ lane: Lane, on runtime: Runtime) {
    self.init(Binary(lane.flavour, home: runtime), on: runtime, mode: lane.mode)
  }

  public var lane: Lane { Lane(binary.flavour, mode) }

  public var id: LoadID {
    LoadID(
      lane, home: binary.requirement ?? (binary.home.name == runtime.name ? nil : binary.home.name),
      runtime: runtime.name)
  }

  /// Why it can't be tried; nil when it can.
  ///
  /// For a binary of the stable ABI, why it can't be built at home: what happens elsewhere is what one wants to know.
  public var obstacle: Skip? { binary.flavour.obstacle(on: binary.flavour.isStable ? binary.home : runtime) }

  /// The runtime's own binary, loaded in the same mode.
  public var atHome: Load { Load(lane, on: runtime) }
}

/// A load by names: `universal+debug@pypy-7.3.19` where the binary is built for the runtime itself,
/// `universal:cpython-3.11@pypy-7.3.19` where it is built for another one, its home, and
/// `installed:ujson==5.4.0@cpython-3.11` where another version is installed than the case asks for.
public struct LoadID: Hashable, Sendable, Codable, CustomStringConvertible {
  public var lane: Lane
  /// Name of the runtime whose headers and libraries it is built with, or what is installed; nil for the runtime that
  /// loads it, and for what the case asks for.
  public var home: String?
  /// Name of the runtime within its run.
  public var runtime: String

  public init(_ lane: Lane, home: String? = nil, runtime: String) {
    self.lane = lane
    self.home = home == runtime ? nil : home
    self.runtime = runtime
  }

  /// `universal+debug`, `universal:cpython-3.11`: what is loaded, without where.
  public var what: String { home.map { "\(lane):\($0)" } ?? "\(lane)" }

  public var description: String { "\(what)@\(runtime)" }

  /// Reads the form that `description` gives; nil for any other text.
  public init?(_ text: String) {
    let parts = text.split(separator: "@", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2, !parts[1].isEmpty, let what = Self.read(parts[0]) else { return nil }
    self.init(what.lane, home: what.home, runtime: parts[1])
  }

  /// Reads the form that `what` gives; nil for any other text.
  public static func read(_ what: String) -> (lane: Lane, home: String?)? {
    let parts = what.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard let lane = Lane(parts[0]), parts.count == 1 || !parts[1].isEmpty else { return nil }
    return (lane, parts.count == 2 ? parts[1] : nil)
  }
}
