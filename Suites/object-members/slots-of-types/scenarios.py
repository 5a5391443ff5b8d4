import operator
import weakref

from hpy_conform import attempt, clear_events, collect, events, expect, record, scenario

BUFFER = "HPy porting guide, 'Buffers'; Python/C API, 'Buffer Object Structures', PyBufferProcs"
INHERITED = "Python/C API, 'Type Objects', tp_as_buffer (inherited by subtypes)"
METACLASS = "HPy hpytype.h, HPyType_SpecParam_Metaclass; Python language reference, 'Data model', Metaclasses"
SPECIAL = "Python language reference, 'Data model', Special method names (looked up on the type of the object)"
SUBCLASSES = "Python library, 'Special Attributes', class.__subclasses__"
WEAK = "Python library, 'weakref', weakref.ref (the object itself while it is there)"
CALL = "HPy porting guide, 'Calling Protocol'"
VAR = "HPy porting guide, 'Calling Protocol', Limitations (HPy_tp_call is not possible for var objects)"


class Meta(type):
    pass


def kinds(ext, name):
    """The type of a spec, with and without a metaclass, and a class derived from each."""
    plain, below = ext.make(name, object), ext.make(name, object, Meta)
    return [("plain", plain), ("below a metaclass", below), ("derived", type("Derived", (plain,), {})),
            ("derived below a metaclass", Meta("Derived", (below,), {}))]


def check_buffers(ext, name, releases):
    for label, cls in kinds(ext, name):
        clear_events(ext)
        one = cls()
        tried = attempt(memoryview, one)
        expect(label, tried.exception, None, source=BUFFER if cls.__name__ == name else INHERITED)
        if tried.exception is not None:
            continue
        with tried.value as view:
            expect(label + ": bytes", (bytes(view), view.readonly, events(ext, "get")), (b"abc", True, [1]),
                   source=BUFFER)
            expect(label + ": not yet", events(ext, "release"), [], source=BUFFER)
        del tried, view
        collect()
        expect(label + ": released", events(ext, "release"), releases, source=BUFFER)
        with memoryview(one) as view:
            expect(label + ": again", bytes(view), b"abc", source=BUFFER)
        del view
        collect()


@scenario
def the_release_before_the_get(ext):
    """The slots of a buffer may be defined in any order, and beside others."""
    check_buffers(ext, "ReleaseFirst", [3])


@scenario
def the_get_before_the_release(ext):
    """The slots of a buffer in the other order."""
    check_buffers(ext, "GetFirst", [3])


@scenario
def a_buffer_that_needs_no_release(ext):
    """A type may define how a buffer is got, and nothing for its release."""
    check_buffers(ext, "GetAlone", [])


def answers(one):
    """What the slots of the tables of numbers, sequences, mappings and coroutines say."""

    async def wait():
        return await one

    coroutine = wait()
    waited = attempt(coroutine.send, None)
    coroutine.close()
    return (attempt(operator.add, one, 1).value, bool(one), attempt(operator.contains, one, 5).value,
            attempt(operator.getitem, one, 5).value, waited.exception, attempt(len, one).exception,
            attempt(operator.index, one).exception)


IN_C = ("added in C", False, True, "subscript in C", "TypeError", "TypeError", "TypeError")
CHANGED = ("changed", True, False, "changed", "StopIteration", None, None)


def change(cls):
    cls.__add__ = lambda self, other: "changed"
    cls.__bool__ = lambda self: True
    cls.__contains__ = lambda self, item: False
    cls.__getitem__ = lambda self, key: "changed"
    cls.__await__ = lambda self: iter(())
    cls.__len__ = lambda self: 3
    cls.__index__ = lambda self: 5


def check_tables(ext, *metaclass):
    base = ext.make("OfObject", object)
    made, other = ext.make("Operators", base, *metaclass), ext.make("Operators", base, *metaclass)
    one, two, derived = made(), other(), type(made)("Derived", (made,), {})()
    expect("as in C", [answers(one), answers(two), answers(derived)], [IN_C] * 3, source=SPECIAL)
    change(made)
    expect("changed", [answers(one), answers(two), answers(derived)], [CHANGED, IN_C, CHANGED], source=SPECIAL)
    others = [cls for cls in base.__subclasses__() if cls is not made]
    expect("any other", [answers(cls()) for cls in others if answers(cls()) != IN_C], [], source=SPECIAL)


@scenario
def methods_set_on_a_type(ext):
    """Special methods that are set on a type take the place of its slots, and of no other type's."""
    check_tables(ext)


@scenario
def methods_set_on_a_type_below_a_metaclass(ext):
    """The same where a metaclass is given."""
    check_tables(ext, Meta)


@scenario
def the_subclasses_of_a_base(ext):
    """A type made in C is among the subclasses of its base, by itself and through weak references."""
    base = ext.make("OfObject", object)
    for label, metaclass in (("plain", ()), ("below a metaclass", (Meta,))):
        made = ext.make("Operators", base, *metaclass)
        expect(label, any(cls is made for cls in base.__subclasses__()), True, source=SUBCLASSES)
        expect(label + ": of its own", made.__subclasses__(), [], source=SUBCLASSES)
        derived = type(made)("Derived", (made,), {})
        expect(label + ": derived", (made.__subclasses__() == [derived], derived.__subclasses__()), (True, []),
               source=SUBCLASSES)
        expect(label + ": weak reference", (weakref.ref(made)() is made, weakref.ref(derived)() is derived),
               (True, True), source=WEAK)
        expect(label + ": two of them", weakref.ref(made) == weakref.ref(made), True, source=WEAK)
        record(label + ": dictionary", sorted(name for name in vars(made) if name.startswith("__add")))


@scenario
def calls_below_a_metaclass(ext):
    """HPy_tp_call works the same where a metaclass is given, with a struct and without, beside members."""
    for name in ("Called", "CalledAlone"):
        for label, metaclass in (("", ()), (" below a metaclass", (Meta,))):
            made = ext.make(name, object, *metaclass)
            one, two = made(), made()
            found = (one(), one(1, "two"), two(None), callable(one), type(made) is (Meta if metaclass else type))
            expect(name + label, found, ((), (1, "two"), (None,), True, True), source=CALL)
            if name == "Called":
                one.number, two.number = 2 ** 40, -1
                expect(name + label + ": members", (one(3), one.number, two.number), ((3,), 2 ** 40, -1), source=CALL)


@scenario
def calls_of_var_objects(ext):
    """A type of var objects has no HPy_tp_call."""
    tried = attempt(ext.make, "CalledVar", object)
    expect("refused", tried.exception is not None, True, source=VAR)
    record("exception", tried)
    expect("afterwards", ext.make("Called", object)()(1), (1,), source=CALL)
