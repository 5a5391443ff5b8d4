from hpy_conform import attempt, clear_events, events, expect, raised, record, scenario

PROTOCOL = "Python/C API, 'Call Protocol', The Vectorcall Protocol (vectorcallfunc)"
INHERITED = "Python/C API, 'Type Objects', Py_TPFLAGS_HAVE_VECTORCALL (inherited if tp_call is)"
REASSIGNED = "Python/C API, 'Type Objects', Py_TPFLAGS_HAVE_VECTORCALL (removed when __call__ is reassigned)"
OFFSET = "Python/C API, 'Call Protocol', PY_VECTORCALL_ARGUMENTS_OFFSET"
NARGS = "Python/C API, 'Call Protocol', PyVectorcall_NARGS"
METHOD = "Python/C API, 'Call Protocol', PyObject_VectorcallMethod"
CALL = "Python/C API, 'Call Protocol', PyVectorcall_Call"
FALLBACK = "Python/C API, 'Call Protocol', PyObject_Vectorcall (calls tp_call where there is no vectorcall)"


def told(called):
    """What an object says that was called in several ways."""
    return [called(), called(1, 2), called(1, x=2), called(*[1], **{"y": 3})]


TOLD = [(7, (), None, ()), (7, (1, 2), None, ()), (7, (1,), ("x",), (2,)), (7, (1,), ("y",), (3,))]


@scenario
def called_from_python(ext):
    """By position and by name; a dictionary becomes names and values."""
    expect("told", told(ext.Called()), TOLD, source=PROTOCOL)
    clear_events(ext)
    ext.Called()(1, 2, x=3)
    expect("by a vectorcall", events(ext, "vectorcall"), [2], source=PROTOCOL)


@scenario
def called_from_c(ext):
    """PyObject_Vectorcall hands over what it was given."""
    called = ext.Called()
    for offset in (0, 1):
        expect("nothing, %d" % offset, ext.vectorcall(called, (), None, (), offset), (7, (), None, ()), source=PROTOCOL)
        expect("names, %d" % offset, ext.vectorcall(called, (1,), ("a", "b"), (2, 3), offset),
               (7, (1,), ("a", "b"), (2, 3)), source=PROTOCOL)
    expect("by tuple", ext.by_tuple(called, (1,), {"a": 2}), (7, (1,), ("a",), (2,)), source=CALL)
    expect("by tuple alone", ext.by_tuple(called, (1, 2), None), (7, (1, 2), None, ()), source=CALL)


@scenario
def a_type_below(ext):
    """A type from a spec that defines no call inherits the vectorcall."""
    expect("told", told(ext.Below()), TOLD, source=INHERITED)
    clear_events(ext)
    ext.vectorcall(ext.Below(), (1,), None, (), 0)
    expect("by a vectorcall", events(ext, "vectorcall"), [1], source=INHERITED)


@scenario
def a_class_below(ext):
    """A class statement that defines no call inherits the vectorcall, too."""

    class Sub(ext.Below):
        pass

    expect("told", told(Sub()), TOLD, source=INHERITED)
    expect("from C", ext.vectorcall(Sub(), (1,), None, (), 1), (7, (1,), None, ()), source=INHERITED)


@scenario
def a_type_with_a_call_of_its_own(ext):
    """tp_call without the flag replaces the vectorcall of the base."""
    clear_events(ext)
    expect("from Python", ext.Plain()(1, x=2), ((1,), {"x": 2}), source=INHERITED)
    expect("from C", ext.vectorcall(ext.Plain(), (1,), ("x",), (2,), 0), ((1,), {"x": 2}), source=FALLBACK)
    expect("calls", (len(events(ext, "call")), len(events(ext, "vectorcall"))), (2, 0), source=INHERITED)
    expect("by tuple", ext.by_tuple(ext.Plain(), (1,), None), (7, (1,), None, ()),
           source=CALL + " (checks no flag, and does not fall back to tp_call)")


