"""What the worker makes of a request: the answer, the end mark, and a process of its own for each cell."""

import os
import resource
import signal
import unittest

from support import WorkerTest

SCENARIOS = '''
import sys

from hpy_conform import attempt, expect, record, scenario

RUNS = []
RUNS.append(1)


@scenario
def completes(ext):
    record("answer", ext.answer())
    expect("promised", ext.answer(), 43, source="Document, Section")


@scenario
def counts(ext):
    record("calls in C", ext.count())
    record("runs of the file", len(RUNS))


@scenario
def raises(ext):
    record("before", 1)
    class Refusal(Exception):
        pass
    raise Refusal("why \\udc80")


@scenario
def raises_without_words(ext):
    class Mute(Exception):
        def __str__(self):
            raise ValueError
    raise Mute


@scenario
def exits_in_python(ext):
    record("attempted", attempt(ext.raise_exit))
    ext.raise_exit()


@scenario
def records_nothing(ext):
    ext.answer()


@scenario
def sees_modules(ext):
    dear = {"asyncio", "logging", "platform", "shutil", "subprocess", "tempfile", "uuid"}
    record("dear modules", sorted(dear.intersection(sys.modules)))


@scenario
def reads(ext):
    record("input", sys.stdin.read())


@scenario
def speaks(ext):
    print("said in Python")
    print("complained in Python", file=sys.stderr)
    ext.mutter()
    record("x", 1)


def no_scenario(ext):
    record("x", 1)
'''


class OutcomeTest(WorkerTest):
    scenarios = SCENARIOS

    def test_a_cell_completes(self):
        """End mark and exit code 0; a broken promise is an observation and doesn't end the scenario."""
        reply = self.run_cell("completes")
        self.assertEqual((reply.outcome, reply.end["observations"], reply.foreign), ("completed", 2, 0))
        self.assertEqual(sorted(reply.end["spent"]), ["calling", "collecting", "repeating"])
        self.assertEqual(reply.observations["answer"], {"facet": "value", "label": "answer", "value": "42"})
        self.assertEqual(reply.observations["promised"], {
            "expected": ["43"], "facet": "value", "label": "promised", "source": "Document, Section", "value": "42"})

    def test_a_raising_scenario_says_what_and_where(self):
        """Type by qualified name, message fit for JSON, traceback without the harness."""
        reply = self.run_cell("raises")
        self.assertEqual((reply.outcome, reply.value("before")), ("raised", "1"))
        self.assertEqual(reply.end["type"], "scenarios.raises.<locals>.Refusal")
        self.assertEqual(reply.end["message"], "why \\udc80")
        self.assertEqual(list(reply.end["attachments"]), ["traceback"])
        self.assertIn("in raises", reply.attachment("traceback"))
        self.assertNotIn("conform_cell", reply.attachment("traceback"))

    def test_an_exception_that_cannot_be_shown_is_named(self):
        """An exception's own failure to become a text costs the message only."""
        reply = self.run_cell("raises_without_words")
        self.assertEqual((reply.outcome, reply.end["message"]), ("raised", "<str() raised ValueError>"))

    def test_system_exit_is_an_exception_like_others(self):
        """It neither ends the process nor escapes an attempt."""
        reply = self.run_cell("exits_in_python")
        self.assertEqual((reply.outcome, reply.end["type"]), ("raised", "SystemExit"))
        self.assertEqual(reply.observations["attempted"]["exception"], "SystemExit")

    def test_a_scenario_that_records_nothing_is_invalid(self):
        """It could never fail."""
        reply = self.run_cell("records_nothing")
        self.assertEqual((reply.outcome, reply.end["type"]), ("invalid case", "EmptyScenario"))
        line = SCENARIOS.split("\n").index("def records_nothing(ext):")  # the one before, with the decorator
        self.assertRegex(reply.end["message"], r"^[\w.-]+:%d: records_nothing records nothing" % line)

    def test_only_scenarios_run(self):
        """A name that is no scenario's is invalid, whether or not it is a function."""
        for name in ["no_scenario", "missing", "RUNS"]:
            reply = self.run_cell(name)
            self.assertEqual((reply.outcome, reply.end["type"]), ("invalid case", "LookupError"))

    def test_a_broken_scenario_file_is_invalid_and_costs_no_more(self):
        """Whatever is wrong with a file, its cells say so with its name, and the worker goes on."""
        for name, text, error, part in [
            ("syntax.py", "x = 1\nx = = 2\n", "SyntaxError", "syntax.py:2: "),
            ("encoding.py", b"x = '\xff'\n", "SyntaxError", "encoding.py:"),
            ("raise.py", "1 / 0", "ZeroDivisionError", "raise.py: "),
            ("exit.py", "raise SystemExit(0)", "SystemExit", "exit.py: "),
        ]:
            reply = self.run_cell("completes", scenarios=self.write(name, text))
            self.assertEqual((reply.outcome, reply.end["type"]), ("invalid case", error))
            self.assertIn(part, reply.end["message"])
        for path in [self.write("null.py", b"x = 1\0\n"), os.path.join(self.folder, "absent.py")]:
            self.assertEqual(self.run_cell("completes", scenarios=path).outcome, "invalid case")
        self.assertEqual(self.run_cell("completes").outcome, "completed")

    def test_an_extension_that_cannot_be_loaded_is_not_loadable(self):
        """A file that is no extension, and one without the module's init function."""
        text = self.run_cell("completes", binary=self.write("text.so", "no library"))
        self.assertEqual((text.outcome, text.end["type"]), ("not loadable", "ImportError"))
        self.assertEqual(self.run_cell("completes", module="another").outcome, "not loadable")


