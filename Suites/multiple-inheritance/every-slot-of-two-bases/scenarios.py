import operator

from hpy_conform import attempt, clear_events, events, expect, scenario

SPECIAL = ("Python language reference, 'Data model', Special method names (x + y is type(x).__add__(x, y)) and Custom classes "
           "(found along the MRO); Python/C API, 'Type Objects', Slot Type typedefs and the inheritance of each slot")
BUFFER = "Python/C API, 'Type Objects', tp_as_buffer (its fields are inherited individually)"

# What an operation gives that reaches no slot.
NOTHING, TYPE_ERROR, ATTRIBUTE_ERROR = "no call", "TypeError", "AttributeError"


class Row:
    """An operation, the method of its name, and the slots that both are to reach.

    missing, missing_method: how they end where no type has the slots.
    after: the exception that follows the call, as a function of a slot here answers with a text alone.
    """

    def __init__(self, slots, label, operation, method, arguments=(), missing=TYPE_ERROR,
                 missing_method=ATTRIBUTE_ERROR, after=None):
        self.slots = (slots,) if isinstance(slots, str) else slots
        self.label = label
        self.operation = operation
        self.method = method
        self.arguments = arguments
        self.missing = missing
        self.missing_method = missing_method
        self.after = after

    def call_method(self, one):
        # Along the MRO alone: type itself has methods like __or__ and __call__, for classes.
        for cls in type(one).__mro__:
            if self.method in vars(cls):
                return vars(cls)[self.method](one, *self.arguments)
        raise AttributeError(self.method)


BINARY = (
    ("add", "+", operator.add), ("subtract", "-", operator.sub), ("multiply", "*", operator.mul),
    ("remainder", "%", operator.mod), ("lshift", "<<", operator.lshift), ("rshift", ">>", operator.rshift),
    ("and", "&", operator.and_), ("xor", "^", operator.xor), ("or", "|", operator.or_),
    ("floor_divide", "//", operator.floordiv), ("true_divide", "/", operator.truediv),
    ("matrix_multiply", "@", operator.matmul), ("power", "**", operator.pow),
)
METHODS = {
    "add": "add", "subtract": "sub", "multiply": "mul", "remainder": "mod", "lshift": "lshift", "rshift": "rshift",
    "and": "and", "xor": "xor", "or": "or", "floor_divide": "floordiv", "true_divide": "truediv",
    "matrix_multiply": "matmul", "power": "pow",
}
INPLACE = {
    "add": operator.iadd, "subtract": operator.isub, "multiply": operator.imul, "remainder": operator.imod,
    "lshift": operator.ilshift, "rshift": operator.irshift, "and": operator.iand, "xor": operator.ixor,
    "or": operator.ior, "floor_divide": operator.ifloordiv, "true_divide": operator.itruediv,
    "matrix_multiply": operator.imatmul, "power": operator.ipow,
}


def on_the_left(function):
    return lambda one: function(one, 1)


def on_the_right(function):
    return lambda one: function(1, one)


