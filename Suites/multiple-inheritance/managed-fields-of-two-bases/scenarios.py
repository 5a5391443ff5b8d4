import weakref

from hpy_conform import Watch, attempt, collect, expect, expect_released, one_of, record, scenario

FLAGS = "Python/C API, 'Type Objects', Py_TPFLAGS_MANAGED_DICT and Py_TPFLAGS_MANAGED_WEAKREF"
WITHOUT_GC = FLAGS + " (Py_TPFLAGS_HAVE_GC should also be set)"
INHERITED = FLAGS + " (inherited)"
ERROR = "Python/C API, 'Type Objects', tp_dictoffset and tp_weaklistoffset (an error to set both)"
CLEAR = "Python/C API, 'Type Objects', tp_dealloc and tp_clear; Py_TPFLAGS_MANAGED_DICT (visit and clear)"
STRUCT = "Python/C API, 'Type Objects', tp_basicsize and tp_alloc (the memory is zeroed)"
MEMBER = "Python/C API, 'Common Object Structures', PyMemberDef.offset and special offsets"
REFERENCES = "Python/C API, 'Type Objects', tp_weaklistoffset (inherited by subtypes)"
REFUSED = "Python/C API, 'Type Objects', tp_basicsize; Python library, TypeError"
ATTRIBUTES = "Python language reference, 'Data model', object.__dict__"
KEPT = "Python library, 'Mapping Types', dict (an item stays until it is removed)"
SLOTS = "Python language reference, 'Data model', __slots__"
WEAKREF = "Python library, 'weakref'"


def statement(bases):
    return type("Joined", bases, {})


def python():
    return type("Python", (), {})


def names(bases):
    return ", ".join(base.__name__ for base in bases)


def fill(one):
    for number, name in enumerate(("serial", "number", "added")):
        if hasattr(type(one), name):
            setattr(one, name, number + 5)
    if isinstance(one, list):
        one.extend([1, 2])


def kept(one):
    numbers = [getattr(one, name) == number + 5 for number, name in enumerate(("serial", "number", "added"))
               if hasattr(type(one), name)]
    return all(numbers) and (not isinstance(one, list) or list(one) == [1, 2])


def has_dictionary(cls, label, *arguments):
    """Objects have one dictionary, and what else they have is whole."""
    one, two = cls(*arguments), cls(*arguments)
    fill(one)
    one.colour, two.colour, one.size = "red", "blue", [1]
    del one.size
    expect(label + ": attributes", (one.colour, two.colour, vars(one)), ("red", "blue", {"colour": "red"}),
           source=ATTRIBUTES)
    expect(label + ": beside", kept(one), True, source=STRUCT)
    if hasattr(cls, "dictionary_is"):
        expect(label + ": field", one.dictionary_is(vars(one)), True, source=MEMBER)
    watch = Watch()
    one.held, one.itself = watch.thing("held"), one
    one.__dict__["other"] = vars(one)
    del one, two
    collect()
    expect_released(label + ": released", watch, ["held"], CLEAR)


def has_references(cls, label, *arguments):
    """Objects are weakly referenced, and what else they have is whole."""
    one, ended = cls(*arguments), []
    fill(one)
    reference = weakref.ref(one, ended.append)
    expect(label + ": referenced", reference() is one, True, source=WEAKREF)
    expect(label + ": beside it", kept(one), True, source=STRUCT)
    if hasattr(cls, "references_are"):
        held = one.references_are(reference) or one.references_are_null()
        expect(label + ": field of references", held, True, source=REFERENCES)
    del one
    collect()
    expect(label + ": dead", (reference(), len(ended)), (None, 1), source=WEAKREF)


def has_both(cls, label, *arguments):
    has_dictionary(cls, label, *arguments)
    has_references(cls, label, *arguments)


def in_both_orders(check, make, one, other, *arguments):
    for bases in ((one, other), (other, one)):
        check(make(bases), names(bases), *arguments)


def joined(check, make, one, other):
    """Bases that may not go together: refused, or everything that each of them promises."""
    for bases in ((one, other), (other, one)):
        made = attempt(make, bases)
        expect(names(bases) + ": made or refused", made.exception, one_of(None, "TypeError"), source=REFUSED)
        if made.exception is None:
            check(made.value, names(bases))


# One base.


@scenario
def managed_fields_alone(ext):
    """Types with either flag, both, and a field of their own, and what is derived from them in Python and in C."""
    for name in ("Proper", "Default", "Both"):
        cls = ext.make(name)
        has_both(cls, name)
        has_both(statement((cls,)), name + " in Python")
        has_both(ext.derive((cls,)), name + " in C")
    has_dictionary(ext.make("Dict"), "Dict")
    has_references(ext.make("Ref"), "Ref")


