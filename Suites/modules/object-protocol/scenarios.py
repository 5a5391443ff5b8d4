import math

from hpy_conform import Watch, attempt, expect, expect_released, raised, returned, scenario

NUMBERS = "HPy public API, abstract.h; Python/C API, 'Number Protocol', PyNumber_%s"
OBJECTS = "HPy API reference, 'HPy Object'; Python/C API, 'Object Protocol', %s"
LONGS = "HPy public API, longobject.h; Python/C API, 'Integer Objects', %s"
TEXTS = "HPy public API, unicodeobject.h; Python/C API, 'Unicode Objects and Codecs', %s"
BYTES = "HPy public API, bytesobject.h; Python/C API, 'Bytes Objects', %s"
DICTS = "HPy API reference, 'HPy Dict', %s"
SLICES = "HPy public API, HPySlice_%s; Python/C API, 'Slice Objects'"
COUNTING = "Python/C API, 'Reference Counting'"

BINARY = {
    "Add": "add", "Subtract": "sub", "Multiply": "mul", "MatrixMultiply": "matmul", "FloorDivide": "floordiv",
    "TrueDivide": "truediv", "Remainder": "mod", "Divmod": "divmod", "Lshift": "lshift", "Rshift": "rshift",
    "And": "and", "Xor": "xor", "Or": "or",
}
UNARY = {"Negative": "neg", "Positive": "pos", "Absolute": "abs", "Invert": "invert"}


CONVERSIONS = (
    ("AsInt32", "PyLong_AsLong", -2 ** 31, 2 ** 31 - 1),
    ("AsUInt32", "PyLong_AsUnsignedLong", 0, 2 ** 32 - 1),
    ("AsInt64", "PyLong_AsLongLong", -2 ** 63, 2 ** 63 - 1),
    ("AsUInt64", "PyLong_AsUnsignedLongLong", 0, 2 ** 64 - 1),
    ("AsSize", "PyLong_AsSize_t", 0, 2 ** 64 - 1),
    ("AsSsize", "PyLong_AsSsize_t", -2 ** 63, 2 ** 63 - 1),
)


class Told:
    """Every operator answers with the name of its method and what it was given."""


def _tell(name):
    def method(self, *args):
        return (name,) + args
    return method


for _name in list(BINARY.values()) + ["pow"]:
    for _prefix in ("", "r", "i"):
        setattr(Told, "__%s%s__" % (_prefix, _name), _tell(_prefix + _name))
for _name in UNARY.values():
    setattr(Told, "__%s__" % _name, _tell(_name))


@scenario
def each_number_function_calls_its_operator(ext):
    """The function is that operator and no other, with the operands in their places."""
    for function, name in BINARY.items():
        source = NUMBERS % function
        expect(function, getattr(ext, function)(Told(), 5), (name, 5), source=source)
        expect(function + " reflected", getattr(ext, function)(5, Told()), ("r" + name, 5), source=source)
        if name != "divmod":
            expect("InPlace" + function, getattr(ext, "InPlace" + function)(Told(), 5), ("i" + name, 5),
                   source=NUMBERS % ("InPlace" + function))
    for function, name in UNARY.items():
        expect(function, getattr(ext, function)(Told()), (name,), source=NUMBERS % function)
    expect("Power", ext.Power(Told(), 5, None), ("pow", 5), source=NUMBERS % "Power")
    expect("Power of three", ext.Power(Told(), 5, 7), ("pow", 5, 7), source=NUMBERS % "Power")
    expect("InPlacePower", ext.InPlacePower(Told(), 5, None), ("ipow", 5), source=NUMBERS % "InPlacePower")


