import copy
import io
import pickle
import threading
import weakref

from hpy_conform import Watch, attempt, collect, expect, expect_released, one_of, raised, record, returned, scenario

API = "Kiwi documentation, 'Kiwisolver API', "
CRASH = "Python/C API, 'Exception Handling': a function that fails sets an exception and returns NULL"
DEALLOC = "Python/C API, 'Type Objects', tp_dealloc: an object of a heap type gives up its reference to the type"
TRAVERSE = "Python/C API, 'Supporting Cyclic Garbage Collection'"
DATA_MODEL = "Python language reference, 'Data model', "
PICKLE = "Python library reference, 'pickle', object.__reduce_ex__(); 'copy': a copy has the state of the original"


@scenario
def variables_are_released(ext):
    """A variable releases its context, and its type."""
    watch = Watch()
    variable = ext.Variable("x", watch.thing("first"))
    expect("context", variable.context().name, "first", source=API + "Variable.context()")
    variable.setContext(watch.thing("second"))
    collect()
    expect_released("replaced", watch, ["first"], source=DEALLOC)
    variable.setContext(variable.context())
    expect("kept", variable.context().name, "second", source=API + "Variable.setContext()")
    del variable
    collect()
    expect_released("in the end", watch, ["first", "second"], source=DEALLOC)


@scenario
def terms_and_expressions_are_released(ext):
    """Terms, expressions and constraints keep their variable, and release it."""
    watch = Watch()
    term = ext.Variable("x", watch.thing("x")) * 2
    expression = term + ext.Variable("y", watch.thing("y")) + 5
    constraint = (expression >= 10) | "weak"
    del term
    collect()
    expect("kept", watch.finalized, [], source=API + "Expression")
    del expression
    collect()
    expect("kept by the constraint", watch.finalized, [], source=API + "Constraint")
    record("operator", (constraint.op(), constraint.strength(), constraint.expression().constant()))
    del constraint
    collect()
    expect_released("in the end", watch, ["x", "y"], source=DEALLOC)


@scenario
def solvers_are_released(ext):
    """A solver releases its type."""
    solver = ext.Solver()
    expect("has", solver.hasEditVariable(ext.Variable("x")), False, source=API + "Solver.hasEditVariable()")


@scenario
def cycles_are_collected(ext):
    """A cycle through the context of a variable is collected."""
    watch = Watch()
    variable = ext.Variable("x")
    variable.setContext([variable, watch.thing("alone")])
    constraint_variable = ext.Variable("y")
    constraint_variable.setContext([constraint_variable * 2 + 1 == 0, watch.thing("constraint")])
    del variable, constraint_variable
    collect()
    expect_released("cycles", watch, ["alone", "constraint"], source=TRAVERSE)


def _class_is_released(label, base, *arguments):
    """Make a class below the base and an object of it, and say whether both end."""

    class Derived(base):
        pass

    one = Derived(*arguments)
    ended = []
    reference = weakref.ref(one, lambda _: ended.append("object"))
    class_reference = weakref.ref(Derived, lambda _: ended.append("class"))
    del one
    collect()
    del Derived
    collect()
    expect(label, ended, ["object", "class"], source=DEALLOC)
    del reference, class_reference


@scenario
def classes_below_variable_are_released(ext):
    """A Python class below Variable ends with its last object."""
    _class_is_released("Variable", ext.Variable, "x")


@scenario
def classes_below_term_are_released(ext):
    """A Python class below Term ends with its last object."""
    _class_is_released("Term", ext.Term, ext.Variable("x"), 2)


@scenario
def classes_below_expression_are_released(ext):
    """A Python class below Expression ends with its last object."""
    _class_is_released("Expression", ext.Expression, [], 2)


@scenario
def classes_below_constraint_are_released(ext):
    """A Python class below Constraint ends with its last object."""
    _class_is_released("Constraint", ext.Constraint, ext.Variable("x") + 1, "==")


@scenario
def classes_below_solver_are_released(ext):
    """A Python class below Solver ends with its last object."""
    _class_is_released("Solver", ext.Solver)


