from collections import abc

from hpy_conform import attempt, expect, raised, record, scenario

MANAGED_WEAKREF, MANAGED_DICT = 1 << 3, 1 << 4
SEQUENCE, MAPPING, HEAPTYPE, BASETYPE = 1 << 5, 1 << 6, 1 << 9, 1 << 10
HAVE_VECTORCALL, READY, HAVE_GC, METHOD_DESCRIPTOR = 1 << 11, 1 << 12, 1 << 14, 1 << 17
OF_BUILTINS = {"Int": 1 << 24, "List": 1 << 25, "Tuple": 1 << 26, "Bytes": 1 << 27, "Str": 1 << 28, "Dict": 1 << 29,
               "Error": 1 << 30, "Type": 1 << 31}

READY_FLAG = "Python/C API, 'Type Objects', Py_TPFLAGS_READY; PyType_FromSpec (calls PyType_Ready)"
HEAP = "Python/C API, 'Type Objects', Py_TPFLAGS_HEAPTYPE, PyType_Spec.flags (set automatically) and Heap Types"
BASE = "Python/C API, 'Type Objects', Py_TPFLAGS_BASETYPE; HPy hpytype.h, HPy_TPFLAGS_BASETYPE"
GC = "Python/C API, 'Type Objects', Py_TPFLAGS_HAVE_GC (inherited together with tp_traverse and tp_clear)"
MANAGED = "Python/C API, 'Type Objects', Py_TPFLAGS_MANAGED_DICT and Py_TPFLAGS_MANAGED_WEAKREF (inherited)"
BUILTIN = "Python/C API, 'Type Objects', tp_flags (inherited individually) and Py_TPFLAGS_LONG_SUBCLASS"
CHECK = "Python/C API, 'Integer Objects', PyLong_Check and its like (a subtype, too); HPy public_api.h, HPyList_Check"
VECTORCALL = "Python/C API, 'Type Objects', Py_TPFLAGS_HAVE_VECTORCALL (inherited with tp_call; in 3.12 by all)"
BEFORE = "Python/C API of 3.8 to 3.11, 'Type Objects', Py_TPFLAGS_HAVE_VECTORCALL (heap types don't inherit it)"
ANEW = "Python/C API, 'Type Objects', Py_TPFLAGS_HAVE_VECTORCALL (inherited if tp_call is inherited)"
CALL = "Python/C API, 'Type Objects', tp_call (inherited by subtypes)"
METHOD = "Python/C API, 'Type Objects', Py_TPFLAGS_METHOD_DESCRIPTOR"
NEVER = METHOD + " (never inherited by types without Py_TPFLAGS_IMMUTABLETYPE)"
PATTERN = "Python/C API, 'Type Objects', Py_TPFLAGS_SEQUENCE and Py_TPFLAGS_MAPPING"
EXCLUSIVE = PATTERN + " (mutually exclusive; inherited by types that do not already set the other)"
REGISTERED = PATTERN + " (set when registering or subclassing the abstract class, unset when registering the other)"
MATCH = "Python language reference, 'Compound statements', Sequence Patterns and Mapping Patterns"

# A match statement is text that C runs, as it is no syntax before Python 3.10.
KIND = """
def kind(subject):
    match subject:
        case [one]:
            return "sequence", one
        case {"key": one}:
            return "mapping", one
        case _:
            return "neither", None
"""


def of_patterns(ext, type_):
    return [name for name, flag in (("sequence", SEQUENCE), ("mapping", MAPPING)) if ext.has(type_, flag)]


def kind_of(ext, subject):
    return ext.defined(KIND, "kind")(subject)


@scenario
def flags_of_every_type(ext):
    """A type is ready, and tells whether it was made at run time, as each class of Python was."""

    class Sub(ext.Base):
        pass

    for name, type_, heap in (("Final", ext.Final, bool(ext.HEAP)), ("Below", ext.Below, bool(ext.HEAP)),
                              ("Sub", Sub, True), ("int", int, False), ("object", object, False)):
        expect(name + ": ready", ext.has(type_, READY), True, source=READY_FLAG)
        expect(name + ": heap type", ext.has(type_, HEAPTYPE), heap, source=HEAP)


