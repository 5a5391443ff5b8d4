import operator

from hpy_conform import attempt, clear_events, events, expect, one_of, raised, scenario

DATA_MODEL = ("Python language reference, 'Data model', Special method names (an operator calls the method of type(x)) "
              "and Custom classes (found along the MRO)")
INHERITED = "Python/C API, 'Type Objects', tp_as_number, tp_as_sequence and tp_as_mapping (inherited individually)"
SIZE = ("Python/C API, 'Object Protocol', PyObject_Size (of both protocols the sequence length); 'Type Objects', "
        "sq_length and mp_length")
ITEM = "Python/C API, 'Type Objects', Sequence Object Structures, sq_item (after mp_subscript; negative indexes)"
STORED = "Python/C API, 'Type Objects', Sequence Object Structures, sq_ass_item (after mp_ass_subscript)"
CONCAT = "Python/C API, 'Type Objects', Sequence Object Structures, sq_concat (after nb_add) and sq_inplace_concat"
REPEAT = "Python/C API, 'Type Objects', Sequence Object Structures, sq_repeat (after nb_multiply) and sq_inplace_repeat"
ITERATION = "Python library, 'Built-in Functions', iter() (the sequence protocol: __getitem__() with integers from 0)"
NUMBERS = "Python library, 'Built-in Functions', int() and float() (fall back on __index__())"
TEXTS = "Python/C API, 'Type Objects', tp_str (inherited; falls back on tp_repr) and tp_repr"
HASH = "Python/C API, 'Type Objects', tp_hash and tp_richcompare (a group, inherited together)"
ATTRIBUTES = ("Python/C API, 'Type Objects', tp_getattr and tp_getattro, tp_setattr and tp_setattro (groups, inherited "
              "together from the base type)")

NOTHING, TYPE_ERROR = "no call", "TypeError"


class Everything:
    def __eq__(self, other):
        return True

    __hash__ = None


class Row:
    """An operation and the slots that serve it, in the order in which the C API's reference has them tried.

    loose: the documents say that a method serves it, and not which of its slots.
    after: the exception that follows the call of a slot, where the answer of the function is not enough.
    """

    def __init__(self, label, operation, order, source, after=None, loose=False):
        self.label = label
        self.operation = operation
        self.order = order
        self.source = source + "; " + INHERITED + "; " + DATA_MODEL
        self.after = after or {}
        self.loose = loose

    def called(self, where, slot):
        return " ".join([where, slot] + ([self.after[slot]] if slot in self.after else []))


def method(label, operation, pair, after=None):
    return Row(label, operation, pair, DATA_MODEL, after, loose=True)


_made = {}


def cached(make):
    """Types that are made once: what a type leaves behind is not the matter here."""
    def once(owner, slots, bases):
        key = (make, owner, slots, bases)
        if key not in _made:
            _made[key] = make(owner, slots, bases)
        return _made[key]

    return once


def types_of(make, placed):
    """A type for each tuple of slots: the first base, the second."""
    return tuple(cached(make)(owner, slots, ()) for owner, slots in zip("AB", placed))


def in_c(make, bases):
    return cached(make)("C", (), bases)


def in_python(make, bases):
    return type("Child", bases, {})


def in_python_below_c(make, bases):
    return type("Child", (cached(make)("C", (), bases),), {})


CHILDREN = (in_c, in_python, in_python_below_c)


def answer(ext, operation, one):
    """Whose functions were called, and the exception that followed."""
    clear_events(ext)
    done = attempt(operation, one)
    calls = ["%s %s" % ({1: "first", 2: "second"}[owner], slot) for slot, owner in events(ext) if slot != "index"]
    if done.exception is not None:
        calls.append(done.exception)
    return " ".join(calls) or NOTHING


def by_slot(row, placed):
    """What the C API's reference has: the slots in their order, each inherited from the first base that has it."""
    for slot in row.order:
        for where, slots in zip(("first", "second"), placed):
            if slot in slots:
                return [row.called(where, slot)]
    return [TYPE_ERROR]


def by_method(row, placed, pair):
    """What the data model has: the method of the first base that has it, which stands for a slot of this base."""
    for where, slots in zip(("first", "second"), placed):
        if set(slots) & set(pair):
            return [row.called(where, slot) for slot in row.order if slot in slots] or [TYPE_ERROR]
    return [TYPE_ERROR]