class ProcessTest(WorkerTest):
    scenarios = SCENARIOS

    def test_an_answer_tells_of_its_cell(self):
        """The number is the request's, the time is the cell's."""
        reply = self.run_cell("completes")
        self.assertEqual((reply.number, reply.status, reply.timed_out, reply.strays), (self.counter, 0, False, 0))
        self.assertGreater(reply.seconds, 0)

    def test_each_cell_starts_anew(self):
        """Neither the extension's memory nor the scenario file's is left over from the cell before."""
        for _ in range(3):
            reply = self.run_cell("counts")
            self.assertEqual((reply.value("calls in C"), reply.value("runs of the file")), ("1", "1"))

    def test_a_scenario_file_is_compiled_once_for_each_content(self):
        """The key of the content decides, not the path."""
        record = "from hpy_conform import record, scenario\n@scenario\ndef one(ext):\n    record('x', %d)\n"
        path = self.write("changing.py", record % 1)
        self.assertEqual(self.run_cell("one", scenarios=path, code="first").value("x"), "1")
        self.write("changing.py", record % 2)
        self.assertEqual(self.run_cell("one", scenarios=path, code="first").value("x"), "1")
        self.assertEqual(self.run_cell("one", scenarios=path, code="second").value("x"), "2")

    def test_a_worker_imports_little(self):
        """Each module makes each fork dearer, and each collection of each cell on PyPy, by the same share."""
        self.assertEqual(self.run_cell("sees_modules").value("dear modules"), "[]")

    def test_standard_input_is_empty(self):
        """What a cell reads is not the control channel."""
        self.assertEqual(self.run_cell("reads").value("input"), "''")

    def test_output_of_python_and_of_c_is_kept(self):
        """Also what C had not yet written out when the scenario ended."""
        output = self.run_cell("speaks").attachment("output")
        for part in ["said in Python", "complained in Python", "muttered in C"]:
            self.assertIn(part, output)

    def test_the_worker_ends_with_its_input(self):
        """No more requests means exit code 0, not an error."""
        worker = self.start_worker()
        self.assertTrue(worker.greeting["ready"])
        self.assertEqual(worker.close(), 0)

    def test_a_missing_backend_is_said_at_the_start(self):
        """A worker that can't load what its lanes need says why instead of failing each cell."""
        folder = os.path.join(self.folder, "path", "hpy")
        os.makedirs(folder)
        with open(os.path.join(folder, "__init__.py"), "w") as file:
            file.write("raise ImportError('broken on purpose')\n")
        worker = self.start_worker(family="hpy", environment={"PYTHONPATH": os.path.dirname(folder)})
        self.assertFalse(worker.greeting["ready"])
        self.assertIn("ImportError: broken on purpose", worker.greeting["error"])

    def test_an_ignored_end_of_children_is_not_inherited(self):
        """A runner that ignores SIGCHLD passes that on, and no wait status would be left to read."""
        worker = self.start_worker(prepare=lambda: signal.signal(signal.SIGCHLD, signal.SIG_IGN))
        self.assertEqual(self.run_cell("completes", worker=worker).outcome, "completed")

    def test_a_lower_limit_of_the_system_stays(self):
        """A worker that may use less than a cell's limits runs it within what there is."""
        worker = self.start_worker(prepare=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 16, 1 << 16)))
        self.assertEqual(self.run_cell("completes", worker=worker, file=1 << 20).outcome, "completed")


if __name__ == "__main__":
    unittest.main()
