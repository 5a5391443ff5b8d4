"""Cells of the HPy lanes, where the interpreter has HPy."""

import os
import subprocess
import unittest

from support import HEADERS, HERE, WorkerTest, find_hpy

HPY = find_hpy()
SCENARIOS = '''
import sys

from hpy_conform import events, record, scenario


@scenario
def leaks(ext):
    record("returned", ext.leak("x"))
    record("events", events(ext))
    record("imported", sys.modules["ext"] is ext)


@scenario
def leaks_twice(ext):
    ext.leak("x")
    ext.leak("y")
    record("x", 1)


@scenario
def keeps(ext):
    record("returned", ext.keep("x"))


@scenario
def leaks_and_raises(ext):
    ext.leak("x")
    ext.keep()
'''
LEAKS = "debug mode: leaked handles"


@unittest.skipUnless(HPY, "this interpreter has no HPy")
class HPyLaneTest(WorkerTest):
    scenarios = SCENARIOS
    family = "hpy"

    @classmethod
    def build(cls, folder):
        binary = os.path.join(folder, "ext.hpy0.so")
        include = os.path.join(list(HPY.submodule_search_locations)[0], "devel", "include")
        subprocess.run(
            ["gcc", "-std=gnu11", "-fPIC", "-shared", "-w", "-DHPY", "-DHPY_ABI_UNIVERSAL", "-I" + include,
             "-I" + HEADERS, os.path.join(HERE, "leaking.c"), "-o", binary], check=True)
        return binary

    def run_hpy(self, scenario, mode, **changes):
        return self.run_cell(scenario, loader="hpy", mode=mode, **changes)

    def test_a_universal_cell_completes(self):
        """The universal lane loads through hpy.universal, and says nothing of handles; its events can be read."""
        for fresh in (False, True):
            reply = self.run_hpy("leaks", "universal", fresh=fresh)
            self.assertEqual((reply.outcome, LEAKS in reply.observations), ("completed", False))
            self.assertEqual((reply.value("returned"), reply.value("events")), ("42", "[('leaked', 1)]"))
            self.assertEqual(reply.value("imported"), "True")

    def test_debug_mode_counts_leaked_handles(self):
        """Every debug cell promises that no handle is left, and records how many are."""
        for scenario, leaked in [("keeps", "0"), ("leaks", "1"), ("leaks_twice", "2")]:
            reply = self.run_hpy(scenario, "debug")
            self.assertEqual((reply.outcome, reply.value(LEAKS)), ("completed", leaked))
            self.assertEqual(reply.observations[LEAKS]["facet"], "leak")
            self.assertEqual(reply.observations[LEAKS]["expected"], ["0"])

    def test_a_raising_debug_cell_says_nothing_of_handles(self):
        """A scenario that did not get to its end may hold handles rightly."""
        reply = self.run_hpy("leaks_and_raises", "debug")
        self.assertEqual((reply.outcome, reply.end["type"], reply.observations), ("raised", "TypeError", {}))

    def test_what_is_no_universal_extension_is_not_loadable(self):
        """The backend's refusal is the outcome."""
        binary = self.write("text.hpy0.so", "no library")
        self.assertEqual(self.run_hpy("keeps", "universal", binary=binary).outcome, "not loadable")


if __name__ == "__main__":
    unittest.main()
