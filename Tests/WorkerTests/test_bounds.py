"""What a cell may use together with its processes, and that it leaves nothing behind."""

import os
import signal
import subprocess
import sys
import tempfile
import unittest

from support import WorkerTest

import conform_bounds
import conform_machine

SCENARIOS = '''
import os
import time

from hpy_conform import record, scenario


@scenario
def neighbour(ext):
    record("folder", os.listdir("."))
    record("is the temporary one", os.path.samefile(".", os.environ["TMPDIR"]))


@scenario
def many_processes(ext):
    for _ in range(40):
        if os.fork() == 0:
            time.sleep(20)
            os._exit(0)
    time.sleep(20)


@scenario
def much_memory_in_all(ext):
    for _ in range(6):
        if os.fork() == 0:
            kept = bytearray(120 << 20)
            kept[:] = b"x" * len(kept)
            time.sleep(20)
            os._exit(0)
    time.sleep(20)


@scenario
def many_files(ext):
    record("before", 1)
    for number in range(100000):
        with open("file-%d" % number, "wb") as file:
            file.write(b"x" * 5000)


@scenario
def large_files(ext):
    for number in range(100):
        with open(os.path.join(os.environ["TMPDIR"], str(number)), "wb") as file:
            file.write(b"x" * 1000000)


@scenario
def deep_folders(ext):
    for _ in range(2000):
        os.mkdir("d")
        os.chdir("d")
    open("last", "w").close()
    record("depth", 2000)


@scenario
def no_folder(ext):
    os.chmod(".", 0)
    os.rename(os.environ["TMPDIR"], os.environ["TMPDIR"] + "-away")
    with open(os.environ["TMPDIR"], "w") as file:
        file.write("in the way")
    record("done", 1)
'''


class BoundsTest(WorkerTest):
    scenarios = SCENARIOS

    def assert_unharmed(self):
        reply = self.run_cell("neighbour")
        self.assertEqual((reply.outcome, reply.value("folder")), ("completed", "[]"))
        self.assertEqual(reply.value("is the temporary one"), "True")

    def test_a_cell_has_a_folder_of_its_own(self):
        """Be the process forked or started."""
        for fresh in (False, True):
            reply = self.run_cell("neighbour", fresh=fresh)
            self.assertEqual((reply.value("folder"), reply.value("is the temporary one")), ("[]", "True"))

    def test_processes_are_counted_together(self):
        """Too many of them end the cell, and all of them."""
        for fresh in (False, True):
            reply = self.run_cell("many_processes", processes=20, fresh=fresh)
            self.assertEqual(reply.outcome, "exceeded processes")
            self.assert_unharmed()

    def test_memory_is_counted_together(self):
        """Though each of its processes has less than it may."""
        reply = self.run_cell("much_memory_in_all", memory=512 << 20)
        self.assertEqual(reply.outcome, "exceeded memory")
        self.assert_unharmed()

    def test_files_are_counted_by_number_and_by_size(self):
        """What was recorded before is kept, and nothing is left for the next."""
        for name in ("many_files", "large_files"):
            for fresh in (False, True):
                reply = self.run_cell(name, scratch=8 << 20, file=4 << 20, fresh=fresh)
                self.assertEqual(reply.outcome, "exceeded scratch", name)
                self.assert_unharmed()

    def test_whatever_is_done_to_the_folder_the_next_cell_has_one(self):
        """Deep folders, folders without permissions, another thing in its place."""
        for name in ("deep_folders", "no_folder"):
            self.assertEqual(self.run_cell(name).outcome, "completed", name)
            self.assert_unharmed()


class LookingTest(unittest.TestCase):
    """The look that needs no control group."""

    def start(self, text):
        process = subprocess.Popen([sys.executable, "-S", "-c", text], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            start_new_session=True)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(os.killpg, process.pid, signal.SIGKILL)
        process.stdout.readline()
        return process.pid

    def test_processes_and_memory_below_a_process(self):
        """Its own among them."""
        child = self.start(
            "import os, time\nfor _ in range(3):\n    if os.fork() == 0:\n        time.sleep(20)\n        os._exit(0)\n"
            "x = bytearray(30 << 20)\nos.write(1, b'\\n')\ntime.sleep(60)")
        self.assertIsNone(conform_bounds.exceeded_by(child, 4, 1 << 40))
        self.assertEqual(conform_bounds.exceeded_by(child, 3, 1 << 40), "processes")
        self.assertEqual(conform_bounds.exceeded_by(child, 4, 20 << 20), "memory")

    def test_a_process_that_has_ended_has_nothing(self):
        """Nor does a number that nobody has."""
        self.assertIsNone(conform_bounds.exceeded_by(1 << 30, 4, 1 << 30))

    def test_a_folder_is_emptied_but_for_what_was_there(self):
        """Links are removed, and not followed."""
        with tempfile.TemporaryDirectory() as folder:
            inside, outside = os.path.join(folder, "inside"), os.path.join(folder, "outside")
            for one in (inside, outside):
                os.mkdir(one)
            for one in (os.path.join(inside, "kept"), os.path.join(outside, "other")):
                open(one, "w").close()
            scratch = conform_bounds.Scratch(os.path.join(inside, "scratch"), 1 << 20, [inside])
            scratch.prepare()
            os.symlink(outside, os.path.join(scratch.path, "link"))
            os.makedirs(os.path.join(inside, "a", "b", "c"))
            scratch.clean()
            self.assertEqual(sorted(os.listdir(inside)), ["kept", "scratch"])
            self.assertEqual((os.listdir(scratch.path), os.listdir(outside)), ([], ["other"]))


class MachineTest(unittest.TestCase):
    """What is behind an exception."""

    def test_an_error_is_the_machines_only_where_it_lacks_that(self):
        """A disk with room, and a system that starts processes, are not to blame."""
        for number in sorted(conform_machine.FAULTS):
            if number != conform_machine.errno.ENFILE:
                self.assertIsNone(conform_machine.lack_behind(OSError(number, "said so")), number)
        self.assertIsNone(conform_machine.lack_behind(ValueError("No space left on device")))

    def test_a_full_disk_is_found_behind_any_exception(self):
        """By its cause or its context."""
        before = conform_machine._is_full
        conform_machine._is_full = lambda folder: True
        try:
            full = OSError(conform_machine.errno.ENOSPC, "full")
            for error in (full, self.raised_from(full), self.raised_while_handling(full)):
                self.assertIn("no space is left", conform_machine.lack_behind(error))
            self.assertIsNone(conform_machine.lack_behind(ValueError("another")))
            conform_machine.sandboxed = True
            self.assertIsNone(conform_machine.lack_behind(full))
        finally:
            conform_machine._is_full = before
            conform_machine.sandboxed = False

    def raised_from(self, cause):
        try:
            raise ValueError("from it") from cause
        except ValueError as error:
            return error

    def raised_while_handling(self, context):
        try:
            try:
                raise context
            except OSError:
                raise KeyError("meanwhile")
        except KeyError as error:
            return error


if __name__ == "__main__":
    unittest.main()
