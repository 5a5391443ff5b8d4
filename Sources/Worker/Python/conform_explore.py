"""Compares the types of generated hierarchies: kinds of types with each other, with Python's classes, with empty subclasses.

A disagreement is told as what disagrees, not where: which oracle, what was done, and what each side did, in terms of
where the functions that were called belong in the type's MRO. One such text stands for one kind of disagreement.

    own            the type's own function
    first, later   of the first class of the MRO that has the slot, or of a later one
    ancestor       of a class above, where no class of the MRO has two bases
    base, side     else: of a class that the type's tp_base is or derives from, or of another
    inherited      of another class than the first, as CPython's sources have it for C types (conform_inherited)
"""

import zlib

from conform_hierarchy import Extension, Made, Twin, answer, is_type, operations_for, tells, words
from conform_inherited import inherited
from conform_lives import Lives

_NOTHING = "no call"


class Found:
    """One disagreement: in which type, or between which two, at which operation, and what both sides did."""

    __slots__ = ("where", "operation", "left", "right")

    def __init__(self, where, operation, left, right):
        self.where = where
        self.operation = operation
        self.left = left
        self.right = right


class Explorer:
    """Compares hierarchies, one after another.

    extensions: modules by kind of type, in the order in which they are compared: the first is what others are compared with.
    lives: whether objects live and end, too (conform_lives).
    """

    def __init__(self, extensions, lives=False):
        self._lives = lives
        names = next(iter(extensions.values())).names()
        self.slots = list(names)
        numbers = {name: number for number, name in enumerate(names)}
        self.twin = Twin(numbers)
        self.makers = [Extension(kind, ext, numbers) for kind, ext in extensions.items()]

    def explore(self, hierarchy, kind=None, lives=True):
        """Disagreements of a hierarchy by their kinds, {text: Found}; and a number for what Python's classes did.

        kind: the one that somebody wants to know of; others may be left out.   lives: as in __init__, for this one.
        """
        singles, pairs = operations_for(hierarchy)
        if kind is not None:
            return self._explore_one(hierarchy, kind, singles, pairs), 0
        twin = Made(hierarchy, self.twin)
        made = [Made(hierarchy, maker) for maker in self.makers]
        found = {}
        digest = 0
        places = _Places(hierarchy, [twin] + made, self.slots)
        for number in range(len(hierarchy["types"])):
            self._compare_making(number, twin, made, found)
            mine = places.slots_of(number)
            operations = [each for each in singles if not mine.isdisjoint(each.needs)]
            if operations:
                digest = self._compare(number, operations, twin, made, places, found, digest)
        if pairs:
            digest = self._compare_pairs(pairs, twin, made, places, found, digest)
        if lives and self._lives and any(one["fields"] or "tp_finalize" in one["slots"] for one in hierarchy["types"]):
            for each in made:
                for text in Lives(hierarchy, each, self.slots).differences():
                    found.setdefault(text, Found(None, None, None, None))
        return found, digest

    def _explore_one(self, hierarchy, kind, singles, pairs):
        sides, family = kind.split(" | ")[:2]
        sides = {one.replace("'s subclass", "") for one in sides.split(", ")}
        makers = self.makers
        # The first of all is what others are compared with, and Python's classes say where functions belong.
        self.makers = [one for one in makers if one.kind in sides] or makers[:1]
        found = {}
        twin, made = Made(hierarchy, self.twin), [Made(hierarchy, one) for one in self.makers]
        if "rules" in sides:
            for each in made:
                for text in Lives(hierarchy, each, self.slots).differences():
                    found.setdefault(text, Found(None, None, None, None))
        elif family == "making":
            for number in range(len(hierarchy["types"])):
                self._compare_making(number, twin, made, found)
        else:
            places = _Places(hierarchy, [twin] + made, self.slots)
            for number in range(len(hierarchy["types"])):
                mine = places.slots_of(number)
                operations = [one for one in singles if one.family == family and not mine.isdisjoint(one.needs)]
                if operations:
                    self._compare(number, operations, twin, made, places, found, 0)
            pairs = [one for one in pairs if one.family == family]
            if pairs:
                self._compare_pairs(pairs, twin, made, places, found, 0)
        self.makers = makers
        return found

    def _compare_making(self, number, twin, made, found):
        """Refused or not: what all kinds are to agree about."""
        first = None
        for each in [twin] + made:
            end, below = each.types[number], each.subclasses[number]
            if end is None:
                continue
            told = end if isinstance(end, str) else "made"
            told += " subclass " + below if isinstance(below, str) else ""
            if first is None:
                first = (each.maker.kind, told)
            elif told != first[1]:
                text = "%s, %s | making | %s | %s" % (first[0], each.maker.kind, first[1], told)
                found.setdefault(text, Found(number, None, first[1], told))

    def _compare(self, number, operations, twin, made, places, found, digest):
        table = []
        # Others are compared with the first, if that can be made here.
        for each in made if is_type(made[0].types[number]) else ():
            type_, below, maker = each.types[number], each.subclasses[number], each.maker
            if is_type(type_):
                table.append((maker.kind, maker.take, maker.new(type_), maker.new(below) if is_type(below) else None))
        python = self.twin.new(twin.types[number]) if is_type(twin.types[number]) else None
        take_twin = self.twin.take
        for each in operations:
            call = each.call
            said = None
            if python is not None and each.asks_twin:
                said = answer(call, take_twin, python)
                digest = zlib.crc32(repr(said).encode(), digest)
            first = first_below = None
            for kind, take, one, below in table:
                got = answer(call, take, one)
                lower = answer(call, take, below) if below is not None else None
                if first is None:
                    first, first_below, first_kind = got, lower, kind
                    if said is not None and said != got:
                        self._note(found, "python", kind, number, each, said, got, places)
                    if lower is not None and lower != got:
                        self._note(found, kind, kind + "'s subclass", number, each, got, lower, places)
                    continue
                if got != first:
                    self._note(found, first_kind, kind, number, each, first, got, places)
                # What differs as its base does is told already.
                if lower != first_below and lower is not None and first_below is not None and lower != got:
                    self._note(found, first_kind + "'s subclass", kind + "'s subclass", number, each, first_below, lower,
                               places)
        return digest

    def _compare_pairs(self, pairs, twin, made, places, found, digest):
        take_twin = self.twin.take
        for left, right in places.pairs():
            mine = places.slots_of(left) | places.slots_of(right)
            table = []
            for each in made if is_type(made[0].types[left]) and is_type(made[0].types[right]) else ():
                one, other = each.types[left], each.types[right]
                if is_type(one) and is_type(other):
                    table.append((each.maker.kind, each.maker.take, each.maker.new(one), each.maker.new(other)))
            one, other = twin.types[left], twin.types[right]
            python = (self.twin.new(one), self.twin.new(other)) if is_type(one) and is_type(other) else None
            for each in pairs:
                if mine.isdisjoint(each.needs):
                    continue
                said = None
                if python is not None:
                    said = answer(each.call, take_twin, *python)
                    digest = zlib.crc32(repr(said).encode(), digest)
                first = None
                for kind, take, one, other in table:
                    got = answer(each.call, take, one, other)
                    if first is None:
                        first, first_kind = got, kind
                        if said is not None and said != got:
                            self._note(found, "python", kind, (left, right), each, said, got, places)
                    elif got != first:
                        self._note(found, first_kind, kind, (left, right), each, first, got, places)
        return digest

    def _note(self, found, kind, other, where, operation, left, right, places):
        text = "%s, %s | %s | %s | %s" % (
            (kind, other, operation.family) + places.told(where, operation, (kind, left), (other, right)))
        if text not in found:
            found[text] = Found(where, operation, left, right)

    def told(self, hierarchy, found):
        """One disagreement in words: what was done, and what each side did: "(B(A)) + 1: A.nb_add; TypeError"."""
        types = hierarchy["types"]
        if found.where is None:
            return "all", "making, using and releasing objects", "", ""
        if found.operation is None:
            return types[found.where]["name"], "making the type", found.left, found.right
        names = [one["name"] for one in types]
        where = found.where if isinstance(found.where, tuple) else (found.where,)
        return (", ".join(names[one] for one in where), found.operation.label,
                words(names, self.slots, found.left), words(names, self.slots, found.right))


