from hpy_conform import attempt, collect, expect, one_of, raised, record, scenario

STRUCT = "Python/C API, 'Type Objects', tp_basicsize (the size of the object's struct); HPy hpytype.h, basicsize"
ONE_STRUCT = "Python/C API, 'Type Objects', tp_basicsize; Python library, TypeError; PEP 800 (layout conflicts)"
LAYOUT = "Python language reference, 'Data model', type.__base__ (responsible for the memory layout)"
STATIC = "Python/C API, 'Type Objects', tp_bases (Python will not raise an error) and tp_base"
SLOTS = "Python language reference, 'Data model', __slots__ (one parent with slots; violations raise TypeError)"
EMPTY_SLOTS = "Python language reference, 'Data model', __slots__ (other bases have empty slot layouts)"
SLOTTED_ITEMS = "Python language reference, 'Data model', __slots__ (variable-length built-in types)"
ITEMS = "Python/C API, 'Type Objects', tp_itemsize and tp_alloc (nitems)"
ADDED = "Python/C API, 'Type Objects', PyType_Spec.basicsize, PyObject_GetTypeData; PEP 697"
AT_END = "Python/C API, 'Type Objects', Py_TPFLAGS_ITEMS_AT_END, PyObject_GetItemData; PEP 697"

BASE, WIDE, WIDEST = ("first",), ("first", "wide_0", "wide_2"), ("first", "wide_0", "wide_2", "widest")
OTHER, ALONE, EXTENDED = ("first", "other_0", "other_2"), ("alone_0", "alone_3"), WIDE + ("added_0", "added_1")


def fill(one, names, start):
    for number, name in enumerate(names):
        setattr(one, name, start + number)


def read(one, names):
    return [getattr(one, name) for name in names]


def whole(cls, names):
    one, two = cls(), cls()
    zeroed = read(one, names) + read(two, names) == [0] * (2 * len(names))
    fill(one, names, 10)
    fill(two, names, 50)
    return zeroed and (read(one, names), read(two, names)) == tuple(
        list(range(start, start + len(names))) for start in (10, 50))


def state(cls, names):
    """Whether objects of a class have all of these fields, zero at first, each in a place of its own.

    The values are compared here: where memory is missing, it is chance what they are.
    """
    found = attempt(whole, cls, names)
    return found.exception or ("whole" if found.value else "broken")


def joined(make, bases, names):
    """What becomes of bases whose structs cannot both begin an object: an exception, or both structs somehow."""
    made = attempt(make, bases)
    if made.exception is not None:
        return "refused with " + made.exception
    return state(made.value, names)


def statement(bases):
    return type("Joined", bases, {})


def layouts(make, rows):
    for label, bases, names, layout in rows:
        made = make(bases)
        expect(label + ": bases", made.__bases__ == bases, True, source=STRUCT)
        expect(label + ": __base__", made.__base__ is layout, True, source=LAYOUT)
        expect(label + ": fields", state(made, names), "whole", source=STRUCT)


def beside_empty(ext):
    return (
        ("Empty, Wide", (ext.Empty, ext.Wide), WIDE, ext.Wide),
        ("Wide, Empty", (ext.Wide, ext.Empty), WIDE, ext.Wide),
        ("Empty, Hollow, Wide", (ext.Empty, ext.Hollow, ext.Wide), WIDE, ext.Wide),
        ("Empty, Wide, Hollow", (ext.Empty, ext.Wide, ext.Hollow), WIDE, ext.Wide),
        ("Alone, Empty", (ext.Alone, ext.Empty), ALONE, ext.Alone),
    )


def first_wide(ext):
    return (
        ("Wide, Plain", (ext.Wide, ext.Plain), WIDE, ext.Wide),
        ("Widest, Plain", (ext.Widest, ext.Plain), WIDEST, ext.Widest),
        ("Widest, Wide", (ext.Widest, ext.Wide), WIDEST, ext.Widest),
        ("Widest, Wide, Plain, Base", (ext.Widest, ext.Wide, ext.Plain, ext.Base), WIDEST, ext.Widest),
    )


