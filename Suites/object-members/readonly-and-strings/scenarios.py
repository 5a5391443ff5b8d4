import types

from hpy_conform import attempt, collect, expect, raised, record, returned, scenario

STRING = "hpydef.h, HPyMember_FieldType; Python/C API, 'Common Object Structures', PyMemberDef: T_STRING is UTF-8"
NONE = "hpydef.h, HPyMember_NONE, and structmember.h, T_NONE: the value is always None"
READONLY = "hpydef.h, HPyMember.readonly; Python/C API, 'Common Object Structures', PyMemberDef.flags"
DELETED = "Python/C API, 'Common Object Structures', PyMemberDef: only object members can be deleted"
EMPTY = "hpydef.h, HPyMember_OBJECT_EX; Python/C API, 'Common Object Structures', T_OBJECT and T_OBJECT_EX"
VALUE = "hpydef.h, HPyMember.type and .offset; Python/C API, 'Common Object Structures', PyMemberDef"

NUMBERS = ["byte", "ubyte", "short", "ushort", "int", "uint", "long", "ulong", "longlong", "ulonglong", "ssize",
           "float", "double", "bool", "char"]
WIDE = "gr\xfcn \u20ac \U0001f600"


def numbers(frozen):
    return [getattr(frozen, name) for name in NUMBERS]


def filled(code):
    """What numbers() gives after fill(code)."""
    return [code] * 11 + [float(code)] * 2 + [bool(code), chr(code)]


def grouped(names, act):
    """How an action on each of the members ended: outcome -> names."""
    outcomes = {}
    for name in names:
        tried = attempt(act, name)
        outcomes.setdefault("raised " + tried.exception if tried.exception else "returned", []).append(name)
    return {outcome: outcomes[outcome] for outcome in sorted(outcomes)}


@scenario
def strings_read_what_c_has(ext):
    """STRING reads the string that C points to, STRING_INPLACE the one in the struct up to its end, as UTF-8."""
    texts = ext.Texts()
    expect("fresh inside", texts.inside, "", source=VALUE)
    for label, index, value in (("empty", 1, ""), ("ASCII", 2, "ascii"), ("wide", 3, WIDE)):
        texts.point(index)
        expect(label + " pointer", (texts.pointer, texts.pointer_ro), (value, value), source=STRING)
    for label, value in (("empty", ""), ("full", "fifteen letters"), ("short again", "abc"), ("wide", "\u20ac\xfc")):
        texts.keep(value.encode("utf-8"))
        expect(label + " inside", (texts.inside, texts.inside_ro), (value, value), source=STRING)
    texts.keep(b"ab\0cd")
    expect("up to the end", texts.inside, "ab", source=STRING)
    expect("the other is as before", texts.pointer, WIDE, source=VALUE)


@scenario
def strings_that_are_none(ext):
    """A null pointer, and bytes that are no UTF-8, read the same way everywhere."""
    texts = ext.Texts()
    record("fresh pointer", attempt(getattr, texts, "pointer"))
    texts.point(2)
    texts.point(0)
    record("null pointer", attempt(getattr, texts, "pointer"))
    texts.point(4)
    tried = attempt(getattr, texts, "pointer")
    record("broken pointer", tried.exception or type(tried.value))
    texts.keep(b"\xc3")
    tried = attempt(getattr, texts, "inside")
    record("broken inside", tried.exception or type(tried.value))
    texts.keep(b"fine")
    expect("whole again", texts.inside, "fine", source=STRING)


@scenario
def none_members_read_none(ext):
    """A NONE member reads None, whatever lies at its offset."""
    texts = ext.Texts()
    expect("none", attempt(getattr, texts, "none"), returned(None), source=NONE)
    expect("none, readonly", attempt(getattr, texts, "none_ro"), returned(None), source=NONE)
    texts.point(3)
    texts.keep(b"something")
    expect("none again", attempt(getattr, texts, "none"), returned(None), source=NONE)


@scenario
def strings_and_none_are_not_written(ext):
    """Strings imply read-only; what was refused leaves the value as it was."""
    texts = ext.Texts()
    texts.point(2)
    texts.keep(b"inside")
    names = ("pointer", "inside", "none", "pointer_ro", "inside_ro", "none_ro")
    for name in names:
        refusals = [attempt(setattr, texts, name, value).exception for value in ("new", None, 5)]
        if name.startswith("pointer"):
            expect(name + " refuses", None not in refusals, True, source=READONLY)
        record(name + " given text, None, int", refusals)
        tried = attempt(delattr, texts, name)
        expect(name + " is not deleted", tried.exception is not None, True, source=DELETED)
        record(name + " deleted", tried)
    record("pointer written", attempt(setattr, texts, "pointer", "new"))
    record("pointer_ro written", attempt(setattr, texts, "pointer_ro", "new"))
    expect("strings", [texts.pointer, texts.inside], ["ascii", "inside"], source=READONLY)


