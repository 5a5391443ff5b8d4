import Foundation
import Model
import Platform
import Storing

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

  var database: String { root.appending(path: "Results/results.sqlite").path }

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

  /// The last run's results, by scenario name and lane.
  func results() throws -> [String: StoredResult] {
    let store = try Store(path: database, .read)
    let results = try store.results(of: try store.run(named: "latest"))
    return results.reduce(into: [:]) { $0["\($1.cell.scenario.name)@\($1.cell.lane)"] = $1 }
  }

  /// All attempts at a cell in the last run.
  func attempts(_ result: StoredResult) throws -> [Attempt] {
    let store = try Store(path: database, .read)
    return try store.attempts(of: result.cell, in: try store.run(named: "latest"))
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
