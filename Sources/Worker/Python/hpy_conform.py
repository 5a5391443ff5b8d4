"""What a scenario file imports: declare scenarios, record what happens, state what is promised.

    from hpy_conform import scenario, expect, record, attempt, raised

    @scenario
    def deleting_a_readonly_member(ext):
        \"\"\"A read-only member refuses deletion.\"\"\"
        expect("delete", attempt(delattr, ext.Point(), "x"), raised(AttributeError),
               source="Python/C API, 'Common Object Structures', Py_READONLY")

`record` writes down what happened; `expect` also says what a document promises, and goes on when the
promise is broken. The same text runs through every lane and on every runtime; nothing here tells a
scenario which one it is in.
"""

import gc
import os
import sys
import warnings
import weakref
from time import process_time as _cpu  # a scenario may put another one in its place

import conform_events
import conform_json
import conform_machine
import conform_native
from conform_imports import Subinterpreter, import_again
from conform_render import qualified_name, render, render_any_order

__all__ = [
    "Subinterpreter",
    "Watch",
    "attempt",
    "clear_events",
    "collect",
    "events",
    "expect",
    "expect_at_exit",
    "expect_released",
    "import_again",
    "one_of",
    "raised",
    "record",
    "record_at_exit",
    "returned",
    "scenario",
]

_FACETS = ("value", "order", "leak")


def scenario(function=None, *, real_exit=False):
    """Declare `function(ext)` as a scenario; `ext` is the extension module of the case.

    real_exit: afterwards the interpreter ends as it does behind a program, in a process that was started for this. What
    C records meanwhile is for expect_at_exit() and record_at_exit(). Else the process ends at once.
    """
    if function is None:
        return lambda one: scenario(one, real_exit=real_exit)
    function.conform_scenario = True
    function.conform_real_exit = real_exit
    return function


def record(label, value, facet="value"):
    """Record one observation.

    label: names the fact; used once in a scenario.
    value: any object; kept as text (see conform_render), an `attempt` with its exception type and message.
    facet: "value"; "order" for the order in which things were finalised; "leak" for what was left behind.
    """
    _check_facet(facet)
    _log.add(dict(_described(value), label=label, facet=facet))


def expect(label, value, expected, source, any_order=False, facet="value"):
    """Record one observation together with what a document promises of it; never raises on a broken promise.

    expected: the promised value, `raised(Type)`, `returned(value)`, or `one_of(...)` several of them.
    source: the document and the section that make the promise.
    any_order: compare two sequences as multisets.
    """
    _check_facet(facet)
    promise = _promise("expect", label, expected, source, any_order)
    described = {"value": render_any_order(value)} if any_order else _described(value)
    _log.add(dict(described, label=label, facet=facet, **promise))


def record_at_exit(label, name=None, facet="value"):
    """Record the events of that name, or all as pairs, as they are when the process has ended (see events())."""
    _at_exit(label, name, {}, False, facet)


def expect_at_exit(label, name, expected, source, any_order=False, facet="value"):
    """The promise of the events of that name, or of all, None, when the process has ended."""
    _at_exit(label, name, _promise("expect_at_exit", label, expected, source, any_order), any_order, facet)


class attempt:
    """Call something that may raise, be it SystemExit, and keep how it ended.

    .exception: qualified name of the exception's type, or None.   .message: its text, or None.
    .value: what was returned, or None.                            .warnings: names of the warnings' categories.
    """

    def __init__(self, function, *args, **kwargs):
        self.exception = self.message = self.value = None
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                self.value = function(*args, **kwargs)
            except BaseException as error:
                note_lack(error)
                self.exception = qualified_name(type(error))
                self.message = _text_of(error)
        self.warnings = [qualified_name(one.category) for one in caught]


class _Promise:
    """How an attempt is promised to end."""

    def __init__(self, text):
        self.text = text


def raised(exception_type):
    """The promise that an attempt raises exactly this type."""
    return _Promise("raised " + qualified_name(exception_type))


def returned(value=None):
    """The promise that an attempt returns this value."""
    return _Promise("returned " + render(value))


class one_of:
    """Several promised values, where a document leaves the choice to the implementation."""

    def __init__(self, *alternatives):
        if len(alternatives) < 2:
            raise ValueError("one_of() takes at least two alternatives")
        self.alternatives = alternatives


def collect():
    """Ask for garbage collection until nothing more is finalised, whatever kind of collector is at work.

    Counting runtimes need it for cycles. A tracing one finds an object in one collection, runs its
    finalizer after that, and can release what the finalizer let go of only in another.
    """
    began = _cpu()
    rounds = 4 if _TRACING else 3
    for done in range(rounds):
        found = gc.collect()
        if not _TRACING and not found:
            break
    if not _log.muted:
        _spent["collecting"] += _cpu() - began


