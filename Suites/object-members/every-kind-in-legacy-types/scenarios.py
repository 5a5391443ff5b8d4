import struct

from hpy_conform import Watch, attempt, collect, expect, expect_released, raised, record, scenario

LEGACY = "HPy api.rst, 'Legacy types' (HPy's definitions and legacy slots in one type)"
MEMBERS = "HPy hpydef.h, HPyMember and HPyMember_FieldType; Python/C API, 'Common Object Structures', Member types"
READONLY = "HPy hpydef.h, HPyMember.readonly; Python/C API, 'Common Object Structures', Member flags"
DELETION = "Python/C API, 'Common Object Structures', PyMemberDef: only object members can be deleted"
STRINGS = "Python/C API, 'Common Object Structures', Member types: strings imply the readonly flag"
BY_HAND = "Python/C API, 'Common Object Structures', PyMember_GetOne and PyMember_SetOne"
NULLS = "HPy hpydef.h, HPyMember_OBJECT_EX; Python/C API, 'Common Object Structures', Member types (null pointers)"
NONE = "HPy hpydef.h, HPyMember_NONE; Python/C API, 'Common Object Structures', T_NONE (always None)"
DOCS = "HPy hpydef.h, HPyMember.doc; Python/C API, 'Common Object Structures', PyMemberDef.doc"
INHERITED = "Python language reference, 'Data model', Invoking Descriptors (a base's __dict__ gives the descriptor)"
FRESH = "HPy public_api.h, HPyField_Store (HPy_New zeroes its memory); Python/C API, 'Type Objects', tp_alloc"
RELEASED = "HPy porting guide, 'tp_dealloc and Py_DECREF'; Python/C API, 'Type Objects', tp_dealloc"
CYCLES = "HPy porting guide, 'tp_traverse, tp_clear, Py_TPFLAGS_HAVE_GC'; Python/C API, 'Type Objects', tp_clear"

# The fields that C has, as struct writes them. Each has a member of HPy, and one of the C API.
INTEGERS = {
    "byte": "b", "ubyte": "B", "short": "h", "ushort": "H", "int": "i", "uint": "I", "long": "l", "ulong": "L",
    "longlong": "q", "ulonglong": "Q", "ssize": "n",
}
KINDS = dict(INTEGERS, float="f", double="d", bool="?", char="c", inplace="8s")
FORMS = [("of HPy", ""), ("of the C API", "old_")]


