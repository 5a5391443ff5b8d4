import Documents
import Foundation
import GRDB
import Model
import Platform
import Rendering
import Storing
import Testing

/// `hpy-conform compare` from the command line, with real compiles and real crashes.
@Suite("Comparing, from the command line")
struct CompareTests {
  /// Copies a database as it is, with what is still in its log.
  private static func copy(_ from: String, to path: String) throws {
    let (from, to) = (try DatabaseQueue(path: from), try DatabaseQueue(path: path))
    try from.backup(to: to)
    try from.close()
    try to.close()
  }

  /// In one lane 1, in the other a crash, a wrong value, another exception or other words.
  private static let files = [
    "s/one/capi.c": Sources.capi([
      "answer": "    return PyLong_FromLong(CONFORM_STATIC_TYPES ? 2 : 1);",
      "die": "    if (CONFORM_STATIC_TYPES) raise(SIGSEGV);",
      "fail":
        "    PyErr_SetString(CONFORM_STATIC_TYPES ? PyExc_ValueError : PyExc_KeyError, \"no\"); return NULL;",
      "talk": "    PyErr_SetString(PyExc_KeyError, CONFORM_STATIC_TYPES ? \"\\033[31mtwo\" : \"one\"); return NULL;",
    ]),
    "s/one/scenarios.py": Sources.scenarios([
      ("answers", "expect('answer', ext.answer(), 1, source='a document')"),
      ("dies", "record('before', 1); ext.die(); record('after', 1)"),
      ("fails", "record('failure', attempt(ext.fail))"), ("same", "record('same', 1)"),
      ("talks", "record('words', attempt(ext.talk))"),
    ]),
  ]

