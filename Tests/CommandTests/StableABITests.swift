import Documents
import Foundation
import Model
import Platform
import Storing
import Testing

/// With real compiles for the stable ABI.
@Suite("The stable ABI, from the command line")
struct StableABITests {
  private static let files = [
    "s/one/capi.c": """
    #include "conform_capi.h"
    static PyObject *limited(PyObject *module, PyObject *unused)
    {
    #ifdef Py_LIMITED_API
        return PyLong_FromLong(Py_LIMITED_API);
    #else
        return PyLong_FromLong(0);
    #endif
    }
    static PyMethodDef methods[] = {{"limited", limited, METH_NOARGS, NULL}, {NULL}};
    static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, "ext", NULL, 0, methods};
    PyMODINIT_FUNC PyInit_ext(void) { return PyModule_Create(&definition); }
    """,
    "s/one/case.toml": "[limited-api]\nabi3 = \"3.8\"\n",
    "s/one/scenarios.py": Sources.scenarios([("tells", "record('limited', ext.limited())")]),
    // Uses what the limited API lacks, and says another version than it has.
    "s/wrong/capi.c": """
    #include "conform_capi.h"
    static PyObject *name(PyObject *module, PyObject *type)
    {
        return PyUnicode_FromString(((PyTypeObject *)type)->tp_name);
    }
    static PyMethodDef methods[] = {{"name", name, METH_O, NULL}, {NULL}};
    static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, "ext", NULL, 0, methods};
    PyMODINIT_FUNC PyInit_ext(void) { return PyModule_Create(&definition); }
    """,
    "s/wrong/case.toml": "[limited-api]\nabi3 = \"3.8\"\n",
    "s/wrong/scenarios.py": Sources.scenarios([("tells", "record('name', ext.name(int))")]),
    "s/late/capi.c": "#include \"conform_capi.h\"\n",
    "s/late/case.toml": "[limited-api]\nabi3 = \"3.99\"\n",
    "s/late/scenarios.py": Sources.scenarios([("tells", "record('x', ext.x)")]),
  ]

  @Test("the same C goes through abi3 and capi-heap, and differs where it says so")
  func lanes() async throws {
    let project = try Project(Self.files)
    let run = try await project.run("run", "s/one", "--lane", "capi-heap", "--lane", "abi3")
    #expect(run.output.contains("“limited”: expected 0, got \(0x0308_0000)"), "\(run.output)\(run.errors)")
    #expect(run.exitCode == 1)
  }

  @Test("C that the limited API can't compile is the case's fault; a version that no header has is told")
  func badInput() async throws {
    let project = try Project(Self.files)
    let wrong = try await project.run("run", "s/wrong", "--lane", "capi-heap", "--lane", "abi3")
    #expect(wrong.exitCode == 64, "\(wrong.output)\(wrong.errors)")
    #expect(wrong.output.contains("capi.c:4"), "\(wrong.output)")
    let late = try await project.run("run", "s/late", "--lane", "abi3", "--why")
    #expect(
      late.output.contains("its C is written for Py_LIMITED_API 3.99, and cpython-3.11 has headers of 3.11"),
      "\(late.output)\(late.errors)")
    try project.write("s/one/case.toml", "[limited-api]\nabi3 = \"2.7\"\n")
    let bad = try await project.run("run", "s/one")
    #expect(bad.exitCode == 64)
    #expect(bad.output.contains("case.toml:2"), "\(bad.output)")
  }

  @Test(
    "binaries that a view keeps are loaded by the next one, beside those of its own headers; damaged ones are refused")
  func kept() async throws {
    let project = try Project(Self.files, runtimes: ["cpython-3.11": Project.cpython, "other": "other/bin/python"])
    try project.linkCPython(as: "other")
    let folder = project.root.appending(path: "kept")
    let arguments = ["portability", "s/one", "--lane", "abi3", "--kept", folder.path, "--format", "json"]
    let first = try await project.run(arguments)
    let document: PortabilityDocument = try Printed.document(first)
    #expect(first.exitCode == 0, "\(first.errors)")
    #expect(document.binaries.map(\.name) == ["abi3:cpython-3.11", "abi3:other"])
    #expect(document.pairs.count { $0.behaves == 1 } == 4)
    #expect(document.staticCheck != nil)
    // Headers that nobody has any more.
    let home = try #require(try FileManager.default.contentsOfDirectory(atPath: folder.path).first)
    let source = folder.appending(path: home)
    let record = source.appending(path: "home.json")
    let changed = try #require(
      Sealed.content(of: try Data(contentsOf: record)).map { String(decoding: $0, as: UTF8.self) })
    let key = try #require(changed.firstMatch(of: #/"surroundings":"([0-9a-f]+)"/#)).1
    try Sealed.text(Data(changed.replacing(key, with: ContentKey(of: "other headers").hex).utf8)).write(to: record)
    let second: PortabilityDocument = try Printed.document(
      try await project.run(arguments + ["--runtime", "cpython-3.11"]))
    #expect(second.binaries.map(\.name) == ["abi3:cpython-3.11", "abi3:kept-cpython-3.11.2"])
    #expect(second.pairs.allSatisfy { $0.behaves == 1 })
    let binary = source.appending(path: "s/one/ext.abi3.so")
    try Data("no binary".utf8).write(to: binary)
    let damaged = try await project.run(arguments)
    #expect(damaged.exitCode == 64)
    #expect(damaged.errors.contains("\(binary.path): is damaged"), "\(damaged.errors)")
  }

  @Test("--kept is refused where no binary of the stable ABI is asked for")
  func keptOfNothing() async throws {
    let project = try Project(Self.files)
    let run = try await project.run("portability", "--lane", "universal", "--kept", "kept")
    #expect(run.exitCode == 64)
    #expect(run.errors.contains("--kept is for binaries of the stable ABI"), "\(run.errors)")
    let unknown = try await project.run("portability", "--lane", "abi4")
    #expect(unknown.exitCode == 64)
  }
}