@scenario
def classes_without_objects_are_released(ext):
    """A Python class that never made an object ends."""
    ended = []

    class Derived(ext.Variable):
        pass

    reference = weakref.ref(Derived, lambda _: ended.append("class"))
    del Derived
    collect()
    expect("ended", ended, ["class"], source="Python library reference, 'gc'")
    del reference


@scenario
def subclasses_with_slots_and_hooks(ext):
    """Subclasses have slots, hooks and methods of their own; operators give objects of the package's types."""
    seen = []

    class Base(ext.Variable):
        __slots__ = ("unit",)

        def __init_subclass__(cls, kind=None, **rest):
            super().__init_subclass__(**rest)
            seen.append((cls.__name__, kind))

        def name(self):
            return "<%s>" % super().name()

    class Below(Base, kind="below"):
        def __init__(self, name, unit=None):
            self.unit = unit

    expect("hook", seen, [("Below", "below")], source=DATA_MODEL + "__init_subclass__")
    slotted = Base("a")
    slotted.unit = "mm"
    expect("slot", slotted.unit, "mm", source=DATA_MODEL + "__slots__")
    expect("no dictionary", attempt(setattr, slotted, "colour", 1), raised(AttributeError),
           source=DATA_MODEL + "__slots__")
    below = Below("b", "cm")
    below.colour = "red"
    expect("dictionary", (below.unit, below.colour, below.name()), ("cm", "red", "<b>"),
           source=DATA_MODEL + "__slots__")
    expect("kept in a term", type((below * 2).variable()) is Below, True, source=API + "Term.variable()")
    record("types", [type(one).__name__ for one in (below + 1, below * 2, -below, below >= 1, below - slotted)])


@scenario
def subclasses_override_operators(ext):
    """The operators of a subclass come before those of the package, on either side."""

    class Loud(ext.Variable):
        def __add__(self, other):
            return ("add", ext.Variable.name(self))

        def __radd__(self, other):
            return ("radd", ext.Variable.name(self))

        def __eq__(self, other):
            return "eq"

        __hash__ = None

    loud, plain = Loud("l"), ext.Variable("p")
    expect("left", loud + plain, ("add", "l"), source=DATA_MODEL + "Emulating numeric types")
    expect("right", plain + loud, ("radd", "l"), source=DATA_MODEL + "Emulating numeric types")
    expect("right of a number", 1 + loud, ("radd", "l"), source=DATA_MODEL + "Emulating numeric types")
    expect("equal", loud == plain, "eq", source=DATA_MODEL + "object.__eq__()")
    expect("reflected equal", plain == loud, "eq", source=DATA_MODEL + "object.__eq__()")


@scenario
def several_bases(ext):
    """A Python class can be mixed in."""

    class Mixin:
        def __init__(self, *arguments):
            self.arguments = arguments

        def twice(self):
            return self * 2

    class Both(Mixin, ext.Variable):
        pass

    both = Both("b")
    expect("mixed", (both.arguments, both.name(), both.twice().coefficient()), (("b",), "b", 2.0),
           source=DATA_MODEL + "Custom classes")


@scenario
def bases_that_conflict(ext):
    """Two of the package's types, or one and a builtin, can't be combined."""
    expect("two types", attempt(type, "Two", (ext.Variable, ext.Term), {}), raised(TypeError),
           source=DATA_MODEL + "__slots__: bases with different instance layouts raise TypeError")
    expect("with a list", attempt(type, "List", (ext.Variable, list), {}), raised(TypeError),
           source=DATA_MODEL + "__slots__: bases with different instance layouts raise TypeError")


@scenario
def an_overridden_constructor(ext):
    """A subclass without the arguments of its base fails as a call does, and keeps nothing."""
    watch = Watch()

    class NoBase(ext.Term):
        def __new__(cls, thing):
            return super().__new__(cls)

    class Fails(ext.Variable):
        def __init__(self, name, thing):
            raise LookupError(name)

    expect("no variable", attempt(NoBase, watch.thing("new")), raised(TypeError), source=API + "Term")
    expect("init fails", attempt(Fails, "x", watch.thing("init")), raised(LookupError), source=DATA_MODEL + "__init__")
    collect()
    expect_released("released", watch, ["new", "init"], source=DEALLOC)


