from hpy_conform import attempt, expect, record, scenario

METHODS = ("Python language reference, 'Data model', Special method names; Python/C API, 'Number Protocol', "
           "'Sequence Protocol', 'Mapping Protocol' and 'Object Protocol'")
LOOKUP = "Python language reference, 'Data model', Special method lookup"
NONE = "Python language reference, 'Data model', Special method names (setting to None)"

MOST = 2 ** 63 - 1  # of Py_ssize_t

# Function, method, further arguments, what the method gives, what the function then gives.
CALLS = [
    ("PyNumber_Positive", "__pos__", (), "p", "p"), ("PyNumber_Negative", "__neg__", (), "n", "n"),
    ("PyNumber_Absolute", "__abs__", (), "a", "a"), ("PyNumber_Invert", "__invert__", (), "i", "i"),
    ("PyNumber_Index", "__index__", (), 5, 5), ("PyNumber_Long", "__int__", (), 6, 6),
    ("PyNumber_Float", "__float__", (), 1.5, 1.5), ("PyObject_Repr", "__repr__", (), "r", "r"),
    ("PyObject_Str", "__str__", (), "s", "s"), ("PyObject_Bytes", "__bytes__", (), b"b", b"b"),
    ("PyIter_Next", "__next__", (), "next", "next"), ("PyObject_IsTrue", "__bool__", (), True, 1),
    ("PyObject_Not", "__bool__", (), True, 0), ("PyObject_Size", "__len__", (), 3, 3),
    ("PySequence_Size", "__len__", (), 4, 4), ("PyMapping_Size", "__len__", (), 5, 5),
    ("PyObject_Hash", "__hash__", (), 77, 77), ("PyNumber_Add", "__add__", (1,), "x", "x"),
    ("PyNumber_Subtract", "__sub__", (1,), "x", "x"), ("PyNumber_Multiply", "__mul__", (1,), "x", "x"),
    ("PyNumber_TrueDivide", "__truediv__", (1,), "x", "x"), ("PyNumber_Remainder", "__mod__", (1,), "x", "x"),
    ("PyNumber_FloorDivide", "__floordiv__", (1,), "x", "x"), ("PyNumber_Divmod", "__divmod__", (1,), "x", "x"),
    ("PyNumber_Lshift", "__lshift__", (1,), "x", "x"), ("PyNumber_And", "__and__", (1,), "x", "x"),
    ("PyNumber_MatrixMultiply", "__matmul__", (1,), "x", "x"), ("PyNumber_InPlaceAdd", "__iadd__", (1,), "x", "x"),
    ("PyNumber_InPlaceSubtract", "__isub__", (1,), "x", "x"), ("PyNumber_InPlaceOr", "__ior__", (1,), "x", "x"),
    ("PyNumber_Power", "__pow__", (2, 3), "x", "x"), ("PyNumber_InPlacePower", "__ipow__", (2, None), "x", "x"),
    ("PyObject_GetItem", "__getitem__", ("key",), "x", "x"), ("PySequence_GetItem", "__getitem__", (2,), "x", "x"),
    ("PyObject_SetItem", "__setitem__", ("key", "value"), None, 0),
    ("PySequence_SetItem", "__setitem__", (2, "value"), None, 0),
    ("PyObject_DelItem", "__delitem__", ("key",), None, 0), ("PySequence_DelItem", "__delitem__", (2,), None, 0),
    ("PySequence_Contains", "__contains__", ("key",), True, 1), ("PyObject_GetAttr", "__getattr__", ("it",), "x", "x"),
    ("PyObject_GetAttr", "__getattribute__", ("it",), "x", "x"),
    ("PyObject_SetAttr", "__setattr__", ("it", "value"), None, 0), ("PyObject_DelAttr", "__delattr__", ("it",), None, 0),
    ("PyObject_RichCompare", "__lt__", (1, 0), "x", "x"), ("PyObject_RichCompare", "__eq__", (1, 2), "x", "x"),
    ("PyObject_RichCompareBool", "__ge__", (1, 5), True, 1), ("PyObject_LengthHint", "__length_hint__", (), 9, 9),
]
# The last argument of these says how to compare, or is None, and is not the method's.
ONE_GIVEN = ("PyObject_RichCompare", "PyObject_RichCompareBool", "PyNumber_InPlacePower")


def class_with(method, what):
    """A class with one method; `what` is called with the object and the arguments."""
    return type("One", (), {method: what})


def given(function, args):
    return args[:1] if function in ONE_GIVEN else args


@scenario
def methods_are_called_with_their_arguments(ext):
    """Each function calls the method of its name, once, with the object and what was given, and returns what it gives."""
    for function, method, args, gives, comes in CALLS:
        calls = []

        def called(self, *args):
            calls.append((type(self).__name__,) + args)
            return gives

        tried = attempt(ext.call, function, class_with(method, called)(), *args)
        expect("%s, %s" % (function, method), (tried.value, tried.exception, calls),
               (comes, None, [("One",) + given(function, args)]), source=METHODS)