def check(ext, label, row, one, permitted):
    permitted = sorted(set(permitted))
    expect("%s: %s" % (label, row.label), answer(ext, row.operation, one),
           one_of(*permitted) if len(permitted) > 1 else permitted[0], source=row.source)


def places(pair):
    """Two slots in one type; one in each base, both ways; both in both."""
    one, other = pair
    return (("from one base", (pair,)), ("%s first" % one, ((one,), (other,))),
            ("%s first" % other, ((other,), (one,))), ("both in both", (pair, pair)))


def table(ext, pair, rows, child, prefix=""):
    """Each operation for each place. A class statement follows the data model, a type made in C either document."""
    if child is in_c:
        of_type = types_of(ext.make, [pair])[0]()
        for row in rows:
            permitted = by_slot(row, [pair]) + (by_method(row, [pair], pair) if row.loose else [])
            check(ext, prefix + "one type", row, of_type, permitted)
    for label, placed in places(pair):
        instance = child(ext.make, types_of(ext.make, placed))()
        for row in rows:
            permitted = by_method(row, placed, pair)
            if child is not in_python:
                permitted += by_slot(row, placed)
            check(ext, prefix + label, row, instance, permitted)


def table_from_c(ext, pair, rows):
    for child in CHILDREN:
        table(ext, pair, rows, child, prefix=child.__name__ + ", ")


LENGTH = ("sq_length", "mp_length")
GET = ("mp_subscript", "sq_item")
SET = ("mp_ass_subscript", "sq_ass_item")
ADD = ("nb_add", "sq_concat")
INPLACE_ADD = ("nb_inplace_add", "sq_inplace_concat")
MULTIPLY = ("nb_multiply", "sq_repeat")
INPLACE_MULTIPLY = ("nb_inplace_multiply", "sq_inplace_repeat")
OUT_OF_RANGE = {"sq_item": "IndexError"}

LENGTHS = [Row("len(x)", len, LENGTH, SIZE), method("method", lambda one: one.__len__(), LENGTH)]
ITEMS = [
    Row("x[0]", lambda one: one[0], GET, ITEM), Row("x[-1]", lambda one: one[-1], GET, ITEM, OUT_OF_RANGE),
    Row("x['k']", lambda one: one["k"], GET[:1], ITEM), Row("x[1:2]", lambda one: one[1:2], GET[:1], ITEM),
    method("method", lambda one: one.__getitem__(1), GET),
]
ITERATION_ROWS = [
    Row("iteration", lambda one: next(iter(one)), ("sq_item", "mp_subscript"), ITERATION, loose=True),
    Row("in", lambda one: Everything() in one, ("sq_item", "mp_subscript"), ITERATION, loose=True),
]
STORED_ITEMS = [
    Row("x[0] = 1", lambda one: operator.setitem(one, 0, 1), SET, STORED),
    Row("x['k'] = 1", lambda one: operator.setitem(one, "k", 1), SET[:1], STORED),
    Row("del x[0]", lambda one: operator.delitem(one, 0), SET, STORED),
    Row("del x['k']", lambda one: operator.delitem(one, "k"), SET[:1], STORED),
    method("method", lambda one: one.__setitem__(0, 1), SET),
    method("method that deletes", lambda one: one.__delitem__(0), SET),
]
ADDITIONS = [
    Row("x + 1", lambda one: one + 1, ADD, CONCAT), Row("x += 1", lambda one: operator.iadd(one, 1), ADD, CONCAT),
    method("method", lambda one: one.__add__(1), ADD),
]
INPLACE_ADDITIONS = [
    Row("x += 1", lambda one: operator.iadd(one, 1), INPLACE_ADD, CONCAT),
    method("method", lambda one: one.__iadd__(1), INPLACE_ADD),
]
MULTIPLICATIONS = [
    Row("x * 2", lambda one: one * 2, MULTIPLY, REPEAT),
    Row("x *= 2", lambda one: operator.imul(one, 2), MULTIPLY, REPEAT),
    method("method", lambda one: one.__mul__(2), MULTIPLY),
]
REFLECTED_MULTIPLICATIONS = [
    Row("2 * x", lambda one: 2 * one, MULTIPLY, REPEAT),
    method("method", lambda one: one.__rmul__(2), MULTIPLY),
]
INPLACE_MULTIPLICATIONS = [
    Row("x *= 2", lambda one: operator.imul(one, 2), INPLACE_MULTIPLY, REPEAT),
    method("method", lambda one: one.__imul__(2), INPLACE_MULTIPLY),
]