@scenario
def number_functions_calculate(ext):
    """Results with Python's own numbers."""
    for function, expected in (("Add", 24), ("Subtract", 10), ("Multiply", 119), ("FloorDivide", 2), ("Remainder", 3),
                               ("Divmod", (2, 3)), ("Lshift", 2176), ("Rshift", 0), ("And", 1), ("Xor", 22),
                               ("Or", 23), ("TrueDivide", 17 / 7)):
        expect(function, getattr(ext, function)(17, 7), expected, source=NUMBERS % function)
    expect("Power", [ext.Power(2, 10, None), ext.Power(2, 10, 1000)], [1024, 24], source=NUMBERS % "Power")
    expect("unary", [ext.Negative(5), ext.Positive(True), ext.Absolute(-5), ext.Invert(5)], [-5, 1, 5, -6],
           source=NUMBERS % "Negative and others")
    items = [1]
    expect("in place", ext.InPlaceAdd(items, [2]) is items, True, source=NUMBERS % "InPlaceAdd")
    expect("in place, changed", items, [1, 2], source=NUMBERS % "InPlaceAdd")
    expect("not in place", ext.Add(items, [3]), [1, 2, 3], source=NUMBERS % "Add")
    expect("not in place, unchanged", items, [1, 2], source=NUMBERS % "Add")


@scenario
def number_functions_fail_with_the_exception(ext):
    """Without such an operator it is a TypeError; an exception of the operator comes through."""
    for function in list(BINARY) + ["InPlace" + one for one in BINARY if one != "Divmod"]:
        expect(function, attempt(getattr(ext, function), object(), 5), raised(TypeError), source=NUMBERS % function)
    for function in list(UNARY) + ["Index", "Long", "Float"]:
        expect(function, attempt(getattr(ext, function), object()), raised(TypeError), source=NUMBERS % function)
    for function in ("Power", "InPlacePower"):
        expect(function, attempt(getattr(ext, function), object(), 1, None), raised(TypeError),
               source=NUMBERS % function)
    for function in ("FloorDivide", "TrueDivide", "Remainder", "Divmod", "InPlaceTrueDivide"):
        expect(function + " by zero", attempt(getattr(ext, function), 5, 0), raised(ZeroDivisionError),
               source=NUMBERS % function)
    expect("Lshift by less", attempt(ext.Lshift, 1, -1), raised(ValueError), source=NUMBERS % "Lshift")


@scenario
def numbers_are_converted_to_numbers(ext):
    """Index takes what has __index__, Long and Float take what int() and float() take."""

    class Convertible:
        def __int__(self):
            return 41

        def __float__(self):
            return 1.5

        def __index__(self):
            return 43

    expect("convertible", [ext.Index(Convertible()), ext.Long(Convertible()), ext.Float(Convertible())],
           [43, 41, 1.5], source=NUMBERS % "Index, PyNumber_Long, PyNumber_Float")
    expect("Long", [ext.Long("12"), ext.Long(3.9), ext.Long(-3.9)], [12, 3, -3], source=NUMBERS % "Long")
    expect("Float", [ext.Float("1.25"), ext.Float(3)], [1.25, 3.0], source=NUMBERS % "Float")
    expect("Index of a float", attempt(ext.Index, 1.0), raised(TypeError), source=NUMBERS % "Index")
    expect("Long of a text", attempt(ext.Long, "x"), raised(ValueError), source=NUMBERS % "Long")


@scenario
def integers_are_converted_up_to_the_limits(ext):
    """The largest and the smallest pass, one more is an OverflowError."""
    for function, named, low, high in CONVERSIONS:
        convert, source = getattr(ext, function), LONGS % named
        for label, number in (("low", low), ("high", high), ("zero", 0), ("one", 1), ("seventeen", 17)):
            expect("%s %s" % (function, label), attempt(convert, number), returned(number), source=source)
        if low < 0:
            expect(function + " -1", attempt(convert, -1), returned(-1), source=source)
        for label, number in (("below", low - 1), ("above", high + 1), ("far above", 2 ** 70), ("far below", -2 ** 70)):
            expect("%s %s" % (function, label), attempt(convert, number), raised(OverflowError), source=source)


@scenario
def what_is_no_integer_is_not_converted(ext):
    """A text, None and a list are a TypeError."""
    for function, named, low, high in CONVERSIONS:
        for label, other in (("text", "1"), ("None", None), ("list", [])):
            expect("%s %s" % (function, label), attempt(getattr(ext, function), other), raised(TypeError),
                   source=(LONGS + "; Python library, 'Built-in Exceptions', TypeError") % named)


