/// What a scenario runs through: how its C is compiled, named and loaded, and which runtimes can take it.
///
/// To add a lane, add it to `Lane.all`; everything else reads it from there.
public struct Lane: Hashable, Sendable {
  public enum API: String, Hashable, Sendable {
    case hpy
    case capi
  }

  /// How a binary gets into the interpreter.
  public enum Loader: Hashable, Sendable {
    /// The import system's own loader.
    case importSystem
    /// `hpy.universal.load` in a mode: `universal`, `debug` or `trace`.
    case hpyUniversal(mode: String)
  }

  /// Which static library of HPy goes into the binary, and whether Python.h is forbidden.
  public enum ABI: String, Hashable, Sendable {
    case cpython
    case universal
    case hybrid
  }

  public var name: String
  /// Which of a case's sources it compiles.
  public var api: API
  /// The ABI by HPy's name; `cpython` for raw C-API lanes.
  public var abi: ABI
  /// `-D` options.
  public var defines: [String]
  public var loader: Loader
  /// Implementations that can take it; empty means any.
  public var implementations: [String]
  /// Why no other implementation can, with the document that says so.
  public var restriction: String
  /// Lanes on the same runtime to compare with, nearest first.
  public var references: [String]
  /// The ABI version that its binaries require, where that is not the one of their headers.
  public var requiredABI: HPyABIVersion?
  /// The ABI version in the names of its universal binaries.
  public var tag = Tag.own

  /// What stands behind `.hpy` in a universal binary's file name.
  public enum Tag: Hashable, Sendable {
    /// The number that its headers give it.
    case own
    case major(Int)
    /// Nothing stands there: `ext.so`.
    case none
  }

  /// In the order in which they are compared: a lane stands behind its references.
  public static let all: [Lane] = [
    Lane(
      name: "capi-static", api: .capi, abi: .cpython, defines: ["CONFORM_STATIC_TYPES=1"], loader: .importSystem,
      implementations: [], restriction: "", references: []),
    Lane(
      name: "capi-heap", api: .capi, abi: .cpython, defines: ["CONFORM_STATIC_TYPES=0"], loader: .importSystem,
      implementations: [], restriction: "", references: ["capi-static"]),
    Lane(
      name: "cpython", api: .hpy, abi: .cpython, defines: ["HPY", "HPY_ABI_CPYTHON"], loader: .importSystem,
      implementations: ["cpython"],
      restriction: "HPy's CPython ABI is CPython's alone (HPy documentation, 'HPy overview', Target ABIs)",
      references: ["capi-heap", "capi-static"]),
    Lane(
      name: "universal", api: .hpy, abi: .universal, defines: ["HPY", "HPY_ABI_UNIVERSAL"],
      loader: .hpyUniversal(mode: "universal"), implementations: [], restriction: "",
      references: ["cpython", "capi-heap", "capi-static"]),
    Lane(
      name: "universal+debug", api: .hpy, abi: .universal, defines: ["HPY", "HPY_ABI_UNIVERSAL"],
      loader: .hpyUniversal(mode: "debug"), implementations: [], restriction: "",
      references: ["universal", "cpython", "capi-heap", "capi-static"]),
  ]

  /// The lane of a name.
  public static func named(_ name: String) -> Lane? { all.first { $0.name == name } }

  /// Whether a scenario that is called again can be promised to add nothing here.
  ///
  /// Static types made at run time live until the process ends (Python/C API, 'Type Objects', Static Types), and
  /// HPy's debug mode keeps closed handles for a while (HPy documentation, 'Debug Mode').
  public var countsRepeats: Bool {
    if case .hpyUniversal(let mode) = loader { return mode == "universal" }
    return !defines.contains("CONFORM_STATIC_TYPES=1")
  }

  /// Cells of one family share warm workers: what the worker imports before it forks.
  public var family: String { loader == .importSystem ? "import" : "hpy" }

  /// Why this lane can't be tried on a runtime; nil when it can.
  public func obstacle(on runtime: Runtime) -> Outcome.Skip? {
    if api == .hpy {
      if !implementations.isEmpty, !implementations.contains(runtime.implementation) {
        return Outcome.Skip(kind: .notApplicable, reason: restriction)
      }
      switch runtime.hpy {
      case .absent: return Outcome.Skip(kind: .unsupported, reason: "\(runtime.name) has no hpy installed")
      case .foreign(_, let reason): return Outcome.Skip(kind: .unsupported, reason: "\(runtime.name): \(reason)")
      case .present, .broken: break
      }
    }
    return nil
  }

  /// The file name that a binary needs to be found and accepted by its loader.
  public func fileName(module: String, on runtime: Runtime) -> String {
    switch (loader, tag) {
    case (.importSystem, _): return module + runtime.extSuffix
    case (_, .none): return "\(module).so"
    case (_, .major(let number)): return "\(module).hpy\(number).so"
    case (_, .own):
      let python = abi == .hybrid ? "-\(runtime.abiTag)" : ""
      return "\(module).hpy\(runtime.installation?.abiVersion ?? 0)\(python).so"
    }
  }
}

/// `HPY_ABI_VERSION` and `HPY_ABI_VERSION_MINOR` of hpy.h: what a universal binary asks of a runtime.
public struct HPyABIVersion: Hashable, Sendable, CustomStringConvertible {
  public var major: Int
  public var minor: Int

  public init(_ major: Int, _ minor: Int) {
    self.major = major
    self.minor = minor
  }

  public var description: String { "\(major).\(minor)" }
}

extension Outcome {
  /// Why a cell is not tried.
  public struct Skip: Hashable, Sendable, Codable {
    /// `unsupported` or `not applicable`.
    public var kind: Kind
    /// With the document that says so, where there is one.
    public var reason: String

    public init(kind: Kind, reason: String) {
      self.kind = kind
      self.reason = reason
    }
  }
}
