import Foundation
import Model
import Planning
import Platform
import TestBuilders
import Testing

@testable import Building

/// With the real compiler, on small sources.
@Suite("Building")
struct BuilderTests {
  /// A folder with an HPy that is headers and a static library, and a case that calls into it.
  private final class Workbench {
    let root = FileManager.default.temporaryDirectory.appending(path: "building-\(UUID().uuidString)")
    var testCase: Case

    init() async throws {
      testCase = Case(suite: "s", name: "c", directory: root.appending(path: "case"))
      testCase.sources = ["hpy": ["hpy.c"]]
      try write("case/hpy.c", "#include \"hpy.h\"\nint answer(void) { return helper(); }\n")
      try write("hpy/include/hpy.h", "int helper(void);\n")
      try await library("int helper(void) { return 1; }\n")
    }

    deinit { try? FileManager.default.removeItem(at: root) }

    func write(_ path: String, _ text: String) throws {
      let file = root.appending(path: path)
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: file)
    }

    func library(_ source: String) async throws {
      try write("helper.c", source)
      try FileManager.default.createDirectory(
        at: root.appending(path: "hpy/lib/universal"), withIntermediateDirectories: true)
      let object = root.appending(path: "helper.o").path
      let archive = root.appending(path: "hpy/lib/universal/libhelper.a").path
      _ = try await Tool.run("gcc", ["-fPIC", "-c", root.appending(path: "helper.c").path, "-o", object])
      _ = try await Tool.run("ar", ["rcs", archive, object])
    }

    func runtime() throws -> Runtime {
      let include = root.appending(path: "hpy/include").path
      return .sample(
        "r",
        hpy: .present(
          .sample(
            "1", include: include, libraries: root.appending(path: "hpy/lib").path,
            headers: try ContentKey(ofTree: include))))
    }

    func load() throws -> Load { Load(.universal, on: try runtime()) }

