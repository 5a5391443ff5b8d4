"""What repeats of a scenario add and nobody gives back, where a runtime counts it.

A scenario that has completed is called again, `warmups` times unmeasured and `repeats` times measured, with a
collection around each call and nothing recorded. What each measured call adds is counted, as regrtest's `-R` does:

    memory blocks           sys.getallocatedblocks(), on CPython 3.11
    references              sys.gettotalrefcount(), which debug builds have
    references to what outlives the scenario
                            sys.getrefcount() of the module, of what it holds, and of some of Python's own objects

The growth is what most of the measured calls add at least, or take away at least: a cache that grows or shrinks now
and then makes no growth, and hides none. A leaked reference to an object that lives anyway shows in no count of
blocks, and one that is released twice makes the last count fall.

With heap types of the raw C API, no count of references grew on CPython 3.8 to 3.15, and no count of blocks on 3.11.
Blocks are counted there alone: before, code that
has run often gets caches of its own, and later, caches shrink and grow by a few blocks under what is measured.
"""

import contextvars
import ctypes
import sys

import hpy_conform

_SOURCE = "Python/C API, 'Objects, Types and Reference Counts': who owns a reference has to give it up"
_AGAIN = "hpy-conform, Suites/README.md: a scenario can be called again in the same process"

# Objects that extensions get references to, and that no scenario makes or ends.
_OF_PYTHON = (
    None, True, False, NotImplemented, Ellipsis, (), "", b"", object, type, int, float, str, bytes, tuple, list, dict,
    TypeError, ValueError, AttributeError, OverflowError, RuntimeError, KeyError, IndexError, SystemError,
)


def hunt(function, ext, warmups, repeats):
    """Call `function(ext)` again and again, and expect that it adds nothing.

    warmups, repeats: calls that are not measured, and calls that are.
    """
    counters = _counters(ext)
    if not counters:
        return
    # Made beforehand, and no Python integer is kept: measuring adds nothing itself.
    counts = [(ctypes.c_longlong * (repeats + 1))() for _ in counters]
    log = hpy_conform._log
    log.muted = True
    try:
        for number in range(-warmups, repeats + 1):
            if number > -warmups:
                _again(function, ext)
            _settle()
            if number >= 0:
                for place, (_, count) in enumerate(counters):
                    counts[place][number] = count()
    except BaseException as error:
        ended = "raised " + hpy_conform.qualified_name(type(error))
        log.muted = False
        hpy_conform.expect("repeats", ended, "completed", source=_AGAIN, facet="leak")
        return
    log.muted = False
    for place, (label, _) in enumerate(counters):
        hpy_conform.expect("repeats: " + label, _growth(counts[place]), 0, source=_SOURCE, facet="leak")


def _settle():
    """Have garbage released, and caches give back what they hold."""
    hpy_conform.collect()
    if sys.version_info < (3, 12):  # the method cache fills with references taken from None; later None isn't counted
        sys._clear_type_cache()


def _again(function, ext):
    hpy_conform.forget_events(ext)
    contextvars.copy_context().run(function, ext)  # what it sets for its context goes with that


def _counters(ext):
    """Pairs of a label and a function that counts, of what this runtime counts."""
    counters = []
    if sys.implementation.name == "cpython" and sys.version_info[:2] == (3, 11):
        counters.append(("memory blocks", sys.getallocatedblocks))
    if hasattr(sys, "gettotalrefcount"):
        counters.append(("references", sys.gettotalrefcount))
    if hasattr(sys, "getrefcount"):
        kept = (ext,) + tuple(vars(ext).values()) + _OF_PYTHON
        counters.append(("references to what outlives the scenario", lambda: sum(map(sys.getrefcount, kept))))
    return counters


def _growth(counts):
    added = sorted(after - before for before, after in zip(counts, counts[1:]))
    low, high = added[(len(added) - 1) // 2], added[len(added) // 2]
    return low if low > 0 else high if high < 0 else 0
