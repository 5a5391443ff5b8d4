"""The explorer's comparing, with types that Python makes in place of C."""

import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "..", "Sources", "Worker", "Python"))

import conform_explore
import conform_hierarchy
from conform_hierarchy import Made, Twin, answer
from conform_inherited import Inherited

SLOTS = ["nb_add", "nb_subtract", "nb_inplace_add", "sq_length", "mp_length", "tp_hash", "bf_getbuffer", "destroy"]
NUMBERS = {name: number for number, name in enumerate(SLOTS)}


def described(name, bases=(), slots=(), declines=()):
    return {"name": name, "bases": list(bases), "slots": list(slots), "declines": list(declines), "fields": False,
            "gc": False, "member": "", "dictionary": "", "weak": "", "final": False, "immutable": False, "size": 0}


class Fake(Twin):
    """Makes Python's classes in the place of C's types, with a fault."""

    is_hpy = False

    def __init__(self, kind, forgets=()):
        super().__init__(NUMBERS)
        self.kind = kind
        self._forgets = forgets

    def make(self, mark, one, bases):
        return super().make(mark, dict(one, slots=[slot for slot in one["slots"] if slot not in self._forgets]), bases)


def explorer(*makers):
    made = conform_explore.Explorer.__new__(conform_explore.Explorer)
    made.slots = SLOTS
    made._lives = False
    made.twin = Twin(NUMBERS)
    made.makers = list(makers)
    return made


DIAMOND = {"types": [described("A", slots=["nb_subtract"]), described("B", [0]), described("C", [0], ["nb_subtract"]),
                     described("D", [1, 2])]}


class ExplorerTests(unittest.TestCase):
    def test_nothing_differs_where_all_are_alike(self):
        found, digest = explorer(Fake("heap"), Fake("static")).explore(DIAMOND)
        self.assertEqual(found, {})
        self.assertNotEqual(digest, 0)

    def test_a_slot_that_is_missing_is_told_by_where_it_belongs(self):
        types = [described("A"), described("B", slots=["nb_subtract"]), described("C", [0, 1])]
        found, _ = explorer(Fake("heap"), Fake("static", ["nb_subtract"])).explore({"types": types})
        self.assertIn("heap, static | binary | slot:first side | TypeError", found)
        self.assertIn("heap, static | binary method | slot:own | AttributeError", found)
        self.assertNotIn("python, heap", " ".join(found))

    def test_where_there_is_one_base_the_others_are_ancestors(self):
        types = [described("A", slots=["nb_subtract"]), described("B", [0])]
        found, _ = explorer(Fake("heap"), Fake("static", ["nb_subtract"])).explore({"types": types})
        self.assertIn("heap, static | binary | slot:first ancestor | TypeError", found)

    def test_what_both_did_alike_is_left_out(self):
        types = [described("A", slots=["nb_inplace_add", "nb_add"], declines=["nb_inplace_add"])]
        found, _ = explorer(Fake("heap"), Fake("static", ["nb_add"])).explore({"types": types})
        self.assertIn("heap, static | in-place addition | then slot:own | then TypeError", found)

    def test_one_kind_is_found_again_by_itself(self):
        kind = "heap, static | binary | slot:first base | TypeError"
        made = explorer(Fake("heap"), Fake("static", ["nb_subtract"]))
        everything, _ = made.explore(DIAMOND)
        alone, _ = made.explore(DIAMOND, kind.replace("base", "side"))
        self.assertIn(kind.replace("base", "side"), everything)
        self.assertIn(kind.replace("base", "side"), alone)
        self.assertEqual({one.split(" | ")[1] for one in alone}, {"binary"})
        self.assertEqual([one.kind for one in made.makers], ["heap", "static"])

    def test_it_is_told_in_words(self):
        made = explorer(Fake("heap"), Fake("static", ["nb_subtract"]))
        found, _ = made.explore(DIAMOND)
        told = made.told(DIAMOND, found["heap, static | binary | slot:first side | TypeError"])
        self.assertEqual(told, ("D", "x - 1", "C.nb_subtract", "TypeError"))


