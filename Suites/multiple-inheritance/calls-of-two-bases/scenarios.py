from hpy_conform import attempt, expect, raised, returned, scenario

CALL = ("Python/C API, 'Type Objects', tp_call (inherited by subtypes); 'Call Protocol', Vectorcall (of the same "
        "semantics); Python language reference, 'Data model', object.__call__ and Custom classes (found along the MRO)")
FLAG = "Python/C API, 'Type Objects', Py_TPFLAGS_HAVE_VECTORCALL (inherited if tp_call is also inherited)"
OWN = "Python language reference, 'Data model', object.__call__; Python/C API, 'Type Objects', tp_call"
CHECK = "Python/C API, 'Call Protocol', PyCallable_Check; HPy API reference, 'HPy Object', HPyCallable_Check"

ARGUMENTS = (((), {}), ((1, 2), {}), ((), {"third": 3}), ((1,), {"second": 2, "third": 3}))

_made = {}


def make(ext, owner, way, bases):
    """A type that is made once: what a type leaves behind is not the matter here."""
    key = (ext, owner, way, bases)
    if key not in _made:
        _made[key] = ext.make(owner, way, bases)
    return _made[key]


def base_of(ext, owner, way):
    return make(ext, owner, way, (ext.Spacious if way == "vectorcall" else ext.Plain,))


def bases_of(ext, first, second):
    return base_of(ext, "A", first), base_of(ext, "B", second)


def in_c(ext, bases):
    return make(ext, "C", "neither", bases)


def in_python(ext, bases):
    return type("Child", bases, {})


def in_python_below_c(ext, bases):
    return type("Child", (make(ext, "C", "neither", bases),), {})


def by_operator(ext, one, args, named):
    return one(*args, **named)


def by_method(ext, one, args, named):
    return type(one).__call__(one, *args, **named)


def by_tuple(ext, one, args, named):
    return ext.call(one, args, named)


def by_array(ext, one, args, named):
    return ext.call_array(one, args, tuple(named), tuple(named.values()))


def called(ext, one, owner, ways, source=CALL, prefix=""):
    """Each way of a call ends in the function of the owner, and brings it each kind of arguments."""
    for way in ways:
        expect(prefix + way.__name__, attempt(lambda: [way(ext, one, args, named) for args, named in ARGUMENTS]),
               returned([(owner, args, named) for args, named in ARGUMENTS]), source=source)


FROM_PYTHON, FROM_C = (by_operator, by_method), (by_tuple, by_array)


def from_python(ext, child, first, second):
    """The call is that of the first base that has one, whichever protocol it is written for."""
    one = child(ext, bases_of(ext, first, second))()
    expect("callable", callable(one), True, source=CHECK)
    called(ext, one, 1 if first != "neither" else 2, FROM_PYTHON)


def from_c(ext, first, second):
    for child in (in_c, in_python, in_python_below_c):
        one = child(ext, bases_of(ext, first, second))()
        expect(child.__name__ + ", callable", ext.is_callable(one), True, source=CHECK)
        called(ext, one, 1 if first != "neither" else 2, FROM_C, prefix=child.__name__ + ", ")


@scenario
def tp_call_of_the_first_base(ext):
    """tp_call in the first base, and none in the second, in a type made in C."""
    from_python(ext, in_c, "tp_call", "neither")


@scenario
def tp_call_of_the_first_base_in_python(ext):
    """tp_call in the first base, and none in the second, in a class statement."""
    from_python(ext, in_python, "tp_call", "neither")


@scenario
def tp_call_of_the_first_base_in_python_below_c(ext):
    """tp_call in the first base, and none in the second, in a class statement below a type made in C."""
    from_python(ext, in_python_below_c, "tp_call", "neither")


@scenario
def tp_call_of_the_first_base_called_from_c(ext):
    """The three of them, called out of C."""
    from_c(ext, "tp_call", "neither")


@scenario
def tp_call_of_the_second_base(ext):
    """tp_call in the second base, and none in the first, in a type made in C."""
    from_python(ext, in_c, "neither", "tp_call")


@scenario
def tp_call_of_the_second_base_in_python(ext):
    """tp_call in the second base, and none in the first, in a class statement."""
    from_python(ext, in_python, "neither", "tp_call")


@scenario
def tp_call_of_the_second_base_in_python_below_c(ext):
    """tp_call in the second base, and none in the first, in a class statement below a type made in C."""
    from_python(ext, in_python_below_c, "neither", "tp_call")


@scenario
def tp_call_of_the_second_base_called_from_c(ext):
    """The three of them, called out of C."""
    from_c(ext, "neither", "tp_call")


@scenario
def tp_call_of_both_bases(ext):
    """tp_call in both, in a type made in C."""
    from_python(ext, in_c, "tp_call", "tp_call")


@scenario
def tp_call_of_both_bases_in_python(ext):
    """tp_call in both, in a class statement."""
    from_python(ext, in_python, "tp_call", "tp_call")


@scenario
def tp_call_of_both_bases_in_python_below_c(ext):
    """tp_call in both, in a class statement below a type made in C."""
    from_python(ext, in_python_below_c, "tp_call", "tp_call")


