import Foundation
import Model
import Platform
import Testing

@testable import Executing

/// What is broken is never green, whatever a cell does to its results.
@Suite("Nothing broken is green")
struct HonestyTests {
  private static func project(_ bodies: [(String, String)], _ functions: [String: String] = ["fine": ""]) throws
    -> Project
  {
    try Project([
      "s/c/capi-heap.c": Sources.capi(
        functions, includes: "#include <stdio.h>\n#include <sys/wait.h>\n#include <unistd.h>"),
      "s/c/scenarios.py": Sources.scenarios(bodies),
    ])
  }

  private static let broken = "expect('promise', 1, 2, source='document')"

  @Test("an exception type of any name, and a message of any text, hide no broken promise")
  func oddTexts() async throws {
    let odd =
      "\n    t = type('E', (Exception,), {'__module__': 'm\\udcff'}); t.__qualname__ = 'E\\udc80\\x00\\x1b[31m'; "
    let raising = "raise t('text \\ud800 \\x00 end')"
    let project = try Self.project([
      ("records", "\(Self.broken)\(odd)\n    def f(): \(raising)\n    record('odd', attempt(f))"),
      ("raises", "\(Self.broken)\(odd)\(raising)"),
    ])
    #expect(try await project.run("run").exitCode == 1)
    let results = try project.results()
    #expect(results["records@capi-heap"]?.outcome == .expectationFailed)
    #expect(results["raises@capi-heap"]?.outcome.kind == .raised)
    #expect(results["raises@capi-heap"]?.message == "text \\ud800 \\x00 end")
    for command in [["show"], ["show", "s/c/raises@capi-heap"], ["show", "s/c/records@capi-heap"], ["judge"]] {
      let shown = try await project.run(command)
      #expect(!shown.output.contains("\u{1B}[31m"), "\(command)")
    }
  }

  @Test("a file that a cell erases or cuts is damaged, and does not conform")
  func erasing() async throws {
    let cut = """
          for (int file = 3; file < 256; file++) {
              if (ftruncate(file, %) != 0)
                  continue;
          }
      """
    let project = try Self.project(
      [
        ("cuts", "\(Self.broken); record('x', 'y' * 100); ext.cut()"), ("erases", "\(Self.broken); ext.erase()"),
        ("neighbour", "expect('fine', ext.fine(), None, source='document')"),
      ],
      ["erase": cut.replacing("%", with: "0"), "cut": cut.replacing("%", with: "150"), "fine": ""])
    #expect(try await project.run("run", "--hunt-leaks", "0:0").exitCode == 1)
    let results = try project.results()
    #expect(results["erases@capi-heap"]?.outcome == .damagedResult)
    #expect(results["cuts@capi-heap"]?.outcome == .damagedResult)
    #expect(results["erases@capi-heap"]?.verdict == .new)
    #expect(results["neighbour@capi-heap"]?.verdict == .conforming)
  }

  @Test("a promise that a forked process sees broken is not lost in silence")
  func forked() async throws {
    let project = try Self.project(
      [
        (
          "forks",
          "expect('own', 1, 1, source='d')\n    if ext.fork_() == 0:\n        \(Self.broken)\n    ext.wait_for_all()"
        )
      ],
      [
        "fork_": "    return PyLong_FromLong(fork());",
        "wait_for_all": "    while (waitpid(-1, NULL, 0) > 0) {\n    }",
      ])
    #expect(try await project.run("run", "--hunt-leaks", "0:0").exitCode == 1)
    let result = try #require(try project.results()["forks@capi-heap"])
    #expect(result.outcome == .damagedResult)
    #expect(result.message?.contains("a process that the scenario forked recorded `promise`") == true)
  }

  @Test("many observations, and then a crash, are read to the last")
  func growth() async throws {
    let project = try Self.project(
      [("many", "\n    for n in range(60000):\n        record('fact %d' % n, n)\n    ext.crash()")],
      ["crash": "    *(volatile int *)0 = 1;"])
    #expect(try await project.run("run", "--timeout", "60", limit: 200).exitCode == 1)
    let result = try #require(try project.results()["many@capi-heap"])
    #expect(result.outcome == .crashed(signal: "SIGSEGV"))
    #expect(try project.attempts(result).first?.answer.observations.count == 60000)
  }
}