def events(ext, name=None):
    """The events that C recorded with `conform_event`, oldest first.

    With a name: the values of the events of that name. Without: pairs (name, value).
    """
    log = _event_log(ext)
    count, room = _long_at(log), _long_at(log + conform_events.LONG)
    if count > room:
        advice = "record fewer, or clear_events() between"
        raise OverflowError("%d events, but the log keeps %d: %s" % (count, room, advice))
    pairs = conform_events.decoded(
        conform_native.read(log + conform_events.FIRST, count * conform_events.EVENT) if count else b"")
    if name is None:
        return pairs
    return [value for event, value in pairs if event == name]


def clear_events(ext):
    """Forget the events recorded so far."""
    conform_native.write_long(_event_log(ext), 0)


class Watch:
    """Makes Python objects whose end is noted twice: by `__del__`, and by the callback of a weak reference.

    .finalized, .unreferenced: names of the objects that have ended, in the order in which each way told so.
    """

    def __init__(self):
        self.finalized = []
        self.unreferenced = []
        self._references = []

    def thing(self, name):
        """A fresh object of that name, held by nobody but the caller."""
        thing = _Thing(self, name)
        self._references.append(weakref.ref(thing, lambda _: self.unreferenced.append(name)))
        return thing


class _Thing:
    def __init__(self, watch, name):
        self.watch = watch
        self.name = name

    def __del__(self):
        self.watch.finalized.append(self.name)


def expect_released(label, watch, names, source):
    """The promise that each of the named things of a watch, and no other, has ended by now, once."""
    collect()
    expect(label + ": finalized", watch.finalized, names, any_order=True, source=source)
    expect(label + ": weak references cleared", watch.unreferenced, names, any_order=True, source=source)


# --- below this line: the machinery; scenario files use none of it ---

_TRACING = sys.implementation.name != "cpython"
_spent = {"calling": 0.0, "collecting": 0.0, "repeating": 0.0}  # CPU seconds; collecting is part of calling
_binaries = {}  # id of an extension module -> path of its binary, and what takes that out at the module's end
_event_logs = {}  # path of a binary -> where its event log is, or None


def forget_events(ext):
    """Forget the events of an extension that may record none; a package that is installed records none."""
    if id(ext) not in _binaries:
        return
    try:
        clear_events(ext)
    except LookupError:
        pass


def _event_log(ext):
    path = _binaries.get(id(ext), (None,))[0]
    if path is None:
        raise TypeError("events() takes the extension module that the scenario was given")
    if path not in _event_logs:  # looked up once: CPython up to 3.13 loses a block of memory each time
        try:
            _event_logs[path] = _long_at(conform_native.address(path, "conform_log"))
        except ValueError:
            _event_logs[path] = None
    if _event_logs[path] is None:
        raise LookupError('the extension does not include "conform.h", so it records no events')
    return _event_logs[path]


def _long_at(place):
    return int.from_bytes(conform_native.read(place, conform_events.LONG), sys.byteorder, signed=True)


def note_binary(ext, path):
    """Remember where a module of the case was loaded from, as long as it lives."""
    number = id(ext)
    try:
        kept = weakref.ref(ext, lambda _: _binaries.pop(number, None))
    except TypeError:  # a create slot may make any object (PEP 489); it is kept, so that its id stays its own
        kept = ext
    _binaries[number] = path, kept


def _check_facet(facet):
    if facet not in _FACETS:
        raise ValueError("facet %r is not one of %s" % (facet, ", ".join(_FACETS)))


def _promise(function, label, expected, source, any_order):
    """What a document promises, as an observation has it."""
    if not source or not isinstance(source, str):
        raise ValueError("%s(%r) needs the source of the promise: document and section" % (function, label))
    alternatives = expected.alternatives if type(expected) is one_of else (expected,)
    if any_order:
        promised = [render_any_order(one) for one in alternatives]
    else:
        promised = [one.text if type(one) is _Promise else render(one) for one in alternatives]
    return {"expected": promised, "source": source}


def _at_exit(label, name, promise, any_order, facet):
    _check_facet(facet)
    if name is not None and len(name) >= conform_events.NAME:
        raise ValueError("an event's name has at most %d characters, found %r" % (conform_events.NAME - 1, name))
    if not _log.ends_really:
        raise ValueError("%r is asked for at the exit: declare the scenario with @scenario(real_exit=True)" % (label,))
    _log.check(label)
    _log.at_exit.append(dict(promise, label=label, facet=facet, name=name, any_order=any_order))


