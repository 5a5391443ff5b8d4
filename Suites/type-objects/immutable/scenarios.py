from hpy_conform import attempt, expect, raised, record, returned, scenario

FLAG = "Python/C API, 'Type Objects', Py_TPFLAGS_IMMUTABLETYPE (attributes can be neither set nor deleted)"
STATIC = "Python/C API, 'Type Objects', Py_TPFLAGS_IMMUTABLETYPE (set for static types) and Static Types"
BELOW = "Python/C API, 'Type Objects', Py_TPFLAGS_IMMUTABLETYPE (not inherited)"
MUTABLE = "What's New in Python 3.12, Deprecated in the C API, and Python/C API, 'Pending removal in Python 3.14' "
REFUSED = MUTABLE + "(immutable types with mutable bases: disabled in 3.14)"
WARNED = MUTABLE + "(immutable types with mutable bases: deprecated in 3.12)"
ACCEPTED = "Python/C API of 3.10 and 3.11, 'Type Objects', PyType_FromSpecWithBases (no base is excluded)"
INHERITED = "Python language reference, 'Data model', Custom classes (attributes are looked up in the bases)"
FREEZE = "Python/C API, 'Type Objects', PyType_Freeze"
ALL_IMMUTABLE = FREEZE + " (all base classes must be immutable)"


class Other:
    colour = "other"


CHANGES = (("colour", "red"), ("answer", lambda self: "of Python"), ("__len__", lambda self: 9),
           ("__add__", lambda self, other: 1), ("__doc__", "Another."), ("__module__", "other"),
           ("__getattr__", lambda self, name: name), ("__slots__", ()))
KEPT = (("__name__", "Other"), ("__qualname__", "Other"), ("__bases__", (Other,)),
        ("__abstractmethods__", frozenset(["answer"])), ("__annotations__", {}))


def not_refused(function, type_, changes):
    """The names of those changes that do not end with a TypeError."""
    return [change[0] for change in changes if attempt(function, type_, *change).exception != "TypeError"]


def set_all(ext, fixed):
    one = fixed()
    expect("set", not_refused(setattr, fixed, CHANGES), [], source=FLAG)
    expect("set by type", not_refused(type.__setattr__, fixed, CHANGES), [], source=FLAG)
    expect("set by C", not_refused(ext.set, fixed, CHANGES), [], source=FLAG)
    expect("as before", (one.answer(), len(one), hasattr(one, "colour")), ("of C", 3, False), source=FLAG)


def delete_all(ext, fixed):
    one = fixed()
    names = [("answer",), ("__len__",), ("__doc__",), ("__new__",)]
    expect("deleted", not_refused(delattr, fixed, names), [], source=FLAG)
    expect("deleted by C", not_refused(ext.set, fixed, names), [], source=FLAG)
    expect("answer", attempt(lambda: one.answer()), returned("of C"), source=FLAG)
    expect("length", attempt(lambda: len(one)), returned(3), source=FLAG)


@scenario
def setting_attributes_of_an_immutable_type(ext):
    """Attributes of an immutable type are not set, whoever asks."""
    set_all(ext, ext.Fixed)


@scenario
def deleting_attributes_of_an_immutable_type(ext):
    """Attributes of an immutable type are not deleted, whoever asks."""
    delete_all(ext, ext.Fixed)


@scenario
def names_and_bases_of_an_immutable_type(ext):
    """What type itself keeps of a type is not set either."""
    expect("set", not_refused(setattr, ext.Fixed, KEPT), [], source=FLAG)
    expect("as before", (ext.Fixed.__name__, ext.Fixed.__qualname__, ext.Fixed.__bases__ == (object,)),
           ("Fixed", "Fixed", True), source=FLAG)


@scenario
def an_immutable_type_below_another(ext):
    """An immutable subclass in C is as immutable as its base, and inherits from it."""
    below = ext.FixedBelow
    expect("set", attempt(setattr, below, "colour", "red"), raised(TypeError), source=FLAG)
    expect("inherited", (below().answer(), len(below())), ("of C", 3), source=INHERITED)


@scenario
def classes_of_python_below(ext):
    """Classes of Python below immutable types are mutable, with one base and with two, and their slots follow."""

    class Sub(ext.Fixed):
        pass

    class Second(Other, ext.Fixed):
        pass

    class Deep(ext.FixedBelow):
        pass

    for cls in (Sub, Second, Deep):
        name, one = cls.__name__, cls()
        cls.colour, cls.answer, cls.__len__ = "red", lambda self: "of Python", lambda self: 9
        expect(name, (one.colour, one.answer(), len(one)), ("red", "of Python", 9), source=BELOW)
        del cls.answer, cls.__len__
        expect(name + ", deleted", (one.answer(), len(one)), ("of C", 3), source=INHERITED)
    expect("the base", (hasattr(ext.Fixed, "colour"), ext.Fixed().answer()), (False, "of C"), source=BELOW)


@scenario
def types_in_c_below(ext):
    """A type made in C at run time below an immutable one is mutable where it has not the flag itself."""
    one = ext.Below()
    ext.Below.colour, ext.Below.__len__ = "red", lambda self: 9
    expect("set", (one.colour, len(one)), ("red", 9), source=BELOW)
    del ext.Below.colour, ext.Below.__len__
    expect("deleted", (hasattr(one, "colour"), len(one)), (False, 3), source=BELOW)


