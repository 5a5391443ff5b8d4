from abc import ABCMeta

from hpy_conform import attempt, expect, raised, returned, scenario

MRO = "Python language reference, 'Data model', Custom classes (C3 method resolution order)"
SUBTYPE = "HPy public_api.h, HPyType_IsSubtype and HPy_TypeCheck; Python/C API, 'Type Objects', PyType_IsSubtype"
BUILTIN = "HPy api.rst, 'Inherit from a built-in type'; Python/C API, 'Type Objects', tp_base and tp_new"
SPECIAL = "Python language reference, 'Data model', Special method names (x + y is type(x).__add__(x, y))"
REFLECTED = "Python language reference, 'Data model', object.__radd__ (note on a right operand of a subclass)"
HASH = "Python/C API, 'Type Objects', tp_hash and tp_richcompare (inherited together)"
EQUAL_HASH = "Python language reference, 'Data model', object.__hash__ (objects that are equal have the same hash)"
SHAPE = "HPy api.rst, 'Inherit from a built-in type' (the _AsStruct function); hpytype.h, HPyType_BuiltinShape"

LARGE = 2 ** 61 + 12345
VALUES = (
    (float, ("-1.5",), -1.5),
    (int, (LARGE,), LARGE),
    (str, (b"caf\xc3\xa9", "utf-8"), "caf\xe9"),
)


def add(left, right):
    return left + right


def is_both(ext, types, bases):
    """What a type owes both of its bases, and the value that the constructor of the builtin took."""
    for type_, (builtin, arguments, value) in zip(types, VALUES):
        name = builtin.__name__
        expect("%s: bases" % name, type_.__bases__ == bases(builtin), True, source=MRO)
        expect("%s: mro" % name, type_.__mro__ == (type_,) + bases(builtin) + (object,), True, source=MRO)
        expect("%s: subtype in C" % name, [ext.is_subtype(type_, other) for other in (builtin, ext.Generic, object)],
               [True] * 3, source=SUBTYPE)
        expect("%s: no subtype in C" % name, [ext.is_subtype(builtin, type_), ext.is_subtype(ext.Generic, type_)],
               [False] * 2, source=SUBTYPE)
        made = attempt(type_, *arguments)
        expect("%s: constructor" % name, made.exception, None, source=BUILTIN)
        if made.exception is not None:
            continue
        one = made.value
        expect("%s: isinstance" % name, [isinstance(one, other) for other in (type_, builtin, ext.Generic)], [True] * 3,
               source=MRO)
        expect("%s: instance in C" % name, [ext.type_check(one, other) for other in (type_, builtin, ext.Generic)],
               [True] * 3, source=SUBTYPE)
        expect("%s: value in C" % name, attempt(ext.value_in_c, one), returned(value), source=BUILTIN)
        expect("%s: value in Python" % name, attempt(lambda: builtin(one) == value), returned(True), source=BUILTIN)
        expect("%s: method of the abstract base" % name, attempt(lambda: one.kind()), returned("generic"), source=MRO)
    expect("wrong value", attempt(types[0], "no number"), raised(ValueError), source=BUILTIN)
    expect("second argument of int", attempt(lambda: int(types[1]("ff", 16))), returned(255), source=BUILTIN)
    expect("default value", attempt(lambda: float(types[0]())), returned(0.0), source=BUILTIN)


def equal_and_hashed(types):
    for type_, value, other in zip(types, (1.5, LARGE, "text"), (2.5, 7, "more")):
        name = type(value).__name__
        one, two = type_(value), type_(value)
        expect("%s: equal to the value" % name, (one == value, value == one), (True, True), source=HASH)
        expect("%s: equal to another" % name, (one == two, one != two), (True, False), source=HASH)
        expect("%s: unequal" % name, (one == type_(other), one == other), (False, False), source=HASH)
        expect("%s: same hash" % name, hash(one) == hash(value), True, source=HASH)
        expect("%s: equal have one hash" % name, one != two or hash(one) == hash(two), True, source=EQUAL_HASH)
        expect("%s: found in a dict" % name, {value: "found"}.get(one), "found", source=EQUAL_HASH)
        expect("%s: ordered" % name, attempt(lambda: one < type_(other)), returned(value < other), source=HASH)


@scenario
def builtin_first_is_both(ext):
    """A type with the bases (builtin, Generic) is both, is made by the builtin's constructor and keeps its value."""
    is_both(ext, (ext.FloatGeneric, ext.IntGeneric, ext.StrGeneric), lambda builtin: (builtin, ext.Generic))


@scenario
def abstract_first_is_both(ext):
    """The same with the bases (Generic, builtin): Generic defines no constructor, so the builtin's is called."""
    is_both(ext, (ext.GenericFloat, ext.GenericInt, ext.GenericStr), lambda builtin: (ext.Generic, builtin))


