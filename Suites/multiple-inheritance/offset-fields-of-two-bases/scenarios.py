import weakref

from hpy_conform import Watch, attempt, collect, expect, expect_released, one_of, raised, scenario

MEMBER = "Python/C API, 'Common Object Structures', PyMemberDef.offset and special offsets"
DICTIONARY = "Python/C API, 'Type Objects', tp_dictoffset (inherited by subtypes)"
REFERENCES = "Python/C API, 'Type Objects', tp_weaklistoffset (inherited by subtypes)"
STRUCT = "Python/C API, 'Type Objects', tp_basicsize and tp_alloc (the memory is zeroed)"
REFUSED = "Python/C API, 'Type Objects', tp_dictoffset and tp_weaklistoffset; Python library, TypeError"
ATTRIBUTES = "Python language reference, 'Data model', object.__dict__"
WEAKREF = "Python library, 'weakref'; Python/C API, 'Type Objects', tp_weaklistoffset"
SLOTS = "Python language reference, 'Data model', __slots__"
DEALLOC = "Python/C API, 'Type Objects', tp_dealloc"


def statement(bases):
    return type("Joined", bases, {})


def fill(one):
    """Write what the other bases have, and say what it is then."""
    for name in ("number", "before", "after"):
        if hasattr(type(one), name):
            setattr(one, name, 5)
    if isinstance(one, list):
        one.extend([1, 2, 3])


def kept(one):
    numbers = [getattr(one, name) == 5 for name in ("number", "before", "after") if hasattr(type(one), name)]
    return all(numbers) and (not isinstance(one, list) or list(one) == [1, 2, 3])


def empty(one):
    numbers = [getattr(one, name) == 0 for name in ("number", "before", "after") if hasattr(type(one), name)]
    return all(numbers) and (not isinstance(one, list) or list(one) == [])


def prefixed(label, text):
    return "%s: %s" % (label, text) if label else text


def has_dictionary(cls, label=""):
    """Objects of the class have a dictionary, which is what the struct's field holds, and what is beside is whole."""
    one, two = cls(), cls()
    expect(prefixed(label, "fresh"), empty(one), True, source=STRUCT)
    fill(one)
    tried = attempt(setattr, one, "colour", "red")
    expect(prefixed(label, "set"), tried.exception, None, source=ATTRIBUTES)
    if tried.exception is not None:
        return
    two.colour, one.size = "blue", [1]
    del one.size
    expect(prefixed(label, "attributes"), (one.colour, two.colour, vars(one)), ("red", "blue", {"colour": "red"}),
           source=ATTRIBUTES)
    expect(prefixed(label, "beside"), (kept(one), empty(two)), (True, True), source=STRUCT)
    for check in ("early_is", "late_is"):
        if hasattr(cls, check):
            expect(prefixed(label, check + " the dictionary"), getattr(one, check)(vars(one)), True, source=MEMBER)
    one.__dict__ = {"other": 1}
    expect(prefixed(label, "replaced"), (one.other, hasattr(one, "colour"), kept(one)), (1, False, True),
           source=ATTRIBUTES)


def has_references(cls, label=""):
    """Objects of the class are weakly referenced, in the struct's field if anywhere there."""
    one = cls()
    expect(prefixed(label, "fresh"), empty(one), True, source=STRUCT)
    fill(one)
    for check in ("early_is", "late_is"):
        if hasattr(cls, check):
            expect(prefixed(label, check + "_null"), getattr(one, check + "_null")(), True, source=STRUCT)
    tried = attempt(weakref.ref, one)
    expect(prefixed(label, "referenced"), tried.exception, None, source=WEAKREF)
    if tried.exception is not None:
        return
    reference = tried.value
    expect(prefixed(label, "the object"), reference() is one, True, source=WEAKREF)
    expect(prefixed(label, "beside"), kept(one), True, source=STRUCT)
    for check in ("early_is", "late_is"):
        if hasattr(cls, check):
            # A subtype may have another list head (tp_weaklistoffset): then this one is as it was.
            held = getattr(one, check)(reference) or getattr(one, check + "_null")()
            expect(prefixed(label, check + " the references"), held, True, source=REFERENCES)
    del one, tried
    collect()
    expect(prefixed(label, "dead"), reference() is None, True, source=WEAKREF)