@scenario
def integers_are_cut_by_masks(ext):
    """The lower bits remain, and there is no overflow."""
    for function, bits in (("AsUInt32Mask", 32), ("AsUInt64Mask", 64)):
        source = LONGS % "PyLong_AsUnsignedLongMask, PyLong_AsUnsignedLongLongMask"
        for number in (0, 1, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 32 + 5, 2 ** 63 + 1, 2 ** 64, -1, -2 ** 33):
            expect("%s %d" % (function, number), attempt(getattr(ext, function), number),
                   returned(number % 2 ** bits), source=source)
        expect(function + " of a text", attempt(getattr(ext, function), "1"), raised(TypeError), source=source)


@scenario
def floats_are_converted(ext):
    """The number is the same one; -1.0 is a number, too."""

    class Floating:
        def __float__(self):
            return 2.5

    for label, number in (("zero", 0.0), ("minus zero", -0.0), ("minus one", -1.0), ("small", 5e-324),
                          ("infinite", math.inf)):
        expect(label, attempt(ext.FloatAsDouble, number), returned(number),
               source="Python/C API, 'Floating Point Objects', PyFloat_AsDouble")
    expect("__float__", attempt(ext.FloatAsDouble, Floating()), returned(2.5),
           source="Python/C API, 'Floating Point Objects', PyFloat_AsDouble")
    expect("text", attempt(ext.FloatAsDouble, "1.5"), raised(TypeError),
           source="Python/C API, 'Floating Point Objects', PyFloat_AsDouble")
    source = LONGS % "PyLong_AsDouble"
    expect("integer", [ext.AsDouble(-1), ext.AsDouble(2 ** 53)], [-1.0, 2.0 ** 53], source=source)
    expect("too large", attempt(ext.AsDouble, 10 ** 400), raised(OverflowError), source=source)
    expect("integer of a text", attempt(ext.AsDouble, "1"), raised(TypeError), source=source)


class Plain:
    pass


@scenario
def attributes_are_read_set_and_deleted(ext):
    """By a name that is an object and by one that is a C text alike; what is missing is an AttributeError."""
    for suffix in ("", "_s"):
        get, has = getattr(ext, "GetAttr" + suffix), getattr(ext, "HasAttr" + suffix)
        put, delete = getattr(ext, "SetAttr" + suffix), getattr(ext, "DelAttr" + suffix)
        source = OBJECTS % "PyObject_GetAttr and others"
        one, value = Plain(), object()
        expect("has not" + suffix, has(one, "name"), 0, source=source)
        expect("get missing" + suffix, attempt(get, one, "name"), raised(AttributeError), source=source)
        expect("delete missing" + suffix, attempt(delete, one, "name"), raised(AttributeError), source=source)
        expect("set" + suffix, attempt(put, one, "name", value), returned(0), source=source)
        expect("has" + suffix, has(one, "name"), 1, source=source)
        expect("get" + suffix, get(one, "name") is value, True, source=source)
        expect("attribute" + suffix, list(vars(one)), ["name"], source=source)
        expect("not ASCII" + suffix, [put(one, "n\u00e4me", 1), get(one, "n\u00e4me"), has(one, "name\u00e4")],
               [0, 1, 0], source=source)
        expect("delete" + suffix, attempt(delete, one, "name"), returned(0), source=source)
        expect("deleted" + suffix, has(one, "name"), 0, source=source)
        expect("set refused" + suffix, attempt(put, 5, "name", 1), raised(AttributeError), source=source)


@scenario
def items_are_read_set_and_deleted(ext):
    """By an object, a C text and a C integer alike; exceptions are those of the container."""
    source = OBJECTS % "PyObject_GetItem and others; HPy_GetItem_i, HPy_GetItem_s"
    for suffix, key in (("", ("a", 1)), ("_s", "n\u00e4me"), ("_i", 5), ("_i", -7), ("_i", 2 ** 40)):
        get, put = getattr(ext, "GetItem" + suffix), getattr(ext, "SetItem" + suffix)
        delete = getattr(ext, "DelItem" + suffix)
        label, value = "%s %a" % (suffix, key), object()
        items = {"other": 1}
        expect("get missing" + label, attempt(get, items, key), raised(KeyError), source=source)
        expect("delete missing" + label, attempt(delete, items, key), raised(KeyError), source=source)
        expect("set" + label, attempt(put, items, key, value), returned(0), source=source)
        expect("get" + label, get(items, key) is value, True, source=source)
        expect("keys" + label, list(items), ["other", key], source=source)
        expect("delete" + label, attempt(delete, items, key), returned(0), source=source)
        expect("deleted" + label, items, {"other": 1}, source=source)
        for refused, arguments in ((get, ()), (put, (1,)), (delete, ())):
            expect("%s refused%s" % (refused.__name__, label), attempt(refused, 5, key, *arguments),
                   raised(TypeError), source=source)
    numbers = [0, 1, 2, 3]
    expect("index", [ext.GetItem_i(numbers, 1), ext.GetItem_i(numbers, -1)], [1, 3], source=source)
    ext.SetItem_i(numbers, -4, "first")
    ext.DelItem_i(numbers, 2)
    expect("changed", numbers, ["first", 1, 3], source=source)
    for name, arguments in (("GetItem_i", ()), ("SetItem_i", (1,)), ("DelItem_i", ())):
        for index in (3, -4):
            expect("%s %d" % (name, index), attempt(getattr(ext, name), numbers, index, *arguments),
                   raised(IndexError), source=source)


