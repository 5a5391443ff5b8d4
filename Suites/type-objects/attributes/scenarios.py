from hpy_conform import attempt, expect, raised, record, scenario

LOOKUP = "Python language reference, 'Data model', Custom classes (attributes are looked up in the class and its bases)"
SPECIAL = "Python language reference, 'Data model', Special method names and Special method lookup (on the type)"
DELETED = "Python language reference, 'Data model', Customizing attribute access; Simple statements, The del statement"
DESCRIPTOR = "Python language reference, 'Data model', Invoking Descriptors"
REFLECTED = "Python language reference, 'Data model', object.__radd__ (called for operands of different types)"
HOOKS = "Python language reference, 'Data model', Customizing attribute access"
NONE = "Python language reference, 'Data model', Special method names (None means that it is not available)"
HASH = "Python language reference, 'Data model', object.__hash__ (None where __eq__ alone is defined)"
STATIC = "Python/C API, 'Type Objects', Static Types (immutable)"

OF_C = (3, "repr of C", "sum of C")
OF_PYTHON = (9, "repr of Python", "sum of Python")


def used(ext, one):
    """Length, repr and sum, as Python and as C get them, or how they fail."""
    python = attempt(lambda: (len(one), repr(one), one + one))
    c = attempt(ext.used, one)
    return python.value or python.exception, c.value or c.exception


def set_specials(cls):
    cls.__len__ = lambda self: 9
    cls.__repr__ = lambda self: "repr of Python"
    cls.__add__ = lambda self, other: "sum of Python"


def delete_specials(cls):
    del cls.__len__, cls.__repr__, cls.__add__


@scenario
def methods_replaced(ext):
    """A method that is replaced in a type is seen at once by its objects and in all subclasses."""
    cls = ext.make()

    class Sub(cls):
        pass

    ones = [cls(), ext.below(cls)(), Sub(), ext.below(Sub)()]
    expect("before", [one.who() for one in ones], ["C"] * 4, source=LOOKUP)
    original = cls.who
    cls.who = lambda self: "Python"
    expect("replaced", [one.who() for one in ones], ["Python"] * 4, source=LOOKUP)
    expect("from C", [ext.get(one, "who")() for one in ones], ["Python"] * 4, source=LOOKUP)
    cls.who = original
    expect("restored", [one.who() for one in ones], ["C"] * 4, source=LOOKUP)
    del cls.who
    expect("deleted", [attempt(getattr, one, "who").exception for one in ones], ["AttributeError"] * 4, source=DELETED)
    expect("deleted twice", attempt(delattr, cls, "who"), raised(AttributeError), source=DELETED)


@scenario
def methods_replaced_from_c(ext):
    """The same, set and deleted from C."""
    cls = ext.make()

    class Sub(cls):
        pass

    ones = [cls(), ext.below(cls)(), Sub()]
    ext.set(cls, "who", lambda self: "Python")
    expect("replaced", [one.who() for one in ones], ["Python"] * 3, source=LOOKUP)
    ext.set(cls, "who")
    expect("deleted", [attempt(getattr, one, "who").exception for one in ones], ["AttributeError"] * 3, source=DELETED)
    expect("deleted twice", attempt(ext.set, cls, "who"), raised(AttributeError), source=DELETED)


@scenario
def methods_in_between(ext):
    """What is set in a class in between hides the base's, and lets it be seen again when it is deleted."""
    cls = ext.make()
    middle = ext.below(cls)

    class Sub(middle):
        pass

    one = Sub()
    for number, (place, text) in enumerate([(cls, "base"), (middle, "middle"), (Sub, "class")]):
        place.who = lambda self, text=text: text
        expect("set %d" % number, one.who(), text, source=LOOKUP)
    del Sub.who
    expect("middle", one.who(), "middle", source=LOOKUP)
    del middle.who
    expect("base", one.who(), "base", source=LOOKUP)
    expect("not there", attempt(delattr, middle, "who"), raised(AttributeError), source=DELETED)


@scenario
def attributes_of_the_second_base(ext):
    """Attributes that come and go in the second base, and in the first before it."""
    cls = ext.make()

    class Other:
        pass

    class Sub(Other, cls):
        pass

    one = Sub()
    expect("before", (one.who(), hasattr(one, "colour")), ("C", False), source=LOOKUP)
    cls.colour, cls.who = "second", lambda self: "second"
    expect("second", (one.colour, one.who()), ("second", "second"), source=LOOKUP)
    Other.colour, Other.who = "first", lambda self: "first"
    expect("first", (one.colour, one.who()), ("first", "first"), source=LOOKUP)
    del Other.colour, Other.who
    expect("second again", (one.colour, one.who()), ("second", "second"), source=LOOKUP)
    del cls.colour, cls.who
    expect("gone", (hasattr(one, "colour"), hasattr(one, "who")), (False, False), source=DELETED)


