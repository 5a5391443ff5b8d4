from hpy_conform import attempt, expect, record, scenario

FLAG = "Python/C API, 'Type Objects', Py_TPFLAGS_DISALLOW_INSTANTIATION"
NULL = FLAG + " (tp_new is NULL, and there is no __new__ in the type's dictionary)"
AUTOMATIC = FLAG + " (set automatically for a static type below object without tp_new)"
NOT_INHERITED = FLAG + " (not inherited; subclasses need a tp_new of their own, which only C can give)"
STRUCT = "Python/C API, 'Type Objects', PyType_GenericAlloc and tp_basicsize"
NEW = "Python/C API, 'Type Objects', tp_new (not inherited by static types whose tp_base is NULL or object)"


def made_by(function, *types):
    """The names of the types of which the function makes an object instead of a TypeError."""
    return [type_.__name__ for type_ in types if attempt(function, type_).exception != "TypeError"]


@scenario
def a_closed_type_is_not_called(ext):
    """Calling a type that disallows it is a TypeError, from Python and from C."""
    expect("Python", attempt(ext.Closed).exception, "TypeError", source=FLAG)
    expect("with arguments", attempt(ext.Closed, 1, a=2).exception, "TypeError", source=FLAG)
    expect("C", attempt(ext.call, ext.Closed).exception, "TypeError", source=FLAG)


@scenario
def object_makes_none(ext):
    """Neither does the constructor of object make one."""
    expect("object", made_by(object.__new__, ext.Closed), [], source=FLAG)
    expect("inherited", made_by(ext.Closed.__new__, ext.Closed), [], source=FLAG)


@scenario
def a_closed_type_has_no_constructor(ext):
    """It has the flag, and neither __new__ nor tp_new."""
    expect("flag", (ext.is_closed(ext.Closed), ext.is_closed(ext.Plain)), (True, False), source=FLAG)
    expect("__new__", ("__new__" in vars(ext.Closed), "__new__" in vars(ext.Plain)), (False, True), source=NULL)
    expect("tp_new", (ext.has_new(ext.Closed), ext.has_new(ext.Plain)), (False, True), source=NULL)


@scenario
def objects_from_c(ext):
    """The extension itself makes objects of the type."""
    one, other = ext.made(ext.Closed, 7), ext.made(ext.Closed, 8)
    expect("objects", (type(one) is ext.Closed, one.number, other.number), (True, 7, 8), source=STRUCT)
    expect("its class", made_by(ext.call, type(one)), [], source=FLAG)


@scenario
def the_flag_is_not_inherited(ext):
    """Subclasses in C and in Python have no such flag."""

    class Sub(ext.Closed):
        pass

    found = [ext.is_closed(type_) for type_ in (ext.Below, ext.Opened, Sub)]
    expect("flags", found, [False, False, False], source=NOT_INHERITED)


@scenario
def subclasses_without_a_constructor(ext):
    """A subclass in C or in Python that has no tp_new of its own is not called either."""

    class Sub(ext.Closed):
        pass

    class Initialised(ext.Closed):
        def __init__(self):
            pass

    expect("made", made_by(ext.call, ext.Below, Sub, Initialised), [], source=NOT_INHERITED)


@scenario
def a_constructor_of_python(ext):
    """A __new__ of Python has none to call."""

    class Sub(ext.Closed):
        def __new__(cls):
            return super().__new__(cls)

    class Direct(ext.Closed):
        def __new__(cls):
            return object.__new__(cls)

    expect("made", made_by(ext.call, Sub, Direct), [], source=NOT_INHERITED)


@scenario
def a_constructor_of_c(ext):
    """A subclass in C with a tp_new is called, and so are the classes below it."""

    class Sub(ext.Opened):
        pass

    for type_ in (ext.Opened, Sub):
        one = type_()
        expect(type_.__name__, (one.number, isinstance(one, ext.Closed)), (5, True), source=NOT_INHERITED)
    expect("has it", ("__new__" in vars(ext.Opened), ext.has_new(ext.Opened), ext.has_new(Sub)), (True, True, True),
           source="Python/C API, 'Type Objects', tp_new")


@scenario
def a_closed_type_is_the_second_base(ext):
    """A class of Python and a type in C whose first base has a constructor, and whose second is closed."""

    class Sub(ext.Plain, ext.Closed):
        pass

    expect("flags", (ext.is_closed(Sub), ext.is_closed(ext.Second)), (False, False), source=NOT_INHERITED)
    record("in Python", attempt(Sub).exception)
    record("in C", attempt(ext.Second).exception)


@scenario
def a_type_without_a_constructor(ext):
    """A static type below object that has no tp_new is closed by itself."""
    expect("flag", ext.is_closed(ext.Bare), True, source=AUTOMATIC)
    expect("made", made_by(ext.call, ext.Bare), [], source=AUTOMATIC)
    expect("__new__", ("__new__" in vars(ext.Bare), ext.has_new(ext.Bare)), (False, False), source=NEW)


@scenario
def a_type_that_inherits_its_constructor(ext):
    """A type made at run time without tp_new has that of object."""
    expect("flag", ext.is_closed(ext.Bare), False, source=AUTOMATIC)
    expect("called", ext.Bare().number, 0, source="Python/C API, 'Type Objects', tp_new (inherited by subtypes)")
