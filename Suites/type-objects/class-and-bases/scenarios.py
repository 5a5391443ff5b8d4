from hpy_conform import attempt, collect, expect, raised, scenario

CLASS = "Python language reference, 'Data model', Objects, values and types (a type can be changed in some cases)"
SLOTS = "Python language reference, 'Data model', __slots__ (__class__ is assigned between classes with the same)"
NO_CLASS = "Python language reference, 'Data model', object.__class__ (a class)"
MRO = "Python language reference, 'Data model', Custom classes (C3 method resolution order)"
SPECIAL = "Python language reference, 'Data model', Special method lookup (on the type of the object)"
STRUCT = "Python/C API, 'Type Objects', tp_basicsize; HPy hpytype.h, HPyType_HELPERS"
SUBCLASSES = "Python library, 'Built-in Types', type.__subclasses__"
BASES = "Python language reference, 'Data model', type.__bases__ (a tuple of the classes that it derives from)"
FINAL = "Python/C API, 'Type Objects', Py_TPFLAGS_BASETYPE; HPy hpytype.h, HPy_TPFLAGS_BASETYPE"
STATIC = "Python/C API, 'Type Objects', Static Types (immutable)"


class Mixin:
    def who(self):
        return "Mixin"

    def __len__(self):
        return 7


class Other:
    pass


@scenario
def between_classes_of_one_base(ext):
    """An object goes from one class of Python below a type in C to another, with its struct and its attributes."""

    class One(ext.Base):
        def who(self):
            return "One"

    class Two(ext.Base):
        def __len__(self):
            return 4

    one = One()
    one.number, one.other = 5, "kept"
    one.__class__ = Two
    found = (type(one) is Two, one.__class__ is Two, isinstance(one, One), one.who(), len(one))
    expect("class", found, (True, True, False, "Base", 4), source=CLASS)
    expect("content", (one.number, one.other), (5, "kept"), source=CLASS)
    one.__class__ = One
    expect("back", (type(one) is One, one.who(), one.number), (True, "One", 5), source=CLASS)
    expect("no length", attempt(lambda: len(one)), raised(TypeError), source=SPECIAL)


@scenario
def the_classes_are_released(ext):
    """An object that changed its class keeps the new one alive, and not the old one."""
    made = {"one": type("One", (ext.Base,), {}), "two": type("Two", (ext.Base,), {})}
    one = made["one"]()
    one.__class__ = made["two"]
    made.clear()
    collect()
    names = sorted(cls.__name__ for cls in ext.Base.__subclasses__() if cls.__name__ in ("One", "Two"))
    expect("alive", (names, type(one).__name__), (["Two"], "Two"), source=SUBCLASSES)
    del one
    collect()
    expect("none", [cls.__name__ for cls in ext.Base.__subclasses__() if cls.__name__ in ("One", "Two")], [],
           source=SUBCLASSES)


@scenario
def between_classes_with_slots(ext):
    """Classes with the same __slots__ below a type in C may be exchanged, and with others not."""

    class One(ext.Base):
        __slots__ = ("a", "b")

    class Two(ext.Base):
        __slots__ = ("a", "b")

    class Three(ext.Base):
        __slots__ = ("a", "c", "d")

    one = One()
    one.a, one.b, one.number = 1, 2, 3
    one.__class__ = Two
    expect("same", (type(one) is Two, one.a, one.b, one.number), (True, 1, 2, 3), source=SLOTS)
    expect("others", attempt(setattr, one, "__class__", Three), raised(TypeError), source=SLOTS)
    expect("kept", (type(one) is Two, one.a, one.b, one.number), (True, 1, 2, 3), source=SLOTS)


@scenario
def to_a_class_of_another_c_type(ext):
    """An object does not get a class of Python below a type in C that has another struct."""
    for name in ("Wide", "Unlike"):
        one, two = type("One", (ext.Base,), {})(), type("Two", (getattr(ext, name),), {})
        one.number = 5
        expect(name, attempt(setattr, one, "__class__", two).exception, "TypeError", source=STRUCT)
        expect(name + ", kept", getattr(one, "number", None), 5, source=STRUCT)


