"""When the cells of a binary share what is loaded, and that nobody can tell."""

import os
import unittest

from support import HERE, WorkerTest, compiled

SCENARIOS = '''
from hpy_conform import attempt, record, scenario

RUNS = []


@scenario
def tells(ext):
    record("loaded here", ext.loaded_here())


@scenario
def changes(ext):
    RUNS.append(1)
    record("runs", len(RUNS))
    record("attribute", getattr(ext, "attribute", None))
    ext.attribute = 1


@scenario
def has_limits(ext):
    import resource

    record("loaded here", ext.loaded_here())
    record("file", resource.getrlimit(resource.RLIMIT_FSIZE)[0])
    record("memory", resource.getrlimit(resource.RLIMIT_AS)[0])
'''


class SharingTest(WorkerTest):
    scenarios = SCENARIOS

    @classmethod
    def build(cls, folder):
        return compiled(os.path.join(HERE, "loading.c"), folder, "do_nothing", ["LOADING=do_nothing"])

    def cells_of(self, loading, **changes):
        """Replies of two cells of an extension that does something when it is loaded."""
        binary = compiled(os.path.join(HERE, "loading.c"), self.folder, loading, ["LOADING=" + loading])
        return self.run_cells(["tells", "tells"], binary=binary, **changes)

    def assert_each_loads(self, replies):
        self.assertEqual([(one.outcome, one.value("loaded here")) for one in replies], [("completed", "True")] * 2)

    def test_what_is_loaded_is_shared(self):
        """One load serves several cells, of one request and of the next."""
        for _ in range(2):
            for reply in self.run_cells(["tells", "tells"]):
                self.assertEqual((reply.outcome, reply.value("loaded here")), ("completed", "False"))

    def test_what_a_cell_changes_is_its_own(self):
        """Neither the module nor the scenario file's names keep what a cell did to them."""
        for reply in self.run_cells(["changes", "changes"]):
            self.assertEqual((reply.value("runs"), reply.value("attribute")), ("1", "None"))

    def test_a_fresh_cell_loads_for_itself(self):
        """It shares nothing, and what is shared by others stays."""
        self.assertEqual(self.run_cell("tells", fresh=True).value("loaded here"), "True")
        self.assertEqual(self.run_cell("tells").value("loaded here"), "False")

    def test_output_of_loading_is_each_cells(self):
        """What loading prints belongs to every cell, so each loads for itself."""
        replies = self.cells_of("print")
        self.assert_each_loads(replies)
        self.assertEqual([one.attachment("output") for one in replies], ["loaded\n"] * 2)

    def test_what_a_fork_would_not_copy_is_not_shared(self):
        """A thread ends with a fork; a process, a file's position and shared memory would tie cells together."""
        for loading in ["start_thread", "start_process", "open_file", "share_memory"]:
            with self.subTest(loading):
                self.assert_each_loads(self.cells_of(loading))

    def test_the_null_device_has_nothing_to_share(self):
        """A descriptor of it has no position, and cells have one anyway."""
        for reply in self.cells_of("open_null"):
            self.assertEqual((reply.outcome, reply.value("loaded here")), ("completed", "False"))

    def test_a_crash_in_loading_is_each_cells_own(self):
        """Each cell says how it ended, and none is lost."""
        self.assertEqual([one.outcome for one in self.cells_of("crash")], ["crashed SIGSEGV"] * 2)

    def test_loading_that_hangs_times_out_each_cell(self):
        """Nor does it keep the worker."""
        self.assertEqual([one.outcome for one in self.cells_of("hang", seconds=1)], ["timed out"] * 2)

    def test_a_scenario_file_that_fails_is_told_by_each_cell(self):
        """It is invalid, and says why, whoever ran it first."""
        replies = self.run_cells(["tells", "tells"], scenarios=self.write("broken.py", "1 / 0"))
        self.assertEqual([(one.outcome, one.end["type"]) for one in replies], [("invalid case", "ZeroDivisionError")] * 2)

    def test_another_file_of_the_same_path_is_loaded_anew(self):
        """The key of the content decides what is shared."""
        text = "from hpy_conform import record, scenario\n\n\n@scenario\ndef one(ext):\n    record('x', %d)\n"
        for number in range(3):
            path = self.write("changing.py", text % number)
            self.assertEqual(self.run_cell("one", scenarios=path, code=str(number)).value("x"), str(number))

    def test_other_limits_are_taken_anew(self):
        """A fork server has its cells' limits, so another's can't serve them."""
        spare = int(self.run_cell("has_limits", memory=4 << 30).value("memory")) - (4 << 30)  # for the harness's words
        for limits in [{"memory": 3 << 30}, {"memory": 4 << 30}, {"file": 1 << 16}, {"file": 1 << 18}]:
            reply = self.run_cell("has_limits", **limits)
            self.assertEqual((reply.outcome, reply.value("loaded here")), ("completed", "False"))
            for name, limit in limits.items():
                self.assertEqual(int(reply.value(name)), limit + (spare if name == "memory" else 0))


if __name__ == "__main__":
    unittest.main()