RAW = ("HPy public API, abstract.h, utf8_name and utf8_key; Python/C API, 'Object Protocol' and 'Mapping Protocol', "
       "PyObject_GetAttrString, PyMapping_GetItemString (a UTF-8 encoded string)")


@scenario
def names_are_utf_8(ext):
    """A name that is a C text is decoded."""
    for kind, target, refused in (("Attr", Plain(), AttributeError), ("Item", {}, KeyError)):
        get, put = getattr(ext, "Get%s_raw" % kind), getattr(ext, "Set%s_raw" % kind)
        delete = getattr(ext, "Del%s_raw" % kind)
        held = target if kind == "Item" else vars(target)
        for name in ("name", "n\u00e4me", "\u20ac\U0001f600"):
            label = "%s %a " % (kind, name)
            expect(label + "set", attempt(put, target, name.encode("utf-8"), 1), returned(0), source=RAW)
            expect(label + "held", list(held), [name], source=RAW)
            expect(label + "got", attempt(get, target, name.encode("utf-8")), returned(1), source=RAW)
            expect(label + "deleted", attempt(delete, target, name.encode("utf-8")), returned(0), source=RAW)
            expect(label + "missing", attempt(delete, target, name.encode("utf-8")), raised(refused), source=RAW)


@scenario
def names_that_are_no_utf_8(ext):
    """Bytes that are no UTF-8 are an error, and nothing is done then."""
    for kind, target in (("Attr", Plain()), ("Item", {})):
        held = target if kind == "Item" else vars(target)
        held["name"] = 1
        for what, more in (("Get", ()), ("Set", (2,)), ("Del", ())):
            function = getattr(ext, "%s%s_raw" % (what, kind))
            expect(function.__name__, [attempt(function, target, name, *more).exception
                                       for name in (b"\xffname", b"n\xe4me", b"\xc3(name")],
                   ["UnicodeDecodeError"] * 3, source=RAW)
        expect(kind + " unchanged", held == {"name": 1}, True, source=RAW)


@scenario
def keys_and_names_are_released(ext):
    """What was made or taken for a call is let go of with it."""

    class Container:
        def __getitem__(self, key):
            return watch.thing("got")

        def __setitem__(self, key, value):
            pass

        def __getattr__(self, name):
            return watch.thing("attribute")

    watch = Watch()
    container = Container()
    ext.GetItem(container, watch.thing("key"))
    ext.SetItem(container, watch.thing("key to set"), watch.thing("value"))
    ext.GetItem_s(container, "text")
    ext.SetItem_s(container, "text", watch.thing("value for a text"))
    ext.GetItem_i(container, 5000)
    ext.SetItem_i(container, 5000, watch.thing("value for an index"))
    ext.GetAttr(container, "name")
    ext.GetAttr_s(container, "name")
    ext.Contains([1], watch.thing("searched"))
    expect_released("all", watch, ["got"] * 3 + ["attribute"] * 2 + [
        "key", "key to set", "value", "value for a text", "value for an index", "searched"], COUNTING)