def second_wide(ext):
    return (
        ("Plain, Wide", (ext.Plain, ext.Wide), WIDE, ext.Wide),
        ("Plain, Widest", (ext.Plain, ext.Widest), WIDEST, ext.Widest),
        ("Plain, Empty, Wide", (ext.Plain, ext.Empty, ext.Wide), WIDE, ext.Wide),
    )


def conflict(make, label, one, other, names):
    for text, bases in (("%s", (one, other)), ("%s, turned", (other, one))):
        expect(text % label, joined(make, bases, names), one_of("refused with TypeError", "whole"), source=ONE_STRUCT)


@scenario
def empty_bases_beside_a_struct(ext):
    """A type without fields stands before or behind one with fields, and the object has these fields."""
    layouts(statement, beside_empty(ext))


@scenario
def empty_bases_beside_a_struct_from_c(ext):
    """The same for types that are made in C."""
    layouts(ext.derive, beside_empty(ext))


@scenario
def two_empty_bases(ext):
    """Types without fields go together in either order, also with a Python class."""
    one = statement((ext.Empty, ext.Hollow))()
    other = statement((ext.Hollow, type("Python", (), {}), ext.Empty))()
    one.colour, other.colour = "red", "blue"
    expect("attributes", (one.colour, other.colour), ("red", "blue"), source=STRUCT)
    made = ext.derive((ext.Empty, ext.Hollow))
    expect("instances", isinstance(made(), (ext.Hollow,)), True, source=STRUCT)
    record("base of the layout", made.__base__.__name__)


@scenario
def the_larger_struct_first(ext):
    """Of two structs of which one begins with the other, the larger one is the object's."""
    layouts(statement, first_wide(ext))


@scenario
def the_larger_struct_second(ext):
    """The same where the base with the larger struct comes second."""
    layouts(statement, second_wide(ext))


@scenario
def the_larger_struct_first_from_c(ext):
    """Types made in C, the larger struct first."""
    layouts(ext.derive, first_wide(ext))


@scenario
def the_larger_struct_second_from_c(ext):
    """Types made in C, the larger struct second."""
    layouts(ext.derive, second_wide(ext))


@scenario
def diamonds_of_diamonds(ext):
    """Python classes between the types of C change nothing about the struct."""
    left = type("Left", (ext.Plain, ext.Empty), {})
    right = type("Right", (ext.Wide, ext.Hollow), {})
    top = type("Top", (left, right), {})
    turned = type("Turned", (type("Again", (right, left), {}), ext.Plain), {})
    for cls in (top, turned):
        expect(cls.__name__, state(cls, WIDE), "whole", source=STRUCT)
        one = cls()
        fill(one, WIDE, 1)
        one.colour = "red"
        expect(cls.__name__ + " with an attribute", (read(one, WIDE), one.colour), ([1, 2, 3], "red"), source=STRUCT)


def seen_in_c(cls):
    one, two = cls(), cls()
    zeroed = one.read_wide()
    one.fill_wide(10)
    two.fill_wide(20)
    one.wide_2 = 7
    found = zeroed, one.read_wide(), two.read_wide(), one.read_first(), two.wide_0
    return found == ((0, 0, 0, 0), (10, 11, 12, 7), (20, 21, 22, 23), 10, 21)


@scenario
def the_struct_as_c_sees_it(ext):
    """C writes and reads the whole struct in types that are made in C."""
    expect("alone", seen_in_c(ext.derive((ext.Wide,))), True, source=STRUCT)
    expect("first", seen_in_c(ext.derive((ext.Wide, ext.Plain))), True, source=STRUCT)