def _state(one):
    names = ("name", "coefficient", "constant", "op", "strength")
    return [getattr(one, name)() for name in names if hasattr(one, name)]


def _copied(function, one):
    """How a copy of an object compares with it: the same, another state, or refused."""
    result = attempt(function, one)
    if result.exception is not None:
        return "refused"
    if result.value is one:
        return "the same object"
    second = attempt(_state, result.value)
    return "equal" if second.value == _state(one) else "other state"


@scenario
def copies_keep_the_state(ext):
    """A copy is refused, or it has the state of the original."""
    x = ext.Variable("x")
    objects = [("Variable", x), ("Term", x * 2), ("Expression", x + 2), ("Constraint", (x >= 2) | "weak")]
    for name, one in objects:
        expect(name + " copied", _copied(copy.copy, one), one_of("refused", "equal", "the same object"), source=PICKLE)
        expect(name + " copied deeply", _copied(copy.deepcopy, one), one_of("refused", "equal"), source=PICKLE)


def _pickles(kind, one):
    for protocol in (0, 2, 4):
        done = _copied(lambda obj: pickle.loads(pickle.dumps(obj, protocol)), one)
        expect("%s, protocol %d" % (kind, protocol), done, one_of("refused", "equal"), source=PICKLE)


@scenario
def pickles_of_variables_keep_the_state(ext):
    """A pickle of a variable is refused, or what is loaded has its name."""
    _pickles("Variable", ext.Variable("x"))


@scenario
def pickles_of_terms_keep_the_state(ext):
    """A pickle of a term is refused, or what is loaded has its coefficient."""
    _pickles("Term", ext.Variable("x") * 2)


@scenario
def pickles_of_expressions_keep_the_state(ext):
    """A pickle of an expression is refused, or what is loaded has its constant."""
    _pickles("Expression", ext.Variable("x") + 2)


@scenario
def pickles_of_constraints_keep_the_state(ext):
    """A pickle of a constraint is refused, or what is loaded has its operator and strength."""
    _pickles("Constraint", (ext.Variable("x") >= 2) | "weak")


@scenario
def copies_of_subclasses_keep_the_state(ext):
    """A copy of an object of a Python subclass is refused, or it has the state of the original."""

    class Named(ext.Variable):
        pass

    named = Named("n")
    named.colour = "red"
    expect("copied", _copied(copy.copy, named), one_of("refused", "equal"), source=PICKLE)
    record("dictionary", attempt(lambda: copy.copy(named).colour).exception)


@scenario
def subclasses_with_reduce_are_pickled(ext):
    """A subclass that says how it is pickled is pickled and copied."""

    class Point(ext.Variable):
        def __reduce__(self):
            return (Point, (self.name(), None), {"colour": self.colour})

    class Pickler(pickle.Pickler):
        def persistent_id(self, obj):
            return "Point" if obj is Point else None

    class Unpickler(pickle.Unpickler):
        def persistent_load(self, name):
            return Point

    point = Point("p")
    point.colour = "red"
    for protocol in (0, 2, 4):
        file = io.BytesIO()
        Pickler(file, protocol).dump(point)
        loaded = Unpickler(io.BytesIO(file.getvalue())).load()
        expect("protocol %d" % protocol, (type(loaded) is Point, loaded.name(), loaded.colour), (True, "p", "red"),
               source="Python library reference, 'pickle', object.__reduce__()")
    copied = copy.deepcopy(point)
    expect("copied", (copied.name(), copied.colour), ("p", "red"), source="Python library reference, 'copy'")


