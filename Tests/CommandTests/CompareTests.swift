import Foundation
import GRDB
import Model
import Platform
import Reporting
import Storing
import Testing

/// `hpy-conform compare` from the command line, with real compiles and real crashes.
@Suite("Comparing, from the command line")
struct CompareTests {
  /// In one lane 1, in the other a crash, a wrong value, another exception or other words.
  private static let files = [
    "s/one/capi.c": Sources.capi([
      "answer": "    return PyLong_FromLong(CONFORM_STATIC_TYPES ? 1 : 2);",
      "die": "    if (!CONFORM_STATIC_TYPES) raise(SIGSEGV);",
      "fail":
        "    PyErr_SetString(CONFORM_STATIC_TYPES ? PyExc_KeyError : PyExc_ValueError, \"no\"); return NULL;",
      "talk": "    PyErr_SetString(PyExc_KeyError, CONFORM_STATIC_TYPES ? \"one\" : \"\\033[31mtwo\"); return NULL;",
    ]),
    "s/one/scenarios.py": Sources.scenarios([
      ("answers", "expect('answer', ext.answer(), 1, source='a document')"),
      ("dies", "record('before', 1); ext.die(); record('after', 1)"),
      ("fails", "record('failure', attempt(ext.fail))"), ("same", "record('same', 1)"),
      ("talks", "record('words', attempt(ext.talk))"),
    ]),
  ]

  private static func document(_ result: Tool.Result) throws -> ComparisonDocument {
    try JSONDecoder().decode(ComparisonDocument.self, from: Data(result.output.utf8))
  }

  @Test("two lanes without a stored run: one is started and kept, and the differences come the worst first")
  func lanes() async throws {
    let project = try Project(Self.files)
    let result = try await project.run("compare", "capi-static", "capi-heap", environment: ["NO_COLOR": "1"])
    #expect(result.exitCode == 1, "\(result.output)\(result.errors)")
    #expect(result.errors.contains("no stored run has answers for capi-static, capi-heap: running 10 cells first"))
    #expect(try project.results().count == 10)
    // Lines are broken at the width of a terminal.
    let output = result.output.replacing(#/\n +/#, with: " ")
    #expect(output.contains("5 cells compared at 10 places: 1 agree, 1 differ in messages only, 3 differ"), "\(output)")
    let headings = [
      "crash (1 entry)", "wrong or other value (1 entry)", "exception type (1 entry)", "message, wording",
    ]
    let places = headings.map { output.range(of: $0)?.lowerBound }
    #expect(!places.contains(nil) && places.compactMap { $0 }.sorted() == places.compactMap { $0 }, "\(output)")
    #expect(output.contains("promised by a document; capi-static keeps it"))
    #expect(output.contains("new on capi-heap: not in the ledger"))
    #expect(output.contains("hpy-conform show s/one/dies@capi-heap@cpython-3.11 --run "))
    #expect(output.contains("an implementation detail, as far as the suites know; not in the ledger"))
    #expect(!output.contains("“after”"))
    #expect(!output.contains("\u{1B}") && output.contains("[31mtwo"))
    let texts = result.output.split(separator: "\n").filter { !$0.contains("hpy-conform show") }
    #expect(texts.allSatisfy { $0.count <= 120 })

    let again = try await project.run("compare", "capi-static", "capi-heap", "--format", "json")
    #expect(again.exitCode == 1)
    #expect(again.errors == "")
    let document = try Self.document(again)
    #expect(document.differences.map(\.severity) == [.crash, .value, .exceptionType, .message])
    #expect(document.differences.map(\.meaning) == [.defect, .promised, .notPromised, .wording])
    #expect(document.differences[1].promise?.keptBy == ["capi-static"])
    #expect(document.cells.same == 1)
    let markdown = try await project.run("compare", "capi-static", "capi-heap", "--format", "markdown")
    #expect(markdown.output.hasPrefix("### capi-static and capi-heap\n"))
    #expect(markdown.output.contains("| crash | 1 |"), "\(markdown.output)")
  }

  @Test("--only chooses cells; where these agree but for messages the exit code is 0")
  func only() async throws {
    let project = try Project(Self.files)
    let result = try await project.run(
      "compare", "capi-static", "capi-heap", "--only", "s/one/same", "s/one/talks", "--format", "json")
    #expect(result.exitCode == 0, "\(result.errors)")
    // Just these were run.
    #expect(try project.results().count == 4)
    #expect(try Self.document(result).cells.compared == 2)
    let none = try await project.run("compare", "capi-static", "capi-heap", "--only", "s/one/same", "s/none")
    #expect(none.exitCode == 64)
    #expect(none.errors.contains("no cell of these sides is meant by `s/none`"), "\(none.errors)")
  }

  @Test("two runs are compared cell by cell; what changed in the suites between them is said")
  func runs() async throws {
    let project = try Project(Self.files)
    try await project.run("run", "s/one/answers", "s/one/same")
    try project.write(
      "s/one/capi.c",
      Self.files["s/one/capi.c"]!.replacing("CONFORM_STATIC_TYPES ? 1 : 2", with: "CONFORM_STATIC_TYPES ? 3 : 2"))
    try await project.run("run", "s/one/answers", "s/one/same")
    let result = try await project.run("compare", "previous", "last", "--format", "json")
    #expect(result.exitCode == 1, "\(result.errors)")
    let document = try Self.document(result)
    #expect(document.kind == .run)
    #expect(document.differences.map { $0.answers.map(\.texts) } == [[["1"], ["3"]]])
    #expect(document.differences.map { $0.answers.map(\.sides) } == [document.sides.map { [$0.name] }])
    #expect(document.agreements.map(\.label) == ["answer"])
    #expect(
      document.notes.contains { $0.contains("the suites changed between the runs") && $0.contains("s/one/capi.c") })
    // The same from two files, anywhere.
    let copy = project.root.appending(path: "copy.sqlite").path
    let older = try Store(path: project.database, .read)
    try older.copy(to: copy)
    let files = try await project.run("compare", project.database, copy)
    #expect(files.exitCode == 0, "\(files.output)\(files.errors)")
    #expect(files.output.contains("4 cells compared at 12 places: 4 agree"), "\(files.output)")
  }