@scenario
def to_a_class_of_a_c_subclass(ext):
    """Whether or not it gets a class below a type in C that adds no struct, the struct is kept."""
    one, two = type("One", (ext.Base,), {})(), type("Two", (ext.Same,), {})
    one.number = 5
    if attempt(setattr, one, "__class__", two).exception is None:
        expect("who", one.who(), "Same", source=CLASS)
    expect("kept", one.number, 5, source=STRUCT)


@scenario
def to_a_class_without_the_struct(ext):
    """An object with a struct does not get a class of Python that has none, and the other way round."""

    class One(ext.Base):
        pass

    one, other = One(), Other()
    one.number = 5
    expect("without", attempt(setattr, one, "__class__", Other).exception, "TypeError", source=STRUCT)
    expect("with", attempt(setattr, other, "__class__", One).exception, "TypeError", source=STRUCT)
    expect("kept", (type(one) is One, getattr(one, "number", None), type(other) is Other), (True, 5, True),
           source=STRUCT)


@scenario
def to_a_builtin(ext):
    """Neither do objects of types in C get a builtin class, nor those of builtins one of C."""

    class One(ext.Base):
        pass

    one = One()
    for label, function in (("int", lambda: setattr(one, "__class__", int)),
                            ("object", lambda: setattr(one, "__class__", object)),
                            ("of a list", lambda: setattr([], "__class__", One)),
                            ("of a number", lambda: setattr(5, "__class__", One))):
        expect(label, attempt(function).exception, "TypeError", source=STRUCT)
    expect("kept", type(one) is One, True, source=STRUCT)


@scenario
def to_no_class(ext):
    """Only a class is the class of an object, and it can't be deleted."""

    class One(ext.Base):
        pass

    one = One()
    expect("number", attempt(setattr, one, "__class__", 5), raised(TypeError), source=NO_CLASS)
    expect("object", attempt(setattr, one, "__class__", one), raised(TypeError), source=NO_CLASS)
    expect("not deleted", (attempt(delattr, one, "__class__").exception is None, type(one) is One), (False, True),
           source=NO_CLASS)


@scenario
def objects_of_c_types(ext):
    """Whether or not an object of a type in C gets another type with its struct, the struct is kept."""
    one = ext.Base()
    one.number = 5
    if attempt(setattr, one, "__class__", ext.Same).exception is None:
        expect("who", (one.who(), len(one)), ("Same", 2), source=CLASS)
    expect("kept", one.number, 5, source=STRUCT)


@scenario
def objects_of_static_types(ext):
    """Objects of static types keep their class, and none gets a static type."""

    class One(ext.Base):
        __slots__ = ()

    one = ext.Base()
    one.number = 5
    expect("from", attempt(setattr, one, "__class__", One).exception, "TypeError", source=STATIC)
    expect("between", attempt(setattr, one, "__class__", ext.Same).exception, "TypeError", source=STATIC)
    expect("to", attempt(setattr, One(), "__class__", ext.Base).exception, "TypeError", source=STATIC)
    expect("kept", (type(one) is ext.Base, one.number), (True, 5), source=STATIC)


@scenario
def a_class_gets_another_order_of_bases(ext):
    """A class gets its bases in another order, and its objects follow, with their slots."""

    class One(ext.Base, Mixin):
        pass

    one = One()
    one.number = 5
    expect("before", (one.who(), len(one)), ("Base", 7), source=MRO)
    One.__bases__ = (Mixin, ext.Base)
    expect("bases", (One.__bases__ == (Mixin, ext.Base), One.__mro__ == (One, Mixin, ext.Base, object)), (True, True),
           source=BASES)
    expect("after", (one.who(), len(one), one.number), ("Mixin", 7, 5), source=MRO)