@scenario
def the_flag_of_types(ext):
    """The flag is set where it was given, for builtins, and not for classes of Python."""

    class Sub(ext.Fixed):
        pass

    found = [ext.is_immutable(one) for one in (ext.Fixed, ext.FixedBelow, int, object, Sub, Other)]
    expect("flags", found, [True, True, True, True, False, False], source=STATIC)


@scenario
def the_flag_of_types_in_c_below(ext):
    """A type made in C at run time does not inherit the flag."""
    expect("flag", ext.is_immutable(ext.Below), False, source=BELOW)


@scenario
def the_flag_of_static_types(ext):
    """Every static type has the flag."""
    expect("flag", ext.is_immutable(ext.Below), True, source=STATIC)
    expect("set", attempt(setattr, ext.Below, "colour", "red"), raised(TypeError), source=STATIC)


@scenario
def classes_of_objects(ext):
    """The class of an object is exchanged neither from an immutable type nor to one."""

    class Sub(ext.Fixed):
        __slots__ = ()

    class Other(ext.Fixed):
        __slots__ = ()

    one = Sub()
    one.__class__ = Other
    expect("between classes", type(one) is Other, True,
           source="Python language reference, 'Data model', Objects, values and types (the type changes in some cases)")
    record("to", attempt(setattr, one, "__class__", ext.Fixed).exception)
    record("from", attempt(setattr, ext.Fixed(), "__class__", Sub).exception)


@scenario
def immutable_bases(ext):
    """An immutable type may have immutable bases, without a warning."""
    for label, bases in (("object", object), ("a type of C", ext.Fixed), ("a builtin", int),
                         ("two", (ext.FixedBelow, ext.Fixed))):
        done = attempt(ext.fixed, bases)
        expect(label, (done.exception, done.warnings, type(done.value) is type), (None, [], True),
               source=MUTABLE + "(mutable bases alone)")


@scenario
def mutable_bases_are_refused(ext):
    """An immutable type has no mutable base, be it a class of Python or a type of C, first or second."""

    class Sub(ext.Fixed):
        pass

    for label, bases in (("class", Other), ("type of C", ext.open(object)), ("below an immutable type", Sub),
                         ("second", (ext.Fixed, Other)), ("first", (Other, ext.Fixed))):
        expect(label, attempt(ext.fixed, bases), raised(TypeError), source=REFUSED)


@scenario
def mutable_bases_are_warned_of(ext):
    """An immutable type with a mutable base is made with a DeprecationWarning."""

    class Sub(ext.Fixed):
        pass

    for label, bases in (("class", Other), ("type of C", ext.open(object)), ("below an immutable type", Sub),
                         ("second", (ext.Fixed, Other)), ("first", (Other, ext.Fixed))):
        done = attempt(ext.fixed, bases)
        expect(label, (done.exception, done.warnings), (None, ["DeprecationWarning"]), source=WARNED)


@scenario
def mutable_bases_are_accepted(ext):
    """An immutable type with a mutable base is made without a warning."""

    class Sub(ext.Fixed):
        pass

    for label, bases in (("class", Other), ("type of C", ext.open(object)), ("below an immutable type", Sub),
                         ("second", (ext.Fixed, Other)), ("first", (Other, ext.Fixed))):
        done = attempt(ext.fixed, bases)
        expect(label, (done.exception, done.warnings), (None, []), source=ACCEPTED)


@scenario
def a_mutable_base_is_changed(ext):
    """An immutable type that was accepted follows its mutable base, and is immutable itself."""

    class Base:
        colour = "red"

        def __len__(self):
            return 1

    fixed = attempt(ext.fixed, Base).value
    one = fixed()
    expect("before", (fixed.colour, one.colour, len(one)), ("red", "red", 1), source=INHERITED)
    Base.colour, Base.__len__ = "blue", lambda self: 2
    expect("changed", (fixed.colour, one.colour, len(one)), ("blue", "blue", 2), source=INHERITED)
    del Base.colour
    expect("deleted", (hasattr(fixed, "colour"), hasattr(one, "colour")), (False, False), source=INHERITED)
    expect("set", attempt(setattr, fixed, "colour", 1), raised(TypeError), source=FLAG)


@scenario
def a_type_is_frozen(ext):
    """PyType_Freeze makes a type of C and a class of Python immutable."""

    class Sub(ext.Fixed):
        colour = "red"

    made = ext.open(object)
    for label, type_ in (("of C", made), ("of Python", Sub)):
        expect(label, (ext.is_immutable(type_), attempt(ext.freeze, type_).exception, ext.is_immutable(type_)),
               (False, None, True), source=FREEZE)
        expect(label + ", set", attempt(setattr, type_, "colour", "blue"), raised(TypeError), source=FLAG)
        expect(label + ", used", type_().answer(), "of C", source=FREEZE)
    set_all(ext, made)
    delete_all(ext, made)


@scenario
def types_that_are_not_frozen(ext):
    """PyType_Freeze refuses a type with a mutable base."""

    class Sub(ext.open(object)):
        pass

    class Second(ext.Fixed, Other):
        pass

    for type_ in (Sub, Second):
        expect(type_.__name__, attempt(ext.freeze, type_), raised(TypeError), source=ALL_IMMUTABLE)
        type_.colour = "red"
        expect(type_.__name__ + ", set", (type_.colour, ext.is_immutable(type_)), ("red", False), source=ALL_IMMUTABLE)
