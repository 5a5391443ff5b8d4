import Foundation
import Model
import Planning

/// Works out what a binary is made with, from files alone; nothing is started.
struct Recipes: Sendable {
  let toolchain: Toolchain
  /// Folder of `conform.h` and `conform_capi.h`.
  let support: URL
  let supportKey: ContentKey
  /// HPy's helper sources for runtimes whose own HPy ships neither libraries nor sources.
  let spareHelpers: String?
  let keys: FileKeys

  /// Include folders with the keys of all that is in them.
  private struct Includes {
    var folders: [String] = []
    var keys: [String] = []

    var options: [String] { folders.map { "-I\($0)" } }
  }

  /// - Throws: `Problem` for a source that can't be read or an hpy that lacks what extensions link.
  func recipe(of testCase: Case, for load: Load) throws -> Recipe {
    let (flavour, home) = (load.binary.flavour, load.binary.home)
    let includes = try includes(for: load.binary)
    let names = try testCase.files().filter { !$0.hasSuffix(".py") && !$0.hasSuffix(".toml") }
    let local = names.map { keys.place(of: testCase.directory.appending(path: $0).path) }
    var shared = includes
    shared.folders.insert(support.path, at: 0)
    shared.keys.append(supportKey.hex)
    // Every C file of the case: which of them a source includes is the compiler's to know.
    let contents = try zip(names, local).flatMap { [$0, try key(ofFile: $1)?.hex ?? ""] }
    // A header of the case's own could stand in for one that another header includes.
    // One that is included before the source comes before any other: gcc takes a precompiled header only there.
    let options = testCase.compileOptions
    let mayPrecompile =
      toolchain.isGCC && flavour.requiredABI == nil && options.compiling.isEmpty
      && !names.contains { Self.isHeader($0) || Self.isCPlusPlus($0) }
    let sources = testCase.sources(for: load.lane)?.paths ?? []
    let declared = Self.limitedAPI(of: testCase, for: flavour)
    var compiles = try sources.map { source in
      var order = try compile(
        source, flavour, includes: shared, own: testCase.directory.path, extra: declared + options.compiling,
        contents: contents)
      order.coveredFiles = Set(local)
      if mayPrecompile { order.header = header(of: source, flavour, extra: declared, includes: shared) }
      return order
    }
    let helpers = try helpers(for: load.binary, includes: includes)
    compiles += helpers.compiles
    let name = flavour.fileName(module: testCase.module, home: home)
    let libraries = options.linking + (sources.contains(where: Self.isCPlusPlus) ? ["-lstdc++"] : [])
    let parts =
      ["link", toolchain.key.hex, name] + Toolchain.linkOptions + libraries + compiles.map(\.key.hex)
      + helpers.archives.map(\.key.hex)
    let link = Order(
      key: ContentKey(ofParts: parts), kind: .link, product: name, arguments: Toolchain.linkOptions,
      directory: testCase.directory.path)
    return Recipe(compiles: compiles, archives: helpers.archives.map(\.path), libraries: libraries, link: link)
  }

  /// The option that says for which version of the limited API a case is compiled.
  private static func limitedAPI(of testCase: Case, for flavour: Flavour) -> [String] {
    guard let macro = flavour.limitedAPIMacro, let version = testCase.limitedAPI?.versions[flavour] else { return [] }
    return ["-D\(macro)=\(version.hex)"]
  }

  private static func isCPlusPlus(_ name: String) -> Bool {
    ["cpp", "cc", "cxx"].contains((name as NSString).pathExtension)
  }

  private static func isHeader(_ name: String) -> Bool {
    ["h", "hpp", "hh"].contains((name as NSString).pathExtension)
  }

  /// Of all that goes into a binary beside the case: where it is the same, so are the binaries.
  ///
  /// - Throws: `Problem` for an hpy that lacks what extensions link.
  func surroundings(of binary: Binary) throws -> ContentKey {
    let includes = try includes(for: binary)
    let helpers = try helpers(for: binary, includes: includes)
    return ContentKey(
      ofParts: includes.keys + helpers.compiles.map(\.key.hex) + helpers.archives.map(\.key.hex))
  }

  private func includes(for binary: Binary) throws -> Includes {
    var includes = Includes()
    let (flavour, home) = (binary.flavour, binary.home)
    if flavour.api == .hpy, let hpy = home.installation {
      if flavour.abi == .universal { includes.folders.append("\(hpy.include)/hpy/forbid_python_h") }
      includes.folders.append(hpy.include)
      includes.keys += [hpy.layout.hex, hpy.headers.hex]
    }
    if flavour.abi != .universal {
      includes.folders += home.includes
      includes.keys += try home.includes.map { try keys.key(ofTree: $0).hex }
    }
    return includes
  }