@scenario
def lengths_truth_and_membership(ext):
    """The answers and exceptions are those of len(), bool() and `in`."""

    class Failing:
        def __bool__(self):
            raise KeyError("bool")

        def __len__(self):
            raise KeyError("len")

        def __contains__(self, item):
            raise KeyError("contains")

        def __hash__(self):
            raise KeyError("hash")

    for function, source, cases in (
            ("IsTrue", OBJECTS % "PyObject_IsTrue", ((0, 0), (7, 1), ([], 0), ([0], 1), (None, 0), (Plain(), 1))),
            ("Length", OBJECTS % "PyObject_Length", (("", 0), ("abc", 3), ({1: 2}, 1), (range(7), 7)))):
        for i, (value, expected) in enumerate(cases):
            expect("%s %d" % (function, i), getattr(ext, function)(value), expected, source=source)
        expect(function + " fails", attempt(getattr(ext, function), Failing()), raised(KeyError), source=source)
    expect("Length of a number", attempt(ext.Length, 5), raised(TypeError), source=OBJECTS % "PyObject_Length")
    source = "Python/C API, 'Sequence Protocol', PySequence_Contains"
    expect("Contains", [ext.Contains([1, 2], 2), ext.Contains([1, 2], 3), ext.Contains({2: 1}, 2)], [1, 0, 1],
           source=source)
    expect("Contains fails", attempt(ext.Contains, Failing(), 1), raised(KeyError), source=source)
    expect("Contains in a number", attempt(ext.Contains, 5, 1), raised(TypeError), source=source)
    source = OBJECTS % "PyObject_Hash"
    expect("Hash", [ext.Hash(one) == hash(one) for one in (5, "text", (1, 2), -1, Plain)], [True] * 5, source=source)
    expect("Hash fails", attempt(ext.Hash, Failing()), raised(KeyError), source=source)
    expect("Hash of a list", attempt(ext.Hash, []), raised(TypeError), source=source)


@scenario
def types_and_identity(ext):
    """Type is type(), TypeCheck knows subclasses, Is knows one object from an equal one."""

    class Derived(Plain):
        pass

    class Pretending(Plain):
        __class__ = property(lambda self: int)

    source = OBJECTS % "PyObject_Type, PyObject_TypeCheck"
    expect("Type", [ext.Type(5), ext.Type(Plain), ext.Type(Derived())], [int, type, Derived], source=source)
    expect("Type ignores __class__", ext.Type(Pretending()) is Pretending, True, source=source)
    expect("TypeCheck", [ext.TypeCheck(Derived(), Plain), ext.TypeCheck(Plain(), Derived), ext.TypeCheck(True, int),
                         ext.TypeCheck(1, bool), ext.TypeCheck(Pretending(), int)], [1, 0, 1, 0, 0], source=source)
    expect("IsSubtype", [ext.IsSubtype(Derived, Plain), ext.IsSubtype(Plain, Derived), ext.IsSubtype(bool, int),
                         ext.IsSubtype(int, int), ext.IsSubtype(int, str)], [1, 0, 1, 1, 0],
           source="HPy API reference, HPyType_IsSubtype")
    one = [1]
    expect("Is", [ext.Is(one, one), ext.Is(one, [1]), ext.Is(None, None), ext.Is(None, 0)], [1, 0, 1, 0],
           source="HPy porting guide, 'Comparing objects by identity'")


@scenario
def checks_know_subclasses(ext):
    """Instances of the type and of its subclasses pass, others don't."""
    for function, kind in (("List_Check", list), ("Dict_Check", dict), ("Tuple_Check", tuple),
                           ("Unicode_Check", str), ("Bytes_Check", bytes)):
        derived = type("Derived", (kind,), {})
        values = [kind(), derived(), None, 5, kind]
        expect(function, [getattr(ext, function)(one) != 0 for one in values], [True, True, False, False, False],
               source="HPy public API, HPy%s; Python/C API, Py%s" % (function, function))
    expect("Number_Check", [ext.Number_Check(one) for one in (1, 1.5, True, "1", None)], [1, 1, 1, 0, 0],
           source=NUMBERS % "Check")
    expect("Callable_Check", [ext.Callable_Check(one) for one in (len, Plain, Told(), 5)], [1, 1, 0, 0],
           source="Python/C API, 'Call Protocol', PyCallable_Check")


