"""A cell can't make a good result of a bad one, and what the machine lacks is told as that."""

import os
import shutil
import subprocess
import unittest

from support import HERE, WorkerTest, compiled, ends

SCENARIOS = '''
import os

from hpy_conform import attempt, expect, record, scenario


@scenario
def neighbour(ext):
    record("x", 1)


@scenario
def odd_type_name(ext):
    expect("fails", 1, 2, source="a document")
    record("odd", attempt(odd))


@scenario
def raises_an_odd_type(ext):
    odd()


def odd():
    odd_type = type("E", (Exception,), {"__module__": "m\\udcff"})
    odd_type.__qualname__ = "E\\udc80\\0\\x1b[31m"
    raise odd_type("text\\ud800\\0end")


@scenario
def truncates(ext):
    expect("fails", 1, 2, source="a document")
    for number in range(3, 256):
        try:
            os.ftruncate(number, 0)
        except OSError:
            pass


@scenario
def writes_a_file(ext):
    with open(os.path.join(os.environ["TMPDIR"], "file"), "wb") as file:
        file.write(b"x" * 200000)
    record("written", 1)


@scenario
def asks_for_much(ext):
    record("outcome", attempt(asking))


def asking():
    with open(os.path.join(os.environ["TMPDIR"], "file"), "wb") as file:
        file.write(b"x" * 200000)


@scenario
def many(ext):
    for number in range(20000):
        record("fact %d" % number, number)
    os.abort()
'''


class HonestyTest(WorkerTest):
    scenarios = SCENARIOS

    def test_text_of_any_kind_travels(self):
        """Lone surrogates and NUL in names and messages are escaped, not dropped."""
        reply = self.run_cell("odd_type_name")
        self.assertEqual((reply.outcome, reply.end["observations"]), ("completed", 2))
        odd = reply.observations["odd"]
        self.assertEqual(odd["exception"], "m\\udcff.E\\udc80\\x00\x1b[31m")
        self.assertEqual(odd["message"], "text\\ud800\\x00end")
        reply = self.run_cell("raises_an_odd_type")
        self.assertEqual((reply.outcome, reply.end["type"]), ("raised", "m\\udcff.E\\udc80\\x00\x1b[31m"))

    def test_what_was_erased_is_missed(self):
        """The end mark says how many observations there were."""
        reply = self.run_cell("truncates")
        self.assertEqual((len(reply.observations), reply.end["observations"]), (0, 1))

    def test_an_answer_that_is_written_while_the_extension_is_loaded_answers_nothing(self):
        """It has no token, which comes later; the server is given up, and each cell loads for itself."""
        binary = compiled(os.path.join(HERE, "loading.c"), self.folder, "forge_answer", ["LOADING=forge_answer"])
        scenario_file = self.write("fails.py", FAILS)
        first, second = self.run_cells(["fails", "fails"], binary=binary, scenarios=scenario_file)
        for reply in (first, second):
            self.assertIn(reply.outcome, ("lost", "completed"))
            if reply.outcome == "completed":
                self.assertEqual(reply.value("it"), "1")
            self.assertNotIn("forged", reply.observations)
        self.assertEqual(self.run_cell("neighbour").outcome, "completed")

    def test_many_observations_come_whole_before_a_crash(self):
        """All of them are there."""
        reply = self.run_cell("many", file=8 << 20)
        self.assertEqual((reply.outcome, len(reply.observations)), ("crashed SIGABRT", 20000))


FAILS = '''
from hpy_conform import expect, scenario


@scenario
def fails(ext):
    expect("it", 1, 2, source="a document")
'''


@unittest.skipUnless(os.path.isdir("/proc/self/ns"), "namespaces are Linux's")
class FullDiskTest(WorkerTest):
    """A worker whose folder lies on a disk that is full."""

    scenarios = SCENARIOS

    def full_worker(self, size):
        """A worker whose scratch folder is on a disk of a size; skips where mounting isn't allowed."""
        disk = os.path.join(self.folder, "disk-%s" % size)
        os.mkdir(disk)
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=%s" % size, "tmpfs", disk], stderr=subprocess.PIPE)
        if done.returncode:
            self.skipTest("mounting is not allowed here: %s" % done.stderr.decode("utf-8", "replace").strip())
        self.addCleanup(subprocess.run, ["umount", "-l", disk])
        worker = self.start_worker(on=disk, environment={"TMPDIR": disk})
        return worker, disk

    def test_a_cell_that_found_no_room_is_no_finding(self):
        """Whether the error gets out or is recorded; results need no room at all."""
        worker, disk = self.full_worker("128k")
        self.assertEqual(self.run_cell("neighbour", worker).outcome, "completed")
        for name in ("writes_a_file", "asks_for_much"):
            reply = self.run_cell(name, worker)
            self.assertEqual((reply.outcome, reply.machine[:17]), ("harness failed", "no space is left "), name)
        self.assertEqual(self.run_cell("neighbour", worker).outcome, "completed")

    def test_a_full_disk_costs_the_cell_and_not_the_worker(self):
        """When there is room again, all goes on."""
        worker, disk = self.full_worker("64k")
        filler = os.path.join(disk, "filler")
        with open(filler, "wb") as file:
            try:
                while True:
                    os.write(file.fileno(), b"x" * 4096)
            except OSError:
                pass
        shutil.rmtree(os.path.join(disk, "scratch"), ignore_errors=True)
        self.assertIn(self.run_cell("neighbour", worker).outcome, ("harness failed", "completed"))
        self.assertEqual(self.run_cell("writes_a_file", worker).outcome, "harness failed")
        os.unlink(filler)
        self.assertEqual(self.run_cell("neighbour", worker).outcome, "completed")


class StoppedTest(WorkerTest):
    scenarios = SCENARIOS

    def test_a_runner_that_is_gone_ends_a_worker_that_loads(self):
        """It notices at once, though the fork server hangs in the extension's init function."""
        binary = compiled(os.path.join(HERE, "loading.c"), self.folder, "hang", ["LOADING=hang"])
        worker = self.start_worker()
        worker.send(self.request("neighbour", binary=binary, seconds=60))
        worker._process.stdin.close()
        self.assertTrue(ends(worker.process))


if __name__ == "__main__":
    unittest.main()
