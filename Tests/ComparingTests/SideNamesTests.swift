import Model
import Testing

@testable import Comparing

@Suite("What the names of sides mean")
struct SideNamesTests {
  private static let names = SideNames(
    lanes: ["capi-heap", "capi-static", "cpython", "universal"],
    runtimes: ["cpython-3.11", "pypy-7.3.19", "cpython", "abcd"],
    runs: ["abcd1111-2", "abcd2222-3", "ef012345-6"],
    file: { ["/a.sqlite": .database, "/usr/bin/python": .interpreter][$0] })

  private static func message(_ texts: String...) -> String {
    do {
      return "\(try names.resolve(texts))"
    } catch {
      return "\(error)"
    }
  }

  @Test("runtimes, lanes, lanes on runtimes, runs and databases are known by their names")
  func known() throws {
    #expect(
      try Self.names.resolve(["cpython-3.11", "pypy-7.3.19"]) == [.runtime("cpython-3.11"), .runtime("pypy-7.3.19")])
    #expect(try Self.names.resolve(["capi-heap", "universal"]) == [.lane("capi-heap"), .lane("universal")])
    #expect(
      try Self.names.resolve(["universal@cpython-3.11", "capi-heap@/usr/bin/python"])
        == [
          .column(lane: "universal", runtime: "cpython-3.11"), .column(lane: "capi-heap", runtime: "/usr/bin/python"),
        ])
    #expect(try Self.names.resolve(["last", "EF01"]) == [.run("abcd1111-2"), .run("ef012345-6")])
    #expect(try Self.names.resolve(["previous", "/a.sqlite"]) == [.run("abcd2222-3"), .database("/a.sqlite")])
    #expect(
      try Self.names.resolve(["cpython-3.11", "/usr/bin/python"])
        == [.runtime("cpython-3.11"), .runtime("/usr/bin/python")])
  }

  @Test("a lane of binaries that are built for one of the runtimes is a lane, whichever flavour; of no other is none")
  func homes() throws {
    #expect(
      try Self.names.resolve(["universal:cpython-3.11", "universal"])
        == [.lane("universal:cpython-3.11"), .lane("universal")])
    #expect(
      try Self.names.resolve(["hybrid:cpython-3.11@pypy-7.3.19", "universal@pypy-7.3.19"])
        == [
          .column(lane: "hybrid:cpython-3.11", runtime: "pypy-7.3.19"),
          .column(lane: "universal", runtime: "pypy-7.3.19"),
        ])
    #expect(Self.message("universal:none", "universal").contains("`universal:none` is not a runtime, a lane"))
    #expect(Self.message("none:cpython-3.11", "universal").contains("`none:cpython-3.11` is not a runtime, a lane"))
    #expect(Self.message("universal:none@pypy-7.3.19", "last").contains("`universal:none` is not a lane"))
  }

  @Test("a name of two kinds is what the other sides are, else what its prefix says, else told")
  func ambiguous() throws {
    #expect(try Self.names.resolve(["cpython", "universal"]) == [.lane("cpython"), .lane("universal")])
    #expect(try Self.names.resolve(["cpython", "pypy-7.3.19"]) == [.runtime("cpython"), .runtime("pypy-7.3.19")])
    let names = SideNames(lanes: ["a", "b"], runtimes: ["a", "b"], runs: []) { _ in nil }
    #expect(try names.resolve(["lane:a", "b"]) == [.lane("a"), .lane("b")])
    #expect(throws: Problem("`a` is the name of a lane and of a runtime", remedy: "write lane:a or runtime:a")) {
      try names.resolve(["a", "b"])
    }
  }

  @Test("an unknown name is told with the near ones")
  func unknown() {
    #expect(Self.message("pypy", "cpython-3.11").contains("`pypy` is not a runtime, a lane, a run or a database"))
    #expect(Self.message("pypy", "cpython-3.11").contains("perhaps `pypy-7.3.19`"))
    #expect(Self.message("univresal", "capi-heap").contains("perhaps `universal`"))
    #expect(Self.message("zzzzzz", "capi-heap").contains("lanes: capi-heap"))
    #expect(!Self.message("zzzzzz", "capi-heap").contains("perhaps"))
    #expect(Self.message("universal@pipy-7.3.19", "capi-heap").contains("perhaps `pypy-7.3.19`"))
    #expect(Self.message("/none.sqlite", "last").contains("/none.sqlite: is not a database or an interpreter"))
  }

  @Test("sides of different kinds, one side, none, and one twice are told")
  func kinds() {
    #expect(
      Self.message("capi-heap", "pypy-7.3.19").contains(
        "sides of different kinds: `capi-heap` is a lane, `pypy-7.3.19` is a runtime"))
    #expect(Self.message("capi-heap").contains("`capi-heap` alone can't be compared"))
    #expect(Self.message().contains("nothing to compare"))
    #expect(Self.message("capi-heap", "universal", "capi-heap").contains("`capi-heap` is named twice"))
    #expect(Self.message("last", "abcd1").contains("`abcd1` is named twice"))
  }

  @Test("a run's beginning that several have, no run before the last, and a whole cell are told")
  func runs() {
    #expect(Self.message("abcd", "last").contains("2 runs begin with `abcd`"))
    #expect(Self.message("s/c/n@universal@cpython-3.11", "last").contains("is not LANE@RUNTIME"))
    let none = SideNames(lanes: [], runtimes: [], runs: []) { _ in nil }
    #expect(throws: Problem("there is no run yet", remedy: "`hpy-conform run` makes one")) {
      try none.resolve(["last", "previous"])
    }
  }
}