def observed_at_exit(asked, recorded, excess=None):
    """The observation of what was asked for, an entry of `_log.at_exit`, by the events that were recorded.

    excess: what is wrong with these, or None.
    """
    name, any_order = asked.pop("name"), asked.pop("any_order")
    if excess:
        return dict(asked, value=excess)
    found = recorded if name is None else [value for event, value in recorded if event == name]
    return dict(asked, value=render_any_order(found) if any_order else render(found))


class _Log:
    """Where observations go: a line each, every line opened by the cell's secret.

    A line without the secret was not written by this harness; the runner drops it and says so. Nor does a
    process count that the cell forked: only the one that the worker waits for says how the cell went, and a result in
    which another one had something to say is damaged.
    """

    def __init__(self):
        self.descriptor = self.process = None
        self.secret = ""
        self.labels = set()
        self.is_harness = False  # while the harness itself has something to say
        self.muted = False  # while a scenario is repeated: what it says has been recorded
        self.lacks = False
        self.ends_really = False  # the interpreter will end as it does behind a program
        self.at_exit = []  # what is to be observed then

    def begin(self, descriptor, secret):
        self.descriptor = descriptor
        self.secret = secret
        self.process = os.getpid()

    def add(self, observation):
        if self.muted:
            return
        self.check(observation["label"])
        self.write(observation)

    def check(self, label):
        """Refuse a label that can't be used; note it."""
        if type(label) is not str or not label or not label.isprintable():
            raise ValueError("a label is a non-empty, printable text, found %s" % (render(label),))
        if not self.is_harness and (label in _OWN_LABELS or label.startswith(("repeats: ", "debug mode: "))):
            raise ValueError("the label %r is one of the harness's own; choose another one" % (label,))
        if label in self.labels:
            raise ValueError("the label %r is used twice in this scenario; use each label once" % (label,))
        self.labels.add(label)

    def lack(self, text):
        """Say that the machine lacked something: nothing of this cell counts."""
        if self.process is not None and not self.lacks:
            self.lacks = True
            self.write({"machine": text})

    def end(self, ending):
        """The last line, which says how many observations there are before it."""
        # A line end comes first: what is before may have been cut in the middle of a line.
        self.write({"end": dict(ending, observations=len(self.labels))}, opening="\n")

    def end_at_exit(self, ending):
        """In place of the last line: the supervisor writes that, when the process has ended (conform_server)."""
        count = len(self.labels) - len(self.at_exit)
        self.write({"exiting": dict(ending, observations=count, asked=self.at_exit)}, opening="\n")

    def write(self, entry, opening=""):
        is_ours = os.getpid() == self.process
        if not is_ours:
            entry = {"stray": entry.get("label", "")}  # it counts for nothing, but is not dropped in silence
        text = _encode(entry)
        if "\\u" in text:  # perhaps a lone surrogate or NUL; to look at every text would take long on PyPy
            text = _encode(_storable_all(entry))
        data = ("%s%s %s\n" % (opening, self.secret, text)).encode("ascii")
        while data:
            data = data[os.write(self.descriptor, data):]
        if not is_ours:
            os._exit(1)


THREADS_LEFT = "threads that outlive the scenario"
_OWN_LABELS = ("repeats", THREADS_LEFT)
_encode = conform_json.dumps
_log = _Log()


def note_lack(error):
    """Where the machine lacked what an exception is about, say that."""
    lack = conform_machine.lack_behind(error)
    if lack is not None:
        _log.lack(lack)


def _described(value):
    if type(value) is not attempt:  # isinstance() would ask the value for its __class__
        return {"value": render(value)}
    if value.exception is None:
        return {"value": "returned " + render(value.value)}
    return {"value": "raised " + value.exception, "exception": value.exception, "message": value.message}


def storable(text):
    """The text as every reader of the results can have it: lone surrogates and NUL are escaped."""
    return str.encode(text, "utf-8", "backslashreplace").decode("utf-8").replace("\0", "\\x00")


def _storable_all(entry):
    """An entry with all its texts storable, wherever they come from."""
    if isinstance(entry, str):
        return storable(entry)
    if isinstance(entry, dict):
        return {storable(name): _storable_all(one) for name, one in entry.items()}
    if isinstance(entry, list):
        return [_storable_all(one) for one in entry]
    return entry


def _text_of(error):
    try:
        return storable(str(error))
    except BaseException as second:
        return "<str() raised %s>" % qualified_name(type(second))
