import copy
import pickle

from hpy_conform import attempt, expect, raised, record, scenario

NAME = "Python/C API, 'Type Objects', tp_name (what stands before the last dot); HPy hpytype.h, HPyType_Spec.name"
UNDOTTED = "Python/C API, 'Type Objects', tp_name (without a dot it is all the name)"
UNDEFINED = "Python/C API, 'Type Objects', tp_name (without a dot, __module__ is undefined)"
NO_PICKLE = "Python/C API, 'Type Objects', tp_name (without a dot, the type is impossible to pickle)"
PICKLE = "Python library, 'pickle', What can be pickled and unpickled? (classes by their qualified name)"
REDUCE = "Python library, 'pickle', Pickling Class Instances, object.__reduce__"
COPY = "Python library, 'copy' (classes are returned unchanged)"
GET = "Python/C API, 'Type Objects', PyType_GetName and PyType_GetQualName; HPy public_api.h, HPyType_GetName"
FULL = "Python/C API, 'Type Objects', PyType_GetFullyQualifiedName and PyType_GetModuleName"
SET = "Python language reference, 'Data model', Custom classes, __name__, __qualname__ and __module__"
STATIC = "Python/C API, 'Type Objects', Static Types (immutable)"

PROTOCOLS = range(pickle.HIGHEST_PROTOCOL + 1)


def names(cls):
    return cls.__module__, cls.__name__, cls.__qualname__


def again(thing):
    """What comes back from pickling with each protocol, once if it is always the same."""
    found = []
    for protocol in PROTOCOLS:
        one = pickle.loads(pickle.dumps(thing, protocol))
        if not any(one is other for other in found):
            found.append(one)
    return found


class Sub:
    pass


@scenario
def names_from_c(ext):
    """What stands before the last dot is the module, and the rest is the name."""
    expect("names", [names(cls) for cls in (ext.Point, ext.Deep, ext.Hidden)],
           [("ext", "Point", "Point"), ("package.module", "Deep", "Deep"), ("ext", "Missing", "Missing")], source=NAME)
    record("repr", [repr(cls) for cls in (ext.Point, ext.Deep)])

    class Below(ext.Deep):
        pass

    expect("below", (Below.__name__, Below.__module__ == Sub.__module__), ("Below", True), source=SET)


@scenario
def names_as_c_reads_them(ext):
    """C gets the name and the qualified name of a type in C, of a class of Python and of a builtin."""

    class Below(ext.Deep):
        pass

    expect("names", [ext.names(cls) for cls in (ext.Point, ext.Deep, int, Sub)],
           [("Point", "Point"), ("Deep", "Deep"), ("int", "int"), ("Sub", "Sub")], source=GET)
    expect("below", ext.names(Below), ("Below", Below.__qualname__), source=GET)
    Below.__name__, Below.__qualname__ = "Renamed", "Outer.Renamed"
    expect("renamed", ext.names(Below), ("Renamed", "Outer.Renamed"), source=GET)


@scenario
def full_names(ext):
    """C gets the full name of a type, and the name of its module."""
    expect("names", [ext.full_names(cls) for cls in (ext.Point, ext.Deep, int)],
           [("ext.Point", "ext"), ("package.module.Deep", "package.module"), ("int", "builtins")], source=FULL)

    class Below(ext.Deep):
        pass

    Below.__module__, Below.__qualname__ = "elsewhere", "Outer.Below"
    expect("below", ext.full_names(Below), ("elsewhere.Outer.Below", "elsewhere"), source=FULL)


@scenario
def a_name_without_a_dot(ext):
    """A name that has no dot is the whole name, and the type cannot be pickled."""
    cls = attempt(ext.undotted).value
    expect("name", (cls.__name__, cls.__qualname__), ("Undotted", "Undotted"), source=UNDOTTED)
    expect("pickled", attempt(pickle.dumps, cls).exception is None, False, source=NO_PICKLE)


@scenario
def the_module_of_a_name_without_a_dot(ext):
    """A type made at run time has no module if its name has no dot."""
    cls = attempt(ext.undotted).value
    expect("module", hasattr(cls, "__module__"), False, source=UNDEFINED)


@scenario
def names_are_set(ext):
    """The names of a type that was made at run time are set, and seen by pickle."""
    cls = ext.undotted()
    cls.__module__, cls.__name__, cls.__qualname__ = "ext", "Point", "Outer.Point"
    expect("set", names(cls), ("ext", "Point", "Outer.Point"), source=SET)
    expect("refused", [attempt(setattr, cls, name, 5).exception for name in ("__name__", "__qualname__")],
           ["TypeError"] * 2, source=SET)
    expect("not deleted", [attempt(delattr, cls, name).exception is None for name in ("__name__", "__qualname__")],
           [False] * 2, source=SET)
    expect("another object", attempt(pickle.dumps, cls).exception is None, False, source=PICKLE)


@scenario
def names_of_static_types(ext):
    """The names of a static type are not set."""
    for name in ("__name__", "__qualname__", "__module__"):
        expect(name, attempt(setattr, ext.Point, name, "Other").exception, "TypeError", source=STATIC)
    expect("kept", names(ext.Point), ("ext", "Point", "Point"), source=STATIC)


@scenario
def types_are_pickled(ext):
    """A type is pickled by its name, and is the same when it comes back."""
    for cls in (ext.Point, ext.Plain):
        expect(cls.__name__, [one is cls for one in again(cls)], [True], source=PICKLE)
    expect("copied", (copy.copy(ext.Point) is ext.Point, copy.deepcopy(ext.Point) is ext.Point), (True, True),
           source=COPY)


@scenario
def types_that_are_not_found(ext):
    """A type that is not found under its name is not pickled."""
    expect("module", attempt(pickle.dumps, ext.Deep), raised(pickle.PicklingError), source=PICKLE)
    expect("name", attempt(pickle.dumps, ext.Hidden), raised(pickle.PicklingError), source=PICKLE)


@scenario
def objects_are_reduced(ext):
    """An object that reduces itself in C to its type and its number comes back with it."""
    one = ext.Point(5)
    expect("reduced", one.__reduce__() == (ext.Point, (5,)), True, source=REDUCE)
    expect("pickled", [(type(other) is ext.Point, other.number) for other in again(one)], [(True, 5)] * len(PROTOCOLS),
           source=REDUCE)
    expect("copied", (copy.copy(one).number, copy.deepcopy([one])[0].number, copy.copy(one) is one), (5, 5, False),
           source=REDUCE)


@scenario
def objects_of_types_that_are_not_found(ext):
    """An object whose type is not found is not pickled."""

    class Below(ext.Plain):
        pass

    expect("class", attempt(pickle.dumps, Below).exception is None, False, source=PICKLE)
    expect("object", [attempt(pickle.dumps, one).exception is None for one in (Below(), ext.Hidden(), ext.Deep())],
           [False] * 3, source=PICKLE)


@scenario
def attributes_that_are_types(ext):
    """Types inside of other objects are pickled by their names too."""
    found = pickle.loads(pickle.dumps({"types": [ext.Point, int], "object": ext.Point(3)}))
    expect("found", (found["types"] == [ext.Point, int], found["object"].number), (True, 3), source=PICKLE)
