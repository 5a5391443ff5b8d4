import weakref

from hpy_conform import Watch, attempt, expect, expect_released, record, scenario

RELATIVE = "Python/C API, 'Common Object Structures', Member flags, Py_RELATIVE_OFFSET; PEP 697"
DATA = "Python/C API, 'Type Objects', PyObject_GetTypeData and PyType_GetTypeDataSize; PEP 697"
FRESH = "Python/C API, 'Type Objects', tp_alloc (the memory is zeroed)"
READONLY = "Python/C API, 'Common Object Structures', Member flags, Py_READONLY"
SPECIAL = "Python/C API, 'Common Object Structures', PyMemberDef, special offsets (relative ones since 3.14)"
RELEASED = "Python/C API, 'Type Objects', tp_dealloc"
MEMBERS = "Python/C API, 'Common Object Structures', PyMemberDef"


def filled(one):
    one.real, one.letter, one.number = 1.5, "x", -7
    return one


def read(one):
    return one.real, one.letter, one.number, one.frozen


@scenario
def members_are_in_what_the_type_adds(ext):
    """C finds in the type's own memory what Python stored, and the base's members are beside it."""
    for label, base in (("a struct of C", ext.Base), ("object", object), ("list", list), ("dict", dict)):
        cls = ext.derive(base)
        one = cls()
        expect(label + ": fresh", read(one), (0.0, "\0", 0, 0), source=FRESH)
        if base is ext.Base:
            one.first, one.base_number = -1, -1
        filled(one)
        expect(label + ": read", read(one), (1.5, "x", -7, -7), source=RELATIVE)
        expect(label + ": in C", ext.peek(one, cls), (1.5, "x", -7), source=RELATIVE)
        expect(label + ": room", ext.room(one, cls), (1, 1), source=DATA)
        if base is ext.Base:
            expect("the base's", (one.first, one.base_number), (-1, -1), source=MEMBERS)


@scenario
def each_type_has_its_own(ext):
    """Two types, one derived from the other, use one table of members, each for its own memory."""
    lower = ext.derive(ext.Base)
    upper = ext.derive(lower)
    one = filled(upper())
    expect("upper in C", ext.peek(one, upper), (1.5, "x", -7), source=RELATIVE)
    expect("lower in C", ext.peek(one, lower), (0.0, "\0", 0), source=RELATIVE)
    vars(lower)["number"].__set__(one, 12)
    expect("lower written", (ext.peek(one, lower)[2], ext.peek(one, upper)[2]), (12, -7), source=RELATIVE)
    expect("base's", (one.first, one.base_number), (0, 0), source=MEMBERS)


@scenario
def python_subclasses(ext):
    """Objects of Python subclasses, with a dictionary and with slots, have the memory, too."""
    cls = ext.derive(list)

    class Plain(cls):
        pass

    class Slotted(cls):
        __slots__ = ("one", "two")

    for sub in (Plain, Slotted):
        one = filled(sub([1, 2]))
        one.one = "one"
        expect(sub.__name__, (read(one), list(one), one.one), ((1.5, "x", -7, -7), [1, 2], "one"), source=RELATIVE)
        expect(sub.__name__ + " in C", ext.peek(one, cls), (1.5, "x", -7), source=DATA)


@scenario
def readonly_beside_the_flag(ext):
    """The flag stands beside Py_READONLY."""
    one = filled(ext.derive(ext.Base)())
    expect("refused", attempt(setattr, one, "frozen", 1).exception is not None, True, source=READONLY)
    expect("as before", (one.number, one.frozen), (-7, -7), source=READONLY)


@scenario
def offsets_of_a_dictionary_and_others(ext):
    """Dictionary, weak references and call function are in what the type adds, in Python subclasses, too."""
    for label, base in (("a struct of C", ext.Base), ("object", object)):
        cls = ext.derive_special(base)

        class Slotted(cls):
            __slots__ = ("one",)

        for name, made in ((label, cls), (label + ", below", Slotted)):
            watch, one = Watch(), made()
            one.number = -7
            one.one, one.other = watch.thing("one"), watch.thing("other")
            found = "other" in vars(one), one.other is vars(one).get("other")
            expect(name + ": attributes", found, (True, True), source=SPECIAL)
            ended = []
            reference = weakref.ref(one, ended.append)
            expect(name + ": referenced", reference() is one, True, source=SPECIAL)
            expect(name + ": called", (one(), one("a", "b")), ((None, 0), ("a", 2)), source=SPECIAL)
            if base is ext.Base:
                one.first, one.base_number = 1, 2
                expect(name + ": the base's", (one.first, one.base_number), (1, 2), source=MEMBERS)
            expect(name + ": beside", (one.number, one(3), reference() is one), (-7, (3, 1), True), source=RELATIVE)
            del one
            expect_released(name + ": released", watch, ["one", "other"], RELEASED)
            expect(name + ": weak references end", (len(ended), reference()), (1, None), source=SPECIAL)


@scenario
def without_a_negative_size(ext):
    """The flag is only for a type whose size is relative to its base's; what becomes of another, no document says."""
    made = attempt(ext.derive_absolute, ext.Base)
    record("absolute", made.exception or "made")