@scenario
def bad_arguments_of_constructors(ext):
    """A constructor that gets something else raises TypeError and keeps nothing."""
    watch = Watch()
    x = ext.Variable("x")
    expect("name", attempt(ext.Variable, 5, watch.thing("context")), raised(TypeError), source=API + "Variable")
    expect("variable", attempt(ext.Term, watch.thing("variable")), raised(TypeError), source=API + "Term")
    expect("coefficient", attempt(ext.Term, x, watch.thing("coefficient")), raised(TypeError), source=API + "Term")
    expect("terms", attempt(ext.Expression, [x * 1, watch.thing("terms")]), raised(TypeError),
           source=API + "Expression")
    expect("constant", attempt(ext.Expression, [x * 1], watch.thing("constant")), raised(TypeError),
           source=API + "Expression")
    expect("expression", attempt(ext.Constraint, x, "=="), raised(TypeError), source=API + "Constraint")
    expect("operator", attempt(ext.Constraint, x + 1, "<"), raised(ValueError), source=API + "Constraint")
    expect("strength", attempt(ext.Constraint, x + 1, "==", "huge"), raised(ValueError), source=API + "Constraint")
    expect("huge", attempt(ext.Term, x, 10 ** 400), raised(OverflowError), source="Python/C API, PyLong_AsDouble")
    expect("solver", attempt(ext.Solver, 1), raised(TypeError), source=API + "Solver")
    collect()
    expect_released("released", watch, ["context", "variable", "coefficient", "terms", "constant"], source=DEALLOC)


@scenario
def iterables_that_fail(ext):
    """An exception from the iterable of terms arrives, and nothing is kept."""
    watch = Watch()

    def terms(thing):
        yield ext.Variable("x", thing) * 2
        raise LookupError("half-way")

    expect("generator", attempt(ext.Expression, terms(watch.thing("first"))), raised(LookupError),
           source=API + "Expression")
    expect("no iterable", attempt(ext.Expression, 5), raised(TypeError), source=API + "Expression")
    collect()
    expect("released first", "first" in watch.finalized, True, source=DEALLOC)


@scenario
def a_surrogate_as_name(ext):
    """A name that can't be encoded as UTF-8 raises UnicodeEncodeError."""
    expect("name", attempt(ext.Variable, "\ud800"), raised(UnicodeEncodeError), source=CRASH)


@scenario
def a_surrogate_in_set_name(ext):
    """setName() with a name that can't be encoded as UTF-8 raises UnicodeEncodeError."""
    expect("name", attempt(ext.Variable("x").setName, "\ud800"), raised(UnicodeEncodeError), source=CRASH)


@scenario
def a_surrogate_as_strength(ext):
    """A strength that can't be encoded as UTF-8 raises UnicodeEncodeError or ValueError."""
    x = ext.Variable("x")
    expect("strength", attempt(lambda: (x >= 1) | "\ud800"), one_of(raised(UnicodeEncodeError), raised(ValueError)),
           source=CRASH)


@scenario
def a_surrogate_as_operator(ext):
    """An operator that can't be encoded as UTF-8 raises UnicodeEncodeError or ValueError."""
    x = ext.Variable("x")
    expect("operator", attempt(ext.Constraint, x + 1, "\ud800"),
           one_of(raised(UnicodeEncodeError), raised(ValueError)), source=CRASH)


@scenario
def names_with_unusual_characters(ext):
    """A name is returned as it was given."""
    for label, name in (("empty", ""), ("not ASCII", "\u00e4\u4e2d\U0001f40d"), ("long", "n" * 500), ("NUL", "a\0b")):
        variable = ext.Variable(name)
        expect(label, variable.name(), name, source=API + "Variable.name()")
    variable.setName("x\0y")
    expect("NUL in setName()", variable.name(), "x\0y", source=API + "Variable.setName()")


@scenario
def comparisons(ext):
    """Only ==, <= and >= make constraints; other comparisons raise TypeError."""
    x, y = ext.Variable("x"), ext.Variable("y")
    expect("operators", [one.op() for one in (x == y, x <= y, x >= y)], ["==", "<=", ">="], source=API + "Constraint")
    for label, function in (("less", lambda: x < y), ("greater", lambda: x > 1), ("unequal", lambda: x != y)):
        expect(label, attempt(function), raised(TypeError), source="Kiwi documentation, 'Basis': constraints")
    expect("equal to a text", x == "x", False, source=DATA_MODEL + "object.__eq__(): identity without an answer")
    expect("hash", attempt(lambda: isinstance(hash(x), int)), one_of(returned(True), raised(TypeError)),
           source=DATA_MODEL + "object.__hash__()")
    record("hashable", attempt(hash, x).exception)