@scenario
def often_called_methods(ext):
    """A method that was called often is replaced, and called often again."""
    cls = ext.make()

    class Sub(cls):
        pass

    def calls(one):
        return sorted({one.who() for _ in range(50)})

    ones = [cls(), Sub()]
    for text in ("one", "two"):
        expect("before " + text, len(calls(ones[0]) + calls(ones[1])), 2, source=LOOKUP)
        cls.who = lambda self, text=text: text
        expect(text, (calls(ones[0]), calls(ones[1])), ([text], [text]), source=LOOKUP)
    Sub.who = lambda self: "three"
    expect("below", (calls(ones[0]), calls(ones[1])), (["two"], ["three"]), source=LOOKUP)


@scenario
def special_methods_replaced(ext):
    """Special methods that are set in a type take the place of the slots, for Python and for C."""
    cls = ext.make()
    one = cls()
    expect("before", used(ext, one), (OF_C, OF_C), source=SPECIAL)
    originals = [vars(cls)[name] for name in ("__len__", "__repr__", "__add__")]
    set_specials(cls)
    expect("set", used(ext, one), (OF_PYTHON, OF_PYTHON), source=SPECIAL)
    cls.__len__, cls.__repr__, cls.__add__ = originals
    expect("restored", used(ext, one), (OF_C, OF_C), source=SPECIAL)


@scenario
def special_methods_replaced_in_the_base(ext):
    """They are seen in subclasses in C and in Python, where they were inherited as slots."""
    cls = ext.make()
    originals = [vars(cls)[name] for name in ("__len__", "__repr__", "__add__")]

    class Sub(cls):
        pass

    for label, one in (("C", ext.below(cls)()), ("Python", Sub()), ("C below Python", ext.below(Sub)())):
        expect(label + ", before", used(ext, one), (OF_C, OF_C), source=SPECIAL)
        set_specials(cls)
        expect(label, used(ext, one), (OF_PYTHON, OF_PYTHON), source=SPECIAL)
        cls.__len__, cls.__repr__, cls.__add__ = originals


@scenario
def special_methods_of_a_python_class(ext):
    """A class of Python below a type in C gets special methods, and has those of its base when they are deleted."""

    class Sub(ext.Base):
        pass

    class Deep(Sub):
        pass

    for label, one in (("Sub", Sub()), ("Deep", Deep())):
        set_specials(Sub)
        expect(label, used(ext, one), (OF_PYTHON, OF_PYTHON), source=SPECIAL)
        delete_specials(Sub)
        expect(label + ", deleted", used(ext, one), (OF_C, OF_C), source=SPECIAL)


@scenario
def special_methods_of_the_second_base(ext):
    """Special methods that come and go in the first base, where the second is a type in C."""

    class Other:
        pass

    class Sub(Other, ext.Base):
        pass

    one = Sub()
    expect("before", used(ext, one), (OF_C, OF_C), source=SPECIAL)
    set_specials(Other)
    expect("first", used(ext, one), (OF_PYTHON, OF_PYTHON), source=SPECIAL)
    delete_specials(Other)
    expect("second again", used(ext, one), (OF_C, OF_C), source=SPECIAL)


@scenario
def special_methods_deleted(ext):
    """A type that loses the special methods of its slots has them no more, and neither have its subclasses."""
    cls = ext.make()

    class Sub(cls):
        pass

    ones = [cls(), Sub(), ext.below(cls)()]
    del cls.__len__
    expect("length", [attempt(lambda: len(one)).exception for one in ones], ["TypeError"] * 3, source=SPECIAL)
    expect("length from C", [attempt(ext.used, one).exception for one in ones], ["TypeError"] * 3, source=SPECIAL)
    for name in ("__add__", "__radd__"):
        if name in vars(cls):
            delattr(cls, name)
    expect("sum", [attempt(lambda: one + one).exception for one in ones], ["TypeError"] * 3, source=SPECIAL)
    del cls.__repr__
    expect("repr", ["repr of C" == repr(one) for one in ones], [False] * 3, source=SPECIAL)


