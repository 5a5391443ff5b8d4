import Foundation
import Model
import Testing

@Suite("Packages that are installed")
struct PackageTests {
  private static let scenarios = """
    import conform_tiny

    from hpy_conform import expect, record, scenario


    @scenario
    def answers(ext):
        expect("answer", conform_tiny.answer(), 2, source="conform-tiny's manual")
        record("module", ext is conform_tiny)


    @scenario
    def keeps(ext):
        record("keep", ext.keep())

    """

  /// A project with a case for a package, and a shelf with wheels of two versions.
  private static func project(_ manifest: String) async throws -> (Project, environment: [String: String]) {
    let project = try Project(["packages/tiny/case.toml": manifest, "packages/tiny/scenarios.py": scenarios])
    let shelf = project.root.appending(path: "shelf")
    for version in ["1.0", "2.0"] { try await TinyPackage(in: project.root, version: version).wheel(on: shelf) }
    return (project, ["PIP_FIND_LINKS": shelf.path])
  }

  @Test("a checkout is built and installed, its leak and its broken promise are found, and nothing is done twice")
  func checkout() async throws {
    let project = try Project([
      "packages/tiny/case.toml": "package = \"../../../conform-tiny-1.0\"\nmodule = \"conform_tiny\"\n",
      "packages/tiny/scenarios.py": Self.scenarios,
    ])
    let package = try TinyPackage(in: project.root, version: "1.0")
    let run = try await project.run("run")
    #expect(run.exitCode == 1, "\(run.errors)")
    let cells = try project.cells()
    #expect(Set(cells.keys) == ["answers", "keeps"].map { "packages/tiny/\($0)@installed@cpython-3.11" }.asSet)
    #expect(cells.values.allSatisfy { $0.verdict == .new })
    let shown = try await project.run("show", "packages/tiny/keeps@installed@cpython-3.11")
    #expect(shown.output.contains("repeats: memory blocks") && shown.output.contains("pip install"), "\(shown.output)")
    let again = try await project.run("run", "--reuse")
    #expect(again.output.contains("0 build steps done, 1 taken over"), "\(again.output)")
    #expect(again.output.contains("2 cells taken over"), "\(again.output)")
    // What is built from it is its content's.
    let source = package.folder.appending(path: "tiny.c")
    let text = try String(contentsOf: source, encoding: .utf8)
    try Data(text.replacing("PyLong_FromLong(1)", with: "PyLong_FromLong(2)").utf8).write(to: source)
    try await project.run("run")
    #expect(try project.cells()["packages/tiny/answers@installed@cpython-3.11"]?.verdict == .conforming)
  }

