from hpy_conform import attempt, clear_events, events, expect, one_of, raised, record, returned, scenario

DERIVED = "Python language reference, 'Data model', Determining the appropriate metaclass"
SPECIAL = ("Python language reference, 'Data model', Special method lookup (on the type of the object) and Custom "
           "classes (found along the MRO)")
FROM_BASES = "Python/C API, 'Type Objects', PyType_FromSpecWithBases (uses a metaclass corresponding to the bases)"
GIVEN = ("HPy hpytype.h, HPyType_SpecParam_Metaclass; Python/C API, 'Type Objects', PyType_FromMetaclass (the "
         "metaclass is used to construct the type)")
NOT_CALLED = "Python/C API, 'Type Objects', PyType_FromMetaclass (__new__() and __init__() are not called on the class)"
STRUCT = "HPy hpytype.h, HPyType_BuiltinShape_Type and HPyType_HELPERS; Python/C API, 'Type Objects', tp_basicsize"
CALLED = "Python language reference, 'Data model', Creating the class object (the metaclass is called)"
CALL = "Python/C API, 'Type Objects', tp_call; Python language reference, 'Data model', object.__call__"
SETATTR = "Python/C API, 'Type Objects', tp_setattro"
OB_TYPE = "Python/C API, 'Type Objects', PyObject.ob_type (PyType_Ready takes that of the base class if it is NULL)"
NEW = "Python/C API, 'Type Objects', tp_new and Py_TPFLAGS_DISALLOW_INSTANTIATION (the type cannot be called)"
NEW_FROM_C = "Python/C API, 'Type Objects', PyType_FromMetaclass (a metaclass whose tp_new is NULL is supported)"

_done = {}


def made(function, *args):
    """What the first call returned. Types are made once, as what they leave behind is not the matter here."""
    key = (function, args)
    if key not in _done:
        _done[key] = function(*args)
    return _done[key]


def once(function, *args):
    """How the first call ended."""
    return made(attempt, function, *args)


def statement(bases, **keywords):
    class Stated(*bases, **keywords):
        pass

    return Stated


def named(bases, metaclass):
    return statement(bases, metaclass=metaclass)


def by_type(bases):
    return type("ByType", bases, {})


def by_new(bases):
    return type.__new__(type, "ByNew", bases, {})


def by_call(bases, metaclass):
    return metaclass("ByCall", bases, {})


WAYS = (statement, by_type, by_new)


def of(metaclass):
    """A class of the metaclass without bases."""
    return made(by_call, (), metaclass)


def more_derived(pairs):
    """Whichever base has it, and however the class is made in Python."""
    for less, more in pairs:
        for label, bases in (("second", (of(less), of(more))), ("first", (of(more), of(less)))):
            for way in WAYS:
                expect("%s %s to %s, %s" % (more.__name__, label, less.__name__, way.__name__),
                       type(made(way, bases)) is more, True, source=DERIVED)


@scenario
def the_second_base_has_a_metaclass(ext):
    """A class has the metaclass of the second base, where the first has none but type."""
    more_derived([(type, ext.Plain), (type, ext.Tagged)])


@scenario
def the_second_base_has_the_derived_metaclass(ext):
    """The same where the metaclass of the second base derives from that of the first."""
    more_derived([(ext.Tagged, ext.Deep)])


@scenario
def the_second_base_has_a_metaclass_of_two_bases(ext):
    """The same where it derives from two, of which the metaclass of the first base is one."""
    more_derived([(ext.Plain, ext.PlainTagged), (ext.Tagged, ext.PlainTagged), (ext.Plain, ext.TaggedPlain)])


