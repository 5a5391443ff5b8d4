import operator

from hpy_conform import (
    Watch, attempt, clear_events, events, expect, expect_released, raised, returned, scenario,
)

NUMBERS = "Python/C API, 'Type Objects', Number Object Structures; Python reference, 'Emulating numeric types'"
SEQUENCES = "Python/C API, 'Type Objects', Sequence Object Structures"
MAPPINGS = "Python/C API, 'Type Objects', Mapping Object Structures"
TEXT = "Python/C API, 'Type Objects', tp_repr and tp_str"
HASH = "Python/C API, 'Type Objects', tp_hash"
COMPARE = "Python/C API, 'Type Objects', tp_richcompare"
BUFFER = "Python/C API, 'Type Objects', Buffer Object Structures"
OWNERSHIP = "Python/C API, 'Objects, Types and Reference Counts', Reference Count Details"

ANSWER, RAISE, DECLINE, WRONG, FALSE = range(5)
BINARY = (
    ("add", operator.add), ("subtract", operator.sub), ("multiply", operator.mul), ("remainder", operator.mod),
    ("divmod", divmod), ("lshift", operator.lshift), ("rshift", operator.rshift), ("and", operator.and_),
    ("xor", operator.xor), ("or", operator.or_), ("floor_divide", operator.floordiv),
    ("true_divide", operator.truediv), ("matrix_multiply", operator.matmul),
)
INPLACE = (
    ("add", operator.iadd), ("subtract", operator.isub), ("multiply", operator.imul), ("remainder", operator.imod),
    ("lshift", operator.ilshift), ("rshift", operator.irshift), ("and", operator.iand), ("xor", operator.ixor),
    ("or", operator.ior), ("floor_divide", operator.ifloordiv), ("true_divide", operator.itruediv),
    ("matrix_multiply", operator.imatmul),
)
UNARY = (("negative", operator.neg), ("positive", operator.pos), ("absolute", abs), ("invert", operator.invert))
COMPARISONS = (
    ("<", operator.lt), ("<=", operator.le), ("==", operator.eq), ("!=", operator.ne), (">", operator.gt),
    (">=", operator.ge),
)


def inside(ext, mode, function, *args):
    """An attempt while the slots are in this mode."""
    ext.set_mode(mode)
    try:
        return attempt(function, *args)
    finally:
        ext.set_mode(ANSWER)


def named(result, **known):
    """A slot's answer, with the known objects by their names."""
    if type(result) is not tuple:
        return result
    return tuple([name for name, one in known.items() if one is item] or item for item in result)


@scenario
def binary_operators(ext):
    """Each operator reaches its own slot, with the operands in their order."""
    a, b, other = ext.Number(), ext.Number(), object()
    for name, function in BINARY:
        slot = "nb_" + name
        expect(name, named(function(a, b), a=a, b=b), (slot, ["a"], ["b"]), source=NUMBERS)
        expect(name + " with another", named(function(a, other), a=a, other=other), (slot, ["a"], ["other"]),
               source=NUMBERS)
        expect(name + " with itself", named(function(a, a), a=a), (slot, ["a"], ["a"]), source=NUMBERS)


@scenario
def binary_operators_fail(ext):
    """An exception in the slot is that of the operator; NotImplemented becomes a TypeError."""
    a, b = ext.Number(), ext.Number()
    for name, function in BINARY + (("power", operator.pow),):
        expect(name, inside(ext, RAISE, function, a, b), raised(LookupError), source=NUMBERS)
        expect(name + " declined", inside(ext, DECLINE, function, a, b).exception, "TypeError", source=NUMBERS)


