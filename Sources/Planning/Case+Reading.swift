import Foundation
import Model
import Packages
import TOMLFile

extension Case {
  /// Reads a case's folder and manifest; the scenario file is for an interpreter to read.
  ///
  /// A case that can't be read becomes one whose `problems` say so.
  public static func read(suite: String, directory: URL) -> Case {
    var found = Case(suite: suite, name: directory.lastPathComponent, directory: directory)
    found.sources = defaultSources(in: directory)
    let manifest = directory.appending(path: manifestName).path
    do {
      // What can't be opened would be waited for, or taken for absent, by whoever reads it later.
      for name in try namesOfFiles(in: directory) {
        if name != manifestName, let problem = TextFile.problem(with: directory.appending(path: name).path) {
          found.problems.append(problem)
        }
      }
      if let text = try TextFile.read(manifest) { try found.apply(text, of: manifest) }
    } catch let problem as Problem {
      found.problems.append(problem)
    } catch {
      found.problems.append(
        Problem(
          .environment, at: directory.path, "can't be read: \(Problem.words(of: error))", remedy: "make it readable"))
    }
    if found.sources.isEmpty, found.package == nil, found.problems.isEmpty {
      found.problems.append(
        Problem(
          at: directory.path, "there is no C source",
          remedy:
            "add hpy.c, capi.c, or name the sources under [sources], or a package with `package`, in \(manifestName)"))
    }
    return found
  }

  public static let manifestName = "case.toml"

  private static let sourceNames =
    [Flavour.API.hpy, .capi].map(\.rawValue)
    + Lane.compiled.map(\.description)

  /// `hpy.c` for the lanes of HPy, `capi.c` for those of the raw C API, `LANE.c` for one lane alone; or with `.cpp`.
  private static func defaultSources(in directory: URL) -> [String: [String]] {
    sourceNames.reduce(into: [:]) { sources, name in
      let files = ["\(name).c", "\(name).cpp"]
      sources[name] = files.first { FileManager.default.fileExists(atPath: directory.appending(path: $0).path) }.map {
        [$0]
      }
    }
  }

  /// Name of the module by the text of a manifest, which a run may have stored.
  public static func module(ofManifest text: String) -> String {
    var one = Case(suite: "", name: "", directory: URL(filePath: "/"))
    one.sources = [:]
    try? one.apply(text, of: manifestName)
    return one.module
  }

  private mutating func apply(_ text: String, of manifest: String) throws {
    let document = try TOMLDocument(text, file: manifest)
    try document.refuseUnknownKeys([
      "summary", "module", "nightly", "package", "tests", "tests-require", "c", "sources", "ext-modules",
      "not-applicable", "limited-api",
    ])
    summary = try document.optionalText("summary") ?? ""
    module = try document.optionalText("module") ?? module
    isNightly = try document.flag("nightly") ?? false
    package = try document.optionalText("package").map { try requirement($0, at: document.place(of: "package")) }
    if let package {
      if !sources.isEmpty {
        throw Problem(
          at: document.place(of: "package"), "a case with `package` has C sources, too",
          remedy: "move \(sources.values.joined().sorted().joined(separator: ", ")) to a case of their own")
      }
      tests = try document.texts("tests")
      if let tests { try check(tests: tests, in: document) }
      testRequirements = tests == nil ? [] : ["pytest"] + (try document.texts("tests-require") ?? [])
      if try document.optionalText("module") == nil { module = package.name.replacing("-", with: "_") }
    }
    if let table = try document.table("c") { compileOptions = try options(table) }
    if let table = try document.table("sources") {
      try table.refuseUnknownKeys(Self.sourceNames)
      sources.merge(try namedSources(in: table)) { $1 }
    }
    limitedAPI = try document.table("limited-api").map { try LimitedAPI($0) }
    modules = try document.tables("ext-modules").map { try furtherModule($0) }
    if let package, !modules.isEmpty {
      throw Problem(
        at: document.place(of: "ext-modules"), "a case with `package` (\(package)) has no modules of its own",
        remedy: "make a case of their own for them")
    }
    let names = [module] + modules.map(\.name)
    if let name = names.enumerated().first(where: { names[..<$0.offset].contains($0.element) })?.element {
      throw Problem(
        at: document.place(of: "ext-modules"), "two modules are called \(name)", remedy: "give each its own name")
    }
    exclusions = try document.tables("not-applicable").map { entry in
      try entry.refuseUnknownKeys(["lanes", "runtimes", "scenarios", "reason", "source"])
      return Exclusion(
        lanes: try entry.lanes(), runtimes: try entry.runtimes("runtimes"),
        scenarios: try entry.texts("scenarios") ?? [],
        reason: "\(try entry.text("reason")) (\(try entry.text("source")))")
    }
  }
}

extension Case {
  /// Files of C by API or lane, as a table names them; all of them are there.
  private func namedSources(in table: TOMLDocument) throws -> [String: [String]] {
    var found: [String: [String]] = [:]
    for name in Self.sourceNames {
      guard let files = try table.texts(name) else { continue }
      for file in files {
        let path = directory.appending(path: file).path
        if let problem = TextFile.problem(with: path) {
          throw Problem(problem.kind, at: table.place(of: name), "\(file) \(problem.found)", remedy: problem.remedy)
        }
        if !FileManager.default.fileExists(atPath: path) {
          throw Problem(at: table.place(of: name), "there is no \(file) next to the manifest", remedy: "fix the name")
        }
      }
      found[name] = files
    }
    return found
  }

