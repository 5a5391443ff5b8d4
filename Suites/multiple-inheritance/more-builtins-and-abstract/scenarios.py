import operator

from hpy_conform import attempt, clear_events, events, expect, raised, returned, scenario

MRO = "Python language reference, 'Data model', Custom classes (C3 method resolution order)"
BUILTIN = "HPy api.rst, 'Inherit from a built-in type'; Python/C API, 'Type Objects', tp_base, tp_new and tp_init"
SPECIAL = ("Python language reference, 'Data model', Special method names (x + y is type(x).__add__(x, y)) and Custom "
           "classes (found along the MRO)")
HASH = ("Python/C API, 'Type Objects', tp_hash and tp_richcompare (inherited together); Python language reference, "
        "'Data model', object.__eq__ and object.__hash__")
GIVEN = "Python/C API, 'Type Objects', tp_new, tp_hash and tp_richcompare"
RAISED = "Python language reference, 'Data model', and 'Simple statements', The raise statement"
METACLASS = "Python language reference, 'Data model', Metaclasses"


def in_c(ext, bases):
    return ext.make(bases)


def in_python(ext, bases):
    return type("Child", bases, {})


def in_python_below_c(ext, bases):
    return type("Child", (ext.make(bases),), {})


def changed(one, change):
    change(one)
    return one


# A builtin, the arguments of its constructor, and what its objects do.
CONTAINERS = (
    (list, ([1, 2],), (
        ("length", len, 2),
        ("item", lambda one: one[1], 2),
        ("slice", lambda one: one[1:], [2]),
        ("concatenation", lambda one: one + [3], [1, 2, 3]),
        ("repetition", lambda one: one * 2, [1, 2, 1, 2]),
        ("containment", lambda one: (2 in one, 3 in one), (True, False)),
        ("iteration", lambda one: [item for item in one], [1, 2]),
        ("append", lambda one: list(changed(one, lambda one: one.append(3))), [1, 2, 3]),
    )),
    (dict, ({"a": 1},), (
        ("length", len, 1),
        ("item", lambda one: one["a"], 1),
        ("containment", lambda one: ("a" in one, "b" in one), (True, False)),
        ("iteration", lambda one: list(one), ["a"]),
        ("store", lambda one: sorted(changed(one, lambda one: operator.setitem(one, "b", 2))), ["a", "b"]),
        ("delete", lambda one: len(changed(one, lambda one: operator.delitem(one, "a"))), 0),
    )),
    (set, ([1, 2],), (
        ("length", len, 2),
        ("containment", lambda one: (2 in one, 3 in one), (True, False)),
        ("union", lambda one: sorted(one | {3}), [1, 2, 3]),
        ("difference", lambda one: sorted(one - {1}), [2]),
        ("order", lambda one: one < {1, 2, 3}, True),
        ("addition", lambda one: sorted(changed(one, lambda one: one.add(3))), [1, 2, 3]),
    )),
)
VALUES = (
    (tuple, ((1, 2),), (
        ("length", len, 2),
        ("item", lambda one: one[1], 2),
        ("concatenation", lambda one: one + (3,), (1, 2, 3)),
        ("containment", lambda one: (2 in one, 3 in one), (True, False)),
        ("order", lambda one: one < (1, 3), True),
    )),
    (bytes, (b"ab",), (
        ("length", len, 2),
        ("item", lambda one: one[1], 98),
        ("concatenation", lambda one: one + b"c", b"abc"),
        ("containment", lambda one: (b"b" in one, b"c" in one), (True, False)),
        ("buffer", lambda one: bytes(memoryview(one)), b"ab"),
        ("format", lambda one: one % (), b"ab"),
    )),
    (complex, (1.5, 2.0), (
        ("parts", lambda one: (one.real, one.imag), (1.5, 2.0)),
        ("addition", lambda one: one + 1, 2.5 + 2j),
        ("negation", lambda one: -one, -1.5 - 2j),
        ("absolute value", lambda one: abs(one), 2.5),
        ("truth", bool, True),
    )),
)


def derived(ext, child, builtin, abstract_first):
    return child(ext, (ext.Generic, builtin) if abstract_first else (builtin, ext.Generic))