def each_alone(ext, places_of_slots, rows, child, prefix=""):
    """Slots of methods of their own: where each lies decides nothing but whose it is."""
    for placed in places_of_slots:
        one = child(ext.make, types_of(ext.make, placed))()
        for row in rows:
            label = prefix + " and ".join("+".join(slots) or "none" for slots in placed)
            check(ext, label, row, one, by_slot(row, placed))


NUMBER_PLACES = (
    (("nb_int",), ("nb_index",)), (("nb_index",), ("nb_int",)), (("nb_int",), ("nb_float",)),
    (("nb_float",), ("nb_int",)), (("nb_index",), ("nb_float",)), (("nb_float",), ("nb_index",)),
    (("nb_index",), ("nb_int", "nb_float")), (("nb_index",), ()),
)
TEXT_PLACES = (
    (("tp_repr",), ("tp_str",)), (("tp_str",), ("tp_repr",)), (("tp_repr",), ()), ((), ("tp_repr",)),
    (("tp_repr", "tp_str"), ("tp_repr", "tp_str")),
)


def conversions(to_int, to_index, to_float):
    return [Row("int", to_int, ("nb_int", "nb_index"), NUMBERS), Row("index", to_index, ("nb_index",), NUMBERS),
            Row("float", to_float, ("nb_float", "nb_index"), NUMBERS)]


def texts(to_repr, to_str):
    return [Row("repr", to_repr, ("tp_repr",), TEXTS), Row("str", to_str, ("tp_str", "tp_repr"), TEXTS)]


def hashes(ext, child):
    """The two slots are inherited together by a type made in C, and each method for itself by a class statement."""
    hashed, compared = ("tp_hash",), ("tp_richcompare",)
    of_second = ["second tp_richcompare"] + ([] if child is in_python else [NOTHING])
    for label, placed, hash_permitted, equal_permitted in (
            ("both in both", (hashed + compared, hashed + compared), ["first tp_hash"], ["first tp_richcompare"]),
            ("tp_hash first", (hashed, compared), ["first tp_hash"], of_second),
            ("tp_richcompare first", (compared, hashed), [TYPE_ERROR], ["first tp_richcompare"])):
        one = child(ext.make, types_of(ext.make, placed))()
        check(ext, label, Row("hash(x)", hash, (), HASH), one, hash_permitted)
        check(ext, label, Row("x == 1", lambda one: one == 1, (), HASH), one, equal_permitted)


def attributes(ext, child, named, general, operation):
    """The slots for a name as C text and as an object are inherited together, from the first base that has one."""
    for label, placed in (("both in both", ((named, general), (named, general))),
                          ("%s first" % named, ((named,), (general,))), ("%s first" % general, ((general,), (named,))),
                          ("%s alone" % named, ((named,), ()))):
        one = child(ext.make_legacy, types_of(ext.make_legacy, placed))()
        permitted = ["first " + slot for slot in placed[0]]
        if child is not in_c and placed[1] == (general,):
            permitted.append("second " + general)
        check(ext, label, Row("x.a", operation, (), ATTRIBUTES), one, permitted)


def get_attribute(one):
    return one.a


def set_attribute(one):
    one.a = 1


def protocols(ext, pair, rows):
    """Functions of one protocol, whose own slot comes first; they are documented as equivalent to the operator."""
    for child in CHILDREN:
        for label, placed in places(pair):
            one = child(ext.make, types_of(ext.make, placed))()
            for name, function, order, source in rows:
                row, either = Row(name, function, order, source), Row(name, function, pair, source)
                check(ext, "%s, %s" % (child.__name__, label), row, one,
                      by_slot(row, placed) + by_method(either, placed, pair))


