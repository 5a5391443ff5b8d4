import Model
import TestBuilders
import Testing

@Suite("Binaries that travel")
struct PortabilityTests {
  @Test(
    "the tag of a Python is what hpy.devel.abitag makes of the suffix",
    arguments: [
      (".cpython-311-x86_64-linux-gnu.so", "cp311"), (".cpython-310d-x86_64-linux-gnu.so", "cp310d"),
      (".cpython-310-darwin.so", "cp310"), (".cp310-win_amd64.pyd", "cp310"),
      (".pypy311-pp73-x86_64-linux-gnu.so", "pypy311-pp73"),
      (".graalpy-38-native-x86_64-darwin.dylib", "graalpy-38-native"),
    ])
  func tags(suffix: String, tag: String) {
    #expect(Runtime.sample(extSuffix: suffix).abiTag == tag)
  }

  @Test(
    "each flavour has the file name that its loader looks at",
    arguments: [
      (.capiStatic, "ext.cpython-311-x86_64-linux-gnu.so"), (.capiHeap, "ext.cpython-311-x86_64-linux-gnu.so"),
      (.cpython, "ext.cpython-311-x86_64-linux-gnu.so"), (.universal, "ext.hpy0.so"), (.otherTag, "ext.hpy1.so"),
      (.noTag, "ext.so"), (.nextMajor, "ext.hpy1.so"), (.nextMinor, "ext.hpy0.so"), (.hybrid, "ext.hpy0-cp311.so"),
      (.abi3, "ext.abi3.so"), (.abi3t, "ext.abi3t.so"),
    ] as [(Flavour, String)])
  func fileNames(flavour: Flavour, name: String) {
    #expect(flavour.fileName(module: "ext", home: .sample()) == name)
  }

  @Test("a universal binary is named by its home's ABI, and a hybrid one by its home's Python, too")
  func fileNamesOfHomes() {
    let next = Runtime.sample("pypy", hpy: .sample("1.0", abi: HPyABIVersion(1, 2)))
    #expect(Flavour.universal.fileName(module: "m", home: next) == "m.hpy1.so")
    #expect(Flavour.hybrid.fileName(module: "m", home: next) == "m.hpy1-pypy311-pp73.so")
    #expect(Flavour.capiHeap.fileName(module: "m", home: next) == "m.pypy311-pp73-x86_64-linux-gnu.so")
  }

  // MARK: The stable ABI

  @Test("a version of the limited API is 3.N, and its macro has it as hexadecimal digits")
  func limitedAPI() {
    #expect(LimitedAPIVersion("3.9")?.hex == "0x03090000")
    #expect(LimitedAPIVersion("3.12")?.hex == "0x030c0000")
    #expect(LimitedAPIVersion("3.9")! < LimitedAPIVersion("3.10")!)
    for text in ["3", "4.0", "3.", "3.09", "3.9.1", "3.-1", "3.x", "2.7", "3.256", ""] {
      #expect(LimitedAPIVersion(text) == nil, "\(text)")
    }
    #expect(LimitedAPIVersion(python: "3.15.0b2")?.description == "3.15")
  }

  @Test("abi3t is for CPython 3.15 and later, abi3 for builds with a GIL; a binary says so of its home")
  func stableObstacles() {
    let (old, new) = (Runtime.sample(python: "3.14.1"), Runtime.sample("new", python: "3.15.0"))
    let free = Runtime.sample("free", python: "3.15.0", isFreeThreaded: true)
    #expect(Flavour.abi3t.obstacle(on: old)?.outcome == .unsupported)
    #expect(Flavour.abi3t.obstacle(on: .sample("pypy", python: "3.15.0"))?.outcome == .unsupported)
    #expect(Flavour.abi3t.obstacle(on: new) == nil)
    #expect(Flavour.abi3t.obstacle(on: free) == nil)
    #expect(Flavour.abi3.obstacle(on: free)?.reason.contains("free-threaded") == true)
    #expect(Flavour.abi3.obstacle(on: old) == nil)
    // What a runtime makes of another one's binary is to be seen.
    #expect(Load.sample(.abi3, home: old, on: free).obstacle == nil)
    #expect(Load.sample(.abi3, home: free, on: old).obstacle != nil)
  }

