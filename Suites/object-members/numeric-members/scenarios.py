import struct
import types

from hpy_conform import attempt, expect, record, scenario

MEMBERS = ("hpydef.h, HPyMember_FieldType; HPy api.rst, 'Creating a simple type in HPy'; "
           "Python/C API, 'Common Object Structures', PyMemberDef")
FRESH = "public_api.h, HPyField_Store (HPy_New zeroes its memory); Python/C API, 'Type Objects', PyType_GenericAlloc"

# The kinds, each with the letter that the module struct has for its C type.
INTEGERS = [
    ("byte", "b"), ("ubyte", "B"), ("short", "h"), ("ushort", "H"), ("int", "i"), ("uint", "I"), ("long", "l"),
    ("ulong", "L"), ("longlong", "q"), ("ulonglong", "Q"), ("ssize", "n"),
]
REALS = [("float", "f"), ("double", "d")]
KINDS = INTEGERS + REALS + [("bool", "?"), ("char", "c")]


def limits(letter):
    """The smallest and the largest value of a C integer type."""
    bits = 8 * struct.calcsize(letter)
    if letter.isupper():
        return 0, 2 ** bits - 1
    return -2 ** (bits - 1), 2 ** (bits - 1) - 1


def in_order(kinds):
    """Some kinds in the order of KINDS, whichever value it was that brought them in."""
    return [kind for kind, _ in KINDS if kind in kinds]


def told(tried):
    """How an attempt ended, in one text: result or exception, and warnings."""
    text = "raised " + tried.exception if tried.exception else "returned " + ascii(tried.value)
    return " and ".join([text] + sorted(set(tried.warnings)))


def stored(ext, kind, letter, before, value):
    """Store a value over another one: how that ended, what C sees then, and how many other bytes changed."""
    numbers = ext.Numbers()
    numbers.fill()
    numbers.poke(kind, struct.pack(letter, before))
    tried = told(attempt(setattr, numbers, kind, value))
    return tried, struct.unpack(letter, numbers.peek(kind))[0], numbers.strays(kind)


class Groups:
    """What became of a value in the members of each kind: outcome -> kinds."""

    def __init__(self, ext, before):
        self.ext = ext
        self.before = before
        self.lost = []
        self.strays = []

    def of(self, kinds, value):
        outcomes = {}
        for kind, letter in kinds:
            given = value(letter) if isinstance(value, type(limits)) else value
            outcome, now, strays = stored(self.ext, kind, letter, self.before, given)
            if outcome.startswith("returned"):
                outcome = "now %r" % (now,) + outcome[len("returned None"):]
            elif now != self.before and kind not in self.lost:
                self.lost.append(kind)
            outcomes.setdefault(outcome, []).append(kind)
            if strays:
                self.strays.append(kind)
        return {outcome: outcomes[outcome] for outcome in sorted(outcomes)}