@scenario
def managed_references_alone(ext):
    """Managed weak references of a type, and of what is derived from it, also beside a struct."""
    base, number = ext.make("Ref"), ext.make("Number")
    has_references(base, "Ref")
    has_references(statement((base,)), "in Python")
    has_references(ext.derive((base,)), "in C")
    in_both_orders(has_references, statement, base, number)


@scenario
def a_dictionary_alone_gives_no_references(ext):
    """A type with one of the flags has not what the other one stands for."""
    record("Dict", attempt(weakref.ref, ext.make("Dict")()).exception)
    record("Ref", attempt(setattr, ext.make("Ref")(), "colour", "red").exception)


@scenario
def weak_references_without_gc(ext):
    """A type that says managed weak references and not GC: refused, or it works."""
    cls = attempt(ext.make, "LooseRef")
    expect("type", cls.exception, one_of(None, "SystemError"), source=WITHOUT_GC)
    if cls.exception is None:
        one = cls.value()
        reference = weakref.ref(one)
        expect("refers", reference() is one, True, source=FLAGS)
        del one
        collect()
        expect("dead", reference() is None, True, source=FLAGS)


@scenario
def a_dictionary_without_gc(ext):
    """A type that says managed dictionary and not GC: refused, or it works."""
    cls = attempt(ext.make, "LooseDict")
    expect("type", cls.exception, one_of(None, "SystemError"), source=WITHOUT_GC)
    if cls.exception is None:
        one = cls.value()
        one.colour = "red"
        expect("colour", one.colour, "red", source=FLAGS)


@scenario
def a_flag_and_an_offset(ext):
    """A type has a managed field or one in its struct."""
    for name in ("DictTwice", "RefTwice"):
        expect(name, attempt(ext.make, name).exception is not None, True, source=ERROR)
        record(name + ": exception", attempt(ext.make, name).exception)


@scenario
def contents_where_dealloc_forgets(ext):
    """What a managed dictionary holds is released, though the tp_dealloc leaves it to the interpreter."""
    one, watch = ext.make("Forgetful")(), Watch()
    one.held = watch.thing("held")
    del one
    collect()
    expect_released("held", watch, ["held"], FLAGS)


@scenario
def the_dictionary_outlives_its_object(ext):
    """A dictionary that somebody holds is whole after its object is gone."""
    for name in ("Proper", "Default", "Both"):
        for label, cls in ((name, ext.make(name)), (name + ", Empty", statement((ext.make(name), ext.make("Empty"))))):
            one = cls()
            one.colour = "red"
            dictionary = one.__dict__
            del one
            collect()
            expect(label, dictionary, {"colour": "red"}, source=KEPT)
            dictionary["size"] = 3
            expect(label + ": written", dictionary, {"colour": "red", "size": 3}, source=KEPT)


@scenario
def the_dictionary_outlives_what_forgets_it(ext):
    """The same for a tp_dealloc that leaves the dictionary to the interpreter."""
    one = ext.make("Forgetful")()
    one.colour = "red"
    dictionary = one.__dict__
    del one
    collect()
    others = [ext.make("Proper")() for _ in range(50)]
    for other in others:
        other.a, other.b = "x" * 40, [1, 2]
    expect("kept", dictionary == {"colour": "red"}, True, source=KEPT)
    dictionary["size"] = 3
    expect("written", dictionary == {"colour": "red", "size": 3}, True, source=KEPT)


@scenario
def cycles_through_the_dictionary(ext):
    """A cycle through the dictionary is found, with and without the dictionary having been asked for."""
    for name in ("Proper", "Default", "Both"):
        base = ext.make(name)
        for label, cls in ((name, base), (name + " in Python", statement((base, ext.make("Empty")))),
                           (name + " in C", ext.derive((base, ext.make("Empty"))))):
            for asked in (False, True):
                one, watch = cls(), Watch()
                one.itself, one.held = one, watch.thing("held")
                if asked:
                    one.dictionary = one.__dict__
                del one
                collect()
                expect_released("%s, %s" % (label, "asked for" if asked else "not asked for"), watch, ["held"], CLEAR)


# Beside a base without managed fields.


@scenario
def managed_fields_beside_an_empty_base(ext):
    """The other base has nothing; classes of Python and types of C, in either order."""
    in_both_orders(has_both, statement, ext.make("Both"), ext.make("Empty"))
    in_both_orders(has_both, statement, ext.make("Proper"), ext.make("Empty"))


@scenario
def managed_fields_beside_an_empty_base_from_c(ext):
    """The same for types that are made in C; the base of the layout is the one with the field."""
    in_both_orders(has_both, ext.derive, ext.make("Proper"), ext.make("Empty"))