@scenario
def operators_refuse_other_objects(ext):
    """An operator with an object that it does not know raises TypeError and keeps nothing."""
    watch = Watch()
    x = ext.Variable("x")
    for label, function in (
            ("add", lambda other: x + other), ("reflected add", lambda other: other + x),
            ("subtract", lambda other: x - other), ("multiply", lambda other: (x + 1) * other),
            ("divide", lambda other: x / other), ("divided", lambda other: other / x),
            ("or", lambda other: (x >= 1) | other), ("reflected or", lambda other: other | (x >= 1)),
            ("compare", lambda other: x >= other)):
        expect(label, attempt(lambda: function(watch.thing(label))), raised(TypeError),
               source=DATA_MODEL + "Emulating numeric types")
    expect("product", attempt(lambda: x * x), raised(TypeError), source=API + "Variable: linear expressions only")
    expect("by zero", attempt(lambda: (x + 1) / 0), raised(ZeroDivisionError), source=API + "Expression")
    collect()
    expect("released", len(watch.finalized), 9, source=DEALLOC)


@scenario
def exceptions_of_the_solver(ext):
    """The solver's exceptions carry what they are about, and a solver that raised one still works."""
    x = ext.Variable("x")
    solver = ext.Solver()
    low, high = x >= 10, x <= 5
    solver.addConstraint(low)
    for label, function, error, about in (
            ("twice", lambda: solver.addConstraint(low), ext.DuplicateConstraint, low),
            ("unknown", lambda: solver.removeConstraint(high), ext.UnknownConstraint, high),
            ("no edit variable", lambda: solver.removeEditVariable(x), ext.UnknownEditVariable, x),
            ("no suggestion", lambda: solver.suggestValue(x, 1), ext.UnknownEditVariable, x)):
        try:
            function()
        except error as raised_error:
            about_it = getattr(raised_error, "constraint", getattr(raised_error, "edit_variable", None))
            expect(label, about_it is about, True, source=API + error.__name__)
    expect("required", attempt(solver.addEditVariable, x, "required"), raised(ext.BadRequiredStrength),
           source=API + "BadRequiredStrength")
    solver.addEditVariable(x, "strong")
    expect("edit twice", attempt(solver.addEditVariable, x, "strong"), raised(ext.DuplicateEditVariable),
           source=API + "DuplicateEditVariable")
    solver.suggestValue(x, 42)
    solver.updateVariables()
    expect("value", x.value(), 42.0, source=API + "Solver.suggestValue()")
    solver.reset()
    expect("reset", solver.hasConstraint(low), False, source=API + "Solver.reset()")


@scenario
def a_constraint_that_cannot_be_satisfied(ext):
    """A required constraint that can't be satisfied raises UnsatisfiableConstraint, and is not added."""
    x = ext.Variable("x")
    solver = ext.Solver()
    high = x <= 5
    solver.addConstraint(x >= 10)
    try:
        solver.addConstraint(high)
        expect("raised", False, True, source=API + "Solver.addConstraint()")
    except ext.UnsatisfiableConstraint as error:
        expect("raised", error.constraint is high, True, source=API + "UnsatisfiableConstraint")
    expect("not added", solver.hasConstraint(high), False, source=API + "Solver.hasConstraint()")


@scenario
def a_solver_after_a_constraint_that_cannot_be_satisfied(ext):
    """A solver that has refused a constraint works as before."""
    x = ext.Variable("x")
    solver = ext.Solver()
    solver.addConstraint(x >= 10)
    expect("refused", attempt(solver.addConstraint, x <= 5), raised(ext.UnsatisfiableConstraint),
           source=API + "UnsatisfiableConstraint")
    solver.addEditVariable(x, "strong")
    expect("suggested", attempt(solver.suggestValue, x, 42), returned(None), source=API + "Solver.suggestValue()")
    solver.updateVariables()
    expect("value", x.value(), 42.0, source=API + "Solver.suggestValue()")


