"""Which function a C type of CPython has in a slot that it doesn't define: what CPython's sources do, as a rule.

`Objects/typeobject.c`, inherit_slots() and type_ready_inherit() (3.8: PyType_Ready()): a type goes through its MRO and takes the
slot of the first class whose slot is not that of the class's own tp_base. A static type without a table of its own
(tp_as_number, ...) then gets the table of its tp_base. The data model, which Python's classes follow, takes the first class
of the MRO that defines the slot, so the two differ with several bases. What differs in another way than this is something else.
"""

import sys

from conform_hierarchy import is_type

# Slots of these kinds have tables, which a static type may lack.
_TABLES = ("nb", "sq", "mp", "am", "bf")
# Without a method in Python, by which a class statement finds the first of the MRO: see update_one_slot().
_WITHOUT_METHOD = ("bf_getbuffer", "bf_releasebuffer")
_IS_KNOWN = sys.implementation.name == "cpython"


class Inherited:
    """The owners of inherited slots of one kind of type.

    made: types of a hierarchy (conform_hierarchy.Made).   types: the hierarchy's.
    """

    def __init__(self, made, types):
        self._types = types
        self._made = made
        self._is_static = made.maker.kind == "static"
        self._numbers = {id(one): number for number, one in enumerate(made.types)}
        self._found = {}

    def owner(self, number, slot):
        """The number of the type whose function a type has; None for none."""
        key = number, slot
        if key not in self._found:
            self._found[key] = self._look(number, slot)
        return self._found[key]

    def is_owner_below(self, mark, number, slot):
        """Whether a class statement below a type has a function of the type `mark` by this rule."""
        return slot in _WITHOUT_METHOD and self._through(self._mro(number), slot) == mark

    def _look(self, number, slot):
        if slot in self._types[number]["slots"]:
            return number
        if not is_type(self._made.types[number]):
            return None
        if self._is_static and not self._has_table(number, slot[:2]):
            base = self._base(number)
            return None if base is None else self.owner(base, slot)
        return self._through(self._mro(number)[1:], slot)

    def _through(self, mro, slot):
        for each in mro:
            owner, base = self.owner(each, slot), self._base(each)
            if owner is not None and (base is None or owner != self.owner(base, slot)):
                return owner
        return None

    def _has_table(self, number, kind):
        return kind not in _TABLES or any(slot[:2] == kind for slot in self._types[number]["slots"])

    def _mro(self, number):
        return [self._numbers[id(one)] for one in self._made.types[number].__mro__ if id(one) in self._numbers]

    def _base(self, number):
        return self._numbers.get(id(self._made.types[number].__base__))


def inherited(made, hierarchy):
    """By kind of type; nothing where the rule is not that of the runtime."""
    return {one.maker.kind: Inherited(one, hierarchy["types"]) for one in made} if _IS_KNOWN else {}
