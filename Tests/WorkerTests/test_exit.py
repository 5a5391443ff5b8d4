"""Cells whose interpreter ends really, what C records until then, several modules, and threads that are left."""

import os
import sys
import unittest

from support import HERE, WorkerTest, compiled

import conform_events
import conform_exit

SCENARIOS = '''
import atexit
import threading
import time

from hpy_conform import (
    Subinterpreter, collect, events, expect_at_exit, import_again, record, record_at_exit, scenario)

KEPT = []


@scenario(real_exit=True)
def ends(ext):
    atexit.register(ext.event, "atexit", 7)
    ext.at_exit()
    ext.event("body", 1)
    record("x", 1)
    record_at_exit("all")
    expect_at_exit("atexit", "atexit", [7], source="Python library, 'atexit'")
    expect_at_exit("wrong", "body", [2], source="a document")


@scenario(real_exit=True)
def records_at_the_exit(ext):
    atexit.register(record, "late", 2)
    record_at_exit("none", "nothing of this name")


@scenario(real_exit=True)
def records_too_much(ext):
    ext.many(1 << 20)
    ext.event("last", 1)
    record("x", 1)
    record_at_exit("last", "last")


@scenario(real_exit=True)
def crashes_at_the_exit(ext):
    ext.event("body", 1)
    ext.crash_at_exit()
    record("x", 1)
    record_at_exit("all", "body")


@scenario(real_exit=True)
def hangs_at_the_exit(ext):
    atexit.register(time.sleep, 100)
    record("x", 1)


@scenario(real_exit=True)
def exits_otherwise(ext):
    import posix
    atexit.register(posix._exit, 3)
    record("x", 1)


@scenario(real_exit=True)
def raises(ext):
    raise ValueError("why")


@scenario(real_exit=True)
def keeps(ext):
    event = ext.event

    class Kept:
        def __del__(self):
            event("what is kept ends", 1)

    KEPT.append(Kept())
    record("x", 1)
    record_at_exit("ended", "what is kept ends")


@scenario
def asks_for_no_exit(ext):
    record_at_exit("all")


@scenario
def crashes(ext):
    ext.many(3)
    ext.crash()


@scenario
def records_much(ext):
    ext.many(200000)
    record("as it was", events(ext, "many") == list(range(200000)))


@scenario
def records_little(ext):
    record("events", events(ext))


@scenario
def imports(ext):
    import other
    other.event("of the other", 2)
    record("events", events(ext))
    record("of the other", events(other) == events(ext))
    again = import_again("other")
    record("another one", again is other)
    import other as third
    record("the new one", again is third)


@scenario
def leaves_a_thread(ext):
    threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
    record("x", 1)


@scenario
def joins_its_threads(ext):
    thread = threading.Thread(target=time.sleep, args=(0.01,))
    thread.start()
    thread.join()
    record("x", 1)


@scenario
def has_a_subinterpreter(ext):
    other = Subinterpreter()
    record("imports", other.run("import ext, other; ext.event('there', 1); kept = ext"))
    record("raises", other.run("raise KeyError('what')"))
    record("kept", other.run("assert kept is ext"))
    other.end()
    record("events", events(ext, "there"))
'''