@scenario
def tp_call_of_both_bases_called_from_c(ext):
    """The three of them, called out of C."""
    from_c(ext, "tp_call", "tp_call")


@scenario
def vectorcall_of_the_first_base(ext):
    """Vectorcall in the first base, and none in the second, in a type made in C."""
    from_python(ext, in_c, "vectorcall", "neither")


@scenario
def vectorcall_of_the_first_base_in_python(ext):
    """Vectorcall in the first base, and none in the second, in a class statement."""
    from_python(ext, in_python, "vectorcall", "neither")


@scenario
def vectorcall_of_the_first_base_in_python_below_c(ext):
    """Vectorcall in the first base, and none in the second, in a class statement below a type made in C."""
    from_python(ext, in_python_below_c, "vectorcall", "neither")


@scenario
def vectorcall_of_the_first_base_called_from_c(ext):
    """The three of them, called out of C."""
    from_c(ext, "vectorcall", "neither")


@scenario
def vectorcall_of_the_second_base(ext):
    """Vectorcall in the second base, and none in the first, in a type made in C."""
    from_python(ext, in_c, "neither", "vectorcall")


@scenario
def vectorcall_of_the_second_base_in_python(ext):
    """Vectorcall in the second base, and none in the first, in a class statement."""
    from_python(ext, in_python, "neither", "vectorcall")


@scenario
def vectorcall_of_the_second_base_in_python_below_c(ext):
    """Vectorcall in the second base, and none in the first, in a class statement below a type made in C."""
    from_python(ext, in_python_below_c, "neither", "vectorcall")


@scenario
def vectorcall_of_the_second_base_called_from_c(ext):
    """The three of them, called out of C."""
    from_c(ext, "neither", "vectorcall")


@scenario
def vectorcall_of_both_bases(ext):
    """Vectorcall in both, in a type made in C."""
    from_python(ext, in_c, "vectorcall", "vectorcall")


@scenario
def vectorcall_of_both_bases_in_python(ext):
    """Vectorcall in both, in a class statement."""
    from_python(ext, in_python, "vectorcall", "vectorcall")


@scenario
def vectorcall_of_both_bases_in_python_below_c(ext):
    """Vectorcall in both, in a class statement below a type made in C."""
    from_python(ext, in_python_below_c, "vectorcall", "vectorcall")


@scenario
def vectorcall_of_both_bases_called_from_c(ext):
    """The three of them, called out of C."""
    from_c(ext, "vectorcall", "vectorcall")


@scenario
def tp_call_and_vectorcall(ext):
    """tp_call in the first base, vectorcall in the second, in a type made in C."""
    from_python(ext, in_c, "tp_call", "vectorcall")


@scenario
def tp_call_and_vectorcall_in_python(ext):
    """tp_call in the first base, vectorcall in the second, in a class statement."""
    from_python(ext, in_python, "tp_call", "vectorcall")


@scenario
def tp_call_and_vectorcall_in_python_below_c(ext):
    """tp_call in the first base, vectorcall in the second, in a class statement below a type made in C."""
    from_python(ext, in_python_below_c, "tp_call", "vectorcall")


@scenario
def tp_call_and_vectorcall_called_from_c(ext):
    """The three of them, called out of C."""
    from_c(ext, "tp_call", "vectorcall")


@scenario
def vectorcall_and_tp_call(ext):
    """Vectorcall in the first base, tp_call in the second, in a type made in C."""
    from_python(ext, in_c, "vectorcall", "tp_call")


@scenario
def vectorcall_and_tp_call_in_python(ext):
    """Vectorcall in the first base, tp_call in the second, in a class statement."""
    from_python(ext, in_python, "vectorcall", "tp_call")


@scenario
def vectorcall_and_tp_call_in_python_below_c(ext):
    """Vectorcall in the first base, tp_call in the second, in a class statement below a type made in C."""
    from_python(ext, in_python_below_c, "vectorcall", "tp_call")


@scenario
def vectorcall_and_tp_call_called_from_c(ext):
    """The three of them, called out of C."""
    from_c(ext, "vectorcall", "tp_call")


@scenario
def no_call_in_either_base(ext):
    """Objects of a type without a call are not callable."""
    for child in (in_c, in_python, in_python_below_c):
        one = child(ext, bases_of(ext, "neither", "neither"))()
        label = child.__name__
        expect(label + ": callable", (callable(one), ext.is_callable(one)), (False, False), source=CHECK)
        for way in (by_operator, by_tuple, by_array):
            expect("%s: %s" % (label, way.__name__), attempt(way, ext, one, (), {}), raised(TypeError), source=CHECK)


def of_its_own(ext, first, second, way):
    """A type made in C has a call of its own, and a class statement below it inherits that."""
    made = make(ext, "C", way, bases_of(ext, first, second))
    called(ext, made(), 3, FROM_PYTHON, source=OWN)
    called(ext, type("Below", (made,), {})(), 3, FROM_PYTHON, source=OWN, prefix="below, ")


