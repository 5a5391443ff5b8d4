from hpy_conform import (
    Watch, attempt, clear_events, events, expect, expect_released, raised, record, returned, scenario,
)

CALL = "HPy API reference, 'HPy Call API', HPy_Call"
METHOD = "HPy API reference, 'HPy Call API', HPy_CallMethod"
TUPLE_DICT = "HPy API reference, 'HPy Call API', HPy_CallTupleDict"
PORTING = "HPy porting guide, 'Calling functions PyObject_Call and PyObject_CallObject'"
CHECK = "Python/C API, 'Call Protocol', PyCallable_Check"
SIGNATURES = ("HPy API introduction, 'VARARGS calling convention'; "
              "Python/C API, 'Common Object Structures', METH_NOARGS and METH_O")
STATEMENT = "Python language reference, 'Expressions', Calls"
OWNERSHIP = "HPy API introduction, 'Handles vs PyObject *' (handles are closed)"
TP_CALL = "HPy porting guide, 'Calling protocol', HPy_tp_call"
SET_CALL = "HPy API reference, 'HPy Object', HPy_SetCallFunction"


def shape(*args, **kwargs):
    return args, kwargs


class Receiver:
    def shape(self, *args, **kwargs):
        return self, args, kwargs

    def fails(self, *args):
        raise LookupError("in the method")

    @staticmethod
    def static(*args):
        return args

    @classmethod
    def made(cls, *args):
        return cls is Receiver, args

    number = 5


def failing(*args, **kwargs):
    raise LookupError("in the callable")


def named_values(named):
    return (None if named is None else tuple(named)), (() if named is None else tuple(named.values()))


WAYS = (
    ("nothing", (), None), ("one", (1,), None), ("three", (1, 2, 3), None), ("no names", (1,), {}),
    ("a name", (), {"a": 1}), ("names", (), {"b": 1, "a": 2}), ("both", (1, 2), {"x": 3, "y": 4}),
    ("many", tuple(range(18)), {"z": 18, "a": 19}),
)


@scenario
def an_array_of_arguments(ext):
    """HPy_Call gives the callable the positional arguments, and the rest by the names."""
    for label, positional, named in WAYS:
        result = ext.call(shape, positional, *named_values(named))
        expect(label, result, (positional, named or {}), source=CALL)
        result = ext.call(ext.keywords, positional, *named_values(named))
        expect(label + ", C function", (result[1], dict(zip(result[2] or (), result[3]))), (positional, named or {}),
               source=CALL)
    expect("a type", ext.call(int, ("12",), ("base",), (5,)), 7, source=CALL)
    expect("a bound method", ext.call(Receiver.made, (1,), None, ()), (True, (1,)), source=CALL)
    expect("identity", ext.call(ext.o, (shape,), None, ())[1][0] is shape, True, source=CALL)


@scenario
def a_tuple_and_a_dictionary(ext):
    """HPy_CallTupleDict gives the callable what is in the two."""
    for label, positional, named in WAYS:
        expect(label, ext.call_tuple_dict(shape, positional, named), (positional, named or {}), source=TUPLE_DICT)
    expect("no tuple", ext.call_tuple_dict(shape, None, {"a": 1}), ((), {"a": 1}),
           source=PORTING)
    expect("no tuple, no names", ext.call_tuple_dict(shape, None, {}), ((), {}),
           source=PORTING)
    expect("neither", ext.call_tuple_dict(shape, None, None), ((), {}),
           source=PORTING)
    expect("a type", ext.call_tuple_dict(dict, ([("k", 1)],), {"z": 2}), {"k": 1, "z": 2}, source=TUPLE_DICT)
    named = {"a": 1}
    ext.call_tuple_dict(lambda **kw: kw.update(b=2), (), named)
    expect("the dictionary afterwards", named, {"a": 1}, source=STATEMENT)


@scenario
def wrong_tuples_and_dictionaries(ext):
    """What is neither a tuple nor nothing, or neither a dictionary nor nothing, is a TypeError; no call is made."""
    called = []
    for label, positional in (("list", [1]), ("int", 5), ("str", "ab"), ("dict", {})):
        for number, named in enumerate((None, {}, {"a": 1})):
            expect("%s for a tuple %d" % (label, number),
                   attempt(ext.call_tuple_dict, lambda *a, **k: called.append(a), positional, named),
                   raised(TypeError), source=PORTING)
    for label, named in (("list", [1]), ("int", 5), ("str", "ab"), ("tuple", ())):
        for number, positional in enumerate((None, (), (1,))):
            expect("%s for a dictionary %d" % (label, number),
                   attempt(ext.call_tuple_dict, lambda *a, **k: called.append(a), positional, named),
                   raised(TypeError), source=PORTING)
    expect("calls", called, [], source=PORTING)


