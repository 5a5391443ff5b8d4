"""Which of a target's own tests failed, from what they print."""
import argparse
import os
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import measuring
import references

REGRTEST = """0:00:00 load avg: 1.90 [ 1/17] test_descr passed
Ran 153 tests in 0.570s
0:00:01 load avg: 1.90 [ 2/17/1] test_gc failed (1 failure)
test_saveall (test.test_gc.GCTests.test_saveall) ... FAIL
FAIL: test_saveall (test.test_gc.GCTests.test_saveall)
Ran 48 tests in 1.521s
0:00:02 load avg: 1.90 [ 3/17/2] test_copy crashed (Exit code -11)
"""


def reference(make, folder="/nonexistent", **options):
    target = argparse.Namespace(identity="x", their_tests="tests", interpreter_without_fault=lambda: "python", source="s")
    options = argparse.Namespace(**dict(dict(work=folder, no_reference=False, reference_timeout=60), **options))
    return make(options, target, measuring.Verdicts(os.path.join(folder, "verdicts.jsonl")))


class HPyTests(unittest.TestCase):
    def test_ids_with_blanks_and_reasons(self):
        output = ("FAILED test/a.py::T::one[with stacktrace] - assert 1 - 2\nERROR test/a.py::two\n"
                  "FAILED test/b.py::three[x] - worker 'gw1' c...\nFAILED test/b.py::four - boo [x]\n")
        self.assertEqual(reference(references.HPyTests).failures(output), [
            "test/a.py::T::one[with stacktrace]", "test/a.py::two", "test/b.py::four", "test/b.py::three[x]"])


class CPythonTests(unittest.TestCase):
    def setUp(self):
        self.tests = reference(references.CPythonTests)

    def test_tests_and_files(self):
        self.assertEqual(self.tests.failures(REGRTEST), ["test_saveall (test.test_gc.GCTests.test_saveall)"])
        self.assertEqual(self.tests.files(REGRTEST), ["test_copy", "test_gc"])
        self.assertEqual(self.tests.passed(REGRTEST), 200)

    def test_a_crash_is_a_failure_of_the_file(self):
        self.assertEqual(self.tests.failures(REGRTEST.splitlines()[-1]), ["test_copy"])

    def test_what_fails_without_a_fault_is_left_out(self):
        words = self.tests.command("python", ["test_a (test.test_gc.T.test_a)"])
        self.assertEqual(words[words.index("--ignore") + 1], "*test_gc.T.test_a")
        self.assertIn("--failfast", words)
        self.assertNotIn("--failfast", self.tests.command("python"))


class Stub(references.Reference):
    def command(self, python, without=None):
        return ["sh", "-c", python]

    def failures(self, output):
        return output.split() if "passed" not in output else []

    def passed(self, output):
        return 3

    def confirmed(self, python, output):
        return "chance" not in output


class Measures(unittest.TestCase):
    def measured(self, script, **options):
        with tempfile.TemporaryDirectory() as folder:
            return reference(Stub, folder, **options).measure("f", script)

    def test_verdicts(self):
        self.assertEqual(self.measured("echo t; exit 1")["first"], "t")
        self.assertIs(self.measured("echo passed")["noticed"], False)
        self.assertIs(self.measured("sleep 60", reference_timeout=0.2)["noticed"], True)

    def test_what_fails_by_chance_is_no_notice(self):
        found = self.measured("echo chance; exit 1")
        self.assertEqual((found["noticed"], found["first"]), (False, None))


if __name__ == "__main__":
    unittest.main()
