import types

from hpy_conform import attempt, clear_events, collect, events, expect, raised, record, returned, scenario

GETSET = ("hpydef.h, HPyGetSet; HPy api.rst, 'Creating a simple type in HPy'; "
          "Python/C API, 'Common Object Structures', PyGetSetDef")
DELETION = "Python/C API, 'Common Object Structures', PyGetSetDef: to delete, the setter is called with NULL"
READONLY = "Python/C API, 'Common Object Structures', PyGetSetDef: without a setter, the attribute is readonly"
FAILURE = "Python/C API, 'Common Object Structures', PyGetSetDef: NULL or -1 with a set exception on failure"
LOOKUP = "Python language reference, 'Data model', object.__getattr__"
DESCRIPTORS = "Python language reference, 'Data model', Implementing Descriptors"
RELEASED = "Python/C API, 'Introduction', Reference Count Details"


@scenario
def getters_and_setters_work_on_the_struct(ext):
    """What a setter put into the struct of one object its getter finds there; each getset gets its own closure."""
    one, two = ext.Gauge(), ext.Gauge()
    expect("fresh", (one.level, one.read, one.first, one.second), (0, 0, 0, 0), source=GETSET)
    one.level, two.level = 5, -7
    expect("each its own", (one.level, two.level, one.read, two.read), (5, -7, 5, -7), source=GETSET)
    one.write = 2 ** 40
    expect("written through another", (one.level, one.read), (2 ** 40, 2 ** 40), source=GETSET)
    expect("null closures", set(events(ext, "closure is null")), {1}, source=GETSET)
    clear_events(ext)
    one.first, one.second = 11, 22
    expect("side by side", (one.second, one.first, two.first), (22, 11, 0), source=GETSET)
    expect("closures", events(ext), [("set", 0), ("set", 1), ("get", 1), ("get", 0), ("get", 0)], source=GETSET)
    clear_events(ext)
    one.write = one.read
    expect("closures of a lone getter and setter", events(ext), [("get", 1), ("set", 1)], source=GETSET)


@scenario
def deletion_goes_through_the_setter(ext):
    """`del` calls the setter with a null value and its closure, which may take or refuse it."""
    gauge = ext.Gauge()
    gauge.first, gauge.second = 11, 22
    clear_events(ext)
    expect("deletion", attempt(delattr, gauge, "second"), returned(None), source=DELETION)
    expect("what the setter was given", events(ext), [("delete", 1)], source=DELETION)
    expect("afterwards", (gauge.first, gauge.second), (11, 0), source=DELETION)
    gauge.removable = None
    expect("set to None", gauge.removable, True, source=GETSET)
    expect("taken", attempt(delattr, gauge, "removable"), returned(None), source=DELETION)
    expect("gone", gauge.removable, False, source=DELETION)
    expect("deleted again", attempt(delattr, gauge, "removable"), raised(AttributeError), source=DELETION)
    gauge.removable = None
    expect("set again", gauge.removable, True, source=GETSET)
    gauge.level = 4
    clear_events(ext)
    expect("refused", attempt(delattr, gauge, "level"), raised(TypeError), source=DELETION)
    expect("the setter was asked", events(ext, "delete"), [0], source=DELETION)
    expect("as before", gauge.level, 4, source=DELETION)


@scenario
def a_getter_alone_is_readonly(ext):
    """Without a setter, deleting and writing are refused, whatever the value."""
    gauge = ext.Gauge()
    gauge.level = 9
    tried = attempt(delattr, gauge, "read")
    expect("deletion is refused", tried.exception is not None, True, source=READONLY)
    record("deletion", tried)
    for label, value in (("an int", 1), ("None", None), ("the same", 9)):
        tried = attempt(setattr, gauge, "read", value)
        expect(label + " is refused", tried.exception is not None, True, source=READONLY)
        record("writing " + label, tried)
    tried = attempt(vars(ext.Gauge)["read"].__set__, gauge, 1)
    expect("by hand, too", tried.exception is not None, True, source=READONLY)
    record("writing by hand", tried)
    expect("as before", (gauge.read, gauge.level), (9, 9), source=READONLY)


@scenario
def a_setter_alone_is_not_read(ext):
    """Without a getter, writing and deleting reach the setter, and reading is refused."""
    gauge = ext.Gauge()
    gauge.write = 6
    expect("written", gauge.level, 6, source=GETSET)
    clear_events(ext)
    record("deletion", attempt(delattr, gauge, "write"))
    expect("the setter was asked", events(ext), [("delete", 1), ("delete", 0)], source=DELETION)
    record("there", hasattr(gauge, "write"))
    record("reading", attempt(getattr, gauge, "write"))
    record("reading with a default", attempt(getattr, gauge, "write", "default"))
    expect("as before", gauge.level, 6, source=GETSET)


