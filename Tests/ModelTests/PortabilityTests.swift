import Testing

@testable import Model

@Suite("Binaries that travel")
struct PortabilityTests {
  private static func runtime(_ extSuffix: String, abi: Int = 0) -> Runtime {
    let hpy = Runtime.Installation(
      version: "0.9.0", include: "", libraries: nil, sources: nil, layout: ContentKey(of: ""),
      headers: ContentKey(of: ""), content: ContentKey(of: ""), abiVersion: abi)
    return Runtime(
      name: "one", interpreter: "", implementation: "cpython", version: "3", python: "3", build: "",
      extSuffix: extSuffix, includes: [], machine: "", hpy: .present(hpy))
  }

  @Test(
    "the tag of a Python is what hpy.devel.abitag makes of the suffix",
    arguments: [
      (".cpython-311-x86_64-linux-gnu.so", "cp311"), (".cpython-310d-x86_64-linux-gnu.so", "cp310d"),
      (".cpython-310-darwin.so", "cp310"), (".cp310-win_amd64.pyd", "cp310"),
      (".pypy311-pp73-x86_64-linux-gnu.so", "pypy311-pp73"),
      (".graalpy-38-native-x86_64-darwin.dylib", "graalpy-38-native"),
    ])
  func tags(suffix: String, tag: String) {
    #expect(Self.runtime(suffix).abiTag == tag)
  }

  @Test(
    "each kind of binary has the file name that its loader looks at",
    arguments: [
      (BinaryKind.universal, "ext.hpy0.so"), (.otherTag, "ext.hpy1.so"), (.noTag, "ext.so"),
      (.nextMajor, "ext.hpy1.so"), (.nextMinor, "ext.hpy0.so"), (.hybrid, "ext.hpy0-cp311.so"),
    ])
  func fileNames(kind: BinaryKind, name: String) {
    let runtime = Self.runtime(".cpython-311-x86_64-linux-gnu.so")
    #expect(kind.lane.fileName(module: "ext", on: runtime) == name)
  }

  @Test("the universal kind is built as the lane of that name, so that both share their binaries")
  func universal() throws {
    let lane = try #require(Lane.named("universal"))
    #expect(BinaryKind.universal.lane.defines == lane.defines)
    #expect(BinaryKind.universal.lane.loader == lane.loader)
    #expect(Set(BinaryKind.allCases.map(\.lane.name)).count == BinaryKind.allCases.count)
  }

  @Test("a promise is kept, broken, or there is none")
  func promises() {
    func kept(_ promise: PortabilityPromise, _ behaviour: PortabilityBehaviour, own: PortabilityBehaviour? = .behaves)
      -> Bool?
    { promise.isKept(by: behaviour, own: own) }
    #expect(kept(.universal, .behaves) == true)
    #expect(kept(.universal, .misbehaves) == false)
    #expect(kept(.universal, .refused) == false)
    #expect(kept(.universal, .refused, own: .refused) == true)
    #expect(kept(.ownPython, .refused) == false)
    for promise in [PortabilityPromise.otherMajor, .newerMinor, .otherTag, .noTag] {
      #expect(kept(promise, .refused) == true)
      #expect(kept(promise, .behaves) == false)
      #expect(kept(promise, .misbehaves) == false)
    }
    #expect(kept(.lacksFunctions, .refused) == true)
    #expect(kept(.lacksFunctions, .behaves) == true)
    #expect(kept(.lacksFunctions, .misbehaves) == false)
    #expect(kept(.otherPython, .misbehaves) == nil)
    for promise in PortabilityPromise.allCases {
      #expect(kept(promise, .notBuilt) == nil)
      #expect(kept(promise, .notTried) == nil)
      #expect(!promise.source.isEmpty)
    }
  }
}