@scenario
def reflected_operators(ext):
    """A slot is also asked when only the right operand is of its type, with the operands in their order."""
    a, other = ext.Number(), object()
    for label, left, shown in (("an object", other, ["other"]), ("5", 5, 5)):
        answers = [named(attempt(function, left, a).value, a=a, other=other) for _, function in BINARY]
        expect(label, answers, [("nb_" + name, shown, ["a"]) for name, _ in BINARY], source=NUMBERS)
    expect("failures", [inside(ext, RAISE, function, 5, a).exception for _, function in BINARY],
           ["LookupError"] * len(BINARY), source=NUMBERS)
    expect("power", named(attempt(operator.pow, 5, a).value, a=a), ("nb_power", 5, ["a"], None), source=NUMBERS)
    expect("power fails", inside(ext, RAISE, operator.pow, 5, a), raised(LookupError), source=NUMBERS)


@scenario
def inplace_operators(ext):
    """Each augmented assignment reaches its own slot; if that declines, the operator's; an exception comes through."""
    a, b = ext.Number(), ext.Number()
    for name, function in INPLACE:
        slot = "nb_inplace_" + name
        expect(name, named(function(a, b), a=a, b=b), (slot, ["a"], ["b"]), source=NUMBERS)
        expect(name + " with 5", named(function(a, 5), a=a), (slot, ["a"], 5), source=NUMBERS)
        expect(name + " fails", inside(ext, RAISE, function, a, b), raised(LookupError), source=NUMBERS)
        expect(name + " declined", inside(ext, DECLINE, function, a, b).exception, "TypeError", source=NUMBERS)


@scenario
def unary_operators(ext):
    """Each of the four reaches its own slot; an exception comes through."""
    a = ext.Number()
    for name, function in UNARY:
        expect(name, named(function(a), a=a), ("nb_" + name, ["a"]), source=NUMBERS)
        expect(name + " fails", inside(ext, RAISE, function, a), raised(LookupError), source=NUMBERS)


@scenario
def powers(ext):
    """The slot gets the modulus, or None where there is none."""
    a, b, c = ext.Number(), ext.Number(), ext.Number()
    expect("a ** b", named(a ** b, a=a, b=b), ("nb_power", ["a"], ["b"], None), source=NUMBERS)
    expect("a ** 5", named(a ** 5, a=a), ("nb_power", ["a"], 5, None), source=NUMBERS)
    expect("three", named(pow(a, b, c), a=a, b=b, c=c), ("nb_power", ["a"], ["b"], ["c"]), source=NUMBERS)
    expect("two numbers", named(pow(a, 2, 3), a=a), ("nb_power", ["a"], 2, 3), source=NUMBERS)
    expect("fails", inside(ext, RAISE, pow, a, b, c), raised(LookupError), source=NUMBERS)


@scenario
def inplace_power(ext):
    """`**=` reaches the slot with the two operands."""
    a, b = ext.Number(), ext.Number()
    expect("a **= b", named(operator.ipow(a, b), a=a, b=b)[:3], ("nb_inplace_power", ["a"], ["b"]), source=NUMBERS)
    expect("a **= 5", named(operator.ipow(a, 5), a=a)[:3], ("nb_inplace_power", ["a"], 5), source=NUMBERS)
    expect("fails", inside(ext, RAISE, operator.ipow, a, b), raised(LookupError), source=NUMBERS)


@scenario
def conversions(ext):
    """int(), float(), operator.index() and bool() get the value of the slot, its exception, or a TypeError."""
    a = ext.Number()
    for label, function, value in (("int", int, 41), ("float", float, 2.5), ("index", operator.index, 42),
                                   ("hex", hex, "0x2a"), ("item", lambda one: list(range(50))[one], 42)):
        expect(label, attempt(function, a), returned(value), source=NUMBERS)
        expect(label + " fails", inside(ext, RAISE, function, a), raised(LookupError), source=NUMBERS)
        expect(label + " of a wrong type", inside(ext, WRONG, function, a).exception, "TypeError", source=NUMBERS)
    expect("bool", inside(ext, ANSWER, bool, a), returned(True), source=NUMBERS)
    expect("bool, false", inside(ext, FALSE, bool, a), returned(False), source=NUMBERS)
    expect("bool fails", inside(ext, RAISE, bool, a), raised(LookupError), source=NUMBERS)
    expect("not", inside(ext, FALSE, operator.not_, a), returned(True), source=NUMBERS)


