"""How objects of generated hierarchies live and end: their structs, fields, dictionaries and weak references.

Objects of all types are made, filled, used and given up: by themselves, in a ring in which each holds the next, and by a
`__del__` that keeps them once. Then what the rules of the C API say of their ends is compared with what happened. A difference
is told like a disagreement between kinds of types, with the rules as one side.
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
        types, below = self._made.types, self._made.subclasses
        self._live(types, "", found, self._fill_all)
        self._live(below, " of subclasses", found, self._fill_all)
        self._live(types, " in a ring", found, self._fill_ring)
        self._live(below, " in a ring of subclasses", found, self._fill_ring)
        if not self._maker.avoids_revival():
            self._live(below, " of revived subclasses", found, self._revive)
        return found

    def _live(self, classes, of, found, fill):
        def note(what, expected, got):
            found.setdefault("rules, %s | %s%s | %s | %s" % (self._maker.kind, what, of, expected, got), None)

        before = _references(classes)
        expected = Counter()
        kept = []
        self._maker.ends()
        fill(classes, kept, expected, note)
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
        for cls in classes:
            if is_type(cls):
                self._fill(cls, kept, expected, note)

    def _fill_ring(self, classes, kept, expected, note):
        """Each object's second fields hold the next object, whatever its type."""
        ring = []
        for cls in classes:
            if is_type(cls):
                mro, marks = self._marks(cls)
                if any(self._types[mark]["gc"] for mark in marks):
                    ring.append((self._maker.new(cls), mro, marks))
        for (one, mro, marks), (following, _, _) in zip(ring, ring[1:] + ring[:1]):
            for mark in marks:
                token = Token()
                self._maker.prepare(one, mark, token, following)
                kept.append(("a field's object", weakref.ref(token)))
            self._expect_end(mro, marks, expected)

    def _revive(self, classes, kept, expected, note):
        """A `__del__` keeps the object, which is whole then, and ends later, without another `__del__` (PEP 442)."""
        for cls in classes:
            if is_type(cls):
                alive = []

                def revive(one, keep=alive.append):
                    keep(one)

                try:
                    revived = type(cls)("Revived", (cls,), {"__del__": revive})
                    one = self._maker.new(revived)
                except TypeError:  # a metaclass or a final type that allows none
                    continue
                mro, marks = self._marks(cls)
                held = {mark: (Token(), Token()) for mark in marks}
                for mark in marks:
                    self._maker.prepare(one, mark, *held[mark])
                del one
                _collect()
                if len(alive) != 1:
                    note("__del__", "once", "more often" if alive else "never")
                for one in alive[:1]:
                    self._check_fields(one, held, note)
                kept.extend(("a field's object", weakref.ref(token)) for pair in held.values() for token in pair)
                held = one = None
                alive.clear()
                _collect()
                if alive:
                    note("__del__", "once", "more often")
                    alive.clear()
                # __del__ stands where the finalizer of a type above would.
                self._expect_end(mro, marks, expected, is_finalized=False)

    def _marks(self, cls):
        """The hierarchy's types in the MRO of one, and those of them that have a struct."""
        mro = [self._made.types.index(one) for one in cls.__mro__ if one in self._made.types]
        return mro, [mark for mark in mro if self._types[mark]["fields"]]

    def _check_fields(self, one, held, note):
        for mark in held:
            there = self._maker.intact(one, mark)
            if there is False:
                note("struct", "as it was left", "overwritten")
            elif there[0] is not held[mark][0] or there[1] is not held[mark][1]:
                note("fields", "as they were left", "others")

    def _expect_end(self, mro, marks, expected, is_finalized=True):
        # A destructor of the C API is to do all there is to do; HPy calls that of each type with a struct.
        for mark in marks if self._maker.is_hpy or not marks else (max(marks),):
            expected[128 * mark + self._numbers["destroy"]] += 1
        finalizes = [mark for mark in mro if "tp_finalize" in self._types[mark]["slots"]]
        if finalizes and is_finalized:
            expected[128 * finalizes[0] + self._numbers["tp_finalize"]] += 1

    def _fill(self, cls, kept, expected, note):
        mro, marks = self._marks(cls)
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
            self._check_fields(one, held, note)
        self._expect_end(mro, marks, expected)


def _references(classes):
    """How many references there are to each type; none where nobody counts."""
    return [sys.getrefcount(each) if is_type(each) else 0 for each in classes] if hasattr(sys, "getrefcount") else []
