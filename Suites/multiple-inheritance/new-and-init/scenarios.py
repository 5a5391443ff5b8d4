from hpy_conform import attempt, clear_events, events, expect, raised, record, scenario

INIT = "Python/C API, 'Type Objects', tp_init"
NEW = "Python/C API, 'Type Objects', tp_new; Python language reference, 'Data model', object.__new__"
INHERITED = "Python/C API, 'Type Objects', tp_new and tp_init (inherited by subtypes)"
STRUCT = "HPy api.rst, the example for HPy_tp_new; hpytype.h, HPyType_HELPERS"
MRO = "Python language reference, 'Data model', Custom classes (C3 method resolution order)"
SUPER = "Python library, 'Built-in Functions', super()"


def told(ext, function, *args, **kwargs):
    """The result of a call, and what C recorded in it."""
    clear_events(ext)
    result = function(*args, **kwargs)
    return result, events(ext)


@scenario
def new_and_init_get_the_arguments_of_the_call(ext):
    """A call of the type calls tp_new, then tp_init, both with its arguments; either can be called alone."""
    one, log = told(ext, ext.Made, 7, 8, key=9)
    expect("both run", log, [("Made new", 21), ("Made init", 21)], source=INIT)
    expect("struct", one.first(), 7, source=STRUCT)
    _, log = told(ext, ext.Made)
    expect("no arguments", log, [("Made new", 0), ("Made init", 0)], source=INIT)
    two, log = told(ext, ext.Made.__new__, ext.Made, 5)
    expect("__new__ alone", (log, type(two) is ext.Made, two.first()), ([("Made new", 10)], True, 5), source=NEW)
    result, log = told(ext, two.__init__, 1, 2, 3, named=None)
    expect("__init__ alone", (log, result, two.first()), ([("Made init", 31)], None, 5), source=INIT)
    _, log = told(ext, attempt, ext.Made, "no number")
    expect("new fails", log, [("Made new", 10)], source=INIT)


@scenario
def a_c_subclass_inherits_what_it_does_not_define(ext):
    """A C subclass may define either of the two; the other is its base's."""
    for type_, expected in ((ext.SubNew, ["SubNew new", "Made init"]), (ext.SubInit, ["Made new", "SubInit init"]),
                            (ext.SubNone, ["Made new", "Made init"])):
        name = type_.__name__
        one, log = told(ext, type_, 3, key=4)
        expect("%s: run" % name, log, [(function, 11) for function in expected], source=INHERITED)
        expect("%s: made" % name, (type(one) is type_, one.first()), (True, 3), source=STRUCT)
    two, log = told(ext, ext.Made.__new__, ext.SubInit, 4)
    expect("new of the base", (log, type(two) is ext.SubInit, two.first()), ([("Made new", 10)], True, 4), source=NEW)
    record("new of the base past the subclass's", attempt(ext.Made.__new__, ext.SubNew, 4).exception)


@scenario
def a_python_subclass_inherits_new_and_init(ext):
    """A class statement without either of them gets both, with the class to make and the arguments as they are."""

    class Derived(ext.SubInit):
        pass

    one, log = told(ext, Derived, 3, key=4)
    expect("run", log, [("Made new", 11), ("SubInit init", 11)], source=INHERITED)
    expect("type", type(one) is Derived, True, source=NEW)
    expect("struct", one.first(), 3, source=STRUCT)


@scenario
def a_python_subclass_overrides_new_or_init(ext):
    """What a class statement defines is called instead; super() reaches the C function."""

    class NewInit(ext.Left):
        def __init__(self, *args):
            self.args = args

    class CallsInit(ext.Left):
        def __init__(self, *args):
            super().__init__(*args[1:])

    class NewNew(ext.Left):
        def __new__(cls, *args):
            one = super().__new__(cls, *args[1:])
            one.note = "noted"
            return one

    one, log = told(ext, NewInit, 1, 2)
    expect("own __init__", (log, one.args), ([("Left new", 2)], (1, 2)), source=INIT)
    _, log = told(ext, CallsInit, 1, 2, 3)
    expect("__init__ that calls the C one", log, [("Left new", 3), ("Left init", 2)], source=SUPER)
    one, log = told(ext, NewNew, 1, 2, 3)
    expect("own __new__", (log, one.note, type(one) is NewNew), ([("Left new", 2), ("Left init", 3)], "noted", True),
           source=SUPER)


