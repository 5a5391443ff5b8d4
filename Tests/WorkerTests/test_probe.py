"""The probe: what an interpreter says of itself."""

import json
import os
import subprocess
import sys
import tempfile
import unittest

import support


class ProbeTest(unittest.TestCase):
    def probe(self, *arguments, **options):
        """The probe's exit code and output."""
        with tempfile.TemporaryDirectory() as folder:
            program = [support.interpreter(folder), os.path.join(support.WORKER_FOLDER, "conform_probe.py")]
            return subprocess.run(
                program + list(arguments), stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)

    def test_an_interpreter_describes_itself(self):
        """The facts that the runner decodes, of the types that it expects."""
        facts = json.loads(self.probe().stdout.decode("ascii"))
        self.assertEqual({name: type(value) for name, value in facts.items()}, {
            "implementation": str, "version": str, "python": str, "build": str, "executable": str, "path": list,
            "debug": bool, "free_threaded": bool, "ext_suffix": str, "include": list, "machine": str, "can_fork": bool,
            "hpy_path": list, "hpy_backend": bool, "library": list, "files": list, "places": list})
        self.assertEqual(facts["implementation"], sys.implementation.name)
        self.assertEqual(facts["python"], "%d.%d.%d" % sys.version_info[:3])
        self.assertTrue(facts["can_fork"])

    def test_the_headers_are_where_it_says(self):
        """Python.h lies in one of the folders."""
        folders = json.loads(self.probe().stdout.decode("ascii"))["include"]
        self.assertTrue(any(os.path.exists(os.path.join(folder, "Python.h")) for folder in folders), folders)

    @unittest.skipUnless(os.path.exists("/proc/self/maps"), "this system doesn't say what a process maps")
    def test_the_files_that_answers_come_from(self):
        """The executable, the worker and what it imports are named; the library is a folder."""
        facts = json.loads(self.probe().stdout.decode("ascii"))
        self.assertIn(os.path.realpath(facts["executable"]), facts["files"])
        names = {os.path.basename(path) for path in facts["files"]}
        self.assertLessEqual({"conform_worker.py", "hpy_conform.py", "conform_render.py"}, names)
        self.assertTrue(any(".so" in name for name in names), names)
        self.assertTrue(all(os.path.isfile(path) for path in facts["files"]))
        self.assertTrue(any(os.path.exists(os.path.join(folder, "os.py")) for folder in facts["library"]))

    def test_an_hpy_without_the_interpreter_s_own_module_has_no_backend(self):
        """PyPy 8 keeps Python files of hpy, and no module that they could import."""
        from conform_probe import _has_backend

        self.assertTrue(_has_backend("cpython"))
        self.assertEqual(_has_backend("pypy"), "_hpy_universal" in sys.builtin_module_names)

    def test_an_old_python_says_that_it_is_one(self):
        """What is older than the oldest supported version describes nothing else."""
        folder = support.WORKER_FOLDER
        code = "import sys; sys.path.insert(0, %r); import conform_probe, runpy; sys.version_info = (2, 7, 18)\n" \
               "runpy.run_path(%r, run_name='__main__')" % (folder, os.path.join(folder, "conform_probe.py"))
        with tempfile.TemporaryDirectory() as place:
            output = subprocess.check_output([support.interpreter(place), "-c", code])
        self.assertEqual(json.loads(output.decode("ascii")), {"too_old": "2.7.18"})

    def test_pre_releases_are_told_apart(self):
        """A version has its serial in short, as PEP 440 writes it."""
        from conform_probe import _version

        for level, text in [("alpha", "3.9.0a2"), ("beta", "3.9.0b2"), ("candidate", "3.9.0rc2"), ("final", "3.9.0")]:
            info = type("Info", (), {"major": 3, "minor": 9, "micro": 0, "releaselevel": level, "serial": 2})
            self.assertEqual(_version(info), text)

    def test_a_broken_hpy_is_found_but_not_imported(self):
        """Describing the interpreter finds where its HPy lies; only asking for the backend runs its code."""
        with tempfile.TemporaryDirectory() as folder:
            package = os.path.join(folder, "hpy")
            os.mkdir(package)
            with open(os.path.join(package, "__init__.py"), "w") as file:
                file.write("raise ImportError('broken on purpose')\n")
            options = {"env": dict(support.ENVIRONMENT, PYTHONPATH=folder)}
            facts = json.loads(self.probe(**options).stdout.decode("ascii"))
            self.assertEqual(facts["hpy_path"], [package])
            backend = self.probe("hpy", **options)
            self.assertNotEqual(backend.returncode, 0)
            self.assertIn(b"broken on purpose", backend.stderr)

    @unittest.skipUnless(support.find_hpy(), "this interpreter has no HPy")
    def test_the_backend_tells_its_version(self):
        """A version text, such as 0.9.0."""
        answer = json.loads(self.probe("hpy").stdout.decode("ascii"))
        self.assertRegex(answer["version"], r"^\d+\.\d+")


if __name__ == "__main__":
    unittest.main()