  @Test("versions stand side by side, the first bad one is found, and what a requirement meant is recorded")
  func versions() async throws {
    let (project, environment) = try await Self.project("package = \"conform-tiny\"\n")
    #expect(try await project.run("run", environment: environment).exitCode == 0)
    let latest = try project.latest()
    let key = try #require(try latest.store.fileKeys(of: latest.run)["packages/tiny/installed.txt"])
    #expect(try latest.store.content(key).hasPrefix("cpython-3.11: conform-tiny==2.0"))
    let compared = try await project.run(
      "compare", "conform-tiny==2.0", "conform-tiny==1.0", environment: environment)
    #expect(compared.exitCode == 1, "\(compared.errors)")
    #expect(compared.output.contains("installed:conform-tiny==1.0"), "\(compared.output)")
    #expect(compared.output.contains("“answer”"), "\(compared.output)")
    let bisected = try await project.run(
      "bisect", "packages/tiny/answers@installed@cpython-3.11", "--package", "conform-tiny==2.0", "conform-tiny==1.0",
      environment: environment)
    #expect(bisected.exitCode == 0, "\(bisected.output)\(bisected.errors)")
    #expect(bisected.output.contains("conform-tiny==1.0"), "\(bisected.output)")
    let chosen = try await project.run(
      "run", "packages/tiny/answers@installed:conform-tiny==1.0", environment: environment)
    #expect(chosen.exitCode == 1)
    #expect(
      Set(try project.cells().keys) == ["packages/tiny/answers@installed:conform-tiny==1.0@cpython-3.11"],
      "\(chosen.errors)")
    let nobody = try await project.run("compare", "conform-huge==1.0", "conform-huge==2.0", environment: environment)
    #expect(nobody.exitCode == 64 && nobody.errors.contains("no case has a cell for installed:conform-huge==1.0"))
  }

  @Test("a package's own tests are scenarios: one that crashes costs no other, and names survive")
  func ownTests() async throws {
    let project = try Project([
      "packages/own/case.toml": """
      package = "../../../conform-tiny-2.0"
      module = "conform_tiny"
      tests = "tests"

      """
    ])
    _ = try TinyPackage(
      in: project.root, version: "2.0", others: ["tests/test_more.py": "import not_installed_anywhere\n"])
    let run = try await project.run("run", "--why")
    #expect(run.exitCode == 1, "\(run.errors)")
    let refused = try project.cells()["packages/own/tests.test_more::@installed@cpython-3.11"]
    #expect(refused?.outcome == .unsupported)
    #expect(refused?.message?.contains("not_installed_anywhere") == true, "\(refused?.message ?? "")")
    let tiny = try project.cells().filter { $0.key.contains("tests.test_tiny::") }
    let cells = tiny.reduce(into: [:]) { cells, one in
      cells[String(one.key.dropFirst("packages/own/tests.test_tiny::".count).prefix { $0 != "@" })] = one.value
    }
    #expect(
      Set(cells.keys) == [
        "test_passes", "test_names[a%2Fb]", "test_names[50%25]", "test_names[%40]", "test_fails", "test_crashes",
        "test_after_the_crash", "test_skipped", "test_expected_to_fail",
      ])
    #expect(cells["test_crashes"]?.outcome == .crashed(signal: "SIGSEGV"))
    #expect(cells["test_fails"]?.outcome == .expectationFailed)
    #expect(cells["test_skipped"]?.outcome == .notApplicable)
    for name in ["test_passes", "test_names[a%2Fb]", "test_after_the_crash", "test_expected_to_fail"] {
      #expect(cells[name]?.verdict == .conforming, "\(name)")
    }
    let shown = try await project.run(
      "show", "packages/own/tests.test_tiny::test_fails@installed@cpython-3.11")
    #expect(shown.output.contains("assert 2 == 3"), "\(shown.output)")
  }

  @Test("what can't be installed, imported or used costs one case, with the reason")
  func obstacles() async throws {
    let project = try Project([
      "packages/none/case.toml": "package = \"conform-there-is-no-such-package\"\n",
      "packages/none/scenarios.py": Sources.scenarios([("x", "record('x', 1)")]),
      "packages/fails/case.toml": "package = \"../../../conform-tiny-3.0\"\nmodule = \"conform_tiny\"\n",
      "packages/fails/scenarios.py": Sources.scenarios([("x", "record('x', 1)")]),
      "packages/shadows/case.toml": "package = \"../../../conform-tiny-4.0\"\nmodule = \"conform_tiny\"\n",
      "packages/shadows/scenarios.py": Sources.scenarios([("x", "record('x', 1)")]),
      "packages/raises/case.toml": "package = \"../../../conform-tiny-5.0\"\nmodule = \"raises\"\n",
      "packages/raises/scenarios.py": Sources.scenarios([("x", "record('x', 1)")]),
      "packages/good/case.toml": "package = \"../../../conform-tiny-5.0\"\nmodule = \"conform_tiny\"\n",
      "packages/good/scenarios.py": Sources.scenarios([("x", "record('x', 1)")]),
    ])
    _ = try TinyPackage(in: project.root, version: "3.0", others: ["tiny.c": "int f(void) { return nothing; }\n"])
    _ = try TinyPackage(in: project.root, version: "4.0", others: ["hpy_conform.py": "scenario = None\n"])
    _ = try TinyPackage(in: project.root, version: "5.0", others: ["raises.py": "raise RuntimeError('not here')\n"])
    let run = try await project.run("run", "--why")
    let cells = try project.cells()
    func message(_ name: String) -> String { cells["packages/\(name)/x@installed@cpython-3.11"]?.message ?? "" }
    #expect(message("none").contains("No matching distribution found"), "\(message("none"))")
    #expect(message("fails").contains("tiny.c:1"), "\(message("fails"))")
    #expect(message("shadows").contains("`hpy_conform.py`"), "\(message("shadows"))")
    for name in ["none", "fails", "shadows"] {
      #expect(cells["packages/\(name)/x@installed@cpython-3.11"]?.outcome == .unsupported)
    }
    #expect(cells["packages/raises/x@installed@cpython-3.11"]?.outcome == .notLoadable)
    #expect(message("raises") == "not here")
    #expect(cells["packages/good/x@installed@cpython-3.11"]?.verdict == .conforming)
    #expect(run.exitCode == 1)
  }

  @Test("an index that does not answer says nothing of the package")
  func silentIndex() async throws {
    let project = try Project([
      "packages/tiny/case.toml": "package = \"conform-tiny\"\n", "packages/tiny/scenarios.py": Self.scenarios,
    ])
    // A first run fetches pip itself.
    _ = try await project.run("run")
    let run = try await project.run("run", environment: ["PIP_INDEX_URL": "http://127.0.0.1:9/simple"])
    #expect(run.exitCode == 69, "\(run.output)\(run.errors)")
    let cell = try #require(try project.cells()["packages/tiny/keeps@installed@cpython-3.11"])
    #expect(cell.outcome == .harnessFailed)
    #expect(cell.message?.contains("the package index does not answer") == true, "\(cell.message ?? "")")
  }

  @Test("bad manifests are told with their line")
  func badInput() async throws {
    for (manifest, words) in [
      ("package = \"a b\"\n", "case.toml:1: `package` is \"a b\", expected a requirement or a path"),
      ("package = \"x\"\ntests = \"../x\"\n", "case.toml:2: `tests` has \"../x\""),
      ("package = \"x\"\ntests = \"tests\"\n", "case.toml:2: a case with `tests` has scenarios.py, too"),
    ] {
      let project = try Project([
        "p/x/case.toml": manifest, "p/x/scenarios.py": Sources.scenarios([("x", "record('x', 1)")]),
      ])
      let run = try await project.run("run")
      #expect(run.exitCode == 64 && (run.output + run.errors).contains(words), "\(run.output)\(run.errors)")
    }
    let both = try Project([
      "p/x/case.toml": "package = \"x\"\n", "p/x/capi.c": "", "p/x/scenarios.py": Self.scenarios,
    ])
    let run = try await both.run("run")
    #expect(run.exitCode == 64 && (run.output + run.errors).contains("has C sources, too"))
  }

  @Test("new --package makes a case that runs")
  func new() async throws {
    let project = try Project()
    let package = try TinyPackage(in: project.root, version: "2.0")
    let made = try await project.run("new", "packages/tiny", "--package", package.folder.path)
    #expect(made.exitCode == 0, "\(made.errors)")
    // The folder's name says the version, too; the module's is the author's to know.
    let manifest = project.root.appending(path: "Suites/packages/tiny/case.toml")
    let text = try String(contentsOf: manifest, encoding: .utf8)
    for file in ["case.toml", "scenarios.py"] {
      let path = project.root.appending(path: "Suites/packages/tiny/\(file)")
      let text = try String(contentsOf: path, encoding: .utf8)
      try Data(text.replacing("conform_tiny_2_0", with: "conform_tiny").utf8).write(to: path)
    }
    #expect(text.contains("package = \"\(package.folder.path)\""))
    let run = try await project.run("run")
    #expect(run.exitCode == 0, "\(run.output)\(run.errors)")
    #expect(try project.cells().count == 3)
    let list = try await project.run("list")
    #expect(list.output.contains("package: \(package.folder.path)"), "\(list.output)")
    #expect(try await project.run("new", "packages/bad", "--package", "a b").exitCode == 64)
  }

  @Test("C++, include folders, flags and libraries of a case")
  func options() async throws {
    let source = """
      #include "number.hpp"
      #include <Python.h>
      #include <cmath>
      #include <string>
      static PyObject *text(PyObject *, PyObject *) { return PyUnicode_FromString(std::string(NUMBER, 'x').c_str()); }
      static PyMethodDef methods[] = {{"text", text, METH_NOARGS, nullptr}, {nullptr, nullptr, 0, nullptr}};
      static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, "ext", nullptr, 0, methods};
      PyMODINIT_FUNC PyInit_ext() { return PyModule_Create(&definition); }

      """
    let project = try Project([
      "s/one/capi-heap.cpp": source,
      "s/one/case.toml": "[c]\ninclude = [\"parts\"]\nflags = [\"-DADDED=2\"]\nlibraries = [\"m\"]\n",
      "s/one/parts/number.hpp": "#define NUMBER (1 + ADDED)\n",
      "s/one/scenarios.py": Sources.scenarios([("text", "expect('text', ext.text(), 'xxx', source='x')")]),
    ])
    #expect(try await project.run("run").exitCode == 0)
    try project.write("s/one/parts/number.hpp", "#define NUMBER (2 + ADDED)\n")
    #expect(try await project.run("run").exitCode == 1)
    try project.write("s/one/case.toml", "[c]\ninclude = [\"parts\"]\nflags = [\"-DADDED=1\"]\n")
    #expect(try await project.run("run").exitCode == 0)
    for (manifest, words) in [
      ("[c]\ninclude = [\"nowhere\"]\n", "case.toml:2: there is no folder nowhere"),
      ("[c]\npkg-config = [\"no-such-library\"]\n", "pkg-config does not"),
      ("[c]\nflags = [\"-o\"]\n", "case.toml:2: `flags` has -o"),
    ] {
      try project.write("s/one/case.toml", manifest)
      let run = try await project.run("run")
      #expect(run.exitCode == 64 && (run.output + run.errors).contains(words), "\(run.output)\(run.errors)")
    }
  }
}

extension [String] {
  fileprivate var asSet: Set<String> { Set(self) }
}