def negative_indexes(ext, child):
    """The length that is added to a negative index comes from whichever base has sq_length."""
    for label, placed, index in (
            ("length in the first", (("sq_length",), ("sq_item", "sq_ass_item")), 2),
            ("length in the second", (("sq_item", "sq_ass_item"), ("sq_length",)), 2),
            ("length in both", (("sq_item", "sq_ass_item", "sq_length"), ("sq_length",)), 2),
            ("no length", (("sq_item", "sq_ass_item"), ()), -1)):
        one = child(ext.make, types_of(ext.make, placed))()
        for name, operation in (("x[-1]", lambda one: one[-1]), ("x[-1] = 1", lambda one: operator.setitem(one, -1, 1)),
                                ("del x[-1]", lambda one: operator.delitem(one, -1))):
            clear_events(ext)
            done = attempt(operation, one)
            expect("%s: %s" % (label, name), (events(ext, "index"), done.exception),
                   ([index], "IndexError" if index < 0 and name == "x[-1]" else None), source=ITEM + "; " + INHERITED)


def in_place_of_the_sequence(ext, numeric, sequence, name, operation, source):
    """The method in place is the sequence's, and comes before the numeric method that makes a new object."""
    row = Row(name, operation, (sequence,), source)
    for label, placed in (("one type", ((numeric, sequence),)), ("%s first" % numeric, ((numeric,), (sequence,))),
                          ("%s first" % sequence, ((sequence,), (numeric,)))):
        for child in CHILDREN:
            one = child(ext.make, types_of(ext.make, placed))()
            check(ext, "%s, %s" % (label, child.__name__), row, one, by_slot(row, placed))


@scenario
def addition_beside_concatenation_in_place(ext):
    """x += 1 has a method of its own in the sequence's slot, which comes before the addition of nb_add."""
    in_place_of_the_sequence(ext, "nb_add", "sq_inplace_concat", "x += 1", lambda one: operator.iadd(one, 1), CONCAT)


@scenario
def multiplication_beside_repetition_in_place(ext):
    """The same of x *= 2 with nb_multiply and sq_inplace_repeat."""
    in_place_of_the_sequence(ext, "nb_multiply", "sq_inplace_repeat", "x *= 2", lambda one: operator.imul(one, 2),
                             REPEAT)


@scenario
def lengths_of_c_classes(ext):
    """sq_length and mp_length: len(), in a class made in C."""
    table(ext, LENGTH, LENGTHS, in_c)


@scenario
def lengths_of_python_classes(ext):
    """The same of a class statement with both bases."""
    table(ext, LENGTH, LENGTHS, in_python)


@scenario
def lengths_of_python_classes_below_c(ext):
    """The same of a class statement below the class made in C."""
    table(ext, LENGTH, LENGTHS, in_python_below_c)


@scenario
def items_of_c_classes(ext):
    """sq_item and mp_subscript: indexes, keys and slices, in a class made in C."""
    table(ext, GET, ITEMS, in_c)


@scenario
def items_of_python_classes(ext):
    """The same of a class statement with both bases."""
    table(ext, GET, ITEMS, in_python)


@scenario
def items_of_python_classes_below_c(ext):
    """The same of a class statement below the class made in C."""
    table(ext, GET, ITEMS, in_python_below_c)


@scenario
def iteration_of_c_classes(ext):
    """sq_item and mp_subscript: iteration and containment without slots of their own, in a class made in C."""
    table(ext, GET, ITERATION_ROWS, in_c)


@scenario
def iteration_of_python_classes(ext):
    """The same of a class statement with both bases."""
    table(ext, GET, ITERATION_ROWS, in_python)


@scenario
def iteration_of_python_classes_below_c(ext):
    """The same of a class statement below the class made in C."""
    table(ext, GET, ITERATION_ROWS, in_python_below_c)


@scenario
def stored_items_of_c_classes(ext):
    """sq_ass_item and mp_ass_subscript: items that are set and deleted, in a class made in C."""
    table(ext, SET, STORED_ITEMS, in_c)


@scenario
def stored_items_of_python_classes(ext):
    """The same of a class statement with both bases."""
    table(ext, SET, STORED_ITEMS, in_python)


@scenario
def stored_items_of_python_classes_below_c(ext):
    """The same of a class statement below the class made in C."""
    table(ext, SET, STORED_ITEMS, in_python_below_c)


@scenario
def addition_of_c_classes(ext):
    """sq_concat and nb_add: + and += without a slot of its own, in a class made in C."""
    table(ext, ADD, ADDITIONS, in_c)


@scenario
def addition_of_python_classes(ext):
    """The same of a class statement with both bases."""
    table(ext, ADD, ADDITIONS, in_python)


@scenario
def addition_of_python_classes_below_c(ext):
    """The same of a class statement below the class made in C."""
    table(ext, ADD, ADDITIONS, in_python_below_c)


