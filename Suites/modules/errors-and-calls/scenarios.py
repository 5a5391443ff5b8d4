import contextvars
import errno
import warnings

from hpy_conform import Watch, attempt, expect, expect_released, raised, record, returned, scenario

ERRORS = "HPy API reference, 'Exception Handling', %s"
CALLS = "HPy API reference, 'HPy Call API', %s"
VARS = "HPy public API, HPyContextVar; Python/C API, 'Context Variables Objects', %s"
STRUCTS = "HPy API reference, 'Struct Sequences', %s"
BUILD = "HPy API reference, 'Building Complex Python Objects', HPy_BuildValue"
COUNTING = "Python/C API, 'Reference Counting'"


class Failure(Exception):
    pass


@scenario
def exceptions_are_raised_and_told(ext):
    """The exception is the one that was set, there while it is set, and known by its type and base types."""
    expect("text", attempt(ext.set_string, Failure, "a t\u00e4xt"), raised(Failure), source=ERRORS % "HPyErr_SetString")
    expect("its text", attempt(ext.set_string, Failure, "a t\u00e4xt").message, "a t\u00e4xt",
           source=ERRORS % "HPyErr_SetString")
    expect("object", attempt(ext.set_object, Failure, 12), raised(Failure), source=ERRORS % "HPyErr_SetObject")
    expect("its object", attempt(ext.set_object, Failure, 12).message, "12", source=ERRORS % "HPyErr_SetObject")
    expect("no memory", attempt(ext.no_memory), raised(MemoryError), source=ERRORS % "HPyErr_NoMemory")
    for label, kind, other, matches in (("same", KeyError, KeyError, 1), ("base", KeyError, LookupError, 1),
                                        ("other", KeyError, ValueError, 0), ("derived", LookupError, KeyError, 0),
                                        ("one of several", KeyError, (ValueError, KeyError), 1),
                                        ("none of several", KeyError, (ValueError, TypeError), 0)):
        expect(label, ext.told(kind, other), (0, 1, matches, 0),
               source=ERRORS % "HPyErr_Occurred, HPyErr_ExceptionMatches, HPyErr_Clear")


def caught(function, *args):
    try:
        function(*args)
    except OSError as error:
        return [type(error), error.errno, error.filename, error.filename2]


@scenario
def exceptions_of_the_system_name_a_file(ext):
    """The exception has the number, and the name of the file."""
    expect("one name", caught(ext.with_filename, OSError, "a name"), [FileNotFoundError, errno.ENOENT, "a name", None],
           source=ERRORS % "HPyErr_SetFromErrnoWithFilename")


@scenario
def exceptions_of_the_system_name_two_files(ext):
    """The exception has the number, and the names of both files."""
    expect("two names", caught(ext.with_filenames, OSError, "a", "b"), [FileExistsError, errno.EEXIST, "a", "b"],
           source=ERRORS % "HPyErr_SetFromErrnoWithFilenameObjects")


@scenario
def exceptions_of_the_system_may_lack_a_second_file(ext):
    """The second name may be HPy_NULL."""
    expect("first name", caught(ext.with_filenames, OSError, "a", None), [FileExistsError, errno.EEXIST, "a", None],
           source=ERRORS % "HPyErr_SetFromErrnoWithFilenameObjects")


@scenario
def exceptions_of_the_system_may_lack_all_files(ext):
    """Both names may be HPy_NULL."""
    expect("no names", caught(ext.with_filenames, OSError, None, None), [FileExistsError, errno.EEXIST, None, None],
           source=ERRORS % "HPyErr_SetFromErrnoWithFilenameObjects")


@scenario
def exceptions_of_the_system_may_lack_the_file(ext):
    """The only name may be NULL."""
    expect("no name", caught(ext.with_filename, OSError, None), [FileNotFoundError, errno.ENOENT, None, None],
           source=ERRORS % "HPyErr_SetFromErrnoWithFilename")


