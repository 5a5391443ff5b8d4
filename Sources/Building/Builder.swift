import Foundation
import Model
import Planning
import Platform
import Worker

/// Turns the C of a case into the binary that a lane needs on a runtime. Equal steps are done once, whoever asks.
public actor Builder {
  private let toolchain: Toolchain
  private let cache: ArtifactCache
  private let support: URL
  private let supportKey: ContentKey
  /// HPy's helper sources for runtimes whose own HPy ships neither libraries nor sources.
  private let spareHelpers: String?
  private var steps: [ContentKey: Task<Finished, Never>] = [:]
  private var treeKeys: [String: ContentKey] = [:]
  private var binaries: [Place: Task<BuiltBinary, Never>] = [:]

  /// What a binary is asked for by; within a run the files behind it are read once.
  private struct Place: Hashable {
    var directory: URL
    var lane: String
    var runtime: String
  }

  private struct Finished: Sendable {
    var step: BuildStep
    var path: String?
    var content: ContentKey?
  }

  /// All that a binary is made with.
  private struct Recipe {
    var compiles: [Order]
    /// HPy's static libraries.
    var archives: [String]
    /// Without the objects and archives, whose paths say nothing about what is in them.
    var link: Order
  }

  /// What one compile or link needs.
  private struct Order {
    var key: ContentKey
    var kind: BuildStep.Kind
    var product: String
    var arguments: [String]
  }

  private static let supportFiles: [(name: String, bytes: [UInt8])] = [
    ("conform.h", PackageResources.conform_h),
    ("conform_capi.h", PackageResources.conform_capi_h),
  ]

  /// - Parameter spareHelpers: a folder of helper sources of some other HPy.
  public init(toolchain: Toolchain, cache: URL, spareHelpers: String?) throws {
    self.toolchain = toolchain
    self.cache = try ArtifactCache(below: cache)
    self.spareHelpers = spareHelpers
    supportKey = ContentKey(
      ofParts: Self.supportFiles.flatMap { [$0.name, String(decoding: $0.bytes, as: UTF8.self)] })
    support = cache.appending(path: "support/\(supportKey.short)")
    try EmbeddedFiles.lay(Self.supportFiles, in: support)
  }

  /// The binary of a case for a lane on a runtime, from the cache where nothing changed.
  public func binary(of testCase: Case, lane: Lane, runtime: Runtime) async -> BuiltBinary {
    let place = Place(directory: testCase.directory, lane: lane.name, runtime: runtime.name)
    if let known = binaries[place] { return await known.value }
    let task = Task { await make(testCase, lane: lane, runtime: runtime) }
    binaries[place] = task
    return await task.value
  }

  /// The binary, when the cache has it for what the files say now; nothing is built.
  public func cachedBinary(of testCase: Case, lane: Lane, runtime: Runtime) -> BuiltBinary? {
    guard let recipe = try? recipe(of: testCase, lane: lane, runtime: runtime),
      let linked = cache.product(of: recipe.link.key, name: recipe.link.product)
    else { return nil }
    let compiled = recipe.compiles.compactMap { cache.product(of: $0.key, name: $0.product)?.step }
    guard compiled.count == recipe.compiles.count else { return nil }
    return BuiltBinary(
      product: .file(linked.path), key: linked.step.key, content: linked.content, steps: compiled + [linked.step])
  }

  private func make(_ testCase: Case, lane: Lane, runtime: Runtime) async -> BuiltBinary {
    var done: [BuildStep] = []
    do {
      var recipe = try recipe(of: testCase, lane: lane, runtime: runtime)
      var objects: [String] = []
      for order in recipe.compiles {
        let object = await finish(order)
        done.append(object.step)
        guard let path = object.path else { return failure(object, steps: done) }
        objects.append(path)
      }
      recipe.link.arguments += objects + recipe.archives
      let linked = await finish(recipe.link)
      done.append(linked.step)
      guard let path = linked.path else { return failure(linked, steps: done) }
      return BuiltBinary(product: .file(path), key: linked.step.key, content: linked.content, steps: done)
    } catch {
      return BuiltBinary(product: .failure("\(error)"), key: nil, steps: done)
    }
  }

  private func failure(_ failed: Finished, steps: [BuildStep]) -> BuiltBinary {
    let lines = failed.step.messages.split(separator: "\n")
    let first = lines.first { $0.contains("error") || $0.contains("undefined") } ?? lines.first
    return BuiltBinary(
      product: .failure(first.map(String.init) ?? "the \(failed.step.kind.rawValue)r said nothing"), key: nil,
      steps: steps)
  }

  // MARK: What goes in

  private func recipe(of testCase: Case, lane: Lane, runtime: Runtime) throws -> Recipe {
    let includes = try includes(for: lane, on: runtime)
    let folders = [testCase.directory.path, support.path].map { "-I\($0)" } + includes.options
    let contents = includes.keys + [supportKey.hex] + localContents(testCase)
    var compiles = try (testCase.sources(for: lane) ?? []).map {
      try compileOrder($0, lane: lane, includes: folders, contents: contents)
    }
    let helpers = try helpers(for: lane, on: runtime, includes: includes)
    compiles += helpers.compiles
    let name = lane.fileName(module: testCase.module, on: runtime)
    let parts =
      ["link", toolchain.identity, name] + Toolchain.linkOptions + compiles.map(\.key.hex)
      + helpers.archives.map(\.key.hex)
    let link = Order(
      key: ContentKey(ofParts: parts), kind: .link, product: name, arguments: Toolchain.linkOptions)
    return Recipe(compiles: compiles, archives: helpers.archives.map(\.path), link: link)
  }

  private func includes(for lane: Lane, on runtime: Runtime) throws -> (options: [String], keys: [String]) {
    var options: [String] = []
    var keys: [String] = []
    if lane.api == .hpy, let hpy = runtime.installation {
      if lane.abi == .universal { options.append("-I\(hpy.include)/hpy/forbid_python_h") }
      options.append("-I\(hpy.include)")
      keys += [hpy.layout.hex, hpy.headers.hex]
    }
    if lane.abi != .universal {
      options += runtime.includes.map { "-I\($0)" }
      keys += try runtime.includes.map { try treeKey($0).hex }
    }
    return (options, keys)
  }

  private func treeKey(_ folder: String) throws -> ContentKey {
    if let key = treeKeys[folder] { return key }
    let key = try ContentKey(ofTree: folder)
    treeKeys[folder] = key
    return key
  }

  /// Every C file of the case: which of them a source includes is the compiler's to know.
  private func localContents(_ testCase: Case) -> [String] {
    testCase.files().filter { $0.hasSuffix(".h") || $0.hasSuffix(".c") }.flatMap { name in
      [name, (try? String(contentsOf: testCase.directory.appending(path: name), encoding: .utf8)) ?? ""]
    }
  }

  private func compileOrder(_ source: String, lane: Lane, includes: [String], contents: [String]) throws -> Order {
    guard let text = FileManager.default.contents(atPath: source) else {
      throw Problem(at: source, "can't be read", remedy: "make it readable")
    }
    let defines = lane.defines.map { "-D\($0)" }
    return Order(
      key: ContentKey(
        ofParts: ["compile", toolchain.identity] + Toolchain.compileOptions + defines + contents
          + [(source as NSString).lastPathComponent, ContentKey(of: text).hex]),
      kind: .compile, product: "object.o",
      arguments: Toolchain.compileOptions + defines + includes + ["-c", source])
  }

  /// What HPy links into every extension: its static libraries, or its helper sources where none are shipped.
  private func helpers(
    for lane: Lane, on runtime: Runtime, includes: (options: [String], keys: [String])
  ) throws -> (compiles: [Order], archives: [(path: String, key: ContentKey)]) {
    guard lane.api == .hpy, let hpy = runtime.installation else { return ([], []) }
    if let libraries = hpy.libraries {
      let folder = "\(libraries)/\(lane.abi.rawValue)"
      let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter { $0.hasSuffix(".a") }
      if !names.isEmpty {
        return ([], try names.sorted().map { ("\(folder)/\($0)", try Archive.key(of: "\(folder)/\($0)")) })
      }
    }
    guard let sources = hpy.sources ?? spareHelpers else {
      throw Problem(
        .environment, at: runtime.name, "its hpy ships neither static libraries nor helper sources",
        remedy: "add a runtime whose hpy has them, as hpy 0.9.0 from PyPI does, to \(Configuration.name)")
    }
    // `ctx_*.c` implement the context for HPy's CPython ABI; the others are helpers for every ABI
    // (HPyDevel.get_extra_sources and get_ctx_sources of hpy.devel).
    let names = try FileManager.default.contentsOfDirectory(atPath: sources).filter { name in
      name.hasSuffix(".c") && (lane.abi == .cpython || !name.hasPrefix("ctx_"))
    }
    let key = try treeKey(sources).hex
    let compiles = try names.sorted().map { name in
      try compileOrder(
        "\(sources)/\(name)", lane: lane, includes: includes.options, contents: includes.keys + [key])
    }
    return (compiles, [])
  }

  private enum Configuration {
    static let name = "hpy-conform.toml"
  }

  // MARK: Doing it

  private func finish(_ order: Order) async -> Finished {
    if let running = steps[order.key] { return await running.value }
    let task = Task { await make(order) }
    steps[order.key] = task
    return await task.value
  }

  private nonisolated func make(_ order: Order) async -> Finished {
    if let present = cache.product(of: order.key, name: order.product) {
      return Finished(step: present.step, path: present.path, content: present.content)
    }
    var step = BuildStep(
      key: order.key, kind: order.kind, command: [], succeeded: false, messages: "", seconds: 0, isReused: false)
    do {
      let workshop = try cache.workshop()
      let arguments = order.arguments + ["-o", workshop.appending(path: order.product).path]
      step.command = [toolchain.compiler] + order.arguments + ["-o", order.product]
      let result = try await Tool.run(toolchain.compiler, arguments, limit: 120)
      step.messages = result.errors + (result.trouble.map { "\(toolchain.compiler): \($0)\n" } ?? "")
      step.seconds = result.seconds
      step.succeeded = result.succeeded
      if result.succeeded {
        let kept = try cache.keep(step, in: workshop, name: order.product)
        return Finished(step: step, path: kept.path, content: kept.content)
      }
      try FileManager.default.removeItem(at: workshop)
    } catch {
      step.messages += "\(error)"
    }
    return Finished(step: step, path: nil)
  }
}