@scenario
def sequence_operators(ext):
    """Concatenation and repetition reach the sequence's slots."""
    a, other = ext.Sequence(), object()
    expect("concat", named(a + other, a=a, other=other), ("sq_concat", ["a"], ["other"]), source=SEQUENCES)
    expect("inplace concat", named(operator.iadd(a, other), a=a, other=other), ("sq_inplace_concat", ["a"], ["other"]),
           source=SEQUENCES)
    for count in (0, 3, -2, 2**62):
        expect("repeat %d" % count, named(a * count, a=a), ("sq_repeat", ["a"], count), source=SEQUENCES)
        expect("inplace repeat %d" % count, named(operator.imul(a, count), a=a), ("sq_inplace_repeat", ["a"], count),
               source=SEQUENCES)
    for label, function, given in (("concat", operator.add, a), ("inplace concat", operator.iadd, a),
                                   ("repeat", operator.mul, 2), ("inplace repeat", operator.imul, 2)):
        expect(label + " fails", inside(ext, RAISE, function, a, given), raised(LookupError), source=SEQUENCES)
    expect("no number", attempt(operator.mul, a, 1.5).exception, "TypeError", source=SEQUENCES)


@scenario
def repetition_from_the_left(ext):
    """A number times a sequence is the sequence repeated as often."""
    a = ext.Sequence()
    counts = (0, 3, -2, 2**62)
    expect("answers", [named(attempt(operator.mul, count, a).value, a=a) for count in counts],
           [("sq_repeat", ["a"], count) for count in counts], source=SEQUENCES)
    expect("fails", inside(ext, RAISE, operator.mul, 2, a), raised(LookupError), source=SEQUENCES)


@scenario
def negative_indexes(ext):
    """Indexes below zero count from the end by the length."""
    a = ext.Sequence()
    answers = [named(attempt(operator.getitem, a, index).value, a=a) for index in (-1, -5)]
    expect("items", answers, [("sq_item", ["a"], 4), ("sq_item", ["a"], 0)], source=SEQUENCES)
    for index in (-1, -5):
        attempt(operator.setitem, a, index, 33)
        attempt(operator.delitem, a, index)
    expect("set and delete", events(ext, "index"), [4, 4, 0, 0], source=SEQUENCES)
    expect("values", events(ext, "value"), [33, -1, 33, -1], source=SEQUENCES)


@scenario
def sequence_items(ext):
    """The slot gets the index; iteration ends with its IndexError."""
    a = ext.Sequence()
    expect("length", len(a), 5, source=SEQUENCES)
    expect("length 0", inside(ext, FALSE, len, a), returned(0), source=SEQUENCES)
    expect("length fails", inside(ext, RAISE, len, a), raised(LookupError), source=SEQUENCES)
    expect("truth", (bool(a), inside(ext, FALSE, bool, a).value), (True, False), source=SEQUENCES)
    for index, found in ((0, 0), (4, 4)):
        expect("item %d" % index, named(a[index], a=a), ("sq_item", ["a"], found), source=SEQUENCES)
    for index in (5, -6, 2**40):
        expect("item %d" % index, attempt(lambda: a[index]), raised(IndexError), source=SEQUENCES)
    expect("item fails", inside(ext, RAISE, lambda: a[1]), raised(LookupError), source=SEQUENCES)
    expect("iteration", [item[2] for item in a], [0, 1, 2, 3, 4],
           source="Python language reference, 'Emulating container types', __getitem__")
    expect("no index", attempt(lambda: a["x"]), raised(TypeError), source=SEQUENCES)


