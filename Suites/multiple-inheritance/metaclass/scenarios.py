from hpy_conform import attempt, collect, expect, raised, record, scenario

METACLASS = "HPy hpytype.h, HPyType_SpecParam_Metaclass; Python language reference, 'Data model', Metaclasses"
DERIVED = "Python language reference, 'Data model', Determining the appropriate metaclass"
STRUCT = "HPy hpytype.h, HPyType_BuiltinShape_Type and HPyType_HELPERS; Python/C API, 'Type Objects', tp_basicsize"
ZEROED = "Python/C API, 'Type Objects', PyType_GenericAlloc; HPy public_api.h, HPyField (memory is zeroed)"
INHERITED = "Python/C API, 'Type Objects', PyObject.ob_type (inherited by subtypes)"
FAILURE = "HPy public_api.h, HPyType_FromSpec (HPy_NULL on failure); Python/C API, 'Exception Handling'"
SPECIAL = "Python language reference, 'Data model', Special method lookup (on the type of the object)"


@scenario
def a_type_made_with_a_metaclass(ext):
    """The metaclass is the type of the type; it has what a type has, and the slots of the metaclass besides."""
    for name, metaclass in (("Meta", ext.Meta), ("DerivedMeta", ext.DerivedMeta), ("PlainMeta", ext.PlainMeta)):
        made = ext.make(metaclass, (object,))
        expect("%s: type" % name, type(made) is metaclass, True, source=METACLASS)
        expect("%s: isinstance" % name, (isinstance(made, metaclass), isinstance(made, type)), (True, True),
               source=METACLASS)
        expect("%s: name" % name, (made.__name__, made.__module__), ("Made", "ext"), source=METACLASS)
        expect("%s: mro" % name, made.__mro__ == (made, object), True, source=METACLASS)
        one = made()
        expect("%s: object" % name, (type(one) is made, one.greet()), (True, "hello"), source=METACLASS)
        record("%s: repr of an object" % name, repr(one).startswith("<ext.Made object"))
    made = ext.make(ext.Meta, (object,))
    expect("slots of the metaclass", (repr(made), len(made)), ("a type of Meta", 7), source=SPECIAL)
    expect("not for its objects", attempt(len, made()), raised(TypeError), source=SPECIAL)
    expect("method", ext.make(ext.PlainMeta, (object,)).plain(), "plain", source=METACLASS)


@scenario
def each_type_has_a_struct(ext):
    """Types of a metaclass with a struct have one each, zeroed at first, however they are made."""

    class Stated(metaclass=ext.Meta):
        pass

    class Inherited(Stated):
        __slots__ = ("one", "two")

    types = [ext.make(ext.Meta, (object,)), ext.make(ext.DerivedMeta, (object,)), Stated, Inherited]
    expect("zeroed", [type_.tag for type_ in types], [0] * 4, source=ZEROED)
    for number, type_ in enumerate(types):
        type_.tag = 10 + number
    expect("kept", [type_.tag for type_ in types], [10, 11, 12, 13], source=STRUCT)
    collect()
    expect("kept in a collection", [type_.tag for type_ in types], [10, 11, 12, 13], source=STRUCT)
    expect("slots in Python", [name for name in ("one", "two") if name in Inherited.__dict__], ["one", "two"],
           source="Python language reference, 'Data model', __slots__")
    expect("not for objects", attempt(getattr, Stated(), "tag"), raised(AttributeError), source=METACLASS)


@scenario
def the_struct_of_a_type_in_c(ext):
    """The _AsStruct function of the metaclass finds the struct of a type made in C."""
    first, second = ext.make(ext.Meta, (object,)), ext.make(ext.DerivedMeta, (object,))
    second.extra = 100
    expect("bumps", (first.bump(), first.bump(), second.bump(), second.extra), (1, 2, 1, 100), source=STRUCT)
    first.tag = 5
    expect("beside the tag", (first.tag, first.bump()), (5, 3), source=STRUCT)


@scenario
def the_struct_of_a_class_in_c(ext):
    """It finds the struct of a Python class with this metaclass, and of one with a metaclass derived from it."""

    class Stated(metaclass=ext.Meta):
        pass

    class Third(ext.Meta):
        def doubled(cls):
            return cls.bump() * 2

    class Fourth(metaclass=Third):
        pass

    expect("bumps", (Stated.bump(), Stated.bump()), (1, 2), source=STRUCT)
    expect("bumps of a derived metaclass", (Fourth.doubled(), Fourth.doubled(), Fourth.tag), (2, 4, 0), source=STRUCT)


