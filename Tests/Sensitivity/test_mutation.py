"""Run by `make test-sensitivity`, with the python of the tool's venv."""
import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import mutation

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


class Draws(unittest.TestCase):
    def test_same_seed_same_faults_and_each_once(self):
        groups = {"a": found(), "b": mutation.faults(C, "b.c", "0")}
        drawn = [f.id for _, f in mutation.draws(groups, 7)]
        self.assertEqual(drawn, [f.id for _, f in mutation.draws(groups, 7)])
        self.assertNotEqual(drawn, [f.id for _, f in mutation.draws(groups, 8)])
        self.assertEqual(sorted(drawn), sorted(f.id for g in groups.values() for f in g))


if __name__ == "__main__":
    unittest.main()
