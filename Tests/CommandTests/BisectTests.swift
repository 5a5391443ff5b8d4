import Documents
import Foundation
import Model
import Platform
import Storing
import Testing

/// `hpy-conform bisect` from the command line. Stand-ins for candidates: interpreters that start scripts tell apart,
/// and sources that pip builds in no time.
@Suite("Bisecting, from the command line", .serialized)
struct BisectTests {
  private static let cell = "s/one/answers@capi-heap@standing-in"

  /// What tells stand-ins apart: a number, a file that every second process finds, the version of their HPy.
  private static let extensionSource = Sources.capi(
    [
      "number": "    const char *text = getenv(\"NUMBER\"); return PyLong_FromLong(text ? atol(text) : -1);",
      "seen": """
          const char *path = getenv("FLIP");
          if (path && unlink(path) == 0) Py_RETURN_TRUE;
          if (path) close(open(path, O_CREAT | O_WRONLY, 0600));
          Py_RETURN_FALSE;
      """,
      "version": """
          PyObject *hpy = PyImport_ImportModule("hpy.universal");
          return hpy ? PyObject_CallMethod(hpy, "get_version", NULL) : NULL;
      """,
    ], includes: "#include <fcntl.h>\n#include <stdlib.h>")

  /// Interpreters `0` to `last`; scenarios see their number.
  private static func project(_ body: String, last: Int = 6, broken: Set<Int> = []) throws -> Project {
    let project = try Project([
      "s/one/capi-heap.c": extensionSource, "s/one/scenarios.py": Sources.scenarios([("answers", body)]),
    ])
    for number in 0...last {
      try project.program(
        "python-\(number)",
        broken.contains(number)
          ? "#!/bin/sh\nexit 3\n" : "#!/bin/sh\nNUMBER=\(number) exec '\(Project.cpython)' \"$@\"\n")
    }
    return project
  }

  private static func paths(_ numbers: ClosedRange<Int>) -> [String] { numbers.map { "./python-\($0)" } }

  private static func bisect(_ project: Project, _ arguments: [String]) async throws -> Tool.Result {
    try await project.run(["bisect", "--format", "json"] + arguments)
  }

  private static func document(_ result: Tool.Result) throws -> BisectionDocument { try Printed.document(result) }

  private static func runs(_ project: Project) throws -> Int { try Store(path: project.database).runs().count }