@scenario
def methods_by_their_name(ext):
    """HPy_CallMethod finds the method on the receiver, which is the first of the array."""
    one = Receiver()
    for label, positional, named in WAYS:
        result = ext.call_method("shape", (one,) + positional, *named_values(named))
        expect(label, (result[0] is one, result[1:]), (True, (positional, named or {})), source=METHOD)
    expect("static", ext.call_method("static", (one, 1, 2), None, ()), (1, 2), source=METHOD)
    expect("of the class", ext.call_method("made", (one, 1), None, ()), (True, (1,)), source=METHOD)
    one.own = shape
    expect("of the object", ext.call_method("own", (one, 1), ("a",), (2,)), ((1,), {"a": 2}), source=METHOD)
    expect("of a built-in type", ext.call_method("replace", ("banana", "a", "o"), None, ()), "bonono", source=METHOD)
    expect("of a type", ext.call_method("fromkeys", (dict, "ab"), None, ()), {"a": None, "b": None}, source=METHOD)
    expect("of a module", ext.call_method("o", (ext, 3), None, ())[1], (3,), source=METHOD)


@scenario
def methods_that_fail(ext):
    """A missing method is an AttributeError; what is no method cannot be called; an exception comes through."""
    one = Receiver()
    expect("missing", attempt(ext.call_method, "missing", (one, 1), None, ()), raised(AttributeError), source=METHOD)
    expect("missing of int", attempt(ext.call_method, "missing", (5,), None, ()), raised(AttributeError),
           source=METHOD)
    expect("a number", attempt(ext.call_method, "number", (one,), None, ()), raised(TypeError), source=METHOD)
    expect("failing", attempt(ext.call_method, "fails", (one, 1), None, ()), raised(LookupError), source=METHOD)
    expect("wrong arguments", attempt(ext.call_method, "append", ([], 1, 2), None, ()).exception, "TypeError",
           source=METHOD)
    record("a name that is no str", attempt(ext.call_method, 5, (one,), None, ()).exception)


@scenario
def errors_of_a_call(ext):
    """An exception of the callable is that of the call; what cannot be called is a TypeError."""
    for label, function, arguments in (
            ("array", ext.call, (None, ())), ("tuple and dictionary", ext.call_tuple_dict, (None,)),
            ("dictionary", ext.call_tuple_dict, ({},)), ("array with names", ext.call, (("a",), (1,)))):
        result = attempt(function, failing, (1,), *arguments)
        expect(label, (result.exception, result.message), ("LookupError", "in the callable"), source=CALL)
        for name, given in (("5", 5), ("None", None), ("an object", object())):
            expect("%s of %s" % (label, name), attempt(function, given, (), *arguments).exception, "TypeError",
                   source="Python language reference, 'Data model', Callable types")
    expect("no tuple", attempt(ext.call_tuple_dict, failing, None, {"a": 1}), raised(LookupError), source=TUPLE_DICT)
    expect("no tuple, no names", attempt(ext.call_tuple_dict, failing, None, None), raised(LookupError),
           source=TUPLE_DICT)
    expect("too many", attempt(ext.call, ext.noargs, (1,), None, ()), raised(TypeError), source=SIGNATURES)
    expect("unknown name", attempt(ext.call, lambda a: a, (), ("b",), (1,)), raised(TypeError), source=STATEMENT)
    expect("given twice", attempt(ext.call, lambda a: a, (1,), ("a",), (2,)), raised(TypeError), source=STATEMENT)


@scenario
def what_can_be_called(ext):
    """HPyCallable_Check is 1 or 0, and calls nothing."""
    class Calling:
        def __call__(self):
            return 1

    own = Calling()
    for label, given in (("function", shape), ("C function", ext.o), ("type", int), ("method", Receiver().shape),
                         ("class", Receiver), ("an object with __call__", own), ("an HPy object", ext.Called(1)),
                         ("an HPy type", ext.Methods)):
        expect(label, ext.callable(given), 1, source=CHECK)
    receiver = Receiver()
    receiver.__call__ = shape
    for label, given in (("5", 5), ("None", None), ("str", "abc"), ("an object", Receiver()), ("module", ext),
                         ("__call__ of the object alone", receiver), ("an HPy object", ext.Methods())):
        expect(label + " cannot", ext.callable(given), 0, source=CHECK)


