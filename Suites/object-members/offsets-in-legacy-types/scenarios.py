import weakref

from hpy_conform import Watch, attempt, clear_events, collect, events, expect, expect_released, raised, record, returned
from hpy_conform import scenario

LEGACY = "HPy api.rst, 'Legacy types': existing slots, methods, members, and get/set descriptors can be reused"
SPECIAL = "Python/C API, 'Common Object Structures', PyMemberDef: __dictoffset__, __weaklistoffset__, __vectorcalloffset__"
DICTIONARY = "Python/C API, 'Type Objects', tp_dictoffset (the instance dictionary, used by PyObject_GenericGetAttr)"
SETTING = "Python/C API, 'Object Protocol', PyObject_GenericSetDict (deletion is not supported)"
WEAK = "Python/C API, 'Type Objects', tp_weaklistoffset (non-zero if instances are weakly referenceable)"
CLEARED = "Python/C API, 'Weak Reference Objects', PyObject_ClearWeakRefs (callbacks are called)"
CALL = "Python/C API, 'Type Objects', tp_vectorcall_offset; 'Call Protocol', The Vectorcall Protocol"
SET = "HPy porting guide, 'Limitations' (HPy_SetCallFunction in the constructor, with __vectorcalloffset__)"
SLOT = "HPy porting guide, 'Calling Protocol': the function will be used by default to call all instances"
INHERITED = "Python/C API, 'Type Objects', tp_dictoffset, tp_weaklistoffset and tp_call (inherited by subtypes)"
MEMBERS = "HPy hpydef.h, HPyMember.offset; Python/C API, 'Common Object Structures', PyMemberDef.offset"
RELEASED = "HPy porting guide, 'tp_dealloc and Py_DECREF'; Python/C API, 'Type Objects', tp_dealloc"


def numbered(cls, first):
    """An object with numbers around everything that is special."""
    one = cls()
    one.before, one.between, one.after = first, first + 1, first + 2
    return one


def numbers(one):
    return [one.before, one.between, one.after]


@scenario
def objects_have_a_dictionary(ext):
    """Attributes of any name are kept in a dictionary of the object, which is in the struct."""
    one, other = numbered(ext.Named, 1), numbered(ext.Named, 11)
    expect("none yet", attempt(getattr, one, "name"), raised(AttributeError), source=DICTIONARY)
    one.name, one.list, other.name = "one", [1], "other"
    expect("read", (one.name, one.list, other.name, hasattr(other, "list")), ("one", [1], "other", False),
           source=DICTIONARY)
    expect("the dictionary", (one.__dict__, vars(other)), ({"name": "one", "list": [1]}, {"name": "other"}),
           source=DICTIONARY)
    vars(one)["put"] = 5
    expect("put there", (one.put, one.__dict__ is one.__dict__), (5, True), source=DICTIONARY)
    del one.name
    expect("deleted", (hasattr(one, "name"), sorted(vars(one))), (False, ["list", "put"]), source=DICTIONARY)
    expect("deleted twice", attempt(delattr, one, "name"), raised(AttributeError), source=DICTIONARY)
    expect("members", (numbers(one), numbers(other)), ([1, 2, 3], [11, 12, 13]), source=MEMBERS)
    vars(one)["before"] = "hidden"
    expect("members come first", one.before, 1, source="Python language reference, 'Data model', Invoking Descriptors")


@scenario
def a_dictionary_is_replaced(ext):
    """Another dictionary can be set, and nothing that is no dictionary; it isn't deleted."""
    watch, one = Watch(), numbered(ext.Named, 1)
    one.thing = watch.thing("thing")
    new = {"other": 3}
    expect("set", attempt(setattr, one, "__dict__", new), returned(None), source=SETTING)
    expect("replaced", (one.other, hasattr(one, "thing"), vars(one) is new), (3, False, True), source=SETTING)
    expect_released("the first", watch, ["thing"], source=RELEASED)
    expect("no dictionary", attempt(setattr, one, "__dict__", [1]), raised(TypeError), source=SETTING)
    expect("not deleted", attempt(delattr, one, "__dict__"), raised(TypeError), source=SETTING)
    expect("as before", (one.other, numbers(one)), (3, [1, 2, 3]), source=SETTING)


@scenario
def dictionaries_of_python_subclasses(ext):
    """A Python subclass has the dictionary of its base, with __slots__, too, and no other."""

    class Plain(ext.Named):
        shared = "of the class"

    class Slotted(ext.Named):
        __slots__ = ("one",)
        shared = "of the class"

    for cls in (Plain, Slotted):
        one = numbered(cls, 1)
        one.one, one.name, one.shared = "slot", "name", "own"
        found = (one.one, one.name, one.shared, cls.shared, numbers(one))
        expect(cls.__name__, found, ("slot", "name", "own", "of the class", [1, 2, 3]), source=INHERITED)
        expected = ["name", "one", "shared"] if cls is Plain else ["name", "shared"]
        expect(cls.__name__ + ": the dictionary", sorted(vars(one)), expected, source=INHERITED)
        del one.shared
        expect(cls.__name__ + ": the class's again", one.shared, "of the class", source=DICTIONARY)


@scenario
def dictionaries_are_released(ext):
    """What a dictionary holds is let go with the object."""

    class Plain(ext.Named):
        pass

    for cls in (ext.Named, ext.All, ext.Larger, Plain):
        watch, one = Watch(), numbered(cls, 1)
        one.thing, one.other = watch.thing("thing"), watch.thing("other")
        expect_released(cls.__name__ + ", alive", watch, [], source=RELEASED)
        del one.thing
        expect_released(cls.__name__ + ", deleted", watch, ["thing"], source=RELEASED)
        clear_events(ext)
        del one
        expect_released(cls.__name__ + ", gone", watch, ["thing", "other"], source=RELEASED)
        expect(cls.__name__ + ", deallocated", events(ext, "dealloc"), [3], source=RELEASED)


