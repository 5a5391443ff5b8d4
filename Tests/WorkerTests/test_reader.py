"""The reader: what it finds in scenario files, and what it refuses."""

import hashlib
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
SHARED = '''from hpy_conform import *

KINDS = (
    "int",
)


def shared(ext):
    return ext.value()


@scenario
def one(ext):
    """A rule."""
    record("x", shared(ext))


# About two.
@scenario
def two(ext):
    record("y", 1)
'''
ONE = "from hpy_conform import expect, record, scenario\n\n@scenario\ndef one(ext):\n    %s\n"


def as_bytes(text):
    """A text in UTF-8, bytes as they are."""
    return text if isinstance(text, bytes) else text.encode("utf-8")


class ReadingTest(unittest.TestCase):
    def read(self, text):
        """The description of a file with this text."""
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "scenarios.py")
            with open(path, "wb") as file:
                file.write(as_bytes(text))
            return describe(path)


class ReaderTest(ReadingTest):
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
        self.assertEqual(
            [(one["name"], one["line"], one["summary"]) for one in description["scenarios"]],
            [("first", 5, "The rule."), ("second", 16, "")])
        lines = [(one["name"], one["line"]) for one in self.read(SHARED)["scenarios"]]
        self.assertEqual(lines, [("one", 13), ("two", 20)])

    def test_a_file_without_scenarios_is_refused(self):
        """A file that would never run is a mistake."""
        self.assert_refused("x = 1\n", "there is no scenario")

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
        self.assert_refused(ONE % "record('x', 1)" + second, "two scenarios are named one")

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


