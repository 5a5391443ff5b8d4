"""What scenario files import: records, expectations, attempts, collection and events."""

import json
import os
import shutil
import tempfile
import unittest
import warnings
import weakref

import support
import hpy_conform
from conform_cell import load_extension
from hpy_conform import attempt, clear_events, collect, events, expect, one_of, raised, record, returned, scenario

SOURCE = "Document, Section"


class Shy:
    """Fails whoever asks it something, as an object of a broken extension may."""

    def __getattribute__(self, name):
        raise AssertionError("the object was asked for %s" % name)


def fail(error):
    raise error


class RecordingTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)
        self.path = os.path.join(self.folder, "result")
        self.addCleanup(setattr, hpy_conform, "_log", hpy_conform._log)
        hpy_conform._log = hpy_conform._Log()
        hpy_conform._log.begin(os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND), "secret")
        self.addCleanup(os.close, hpy_conform._log.descriptor)

    def written(self):
        """The observations in the result file."""
        with open(self.path) as file:
            lines = file.read().splitlines()
        self.assertTrue(all(line.startswith("secret ") for line in lines))
        return [json.loads(line[len("secret "):]) for line in lines]

    def last(self):
        return self.written()[-1]

    def holds(self, value, expected, **options):
        """Whether an expectation holds, by the runner's rule: the value is one of the promised texts."""
        expect("label %d" % len(self.written()), value, expected, source=SOURCE, **options)
        return self.last()["value"] in self.last()["expected"]

    def test_a_record_is_one_line(self):
        """Label, facet and value, whatever the value holds."""
        record("text", "a\nb\u2028\u00e9")
        record("order", [1], facet="order")
        self.assertEqual(self.written(), [
            {"label": "text", "facet": "value", "value": "'a\\nb\\u2028\\xe9'"},
            {"label": "order", "facet": "order", "value": "[1]"}])

    def test_lines_are_written_at_once(self):
        """A crash right after a record leaves the record."""
        record("x", 1)
        self.assertEqual(len(self.written()), 1)

    def test_an_attempt_keeps_type_and_message_apart(self):
        """They are compared separately: messages may differ where types may not."""
        record("raised", attempt(fail, ValueError("why")))
        self.assertEqual(self.last(), {
            "label": "raised", "facet": "value", "value": "raised ValueError", "exception": "ValueError",
            "message": "why"})
        record("returned", attempt(len, "abc"))
        self.assertEqual(self.last(), {"label": "returned", "facet": "value", "value": "returned 3"})

    def test_labels_of_the_harness_are_its_own(self):
        """What a scenario records is never taken for what the harness counted."""
        for label in ("repeats", "repeats: memory blocks", "debug mode: leaked handles"):
            with self.assertRaises(ValueError):
                hpy_conform.record(label, 0, facet="leak")
            with self.assertRaises(ValueError):
                hpy_conform.expect(label, 0, 0, source="a document")
        hpy_conform.record("repeats of mine", 0)

    def test_a_label_names_one_fact(self):
        """Labels are used once, and can be printed in a line."""
        record("x", 1)
        for label in ["x", "", None, 5, "a\nb", "\udc80"]:
            self.assertRaises(ValueError, record, label, 2)
            self.assertRaises(ValueError, expect, label, 2, 2, source=SOURCE)
        self.assertEqual(len(self.written()), 1)

    def test_facets_are_known(self):
        """A facet that nobody compares would never be looked at."""
        self.assertRaises(ValueError, record, "x", 1, facet="speed")
        self.assertRaises(ValueError, expect, "x", 1, 1, source=SOURCE, facet="speed")

    def test_an_expectation_cites_its_source(self):
        """There is no promise without a document that makes it."""
        for source in ["", None, 5]:
            self.assertRaises(ValueError, expect, "x", 1, 1, source=source)
        expect("x", 1, 2, source=SOURCE)
        self.assertEqual(self.last(), {
            "label": "x", "facet": "value", "value": "1", "expected": ["2"], "source": SOURCE})

    def test_expectations_compare_type_and_value(self):
        """What is equal in Python need not be the same fact."""
        self.assertTrue(self.holds([1, "x"], [1, "x"]))
        for value, expected in [(1, True), (1, 1.0), ("x", b"x"), ((1,), [1]), (None, "None"), (0.0, -0.0)]:
            self.assertFalse(self.holds(value, expected), (value, expected))

    def test_expectations_of_attempts(self):
        """An exact type, or a value."""
        self.assertTrue(self.holds(attempt(fail, KeyError("k")), raised(KeyError)))
        self.assertFalse(self.holds(attempt(fail, KeyError("k")), raised(LookupError)))
        self.assertFalse(self.holds(attempt(len, ""), raised(KeyError)))
        self.assertTrue(self.holds(attempt(len, ""), returned(0)))
        self.assertTrue(self.holds(attempt(print, end=""), returned()))
        self.assertFalse(self.holds(attempt(len, ""), 0))

    def test_several_promises(self):
        """Where a document leaves the choice, any of the alternatives will do; one alone is no choice."""
        for value, expected in [(1, True), (2, True), (3, False)]:
            self.assertEqual(self.holds(value, one_of(1, 2)), expected)
        self.assertTrue(self.holds(attempt(len, ""), one_of(raised(TypeError), returned(0))))
        self.assertRaises(ValueError, one_of, 1)

    def test_any_order(self):
        """Multisets are compared, and alternatives of them."""
        self.assertTrue(self.holds([3, 1, 2], [1, 2, 3], any_order=True))
        self.assertFalse(self.holds([1, 1, 2], [1, 2, 2], any_order=True))
        self.assertTrue(self.holds([2, 1], one_of([1], [1, 2]), any_order=True))

    def test_a_broken_promise_never_raises(self):
        """Whatever an extension hands out instead is recorded."""
        self.assertFalse(self.holds(None, [1, 2], any_order=True))
        self.assertFalse(self.holds(Shy(), 1))
        self.assertTrue(self.holds(Shy(), Shy()))
        self.assertTrue(self.holds(Shy(), one_of(Shy(), 1)))

    def test_observing_an_object_asks_it_nothing(self):
        """Recording must not change, or depend on, what the extension under test does."""
        record("shy", Shy())
        record("returned shy", attempt(Shy))
        name = "<%s.Shy object>" % __name__
        self.assertEqual([entry["value"] for entry in self.written()], [name, "returned " + name])