@scenario
def types_of_exceptions_are_made(ext):
    """Module, name, base, documentation and attributes are as they were given."""
    source = ERRORS % "HPyErr_NewException, HPyErr_NewExceptionWithDoc"
    plain = ext.new_exception("place.Plain", None, None)
    full = ext.new_documented("place.of.Full", "Text.", KeyError, {"attribute": 5})
    several = ext.new_exception("place.Several", (KeyError, AttributeError), None)
    expect("plain", [plain.__module__, plain.__name__, plain.__bases__], ["place", "Plain", (Exception,)],
           source=source)
    expect("full", [full.__module__, full.__name__, full.__bases__, full.__doc__, full.attribute],
           ["place.of", "Full", (KeyError,), "Text.", 5], source=source)
    expect("several bases", several.__bases__, (KeyError, AttributeError), source=source)
    undocumented = ext.new_documented("place.Undocumented", None, None, None)
    expect("undocumented", undocumented.__bases__, (Exception,), source=source)
    record("without a module", attempt(ext.new_exception, "Nowhere", None, None))


@scenario
def warnings_are_issued(ext):
    """A warning has its category and text, and can be turned into an exception."""
    source = ERRORS % "HPyErr_WarnEx"
    expect("result", attempt(ext.warn, UserWarning, "text"), returned(0), source=source)
    expect("category", attempt(ext.warn, FutureWarning, "text").warnings, ["FutureWarning"], source=source)
    expect("default category", attempt(ext.warn, None, "text").warnings, ["RuntimeWarning"],
           source="Python/C API, 'Exception Handling', PyErr_WarnEx: the default category")

    def strictly():
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            ext.warn(UserWarning, "a text")

    expect("as an exception", attempt(strictly), raised(UserWarning), source=source)
    expect("its text", attempt(strictly).message, "a text", source=source)


def told(*args, **kwargs):
    return [args, kwargs]


class Receiver:
    def method(self, *args, **kwargs):
        return ["method", args, kwargs]


@scenario
def functions_are_called(ext):
    """All arguments arrive, those with names under their names; the result and the exception come back."""
    for label, names, args, expected in (
            ("nothing", None, (), [(), {}]), ("positional", None, (1, 2, 3), [(1, 2, 3), {}]),
            ("no names", (), (1,), [(1,), {}]), ("names", ("a", "b"), (1, 2), [(), {"a": 1, "b": 2}]),
            ("both", ("a",), (1, 2, 3), [(1, 2), {"a": 3}])):
        expect(label, ext.call(told, names, *args), expected, source=CALLS % "HPy_Call")
        expect(label + " method", ext.call_method("method", names, Receiver(), *args), ["method"] + expected,
               source=CALLS % "HPy_CallMethod")
    for label, args, kwargs in (("nothing", None, None), ("positional", (1, 2), None), ("names", None, {"a": 1}),
                                ("both", (1,), {"a": 2}), ("empty", (), {})):
        expected = [args or (), kwargs or {}]
        expect(label + " in a tuple", ext.call_tuple_dict(told, args, kwargs), expected,
               source=CALLS % "HPy_CallTupleDict")
        for function in (ext.method_tuple_dict, ext.method_tuple_dict_s):
            expect("%s, %s" % (label, function.__name__), function("method", Receiver(), args, kwargs),
                   ["method"] + expected, source="HPy API reference, 'Inline Helpers', HPy_CallMethodTupleDict")


