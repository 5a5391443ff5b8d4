import Documents
import Foundation
import Model
import Platform
import Storing
import Testing

/// A project in a temporary folder, and the built command to run in it.
final class Project: Sendable {
  let root = FileManager.default.temporaryDirectory.appending(path: "project-\(UUID().uuidString)")

  /// The checkout that these tests belong to.
  static let checkout = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  /// CPython 3.11 with hpy 0.9.0, as the set-up makes it.
  static let cpython = checkout.appending(path: ".runtimes/cpython-3.11/bin/python").path
  /// PyPy 7.3.19 with its own HPy, where it can be had.
  static let pypy = checkout.appending(path: ".runtimes/pypy-7.3.19/bin/pypy3").path

  static var hasPyPy: Bool { FileManager.default.isExecutableFile(atPath: pypy) }

  /// - Parameter files: text by path below the folder `Suites`.
  init(_ files: [String: String] = [:], runtimes: [String: String] = ["cpython-3.11": Project.cpython]) throws {
    try FileManager.default.createDirectory(at: root.appending(path: "Suites"), withIntermediateDirectories: true)
    for (path, text) in files { try write(path, text) }
    let entries = runtimes.sorted { $0.key < $1.key }.map {
      "[[runtime]]\nname = \"\($0.key)\"\ninterpreter = \"\($0.value)\"\n"
    }
    try Data(entries.joined().utf8).write(to: root.appending(path: "hpy-conform.toml"))
  }

  deinit { try? FileManager.default.removeItem(at: root) }