  @Test("the first bad interpreter is found, each step is a run, and asking again takes them over")
  func interpreters() async throws {
    let project = try Self.project("expect('answer', 1 if ext.number() < 4 else 2, 1, source='a document')")
    let first = try await Self.bisect(project, [Self.cell, "--interpreter"] + Self.paths(0...6))
    #expect(first.exitCode == 0, "\(first.output)\(first.errors)")
    let document = try Self.document(first)
    #expect(document.conclusion == .firstBad && document.lastGood == 3 && document.firstBad == 4)
    #expect(document.candidates.map(\.name) == Self.paths(0...6))
    #expect(document.candidates.map(\.answer) == [.good, nil, nil, .good, .bad, nil, .bad], "\(first.output)")
    let finding = try #require(document.candidates[4].findings.first)
    #expect((finding.label, finding.observed, finding.expected) == ("answer", "2", "1"))
    #expect(finding.oracle == "promised by a document" && finding.isNew)
    // Each step is told while it goes on.
    let log = first.errors.split(separator: "\n")
    #expect(log.first == "trying ./python-0, at most 5 left", "\(first.errors)")
    #expect(log.contains { $0.wholeMatch(of: #/  \.\/python-6: bad, answer, value: 2 \(run [0-9a-f]{8}\)/#) != nil })
    #expect(log.count == 8)
    #expect(try Self.runs(project) == 4)
    // The commands that it recommends show that very answer, and the one before it.
    let runs = [4, 3].map { document.candidates[$0].run ?? "" }
    #expect(document.show == runs.map { "hpy-conform show \(Self.cell) --run \($0.prefix(8))" })
    let store = try Store(path: project.database)
    let cell = try #require(CellID(Self.cell))
    let results = try runs.map { try store.result(of: cell, in: store.run(named: $0)) }
    #expect(results.map { $0?.findings.map(\.divergence.observed) } == [["2"], []])

    let again = try await Self.bisect(project, [Self.cell, "--interpreter"] + Self.paths(0...6))
    #expect(again.exitCode == 0, "\(again.errors)")
    let second = try Self.document(again)
    #expect((second.conclusion, second.lastGood, second.firstBad) == (.firstBad, 3, 4))
    #expect(second.candidates.filter { $0.answer != nil }.allSatisfy { $0.reusedFrom != nil }, "\(again.output)")
    #expect(second.candidates.map(\.answer) == document.candidates.map(\.answer))
    let human = try await project.run(["bisect", Self.cell, "--interpreter"] + Self.paths(0...6))
    #expect(human.exitCode == 0)
    func anonymous(_ text: String) -> String { text.replacing(#/\b[0-9a-f]{8}\b/#, with: "RUN") }
    #expect(anonymous(human.output) == anonymous(Printed.text(second)))
    let fresh = try await Self.bisect(
      project, [Self.cell, "--fresh", "--interpreter"] + Self.paths(0...6))
    #expect(try Self.document(fresh).candidates.allSatisfy { $0.reusedFrom == nil })
  }

  @Test("what can't be tried is told and passed over, and the answer is a range then")
  func range() async throws {
    let project = try Self.project(
      "expect('answer', 1 if ext.number() < 4 else 2, 1, source='a document')", broken: [3, 4, 6])
    let result = try await Self.bisect(project, [Self.cell, "--interpreter"] + Self.paths(0...6))
    #expect(result.exitCode == 1, "\(result.output)\(result.errors)")
    let document = try Self.document(result)
    #expect((document.conclusion, document.lastGood, document.firstBad) == (.range, 2, 5))
    #expect(document.untried == [3, 4])
    #expect(document.candidates.map(\.answer) == [.good, nil, .good, .skipped, .skipped, .bad, .skipped])
    #expect(document.candidates[3].reason?.contains("exit code 3") == true)
    #expect(result.errors.contains(#/\.\/python-3: skipped: .*exit code 3/#), "\(result.errors)")
  }

  @Test("ends that are alike are one message, whichever way, and an exit code of their own")
  func alike() async throws {
    let project = try Self.project("expect('answer', 1 if ext.number() > 3 else 2, 1, source='a document')")
    // Which of the ends have findings.
    for (numbers, bad) in [(4...6, [false, false]), (0...2, [true, true]), (2...5, [true, false])] {
      let result = try await Self.bisect(project, [Self.cell, "--interpreter"] + Self.paths(numbers))
      #expect(result.exitCode == 2, "\(result.errors)")
      let document = try Self.document(result)
      #expect((document.conclusion, document.lastGood, document.firstBad) == (.endsAlike, 0, numbers.count - 1))
      let ends = [document.candidates[0], document.candidates[numbers.count - 1]]
      #expect(ends.map { !$0.findings.isEmpty } == bad)
      #expect(ends.allSatisfy { $0.findings.allSatisfy { !$0.isNew || bad == [true, true] } })
    }
  }

  @Test("a candidate whose answer varies is tried more often, counted as bad if any attempt failed, and reported")
  func flicker() async throws {
    // Every second process answers otherwise, where it does at all.
    let project = try Self.project("expect('answer', 2 if ext.seen() else 1, 1, source='a document')", last: 3)
    for number in 0...3 {
      let flip = project.root.appending(path: "flip-\(number)").path
      let variable = number > 1 ? "FLIP='\(flip)' " : ""
      try project.program("python-\(number)", "#!/bin/sh\n\(variable)exec '\(Project.cpython)' \"$@\"\n")
    }
    // One that is found bad in its first process.
    for number in 2...3 { try Data().write(to: project.root.appending(path: "flip-\(number)")) }
    let result = try await Self.bisect(
      project,
      [Self.cell, "--hunt-leaks", "0:0", "--repeat", "3", "--interpreter"] + Self.paths(0...3))
    let document = try Self.document(result)
    #expect(document.firstBad == 2 && document.lastGood == 1, "\(result.output)\(result.errors)")
    #expect(document.candidates.map(\.tries) == [3, 3, 3, 3], "\(result.errors)")
    #expect(document.candidates.map(\.flickers) == [false, false, true, true])
    #expect(document.notes.contains { $0.contains("the answer varies on ./python-2, ./python-3") })
  }

  @Test(
    "commits of a checkout: each is built beside it, what doesn't build is skipped, and the checkout stays as it is")
  func commits() async throws {
    let project = try Project(
      [
        "s/one/capi-heap.c": Self.extensionSource,
        "s/one/scenarios.py": Sources.scenarios([
          ("answers", "expect('early', ext.version()[0] < '0.9.3', True, source='a document')")
        ]),
      ], runtimes: ["standing-in": "/usr/bin/python3"])
    let folder = project.root.appending(path: "hpy-source").path
    @discardableResult func git(_ arguments: String...) async throws -> String {
      let identity = ["-c", "user.name=n", "-c", "user.email=e", "-c", "init.defaultBranch=main"]
      let result = try await Tool.run("git", identity + ["-C", folder] + arguments)
      try #require(result.succeeded, "\(result.errors)")
      return result.output
    }
    try SyncTests.checkout(project, "hpy-source", version: "0.9.0")
    try await git("init", "-q")
    for number in 0...4 {
      try SyncTests.checkout(
        project, "hpy-source", version: "0.9.\(number)", build: number == 2 ? "raise SystemExit('error: no')" : "")
      try await git("add", ".")
      try await git("commit", "-q", "-m", "Version \u{1B}[31m\(number)", "--allow-empty")
    }
    try project.write("../hpy-source/hpy/universal.py", "half-written")
    let before = try await git("status", "--porcelain") + git("for-each-ref") + git("worktree", "list")
    let cache = project.root.appending(path: "cache").path
    let arguments = [
      Self.cell, "--checkout", "hpy-source", "--good", "HEAD~4", "--bad", "main", "--cache", cache, "--fresh",
    ]
    let result = try await Self.bisect(project, arguments)
    #expect(result.exitCode == 1, "\(result.output)\(result.errors)")
    let document = try Self.document(result)
    #expect(document.kind == .commit && document.conclusion == .range)
    #expect((document.lastGood, document.untried, document.firstBad) == (1, [2], 3))
    let commits = try await git("log", "--reverse", "--format=%H").split(separator: "\n").map(String.init)
    #expect(document.candidates.map(\.commit) == commits)
    #expect(document.candidates.map(\.subject) == (0...4).map { "Version \u{1B}[31m\($0)" })
    #expect(document.candidates[2].reason?.contains("error: no") == true)
    let version = try #require(document.changes.first { $0.what == "HPy's version" })
    #expect((version.lastGood, version.firstBad) == ("0.9.1", "0.9.3"))
    #expect(result.errors.contains(#/“Version ␛\[31m2”: skipped: .*error: no/#), "\(result.errors)")
    #expect(!result.errors.contains("\u{1B}"))
    #expect(try await git("status", "--porcelain") + git("for-each-ref") + git("worktree", "list") == before)
    let sources = project.root.appending(path: "cache/bisect/sources")
    #expect(try FileManager.default.contentsOfDirectory(atPath: sources.path) == [])
  }

  @Test("a binary that is built for another runtime is bisected where it is loaded")
  func builtElsewhere() async throws {
    let project = try Self.project("expect('answer', 1 if ext.number() < 2 else 2, 1, source='a document')", last: 3)
    try project.write(
      "s/one/hpy.c",
      """
      #include "hpy.h"
      #include <stdlib.h>
      HPyDef_METH(number, "number", HPyFunc_NOARGS)
      static HPy number_impl(HPyContext *ctx, HPy self)
      {
          const char *text = getenv("NUMBER");
          return HPyLong_FromLong(ctx, text ? atol(text) : -1);
      }
      static HPyDef *defines[] = {&number, NULL};
      static HPyModuleDef module = {.defines = defines};
      HPy_MODINIT(ext, module)
      """)
    let name = "s/one/answers@universal:cpython-3.11@standing-in"
    let result = try await Self.bisect(project, [name, "--interpreter"] + Self.paths(0...3))
    #expect(result.exitCode == 0, "\(result.output)\(result.errors)")
    let document = try Self.document(result)
    #expect((document.cell, document.lastGood, document.firstBad) == (name, 1, 2))
    let store = try Store(path: project.database)
    let run = try store.run(try #require(document.candidates[2].run))
    // The home brings its HPy, and what it says is no candidate's answer.
    #expect(run.runtimes.map(\.name) == ["cpython-3.11", "standing-in"])
    let cell = try #require(CellID(name))
    #expect(try store.result(of: cell, in: run)?.verdict == .new)
    let own = try #require(CellID("s/one/answers@universal@cpython-3.11"))
    #expect(try store.attempts(of: own, in: run).first?.answer["answer"]?.value == "1")
  }

  @Test(
    "bad input is told in one message",
    arguments: [
      (["s/one/answers", "--hpy", "0.9.0", "0.9.1"], "is not a cell, expected SUITE/CASE/SCENARIO@LANE@RUNTIME"),
      ([cell], "no candidates; give one of --hpy, --package, --interpreter and --checkout"),
      ([cell, "--hpy", "0.9.0,0.9.1", "--interpreter", "python3"], "candidates of several kinds"),
      ([cell, "--interpreter", "./python-0"], "only one candidate"),
      ([cell, "--hpy", "0.9.0,0.9.1"], "unknown runtime `standing-in`"),
      ([cell, "--hpy", "0.9.0,zero"], "`zero` is not an HPy requirement"),
      ([cell, "--hpy", "0.9.0", "./none.tar.gz"], "none.tar.gz: does not exist"),
      ([cell, "--checkout", "."], "--checkout without --good"),
      ([cell, "--checkout", "./none", "--good", "x"], "none: is not a folder"),
      ([cell, "--checkout", "/", "--good", "x"], "is not a git checkout"),
      ([cell, "--good", "x", "--interpreter", "./python-0", "./python-1"], "--good and --bad name commits"),
      (["s/one/none@capi-heap@x", "--interpreter", "./python-0", "./python-1"], "no cell matches `s/one/none`"),
      (["s/one/answers@capi@x", "--interpreter", "./python-0", "./python-1"], "unknown lane `capi`"),
      (["s/one/answers@universal@x", "--interpreter", "./python-0", "./python-1"], "there is no cell"),
      (
        ["s/one/answers@universal:nowhere@x", "--interpreter", "./python-0", "./python-1"],
        "the cell's binary is built for `nowhere`, which is not a runtime of hpy-conform.toml"
      ),
      ([cell, "--label", "words", "--interpreter", "./python-0", "./python-1"], "--label takes one of: answer"),
      ([cell, "--repeat", "0", "--interpreter", "./python-0", "./python-1"], "--repeat 0: expected 1 or more"),
    ])
  func badInput(arguments: [String], message: String) async throws {
    let project = try Self.project("record('answer', ext.number())", last: 1)
    let result = try await Self.bisect(project, arguments)
    #expect(result.exitCode == 64, "\(result.output)\(result.errors)")
    #expect(result.errors.contains(message), "\(result.errors)")
  }
}