@scenario
def objects_are_compared(ext):
    """Each number of an operator is that operator, and only truth comes out of RichCompareBool."""

    class Comparing:
        def __lt__(self, other):
            return ["<", other]

        def __le__(self, other):
            return ["<=", other]

        def __eq__(self, other):
            return ["==", other]

        def __ne__(self, other):
            return []

        def __gt__(self, other):
            return [">", other]

        def __ge__(self, other):
            return [">=", other]

        __hash__ = None

    class Failing:
        def __eq__(self, other):
            raise KeyError("eq")

        __hash__ = None

    source = OBJECTS % "PyObject_RichCompare"
    truth = OBJECTS % "PyObject_RichCompareBool"
    for operator, (name, result) in enumerate((("<", ["<", 5]), ("<=", ["<=", 5]), ("==", ["==", 5]), ("!=", []),
                                               (">", [">", 5]), (">=", [">=", 5]))):
        expect(name, ext.RichCompare(Comparing(), 5, operator), result, source=source)
        expect(name + " as truth", ext.RichCompareBool(Comparing(), 5, operator), int(bool(result)), source=truth)
    expect("numbers", [ext.RichCompareBool(1, 2, op) for op in range(6)], [1, 1, 0, 1, 0, 0], source=truth)
    expect("objects of numbers", [ext.RichCompare(2, 1, op) for op in range(6)],
           [False, False, False, True, True, True], source=source)
    expect("no order", attempt(ext.RichCompare, 1, "a", 0), raised(TypeError), source=source)
    expect("no order as truth", attempt(ext.RichCompareBool, 1, "a", 0), raised(TypeError), source=truth)
    failing = Failing()
    expect("failing", attempt(ext.RichCompare, failing, 1, 2), raised(KeyError), source=source)
    expect("failing as truth", attempt(ext.RichCompareBool, failing, 1, 2), raised(KeyError), source=truth)
    expect("the same object is equal to itself", attempt(ext.RichCompareBool, failing, failing, 2), returned(1),
           source=truth)


@scenario
def objects_are_shown_as_text(ext):
    """Repr, Str, ASCII and Bytes are those functions of Python, with their exceptions."""

    class Shown:
        def __repr__(self):
            return "repr \u00e9"

        def __str__(self):
            return "str \u00e9"

        def __bytes__(self):
            return b"bytes"

    class Failing:
        def __repr__(self):
            raise KeyError("repr")

        def __str__(self):
            raise KeyError("str")

        def __bytes__(self):
            raise KeyError("bytes")

    one = Shown()
    for function, expected in (("Repr", "repr \u00e9"), ("Str", "str \u00e9"), ("ASCII", "repr \\xe9"),
                               ("Bytes", b"bytes")):
        source = OBJECTS % ("PyObject_" + function)
        expect(function, getattr(ext, function)(one), expected, source=source)
        expect(function + " fails", attempt(getattr(ext, function), Failing()), raised(KeyError), source=source)
    expect("Bytes of a number", attempt(ext.Bytes, 5), raised(TypeError), source=OBJECTS % "PyObject_Bytes")
    expect("Bytes of a list", attempt(ext.Bytes, [1, 2]), returned(b"\x01\x02"), source=OBJECTS % "PyObject_Bytes")