@scenario
def the_second_struct_as_c_sees_it(ext):
    """The same where the larger struct comes second."""
    expect("behind a smaller one", seen_in_c(ext.derive((ext.Plain, ext.Wide))), True, source=STRUCT)
    expect("behind an empty one", seen_in_c(ext.derive((ext.Empty, ext.Wide))), True, source=STRUCT)


@scenario
def the_struct_as_c_sees_it_in_a_python_class(ext):
    """The same in classes that Python makes."""
    expect("first", seen_in_c(statement((ext.Wide, ext.Plain))), True, source=STRUCT)
    expect("with an empty one", seen_in_c(statement((ext.Wide, ext.Empty))), True, source=STRUCT)


@scenario
def the_second_struct_as_c_sees_it_in_a_python_class(ext):
    """The same where the larger struct comes second."""
    expect("behind a smaller one", seen_in_c(statement((ext.Plain, ext.Wide))), True, source=STRUCT)
    expect("behind an empty one", seen_in_c(statement((ext.Empty, ext.Wide))), True, source=STRUCT)


@scenario
def a_type_from_c_adds_to_the_larger_struct(ext):
    """A type made in C adds fields to the larger struct of its bases, whichever comes first."""
    for label, bases in (("Wide", (ext.Wide,)), ("Wide, Empty", (ext.Wide, ext.Empty)),
                         ("Empty, Wide", (ext.Empty, ext.Wide)), ("Wide, Plain", (ext.Wide, ext.Plain))):
        expect(label, state(ext.extend(bases), EXTENDED), "whole", source=STRUCT)


@scenario
def a_type_from_c_adds_to_the_second_struct(ext):
    """The larger struct is that of the second base, and the first has the smaller one."""
    expect("Plain, Wide", state(ext.extend((ext.Plain, ext.Wide)), EXTENDED), "whole", source=STRUCT)


@scenario
def two_structs_of_one_base(ext):
    """Two types that add different fields to one struct: refused, or each has its fields."""
    conflict(statement, "Wide, Other", ext.Wide, ext.Other, WIDE + OTHER[1:])


@scenario
def two_structs_of_one_base_from_c(ext):
    """The same for types that are made in C."""
    conflict(ext.derive, "Wide, Other", ext.Wide, ext.Other, WIDE + OTHER[1:])


@scenario
def two_unrelated_structs(ext):
    """Two types with nothing in common but object."""
    conflict(statement, "Wide, Alone", ext.Wide, ext.Alone, WIDE + ALONE)


@scenario
def two_unrelated_structs_from_c(ext):
    """The same for types that are made in C."""
    conflict(ext.derive, "Wide, Alone", ext.Wide, ext.Alone, WIDE + ALONE)


def holds(cls, builtin, value):
    one = cls() if value is None else cls(value)
    fill(one, WIDE, 10)
    return read(one, WIDE) == [10, 11, 12] and (value is None or builtin(one) == value)


def beside_builtins(ext, make):
    """A class may also come out whole: then the builtin's value is what the constructor took."""
    for builtin, value in ((list, [1, 2]), (dict, {1: 2}), (float, 1.5), (int, 2 ** 70), (str, "ab"), (tuple, (1, 2)),
                           (bytes, b"ab"), (set, {1}), (ValueError, None)):
        for label, bases in (("Wide, %s", (ext.Wide, builtin)), ("%s, Wide", (builtin, ext.Wide))):
            made = attempt(make, bases)
            found = "refused with %s" % made.exception
            if made.exception is None:
                held = attempt(holds, made.value, builtin, value)
                found = held.exception or ("whole" if held.value else "broken")
            expect(label % builtin.__name__, found, one_of("refused with TypeError", "whole"), source=ONE_STRUCT)


@scenario
def a_struct_beside_a_builtin(ext):
    """A struct of C and the layout of a builtin: refused, or both are whole."""
    beside_builtins(ext, statement)


@scenario
def a_struct_beside_a_builtin_from_c(ext):
    """The same for types that are made in C."""
    beside_builtins(ext, ext.derive)


