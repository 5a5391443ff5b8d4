import Foundation
import Model
import Packages
import Planning
import Platform
import Worker

/// Turns the C of a case into the binary of a load. Equal steps are done once, whoever asks.
public actor Builder {
  /// A binary that a run will need.
  public struct Wanted: Sendable {
    public var testCase: Case
    public var load: Load

    public init(_ testCase: Case, _ load: Load) {
      self.testCase = testCase
      self.load = load
    }
  }

  private let recipes: Recipes
  nonisolated let keys = FileKeys()
  private let toolchain: Toolchain
  nonisolated let cache: ArtifactCache
  private let runner: StepRunner
  private let slots: CompilerSlots
  private let packages: PackageEnvironments?
  private let cacheFolder: URL
  private let reportTrouble: @Sendable (Problem) async -> Void
  private var steps: [ContentKey: Task<Finished, Never>] = [:]
  private var binaries: [Place: Task<BuiltBinary, Never>] = [:]
  private(set) var headers: [HeaderOrder: PrecompiledHeader] = [:]
  private var isClosed = false
  /// Whether the last step that ended had to be given up for what the machine lacks: then nobody waits for it to pass.
  private var isMachineFailing = false

  /// What a binary is asked for by; within a run the files behind it are read once.
  private struct Place: Hashable {
    var directory: URL
    var module: String
    var source: String
    var flavour: Flavour
    var home: String
    var requirement: String?

    init(_ one: Wanted) {
      directory = one.testCase.directory
      module = one.testCase.module
      source = one.testCase.sources(for: one.load.lane)?.name ?? ""
      flavour = one.load.binary.flavour
      home = one.load.binary.home.name
      requirement = one.load.binary.requirement
    }
  }

  private struct Finished: Sendable {
    var step: BuildStep
    /// What was made, or why there is nothing.
    var result: Result

    enum Result: Sendable {
      case product(ArtifactCache.Product)
      case refused(String)
      case machineFailed(String)
    }

    var isForTheMachine: Bool {
      if case .machineFailed = result { true } else { false }
    }
  }

  /// The headers that sources of cases may include.
  public static let supportFiles: [(name: String, bytes: [UInt8])] = [
    ("conform.h", PackageResources.conform_h),
    ("conform_abi.h", PackageResources.conform_abi_h),
    ("conform_capi.h", PackageResources.conform_capi_h),
    ("conform_helpers.h", PackageResources.conform_helpers_h),
  ]

  /// - Parameters:
  ///   - spareHelpers: a folder of helper sources of some other HPy.
  ///   - compilers: how many run at a time.
  ///   - sandbox: where the compiler runs; nil for none.
  ///   - packages: where installed packages come from; nil where no case has one.
  ///   - trouble: told when products can't be kept for another reason than what the machine lacks at the time, before
  ///     any binary is handed out that failed for it.
  /// - Throws: `Problem` when the cache can't be written.
  public init(
    toolchain: Toolchain, cache: URL, spareHelpers: String?,
    compilers: Int = ProcessInfo.processInfo.activeProcessorCount, sandbox: Sandbox? = nil,
    packages: PackageEnvironments? = nil, trouble: @escaping @Sendable (Problem) async -> Void = { _ in }
  ) throws {
    try self.init(
      toolchain: toolchain, cache: cache, spareHelpers: spareHelpers, compilers: compilers, sandbox: sandbox,
      packages: packages, limit: StepRunner.limit, pauses: StepRunner.pauses, trouble: trouble)
  }

  /// - Parameters:
  ///   - limit: seconds for a compile or link.
  ///   - pauses: seconds before what the machine kept from its end is tried again.
  init(
    toolchain: Toolchain, cache: URL, spareHelpers: String?, compilers: Int = 1, sandbox: Sandbox? = nil,
    packages: PackageEnvironments? = nil, limit: Double,
    pauses: [Double], trouble: @escaping @Sendable (Problem) async -> Void = { _ in }
  ) throws {
    self.toolchain = toolchain
    self.cache = try ArtifactCache(below: cache)
    runner = StepRunner(
      toolchain: toolchain, cache: self.cache, cacheFolder: cache, keys: keys, sandbox: sandbox, limit: limit,
      pauses: pauses)
    slots = CompilerSlots(max(1, compilers))
    self.packages = packages
    cacheFolder = cache
    reportTrouble = trouble
    let supportKey = ContentKey(
      ofParts: Self.supportFiles.flatMap { [$0.name, String(decoding: $0.bytes, as: UTF8.self)] })
    let support = cache.appending(path: "support/\(supportKey.short)")
    do {
      try EmbeddedFiles.lay(Self.supportFiles, in: support)
    } catch {
      throw Problem.unusableCache(error, at: cache)
    }
    recipes = Recipes(
      toolchain: toolchain, support: support, supportKey: supportKey, spareHelpers: spareHelpers, keys: keys)
  }

  /// The binary of a case for a load, with the case's further modules, from the cache where nothing changed.
  ///
  /// What the machine kept from being built is told once: who asks again has it tried again.
  public func binary(of testCase: Case, for load: Load) async -> BuiltBinary {
    var whole = await binary(Wanted(testCase, load))
    for other in Self.companions(of: Wanted(testCase, load)) {
      whole = whole.with(await binary(other), as: other.testCase.module, through: other.load.lane)
    }
    return whole
  }

  /// The further modules that a case needs for a load.
  private static func companions(of one: Wanted) -> [Wanted] {
    one.testCase.modules(on: one.load.runtime).map {
      Wanted(one.testCase.companion($0), $0.load(beside: one.load))
    }
  }

  /// Keeps the binaries of loads, with those of further modules, that this run has built; what was not built is passed
  /// over.
  ///
  /// - Throws: `Problem` where the folder can't be written.
  public func keep(_ all: [Wanted], in kept: KeptBinaries) async throws {
    for one in all.flatMap({ [$0] + Self.companions(of: $0) }) {
      guard case .file(let path) = await binary(one).product else { continue }
      do {
        try kept.keep(path, of: one.testCase, for: one.load, surroundings: recipes.surroundings(of: one.load.binary))
      } catch {
        throw Problem(
          .environment, at: kept.folder.path, "binaries can't be kept: \(Problem.words(of: error))",
          remedy: "make the folder writable, or give --kept another one")
      }
    }
  }

  private func binary(_ one: Wanted) async -> BuiltBinary {
    let task = task(one)
    let binary = await task.value
    if case .machineFailed = binary.product, binaries[Place(one)] == task { binaries[Place(one)] = nil }
    return binary
  }

  /// The binary, when the cache has it for what the files say now; nothing is built.
  public nonisolated func cachedBinary(of testCase: Case, for load: Load) async -> BuiltBinary? {
    if load.binary.flavour.api == .package || load.binary.kept != nil { return nil }
    return (try? recipes.recipe(of: testCase, for: load)).flatMap { cached($0) }
  }

  /// Of all that goes into a binary beside the case: where it is the same, so are the binaries.
  ///
  /// - Throws: `Problem` for an hpy that lacks what extensions link.
  public nonisolated func surroundings(of binary: Binary) throws -> ContentKey {
    try recipes.surroundings(of: binary)
  }

  /// Starts to build what a run will need, in this order, and returns when it is started.
  public func buildAhead(_ whole: [Wanted]) async {
    let all = whole.flatMap { [$0] + Self.companions(of: $0) }
    var users: [HeaderOrder: Set<ContentKey>] = [:]
    for (one, found) in zip(all, await lookUp(all)) {
      switch found {
      case .cached(let binary): binaries[Place(one)] = binaries[Place(one)] ?? Task { binary }
      case .missing(let recipe):
        for order in recipe.compiles {
          if let header = order.header { users[header, default: []].insert(order.key) }
        }
      case .unknown: break
      }
    }
    for (header, users) in users where users.count >= PrecompiledHeader.worthwhileUsers && headers[header] == nil {
      let precompiled = PrecompiledHeader()
      headers[header] = precompiled
      await precompiled.start(header, toolchain: toolchain, cache: cache, slots: slots, keys: keys)
    }
    for one in all { _ = task(one) }
  }

  private enum Found: Sendable {
    case cached(BuiltBinary)
    case missing(Recipe)
    /// No recipe can be made; who asks for the binary is told why.
    case unknown
  }

  /// Asks the cache for many binaries on all cores.
  private nonisolated func lookUp(_ all: [Wanted]) async -> [Found] {
    await withTaskGroup(of: (Int, Found).self) { group in
      for (index, one) in all.enumerated() {
        group.addTask(executorPreference: .blocking) { [self] in
          guard one.load.binary.flavour.api != .package, one.load.binary.kept == nil,
            let recipe = try? recipes.recipe(of: one.testCase, for: one.load)
          else {
            return (index, .unknown)
          }
          return (index, cached(recipe).map { .cached($0) } ?? .missing(recipe))
        }
      }
      var found = all.map { _ in Found.unknown }
      for await (index, one) in group { found[index] = one }
      return found
    }
  }

  /// Ends what is still going on and tidies the cache up.
  ///
  /// - Parameter limit: how many bytes its products may take; the least recently used go first.
  public func close(limit: Int = ArtifactCache.usualLimit) async {
    isClosed = true
    for step in steps.values { step.cancel() }
    await packages?.end()
    for binary in binaries.values { _ = await binary.value }
    for header in headers.values { await header.close() }
    cache.close(limit: limit)
    await packages?.close()
  }

  private func task(_ one: Wanted) -> Task<BuiltBinary, Never> {
    let place = Place(one)
    if let known = binaries[place] { return known }
    let position = binaries.count
    let task = Task(executorPreference: .blocking) { [self] in await make(one, at: position) }
    binaries[place] = task
    return task
  }

  /// What a binary is made with.
  ///
  /// - Throws: `Problem` for a source that can't be read or an hpy that lacks what extensions link.
  nonisolated func recipe(_ one: Wanted) async throws -> Recipe {
    try recipes.recipe(of: one.testCase, for: one.load)
  }

  // MARK: Doing it

  private nonisolated func cached(_ recipe: Recipe) -> BuiltBinary? {
    cache.product(for: recipe.link, keys).map { Self.binary($0) }
  }

  private static func binary(_ linked: ArtifactCache.Product) -> BuiltBinary {
    BuiltBinary(
      product: .file(linked.path), key: linked.step.key, content: linked.content,
      steps: linked.inputs.map(\.step) + [linked.step])
  }

  /// The environment of an installed package, in place of a binary.
  private nonisolated func install(_ wanted: PackageEnvironments.Wanted, _ one: Wanted, at position: Int) async
    -> BuiltBinary
  {
    let requirement = wanted.requirement
    guard let packages else {
      return BuiltBinary(product: .failure("packages can't be installed here"), key: nil, steps: [])
    }
    await slots.take(at: position)
    let found = await packages.environment(for: wanted, on: one.load.runtime)
    await slots.giveBack()
    switch found {
    case .found(let environment):
      let step = BuildStep(
        key: environment.key, kind: .install, command: environment.command, succeeded: true, messages: "",
        seconds: environment.seconds, isReused: environment.isReused)
      return BuiltBinary(
        product: .file(environment.folder), key: environment.key, content: environment.content, steps: [step])
    case .refused(let why):
      return BuiltBinary(product: .unsupported("\(requirement) can't be installed: \(why)"), key: nil, steps: [])
    case .machineFailed(let lack):
      return BuiltBinary(
        product: .machineFailed("\(requirement) can't be installed: \(lack)"), key: nil, steps: [])
    }
  }

  private nonisolated func make(_ one: Wanted, at position: Int) async -> BuiltBinary {
    if one.load.binary.flavour.api == .package, let wanted = one.testCase.wanted(for: one.load) {
      return await install(wanted, one, at: position)
    }
    if let kept = one.load.binary.kept {
      return KeptBinaries.binary(of: one.testCase, for: one.load, in: kept, cache: cacheFolder)
    }
    var done: [BuildStep] = []
    do {
      var recipe = try recipes.recipe(of: one.testCase, for: one.load)
      if let present = cached(recipe) { return present }
      var objects: [ArtifactCache.Product] = []
      for order in recipe.compiles {
        let object = await finish(order, at: position)
        done.append(object.step)
        guard case .product(let product) = object.result else { return failure(object, steps: done) }
        objects.append(product)
      }
      recipe.link.arguments += objects.map(\.path) + recipe.archives + recipe.libraries
      let inputs = objects.map { ArtifactCache.Input(step: $0.step, readings: $0.readings) }
      let linked = await finish(recipe.link, inputs, at: position)
      guard case .product(let product) = linked.result else { return failure(linked, steps: done + [linked.step]) }
      return Self.binary(product)
    } catch {
      // A file that this program itself could not open, for want of descriptors for instance.
      let lack = MachineFault.lack(in: error).map { "a source of \(one.testCase.name) can't be read: \($0)" }
      return BuiltBinary(
        product: lack.map { .machineFailed($0) } ?? .failure(Problem.words(of: error)), key: nil, steps: done)
    }
  }

  private nonisolated func failure(_ failed: Finished, steps: [BuildStep]) -> BuiltBinary {
    let product: BuiltBinary.Product =
      switch failed.result {
      case .machineFailed(let lack): .machineFailed(lack)
      case .refused(let why): .failure(why)
      case .product: .failure("")
      }
    return BuiltBinary(product: product, key: nil, steps: steps)
  }

  private func finish(_ order: Order, _ inputs: [ArtifactCache.Input] = [], at position: Int) async -> Finished {
    if let running = steps[order.key] { return await running.value }
    if isClosed { return Finished(step: step(of: order), result: .refused(Self.ended)) }
    let header = order.header.flatMap { headers[$0] }
    let task = Task(executorPreference: .blocking) { [self] in await make(order, inputs, header, at: position) }
    steps[order.key] = task
    let finished = await task.value
    if finished.isForTheMachine, steps[order.key] == task { steps[order.key] = nil }
    return finished
  }

  private nonisolated func make(
    _ order: Order, _ inputs: [ArtifactCache.Input], _ header: PrecompiledHeader?, at position: Int
  ) async -> Finished {
    if order.kind == .compile, let present = cache.product(for: order, keys) {
      return Finished(step: present.step, result: .product(present))
    }
    await slots.take(at: position)
    let step = step(of: order)
    var finished = Finished(step: step, result: .refused(Self.ended))
    if !Task.isCancelled {
      let isPatient = await !isMachineFailing
      switch await runner.run(order, inputs, await header?.ready, step, isPatient: isPatient) {
      case .made(let product): finished = Finished(step: product.step, result: .product(product))
      case .refused(let step, let why): finished = Finished(step: step, result: .refused(why))
      // Whoever ends the run kills its compilers: that is no fault of the machine.
      case .machineFailed(let step, let why) where Task.isCancelled:
        finished = Finished(step: step, result: .refused(why))
      case .machineFailed(let step, let lack): finished = Finished(step: step, result: .machineFailed(lack))
      case .unusableCache(let step, let problem) where Task.isCancelled:
        finished = Finished(step: step, result: .refused(problem.description))
      case .unusableCache(let step, let problem):
        finished = Finished(step: step, result: .machineFailed(problem.description))
        await reportTrouble(problem)
      }
      await note(finished)
    }
    await slots.giveBack()
    return finished
  }

  private static let ended = "the run ended before the binary was built"

  private nonisolated func step(of order: Order) -> BuildStep {
    BuildStep(
      key: order.key, kind: order.kind, command: [toolchain.compiler] + order.arguments + ["-o", order.product],
      succeeded: false, messages: "", seconds: 0, isReused: false)
  }

  private func note(_ finished: Finished) { isMachineFailing = finished.isForTheMachine }
}
