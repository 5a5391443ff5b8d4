import Model

extension Runtime {
  /// A runtime that nothing is started of; a test says what matters of it.
  ///
  /// - Parameters:
  ///   - implementation: by default what the name begins with: `pypy-7.3.19` is a PyPy, and what is no other is a
  ///     CPython.
  ///   - extSuffix: by default the implementation's for Python 3.11.
  ///   - hpy: by default HPy 0.9.0; `.absent` for none.
  public static func sample(
    _ name: String = "cpython", implementation: String? = nil, version: String = "3.11.2", python: String = "3.11.2",
    isDebugBuild: Bool = false, isFreeThreaded: Bool = false, extSuffix: String? = nil, includes: [String] = [],
    hpy: HPy = .sample()
  ) -> Runtime {
    let implementation = implementation ?? ["pypy", "graalpy"].first { name.hasPrefix($0) } ?? "cpython"
    let tags = ["pypy": "pypy311-pp73", "graalpy": "graalpy231-311-native"]
    return Runtime(
      name: name, interpreter: "/runtimes/\(name)/bin/python", implementation: implementation, version: version,
      python: python, build: "\(version) (main)", isDebugBuild: isDebugBuild, isFreeThreaded: isFreeThreaded,
      extSuffix: extSuffix ?? ".\(tags[implementation] ?? "cpython-311")-x86_64-linux-gnu.so", includes: includes,
      machine: "x86_64", hpy: hpy)
  }
}

extension Runtime.HPy {
  /// An HPy that is installed and can be imported.
  public static func sample(_ version: String = "0.9.0", abi: HPyABIVersion = HPyABIVersion(0, 0)) -> Runtime.HPy {
    .present(.sample(version, abi: abi))
  }
}

extension Runtime.Installation {
  /// An HPy that is known by its version: two of one version are the same.
  ///
  /// - Parameters:
  ///   - include: folder with `hpy.h`, for tests that compile.
  ///   - headers: by default the version's.
  public static func sample(
    _ version: String = "0.9.0", abi: HPyABIVersion = HPyABIVersion(0, 0), include: String = "/hpy/include",
    libraries: String? = nil, sources: String? = nil, headers: ContentKey? = nil
  ) -> Runtime.Installation {
    let key = ContentKey(of: version)
    return Runtime.Installation(
      version: version, include: include, libraries: libraries, sources: sources, layout: key, headers: headers ?? key,
      content: key, abiVersion: abi)
  }
}
