import copy
import copyreg
import pickle
import struct
from abc import ABCMeta

from hpy_conform import Watch, attempt, collect, expect, expect_released, raised, record, scenario

MEMBERS = "HPy hpydef.h, HPyMember and HPyMember_FieldType; Python/C API, 'Common Object Structures', Member types"
READONLY = "HPy hpydef.h, HPyMember.readonly; Python/C API, 'Common Object Structures', Member flags"
DELETION = "Python/C API, 'Common Object Structures', PyMemberDef: only object members can be deleted"
STRINGS = "Python/C API, 'Common Object Structures', Member types: strings imply the readonly flag"
NULLS = "HPy hpydef.h, HPyMember_OBJECT_EX; Python/C API, 'Common Object Structures', Member types (null pointers)"
NONE = "HPy hpydef.h, HPyMember_NONE; Python/C API, 'Common Object Structures', T_NONE (always None)"
INHERITED = "Python language reference, 'Data model', Invoking Descriptors (a base's __dict__ gives the descriptor)"
FRESH = "HPy public_api.h, HPyField_Store (HPy_New zeroes its memory); Python/C API, 'Type Objects', tp_alloc"
RELEASED = "HPy porting guide, 'tp_dealloc and Py_DECREF'; Python/C API, 'Type Objects', tp_dealloc"
CYCLES = "HPy porting guide, 'tp_traverse, tp_clear, Py_TPFLAGS_HAVE_GC'; Python/C API, 'Type Objects', tp_clear"
COPYREG = "Python library, 'copyreg', pickle (function for a type, used by modules copy and pickle)"
REDUCE = "Python library, 'pickle', object.__reduce__"

INTEGERS = [
    ("byte", "b"), ("ubyte", "B"), ("short", "h"), ("ushort", "H"), ("int", "i"), ("uint", "I"), ("long", "l"),
    ("ulong", "L"), ("longlong", "q"), ("ulonglong", "Q"), ("ssize", "n"),
]
KINDS = INTEGERS + [("float", "f"), ("double", "d"), ("bool", "?"), ("char", "c"), ("inplace", "8s")]