@scenario
def a_class_gets_a_base_more(ext):
    """A class below a type in C gets another base, and loses it again."""

    class One(ext.Base):
        pass

    class Deep(One):
        pass

    one, deep = One(), Deep()
    one.number, deep.number = 5, 6
    One.__bases__ = (Mixin, ext.Base)
    expect("more", (one.who(), len(one), deep.who(), len(deep)), ("Mixin", 7, "Mixin", 7), source=MRO)
    expect("order", Deep.__mro__ == (Deep, One, Mixin, ext.Base, object), True, source=MRO)
    One.__bases__ = (ext.Base,)
    expect("less", (one.who(), deep.who(), one.number, deep.number), ("Base", "Base", 5, 6), source=MRO)
    expect("no length", [attempt(len, thing).exception for thing in (one, deep)], ["TypeError"] * 2, source=SPECIAL)


@scenario
def a_class_gets_another_c_base(ext):
    """Whether or not a class gets another type in C with the same struct as its base, the struct is kept."""

    class One(ext.Base):
        pass

    one = One()
    one.number = 5
    if attempt(setattr, One, "__bases__", (ext.Same,)).exception is None:
        expect("after", (one.who(), len(one), one.number), ("Same", 2, 5), source=MRO)
    expect("kept", one.number, 5, source=STRUCT)


def accepted(base, **changes):
    """The names of those new bases that a class of Python below a type in C gets, or loses its content by."""
    found = []
    for name, bases in changes.items():
        cls = type("One", (base,), {})
        one = cls()
        one.number = 5
        if attempt(setattr, cls, "__bases__", bases).exception != "TypeError" or getattr(one, "number", None) != 5:
            found.append(name)
    return found


@scenario
def bases_with_another_struct(ext):
    """A class keeps its bases if the new ones have another struct, or none."""
    found = accepted(ext.Base, wide=(ext.Wide,), unlike=(ext.Unlike,), builtin=(int,), object=(object,),
                     beside=(ext.Base, ext.Unlike))
    expect("C", found, [], source=STRUCT)
    expect("Python", accepted(ext.Base, mixin=(Mixin,)), [], source=STRUCT)


@scenario
def bases_that_are_no_bases(ext):
    """Neither does it get what is no tuple of classes, nor what has no order."""
    found = accepted(ext.Base, no_tuple=ext.Base, empty=(), no_class=(5,), twice=(ext.Base, ext.Base),
                     order=(ext.Base, ext.Same))
    expect("accepted", found, [], source=BASES)

    class One(ext.Base):
        pass

    class Deep(One):
        pass

    for label, bases in (("itself", (One,)), ("below", (Deep,))):
        expect(label, attempt(setattr, One, "__bases__", bases).exception, "TypeError", source=BASES)
    expect("not deleted", attempt(delattr, One, "__bases__").exception is None, False, source=BASES)
    expect("kept", (One.__bases__ == (ext.Base,), One().who()), (True, "Base"), source=BASES)


@scenario
def a_final_base(ext):
    """Neither does it get a final type as its second base."""
    expect("accepted", accepted(ext.Base, final=(ext.Base, ext.Final)), [], source=FINAL)


@scenario
def bases_of_static_types(ext):
    """The bases of a static type, and of a builtin, are not assigned."""
    expect("type", attempt(setattr, ext.Same, "__bases__", (ext.Base,)).exception, "TypeError", source=STATIC)
    expect("builtin", attempt(setattr, bool, "__bases__", (int,)).exception, "TypeError", source=STATIC)
    expect("kept", ext.Same.__bases__ == (ext.Base,), True, source=STATIC)


@scenario
def subclasses_follow(ext):
    """The bases know their subclasses after a change."""

    class One(ext.Base):
        pass

    def known(cls):
        return One in cls.__subclasses__()

    expect("before", (known(ext.Base), known(Mixin)), (True, False), source=SUBCLASSES)
    One.__bases__ = (Mixin, ext.Base)
    expect("after", (known(ext.Base), known(Mixin)), (True, True), source=SUBCLASSES)
    One.__bases__ = (ext.Base,)
    expect("back", (known(ext.Base), known(Mixin)), (True, False), source=SUBCLASSES)
    expect("C types", (ext.Same in ext.Base.__subclasses__(), ext.Unlike in ext.Base.__subclasses__()), (True, False),
           source=SUBCLASSES)
