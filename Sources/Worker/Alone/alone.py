"""The module that the scenario file imports, reduced to printing values as they are recorded.

It replaces hpy-conform's module of the same name, and needs only conform_imports.py and conform_render.py, which are in the same folder.
"""

import ctypes
import gc
import mmap
import os
import weakref

from conform_imports import Subinterpreter, import_again  # noqa: F401
from conform_render import qualified_name, render, render_any_order

failures = []  # labels of promises that were broken
muted = []  # not empty while a scenario is called again
binary = None  # path of the extension


at_exit = []  # what is told when the interpreter has ended as behind a program


def scenario(function=None, *, real_exit=False):
    if function is None:
        return lambda one: scenario(one, real_exit=real_exit)
    function.real_exit = real_exit
    return function


def record(label, value, facet="value"):
    _say(label, _described(value))


def expect(label, value, expected, source, any_order=False, facet="value"):
    alternatives = expected.alternatives if type(expected) is one_of else (expected,)
    if any_order:
        got, promised = render_any_order(value), [render_any_order(one) for one in alternatives]
    else:
        got, promised = _described(value), [one.text if type(one) is _Promise else render(one) for one in alternatives]
    _judge(label, got, promised, source)


def _judge(label, got, promised, source):
    _say(label, got)
    if got.split("\n")[0] not in promised and not muted:
        failures.append(label)
        print("    FAILED: expected %s, got %s\n    promised by %s" % (" or ".join(promised), got, source), flush=True)


def record_at_exit(label, name=None, facet="value"):
    at_exit.append((label, name, None, None, False))


def expect_at_exit(label, name, expected, source, any_order=False, facet="value"):
    alternatives = expected.alternatives if type(expected) is one_of else (expected,)
    at_exit.append((label, name, [(render_any_order if any_order else render)(one) for one in alternatives], source, any_order))


class attempt:
    def __init__(self, function, *args, **kwargs):
        import warnings

        self.exception = self.message = self.value = None
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                self.value = function(*args, **kwargs)
            except BaseException as error:
                self.exception, self.message = qualified_name(type(error)), str(error)
        self.warnings = [qualified_name(one.category) for one in caught]


class _Promise:
    def __init__(self, text):
        self.text = text


def raised(exception_type):
    return _Promise("raised " + qualified_name(exception_type))


def returned(value=None):
    return _Promise("returned " + render(value))


class one_of:
    def __init__(self, *alternatives):
        self.alternatives = alternatives


def collect():
    for _ in range(4):
        gc.collect()


class _Event(ctypes.Structure):
    _fields_ = [("name", ctypes.c_char * 24), ("value", ctypes.c_longlong)]


class _EventLog(ctypes.Structure):  # struct conform_event_log of conform.h
    _fields_ = [("count", ctypes.c_long), ("capacity", ctypes.c_long), ("events", _Event * (1 << 20))]


_logs = []


def share_events(file):
    """Have C record events in a file, or in memory without one (-1): what is loaded from now on, in this process."""
    if file >= 0:
        os.ftruncate(file, ctypes.sizeof(_EventLog))
    log = _EventLog.from_buffer(mmap.mmap(file, ctypes.sizeof(_EventLog)))
    log.capacity = len(log.events)
    os.environ["HPY_CONFORM_EVENTS"] = "%x:%x" % (os.getpid(), ctypes.addressof(log))
    _logs[:] = [log]


def _log():
    return _logs[0]


def say_at_exit(asked):
    """What another process has asked for, its `at_exit`, by the events that there are now."""
    for label, name, promised, source, any_order in asked:
        got = (render_any_order if any_order else render)(events(None, name))
        if source is None:
            _say(label, got)
        else:
            _judge(label, got, promised, source)


def events(ext, name=None):
    log = _log()
    pairs = [(log.events[i].name.decode("ascii", "replace"), log.events[i].value) for i in range(log.count)]
    return pairs if name is None else [value for event, value in pairs if event == name]


def clear_events(ext):
    _log().count = 0


class Watch:
    def __init__(self):
        self.finalized, self.unreferenced, self._references = [], [], []

    def thing(self, name):
        thing = _Thing(self, name)
        self._references.append(weakref.ref(thing, lambda _: self.unreferenced.append(name)))
        return thing


class _Thing:
    def __init__(self, watch, name):
        self.watch, self.name = watch, name

    def __del__(self):
        self.watch.finalized.append(self.name)


def expect_released(label, watch, names, source):
    collect()
    expect(label + ": finalized", watch.finalized, names, any_order=True, source=source)
    expect(label + ": weak references cleared", watch.unreferenced, names, any_order=True, source=source)


# --- facts as text ---

def _say(label, text):
    if not muted:
        print("%s: %s" % (label, text.replace("\n", "\n    ")), flush=True)


def _described(value):
    if type(value) is not attempt:
        return render(value)
    if value.exception is None:
        return "returned " + render(value.value)
    return "raised " + value.exception + ("\n" + value.message if value.message else "")