  @Test("a runtime is known by its interpreter's path too; --run and --lane choose; a wider run is hinted at")
  func runtimes() async throws {
    let project = try Project(Self.files)
    let script = project.root.appending(path: "python")
    try Data("#!/bin/sh\nexec '\(Project.cpython)' \"$@\"\n".utf8).write(to: script)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: script.path)
    try await project.run("run", "-r", "cpython-3.11", "-r", script.path)
    try await project.run("run", "s/one/same", "-r", "cpython-3.11", "-r", script.path)
    let result = try await project.run("compare", "cpython-3.11", script.path, "--lane", "capi-heap")
    #expect(result.exitCode == 0, "\(result.output)\(result.errors)")
    #expect(result.output.contains("1 cell compared at 4 places: 1 agree"), "\(result.output)")
    let wider = try #require(result.output.firstMatch(of: #/--run ([0-9a-f]{8}) of/#)?.1)
    let all = try await project.run("compare", "cpython-3.11", script.path, "--lane", "capi-heap", "--run", "\(wider)")
    #expect(all.output.contains("5 cells compared"), "\(all.output)\(all.errors)")
    #expect(all.output.contains("agree, and break a promise or don't run to the end"))
  }

  @Test("a run that was stopped is compared as far as it went, and the report says so")
  func halfFinished() async throws {
    let project = try Project(Self.files)
    try await project.run("run")
    let queue = try DatabaseQueue(path: project.database)
    try await queue.write {
      try $0.execute(sql: "UPDATE run SET state = 'running', finished = NULL, planned = 25")
    }
    try queue.close()
    let result = try await project.run("compare", "capi-static", "capi-heap")
    #expect(result.output.contains("is not whole (running): 10 answers, 25 cells were planned"), "\(result.output)")
  }

  @Test("sides without a cell in common are told with what each lacks, and nothing is run for it")
  func nothingInCommon() async throws {
    var files = Self.files
    files["s/one/case.toml"] = "[[not-applicable]]\nlanes = [\"capi-heap\"]\nreason = \"r\"\nsource = \"a document\"\n"
    let project = try Project(files)
    try await project.run("run")
    let result = try await project.run("compare", "capi-static", "capi-heap")
    #expect(result.exitCode == 64, "\(result.output)")
    #expect(
      result.errors.contains("no cell that could be compared: 5 cells of `capi-heap`: not applicable, r (a document)"),
      "\(result.errors)")
    #expect(try Store(path: project.database, .read).runs().count == 1)
  }

  @Test(
    "bad input is told in one message",
    arguments: [
      (["capi-static", "capi-haep"], "perhaps `capi-heap`"),
      (["capi-static", "cpython-3.11"], "sides of different kinds"),
      (["capi-static"], "alone can't be compared"), (["last", "previous"], "there is no run"),
      (["capi-static", "capi-heap", "--lane", "universal"], "--lane does not go with sides that are lanes"),
      (["cpython-3.11", "pypy", "--runtime", "x"], "`pypy` is not a runtime"),
      (["capi-static", "capi-heap", "--runtime", "x"], "unknown runtime `x`"),
      (["capi-static", "capi-heap", "--run", "beef"], "no run is named `beef`"),
      (["capi-static", "capi-heap", "--format", "xml"], "xml"),
      (["newer.sqlite", "none.sqlite"], "none.sqlite: no database or interpreter here"),
      (["newer.sqlite", "other.sqlite"], "was written by a newer hpy-conform"),
    ])
  func badInput(arguments: [String], message: String) async throws {
    let project = try Project(Self.files)
    for name in ["newer", "other"] {
      let path = project.root.appending(path: "\(name).sqlite").path
      _ = try Store(path: path, .write)
      let queue = try DatabaseQueue(path: path)
      try await queue.write { try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('999 from the future')") }
      try queue.close()
    }
    let result = try await project.run(["compare"] + arguments, limit: 60)
    #expect(result.exitCode == 64, "\(result.output)\(result.errors)")
    #expect(result.errors.contains(message), "\(result.errors)")
    #expect(!FileManager.default.fileExists(atPath: project.database))
  }
}

