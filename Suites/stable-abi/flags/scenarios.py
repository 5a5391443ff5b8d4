from hpy_conform import attempt, expect, raised, record, scenario

FLAGS = "Python/C API, 'Type Objects', PyType_GetFlags"
HEAP = "Python/C API, 'Type Objects', Py_TPFLAGS_HEAPTYPE (PyType_FromSpec sets it)"
BASE = "Python/C API, 'Type Objects', Py_TPFLAGS_BASETYPE"
SUBCLASS = "Python/C API, 'Type Objects', Py_TPFLAGS_LONG_SUBCLASS and the flags behind it"
CHECK = "Python/C API, 'Integer Objects', PyLong_Check (true for objects of subtypes), and those of other builtins"
EXACT = "Python/C API, 'Integer Objects', PyLong_CheckExact (false for objects of subtypes), and those of other builtins"
SIZE = "Python/C API, 'Type Objects', PyType_Spec.basicsize (zero: that of the base)"
CLOSED = "Python/C API, 'Type Objects', Py_TPFLAGS_DISALLOW_INSTANTIATION"
NEW = "Python/C API, 'Type Objects', tp_new (inherited by types that are not static)"
FIXED = "Python/C API, 'Type Objects', Py_TPFLAGS_IMMUTABLETYPE"

BUILTINS = [
    (int, "LONG_SUBCLASS"), (list, "LIST_SUBCLASS"), (tuple, "TUPLE_SUBCLASS"), (bytes, "BYTES_SUBCLASS"),
    (str, "UNICODE_SUBCLASS"), (dict, "DICT_SUBCLASS"), (ValueError, "BASE_EXC_SUBCLASS"), (type, "TYPE_SUBCLASS"),
]


def subclass_flags(ext, cls):
    return [flag for flag in ext.flags(cls) if flag.endswith("SUBCLASS")]


@scenario
def flags_of_a_type_from_a_spec(ext):
    """It is ready, of the heap, and a base if it says so."""
    expect("a base", ext.flags(ext.below(object)), ["HEAPTYPE", "BASETYPE", "READY"], source=HEAP)
    expect("none", ext.flags(ext.final()), ["HEAPTYPE", "READY"], source=HEAP)

    def derive():
        class Sub(ext.final()):
            pass

    expect("a class below", attempt(derive), raised(TypeError), source=BASE)
    expect("a type below", attempt(ext.below, ext.final()), raised(TypeError), source=BASE)


@scenario
def flags_of_a_class(ext):
    """A class statement makes a type that is ready, of the heap, and a base."""

    class Class:
        pass

    found = ext.flags(Class)
    expect("flags", [flag for flag in ("HEAPTYPE", "BASETYPE", "READY") if flag in found],
           ["HEAPTYPE", "BASETYPE", "READY"], source=FLAGS)
    record("collected", "HAVE_GC" in found)


@scenario
def flags_of_builtins(ext):
    """The flags by which fast checks know builtin types: they have one each."""
    for cls, flag in BUILTINS:
        expect(cls.__name__, subclass_flags(ext, cls), [flag], source=SUBCLASS)
        expect(cls.__name__ + ": ready", "READY" in ext.flags(cls), True, source=FLAGS)
    for cls in (object, float, complex, bytearray, set):
        expect(cls.__name__, subclass_flags(ext, cls), [], source=SUBCLASS)


@scenario
def flags_below_builtins(ext):
    """Types and classes below inherit them."""
    for cls, flag in BUILTINS:
        below = ext.below(cls)
        expect("type below " + cls.__name__, subclass_flags(ext, below), [flag], source=SUBCLASS)

        class Sub(below):
            pass

        expect("class below " + cls.__name__, subclass_flags(ext, Sub), [flag], source=SUBCLASS)


@scenario
def checks_of_objects(ext):
    """Each object is of one builtin type."""
    for value, check in [
        (1, "PyLong"), (True, "PyLong"), (2**70, "PyLong"), ([], "PyList"), ((), "PyTuple"), (b"", "PyBytes"),
        ("", "PyUnicode"), ({}, "PyDict"), (KeyError(), "PyExceptionInstance"), (int, "PyType"),
        (KeyError, "PyType PyExceptionClass"), (1.5, "PyFloat"), (1j, "PyComplex"), (bytearray(), "PyByteArray"),
        (None, ""), (object(), ""), (frozenset(), ""),
    ]:
        expect(type(value).__name__ + " " + repr(value)[:12], ext.checks(value), check, source=CHECK)


@scenario
def checks_of_objects_of_subtypes(ext):
    """Types of C and classes of Python below a builtin pass its check, and not the exact one."""
    for value, check in [
        (1, "PyLong"), ([], "PyList"), ((), "PyTuple"), (b"", "PyBytes"), ("", "PyUnicode"), ({}, "PyDict"),
        (1.5, "PyFloat"),
    ]:
        below = ext.below(type(value))

        class Sub(below):
            pass

        name = type(value).__name__
        expect("type below " + name, ext.checks(below(value)), check, source=CHECK)
        expect("class below " + name, ext.checks(Sub(value)), check, source=CHECK)
        expect("exact, below " + name, ext.exact(below(value)), (0, 0, 0, 0, 0, 0), source=EXACT)
        expect("value, below " + name, Sub(value) == value, True, source=SIZE)


@scenario
def exact_checks(ext):
    """Each builtin passes one of them."""
    values = [1, [], (), b"", "", {}]
    for place, value in enumerate(values):
        expect(type(value).__name__, ext.exact(value), tuple(int(place == other) for other in range(6)), source=EXACT)
    expect("bool", ext.exact(True), (0, 0, 0, 0, 0, 0), source=EXACT)


@scenario
def a_type_that_makes_no_objects(ext):
    """DISALLOW_INSTANTIATION leaves tp_new empty, below the type too, where the flag itself is not inherited."""
    closed = ext.closed()
    below = ext.below(closed)

    class Sub(closed):
        pass

    flags = ["DISALLOW_INSTANTIATION" in ext.flags(cls) for cls in (closed, below, Sub)]
    expect("flags", flags, [True, False, False], source=CLOSED)
    expect("tp_new", ext.has_new(closed), False, source=CLOSED)
    expect("tp_new of others", ext.has_new(ext.below(object)), True, source=NEW)
    expect("type", attempt(closed), raised(TypeError), source=CLOSED)
    expect("type below", attempt(below), raised(TypeError), source=CLOSED)
    expect("class below", attempt(Sub), raised(TypeError), source=CLOSED)


@scenario
def a_type_that_is_not_changed(ext):
    """IMMUTABLETYPE refuses attributes; it is not inherited."""
    fixed = ext.immutable()
    below = ext.below(fixed)

    class Sub(fixed):
        pass

    flags = ["IMMUTABLETYPE" in ext.flags(cls) for cls in (fixed, below, Sub)]
    expect("flags", flags, [True, False, False], source=FIXED)
    expect("set", attempt(setattr, fixed, "colour", "red"), raised(TypeError), source=FIXED)
    for name, cls in (("type below", below), ("class below", Sub)):
        cls.colour = "blue"
        expect(name, cls.colour, "blue", source=FIXED)
