"""The reader: what it finds in scenario files, and what it refuses."""

import json
import os
import subprocess
import tempfile
import unittest

import support
from conform_reader import describe

GOOD = '''
from hpy_conform import expect, scenario

@scenario
def first(ext):
    """The rule.

    More of it.
    """
    expect("x", ext.x, 1, source="Document, Section")

def helper(a, b):
    return a + b

@scenario
def second(ext):
    expect("y", ext.y, 2, "Document, Section")
'''
ONE = "from hpy_conform import expect, record, scenario\n\n@scenario\ndef one(ext):\n    %s\n"


class ReaderTest(unittest.TestCase):
    def read(self, text):
        """The description of a file with this text."""
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "scenarios.py")
            with open(path, "wb") as file:
                file.write(text if isinstance(text, bytes) else text.encode("utf-8"))
            return describe(path)

    def problems(self, text):
        """The messages about a file with this text."""
        return [problem["message"] for problem in self.read(text)["problems"]]

    def assert_refused(self, text, *parts):
        found = " / ".join(self.problems(text))
        for part in parts:
            self.assertIn(part, found)

    def test_modules_of_others_are_named(self):
        """What is neither ours nor the standard library's decides answers too, and nobody knows its content."""
        text = "import struct, numpy.linalg\nfrom collections import abc\nfrom attr import s\n" + ONE % "record('x', 1)"
        self.assertEqual(self.read(text)["foreign"], ["attr", "numpy"])
        self.assertEqual(self.read(GOOD)["foreign"], [])

    def test_scenarios_are_found_in_order(self):
        """Name, line and first line of the docstring, of decorated functions only."""
        description = self.read(GOOD)
        self.assertEqual(description["problems"], [])
        self.assertEqual(description["scenarios"], [
            {"name": "first", "line": 5, "summary": "The rule."}, {"name": "second", "line": 16, "summary": ""}])

    def test_a_file_without_scenarios_is_refused(self):
        """A file that would never run is a mistake."""
        self.assert_refused("x = 1\n", "no scenario here")

    def test_a_file_that_cannot_be_read_is_refused_alone(self):
        """Whatever is wrong with a file becomes a problem of that file, with its line where there is one."""
        description = self.read("x = 1\nx = = 2\n")
        self.assertEqual([problem["line"] for problem in description["problems"]], [2])
        for text in [b"x = '\xff'\n", b"x = 1\0\n", "x = " + "(" * 5000 + ")" * 5000, "# coding: no-such-thing\n"]:
            self.assertEqual(len(self.problems(text)), 1)
        self.assertEqual(len(describe(os.path.join(support.HERE, "no such file"))["problems"]), 1)

    def test_two_scenarios_of_a_name_are_refused(self):
        """The second would hide the first."""
        second = "\n@scenario\ndef one(ext):\n    record('x', 2)\n"
        self.assert_refused(ONE % "record('x', 1)" + second, "second scenario is named one")

    def test_a_scenario_takes_the_extension_and_nothing_else(self):
        """Any other signature would raise in every lane, and pass for a fact about the runtime."""
        for signature in ["()", "(a, b)", "(ext, *, other)", "(*ext)", "(ext, **others)"]:
            self.assert_refused("@scenario\ndef one%s:\n    pass\n" % signature, "takes one argument")
        self.assertEqual(self.problems("@scenario\ndef one(ext, /):\n    pass\n"), [])

    def test_a_scenario_that_would_never_run_is_refused(self):
        """Only plain functions at top level are run, so none is lost silently."""
        for text in [
            "@scenario\nasync def one(ext):\n    pass\n", "if True:\n    @scenario\n    def one(ext):\n        pass\n",
            "@scenario\nclass one:\n    pass\n",
        ]:
            self.assert_refused(text, "scenario one is not a plain function at top level")

    def test_an_expectation_needs_a_source(self):
        """A promise without its document is refused at its line."""
        self.assert_refused(ONE % "expect('x', 1, 2)", "without source=")
        self.assert_refused(ONE % "hpy_conform.expect('x', 1, 2, any_order=True)", "without source=")
        self.assertEqual(self.read(ONE % "expect('x', 1, 2)")["problems"][0]["line"], 5)

    def test_a_scenario_cannot_ask_where_it_runs(self):
        """Modules, attributes and names that tell the runtime or the lane are out of reach."""
        for statement, part in [
            ("import sys", "import of sys"), ("import os.path", "import of os"), ("import gc", "use collect()"),
            ("from platform import system", "import of platform"), ("import struct, ctypes", "use events()"),
            ("from hpy import universal", "import of hpy"), ("from hpy_conform import sys", "import of sys"),
            ("ext.__file__", "attribute __file__"), ("getattr(ext, '__file__')", "text '__file__'"),
            ("warnings.sys", "attribute sys"), ("one.__globals__['x']", "attribute __globals__"),
            ("eval('1')", "name eval"), ("open('x')", "name open"), ("globals()", "name globals"),
            ("__import__('x')", "name __import__"),
        ]:
            self.assert_refused(ONE % statement, part)

    def test_ordinary_modules_are_allowed(self):
        """What says nothing about the runtime may be used, and words in texts are only words."""
        self.assertEqual(self.problems(ONE % "import struct, types, weakref; record('os and sys', 'open')"), [])

    def test_only_the_public_part_of_hpy_conform_is_at_hand(self):
        """Its private part knows the runtime, and another name would hide an expectation from the reader."""
        for statement in ["import hpy_conform", "from hpy_conform import _log", "from hpy_conform import expect as e"]:
            self.assert_refused(statement + "\n" + ONE % "pass", "with public names, and without `as`")

    def test_problems_are_sorted_by_line(self):
        """Problems come in the order in which they are to be mended."""
        description = self.read(ONE % "expect('x', 1, 2)\n    import sys" + "\nimport os\n")
        self.assertEqual([problem["line"] for problem in description["problems"]], [5, 6, 8])

    def test_paths_in_descriptions_out(self):
        """As a program: a JSON list of paths, in UTF-8, on standard input; a JSON object on standard output."""
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "sc\u00e9narios.py")
            with open(path, "w") as file:
                file.write(GOOD)
            result = subprocess.run(
                [support.interpreter(folder), os.path.join(support.WORKER_FOLDER, "conform_reader.py")],
                input=json.dumps([path], ensure_ascii=False).encode("utf-8"), stdout=subprocess.PIPE, check=True)
            self.assertEqual(json.loads(result.stdout.decode("ascii")), {path: describe(path)})


if __name__ == "__main__":
    unittest.main()