def is_both(ext, cls, builtin, arguments):
    """An object that the constructor of the builtin made, or None; what it owes both bases."""
    name = builtin.__name__
    made = attempt(cls, *arguments)
    expect("%s: constructor" % name, made.exception, None, source=BUILTIN)
    if made.exception is not None:
        return None
    one = made.value
    expect("%s: instance" % name, (type(one) is cls, isinstance(one, builtin), isinstance(one, ext.Generic)),
           (True, True, True), source=MRO)
    expect("%s: method of the abstract base" % name, attempt(lambda: one.kind()), returned("generic"), source=MRO)
    expect("%s: operator of the abstract base" % name, attempt(lambda: one @ 1), returned("generic matmul"),
           source=SPECIAL)
    return one


def represented(one, builtin, arguments, abstract_first):
    expect("%s: repr" % builtin.__name__, attempt(repr, one),
           returned("generic repr" if abstract_first else repr(builtin(*arguments))), source=SPECIAL)


def objects(ext, child, rows, abstract_first):
    for builtin, arguments, operations in rows:
        name = builtin.__name__
        cls = derived(ext, child, builtin, abstract_first)
        one = is_both(ext, cls, builtin, arguments)
        if one is None:
            continue
        # The repr of a set's subclass names the subclass.
        if builtin is not set or abstract_first:
            represented(one, builtin, arguments, abstract_first)
        for label, operation, result in operations:
            expect("%s: %s" % (name, label), attempt(operation, cls(*arguments)), returned(result), source=SPECIAL)


def equality(ext, child, rows, abstract_first):
    for builtin, arguments, _ in rows:
        name = builtin.__name__
        cls = derived(ext, child, builtin, abstract_first)
        made = attempt(lambda: (cls(*arguments), cls(*arguments), builtin(*arguments)))
        expect("%s: constructor" % name, made.exception, None, source=BUILTIN)
        if made.exception is not None:
            continue
        one, two, value = made.value
        expect("%s: equal" % name, (one == value, value == one, one == two, one != two), (True, True, True, False),
               source=HASH)
        expect("%s: equal by the method" % name, (one.__eq__(value), one.__ne__(value)), (True, False), source=HASH)
        if builtin.__hash__ is None:
            expect("%s: hash" % name, attempt(hash, one).exception, "TypeError", source=HASH)
        else:
            expect("%s: hash" % name, hash(one) == hash(value), True, source=HASH)
            expect("%s: found in a dict" % name, {value: "found"}.get(one), "found", source=HASH)


def exceptions(ext, child, abstract_first):
    for builtin in (BaseException, ValueError, OSError):
        name = builtin.__name__
        cls = derived(ext, child, builtin, abstract_first)
        one = is_both(ext, cls, builtin, (2, "text"))
        if one is None:
            continue
        expect("%s: args" % name, attempt(lambda: one.args), returned((2, "text")), source=BUILTIN)
        expect("%s: str" % name, attempt(str, one), returned(str(builtin(2, "text"))), source=SPECIAL)
        if builtin is OSError:
            expect("OSError: errno", attempt(lambda: (one.errno, one.strerror)), returned((2, "text")),
                   source=BUILTIN)

        def caught():
            try:
                try:
                    raise KeyError("first")
                except KeyError:
                    raise one
            except builtin as error:
                return error is one, type(error.__context__), error.__traceback__ is not None

        expect("%s: raised and caught" % name, attempt(caught), returned((True, KeyError, True)), source=RAISED)
        one.__traceback__ = one.__context__ = None


def metaclass(ext, child, abstract_first):
    cls = derived(ext, child, type, abstract_first)
    made = is_both(ext, cls, type, ("Made", (), {"attribute": 5}))
    if made is not None:
        expect("name", attempt(lambda: made.__name__), returned("Made"), source=METACLASS)
        expect("instance", attempt(lambda: (type(made()) is made, made().attribute)), returned((True, 5)),
               source=METACLASS)
        expect("subclass", attempt(lambda: type(type("Below", (made,), {})) is cls), returned(True), source=METACLASS)
        expect("type(made)", attempt(lambda: isinstance(made(), made)), returned(True), source=METACLASS)
        expect("repr", attempt(lambda: repr(made) == "generic repr"), returned(abstract_first), source=SPECIAL)