def values_of(kind, letter):
    """Values in range, the limits among them, as C and as Python have them."""
    if (kind, letter) in INTEGERS:
        bits = 8 * struct.calcsize(letter)
        low, high = (0, 2 ** bits - 1) if letter.isupper() else (-2 ** (bits - 1), 2 ** (bits - 1) - 1)
        return [(value, value) for value in (low, low + 1, 1, high // 2 + 1, high - 1, high)]
    texts = [(b"A", "A"), (b"\x7f", "\x7f"), (b"\0", "\0")]
    inplace = [(b"sevenly\0", "sevenly"), (b"ab\0defgh", "ab"), (b"\xc3\xbc\0     ", "\xfc"), (b"\0" * 8, "")]
    other = {"bool": [(True, True), (False, False)], "char": texts, "inplace": inplace}
    return other.get(kind, [(0.5, 0.5), (-2.0, -2.0), (0.0, 0.0)])


def past(kind, letter):
    """Values that the kind can't hold: too large, too small, of other types."""
    values = [None, "text", 1.5, b"A", [], 5, 2 ** 200, -2 ** 200]
    if (kind, letter) in INTEGERS:
        found = [value for value, _ in values_of(kind, letter)]
        values += [found[0] - 1, found[-1] + 1]
    return values


def told(function, *args):
    """How a call ended, warnings included."""
    tried = attempt(function, *args)
    return tried.exception, sorted(set(tried.warnings))


class Python:
    """A base without a struct."""

    __slots__ = ()
    shared = "of Python"


def in_c(ext):
    return [("itself", ext.Kinds), ("Larger", ext.Larger), ("Both", ext.Both)]


def in_python(base, larger):
    """Python subclasses, of the type and of its C subclass."""

    class Plain(base):
        pass

    class Slotted(base):
        __slots__ = ("one", "two")

    class Deep(Slotted):
        __slots__ = ("three",)

    class OfLarger(larger):
        pass

    class SlottedOfLarger(larger):
        __slots__ = ("one",)

    return [(cls.__name__, cls) for cls in (Plain, Slotted, Deep, OfLarger, SlottedOfLarger)]


def with_several(base, larger, second):
    """Python classes with several bases, one or two of them with a struct."""

    class First(base, Python):
        pass

    class Last(Python, base):
        __slots__ = ("one",)

    class Abstract(base, metaclass=ABCMeta):
        __slots__ = ()

    class TwoInC(larger, second):
        __slots__ = ("one",)

    return [(cls.__name__, cls) for cls in (First, Last, Abstract, TwoInC)]


def several(ext):
    return with_several(ext.Kinds, ext.Larger, ext.Mixin)


@scenario
def a_larger_struct_comes_last(ext):
    """The largest struct among the bases is that of the class, wherever its type stands among them."""

    class Narrow(ext.Kinds):
        pass

    class Last(Narrow, Python, ext.Larger):
        pass

    expect("order", [cls.__name__ for cls in Last.__mro__[:5]], ["Last", "Narrow", "Python", "Larger", "Kinds"],
           source="Python language reference, 'Data model', Custom classes (C3 method resolution order)")
    check_reading([("Last", Last)])
    check_writing([("written, too", Last)])


def made(cls):
    """An object with every byte of the struct set, and something in what a subclass adds."""
    one = cls()
    one.fill()
    if hasattr(cls, "extra"):
        one.extra = -77
    if hasattr(cls, "one"):
        one.one = "one"
    return one


def disturbed(one, kind):
    """Whether anything beside a field has changed since made()."""
    return one.strays(kind) != 0 or getattr(one, "extra", -77) != -77 or getattr(one, "one", "one") != "one"


def judge(label, classes, look, source):
    """What `look` finds wrong in each class, and which fields are disturbed: kinds -> classes. Both are to be empty."""
    wrong, strays = {}, {}
    for name, cls in classes:
        for found, kinds in zip((wrong, strays), look(cls)):
            if kinds:
                found.setdefault(" ".join(sorted(set(kinds))), []).append(name)
    expect(label, wrong, {}, source=source)
    expect(label + ", disturbed", strays, {}, source=MEMBERS)


def wrong_readings(cls):
    fresh, wrong, strays = cls(), [], []
    empty = {"float": 0.0, "double": 0.0, "bool": False, "char": "\0", "inplace": ""}
    for kind, letter in KINDS:
        if getattr(fresh, kind) != empty.get(kind, 0):
            wrong.append("fresh " + kind)
        one = made(cls)
        for in_c, in_python in values_of(kind, letter):
            one.poke(kind, struct.pack(letter, in_c))
            for member in (kind, "ro_" + kind):
                value = getattr(one, member)
                if type(value) is not type(in_python) or value != in_python:
                    wrong.append(member)
        if disturbed(one, kind):
            strays.append(kind)
    one = made(cls)
    if (one.string, one.ro_string) != ("a string", "a string"):
        wrong.append("string")
    return wrong, strays


def check_reading(classes):
    judge("wrong when read", classes, wrong_readings, MEMBERS + "; " + FRESH)


@scenario
def read_in_c_subclasses(ext):
    """Members of every kind show in the type and in C subclasses what C has in the struct."""
    check_reading(in_c(ext))
    expect("mixed", ext.Both().mixed(), "mixed", source=INHERITED)


@scenario
def read_in_python_subclasses(ext):
    """Members of every kind show in Python subclasses what C has in the struct."""
    check_reading(in_python(ext.Kinds, ext.Larger))


@scenario
def read_with_several_bases(ext):
    """Members of every kind show in classes with several bases what C has in the struct."""
    check_reading(several(ext))


def wrong_writings(cls):
    wrong, strays = [], []
    for kind, letter in KINDS[:-1]:
        for in_c, in_python in values_of(kind, letter):
            one = made(cls)
            ended = told(setattr, one, kind, in_python)
            if ended != (None, []) or struct.unpack(letter, one.peek(kind))[0] != in_c:
                wrong.append(kind)
            if disturbed(one, kind):
                strays.append(kind)
    return wrong, strays


def check_writing(classes):
    judge("wrong when written", classes, wrong_writings, MEMBERS)


@scenario
def written_in_c_subclasses(ext):
    """C finds in the struct of the type and of C subclasses what Python stored, up to the limits."""
    check_writing(in_c(ext))


@scenario
def written_in_python_subclasses(ext):
    """C finds in the struct of Python subclasses what Python stored, up to the limits."""
    check_writing(in_python(ext.Kinds, ext.Larger))


@scenario
def written_with_several_bases(ext):
    """C finds in the struct of classes with several bases what Python stored, up to the limits."""
    check_writing(several(ext))


def refusals(cls, kind, letter):
    """What becomes of values that the kind can't hold: ends, what C sees then, and whether all else stayed."""
    found = []
    for value in past(kind, letter):
        one = made(cls)
        ended = told(setattr, one, kind, value)
        found.append((ended, struct.unpack(letter, one.peek(kind)), disturbed(one, kind)))
    return found


def check_refusals(ext, classes):
    expected = {kind: refusals(ext.Kinds, kind, letter) for kind, letter in KINDS}

    def otherwise(cls):
        found = {kind: refusals(cls, kind, letter) for kind, letter in KINDS}
        strays = [kind for kind, _ in KINDS if [one for one in found[kind] if one[2]]]
        return [kind for kind, _ in KINDS if found[kind] != expected[kind]], strays

    judge("otherwise than in the type", classes, otherwise, INHERITED)


@scenario
def values_that_do_not_fit_in_c_subclasses(ext):
    """Past the limits and with wrong types, members of C subclasses do what they do in the type."""
    check_refusals(ext, in_c(ext)[1:])


@scenario
def values_that_do_not_fit_in_python_subclasses(ext):
    """Past the limits and with wrong types, members of Python subclasses do what they do in the type."""
    check_refusals(ext, in_python(ext.Kinds, ext.Larger))


@scenario
def values_that_do_not_fit_with_several_bases(ext):
    """Past the limits and with wrong types, members of classes with several bases do what they do in the type."""
    check_refusals(ext, several(ext))


@scenario
def values_that_do_not_fit(ext):
    """A text is no number, a number no character and no bool: each is refused with an exception, and nothing stays."""
    for kind, letter in INTEGERS + [("float", "f"), ("double", "d"), ("bool", "?"), ("char", "c")]:
        wrong = 5 if kind == "char" else "text"
        one = made(ext.Kinds)
        one.poke(kind, struct.pack(letter, b"x" if kind == "char" else 1))
        ended = attempt(setattr, one, kind, wrong)
        expect(kind, ended.exception is not None, True, source=MEMBERS)
        record(kind + ": exception", ended)
        expect(kind + ": disturbed", disturbed(one, kind), False, source=MEMBERS)
    for label, value in (("two letters", "ab"), ("none", ""), ("a letter that is not ASCII", "\xe9")):
        one = made(ext.Kinds)
        expect("char, " + label, attempt(setattr, one, "char", value).exception is not None, True, source=MEMBERS)


def started(cls, kind):
    """An object whose field can be read, whatever its kind."""
    one = made(cls)
    content = {"bool": b"\1", "char": b"x", "inplace": b"abc\0\0\0\0\0"}.get(kind)
    if content is not None:
        one.poke(kind, content)
    return one


def deleted_and_changed(cls):
    deleted, changed = [], []
    for kind, letter in KINDS + [("string", None)]:
        for member in (kind, "ro_" + kind):
            one = started(cls, kind)
            before = getattr(one, member)
            ends = [attempt(delattr, one, member).exception for _ in range(2)]
            ends.append(attempt(vars(owner(cls, member))[member].__delete__, one).exception)
            if None in ends:
                deleted.append(member)
            if getattr(one, member) != before or letter and disturbed(one, kind):
                changed.append(member)
    return deleted, changed


def check_deletion(classes):
    judge("deleted", classes, deleted_and_changed, DELETION)


def owner(cls, name):
    """The class that has the attribute."""
    return [base for base in cls.__mro__ if name in vars(base)][0]


@scenario
def deleted_in_c_subclasses(ext):
    """What holds no object is not deleted, the first time nor the second, in the type and C subclasses."""
    check_deletion(in_c(ext))


@scenario
def deleted_in_python_subclasses(ext):
    """What holds no object is not deleted, the first time nor the second, in Python subclasses."""
    check_deletion(in_python(ext.Kinds, ext.Larger))


@scenario
def deleted_with_several_bases(ext):
    """What holds no object is not deleted, the first time nor the second, in classes with several bases."""
    check_deletion(several(ext))


def written_and_changed(cls):
    written, changed = [], []
    for kind, letter in KINDS + [("string", None)]:
        one = started(cls, kind)
        before = getattr(one, kind)
        values = [before, None, "x", 1, 0.5]
        ends = [attempt(setattr, one, "ro_" + kind, value).exception for value in values]
        ends.append(attempt(vars(owner(cls, "ro_" + kind))["ro_" + kind].__set__, one, before).exception)
        if kind == "string":
            ends.append(attempt(setattr, one, kind, "x").exception)
        if None in ends:
            written.append(kind)
        if getattr(one, kind) != before or letter and disturbed(one, kind):
            changed.append(kind)
    return written, changed


def check_readonly(classes):
    judge("written", classes, written_and_changed, READONLY + "; " + STRINGS)


@scenario
def none_in_every_subclass(ext):
    """A member of the kind without a value is None in every class, and isn't written."""
    classes = in_c(ext) + in_python(ext.Kinds, ext.Larger) + several(ext)
    objects = [cls() for _, cls in classes]
    expect("read", [attempt(getattr, one, "none").exception for one in objects], [None] * len(objects), source=NONE)
    ends = [attempt(setattr, one, "none", 1).exception for one in objects]
    expect("not written", None in ends, False, source=READONLY)
    ends = [attempt(delattr, one, "none").exception for one in objects]
    expect("not deleted", None in ends, False, source=DELETION)


@scenario
def readonly_in_c_subclasses(ext):
    """Readonly members are written in no C subclass."""
    check_readonly(in_c(ext))


@scenario
def readonly_in_python_subclasses(ext):
    """Readonly members are written in no Python subclass."""
    check_readonly(in_python(ext.Kinds, ext.Larger))


@scenario
def readonly_with_several_bases(ext):
    """Readonly members are written in no class with several bases."""
    check_readonly(several(ext))


def check_objects(classes):
    """Empty, stored, replaced, deleted, stored again: from both sides, and what is released when."""
    for name, cls in classes:
        watch, one = Watch(), cls()
        one.number = 12
        fresh = (one.plain, one.ro_plain, getattr(one, "strict", "absent"), getattr(one, "ro_strict", "absent"))
        expect(name + ": fresh", fresh, (None, None, "absent", "absent"), source=NULLS)
        expect(name + ": absent", attempt(getattr, one, "strict"), raised(AttributeError), source=NULLS)
        one.plain, one.strict = watch.thing("plain"), watch.thing("strict")
        if hasattr(cls, "third"):
            one.third, one.extra = watch.thing("third"), 5
        held = one.held()
        same = [one.plain is held[0], one.ro_plain is held[0], one.strict is held[1], one.ro_strict is held[1]]
        expect(name + ": the same", same, [True] * 4, source=MEMBERS)
        del held
        for member in ("ro_plain", "ro_strict"):
            ends = [attempt(setattr, one, member, None).exception, attempt(delattr, one, member).exception]
            expect(name + ": " + member, None in ends, False, source=READONLY)
        expect_released(name + ": held", watch, [], RELEASED)
        one.plain, one.strict = watch.thing("plain, too"), watch.thing("strict, too")
        expect_released(name + ": replaced", watch, ["plain", "strict"], RELEASED)
        names = ["plain", "strict", "plain, too", "strict, too"]
        ends = [attempt(delattr, one, "plain").exception, attempt(delattr, one, "strict").exception]
        expect(name + ": deleted", (ends, one.plain, hasattr(one, "strict"), one.held()),
               ([None, None], None, False, (..., ...)), source=NULLS)
        expect_released(name + ": let go", watch, names, RELEASED)
        one.plain, one.strict = watch.thing("last"), watch.thing("last, too")
        expect(name + ": stored again", (one.plain.name, one.strict.name, one.number, getattr(one, "extra", 5)),
               ("last", "last, too", 12, 5), source=MEMBERS)
        names += ["last", "last, too"] + (["third"] if hasattr(cls, "third") else [])
        del one
        expect_released(name + ": gone", watch, names, RELEASED)


def kept_in_cycles(classes):
    """The classes of which two objects that hold each other in a member are not collected."""
    kept = []
    for name, cls in classes:
        for member in ("plain", "strict"):
            watch, one, two = Watch(), cls(), cls()
            other = "strict" if member == "plain" else "plain"
            setattr(one, member, [two])
            setattr(two, member, one)
            setattr(one, other, watch.thing("one"))
            setattr(two, other, watch.thing("two"))
            del one, two
            collect()
            if sorted(watch.finalized) != ["one", "two"]:
                kept.append("%s, %s" % (name, member))
    return kept


@scenario
def cycles_through_c_subclasses(ext):
    """Objects of the type, and of a C subclass, that hold each other are collected."""
    expect("kept", kept_in_cycles([("itself", ext.Holder), ("LargerHolder", ext.LargerHolder)]), [], source=CYCLES)


@scenario
def cycles_through_other_subclasses(ext):
    """Objects of Python subclasses that hold each other are collected, with several bases, too."""
    classes = in_python(ext.Holder, ext.LargerHolder) + with_several(ext.Holder, ext.LargerHolder, Python)
    expect("kept", kept_in_cycles(classes), [], source=CYCLES)


@scenario
def an_empty_member_is_deleted(ext):
    """Deleting a member that is empty already does no harm, whether it is refused or not."""
    for name, cls in (("itself", ext.Holder), ("LargerHolder", ext.LargerHolder)):
        one = cls()
        for member in ("plain", "strict"):
            setattr(one, member, [])
            ends = [attempt(delattr, one, member).exception for _ in range(3)]
            expect("%s, %s" % (name, member), (ends[0], getattr(one, member, None)), (None, None), source=NULLS)
            record("%s, %s again" % (name, member), ends[1:])
        expect(name + ": still works", one.held(), (..., ...), source=NULLS)


@scenario
def objects_in_c_subclasses(ext):
    """Object members through all their states, in the type and a C subclass with an object of its own."""
    check_objects([("itself", ext.Holder), ("LargerHolder", ext.LargerHolder)])


@scenario
def objects_in_python_subclasses(ext):
    """Object members through all their states, in Python subclasses."""
    check_objects(in_python(ext.Holder, ext.LargerHolder))


@scenario
def objects_with_several_bases(ext):
    """Object members through all their states, in classes with several bases."""
    check_objects(with_several(ext.Holder, ext.LargerHolder, Python))


NUMBERS = [kind for kind, _ in KINDS[:-1]]


def filled_again(cls, values):
    """Make an object from what reduced() tells."""
    one = cls()
    for kind, value in zip(NUMBERS, values):
        setattr(one, kind, value)
    return one


def reduced(one):
    return filled_again, (type(one), [getattr(one, kind) for kind in NUMBERS])


def chosen(cls):
    """An object with a value near the lower limit in each member."""
    return filled_again(cls, [values_of(kind, letter)[1][1] for kind, letter in KINDS[:-1]])


@scenario
def copied_through_copyreg(ext):
    """A function registered with copyreg makes objects copyable, with the values of all their members."""
    for name, cls in in_c(ext):
        copyreg.pickle(cls, reduced)
        one = chosen(cls)
        for function in (copy.copy, copy.deepcopy):
            other = function(one)
            values = [getattr(other, kind) for kind in NUMBERS]
            expect("%s: %s" % (name, function.__name__),
                   (other is one, type(other) is cls, values == [getattr(one, kind) for kind in NUMBERS]),
                   (False, True, True), source=COPYREG)
        other.long = 3
        expect(name + ": apart", one.long == other.long, False, source=COPYREG)


@scenario
def values_are_pickled(ext):
    """What members read is plain Python data: it comes back from every protocol of pickle."""
    one = chosen(ext.Kinds)
    values = {kind: getattr(one, kind) for kind in NUMBERS}
    for protocol in range(5):
        back = pickle.loads(pickle.dumps(values, protocol))
        expect("protocol %d" % protocol, (back == values, [type(back[kind]) for kind in NUMBERS]),
               (True, [type(values[kind]) for kind in NUMBERS]), source=MEMBERS)


@scenario
def objects_without_a_way_to_pickle(ext):
    """What copy and pickle do with an object that doesn't say how: its members are no part of its state."""
    one = made(ext.Kinds)
    record("copies", [attempt(function, one).exception for function in (copy.copy, copy.deepcopy)])
    record("pickles", [attempt(pickle.dumps, one, protocol).exception for protocol in range(2, 5)])
    record("old pickles", [attempt(pickle.dumps, one, protocol).exception for protocol in range(2)])
    found = [attempt(copy.copy, vars(ext.Kinds)[name]).exception for name in ("long", "ro_long")]
    record("copies of descriptors", found)
    expect("as before", (disturbed(one, "long"), one.string), (False, "a string"), source=MEMBERS)


@scenario
def a_reduce_method_in_python(ext):
    """A Python subclass with __reduce__ is copied with its members, slots and attributes."""

    class Reduced(ext.Larger):
        __slots__ = ("one",)

        def __reduce__(self):
            return type(self), (), (self.long, self.extra, self.char, self.one)

        def __setstate__(self, state):
            self.long, self.extra, self.char, self.one = state

    one = Reduced()
    one.long, one.extra, one.char, one.one = 2 ** 40, -3, "z", ["one"]
    for function in (copy.copy, copy.deepcopy):
        other = function(one)
        found = (type(other) is Reduced, other.long, other.extra, other.char, other.one)
        expect(function.__name__, found, (True, 2 ** 40, -3, "z", ["one"]), source=REDUCE)
        expect(function.__name__ + ": the slot", other.one is one.one, function is copy.copy, source=REDUCE)