@scenario
def exceptions_pass_through(ext):
    """What a getter or setter raises arrives unchanged; an AttributeError alone means that there is nothing."""
    gauge, value, caught = ext.Gauge(), [], []
    for act in (lambda: gauge.failing, lambda: setattr(gauge, "failing", value), lambda: delattr(gauge, "failing"),
                lambda: gauge.missing):
        try:
            act()
            caught.append("nothing raised")
        except Exception as error:
            caught.append((type(error), error.args, error.__cause__, error.__context__))
    expect("getter", caught[0], (ValueError, ("from the getter",), None, None), source=FAILURE)
    expect("setter", caught[1], (LookupError, ([],), None, None), source=FAILURE)
    expect("deletion", caught[2], (KeyError, ("from the deletion",), None, None), source=FAILURE)
    expect("a missing one", caught[3], (AttributeError, ("from the getter",), None, None), source=FAILURE)
    expect("hasattr", attempt(hasattr, gauge, "failing"), raised(ValueError), source=LOOKUP)
    expect("hasattr, missing", attempt(hasattr, gauge, "missing"), returned(False), source=LOOKUP)
    expect("default", attempt(getattr, gauge, "failing", 1), raised(ValueError), source=LOOKUP)
    expect("default, missing", attempt(getattr, gauge, "missing", 1), returned(1), source=LOOKUP)
    gauge.level = 3
    expect("a text", attempt(setattr, gauge, "level", "5"), raised(TypeError), source=FAILURE)
    expect("a number too large", attempt(setattr, gauge, "level", 2 ** 100), raised(OverflowError), source=FAILURE)
    expect("as before", gauge.level, 3, source=FAILURE)
    ended = []
    attempt(setattr, gauge, "level", Thing(ended))
    collect()
    expect("refused argument released", ended, ["thing"], source=RELEASED)
    attempt(setattr, gauge, "failing", Thing(ended))
    collect()
    expect("argument in an exception released", ended, ["thing"] * 2, source=RELEASED)


@scenario
def getattr_is_asked_after_an_attribute_error(ext):
    """__getattr__ of a Python subclass steps in for a getter's AttributeError, and for no other exception."""

    class Derived(ext.Base):
        def __getattr__(self, name):
            return "fallback for " + name

    derived = Derived()
    expect("missing", attempt(getattr, derived, "missing"), returned("fallback for missing"), source=LOOKUP)
    expect("the getter was asked", events(ext, "missing"), [0], source=LOOKUP)
    expect("failing", attempt(getattr, derived, "failing"), raised(ValueError), source=LOOKUP)
    expect("unknown", attempt(getattr, derived, "unknown"), returned("fallback for unknown"), source=LOOKUP)


class Thing:
    def __init__(self, ended):
        self.ended = ended

    def __del__(self):
        self.ended.append("thing")


@scenario
def references_are_balanced(ext):
    """A getter's result and a setter's argument are kept by nobody; the object dies once, when it is let go."""
    ended = []
    gauge = ext.Gauge()
    gauge.level = 1
    for _ in range(100):
        same = gauge.itself
        gauge.itself = gauge
    expect("itself", same is gauge, True, source=GETSET)
    collect()
    expect("alive", events(ext, "destroy"), [], source=RELEASED)
    del same, gauge
    collect()
    expect("dead", events(ext, "destroy"), [1], source=RELEASED)
    gauge = ext.Gauge()
    gauge.itself = Thing(ended)
    collect()
    expect("argument released", ended, ["thing"], source=RELEASED)
    one = Thing(ended)
    for _ in range(100):
        gauge.itself = one
    expect("argument kept by its owner", ended, ["thing"], source=RELEASED)


@scenario
def descriptors_as_python_sees_them(ext):
    """A getset is a data descriptor of its type, with name and docstring, that serves only its own objects."""
    names = ["level", "first", "read", "write", "missing"]
    found = [vars(ext.Gauge)[name] for name in names]
    expect("docstrings", [one.__doc__ for one in found],
           ["the level", None, "the level, to be read", "the level, to be written", None], source=GETSET)
    expect("names", [one.__name__ for one in found], names, source=GETSET)
    record("types", [isinstance(one, types.GetSetDescriptorType) for one in found])
    record("data descriptors", [hasattr(type(one), "__set__") for one in found])
    record("classes", [one.__objclass__ for one in found])
    gauge, level = ext.Gauge(), vars(ext.Gauge)["level"]
    record("through the class", ext.Gauge.level is level)
    level.__set__(gauge, 8)
    expect("by hand", [level.__get__(gauge), level.__get__(gauge, ext.Gauge)], [8, 8], source=DESCRIPTORS)


@scenario
def getsets_serve_only_their_own_objects(ext):
    """A getset of one type refuses objects of another, as their struct is not the one it knows."""
    gauge, other, level = ext.Gauge(), ext.Base(), vars(ext.Gauge)["level"]
    gauge.level = 8
    for label, wrong in (("an object of another type", other), ("an int", 5), ("the type", ext.Gauge)):
        record("get from " + label, attempt(level.__get__, wrong))
        record("set on " + label, attempt(level.__set__, wrong, 1))
    expect("still", (gauge.level, other.level), (8, 0), source=GETSET)
