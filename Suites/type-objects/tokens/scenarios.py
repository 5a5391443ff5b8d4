from hpy_conform import expect, scenario

FIND = "Python/C API, 'Type Objects', PyType_GetBaseByToken (the first in the method resolution order)"
NOT_FOUND = "Python/C API, 'Type Objects', PyType_GetBaseByToken (0 and NULL where there is none)"
OWN = "Python/C API, 'Type Objects', Py_tp_token (PyType_GetSlot gives the type's own, without superclasses)"
SPEC = "Python/C API, 'Type Objects', Py_TP_USE_SPEC"


class Other:
    pass


@scenario
def tokens_of_their_own(ext):
    """A type with a token is found by it, be it the spec or another address."""
    for cls, name in ((ext.ByItself, "spec"), (ext.First, "first"), (ext.Second, "second"), (ext.Again, "first")):
        expect(cls.__name__, ext.base(cls, name) == (1, cls), True, source=FIND)
        expect(cls.__name__ + ", without a result", ext.has_base(cls, name), 1, source=FIND)
        expect(cls.__name__ + ", own", ext.own(cls), name, source=SPEC if name == "spec" else OWN)


@scenario
def tokens_of_superclasses(ext):
    """A subclass, in C and in Python, leads to the class that has the token, and has none itself."""

    class Sub(ext.First):
        pass

    class Deep(ext.Below):
        pass

    class OfAgain(ext.Again):
        pass

    for cls, found in ((ext.Below, ext.First), (Sub, ext.First), (Deep, ext.First), (OfAgain, ext.Again)):
        expect(cls.__name__, ext.base(cls, "first") == (1, found), True, source=FIND)
        expect(cls.__name__ + ", own", ext.own(cls), None, source=OWN)


@scenario
def tokens_of_two_bases(ext):
    """Both tokens of two bases are found, in C and in Python, whichever stands first."""

    class Python(ext.First, ext.Second):
        pass

    class Turned(ext.Second, ext.First):
        pass

    class Second(Other, ext.First):
        pass

    class Beside(ext.ByItself, ext.Below):
        pass

    for cls in (ext.Both, Python, Turned):
        expect(cls.__name__, (ext.base(cls, "first")[1] is ext.First, ext.base(cls, "second")[1] is ext.Second),
               (True, True), source=FIND)
    expect("second base", (ext.base(Second, "first")[1] is ext.First, ext.base(Beside, "first")[1] is ext.First),
           (True, True), source=FIND)


@scenario
def the_first_in_the_order(ext):
    """Of several classes with one token, the first in the method resolution order is found."""

    class Sub(Other, ext.Below):
        pass

    class Joined(Sub, ext.Again):
        pass

    expect("order", ext.base(Joined, "first")[1] is ext.Again, True, source=FIND)


@scenario
def tokens_that_are_not_there(ext):
    """Where no superclass has the token, the answer is 0, and NULL is stored."""

    class Sub(ext.First):
        pass

    for cls in (ext.First, Sub, ext.Both, ext.ByItself, Other, int, object, type):
        expect(cls.__name__, (ext.base(cls, "unused"), ext.has_base(cls, "unused")), ((0, None), 0), source=NOT_FOUND)
    expect("of another type", (ext.base(ext.First, "second"), ext.base(int, "first")), ((0, None), (0, None)),
           source=NOT_FOUND)
    expect("own", (ext.own(Other), ext.own(ext.Below)), (None, None), source=OWN)
