"""How objects of generated hierarchies live and end: their structs, fields, dictionaries and weak references.

Objects of all types are made, filled, used and given up; then what the rules of the C API say of their ends is compared with
what happened. A difference is told like a disagreement between kinds of types, with the rules as one side.
"""

import gc
import sys
import weakref
from collections import Counter

import hpy_conform
from conform_hierarchy import is_type, operations_for

# What has no reference any more has ended there already.
_collect = gc.collect if sys.implementation.name == "cpython" else hpy_conform.collect


class Token:
    """What fields hold; whoever has none but weak references to it knows when it is released."""

    __slots__ = ("__weakref__",)


class Lives:
    """Lets objects of a hierarchy's types live and end.

    made: its types, as a maker of extensions has them.   slots: names by their numbers.
    """

    def __init__(self, hierarchy, made, slots):
        self._types = hierarchy["types"]
        self._made = made
        self._maker = made.maker
        self._numbers = {name: number for number, name in enumerate(slots)}
        self._singles = operations_for(hierarchy)[0]

    def differences(self):
        """What is other than the rules say: {text: what happened, in words}."""
        found = {}
        _collect()  # what is left of others has ended
        for classes, of in ((self._made.types, ""), (self._made.subclasses, " of subclasses")):
            self._live(classes, of, found)
        return found

    def _live(self, classes, of, found):
        def note(what, expected, got):
            found.setdefault("rules, %s | %s%s | %s | %s" % (self._maker.kind, what, of, expected, got), None)

        before = _references(classes)
        expected = Counter()
        kept = []
        self._maker.ends()
        self._fill_all(classes, kept, expected, note)
        _collect()
        got = Counter(code for code in self._maker.ends() if code & 127 != self._numbers["bf_releasebuffer"])
        def is_destroy(code):
            return code & 127 == self._numbers["destroy"]

        finalized = [sum(times for code, times in of.items() if not is_destroy(code)) for of in (expected, got)]
        # Each object was finalized once: whose function a type has is what its slots are asked for, too.
        by_another = finalized[0] == finalized[1]
        for code in set(expected) | set(got):
            if got[code] != expected[code]:
                if by_another and not is_destroy(code):
                    note("finalizer", "the first class's", "another's")
                    continue
                what = "destruction" if is_destroy(code) else "finalization"
                often = "never" if not got[code] else "less often" if got[code] < expected[code] else "more often"
                note(what, "once" if expected[code] else "never", often if expected[code] else "called")
        for what in {what for what, reference in kept if reference() is not None}:
            note(what, "released", "kept")
        for earlier, later in zip(before, _references(classes)):
            if earlier != later:
                note("references to the type", "as before", "more" if later > earlier else "fewer")

    def _fill_all(self, classes, kept, expected, note):
        for number, cls in enumerate(classes):
            if is_type(cls):
                self._fill(number, cls, kept, expected, note)

    def _fill(self, number, cls, kept, expected, note):
        mro = [self._made.types.index(one) for one in cls.__mro__ if one in self._made.types]
        marks = [mark for mark in mro if self._types[mark]["fields"]]
        slots = {slot for mark in mro for slot in self._types[mark]["slots"]}
        one = self._maker.new(cls)
        holds_itself = any(self._types[mark]["gc"] for mark in marks)
        held = {}
        for mark in marks:
            first, second = Token(), one if holds_itself else Token()
            self._maker.prepare(one, mark, first, second)
            held[mark] = first, second
            kept.append(("a field's object", weakref.ref(first)))
            if not holds_itself:
                kept.append(("a field's object", weakref.ref(second)))
        if any(self._types[mark]["weak"] for mark in mro):
            kept.append(("an object with weak references", weakref.ref(one)))
        if any(self._types[mark]["dictionary"] for mark in mro) and not {"tp_getattro", "tp_setattro"} & slots:
            token = Token()
            try:
                one.extra = token
                if one.extra is not token:
                    note("attribute in the dictionary", "kept", "another")
            except Exception as error:
                note("attribute in the dictionary", "kept", type(error).__name__)
            kept.append(("an object in the dictionary", weakref.ref(token)))
        if marks:
            for each in self._singles:
                try:
                    each.call(one)
                except Exception:
                    pass
            for mark in marks:
                there = self._maker.intact(one, mark)
                if there is False:
                    note("struct", "as it was left", "overwritten")
                elif there[0] is not held[mark][0] or there[1] is not held[mark][1]:
                    note("fields", "as they were left", "others")
            # A destructor of the C API is to do all there is to do; HPy calls that of each type with a struct.
            for mark in marks if self._maker.is_hpy else (max(marks),):
                expected[128 * mark + self._numbers["destroy"]] += 1
        finalizes = [mark for mark in mro if "tp_finalize" in self._types[mark]["slots"]]
        if finalizes:
            expected[128 * finalizes[0] + self._numbers["tp_finalize"]] += 1


def _references(classes):
    """How many references there are to each type; none where nobody counts."""
    return [sys.getrefcount(each) if is_type(each) else 0 for each in classes] if hasattr(sys, "getrefcount") else []