BINARY_ROWS = [
    Row("nb_" + name, "x %s 1" % sign, on_the_left(function), "__%s__" % METHODS[name], (1,))
    for name, sign, function in BINARY
] + [
    Row("nb_divmod", "divmod(x, 1)", on_the_left(divmod), "__divmod__", (1,)),
    Row("nb_power", "pow(x, 1, 2)", lambda one: pow(one, 1, 2), "__pow__", (1, 2)),
]
REFLECTED_ROWS = [
    Row("nb_" + name, "1 %s x" % sign, on_the_right(function), "__r%s__" % METHODS[name], (1,))
    for name, sign, function in BINARY
] + [
    Row("nb_divmod", "divmod(1, x)", on_the_right(divmod), "__rdivmod__", (1,)),
]
INPLACE_ROWS = [
    Row("nb_inplace_" + name, "x %s= 1" % sign, on_the_left(INPLACE[name]), "__i%s__" % METHODS[name], (1,))
    for name, sign, _ in BINARY
]
UNARY_ROWS = [
    Row("nb_negative", "-x", operator.neg, "__neg__"),
    Row("nb_positive", "+x", operator.pos, "__pos__"),
    Row("nb_absolute", "abs(x)", abs, "__abs__"),
    Row("nb_invert", "~x", operator.invert, "__invert__"),
    Row("nb_int", "int(x)", int, "__int__"),
    Row("nb_index", "index(x)", operator.index, "__index__"),
    Row("nb_float", "float(x)", float, "__float__"),
    Row("nb_bool", "bool(x)", bool, "__bool__", missing=NOTHING),
]
SEQUENCE_ROWS = [
    Row("sq_length", "len(x)", len, "__len__"),
    Row("sq_item", "x[0]", lambda one: one[0], "__getitem__", (0,)),
    Row("sq_ass_item", "x[0] = 1", lambda one: operator.setitem(one, 0, 1), "__setitem__", (0, 1)),
    Row("sq_ass_item", "del x[0]", lambda one: operator.delitem(one, 0), "__delitem__", (0,)),
    Row("sq_contains", "1 in x", lambda one: 1 in one, "__contains__", (1,)),
    Row("sq_concat", "x + y", lambda one: one + 1, "__add__", (1,)),
    Row("sq_repeat", "x * 2", lambda one: one * 2, "__mul__", (2,)),
    Row("sq_repeat", "2 * x", lambda one: 2 * one, "__rmul__", (2,)),
    Row("sq_inplace_concat", "x += y", lambda one: operator.iadd(one, 1), "__iadd__", (1,)),
    Row("sq_inplace_repeat", "x *= 2", lambda one: operator.imul(one, 2), "__imul__", (2,)),
]
MAPPING_ROWS = [
    Row("mp_length", "len(x)", len, "__len__"),
    Row("mp_subscript", "x['k']", lambda one: one["k"], "__getitem__", ("k",)),
    Row("mp_ass_subscript", "x['k'] = 1", lambda one: operator.setitem(one, "k", 1), "__setitem__", ("k", 1)),
    Row("mp_ass_subscript", "del x['k']", lambda one: operator.delitem(one, "k"), "__delitem__", ("k",)),
]
OBJECT_ROWS = [
    Row("tp_repr", "repr(x)", repr, "__repr__", missing=NOTHING, missing_method=NOTHING),
    Row("tp_str", "str(x)", str, "__str__", missing=NOTHING, missing_method=NOTHING),
    Row("tp_hash", "hash(x)", hash, "__hash__", missing=NOTHING, missing_method=NOTHING),
] + [
    Row("tp_richcompare", "x %s 1" % sign, on_the_left(function), "__%s__" % function.__name__, (1,), missing,
        missing_method=NOTHING)
    for sign, function, missing in (
        ("==", operator.eq, NOTHING), ("!=", operator.ne, NOTHING), ("<", operator.lt, TYPE_ERROR),
        ("<=", operator.le, TYPE_ERROR), (">", operator.gt, TYPE_ERROR), (">=", operator.ge, TYPE_ERROR))
]
CALL_ROWS = [Row("tp_call", "x()", lambda one: one(), "__call__")]


def awaited(one):
    async def wait():
        await one

    return wait().send(None)


def iterated(one):
    async def iterate():
        async for _ in one:
            pass

    return iterate().send(None)


def stepped(one):
    class Around:
        def __aiter__(self):
            return one

    return iterated(Around())


class Owner:
    """Has the descriptor of a row."""


def owner_of(one):
    return type("Owner", (Owner,), {"attribute": one})()


ITERATION_ROWS = [
    Row("tp_iter", "iter(x)", iter, "__iter__", after=TYPE_ERROR),
    Row("tp_iternext", "next(x)", next, "__next__"),
    Row("am_await", "await x", awaited, "__await__", after=TYPE_ERROR),
    Row("am_aiter", "async for", iterated, "__aiter__", after=TYPE_ERROR),
    Row("am_anext", "a step of async for", stepped, "__anext__", after=TYPE_ERROR),
]
ATTRIBUTE_ROWS = [
    Row("tp_getattro", "x.a", lambda one: one.a, "__getattribute__", ("a",), ATTRIBUTE_ERROR, ATTRIBUTE_ERROR),
    Row("tp_setattro", "del x.a", lambda one: delattr(one, "a"), "__delattr__", ("a",), ATTRIBUTE_ERROR,
        ATTRIBUTE_ERROR),
    Row("tp_descr_get", "x of an attribute", lambda one: owner_of(one).attribute, "__get__", (None, int), NOTHING),
    Row("tp_descr_set", "x of a stored attribute", lambda one: setattr(owner_of(one), "attribute", 1), "__set__",
        (None, 1), NOTHING),
    Row("tp_descr_set", "x of a deleted attribute", lambda one: delattr(owner_of(one), "attribute"), "__delete__",
        (None,), ATTRIBUTE_ERROR),
]


def in_c(make, bases):
    return make("C", (), bases)