# E's MRO is E, C, A, D, B: D's function comes first, but C has inherited that of B.
SECOND_BASE = {"types": [described("A"), described("B", slots=["nb_subtract"]), described("C", [0, 1]),
                         described("D", [1], ["nb_subtract"]), described("E", [2, 3])]}


class InheritedTests(unittest.TestCase):
    def owners(self, kind, hierarchy, slot="nb_subtract"):
        made = Made(hierarchy, Fake(kind))
        rule = Inherited(made, hierarchy["types"])
        return [rule.owner(number, slot) for number in range(len(hierarchy["types"]))]

    def test_a_class_that_has_inherited_a_slot_counts_as_one_that_defines_it(self):
        self.assertEqual(self.owners("heap", SECOND_BASE), [None, 1, 1, 3, 1])

    def test_a_class_whose_base_has_the_same_slot_does_not(self):
        self.assertEqual(self.owners("heap", DIAMOND), [0, 0, 2, 2])

    def test_a_static_type_without_a_table_has_that_of_its_base(self):
        self.assertEqual(self.owners("static", SECOND_BASE), [None, 1, None, 3, None])
        types = [described("A", slots=["nb_add"]), described("B", slots=["nb_subtract"]), described("C", [0, 1], ["nb_add"])]
        self.assertEqual(self.owners("static", {"types": types}), [None, 1, 1])
        self.assertEqual(self.owners("static", {"types": types}, "tp_hash"), [None] * 3)

    def test_what_has_no_method_is_inherited_by_class_statements_alike(self):
        types = SECOND_BASE["types"]
        types = [dict(one, slots=["bf_getbuffer"] if one["slots"] else []) for one in types]
        rule = Inherited(Made(SECOND_BASE, Fake("heap")), types)
        self.assertEqual([rule.is_owner_below(mark, 4, "bf_getbuffer") for mark in range(5)], [False, True] + [False] * 3)
        self.assertFalse(rule.is_owner_below(1, 4, "nb_subtract"))

    @unittest.skipUnless(sys.implementation.name == "cpython", "the rule is CPython's")
    def test_what_follows_the_rule_is_told_as_inherited(self):
        class Inheriting(Fake):
            """Calls B's function for E, as a C type does."""

            def make(self, mark, one, bases):
                made = super().make(mark, one, bases)
                if mark == 4:
                    made.__sub__ = bases[0].__sub__
                return made

        found, _ = explorer(Inheriting("heap")).explore(SECOND_BASE)
        self.assertIn("python, heap | binary | slot:first side | slot:inherited", found)


class HierarchyTests(unittest.TestCase):
    def test_a_type_whose_base_is_missing_is_left_out(self):
        class Refusing(Fake):
            def lacks(self, one):
                return "no" if one["name"] == "A" else None

        made = Made(DIAMOND, Refusing("heap"))
        self.assertEqual(made.types, [None] * 4)

    def test_a_refusal_is_kept_as_its_exception(self):
        types = [described("A"), described("B", [0]), described("C", [0, 1])]
        self.assertEqual(Made({"types": types}, Fake("heap")).types[2], "TypeError")

    def test_every_operation_has_a_label_of_its_own(self):
        for every in (conform_hierarchy.OPERATIONS, conform_hierarchy.PAIRS):
            labels = [one.label for one in every]
            self.assertEqual(len(labels), len(set(labels)))

    def test_an_answer_has_the_calls_and_the_end(self):
        twin = Twin(NUMBERS)
        one = Made(DIAMOND, twin).types[3]()
        self.assertEqual(answer(lambda it: it - 1, twin.take, one), ((2 * 128 + 1,), "'nb_subtract'"))
        self.assertEqual(answer(lambda it: it + 1, twin.take, one), ((), "TypeError"))


if __name__ == "__main__":
    unittest.main()