@scenario
def one_half_of_an_operator_deleted(ext):
    """A type that loses __add__ has __radd__ left, which is not called for two objects of one type."""
    cls = ext.make()
    one = cls()
    del cls.__add__
    expect("left", attempt(lambda: one + 1).exception, "TypeError", source=REFLECTED)
    expect("same type", attempt(lambda: one + one).exception, "TypeError", source=REFLECTED)
    expect("right", attempt(lambda: 1 + one).value, "sum of C", source=REFLECTED)


@scenario
def special_methods_that_were_not_there(ext):
    """A type gets special methods that it has no slots for, and loses them again."""
    cls = ext.make()

    class Sub(cls):
        pass

    ones = [cls(), Sub(), ext.below(cls)()]
    cls.__call__ = lambda self: "called"
    cls.__getitem__ = lambda self, key: key * 2
    cls.__contains__ = lambda self, item: item == 5
    cls.__int__ = lambda self: 11
    cls.__bool__ = lambda self: False
    cls.__neg__ = lambda self: "negative"
    cls.__iter__ = lambda self: iter([1, 2])
    cls.__enter__, cls.__exit__ = lambda self: "entered", lambda self, *args: None
    for number, one in enumerate(ones):
        found = (one(), one[4], 5 in one, 6 in one, int(one), bool(one), -one, list(one))
        expect("set %d" % number, found, ("called", 8, True, False, 11, False, "negative", [1, 2]), source=SPECIAL)
    del cls.__call__, cls.__getitem__, cls.__int__, cls.__bool__, cls.__neg__, cls.__iter__, cls.__contains__
    for number, one in enumerate(ones):
        found = [attempt(function).exception for function in (
            lambda: one(), lambda: one[4], lambda: int(one), lambda: -one, lambda: list(one), lambda: 5 in one)]
        expect("deleted %d" % number, found, ["TypeError"] * 6, source=SPECIAL)
        expect("true %d" % number, bool(one), True, source="Python language reference, 'Data model', object.__bool__")


@scenario
def comparison_and_hash_are_set(ext):
    """Comparison and hash that are set in a type are used by dictionaries, in subclasses too."""
    cls = ext.make()

    class Sub(cls):
        pass

    for label, type_ in (("type", cls), ("class", Sub), ("type below", ext.below(cls))):
        one, other = type_(), type_()
        expect(label + ", before", (one == other, len({one, other})), (False, 2), source=SPECIAL)
        cls.__eq__, cls.__hash__ = lambda self, other: True, lambda self: 5
        expect(label, (one == other, hash(one), len({one, other})), (True, 5, 1), source=SPECIAL)
        cls.__hash__ = None
        expect(label + ", None", attempt(hash, one), raised(TypeError), source=NONE)
        del cls.__eq__, cls.__hash__
        expect(label + ", deleted", (one == other, len({one, other})), (False, 2), source=SPECIAL)


@scenario
def none_instead_of_a_method(ext):
    """None in the place of a special method means that there is none."""

    class Sub(ext.Base):
        __len__ = None
        __add__ = None

    one = Sub()
    expect("length", attempt(lambda: len(one)), raised(TypeError), source=NONE)
    expect("sum", attempt(lambda: one + one), raised(TypeError), source=NONE)
    del Sub.__len__, Sub.__add__
    expect("deleted", used(ext, one), (OF_C, OF_C), source=SPECIAL)


@scenario
def special_methods_of_objects_do_not_count(ext):
    """A special method of an object is not looked at."""

    class Sub(ext.Base):
        pass

    one = Sub()
    one.__len__ = lambda: 9
    one.__repr__ = lambda: "of the object"
    expect("of C", used(ext, one), (OF_C, OF_C), source=SPECIAL)
    expect("attribute", one.__len__(), 9, source=LOOKUP)


