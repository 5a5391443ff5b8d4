"""What repeats of a scenario add and nobody gives back, where a runtime counts it.

A scenario that has completed is called again, `warmups` times unmeasured and `repeats` times measured, with a
collection around each call and nothing recorded. What each measured call adds is counted, as regrtest's `-R` does:

    memory blocks           sys.getallocatedblocks(), on CPython
    references              sys.gettotalrefcount(), which debug builds have
    references to what outlives the scenario
                            sys.getrefcount() of the module and of what it holds, of the scenario file's constants and
                            globals, and of some of Python's own objects

The growth is what most of the measured calls add at least, or take away at least: a cache that grows or shrinks now
and then makes no growth, and hides none. Growth is measured again, and counts only if it comes again each time: caches
of CPython 3.12 and later grow and shrink for a while. A leaked reference to an object that lives anyway shows in no
count of blocks, and one that is released twice makes the last count fall.
"""

import sys

import hpy_conform

if hasattr(sys, "getrefcount"):  # where nothing is counted, nothing is needed either
    import contextvars
    import ctypes

_SOURCE = "Python/C API, 'Objects, Types and Reference Counts': who owns a reference has to give it up"
_AGAIN = "hpy-conform, Suites/README.md: a scenario can be called again in the same process"

# Objects that extensions get references to, and that no scenario makes or ends.
_OF_PYTHON = (
    None, True, False, NotImplemented, Ellipsis, (), "", b"", object, type, int, float, str, bytes, tuple, list, dict,
    TypeError, ValueError, AttributeError, OverflowError, RuntimeError, KeyError, IndexError, SystemError,
)


# Of a reference count: immortal objects have more (PEP 683, since 3.12). 3.11 gives its own names a billion, and counts on.
_IMMORTAL = 1 << 29 if sys.version_info >= (3, 12) else sys.maxsize

# How often growth is measured before it is believed.
_ROUNDS = 3


def hunt(function, ext, warmups, repeats, is_built_here=True):
    """Call `function(ext)` again and again, and expect that it adds nothing.

    warmups, repeats: calls that are not measured, and calls that are.   is_built_here: else, a wheel that was built for
    release builds may change reference counts by itself, and then a debug build's total is wrong.
    """
    counters = _counters(function, ext, is_built_here)
    if not counters:
        return
    # Made beforehand, and no Python integer is kept: measuring adds nothing itself.
    counts = [(ctypes.c_longlong * (repeats + 1))() for _ in counters]
    growth = [(ctypes.c_longlong * _ROUNDS)() for _ in counters]
    log = hpy_conform._log
    log.muted = log.is_harness = True
    try:
        for _ in range(warmups):
            _again(function, ext)
            _settle()
        rounds = 0
        while rounds < _ROUNDS:
            _measure(function, ext, repeats, counters, counts)
            for place in range(len(counters)):
                growth[place][rounds] = _growth(counts[place])
            rounds += 1
            if not any(_steady(one[:rounds]) for one in growth):
                break
    except BaseException as error:
        ended = "raised " + hpy_conform.qualified_name(type(error))
        log.muted = False
        hpy_conform.expect("repeats", ended, "completed", source=_AGAIN, facet="leak")
        return
    log.muted = False
    for place, (label, _) in enumerate(counters):
        hpy_conform.expect("repeats: " + label, _steady(growth[place][:rounds]), 0, source=_SOURCE, facet="leak")


def _measure(function, ext, repeats, counters, counts):
    """Count before the first and behind each of some calls, into `counts`, an array for each counter."""
    for number in range(repeats + 1):
        if number > 0:
            _again(function, ext)
        _settle()
        for place, (_, count) in enumerate(counters):
            counts[place][number] = count()


def _steady(growths):
    """What each round of measuring found at least; 0 where they differ in sign."""
    if min(growths) > 0:
        return min(growths)
    return max(growths) if max(growths) < 0 else 0


def _settle():
    """Have garbage released, and caches give back what they hold."""
    hpy_conform.collect()
    if sys.implementation.name == "cpython":  # the method cache holds names: of each that C made anew, another one
        ctypes.pythonapi.PyType_ClearCache()


def _again(function, ext):
    hpy_conform.forget_events(ext)
    contextvars.copy_context().run(function, ext)  # what it sets for its context goes with that


def _counters(function, ext, is_built_here):
    """Pairs of a label and a function that counts, of what this runtime counts."""
    counters = []
    if sys.implementation.name == "cpython":
        counters.append(("memory blocks", sys.getallocatedblocks))
    if hasattr(sys, "gettotalrefcount") and is_built_here:
        counters.append(("references", sys.gettotalrefcount))
    if hasattr(sys, "getrefcount"):
        kept = [ext] + list(vars(ext).values()) + list(_OF_PYTHON) + _held_by_code(function)
        # Small numbers are everybody's: the loops that count hold some of them, too.
        # What is immortal can't leak, and binaries for older versions still count it (PEP 683).
        kept = tuple({id(one): one for one in kept
                      if type(one) is not int and sys.getrefcount(one) < _IMMORTAL}.values())
        counters.append(("references to what outlives the scenario", lambda: sum(map(sys.getrefcount, kept))))
    return counters


def _held_by_code(function):
    """What a scenario file holds as long as it is loaded: its globals, and the constants of all its functions."""
    names = getattr(function, "__globals__", {})
    held = [value for name, value in names.items() if not name.startswith("__")]
    codes = [one.__code__ for one in [function] + held if hasattr(one, "__code__")]
    while codes:
        code = codes.pop()
        held.append(code)
        for constant in code.co_consts:
            (codes if isinstance(constant, type(code)) else held).append(constant)
    return held


def _growth(counts):
    added = sorted(after - before for before, after in zip(counts, counts[1:]))
    low, high = added[(len(added) - 1) // 2], added[len(added) // 2]
    return low if low > 0 else high if high < 0 else 0
