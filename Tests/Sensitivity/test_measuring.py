"""Verdicts from databases and runs; the commands are stand-ins."""
import argparse
import os
import sqlite3
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import common
import measuring
import references

SCHEMA = """
CREATE TABLE run (id, state);
CREATE TABLE finding (conclusion_id, verdict);
CREATE TABLE attempt (run_id, cell_id, seconds);
CREATE TABLE cell_result (run_id, cell_id, suite, test_case, scenario, lane, outcome, verdict, conclusion_id);
"""


def database(path, cells, state="finished"):
    """Cells are (case, lane, outcome, verdict, seconds)."""
    connection = sqlite3.connect(path)
    connection.executescript(SCHEMA)
    connection.execute("INSERT INTO run VALUES (1, ?)", (state,))
    for number, (case, lane, outcome, verdict, seconds) in enumerate(cells):
        connection.execute("INSERT INTO cell_result VALUES (1, ?, 's', ?, 'n', ?, ?, ?, ?)",
                           (number, case, lane, outcome, verdict, number))
        connection.execute("INSERT INTO attempt VALUES (1, ?, ?)", (number, seconds))
        connection.execute("INSERT INTO finding VALUES (?, ?)", (number, verdict))
    connection.commit()
    connection.close()


class FromDatabase(unittest.TestCase):
    def verdict(self, code, cells, state="finished"):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "db.sqlite")
            database(path, [("c",) + cell + (1.0,) if len(cell) == 3 else cell for cell in cells], state)
            return measuring.verdict_of(path, code, "@(cpython|universal)")

    def test_new_is_noticed(self):
        verdict = self.verdict(1, [("universal", "completed", "new"), ("cpython", "completed", "conforming")])
        self.assertEqual((verdict["noticed"], verdict["scenarios"]), (True, ["s/c/n@universal"]))

    def test_known_and_flaky_are_not(self):
        self.assertIs(self.verdict(0, [("universal", "completed", "known")])["noticed"], False)
        verdict = self.verdict(1, [("universal", "completed", "flaky")])
        self.assertEqual((verdict["noticed"], verdict["flaky"]), (False, ["s/c/n@universal"]))

    def test_quickest_cases_come_first(self):
        cells = [("slow", "universal", "completed", "new", 9.0), ("quick", "universal", "completed", "new", 0.5),
                 ("quiet", "universal", "completed", "conforming", 0.1)]
        self.assertEqual(self.verdict(1, cells)["cases"], ["s/quick", "s/slow"])

    def test_harness_failures_are_apart(self):
        for code, cells, state in ((70, [("universal", "completed", "new")], "finished"),
                                   (1, [("universal", "completed", "new")], "interrupted"),
                                   (1, [("universal", "completed", "x"), ("cpython", "worker lost", "new")],
                                    "finished"),
                                   (1, [("capi-heap", "completed", "new"), ("cpython", "not loadable", "new")],
                                    "finished"),
                                   (1, [], "finished")):
            self.assertIsNone(self.verdict(code, cells, state)["noticed"])
        self.assertIsNone(measuring.verdict_of("/nonexistent", 1, "@")["noticed"])

    def test_runs_that_ended_behind_enough_new_cells_count(self):
        cells = [("c%d" % number, "universal", "crashed SIGKILL", "new", 1.0) for number in range(measuring.NEW_LIMIT)]
        self.assertIs(self.verdict(1, cells, "interrupted")["noticed"], True)
        self.assertIsNone(self.verdict(1, cells[1:], "interrupted")["noticed"])
        self.assertIsNone(self.verdict(70, cells, "interrupted")["noticed"])


COMMAND = """#!%s
import json, os, sys
sys.path.insert(0, %r)
import test_measuring
words = sys.argv[1:]
explores = words[0] == "explore"
cases = [word for word in words if word.startswith("s/")]
with open(os.path.join(%r, "calls"), "a") as file:
    file.write((words[0] if explores else " ".join(cases)) + "\\n")
calls = open(os.path.join(%r, "calls")).read().splitlines()
new = eval(%r)
if explores:
    print(json.dumps({"interrupted": False, "new": [{"kind": "heap, static | call"}] if new else []}))
    sys.exit(1 if new else 0)
test_measuring.database(words[words.index("--db") + 1], [
    (c, "universal", "completed", "new" if new else "conforming", 1.0) for c in "abcd"])
sys.exit(1 if new else 0)
"""