@scenario
def which_types_can_be_derived_from(ext):
    """A type has BASETYPE where it was given, and classes of Python have it; a subclass in C is final by itself."""

    class Sub(ext.Base):
        pass

    found = [ext.has(type_, BASETYPE) for type_ in (ext.Final, ext.Base, ext.Below, Sub, int, bool)]
    expect("given", found, [False, True, True, True, True, False], source=BASE)
    record("of a subclass without it", ext.has(ext.FinalBelow, BASETYPE))


@scenario
def classes_of_final_types(ext):
    """A type without BASETYPE is no base, and one with it is."""
    for type_ in (ext.Final, ext.FinalBelow):
        expect(type_.__name__, attempt(type, "Sub", (type_,), {}), raised(TypeError), source=BASE)
    for type_ in (ext.Base, ext.Below):
        expect(type_.__name__, attempt(type, "Sub", (type_,), {}).exception, None, source=BASE)


@scenario
def the_collector_s_flag(ext):
    """A subclass in C that gives neither flag nor functions has HAVE_GC from its base; classes of Python have it."""

    class Sub(ext.Collected):
        pass

    class Slotted(ext.Collected):
        __slots__ = ()

    found = [(ext.has(type_, HAVE_GC), ext.collected(type_)) for type_ in (ext.CollectedBelow, Sub, Slotted)]
    expect("inherited", found, [(True, True)] * 3, source=GC)
    found = [(ext.has(type_, HAVE_GC), ext.collected(type_)) for type_ in (ext.Final, ext.Base, ext.Below)]
    expect("without", found, [(False, False)] * 3, source=GC)
    expect("given", (ext.has(ext.Collected, HAVE_GC), ext.collected(ext.Collected)), (True, True), source=GC)


@scenario
def the_collector_s_flag_of_the_second_base(ext):
    """A type in C with two bases has HAVE_GC from the second, if that has the struct."""

    class Sub(ext.Base, ext.Collected):
        pass

    expect("in C", ext.has(ext.CollectedSecond, HAVE_GC), True, source=GC)
    expect("in Python", ext.has(Sub, HAVE_GC), True, source=GC)


@scenario
def the_flags_of_managed_fields(ext):
    """MANAGED_DICT and MANAGED_WEAKREF are inherited, in C and in Python, with __slots__ and from a second base."""

    class Sub(ext.Managed):
        pass

    class Slotted(ext.Managed):
        __slots__ = ("one",)

    class Second(ext.Base, ext.Managed):
        __slots__ = ()

    def flags(type_):
        return [ext.has(type_, flag) for flag in (MANAGED_DICT, MANAGED_WEAKREF, HAVE_GC)]

    expect("given", flags(ext.Managed), [True] * 3, source=MANAGED)
    expect("inherited", [flags(type_) for type_ in (ext.ManagedBelow, Sub, Slotted, Second)], [[True] * 3] * 4,
           source=MANAGED)
    expect("without", flags(ext.Below), [False] * 3, source=MANAGED)


@scenario
def flags_of_builtins(ext):
    """A type below a builtin has the flag by which C finds it, in C and in Python."""
    for name in ("Int", "List", "Tuple", "Str", "Type"):
        type_ = getattr(ext, name)
        sub = type("Sub", (type_,), {})
        for label, one in ((name, type_), (name + " in Python", sub)):
            found = [other for other, flag in sorted(OF_BUILTINS.items()) if ext.has(one, flag)]
            expect(label, found, [name], source=BUILTIN)


@scenario
def flags_of_bytes_dict_and_exceptions(ext):
    """The same for the builtins that HPy has no shape for."""
    for name in ("Bytes", "Dict", "Error"):
        type_ = getattr(ext, name)
        sub = type("Sub", (type_,), {})
        for label, one in ((name, type_), (name + " in Python", sub)):
            found = [other for other, flag in sorted(OF_BUILTINS.items()) if ext.has(one, flag)]
            expect(label, found, [name], source=BUILTIN)


@scenario
def flags_of_a_builtin_as_second_base(ext):
    """A class of Python has the flag of a builtin that stands second, too."""
    for name in ("Int", "List", "Tuple", "Str"):
        sub = type("Sub", (ext.Base, getattr(ext, name)), {})
        found = [other for other, flag in sorted(OF_BUILTINS.items()) if ext.has(sub, flag)]
        expect(name, found, [name], source=BUILTIN)