@scenario
def a_call_that_is_reassigned(ext):
    """A __call__ of Python takes the place of the vectorcall, in the class and below it."""

    class Sub(ext.Called):
        pass

    class Low(Sub):
        pass

    sub, low = Sub(), Low()
    expect("before", (sub(1), low(1)), ((7, (1,), None, ()), (7, (1,), None, ())), source=INHERITED)
    Sub.__call__ = lambda self, *args: ("Python", args)
    expect("after", (sub(1), low(1)), (("Python", (1,)), ("Python", (1,))), source=REASSIGNED)
    expect("from C", ext.vectorcall(low, (1,), None, (), 0), ("Python", (1,)), source=REASSIGNED)
    del Sub.__call__
    expect("deleted", (sub(1), low(1)), ((7, (1,), None, ()), (7, (1,), None, ())), source=INHERITED)


@scenario
def calls_of_other_objects(ext):
    """Functions, classes, bound methods and objects of Python are called as well."""

    class Callable:
        def __call__(self, *args, **kw):
            return args, kw

        def bound(self, *args, **kw):
            return args, kw

    def function(*args, **kw):
        return args, kw

    clear_events(ext)
    for offset in (0, 1):
        for name, callable in (("object", Callable()), ("bound", Callable().bound), ("function", function)):
            expect("%s, %d" % (name, offset), ext.vectorcall(callable, (1, 2), ("k",), (3,), offset),
                   ((1, 2), {"k": 3}), source=FALLBACK)
        expect("class, %d" % offset, ext.vectorcall(dict, (), ("k",), (3,), offset), {"k": 3}, source=FALLBACK)
        expect("method of C, %d" % offset, ext.vectorcall("a-b".split, ("-",), None, (), offset), ["a", "b"],
               source=FALLBACK)
    expect("the place is restored", events(ext, "changed"), [], source=OFFSET)
    expect("not callable", attempt(ext.vectorcall, 1, (), None, (), 0), raised(TypeError), source=FALLBACK)


@scenario
def methods_by_name(ext):
    """The first argument is the object whose method is called."""

    class Thing:
        def told(self, *args, **kw):
            return "told", args, kw

        @classmethod
        def of_class(cls, *args, **kw):
            return cls.__name__, args, kw

    one = Thing()
    one.own = lambda *args, **kw: ("own", args, kw)
    clear_events(ext)
    for offset in (0, 1):
        for name, first in (("told", "told"), ("of_class", "Thing"), ("own", "own")):
            expect("%s, %d" % (name, offset), ext.method(name, (one, 1, 2), None, (), offset), (first, (1, 2), {}),
                   source=METHOD)
            expect("%s by name, %d" % (name, offset), ext.method(name, (one, 1), ("k",), (3,), offset),
                   (first, (1,), {"k": 3}), source=METHOD)
        expect("of C, %d" % offset, ext.method("join", ("-", ["a", "b"]), None, (), offset), "a-b", source=METHOD)
        expect("no such, %d" % offset, attempt(ext.method, "missing", (one,), None, (), offset),
               raised(AttributeError), source=METHOD)
    expect("the first is restored", events(ext, "changed"), [], source=OFFSET)


@scenario
def numbers_of_arguments(ext):
    """The flag is no part of the number."""
    for number in (0, 1, 2**40):
        expect(str(number), ext.nargs(number), (number, number), source=NARGS)


@scenario
def arguments_that_fail(ext):
    """An exception of the callee reaches the caller; nothing is left."""

    def fail(*args, **kw):
        raise LookupError(args)

    expect("raised", attempt(ext.vectorcall, fail, (1,), ("k",), (2,), 1), raised(LookupError), source=PROTOCOL)
    expect("a name twice", attempt(ext.vectorcall, lambda a: a, (1,), ("a",), (2,), 0), raised(TypeError), source=FALLBACK)
    record("object without a call", attempt(ext.by_tuple, 1, (), None))