@scenario
def managed_fields_before_a_struct(ext):
    """The managed fields are in front of the object, the struct of the other base behind its head."""
    for check, name in ((has_both, "Both"), (has_dictionary, "Dict"), (has_references, "Ref")):
        bases = (ext.make(name), ext.make("Number"))
        check(statement(bases), names(bases))


@scenario
def managed_fields_behind_a_struct(ext):
    """The same with the bases the other way round."""
    for check, name in ((has_both, "Both"), (has_dictionary, "Dict"), (has_references, "Ref")):
        bases = (ext.make("Number"), ext.make(name))
        check(statement(bases), names(bases))


@scenario
def a_managed_dictionary_before_a_struct_from_c(ext):
    """C makes the type: its objects have the dictionary, or they have no attributes."""
    may_have_attributes(ext.derive((ext.make("Dict"), ext.make("Number"))))


@scenario
def a_managed_dictionary_behind_a_struct_from_c(ext):
    """The same with the bases the other way round."""
    may_have_attributes(ext.derive((ext.make("Number"), ext.make("Dict"))))


@scenario
def managed_references_beside_a_struct_from_c(ext):
    """C makes the type: its objects are weakly referenced, or they cannot be."""
    for bases in ((ext.make("Ref"), ext.make("Number")), (ext.make("Number"), ext.make("Ref"))):
        one, label = ext.derive(bases)(), names(bases)
        fill(one)
        tried = attempt(weakref.ref, one)
        expect(label, tried.exception, one_of(None, "TypeError"), source=INHERITED)
        expect(label + ": beside", kept(one), True, source=STRUCT)
        if tried.exception is None:
            expect(label + ": referenced", tried.value() is one, True, source=WEAKREF)


def may_have_attributes(cls):
    one, two = cls(), cls()
    fill(one)
    tried = attempt(setattr, one, "colour", "red")
    expect("set", tried.exception, one_of(None, "AttributeError"), source=INHERITED)
    if tried.exception is None:
        expect("attributes", (one.colour, vars(one)), ("red", {"colour": "red"}), source=ATTRIBUTES)
    expect("beside", (kept(one), getattr(two, "number", 0)), (True, 0), source=STRUCT)


@scenario
def two_structs_beside_managed_fields(ext):
    """Both bases have a field: refused, or both are whole."""
    for make in (statement, ext.derive):
        for bases in ((ext.make("Proper"), ext.make("Number")), (ext.make("Number"), ext.make("Default"))):
            made = attempt(make, bases)
            label = "%s, %s" % (names(bases), "statement" if make is statement else "from C")
            expect(label, made.exception, one_of(None, "TypeError"), source=REFUSED)
            if made.exception is None:
                has_both(made.value, label)


@scenario
def managed_fields_beside_builtins(ext):
    """The struct of the other base is a builtin's, with items and with a collector among them."""
    for builtin, arguments in ((list, ()), (dict, ()), (float, (1.5,)), (ValueError, ())):
        in_both_orders(has_dictionary, statement, ext.make("Dict"), builtin, *arguments)
    for builtin, arguments in ((list, ()), (float, (1.5,)), (str, ("a",))):
        in_both_orders(has_references, statement, ext.make("Ref"), builtin, *arguments)


@scenario
def managed_fields_beside_items(ext):
    """The other base is of variable size."""
    for builtin, value in ((int, 2 ** 100), (tuple, (1, 2, 3)), (bytes, b"abc")):
        for bases in ((ext.make("Dict"), builtin), (builtin, ext.make("Dict"))):
            one = statement(bases)(value)
            one.colour, watch = "red", Watch()
            one.held = watch.thing("held")
            expect(names(bases), (builtin(one) == value, one.colour), (True, "red"), source=FLAGS)
            del one
            collect()
            expect_released(names(bases) + ": released", watch, ["held"], CLEAR)


@scenario
def managed_fields_beside_a_python_class(ext):
    """The other base is a Python class, whose objects have a dictionary and weak references, too."""
    for name in ("Both", "Proper", "Dict"):
        in_both_orders(has_both, statement, ext.make(name), python())
    in_both_orders(has_both, statement, ext.make("Ref"), python())


@scenario
def managed_fields_beside_a_python_class_from_c(ext):
    """The same for types that are made in C."""
    in_both_orders(has_both, ext.derive, ext.make("Both"), python())


@scenario
def managed_fields_with_a_struct_beside_a_python_class_from_c(ext):
    """The same for types that are made in C, where the type with managed fields has a field of its own."""
    in_both_orders(has_both, ext.derive, ext.make("Proper"), python())