def joined(check, make, *orders):
    """Bases that may not go together: refused, or everything that each of them promises."""
    for bases in orders:
        label = ", ".join(base.__name__ for base in bases) if len(orders) > 1 else ""
        made = attempt(make, bases)
        expect(prefixed(label, "made or refused"), made.exception, one_of(None, "TypeError"), source=REFUSED)
        if made.exception is None:
            check(made.value, label)


def both(check, make, one, other):
    """Bases that go together in either order."""
    for bases in ((one, other), (other, one)):
        check(make(bases), ", ".join(base.__name__ for base in bases))


def python():
    return type("Python", (), {})


# Dictionaries.


@scenario
def dictionaries_at_offsets(ext):
    """Without a second base the field is the dictionary, wherever it is in the struct."""
    for cls in (ext.Dicted, ext.Inside, ext.Further, ext.Deep, ext.Side):
        has_dictionary(cls, cls.__name__)


@scenario
def a_dictionary_of_the_collector(ext):
    """The same for a type of the collector."""
    has_dictionary(ext.Collected)


@scenario
def a_dictionary_beside_an_empty_base(ext):
    """The dictionary stays where it is beside a type without fields."""
    both(has_dictionary, statement, ext.Dicted, ext.Empty)


@scenario
def a_dictionary_before_an_empty_base_from_c(ext):
    """C makes the type; the dictionary comes first."""
    has_dictionary(ext.derive((ext.Dicted, ext.Empty)))


@scenario
def a_dictionary_behind_an_empty_base_from_c(ext):
    """C makes the type; the dictionary comes second."""
    has_dictionary(ext.derive((ext.Empty, ext.Dicted)))


@scenario
def a_dictionary_inside_beside_an_empty_base(ext):
    """The same where other fields stand before or behind the dictionary, in Python and in C."""
    for base in (ext.Inside, ext.Further):
        both(has_dictionary, statement, base, ext.Empty)
    has_dictionary(ext.derive((ext.Empty, ext.Inside)), "from C")
    has_dictionary(ext.derive((ext.Further, ext.Empty)), "from C, Further")


@scenario
def a_dictionary_before_a_python_class(ext):
    """A Python class, whose objects have a dictionary of their own, comes second."""
    joined(has_dictionary, statement, (ext.Dicted, python()))


@scenario
def a_dictionary_behind_a_python_class(ext):
    """The Python class comes first."""
    joined(has_dictionary, statement, (python(), ext.Dicted))


@scenario
def a_dictionary_beside_a_python_class_from_c(ext):
    """Both orders, for types that are made in C."""
    joined(has_dictionary, ext.derive, (ext.Dicted, python()), (python(), ext.Dicted))


@scenario
def a_dictionary_before_a_struct(ext):
    """The other base has a number where the first has its dictionary."""
    joined(has_dictionary, statement, (ext.Dicted, ext.Number))


@scenario
def a_dictionary_behind_a_struct(ext):
    """The same with the bases the other way round."""
    joined(has_dictionary, statement, (ext.Number, ext.Dicted))


@scenario
def a_dictionary_before_a_struct_from_c(ext):
    """C makes the type; the dictionary comes first."""
    joined(has_dictionary, ext.derive, (ext.Dicted, ext.Number))


@scenario
def a_dictionary_behind_a_struct_from_c(ext):
    """C makes the type; the dictionary comes second."""
    joined(has_dictionary, ext.derive, (ext.Number, ext.Dicted))


@scenario
def a_dictionary_before_a_list(ext):
    """The other base is list, with a struct that C knows and a collector."""
    joined(has_dictionary, statement, (ext.Collected, list))


@scenario
def a_dictionary_behind_a_list(ext):
    """The same with the bases the other way round."""
    joined(has_dictionary, statement, (list, ext.Collected))


@scenario
def a_dictionary_beside_a_list_from_c(ext):
    """Both orders, for types that are made in C."""
    joined(has_dictionary, ext.derive, (ext.Collected, list), (list, ext.Collected))


@scenario
def a_dictionary_inside_beside_a_struct(ext):
    """The dictionary stands before or behind another field, so that the struct is a struct without it, too."""
    joined(has_dictionary, statement, (ext.Inside, ext.Number), (ext.Number, ext.Inside), (ext.Further, ext.Number),
           (ext.Number, ext.Further))


@scenario
def dictionaries_at_one_offset(ext):
    """Both bases have a dictionary, at the same offset: there is one."""
    joined(has_dictionary, statement, (ext.Dicted, ext.Again), (ext.Again, ext.Dicted))