def levels(ext, child, abstract_first):
    """float and an abstract type with two more above it, as NumPy has generic, number and floating."""
    bases = (ext.Floating, float) if abstract_first else (float, ext.Floating)
    cls = child(ext, bases)
    abstract = (ext.Floating, ext.Number, ext.Generic)
    expect("mro", cls.__mro__[-5:], (abstract + (float,) if abstract_first else (float,) + abstract) + (object,),
           source=MRO)
    made = attempt(cls, 1.5)
    expect("constructor", made.exception, None, source=BUILTIN)
    if made.exception is not None:
        return
    one = made.value
    expect("instance", [isinstance(one, base) for base in abstract + (float,)], [True] * 4, source=MRO)
    expect("methods", (one.kind(), one.level()), ("generic", "floating"), source=MRO)
    expect("operator of the first level", attempt(lambda: one @ 1), returned("generic matmul"), source=SPECIAL)
    for label, operation, method, of_float, of_abstract in (
            ("operator of the second level", lambda: one + 1, lambda: one.__add__(1), 2.5, "number add"),
            ("operator of the third level", lambda: one - 1, lambda: one.__sub__(1), 0.5, "floating subtract"),
            ("repr", lambda: repr(one), lambda: one.__repr__(), "1.5", "generic repr")):
        expected = returned(of_abstract if abstract_first else of_float)
        expect(label, attempt(operation), expected, source=SPECIAL)
        expect("%s: method" % label, attempt(method), expected, source=SPECIAL)
    expect("operators of float alone",
           attempt(lambda: (one * 2, -one, divmod(one, 1), float(one), int(one), bool(one))),
           returned((3.0, -1.5, (1.0, 0.5), 1.5, 1, True)), source=SPECIAL)


def levels_equality(ext, child, abstract_first):
    cls = child(ext, (ext.Floating, float) if abstract_first else (float, ext.Floating))
    made = attempt(lambda: (cls(1.5), cls(1.5), cls(2.5)))
    expect("constructor", made.exception, None, source=BUILTIN)
    if made.exception is None:
        one, two, other = made.value
        expect("equal", (one == two, one == 1.5, 1.5 == one, one != other), (True,) * 4, source=HASH)
        expect("ordered", attempt(lambda: (one < other, other <= one)), returned((True, False)), source=HASH)
        expect("hash", (hash(one) == hash(1.5), {1.5: "found"}.get(one)), (True, "found"), source=HASH)


def compared(ext, child, abstract_first):
    """The abstract base has comparison and hash of its own."""
    cls = child(ext, (ext.Compared, float) if abstract_first else (float, ext.Compared))
    made = attempt(cls, 1.5)
    expect("constructor", made.exception, None, source=BUILTIN)
    if made.exception is None:
        one = made.value
        both = ("compared", "compared") if abstract_first else (True, True)
        expect("equal", (one == 1.5, one < 2.5), both, source=HASH)
        expect("equal by the method", (one.__eq__(1.5), one.__lt__(2.5)), both, source=HASH)
        expect("hash", (hash(one) == 7, one.__hash__() == 7), (abstract_first, abstract_first), source=HASH)


def comparison_given(ext, abstract_first):
    """The type itself has float's tp_richcompare and tp_hash, as NumPy's scalar types have."""
    for name, abstract in (("inherited", ext.Floating), ("of its own", ext.Compared)):
        cls = ext.make((abstract, float) if abstract_first else (float, abstract), "compare")
        for label, type_ in (("type", cls), ("Python subclass", type("Child", (cls,), {}))):
            where = "%s, %s" % (name, label)
            one = type_(1.5)
            expect("%s: equal" % where, (one == 1.5, 1.5 == one, one == type_(1.5), one != type_(2.5)), (True,) * 4,
                   source=GIVEN)
            expect("%s: equal by the method" % where, (one.__eq__(1.5), one.__lt__(1.0)), (True, False), source=GIVEN)
            expect("%s: hash" % where, (hash(one) == hash(1.5), one.__hash__() == hash(1.5)), (True, True),
                   source=GIVEN)