@scenario
def managed_fields_below_slots(ext):
    """Slots of a class, and of the other base, lie behind the struct; the managed fields stay."""
    for bases in ((ext.make("Both"), ext.make("Number")), (ext.make("Empty"), ext.make("Proper"))):
        cls = type("Joined", bases, {"__slots__": ("a",)})
        has_both(cls, names(bases))
        one = cls()
        one.a, one.b = [1], "b"
        fill(one)
        expect(names(bases) + ": slots", (one.a, one.b, kept(one)), ([1], "b", True), source=SLOTS)
    slotted = type("Slotted", (), {"__slots__": ("a",)})
    for bases in ((ext.make("Both"), slotted), (slotted, ext.make("Both"))):
        one = statement(bases)()
        one.a, one.b = [1], "b"
        expect(names(bases), (one.a, one.b), ([1], "b"), source=SLOTS)


@scenario
def managed_fields_beside_added_memory(ext):
    """A type adds memory to bases with managed fields."""
    for bases in ((ext.make("Proper"),), (ext.make("Both"),), (ext.make("Proper"), ext.make("Empty")),
                  (ext.make("Empty"), ext.make("Proper"))):
        added = ext.add(bases)
        has_both(added, names(bases))
        has_both(statement((added, ext.make("Empty"))), names(bases) + " in Python")


# Managed fields or offsets in both bases.


@scenario
def managed_fields_in_both_bases(ext):
    """There is one dictionary and one list of weak references, whichever of the bases has them."""
    has_both(statement((ext.make("Both"), ext.make("Both"))), "twice the same")
    for one, other in (("Proper", "Both"), ("Default", "Both"), ("Dict", "Both"), ("Ref", "Both")):
        in_both_orders(has_both, statement, ext.make(one), ext.make(other))


@scenario
def managed_fields_in_both_bases_from_c(ext):
    """The same for types that are made in C."""
    has_both(ext.derive((ext.make("Both"), ext.make("Both"))), "twice the same")
    for one, other in (("Proper", "Both"), ("Default", "Both")):
        in_both_orders(has_both, ext.derive, ext.make(one), ext.make(other))


@scenario
def a_dictionary_in_one_base_and_references_in_the_other(ext):
    """Each base has one of the two, and a class of both has both."""
    in_both_orders(has_both, statement, ext.make("Dict"), ext.make("Ref"))


@scenario
def a_dictionary_before_references_from_c(ext):
    """C makes the type: it has the dictionary of its first base, that of the layout."""
    has_dictionary(ext.derive((ext.make("Dict"), ext.make("Ref"))), "Dict, Ref")


@scenario
def references_before_a_dictionary_from_c(ext):
    """C makes the type: it has the weak references of its first base, that of the layout."""
    has_references(ext.derive((ext.make("Ref"), ext.make("Dict"))), "Ref, Dict")


@scenario
def attributes_where_references_are_before_a_dictionary_from_c(ext):
    """The same type has the dictionary of its second base, or its objects have no attributes."""
    may_have_attributes(ext.derive((ext.make("Ref"), ext.make("Dict"))))


@scenario
def a_managed_dictionary_beside_one_at_an_offset(ext):
    """One base has a managed dictionary, the other one in its struct: refused, or one dictionary, in the struct."""
    joined(has_dictionary, statement, ext.make("Dict"), ext.make("Dicted"))


@scenario
def a_managed_dictionary_beside_one_at_an_offset_from_c(ext):
    """The same for types that are made in C."""
    joined(has_dictionary, ext.derive, ext.make("Dict"), ext.make("Dicted"))


@scenario
def managed_references_beside_an_offset(ext):
    """One base has managed weak references, the other a list in its struct."""
    joined(has_references, statement, ext.make("Ref"), ext.make("Weak"))


@scenario
def managed_references_beside_an_offset_from_c(ext):
    """The same for types that are made in C."""
    joined(has_references, ext.derive, ext.make("Ref"), ext.make("Weak"))


@scenario
def a_managed_dictionary_beside_references_at_an_offset(ext):
    """One is managed, the other is in the struct."""
    in_both_orders(has_both, statement, ext.make("Dict"), ext.make("Weak"))
    for bases in ((ext.make("Ref"), ext.make("Dicted")), (ext.make("Dicted"), ext.make("Ref"))):
        one = statement(bases)()
        one.colour = "red"
        reference = weakref.ref(one)
        expect(names(bases), (vars(one), one.dictionary_is(vars(one)), reference() is one),
               ({"colour": "red"}, True, True), source=MEMBER)


@scenario
def a_static_type_with_a_managed_dictionary(ext):
    """A static type says the flag of a managed dictionary, alone or beside the other: refused, or it works."""
    for check, name in ((has_dictionary, "Dict"), (has_both, "Proper")):
        made = attempt(ext.make, name)
        expect(name, made.exception, one_of(None, "SystemError"), source=FLAGS)
        if made.exception is None:
            check(made.value, name)