@scenario
def readonly_numbers_are_not_written(ext):
    """A number with the readonly flag refuses every write and deletion, and C may change it."""
    frozen = ext.Frozen()
    expect("fresh", numbers(frozen), filled(0), source=VALUE)
    frozen.fill(65)
    expect("filled", numbers(frozen), filled(65), source=VALUE)
    for label, value in (("an int", 3), ("a float", 1.5), ("True", True), ("a letter", "x"), ("None", None)):
        outcomes = grouped(NUMBERS, lambda name: setattr(frozen, name, value))
        expect(label + " is refused", outcomes.get("returned", []), [], source=READONLY)
        record(label, outcomes)
    outcomes = grouped(NUMBERS, lambda name: delattr(frozen, name))
    expect("deletion is refused", outcomes.get("returned", []), [], source=DELETED)
    record("deletion", outcomes)
    record("write", attempt(setattr, frozen, "long", 3))
    record("delete", attempt(delattr, frozen, "long"))
    expect("unchanged", numbers(frozen), filled(65), source=READONLY)
    frozen.fill(90)
    expect("changed by C", numbers(frozen), filled(90), source=VALUE)


class Thing:
    def __init__(self, ended):
        self.ended = ended

    def __del__(self):
        self.ended.append("ended")


@scenario
def readonly_objects_are_not_written(ext):
    """An object member with the readonly flag shows what C stores; Python can neither replace nor delete it."""
    ended, frozen = [], ext.Frozen()
    expect("empty OBJECT", attempt(getattr, frozen, "object"), returned(None), source=EMPTY)
    expect("empty OBJECT_EX", attempt(getattr, frozen, "object_ex"), raised(AttributeError), source=EMPTY)
    names = ("object", "object_ex")
    record("writing the empty ones", grouped(names, lambda name: setattr(frozen, name, 1)))
    record("deleting the empty ones", grouped(names, lambda name: delattr(frozen, name)))
    frozen.hold(Thing(ended))
    record("writing OBJECT", attempt(setattr, frozen, "object", 1))
    record("deleting OBJECT", attempt(delattr, frozen, "object"))
    record("writing both", grouped(names, lambda name: setattr(frozen, name, 1)))
    record("deleting both", grouped(names, lambda name: delattr(frozen, name)))
    collect()
    expect("kept", (ended, type(frozen.object) is Thing, frozen.object is frozen.object_ex), ([], True, True),
           source=READONLY)
    frozen.drop()
    collect()
    expect("released by C", ended, ["ended"], source="public_api.h, HPyField_Store")
    expect("empty again", [frozen.object, getattr(frozen, "object_ex", "nothing")], [None, "nothing"], source=EMPTY)


@scenario
def refusals_have_no_way_round(ext):
    """Neither object.__setattr__ nor the descriptor's own methods write a read-only member."""
    frozen, texts = ext.Frozen(), ext.Texts()
    frozen.fill(65)
    frozen.hold("held")
    texts.keep(b"inside")
    for thing, name in ((frozen, "long"), (frozen, "object"), (frozen, "object_ex"), (texts, "inside")):
        descriptor = vars(type(thing))[name]
        before = getattr(thing, name)
        ways = [
            attempt(object.__setattr__, thing, name, "x"), attempt(object.__delattr__, thing, name),
            attempt(descriptor.__set__, thing, "x"), attempt(descriptor.__delete__, thing),
        ]
        expect(name + " refuses", [way.exception is not None for way in ways], [True] * 4, source=READONLY)
        record(name + ", exceptions", [way.exception for way in ways])
        expect(name + " is as before", getattr(thing, name), before, source=READONLY)


@scenario
def descriptors_as_python_sees_them(ext):
    """A read-only member is a data descriptor too, so that it can't be hidden, with its name and docstring."""
    found = {}
    for cls, names in ((ext.Texts, ("pointer", "inside", "none")), (ext.Frozen, ("object", "object_ex", "long"))):
        for name in names:
            found[name] = vars(cls)[name]
    expect("docstrings", [one.__doc__ for one in found.values()],
           ["a string elsewhere", "a string inside", "nothing", "an object", None, None],
           source="hpydef.h, HPyMember.doc; Python/C API, 'Common Object Structures', PyMemberDef, doc")
    expect("names", [one.__name__ for one in found.values()], list(found),
           source="hpydef.h, HPyMember.name; Python/C API, 'Common Object Structures', PyMemberDef, name")
    kinds = (types.MemberDescriptorType, types.GetSetDescriptorType)
    record("their types are in types", [isinstance(one, kinds) for one in found.values()])
    record("their classes", [one.__objclass__ for one in found.values()])
    record("data descriptors", [hasattr(type(one), "__set__") for one in found.values()])