@scenario
def addition_in_place_of_c_classes(ext):
    """sq_inplace_concat and nb_inplace_add: +=, in a class made in C."""
    table(ext, INPLACE_ADD, INPLACE_ADDITIONS, in_c)


@scenario
def addition_in_place_of_python_classes(ext):
    """The same of a class statement with both bases."""
    table(ext, INPLACE_ADD, INPLACE_ADDITIONS, in_python)


@scenario
def addition_in_place_of_python_classes_below_c(ext):
    """The same of a class statement below the class made in C."""
    table(ext, INPLACE_ADD, INPLACE_ADDITIONS, in_python_below_c)


@scenario
def multiplication_of_c_classes(ext):
    """sq_repeat and nb_multiply: *, and *= without a slot of its own, in a class made in C."""
    table(ext, MULTIPLY, MULTIPLICATIONS, in_c)


@scenario
def multiplication_of_python_classes(ext):
    """The same of a class statement with both bases."""
    table(ext, MULTIPLY, MULTIPLICATIONS, in_python)


@scenario
def multiplication_of_python_classes_below_c(ext):
    """The same of a class statement below the class made in C."""
    table(ext, MULTIPLY, MULTIPLICATIONS, in_python_below_c)


@scenario
def reflected_multiplication_of_c_classes(ext):
    """sq_repeat and nb_multiply: * with the object on the right, in a class made in C."""
    table(ext, MULTIPLY, REFLECTED_MULTIPLICATIONS, in_c)


@scenario
def reflected_multiplication_of_python_classes(ext):
    """The same of a class statement with both bases."""
    table(ext, MULTIPLY, REFLECTED_MULTIPLICATIONS, in_python)


@scenario
def reflected_multiplication_of_python_classes_below_c(ext):
    """The same of a class statement below the class made in C."""
    table(ext, MULTIPLY, REFLECTED_MULTIPLICATIONS, in_python_below_c)


@scenario
def multiplication_in_place_of_c_classes(ext):
    """sq_inplace_repeat and nb_inplace_multiply: *=, in a class made in C."""
    table(ext, INPLACE_MULTIPLY, INPLACE_MULTIPLICATIONS, in_c)


@scenario
def multiplication_in_place_of_python_classes(ext):
    """The same of a class statement with both bases."""
    table(ext, INPLACE_MULTIPLY, INPLACE_MULTIPLICATIONS, in_python)


@scenario
def multiplication_in_place_of_python_classes_below_c(ext):
    """The same of a class statement below the class made in C."""
    table(ext, INPLACE_MULTIPLY, INPLACE_MULTIPLICATIONS, in_python_below_c)


@scenario
def conversions_of_c_classes(ext):
    """nb_int, nb_index and nb_float: int(), index() and float(), which fall back on nb_index, in a class made in C."""
    each_alone(ext, NUMBER_PLACES, conversions(int, operator.index, float), in_c)


@scenario
def conversions_of_python_classes(ext):
    """The same of a class statement with both bases."""
    each_alone(ext, NUMBER_PLACES, conversions(int, operator.index, float), in_python)


@scenario
def conversions_of_python_classes_below_c(ext):
    """The same of a class statement below the class made in C."""
    each_alone(ext, NUMBER_PLACES, conversions(int, operator.index, float), in_python_below_c)


@scenario
def texts_of_c_classes(ext):
    """tp_repr and tp_str: repr() and str(), which falls back on tp_repr, in a class made in C."""
    each_alone(ext, TEXT_PLACES, texts(repr, str), in_c)


@scenario
def texts_of_python_classes(ext):
    """The same of a class statement with both bases."""
    each_alone(ext, TEXT_PLACES, texts(repr, str), in_python)


@scenario
def texts_of_python_classes_below_c(ext):
    """The same of a class statement below the class made in C."""
    each_alone(ext, TEXT_PLACES, texts(repr, str), in_python_below_c)


@scenario
def hash_and_comparison_of_c_classes(ext):
    """tp_hash and tp_richcompare: hash() and ==, in a class made in C."""
    hashes(ext, in_c)


@scenario
def hash_and_comparison_of_python_classes(ext):
    """The same of a class statement with both bases."""
    hashes(ext, in_python)


@scenario
def hash_and_comparison_of_python_classes_below_c(ext):
    """The same of a class statement below the class made in C."""
    hashes(ext, in_python_below_c)