def in_range(kind):
    """What fits, the limits among it: in C, and in Python."""
    if kind in INTEGERS:
        bits = 8 * struct.calcsize(KINDS[kind]) - (not KINDS[kind].isupper())
        low, high = (0 if KINDS[kind].isupper() else -2 ** bits), 2 ** bits - 1
        return [(value, value) for value in (low, low + 1, 0, 1, high // 2 + 1, high)]
    if kind in ("float", "double"):
        return [(value, value) for value in (0.5, -2.0, 0.0, float("inf"))]
    texts = {"char": [b"A", b"\x7f", b"\0"], "inplace": [b"sevenly", b"ab", b"", b"1\xc3\xbc"]}
    return [(text, text.decode("utf-8")) for text in texts.get(kind, [])] or [(True, True), (False, False)]


def out_of_range(kind):
    """What does not fit: past the limits, and of other types."""
    values = [None, "text", "", "\xe9", 1.5, b"A", [], 2 ** 200, -2 ** 200]
    if kind in INTEGERS:
        values += [in_range(kind)[0][0] - 1, in_range(kind)[-1][0] + 1]
    return values + ([5] if kind in ("bool", "char", "inplace") else [])


class Python:
    """A base without a struct."""

    __slots__ = ()


def with_one_base(base, larger):
    """Python subclasses of a type and of its C subclass, with and without __slots__."""

    class Plain(base):
        pass

    class Slotted(base):
        __slots__ = ("one",)

    class OfLarger(larger):
        __slots__ = ("one", "two")

    return [(cls.__name__, cls) for cls in (Plain, Slotted, OfLarger)]


def with_several_bases(base, larger, second):
    """Python classes with several bases, one or two of them with a struct."""

    class Narrow(base):
        pass

    class First(base, Python):
        pass

    class Last(Python, larger):
        __slots__ = ("one",)

    class Widened(Narrow, larger):
        pass

    class TwoInC(larger, second):
        pass

    return [(cls.__name__, cls) for cls in (First, Last, Widened, TwoInC)]


def usual(ext):
    in_c = [("itself", ext.Kinds), ("Larger", ext.Larger), ("Thin", ext.Thin), ("Both", ext.Both)]
    return in_c + with_one_base(ext.Kinds, ext.Larger)


def several(ext):
    return with_several_bases(ext.Kinds, ext.Larger, ext.Mixin)


BESIDE = {"extra": -77, "more": 77, "one": "one", "two": "two"}


def made(cls, kind=None):
    """An object with every byte of the struct set, and something in what subclasses add; the field has a value."""
    one = cls()
    one.fill()
    for name, value in BESIDE.items():
        if hasattr(cls, name):
            setattr(one, name, value)
    if kind in KINDS:
        one.poke(kind, struct.pack(KINDS[kind], in_range(kind)[0][0]))
    return one


def in_c_of(one, kind):
    return struct.unpack(KINDS[kind], one.peek(kind))[0]


def others(one, kind):
    """What has changed since made(), apart from the field."""
    beside = [name for name, value in BESIDE.items() if getattr(one, name, value) != value]
    return beside + ["struct"] * (one.strays(kind) != 0)


def each(classes, label, look, source):
    """`look` names what is wrong with a kind's member in a class; it is to find nothing, whoever defines the member."""
    for form, prefix in FORMS:
        wrong = {}
        for name, cls in classes:
            for kind in KINDS:
                for finding in look(cls, kind, prefix):
                    wrong.setdefault("%s: %s" % (kind, finding), []).append(name)
        expect("%s, %s" % (label, form), wrong, {}, source=source)


def check_fresh(classes):
    """Says which classes fail, not with what: where a struct lies outside its object, that is anything."""
    empty = {"float": 0.0, "double": 0.0, "bool": False, "char": "\0", "inplace": ""}
    expected = [(type(empty.get(kind, 0)), empty.get(kind, 0)) for kind in KINDS]
    for form, prefix in FORMS:
        wrong = []
        for name, cls in classes:
            values = [attempt(getattr, cls(), prefix + kind).value for kind in KINDS]
            if [(type(value), value) for value in values] != expected:
                wrong.append(name)
        expect("not empty, " + form, wrong, [], source=FRESH)


@scenario
def fresh_members(ext):
    """Before anything is stored, members read zero, an empty text, or false."""
    check_fresh(usual(ext))


@scenario
def fresh_members_with_several_bases(ext):
    """Before anything is stored, members of classes with several bases read zero, an empty text, or false."""
    check_fresh(several(ext))


def check_reading(classes):
    def look(cls, kind, prefix):
        for in_c, in_python in in_range(kind):
            one = made(cls)
            one.poke(kind, struct.pack(KINDS[kind], in_c))
            for member in (prefix + kind, prefix + "ro_" + kind):
                value = getattr(one, member)
                if type(value) is not type(in_python) or value != in_python:
                    yield "%s reads %r, not %r" % (member, value, in_python)
            yield from others(one, kind)

    each(classes, "read", look, MEMBERS)
    for form, prefix in FORMS:
        objects = [made(cls) for _, cls in classes]
        found = {(getattr(one, prefix + "string"), getattr(one, prefix + "ro_string")) for one in objects}
        expect("strings, " + form, found, {("a string", "a string")}, source=MEMBERS)


@scenario
def members_are_read(ext):
    """Members show what C has in the struct, the readonly ones, too."""
    check_reading(usual(ext))


@scenario
def members_are_read_with_several_bases(ext):
    """Members of classes with several bases show what C has in the struct, the readonly ones, too."""
    check_reading(several(ext))


def check_writing(classes):
    def look(cls, kind, prefix):
        other = "" if prefix else "old_"
        for in_c, in_python in in_range(kind) if kind != "inplace" else []:
            one = made(cls)
            ended = attempt(setattr, one, prefix + kind, in_python)
            if ended.exception is not None or ended.warnings:
                yield "%r is refused" % (in_python,)
            elif in_c_of(one, kind) != in_c or getattr(one, other + kind) != in_python:
                yield "%r does not arrive" % (in_python,)
            yield from others(one, kind)

    each(classes, "written", look, MEMBERS)


@scenario
def members_are_written(ext):
    """C finds what Python stored, up to the limits, and the other definition of the field reads it."""
    check_writing(usual(ext))


@scenario
def members_are_written_with_several_bases(ext):
    """C finds in objects of classes with several bases what Python stored, and the other definition reads it."""
    check_writing(several(ext))


def refusal(one, kind, member, value):
    """How storing a value ends, and what C finds afterwards."""
    ended = attempt(setattr, one, member, value)
    return ended.exception, ended.warnings, one.peek(kind)


def check_refusals(ext, classes):
    for kind in KINDS:
        reference = {}
        for value in out_of_range(kind):
            reference[repr(value)] = refusal(made(ext.Kinds, kind), kind, kind, value)
            if kind in INTEGERS and value is not None and not isinstance(value, (int, float)):
                expect("%s: %r is refused" % (kind, value), reference[repr(value)][0] is not None, True, source=MEMBERS)
        wrong = {}
        for form, prefix in FORMS:
            for name, cls in classes:
                for value in out_of_range(kind):
                    one = made(cls, kind)
                    if refusal(one, kind, prefix + kind, value) != reference[repr(value)] or others(one, kind):
                        wrong.setdefault("%.12r, %s" % (value, form), []).append(name)
        expect(kind + ": otherwise than HPy's in the type", wrong, {}, source=LEGACY + "; " + INHERITED)


@scenario
def values_that_do_not_fit(ext):
    """Past the limits and with wrong types, members do the same whoever defines them, and in each class."""
    check_refusals(ext, usual(ext))


@scenario
def values_that_do_not_fit_with_several_bases(ext):
    """Past the limits and with wrong types, members of classes with several bases do what they do in the type."""
    check_refusals(ext, several(ext))


def descriptor_of(cls, member):
    return [vars(base)[member] for base in cls.__mro__ if member in vars(base)][0]


def check_deletion(classes):
    def look(cls, kind, prefix):
        one = made(cls, kind)
        before = one.peek(kind)
        for member in (prefix + kind, prefix + "ro_" + kind):
            tried = [attempt(delattr, one, member) for _ in range(2)]
            tried.append(attempt(descriptor_of(cls, member).__delete__, one))
            if None in [ended.exception for ended in tried]:
                yield member + " is deleted"
            if one.peek(kind) != before:
                yield member + " changes"
        yield from others(one, kind)

    each(classes, "deleted", look, DELETION)
    for form, prefix in FORMS:
        found = []
        for _, cls in classes:
            one = made(cls)
            found += [attempt(delattr, one, prefix + name).exception for name in ("string", "ro_string", "none")]
            found += ["a string" if one.string == "a string" else None]
        expect("strings and none, " + form, None in found, False, source=DELETION)


@scenario
def what_holds_no_object_is_not_deleted(ext):
    """Deletion is refused, the first time and the second, by attribute and by descriptor, and the value stays."""
    check_deletion(usual(ext))
    for form, prefix in FORMS:
        one = made(ext.Kinds)
        names = sorted(KINDS) + ["string"]
        record("exceptions, " + form, [attempt(delattr, one, prefix + name).exception for name in names])


@scenario
def what_holds_no_object_is_not_deleted_with_several_bases(ext):
    """Deletion is refused in classes with several bases, the first time and the second, and the value stays."""
    check_deletion(several(ext))


def check_readonly(classes):
    def look(cls, kind, prefix):
        one, members = made(cls, kind), [prefix + "ro_" + kind] + [prefix + kind] * (kind == "inplace")
        before = one.peek(kind)
        for member in members:
            values = [getattr(one, member), None, "x", 1, 0.5]
            tried = [attempt(setattr, one, member, value).exception for value in values]
            if None in tried + [attempt(descriptor_of(cls, member).__set__, one, values[0]).exception]:
                yield member + " is written"
        if one.peek(kind) != before:
            yield "changes"
        yield from others(one, kind)

    each(classes, "written", look, READONLY + "; " + STRINGS)
    for form, prefix in FORMS:
        found = []
        for _, cls in classes:
            one = made(cls)
            found += [attempt(setattr, one, prefix + name, "x").exception for name in ("string", "ro_string")]
            found += ["a string" if one.string == "a string" else None]
        expect("strings, " + form, None in found, False, source=STRINGS)


@scenario
def readonly_members_are_not_written(ext):
    """Readonly members and texts refuse each value, the one they have as well, by attribute and by descriptor."""
    check_readonly(usual(ext))
    for form, prefix in FORMS:
        one = made(ext.Kinds)
        names = sorted(KINDS) + ["string"]
        record("exceptions, " + form, [attempt(setattr, one, prefix + "ro_" + name, 1).exception for name in names])


@scenario
def readonly_members_are_not_written_with_several_bases(ext):
    """Readonly members and texts of classes with several bases refuse each value, the one they have as well."""
    check_readonly(several(ext))


@scenario
def members_that_are_none(ext):
    """A member of the kind without a value is None, and neither written nor deleted, in each class."""
    for form, prefix in FORMS:
        objects, member = [cls() for _, cls in usual(ext)], prefix + "none"
        read = [attempt(getattr, one, member) for one in objects]
        expect("read, " + form, [ended.exception or ended.value for ended in read], [None] * len(read), source=NONE)
        found = [attempt(setattr, one, member, None).exception for one in objects]
        found += [attempt(delattr, one, member).exception for one in objects]
        expect("kept, " + form, None in found, False, source=READONLY)


@scenario
def members_by_hand(ext):
    """C reads and writes by the definition of a member what the attribute reads and writes, in subclasses, too."""
    wrong = {}
    for name, cls in usual(ext):
        for kind in KINDS:
            member, values = "old_" + kind, [value for _, value in in_range(kind)]
            one, read, written = made(cls, kind), [], []
            for value in values if kind != "inplace" else []:
                written.append(one.set_one(member, value))
                read.append((one.get_one(member), getattr(one, kind)))
            refused = [attempt(one.set_one, "old_ro_" + kind, value).exception for value in values]
            refused += [attempt(one.set_one, "old_string", "x").exception]
            refused += [attempt(one.set_one, member, "text").exception] * (kind in INTEGERS)
            found = {
                "written": any(written), "read": read != [(value, value) for value in values[:len(read)]],
                "not refused": None in refused, "others": others(one, kind),
            }
            for what in [what for what in sorted(found) if found[what]]:
                wrong.setdefault("%s: %s" % (kind, what), []).append(name)
        one = made(cls, "inplace")
        if (one.get_one("old_ro_string"), one.get_one("old_inplace")) != ("a string", in_range("inplace")[0][1]):
            wrong.setdefault("texts", []).append(name)
    expect("wrong", wrong, {}, source=BY_HAND)


@scenario
def descriptors(ext):
    """Both definitions of a field are descriptors of the same type, each with its own name and docstring."""
    names = sorted(KINDS) + ["string"]
    for form, prefix in FORMS:
        found = [vars(ext.Kinds)[prefix + kind] for kind in names]
        expect("names, " + form, [one.__name__ for one in found], [prefix + kind for kind in names], source=MEMBERS)
        expect("docs, " + form, [one.__doc__ for one in found], ["%s %s" % (kind, form) for kind in names], source=DOCS)
        expect("no docs, " + form, {vars(ext.Kinds)[prefix + "ro_" + kind].__doc__ for kind in names}, {None},
               source=DOCS)
        expect("of the type, " + form, {one.__objclass__ is ext.Kinds for one in found}, {True}, source=INHERITED)
        expect("given by the class, " + form, [getattr(ext.Larger, prefix + kind) for kind in names] == found, True,
               source=INHERITED)
    kinds = {type(vars(ext.Kinds)[prefix + kind]).__name__ for _, prefix in FORMS for kind in names}
    expect("one type", len(kinds), 1, source=LEGACY)


def holders(ext):
    """Types whose objects HPy's members and fields hold, and whose objects those of the C API hold."""
    return [("of HPy", ext.Holder, ext.LargerHolder), ("of the C API", ext.OldHolder, ext.LargerOldHolder)]


def through_all_states(label, cls):
    """Empty, stored, replaced, deleted, stored again: from both sides, and what is released when."""
    watch, one = Watch(), cls()
    one.number = 12
    expect(label + ": fresh", (one.plain, one.ro_plain, one.held()), (None, None, (..., ...)), source=NULLS)
    for member in ("strict", "ro_strict"):
        expect("%s: %s" % (label, member), attempt(getattr, one, member), raised(AttributeError), source=NULLS)
    names = ["plain", "strict"] + (["third"] if hasattr(cls, "third") else [])
    for member in names:
        setattr(one, member, watch.thing(member))
    if hasattr(cls, "extra"):
        one.extra = 5
    held = one.held()
    same = [one.plain is held[0], one.ro_plain is held[0], one.strict is held[1], one.ro_strict is held[1]]
    expect(label + ": the same", same, [True] * 4, source=MEMBERS)
    del held
    for member in ("ro_plain", "ro_strict"):
        refused = [attempt(setattr, one, member, None).exception, attempt(delattr, one, member).exception]
        expect("%s: %s, kept" % (label, member), None in refused, False, source=READONLY)
    expect_released(label + ": held", watch, [], RELEASED)
    one.plain, one.strict = watch.thing("plain, too"), watch.thing("strict, too")
    expect_released(label + ": replaced", watch, ["plain", "strict"], RELEASED)
    deleted = [attempt(delattr, one, "plain").exception, attempt(delattr, one, "strict").exception]
    expect(label + ": deleted", (deleted, one.plain, hasattr(one, "strict"), one.held()),
           ([None, None], None, False, (..., ...)), source=NULLS)
    gone = ["plain", "strict", "plain, too", "strict, too"]
    expect_released(label + ": let go", watch, gone, RELEASED)
    one.plain, one.strict = watch.thing("last"), watch.thing("last, too")
    expect(label + ": stored again", (one.plain.name, one.strict.name, one.number, getattr(one, "extra", 5)),
           ("last", "last, too", 12, 5), source=MEMBERS)
    del one
    expect_released(label + ": gone", watch, gone + ["last", "last, too"] + names[2:], RELEASED)


@scenario
def objects_in_c(ext):
    """Object members through all their states, in the type and in a C subclass with an object of its own."""
    for form, base, larger in holders(ext):
        through_all_states("itself, " + form, base)
        through_all_states("larger, " + form, larger)


@scenario
def objects_in_python_subclasses(ext):
    """Object members through all their states, in Python subclasses."""
    for form, base, larger in holders(ext):
        for name, cls in with_one_base(base, larger):
            through_all_states("%s, %s" % (name, form), cls)


@scenario
def objects_with_several_bases(ext):
    """Object members through all their states, in classes with several bases."""
    for form, base, larger in holders(ext):
        for name, cls in with_several_bases(base, larger, Python):
            through_all_states("%s, %s" % (name, form), cls)


@scenario
def an_empty_member_is_deleted(ext):
    """Deleting a member that is empty already does no harm, whether it is refused or not."""
    for form, base, larger in holders(ext):
        for name, cls in (("itself", base), ("larger", larger)):
            one = cls()
            for member in ("plain", "strict"):
                setattr(one, member, [])
                found = [attempt(delattr, one, member).exception for _ in range(3)]
                label = "%s, %s: %s" % (name, form, member)
                expect(label, (found[0], getattr(one, member, None)), (None, None), source=NULLS)
                record(label + " again", found[1:])
            expect("%s, %s: still works" % (name, form), one.held(), (..., ...), source=NULLS)


def check_cycles(classes):
    kept = []
    for name, cls in classes:
        for member, other in (("plain", "strict"), ("strict", "plain")):
            watch, one, two = Watch(), cls(), cls()
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
def cycles_in_c(ext):
    """Objects that hold each other in a member are collected, in a type with HPy_tp_traverse and in a C subclass."""
    check_cycles([("itself", ext.Holder), ("larger", ext.LargerHolder)])


@scenario
def cycles_in_python_subclasses(ext):
    """Objects of Python subclasses that hold each other in a member are collected."""
    check_cycles(with_one_base(ext.Holder, ext.LargerHolder))


@scenario
def cycles_with_several_bases(ext):
    """Objects of classes with several bases that hold each other in a member are collected."""
    check_cycles(with_several_bases(ext.Holder, ext.LargerHolder, Python))