@scenario
def unrelated_metaclasses(ext):
    """Two bases whose metaclasses are unrelated cannot be joined."""
    for one, other in ((ext.Plain, ext.Tagged), (ext.Tagged, ext.Plain), (ext.Plain, ext.Counting)):
        label, bases = "%s and %s" % (one.__name__, other.__name__), (of(one), of(other))
        for way in WAYS:
            expect("%s, %s" % (label, way.__name__), once(way, bases), raised(TypeError), source=DERIVED)
        expect(label + ", one named", once(named, bases, one), raised(TypeError), source=DERIVED)
        expect(label + ", one called", once(by_call, bases, other), raised(TypeError), source=DERIVED)
        expect(label + ", named", once(named, bases[:1], other), raised(TypeError), source=DERIVED)


def resolved(metaclass, first, second):
    """The class has the struct, the methods and the slots that the metaclass has from its two bases."""
    one = made(named, (of(first), of(second)), metaclass)
    expect("type", type(one) is metaclass, True, source=DERIVED)
    one.tag = 4
    expect("member", (one.tag, one().__class__ is one), (4, True), source=STRUCT)
    expect("method", one.who(), first.__name__, source=SPECIAL)
    expect("slot of both", ~one, "~" + first.__name__, source=SPECIAL)
    expect("slots of one", (repr(one), len(one)), ("a type of Plain", 7), source=SPECIAL)


@scenario
def resolved_by_a_metaclass_made_in_c(ext):
    """A metaclass that C has derived from both makes a class of two bases with unrelated metaclasses."""
    resolved(ext.PlainTagged, ext.Plain, ext.Tagged)


@scenario
def resolved_by_a_metaclass_made_in_c_with_the_struct_first(ext):
    """The same with the metaclass that has the struct first."""
    resolved(ext.TaggedPlain, ext.Tagged, ext.Plain)


@scenario
def resolved_by_a_metaclass_made_in_python(ext):
    """The same with a metaclass from a class statement."""
    resolved(made(by_type, (ext.Plain, ext.Tagged)), ext.Plain, ext.Tagged)


@scenario
def resolved_by_a_metaclass_made_in_python_with_the_struct_first(ext):
    """The same with the metaclass that has the struct first."""
    resolved(made(by_type, (ext.Tagged, ext.Plain)), ext.Tagged, ext.Plain)


@scenario
def the_struct_of_a_class_of_two_metaclasses(ext):
    """C finds the struct of a class whose metaclass has two bases."""
    for metaclass in (ext.PlainTagged, ext.TaggedPlain):
        one = made(named, (of(ext.Plain), of(ext.Tagged)), metaclass)
        one.tag = 10
        expect(metaclass.__name__, (one.bump(), one.bump(), one.tag), (11, 12, 12), source=STRUCT)


@scenario
def from_c_the_second_base_has_a_metaclass(ext):
    """A type that C makes without naming a metaclass has the most derived one of its bases."""
    for less, more in ((type, ext.Plain), (ext.Tagged, ext.Deep), (ext.Plain, ext.PlainTagged)):
        for label, bases in (("second", (of(less), of(more))), ("first", (of(more), of(less)))):
            expect("%s %s" % (more.__name__, label), type(made(ext.from_bases, bases)) is more, True,
                   source=FROM_BASES + "; " + DERIVED)
            expect("%s %s: method" % (more.__name__, label), made(ext.from_bases, bases)().greet(), "hello",
                   source=FROM_BASES)


@scenario
def from_c_unrelated_metaclasses(ext):
    """C cannot join bases whose metaclasses are unrelated."""
    for one, other in ((ext.Plain, ext.Tagged), (ext.Tagged, ext.Plain)):
        expect("%s and %s" % (one.__name__, other.__name__), once(ext.from_bases, (of(one), of(other))),
               raised(TypeError), source=FROM_BASES + "; " + DERIVED)


@scenario
def from_c_the_struct_of_the_metaclass(ext):
    """A type that C makes has the struct and the slots of the metaclass of its second base."""
    one = made(ext.from_bases, (of(type), of(ext.PlainTagged)))
    expect("slots", (repr(one), len(one), ~one), ("a type of Plain", 7, "~Plain"), source=FROM_BASES)
    one.tag = 5
    expect("struct", (one.bump(), one.tag), (6, 6), source=STRUCT)