@scenario
def dictionaries_at_two_offsets(ext):
    """Both bases have a dictionary, at different offsets."""
    joined(has_dictionary, statement, (ext.Dicted, ext.Further), (ext.Further, ext.Dicted))


@scenario
def dictionaries_at_two_offsets_from_c(ext):
    """The same for types that are made in C."""
    joined(has_dictionary, ext.derive, (ext.Dicted, ext.Further), (ext.Further, ext.Dicted))


@scenario
def a_dictionary_in_a_diamond(ext):
    """Two subtypes of the type with the dictionary, one with another field, one without."""
    both(has_dictionary, statement, ext.Deep, ext.Side)


@scenario
def a_dictionary_in_a_diamond_from_c(ext):
    """The same for types that are made in C."""
    both(has_dictionary, ext.derive, ext.Deep, ext.Side)


def set_slots(cls, label):
    one, two = cls(), cls()
    one.a, one.colour = [1], "red"
    expect(label + ": slots", (one.a, hasattr(two, "a")), ([1], False), source=SLOTS)
    expect(label + ": attributes", vars(one), {"colour": "red"}, source=ATTRIBUTES)
    for check in ("early_is", "late_is"):
        if hasattr(cls, check):
            expect("%s: %s the dictionary" % (label, check), getattr(one, check)(vars(one)), True, source=MEMBER)


@scenario
def slots_in_a_class_with_a_dictionary(ext):
    """Slots of the class itself, and of a class between, lie behind the dictionary's field."""
    for bases in ((ext.Dicted, ext.Empty), (ext.Empty, ext.Inside), (ext.Deep, ext.Side)):
        label = ", ".join(base.__name__ for base in bases)
        set_slots(type("Joined", bases, {"__slots__": ("a",)}), label)
        set_slots(statement((type("Between", bases, {"__slots__": ("a",)}), ext.Empty)), label + " between")


@scenario
def slots_beside_a_dictionary(ext):
    """The other base has slots: refused, or both are there."""
    slotted = type("Slotted", (), {"__slots__": ("a",)})
    joined(set_slots, statement, (ext.Dicted, slotted), (slotted, ext.Dicted))


@scenario
def a_declared_dictionary_beside_one_in_the_struct(ext):
    """The other base has declared a dictionary in its slots."""
    declared = type("Declared", (), {"__slots__": ("__dict__",)})
    joined(has_dictionary, statement, (ext.Dicted, declared), (declared, ext.Dicted))


def releases(make, *orders):
    for bases in orders:
        watch, one = Watch(), make(bases)()
        one.held = watch.thing("held")
        del one
        collect()
        expect_released(", ".join(base.__name__ for base in bases), watch, ["held"], DEALLOC)


@scenario
def what_dictionaries_hold_is_released(ext):
    """What is in the dictionary goes with the object."""
    releases(statement, (ext.Dicted, ext.Empty), (ext.Deep, ext.Side), (ext.Side, ext.Deep), (ext.Empty, ext.Dicted))


@scenario
def what_dictionaries_hold_is_released_from_c(ext):
    """The same for types that are made in C."""
    releases(ext.derive, (ext.Dicted, ext.Empty), (ext.Deep, ext.Side), (ext.Side, ext.Deep))


@scenario
def what_a_dictionary_behind_an_empty_base_holds_is_released_from_c(ext):
    """The same where a type without fields comes first."""
    releases(ext.derive, (ext.Empty, ext.Dicted))


@scenario
def a_cycle_through_the_dictionary(ext):
    """An object that its dictionary refers to is collected, beside a base without fields in either order."""
    for bases in ((ext.Collected, ext.Empty), (ext.Empty, ext.Collected)):
        watch, one = Watch(), statement(bases)()
        one.held, one.itself = watch.thing("held"), one
        del one
        collect()
        expect_released(", ".join(base.__name__ for base in bases), watch, ["held"], DEALLOC)


# The dictionary of a Python class, beside a struct without one.


def may_have_attributes(cls, label=""):
    """Whether objects of such a type have a dictionary, no document says; it is not where the struct is."""
    one, two = cls(), cls()
    expect(prefixed(label, "fresh"), empty(one), True, source=STRUCT)
    fill(one)
    tried = attempt(setattr, one, "colour", "red")
    expect(prefixed(label, "set"), tried.exception, one_of(None, "AttributeError"), source=ATTRIBUTES)
    if tried.exception is None:
        expect(prefixed(label, "attributes"), (one.colour, vars(one)), ("red", {"colour": "red"}), source=ATTRIBUTES)
    expect(prefixed(label, "beside"), (kept(one), empty(two)), (True, True), source=STRUCT)


