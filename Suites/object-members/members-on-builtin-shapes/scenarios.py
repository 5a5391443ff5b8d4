from hpy_conform import attempt, collect, expect, record, scenario

INHERIT = "HPy api.rst, 'Inherit from a built-in type'; hpytype.h, HPyType_BuiltinShape"
MEMBERS = "hpydef.h, HPyMember.offset; Python/C API, 'Common Object Structures', PyMemberDef"


def values_and_marks(cls, plain, values):
    """Objects of the values, before and after their marks are set: what of them is right."""
    kept, found = [], []
    for number, value in enumerate(values):
        one = cls(value)
        fresh = (plain(one) == value, one.mark == 0, one.real_mark == 0)
        one.mark, one.real_mark = -number - 1, number + 0.25
        kept.append((one, fresh))
    collect()
    for number, (one, fresh) in enumerate(kept):
        marked = (plain(one) == values[number], one.mark == -number - 1, one.real_mark == number + 0.25)
        found.append(fresh + marked)
    return found


@scenario
def float_str_and_list_beside_a_struct(ext):
    """Objects of these builtins keep their value and the fresh, zeroed struct beside it, whatever their length."""
    values = [0.0, -1.5, 1e300, float("inf")]
    expect("float", values_and_marks(ext.Float, float.__pos__, values), [(True,) * 6] * 4, source=INHERIT)
    values = ["", "a", "text", "gr\xfcn", "\u20ac" * 50, "\U0001f600", "long" * 1000]
    expect("str", values_and_marks(ext.Str, str.__str__, values), [(True,) * 6] * 7, source=INHERIT)
    values = [[], [1], [1, 2, 3], list(range(1000))]
    expect("list", values_and_marks(ext.List, list, values), [(True,) * 6] * 4, source=INHERIT)
    one = ext.List()
    one.mark, one.real_mark = 5, 6.5
    for number in range(1000):
        one.append(number)
    del one[10:]
    one.reverse()
    found = (list(one), one.mark, one.real_mark)
    expect("a list that changed", found, (list(range(9, -1, -1)), 5, 6.5), source=INHERIT)


@scenario
def int_beside_a_struct(ext):
    """An int of any size keeps its value and the fresh, zeroed struct beside it."""
    for name, value in (("zero", 0), ("small", 5), ("negative", -5), ("one word", 2 ** 62), ("large", 2 ** 200 + 3),
                        ("very large", -2 ** 3000)):
        found = values_and_marks(ext.Int, int, [value])
        expect(name, found, [(True,) * 6], source=INHERIT)


@scenario
def tuple_beside_a_struct(ext):
    """A tuple of any length keeps its items and the fresh, zeroed struct beside them."""
    for length in (0, 1, 2, 3, 100):
        value = tuple(str(number) for number in range(length))
        one = ext.Tuple(value)
        expect("%d items, fresh" % length, (tuple(one) == value, one.mark == 0, one.real_mark == 0), (True,) * 3,
               source=INHERIT)
        del one
        found = values_and_marks(ext.Tuple, tuple, [value])
        expect("%d items" % length, found, [(True,) * 6], source=INHERIT)


@scenario
def classes_beside_a_struct(ext):
    """A class made by a metaclass with a struct works as a class, and has its own marks."""

    class First(metaclass=ext.Meta):
        __slots__ = ("one", "two", "three")

        def method(self):
            return "method"

    class Second(First):
        attribute = "attribute"

    third = ext.Meta("Third", (int,), {"value": 3})
    classes = [First, Second, third]
    expect("fresh", [(cls.mark, cls.real_mark) for cls in classes], [(0, 0.0)] * 3, source=INHERIT)
    for number, cls in enumerate(classes):
        cls.mark, cls.real_mark = number + 1, number + 0.5
    collect()
    expect("marked", [(cls.mark, cls.real_mark) for cls in classes], [(1, 0.5), (2, 1.5), (3, 2.5)], source=MEMBERS)
    one, two = First(), Second()
    one.one, one.two, one.three, two.three, two.other = 1, 2, 3, "three", "other"
    found = (one.one, one.two, one.three, one.method(), two.three, two.other, two.attribute, third(7) + 1, third.value)
    expect("as classes", found, (1, 2, 3, "method", "three", "other", "attribute", 8, 3), source=INHERIT)
    expect("metaclass", [type(cls) is ext.Meta for cls in classes], [True] * 3, source=INHERIT)
    record("in the class alone", [hasattr(one, "mark"), "mark" in vars(First)])
    del classes, cls, third
    collect()
    expect("one is gone", (First.mark, Second.mark, one.three), (1, 2, 3), source=MEMBERS)


@scenario
def c_works_on_the_struct(ext):
    """A method of C finds the struct that the members show."""
    objects = [("float", ext.Float(1.5)), ("str", ext.Str("text")), ("list", ext.List([1])),
               ("class", ext.Meta("Made", (), {}))]
    for name, one in objects:
        call = type(one)
        one.mark, one.real_mark = 3, 4.5
        seen = call.seen(one)
        call.assign(one, 6)
        expect(name, (seen, one.mark, one.real_mark), ((3, 4.5), 6, 6.5), source=INHERIT)


@scenario
def c_works_on_the_struct_of_int_and_tuple(ext):
    """A method of C finds the struct that the members show, for the builtins of variable size, too."""
    for name, one in (("int", ext.Int(5)), ("empty tuple", ext.Tuple())):
        one.mark, one.real_mark = 3, 4.5
        seen = one.seen()
        one.assign(6)
        expect(name, (seen, one.mark, one.real_mark), ((3, 4.5), 6, 6.5), source=INHERIT)


@scenario
def python_subclasses_of_builtins_with_a_struct(ext):
    """A Python subclass has the value, the struct, its slots or attributes, and the operations of the builtin."""
    for base, value in ((ext.Float, 2.5), (ext.Str, "text"), (ext.List, [1, 2])):

        class Plain(base):
            pass

        class Slotted(base):
            __slots__ = ("one", "two")

        for cls in (Plain, Slotted):
            first, second = cls(value), cls(value)
            for number, one in enumerate((first, second)):
                one.mark, one.real_mark, one.one = number + 1, number + 0.5, [number]
            collect()
            found = [(one == value, one * 2 == value * 2, one.mark, one.real_mark, one.one) for one in (first, second)]
            expect("%s of %s" % (cls.__name__, base.__name__), found,
                   [(True, True, 1, 0.5, [0]), (True, True, 2, 1.5, [1])], source=INHERIT)
    record("another's member", attempt(vars(ext.Float)["mark"].__get__, 1.5))
    record("setting another's member", attempt(vars(ext.List)["mark"].__set__, [], 1))