@scenario
def methods_that_raise(ext):
    """An exception of a method is the function's."""
    for function, method, args, _, _ in CALLS:
        for exception in (KeyError, AttributeError, TypeError, StopIteration):
            def called(self, *args):
                raise exception("of Python")

            record("%s, %s, %s" % (function, method, exception.__name__),
                   attempt(ext.call, function, class_with(method, called)(), *args).exception)


@scenario
def methods_that_are_not_there(ext):
    """Without its method each function falls back, or raises."""
    for function, method, args, _, _ in CALLS:
        if function in ("PyObject_Repr", "PyObject_Str", "PyObject_Hash"):
            continue  # these tell addresses
        tried = attempt(ext.call, function, type("Empty", (), {})(), *args)
        record("%s, %s" % (function, method), tried.exception or repr(tried.value))


@scenario
def methods_that_are_none(ext):
    """A method that is None says that the operation is not available."""
    for function, method, args, _, _ in CALLS:
        tried = attempt(ext.call, function, class_with(method, None)(), *args)
        record("%s, %s" % (function, method), tried.exception or type(tried.value).__name__)
    expect("hash", attempt(ext.call, "PyObject_Hash", class_with("__hash__", None)()).exception, "TypeError", source=NONE)
    expect("iteration", attempt(ext.call, "PyObject_GetIter", class_with("__iter__", None)()).exception, "TypeError",
           source=NONE)


@scenario
def methods_of_the_object_do_not_count(ext):
    """Special methods are looked up in the type."""
    for function, method, args, _, _ in CALLS:
        if method.startswith(("__getattr", "__setattr", "__delattr")):
            continue
        calls = []
        one = type("Empty", (), {})()
        one.__dict__[method] = lambda *args: calls.append(args)
        attempt(ext.call, function, one, *args)
        expect("%s, %s" % (function, method), calls, [], source=LOOKUP)


class Bound:
    """A descriptor that gives a function, and keeps what it was asked for."""

    def __init__(self, function):
        self.function = function
        self.asked = []

    def __get__(self, one, cls):
        self.asked.append((type(one).__name__, cls.__name__))
        return lambda *args: self.function(one, *args)


@scenario
def methods_of_other_kinds(ext):
    """A static method gets no object, a class method the class, a descriptor binds, an object is called as it is."""
    class Callable:
        def __call__(self, *args):
            calls.append(len(args))
            return gives

    for function, method, args, gives, comes in CALLS:
        calls = []

        def called(*args):
            calls.append(len(args))
            return gives

        bound = Bound(called)
        for kind, what, extra in (("static", staticmethod(called), 0), ("class", classmethod(called), 1),
                                  ("descriptor", bound, 1), ("object", Callable(), 0)):
            del calls[:]
            tried = attempt(ext.call, function, class_with(method, what)(), *args)
            expect("%s, %s, %s" % (function, method, kind), (tried.value, tried.exception, calls),
                   (comes, None, [len(given(function, args)) + extra]), source=LOOKUP)
        expect("%s, %s, asked" % (function, method), bound.asked, [("One", "One")], source=LOOKUP)


@scenario
def descriptors_that_raise_at_the_lookup(ext):
    """An exception of the descriptor of a method is the function's."""
    class Raising:
        def __get__(self, one, cls):
            raise KeyError("of the descriptor")

    for function, method, args, _, _ in CALLS:
        tried = attempt(ext.call, function, class_with(method, Raising())(), *args)
        record("%s, %s" % (function, method), tried.exception or type(tried.value).__name__)


WRONG = [
    ("PyObject_Size", "__len__", (-1, "3", 2.0, MOST, MOST + 1, True, None)),
    ("PyObject_IsTrue", "__len__", (-1, "3", 0, 1, MOST + 1)),
    ("PyObject_IsTrue", "__bool__", (0, 1, None, "yes", False)),
    ("PyObject_Not", "__bool__", (0, None, False)),
    ("PyObject_Hash", "__hash__", (-1, -2, "1", 1.0, 2 ** 61 - 1, 2 ** 61, 2 ** 70, -2 ** 70, True, None)),
    ("PyNumber_Index", "__index__", ("1", 1.0, True, 2 ** 70, None)),
    ("PyNumber_Long", "__int__", ("1", 1.0, True, None)), ("PyNumber_Float", "__float__", ("1", 1, True, None)),
    ("PyObject_Repr", "__repr__", (1, b"r", None)), ("PyObject_Str", "__str__", (1, b"s", None)),
    ("PyObject_Bytes", "__bytes__", ("b", 1, None)), ("PyObject_GetIter", "__iter__", (1, [], None)),
    ("PySequence_Contains", "__contains__", (0, 1, "", "yes", [], None, -1)),
    ("PySequence_SetItem", "__setitem__", (1, "x")), ("PySequence_DelItem", "__delitem__", (1, "x")),
    ("PyObject_SetAttr", "__setattr__", (1, "x")), ("PyObject_RichCompareBool", "__eq__", (0, 1, "", "yes", None)),
    ("PyObject_LengthHint", "__length_hint__", (-1, "3", 2 ** 70, NotImplemented, None)),
    ("PyNumber_Add", "__add__", (NotImplemented,)), ("PyNumber_InPlaceAdd", "__iadd__", (NotImplemented,)),
    ("PyNumber_Power", "__pow__", (NotImplemented,)), ("PyObject_RichCompare", "__eq__", (NotImplemented,)),
]