def in_python(make, bases):
    return type("Child", bases, {})


def in_python_below_c(make, bases):
    return type("Child", (make("C", (), bases),), {})


def answer(ext, row, function, one):
    """Which base's function was called, and the exception that followed; what happened where none was."""
    clear_events(ext)
    done = attempt(function, one)
    names = {1: "first", 2: "second"}
    calls = [names[mark] if slot == row.slots[0][:23] else "%s of the %s" % (slot, names[mark])
             for slot, mark in events(ext)]
    if done.exception is not None:
        calls.append(done.exception)
    return " ".join(calls) or NOTHING


def table(ext, rows, child, make=None):
    """Each row with its slots in the first base, the second, both and neither; the class without slots derives from both."""
    make = make or ext.make
    for row in rows:
        for place in ("first", "second", "both", "neither"):
            first = make("A", row.slots if place in ("first", "both") else (), ())
            second = make("B", row.slots if place in ("second", "both") else (), ())
            one = child(make, (first, second))()
            found = "first" if place == "both" else place
            expect("%s, %s: operator" % (row.label, place), answer(ext, row, row.operation, one),
                   row.missing if place == "neither" else " ".join([found] + ([row.after] if row.after else [])),
                   source=SPECIAL)
            expect("%s, %s: method" % (row.label, place), answer(ext, row, row.call_method, one),
                   row.missing_method if place == "neither" else found, source=SPECIAL)


def buffers(ext, child):
    """The two slots of buffers are not reached by methods before Python 3.12, so only operations are asked."""
    get, release = "bf_getbuffer", "bf_releasebuffer"
    for label, of_first, of_second, calls in (
            ("both in the first", (get, release), (), [(get, 1), (release, 1)]),
            ("both in the second", (), (get, release), [(get, 2), (release, 2)]),
            ("both in both", (get, release), (get, release), [(get, 1), (release, 1)]),
            ("one in the first", (get,), (), [(get, 1)]),
            ("one in the second", (), (get,), [(get, 2)]),
            ("neither", (), (), [])):
        first, second = ext.make("A", of_first, ()), ext.make("B", of_second, ())
        one = child(ext.make, (first, second))()
        clear_events(ext)
        done = attempt(lambda: memoryview(one).release())
        expect(label, (events(ext), done.exception), (calls, None if calls else "TypeError"), source=BUFFER)


@scenario
def unary_operators_of_c_classes(ext):
    """-x, abs(x), int(x) and others: a class made in C finds the slot along the MRO, as the data model has it."""
    table(ext, UNARY_ROWS, in_c)


@scenario
def unary_operators_of_python_classes(ext):
    """The same of a class statement with both bases."""
    table(ext, UNARY_ROWS, in_python)


@scenario
def unary_operators_of_python_classes_below_c(ext):
    """The same of a class statement below the class made in C."""
    table(ext, UNARY_ROWS, in_python_below_c)


@scenario
def binary_operators_of_c_classes(ext):
    """x + 1 and the other binary operators, in a class made in C."""
    table(ext, BINARY_ROWS, in_c)


@scenario
def binary_operators_of_python_classes(ext):
    """The same of a class statement with both bases."""
    table(ext, BINARY_ROWS, in_python)


@scenario
def binary_operators_of_python_classes_below_c(ext):
    """The same of a class statement below the class made in C."""
    table(ext, BINARY_ROWS, in_python_below_c)


@scenario
def reflected_operators_of_c_classes(ext):
    """1 + x and the others with the object on the right, in a class made in C."""
    table(ext, REFLECTED_ROWS, in_c)


@scenario
def reflected_operators_of_python_classes(ext):
    """The same of a class statement with both bases."""
    table(ext, REFLECTED_ROWS, in_python)


@scenario
def reflected_operators_of_python_classes_below_c(ext):
    """The same of a class statement below the class made in C."""
    table(ext, REFLECTED_ROWS, in_python_below_c)


@scenario
def inplace_operators_of_c_classes(ext):
    """x += 1 and the others in place, in a class made in C."""
    table(ext, INPLACE_ROWS, in_c)


@scenario
def inplace_operators_of_python_classes(ext):
    """The same of a class statement with both bases."""
    table(ext, INPLACE_ROWS, in_python)


@scenario
def inplace_operators_of_python_classes_below_c(ext):
    """The same of a class statement below the class made in C."""
    table(ext, INPLACE_ROWS, in_python_below_c)


@scenario
def sequences_of_c_classes(ext):
    """Length, items, containment, concatenation and repetition by the slots of sequences, in a class made in C."""
    table(ext, SEQUENCE_ROWS, in_c)