def may_have_references(cls, label=""):
    """The same for weak references."""
    one = cls()
    expect(prefixed(label, "fresh"), empty(one), True, source=STRUCT)
    fill(one)
    tried = attempt(weakref.ref, one)
    expect(prefixed(label, "tried"), tried.exception, one_of(None, "TypeError"), source=WEAKREF)
    expect(prefixed(label, "beside"), kept(one), True, source=STRUCT)
    if tried.exception is None:
        expect(prefixed(label, "referenced"), tried.value() is one, True, source=WEAKREF)
        reference = tried.value
        tried = one = None
        collect()
        expect(prefixed(label, "dead"), reference() is None, True, source=WEAKREF)


@scenario
def attributes_of_a_python_class_beside_a_struct(ext):
    """A class of a Python class and a struct has attributes, which are not where the struct is."""
    for base in (ext.Number, ext.Inside):
        both(has_dictionary, statement, python(), base)


@scenario
def attributes_of_a_python_class_before_a_struct_from_c(ext):
    """C makes the type; the Python class comes first."""
    may_have_attributes(ext.derive((python(), ext.Number)))


@scenario
def attributes_of_a_python_class_behind_a_struct_from_c(ext):
    """C makes the type; the Python class comes second."""
    may_have_attributes(ext.derive((ext.Number, python())))


@scenario
def references_to_a_python_class_before_a_struct_from_c(ext):
    """C makes the type; the Python class, whose objects are weakly referenced, comes first."""
    may_have_references(ext.derive((python(), ext.Number)))


@scenario
def references_to_a_python_class_behind_a_struct_from_c(ext):
    """C makes the type; the Python class comes second."""
    may_have_references(ext.derive((ext.Number, python())))


# Weak references.


@scenario
def references_at_offsets(ext):
    """Without a second base objects are weakly referenced, wherever the field is in the struct."""
    for cls in (ext.Weak, ext.WeakInside, ext.WeakFurther, ext.WeakDeep, ext.WeakSide):
        has_references(cls, cls.__name__)


@scenario
def references_beside_an_empty_base(ext):
    """The same beside a type without fields."""
    both(has_references, statement, ext.Weak, ext.Empty)


@scenario
def references_beside_an_empty_base_from_c(ext):
    """The same for types that are made in C."""
    both(has_references, ext.derive, ext.Weak, ext.Empty)


@scenario
def references_inside_beside_an_empty_base(ext):
    """The same where other fields stand before or behind the field, in Python and in C."""
    for base in (ext.WeakInside, ext.WeakFurther):
        both(has_references, statement, base, ext.Empty)
    has_references(ext.derive((ext.Empty, ext.WeakInside)), "from C")
    has_references(ext.derive((ext.WeakFurther, ext.Empty)), "from C, WeakFurther")


@scenario
def references_before_a_python_class(ext):
    """A Python class, whose objects have a dictionary and weak references of their own, comes second."""
    joined(has_references, statement, (ext.Weak, python()))


@scenario
def references_behind_a_python_class(ext):
    """The Python class comes first."""
    joined(has_references, statement, (python(), ext.Weak))


@scenario
def references_beside_a_python_class_from_c(ext):
    """Both orders, for types that are made in C."""
    joined(has_references, ext.derive, (ext.Weak, python()), (python(), ext.Weak))


@scenario
def references_before_a_struct(ext):
    """The other base has a number where the first has the field for weak references."""
    joined(has_references, statement, (ext.Weak, ext.Number))


@scenario
def references_behind_a_struct(ext):
    """The same with the bases the other way round."""
    joined(has_references, statement, (ext.Number, ext.Weak))


@scenario
def references_before_a_struct_from_c(ext):
    """C makes the type; the field for weak references comes first."""
    joined(has_references, ext.derive, (ext.Weak, ext.Number))


@scenario
def references_behind_a_struct_from_c(ext):
    """C makes the type; the field for weak references comes second."""
    joined(has_references, ext.derive, (ext.Number, ext.Weak))


@scenario
def references_before_a_list(ext):
    """The other base is list."""
    joined(has_references, statement, (ext.Weak, list))


@scenario
def references_behind_a_list(ext):
    """The same with the bases the other way round."""
    joined(has_references, statement, (list, ext.Weak))