  func write(_ path: String, _ text: String) throws {
    let file = root.appending(path: "Suites/\(path)")
    try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: file)
  }

  /// An executable file, by its path below the project.
  func program(_ path: String, _ text: String) throws {
    try write("../\(path)", text)
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o755], ofItemAtPath: root.appending(path: path).path)
  }

  /// CPython's environment under another path of the project.
  ///
  /// - Returns: the path of its interpreter.
  @discardableResult
  func linkCPython(as name: String) throws -> String {
    let link = root.appending(path: name)
    try FileManager.default.createSymbolicLink(at: link, withDestinationURL: Self.environment)
    return link.appending(path: "bin/python").path
  }

  /// A copy of CPython's environment in the project.
  ///
  /// - Returns: the path of its interpreter.
  @discardableResult
  func copyCPython(to name: String) throws -> String {
    let copy = root.appending(path: name)
    // Copying a link copies no more than the link, and writing through that would change the stock one.
    try FileManager.default.copyItem(at: Self.environment.resolvingSymlinksInPath(), to: copy)
    try #require(copy.resolvingSymlinksInPath() == root.resolvingSymlinksInPath().appending(path: name))
    return copy.appending(path: "bin/python").path
  }

  /// Changes a file of the HPy of a copy of CPython's environment.
  ///
  /// - Parameter path: below the package `hpy`.
  func changeHPy(of name: String, _ path: String, _ change: (String) -> String) throws {
    let file = root.appending(path: "\(name)/lib/python3.11/site-packages/hpy/\(path)")
    let text = try String(contentsOf: file, encoding: .utf8)
    let changed = change(text)
    try #require(changed != text)
    try Data(changed.utf8).write(to: file)
  }

  private static let environment = URL(filePath: cpython).deletingLastPathComponent().deletingLastPathComponent()

  var database: String { root.appending(path: "Results/results.sqlite").path }

  /// The files in the database's folder.
  func databaseFiles() throws -> [String] {
    let folder = URL(filePath: database).deletingLastPathComponent().path
    return try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
  }

  /// The command beside the test bundle.
  static let command: String = {
    // swift-testing's own runner and the bundle lie in the same folder as the products.
    let candidates = [Bundle.main.bundleURL, URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()]
    let found = candidates.map { $0.appending(path: "hpy-conform").path }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
    return found ?? checkout.appending(path: ".build/debug/hpy-conform").path
  }()

  /// Runs the command in the project; builds are shared through the machine's cache, as a person's are.
  @discardableResult
  func run(_ arguments: String..., environment: [String: String] = [:], limit: Double = 240) async throws -> Tool.Result
  {
    try await run(arguments, environment: environment, limit: limit)
  }

  @discardableResult
  func run(_ arguments: [String], environment: [String: String] = [:], limit: Double = 240) async throws -> Tool.Result
  {
    var variables = ProcessInfo.processInfo.environment
    variables.merge(environment) { $1 }
    return try await Tool.run(
      Self.command, arguments, environment: variables, directory: root.path, limit: limit)
  }

  /// Runs the command, and a body beside it. When one fails the other ends too, and the body ends with the command.
  @discardableResult
  func run(_ arguments: String..., meanwhile body: @escaping @Sendable () async throws -> Void) async throws
    -> Tool.Result
  {
    try await withThrowingTaskGroup(of: Tool.Result?.self) { group in
      group.addTask { try await self.run(arguments) }
      group.addTask {
        try await body()
        return nil
      }
      var result: Tool.Result?
      for try await one in group {
        guard let one else { continue }
        result = one
        group.cancelAll()
      }
      return try #require(result)
    }
  }

  /// - Throws: `CancellationError` where the task is cancelled before that comes true.
  func wait(until isTrue: () throws -> Bool) async throws {
    while try !isTrue() { try await Task.sleep(for: .milliseconds(20)) }
  }

  /// The process that writes to the database.
  func writer() throws -> pid_t {
    try #require(pid_t(try String(contentsOfFile: database + ".lock", encoding: .utf8)))
  }

  /// The last run, and the database that has it.
  func latest() throws -> (run: StoredRun, store: Store) {
    let store = try Store(path: database)
    return (try store.run(named: "latest"), store)
  }

  /// The last run's results, by scenario name and lane.
  func results() throws -> [String: StoredResult] {
    let (run, store) = try latest()
    return try store.results(of: run).reduce(into: [:]) { $0["\($1.cell.scenario.name)@\($1.cell.lane)"] = $1 }
  }

  /// The last run's results, by the whole name of their cells.
  func cells() throws -> [String: StoredResult] {
    let (run, store) = try latest()
    return try store.results(of: run).reduce(into: [:]) { $0[$1.cell.description] = $1 }
  }

  /// All attempts at a cell in the last run.
  func attempts(_ result: StoredResult) throws -> [Attempt] {
    let (run, store) = try latest()
    return try store.attempts(of: result.cell, in: run)
  }

  /// What `run` and `judge` show of the last run.
  func summary() throws -> SummaryDocument {
    let (run, store) = try latest()
    return try SummaryDocument(run, in: store)
  }

  /// What `show` shows of a cell of the last run.
  func shown(_ cell: String) throws -> CellDocument {
    let (run, store) = try latest()
    let id = try #require(CellID(cell))
    let result = try #require(try store.result(of: id, in: run))
    return try CellDocument(result, of: run, in: store)
  }
}

/// Sources that many tests need.
enum Sources {
  /// A C-API module `ext` whose functions take no arguments; bodies by name, each returning a `PyObject *`.
  static func capi(_ functions: [String: String], includes: String = "", initialiser: String = "PyInit_ext") -> String {
    let names = functions.keys.sorted()
    let bodies = names.map {
      "static PyObject *\($0)(PyObject *self, PyObject *unused)\n{\n\(functions[$0]!)\n    Py_RETURN_NONE;\n}\n"
    }
    let table = names.map { "    {\"\($0)\", \($0), METH_NOARGS, NULL}," }
    return """
      #include "conform_capi.h"
      #include <signal.h>
      #include <unistd.h>
      \(includes)
      \(bodies.joined(separator: "\n"))
      static PyMethodDef methods[] = {
      \(table.joined(separator: "\n"))
          {NULL},
      };
      static PyModuleDef module = {PyModuleDef_HEAD_INIT, .m_name = "ext", .m_methods = methods};
      PyMODINIT_FUNC \(initialiser)(void)
      {
          return PyModuleDef_Init(&module);
      }
      """
  }

  /// A scenario file with a body per scenario.
  static func scenarios(_ bodies: [(String, String)]) -> String {
    "from hpy_conform import *\n\n"
      + bodies.map { "\n@scenario\ndef \($0.0)(ext):\n    \"\"\"A rule.\"\"\"\n    \($0.1)\n" }.joined()
  }
}