@scenario
def given_in_c_with_unrelated_metaclasses(ext):
    """C names a metaclass that derives from those of both bases."""
    one = made(ext.from_metaclass, ext.PlainTagged, (of(ext.Plain), of(ext.Tagged)))
    expect("type", type(one) is ext.PlainTagged, True, source=GIVEN)
    expect("slots", (one.who(), repr(one), len(one), ~one), ("Plain", "a type of Plain", 7, "~Plain"), source=SPECIAL)
    one.tag = 5
    expect("struct", (one.bump(), one.tag), (6, 6), source=STRUCT)


@scenario
def given_in_c_objects_of_the_type(ext):
    """Objects of such a type are made and released like others."""
    one = made(ext.from_metaclass, ext.TaggedPlain, (of(ext.Plain), of(ext.Tagged)))
    expect("objects", [one().greet() for _ in range(3)], ["hello"] * 3, source=GIVEN)


@scenario
def given_in_c_a_more_derived_metaclass(ext):
    """C names a metaclass that is more derived than those of both bases."""
    for first, second in ((type, ext.Tagged), (ext.Tagged, type), (type, type)):
        one = made(ext.from_metaclass, ext.Deep, (of(first), of(second)) if first is not second else (of(first),))
        expect("%s and %s" % (first.__name__, second.__name__), type(one) is ext.Deep, True, source=GIVEN)


@scenario
def given_in_c_a_less_derived_metaclass(ext):
    """C names a metaclass, and that of one base is more derived."""
    for first, second in ((type, ext.Deep), (ext.Deep, type), (ext.Tagged, ext.Deep)):
        expect("%s and %s" % (first.__name__, second.__name__),
               type(made(ext.from_metaclass, ext.Tagged, (of(first), of(second)))) is ext.Deep, True, source=DERIVED)


@scenario
def given_in_c_an_unrelated_metaclass(ext):
    """C names a metaclass, and that of one base is unrelated to it."""
    for first, second in ((type, ext.Tagged), (ext.Tagged, type), (ext.Tagged, ext.Plain)):
        expect("%s and %s" % (first.__name__, second.__name__),
               once(ext.from_metaclass, ext.Plain, (of(first), of(second))), raised(TypeError), source=DERIVED)


def counted(ext, name, function, *args):
    """What the function made, and how often and with how many arguments the metaclass was called for it."""
    clear_events(ext)
    tried = attempt(function, *args)
    return tried, events(ext, name)


def observed(ext, name, function, *args):
    """The same, of the first time."""
    return made(counted, ext, name, function, *args)


@scenario
def an_initializer_in_the_metaclass(ext):
    """tp_init of the metaclass of the second base is called once for a class, with name, bases and namespace."""
    bases = (of(type), of(ext.Counting))
    for way in (statement, by_type):
        tried, calls = observed(ext, "init", way, bases)
        expect(way.__name__, (type(tried.value) is ext.Counting, calls), (True, [3]), source=CALLED)
    tried, calls = observed(ext, "init", by_new, bases)
    record("by_new", calls)


@scenario
def from_c_an_initializer_in_the_metaclass(ext):
    """A type that C makes is not initialized by its metaclass."""
    tried, calls = observed(ext, "init", ext.from_bases, (of(type), of(ext.Counting)))
    expect("calls", calls, [], source=NOT_CALLED)


@scenario
def given_in_c_an_initializer_in_the_metaclass(ext):
    """The same where C names the metaclass."""
    tried, calls = observed(ext, "init", ext.from_metaclass, ext.Counting, (of(type), of(ext.Counting)))
    expect("type", type(tried.value) is ext.Counting, True, source=GIVEN)
    expect("calls", calls, [], source=NOT_CALLED)


@scenario
def a_constructor_in_the_metaclass(ext):
    """tp_new of the metaclass of the second base is called for a class, by whatever way it is made."""
    bases = (of(type), of(ext.Building))
    for way in WAYS:
        tried, calls = observed(ext, "new", way, bases)
        expect(way.__name__, (type(tried.value) is ext.Building, calls), (True, [3]), source=CALLED)