class ContentTest(ReadingTest):
    """The part of a file that decides what one of its scenarios says: all but the other scenarios' functions."""

    def contents(self, text):
        """The key of each scenario of a file with this text."""
        return {one["name"]: one["content"] for one in self.read(text)["scenarios"]}

    def assert_kept(self, text, **kept):
        """What decides each scenario is this text: the lines, none of them blank."""
        contents = self.contents(text)
        self.assertEqual(list(contents), list(kept))
        for name, part in kept.items():
            self.assertEqual(contents[name], hashlib.sha256(as_bytes(part)).hexdigest(), name)

    def assert_changes(self, text, old, new, *changed):
        """Writing one text for another is noticed in these scenarios, and in no others."""
        self.assertEqual(text.count(old), 1, old)
        before, after = self.contents(text), self.contents(text.replace(old, new))
        noticed = {name for name, key in before.items() if after.get(name, key) != key}
        self.assertEqual(noticed, set(changed), (old, new))

    def test_another_scenarios_function_says_nothing(self):
        """One's own function does, and what is shared."""
        for old, new, changed in [
            ('record("y", 1)', 'record("y", 2)', ["two"]), ('record("x"', 'record("z"', ["one"]),
            ("def two", "def three", []), ("def one", "def three", []),
            ("ext.value()", "ext.other()", ["one", "two"]), ('"int"', '"float"', ["one", "two"]),
            ("import *", "import record, scenario", ["one", "two"]), ("# About two.", "# Of two.", ["one", "two"]),
            ('"""A rule."""', '"""Another."""', ["one"]), ("def shared(ext)", "def shared(e)", ["one", "two"]),
        ]:
            self.assert_changes(SHARED, old, new, *changed)

    def test_blank_lines_say_nothing(self):
        """Be there nothing in them or white space."""
        for old, new in [
            ("@scenario\ndef one", "@scenario\n\ndef one"), ("\n\n\n# About", "\n# About"),
            ("\n\n\n# About", "\n \n\t\n# About"), ("\n\n\n# About", "\n\f\n# About"),
            ("1)\n", "1)"), ("1)\n", "1)\n\n\n"), ('\n    record("y"', '\n\n    record("y"'),
        ]:
            self.assert_changes(SHARED, old, new)

    def test_a_scenario_that_comes_or_goes_says_nothing(self):
        """Wherever it does: first, between, or last."""
        new = "@scenario\ndef new(ext):\n    record('new', 1)\n"
        before = self.contents(SHARED)
        for place in ["from hpy", "KINDS", "def shared", "@scenario\ndef one", "# About two."]:
            after = self.contents(SHARED.replace(place, new + place))
            self.assertEqual({name: key for name, key in after.items() if name != "new"}, before, place)
        self.assertEqual(dict(self.contents(SHARED + new), new=None), dict(before, new=None))

    def test_decorators_belong_to_their_function(self):
        """Over several lines, several of them, and with what stands between."""
        one = "@other(\n    'a',\n    'b'\n)\n# between\n@scenario\n# behind\ndef one(\n    ext\n):\n    pass\n"
        two = "@scenario\n@other('c',\n    'd')\ndef two(ext): pass\n"
        three = "@\\\nscenario\ndef three(ext):\n    return (\n1\n)\n"
        text = "x = 1\n%s%s%sy = 1"
        self.assert_kept(
            text % (one, two, three), one=text % (one, "", ""), two=text % ("", two, ""), three=text % ("", "", three))

    def test_comments_belong_to_what_they_are_indented_like(self):
        """A comment between two functions is shared; one at the end of a body is the body's."""
        one = "@scenario\ndef one(ext):\n    # inside\n    if ext:\n        pass\n        # deeper\n%s    # at end\n"
        two = "@scenario\ndef two(ext):\n    pass  # behind\n\t# the last\n"
        text = "# top\n%s# between\n    # indented, but below that\n%s# bottom"
        for blank in ["", "\n", "  \n\f\n"]:
            self.assert_kept(
                text % (one % blank + blank, blank + two + blank), one=text % (one % "", ""), two=text % ("", two))

    def test_only_scenarios_at_top_level_are_others(self):
        """What is nested in a scenario is its own; helpers, classes and other functions are everybody's."""
        text = (
            "@scenario\ndef one(ext):\n    def scenario(function):\n        return function\n\n    class Inner:\n"
            "        def two(self):\n            return 'inner'\n    record('x', Inner().two())\n\n"
            "class Helper:\n    def one(self):\n        return 'method'\n\n"
            "@helper\ndef three(ext):\n    return 'helper'\n\n"
            "@scenario\ndef two(ext):\n    def one(): return 'nested'\n")
        self.assert_changes(text, "'inner'", "'other'", "one")
        self.assert_changes(text, "'nested'", "'other'", "two")
        self.assert_changes(text, "'method'", "'other'", "one", "two")
        self.assert_changes(text, "'helper'", "'other'", "one", "two")

    def test_the_first_and_the_last_thing_of_a_file_can_be_scenarios(self):
        """With a byte order mark before the first, and no line's end behind the last."""
        text = b"\xef\xbb\xbf@scenario\ndef one(ext):\n    pass\n@scenario\ndef two(ext):\n    pass"
        self.assert_kept(
            text, one=b"\xef\xbb\xbf@scenario\ndef one(ext):\n    pass", two="@scenario\ndef two(ext):\n    pass")

    def test_a_single_scenario_is_decided_by_the_whole_file(self):
        """There are no others."""
        self.assert_kept(ONE % "record('x', 1)", one=(ONE % "record('x', 1)").replace("\n\n", "\n").rstrip())

    def test_line_ends_say_nothing(self):
        """Python takes all of them for the same."""
        for ends in ["\r\n", "\r"]:
            self.assertEqual(self.contents(SHARED.replace("\n", ends)), self.contents(SHARED))
        mixed = SHARED.replace("ext):\n", "ext):\r\n").replace("scenario\n", "scenario\r")
        self.assertEqual(self.contents(mixed), self.contents(SHARED))

    def test_other_separators_end_no_line(self):
        """What only str.splitlines() takes for a line's end: form feeds, and some of Unicode."""
        for mark in ["\f", "\v", "\x1c", "\x85", "\u2028", "\u2029"]:
            text = SHARED.replace("A rule.", "A %s rule." % mark).replace("int", mark)
            self.assert_changes(text, 'record("y", 1)', 'record("y", 2)', "two")
            self.assert_changes(text, 'record("x"', 'record("z"', "one")
        feeds = SHARED.replace("@scenario", "\f@scenario").replace("def two", "\fdef two")
        feeds = feeds.replace("1)\n", "1)\f\n\fz = 1\n")
        self.assert_changes(feeds, 'record("y", 1)', 'record("y", 2)', "two")
        self.assert_changes(feeds, "def two", "def three")
        self.assert_changes(feeds, "def one", "def three")
        self.assert_changes(feeds, "z = 1", "z = 2", "one", "two")

    def test_lines_of_a_text_are_no_functions(self):
        """They belong to what the text stands in, whatever they look like."""
        look = "\n@scenario\ndef two(\n# comment\n    # indented\ndef x(ext):"
        text = (
            "@scenario\ndef one(ext):\n    record('x', '''" + look + "ONE\n''')\n\n"
            "TEXT = '''" + look + "SHARED\n'''\n"
            "@scenario\ndef two(ext):\n    return f'''{ext}" + look + "TWO\n'''\n")
        self.assert_changes(text, "ONE", "1", "one")
        self.assert_changes(text, "TWO", "2", "two")
        self.assert_changes(text, "SHARED", "3", "one", "two")

    def test_other_encodings_are_taken_as_they_are(self):
        """By their bytes, at the lines that Python finds."""
        for encoding, letter in [("latin-1", b"\xe9\x85"), ("shift_jis", b"\x95\x5c"), ("utf-8", b"\xc2\x85")]:
            head = b"# -*- coding: " + encoding.encode("ascii") + b" -*-\n"
            one = b"@scenario\ndef one(ext):\n    record('" + letter + b"', 1)\n"
            two = b"@scenario\ndef two(ext):\n    record('''" + letter + b"\n''', 1)"
            self.assert_kept(head + one + two, one=(head + one)[:-1], two=head + two)

    def test_encodings_that_hide_line_ends_break_nothing(self):
        """There, lines of the file are not Python's; the file is read all the same."""
        one = b"@scenario\ndef one(ext):\n    x = 1+AAoAIAAgACAAIA-y = 2+AAoACgAKAAo-\n"
        two = b"@scenario\ndef two(ext): pass"
        self.assertEqual(list(self.contents(b"# coding: utf-7\n" + one + two)), ["one", "two"])

    def test_the_content_of_a_file_is_that_of_its_bytes(self):
        """Also where it can't be parsed; there is none where it can't be read."""
        for text in [SHARED.encode("ascii"), b"x = = 1\n", b"x = '\xff'\n", b"x = 1\0\n", b"", b"\r\n\n"]:
            self.assertEqual(self.read(text)["content"], hashlib.sha256(text).hexdigest())
        for path in [os.path.join(support.HERE, "no such file"), support.HERE]:
            self.assertIsNone(describe(path)["content"])


if __name__ == "__main__":
    unittest.main()
