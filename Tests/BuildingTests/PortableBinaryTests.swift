import Foundation
import Model
import Planning
import Platform
import TestBuilders
import Testing

@testable import Building

/// With the real compiler, on a header that has what HPy_MODINIT reads.
@Suite("Building binaries that travel")
struct PortableBinaryTests {
  private final class Workbench {
    let root = FileManager.default.temporaryDirectory.appending(path: "portable-\(UUID().uuidString)")
    var testCase: Case

    init() throws {
      testCase = Case(suite: "s", name: "c", directory: root.appending(path: "case"))
      testCase.sources = ["hpy": ["hpy.c"]]
      try write(
        "case/hpy.c",
        """
        #include "hpy.h"
        #ifdef HPY_ABI_HYBRID
        int hybrid = 1;
        #endif
        int major(void) { return HPY_ABI_VERSION; }
        int minor(void) { return HPY_ABI_VERSION_MINOR; }
        """)
      try write(
        "include/hpy.h",
        """
        #ifndef HPy_H
        #define HPy_H
        #define HPY_ABI_VERSION 0
        #define HPY_ABI_VERSION_MINOR 0
        #endif
        """)
      try write("src/helpers.c", "#include \"hpy.h\"\nint helper_major(void) { return HPY_ABI_VERSION; }\n")
    }

    deinit { try? FileManager.default.removeItem(at: root) }

    func write(_ path: String, _ text: String) throws {
      let file = root.appending(path: path)
      try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: file)
    }

    func runtime(_ name: String = "r") throws -> Runtime {
      let include = root.appending(path: "include").path
      return .sample(
        name,
        hpy: .present(
          .sample(
            "1", include: include, sources: root.appending(path: "src").path,
            headers: try ContentKey(ofTree: include))))
    }

    func builder() async throws -> Builder {
      try Builder(toolchain: try await Toolchain(), cache: root.appending(path: "cache"), spareHelpers: nil)
    }
  }

  /// Calls a function of a binary, in this process.
  private static func call(_ name: String, in path: String) throws -> Int32? {
    let library = try #require(dlopen(path, RTLD_NOW | RTLD_LOCAL), "\(path)")
    defer { dlclose(library) }
    return dlsym(library, name).map { unsafeBitCast($0, to: (@convention(c) () -> Int32).self)() }
  }

  @Test(
    "a binary requires the version of its flavour; HPy's helpers are left as they are",
    arguments: [
      (.universal, 0, 0), (.otherTag, 0, 0), (.noTag, 0, 0), (.nextMajor, 1, 0), (.nextMinor, 0, 1), (.hybrid, 0, 0),
    ] as [(Flavour, Int32, Int32)])
  func requiredVersions(flavour: Flavour, major: Int32, minor: Int32) async throws {
    let place = try Workbench()
    let home = try place.runtime()
    let elsewhere = Runtime.sample("pypy", hpy: .sample("2", abi: HPyABIVersion(3, 4)))
    let load = Load(Binary(flavour, home: home), on: elsewhere)
    let binary = await (try await place.builder()).binary(of: place.testCase, for: load)
    guard case .file(let path) = binary.product else {
      Issue.record("\(binary)")
      return
    }
    #expect((path as NSString).lastPathComponent == flavour.fileName(module: "ext", home: home))
    #expect(try Self.call("major", in: path) == major)
    #expect(try Self.call("minor", in: path) == minor)
    #expect(try Self.call("helper_major", in: path) == 0)
  }

  private static let flavours: [Flavour] = [.universal, .otherTag, .noTag, .nextMajor, .nextMinor, .hybrid]

  @Test("one builder makes all flavours, each a binary of its own; helpers are compiled once per ABI")
  func together() async throws {
    let place = try Workbench()
    let home = try place.runtime()
    let builder = try await place.builder()
    var paths: Set<String> = []
    var helpers: Set<ContentKey> = []
    for flavour in Self.flavours {
      let binary = await builder.binary(of: place.testCase, for: Load(Lane(flavour), on: home))
      if case .file(let path) = binary.product { paths.insert(path) }
      helpers.formUnion(binary.steps.filter { $0.command.contains { $0.hasSuffix("helpers.c") } }.map(\.key))
    }
    #expect(paths.count == Self.flavours.count)
    #expect(helpers.count == 2)
  }

  @Test("a binary is the same wherever it is loaded and in whichever mode: its home alone decides")
  func loads() async throws {
    let place = try Workbench()
    let home = try place.runtime()
    let builder = try await place.builder()
    func path(_ load: Load) async -> String? {
      if case .file(let path) = await builder.binary(of: place.testCase, for: load).product { path } else { nil }
    }
    let first = try #require(await path(Load(.universal, on: home)))
    #expect(await path(Load(.universalDebug, on: home)) == first)
    let away = Runtime.sample("away", hpy: .absent)
    #expect(await path(Load(Binary(.universal, home: home), on: away)) == first)
    #expect(await path(Load(Binary(.universal, home: home), on: away, mode: .trace)) == first)
    // One that is built for a runtime without hpy is none.
    #expect(await path(Load(.universal, on: away)) == nil)
  }

  @Test("what surrounds a case is known by content: other headers, other helpers, and nothing else")
  func surroundings() async throws {
    let place = try Workbench()
    func key(_ name: String = "r") async throws -> ContentKey {
      try await place.builder().surroundings(of: Binary(.universal, home: try place.runtime(name)))
    }
    let first = try await key()
    #expect(try await key("other-name") == first)
    try place.write("case/hpy.c", "#include \"hpy.h\"\nint other(void) { return 1; }\n")
    #expect(try await key() == first)
    try place.write("src/helpers.c", "int helper_major(void) { return 5; }\n")
    let changed = try await key()
    #expect(changed != first)
    try place.write("include/more.h", "")
    #expect(try await key() != changed)
  }
}