@scenario
def results_that_do_not_fit(ext):
    """What a method may not give is refused; other results are what they are, cut, or taken as true or false."""
    arguments = {function: args for function, _, args, _, _ in CALLS}
    for function, method, values in WRONG:
        for value in values:
            one = class_with(method, lambda self, *args: value)()
            tried = attempt(ext.call, function, one, *arguments.get(function, ()))
            record("%s, %s giving %r" % (function, method, value), tried.exception or tried.value)


@scenario
def indexes_from_c(ext):
    """Index functions add the length to negative indexes where there is a length."""
    class Sequence:
        def __getitem__(self, key):
            return key

        def __setitem__(self, key, value):
            calls.append((key, value))

        def __delitem__(self, key):
            calls.append(key)

    class Sized(Sequence):
        def __len__(self):
            return 10

    for cls in (Sequence, Sized):
        calls = []
        found = [ext.call("PySequence_GetItem", cls(), place) for place in (0, 3, -1, -20)]
        for place in (1, -1):
            ext.call("PySequence_SetItem", cls(), place, "value")
            ext.call("PySequence_DelItem", cls(), place)
        record(cls.__name__, (found, calls))


@scenario
def iteration_by_index(ext):
    """An object without __iter__ is iterated by its items until IndexError or StopIteration; others pass."""
    for exception in (IndexError, StopIteration, KeyError):
        class Items:
            def __getitem__(self, key):
                if key == 3:
                    raise exception
                return key * 2

        for function, args in (("PySequence_List", ()), ("PySequence_Contains", (4,)), ("PySequence_Contains", (5,)),
                               ("PySequence_Index", (4,))):
            tried = attempt(ext.call, function, Items(), *args)
            record("%s%r, %s" % (function, args, exception.__name__), tried.exception or tried.value)


@scenario
def what_a_class_counts_as(ext):
    """The check functions see the methods of a class."""
    checks = ("PyNumber_Check", "PySequence_Check", "PyMapping_Check", "PyIter_Check", "PyIndex_Check", "PyCallable_Check")
    for method in ("__len__", "__getitem__", "__int__", "__index__", "__float__", "__next__", "__iter__", "__call__",
                   "__add__"):
        one = class_with(method, lambda self, *args: None)()
        record(method, [ext.call(check, one) for check in checks])


@scenario
def instances_and_subclasses(ext):
    """A metaclass decides what is an instance and a subclass."""
    calls = []

    class Meta(type):
        def __instancecheck__(cls, one):
            calls.append("instance")
            return one == 1

        def __subclasscheck__(cls, other):
            calls.append("subclass")
            return other is int

    class Class(metaclass=Meta):
        pass

    found = [ext.call("PyObject_IsInstance", one, Class) for one in (1, 2, Class())]
    found += [ext.call("PyObject_IsSubclass", one, Class) for one in (int, str, Class)]
    record("answers", (found, calls))

    class Pretending:
        @property
        def __class__(self):
            return int

    expect("a __class__ of its own", ext.call("PyObject_IsInstance", Pretending(), int), 1,
           source="Python/C API, 'Object Protocol', PyObject_IsInstance")
    record("without bases", attempt(ext.call, "PyObject_IsSubclass", 1, int).exception)


@scenario
def methods_that_come_and_go(ext):
    """A method that is set, replaced or deleted in a class counts from then on, below the class, too."""
    for function, method, args, gives, comes in CALLS:
        base = type("Base", (), {})
        below = type("Below", (type("Between", (base,), {}),), {})
        one = below()
        calls = []
        setattr(base, method, lambda self, *args: (calls.append("first"), gives)[1])
        attempt(ext.call, function, one, *args)
        setattr(base, method, lambda self, *args: (calls.append("second"), gives)[1])
        attempt(ext.call, function, one, *args)
        setattr(below, method, lambda self, *args: (calls.append("below"), gives)[1])
        attempt(ext.call, function, one, *args)
        delattr(below, method)
        attempt(ext.call, function, one, *args)
        delattr(base, method)
        attempt(ext.call, function, one, *args)
        expect("%s, %s" % (function, method), calls, ["first", "second", "below", "second"], source=METHODS)
