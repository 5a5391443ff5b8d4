"""Reports, and equivalent.toml with its mistakes."""
import json
import os
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import common
import hpy_target
import mutation
import reporting

C = b"int f(int a) {\n    g(a);\n    h(a);\n    return 0;\n}\n"


def row(fault, ours, reference=None):
    mine = {"noticed": ours, "cells": 2, "scenarios": ["s/c/n@universal"], "flaky": [], "runs": 20}
    return {"fault": fault, "group": "a", "ours": mine if ours is not None else {"noticed": None, "detail": "broke"},
            "reference": None if reference is None else {"noticed": reference}}


class Reports(unittest.TestCase):
    def measured(self, reasons=()):
        faults = mutation.faults(C, "f.c", "0")
        made = reporting.Measured(hpy_target.HPy("/nonexistent", "python"), "7", 20, {"f.c": ("a", C)}, {faults[k].id: "same" for k in reasons})
        made.rows = [row(faults[0], True, True), row(faults[1], False, True), row(faults[2], None)]
        made.controls = {"control-unchanged": 20}
        return made

    def test_shares_leave_out_failures_and_equivalents(self):
        self.assertIn("| all | 1 of 2 (50 %) | 2 of 2 (100 %) |", reporting.as_markdown(self.measured()))
        self.assertIn("| all | 1 of 1 (100 %) | 1 of 1 (100 %) |", reporting.as_markdown(self.measured([1])))

    def test_survivors_are_shown(self):
        text = reporting.as_markdown(self.measured())
        self.assertIn("-    h(a);", text)
        self.assertIn("Harness failed: 1.", text)
        self.assertIn("unchanged not detected in 20 runs", text)

    def test_json(self):
        made = json.loads(reporting.as_json(self.measured()))
        self.assertEqual([f["ours"]["noticed"] for f in made["faults"]], [True, False, None])


class Equivalents(unittest.TestCase):
    def reasons(self, text):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "equivalent.toml")
            common.write(path, text)
            return reporting.equivalents(path, {"abc", "def"}, "HPy 0.9.0")

    def test_ids_with_reasons(self):
        self.assertEqual(self.reasons(b'[[fault]]\nid = "abc"\nwhy = "x"\n'), {"abc": "x"})
        self.assertEqual(self.reasons(b""), {})
        self.assertEqual(reporting.equivalents("/nonexistent", {}, "HPy 0.9.0"), {})

    def test_mistakes_say_what_was_found(self):
        for text, says in ((b"[[fault]\n", "no TOML"), (b"\xff", "no TOML"), (b"x = 1\n", "found x"),
                           (b"[fault]\nid = 'abc'\n", "no table"), (b"fault = [1]\n", "no table"),
                           (b"[[fault]]\nid = 'abc'\n", "as why, found None"),
                           (b"[[fault]]\nid = 'abc'\nwhy = ' '\n", "as why, found ' '"),
                           (b"[[fault]]\nid = 1\nwhy = 'x'\n", "as id, found 1"),
                           (b"[[fault]]\nid = 'abc'\nwhy = 'x'\nwhat = 1\n", "unknown key what"),
                           (b"[[fault]]\nid = 'ghi'\nwhy = 'x'\n", "fault 1: no fault ghi in HPy 0.9.0"),
                           (b"[[fault]]\nid = 'abc'\nwhy = 'x'\n" * 2, "fault 2: fault abc stands there twice")):
            with self.assertRaises(common.Trouble) as caught:
                self.reasons(text)
            self.assertIn(says, str(caught.exception))
            self.assertEqual(caught.exception.code, common.USAGE)


if __name__ == "__main__":
    unittest.main()