@scenario
def descriptors_set_in_a_type(ext):
    """Descriptors that are set in a type work for its objects and for those of its subclasses."""
    cls = ext.make()

    class Sub(cls):
        pass

    class Data:
        def __get__(self, instance, owner):
            return ("of the class" if instance is None else "read", owner is cls or owner is Sub)

        def __set__(self, instance, value):
            stored.append(value)

        def __delete__(self, instance):
            stored.append("deleted")

    class NoData:
        def __get__(self, instance, owner):
            return "no data"

    stored = []
    cls.data, cls.lazy, cls.number = Data(), NoData(), property(lambda self: 40)
    for label, one in (("type", cls()), ("class", Sub())):
        del stored[:]
        one.data = 5
        del one.data
        expect(label, (one.data, type(one).data, stored), (("read", True), ("of the class", True), [5, "deleted"]),
               source=DESCRIPTOR)
        expect(label + ", others", (one.lazy, one.number, ext.get(one, "lazy")), ("no data", 40, "no data"),
               source=DESCRIPTOR)
        expect(label + ", property", attempt(setattr, one, "number", 1), raised(AttributeError), source=DESCRIPTOR)
    one = Sub()
    vars(one).update(data="hidden", lazy="own", number="hidden")
    expect("beside a dictionary", (one.data, one.lazy, one.number), (("read", True), "own", 40), source=DESCRIPTOR)
    del cls.data, cls.lazy, cls.number
    expect("deleted", (one.data, one.lazy, one.number), ("hidden", "own", "hidden"), source=DESCRIPTOR)


@scenario
def descriptors_of_c_are_moved(ext):
    """A getset of C that is put under another name still reads the object."""
    cls = ext.make()
    cls.other = vars(cls)["number"]
    one = cls()
    expect("read", (one.number, one.other), (4, 4), source=DESCRIPTOR)
    del cls.number
    expect("deleted", (hasattr(one, "number"), one.other), (False, 4), source=DELETED)
    expect("in another type", attempt(lambda: setattr(Other, "other", vars(cls)["other"]) or Other().other),
           raised(TypeError), source="Python/C API, 'Common Object Structures', PyGetSetDef (for objects of the type)")


class Other:
    pass


@scenario
def hooks_of_attribute_access(ext):
    """Functions for attribute access that are set in a type are called, for C too, and no more when deleted."""

    class Sub(ext.Base):
        pass

    one, seen = Sub(), []
    Sub.__getattr__ = lambda self, name: "missing " + name
    expect("missing", (one.colour, one.who(), ext.get(one, "colour")), ("missing colour", "C", "missing colour"),
           source=HOOKS)
    del Sub.__getattr__
    expect("none", attempt(ext.get, one, "colour"), raised(AttributeError), source=HOOKS)
    Sub.__getattribute__ = lambda self, name: "all " + name
    expect("all", (one.colour, one.who, ext.get(one, "who")), ("all colour", "all who", "all who"), source=HOOKS)
    del Sub.__getattribute__
    expect("again", (one.who(), attempt(getattr, one, "colour").exception), ("C", "AttributeError"), source=HOOKS)
    Sub.__setattr__ = lambda self, name, value: seen.append((name, value))
    Sub.__delattr__ = lambda self, name: seen.append(name)
    one.colour = 1
    ext.set(one, "colour", 2)
    del one.colour
    ext.set(one, "colour")
    expect("set", (seen, vars(one)), ([("colour", 1), ("colour", 2), "colour", "colour"], {}), source=HOOKS)
    del Sub.__setattr__, Sub.__delattr__
    one.colour = 3
    expect("set again", vars(one), {"colour": 3}, source=HOOKS)


@scenario
def attributes_of_static_types(ext):
    """A static type takes no attributes, and its subclasses in Python do."""

    class Sub(ext.Below):
        pass

    expect("set", [attempt(setattr, ext.Base, name, None).exception for name in ("colour", "who", "__len__")],
           ["TypeError"] * 3, source=STATIC)
    expect("deleted", [attempt(delattr, ext.Base, name).exception for name in ("who", "__len__")], ["TypeError"] * 2,
           source=STATIC)
    Sub.colour = 1
    expect("below", (Sub().colour, attempt(lambda: Sub().who()).value), (1, "C"), source=LOOKUP)


@scenario
def what_a_type_says_it_has(ext):
    """A type's dictionary and dir() follow what is set and deleted."""
    cls = ext.make()
    cls.colour = "red"
    expect("set", ("colour" in vars(cls), "colour" in dir(cls), "colour" in dir(cls())), (True, True, True),
           source="Python library, 'Built-in Functions', vars() and dir()")
    del cls.colour
    expect("deleted", ("colour" in vars(cls), "colour" in dir(cls)), (False, False),
           source="Python library, 'Built-in Functions', vars() and dir()")
    expect("read only", attempt(lambda: vars(cls).update(colour=1)).exception, "AttributeError",
           source="Python library, 'Built-in Functions', vars() (a mappingproxy)")
