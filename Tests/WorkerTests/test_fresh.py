"""Cells in a process that the worker starts anew instead of forking it off itself."""

import json
import os
import subprocess
import unittest

from support import WORKER_FOLDER, WorkerTest

from conform_cell import ATTACHMENTS

SCENARIOS = '''
import os

from hpy_conform import record, scenario


@scenario
def completes(ext):
    record("answer", ext.answer())
    record("variable", os.environ.get("CONFORM_TEST"))
    record("pipes and sockets", ext.channels())


@scenario
def segfault(ext):
    ext.segfault()


@scenario
def spin(ext):
    record("before", 1)
    ext.spin()


@scenario
def kill_group(ext):
    ext.kill_group()


@scenario
def leave_a_daemon(ext):
    record("number", ext.leave_behind(True))
'''


class FreshTest(WorkerTest):
    scenarios = SCENARIOS

    def run_fresh(self, scenario, **changes):
        return self.run_cell(scenario, fresh=True, **changes)

    def test_a_fresh_cell_completes(self):
        """It records what a forked one does, and has as little of the control channel."""
        reply = self.run_fresh("completes")
        self.assertEqual((reply.outcome, reply.value("answer")), ("completed", "42"))
        self.assertEqual(reply.value("pipes and sockets"), "0")

    def test_its_environment_is_its_own(self):
        """Variables of a request reach this one process."""
        reply = self.run_fresh("completes", environment={"CONFORM_TEST": "x"})
        self.assertEqual(reply.value("variable"), "'x'")
        self.assertEqual(self.run_fresh("completes").value("variable"), "None")

    def test_a_crash_is_reported(self):
        """The wait status is the started process's, and the fault handler works."""
        reply = self.run_fresh("segfault")
        self.assertEqual(reply.outcome, "crashed SIGSEGV")
        self.assertIn("segfault", reply.attachment("traceback"))

    def test_a_hanging_process_is_timed_out(self):
        """The limit holds for a started process too."""
        reply = self.run_fresh("spin", seconds=4)
        self.assertEqual((reply.outcome, reply.value("before")), ("timed out", "1"))

    def test_a_slow_start_is_not_the_cells(self):
        """The cell's time begins when its process has started."""
        slow = self.write("slow", "#!/bin/sh\nsleep 3\nexec %s \"$@\"\n" % self.program)
        os.chmod(slow, 0o700)
        reply = self.run_fresh("completes", interpreter=slow, seconds=2)
        self.assertEqual((reply.outcome, reply.value("answer")), ("completed", "42"))
        self.assertLess(reply.seconds, 2)

    def test_a_start_that_hangs_is_timed_out(self):
        """Also where the process that hangs is not the one that was started."""
        stuck = self.write("stuck", "#!/bin/sh\nsleep 100\n")
        os.chmod(stuck, 0o700)
        reply = self.run_fresh("completes", interpreter=stuck, start=1)
        self.assertEqual((reply.outcome, reply.end), ("timed out", None))
        self.assertEqual(self.run_fresh("completes").outcome, "completed")

    def test_its_process_group_is_its_own(self):
        """Killing it leaves the worker alone."""
        self.assertEqual(self.run_fresh("kill_group").outcome, "crashed SIGKILL")
        self.assertEqual(self.run_fresh("completes").outcome, "completed")

    def test_a_daemon_does_not_outlive_it(self):
        """What a started process leaves behind is killed too."""
        reply = self.run_fresh("leave_a_daemon")
        self.assertEqual((reply.outcome, reply.strays), ("completed", 1))
        self.assertRaises(ProcessLookupError, os.kill, int(reply.value("number")), 0)

    def test_an_interpreter_that_dies_at_its_start_costs_its_cell_only(self):
        """There is a wait status, no end mark, and its last words are in the output."""
        broken = self.write("broken", "#!/bin/sh\necho last words\nexit 5\n")
        os.chmod(broken, 0o700)
        more_than_a_pipe_holds = {"CONFORM_TEST": "x" * 100000}
        reply = self.run_fresh("completes", interpreter=broken, environment=more_than_a_pipe_holds)
        self.assertEqual((reply.outcome, reply.end, reply.attachment("output")), ("exited 5", None, "last words\n"))
        self.assertEqual(self.run_fresh("completes").outcome, "completed")

    def test_one_cell_by_itself(self):
        """`conform_cell.py` runs the order on standard input in its own process, for whoever looks into a crash."""
        request = self.request("completes")
        files = [os.path.join(self.folder, name) for name in ["result"] + list(ATTACHMENTS)]
        order = dict(request, scenario="completes", secret="s", files=files)
        process = subprocess.run(
            [self.program, os.path.join(WORKER_FOLDER, "conform_cell.py")],
            input=json.dumps(order).encode("ascii") + b"\n")
        self.assertEqual(process.returncode, 0)
        with open(files[0]) as file:
            lines = [json.loads(line.partition(" ")[2]) for line in file if line.strip()]
        self.assertEqual((lines[0]["value"], lines[-1]["end"]["outcome"]), ("42", "completed"))
        self.assertEqual(lines[-1]["end"]["observations"], len(lines) - 1)


if __name__ == "__main__":
    unittest.main()
