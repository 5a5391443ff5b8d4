import Foundation

/// One Python interpreter with the HPy that it carries.
public struct Runtime: Hashable, Sendable, Codable {
  /// What people call it: from the configuration, or derived from its path.
  public var name: String
  /// Path of the executable, or of the script that starts it.
  public var interpreter: String
  /// `sys.implementation.name`.
  public var implementation: String
  /// `sys.implementation.version`, as PEP 440 text; for PyPy this is PyPy's own version.
  public var version: String
  /// The version of the Python language.
  public var python: String
  /// `sys.version`.
  public var build: String
  /// Built with Py_DEBUG.
  public var isDebugBuild: Bool
  public var isFreeThreaded: Bool
  public var extSuffix: String
  /// Folders of Python.h and of what it includes.
  public var includes: [String]
  public var machine: String
  public var canFork: Bool
  public var hpy: HPy
  /// Of what its answers come from, by content: executable, the libraries it maps, the standard library, and the
  /// modules that a worker imports. nil where that can't be known.
  public var content: ContentKey?
  /// The same once HPy's backend is imported; nil where that can't be known.
  public var backend: ContentKey?
  /// Folders without which it can't do its work; nil in records of older programs.
  public var places: [String]?

  /// The HPy that an interpreter imports.
  public enum HPy: Hashable, Sendable, Codable {
    /// No `hpy` is installed.
    case absent
    /// There is something called `hpy` that no lane is for: another ABI, or leftovers. Its version, empty where it
    /// tells none, and why it isn't used. It is never loaded.
    case foreign(version: String, reason: String)
    /// Installed, and the backend imports.
    case present(Installation)
    /// Installed, but the backend doesn't import; the text says why.
    case broken(Installation, String)
  }

  /// Where an HPy keeps what extensions are built with.
  public struct Installation: Hashable, Sendable, Codable {
    /// What `hpy.universal.get_version()` says; empty when it could not be asked.
    public var version: String
    /// Folder with `hpy.h`.
    public var include: String
    /// Folder with the static libraries, one folder per ABI; nil where none are shipped.
    public var libraries: String?
    /// Folder with the helper sources; nil where none are shipped.
    public var sources: String?
    /// Key of the context's parsed layout: the order of handles and functions in `autogen_ctx.h`.
    public var layout: ContentKey
    /// Key of all headers' content.
    public var headers: ContentKey
    /// Key of everything installed, the backend among it: two builds of one version differ here.
    public var content: ContentKey
    /// `HPY_ABI_VERSION`, whose major number names a universal binary: `ext.hpy0.so`.
    public var abiVersion: HPyABIVersion

    public init(
      version: String, include: String, libraries: String?, sources: String?, layout: ContentKey,
      headers: ContentKey, content: ContentKey, abiVersion: HPyABIVersion
    ) {
      self.version = version
      self.include = include
      self.libraries = libraries
      self.sources = sources
      self.layout = layout
      self.headers = headers
      self.content = content
      self.abiVersion = abiVersion
    }
  }

  public init(
    name: String, interpreter: String, implementation: String, version: String, python: String, build: String,
    isDebugBuild: Bool = false, isFreeThreaded: Bool = false, extSuffix: String, includes: [String],
    machine: String, canFork: Bool = true, hpy: HPy, content: ContentKey? = nil, backend: ContentKey? = nil,
    places: [String]? = nil
  ) {
    self.name = name
    self.interpreter = interpreter
    self.implementation = implementation
    self.version = version
    self.python = python
    self.build = build
    self.isDebugBuild = isDebugBuild
    self.isFreeThreaded = isFreeThreaded
    self.extSuffix = extSuffix
    self.includes = includes
    self.machine = machine
    self.canFork = canFork
    self.hpy = hpy
    self.content = content
    self.backend = backend
    self.places = places
  }

  /// The installed HPy, importable or not.
  public var installation: Installation? {
    switch hpy {
    case .absent, .foreign: nil
    case .present(let installation), .broken(let installation, _): installation
    }
  }

  /// The version that its HPy tells; empty where there is none, or it could not be asked.
  public var hpyVersion: String {
    if case .foreign(let version, _) = hpy { return version }
    return installation?.version ?? ""
  }

  /// What a sandbox has to show for it to start: its places, and the folder that it was installed to, in which what its
  /// start script needs lies, too.
  public var visiblePlaces: [String] {
    let folder = URL(filePath: interpreter).deletingLastPathComponent()
    let home = folder.lastPathComponent == "bin" ? folder.deletingLastPathComponent() : folder
    return (places ?? []) + [home.path, interpreter]
  }

  /// Identifies what this runtime is, wherever it lies: no path, no nickname.
  public var key: ContentKey {
    ContentKey(ofParts: [
      implementation, version, build, extSuffix, machine, hpyVersion, installation?.content.hex ?? "",
    ])
  }

  /// `CPython 3.11.2 debug`.
  public var product: String {
    let names = ["cpython": "CPython", "pypy": "PyPy", "graalpy": "GraalPy"]
    return [
      names[implementation] ?? implementation, version, isDebugBuild ? "debug" : "",
      isFreeThreaded ? "free-threaded" : "",
    ].filter { !$0.isEmpty }.joined(separator: " ")
  }

  /// What a runtime without a name is called: `cpython-3.11.2-debug`.
  public var shortName: String {
    [implementation, version, isDebugBuild ? "debug" : "", isFreeThreaded ? "free-threaded" : ""]
      .filter { !$0.isEmpty }.joined(separator: "-")
  }

  /// The part of `extSuffix` that names the Python, `cp311` or `pypy311-pp73`: what stands in a hybrid binary's
  /// name (`parse_ext_suffix` of hpy.devel.abitag).
  public var abiTag: String {
    let parts = (extSuffix.split(separator: ".").first ?? "").split(separator: "-").map(String.init)
    let first = parts.first ?? ""
    let count =
      first.hasPrefix("graalpy")
      ? 3 : first.hasPrefix("cpython") || first.hasPrefix("pypy") ? 2 : first.hasPrefix("cp") ? 1 : parts.count
    return parts.prefix(count).joined(separator: "-").replacing("cpython-", with: "cp")
  }

  /// `CPython 3.11.2, HPy 0.9.0`.
  public var title: String {
    switch hpy {
    case .absent: "\(product), no HPy"
    case .foreign(let version, _): "\(product), \(version.isEmpty ? "no usable HPy" : "unusable HPy \(version)")"
    case .present(let installation): "\(product), HPy \(installation.version)"
    case .broken: "\(product), HPy that does not import"
    }
  }
}