class Runs(unittest.TestCase):
    def measured(self, new, method="measure", explores=False, **changed):
        """The verdict, and the cases of each call; `new` is an expression of `calls`, `cases` and `explores`."""
        with tempfile.TemporaryDirectory() as folder:
            command = os.path.join(folder, "command")
            with open(command, "w") as file:
                file.write(COMMAND % (sys.executable, os.path.dirname(os.path.abspath(__file__)), folder, folder, new))
            os.chmod(command, 0o755)
            suites = os.path.join(folder, "Suites")
            os.makedirs(suites)
            options = argparse.Namespace(**dict(dict(
                command=command, suites=suites, work=folder, runs=4, control_runs=None, patterns=[]), **changed))
            target = argparse.Namespace(identity="x", lanes="@universal", explores=explores, beside=lambda: None)
            for _ in range(2):  # The second time all is known.
                verdicts = measuring.Verdicts(os.path.join(folder, "verdicts.jsonl"))
                verdict = getattr(measuring.Ours(options, target, verdicts), method)("f", "python")
            with open(os.path.join(folder, "calls")) as file:
                return verdict, file.read().splitlines()

    def test_one_full_run_then_its_quickest_case(self):
        verdict, calls = self.measured("True")
        self.assertEqual((verdict["noticed"], verdict["runs"]), (True, 4))
        self.assertEqual(calls, [""] + ["s/a"] * 3)

    def test_a_short_run_that_notices_nothing_is_made_in_full(self):
        verdict, calls = self.measured("not cases")
        self.assertTrue(verdict["noticed"])
        self.assertEqual(calls, [""] + ["s/a", ""] * 3)

    def test_unnoticed_once_is_unnoticed(self):
        verdict, calls = self.measured("len(calls) < 3")
        self.assertEqual((verdict["noticed"], verdict["runs"]), (False, 3))
        self.assertEqual(calls, ["", "s/a", "s/a", ""])

    def test_unnoticed_at_first_is_not_tried_again(self):
        self.assertEqual(self.measured("False")[1], [""])

    def test_controls_are_run_in_full_and_end_at_the_first_notice(self):
        self.assertEqual(self.measured("False", "control")[1], [""] * 4)
        self.assertEqual(self.measured("False", "control", control_runs=2)[1], [""] * 2)
        self.assertEqual(self.measured("len(calls) > 1", "control")[1], [""] * 2)

    def test_explore_belongs_to_full_runs(self):
        verdict, calls = self.measured("not explores", explores=True)
        self.assertEqual((verdict["noticed"], verdict["cells"]), (True, 4))
        self.assertEqual(calls, ["", "explore"] + ["s/a"] * 3)

    def test_what_explore_alone_notices_is_asked_of_it_again(self):
        verdict, calls = self.measured("explores", explores=True)
        self.assertEqual(verdict["scenarios"], ["explore: heap, static | call"])
        self.assertEqual(calls, ["", "explore"] + ["explore"] * 3)

    def test_both_notice(self):
        verdict, calls = self.measured("True", explores=True, runs=1)
        self.assertEqual((verdict["cells"], calls), (5, ["", "explore"]))


class Explored(unittest.TestCase):
    def test_no_report_is_a_failure_of_the_harness(self):
        for output, code in ((b"", 0), (b"{", 1), (b'{"interrupted": true, "new": []}', 0),
                             (b'{"interrupted": false, "new": []}', 69)):
            self.assertIsNone(measuring.explored(output, code)["noticed"], output)

    def test_what_the_run_noticed_stays_noticed(self):
        failed, run = {"noticed": None}, {"noticed": True, "cells": 1, "scenarios": ["x"]}
        self.assertEqual(measuring.both(run, failed), run)
        self.assertIsNone(measuring.both({"noticed": False}, failed)["noticed"])


class Kept(unittest.TestCase):
    def test_a_torn_last_line_is_passed_over(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "verdicts.jsonl")
            measuring.Verdicts(path).keep("a", {"x": 1})
            with open(path, "ab") as file:
                file.write(b'{"key": "b", "x"')
            again = measuring.Verdicts(path)
            again.keep("c", {"x": 3})
            self.assertEqual(sorted(measuring.Verdicts(path).known), ["a", "c"])

    def test_content_follows_files(self):
        with tempfile.TemporaryDirectory() as folder:
            common.write(os.path.join(folder, "a"), b"1")
            before = measuring.content_of([folder])
            common.write(os.path.join(folder, "a.pyc"), b"1")
            self.assertEqual(measuring.content_of([folder]), before)
            common.write(os.path.join(folder, "a"), b"2")
            self.assertNotEqual(measuring.content_of([folder]), before)


if __name__ == "__main__":
    unittest.main()