@scenario
def from_c_a_constructor_in_the_metaclass(ext):
    """A type that C makes is not constructed by its metaclass; newer versions refuse to make it."""
    tried, calls = observed(ext, "new", ext.from_bases, (of(type), of(ext.Building)))
    expect("calls", calls, [], source=NOT_CALLED)
    expect("made or refused", tried.exception, one_of(None, "TypeError"), source=NOT_CALLED)


@scenario
def given_in_c_a_constructor_in_the_metaclass(ext):
    """The same where C names the metaclass."""
    tried, calls = observed(ext, "new", ext.from_metaclass, ext.Building, (of(type), of(ext.Building)))
    expect("calls", calls, [], source=NOT_CALLED)
    expect("made or refused", tried.exception, one_of(None, "TypeError"), source=NOT_CALLED)


def called(ext, cls, name):
    """The class is called in each way."""
    expect("operator", attempt(lambda: cls(1, 2, third=3)), returned((name, (1, 2), 1)), source=CALL)
    expect("method", attempt(lambda: type(cls).__call__(cls, 1)), returned((name, (1,), 0)), source=CALL)
    expect("tuple in C", attempt(ext.call, cls, (1,), {"second": 2}), returned((name, (1,), 1)), source=CALL)
    expect("array in C", attempt(ext.call_array, cls, 1, 2), returned((name, (1, 2), 0)), source=CALL)


@scenario
def a_call_in_the_metaclass(ext):
    """tp_call of the metaclass of the second base is what calling the class does."""
    called(ext, made(statement, (of(type), of(ext.Calling))), "called")


@scenario
def from_c_a_call_in_the_metaclass(ext):
    """The same of a type that C made without naming the metaclass."""
    called(ext, made(ext.from_bases, (of(type), of(ext.Calling))), "called")


@scenario
def given_in_c_a_call_in_the_metaclass(ext):
    """The same of a type that C made with the metaclass."""
    called(ext, made(ext.from_metaclass, ext.Calling, (object,)), "called")


@scenario
def a_vectorcall_in_the_metaclass(ext):
    """A call function in the struct of the metaclass of the second base is what calling the class does."""
    called(ext, made(statement, (of(type), of(ext.Fast))), "fast")


class Initialized:
    def __init__(self, *args, **named):
        self.arguments = args, named


@scenario
def a_metaclass_that_inherits_the_call_of_type(ext):
    """Calling a class of two bases makes an object, from Python and from C, if the metaclass has no call of its own."""
    for metaclass in (ext.Plain, ext.Tagged):
        cls = made(statement, (Initialized, of(metaclass)))
        label = metaclass.__name__
        expect(label + ": operator", attempt(lambda: cls(1, second=2).arguments), returned(((1,), {"second": 2})),
               source=CALL)
        expect(label + ": tuple in C", attempt(lambda: ext.call(cls, (1,), {"second": 2}).arguments),
               returned(((1,), {"second": 2})), source=CALL)
        expect(label + ": array in C", attempt(lambda: ext.call_array(cls, 1, 2).arguments), returned(((1, 2), {})),
               source=CALL)


def overriding(metaclass):
    class Overriding(metaclass):
        def __call__(cls, *args, **named):
            return "overridden", args, len(named)

    return Overriding


@scenario
def a_call_overridden_in_python(ext):
    """__call__ of a metaclass derived in Python is what calling the class does, beside a base of another metaclass."""
    derived = made(overriding, ext.Plain)
    called(ext, made(statement, (Initialized, of(ext.Plain), of(derived))), "overridden")


@scenario
def a_vectorcall_overridden_in_python(ext):
    """The same where the metaclass in C has a call function."""
    derived = made(overriding, ext.Fast)
    called(ext, made(statement, (of(ext.Fast), of(derived))), "overridden")