@scenario
def members_read_what_c_stored(ext):
    """A member reads as the equivalent Python value of what C has there: zero at first, signs and limits too."""
    fresh = ext.Numbers()
    for kind, letter in KINDS:
        zero = {"float": 0.0, "double": 0.0, "bool": False, "char": "\0"}.get(kind, 0)
        expect("fresh " + kind, attempt(getattr, fresh, kind).value, zero, source=FRESH)
    for kind, letter in INTEGERS:
        smallest, largest = limits(letter)
        numbers = ext.Numbers()
        numbers.fill()
        found = []
        values = [smallest, smallest + 1, largest // 2, largest // 2 + 1, largest - 1, largest]
        for value in values:
            numbers.poke(kind, struct.pack(letter, value))
            found.append(attempt(getattr, numbers, kind).value)
        expect(kind, found, values, source=MEMBERS)


@scenario
def c_sees_what_python_stored(ext):
    """Every value that the C type can hold arrives there unchanged, and nothing beside it is touched."""
    for kind, letter in INTEGERS:
        smallest, largest = limits(letter)
        values = [smallest, smallest + 1, 0, 1, largest // 2 + 1, largest - 1, largest]
        found = [stored(ext, kind, letter, 3, value) for value in values]
        expect(kind, found, [("returned None", value, 0) for value in values], source=MEMBERS)
    for kind, letter in REALS:
        values = [0.0, -1.5, 1e30]
        found = [stored(ext, kind, letter, 3.0, value) for value in values]
        same = [struct.unpack(letter, struct.pack(letter, value))[0] for value in values]
        expect(kind, found, [("returned None", value, 0) for value in same], source=MEMBERS)
    found = [stored(ext, "bool", "?", not value, value) for value in (False, True)]
    expect("bool", found, [("returned None", False, 0), ("returned None", True, 0)], source=MEMBERS)
    found = [stored(ext, "char", "c", b"x", value) for value in ("A", "\0", "\x7f")]
    expect("char", found, [("returned None", value, 0) for value in (b"A", b"\0", b"\x7f")], source=MEMBERS)


@scenario
def values_past_the_limits(ext):
    """An integer that the C type cannot hold is refused or cut the same way everywhere, and stays in its field."""
    groups = Groups(ext, 3)
    record("one below", groups.of(INTEGERS, lambda letter: limits(letter)[0] - 1))
    record("one above", groups.of(INTEGERS, lambda letter: limits(letter)[1] + 1))
    record("beyond any C type", groups.of(INTEGERS, 2 ** 200 + 5))
    record("below any C type", groups.of(INTEGERS, -2 ** 200))
    record("kinds whose value a refused write changes", in_order(groups.lost))
    expect("kinds whose neighbours change", groups.strays, [], source=MEMBERS)


class Index:
    def __index__(self):
        return 5


class Int:
    def __int__(self):
        return 6


class Real:
    def __float__(self):
        return 7.5


class Broken:
    def __index__(self):
        raise KeyError("index")

    __float__ = __index__


@scenario
def values_of_other_types(ext):
    """What is no number of the member's kind is converted or refused the same way everywhere."""
    values = [
        ("a float", 1.5), ("a text", "5"), ("None", None), ("a bool", True), ("__index__", Index()),
        ("__int__ alone", Int()), ("__float__", Real()), ("failing methods", Broken()),
    ]
    integers, reals = Groups(ext, 3), Groups(ext, 3.0)
    for name, value in values:
        record("integers given " + name, integers.of(INTEGERS, value))
        record("reals given " + name, reals.of(REALS, value))
    record("kinds whose value a refused write changes", in_order(integers.lost + reals.lost))
    expect("kinds whose neighbours change", integers.strays + reals.strays, [], source=MEMBERS)


@scenario
def deletion_is_refused(ext):
    """Only object members can be deleted; a number keeps its value."""
    for kind, letter in KINDS:
        numbers = ext.Numbers()
        value = {"bool": True, "char": b"x"}.get(kind, 3)
        numbers.fill()
        numbers.poke(kind, struct.pack(letter, value))
        tried = attempt(delattr, numbers, kind)
        left = struct.unpack(letter, numbers.peek(kind))[0]
        found = (tried.exception is not None, left == value, numbers.strays(kind))
        expect(kind, found, (True, True, 0), source=MEMBERS)
        record(kind + ", the refusal", tried)


@scenario
def reals_keep_special_values(ext):
    """Signed zero, infinities, NaN, subnormals and rounding to the C type survive both ways."""
    for kind, letter in REALS:
        tiny = struct.unpack("<f", b"\1\0\0\0")[0] if kind == "float" else 5e-324
        values = [-0.0, float("inf"), float("-inf"), float("nan"), 0.1, 1 / 3, 16777217.0, tiny]
        rounded = [struct.unpack(letter, struct.pack(letter, value))[0] for value in values]
        numbers, got = ext.Numbers(), []
        for value in values:
            setattr(numbers, kind, value)
            got.append(getattr(numbers, kind))
        expect(kind + " written and read", got, rounded, source=MEMBERS)
        got = []
        for value in values:
            numbers.poke(kind, struct.pack(letter, value))
            got.append(getattr(numbers, kind))
        expect(kind + " read", got, rounded, source=MEMBERS)
    groups = Groups(ext, 3.0)
    record("given an int", groups.of(REALS, 12))
    record("given an int past every float", groups.of(REALS, 2 ** 2000))
    record("given a double past every float", groups.of(REALS, 1e300))


@scenario
def bools_and_chars(ext):
    """A bool takes True and False, a char one character; anything else is refused, and the value stays."""
    numbers, found = ext.Numbers(), []
    for code in range(128):
        numbers.poke("char", bytes([code]))
        found.append(numbers.char)
    expect("ASCII", "".join(found), "".join(map(chr, range(128))), source=MEMBERS)
    for code in (0x80, 0xc3, 0xff):
        numbers.poke("char", bytes([code]))
        tried = attempt(getattr, numbers, "char")
        record("reading char %#x" % code, tried.exception or (type(tried.value), tried.value == chr(code)))
    for name, value in (("nothing", ""), ("two", "ab"), ("a wide one", "\xe9"), ("an int", 65), ("bytes", b"A"),
                        ("None", None)):
        record("char given " + name, stored(ext, "char", "c", b"x", value)[:2])
    found = []
    for value in (True, False, True):
        numbers.bool = value
        found.append(numbers.peek("bool"))
    expect("bools in C", found, [b"\1", b"\0", b"\1"], source=MEMBERS)
    for byte in (1, 2, 0x80, 0xff):
        numbers.poke("bool", bytes([byte]))
        record("reading bool %d" % byte, numbers.bool)
    for name, value in (("one", 1), ("zero", 0), ("None", None), ("text", "x"), ("float", 0.0)):
        record("bool given " + name, stored(ext, "bool", "?", not value, value)[:2])


@scenario
def descriptors_as_python_sees_them(ext):
    """A member is a data descriptor of its type, with its name and docstring, that serves only its own objects."""
    numbers = ext.Numbers()
    found = {name: vars(ext.Numbers).get(name) for name, _ in KINDS}
    docs = [found[name].__doc__ for name in ("byte", "ubyte", "short", "long", "float", "bool", "char")]
    expect("docstrings", docs, ["a byte", "an unsigned byte", None, "gr\xf6\xdfer", "a float", "a bool", "a char"],
           source="hpydef.h, HPyMember.doc; Python/C API, 'Common Object Structures', PyMemberDef, doc")
    record("an empty docstring", found["int"].__doc__)
    expect("names", [found[name].__name__ for name, _ in KINDS], [name for name, _ in KINDS],
           source="hpydef.h, HPyMember.name; Python/C API, 'Common Object Structures', PyMemberDef, name")
    one = found["long"]
    kinds = (types.MemberDescriptorType, types.GetSetDescriptorType)
    record("its type is one of those in types", isinstance(one, kinds))
    record("data descriptor", [hasattr(type(one), name) for name in ("__get__", "__set__", "__delete__")])
    record("its class", attempt(lambda: one.__objclass__))
    record("through the class", ext.Numbers.long is one)
    one.__set__(numbers, 12)
    expect("called by hand", [one.__get__(numbers), one.__get__(numbers, ext.Numbers)], [12, 12],
           source="Python language reference, 'Data model', Implementing Descriptors")
    record("get from another object", attempt(one.__get__, 5))
    record("get from an object", attempt(one.__get__, object(), object))
    record("set on another object", attempt(one.__set__, object(), 1))
    record("delete from another object", attempt(one.__delete__, object()))
    expect("still", numbers.long, 12, source=MEMBERS)