  /// An entry of `[[ext-modules]]`.
  private func furtherModule(_ table: TOMLDocument) throws -> Module {
    try table.refuseUnknownKeys(["name", "lane", "scenarios"] + Self.sourceNames)
    let name = try table.text("name")
    let isName = name.first.map { $0.isASCII && ($0.isLetter || $0 == "_") } ?? false
    guard isName, name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }) else {
      throw Problem(
        at: table.place(of: "name"), "`\(name)` is not the name of a module", remedy: "write it like \"provider\"")
    }
    let sources = try namedSources(in: table)
    if sources.isEmpty {
      throw Problem(
        at: table.place(), "the module \(name) has no C source",
        remedy: "write hpy = [\"\(name)_hpy.c\"], or capi = [\"\(name)_capi.c\"]")
    }
    let lane = try table.optionalText("lane").map { try table.lane(named: $0, at: "lane") }
    let module = Module(name: name, sources: sources, lane: lane, scenarios: try table.texts("scenarios") ?? [])
    if let lane, companion(module).sources(for: lane) == nil {
      throw Problem(
        at: table.place(of: "lane"), "the module \(name) has no source for the lane \(lane)",
        remedy: "name one as `\(lane.flavour.api.rawValue)`")
    }
    return module
  }

  private func options(_ table: TOMLDocument) throws -> CompileOptions {
    try table.refuseUnknownKeys(["include", "flags", "libraries", "pkg-config"])
    var options = CompileOptions()
    options.include = try (table.texts("include") ?? []).map { path in
      let url = path.hasPrefix("/") ? URL(filePath: path) : directory.appending(path: path)
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder), isFolder.boolValue else {
        throw Problem(at: table.place(of: "include"), "there is no folder \(path)", remedy: "fix the name")
      }
      return url.standardizedFileURL.path
    }
    options.flags = try table.texts("flags") ?? []
    if let flag = options.flags.first(where: { $0 == "-o" || $0 == "-c" || $0.hasPrefix("-M") }) {
      throw Problem(
        at: table.place(of: "flags"), "`flags` has \(flag), which hpy-conform gives itself", remedy: "remove it")
    }
    options.libraries = try table.texts("libraries") ?? []
    options.packages = try table.texts("pkg-config") ?? []
    if let name = (options.libraries + options.packages).first(where: { $0.isEmpty || $0.hasPrefix("-") }) {
      throw Problem(at: table.place(), "`\(name)` is not the name of a library", remedy: "write it as \"z\"")
    }
    return options
  }

  /// - Throws: `Problem` for what can't be a path of tests, and for scenarios beside it.
  private func check(tests: [String], in document: TOMLDocument) throws {
    let bad = tests.first {
      $0.isEmpty || $0.hasPrefix("/") || $0.hasPrefix("-") || $0.split(separator: "/").contains("..")
    }
    if let bad = bad ?? (tests.isEmpty ? "" : nil) {
      throw Problem(
        at: document.place(of: "tests"), "`tests` has \"\(bad)\", expected a path below the package's own folder",
        remedy: "write it like \"tests\", or \"NAME/tests/test_a.py::TestB\"")
    }
    if FileManager.default.fileExists(atPath: scenarioFile) {
      throw Problem(
        at: document.place(of: "tests"), "a case with `tests` has \(Self.scenarioFileName), too",
        remedy: "make a case of their own for the scenarios")
    }
  }

  private func requirement(_ text: String, at place: String) throws -> PackageRequirement {
    guard let requirement = PackageRequirement(text, relativeTo: directory) else {
      throw Problem(
        at: place, "`package` is \"\(text)\", expected a requirement or a path",
        remedy: "write it like \"ujson\", \"ujson==5.4.0\", \"numpy>=1.24,<3\" or \"../wheels/NAME-1.0.tar.gz\"")
    }
    return requirement
  }
}

extension TOMLDocument {
  /// The key `lanes`; empty when it is missing.
  func lanes() throws -> [Lane] {
    try (texts("lanes") ?? []).map { try lane(named: $0, at: "lanes") }
  }

  /// The lane that a key names.
  fileprivate func lane(named name: String, at key: String) throws -> Lane {
    do {
      return try Lane(named: name)
    } catch let problem as Problem {
      throw Problem(at: place(of: key), problem.found, remedy: problem.remedy)
    }
  }

  /// A list of `{ implementation, version, hpy }`.
  public func runtimes(_ key: String) throws -> [LedgerEntry.Runtimes] {
    try tables(key).map { entry in
      try entry.refuseUnknownKeys(["implementation", "version", "hpy", "debug", "free-threaded"])
      return LedgerEntry.Runtimes(
        implementation: try entry.text("implementation"),
        version: try entry.range("version") ?? VersionRange(">=0")!, hpy: try entry.range("hpy"),
        debug: try entry.flag("debug"), freeThreaded: try entry.flag("free-threaded"))
    }
  }

  /// A PEP 440 specifier.
  func range(_ key: String) throws -> VersionRange? {
    guard let text = try optionalText(key) else { return nil }
    guard let range = VersionRange(text) else {
      throw Problem(
        at: place(of: key), "`\(key)` is \"\(text)\", expected a PEP 440 specifier",
        remedy: "write it like \">=3.11,<3.13\"")
    }
    return range
  }
}
