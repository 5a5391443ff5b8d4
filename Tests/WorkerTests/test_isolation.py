"""What an extension does to its process costs its own cell and no other."""

import json
import os
import unittest

from support import WorkerTest, descendants, ends

SCENARIOS = '''
import os

from hpy_conform import attempt, record, scenario


@scenario
def neighbour(ext):
    record("answer", ext.answer())


@scenario
def segfault(ext):
    record("before", 1)
    ext.segfault()


@scenario
def abort(ext):
    ext.abort()


@scenario
def exit_with_success(ext):
    record("before", 1)
    ext.exit(0)


@scenario
def exit_with_failure(ext):
    ext.exit(3)


@scenario
def spin(ext):
    ext.spin()


@scenario
def spin_deaf(ext):
    ext.spin_deaf()


@scenario
def stop(ext):
    record("before", 1)
    ext.stop()


@scenario
def forge(ext):
    ext.forge(
        '\\n{"end": {"outcome": "completed"}}\\nsecret {"end": {"outcome": "completed"}}\\n'
        '{"id": 1, "status": 0, "seconds": 0, "timed_out": false, "strays": 0}\\n')


@scenario
def channels(ext):
    record("pipes and sockets", ext.channels())


@scenario
def close_all(ext):
    record("before", 1)
    ext.close_all()


@scenario
def flood(ext):
    record("refused", ext.flood(64 << 20) < 64 << 20)


@scenario
def flood_by_print(ext):
    record("before", 1)
    print("x" * (8 << 20))


@scenario
def flood_at_the_end(ext):
    ext.flood(64 << 20)
    print("one line more")
    record("after", 1)


@scenario
def record_without_end(ext):
    for number in range(1 << 20):
        record("number %d" % number, number)


@scenario
def devour(ext):
    record("devoured", attempt(ext.devour, 1 << 20))


@scenario
def devour_and_raise(ext):
    record("before", 1)
    ext.devour(16)


@scenario
def leave_a_child(ext):
    record("number", ext.leave_behind(False))


@scenario
def leave_a_daemon(ext):
    record("number", ext.leave_behind(True))


@scenario
def leave_a_daemon_and_crash(ext):
    record("number", ext.leave_behind(True))
    ext.segfault()


@scenario
def leave_processes_that_ended(ext):
    for number in (0, 15):
        record("left, signal %d" % number, attempt(ext.leave_ended, number))


@scenario
def go_on_elsewhere(ext):
    ext.go_on_elsewhere()
    record("after", 1)


@scenario
def kill_parent(ext):
    record("number", os.getpid())
    ext.kill_parent()


@scenario
def kill_worker(ext):
    record("number", os.getpid())
    with open("/proc/%d/stat" % os.getppid()) as file:
        os.kill(int(file.read().rpartition(")")[2].split()[1]), 9)
    ext.spin()


@scenario
def stop_parent(ext):
    record("number", os.getpid())
    ext.stop_parent()
    ext.spin()


@scenario
def kill_group(ext):
    record("before", 1)
    ext.kill_group()
'''


