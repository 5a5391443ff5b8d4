import struct

from hpy_conform import Watch, attempt, collect, expect, expect_released, raised, record, scenario

SHAPES = "HPy api.rst, 'Inherit from a built-in type'; hpytype.h, HPyType_BuiltinShape"
MEMBERS = "HPy hpydef.h, HPyMember and HPyMember_FieldType; Python/C API, 'Common Object Structures', Member types"
READONLY = "HPy hpydef.h, HPyMember.readonly; Python/C API, 'Common Object Structures', Member flags"
DELETION = "Python/C API, 'Common Object Structures', PyMemberDef: only object members can be deleted"
NULLS = "HPy hpydef.h, HPyMember_OBJECT_EX; Python/C API, 'Common Object Structures', Member types (null pointers)"
NONE = "HPy hpydef.h, HPyMember_NONE; Python/C API, 'Common Object Structures', T_NONE (always None)"
FRESH = "HPy public_api.h, HPyField_Store (HPy_New zeroes its memory); Python/C API, 'Type Objects', tp_alloc"
RELEASED = "HPy porting guide, 'tp_dealloc and Py_DECREF'; Python/C API, 'Type Objects', tp_dealloc"
SUBCLASSES = "Python library, 'Special Attributes', class.__subclasses__ (those that are still alive)"
CYCLES = "HPy porting guide, 'tp_traverse, tp_clear, Py_TPFLAGS_HAVE_GC'; Python/C API, 'Type Objects', tp_clear"

INTEGERS = {
    "byte": "b", "ubyte": "B", "short": "h", "ushort": "H", "int": "i", "uint": "I", "long": "l", "ulong": "L",
    "longlong": "q", "ulonglong": "Q", "ssize": "n",
}
KINDS = dict(INTEGERS, float="f", double="d", bool="?", char="c", inplace="8s")


