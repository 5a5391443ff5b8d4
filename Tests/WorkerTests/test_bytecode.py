"""What is compiled beforehand: whole, what Python would have compiled, or nothing."""

import hashlib
import json
import os
import resource
import subprocess
import sys
import tempfile
import unittest

import support

COMPILER = os.path.join(support.WORKER_FOLDER, "conform_bytecode.py")


class BytecodeTest(unittest.TestCase):
    def compile(self, folder, *modules, **options):
        """The finished process of a compiler that writes to a folder."""
        with tempfile.TemporaryDirectory() as scripts:
            return subprocess.run(
                [support.interpreter(scripts), COMPILER, folder], input=json.dumps(modules).encode(),
                stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                env=dict(support.ENVIRONMENT, PYTHONPYCACHEPREFIX=os.devnull), **options)

    def said(self, run):
        self.assertEqual(run.returncode, 0, run.stderr)
        return json.loads(run.stdout.decode("ascii").splitlines()[-1])

    def test_what_is_said_is_what_is_there(self):
        """Sizes and contents of all files of the folder, and of their sources."""
        with tempfile.TemporaryDirectory() as folder:
            files = self.said(self.compile(folder, "pickle", "no_such_module"))
            found = {os.path.relpath(os.path.join(place, name), folder)
                     for place, _, names in os.walk(folder) for name in names}
            self.assertEqual(len(files), len(found))
            self.assertEqual({file["path"] for file in files}, found)
            for file in files:
                with open(os.path.join(folder, file["path"]), "rb") as written:
                    data = written.read()
                self.assertEqual((len(data), hashlib.sha256(data).hexdigest()), (file["size"], file["sha256"]))
                self.assertEqual(os.stat(file["source"]).st_size, file["source_size"])
                self.assertEqual(os.stat(file["source"]).st_mtime_ns, file["source_time"])
            names = {os.path.basename(file["source"]) for file in files}
            self.assertTrue(
                {"conform_worker.py", "conform_cell.py", "hpy_conform.py", "subprocess.py", "pickle.py"} <= names)

    def test_it_is_taken(self):
        """An interpreter imports from there, without a look at the sources' text."""
        with tempfile.TemporaryDirectory() as folder:
            self.said(self.compile(folder))
            code = "import sys; sys.path.insert(0, %r); import conform_render" % support.WORKER_FOLDER
            run = subprocess.run(
                [support.interpreter(folder), "-v", "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                env=dict(support.ENVIRONMENT, PYTHONPYCACHEPREFIX=folder))
            self.assertEqual(run.returncode, 0, run.stderr)
            lines = [line for line in run.stderr.decode("utf-8", "replace").splitlines() if "conform_render" in line]
            self.assertTrue(any("matches" in line and folder in line for line in lines), lines)

    def test_a_write_that_is_cut_short_ends_it(self):
        """A disk that takes a part of a file: nothing is said, and the exit code is not 0."""
        with tempfile.TemporaryDirectory() as folder:
            run = self.compile(
                folder, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000)))
            self.assertNotEqual(run.returncode, 0)
            self.assertEqual(run.stdout, b"")

    def test_a_source_that_is_no_python_is_left_out(self):
        """One bad module costs itself alone."""
        with tempfile.TemporaryDirectory() as folder:
            with open(os.path.join(folder, "wrong.py"), "w") as file:
                file.write("def\n")
            files = self.said(self.compile(folder, "wrong"))
            self.assertTrue(files)
            self.assertFalse(any(file["source"].endswith("wrong.py") for file in files))


if __name__ == "__main__":
    sys.exit(unittest.main())