@scenario
def references_beside_a_list_from_c(ext):
    """Both orders, for types that are made in C."""
    joined(has_references, ext.derive, (ext.Weak, list), (list, ext.Weak))


@scenario
def references_inside_beside_a_struct(ext):
    """The field stands before or behind another one, so that the struct is a struct without it, too."""
    joined(has_references, statement, (ext.WeakInside, ext.Number), (ext.Number, ext.WeakInside),
           (ext.WeakFurther, ext.Number), (ext.Number, ext.WeakFurther))


@scenario
def references_at_one_offset(ext):
    """Both bases have weak references, at the same offset."""
    joined(has_references, statement, (ext.Weak, ext.WeakAgain), (ext.WeakAgain, ext.Weak))


@scenario
def references_at_two_offsets(ext):
    """Both bases have weak references, at different offsets."""
    joined(has_references, statement, (ext.Weak, ext.WeakFurther), (ext.WeakFurther, ext.Weak))


@scenario
def references_at_two_offsets_from_c(ext):
    """The same for types that are made in C."""
    joined(has_references, ext.derive, (ext.Weak, ext.WeakFurther), (ext.WeakFurther, ext.Weak))


@scenario
def references_in_a_diamond(ext):
    """Two subtypes of the type with weak references, one with another field, one without."""
    both(has_references, statement, ext.WeakDeep, ext.WeakSide)


@scenario
def references_in_a_diamond_from_c(ext):
    """The same for types that are made in C."""
    both(has_references, ext.derive, ext.WeakDeep, ext.WeakSide)


def calls_back(ext, make):
    for bases in ((ext.Weak, ext.Empty), (ext.WeakDeep, ext.WeakSide), (ext.Empty, ext.Weak)):
        ended, one, label = [], make(bases)(), ", ".join(base.__name__ for base in bases)
        tried = [attempt(weakref.ref, one, ended.append) for _ in range(3)]
        expect(label, [each.exception for each in tried], [None] * 3, source=WEAKREF)
        if [each for each in tried if each.exception is not None]:
            continue
        references = [each.value for each in tried]
        expect(label + ": alive", [reference() is one for reference in references], [True] * 3, source=WEAKREF)
        del one, tried
        collect()
        expect(label + ": ended", (len(ended), [reference() for reference in references]), (3, [None] * 3),
               source=WEAKREF)


@scenario
def callbacks_of_references(ext):
    """Callbacks run once when the object goes, in each class with weak references in its struct."""
    calls_back(ext, statement)


@scenario
def callbacks_of_references_from_c(ext):
    """The same for types that are made in C."""
    calls_back(ext, ext.derive)


# One field of each kind.


def has_each(cls, label=""):
    """Objects have a dictionary and weak references, each base's field holds its own or, for references, nothing."""
    one = cls()
    tried = attempt(setattr, one, "colour", "red"), attempt(weakref.ref, one)
    expect(prefixed(label, "possible"), [each.exception for each in tried], [None, None], source=ATTRIBUTES)
    if tried[0].exception or tried[1].exception:
        return
    reference, tried = tried[1].value, None
    expect(prefixed(label, "both"), (one.colour, vars(one), reference() is one), ("red", {"colour": "red"}, True),
           source=ATTRIBUTES)
    expect(prefixed(label, "early_is the dictionary"), one.early_is(vars(one)), True, source=MEMBER)
    if hasattr(cls, "late_is"):
        expect(prefixed(label, "late_is the references"), one.late_is(reference) or one.late_is_null(), True,
               source=REFERENCES)
    del one
    collect()
    expect(prefixed(label, "dead"), reference() is None, True, source=WEAKREF)


@scenario
def a_dictionary_beside_references(ext):
    """One base has a dictionary where the other has something before its weak references."""
    joined(has_each, statement, (ext.Dicted, ext.WeakFurther), (ext.WeakFurther, ext.Dicted))


@scenario
def a_dictionary_beside_references_from_c(ext):
    """The same for types that are made in C."""
    joined(has_each, ext.derive, (ext.Dicted, ext.WeakFurther), (ext.WeakFurther, ext.Dicted))


@scenario
def a_dictionary_and_references_at_one_offset(ext):
    """The bases give one place to a dictionary and to weak references, which cannot both be there."""
    for bases in ((ext.Dicted, ext.Weak), (ext.Weak, ext.Dicted)):
        label = ", ".join(base.__name__ for base in bases)
        expect(label, attempt(statement, bases), raised(TypeError), source=REFUSED)