@scenario
def functions_of_every_signature(ext):
    """Each signature gets what the call gives, and the module as self; the wrong numbers are a TypeError."""
    for where, one in (("module", ext), ("object", ext.Methods())):
        expect(where + " noargs", one.noargs()[1:], ((), None, ()), source=SIGNATURES)
        for given in (1, None, (), (1, 2)):
            expect("%s o %r" % (where, given), one.o(given)[1:], ((given,), None, ()), source=SIGNATURES)
        for given in ((), (1,), (1, 2, 3), tuple(range(40))):
            expect("%s varargs %d" % (where, len(given)), one.varargs(*given)[1:], (given, None, ()),
                   source=SIGNATURES)
            expect("%s keywords %d" % (where, len(given)), one.keywords(*given)[1:], (given, None, ()),
                   source=SIGNATURES)
        expect(where + " names", one.keywords(b=1, a=2)[1:], ((), ("b", "a"), (1, 2)), source=SIGNATURES)
        expect(where + " both", one.keywords(1, 2, x=3, y=4)[1:], ((1, 2), ("x", "y"), (3, 4)), source=SIGNATURES)
        expect(where + " unpacked", one.keywords(*[1, 2], **{"a b": 3})[1:], ((1, 2), ("a b",), (3,)),
               source=SIGNATURES)
        results = (one.noargs(), one.o(1), one.varargs(1), one.varargs(), one.keywords(1, a=2), one.keywords())
        expect(where + " self", [result[0] is one for result in results], [True] * 6, source=SIGNATURES)
        for label, wrong in (("noargs with one", lambda: one.noargs(1)),
                             ("noargs with a name", lambda: one.noargs(a=1)),
                             ("o with none", lambda: one.o()), ("o with two", lambda: one.o(1, 2)),
                             ("o with a name", lambda: one.o(arg=1)),
                             ("varargs with a name", lambda: one.varargs(a=1))):
            expect("%s %s" % (where, label), attempt(wrong).exception, "TypeError", source=SIGNATURES)


@scenario
def functions_of_every_signature_fail(ext):
    """HPy_NULL with an exception is that exception for the caller."""
    for where, one in (("module", ext), ("object", ext.Methods())):
        ext.set_failing(True)
        result = attempt(one.noargs)
        ext.set_failing(False)
        expect(where + " noargs", result, raised(LookupError), source=SIGNATURES)
        expect(where + " o", attempt(one.o, "fail"), raised(LookupError), source=SIGNATURES)
        expect(where + " varargs", attempt(one.varargs, "fail", 2), raised(LookupError), source=SIGNATURES)
        expect(where + " keywords", attempt(lambda: one.keywords("fail", a=2)), raised(LookupError), source=SIGNATURES)
        expect(where + " afterwards", one.noargs()[1:], ((), None, ()), source=SIGNATURES)


@scenario
def methods_of_the_type(ext):
    """A method taken from the type wants an object of it first."""
    one = ext.Methods()
    for label, result in (("noargs", ext.Methods.noargs(one)), ("o", ext.Methods.o(one, 1)),
                          ("varargs", ext.Methods.varargs(one, 1)), ("keywords", ext.Methods.keywords(one, a=1))):
        expect(label, result[0] is one, True, source="Python language reference, 'Data model', Instance methods")
    for name in ("noargs", "o", "varargs", "keywords"):
        method = getattr(ext.Methods, name)
        expect(name + " without", attempt(method), raised(TypeError),
               source="Python language reference, 'Data model', Instance methods")
        expect(name + " of a stranger", attempt(method, 5, 1).exception, "TypeError",
               source="Python language reference, 'Data model', Instance methods")


@scenario
def objects_that_are_called(ext):
    """HPy_tp_call gets the object, the positional arguments and the names; its exception is that of the call."""
    one = ext.Called(7)
    for label, positional, named in WAYS:
        clear_events(ext)
        ways = (one(*positional, **(named or {})), ext.call(one, positional, *named_values(named)),
                ext.call_tuple_dict(one, positional, named),
                ext.call_method("__call__", (one,) + positional, *named_values(named)))
        for number, result in enumerate(ways):
            expect("%s %d" % (label, number),
                   (result[0] is one, result[1], dict(zip(result[2] or (), result[3]))),
                   (True, positional, named or {}), source=TP_CALL)
        expect(label + ": run", events(ext), [("type's", 7)] * 4, source=TP_CALL)
    for label, function in (("statement", one), ("array", lambda *a: ext.call(one, a, None, ())),
                            ("dictionary", lambda *a: ext.call_tuple_dict(one, a, {}))):
        expect(label + " fails", attempt(function, "fail"), raised(LookupError), source=TP_CALL)


