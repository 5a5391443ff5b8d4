/// What a binary is made from a source as: for which ABI, with which macros, under which kind of file name.
///
/// To add one, add a case here and its entry in `facts`; `Lane.all` says whether runs try it by themselves.
public enum Flavour: String, Hashable, Sendable, Codable, CaseIterable {
  /// Raw C API, types as static `PyTypeObject`s.
  case capiStatic = "capi-static"
  /// Raw C API, types by `PyType_FromSpec`.
  case capiHeap = "capi-heap"
  /// Raw C API as `capi-heap`, compiled for CPython's stable ABI: `Py_LIMITED_API`.
  case abi3
  /// Raw C API, compiled for the stable ABI of all builds from 3.15 on: `Py_TARGET_ABI3T` (PEP 803).
  case abi3t
  /// HPy's CPython ABI.
  case cpython
  /// HPy's universal ABI, named and versioned as its headers say.
  case universal
  /// HPy's hybrid ABI.
  case hybrid
  /// Universal, in a file that is tagged `hpy1`.
  case otherTag = "tag-hpy1"
  /// Universal, in a file without an ABI tag.
  case noTag = "no-tag"
  /// Universal, requiring ABI 1.0.
  case nextMajor = "abi-1.0"
  /// Universal, requiring ABI 0.1.
  case nextMinor = "abi-0.1"
  /// A package as its project ships it, installed by pip: nothing is compiled for it here.
  case installed

  /// Which of a case's sources is compiled.
  public enum API: String, Hashable, Sendable, Codable, CaseIterable {
    case hpy
    case capi
    /// The project's own business: a package that is installed.
    case package
  }

  /// Which static library of HPy goes into the binary, and whether Python.h is forbidden. HPy's own names.
  public enum ABI: String, Hashable, Sendable {
    case cpython
    case universal
    case hybrid
  }

  /// How a binary gets into the interpreter.
  public enum Loader: Hashable, Sendable {
    /// The import system's own loader.
    case importSystem
    /// `hpy.universal.load`.
    case hpyUniversal
    /// The import system, with the package's environment in place of the runtime's own site-packages.
    case environment
  }

  /// What stands behind `.hpy` in the file name of a binary that `hpy.universal.load` takes.
  enum Tag: Hashable, Sendable {
    /// The number that its headers give it.
    case own
    case major(Int)
    /// Nothing stands there: `ext.so`.
    case none
  }

  /// What decides how a binary is compiled, named and loaded.
  struct Facts {
    var api: API
    /// `cpython` for the raw C API.
    var abi: ABI
    var loader: Loader
    /// Beside those of the ABI.
    var defines: [String] = []
    /// The implementation that alone can take it, and the document that says so.
    var onlyOn: (implementation: String, source: String)?
    /// The ABI version that it requires, where that is not the one of its headers.
    var requiredABI: HPyABIVersion?
    var tag = Tag.own
    /// The macro that the version of the limited API is told by; nil for flavours that are not for the stable ABI.
    var limitedAPIMacro: String?
    /// For people, behind what it was built with.
    var title: String
  }

  var facts: Facts {
    switch self {
    case .capiStatic:
      Facts(
        api: .capi, abi: .cpython, loader: .importSystem, defines: ["CONFORM_STATIC_TYPES=1"],
        title: "raw C API, static types")
    case .capiHeap:
      Facts(
        api: .capi, abi: .cpython, loader: .importSystem, defines: ["CONFORM_STATIC_TYPES=0"],
        title: "raw C API, heap types")
    case .abi3:
      Facts(
        api: .capi, abi: .cpython, loader: .importSystem, defines: ["CONFORM_STATIC_TYPES=0"],
        limitedAPIMacro: "Py_LIMITED_API", title: "raw C API, stable ABI")
    case .abi3t:
      Facts(
        api: .capi, abi: .cpython, loader: .importSystem, defines: ["CONFORM_STATIC_TYPES=0"],
        onlyOn: (
          "cpython",
          "abi3t came with CPython 3.15, and other implementations do not have it yet (PEP 803)"
        ), limitedAPIMacro: "Py_TARGET_ABI3T", title: "raw C API, stable ABI of all builds")
    case .cpython:
      Facts(
        api: .hpy, abi: .cpython, loader: .importSystem,
        onlyOn: ("cpython", "only CPython supports HPy's CPython ABI (HPy documentation, 'HPy overview', Target ABIs)"),
        title: "CPython ABI")
    case .universal: Facts(api: .hpy, abi: .universal, loader: .hpyUniversal, title: "universal")
    case .hybrid:
      Facts(
        api: .hpy, abi: .hybrid, loader: .hpyUniversal,
        onlyOn: (
          "cpython",
          "the libraries for hybrid binaries are part of HPy for CPython only (HPy changelog, version 0.9.0, HPy "
            + "Hybrid ABI: the binary is specific to one interpreter)"
        ), title: "hybrid")
    case .otherTag:
      Facts(
        api: .hpy, abi: .universal, loader: .hpyUniversal, tag: .major(1), title: "universal, file tagged hpy1")
    case .noTag:
      Facts(api: .hpy, abi: .universal, loader: .hpyUniversal, tag: .none, title: "universal, file without a tag")
    case .nextMajor:
      Facts(
        api: .hpy, abi: .universal, loader: .hpyUniversal, requiredABI: HPyABIVersion(1, 0), tag: .major(1),
        title: "universal, requires ABI 1.0")
    case .nextMinor:
      Facts(
        api: .hpy, abi: .universal, loader: .hpyUniversal, requiredABI: HPyABIVersion(0, 1),
        title: "universal, requires ABI 0.1")
    case .installed: Facts(api: .package, abi: .cpython, loader: .environment, title: "installed package")
    }
  }
}