@scenario
def a_static_type_is_not_checked(ext):
    """Two structs in the bases of a static type are no error; its author has written which one it begins with."""
    made = ext.derive((ext.Wide, ext.Other))
    expect("bases", made.__bases__ == (ext.Wide, ext.Other), True, source=STATIC)
    expect("base", made.__base__ is ext.Wide, True, source=STATIC)
    expect("fields of the base", state(made, WIDE), "whole", source=STRUCT)
    expect("instance of both", isinstance(made(), ext.Other), True, source=STATIC)


@scenario
def types_from_c_below_python_classes(ext):
    """C derives from Python classes and types of C, and the object has the struct of the latter."""
    plain = type("Python", (), {})
    below = type("Below", (ext.Wide,), {})
    for label, bases in (("Python, Wide", (plain, ext.Wide)), ("Wide, Python", (ext.Wide, plain)),
                         ("Below, Plain", (below, ext.Plain)), ("Python, Below", (plain, below))):
        expect(label, state(ext.derive(bases), WIDE), "whole", source=STRUCT)


def slotted(base, *names):
    return type("Slotted", (base,), {"__slots__": names})


def slots_beside(make, rows):
    for label, bases, names in rows:
        cls = make(bases)
        one, two = cls(), cls()
        expect(label + ": unset", attempt(getattr, one, "a"), raised(AttributeError), source=SLOTS)
        one.a, one.b = [1], "b"
        fill(one, names, 10)
        fill(two, names, 50)
        collect()
        expect(label + ": slots", (one.a, one.b, hasattr(two, "b")), ([1], "b", False), source=SLOTS)
        expect(label + ": fields", read(one, names) == list(range(10, 10 + len(names))), True, source=STRUCT)
        del one.a
        expect(label + ": deleted", (hasattr(one, "a"), one.b), (False, "b"), source=SLOTS)


def with_slots(ext):
    below = slotted(ext.Wide, "a", "b")
    return (
        ("Wide with slots", (below,), WIDE),
        ("Wide with slots, Plain", (below, ext.Plain), WIDE),
        ("Plain, Wide with slots", (ext.Plain, below), WIDE),
        ("Empty, Wide with slots", (ext.Empty, below), WIDE),
        ("Wide with slots, empty slots", (below, slotted(ext.Plain)), WIDE),
        ("empty slots, Wide with slots", (slotted(object), below), WIDE),
    )


@scenario
def slots_on_the_struct_of_one_base(ext):
    """The slots of a class lie behind the struct of its base; the other base has neither."""
    slots_beside(statement, with_slots(ext))


@scenario
def types_from_c_below_classes_with_slots(ext):
    """The same for types that are made in C."""
    slots_beside(ext.derive, with_slots(ext))


@scenario
def slots_in_one_base_and_a_struct_in_the_other(ext):
    """Slots that lie where the other base has its fields: refused, or both are whole."""
    for label, bases in (("slots of object", (slotted(object, "a", "b"), ext.Wide)),
                         ("slots of Empty", (slotted(ext.Empty, "a", "b"), ext.Wide)),
                         ("slots of Base", (slotted(ext.Base, "a", "b"), ext.Wide))):
        for text, both in ((label, bases), (label + ", turned", bases[::-1])):
            expect(text, joined(statement, both, WIDE), one_of("refused with TypeError", "whole"), source=EMPTY_SLOTS)


@scenario
def slots_in_both_bases(ext):
    """Only one parent may have attributes created by slots, whatever the structs below them."""
    for label, bases in (("Wide and Plain", (slotted(ext.Wide, "a"), slotted(ext.Plain, "b"))),
                         ("Empty and Hollow", (slotted(ext.Empty, "a"), slotted(ext.Hollow, "b"))),
                         ("Empty and object", (slotted(ext.Empty, "a"), slotted(object, "b"))),
                         ("the same name", (slotted(ext.Base, "a"), slotted(ext.Base, "a")))):
        expect(label, attempt(statement, bases), raised(TypeError), source=SLOTS)
        expect(label + ", turned", attempt(statement, bases[::-1]), raised(TypeError), source=SLOTS)