@scenario
def tp_call_of_its_own_below_tp_call(ext):
    """tp_call in the type itself, above which both bases have one."""
    of_its_own(ext, "tp_call", "tp_call", "tp_call")


@scenario
def tp_call_of_its_own_below_vectorcall(ext):
    """tp_call in the type itself, above which both bases have a vectorcall function, whose flag it does not inherit."""
    of_its_own(ext, "vectorcall", "vectorcall", "tp_call")


@scenario
def vectorcall_of_its_own_below_tp_call(ext):
    """A vectorcall function in the type itself, above which one base has tp_call and one the place for the function."""
    made = make(ext, "C", "vectorcall", (base_of(ext, "A", "tp_call"), ext.Spacious))
    called(ext, made(), 3, FROM_PYTHON, source=OWN)


@scenario
def vectorcall_of_its_own_below_vectorcall(ext):
    """A vectorcall function in the type itself, above which both bases have one."""
    of_its_own(ext, "vectorcall", "vectorcall", "vectorcall")


def overridden(ext, bases):
    class Own(*bases):
        def __call__(self, *args, **named):
            return "own", super().__call__(*args, **named)

    for way in FROM_PYTHON:
        expect(way.__name__, attempt(way, ext, Own(), (1,), {"second": 2}),
               returned(("own", (1, (1,), {"second": 2}))), source=OWN)

    class Alone(*bases):
        def __call__(self, *args, **named):
            return "alone", args, named

    for way in FROM_PYTHON + FROM_C:
        expect("alone, " + way.__name__, attempt(way, ext, Alone(), (1,), {"second": 2}),
               returned(("alone", (1,), {"second": 2})), source=OWN)


@scenario
def tp_call_overridden_in_python(ext):
    """__call__ in a class statement comes before the tp_call of its bases, which super() finds."""
    overridden(ext, bases_of(ext, "tp_call", "tp_call"))


@scenario
def vectorcall_overridden_in_python(ext):
    """The same with vectorcall functions in both bases."""
    overridden(ext, bases_of(ext, "vectorcall", "vectorcall"))


@scenario
def tp_call_and_vectorcall_overridden_in_python(ext):
    """The same with one of each."""
    overridden(ext, bases_of(ext, "tp_call", "vectorcall"))


@scenario
def vectorcall_and_tp_call_overridden_in_python_below_c(ext):
    """The same below a type made in C."""
    overridden(ext, (in_c(ext, bases_of(ext, "vectorcall", "tp_call")),))


def assigned(ext, child):
    """__call__ is assigned to a class after it was made, and taken away again."""
    one = child()
    child.__call__ = lambda self, *args, **named: ("assigned", args, named)
    for way in FROM_PYTHON + FROM_C:
        expect("assigned, " + way.__name__, attempt(way, ext, one, (1,), {"second": 2}),
               returned(("assigned", (1,), {"second": 2})), source=OWN)
    del child.__call__
    called(ext, one, 1, FROM_PYTHON + FROM_C, prefix="deleted, ")


@scenario
def an_assigned_call_after_tp_call(ext):
    """An assigned __call__ comes before the tp_call of the bases."""
    assigned(ext, in_python(ext, bases_of(ext, "tp_call", "neither")))


@scenario
def an_assigned_call_after_vectorcall(ext):
    """An assigned __call__ comes before the vectorcall function of the bases."""
    assigned(ext, in_python(ext, bases_of(ext, "vectorcall", "vectorcall")))


@scenario
def an_assigned_call_after_vectorcall_below_c(ext):
    """The same below a type made in C."""
    assigned(ext, in_python_below_c(ext, bases_of(ext, "vectorcall", "tp_call")))


@scenario
def the_flag_of_a_type_with_a_call_of_its_own(ext):
    """The flag of vectorcall is not inherited by a type with a tp_call or a __call__ of its own."""
    bases = bases_of(ext, "vectorcall", "vectorcall")
    expect("the bases", [ext.has_vectorcall(base) for base in bases], [True, True], source=FLAG)
    expect("tp_call", ext.has_vectorcall(make(ext, "C", "tp_call", bases)), False, source=FLAG)
    expect("vectorcall", ext.has_vectorcall(make(ext, "C", "vectorcall", bases)), True, source=FLAG)
    expect("__call__", ext.has_vectorcall(type("Own", bases, {"__call__": lambda self: None})), False, source=FLAG)
    child = in_python(ext, bases)
    child.__call__ = lambda self: None
    expect("assigned __call__", ext.has_vectorcall(child), False, source=FLAG)
    expect("tp_call of the first base", ext.has_vectorcall(in_c(ext, bases_of(ext, "tp_call", "vectorcall"))), False,
           source=FLAG)


@scenario
def the_flag_of_a_static_type_that_inherits_the_call(ext):
    """A static type inherits the flag with tp_call in each version; for other types the reference changed in 3.12."""
    for first, second in (("vectorcall", "neither"), ("neither", "vectorcall"), ("vectorcall", "vectorcall"),
                          ("vectorcall", "tp_call")):
        expect("%s and %s" % (first, second), ext.has_vectorcall(in_c(ext, bases_of(ext, first, second))), True,
               source=FLAG)