@scenario
def calls_that_fail_raise(ext):
    """What can't be called, or raises, is an exception; so are arguments that are no tuple and no dict."""

    def failing(*args, **kwargs):
        raise Failure("called")

    for label, call in (("call", lambda f: ext.call(f, None)), ("tuple", lambda f: ext.call_tuple_dict(f, (), None)),
                        ("dict", lambda f: ext.call_tuple_dict(f, None, {})),
                        ("both", lambda f: ext.call_tuple_dict(f, (), {}))):
        expect(label + " not callable", attempt(call, 5), raised(TypeError), source=CALLS % "HPy_Call")
        expect(label + " fails", attempt(call, failing), raised(Failure), source=CALLS % "HPy_Call")
    expect("no method", attempt(ext.call_method, "missing", None, Receiver()), raised(AttributeError),
           source=CALLS % "HPy_CallMethod")
    for function in (ext.method_tuple_dict, ext.method_tuple_dict_s):
        expect(function.__name__, attempt(function, "missing", Receiver(), (), None), raised(AttributeError),
               source="HPy API reference, 'Inline Helpers', HPy_CallMethodTupleDict")
    source = CALLS % "HPy_CallTupleDict: a tuple, a dictionary"
    for label, args, kwargs in (("list for a tuple", [1], None), ("list for a dict", (), [1]),
                                ("number for both", 5, 5), ("number for a dict", None, 5)):
        expect(label, attempt(ext.call_tuple_dict, told, args, kwargs), raised(TypeError), source=source)


@scenario
def calls_keep_nothing(ext):
    """Arguments, methods and results are let go of after the call."""
    watch = Watch()

    class Making:
        def make(self, *args, **kwargs):
            return watch.thing("result")

    receiver = Making()
    ext.call(receiver.make, ("a",), watch.thing("1"), watch.thing("2"))
    ext.call_method("make", ("a",), receiver, watch.thing("3"), watch.thing("4"))
    ext.call_tuple_dict(receiver.make, (watch.thing("5"),), {"a": watch.thing("6")})
    ext.call_tuple_dict(receiver.make, None, {"a": watch.thing("7")})
    ext.method_tuple_dict("make", receiver, (watch.thing("8"),), None)
    ext.method_tuple_dict_s("make", receiver, (watch.thing("9"),), None)
    expect_released("all", watch, ["result"] * 6 + list("123456789"), COUNTING)
    watch = Watch()
    receiver.thing = watch.thing("receiver")
    del receiver
    expect_released("receiver", watch, ["receiver"], COUNTING)


@scenario
def context_variables_have_values(ext):
    """A value that was set comes before the default of the call, and that before the default of the variable."""
    plain, filled = ext.var_new("plain", None), ext.var_new("filled", "default")
    expect("types", [type(plain) is contextvars.ContextVar, plain.name], [True, "plain"],
           source=VARS % "PyContextVar_New")
    expect("without value", ext.var_get(plain, None), "no value", source=VARS % "PyContextVar_Get")
    expect("default of the call", ext.var_get(plain, "given"), "given", source=VARS % "PyContextVar_Get")
    expect("default of the variable", ext.var_get(filled, None), "default", source=VARS % "PyContextVar_Get")
    expect("default of both", ext.var_get(filled, "given"), "given", source=VARS % "PyContextVar_Get")
    token = ext.var_set(filled, "set")
    expect("value", [ext.var_get(filled, "given"), filled.get()], ["set", "set"], source=VARS % "PyContextVar_Set")
    filled.reset(token)
    expect("reset", ext.var_get(filled, None), "default", source=VARS % "PyContextVar_Set")
    expect("set in no variable", attempt(ext.var_set, 5, 1).exception is not None, True,
           source=VARS % "PyContextVar_Set")
    expect("of no variable", attempt(ext.var_get, 5, None).exception is not None, True,
           source=VARS % "PyContextVar_Get")


@scenario
def struct_sequences_are_tuples_with_names(ext):
    """An instance has its values by index and by name."""
    point = ext.point_type()
    expect("type", [point.__name__, issubclass(point, tuple), point.__doc__], ["Point", True, "A point."],
           source=STRUCTS % "HPyStructSequence_NewType")
    expect("module", point.__module__, "ext", source=STRUCTS % "HPyStructSequence_Desc.name")
    one = ext.new_sequence(point, 1, "two", [3])
    expect("instance", [type(one) is point, tuple(one), len(one)], [True, (1, "two", [3]), 3],
           source=STRUCTS % "HPyStructSequence_New")
    expect("names", [one.x, one.y, one.z], [1, "two", [3]], source=STRUCTS % "HPyStructSequence_Field.name")
    expect("written", attempt(setattr, one, "x", 5), raised(AttributeError), source=STRUCTS % "HPyStructSequence_New")
    nothing = ext.nothing_type()
    expect("without fields", tuple(ext.new_sequence(nothing)), (), source=STRUCTS % "HPyStructSequence_New")
    expect("its name", nothing.__name__, "Nothing", source=STRUCTS % "HPyStructSequence_Desc.name")