@scenario
def slots_in_the_class_itself(ext):
    """A class adds slots to the struct that its bases give, and no dictionary."""
    for label, bases in (("Wide, Plain", (ext.Wide, ext.Plain)), ("Plain, Wide", (ext.Plain, ext.Wide)),
                         ("Empty, Wide", (ext.Empty, ext.Wide)), ("Hollow, Empty", (ext.Hollow, ext.Empty))):
        names = WIDE if ext.Wide in bases else ()
        slots_beside(lambda bases: type("Joined", bases, {"__slots__": ("a", "b")}), ((label, bases, names),))


def items(cls, count, start):
    one = cls(count)
    one.fill_rows(start)
    return one


def rows(make, bases):
    """Objects of a variable-size type on these bases: as many items as the constructor was given, beside a field."""
    cls = make(bases)
    made = [items(cls, count, 10 * count) for count in (0, 1, 7, 3)]
    for number, one in enumerate(made):
        one.mark = number
    return [(one.mark, one.read_rows()) for one in made]


WHOLE_ROWS = [(0, []), (1, [10]), (2, [70, 71, 72, 73, 74, 75, 76]), (3, [30, 31, 32])]


def rows_beside_empty(ext, make):
    expect("alone", rows(make, (ext.Rows,)), WHOLE_ROWS, source=ITEMS)
    expect("Rows, Bare", rows(make, (ext.Rows, ext.Bare)), WHOLE_ROWS, source=ITEMS)
    expect("Bare, Rows", rows(make, (ext.Bare, ext.Rows)), WHOLE_ROWS, source=ITEMS)


@scenario
def a_variable_size_type_beside_an_empty_one(ext):
    """The object has its items, whichever of the bases has them."""
    rows_beside_empty(ext, statement)


@scenario
def a_variable_size_type_beside_an_empty_one_from_c(ext):
    """Types made in C inherit the size of the items."""
    rows_beside_empty(ext, ext.derive)


@scenario
def attributes_beside_items(ext):
    """The dictionary of a Python class is not among the items, whatever their number."""
    for label, bases in (("Rows, Bare", (ext.Rows, ext.Bare)), ("Bare, Rows", (ext.Bare, ext.Rows))):
        cls, made = statement(bases), []
        for count in (0, 1, 2, 5):
            one = items(cls, count, count)
            one.colour, one.mark = [count], count
            made.append(one)
        collect()
        expect(label, [(one.mark, one.read_rows(), one.colour) for one in made],
               [(0, [], [0]), (1, [1], [1]), (2, [2, 3], [2]), (5, [5, 6, 7, 8, 9], [5])], source=ITEMS)


def slotted_items(cls, value):
    one = cls(value)
    one.a, one.b = "a", [value]
    return (one.a, one.b, one == value) == ("a", [value], True)


@scenario
def slots_beside_items(ext):
    """Slots below a variable-size type: refused, or slots and items are whole."""
    for bases, value in (((tuple, ext.Bare), (1, 2, 3)), ((ext.Bare, tuple), ()), ((ext.Bare, int), 2 ** 100),
                         ((int, ext.Bare), 0), ((bytes, ext.Bare), b"abc")):
        made = attempt(type, "Joined", bases, {"__slots__": ("a", "b")})
        found = "refused with %s" % made.exception
        if made.exception is None:
            found = "whole" if slotted_items(made.value, value) else "broken"
        expect(", ".join(base.__name__ for base in bases), found, one_of("refused with TypeError", "whole"),
               source=SLOTTED_ITEMS)