@scenario
def negative_indexes_of_c_classes(ext):
    """sq_length beside sq_item and sq_ass_item: the index that arrives, in a class made in C."""
    negative_indexes(ext, in_c)


@scenario
def negative_indexes_of_python_classes(ext):
    """The same of a class statement with both bases."""
    negative_indexes(ext, in_python)


@scenario
def negative_indexes_of_python_classes_below_c(ext):
    """The same of a class statement below the class made in C."""
    negative_indexes(ext, in_python_below_c)


@scenario
def reading_attributes_of_c_classes(ext):
    """tp_getattr and tp_getattro: x.a, in a class made in C."""
    attributes(ext, in_c, "tp_getattr", "tp_getattro", get_attribute)


@scenario
def reading_attributes_of_python_classes(ext):
    """The same of a class statement with both bases."""
    attributes(ext, in_python, "tp_getattr", "tp_getattro", get_attribute)


@scenario
def reading_attributes_of_python_classes_below_c(ext):
    """The same of a class statement below the class made in C."""
    attributes(ext, in_python_below_c, "tp_getattr", "tp_getattro", get_attribute)


@scenario
def writing_attributes_of_c_classes(ext):
    """tp_setattr and tp_setattro: x.a = 1, in a class made in C."""
    attributes(ext, in_c, "tp_setattr", "tp_setattro", set_attribute)


@scenario
def writing_attributes_of_python_classes(ext):
    """The same of a class statement with both bases."""
    attributes(ext, in_python, "tp_setattr", "tp_setattro", set_attribute)


@scenario
def writing_attributes_of_python_classes_below_c(ext):
    """The same of a class statement below the class made in C."""
    attributes(ext, in_python_below_c, "tp_setattr", "tp_setattro", set_attribute)


@scenario
def lengths_from_c(ext):
    """PyObject_Size and HPy_Length."""
    table_from_c(ext, LENGTH, [Row("size", ext.size, LENGTH, SIZE)])


@scenario
def items_from_c(ext):
    """PyObject_GetItem, HPy_GetItem and HPy_GetItem_i."""
    table_from_c(ext, GET, [Row("an index", lambda one: ext.get(one, 0), GET, ITEM),
                            Row("a key", lambda one: ext.get(one, "k"), GET[:1], ITEM),
                            Row("a number", lambda one: ext.get_number(one, 1), GET, ITEM),
                            Row("a negative number", lambda one: ext.get_number(one, -1), GET, ITEM, OUT_OF_RANGE)])


@scenario
def stored_items_from_c(ext):
    """PyObject_SetItem, PyObject_DelItem, HPy_SetItem and HPy_DelItem."""
    table_from_c(ext, SET, [Row("set", lambda one: ext.set(one, 0), SET, STORED),
                            Row("set a key", lambda one: ext.set(one, "k"), SET[:1], STORED),
                            Row("delete", lambda one: ext.delete(one, 0), SET, STORED)])


@scenario
def addition_from_c(ext):
    """PyNumber_Add, PyNumber_InPlaceAdd, HPy_Add and HPy_InPlaceAdd."""
    table_from_c(ext, ADD, [Row("add", lambda one: ext.add(one, 1), ADD, CONCAT),
                            Row("in place", lambda one: ext.inplace_add(one, 1), ADD, CONCAT)])


@scenario
def addition_in_place_from_c(ext):
    """PyNumber_InPlaceAdd and HPy_InPlaceAdd with a slot of their own."""
    table_from_c(ext, INPLACE_ADD, [Row("in place", lambda one: ext.inplace_add(one, 1), INPLACE_ADD, CONCAT)])


@scenario
def multiplication_from_c(ext):
    """PyNumber_Multiply, PyNumber_InPlaceMultiply, HPy_Multiply and HPy_InPlaceMultiply."""
    table_from_c(ext, MULTIPLY, [Row("multiply", lambda one: ext.multiply(one, 2), MULTIPLY, REPEAT),
                                 Row("in place", lambda one: ext.inplace_multiply(one, 2), MULTIPLY, REPEAT)])


@scenario
def reflected_multiplication_from_c(ext):
    """PyNumber_Multiply and HPy_Multiply with the object on the right."""
    table_from_c(ext, MULTIPLY, [Row("multiply", lambda one: ext.multiply(2, one), MULTIPLY, REPEAT)])


