from hpy_conform import attempt, expect, record, scenario

MRO = "Python language reference, 'Data model', Custom classes (C3 method resolution order)"
SUPER = "Python library, 'Built-in Functions', super()"
ZEROED = "Python/C API, 'Type Objects', PyType_GenericAlloc; HPy public_api.h, HPyField (memory is zeroed)"
STRUCT = "HPy hpytype.h, HPyType_Spec.basicsize and HPyType_HELPERS; Python/C API, 'Type Objects', tp_basicsize"


def names(type_):
    return [one.__name__ for one in type_.__mro__]


def wide_first(ext):
    class WideFirst(ext.Wide, ext.Plain):
        pass

    return WideFirst


def plain_first(ext):
    class PlainFirst(ext.Plain, ext.Wide):
        pass

    return PlainFirst


def use_struct(type_):
    """The struct of a type that is a Wide and a Plain: its parts of two objects, written and read in every way.

    The values are compared here: where memory is missing, it is chance what they are.
    """
    one, two = type_(), type_()
    expect("zeroed", (one.mark, one.last, one.total()) == (0, 0, 0), True, source=ZEROED)
    one.mark, two.mark = 3, 5
    one.fill(10)
    two.fill(100)
    one.double_mark()
    expect("first", (one.read_mark(), one.last, one.total()) == (6, 13, 46), True, source=STRUCT)
    expect("second", (two.read_mark(), two.last, two.total()) == (5, 103, 406), True, source=STRUCT)
    one.last = 1000
    expect("after a write to the last member", (one.total(), two.total()) == (1033, 406), True, source=STRUCT)


@scenario
def the_mro_follows_the_order_of_the_bases(ext):
    """C3 order: the bases as they are written, their common base after both; the first that has a method gives it."""
    expect("Wide", names(ext.Wide), ["Wide", "Base", "object"], source=MRO)
    expect("Plain", names(ext.Plain), ["Plain", "Base", "object"], source=MRO)
    for first, second, type_ in (("Wide", "Plain", wide_first(ext)), ("Plain", "Wide", plain_first(ext))):
        one = type_()
        expect("%s first" % first, names(type_)[1:], [first, second, "Base", "object"], source=MRO)
        expect("%s first: method of both" % first, one.describe(), first, source=MRO)
        expect("%s first: method of Plain" % first, type_.double_mark is ext.Plain.double_mark, True, source=MRO)
        expect("%s first: method of Wide" % first, type_.total is ext.Wide.total, True, source=MRO)
        expect("%s first: method of Base" % first, ext.Base.describe(one), "Base", source=MRO)
        record("%s first: class of the layout" % first, type_.__base__)
    expect("no consistent order", attempt(type, "X", (ext.Base, ext.Wide), {}).exception, "TypeError", source=MRO)


@scenario
def super_goes_on_along_the_mro(ext):
    """super() goes to the next class of the instance's MRO, not to the base of the class it stands in."""

    class Left(ext.Wide):
        def describe(self):
            return "Left " + super().describe()

    class Right(ext.Plain):
        def describe(self):
            return "Right " + super().describe()

    class Joined(Left, Right):
        def describe(self):
            return "Joined " + super().describe()

    class Turned(Right, Left):
        pass

    expect("order", names(Joined), ["Joined", "Left", "Wide", "Right", "Plain", "Base", "object"], source=MRO)
    one = Joined()
    expect("chain", one.describe(), "Joined Left Wide", source=SUPER)
    expect("after Wide", super(ext.Wide, one).describe(), "Right Plain", source=SUPER)
    expect("after Plain", super(ext.Plain, one).describe(), "Base", source=SUPER)
    expect("after Base", attempt(getattr, super(ext.Base, one), "describe").exception, "AttributeError", source=SUPER)
    expect("turned", (Turned().describe(), super(ext.Plain, Turned()).describe()), ("Right Plain", "Left Wide"),
           source=SUPER)
    expect("not an instance", attempt(super, ext.Wide, ext.Plain()).exception, "TypeError", source=SUPER)


@scenario
def structs_are_whole_in_c_classes(ext):
    """A C subclass has its base's struct at the start of its own, or has just its base's struct."""
    for type_ in (ext.Base, ext.Wide, ext.Other, ext.Plain):
        one, two = type_(), type_()
        name = type_.__name__
        expect("%s: zeroed" % name, (one.mark, two.mark), (0, 0), source=ZEROED)
        one.mark, two.mark = 7, 8
        expect("%s: mark" % name, (one.read_mark(), two.read_mark()), (7, 8), source=STRUCT)


@scenario
def the_struct_with_the_wide_base_first(ext):
    """Every part of the struct is found in an instance of a Python class whose first base has the larger struct."""
    use_struct(wide_first(ext))


@scenario
def the_struct_with_the_wide_base_second(ext):
    """The struct is the larger one also where the class that has it comes second."""
    use_struct(plain_first(ext))


@scenario
def two_structs_do_not_mix(ext):
    """Classes that extend the struct in different ways, or a struct and a builtin's layout, cannot be joined."""
    record("Wide and Other", attempt(type, "X", (ext.Wide, ext.Other), {}))
    record("Other and Wide", attempt(type, "X", (ext.Other, ext.Wide), {}))
    record("Wide and int", attempt(type, "X", (ext.Wide, int), {}))
    record("list and Plain", attempt(type, "X", (list, ext.Plain), {}))
    record("Base and Exception", attempt(type, "X", (ext.Base, Exception), {}))
    record("Base and Wide the wrong way", attempt(type, "X", (ext.Base, ext.Wide), {}).exception)
    record("Wide and a plain class", attempt(type, "X", (ext.Wide, type("Empty", (), {})), {}))
    record("Wide with Plain", (wide_first(ext)().describe(), plain_first(ext)().describe()))


@scenario
def a_diamond_made_in_c_wide_first(ext):
    """A type made in C from a tuple of bases has the MRO, methods and struct of the same class statement."""
    made = ext.make((ext.Wide, ext.Plain))
    expect("bases", made.__bases__ == (ext.Wide, ext.Plain), True, source="HPy hpytype.h, HPyType_SpecParam_BasesTuple")
    expect("mro", names(made), ["Made", "Wide", "Plain", "Base", "object"], source=MRO)
    expect("method", made().describe(), "Wide", source=MRO)
    record("Wide and Other", attempt(ext.make, (ext.Wide, ext.Other)))
    use_struct(made)


@scenario
def a_diamond_made_in_c_wide_second(ext):
    """The same with the larger struct in the second base."""
    made = ext.make((ext.Plain, ext.Wide))
    expect("mro", names(made), ["Made", "Plain", "Wide", "Base", "object"], source=MRO)
    expect("method", made().describe(), "Plain", source=MRO)
    record("Other and Wide", attempt(ext.make, (ext.Other, ext.Wide)))
    use_struct(made)
