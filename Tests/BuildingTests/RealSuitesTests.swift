import Foundation
import Model
import Planning
import Platform
import Runtimes
import Testing
import Worker

@testable import Building

/// The project's own suites, on the project's CPython with HPy.
@Suite("Building the real suites")
struct RealSuitesTests {
  private static let checkout = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  private static func runtime(_ place: Folder) async throws -> Runtime {
    let interpreter = checkout.appending(path: ".runtimes/cpython-3.11/bin/python").path
    let files = try WorkerFiles(below: place.url)
    return try await Interpreter(interpreter, name: "cpython-3.11", files: files).describe()
  }

  private static func cases(_ suite: String) throws -> [Case] {
    let folder = checkout.appending(path: "Suites/\(suite)")
    return try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
      .map { folder.appending(path: $0) }
      .filter { FileManager.default.fileExists(atPath: $0.appending(path: Case.scenarioFileName).path) }
      .map { Case.read(suite: suite, directory: $0) }
  }

  /// A case with C for every lane.
  private static func caseForEveryLane() throws -> Case {
    try #require(try cases("object-members").first { $0.name == "getset" })
  }

  @Test("every file that a compile reads is known by content, with a precompiled header too")
  func everythingReadIsKnown() async throws {
    let place = try Folder()
    let runtime = try await Self.runtime(place)
    let toolchain = try await Toolchain()
    let builder = try Builder(toolchain: toolchain, cache: place.url, spareHelpers: nil)
    let cases = try Self.cases("deallocation") + Self.cases("multiple-inheritance")
    let wanted = cases.flatMap { one in
      // Whatever name a scenario has: an exclusion without names covers it.
      [Lane.capiHeap, .cpython].filter {
        one.has(Load($0, on: runtime))
          && one.exclusion(of: ScenarioID(suite: one.suite, testCase: one.name, name: ""), from: $0, on: runtime) == nil
      }.map { Builder.Wanted(one, Load($0, on: runtime)) }
    }
    await builder.buildAhead(wanted)
    var precompiled = 0
    for one in wanted {
      let binary = await builder.binary(of: one.testCase, for: one.load)
      guard case .file = binary.product else {
        Issue.record("\(one.testCase.name)@\(one.load.id): \(binary.product)")
        continue
      }
      for order in try await builder.recipe(one).compiles {
        let product = try #require(builder.cache.product(for: order, builder.keys))
        let file = place.path("artifacts/read-\(product.readings.hex)")
        let readings = Readings(text: try String(contentsOfFile: file, encoding: .utf8))
        // The compiler's own word on what it reads, without any precompiled header.
        let options = Array(order.arguments.dropLast(2))
        let result = try await Tool.run(toolchain.compiler, options + ["-M", order.arguments.last!])
        let said = Readings(
          rule: result.output, directory: order.directory, covered: order.covered,
          coveredFiles: order.coveredFiles, builder.keys)
        #expect(said.files.count > 20)
        #expect(said.files.filter { readings.files[$0.key] != $0.value } == [:], "\(order.arguments)")
      }
    }
    for header in await builder.headers.values {
      if await header.finish() != nil { precompiled += 1 }
    }
    #expect(precompiled == 2)
    await builder.close()
  }

  /// But for `abi3t`, whose sources are for CPython 3.15 and later.
  @Test(
    "a precompiled header is taken, and the object is the same to the byte",
    arguments: Lane.compiled.filter { $0.flavour != .abi3t })
  func sameObject(lane: Lane) async throws {
    let place = try Folder()
    let runtime = try await Self.runtime(place)
    let toolchain = try await Toolchain()
    let builder = try Builder(toolchain: toolchain, cache: place.url, spareHelpers: nil)
    let one = Builder.Wanted(try Self.caseForEveryLane(), Load(lane, on: runtime))
    let order = try #require(try await builder.recipe(one).compiles.first)
    let header = PrecompiledHeader()
    await header.start(
      try #require(order.header), toolchain: toolchain, cache: builder.cache, slots: CompilerSlots(1),
      keys: builder.keys)
    let ready = try #require(await header.finish())
    var objects: [Data] = []
    for (index, header) in [nil, ready].enumerated() {
      let object = place.url.appending(path: "\(index).o")
      let arguments = StepRunner.arguments(order, header, rule: place.path("rule"))
      let result = try await Tool.run(toolchain.compiler, arguments + ["-H", "-o", object.path])
      #expect(result.succeeded)
      // -H marks a precompiled header that is used with `!`.
      #expect(result.errors.contains("! \(ready.folder)/") == (header != nil))
      objects.append(try Data(contentsOf: object))
    }
    #expect(objects[0] == objects[1])
    await builder.close()
  }

  @Test("a source is compiled once for each set of options: universal and its debug mode share, C-API lanes don't")
  func once() async throws {
    let place = try Folder()
    let runtime = try await Self.runtime(place)
    var other = runtime
    other.name = "another of the same hpy"
    let builder = try Builder(toolchain: try await Toolchain(), cache: place.url, spareHelpers: nil)
    let testCase = try Self.caseForEveryLane()
    var compiled: [String: ContentKey] = [:]
    for (name, lane, runtime) in [
      ("heap", .capiHeap, runtime), ("static", .capiStatic, runtime), ("universal", .universal, runtime),
      ("debug", .universalDebug, runtime), ("other", .universal, other), ("cpython", .cpython, runtime),
    ] as [(String, Lane, Runtime)] {
      let binary = await builder.binary(of: testCase, for: Load(lane, on: runtime))
      compiled[name] = try #require(binary.steps.first?.key)
    }
    #expect(compiled["debug"] == compiled["universal"])
    #expect(compiled["other"] == compiled["universal"])
    #expect(Set(compiled.values).count == 4)
    let objects = try FileManager.default.subpathsOfDirectory(atPath: place.path("artifacts"))
      .filter { $0.hasSuffix(".o") }
    #expect(objects.count == 4)
    await builder.close()
  }
}