  private func compile(
    _ source: String, _ flavour: Flavour, includes: Includes, own: String? = nil, extra: [String] = [],
    contents: [String]
  ) throws -> Order {
    let options = Self.isCPlusPlus(source) ? Toolchain.compileOptionsOfCPlusPlus : Toolchain.compileOptions
    guard let text = try key(ofFile: source) else {
      throw Problem(at: source, "can't be read", remedy: "make it readable")
    }
    let name = (source as NSString).lastPathComponent
    var defines = flavour.defines.map { "-D\($0)" }
    // Debug information names the case, and not where it lies: the same C is the same binary in every checkout.
    let placeless = own.map { ["-ffile-prefix-map=\($0)=\(Self.name(ofCase: $0))"] } ?? []
    var prelude: [String] = []
    if own != nil, let version = flavour.requiredABI {
      defines += ["-DCONFORM_REQUIRED_ABI=\(version.major)", "-DCONFORM_REQUIRED_ABI_MINOR=\(version.minor)"]
      prelude = ["-include", support.appending(path: "conform_abi.h").path]
    }
    return Order(
      key: ContentKey(
        ofParts: ["compile", "in \(Toolchain.directory)", toolchain.key.hex] + options + defines + extra
          + includes.keys + contents + [own.map(Self.name) ?? "", name, text.hex]),
      kind: .compile, product: "object.o",
      arguments: options + defines + extra + placeless + (own.map { ["-I\($0)"] } ?? []) + includes.options
        + prelude + ["-c", source],
      directory: own ?? "", covered: includes.folders,
      coveredFiles: [keys.place(of: source)])
  }

  /// Of a file's content; nil when it may not be read.
  ///
  /// - Throws: what the machine lacked to read it.
  private func key(ofFile path: String) throws -> ContentKey? {
    if let key = keys.key(ofFile: path) { return key }
    if let lack = FileKeys.lack(at: path) { throw lack }
    return nil
  }

  /// A case by its suite and its own folder's name.
  private static func name(ofCase folder: String) -> String {
    folder.split(separator: "/").suffix(2).joined(separator: "/")
  }

  /// What a source includes first, where that is a header of the include folders.
  private func header(
    of source: String, _ flavour: Flavour, extra: [String], includes: Includes
  ) -> HeaderOrder? {
    guard let name = keys.firstInclude(of: source),
      let folder = includes.folders.first(where: { FileManager.default.fileExists(atPath: "\($0)/\(name)") })
    else { return nil }
    let options = Toolchain.compileOptions + flavour.defines.map { "-D\($0)" } + extra
    return HeaderOrder(
      key: ContentKey(
        ofParts: ["header", toolchain.key.hex, "\(folder)/\(name)"] + options + includes.options + includes.keys),
      name: name, covered: includes.folders,
      arguments: options + includes.options + ["-x", "c-header", "\(folder)/\(name)"])
  }

  /// None for a folder that isn't there.
  ///
  /// - Throws: what the machine lacked to read it.
  private static func namesOfFiles(in folder: String) throws -> [String] {
    do {
      return try FileManager.default.contentsOfDirectory(atPath: folder)
    } catch  where MachineFault.lack(in: error) == nil {
      return []
    }
  }

  /// What HPy links into every extension: its static libraries, or its helper sources where none are shipped.
  private func helpers(
    for binary: Binary, includes: Includes
  ) throws -> (compiles: [Order], archives: [(path: String, key: ContentKey)]) {
    let flavour = binary.flavour
    guard flavour.api == .hpy, let hpy = binary.home.installation else { return ([], []) }
    if let libraries = hpy.libraries {
      let folder = "\(libraries)/\(flavour.abi.rawValue)"
      let names = try Self.namesOfFiles(in: folder).filter { $0.hasSuffix(".a") }
      if !names.isEmpty {
        return ([], try names.sorted().map { ("\(folder)/\($0)", try keys.key(ofArchive: "\(folder)/\($0)")) })
      }
    }
    guard let sources = hpy.sources ?? spareHelpers else {
      throw Problem(
        .environment, at: binary.home.name, "its hpy contains neither static libraries nor helper sources",
        remedy: "add a runtime to hpy-conform.toml whose hpy contains them, such as hpy 0.9.0 from PyPI")
    }
    // `ctx_*.c` implement the context for HPy's CPython ABI; the others are helpers for every ABI
    // (HPyDevel.get_extra_sources and get_ctx_sources of hpy.devel).
    let names = try FileManager.default.contentsOfDirectory(atPath: sources).filter { name in
      name.hasSuffix(".c") && (flavour.abi == .cpython || !name.hasPrefix("ctx_"))
    }
    let key = try keys.key(ofTree: sources).hex
    let compiles = try names.sorted().map { name in
      var order = try compile("\(sources)/\(name)", flavour, includes: includes, contents: [key])
      order.covered.append(sources)
      return order
    }
    return (compiles, [])
  }
}