    /// The names of the steps that were done and of those that were taken over.
    func build() async throws -> (binary: BuiltBinary, done: [String], reused: [String]) {
      let builder = try Builder(
        toolchain: try await Toolchain(), cache: root.appending(path: "cache"), spareHelpers: nil)
      let binary = await builder.binary(of: testCase, for: try load())
      return (
        binary, binary.steps.filter { !$0.isReused }.map(\.kind.rawValue),
        binary.steps.filter(\.isReused).map(\.kind.rawValue)
      )
    }
  }

  @Test("nothing changed: nothing is done again")
  func reuse() async throws {
    let place = try await Workbench()
    let first = try await place.build()
    guard case .file(let path) = first.binary.product else {
      Issue.record("\(first.binary)")
      return
    }
    #expect(FileManager.default.fileExists(atPath: path))
    #expect(path.hasSuffix("/ext.hpy0.so"))
    #expect(first.done == ["compile", "link"])
    let second = try await place.build()
    #expect(second.done == [])
    #expect(second.reused == ["compile", "link"])
    #expect(second.binary.key == first.binary.key)
  }

  @Test("a binary does not say from which folder the program was started")
  func placeless() async throws {
    let place = try await Workbench()
    let built = try await place.build().binary
    guard case .file(let path) = built.product else {
      Issue.record("\(built)")
      return
    }
    let content = try Data(contentsOf: URL(filePath: path))
    #expect(content.range(of: Data(FileManager.default.currentDirectoryPath.utf8)) == nil)
  }

  @Test("a binary of the cache is told without building, and only while nothing changed")
  func cached() async throws {
    let place = try await Workbench()
    func cached() async throws -> BuiltBinary? {
      let builder = try Builder(
        toolchain: try await Toolchain(), cache: place.root.appending(path: "cache"), spareHelpers: nil)
      return await builder.cachedBinary(of: place.testCase, for: try place.load())
    }
    #expect(try await cached() == nil)
    let built = try await place.build().binary
    let found = try #require(try await cached())
    #expect(found.product == built.product)
    #expect(found.key == built.key)
    #expect(found.steps.map(\.key) == built.steps.map(\.key))
    guard case .file(let path) = built.product else { return }
    #expect(built.content == ContentKey(of: try Data(contentsOf: URL(filePath: path))))
    #expect(found.content == built.content)
    try place.write("case/hpy.c", "#include \"hpy.h\"\nint answer(void) { return helper() + 1; }\n")
    #expect(try await cached() == nil)
  }

  @Test("a changed runtime library relinks and compiles nothing; the same objects in a new archive do nothing")
  func relink() async throws {
    let place = try await Workbench()
    let first = try await place.build()
    try await place.library("int helper(void) { return 1; }\n")
    #expect(try await place.build().done == [])
    try await place.library("int helper(void) { return 2; }\n")
    let changed = try await place.build()
    #expect(changed.done == ["link"])
    #expect(changed.binary.key != first.binary.key)
  }

  @Test("a changed header or source compiles again")
  func recompile() async throws {
    let place = try await Workbench()
    _ = try await place.build()
    try place.write("hpy/include/hpy.h", "int helper(void); /* changed */\n")
    #expect(try await place.build().done.first == "compile")
    try place.write("case/hpy.c", "#include \"hpy.h\"\nint answer(void) { return helper() + 1; }\n")
    #expect(try await place.build().done == ["compile", "link"])
    try place.write("case/local.h", "")
    #expect(try await place.build().done.first == "compile")
    try place.write("case/included.c", "")
    #expect(try await place.build().done.first == "compile")
  }

  @Test("a header that a source reaches by a path of its own, or any other file that it includes, counts too")
  func outside() async throws {
    let place = try await Workbench()
    try place.write("shared.h", "#define SHARED 1\n")
    try place.write("case/table.inc", "#define ROWS 1\n")
    try place.write(
      "case/hpy.c",
      "#include \"hpy.h\"\n#include \"../shared.h\"\n#include \"table.inc\"\n"
        + "int answer(void) { return helper() + SHARED + ROWS; }\n")
    let first = try await place.build()
    #expect(try await place.build().done == [])
    try place.write("shared.h", "#define SHARED 2\n")
    let second = try await place.build()
    #expect(second.done == ["compile", "link"])
    #expect(second.binary.key != first.binary.key)
    #expect(second.binary.content != first.binary.content)
    try place.write("case/table.inc", "#define ROWS 2\n")
    #expect(try await place.build().done == ["compile", "link"])
    #expect(try await place.build().done == [])
  }

  @Test("a header of which the compiler says something, or that the case could replace, is not precompiled")
  func noPrecompiledHeader() async throws {
    let place = try await Workbench()
    let toolchain = try await Toolchain()
    let builder = try Builder(
      toolchain: toolchain, cache: place.root.appending(path: "cache"), spareHelpers: nil)
    func header() async throws -> HeaderOrder? {
      let one = Builder.Wanted(place.testCase, try place.load())
      return try await builder.recipe(one).compiles[0].header
    }
    func ready() async throws -> PrecompiledHeader.Ready? {
      let header = try #require(try await header())
      let precompiled = PrecompiledHeader()
      await precompiled.start(
        header, toolchain: toolchain, cache: builder.cache, slots: CompilerSlots(1), keys: builder.keys)
      return await precompiled.finish()
    }
    #expect(try await ready() != nil)
    try place.write("hpy/include/hpy.h", "int helper(void);\n#warning \"changed\"\n")
    #expect(try await ready() == nil)
    try place.write("case/own.h", "")
    #expect(try await header() == nil)
  }

  @Test("a builder that is closed starts no compiler any more, and leaves nothing half made")
  func closed() async throws {
    let place = try await Workbench()
    let builder = try Builder(
      toolchain: try await Toolchain(), cache: place.root.appending(path: "cache"), spareHelpers: nil,
      trouble: { Issue.record("\($0)") })
    await builder.close()
    let binary = await builder.binary(of: place.testCase, for: try place.load())
    guard case .failure = binary.product else {
      Issue.record("built \(binary)")
      return
    }
    let left = try FileManager.default.contentsOfDirectory(atPath: place.root.appending(path: "cache/artifacts").path)
    #expect(left == ["gate"])
  }

  @Test("a damaged product is made again")
  func damage() async throws {
    let place = try await Workbench()
    guard case .file(let path) = try await place.build().binary.product else {
      Issue.record("not built")
      return
    }
    try Data("damaged".utf8).write(to: URL(filePath: path))
    #expect(try await place.build().done == ["link"])
    #expect(try Data(contentsOf: URL(filePath: path)).count > 1000)
  }

  @Test("C that doesn't compile is a failure with the compiler's first error, never cached")
  func failure() async throws {
    let place = try await Workbench()
    try place.write("case/hpy.c", "int answer(void) { return missing; }\n")
    for _ in 1...2 {
      let built = try await place.build()
      guard case .failure(let why) = built.binary.product else {
        Issue.record("built \(built.binary)")
        return
      }
      #expect(why.contains("hpy.c:1"))
      #expect(why.contains("'missing' undeclared") || why.contains("‘missing’ undeclared"))
      #expect(built.done == ["compile"])
      #expect(built.binary.steps.first?.succeeded == false)
    }
  }

  @Test("an hpy without libraries and sources is a failure that says the way out")
  func noHelpers() async throws {
    let place = try await Workbench()
    var runtime = try place.runtime()
    guard var installation = runtime.installation else { return }
    installation.libraries = nil
    runtime.hpy = .present(installation)
    let builder = try Builder(
      toolchain: try await Toolchain(), cache: place.root.appending(path: "cache"), spareHelpers: nil)
    let binary = await builder.binary(of: place.testCase, for: Load(.universal, on: runtime))
    guard case .failure(let why) = binary.product else {
      Issue.record("built \(binary)")
      return
    }
    #expect(why.contains("neither static libraries nor helper sources"))
  }

  @Test("a missing compiler is told with the way out")
  func noCompiler() async throws {
    let problem = await #expect(throws: Problem.self) {
      try await Toolchain(environment: ["CC": "/nowhere/cc"])
    }
    #expect(problem?.kind == .environment)
    #expect(problem?.remedy.contains("CC") == true)
  }
}
