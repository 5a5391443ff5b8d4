import Model
import TOMLFile

/// What a case's C declares for the stable ABI: the table `[limited-api]` of its manifest.
public struct LimitedAPI: Hashable, Sendable, Codable {
  /// The oldest version of the limited API that suffices, by the flavour that it is compiled as.
  public var versions: [Flavour: LimitedAPIVersion] = [:]
  /// Names of the C API that it uses and that no version of the limited API has; empty for C that is compiled for it.
  public var lacks: [String] = []

  public init(versions: [Flavour: LimitedAPIVersion] = [:], lacks: [String] = []) {
    self.versions = versions
    self.lacks = lacks
  }

  /// Whether there are cells of a flavour: some that run, or some that say why not.
  func speaks(of flavour: Flavour) -> Bool { versions[flavour] != nil || (flavour == .abi3 && !lacks.isEmpty) }

  /// - Throws: `Problem` for what is no version, and for a version of C that can't be compiled.
  init(_ table: TOMLDocument) throws {
    try table.refuseUnknownKeys([Flavour.abi3.rawValue, Flavour.abi3t.rawValue, "lacks"])
    lacks = try table.texts("lacks") ?? []
    for (flavour, first) in [(Flavour.abi3, LimitedAPIVersion.first), (.abi3t, .firstOfABI3T)] {
      guard let text = try table.optionalText(flavour.rawValue) else { continue }
      guard let version = LimitedAPIVersion(text), version >= first else {
        throw Problem(
          at: table.place(of: flavour.rawValue),
          "`\(flavour)` is \"\(text)\", expected a version of the limited API, \(first) or later",
          remedy: "write the oldest that has all that the C uses, like \"\(max(first, .init(minor: 9)))\"")
      }
      versions[flavour] = version
    }
    if versions[.abi3] != nil, !lacks.isEmpty {
      throw Problem(
        at: table.place(of: "lacks"), "`lacks` says why there is no abi3, and `abi3` that there is",
        remedy: "remove one of them")
    }
    if versions.isEmpty, lacks.isEmpty {
      throw Problem(
        at: table.place(), "[limited-api] says nothing",
        remedy: "write abi3 = \"3.9\", or lacks = [\"PyHeapTypeObject\"]")
    }
  }
}