@scenario
def objects_are_weakly_referenced(ext):
    """Weak references to an object know when it ends, and are called back."""
    one, called = numbered(ext.Referenced, 1), []
    first, second = weakref.ref(one), weakref.ref(one, lambda reference: called.append(reference is second))
    proxy, values = weakref.proxy(one), weakref.WeakValueDictionary({"one": one})
    keys = weakref.WeakKeyDictionary({one: "value"})
    expect("the object", (first() is one, second() is one, proxy.between, values["one"] is one, keys[one]),
           (True, True, 2, True, "value"), source=WEAK)
    expect("counted", weakref.getweakrefcount(one) >= 4, True, source="Python library, 'weakref', getweakrefcount")
    expect("members", numbers(one), [1, 2, 3], source=MEMBERS)
    clear_events(ext)
    del one
    collect()
    expect("gone", (first(), second(), called, len(values), len(keys)), (None, None, [True], 0, 0), source=CLEARED)
    expect("proxy", attempt(getattr, proxy, "between"), raised(ReferenceError), source=CLEARED)
    expect("deallocated", events(ext, "dealloc"), [3], source=RELEASED)


@scenario
def weak_references_of_python_subclasses(ext):
    """Objects of Python subclasses are weakly referenced in the same place, with __slots__, too."""

    class Plain(ext.Referenced):
        pass

    class Slotted(ext.Referenced):
        __slots__ = ("one",)

    for cls in (Plain, Slotted, ext.All, ext.Larger):
        one, called = numbered(cls, 1), []
        reference = weakref.ref(one, called.append)
        expect(cls.__name__, (reference() is one, numbers(one)), (True, [1, 2, 3]), source=INHERITED)
        del one
        collect()
        expect(cls.__name__ + " gone", (reference(), len(called)), (None, 1), source=CLEARED)
        unused = numbered(cls, 1)
        kept = weakref.ref(unused)
        del kept
        collect()
        expect(cls.__name__ + " without any", weakref.getweakrefcount(unused), 0,
               source="Python library, 'weakref', getweakrefcount")


@scenario
def all_three_beside_members(ext):
    """Dictionary, weak references and call function in one struct, with numbers around them, and in a C subclass."""
    for cls in (ext.All, ext.Larger):
        one = numbered(cls, 5)
        reference = weakref.ref(one)
        one.name = "name"
        if cls is ext.Larger:
            one.extra = -1
        found = (one.name, reference() is one, numbers(one), vars(one), getattr(one, "extra", -1))
        expect(cls.__name__, found, ("name", True, [5, 6, 7], {"name": "name"}, -1), source=SPECIAL)
    one = numbered(ext.All, 5)
    one.name = "name"
    expect("called", one("a", "b", key="c"), (7, ("a", "b"), ("key",), ("c",)), source=SPECIAL)
    one.after = 8
    expect("called again", (one(), one.name, numbers(one)), ((8, (), None, ()), "name", [5, 6, 8]), source=SPECIAL)


@scenario
def a_call_function_is_set(ext):
    """HPy's call function is found at the offset that a member of the C API gives."""
    one, other = ext.All(), ext.All()
    one.after, other.after = 3, 4
    expect("none", one(), (3, (), None, ()), source=SET)
    expect("positional", one(1, "two"), (3, (1, "two"), None, ()), source=SET)
    expect("by name", other(0, a=1, b=2), (4, (0,), ("a", "b"), (1, 2)), source=SET)
    watch = Watch()
    result = one(watch.thing("positional"), name=watch.thing("by name"))
    expect_released("in the result", watch, [], source=RELEASED)
    del result
    expect_released("let go", watch, ["positional", "by name"], source=RELEASED)


@scenario
def calls_of_python_subclasses(ext):
    """An object of a Python subclass has the place for a call function, so it is made and called in the same way."""

    class Plain(ext.All):
        pass

    made = attempt(Plain)
    expect("made", made.exception, None, source=INHERITED)
    if made.exception is None:
        one = made.value
        one.after, one.name = 9, "name"
        expect("called", (one(1, k=2), one.name, one.after), ((9, (1,), ("k",), (2,)), "name", 9), source=INHERITED)


@scenario
def a_constructor_of_the_c_api(ext):
    """A type that has its offset and its constructor from the C API is made by that constructor, and called."""
    made = attempt(ext.Called, 5)
    expect("made", made.exception, None, source=LEGACY)
    if made.exception is None:
        one, other = made.value, ext.Called(105)
        expect("numbers", (one.number, other.number), (5, 105), source=LEGACY)
        expect("called", (one(1, k=2), other(3)), ((5, (1,), ("k",), (2,)), (-105, (3,), None, ())), source=CALL)
    expect("arguments", attempt(ext.Called, "no number"), raised(TypeError), source=LEGACY)


@scenario
def a_constructor_of_the_c_api_beside_a_call(ext):
    """A type may have its call from HPy, and its constructor from the C API still."""
    made = attempt(ext.Slotted, 5)
    expect("made", made.exception, None, source=LEGACY)
    if made.exception is None:
        expect("number", made.value.number, 5, source=LEGACY)
        expect("called", attempt(made.value, 1, 2), returned(7), source=SLOT)


@scenario
def the_members_as_python_sees_them(ext):
    """Which of the special members are attributes, too."""
    names = ["__dictoffset__", "__vectorcalloffset__", "__weaklistoffset__"]
    record("in the type", [name for name in names if name in vars(ext.All)])
    one = ext.All()
    expect("other names", [hasattr(one, name) for name in ("dictionary", "references", "call")], [False] * 3,
           source=MEMBERS)