@scenario
def checks_of_builtins(ext):
    """The checks of C accept objects of types below builtins, in C and in Python."""
    for name, value in (("Int", 5), ("List", [1]), ("Tuple", (1,)), ("Str", "text")):
        type_ = getattr(ext, name)
        sub = type("Sub", (type_,), {})
        expect(name, (ext.kinds(type_(value)), ext.kinds(sub(value))), ([name.lower()], [name.lower()]), source=CHECK)
    expect("none", (ext.kinds(1.5), ext.kinds(None)), ([], []), source=CHECK)
    expect("classes", [ext.kinds(one) for one in (ext.Base, ext.Int, int)], [["type"]] * 3, source=CHECK)


@scenario
def the_flag_of_a_vectorcall(ext):
    """A type has HAVE_VECTORCALL as it was given; a type that has its own tp_call does not get it."""
    expect("given", (ext.has(ext.Called, HAVE_VECTORCALL), ext.has(ext.Base, HAVE_VECTORCALL)), (True, False),
           source=ANEW)
    expect("with its own tp_call", ext.has(ext.CalledAnew, HAVE_VECTORCALL), False, source=ANEW)

    class Sub(ext.Called):
        def __call__(self):
            return "Python"

    expect("with its own __call__", ext.has(Sub, HAVE_VECTORCALL), False, source=ANEW)


@scenario
def calls_below_a_vectorcall(ext):
    """Whether the flag is inherited or not, objects of subclasses are called as their type says."""

    class Sub(ext.Called):
        pass

    class Own(ext.Called):
        def __call__(self):
            return "Python"

    found = (ext.Called()(), ext.CalledBelow()(), Sub()(), ext.CalledAnew()(), Own()())
    expect("called", found, ("vectorcall", "vectorcall", "vectorcall", "tp_call", "Python"), source=CALL)


@scenario
def calls_of_a_second_base(ext):
    """The vectorcall of a second base is called."""
    expect("called", ext.CalledSecond()(), "vectorcall", source=CALL)


@scenario
def a_vectorcall_is_inherited(ext):
    """Every type that inherits tp_call inherits HAVE_VECTORCALL, in C and in Python."""

    class Sub(ext.Called):
        pass

    class Slotted(ext.Called):
        __slots__ = ()

    for type_ in (ext.CalledBelow, Sub, Slotted):
        expect(type_.__name__, ext.has(type_, HAVE_VECTORCALL), True, source=VECTORCALL)
    record("of the second base", ext.has(ext.CalledSecond, HAVE_VECTORCALL))


@scenario
def a_vectorcall_is_not_inherited(ext):
    """Before Python 3.12, a type made at run time does not inherit HAVE_VECTORCALL."""

    class Sub(ext.Called):
        pass

    expect("in Python", ext.has(Sub, HAVE_VECTORCALL), False, source=BEFORE)
    expect("in C", ext.has(ext.CalledBelow, HAVE_VECTORCALL), not ext.HEAP, source=BEFORE)


@scenario
def the_flag_of_a_method_descriptor(ext):
    """Classes of Python never inherit METHOD_DESCRIPTOR."""

    class Sub(ext.Unbound):
        pass

    expect("given", (ext.has(ext.Unbound, METHOD_DESCRIPTOR), ext.has(ext.Base, METHOD_DESCRIPTOR)), (True, False),
           source=METHOD)
    expect("in Python", ext.has(Sub, METHOD_DESCRIPTOR), False, source=NEVER)


@scenario
def method_descriptors_are_called(ext):
    """An attribute of such a type is called with the object, whether it is bound first or not."""

    class Sub(ext.Unbound):
        def __get__(self, instance, owner):
            return lambda *args: "bound by Python"

    class Owner:
        one, fixed, sub = ext.Unbound(), ext.Fixed(), Sub()

    owner = Owner()
    expect("of the object", (owner.one(), owner.one(1), owner.fixed(1, 2)), (1, 2, 3), source=METHOD)
    bound = owner.one
    expect("bound", bound(1), 2, source=METHOD)
    expect("of the class", (Owner.one(), Owner.one(1)), (0, 1), source=METHOD)
    expect("own __get__", owner.sub(1), "bound by Python",
           source="Python language reference, 'Data model', Invoking Descriptors")