@scenario
def sequences_of_python_classes(ext):
    """The same of a class statement with both bases."""
    table(ext, SEQUENCE_ROWS, in_python)


@scenario
def sequences_of_python_classes_below_c(ext):
    """The same of a class statement below the class made in C."""
    table(ext, SEQUENCE_ROWS, in_python_below_c)


@scenario
def mappings_of_c_classes(ext):
    """Length and keys by the slots of mappings, in a class made in C."""
    table(ext, MAPPING_ROWS, in_c)


@scenario
def mappings_of_python_classes(ext):
    """The same of a class statement with both bases."""
    table(ext, MAPPING_ROWS, in_python)


@scenario
def mappings_of_python_classes_below_c(ext):
    """The same of a class statement below the class made in C."""
    table(ext, MAPPING_ROWS, in_python_below_c)


@scenario
def text_hash_and_comparison_of_c_classes(ext):
    """repr(x), str(x), hash(x) and the six comparisons, in a class made in C."""
    table(ext, OBJECT_ROWS, in_c)


@scenario
def text_hash_and_comparison_of_python_classes(ext):
    """The same of a class statement with both bases."""
    table(ext, OBJECT_ROWS, in_python)


@scenario
def text_hash_and_comparison_of_python_classes_below_c(ext):
    """The same of a class statement below the class made in C."""
    table(ext, OBJECT_ROWS, in_python_below_c)


@scenario
def calls_of_c_classes(ext):
    """x(), in a class made in C."""
    table(ext, CALL_ROWS, in_c)


@scenario
def calls_of_python_classes(ext):
    """The same of a class statement with both bases."""
    table(ext, CALL_ROWS, in_python)


@scenario
def calls_of_python_classes_below_c(ext):
    """The same of a class statement below the class made in C."""
    table(ext, CALL_ROWS, in_python_below_c)


@scenario
def buffers_of_c_classes(ext):
    """A memoryview asks for the buffer and releases it, in a class made in C."""
    buffers(ext, in_c)


@scenario
def buffers_of_python_classes(ext):
    """The same of a class statement with both bases."""
    buffers(ext, in_python)


@scenario
def buffers_of_python_classes_below_c(ext):
    """The same of a class statement below the class made in C."""
    buffers(ext, in_python_below_c)


@scenario
def iteration_of_c_classes(ext):
    """iter(x), next(x), await and async for, by slots that HPy does not have, in a class made in C."""
    table(ext, ITERATION_ROWS, in_c, ext.make_legacy)


@scenario
def iteration_of_python_classes(ext):
    """The same of a class statement with both bases."""
    table(ext, ITERATION_ROWS, in_python, ext.make_legacy)


@scenario
def iteration_of_python_classes_below_c(ext):
    """The same of a class statement below the class made in C."""
    table(ext, ITERATION_ROWS, in_python_below_c, ext.make_legacy)


@scenario
def attributes_of_c_classes(ext):
    """Attributes of the object, and the object as a descriptor, by slots that HPy does not have, in a class made in C."""
    table(ext, ATTRIBUTE_ROWS, in_c, ext.make_legacy)


@scenario
def attributes_of_python_classes(ext):
    """The same of a class statement with both bases."""
    table(ext, ATTRIBUTE_ROWS, in_python, ext.make_legacy)


@scenario
def attributes_of_python_classes_below_c(ext):
    """The same of a class statement below the class made in C."""
    table(ext, ATTRIBUTE_ROWS, in_python_below_c, ext.make_legacy)


@scenario
def a_slot_beside_another_of_its_table(ext):
    """A slot of the second base is found, also where the first base or the class itself has another one of that table."""
    for slot, other, row in (("nb_add", "nb_subtract", BINARY_ROWS[0]), ("sq_length", "sq_repeat", SEQUENCE_ROWS[0]),
                             ("mp_length", "mp_subscript", MAPPING_ROWS[0])):
        for place, of_first, of_child in (("the first base", (other,), ()), ("the class", (), (other,)),
                                          ("both", (other,), (other,))):
            first, second = ext.make("A", of_first, ()), ext.make("B", (slot,), ())
            one = ext.make("A", of_child, (first, second))()
            label = "%s, %s in %s" % (slot, other, place)
            expect("%s: operator" % label, answer(ext, row, row.operation, one), "second", source=SPECIAL)
            expect("%s: method" % label, answer(ext, row, row.call_method, one), "second", source=SPECIAL)