@scenario
def struct_sequences_refuse_what_does_not_fit(ext):
    """Another number of values, and another type, is a TypeError; the values are let go of."""
    watch = Watch()
    point, source = ext.point_type(), STRUCTS % "HPyStructSequence_New"
    for label, count in (("none", 0), ("too few", 2), ("too many", 4)):
        values = [watch.thing(label) for i in range(count)]
        expect(label, attempt(ext.new_sequence, point, *values), raised(TypeError), source=source)
    for kind in (list, int):
        expect(kind.__name__, attempt(ext.new_sequence, kind, watch.thing("type")), raised(TypeError), source=source)
    ext.new_sequence(point, watch.thing("held"), watch.thing("held"), watch.thing("held"))
    values = None
    expect_released("values", watch, ["too few"] * 2 + ["too many"] * 4 + ["type"] * 2 + ["held"] * 3, COUNTING)


@scenario
def values_are_built(ext):
    """Each unit of a format makes its object, alone, in a tuple, a list or a dict."""
    for number, expected in enumerate((
            None, -5, (-1, 2 ** 32 - 1, -2 ** 31 - 1, 2 ** 32, -2 ** 63 + 1, 2 ** 64 - 1, -7),
            (1.5, -2.25, "t\u00e4xt"),
            "object", ("object", "object"), (), (1,), [], [1, "object", 3], {}, {"one": 1, 2: "object"},
            (1, ("object", [2, 3]), {"key": (4,)}, "end"), ((1,), [("object",)]))):
        expect("format %d" % number, ext.build(number, "object"), expected, source=BUILD)


@scenario
def built_values_hold_their_objects(ext):
    """An object in what was built is held by it; a dict, and the object alone, let go of it."""
    watch = Watch()
    for number in (5, 9, 12, 13):
        built = ext.build(number, watch.thing("object"))
        expect_released("format %d" % number, watch, [], BUILD)
        watch = Watch()
    for number in (4, 11):
        watch = Watch()
        built = ext.build(number, watch.thing("object"))
        expect_released("format %d" % number, watch, [], BUILD)
        built = None
        expect_released("format %d gone" % number, watch, ["object"], BUILD)


@scenario
def built_tuples_and_lists_let_go(ext):
    """What was held by a tuple or a list that has ended is released."""
    watch = Watch()
    for number in (5, 9, 12, 13):
        ext.build(number, watch.thing("format %d" % number))
    expect_released("all", watch, ["format 5", "format 9", "format 12", "format 13"], BUILD)


@scenario
def wrong_formats_are_refused(ext):
    """An exception, and what had been built by then is let go of."""
    watch = Watch()
    one = watch.thing("object")
    for number, label in enumerate((
            "no unit", "open tuple", "open list", "open dict", "N", "key alone", "two commas", "no comma",
            "list closed as a tuple", "tuple closed as a list", "dict closed as a tuple", "null", "null in a list",
            "null in a dict")):
        expect(label, attempt(ext.refuse, number, one), raised(SystemError), source=BUILD)
    expect("key that has no hash", attempt(ext.refuse, 14, object()), raised(TypeError), source=BUILD)
    expect("null after an exception", attempt(ext.refuse, 15, one), raised(KeyError), source=BUILD)
    expect_released("while it is kept", watch, [], BUILD)
    one = None
    expect_released("gone", watch, ["object"], BUILD)
