from hpy_conform import attempt, expect, scenario

CALL = ("Python/C API, 'Type Objects', Py_TPFLAGS_HAVE_VECTORCALL (removed when __call__ is reassigned, 3.12); "
        "Python language reference, 'Data model', object.__call__")
BELOW = "Python language reference, 'Data model', object.__call__ and Custom classes (looked up in the bases)"
DELETED = "Python library, 'Built-in Functions', callable(); Python language reference, 'Data model', object.__call__"
FLAG = "Python/C API, 'Type Objects', Py_TPFLAGS_HAVE_VECTORCALL (removed when __call__ is reassigned, 3.12)"
STATIC = "Python/C API, 'Type Objects', Static Types (immutable)"


def of_python(self):
    return "of Python"


def answers(ext, one):
    """What a call gives from Python, and from C by a tuple and by vectorcall, or how it fails."""
    direct, from_c = attempt(lambda: one()), attempt(ext.call_both, one)
    return (direct.value or direct.exception,) + (from_c.value or (from_c.exception, from_c.exception))


def set_and_restored(ext, cls):
    one = cls()
    expect("before", answers(ext, one), ("of C",) * 3, source=CALL)
    original = cls.__dict__["__call__"]
    cls.__call__ = of_python
    expect("set", [answers(ext, thing) for thing in (one, cls())], [("of Python",) * 3] * 2, source=CALL)
    cls.__call__ = lambda self: "again"
    expect("set again", answers(ext, one), ("again",) * 3, source=CALL)
    cls.__call__ = original
    expect("restored", answers(ext, one), ("of C",) * 3, source=CALL)


def seen_below(ext, cls, below):
    class Sub(cls):
        pass

    class Deep(Sub):
        pass

    ones = [Sub(), Deep(), below()]
    expect("before", [answers(ext, one) for one in ones], [("of C",) * 3] * 3, source=BELOW)
    cls.__call__ = of_python
    expect("after", [answers(ext, one) for one in ones], [("of Python",) * 3] * 3, source=BELOW)


def set_in_a_subclass(ext, cls):
    class Sub(cls):
        pass

    class Deep(Sub):
        pass

    one, deep, other = Sub(), Deep(), cls()
    expect("before", answers(ext, one), ("of C",) * 3, source=CALL)
    Sub.__call__ = of_python
    expect("set", answers(ext, one), ("of Python",) * 3, source=CALL)
    expect("below", answers(ext, deep), ("of Python",) * 3, source=BELOW)
    expect("the base", answers(ext, other), ("of C",) * 3, source=CALL)
    del Sub.__call__
    expect("deleted", [answers(ext, thing) for thing in (one, deep)], [("of C",) * 3] * 2, source=BELOW)


def deleted(ext, cls):
    one = cls()
    del cls.__call__
    expect("callable", callable(one), False, source=DELETED)
    expect("called", answers(ext, one), ("TypeError",) * 3, source=DELETED)


def set_and_deleted(ext, cls):
    one = cls()
    cls.__call__ = of_python
    del cls.__call__
    expect("callable", callable(one), False, source=DELETED)
    expect("called", answers(ext, one), ("TypeError",) * 3, source=DELETED)


def second_base(ext, cls):
    class Other:
        pass

    class Sub(Other, cls):
        pass

    one = Sub()
    expect("before", answers(ext, one), ("of C",) * 3, source=BELOW)
    cls.__call__ = of_python
    expect("of the second base", answers(ext, one), ("of Python",) * 3, source=BELOW)
    Other.__call__ = lambda self: "of Other"
    expect("of the first base", answers(ext, one), ("of Other",) * 3, source=BELOW)
    del Other.__call__
    expect("of the second again", answers(ext, one), ("of Python",) * 3, source=BELOW)


@scenario
def set_beside_a_vectorcall(ext):
    """A type with a vectorcall function gets other __call__ methods, and its own again."""
    set_and_restored(ext, ext.fast())


@scenario
def set_beside_tp_call(ext):
    """The same for a type with tp_call alone."""
    set_and_restored(ext, ext.slow())


@scenario
def seen_below_a_vectorcall(ext):
    """What a type with a vectorcall function gets is seen by its subclasses in Python and in C."""
    cls = ext.fast()
    seen_below(ext, cls, ext.below(cls))


@scenario
def seen_below_tp_call(ext):
    """The same for a type with tp_call alone."""
    cls = ext.slow()
    seen_below(ext, cls, ext.below(cls))


@scenario
def set_in_a_subclass_of_a_vectorcall(ext):
    """A class of Python below a type with a vectorcall function gets __call__, and loses it."""
    set_in_a_subclass(ext, ext.Fast)


@scenario
def set_in_a_subclass_of_tp_call(ext):
    """The same below a type with tp_call alone."""
    set_in_a_subclass(ext, ext.Slow)


@scenario
def set_in_a_subclass_of_a_c_subclass(ext):
    """The same below a subclass in C that inherits the vectorcall function."""
    set_in_a_subclass(ext, ext.FastBelow)


@scenario
def deleted_from_a_vectorcall(ext):
    """A type whose __call__ is deleted has no callable objects."""
    deleted(ext, ext.fast())


@scenario
def deleted_from_tp_call(ext):
    """The same for a type with tp_call alone."""
    deleted(ext, ext.slow())


@scenario
def set_and_deleted_from_a_vectorcall(ext):
    """The same if another __call__ was set before."""
    set_and_deleted(ext, ext.fast())


@scenario
def set_and_deleted_from_tp_call(ext):
    """The same for a type with tp_call alone."""
    set_and_deleted(ext, ext.slow())


@scenario
def the_second_base_has_a_vectorcall(ext):
    """Of a class of Python whose second base has the vectorcall function, each base in turn gets a __call__."""
    second_base(ext, ext.fast())


@scenario
def the_second_base_has_tp_call(ext):
    """The same where the second base has tp_call alone."""
    second_base(ext, ext.slow())


@scenario
def the_flag_is_removed(ext):
    """The type and its subclasses lose HAVE_VECTORCALL when __call__ is set."""
    cls = ext.fast()
    types = (cls, ext.below(cls), type("Sub", (cls,), {}))
    expect("before", [ext.is_fast(type_) for type_ in types], [True] * 3, source=FLAG)
    cls.__call__ = of_python
    expect("after", [ext.is_fast(type_) for type_ in types], [False] * 3, source=FLAG)


@scenario
def static_types_refuse(ext):
    """The __call__ of a static type is neither set nor deleted."""
    types, ones = (ext.Fast, ext.Slow), (ext.Fast(), ext.Slow())
    expect("set", [attempt(setattr, cls, "__call__", of_python).exception for cls in types], ["TypeError"] * 2,
           source=STATIC)
    expect("deleted", [attempt(delattr, cls, "__call__").exception for cls in types], ["TypeError"] * 2, source=STATIC)
    expect("called", [answers(ext, one) for one in ones], [("of C",) * 3] * 2, source=STATIC)