@scenario
def slots_beside_items_of_c(ext):
    """The same where the type with items is made in C; empty slots have no place to go."""
    for label, bases in (("Rows, Bare", (ext.Rows, ext.Bare)), ("Bare, Rows", (ext.Bare, ext.Rows))):
        made = attempt(type, "Joined", bases, {"__slots__": ("a",)})
        found = "refused with %s" % made.exception
        if made.exception is None:
            one = items(made.value, 2, 1)
            one.a = "a"
            found = "whole" if (one.read_rows(), one.a) == ([1, 2], "a") else "broken"
        expect(label, found, one_of("refused with TypeError", "whole"), source=ITEMS)
    expect("empty slots", rows(lambda bases: type("Joined", bases, {"__slots__": ()}), (ext.Rows, slotted(ext.Bare))),
           WHOLE_ROWS, source=EMPTY_SLOTS)


def rows_beside(make, label, one, other):
    """Refused, or the items of the one and the fields of the other are there."""
    for text, bases in ((label, (one, other)), (label + ", turned", (other, one))):
        made = attempt(make, bases)
        found = "refused with %s" % made.exception
        if made.exception is None:
            found = "whole" if beside_rows(made.value) else "broken"
        expect(text, found, one_of("refused with TypeError", "whole"), source=ONE_STRUCT)


def beside_rows(cls):
    one = attempt(items, cls, 4, 1)
    if one.exception is not None:
        return False
    one.value.alone_0, one.value.mark = 77, 88
    return (one.value.read_rows(), one.value.alone_0, one.value.mark) == ([1, 2, 3, 4], 77, 88)


@scenario
def a_variable_size_type_beside_a_struct(ext):
    """Items and the fields of another type: refused, or both are whole."""
    rows_beside(statement, "Rows, Alone", ext.Rows, ext.Alone)


@scenario
def a_variable_size_type_beside_a_struct_from_c(ext):
    """The same for types that are made in C."""
    rows_beside(ext.derive, "Rows, Alone", ext.Rows, ext.Alone)


@scenario
def two_variable_size_types(ext):
    """Two types with items of their own have nothing in common: refused, and the same beside builtins."""
    for label, bases in (("Rows, Lines", (ext.Rows, ext.Lines)), ("Lines, Rows", (ext.Lines, ext.Rows)),
                         ("Rows, tuple", (ext.Rows, tuple)), ("bytes, Rows", (bytes, ext.Rows)),
                         ("int, Rows", (int, ext.Rows)), ("Rows, list", (ext.Rows, list))):
        expect(label, attempt(statement, bases).exception, "TypeError", source=ONE_STRUCT)


LEFT, RIGHT = ("left_letter", "left"), ("right_letter", "right")


@scenario
def added_memory_beside_an_empty_base(ext):
    """What a type adds to its base is there beside a base without fields, in either order, in Python and in C."""
    left = ext.add_left((object,))
    for label, bases in (("left, Empty", (left, ext.Empty)), ("Empty, left", (ext.Empty, left))):
        for way, make in (("statement", statement), ("from C", ext.derive)):
            cls = make(bases)
            expect("%s, %s" % (label, way), state(cls, LEFT), "whole", source=ADDED)
            one = cls()
            one.left_letter, one.left = 5, -7
            expect("%s, %s, in C" % (label, way), ext.added(one, left), (5, -7, True), source=ADDED)


@scenario
def added_memory_in_a_diamond(ext):
    """Memory is added to a struct, to added memory and to what two bases make together."""
    left = ext.add_left((ext.Wide,))
    right = ext.add_right((left, ext.Plain))
    top = statement((ext.Empty, right))
    expect("added twice", state(top, WIDE + LEFT + RIGHT), "whole", source=ADDED)
    one = top()
    fill(one, WIDE, 1)
    one.left, one.right, one.left_letter, one.right_letter = 10, 20, 30, 40
    expect("in C", (one.read_wide()[0], ext.added(one, left), ext.added(one, right)),
           (1, (30, 10, True), (40, 20, True)), source=ADDED)
    below = ext.add_left((ext.Plain, ext.Wide))
    expect("to the larger struct", state(below, WIDE + LEFT), "whole", source=ADDED)
    expect("beside an empty base", state(statement((ext.Empty, below)), WIDE + LEFT), "whole", source=ADDED)


