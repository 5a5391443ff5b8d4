/// What a scenario runs through: a flavour of binary, and the mode in which it is loaded. Its name is the flavour's,
/// with `+MODE` behind it where that is not plain: `universal+debug`.
public struct Lane: Hashable, Sendable, CustomStringConvertible {
  public var flavour: Flavour
  public var mode: Mode

  /// How `hpy.universal.load` is asked for a binary.
  public enum Mode: String, Hashable, Sendable, Codable, CaseIterable {
    case plain
    case debug
    case trace

    /// HPy's name for it: `MODE_UNIVERSAL` and the like.
    public var hpyName: String { self == .plain ? "universal" : rawValue }
  }

  public init(_ flavour: Flavour, _ mode: Mode = .plain) {
    self.flavour = flavour
    self.mode = mode
  }

  public static let capiStatic = Lane(.capiStatic)
  public static let capiHeap = Lane(.capiHeap)
  public static let abi3 = Lane(.abi3)
  public static let abi3t = Lane(.abi3t)
  public static let cpython = Lane(.cpython)
  public static let universal = Lane(.universal)
  public static let universalDebug = Lane(.universal, .debug)
  public static let hybrid = Lane(.hybrid)
  public static let hybridDebug = Lane(.hybrid, .debug)
  public static let installed = Lane(.installed)

  /// Those that runs try, in the order in which they are compared: a lane stands behind its references.
  public static let all: [Lane] = [
    capiHeap, abi3, abi3t, capiStatic, cpython, universal, universalDebug, hybrid, hybridDebug, installed,
  ]

  /// Those for which a case's own C is compiled.
  public static let compiled = all.filter { $0.flavour.api != .package }

  /// Every lane that has a name, whether runs try it by themselves or not.
  public static let known = Flavour.allCases.flatMap { flavour in
    Mode.allCases.filter { $0 == .plain || flavour.loader == .hpyUniversal }.map { Lane(flavour, $0) }
  }

  /// Lanes to compare with, on the same runtime, nearest first.
  ///
  /// A static type is compared with the heap type of the same slots, not the reverse: with several bases a static type
  /// inherits some slots from one of them alone (Python/C API, 'Type Objects', tp_bases), and HPy's types are heap types.
  public var references: [Lane] {
    if mode != .plain { return [Lane(flavour)] + Lane(flavour).references }
    switch flavour {
    case .capiHeap, .installed: return []
    case .capiStatic, .abi3: return [.capiHeap]
    case .abi3t: return [.abi3, .capiHeap]
    case .cpython: return [.capiHeap, .capiStatic]
    case .universal: return [.cpython, .capiHeap, .capiStatic]
    case .hybrid, .otherTag, .noTag, .nextMajor, .nextMinor: return [.universal] + Lane.universal.references
    }
  }

  /// Whether a scenario that is called again can be promised to add nothing here.
  ///
  /// Static types made at run time live until the process ends (Python/C API, 'Type Objects', Static Types), and
  /// HPy's debug mode keeps closed handles for a while (HPy documentation, 'Debug Mode').
  public var countsRepeats: Bool { mode == .plain && flavour != .capiStatic }

  /// Cells of one family share warm workers: what the worker imports before it forks.
  public var family: String { flavour.loader == .hpyUniversal ? "hpy" : "import" }

  /// How a cell loads what it is about: `import`, `hpy` or `installed`.
  public var loading: String { flavour.loader == .environment ? "installed" : family }

  /// What a program that runs one scenario by itself is told: `import`, `debug`, `installed:ujson`.
  public func loader(module: String) -> String {
    switch flavour.loader {
    case .importSystem: "import"
    case .hpyUniversal: mode.hpyName
    case .environment: "\(loading):\(module)"
    }
  }

  public var description: String { mode == .plain ? flavour.rawValue : "\(flavour.rawValue)+\(mode.rawValue)" }

  /// The lane of a name; nil for a text that is none.
  public init?(_ name: String) {
    let parts = name.split(separator: "+", omittingEmptySubsequences: false).map(String.init)
    guard parts.count <= 2, let flavour = Flavour(rawValue: parts[0]),
      let mode = parts.count == 1 ? Mode.plain : Mode(rawValue: parts[1]),
      parts.count == 1 || (mode != .plain && flavour.loader == .hpyUniversal)
    else { return nil }
    self.init(flavour, mode)
  }

  /// - Throws: `Problem` for a text that is no lane's name.
  public init(named name: String) throws {
    guard let lane = Lane(name) else {
      let near = NearNames.among(Lane.all.map(\.description), to: name)
      throw Problem(
        "unknown lane `\(name)`",
        remedy: NearNames.hint(near) + "known lanes: \(Lane.all.map(\.description).joined(separator: ", "))")
    }
    self = lane
  }
}

extension Lane: Codable {
  public init(from decoder: any Decoder) throws {
    let text = try decoder.singleValueContainer().decode(String.self)
    guard let lane = Lane(text) else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "unknown lane `\(text)`"))
    }
    self = lane
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