def new_given(ext, abstract_first):
    """The type itself has a tp_new that calls float's."""
    cls = ext.make((ext.Floating, float) if abstract_first else (float, ext.Floating), "new")
    for label, type_ in (("type", cls), ("Python subclass", type("Child", (cls,), {})),
                         ("C subclass", ext.make((cls, ext.Number)))):
        clear_events(ext)
        one = type_("1.5")
        expect("%s: made" % label, (type(one) is type_, float(one), events(ext)), (True, 1.5, [("new", 1)]),
               source=GIVEN)
        two = type_.__new__(type_)
        expect("%s: made by the method" % label, (type(two) is type_, float(two), len(events(ext, "new"))),
               (True, 0.0, 2), source=GIVEN)
        expect("%s: refused" % label, attempt(type_, "no number"), raised(ValueError), source=GIVEN)


@scenario
def containers_builtin_first_in_c(ext):
    """A C type with the bases (list, Generic), dict and set alike, is made and works as the builtin, and is Generic."""
    objects(ext, in_c, CONTAINERS, False)


@scenario
def containers_abstract_first_in_c(ext):
    """The same with the bases (Generic, builtin): what Generic defines comes first."""
    objects(ext, in_c, CONTAINERS, True)


@scenario
def containers_in_python(ext):
    """The same of a class statement with the builtin first."""
    objects(ext, in_python, CONTAINERS, False)


@scenario
def containers_abstract_first_in_python(ext):
    """The same of a class statement with Generic first."""
    objects(ext, in_python, CONTAINERS, True)


@scenario
def containers_in_python_below_c(ext):
    """The same of a class statement below the C type."""
    objects(ext, in_python_below_c, CONTAINERS, False)


@scenario
def containers_abstract_first_in_python_below_c(ext):
    """The same of a class statement below the C type with Generic first."""
    objects(ext, in_python_below_c, CONTAINERS, True)


@scenario
def values_builtin_first_in_c(ext):
    """A C type with the bases (tuple, Generic), bytes and complex alike, is made and works as the builtin."""
    objects(ext, in_c, VALUES, False)


@scenario
def values_abstract_first_in_c(ext):
    """The same with the bases (Generic, builtin)."""
    objects(ext, in_c, VALUES, True)


@scenario
def values_in_python(ext):
    """The same of a class statement with the builtin first."""
    objects(ext, in_python, VALUES, False)


@scenario
def values_abstract_first_in_python(ext):
    """The same of a class statement with Generic first."""
    objects(ext, in_python, VALUES, True)


@scenario
def values_in_python_below_c(ext):
    """The same of a class statement below the C type."""
    objects(ext, in_python_below_c, VALUES, False)


@scenario
def values_abstract_first_in_python_below_c(ext):
    """The same of a class statement below the C type with Generic first."""
    objects(ext, in_python_below_c, VALUES, True)


@scenario
def equality_builtin_first_in_c(ext):
    """Equality and hash are those of the builtin, and a builtin without hash has none."""
    equality(ext, in_c, CONTAINERS + VALUES, False)


@scenario
def equality_abstract_first_in_c(ext):
    """The same with the bases (Generic, builtin), as Generic defines neither."""
    equality(ext, in_c, CONTAINERS + VALUES, True)


@scenario
def equality_in_python(ext):
    """The same of a class statement with the builtin first."""
    equality(ext, in_python, CONTAINERS + VALUES, False)


@scenario
def equality_abstract_first_in_python(ext):
    """The same of a class statement with Generic first."""
    equality(ext, in_python, CONTAINERS + VALUES, True)


@scenario
def exceptions_builtin_first_in_c(ext):
    """A C type with the bases (ValueError, Generic) is raised, caught and has its arguments."""
    exceptions(ext, in_c, False)


@scenario
def exceptions_abstract_first_in_c(ext):
    """The same with the bases (Generic, ValueError)."""
    exceptions(ext, in_c, True)


@scenario
def exceptions_in_python(ext):
    """The same of a class statement with the builtin first."""
    exceptions(ext, in_python, False)