@scenario
def added_memory_in_both_bases(ext):
    """Two types that both add to one base: refused, or each has what it added."""
    for label, base in (("to object", object), ("to Base", ext.Base), ("to a list", list)):
        left, right = ext.add_left((base,)), ext.add_right((base,))
        for way, make in (("statement", statement), ("from C", ext.derive)):
            conflict(make, "%s, %s" % (label, way), left, right, LEFT + RIGHT)


@scenario
def added_memory_beside_a_struct(ext):
    """A type that adds to object, and one with fields of its own: refused, or both are whole."""
    left = ext.add_left((object,))
    for way, make in (("statement", statement), ("from C", ext.derive)):
        conflict(make, way, left, ext.Wide, LEFT + WIDE)
        conflict(make, way + ", below Plain", ext.add_left((ext.Plain,)), ext.Wide, LEFT + WIDE)


@scenario
def added_memory_of_a_python_class(ext):
    """C adds memory to Python classes with attributes and with slots."""
    for label, base in (("attributes", type("Python", (ext.Wide,), {})), ("slots", slotted(ext.Wide, "colour"))):
        left = ext.add_left((base, ext.Plain))
        expect(label, state(left, WIDE + LEFT), "whole", source=ADDED)
        one = statement((left, ext.Empty))()
        fill(one, WIDE + LEFT, 1)
        one.colour = "red"
        expect(label + ": beside", (read(one, WIDE + LEFT), one.colour), ([1, 2, 3, 4, 5], "red"), source=ADDED)


@scenario
def added_memory_in_metaclasses(ext):
    """Types have added memory behind which their own slots' items are."""
    left, right = ext.add_left((type,)), ext.add_right((type,))
    meta = statement((left, type("Python", (type,), {})))
    cls = meta("Made", (), {"__slots__": ("one", "two")})
    cls.left_letter, cls.left = 5, -7
    expect("in C", ext.added(cls, left), (5, -7, True), source=AT_END)
    one = cls()
    one.one, one.two = 1, 2
    expect("slots", (one.one, one.two, cls.left), (1, 2, -7), source=AT_END)
    expect("in both", attempt(statement, (left, right)).exception, "TypeError", source=ONE_STRUCT)


@scenario
def added_memory_before_items(ext):
    """Memory is added between the struct and the items of a variable-size type that has these at the end."""
    left = ext.add_before_items((ext.Ends,))
    for label, bases in (("alone", (left,)), ("left, Bare", (left, ext.Bare)), ("Bare, left", (ext.Bare, left))):
        for way, make in (("statement", statement), ("from C", ext.derive)):
            cls = make(bases)
            made = [items(cls, count, 10 * count) for count in (0, 1, 3)]
            for number, one in enumerate(made):
                one.mark, one.left, one.left_letter = number, 100 + number, 5
            expect("%s, %s" % (label, way), [(one.mark, one.read_rows(), ext.added(one, left)) for one in made],
                   [(0, [], (5, 100, True)), (1, [10], (5, 101, True)), (2, [30, 31, 32], (5, 102, True))],
                   source=AT_END)


@scenario
def added_memory_needs_items_at_the_end(ext):
    """Memory cannot be added where the base has items at a place of their own."""
    for label, bases in (("Rows", (ext.Rows,)), ("Bare, Rows", (ext.Bare, ext.Rows)), ("tuple", (tuple,)),
                         ("Empty, int", (ext.Empty, int))):
        expect(label, attempt(ext.add_left, bases).exception is not None, True, source=ADDED)
        record(label + ": exception", attempt(ext.add_left, bases).exception)