@scenario
def sequence_assignment_and_membership(ext):
    """Assignment and deletion share a slot; `in` is true, false, or fails."""
    a = ext.Sequence()
    for index, found in ((2, 2), (0, 0)):
        clear_events(ext)
        a[index] = 33
        expect("set %d" % index, events(ext), [("index", found), ("value", 33)], source=SEQUENCES)
        clear_events(ext)
        del a[index]
        expect("delete %d" % index, events(ext), [("index", found), ("value", -1)], source=SEQUENCES)
    expect("set fails", inside(ext, RAISE, operator.setitem, a, 2, 5), raised(LookupError), source=SEQUENCES)
    expect("delete fails", inside(ext, RAISE, operator.delitem, a, 2), raised(LookupError), source=SEQUENCES)
    expect("in", [number in a for number in (0, 4, 5, 9)], [True, True, False, False], source=SEQUENCES)
    expect("not in", 5 not in a, True, source=SEQUENCES)
    expect("in fails", inside(ext, RAISE, operator.contains, a, 2), raised(LookupError), source=SEQUENCES)
    expect("in of text", attempt(operator.contains, a, "x").exception, "TypeError", source=SEQUENCES)


@scenario
def mappings(ext):
    """A mapping's slots get the keys as they are."""
    a, key = ext.Mapping(), object()
    expect("length", len(a), 7, source=MAPPINGS)
    expect("length 0", inside(ext, FALSE, len, a), returned(0), source=MAPPINGS)
    expect("length fails", inside(ext, RAISE, len, a), raised(LookupError), source=MAPPINGS)
    expect("truth", (bool(a), inside(ext, FALSE, bool, a).value), (True, False), source=MAPPINGS)
    expect("item", named(a[key], a=a, key=key), ("mp_subscript", ["a"], ["key"]), source=MAPPINGS)
    expect("item -1", named(a[-1], a=a), ("mp_subscript", ["a"], -1), source=MAPPINGS)
    expect("items", named(a[1, 2], a=a), ("mp_subscript", ["a"], (1, 2)), source=MAPPINGS)
    expect("item fails", inside(ext, RAISE, operator.getitem, a, key), raised(LookupError), source=MAPPINGS)
    clear_events(ext)
    a[-3] = 44
    del a[8]
    expect("set and delete", events(ext), [("key", -3), ("value", 44), ("key", 8), ("value", -1)], source=MAPPINGS)
    expect("set fails", inside(ext, RAISE, operator.setitem, a, 2, 5), raised(LookupError), source=MAPPINGS)
    expect("delete fails", inside(ext, RAISE, operator.delitem, a, 2), raised(LookupError), source=MAPPINGS)


@scenario
def text(ext):
    """repr() and str() have a slot each; what is no text is a TypeError."""
    a = ext.Shown()
    for label, function, value in (("repr", repr, "the repr"), ("str", str, "the str"),
                                   ("%r", "%r".__mod__, "the repr"),
                                   ("format", format, "the str")):
        expect(label, attempt(function, a), returned(value), source=TEXT)
        expect(label + " fails", inside(ext, RAISE, function, a), raised(LookupError), source=TEXT)
        expect(label + " of a wrong type", inside(ext, WRONG, function, a).exception, "TypeError", source=TEXT)


@scenario
def hashes(ext):
    """hash() is the slot's number, or its exception."""
    a = ext.Shown()
    expect("hash", hash(a), 4711, source=HASH)
    expect("hash 0", inside(ext, FALSE, hash, a), returned(0), source=HASH)
    expect("fails", inside(ext, RAISE, hash, a), raised(LookupError), source=HASH)
    expect("in a dictionary", {a: 5}[a], 5, source=HASH)
    expect("fails in a dictionary", inside(ext, RAISE, lambda: {a: 5}), raised(LookupError), source=HASH)