@scenario
def builtin_first_operations(ext):
    """Operators, repr, hash and equality are those of the builtin; what it does not have, Generic gives."""
    equal_and_hashed((ext.FloatGeneric, ext.IntGeneric, ext.StrGeneric))
    one, number, text = ext.FloatGeneric(1.5), ext.IntGeneric(5), ext.StrGeneric("a")
    expect("float: add", (one + 1, one + one, 1.0 + one), (2.5, 3.0, 2.5), source=SPECIAL)
    expect("int: add", (number + 1, number + number, 1 + number), (6, 10, 6), source=SPECIAL)
    expect("str: add", attempt(add, text, "b"), returned("ab"), source=SPECIAL)
    expect("str: add, reflected", attempt(add, "b", text), returned("generic add"), source=REFLECTED)
    expect("str: __add__", text.__add__("b"), "ab", source=MRO)
    expect("others", (-one, number - 1, divmod(number, 2), abs(ext.IntGeneric(-3)), text * 2, text[0], len(text)),
           (-1.5, 4, (2, 1), 3, "aa", "a", 1), source=SPECIAL)
    expect("only in Generic", attempt(lambda: (one @ 1, number @ 1, text @ 1)), returned(("generic matmul",) * 3),
           source=SPECIAL)
    expect("only in Generic, reflected", attempt(lambda: 1.0 @ one), returned("generic matmul"), source=SPECIAL)
    expect("repr", (repr(one), repr(number), repr(text)), ("1.5", "5", "'a'"), source=MRO)
    expect("str", (str(one), str(number), str(text)), ("1.5", "5", "a"), source=MRO)
    expect("truth", (bool(ext.FloatGeneric(0.0)), bool(one), bool(ext.StrGeneric(""))), (False, True, False),
           source=MRO)
    expect("as an index", ["a", "b", "c"][ext.IntGeneric(2)], "c", source=MRO)


@scenario
def abstract_first_operations(ext):
    """What Generic defines comes first; hash, equality and all other operators are those of the builtin."""
    equal_and_hashed((ext.GenericFloat, ext.GenericInt, ext.GenericStr))
    one, number, text = ext.GenericFloat(1.5), ext.GenericInt(5), ext.GenericStr("a")
    expect("add", [attempt(add, left, 1).value for left in (one, number, text)], ["generic add"] * 3, source=SPECIAL)
    expect("add, reflected", [attempt(add, plain, right).value for plain, right in ((1.0, one), (1, number))],
           ["generic add"] * 2, source=REFLECTED)
    expect("str: add, reflected", attempt(add, "b", text), returned("generic add"), source=REFLECTED)
    expect("others", attempt(lambda: (-one, number - 1, divmod(number, 2), text * 2, text[0], len(text))),
           returned((-1.5, 4, (2, 1), "aa", "a", 1)), source=SPECIAL)
    expect("repr", (repr(one), repr(number), repr(text)), ("generic repr",) * 3, source=MRO)
    expect("truth", (bool(ext.GenericFloat(0.0)), bool(one), bool(ext.GenericStr(""))), (False, True, False),
           source=MRO)
    expect("as an index", attempt(lambda: ["a", "b", "c"][ext.GenericInt(2)]), returned("c"), source=MRO)


def use_tag(ext, type_):
    one, two = type_(1.5), type_(2.5)
    expect("zeroed", (one.tag, two.tag), (0, 0), source=SHAPE)
    one.tag, two.tag = 11, 22
    expect("tags", (one.tag, two.tag, one.tag_member, two.tag_member), (11, 22, 11, 22), source=SHAPE)
    expect("values in C", (ext.value_in_c(one), ext.value_in_c(two)), (1.5, 2.5), source=BUILTIN)
    expect("values in Python", (float(one), two * 2), (1.5, 5.0), source=BUILTIN)
    expect("a negative tag", (attempt(setattr, one, "tag", -2 ** 40).exception, one.tag, float(one)),
           (None, -2 ** 40, 1.5), source=SHAPE)
    expect("arithmetic gives a plain float", type(one * 2) is float, True, source=BUILTIN)


@scenario
def struct_beside_a_value_builtin_first(ext):
    """A struct of its own lies beside the float's value, zeroed at first, and neither disturbs the other."""
    use_tag(ext, ext.TaggedFloatGeneric)


@scenario
def struct_beside_a_value_abstract_first(ext):
    """The same where the float is the second base."""
    use_tag(ext, ext.TaggedGenericFloat)


@scenario
def python_classes_with_both_bases(ext):
    """A class statement with the same bases: every operator is found along the MRO, in either order."""

    class BuiltinFirst(float, ext.Generic):
        pass

    class AbstractFirst(ext.Generic, float):
        pass

    class Text(str, ext.Generic):
        pass

    class Derived(ext.FloatGeneric):
        def __add__(self, other):
            return ("derived", super().__add__(other))

    first = BuiltinFirst(1.5)
    expect("builtin first", (first + 1, first @ 1, repr(first), first == 1.5, hash(first) == hash(1.5)),
           (2.5, "generic matmul", "1.5", True, True), source=SPECIAL)
    made = attempt(AbstractFirst, 1.5)
    expect("abstract first: constructor", made.exception, None, source=BUILTIN)
    if made.exception is None:
        second = made.value
        expect("abstract first: value", ext.value_in_c(second), 1.5, source=BUILTIN)
        expect("abstract first", (second + 1, 1.0 + second, second * 2, repr(second)),
               ("generic add", "generic add", 3.0, "generic repr"), source=SPECIAL)
        expect("abstract first: equal and hashed",
               (second == 1.5, second == AbstractFirst(1.5), hash(second) == hash(1.5)), (True, True, True),
               source=EQUAL_HASH)
    expect("str: add", attempt(add, Text("a"), "b"), returned("ab"), source=SPECIAL)
    derived = Derived(1.5)
    expect("derived", (derived + 1, derived.kind(), derived * 2), (("derived", 2.5), "generic", 3.0), source=SPECIAL)

    class Claims(metaclass=ABCMeta):
        pass

    Claims.register(ext.Generic)
    expect("registered", (isinstance(derived, Claims), ext.type_check(derived, Claims)), (True, False), source=SUBTYPE)