@scenario
def immutable_types_inherit_a_method_descriptor(ext):
    """An immutable type in C inherits METHOD_DESCRIPTOR with tp_descr_get, and not if it has its own."""
    expect("inherited", ext.has(ext.FixedBelow, METHOD_DESCRIPTOR), True, source=METHOD)
    expect("with its own tp_descr_get", ext.has(ext.FixedAnew, METHOD_DESCRIPTOR), False, source=METHOD)


@scenario
def the_flags_of_patterns(ext):
    """SEQUENCE and MAPPING are inherited, in C and in Python, and a type that sets the other has that alone."""

    class Seq(ext.Seq):
        pass

    class Map(ext.Map):
        pass

    own = (ext.Seq, ext.SeqOfMap, ext.Map, ext.MapOfSeq)
    expect("own", [of_patterns(ext, type_) for type_ in own], [["sequence"], ["sequence"], ["mapping"], ["mapping"]],
           source=EXCLUSIVE)
    below = (ext.SeqBelow, Seq, ext.MapBelow, Map)
    expect("inherited", [of_patterns(ext, type_) for type_ in below],
           [["sequence"], ["sequence"], ["mapping"], ["mapping"]], source=EXCLUSIVE)
    expect("neither", of_patterns(ext, ext.Neither), [], source=PATTERN)


@scenario
def the_flags_of_patterns_of_two_bases(ext):
    """A type has one of the two flags of its bases, in C and in Python."""
    types = (ext.SeqAndMap, type("Both", (ext.Seq, ext.Map), {}), ext.MapAndSeq, type("Both", (ext.Map, ext.Seq), {}))
    expect("one of both", [len(of_patterns(ext, type_)) for type_ in types], [1] * 4, source=EXCLUSIVE)
    record("which", [of_patterns(ext, type_) for type_ in types])
    second = (ext.SeqSecond, type("Second", (ext.Base, ext.Seq), {}))
    expect("of the second base", [of_patterns(ext, type_) for type_ in second], [["sequence"]] * 2, source=EXCLUSIVE)


@scenario
def objects_are_matched(ext):
    """Sequence and mapping patterns match objects of the types that have the flag, and no others."""

    class Seq(ext.Seq):
        pass

    class Map(ext.Map):
        pass

    seven, eight = ("sequence", 7), ("mapping", 8)
    for label, type_, expected in (("Seq", ext.Seq, seven), ("SeqBelow", ext.SeqBelow, seven),
                                   ("Seq in Python", Seq, seven), ("Map", ext.Map, eight),
                                   ("MapBelow", ext.MapBelow, eight), ("Map in Python", Map, eight),
                                   ("Neither", ext.Neither, ("neither", None))):
        expect(label, kind_of(ext, type_()), expected, source=MATCH)


@scenario
def registered_types(ext):
    """A class that is registered as a Sequence or a Mapping gets the flag, and with it the classes below it."""

    class One(ext.Neither):
        pass

    class Below(One):
        pass

    class Other(ext.Neither):
        pass

    abc.Mapping.register(One)
    expect("mapping", (of_patterns(ext, One), of_patterns(ext, Below)), (["mapping"], ["mapping"]), source=REGISTERED)
    expect("matched", (kind_of(ext, One()), kind_of(ext, Below())), (("mapping", 8), ("mapping", 8)), source=MATCH)
    abc.Sequence.register(One)
    expect("then a sequence", of_patterns(ext, One), ["sequence"], source=REGISTERED)
    expect("the base", of_patterns(ext, ext.Neither), [], source=REGISTERED)
    expect("beside it", of_patterns(ext, Other), [], source=REGISTERED)


@scenario
def below_the_abstract_classes(ext):
    """A class below a type in C and an abstract class has the flag of that."""

    class One(ext.Neither, abc.Mapping):
        def __iter__(self):
            return iter(["key"])

    expect("flags", of_patterns(ext, One), ["mapping"], source=REGISTERED)
    expect("matched", kind_of(ext, One()), ("mapping", 8), source=MATCH)