def in_range(kind):
    """What fits, the limits among it: in C, and in Python."""
    if kind in INTEGERS:
        bits = 8 * struct.calcsize(KINDS[kind]) - (not KINDS[kind].isupper())
        low, high = (0 if KINDS[kind].isupper() else -2 ** bits), 2 ** bits - 1
        return [(value, value) for value in (low, low + 1, 0, 1, high // 2 + 1, high)]
    if kind in ("float", "double"):
        return [(value, value) for value in (0.5, -2.0, 0.0, float("-inf"))]
    texts = {"char": [b"A", b"\x7f", b"\0"], "inplace": [b"sevenly", b"ab", b"", b"1\xc3\xbc"]}
    return [(text, text.decode("utf-8")) for text in texts.get(kind, [])] or [(True, True), (False, False)]


def not_convertible(kind):
    """What is no value of the kind, whatever its size."""
    if kind in INTEGERS or kind in ("float", "double"):
        return ["text", b"1", [], {}]
    return [5, "two", "", "\xe9", b"A", []] if kind == "char" else [5, "text", None, 1.5, b"A", []]


VALUES = {"Float": -1.5, "Str": "gr\xfcn", "List": [1, "two"], "Dict": {"a": 1}, "Int": 0, "Tuple": ()}
CLASS = {"attribute": "of the class"}


def fixed(ext):
    """The types whose objects all have the same size, and are values."""
    return [("Float", ext.Float), ("Str", ext.Str), ("List", ext.List)]


def fresh(name, cls):
    """An object of a type that derives from the builtin of that name: a value, or a class."""
    return cls("Made", (), dict(CLASS)) if name == "Meta" else cls(VALUES[name])


def made(name, cls, kind=None):
    """One with every byte of the struct set; the field has a value."""
    one = fresh(name, cls)
    one.fill()
    if kind is not None:
        one.poke(kind, struct.pack(KINDS[kind], in_range(kind)[0][0]))
    return one


def intact(name, one):
    """Whether the builtin's part of the object is as fresh() made it."""
    return one.attribute == CLASS["attribute"] if name == "Meta" else one == VALUES[name]


def changed(name, one, kind):
    """What has changed since made(), apart from the field."""
    return ["builtin"] * (not intact(name, one)) + ["struct"] * (one.strays(kind) != 0)


def each(types, label, look, source):
    """`look` names what is wrong with a kind's member in a type; it is to find nothing."""
    wrong = {}
    for name, cls in types:
        for kind in KINDS:
            for finding in look(name, cls, kind):
                wrong.setdefault("%s: %s" % (kind, finding), []).append(name)
    expect(label, wrong, {}, source=source + "; " + SHAPES)


def check_reading(types):
    empty = {"float": 0.0, "double": 0.0, "bool": False, "char": "\0", "inplace": ""}

    def look_fresh(name, cls, kind):
        value, expected = getattr(fresh(name, cls), kind), empty.get(kind, 0)
        return [] if type(value) is type(expected) and value == expected else ["not empty"]

    def look(name, cls, kind):
        for in_c, in_python in in_range(kind):
            one = made(name, cls)
            one.poke(kind, struct.pack(KINDS[kind], in_c))
            for member in (kind, "ro_" + kind):
                value = getattr(one, member)
                if type(value) is not type(in_python) or value != in_python:
                    yield "%s reads %r, not %r" % (member, value, in_python)
            yield from changed(name, one, kind)

    each(types, "fresh", look_fresh, FRESH)
    each(types, "read", look, MEMBERS)
    found = [(made(name, cls).string, made(name, cls).ro_string) for name, cls in types]
    expect("strings", found, [("a string", "a string")] * len(types), source=MEMBERS)


@scenario
def members_are_read(ext):
    """Members show what C has in the struct beside the builtin's own, and zero before."""
    check_reading(fixed(ext))


def check_writing(types):
    def look(name, cls, kind):
        for in_c, in_python in in_range(kind) if kind != "inplace" else []:
            one = made(name, cls)
            ended = attempt(setattr, one, kind, in_python)
            if ended.exception is not None or ended.warnings:
                yield "%r is refused" % (in_python,)
            elif struct.unpack(KINDS[kind], one.peek(kind))[0] != in_c:
                yield "%r does not arrive" % (in_python,)
            yield from changed(name, one, kind)

    each(types, "written", look, MEMBERS)


@scenario
def members_are_written(ext):
    """C finds in the struct what Python stored, up to the limits, and the builtin's own value stays."""
    check_writing(fixed(ext))


def check_refusals(types):
    def look(name, cls, kind):
        for value in not_convertible(kind):
            one = made(name, cls, kind)
            if attempt(setattr, one, kind, value).exception is None:
                yield "%r is taken" % (value,)
            yield from changed(name, one, kind)

    each(types, "refused", look, MEMBERS)
    for kind in INTEGERS:
        ends = []
        for name, cls in types:
            for value in (in_range(kind)[0][0] - 1, in_range(kind)[-1][0] + 1, 2 ** 200, -2 ** 200):
                one = made(name, cls, kind)
                ended = attempt(setattr, one, kind, value)
                found = (ended.exception, sorted(set(ended.warnings)), one.peek(kind), changed(name, one, kind))
                ends.append((cls, found))
        first = [found for cls, found in ends if cls is types[0][1]]
        others = [name for name, this in types if [found for cls, found in ends if cls is this] != first]
        expect("past the limits of %s otherwise than the first" % kind, others, [], source=SHAPES)


@scenario
def values_that_do_not_fit(ext):
    """What can't be converted is refused; past the limits all types do the same, and nothing else changes."""
    check_refusals(fixed(ext))


def check_deletion(types):
    def look(name, cls, kind):
        one = made(name, cls, kind)
        before = one.peek(kind)
        for member in (kind, "ro_" + kind):
            ends = [attempt(delattr, one, member).exception for _ in range(2)]
            if None in ends or one.peek(kind) != before:
                yield member + " is deleted"
        yield from changed(name, one, kind)

    each(types, "deleted", look, DELETION)


@scenario
def what_holds_no_object_is_not_deleted(ext):
    """Deletion is refused, the first time and the second, and the value stays."""
    check_deletion(fixed(ext))


def check_readonly(types):
    def look(name, cls, kind):
        one = made(name, cls, kind)
        before = one.peek(kind)
        for member in ["ro_" + kind] + [kind] * (kind == "inplace"):
            ends = [attempt(setattr, one, member, value).exception for value in (getattr(one, member), None, "x", 1)]
            if None in ends or one.peek(kind) != before:
                yield member + " is written"
        yield from changed(name, one, kind)

    each(types, "readonly", look, READONLY)
    objects = [made(name, cls) for name, cls in types]
    ends = [attempt(setattr, one, member, "x").exception for one in objects for member in ("string", "ro_string")]
    ends += [attempt(delattr, one, "string").exception for one in objects]
    expect("strings, readonly", (None in ends, {one.string for one in objects}), (False, {"a string"}), source=READONLY)


@scenario
def readonly_members_are_not_written(ext):
    """Readonly members and texts refuse each value, the one they have as well."""
    check_readonly(fixed(ext))


def check_none(types):
    objects = [fresh(name, cls) for name, cls in types]
    read = [attempt(getattr, one, "none") for one in objects]
    expect("none", [ended.exception or ended.value for ended in read], [None] * len(read), source=NONE)
    ends = [attempt(setattr, one, "none", None).exception for one in objects]
    ends += [attempt(delattr, one, "none").exception for one in objects]
    expect("none, kept", None in ends, False, source=READONLY)


@scenario
def members_that_are_none(ext):
    """A member of the kind without a value is None, and neither written nor deleted."""
    check_none(fixed(ext))


def check_all(types):
    check_reading(types)
    check_writing(types)
    check_refusals(types)
    check_deletion(types)
    check_readonly(types)


@scenario
def python_subclasses(ext):
    """In Python subclasses, with attributes and with slots, members do what they do in the type."""
    types = []
    for name, base in fixed(ext):

        class Plain(base):
            pass

        class Slotted(base):
            __slots__ = ("one",)

        types += [(name, Plain), (name, Slotted)]
    check_all(types)


@scenario
def classes(ext):
    """In a class, which is an object of a type that derives from type, members do all that they do in others."""
    check_all([("Meta", ext.Meta)])
    check_none([("Meta", ext.Meta)])


@scenario
def classes_of_a_python_metaclass(ext):
    """The same where a Python class is between."""

    class Below(ext.Meta):
        pass

    check_all([("Meta", Below)])


@scenario
def int_and_tuple(ext):
    """In the builtins of variable size, too, members of every kind do all that they do in others."""
    check_all([("Int", ext.Int), ("Tuple", ext.Tuple)])


@scenario
def a_dict(ext):
    """In a type that derives from dict, too, members of every kind do all that they do in others."""
    check_all([("Dict", ext.make_dict())])


def holders(ext):
    return [("Float", ext.FloatHolder), ("Str", ext.StrHolder), ("List", ext.ListHolder)]


def check_objects(types):
    for name, cls in types:
        watch, one = Watch(), fresh(name, cls)
        one.number = 12
        expect(name + ": fresh", (one.plain, one.ro_plain, one.held()), (None, None, (..., ...)), source=NULLS)
        expect(name + ": absent", attempt(getattr, one, "strict"), raised(AttributeError), source=NULLS)
        one.plain, one.strict = watch.thing("plain"), watch.thing("strict")
        held = one.held()
        same = [one.plain is held[0], one.ro_plain is held[0], one.strict is held[1], one.ro_strict is held[1]]
        expect(name + ": the same", same, [True] * 4, source=MEMBERS)
        del held
        for member in ("ro_plain", "ro_strict"):
            ends = [attempt(setattr, one, member, None).exception, attempt(delattr, one, member).exception]
            expect("%s: %s, kept" % (name, member), None in ends, False, source=READONLY)
        expect_released(name + ": held", watch, [], RELEASED)
        one.plain, one.strict = watch.thing("plain, too"), watch.thing("strict, too")
        expect_released(name + ": replaced", watch, ["plain", "strict"], RELEASED)
        del one.plain, one.strict
        expect(name + ": deleted", (one.plain, hasattr(one, "strict"), one.held()), (None, False, (..., ...)),
               source=NULLS)
        gone = ["plain", "strict", "plain, too", "strict, too"]
        expect_released(name + ": let go", watch, gone, RELEASED)
        one.plain, one.strict = watch.thing("last"), watch.thing("last, too")
        expect(name + ": beside", (intact(name, one), one.number), (True, 12), source=SHAPES)
        del one
        collect()
        expect_released(name + ": gone", watch, gone + ["last", "last, too"], RELEASED)


@scenario
def objects(ext):
    """Object members through all their states: what is read, what C finds, and what is released when."""
    check_objects(holders(ext))


@scenario
def objects_of_classes(ext):
    """The same where the object is a class, and what its base knows of it when it has ended."""
    check_objects([("Meta", ext.MetaHolder)])

    class Base:
        pass

    made = ext.MetaHolder("Made", (Base,), {})
    expect("subclasses", Base.__subclasses__() == [made], True, source=SUBCLASSES)
    del made
    collect()
    expect("subclasses, when it has ended", len(Base.__subclasses__()), 0, source=SUBCLASSES)


@scenario
def objects_beside_int_and_tuple(ext):
    """The same beside the value of an int and of a tuple, as far as these have no more digits and items."""
    check_objects([("Int", ext.IntHolder), ("Tuple", ext.TupleHolder)])


@scenario
def an_empty_member_is_deleted(ext):
    """Deleting a member that is empty already does no harm, whether it is refused or not."""
    for name, cls in holders(ext):
        one = fresh(name, cls)
        found = [attempt(delattr, one, member).exception for member in ("plain", "strict")]
        record(name, found)
        expect(name + ": still works", (intact(name, one), one.held()), (True, (..., ...)), source=NULLS)


@scenario
def cycles(ext):
    """Objects that hold each other in a member are collected."""
    kept = []
    for name, cls in holders(ext):
        for member, other in (("plain", "strict"), ("strict", "plain")):
            watch, one, two = Watch(), fresh(name, cls), fresh(name, cls)
            setattr(one, member, [two])
            setattr(two, member, one)
            setattr(one, other, watch.thing("one"))
            setattr(two, other, watch.thing("two"))
            del one, two
            collect()
            if sorted(watch.finalized) != ["one", "two"]:
                kept.append("%s, %s" % (name, member))
    expect("kept", kept, [], source=CYCLES)


@scenario
def what_a_list_holds(ext):
    """A list lets its items go with it, and its cycles are collected, whatever the type adds."""
    for name, cls in (("List", ext.List), ("ListHolder", ext.ListHolder)):
        watch, one = Watch(), cls()
        one.append(watch.thing("item"))
        del one
        expect_released(name + ": items", watch, ["item"], RELEASED)
        watch, one = Watch(), cls()
        one += [one, watch.thing("in a cycle")]
        del one
        collect()
        expect_released(name + ": in itself", watch, ["in a cycle"], CYCLES)