class AttemptTest(unittest.TestCase):
    def test_what_was_returned(self):
        """The value itself, and neither exception nor message."""
        value = []
        tried = attempt(lambda: value)
        self.assertIs(tried.value, value)
        self.assertEqual((tried.exception, tried.message, tried.warnings), (None, None, []))

    def test_what_was_raised(self):
        """Any exception, be it one that ends processes, by its type's qualified name."""
        for error in [ValueError, SystemExit, KeyboardInterrupt]:
            tried = attempt(fail, error("why"))
            self.assertEqual((tried.exception, tried.message, tried.value), (error.__name__, "why", None))

    def test_a_message_is_fit_for_json_everywhere(self):
        """Lone surrogates and NUL are escaped; an exception without a text is described."""
        self.assertEqual(attempt(fail, ValueError("\udc80\u00e9\0b")).message, "\\udc80\u00e9\\x00b")
        mute = type("Mute", (Exception,), {"__str__": lambda self: fail(TypeError())})
        self.assertEqual(attempt(fail, mute()).message, "<str() raised TypeError>")

    def test_every_warning_is_kept(self):
        """Also those that filters would hide or show once, and without a trace outside."""
        def warn():
            for _ in range(2):
                warnings.warn("x", DeprecationWarning)
        with warnings.catch_warnings(record=True) as outside:
            warnings.simplefilter("error")
            self.assertEqual(attempt(warn).warnings, ["DeprecationWarning"] * 2)
        self.assertEqual(outside, [])

    def test_arguments_are_passed_on(self):
        """Positional and keyword arguments."""
        self.assertEqual(attempt(dict, [("a", 1)], b=2).value, {"a": 1, "b": 2})