@scenario
def texts_are_encoded_and_decoded(ext):
    """Each codec is that one, and what it can't do is its exception."""
    text = "a\u00e9\u20ac\U0001f600"
    expect("AsUTF8String", ext.AsUTF8String(text), text.encode("utf-8"), source=TEXTS % "PyUnicode_AsUTF8String")
    expect("AsLatin1String", ext.AsLatin1String("a\u00e9"), b"a\xe9", source=TEXTS % "PyUnicode_AsLatin1String")
    expect("AsASCIIString", ext.AsASCIIString("abc"), b"abc", source=TEXTS % "PyUnicode_AsASCIIString")
    for function, what in (("AsUTF8String", "\ud800"), ("AsLatin1String", "\u20ac"), ("AsASCIIString", "\u00e9")):
        source = TEXTS % ("PyUnicode_" + function)
        expect(function + " fails", attempt(getattr(ext, function), what), raised(UnicodeEncodeError), source=source)
        expect(function + " of a number", attempt(getattr(ext, function), 5), raised(TypeError), source=source)
    expect("UTF-8 and back", [ext.TextCopy(text), ext.TextCopy("")], [text, ""], source=TEXTS % "PyUnicode_FromString")
    expect("size", [ext.TextSize(text), ext.TextSize(""), ext.TextSize("a\0b")], [len(text.encode()), 0, 3],
           source=TEXTS % "PyUnicode_AsUTF8AndSize")
    expect("no text", attempt(ext.TextSize, 5).exception is not None, True, source=TEXTS % "PyUnicode_AsUTF8AndSize")
    expect("surrogates fail", attempt(ext.TextSize, "\ud800").exception is not None, True,
           source=TEXTS % "PyUnicode_AsUTF8AndSize")
    expect("DecodeASCII", [ext.DecodeASCII(b"abc", "strict"), ext.DecodeASCII(b"a\xe9b", "ignore")], ["abc", "ab"],
           source=TEXTS % "PyUnicode_DecodeASCII")
    expect("DecodeASCII fails", attempt(ext.DecodeASCII, b"\xe9", "strict"), raised(UnicodeDecodeError),
           source=TEXTS % "PyUnicode_DecodeASCII")
    expect("DecodeLatin1", ext.DecodeLatin1(b"a\xe9\0", "strict"), "a\u00e9\0", source=TEXTS % "PyUnicode_DecodeLatin1")
    source = TEXTS % "PyUnicode_FromEncodedObject"
    expect("FromEncodedObject", [ext.FromEncodedObject(b"\xe2\x82\xac", "utf-8", "strict"),
                                 ext.FromEncodedObject(b"a\xe9", "ascii", "replace")],
           ["\u20ac", "a\ufffd"], source=source)
    expect("FromEncodedObject of a bytearray", attempt(ext.FromEncodedObject, bytearray(b"abc"), "ascii", "strict"),
           returned("abc"), source=source)
    expect("FromEncodedObject of a number", attempt(ext.FromEncodedObject, 5, "utf-8", "strict"), raised(TypeError),
           source=source)
    expect("FromEncodedObject without codec", attempt(ext.FromEncodedObject, b"a", "no-such-codec", "strict"),
           raised(LookupError), source=source)


@scenario
def texts_are_read_by_index(ext):
    """A part or a character; an index outside is an IndexError where that is promised."""
    text = "a\u00e9\u20ac\U0001f600"
    source = "HPy API reference, HPyUnicode_Substring"
    for start, end in ((0, 4), (1, 3), (0, 0), (2, 100), (4, 5), (50, 60), (3, 1)):
        expect("part %d %d" % (start, end), ext.Substring(text, start, end), text[start:end], source=source)
    source = TEXTS % "PyUnicode_ReadChar"
    expect("characters", [ext.ReadChar(text, i) for i in range(4)], [ord(one) for one in text], source=source)
    for index in (4, -1):
        expect("character %d" % index, attempt(ext.ReadChar, text, index).exception is not None, True, source=source)


@scenario
def a_part_of_a_text_has_no_negative_index(ext):
    """A start or an end below zero is an IndexError."""
    for start, end in ((-1, 2), (0, -1), (-2, -1)):
        expect("part %d %d" % (start, end), attempt(ext.Substring, "text", start, end), raised(IndexError),
               source="HPy API reference, HPyUnicode_Substring")


@scenario
def bytes_are_made_and_measured(ext):
    """With a size, of any content; without one, up to the first zero."""
    source = BYTES % "PyBytes_FromStringAndSize"
    expect("of a size", [ext.BytesOf(b"a\0bc", 3), ext.BytesOf(b"abc", 0), ext.BytesOf(b"abc", 3)],
           [b"a\0b", b"", b"abc"], source=source)
    expect("up to zero", [ext.BytesCopy(b"ab\0c"), ext.BytesCopy(b"")], [b"ab", b""],
           source=BYTES % "PyBytes_FromString")
    expect("size", [ext.Bytes_Size(b""), ext.Bytes_Size(b"a\0b")], [0, 3], source=BYTES % "PyBytes_Size")
    expect("size below zero", attempt(ext.BytesOf, b"abc", -1).exception is not None, True, source=source)