@scenario
def attributes_stored_by_the_metaclass(ext):
    """tp_setattro of the metaclass of the second base stores and deletes the attributes of a class."""
    cls = made(statement, (of(type), of(ext.Storing)))
    clear_events(ext)
    cls.attribute = 5
    expect("set", (events(ext), cls.attribute), ([("set", 0)], 5), source=SETATTR)
    del cls.attribute
    expect("deleted", (events(ext), hasattr(cls, "attribute")), ([("set", 0), ("delete", 0)], False), source=SETATTR)


@scenario
def a_static_type_of_a_metaclass_with_two_bases(ext):
    """A static type whose ob_type is such a metaclass has its struct and slots, and so has a class below it."""
    for metaclass in (ext.PlainTagged, ext.TaggedPlain):
        label, one = metaclass.__name__, made(ext.ready, metaclass, ())
        expect(label + ": type", type(one) is metaclass, True, source=OB_TYPE)
        expect(label + ": struct", (one.bump() - one.bump(), one.tag > 0), (-1, True), source=STRUCT)
        expect(label + ": slots", (repr(one), len(one)), ("a type of Plain", 7), source=SPECIAL)
        expect(label + ": method", one.who(), metaclass.__bases__[0].__name__, source=SPECIAL)
        below = made(statement, (one,))
        expect(label + ": class below", (type(below) is metaclass, below().greet()), (True, "hello"), source=DERIVED)
        below.tag = 3
        expect(label + ": struct below", (below.bump(), below.tag), (4, 4), source=STRUCT)


@scenario
def a_static_type_takes_the_metaclass_of_tp_base(ext):
    """PyType_Ready takes the metaclass of tp_base, not the most derived one, and keeps one that is given."""
    plain, deep, tagged = (made(ext.ready, metaclass, ()) for metaclass in (ext.Plain, ext.Deep, ext.Tagged))
    nothing = made(ext.ready, None, ())
    expect("none", type(nothing) is type, True, source=OB_TYPE)
    expect("of the base", type(made(ext.ready, None, (plain,))) is ext.Plain, True, source=OB_TYPE)
    expect("of the first base", type(made(ext.ready, None, (plain, nothing))) is ext.Plain, True, source=OB_TYPE)
    expect("not of the second base", type(made(ext.ready, None, (nothing, plain))) is type, True, source=OB_TYPE)
    expect("not the more derived one", type(made(ext.ready, None, (tagged, deep))) is ext.Tagged, True, source=OB_TYPE)
    expect("given", type(made(ext.ready, ext.Deep, (tagged, nothing))) is ext.Deep, True, source=OB_TYPE)


@scenario
def static_types_with_unrelated_metaclasses(ext):
    """PyType_Ready does not look whether metaclasses go together; a class statement does."""
    plain, tagged = made(ext.ready, ext.Plain, ()), made(ext.ready, ext.Tagged, ())
    record("not given", once(ext.ready, None, (plain, tagged)).exception)
    record("given", once(ext.ready, ext.Plain, (tagged,)).exception)
    for way in WAYS:
        expect(way.__name__, once(way, (plain, tagged)), raised(TypeError), source=DERIVED)
    resolving = made(named, (plain, tagged), ext.PlainTagged)
    expect("resolved", type(resolving) is ext.PlainTagged, True, source=DERIVED)


@scenario
def calling_a_metaclass_without_new(ext):
    """A metaclass without tp_new cannot be called."""
    expect("called", attempt(ext.Mute, "X", (), {}), raised(TypeError), source=NEW)
    expect("called with a base", attempt(ext.Mute, "X", (made(ext.born, ext.Mute, ()),), {}), raised(TypeError),
           source=NEW)
    expect("called in C", attempt(ext.call, ext.Mute, ("X", (), {}), {}), raised(TypeError), source=NEW)


def born_of(ext):
    return made(ext.born, ext.Mute, ())


