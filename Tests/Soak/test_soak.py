"""Ten rounds of each kind of disturbance, and whether the soak notices what it is there for.

The command is HPY_CONFORM, or the debug build: `HPY_CONFORM=.build/debug/hpy-conform python3 -B Tests/Soak/test_soak.py`.
"""
import concurrent.futures
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
if HERE not in sys.path:
    sys.path.insert(0, HERE)

import hostile
import judging
import machine
import project
import running
import soak

SEED = 20261128
ROUNDS = 10
COMMAND = os.environ.get("HPY_CONFORM") or os.path.join(soak.TOP, ".build", "debug", "hpy-conform")

FINE = ("completed", "conforming", "")
NEW = ("crashed SIGSEGV", "new", " | outcome | crashed SIGSEGV | completed | new | ")
UNKNOWN = ("harness failed", "not judged", "")


class Record:
    """As much of a recorded run as an exit code is judged by."""

    def __init__(self, **cells):
        self.cells = cells


class Judging(unittest.TestCase):
    """No verdict but the undisturbed one, or none."""

    expected = {"a": FINE, "b": NEW}

    def test_the_same_and_the_unknown_are_right(self):
        for cells in ({"a": FINE, "b": NEW}, {"a": UNKNOWN}, {}):
            self.assertEqual(judging.wrong_verdicts(cells, self.expected), [])

    def test_any_other_verdict_is_wrong(self):
        for cells in (
                {"a": NEW}, {"a": ("timed out", "flaky", "x")}, {"b": FINE}, {"c": FINE},
                {"a": ("harness failed", "new", "x")}, {"a": ("completed", "conforming", "x")},
                {"a": ("exited 0", "conforming", "")}):
            self.assertEqual(len(judging.wrong_verdicts(cells, self.expected)), 1, cells)

    def test_in_the_end_nothing_is_unknown_or_missing(self):
        self.assertEqual(judging.whole(dict(self.expected), self.expected), [])
        self.assertEqual(judging.whole({"a": UNKNOWN, "b": NEW}, self.expected), ["a is still %r" % (UNKNOWN,)])
        self.assertEqual(judging.whole({"b": NEW}, self.expected), ["a has no result"])

    def test_what_was_final_stays_to_the_byte(self):
        self.assertEqual(judging.lost({"x": [(1, 2)]}, {"x": [(1, 2)], "y": []}), [])
        self.assertEqual(len(judging.lost({"x": [(1, 2)]}, {"x": [(1, 3)]})), 1)
        self.assertEqual(len(judging.lost({"x": [(1, 2)]}, {})), 1)

    def test_exit_codes(self):
        for code, cells, right in (
                (0, {"a": FINE}, True), (0, {"a": UNKNOWN}, False), (0, {}, False), (1, {"a": FINE}, False),
                (69, {}, True), (69, {"a": UNKNOWN}, True), (70, {"a": FINE}, False), (64, {}, False),
                (None, {"a": FINE}, False), (-11, {"a": FINE}, False)):
            found = judging.wrong_code(code, Record(**cells), {"a": FINE})
            self.assertEqual(found == [], right, (code, cells, found))
        self.assertEqual(judging.wrong_code(1, Record(b=NEW), self.expected), [])

    def test_neighbours_have_to_conform_and_attackers_not(self):
        cells = {"s/c/a_neighbour@x": FINE, "s/c/b_attack@x": NEW, "s/c/c_neighbour@x": NEW}
        self.assertEqual(len(hostile.unharmed(cells)), 1)
        self.assertEqual(len(hostile.unharmed({"s/c/a_neighbour@x": UNKNOWN})), 1)

    def test_a_damaged_database_is_told(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "x.sqlite")
            connection = sqlite3.connect(path)
            connection.execute("CREATE TABLE x (y)")
            connection.executemany("INSERT INTO x VALUES (?)", [("z" * 500,)] * 100)
            connection.commit()
            connection.close()
            self.assertIsNone(judging.Recorded(path).damage)
            with open(path, "r+b") as file:
                file.seek(4096)
                file.write(b"\xff" * 8192)
            self.assertIsNotNone(judging.Recorded(path).damage)