@scenario
def a_solver_keeps_what_python_dropped(ext):
    """A solver works after the Python objects of its variables and constraints have ended."""
    watch = Watch()
    solver = ext.Solver()
    x = ext.Variable("x")
    for number in range(5):
        solver.addConstraint(x >= ext.Variable("hidden", watch.thing(number)) + number)
    collect()
    record("ended", sorted(watch.finalized))
    solver.addConstraint((x == 7) | "strong")
    solver.updateVariables()
    expect("value", x.value(), 7.0, source=API + "Solver.updateVariables()")


@scenario
def coefficients_that_are_not_numbers(ext):
    """NaN as a coefficient does not end the process."""
    solver, x = ext.Solver(), ext.Variable("x")
    record("added", attempt(solver.addConstraint, x * float("nan") >= 1).exception)


@scenario
def infinite_coefficients(ext):
    """Infinity as a coefficient does not end the process."""
    solver, x = ext.Solver(), ext.Variable("x")
    record("added", attempt(solver.addConstraint, x * float("inf") >= 1).exception)
    record("other", attempt(solver.addConstraint, x * float("-inf") + ext.Variable("y") == 1).exception)


@scenario
def suggestions_that_are_not_numbers(ext):
    """NaN as a suggested value does not end the process."""
    solver, x, y = ext.Solver(), ext.Variable("x"), ext.Variable("y")
    solver.addConstraint(x >= y)
    solver.addConstraint(y >= 3)
    solver.addEditVariable(x, "strong")
    record("suggested", attempt(solver.suggestValue, x, float("nan")).exception)
    record("again", attempt(solver.suggestValue, x, 5.0).exception)
    solver.updateVariables()


@scenario
def infinite_suggestions(ext):
    """Infinity as a suggested value does not end the process."""
    solver, x, y = ext.Solver(), ext.Variable("x"), ext.Variable("y")
    solver.addConstraint(x + y == 10)
    solver.addConstraint(y >= 3)
    solver.addEditVariable(x, "strong")
    record("suggested", attempt(solver.suggestValue, x, float("inf")).exception)
    record("negative", attempt(solver.suggestValue, x, float("-inf")).exception)


@scenario
def strengths_that_are_not_numbers(ext):
    """NaN and negative strengths do not end the process."""
    solver, x = ext.Solver(), ext.Variable("x")
    for label, strength in (("NaN", float("nan")), ("negative", -5.0), ("infinite", float("inf"))):
        record(label, attempt(lambda: solver.addConstraint((x >= 1) | strength)).exception)
    record("edit", attempt(solver.addEditVariable, x, float("nan")).exception)


@scenario
def a_solver_of_several_threads(ext):
    """Threads that use one solver leave it with all their constraints."""
    solver = ext.Solver()
    variables = [ext.Variable("v%d" % number) for number in range(4)]
    failed = []

    def work(number):
        try:
            variable = variables[number]
            for value in range(100):
                constraint = (variable == value) | "medium"
                solver.addConstraint(constraint)
                if value < 99:
                    solver.removeConstraint(constraint)
        except Exception as error:
            failed.append(type(error).__name__)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    solver.updateVariables()
    expect("failed", failed, [], source=API + "Solver")
    expect("values", [one.value() for one in variables], [99.0] * 4, source=API + "Solver.updateVariables()")


@scenario
def objects_without_a_constructor(ext):
    """object.__new__ does not make an object of a type that has a constructor of its own."""
    for name in ("Variable", "Term", "Expression", "Constraint", "Solver"):
        expect(name, attempt(object.__new__, getattr(ext, name)), raised(TypeError),
               source="Python/C API, 'Type Objects', tp_new; object.__new__ is not safe for a type with its own")