class CollectTest(unittest.TestCase):
    def test_cycles_are_gone_after_it(self):
        """So is a cycle that the finalizer of another lets go of, which takes a collection more."""
        class Cycle:
            def __init__(self, held=None):
                self.own, self.held = self, held

            def __del__(self):
                alive.pop(self.held, None)

        alive = {"second": Cycle()}
        first = Cycle("second")
        watches = [weakref.ref(first), weakref.ref(alive["second"])]
        del first
        collect()
        self.assertEqual([watch() for watch in watches], [None, None])


class EventTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.mkdtemp()
        cls.addClassCleanup(shutil.rmtree, folder)
        cls.recording = cls.load(folder, "recording", "recording.c")
        cls.silent = cls.load(folder, "ext", "misbehaving.c")

    @staticmethod
    def load(folder, module, source):
        binary = support.compiled(os.path.join(support.HERE, source), folder, module)
        return load_extension({"module": module, "binary": binary, "loader": "import"})

    def setUp(self):
        clear_events(self.recording)

    def test_events_come_oldest_first(self):
        """All as pairs, or the values of one name."""
        for name, value in [("a", 1), ("b", -2), ("a", 2 ** 40)]:
            self.recording.event(name, value)
        self.assertEqual(events(self.recording), [("a", 1), ("b", -2), ("a", 2 ** 40)])
        self.assertEqual(events(self.recording, "a"), [1, 2 ** 40])
        self.assertEqual(events(self.recording, "c"), [])

    def test_events_can_be_forgotten(self):
        """What follows starts from nothing, and a shorter name has no rest of a longer one."""
        self.recording.event("a long name", 1)
        clear_events(self.recording)
        self.assertEqual(events(self.recording), [])
        self.recording.event("b", 2)
        self.assertEqual(events(self.recording), [("b", 2)])

    def test_a_name_is_cut_at_the_logs_width(self):
        """Never a name without its end."""
        self.recording.event("n" * 40, 1)
        self.assertEqual(events(self.recording), [("n" * 23, 1)])

    def test_a_full_log_is_an_error(self):
        """Events that found no room must not pass for events that did not happen."""
        for number in range(4096):
            self.recording.event("a", number)
        self.assertEqual(events(self.recording, "a"), list(range(4096)))
        self.recording.event("a", 4096)
        self.assertRaises(OverflowError, events, self.recording)

    def test_only_an_extension_with_a_log_has_events(self):
        """Asking anything else is a mistake in the scenario."""
        self.assertRaises(TypeError, events, json)
        self.assertRaises(LookupError, events, self.silent)

    def test_a_module_that_nothing_refers_to_weakly_has_events(self):
        """A create slot may make any object (PEP 489)."""
        made = object()
        hpy_conform.note_binary(made, self.recording.__file__)
        self.addCleanup(hpy_conform._binaries.pop, id(made))
        self.recording.event("a", 1)
        self.assertEqual(events(made, "a"), [1])


class DeclarationTest(unittest.TestCase):
    def test_a_scenario_stays_the_function_that_it_was(self):
        """The decorator only marks it."""
        def function(ext):
            return ext
        self.assertIs(scenario(function), function)
        self.assertTrue(function.conform_scenario)

    def test_what_is_public(self):
        """Scenario files find these names and no others."""
        self.assertEqual(hpy_conform.__all__, [
            "Subinterpreter", "Watch", "attempt", "clear_events", "collect", "events", "expect", "expect_at_exit",
            "expect_released", "import_again", "one_of", "raised", "record", "record_at_exit", "returned", "scenario"])

    def test_watched_things_end(self):
        """A watch notes the end of each of its things in both ways, by name, and of nothing that lives on."""
        watch = hpy_conform.Watch()
        kept = watch.thing("kept")
        watch.thing("let go")
        hpy_conform.collect()
        self.assertEqual((watch.finalized, watch.unreferenced), (["let go"], ["let go"]))
        del kept
        hpy_conform.collect()
        self.assertEqual((watch.finalized, watch.unreferenced), (["let go", "kept"], ["let go", "kept"]))


if __name__ == "__main__":
    unittest.main()
