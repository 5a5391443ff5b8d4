import Foundation
import Platform
import Testing

/// A package with a C extension that builds in a second and needs nothing from an index: its build backend is its own.
struct TinyPackage {
  let folder: URL

  /// - Parameters:
  ///   - version: version 1.0 leaks a list in `keep()`, and its `answer()` is 1; that of any other is 2.
  ///   - others: further files, by their paths in the package.
  init(in parent: URL, version: String, others: [String: String] = [:]) throws {
    folder = parent.appending(path: "conform-tiny-\(version)")
    let files = [
      "pyproject.toml": """
      [build-system]
      requires = []
      build-backend = "backend"
      backend-path = ["."]
      [project]
      name = "conform-tiny"
      version = "\(version)"

      """,
      "backend.py": Self.backend(version), "tiny.c": Self.source(version), "tests/test_tiny.py": Self.tests,
    ]
    for (path, text) in files.merging(others, uniquingKeysWith: { $1 }) {
      let file = folder.appending(path: path)
      try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: file)
    }
  }

  /// Builds a wheel as pip would.
  ///
  /// - Parameter shelf: folder of wheels; `PIP_FIND_LINKS` takes it.
  func wheel(on shelf: URL) async throws {
    try FileManager.default.createDirectory(at: shelf, withIntermediateDirectories: true)
    let result = try await Tool.run(
      Project.cpython, ["-c", "import backend; backend.build_wheel('\(shelf.path)')"], directory: folder.path)
    try #require(result.succeeded, "\(result.errors)")
  }

  private static func backend(_ version: String) -> String {
    """
    import os, subprocess, sysconfig, zipfile

    NAME = "conform_tiny-\(version)"
    METADATA = "Metadata-Version: 2.1\\nName: conform-tiny\\nVersion: \(version)\\n"
    WHEEL = "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: false\\nTag: py3-none-any\\n"

    def build_wheel(folder, config_settings=None, metadata_directory=None):
        binary = "conform_tiny" + sysconfig.get_config_var("EXT_SUFFIX")
        subprocess.check_call(
            ["cc", "-shared", "-fPIC", "-I" + sysconfig.get_path("include"), "tiny.c", "-o", binary])
        wheel = NAME + "-py3-none-any.whl"
        modules = [one for one in os.listdir(".") if one.endswith(".py") and one != "backend.py"]
        with zipfile.ZipFile(os.path.join(folder, wheel), "w") as file:
            for one in [binary] + modules:
                file.write(one)
            file.writestr(NAME + ".dist-info/METADATA", METADATA)
            file.writestr(NAME + ".dist-info/WHEEL", WHEEL)
            file.writestr(NAME + ".dist-info/RECORD", "")
        return wheel

    """
  }

  private static func source(_ version: String) -> String {
    """
    #include <Python.h>
    static PyObject *answer(PyObject *self, PyObject *none) { return PyLong_FromLong(\(version == "1.0" ? 1 : 2)); }
    static PyObject *keep(PyObject *self, PyObject *none)
    {
        PyObject *list = PyList_New(9);
        if (list == NULL) return NULL;
        \(version == "1.0" ? "" : "Py_DECREF(list);")
        Py_RETURN_NONE;
    }
    static PyObject *crash(PyObject *self, PyObject *none) { *(volatile int *)0 = 1; return NULL; }
    static PyMethodDef methods[] = {
        {"answer", answer, METH_NOARGS, NULL}, {"keep", keep, METH_NOARGS, NULL}, {"crash", crash, METH_NOARGS, NULL},
        {NULL, NULL, 0, NULL}};
    static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, "conform_tiny", NULL, 0, methods};
    PyMODINIT_FUNC PyInit_conform_tiny(void) { return PyModule_Create(&definition); }

    """
  }

  private static let tests = """
    import conform_tiny
    import pytest

    def test_passes():
        assert conform_tiny.answer() in (1, 2)

    @pytest.mark.parametrize("path", ["a/b", "50%", "@"])
    def test_names(path):
        assert path

    def test_fails():
        assert conform_tiny.answer() == 3

    def test_crashes():
        conform_tiny.crash()

    def test_after_the_crash():
        pass

    @pytest.mark.skip(reason="not today")
    def test_skipped():
        assert False

    @pytest.mark.xfail
    def test_expected_to_fail():
        assert False

    """
}