@scenario
def what_new_returns_decides_about_init(ext):
    """tp_init runs only if tp_new returned an instance of the called type; then it is that of the instance's type."""

    class Derived(ext.Passing):
        def __init__(self, *args):
            self.calls = getattr(self, "calls", 0) + 1

    own, log = told(ext, ext.Passing)
    expect("a new object", (log, type(own) is ext.Passing), ([("Passing new", 0), ("Passing init", 0)], True),
           source=INIT)
    for label, stranger in (("an int", 5), ("a type", ext.Passing), ("None", None)):
        result, log = told(ext, ext.Passing, stranger)
        expect(label, (log, result is stranger), ([("Passing new", 1)], True), source=INIT)
    result, log = told(ext, ext.Passing, own)
    expect("an instance", (log, result is own), ([("Passing new", 1), ("Passing init", 1)], True), source=INIT)
    derived = Derived()
    result, log = told(ext, ext.Passing, derived)
    expect("an instance of a subclass", (log, result is derived, derived.calls), ([("Passing new", 1)], True, 2),
           source=INIT)
    result, log = told(ext, Derived, own)
    expect("an instance of the base", (log, result is own), ([("Passing new", 1)], True), source=INIT)


@scenario
def an_error_ends_the_construction(ext):
    """An exception in tp_new keeps tp_init from running; one in tp_init is that of the call."""
    failed, log = told(ext, attempt, ext.Failing, 1, 2)
    expect("in new", failed, raised(LookupError), source=INIT)
    expect("in new: run", log, [("Failing new", 2)], source=INIT)
    failed, log = told(ext, attempt, ext.Failing, 1)
    expect("in init", failed, raised(ArithmeticError), source=INIT)
    expect("in init: run", log, [("Failing new", 1), ("Failing init", 1)], source=INIT)
    derived = type("Derived", (ext.Failing,), {})
    expect("in init of a Python subclass", attempt(derived, 1), raised(ArithmeticError), source=INIT)
    expect("afterwards", told(ext, derived)[1], [("Failing new", 0), ("Failing init", 0)], source=INIT)


@scenario
def two_c_bases_each_with_new(ext):
    """Of two C bases the first one's tp_new and tp_init run; super() and the base's name reach the others."""

    class Joined(ext.Left, ext.Right):
        pass

    class Turned(ext.Right, ext.Left):
        pass

    class Chained(ext.Left, ext.Right):
        def __new__(cls, *args):
            one = super().__new__(cls, *args)
            one.others = [attempt(super(ext.Left, cls).__new__, cls).exception,
                          attempt(ext.Right.__new__, cls, 1, 2, 3).exception]
            return one

    expect("left first", told(ext, Joined, 1)[1], [("Left new", 1), ("Left init", 1)], source=MRO)
    expect("right first", told(ext, Turned, 1)[1], [("Right new", 1), ("Left init", 1)], source=MRO)
    expect("super() of super()", super(ext.Left, Chained).__new__ == ext.Right.__new__, True, source=SUPER)
    one, log = told(ext, Chained, 1, 2)
    expect("chained", (log[0], log[-1]), (("Left new", 2), ("Left init", 2)), source=SUPER)
    record("new of the second base", one.others)


@scenario
def new_refuses_siblings_and_bases(ext):
    """tp_new is called for its type and for subtypes of that, also if another type has the same struct."""
    for label, type_, given in (("a sibling", ext.SubNew, ext.SubInit), ("its base", ext.SubNew, ext.Made)):
        failed, log = told(ext, attempt, type_.__new__, given)
        expect("%s: run" % label, log, [], source=NEW)
        record("%s: exception" % label, failed.exception)
    record("of object, for Made", attempt(object.__new__, ext.Made).exception)
    record("of object, for a Python subclass", attempt(object.__new__, type("Derived", (ext.Made,), {})).exception)
    record("of int, for Made", attempt(int.__new__, ext.Made).exception)


@scenario
def new_refuses_strangers(ext):
    """tp_new is not called for what is no type, or an unrelated one, whose objects have no room for the struct."""
    record("nothing", attempt(ext.Made.__new__).exception)
    for label, given in (("5", 5), ("object", object), ("int", int)):
        failed, log = told(ext, attempt, ext.Made.__new__, given)
        expect("%s: run" % label, log, [], source=NEW)
        record("%s: exception" % label, failed.exception)


@scenario
def types_without_new(ext):
    """A type without tp_new is made by object's: it takes arguments only if the type has a tp_init for them."""
    _, log = told(ext, ext.OnlyInit, 1, 2, key=3)
    expect("init alone", log, [("OnlyInit init", 21)], source=INHERITED)
    expect("neither", type(ext.Bare()) is ext.Bare, True, source=INHERITED)
    record("neither, with an argument", attempt(ext.Bare, 1).exception)
    record("neither, with a name", attempt(lambda: ext.Bare(key=1)).exception)
    record("init of neither, with an argument", attempt(ext.Bare().__init__, 1).exception)
    record("of object", type(object.__new__(ext.Bare)) is ext.Bare)