  @Test(
    "the stable ABI promises that all Pythons from the declared version on take a binary, where they look at its file")
  func stablePromises() {
    let (old, new) = (Runtime.sample("old", python: "3.9.1"), Runtime.sample("new", python: "3.15.0"))
    let free = Runtime.sample("free", python: "3.15.0", isFreeThreaded: true)
    let pypy = Runtime.sample("pypy", python: "3.11.1")
    func promise(_ lane: Lane, from home: Runtime, on runtime: Runtime, _ declared: String) -> PortabilityPromise {
      PortabilityPromise(of: .sample(lane, home: home, on: runtime), declared: LimitedAPIVersion(declared))
    }
    #expect(promise(.abi3, from: new, on: old, "3.9") == .stable)
    #expect(promise(.abi3, from: old, on: new, "3.8") == .stable)
    #expect(promise(.abi3, from: new, on: old, "3.10") == .olderPython)
    #expect(promise(.abi3, from: new, on: free, "3.9") == .passedBy)
    #expect(promise(.abi3t, from: new, on: free, "3.15") == .stable)
    #expect(promise(.abi3t, from: new, on: old, "3.15") == .passedBy)
    #expect(promise(.abi3, from: old, on: pypy, "3.9") == .otherImplementation)
    #expect(promise(.abi3, from: pypy, on: pypy, "3.9") == .ownPython)
    #expect(PortabilityPromise.stable.isKept(by: .refused, own: .behaves) == false)
    #expect(PortabilityPromise.passedBy.isKept(by: .refused, own: nil) == true)
    #expect(PortabilityPromise.olderPython.isKept(by: .misbehaves, own: nil) == nil)
  }

  // MARK: What is promised

  private static let one = Runtime.sample("one")
  private static let older = Runtime.sample(
    "older", extSuffix: ".cpython-310-x86_64-linux-gnu.so", hpy: .sample("0.8"))
  private static let pypy = Runtime.sample("pypy", hpy: .sample("0.9.1.dev61"))
  private static let newer = Runtime.sample("newer", hpy: .sample("0.10", abi: HPyABIVersion(0, 1)))
  private static let next = Runtime.sample("next", hpy: .sample("1.0", abi: HPyABIVersion(1, 0)))

  @Test(
    "what is promised of a load depends on flavour, versions and Python",
    arguments: [
      (.universal, one, one, .universal), (.universal, one, pypy, .universal), (.universal, one, older, .universal),
      (.universal, one, next, .otherMajor), (.universal, next, one, .otherMajor), (.otherTag, one, one, .otherTag),
      (.otherTag, next, next, .universal), (.noTag, pypy, one, .noTag), (.noTag, one, next, .otherMajor),
      (.nextMajor, one, pypy, .otherMajor), (.nextMajor, one, next, .universal), (.nextMinor, one, one, .newerMinor),
      (.hybrid, one, one, .ownPython), (.hybrid, one, older, .otherPython), (.hybrid, one, pypy, .otherPython),
      (.hybrid, one, next, .otherMajor),
      // A runtime whose HPy has the newer minor version is promised to take it, and what it takes itself asks for that.
      (.nextMinor, one, newer, .universal), (.universal, one, newer, .universal),
      (.universal, newer, one, .newerMinor),
      // The same Python and another HPy of it.
      (.hybrid, newer, newer, .ownPython), (.hybrid, one, newer, .ownPython),
    ] as [(Flavour, Runtime, Runtime, PortabilityPromise)])
  func promises(flavour: Flavour, home: Runtime, runtime: Runtime, expected: PortabilityPromise) {
    #expect(PortabilityPromise(of: Load(Binary(flavour, home: home), on: runtime)) == expected)
  }

  @Test("a promise is kept, broken, or there is none")
  func keeping() {
    func kept(_ promise: PortabilityPromise, _ behaviour: PortabilityBehaviour, own: PortabilityBehaviour? = .behaves)
      -> Bool?
    { promise.isKept(by: behaviour, own: own) }
    #expect(kept(.universal, .behaves) == true)
    #expect(kept(.universal, .misbehaves) == false)
    #expect(kept(.universal, .refused) == false)
    #expect(kept(.universal, .refused, own: .refused) == true)
    #expect(kept(.universal, .refused, own: nil) == false)
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

  @Test("behaviours are ordered from what says nothing to what is worst")
  func behaviours() {
    #expect(PortabilityBehaviour.allCases.sorted() == PortabilityBehaviour.allCases)
    #expect(
      [PortabilityBehaviour.misbehaves, .behaves, .refused, .notBuilt, .notTried].sorted()
        == [.notTried, .notBuilt, .behaves, .refused, .misbehaves])
  }

  @Test("a binary that several runtimes have alike is named for the first, and is each one's own")
  func portableBinaries() {
    let shared = PortableBinary(flavour: .universal, homes: ["cpython-3.11", "cpython-3.10"])
    #expect(shared.home == "cpython-3.11")
    #expect(shared.name == "universal:cpython-3.11")
    #expect(shared.load(on: "cpython-3.11").description == "universal@cpython-3.11")
    #expect(shared.load(on: "cpython-3.10").description == "universal@cpython-3.10")
    #expect(shared.load(on: "pypy-7.3.19").description == "universal:cpython-3.11@pypy-7.3.19")
  }
}
