import weakref

from hpy_conform import Watch, attempt, expect, expect_released, raised, scenario

MEMBER = "Python/C API, 'Common Object Structures', PyMemberDef"
READONLY = "Python/C API, 'Common Object Structures', Py_READONLY"
EX = "Python/C API, 'Common Object Structures', Py_T_OBJECT_EX"
GETSET = "Python/C API, 'Common Object Structures', PyGetSetDef"
DICT = "Python/C API, 'Common Object Structures', PyMemberDef (__dictoffset__)"
WEAK = "Python/C API, 'Common Object Structures', PyMemberDef (__weaklistoffset__)"
SIZE = "Python/C API, 'Type Objects', PyType_Spec.basicsize"
DESCRIPTOR = "Data model, 'Invoking Descriptors' (a descriptor of a type is for its instances)"


def members_work(made):
    """What every type below Box has, too."""
    box = made()
    expect("at first", (box.number, box.fixed), (0, 0), source=MEMBER)
    box.number = -7
    expect("set", (box.number, box.fixed), (-7, -7), source=MEMBER)
    expect("no int", attempt(setattr, box, "number", "seven"), raised(TypeError), source=MEMBER)
    expect("delete", attempt(delattr, box, "number"), raised(TypeError), source=MEMBER)
    expect("read-only", attempt(setattr, box, "fixed", 1), raised(AttributeError), source=READONLY)
    expect("empty", attempt(getattr, box, "object"), raised(AttributeError), source=EX)
    box.object = box
    expect("held", box.object is box, True, source=EX)
    del box.object
    expect("deleted", attempt(getattr, box, "object"), raised(AttributeError), source=EX)
    box.twice = 10
    expect("getsets", (box.number, box.twice, box.thrice, box.four_times), (5, 10, 15, 20), source=GETSET)
    return box


@scenario
def members_of_the_type(ext):
    """Members and getsets, with closures of their own."""
    box = members_work(ext.Box)
    expect("no setter", attempt(setattr, box, "four_times", 4), raised(AttributeError), source=GETSET)
    expect("delete a getset", attempt(delattr, box, "twice"), raised(TypeError), source=GETSET)
    expect("delete without setter", attempt(delattr, box, "four_times"), raised(AttributeError), source=GETSET)


@scenario
def members_below_in_another_binary(ext):
    """The fields of the type lie behind those of the base."""
    import other

    crate = members_work(other.below(ext.Box))
    expect("wide", crate.wide, 0, source=MEMBER)
    crate.wide = -(2**40)
    expect("text", (crate.text, crate.rest), ("crate", "rate"), source=MEMBER)
    expect("no string is written", attempt(setattr, crate, "text", "x"), raised(TypeError), source=MEMBER)
    crate.note = 1
    crate.object = crate.number
    expect("each has its place", (crate.number, crate.object, crate.note, crate.wide, crate.text),
           (5, 5, 1, -(2**40), "crate"), source=SIZE)


@scenario
def members_below_in_python(ext):
    """Slots and a dictionary of Python lie behind those of both binaries."""
    import other

    class Sub(other.below(ext.Box)):
        __slots__ = ("first", "second")

    sub = members_work(Sub)
    sub.first, sub.second, sub.wide, sub.note = 1, 2, 3, 4
    expect("each has its place", (sub.first, sub.second, sub.wide, sub.note, sub.number), (1, 2, 3, 4, 5), source=SIZE)


@scenario
def the_dictionary(ext):
    """__dictoffset__ gives objects a dictionary."""
    box = ext.Box()
    expect("at first", attempt(getattr, box, "name"), raised(AttributeError), source=DICT)
    box.name = "n"
    expect("set", box.name, "n", source=DICT)
    expect("of another", attempt(getattr, ext.Box(), "name"), raised(AttributeError), source=DICT)
    del box.name
    expect("deleted", attempt(getattr, box, "name"), raised(AttributeError), source=DICT)


@scenario
def weak_references(ext):
    """__weaklistoffset__ gives objects weak references, which die with them."""
    box = ext.Box()
    seen = []
    weak = weakref.ref(box, seen.append)
    expect("alive", weak() is box, True, source=WEAK)
    watch = Watch()
    box.name = watch.thing("box")
    del box
    expect_released("released", watch, ["box"], source=WEAK)
    expect("dead", (weak() is None, len(seen)), (True, 1), source=WEAK)


@scenario
def descriptors_of_other_objects(ext):
    """The descriptors refuse objects whose struct is another."""
    import other

    crate = other.below(ext.Box)
    for name in ("number", "object", "twice"):
        descriptor = getattr(ext.Box, name)
        expect("get " + name, attempt(descriptor.__get__, "text", str), raised(TypeError), source=DESCRIPTOR)
        expect("set " + name, attempt(descriptor.__set__, [], 1), raised(TypeError), source=DESCRIPTOR)
    expect("of a base", attempt(crate.wide.__get__, ext.Box(), ext.Box), raised(TypeError), source=DESCRIPTOR)
    crate.number.__set__(ext.Box(), 1)
    box = crate()
    ext.Box.number.__set__(box, 3)
    expect("of a subtype", box.number, 3, source=DESCRIPTOR)


@scenario
def docs_and_names(ext):
    """Descriptors have the name and the docstring of their definition."""
    expect("member", (ext.Box.number.__name__, ext.Box.number.__doc__), ("number", "a number"), source=MEMBER)
    expect("without doc", ext.Box.fixed.__doc__, None, source=MEMBER)
    expect("getset", (ext.Box.twice.__name__, ext.Box.twice.__doc__), ("twice", "twice the number"), source=GETSET)
    expect("getset without", ext.Box.thrice.__doc__, None, source=GETSET)


@scenario
def what_members_hold_is_released(ext):
    """With the object, and when it is replaced."""
    watch = Watch()
    box = ext.Box()
    box.object = watch.thing("first")
    box.object = watch.thing("second")
    expect_released("replaced", watch, ["first"], source=EX)
    box.kept = watch.thing("in the dictionary")
    del box
    expect_released("ended", watch, ["first", "second", "in the dictionary"], source=DICT)