@scenario
def comparisons(ext):
    """The slot gets the operation, the two objects in their order, or reflected; and any object is the result."""
    a, b, other = ext.Shown(), ext.Shown(), object()
    reflected = {"<": ">", "<=": ">=", "==": "==", "!=": "!=", ">": "<", ">=": "<="}
    for name, function in COMPARISONS:
        expect(name, named(function(a, b), a=a, b=b), (name, ["a"], ["b"]), source=COMPARE)
        expect(name + " with another", named(function(a, other), a=a, other=other), (name, ["a"], ["other"]),
               source=COMPARE)
        expect(name + " of another", named(function(other, a), a=a, other=other), (reflected[name], ["a"], ["other"]),
               source=COMPARE)
        expect(name + " fails", inside(ext, RAISE, function, a, b), raised(LookupError), source=COMPARE)
    for name, function in COMPARISONS:
        result = inside(ext, DECLINE, function, a, b)
        if name in ("==", "!="):
            expect(name + " declined", result, returned(name == "!="), source=COMPARE)
        else:
            expect(name + " declined", result, raised(TypeError), source=COMPARE)
    expect("in a list", a in [b], True, source="Python language reference, 'Membership test operations'")


@scenario
def buffers(ext):
    """A memoryview shows what the slot wrote, and gives it back whole."""
    clear_events(ext)
    view = memoryview(ext.Bytes())
    shown = (view.nbytes, view.itemsize, view.readonly, view.ndim, view.format, view.shape, view.strides,
             view.suboffsets, view.tolist())
    expect("view", shown, (16, 2, True, 2, "h", (2, 4), (8, 2), (), [[1, 2, 3, 4], [5, 6, 7, 8]]), source=BUFFER)
    expect("not released", events(ext, "release"), [], source=BUFFER)
    view.release()
    expect("released", events(ext, "release"), [1], source=BUFFER)
    expect("internal", events(ext, "internal"), [1], source="Python/C API, 'Buffer Protocol', Py_buffer.internal")
    expect("read-only", events(ext, "readonly"), [1], source="Python/C API, 'Buffer Protocol', Py_buffer.readonly")
    clear_events(ext)
    ext.set_mode(FALSE)
    view = memoryview(ext.Bytes())
    expect("writable", (view.readonly, bytes(view)), (False, b"\1\0\2\0\3\0\4\0\5\0\6\0\7\0\x08\0"), source=BUFFER)
    view.release()
    released = events(ext, "readonly")
    ext.set_mode(ANSWER)
    expect("not read-only", released, [1], source="Python/C API, 'Buffer Protocol', Py_buffer.readonly")
    clear_events(ext)
    expect("fails", inside(ext, RAISE, memoryview, ext.Bytes()), raised(LookupError), source=BUFFER)
    expect("none released", events(ext, "release"), [], source=BUFFER)


@scenario
def what_slots_get_and_give_ends(ext):
    """An operand, a key or a value is held by nobody after the slot, whether it answered or not."""
    number, sequence, mapping, shown = ext.Number(), ext.Sequence(), ext.Mapping(), ext.Shown()
    functions = [(name, lambda x, f=f: f(number, x)) for name, f in BINARY]
    functions += [("reflected " + name, lambda x, f=f: f(x, number)) for name, f in BINARY]
    functions += [("inplace " + name, lambda x, f=f: f(number, x)) for name, f in INPLACE]
    functions += [("comparison " + name, lambda x, f=f: f(shown, x)) for name, f in COMPARISONS]
    functions += [
        ("power", lambda x: number ** x), ("modulus", lambda x: pow(number, 2, x)), ("concat", lambda x: sequence + x),
        ("inplace concat", lambda x: operator.iadd(sequence, x)), ("item", lambda x: mapping[x]),
    ]
    for mode in (ANSWER, RAISE, DECLINE):
        watch = Watch()
        for name, function in functions:
            thing = watch.thing(name)
            inside(ext, mode, function, thing)
            del thing
        expect_released("mode %d" % mode, watch, [name for name, _ in functions], OWNERSHIP)
