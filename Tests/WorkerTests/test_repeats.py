"""What repeats of a scenario leave behind, and that repeating changes nothing else.

Blocks are counted on CPython, and PyPy counts nothing.
"""

import sys
import unittest

from support import WorkerTest

COUNTS = hasattr(sys, "getrefcount")

SCENARIOS = '''
import contextvars

from hpy_conform import attempt, expect, raised, record, scenario

HELD = []


@scenario
def clean(ext):
    class Derived(dict):
        pass

    one = Derived()
    one.itself = one
    record("answer", ext.answer())
    expect("error", attempt(int, "x"), raised(ValueError), source="Document, Section")


@scenario
def keeps_what_it_made(ext):
    ext.keep(object())
    record("answer", ext.answer())


@scenario
def keeps_what_lives_anyway(ext):
    ext.keep(ext)
    ext.keep(ext)
    record("answer", ext.answer())


@scenario
def keeps_a_constant(ext):
    ext.keep(12345.678)
    record("answer", ext.answer())


@scenario
def keeps_a_constant_of_a_lambda(ext):
    ext.keep((lambda: (1.5, 2.5))())
    record("answer", ext.answer())


@scenario
def keeps_a_global(ext):
    ext.keep(HELD)
    record("answer", ext.answer())


@scenario
def has_small_numbers(ext):
    record("answers", [ext.answer() for _ in (0, 1, 2, 3, 4, 5)])
    record("more", [1, 3])


@scenario
def takes_a_cache_back(ext):
    calls = ext.count()
    record("calls", calls)
    if calls < 7:  # what grows in the first measured calls, and not in later ones
        ext.keep(object())


@scenario
def releases_twice(ext):
    if not HELD:
        ext.spare = object()
        HELD.extend([ext.spare] * 50)  # so that it lives on
    ext.release(ext.spare)
    record("answer", ext.answer())


@scenario
def grows_at_first(ext):
    calls = ext.count()
    record("calls", calls)
    if calls in (2, 5):  # one that is not measured, and one that is
        ext.keep(object())


@scenario
def sets_a_context_variable(ext):
    contextvars.ContextVar("name").set([])
    record("answer", ext.answer())


@scenario
def fails_when_repeated(ext):
    record("calls", ext.count())
    if ext.count() > 2:
        raise ValueError("again")


@scenario
def crashes_when_repeated(ext):
    record("calls", ext.count())
    if ext.count() > 2:
        ext.segfault()


@scenario
def raises(ext):
    record("calls", ext.count())
    raise ValueError("once")
'''

BLOCKS = "repeats: memory blocks"
KEPT = "repeats: references to what outlives the scenario"
TOTAL = "repeats: references"


class RepeatsTest(WorkerTest):
    scenarios = SCENARIOS

    def growth(self, scenario, **changes):
        """What the repeats of a scenario added, by label."""
        changes.setdefault("warmups", 3)
        changes.setdefault("repeats", 3)
        reply = self.run_cell(scenario, **changes)
        self.assertEqual((reply.outcome, reply.attachment("output")), ("completed", ""))
        return {label: one["value"] for label, one in reply.observations.items() if label.startswith("repeats")}

    def expected(self, **values):
        """Labels and values for this runtime, 0 where nothing is said; none where nothing is counted."""
        names = {"kept": KEPT}
        if sys.implementation.name == "cpython":
            names["blocks"] = BLOCKS
        if hasattr(sys, "gettotalrefcount"):
            names["total"] = TOTAL
        return {label: values.get(name, "0") for name, label in names.items()} if COUNTS else {}

    def test_what_gives_everything_back_adds_nothing(self):
        """Neither do cycles, classes, exceptions and what the harness records."""
        self.assertEqual(self.growth("clean"), self.expected())
        self.assertEqual(self.growth("has_small_numbers"), self.expected())

    def test_a_leaked_object_is_a_block(self):
        """An object that nobody releases is one more block a call, and one more reference."""
        self.assertEqual(self.growth("keeps_what_it_made"), self.expected(blocks="1", total="1"))

    def test_a_leaked_reference_needs_no_leaked_object(self):
        """References to the module grow, though it lives anyway."""
        self.assertEqual(self.growth("keeps_what_lives_anyway"), self.expected(kept="2", total="2"))

    def test_a_reference_to_what_the_scenario_file_holds_is_counted(self):
        """Constants and globals live as long as the file is loaded: no block shows that a reference is lost."""
        for scenario in ("keeps_a_constant", "keeps_a_constant_of_a_lambda", "keeps_a_global"):
            with self.subTest(scenario=scenario):
                self.assertEqual(self.growth(scenario), self.expected(kept="1", total="1"))

    def test_growth_that_does_not_come_again_is_none(self):
        """All of the first measured calls grow; those that are measured again don't."""
        self.assertEqual(self.growth("takes_a_cache_back"), self.expected())

    def test_a_reference_released_twice_shows(self):
        """The count falls."""
        self.assertEqual(self.growth("releases_twice"), self.expected(kept="-1", total="-1"))

    def test_growth_that_ends_is_none(self):
        """A cache that fills in the warm-up or in one of the measured calls leaks nothing."""
        self.assertEqual(self.growth("grows_at_first"), self.expected())

    def test_contexts_are_each_calls_own(self):
        """A context variable that a scenario sets is no leak."""
        self.assertEqual(self.growth("sets_a_context_variable"), self.expected())

    def test_repeats_say_nothing_else(self):
        """What a scenario records is what its first call recorded."""
        reply = self.run_cell("grows_at_first", warmups=2, repeats=3)
        self.assertEqual(reply.value("calls"), "1")
        self.assertEqual([label for label in reply.observations if label == "calls"], ["calls"])

    def test_every_growth_is_an_expectation(self):
        """Nothing is promised but 0, with its source; it is a leak."""
        reply = self.run_cell("keeps_what_it_made", warmups=1, repeats=2)
        for label, one in reply.observations.items():
            if label.startswith("repeats"):
                self.assertEqual((one["expected"], one["facet"]), (["0"], "leak"))
                self.assertIn("Reference Counts", one["source"])

    def test_a_repeat_that_raises_is_recorded(self):
        """That a scenario can't be repeated is a fact of its own; it completed."""
        growth = self.growth("fails_when_repeated")
        self.assertEqual(growth, {"repeats": "'raised ValueError'"} if COUNTS else {})

    def test_a_repeat_that_crashes_is_a_crash(self):
        """What was recorded before it stays."""
        reply = self.run_cell("crashes_when_repeated", warmups=2, repeats=3)
        self.assertEqual(reply.outcome, "crashed SIGSEGV" if COUNTS else "completed")
        self.assertEqual(reply.value("calls"), "1")

    def test_no_repeats_without_being_asked(self):
        """0 measured calls: the scenario is called once."""
        self.assertEqual(self.growth("crashes_when_repeated", warmups=2, repeats=0), {})

    def test_what_did_not_complete_is_not_repeated(self):
        """Its first ending counts."""
        reply = self.run_cell("raises", warmups=2, repeats=3)
        self.assertEqual(reply.outcome, "raised")
        self.assertEqual(list(reply.observations), ["calls"])


if __name__ == "__main__":
    unittest.main()