@scenario
def dicts_are_listed_and_copied(ext):
    """Keys come as a list, a copy is a dict of its own."""

    class Derived(dict):
        def keys(self):
            return ["wrong"]

    one = {"a": 1, 2: [3]}
    expect("keys", ext.Dict_Keys(one), ["a", 2], source=DICTS % "HPyDict_Keys")
    expect("keys of none", ext.Dict_Keys({}), [], source=DICTS % "HPyDict_Keys")
    expect("keys of a subclass", ext.Dict_Keys(Derived(a=1)), ["a"], source=DICTS % "HPyDict_Keys")
    copy = ext.Dict_Copy(one)
    expect("copy", [copy, copy is one, copy[2] is one[2]], [{"a": 1, 2: [3]}, False, True],
           source=DICTS % "HPyDict_Copy")
    copy["b"] = 1
    expect("the original", one, {"a": 1, 2: [3]}, source=DICTS % "HPyDict_Copy")


@scenario
def what_is_no_dict_is_refused(ext):
    """The dict functions raise SystemError for other objects."""
    for function in ("Dict_Keys", "Dict_Copy"):
        for label, other in (("list", []), ("None", None)):
            expect("%s of %s" % (function, label), attempt(getattr(ext, function), other), raised(SystemError),
                   source=DICTS % ("HPy" + function))


@scenario
def slices_are_unpacked_and_adjusted(ext):
    """Missing values get their defaults, those out of range the limits; indices are those of slice.indices()."""

    class Number:
        def __index__(self):
            return 3

    high, low = 2 ** 63 - 1, -2 ** 63
    for label, given, expected in (
            ("all", slice(1, 5, 2), (1, 5, 2)), ("none", slice(None), (0, high, 1)),
            ("none backwards", slice(None, None, -1), (high, low, -1)), ("objects", slice(Number(), None, Number()),
                                                                      (3, high, 3)),
            ("too large", slice(-10 ** 30, 10 ** 30), (low, high, 1)), ("step too small", slice(0, 0, -10 ** 30),
                                                                      (0, 0, -high))):
        expect(label, attempt(ext.SliceUnpack, given), returned(expected), source=SLICES % "Unpack")
    expect("step of zero", attempt(ext.SliceUnpack, slice(0, 1, 0)), raised(ValueError), source=SLICES % "Unpack")
    expect("no numbers", attempt(ext.SliceUnpack, slice("a")), raised(TypeError), source=SLICES % "Unpack")
    wrong = []
    for start in (None, -20, -7, -6, -1, 0, 1, 5, 6, 20):
        for stop in (None, -20, -7, -6, -1, 0, 1, 5, 6, 20):
            for step in (None, -7, -2, -1, 1, 2, 7):
                one = slice(start, stop, step)
                for length in (0, 1, 6):
                    indices = one.indices(length)
                    if ext.SliceIndices(one, length) != indices + (len(range(*indices)),):
                        wrong.append((start, stop, step, length))
    expect("indices that differ", wrong, [], source=SLICES % "AdjustIndices")


@scenario
def results_do_not_outlive_their_use(ext):
    """No function keeps what it returns or what it was given, and none releases it too often."""
    watch = Watch()

    class Operand(Plain):
        def __add__(self, other):
            return watch.thing("sum")

        __iadd__ = __pow__ = __ipow__ = __lt__ = __add__

        def __neg__(self):
            return watch.thing("negative")

    kept = watch.thing("kept")
    operand = Operand()
    for i in range(5):
        ext.Add(operand, kept)
        ext.InPlaceAdd(operand, kept)
        ext.Power(operand, kept, None)
        ext.InPlacePower(operand, kept, None)
        ext.Negative(operand)
        ext.RichCompare(operand, kept, 0)
        ext.RichCompareBool(operand, kept, 0)
        ext.Type(kept)
        ext.SetAttr(operand, "value", kept)
        ext.DelAttr(operand, "value")
        ext.SetAttr_s(operand, "value", kept)
        ext.DelAttr_s(operand, "value")
        ext.Is(kept, operand)
        ext.Hash(kept)
        ext.Dict_Copy({1: kept})
        ext.Dict_Keys({kept: 1})
    expect_released("while it is kept", watch, ["sum"] * 30 + ["negative"] * 5, COUNTING)
    del kept
    expect_released("at the end", watch, ["sum"] * 30 + ["negative"] * 5 + ["kept"], COUNTING)