class Processes(unittest.TestCase):
    def test_what_lives_on_is_found_by_its_environment_and_killed(self):
        mark = "%s=soak-test-%d" % (machine.VARIABLE, os.getpid())
        name, _, value = mark.partition("=")
        process = subprocess.Popen(["sleep", "1000"], env=dict(os.environ, **{name: value}))
        try:
            limit = time.monotonic() + 20
            while machine.mark_of(process.pid) is None and time.monotonic() < limit:
                time.sleep(0.01)
            self.assertEqual(machine.mark_of(process.pid), mark.encode())
            self.assertIn(process.pid, machine.descendants(os.getpid()))
            self.assertEqual(machine.carriers([mark.encode()]), [process.pid])
            machine.kill_carriers([mark.encode()])
        finally:
            process.kill()
        self.assertEqual(process.wait(), -signal.SIGKILL)

    def test_bad_input_is_told(self):
        for words, code, says in (
                ([], 2, "--command"), (["--command", "/nonexistent/x"], 4, "make build"),
                (["--command", "/bin/true", "--rounds", "0"], 2, "--rounds 0"),
                (["--command", "/bin/true", "--interpreter", "/nonexistent/python"], 4, "make runtimes"),
                (["--command", "/bin/true", "--only", "nonsense"], 2, "nonsense")):
            done = subprocess.run([sys.executable, "-B", os.path.join(HERE, "soak.py")] + words,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            self.assertEqual(done.returncode, code, done.stdout)
            self.assertIn(says, done.stdout.decode())
            self.assertNotIn("Traceback", done.stdout.decode())


@unittest.skipUnless(os.access(COMMAND, os.X_OK), "%s is not built" % COMMAND)
class Rounds(unittest.TestCase):
    """A soak that is always the same; what the machine doesn't allow is skipped with the reason."""

    @classmethod
    def setUpClass(cls):
        cls.bench = soak.open_bench(COMMAND, None, is_quick=True)
        for patterns in (project.KNOWN, project.ALL):
            cls.bench.yardstick(patterns)
        cls.lines = []
        cls.soak = soak.Soak(cls.bench, SEED, say=cls.lines.append)

    @classmethod
    def tearDownClass(cls):
        hostile.close()
        cls.soak.say = lambda text: print(text, file=sys.stderr)
        cls.soak.summary()
        if not cls.soak.failed:
            shutil.rmtree(cls.bench.folder, ignore_errors=True)

    def rounds(self, kind):
        del self.lines[:]
        # Most of the time is waited: for a machine that gets better, for what was stopped.
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda number: self.soak.round(kind, number), range(ROUNDS)))
        results = self.soak.results[kind]
        self.assertEqual(results["FAILED"], 0, "\n".join(self.lines))
        if not results["ok"]:
            self.skipTest(self.lines[0])

    def test_a_verdict_that_differs_fails_a_round(self):
        """Broken once: the yardstick says something else of one cell."""
        yardstick = self.bench.yardstick(project.KNOWN)
        name = sorted(yardstick.cells)[0]
        right = yardstick.cells[name]
        yardstick.cells[name] = ("completed", "known", "")
        try:
            one = running.Round(self.bench, "kill", 0, SEED)
            one.patterns, one.yardstick, one.place = project.KNOWN, yardstick, self.bench.place("broken")
            run = one.place.start(["run"] + one.patterns)
            run.wait()
            one.look(run)
        finally:
            yardstick.cells[name] = right
            one.place.remove()
        self.assertTrue(any(name in problem for problem in one.problems), one.problems)


for _kind in soak.KINDS:
    setattr(Rounds, "test_rounds_of_" + _kind.replace("-", "_"), lambda self, kind=_kind: self.rounds(kind))


if __name__ == "__main__":
    machine.enter_namespace_of_mounts(
        [sys.executable, "-B", os.path.abspath(__file__)] + sys.argv[1:], soak.MOUNTS_VARIABLE)
    unittest.main()