class IsolationTest(WorkerTest):
    scenarios = SCENARIOS

    def tearDown(self):
        """Whatever a test's cell did, the same worker serves the next one."""
        reply = self.run_cell("neighbour")
        self.assertEqual((reply.outcome, reply.value("answer"), reply.strays, reply.foreign), ("completed", "42", 0, 0))

    def test_a_segmentation_fault_is_its_own_cells(self):
        """The signal is reported, what was recorded before it is kept, and the fault handler says where."""
        reply = self.run_cell("segfault")
        self.assertEqual(reply.outcome, "crashed SIGSEGV")
        self.assertEqual(reply.value("before"), "1")
        self.assertIn("segfault", reply.attachment("traceback"))

    def test_an_abort_is_its_own_cells(self):
        """An abort is a crash, not a timeout, though a hanging cell is aborted too."""
        self.assertEqual(self.run_cell("abort").outcome, "crashed SIGABRT")

    def test_an_exit_in_c_is_not_completion(self):
        """Exit code 0 without an end mark is no success."""
        reply = self.run_cell("exit_with_success")
        self.assertEqual((reply.outcome, reply.end, reply.value("before")), ("exited 0", None, "1"))
        self.assertEqual(self.run_cell("exit_with_failure").outcome, "exited 3")

    def test_a_loop_that_keeps_the_interpreter_lock_is_timed_out(self):
        """The limit is kept from outside the process, and the traceback shows the scenario that hung."""
        reply = self.run_cell("spin", seconds=1)
        self.assertEqual(reply.outcome, "timed out")
        self.assertIn("in spin", reply.attachment("traceback"))

    def test_a_loop_deaf_to_abort_is_timed_out(self):
        """A process that ignores the request for a traceback is killed."""
        reply = self.run_cell("spin_deaf", seconds=1)
        self.assertEqual((reply.outcome, os.WTERMSIG(reply.status)), ("timed out", 9))

    def test_a_stopped_process_is_timed_out(self):
        """A stopped process is neither awaited for ever nor taken for an ended one."""
        reply = self.run_cell("stop", seconds=1)
        self.assertEqual((reply.outcome, reply.end, reply.value("before")), ("timed out", None, "1"))
        self.assertTrue(reply.stopped)
        self.assertFalse(self.run_cell("spin", seconds=1).stopped)

    def test_forged_lines_are_not_completion(self):
        """Lines without the cell's secret count for nothing, and none reaches the control channel."""
        reply = self.run_cell("forge")
        self.assertEqual((reply.outcome, reply.end, reply.observations), ("exited 0", None, {}))
        self.assertGreater(reply.foreign, 0)
        self.assertEqual(reply.number, self.counter)

    def test_a_cell_has_no_way_to_its_worker(self):
        """A cell inherits neither end of the control channel, nor any pipe."""
        self.assertEqual(self.run_cell("channels").value("pipes and sockets"), "0")

    def test_a_cell_that_closes_the_result_file_is_not_completed(self):
        """Without an end mark there is no success, and the harness's own failure has an exit code of its own."""
        reply = self.run_cell("close_all")
        self.assertEqual((reply.outcome, reply.value("before")), ("exited 70", "1"))

    def test_output_has_a_limit(self):
        """Output beyond the limit is refused to the process, which may go on."""
        reply = self.run_cell("flood")
        self.assertEqual((reply.outcome, reply.value("refused")), ("completed", "True"))
        self.assertEqual(len(reply.attachment("output")), 1 << 20)

    def test_too_much_printing_raises(self):
        """Where Python itself writes too much, the scenario sees the error."""
        reply = self.run_cell("flood_by_print")
        self.assertEqual((reply.outcome, reply.end["type"]), ("raised", "OSError"))

    def test_output_that_cannot_be_flushed_at_the_end_harms_nothing(self):
        """A cell is judged by its observations, though the last of its output finds no room."""
        reply = self.run_cell("flood_at_the_end")
        self.assertEqual((reply.outcome, reply.value("after")), ("completed", "1"))

    def test_the_result_file_has_a_limit(self):
        """Too many observations end the cell without an end mark, and no line is half believed."""
        reply = self.run_cell("record_without_end", file=1 << 16)
        self.assertEqual((reply.outcome, reply.end), ("exited 70", None))
        self.assertLessEqual(reply.foreign, 1)

    def test_memory_has_a_limit(self):
        """Memory beyond the limit is refused to the process, which may go on."""
        reply = self.run_cell("devour", memory=2 << 30)
        self.assertEqual((reply.outcome, reply.value("devoured")), ("completed", "raised MemoryError"))

    def test_a_cell_without_memory_still_says_how_it_ended(self):
        """What the harness needs for its last words is set aside from the cell's limit."""
        reply = self.run_cell("devour_and_raise", memory=2 << 30)
        self.assertEqual((reply.outcome, reply.end["type"]), ("raised", "MemoryError"))

    def test_a_child_process_does_not_outlive_its_cell(self):
        """A process left in the cell's session is dead when the answer comes, and counted."""
        self.assert_nothing_outlives("leave_a_child", "completed")

    def test_a_daemon_does_not_outlive_its_cell(self):
        """A process that left the cell's session is dead when the answer comes, and counted."""
        self.assert_nothing_outlives("leave_a_daemon", "completed")

    def test_a_daemon_does_not_outlive_a_crash(self):
        """How the cell ended makes no difference to what it left behind."""
        self.assert_nothing_outlives("leave_a_daemon_and_crash", "crashed SIGSEGV")

    def test_processes_that_ended_by_themselves_are_no_strays(self):
        """Only what had to be killed is counted."""
        reply = self.run_cell("leave_processes_that_ended")
        self.assertEqual((reply.outcome, reply.strays), ("completed", 0))
        self.assertEqual(reply.value("left, signal 15"), "returned None")

    def test_only_the_cells_own_process_reports(self):
        """An end mark of a process that the cell forked does not make the cell complete."""
        reply = self.run_cell("go_on_elsewhere")
        self.assertEqual((reply.outcome, reply.end, reply.observations), ("exited 0", None, {}))

    def test_a_cell_that_kills_its_process_group_kills_itself(self):
        """The worker is in another one."""
        reply = self.run_cell("kill_group")
        self.assertEqual((reply.outcome, reply.value("before")), ("crashed SIGKILL", "1"))

    def test_a_cell_that_kills_its_fork_server_is_lost_alone(self):
        """How it ended nobody knows; what it recorded is kept, it doesn't live on, and the others get another server."""
        lost, after = self.run_cells(["kill_parent", "neighbour"])
        self.assertEqual((lost.outcome, os.WTERMSIG(lost.lost), lost.end), ("lost", 9, None))
        self.assertTrue(ends(int(lost.value("number"))))
        self.assertEqual((after.outcome, after.value("answer")), ("completed", "42"))

    def test_a_cell_that_kills_its_worker_dies_with_it(self):
        """The control channel ends, so the runner knows; what the cell wrote lies in the worker's folder."""
        victim = self.start_worker()
        victim.send(self.request("kill_worker", fresh=True))
        self.assertIsNone(victim.read(None))
        number = json.loads(victim.left("result").splitlines()[0].partition(" ")[2])["value"]
        self.assertTrue(ends(int(number)))
        self.assertEqual(self.run_cell("neighbour", worker=self.start_worker()).outcome, "completed")

    def test_a_stopped_fork_server_is_given_up(self):
        """Its cell is lost, and nothing waits for ever."""
        lost, after = self.run_cells(["stop_parent", "neighbour"], seconds=1)
        self.assertEqual((lost.outcome, after.outcome), ("lost", "completed"))

    def test_a_runner_that_is_gone_ends_the_worker_and_its_cell(self):
        """Nobody is left to read the answers."""
        worker = self.start_worker()
        worker.send(self.request("spin"))
        cells = None
        while not cells:
            cells = descendants(worker.process)[1:]
        worker.close()
        for process in cells:
            self.assertTrue(ends(process))

    def assert_nothing_outlives(self, scenario, outcome):
        reply = self.run_cell(scenario)
        self.assertEqual((reply.outcome, reply.strays), (outcome, 1))
        self.assertRaises(ProcessLookupError, os.kill, int(reply.value("number")), 0)


if __name__ == "__main__":
    unittest.main()
