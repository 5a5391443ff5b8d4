import Foundation
import Testing

@testable import Model

@Suite("Domain values")
struct ValueTests {
  @Test("an outcome's text reads back as itself", arguments: Outcome.Kind.allCases)
  func outcomes(kind: Outcome.Kind) {
    for detail in [nil, "SIGSEGV", "some.Error", "result file"] {
      let outcome = Outcome(kind, detail)
      #expect(Outcome(outcome.description) == outcome)
    }
    #expect(Outcome("fine") == nil)
  }

  @Test("a cell's text reads back as itself; other texts are refused")
  func cells() {
    let cell = CellID(
      scenario: ScenarioID(suite: "deallocation", testCase: "destroy-order", name: "once"), lane: "universal+debug",
      runtime: "pypy-7.3.19")
    #expect(cell.description == "deallocation/destroy-order/once@universal+debug@pypy-7.3.19")
    #expect(CellID(cell.description) == cell)
    #expect(CellID("deallocation/destroy-order/once@universal") == nil)
    #expect(CellID("destroy-order/once@universal@x") == nil)
  }

  @Test("lists of parts that would run together have keys of their own")
  func keys() {
    #expect(ContentKey(ofParts: ["ab", "c"]) != ContentKey(ofParts: ["a", "bc"]))
    #expect(ContentKey(ofParts: ["a", ""]) != ContentKey(ofParts: ["a"]))
    #expect(ContentKey(of: "abc").hex == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
  }

  @Test("a tree's key knows names and contents, not places")
  func trees() throws {
    func tree(_ files: [String: String]) throws -> ContentKey {
      let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
      defer { try? FileManager.default.removeItem(at: folder) }
      try FileManager.default.createDirectory(at: folder.appending(path: "sub"), withIntermediateDirectories: true)
      for (name, text) in files { try Data(text.utf8).write(to: folder.appending(path: name)) }
      return try ContentKey(ofTree: folder.path)
    }
    let one = try tree(["a.h": "1", "sub/b.h": "2"])
    #expect(try tree(["a.h": "1", "sub/b.h": "2"]) == one)
    #expect(try tree(["a.h": "1", "sub/b.h": "3"]) != one)
    #expect(try tree(["a.h": "1", "sub/c.h": "2"]) != one)
  }

  @Test("a runtime's key knows what it is, not where it lies or what it is called")
  func runtimeKeys() {
    let runtime = Runtime.sample()
    var moved = runtime
    moved.name = "other"
    moved.interpreter = "/elsewhere/python"
    #expect(moved.key == runtime.key)
    var newer = runtime
    newer.version = "3.11.3"
    #expect(newer.key != runtime.key)
  }

  @Test("a lane that HPy limits to one implementation says so; one without hpy is unsupported")
  func obstacles() throws {
    let cpython = try #require(Lane.named("cpython"))
    let universal = try #require(Lane.named("universal"))
    #expect(cpython.obstacle(on: .sample()) == nil)
    #expect(cpython.obstacle(on: .sample(implementation: "pypy"))?.kind == .notApplicable)
    #expect(universal.obstacle(on: .sample(hpy: .absent))?.kind == .unsupported)
    #expect(Lane.named("capi-heap")?.obstacle(on: .sample(hpy: .absent)) == nil)
    let installation = try #require(Runtime.sample().installation)
    #expect(universal.obstacle(on: .sample(hpy: .broken(installation, "no backend"))) == nil)
  }

  @Test("repeats count where nothing is kept by promise: no static types, no debug mode")
  func repeats() {
    #expect(Lane.all.filter(\.countsRepeats).map(\.name) == ["capi-heap", "cpython", "universal"])
  }

  @Test("every lane stands behind its references, names itself once, and is found by its name")
  func lanes() {
    for (index, lane) in Lane.all.enumerated() {
      #expect(Lane.named(lane.name) == lane)
      for reference in lane.references {
        #expect(Lane.all[..<index].contains { $0.name == reference }, "\(lane.name) → \(reference)")
      }
    }
    #expect(Set(Lane.all.map(\.name)).count == Lane.all.count)
  }

  @Test("binaries are named as their loaders want them")
  func fileNames() throws {
    let runtime = Runtime.sample()
    #expect(Lane.named("universal")?.fileName(module: "ext", on: runtime) == "ext.hpy0.so")
    #expect(Lane.named("cpython")?.fileName(module: "ext", on: runtime) == "ext.cpython-311.so")
  }
}

extension Runtime {
  static func sample(implementation: String = "cpython", hpy: HPy? = nil) -> Runtime {
    let installation = Installation(
      version: "0.9.0", include: "/hpy/include", libraries: nil, sources: nil, layout: ContentKey(of: "layout"),
      headers: ContentKey(of: "headers"), content: ContentKey(of: "content"), abiVersion: 0)
    return Runtime(
      name: "sample", interpreter: "/usr/bin/python", implementation: implementation, version: "3.11.2",
      python: "3.11.2", build: "3.11.2 (main)", extSuffix: ".cpython-311.so", includes: [], machine: "x86_64",
      hpy: hpy ?? .present(installation))
  }
}