extension Flavour {
  public var api: API { facts.api }
  public var abi: ABI { facts.abi }
  public var loader: Loader { facts.loader }
  public var title: String { facts.title }
  public var requiredABI: HPyABIVersion? { facts.requiredABI }
  /// `Py_LIMITED_API` or `Py_TARGET_ABI3T`, for binaries that all later Pythons shall load; nil for others.
  public var limitedAPIMacro: String? { facts.limitedAPIMacro }
  /// Whether a binary is made for CPython's stable ABI.
  public var isStable: Bool { facts.limitedAPIMacro != nil }
  /// Of which flavour a runtime's own binary is that binaries from elsewhere are compared with.
  public var reference: Flavour { isStable ? self : .universal }
  /// Whether another runtime than the one that a binary is built for may load it.
  public var travels: Bool { loader == .hpyUniversal || isStable }

  /// The flavour that brings the source where a case has one of its own for it: what differs is the file's name or the
  /// version that it asks for.
  public var model: Flavour {
    switch self {
    case .otherTag, .noTag, .nextMajor, .nextMinor: .universal
    default: self
    }
  }

  /// `-D` options.
  public var defines: [String] {
    api == .hpy ? ["HPY", "HPY_ABI_\(abi.rawValue.uppercased())"] + facts.defines : facts.defines
  }

  /// Why a runtime can't load it; nil when it can.
  public func obstacle(on runtime: Runtime) -> Skip? {
    if self == .abi3t {
      let version = LimitedAPIVersion(python: runtime.python)
      if runtime.implementation != "cpython" || version.map({ $0 < .firstOfABI3T }) ?? true {
        return Skip(.unsupported, facts.onlyOn?.source ?? "")
      }
    }
    if self == .abi3, runtime.isFreeThreaded {
      return Skip(
        .unsupported,
        "free-threaded builds do not have abi3 (What's New in Python 3.13, 'Free-threaded CPython'; PEP 803)")
    }
    if let only = facts.onlyOn, only.implementation != runtime.implementation {
      return Skip(.notApplicable, only.source)
    }
    guard api == .hpy else { return nil }
    switch runtime.hpy {
    case .absent: return Skip(.unsupported, "\(runtime.name) has no hpy installed")
    case .foreign(_, let reason): return Skip(.unsupported, "\(runtime.name): \(reason)")
    case .present, .broken: return nil
    }
  }

  /// The file name that a binary needs to be found and accepted by its loader.
  ///
  /// - Parameter home: the runtime that it is built for.
  public func fileName(module: String, home: Runtime) -> String {
    if isStable, home.implementation == "cpython" { return "\(module).\(rawValue).so" }
    switch (loader, facts.tag) {
    case (.importSystem, _), (.environment, _): return module + home.extSuffix
    case (_, .none): return "\(module).so"
    case (_, .major(let number)): return "\(module).hpy\(number).so"
    case (_, .own):
      let python = abi == .hybrid ? "-\(home.abiTag)" : ""
      return "\(module).hpy\(home.installation?.abiVersion.major ?? 0)\(python).so"
    }
  }
}

/// `HPY_ABI_VERSION` and `HPY_ABI_VERSION_MINOR` of hpy.h: what a universal binary asks of a runtime.
public struct HPyABIVersion: Hashable, Sendable, Codable, CustomStringConvertible {
  public var major: Int
  public var minor: Int

  public init(_ major: Int, _ minor: Int) {
    self.major = major
    self.minor = minor
  }

  public var description: String { "\(major).\(minor)" }
}
