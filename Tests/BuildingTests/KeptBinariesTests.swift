import Foundation
import Model
import Planning
import TestBuilders
import Testing

@testable import Building

/// With the real compiler and a header that stands in for Python's.
@Suite("Binaries that outlive their run")
struct KeptBinariesTests {
  private final class Workbench {
    let root = FileManager.default.temporaryDirectory.appending(path: "kept-\(UUID().uuidString)")
    var testCase: Case
    var folder: URL { root.appending(path: "kept") }

    init() throws {
      testCase = Case(suite: "s", name: "c", directory: root.appending(path: "s/c"))
      testCase.sources = ["capi": ["capi.c"]]
      testCase.limitedAPI = LimitedAPI(versions: [.abi3: LimitedAPIVersion("3.9")!])
      try write("include/Python.h", "#define HEADER 1\n")
      try write("s/c/capi.c", "#include <Python.h>\nint header = HEADER;\nint limited = Py_LIMITED_API;\n")
    }

    deinit { try? FileManager.default.removeItem(at: root) }

    func write(_ path: String, _ text: String) throws {
      let file = root.appending(path: path)
      try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: file)
    }

    func load() -> Load { Load(.abi3, on: .sample("cpython", includes: [root.appending(path: "include").path])) }

    func builder() async throws -> Builder {
      try Builder(toolchain: try await Toolchain(), cache: root.appending(path: "cache"), spareHelpers: nil)
    }

    func kept() throws -> KeptBinaries { try KeptBinaries(in: folder, machine: "x86_64") }

    func keep() async throws {
      try await (try await builder()).keep([.init(testCase, load())], in: try kept())
    }

    /// Paths below the folder.
    func files() -> [String] {
      (FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []).sorted()
    }

    /// What today's runtime gets of the only kept home.
    func taken() async throws -> BuiltBinary {
      let home = try #require(try kept().homes.first)
      var binary = Binary(.abi3, home: home.home)
      binary.kept = home.folder
      return await (try await builder()).binary(of: testCase, for: Load(binary, on: load().runtime))
    }
  }

  @Test("what is compiled is for the version that the case declares")
  func declared() async throws {
    let place = try Workbench()
    let binary = await (try await place.builder()).binary(of: place.testCase, for: place.load())
    #expect(binary.steps.contains { $0.command.contains("-DPy_LIMITED_API=0x03090000") })
    guard case .file(let path) = binary.product else {
      Issue.record("\(binary)")
      return
    }
    #expect((path as NSString).lastPathComponent == "ext.abi3.so")
    place.testCase.limitedAPI = LimitedAPI(versions: [.abi3: LimitedAPIVersion("3.10")!])
    #expect(await (try await place.builder()).binary(of: place.testCase, for: place.load()).key != binary.key)
  }

  @Test("a kept binary is loaded when the headers that made it are gone")
  func taken() async throws {
    let place = try Workbench()
    #expect(try place.kept().homes.isEmpty)
    try await place.keep()
    let home = try #require(try place.kept().homes.first)
    #expect(home.home.name == "kept-cpython-3.11.2")
    #expect(home.flavour == .abi3)
    try FileManager.default.removeItem(at: place.root.appending(path: "include"))
    try FileManager.default.removeItem(at: place.root.appending(path: "cache"))
    let binary = try await place.taken()
    guard case .file(let path) = binary.product else {
      Issue.record("\(binary)")
      return
    }
    #expect(FileManager.default.contents(atPath: path).map { ContentKey(of: $0) } == binary.content)
    #expect(binary.steps.isEmpty)
    // Another run with the same headers keeps the same place.
    let files = place.files()
    try place.write("include/Python.h", "#define HEADER 1\n")
    try await place.keep()
    #expect(place.files() == files)
    try place.write("include/Python.h", "#define HEADER 2\n")
    try await place.keep()
    #expect(try place.kept().homes.count == 2)
    #expect(Set(try place.kept().homes.map(\.home.name)).count == 2)
  }

  @Test("a kept binary of other C, or of another declared version, says nothing of today's case")
  func changed() async throws {
    let place = try Workbench()
    try await place.keep()
    try place.write("s/c/scenarios.py", "# scenarios may change")
    if case .file = try await place.taken().product {} else { Issue.record("scenarios are no part of a binary") }
    place.testCase.limitedAPI = LimitedAPI(versions: [.abi3: LimitedAPIVersion("3.10")!])
    guard case .unsupported(let why) = try await place.taken().product else {
      Issue.record("expected another version")
      return
    }
    #expect(why.contains("declared another version"))
    place.testCase.limitedAPI = LimitedAPI(versions: [.abi3: LimitedAPIVersion("3.9")!])
    try place.write("s/c/capi.c", "int other;\n")
    #expect(try await place.taken().product == .unsupported("the C of this case has changed since its binary was kept"))
  }

  @Test(
    "what is damaged is told with its place, and is not loaded",
    arguments: [("ext.abi3.so", "is damaged"), ("ext.abi3.so.json", "is damaged"), ("home.json", "is damaged")])
  func damaged(name: String, message: String) async throws {
    let place = try Workbench()
    try await place.keep()
    let file = try #require(place.files().first { $0.hasSuffix("/\(name)") })
    let path = place.folder.appending(path: file)
    var bytes = try Data(contentsOf: path)
    bytes[bytes.count / 2] ^= 1
    try bytes.write(to: path)
    let problem = #expect(throws: Problem.self) { try place.kept() }
    #expect(problem?.place == path.path)
    #expect(problem?.found.contains(message) == true, "\(problem?.found ?? "")")
    #expect(problem?.remedy.isEmpty == false)
  }

  @Test("a record without its binary, binaries of another machine and a file in the folder's place are told")
  func impossible() async throws {
    let place = try Workbench()
    try await place.keep()
    #expect(throws: Problem.self) { try KeptBinaries(in: place.folder, machine: "aarch64") }
    let binary = try #require(place.files().first { $0.hasSuffix("ext.abi3.so") })
    try FileManager.default.removeItem(at: place.folder.appending(path: binary))
    let problem = #expect(throws: Problem.self) { try place.kept() }
    #expect(problem?.found == "is missing, though its record is there")
    #expect(throws: Problem.self) { try KeptBinaries(in: place.root.appending(path: "s/c/capi.c"), machine: "x86_64") }
  }
}