  @Test("two lanes without a stored run: one is started and kept, and the differences come the worst first")
  func lanes() async throws {
    let project = try Project(Self.files)
    let result = try await project.run("compare", "capi-heap", "capi-static", "--format", "json")
    #expect(result.exitCode == 1, "\(result.output)\(result.errors)")
    #expect(result.errors == "no stored run has answers for capi-heap, capi-static: running 10 cells first\n")
    #expect(try project.results().count == 10)
    let run = try Store(path: project.database).run(named: "latest")
    let document: ComparisonDocument = try Printed.document(result)
    #expect(document.kind == .lane && document.sides.map(\.run) == [run.uuid, run.uuid])
    let cells = document.cells
    #expect((cells.compared, cells.same, cells.wordingOnly, cells.different, cells.places) == (5, 1, 1, 3, 10))
    #expect((cells.unsteadyOnly, cells.notCompared, cells.agreedAgainstPromise) == (0, 0, 0))
    let differences = document.differences
    #expect(differences.map(\.severity) == [.crash, .value, .exceptionType, .message])
    #expect(differences.map(\.meaning) == [.defect, .promised, .notPromised, .wording])
    // What stands behind a crash is no difference of its own.
    #expect(differences.map(\.label) == [nil, "answer", "failure", "words"])
    #expect(differences.map(\.unrecorded) == [0, 0, 0, 0])
    #expect(differences.allSatisfy { $0.ledger == "new" && $0.new == ["capi-static"] && $0.cells == 1 })
    #expect(
      differences.map { $0.answers.map(\.texts) } == [
        [["completed"], ["crashed SIGSEGV"]], [["1"], ["2"]], [["raised KeyError"], ["raised ValueError"]],
        [["'one'"], ["'\\x1b[31mtwo'"]],
      ])
    let promise = try #require(differences[1].promise)
    #expect((promise.source, promise.expected) == ("a document", ["1"]))
    #expect((promise.keptBy, promise.brokenBy) == (["capi-heap"], ["capi-static"]))
    #expect(differences[2].promise == nil)
    #expect(
      differences[0].show == ["hpy-conform show s/one/dies@capi-static@cpython-3.11 --run \(run.uuid.prefix(8))"])

    // Asked again, nothing is run, and each form is of the same document.
    let human = try await project.run("compare", "capi-heap", "capi-static")
    #expect(human.exitCode == 1)
    #expect(human.errors == "")
    #expect(human.output == Printed.text(document))
    let all = try await project.run("compare", "capi-heap", "capi-static", "--all")
    #expect(all.output == Printed.text(document, showsAll: true))
    let markdown = try await project.run("compare", "capi-heap", "capi-static", "--format", "markdown")
    #expect(markdown.output == MarkdownRenderer().text(of: document))
    #expect(try Store(path: project.database).runs().count == 1)
  }

  @Test("--only chooses cells; where these agree but for messages the exit code is 0")
  func only() async throws {
    let project = try Project(Self.files)
    let result = try await project.run(
      "compare", "capi-heap", "capi-static", "--only", "s/one/same", "s/one/talks", "--format", "json")
    #expect(result.exitCode == 0, "\(result.errors)")
    // Just these were run.
    #expect(try project.results().count == 4)
    let document: ComparisonDocument = try Printed.document(result)
    #expect(document.cells.compared == 2)
    #expect(document.restrictedTo == ["--only s/one/same", "--only s/one/talks"])
    let none = try await project.run("compare", "capi-heap", "capi-static", "--only", "s/one/same", "s/none")
    #expect(none.exitCode == 64)
    #expect(none.errors.contains("no cell of these sides matches `s/none`"), "\(none.errors)")
  }

  @Test("two runs are compared cell by cell; what changed in the suites between them is said")
  func runs() async throws {
    let project = try Project(Self.files)
    try await project.run("run", "s/one/answers", "s/one/same")
    try project.write(
      "s/one/capi.c",
      Self.files["s/one/capi.c"]!.replacing("CONFORM_STATIC_TYPES ? 2 : 1", with: "CONFORM_STATIC_TYPES ? 2 : 3"))
    try await project.run("run", "s/one/answers", "s/one/same")
    let result = try await project.run("compare", "previous", "last", "--format", "json")
    #expect(result.exitCode == 1, "\(result.errors)")
    let document: ComparisonDocument = try Printed.document(result)
    #expect(document.kind == .run)
    #expect(document.differences.map { $0.answers.map(\.texts) } == [[["1"], ["3"]]])
    #expect(document.differences.map { $0.answers.map(\.sides) } == [document.sides.map { [$0.name] }])
    #expect(document.agreements.map(\.label) == ["answer"])
    #expect(
      document.notes == ["the suites changed between the runs, which may be the cause of differences: s/one/capi.c"])
    // The same from two files, anywhere.
    let copy = project.root.appending(path: "copy.sqlite").path
    try Self.copy(project.database, to: copy)
    let files = try await project.run("compare", project.database, copy, "--format", "json")
    #expect(files.exitCode == 0, "\(files.output)\(files.errors)")
    let same: ComparisonDocument = try Printed.document(files)
    #expect((same.cells.compared, same.cells.same, same.cells.places) == (4, 4, 12))
    #expect(same.sides.map(\.database) == [project.database, copy])
  }

  @Test("a runtime is known by its interpreter's path too; --run and --lane choose; a wider run is hinted at")
  func runtimes() async throws {
    let project = try Project(Self.files)
    try project.program("python", "#!/bin/sh\nexec '\(Project.cpython)' \"$@\"\n")
    let script = project.root.appending(path: "python").path
    try await project.run("run", "-r", "cpython-3.11", "-r", script)
    try await project.run("run", "s/one/same", "-r", "cpython-3.11", "-r", script)
    let runs = try Store(path: project.database).runs()
    try #require(runs.map(\.planned) == [4, 20])
    let result = try await project.run("compare", "cpython-3.11", script, "--lane", "capi-heap", "--format", "json")
    #expect(result.exitCode == 0, "\(result.output)\(result.errors)")
    let document: ComparisonDocument = try Printed.document(result)
    #expect((document.cells.compared, document.cells.same, document.cells.places) == (1, 1, 4))
    #expect(document.sides.map(\.run) == [runs[0].uuid, runs[0].uuid])
    #expect(
      document.notes == [
        "run \(runs[0].uuid.prefix(8)) is the newest, of 4 cells; "
          + "--run \(runs[1].uuid.prefix(8)) of \(runs[1].started) has 20"
      ])
    let wider = try await project.run(
      "compare", "cpython-3.11", script, "--lane", "capi-heap", "--run", String(runs[1].uuid.prefix(8)), "--format",
      "json")
    let all: ComparisonDocument = try Printed.document(wider)
    #expect(all.cells.compared == 5, "\(wider.output)")
    #expect(all.differences.isEmpty && all.cells.agreedAgainstPromise == 0)
    let odd = try await project.run(
      "compare", "cpython-3.11", script, "--lane", "capi-static", "--run", String(runs[1].uuid.prefix(8)), "--format",
      "json")
    let broken: ComparisonDocument = try Printed.document(odd)
    // Both break the same promise, both crash.
    #expect(broken.differences.isEmpty && broken.cells.agreedAgainstPromise == 2)
    #expect(Set(broken.agreements.map(\.label)) == ["answer", nil])
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
    let result = try await project.run("compare", "capi-heap", "capi-static", "--format", "json")
    let document: ComparisonDocument = try Printed.document(result)
    #expect(document.cells.compared == 5)
    #expect(document.sides.map(\.state) == [.running, .running])
    #expect(
      document.notes == [
        "run \(document.sides[0].run.prefix(8)) is incomplete (running): 10 answers, 25 cells were planned; "
          + "the existing answers are compared"
      ])
  }

  @Test("a side may be a binary that is built for another runtime, as a lane and on one runtime")
  func builtElsewhere() async throws {
    let project = try Project(PortabilityCommandTests.files)
    let shifted = try PortabilityCommandTests.shifted(in: project)
    try project.write(
      "../hpy-conform.toml",
      "[[runtime]]\nname = \"stock\"\ninterpreter = \"\(Project.cpython)\"\n"
        + "[[runtime]]\nname = \"shifted\"\ninterpreter = \"\(shifted)\"\n")
    func compare(_ arguments: String..., code: Int32) async throws -> ComparisonDocument {
      let result = try await project.run(["compare"] + arguments + ["--format", "json"])
      #expect(result.exitCode == code, "\(result.output)\(result.errors)")
      return try Printed.document(result)
    }
    // `late` uses what the other header shifts. At home the two sides are one binary.
    let lanes = try await compare("universal", "universal:shifted", "--only", "s/one", code: 1)
    #expect(try Store(path: project.database).runs().map(\.planned) == [6])
    #expect((lanes.cells.compared, lanes.cells.same, lanes.cells.different) == (2, 1, 1))
    #expect(lanes.sides.map(\.lane) == ["universal", "universal:shifted"])
    #expect(lanes.differences.map { $0.examples.map(\.scenario) } == [["s/one/late"]])
    #expect(lanes.differences.map { $0.examples.map(\.places) } == [[["stock"]]])
    #expect(lanes.notCompared.map(\.cells) == [2])
    let run = lanes.sides[0].run.prefix(8)
    #expect(
      lanes.differences.map(\.show) == [["hpy-conform show s/one/late@universal:shifted@stock --run \(run)"]])

    // The same binary on both runtimes, from the run that is stored: it crashes on both.
    let columns = try await compare("universal@shifted", "universal:shifted@stock", code: 0)
    #expect(columns.kind == .column && columns.sides.allSatisfy { $0.run.hasPrefix(run) })
    #expect((columns.cells.compared, columns.cells.same) == (2, 2))
    #expect(columns.agreements.map { $0.examples.map(\.scenario) } == [["s/one/late"]])
    let own = try await compare("universal@stock", "universal:shifted@stock", code: 1)
    #expect((own.cells.compared, own.cells.same, own.cells.different) == (2, 1, 1))
    #expect(try Store(path: project.database).runs().count == 1)
    // Across runtimes, where each is away from home.
    let away = try await compare("stock", "shifted", "--lane", "universal:stock", "--only", "s/one/late", code: 0)
    #expect((away.cells.compared, away.cells.same) == (1, 1))

    let unknown = try await project.run("compare", "universal", "universal:nowhere")
    #expect(unknown.exitCode == 64)
    #expect(unknown.errors.contains("`universal:nowhere` is not a runtime, a lane, a run or a database"))
  }

  @Test("sides without a cell in common are told with what each lacks, and nothing is run for it")
  func nothingInCommon() async throws {
    var files = Self.files
    files["s/one/case.toml"] =
      "[[not-applicable]]\nlanes = [\"capi-static\"]\nreason = \"r\"\nsource = \"a document\"\n"
    let project = try Project(files)
    try await project.run("run")
    let result = try await project.run("compare", "capi-heap", "capi-static")
    #expect(result.exitCode == 64, "\(result.output)")
    #expect(
      result.errors.contains("have no cells to compare: 5 cells of `capi-static`: not applicable, r (a document)"),
      "\(result.errors)")
    #expect(try Store(path: project.database).runs().count == 1)
  }

  @Test(
    "bad input is told in one message",
    arguments: [
      (["capi-static", "capi-haep"], "perhaps `capi-heap`"),
      (["capi-heap", "cpython-3.11"], "sides of different kinds"),
      (["capi-heap"], "alone can't be compared"), (["last", "previous"], "there is no run"),
      (["capi-heap", "capi-static", "--lane", "universal"], "--lane can't be used with sides that are lanes"),
      (["cpython-3.11", "pypy", "--runtime", "x"], "`pypy` is not a runtime"),
      (["capi-heap", "capi-static", "--runtime", "x"], "unknown runtime `x`"),
      (["capi-heap", "capi-static", "--run", "beef"], "no run is named `beef`"),
      (["capi-heap", "capi-static", "--format", "xml"], "xml"),
      (["newer.sqlite", "none.sqlite"], "none.sqlite: is not a database or an interpreter"),
      (["newer.sqlite", "other.sqlite"], "was written by a newer hpy-conform"),
    ])
  func badInput(arguments: [String], message: String) async throws {
    let project = try Project(Self.files)
    for name in ["newer", "other"] {
      let path = project.root.appending(path: "\(name).sqlite").path
      _ = try StoreWriter(path: path)
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
    #expect(document.cells.compared == document.cells.same + document.cells.different)
    let entry = try #require(document.differences.first)
    #expect((entry.label, entry.cells, entry.scenarios, entry.places) == ("destroyed", 2, 2, ["value": 2]))
    #expect(entry.causes.map(\.sides) == [["pypy-7.3.19"]])
    #expect(entry.alone == "pypy-7.3.19" && entry.promise?.brokenBy == ["pypy-7.3.19"])
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
    document.differences[0].label = "a\u{1B}[2J|`<b>"
    document.differences[0].answers[0].texts = ["\u{1B}]0;x\u{07}" + String(repeating: "long ", count: 90)]
    document.differences[0].causes[0].reason = "\u{9B}1m <script> | " + String(repeating: "why ", count: 60)
    let text = Printed.text(document)
    #expect(!text.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" || (0x80..<0xA0).contains($0.value) })
    #expect(text.split(separator: "\n").filter { !$0.contains("hpy-conform show") }.allSatisfy { $0.count <= 100 })
    let page = MarkdownRenderer().text(of: document)
    #expect(!page.contains("<script>") && !page.contains("<b>") && !page.contains("\u{1B}"))
  }
}