@scenario
def exceptions_abstract_first_in_python(ext):
    """The same of a class statement with Generic first."""
    exceptions(ext, in_python, True)


@scenario
def metaclasses_builtin_first_in_c(ext):
    """A C type with the bases (type, Generic) makes classes, and these make objects."""
    metaclass(ext, in_c, False)


@scenario
def metaclasses_abstract_first_in_c(ext):
    """The same with the bases (Generic, type)."""
    metaclass(ext, in_c, True)


@scenario
def metaclasses_in_python(ext):
    """The same of a class statement with the builtin first."""
    metaclass(ext, in_python, False)


@scenario
def metaclasses_abstract_first_in_python(ext):
    """The same of a class statement with Generic first."""
    metaclass(ext, in_python, True)


@scenario
def levels_builtin_first_in_c(ext):
    """A C type with the bases (float, Floating) has the operators of float, and of all levels what float lacks."""
    levels(ext, in_c, False)


@scenario
def levels_abstract_first_in_c(ext):
    """A C type with the bases (Floating, float) has the operators of all levels, and of float what these lack."""
    levels(ext, in_c, True)


@scenario
def levels_in_python(ext):
    """The same of a class statement with float first."""
    levels(ext, in_python, False)


@scenario
def levels_abstract_first_in_python(ext):
    """The same of a class statement with Floating first."""
    levels(ext, in_python, True)


@scenario
def levels_in_python_below_c(ext):
    """The same of a class statement below the C type with float first."""
    levels(ext, in_python_below_c, False)


@scenario
def levels_abstract_first_in_python_below_c(ext):
    """The same of a class statement below the C type with Floating first."""
    levels(ext, in_python_below_c, True)


@scenario
def equality_of_levels_builtin_first_in_c(ext):
    """Equality, order and hash are those of float, as no level defines them."""
    levels_equality(ext, in_c, False)


@scenario
def equality_of_levels_abstract_first_in_c(ext):
    """The same with the bases (Floating, float)."""
    levels_equality(ext, in_c, True)


@scenario
def equality_of_levels_abstract_first_in_python(ext):
    """The same of a class statement."""
    levels_equality(ext, in_python, True)


@scenario
def equality_of_levels_abstract_first_in_python_below_c(ext):
    """The same of a class statement below the C type."""
    levels_equality(ext, in_python_below_c, True)


@scenario
def comparison_of_both_builtin_first_in_c(ext):
    """Where both bases define comparison and hash, those of the first are called, and are the methods."""
    compared(ext, in_c, False)


@scenario
def comparison_of_both_abstract_first_in_c(ext):
    """The same with the abstract base first."""
    compared(ext, in_c, True)


@scenario
def comparison_of_both_abstract_first_in_python(ext):
    """The same of a class statement."""
    compared(ext, in_python, True)


@scenario
def comparison_given_builtin_first(ext):
    """A type that names float's comparison and hash itself has them, and so has a Python subclass."""
    comparison_given(ext, False)


@scenario
def comparison_given_abstract_first(ext):
    """The same with the abstract base first."""
    comparison_given(ext, True)


@scenario
def new_given_builtin_first(ext):
    """A tp_new of the type itself, which calls float's, makes its objects and those of its subclasses."""
    new_given(ext, False)


@scenario
def new_given_abstract_first(ext):
    """The same with the abstract base first."""
    new_given(ext, True)


@scenario
def a_builtin_between_abstract_types(ext):
    """A C type of (float, Generic) is joined with a lower abstract type: float comes before both."""
    between = ext.make((float, ext.Generic))
    cls = ext.make((between, ext.Number))
    expect("mro", cls.__mro__, (cls, between, float, ext.Number, ext.Generic, object), source=MRO)
    one = cls(1.5)
    expect("operators", attempt(lambda: (one + 1, one - 1, one @ 1, repr(one))),
           returned((2.5, 0.5, "generic matmul", "1.5")), source=SPECIAL)
    expect("methods", (one.kind(), one.level(), one.__add__(1)), ("generic", "number", 2.5), source=MRO)
    expect("equal and hashed", (one == 1.5, hash(one) == hash(1.5)), (True, True), source=HASH)