class ExitTest(WorkerTest):
    scenarios = SCENARIOS

    @classmethod
    def build(cls, folder):
        source = os.path.join(HERE, "exiting.c")
        cls.other = compiled(source, folder, "other", ["NAME=other"])
        return compiled(source, folder, "ext", ["NAME=ext"])

    def request(self, *names, **changes):
        other = {"module": "other", "binary": self.other, "loader": "import", "mode": "universal"}
        return super().request(*names, **dict({"modules": [other]}, **changes))

    def expect_exit(self, **changes):
        cell = self.run_cell("ends", **changes)
        self.assertEqual(cell.outcome, "completed")
        self.assertEqual(cell.value("x"), "1")
        self.assertEqual(cell.end["observations"], 4)
        recorded = eval(cell.value("all"))
        self.assertEqual(recorded, [("loaded ext", 1), ("body", 1), ("atexit", 7), ("C's exit", 1)])
        self.assertEqual(cell.observations["atexit"]["value"], cell.observations["atexit"]["expected"][0])
        self.assertNotEqual(cell.observations["wrong"]["value"], cell.observations["wrong"]["expected"][0])
        self.assertIn("C's exit 1\n", cell.attachment("events"))

    def test_what_c_records_until_the_exit(self):
        """It is observed behind the exit, in a process that was forked, and in one that was started."""
        self.expect_exit()
        self.expect_exit(fresh=True)

    def test_what_is_recorded_at_the_exit_counts(self):
        cell = self.run_cell("records_at_the_exit")
        self.assertEqual((cell.outcome, cell.value("late"), cell.value("none")), ("completed", "2", "[]"))
        self.assertEqual(cell.end["observations"], 2)

    def test_events_that_have_no_room_are_told(self):
        cell = self.run_cell("records_too_much")
        self.assertRegex(cell.value("last"), "^10485[0-9]+ events, but the log keeps 1048576$")

    def test_a_crash_at_the_exit_is_the_cells(self):
        """What was recorded until then is an attachment; what was to be observed at the end is not."""
        cell = self.run_cell("crashes_at_the_exit")
        self.assertEqual(cell.outcome, "crashed SIGSEGV")
        self.assertEqual((cell.value("x"), cell.attachment("events")), ("1", "loaded ext 1\nbody 1\n"))
        self.assertNotIn("all", cell.observations)
        self.assertEqual(cell.end["message"], conform_exit.WHILE_ENDING)

    def test_a_hang_at_the_exit_is_the_cells(self):
        cell = self.run_cell("hangs_at_the_exit", seconds=5)
        self.assertEqual((cell.outcome, cell.value("x")), ("timed out", "1"))
        self.assertEqual(cell.end["message"], conform_exit.WHILE_ENDING)

    def test_an_exit_code_at_the_exit_is_the_cells(self):
        cell = self.run_cell("exits_otherwise")
        self.assertEqual((cell.outcome, cell.value("x")), ("exited 3", "1"))

    def test_a_scenario_that_raises_ends_at_once(self):
        cell = self.run_cell("raises")
        self.assertEqual((cell.outcome, cell.end["type"]), ("raised", "ValueError"))

    def test_what_the_file_keeps_lives_until_the_exit(self):
        """It ends as what any module keeps, where the runtime ends objects at its exit."""
        cell = self.run_cell("keeps")
        self.assertEqual(cell.outcome, "completed")
        self.assertEqual(cell.value("ended"), "[1]" if sys.implementation.name == "cpython" else "[]")

    def test_an_exit_that_was_not_asked_for(self):
        cell = self.run_cell("asks_for_no_exit")
        self.assertEqual((cell.outcome, cell.end["type"]), ("raised", "ValueError"))
        self.assertIn("@scenario(real_exit=True)", cell.end["message"])

    def test_events_survive_a_crash(self):
        cell = self.run_cell("crashes")
        self.assertEqual(cell.outcome, "crashed SIGSEGV")
        self.assertTrue(cell.attachment("events").endswith("many 0\nmany 1\nmany 2\nbefore the crash 1\n"))

    def test_many_events(self):
        """And nothing of them is left for the next cell, but what is recorded at loading."""
        for fresh in (False, True):
            much, little = self.run_cells(["records_much", "records_little"], fresh=fresh)
            self.assertEqual(much.value("as it was"), "True")
            self.assertEqual(little.value("events"), "[('loaded ext', 1)]")

    def test_modules_of_a_case(self):
        for fresh in (False, True):
            cell = self.run_cell("imports", fresh=fresh)
            self.assertEqual(cell.outcome, "completed", cell.end)
            self.assertIn("('loaded other', 1), ('of the other', 2)", cell.value("events"))
            self.assertEqual(cell.value("of the other"), "True")
            self.assertEqual((cell.value("another one"), cell.value("the new one")), ("False", "True"))

    def test_a_thread_that_is_left_is_recorded(self):
        left, joined = self.run_cells(["leaves_a_thread", "joins_its_threads"], repeats=3, warmups=1)
        self.assertEqual(left.value("threads that outlive the scenario"), "1")
        self.assertNotIn("threads that outlive the scenario", joined.observations)

    @unittest.skipIf(sys.implementation.name != "cpython", "PyPy has no sub-interpreters")
    def test_subinterpreters(self):
        cell = self.run_cell("has_a_subinterpreter")
        self.assertEqual(cell.outcome, "completed", cell.end)
        self.assertEqual([cell.value(one) for one in ("imports", "raises", "kept", "events")],
                         ["None", "\"KeyError: 'what'\"", "None", "[1]"])

    def test_a_hostile_mark_completes_nothing(self):
        """What a cell writes in place of the mark is no end mark."""
        head = {"status": 0, "timed_out": False, "exceeded": None}
        for text in ('{"exiting": 1}', '{"exiting": {"asked": 3}}', '{"exiting"', '{"exiting": {"asked": [{}]}}'):
            data = ("secret {\"label\": 1}\n\nsecret %s\n" % text).encode("ascii")
            self.assertEqual(conform_exit.completed(data, "secret", head, self.events()), (data, False))

    def events(self):
        file = conform_events.new_file(os.path.join(self.folder, "no-events"))
        self.addCleanup(os.close, file)
        return file



if __name__ == "__main__":
    unittest.main()