@scenario
def multiplication_in_place_from_c(ext):
    """PyNumber_InPlaceMultiply and HPy_InPlaceMultiply with a slot of their own."""
    table_from_c(ext, INPLACE_MULTIPLY,
                 [Row("in place", lambda one: ext.inplace_multiply(one, 2), INPLACE_MULTIPLY, REPEAT)])


@scenario
def conversions_from_c(ext):
    """PyNumber_Long, PyNumber_Index and PyNumber_Float; HPy_Long, HPy_Index and HPy_Float."""
    for child in CHILDREN:
        each_alone(ext, NUMBER_PLACES, conversions(ext.to_int, ext.to_index, ext.to_float), child,
                   prefix=child.__name__ + ", ")


@scenario
def texts_from_c(ext):
    """PyObject_Repr and PyObject_Str; HPy_Repr and HPy_Str."""
    for child in CHILDREN:
        each_alone(ext, TEXT_PLACES, texts(ext.to_repr, ext.to_str), child, prefix=child.__name__ + ", ")


@scenario
def lengths_by_the_functions_of_one_protocol(ext):
    """PySequence_Size and PyMapping_Size have a slot each."""
    protocols(ext, LENGTH, [("PySequence_Size", ext.sequence_size, ("sq_length",), SIZE),
                            ("PyMapping_Size", ext.mapping_size, ("mp_length",), SIZE)])


@scenario
def items_by_the_functions_of_one_protocol(ext):
    """PySequence_GetItem has sq_item."""
    protocols(ext, GET, [("PySequence_GetItem", ext.sequence_get, ("sq_item",), ITEM)])


@scenario
def stored_items_by_the_functions_of_one_protocol(ext):
    """PySequence_SetItem and PySequence_DelItem have sq_ass_item."""
    protocols(ext, SET, [("PySequence_SetItem", ext.sequence_set, ("sq_ass_item",), STORED),
                         ("PySequence_DelItem", ext.sequence_delete, ("sq_ass_item",), STORED)])


@scenario
def addition_by_the_functions_of_one_protocol(ext):
    """PySequence_Concat has sq_concat, and PySequence_InPlaceConcat falls back on it."""
    protocols(ext, ADD, [("PySequence_Concat", ext.sequence_concat, ("sq_concat",), CONCAT),
                         ("PySequence_InPlaceConcat", ext.sequence_inplace_concat, ("sq_concat",), CONCAT)])


@scenario
def addition_in_place_by_the_functions_of_one_protocol(ext):
    """PySequence_InPlaceConcat has sq_inplace_concat."""
    protocols(ext, INPLACE_ADD,
              [("PySequence_InPlaceConcat", ext.sequence_inplace_concat, ("sq_inplace_concat",), CONCAT)])


@scenario
def multiplication_by_the_functions_of_one_protocol(ext):
    """PySequence_Repeat has sq_repeat, and PySequence_InPlaceRepeat falls back on it."""
    protocols(ext, MULTIPLY, [("PySequence_Repeat", ext.sequence_repeat, ("sq_repeat",), REPEAT),
                              ("PySequence_InPlaceRepeat", ext.sequence_inplace_repeat, ("sq_repeat",), REPEAT)])


@scenario
def multiplication_in_place_by_the_functions_of_one_protocol(ext):
    """PySequence_InPlaceRepeat has sq_inplace_repeat."""
    protocols(ext, INPLACE_MULTIPLY,
              [("PySequence_InPlaceRepeat", ext.sequence_inplace_repeat, ("sq_inplace_repeat",), REPEAT)])


@scenario
def bases_keep_their_slots(ext):
    """A type with two bases changes neither of them: the first has no sq_length of the second afterwards."""
    for child, another in zip(CHILDREN, ("nb_int", "nb_float", "nb_index")):
        # Another slot, so that each child has bases that no other type derives from.
        first, second = types_of(ext.make, (("sq_item", another), ("sq_length",)))
        for when in ("before", "after"):
            clear_events(ext)
            done = attempt(lambda: first()[-1])
            expect("%s, %s: index" % (when, child.__name__), (events(ext), done.exception),
                   ([("sq_item", 1), ("index", -1)], "IndexError"), source=ITEM)
            expect("%s, %s: length" % (when, child.__name__), attempt(len, first()), raised(TypeError), source=ITEM)
            child(ext.make, (first, second))