@scenario
def a_class_of_a_metaclass_without_new(ext):
    """type.__new__ makes a class of it in C, which is a class like any other."""
    one = born_of(ext)
    expect("type", type(one) is ext.Mute, True, source=NEW)
    expect("object", type(one()) is one, True, source=NEW)


@scenario
def a_class_statement_below_a_metaclass_without_new(ext):
    """A class statement calls the metaclass of its base."""
    expect("refused", attempt(statement, (born_of(ext),)), raised(TypeError), source=NEW)


@scenario
def type_called_below_a_metaclass_without_new(ext):
    """type() finds the metaclass of the base, which makes no classes."""
    expect("refused", attempt(by_type, (born_of(ext),)), raised(TypeError), source=NEW)


@scenario
def type_new_called_below_a_metaclass_without_new(ext):
    """The same through type.__new__."""
    expect("refused", attempt(by_new, (born_of(ext),)), raised(TypeError), source=NEW)


@scenario
def a_class_statement_with_a_metaclass_without_new_second(ext):
    """The metaclass is that of the second base."""
    expect("refused", attempt(statement, (of(type), born_of(ext))), raised(TypeError), source=NEW)


@scenario
def type_called_with_a_metaclass_without_new_second(ext):
    """The same through type()."""
    expect("refused", attempt(by_type, (of(type), born_of(ext))), raised(TypeError), source=NEW)


@scenario
def type_new_called_with_a_metaclass_without_new_second(ext):
    """The same through type.__new__."""
    expect("refused", attempt(by_new, (of(type), born_of(ext))), raised(TypeError), source=NEW)


@scenario
def a_metaclass_named_below_one_without_new(ext):
    """A metaclass that a class statement names is called only if that of the base is not more derived."""
    expect("refused", attempt(named, (born_of(ext),), type), raised(TypeError), source=NEW)


@scenario
def from_c_below_a_metaclass_without_new(ext):
    """C makes types below a class of it, as no constructor is passed over; class statements below these are refused."""
    for label, bases in (("one base", (born_of(ext),)), ("second base", (of(type), born_of(ext)))):
        one = made(ext.from_bases, bases)
        expect(label + ": type", type(one) is ext.Mute, True, source=NEW_FROM_C)
        expect(label + ": object", one().greet(), "hello", source=NEW_FROM_C)


@scenario
def a_class_statement_below_a_type_from_c_without_new(ext):
    """A class statement below such a type is refused like one below the class."""
    expect("refused", attempt(statement, (made(ext.from_bases, (born_of(ext),)),)), raised(TypeError), source=NEW)


@scenario
def type_called_below_a_type_from_c_without_new(ext):
    """The same through type()."""
    expect("refused", attempt(by_type, (made(ext.from_bases, (born_of(ext),)),)), raised(TypeError), source=NEW)


@scenario
def given_in_c_a_metaclass_without_new(ext):
    """C names the metaclass."""
    one = made(ext.from_metaclass, ext.Mute, (of(type), born_of(ext)))
    expect("type", type(one) is ext.Mute, True, source=NEW_FROM_C)
    expect("object", one().greet(), "hello", source=NEW_FROM_C)


@scenario
def a_static_type_of_a_metaclass_without_new(ext):
    """A static type whose ob_type is the metaclass can be called, and has no classes below it."""
    one = made(ext.ready, ext.Mute, ())
    expect("type", type(one) is ext.Mute, True, source=OB_TYPE)
    expect("object", one().greet(), "hello", source=NEW)
    expect("statement", attempt(statement, (one,)), raised(TypeError), source=NEW)


@scenario
def type_called_below_a_static_type_without_new(ext):
    """The same through type()."""
    expect("refused", attempt(by_type, (made(ext.ready, ext.Mute, ()),)), raised(TypeError), source=NEW)


@scenario
def a_metaclass_derived_from_one_without_new(ext):
    """A metaclass that Python derives from it has no tp_new either."""
    derived = made(by_type, (ext.Mute,))
    expect("called", attempt(derived, "X", (), {}), raised(TypeError), source=NEW)