@Suite("What Results/README.md says of a comparison as JSON")
struct DocumentedComparisonTests {
  private static func example() throws -> ComparisonDocument {
    let text = try String(contentsOf: Project.checkout.appending(path: "Results/README.md"), encoding: .utf8)
    let block = try #require(text.firstMatch(of: #/```json\n((?:.|\n)*?)```/#)).1
    return try JSONDecoder().decode(ComparisonDocument.self, from: Data(block.utf8))
  }

  @Test("the documented example decodes, and says what the text says")
  func decodes() throws {
    let document = try Self.example()
    #expect(document.version == ComparisonDocument.currentVersion)
    #expect(document.needsAttention)
    let text = ComparisonText(document, width: 100).text
    #expect(text.contains("“destroyed”: 2 cells in 2 scenarios"), "\(text)")
    #expect(text.contains("known on pypy-7.3.19"))
    #expect(ComparisonMarkdown(document).text.contains("| value | 2 |"))
  }

  @Test("every key of the JSON stands in the document")
  func keys() throws {
    let text = try String(contentsOf: Project.checkout.appending(path: "Results/README.md"), encoding: .utf8)
    let object = try JSONSerialization.jsonObject(with: try JSONEncoder().encode(try Self.example()))
    func check(_ value: Any) {
      if let list = value as? [Any] { list.forEach(check) }
      guard let table = value as? [String: Any] else { return }
      for (key, inner) in table where !["places", "runtimes", "bySeverity"].contains(key) {
        #expect(text.contains("`\(key)`"), "\(key)")
        check(inner)
      }
    }
    check(object)
  }

  @Test("what comes from outside can't reach the terminal or the page, and fits 100 columns")
  func hostile() throws {
    var document = try Self.example()
    document.differences[0].label = "a\u{1B}[31m|`<b>"
    document.differences[0].answers[0].texts = ["\u{1B}]0;x\u{07}" + String(repeating: "long ", count: 90)]
    document.differences[0].causes[0].reason = "\u{9B}1m <script> | " + String(repeating: "why ", count: 60)
    let text = ComparisonText(document, width: 100).text
    #expect(!text.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" || (0x80..<0xA0).contains($0.value) })
    #expect(text.split(separator: "\n").filter { !$0.contains("hpy-conform show") }.allSatisfy { $0.count <= 100 })
    let page = ComparisonMarkdown(document).text
    #expect(!page.contains("<script>") && !page.contains("<b>") && !page.contains("\u{1B}"))
  }
}

extension Store {
  /// Copies the database as it is, with what is still in its log.
  fileprivate func copy(to path: String) throws {
    let (from, to) = (try DatabaseQueue(path: self.path), try DatabaseQueue(path: path))
    try from.backup(to: to)
    try from.close()
    try to.close()
  }
}