@scenario
def the_most_derived_metaclass_wins(ext):
    """A class has the most derived of the metaclasses of its bases and the one it names; there must be one."""
    of_meta, of_derived = ext.make(ext.Meta, (object,)), ext.make(ext.DerivedMeta, (object,))
    of_plain = ext.make(ext.PlainMeta, (object,))

    class Joined(of_meta, of_derived):
        pass

    class Named(of_derived, metaclass=ext.Meta):
        pass

    class Raised(of_meta, metaclass=ext.DerivedMeta):
        pass

    expect("of two bases", type(Joined) is ext.DerivedMeta, True, source=DERIVED)
    expect("of the base", type(Named) is ext.DerivedMeta, True, source=DERIVED)
    expect("of the keyword", type(Raised) is ext.DerivedMeta, True, source=DERIVED)
    Raised.extra = 8
    expect("struct", (Raised.extra, Joined.extra, Named.extra), (8, 0, 0), source=STRUCT)
    expect("conflict of bases", attempt(lambda: type("X", (of_meta, of_plain), {})), raised(TypeError), source=DERIVED)
    expect("conflict with the keyword", attempt(lambda: ext.PlainMeta("X", (of_meta,), {})), raised(TypeError),
           source=DERIVED)
    record("conflict of metaclasses' structs", attempt(lambda: type("X", (ext.Meta, int), {})).exception)

    class Resolved(ext.PlainMeta, ext.Meta):
        pass

    class Both(of_meta, of_plain, metaclass=Resolved):
        pass

    Both.tag = 4
    expect("resolved", (type(Both) is Resolved, Both.tag, Both.plain()), (True, 4, "plain"), source=DERIVED)


@scenario
def a_type_made_in_c_inherits_the_metaclass(ext):
    """A type made in C for which no metaclass is given has its base's."""
    made = ext.make_from(ext.make(ext.PlainMeta, (object,)))
    expect("type", type(made) is ext.PlainMeta, True, source=INHERITED)
    expect("method", made().greet(), "hello", source=METACLASS)


@scenario
def a_type_made_in_c_with_another_metaclass(ext):
    """The metaclass that is given, where a base has another: a more or less derived one, or an unrelated one."""
    of_meta, of_derived = ext.make(ext.Meta, (object,)), ext.make(ext.DerivedMeta, (object,))
    expect("a more derived one", type(ext.make(ext.DerivedMeta, (of_meta,))) is ext.DerivedMeta, True, source=METACLASS)
    record("a less derived one", type(ext.make(ext.Meta, (of_derived,))))
    record("an unrelated one", attempt(ext.make, ext.PlainMeta, (of_meta,)).exception)


@scenario
def a_struct_below_a_metaclass(ext):
    """The struct of the objects and that of their type are two: each in its own place."""
    valued, other = ext.make_valued(ext.Meta), ext.make_valued(ext.DerivedMeta)
    one, two, three = valued(), valued(), other()
    expect("zeroed", (one.value, two.get(), three.get(), valued.tag, other.tag, other.extra), (0,) * 6, source=ZEROED)
    valued.tag, other.tag, other.extra = 1, 2, 3
    one.value, two.value, three.value = 4, 5, 6
    expect("of the objects", (one.get(), two.get(), three.get()), (4, 5, 6), source=STRUCT)
    expect("of the types", (valued.tag, other.tag, other.extra, valued.bump()), (1, 2, 3, 1), source=STRUCT)


@scenario
def metaclasses_that_are_refused(ext):
    """What is no metaclass is refused, and leaves the module as it was."""
    record("an int", attempt(ext.make, 5, (object,)))
    record("a type that is no metaclass", attempt(ext.make, int, (object,)))
    record("given twice", attempt(ext.make_twice, ext.Meta))
    with_new = type("WithNew", (ext.Meta,), {"__new__": lambda cls, *args: type.__new__(cls, *args)})
    tried = attempt(ext.make, with_new, (object,))
    record("with a constructor of its own", tried.exception)
    expect("with a constructor of its own, failed without an exception", tried.exception == "SystemError", False,
           source=FAILURE)
    expect("afterwards", type(ext.make(ext.Meta, (object,))) is ext.Meta, True, source=METACLASS)