@scenario
def objects_with_a_call_function_of_their_own(ext):
    """HPy_SetCallFunction decides for the one object."""
    own = ext.Called(3, 1)
    for label, positional, named in WAYS:
        clear_events(ext)
        ways = (own(*positional, **(named or {})), ext.call(own, positional, *named_values(named)),
                ext.call_tuple_dict(own, positional, named))
        for number, result in enumerate(ways):
            expect("%s %d" % (label, number),
                   (result[0] is own, result[1], dict(zip(result[2] or (), result[3]))),
                   (True, positional, named or {}), source=SET_CALL)
        expect(label + ": run", events(ext), [("own", 3)] * 3, source=SET_CALL)
    expect("fails", attempt(own, "fail"), raised(LookupError), source=SET_CALL)


@scenario
def call_functions_for_others(ext):
    """An object whose type has no HPy_tp_call gets no call function."""
    expect("an HPy object", attempt(ext.set_call, ext.Methods()), raised(TypeError), source=SET_CALL)
    expect("an int", attempt(ext.set_call, 5), raised(TypeError), source=SET_CALL)
    expect("None", attempt(ext.set_call, None), raised(TypeError), source=SET_CALL)
    expect("one that can be called", attempt(ext.set_call, ext.Called(1)), returned(0), source=SET_CALL)


def ended(watch, function, *arguments):
    """Call with fresh objects of these names; the exception's name."""
    return attempt(function, *[watch.thing(name) for name in arguments]).exception


@scenario
def arguments_and_results_end(ext):
    """After a call nobody holds its arguments, its result or its exception, whichever way it went."""
    one, called, own = ext.Methods(), ext.Called(1), ext.Called(2, 1)
    functions = (
        ("o", lambda x, y: (ext.o(x), one.o(y))), ("varargs", lambda x, y: (ext.varargs(x, y), one.varargs(y, x))),
        ("keywords", lambda x, y: (ext.keywords(x, a=y), one.keywords(y, b=x))),
        ("call", lambda x, y: ext.call(shape, (x,), ("a",), (y,))),
        ("call, C", lambda x, y: ext.call(ext.varargs, (x, y), None, ())),
        ("tuple", lambda x, y: ext.call_tuple_dict(shape, (x, y), None)),
        ("tuple and dictionary", lambda x, y: ext.call_tuple_dict(shape, (x,), {"a": y})),
        ("dictionary", lambda x, y: ext.call_tuple_dict(shape, None, {"a": x, "b": y})),
        ("method", lambda x, y: ext.call_method("shape", (Receiver(), x), ("a",), (y,))),
        ("object", lambda x, y: (called(x, a=y), called(y))), ("own", lambda x, y: (own(x, a=y), own(y))),
        ("object from C", lambda x, y: ext.call(called, (x,), ("a",), (y,))),
        ("object, dictionary", lambda x, y: ext.call_tuple_dict(called, (x,), {"a": y})),
    )
    for label, function in functions:
        watch = Watch()
        expect(label, ended(watch, function, "x", "y"), None, source=OWNERSHIP)
        expect_released(label + ": ended", watch, ["x", "y"], OWNERSHIP)


@scenario
def arguments_of_failed_calls_end(ext):
    """The same when the call fails."""
    called = ext.Called(1)
    functions = (
        ("varargs", lambda x, y: ext.varargs("fail", x, y)), ("keywords", lambda x, y: ext.keywords("fail", x, a=y)),
        ("object", lambda x, y: called("fail", x, a=y)),
        ("call", lambda x, y: ext.call(failing, (x,), ("a",), (y,))),
        ("tuple", lambda x, y: ext.call_tuple_dict(failing, (x, y), None)),
        ("tuple and dictionary", lambda x, y: ext.call_tuple_dict(failing, (x,), {"a": y})),
        ("dictionary", lambda x, y: ext.call_tuple_dict(failing, None, {"a": x, "b": y})),
        ("method", lambda x, y: ext.call_method("fails", (Receiver(), x, y), None, ())),
    )
    for label, function in functions:
        watch = Watch()
        expect(label, ended(watch, function, "x", "y"), "LookupError", source=OWNERSHIP)
        expect_released(label + ": ended", watch, ["x", "y"], OWNERSHIP)
    watch = Watch()
    expect("missing method", ended(watch, lambda x, y: ext.call_method("no", (Receiver(), x, y), None, ()), "x", "y"),
           "AttributeError", source=OWNERSHIP)
    expect_released("missing method: ended", watch, ["x", "y"], OWNERSHIP)