class _Places:
    """Where functions belong, as seen from a type."""

    def __init__(self, hierarchy, made, slots):
        self._slots = slots
        self._types = hierarchy["types"]
        self._inherited = inherited(made[1:], hierarchy)
        self._mros = []
        self._bases = []
        self._defined = []
        self._is_line = []
        for number in range(len(self._types)):
            mro, chain = [number], [number]
            for each in made:
                type_ = each.types[number]
                if is_type(type_):
                    numbers = {id(one): place for place, one in enumerate(each.types)}
                    mro = [numbers[id(one)] for one in type_.__mro__ if id(one) in numbers]
                    base = type_.__base__
                    chain = [numbers[id(one)] for one in base.__mro__ if id(one) in numbers]
                    break
            self._mros.append(mro)
            self._is_line.append(all(len(self._types[one]["bases"]) < 2 for one in mro))
            self._bases.append(chain)
            self._defined.append({slot for one in mro for slot in self._types[one]["slots"]})

    def slots_of(self, number):
        return self._defined[number]

    def pairs(self):
        """The pairs of types that are asked about: a type and what derives from it, and two that share a base."""
        count = len(self._types)
        every = [(left, right) for left in range(count) for right in range(count) if left != right]
        return every[:: max(1, len(every) // 6)]

    def told(self, where, operation, left, right):
        """What both sides did where they part: a call, or the end, and whether something else had been called before.

        left, right: the kind of type, and what it did.
        """
        sides = [self._steps(where, operation, *side) for side in (left, right)]
        calls = [done[0] for _, done in (left, right)]
        common = 0
        while all(common < len(one) for one in calls) and calls[0][common] == calls[1][common]:
            common += 1
        before = "then " if common else ""
        return before + sides[0][common], before + sides[1][common]

    def _steps(self, where, operation, kind, done):
        calls, end = done
        steps = []
        for code in calls:
            mark, slot = code >> 7, self._slots[code & 127]
            steps.append("%s:%s" % (operation.roles.get(slot, slot), self._place(where, mark, slot, kind)))
        return steps + [end if tells(calls, end) else "done" if calls else _NOTHING]

    def _place(self, where, mark, slot, kind):
        if isinstance(where, tuple):
            left, right = where
            if mark in self._mros[left]:
                place = self._place(left, mark, slot, kind)
                if place.startswith("later") and self._is_inherited(right, mark, slot, kind):
                    return "other's inherited"
                return place
            return "other's " + self._place(right, mark, slot, kind)
        if mark == where:
            return "own"
        mro = self._mros[where]
        if mark not in mro:
            return "foreign"
        first = next(one for one in mro if slot in self._types[one]["slots"] or one == mark)
        if first != mark and self._is_inherited(where, mark, slot, kind):
            return "inherited"
        if self._is_line[where]:
            return ("first" if first == mark else "later") + " ancestor"
        return ("first" if first == mark else "later") + (" base" if mark in self._bases[where] else " side")

    def _is_inherited(self, where, mark, slot, kind):
        of, _, below = kind.partition("'s ")
        rule = self._inherited.get(of)
        if rule is None:
            return False
        return rule.is_owner_below(mark, where, slot) if below else rule.owner(where, slot) == mark
