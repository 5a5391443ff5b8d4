"""Run by `make test-sensitivity`, with the python of the tool's venv."""
import os
import sqlite3
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import mutation
import sensitivity

C = b"""
int f(int a) {
    if (a < 3 && a) { g(a); Py_DECREF(a); }
    a = h(a);
    for (int i = 0; i < a; i++) k(i);
    return 0;
}
"""


def found(text=C):
    return mutation.faults(text, "f.c", "0")


class Mutation(unittest.TestCase):
    def texts(self, operator):
        return [(f.original, f.replacement) for f in found() if f.operator == operator]

    def test_each_operator(self):
        self.assertIn((b"a < 3 && a", b"!(a < 3 && a)"), self.texts("negated condition"))
        self.assertIn((b"a", b"!(a)"), self.texts("negated condition"))
        self.assertEqual(self.texts("dropped call"), [(b"g(a);", b";"), (b"k(i);", b";")])
        self.assertEqual(self.texts("dropped reference"), [(b"Py_DECREF(a);", b";")])
        self.assertEqual(self.texts("dropped assignment"), [(b"a = h(a);", b";")])
        self.assertEqual(self.texts("wrong return"), [(b"0", b"-1")])
        self.assertIn((b"0", b"1"), self.texts("off by one"))
        self.assertIn((b"<", b"<="), self.texts("off by one"))

    def test_lines_keep_their_numbers(self):
        text = b"void f(void) {\n  g(1,\n    2);\n  h();\n}\n"
        dropped = [f for f in found(text) if f.original.startswith(b"g(")][0]
        self.assertEqual(mutation.seeded(text, dropped).count(b"\n"), text.count(b"\n"))

    def test_one_place_differs(self):
        for fault in found():
            self.assertNotEqual(mutation.seeded(C, fault), C)
            self.assertTrue(mutation.diff(C, fault).startswith("--- a/f.c"))

    def test_ids_are_stable_and_distinct(self):
        ids = [f.id for f in found()]
        self.assertEqual(ids, [f.id for f in found()])
        self.assertEqual(len(ids), len(set(ids)))


class Sampling(unittest.TestCase):
    def test_same_seed_same_faults_and_each_once(self):
        groups = {"a": found(), "b": mutation.faults(C, "b.c", "0")}
        drawn = [f.id for _, f in mutation.draws(groups, 7)]
        self.assertEqual(drawn, [f.id for _, f in mutation.draws(groups, 7)])
        self.assertNotEqual(drawn, [f.id for _, f in mutation.draws(groups, 8)])
        self.assertEqual(sorted(drawn), sorted(f.id for g in groups.values() for f in g))


class Verdicts(unittest.TestCase):
    def verdict(self, code, cells, state="finished"):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "db.sqlite")
            connection = sqlite3.connect(path)
            connection.executescript(
                "CREATE TABLE run (id, state); CREATE TABLE finding (conclusion_id, verdict);"
                "CREATE TABLE cell_result (run_id, suite, test_case, scenario, lane, outcome, verdict, conclusion_id)")
            connection.execute("INSERT INTO run VALUES (1, ?)", (state,))
            for number, (lane, outcome, verdict) in enumerate(cells):
                connection.execute("INSERT INTO cell_result VALUES (1, 's', 'c', 'n', ?, ?, ?, ?)",
                                   (lane, outcome, verdict, number))
                connection.execute("INSERT INTO finding VALUES (?, ?)", (number, verdict))
            connection.commit()
            connection.close()
            return sensitivity.verdict_of(path, code)

    def test_new_is_noticed(self):
        verdict = self.verdict(1, [("universal", "completed", "new"), ("cpython", "completed", "conforming")])
        self.assertEqual((verdict["noticed"], verdict["scenarios"]), (True, ["s/c/n@universal"]))

    def test_known_is_not(self):
        self.assertIs(self.verdict(0, [("universal", "completed", "known")])["noticed"], False)

    def test_harness_failures_are_apart(self):
        for code, cells, state in ((70, [("universal", "completed", "new")], "finished"),
                                   (1, [("universal", "completed", "new")], "interrupted"),
                                   (1, [("universal", "completed", "x"), ("cpython", "worker lost", "new")], "finished"),
                                   (1, [("capi-heap", "completed", "new"), ("cpython", "not loadable", "new")],
                                    "finished"),
                                   (1, [], "finished")):
            self.assertIsNone(self.verdict(code, cells, state)["noticed"])
        self.assertIsNone(sensitivity.verdict_of("/nonexistent", 1)["noticed"])


if __name__ == "__main__":
    unittest.main()
