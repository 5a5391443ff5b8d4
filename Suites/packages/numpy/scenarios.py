import copy
import io
import pickle
import threading
import weakref

import numpy as np

from hpy_conform import Watch, attempt, collect, expect, expect_released, one_of, raised, record, returned, scenario

OBJECTS = "NumPy reference, 'Data type objects', object arrays hold references; Python/C API, reference counts"
STRUCTURED = "NumPy user guide, 'Structured arrays', "
SUBCLASSING = "NumPy user guide, 'Subclassing ndarray', "
SCALARS = "NumPy reference, 'Scalars', "
ARRAYS = "NumPy reference, 'The N-dimensional array', "
ERRORS = "Python/C API, 'Exception Handling': exceptions of called code are passed on"
BUFFERS = "Python library reference, 'Built-in Types', memoryview; Python/C API, 'Buffer Protocol'"
PICKLE = "Python library reference, 'pickle'"
DATA_MODEL = "Python language reference, 'Data model', "


def _round_trip(one, protocol, *classes):
    """What a pickle of an object loads as; classes of a scenario are named by their place in the arguments."""

    class Pickler(pickle.Pickler):
        def persistent_id(self, obj):
            return str([obj is cls for cls in classes].index(True)) if any(obj is cls for cls in classes) else None

    class Unpickler(pickle.Unpickler):
        def persistent_load(self, name):
            return classes[int(name)]

    file = io.BytesIO()
    Pickler(file, protocol).dump(one)
    return Unpickler(io.BytesIO(file.getvalue())).load()


def _released(label, watch, names, source):
    """As expect_released(), for objects behind others that have to be found first."""
    collect()
    expect_released(label, watch, names, source)


def _all_released(watch):
    """How many of the things of a watch have not ended."""
    collect()
    collect()
    return len(watch._references) - len(watch.finalized)


def _nested():
    inner = np.dtype([("x", "i1"), ("o", object)])
    return np.dtype([("n", "i2"), ("first", object), ("inner", inner), ("several", object, (2,))])


@scenario
def objects_of_fields_are_released(ext):
    """Fields that hold objects release them when they are overwritten and when the array ends."""
    watch = Watch()
    array = np.zeros(3, dtype=[("n", "i1"), ("o", object)])
    for number in range(3):
        array[number] = (number, watch.thing("first %d" % number))
    array["o"][0] = watch.thing("second 0")
    expect_released("overwritten", watch, ["first 0"], source=OBJECTS)
    array[1] = (7, None)
    array[2:] = array[:1]
    collect()
    expect("same object", array[2]["o"] is array[0]["o"], True, source=STRUCTURED + "Assignment")
    del array
    expect_released("in the end", watch, ["first 0", "first 1", "first 2", "second 0"], source=OBJECTS)


@scenario
def nested_fields_release_objects(ext):
    """Objects in nested fields, subarrays and unaligned places are released once each."""
    watch = Watch()
    array = np.zeros(2, dtype=_nested())
    for number in range(2):
        things = [watch.thing("%d%s" % (number, name)) for name in "abcd"]
        array[number] = (number, things[0], (1, things[1]), (things[2], things[3]))
        del things
    expect("read", array["inner"]["o"][1].name, "1b", source=STRUCTURED + "Accessing fields")
    array["several"][0, 1] = None
    expect_released("subarray", watch, ["0d"], source=OBJECTS)
    array["inner"] = (0, None)
    expect_released("nested", watch, ["0b", "0d", "1b"], source=OBJECTS)
    del array
    expect_released("in the end", watch, ["0a", "0b", "0c", "0d", "1a", "1b", "1c", "1d"], source=OBJECTS)


@scenario
def views_keep_the_objects(ext):
    """Views of fields, slices and records keep the objects; the last of them releases them."""
    watch = Watch()
    array = np.zeros(2, dtype=_nested())
    array[0] = (1, watch.thing("a"), (2, watch.thing("b")), (watch.thing("c"), None))
    views = [
        array["inner"]["o"],
        array[:1],
        array[0],
        array["several"].T,
        array[["n", "first"]],
        iter(array),
        array.flat,
    ]
    del array
    collect()
    expect("kept", watch.finalized, [], source=ARRAYS + "ndarray.base")
    del views[:-1]
    collect()
    expect("kept by the last", watch.finalized, [], source=ARRAYS + "ndarray.base")
    views.pop()
    expect_released("in the end", watch, ["a", "b", "c"], source=OBJECTS)


@scenario
def copies_share_the_objects(ext):
    """Copies hold references of their own to the same objects; deep copies copy the objects."""
    watch = Watch()
    array = np.zeros(2, dtype=_nested())
    array[0] = (1, watch.thing("a"), (2, watch.thing("b")), (watch.thing("c"), None))
    copies = [
        array.copy(),
        np.array(array),
        array[::-1].copy(),
        copy.copy(array),
        array.astype(array.dtype),
        np.concatenate([array, array]),
        array.repeat(2),
        array.take([0, 0]),
        array.byteswap(),
        array.flatten(),
        np.array([array[0], array[1]]),
    ]
    same = array["first"][0]
    expect(
        "same",
        [one["first"][0 if number != 2 else 1] is same for number, one in enumerate(copies)],
        [True] * len(copies),
        source=ARRAYS + "ndarray.copy()",
    )
    del array, same
    collect()
    expect("kept", watch.finalized, [], source=OBJECTS)
    del copies
    expect_released("in the end", watch, ["a", "b", "c"], source=OBJECTS)


@scenario
def deep_copies_copy_the_objects(ext):
    """copy.deepcopy() copies the objects of an array, also those of structured types."""
    plain = np.array([[1], [2, 3]], dtype=object)
    deep = copy.deepcopy(plain)
    deep[0].append(5)
    expect("object array", (plain[0], deep[0]), ([1], [1, 5]), source="NumPy reference, ndarray.__deepcopy__()")
    array = np.zeros(1, dtype=_nested())
    array[0] = (1, [1], (2, [2]), ([3], [4]))
    deep = copy.deepcopy(array)
    for one in (deep["first"][0], deep["inner"]["o"][0], deep["several"][0][0]):
        one.append(9)
    expect(
        "structured",
        (array["first"][0], array["inner"]["o"][0], array["several"][0][0]),
        ([1], [2], [3]),
        source="NumPy reference, ndarray.__deepcopy__(); numpy.copy(): use copy.deepcopy to copy all elements",
    )

    class Fails:
        def __deepcopy__(self, memo):
            raise LookupError("deepcopy")

    expect(
        "fails",
        attempt(copy.deepcopy, np.array([[1], Fails(), [2]], dtype=object)),
        raised(LookupError),
        source=ERRORS,
    )
    array["first"][0] = Fails()
    expect("fails in a field", attempt(copy.deepcopy, array), raised(LookupError), source=ERRORS)
    scalar = np.zeros(1, dtype=_nested())[0]
    record("scalar", attempt(copy.deepcopy, scalar).exception)


@scenario
def casts_between_structured_types(ext):
    """Casts of structured types with objects keep the objects' references right."""
    watch = Watch()
    array = np.zeros(2, dtype=[("a", object), ("b", "i4")])
    array["a"][0] = watch.thing("a")
    other = array.astype([("x", object), ("y", "f8")])
    expect(
        "by position",
        (other["x"][0] is array["a"][0], other.dtype.names),
        (True, ("x", "y")),
        source=STRUCTURED + "Assignment from other structured arrays",
    )
    as_objects = array.astype(object)
    expect(
        "tuples",
        (type(as_objects[0]), as_objects[0][0] is array["a"][0]),
        (tuple, True),
        source=STRUCTURED + "Assignment",
    )
    record("to numbers", attempt(array.astype, "f8").exception)
    back = as_objects.astype(array.dtype)
    expect("back", back["a"][0] is array["a"][0], True, source=STRUCTURED + "Assignment from Python types")
    record("bad tuples", attempt(np.array([(1, 2), (3,), 4], dtype=object).astype, array.dtype).exception)
    del array, other, as_objects, back
    _released("in the end", watch, ["a"], source=OBJECTS)


@scenario
def casts_that_fail_half_way(ext):
    """A cast of objects that fails at one of them passes the exception on and keeps nothing."""
    watch = Watch()

    class Number:
        def __init__(self, thing, fails=False):
            self.thing = thing
            self.fails = fails

        def __float__(self):
            if self.fails:
                raise LookupError("float")
            return 1.5

        def __int__(self):
            return int(self.__float__())

        __index__ = __int__

        def __str__(self):
            if self.fails:
                raise LookupError("str")
            return "number"

    things = [
        Number(watch.thing("a")),
        Number(watch.thing("b")),
        Number(watch.thing("c"), True),
        Number(watch.thing("d")),
    ]
    array = np.array(things, dtype=object)
    for name in ("f8", "i4", "c16", "U20", "S20", "?"):
        record(name, attempt(array.astype, name).exception)
        record(name + " from a list", attempt(np.array, things, name).exception)
    structured = [("x", "f8"), ("o", object)]
    rows = [(one, one) for one in things]
    expect("structured", attempt(np.array, rows, structured), raised(LookupError), source=ERRORS)
    target = np.zeros(4, dtype=structured)
    expect(
        "assigned",
        attempt(target.__setitem__, slice(None), np.array(rows + [None], dtype=object)[:4]),
        one_of(raised(LookupError), raised(ValueError), raised(TypeError)),
        source=ERRORS,
    )
    del things, array, rows, target
    _released("in the end", watch, ["a", "b", "c", "d"], source=OBJECTS)


@scenario
def uninitialised_objects(ext):
    """Arrays of objects that nothing was assigned to hold None or 0, and end as others do."""
    dtype = _nested()
    expect("empty", [one is None for one in np.empty(3, object)], [True] * 3, source="NumPy reference, numpy.empty()")
    expect("zeros", np.zeros(2, object).tolist(), [0, 0], source="NumPy reference, numpy.zeros()")
    record("structured empty", np.empty(1, dtype)["first"].tolist())
    record("structured zeros", np.zeros(1, dtype)["several"].tolist())
    record("repr", [repr(make(1, dtype)["inner"]["o"]) for make in (np.zeros, np.ones)])
    fresh = np.ndarray(shape=(2,), dtype=dtype)
    fresh["first"][1] = [1]
    record("ndarray()", fresh["first"].tolist())
    record("like", np.empty_like(fresh)["first"].tolist())
    fresh.resize(4, refcheck=False)
    record("resized", fresh["first"].tolist())
    void = np.void((1, "a", (2, "b"), ("c", "d")), dtype=dtype)
    record("void", void.item())


@scenario
def sources_that_fail_half_way(ext):
    """An array that is made from something that fails half-way passes the exception on and keeps nothing."""
    watch = Watch()

    def things(name):
        for number in range(5):
            yield watch.thing("%s %d" % (name, number))
        raise LookupError(name)

    class Sequence:
        def __len__(self):
            return 4

        def __getitem__(self, index):
            if index == 2:
                raise LookupError("item")
            return watch.thing("item %d" % index)

    class Length:
        def __len__(self):
            raise LookupError("len")

        def __getitem__(self, index):
            return 1

    class Array:
        def __array__(self, dtype=None, copy=None):
            raise LookupError("array")

    class Wrong:
        def __array__(self, dtype=None, copy=None):
            return [1, 2, 3]

    expect("fromiter", attempt(np.fromiter, things("fromiter"), object), raised(LookupError), source=ERRORS)
    record(
        "fromiter, structured",
        attempt(np.fromiter, ((1, one) for one in things("records")), [("n", "i4"), ("o", object)]).exception,
    )
    expect("items", attempt(np.array, Sequence(), object), raised(LookupError), source=ERRORS)
    record("len", attempt(np.array, Length()).exception)
    expect("__array__", attempt(np.array, Array()), raised(LookupError), source=ERRORS)
    expect(
        "__array__ in a list", attempt(np.array, [watch.thing("beside"), Array()]), raised(LookupError), source=ERRORS
    )
    expect(
        "wrong __array__",
        attempt(np.array, Wrong()),
        raised(ValueError),
        source="NumPy user guide, 'Interoperability', __array__()",
    )
    target = np.empty(5, object)
    record("assigned", attempt(target.__setitem__, slice(None), Sequence()).exception)
    del target
    expect("released", _all_released(watch), 0, source=OBJECTS)


@scenario
def interfaces_that_lie(ext):
    """Wrong array interfaces are refused, and nothing is kept."""
    watch = Watch()

    class Interface:
        def __init__(self, interface, thing):
            self.thing = thing
            self.__array_interface__ = interface

    good = {"version": 3, "shape": (2,), "typestr": "|i1", "data": bytearray(b"ab")}
    array = np.asarray(Interface(good, watch.thing("good")))
    expect("good", array.tolist(), [97, 98], source="NumPy reference, 'The array interface protocol'")
    del array
    for label, change in (
        ("shape", {"shape": (1000,)}),
        ("negative shape", {"shape": (-2,)}),
        ("no shape", {"shape": None}),
        ("typestr", {"typestr": "zz"}),
        ("number as typestr", {"typestr": 5}),
        ("data", {"data": 5}),
        ("data of three", {"data": (1, 2, 3)}),
        ("data of texts", {"data": ("a", False)}),
        ("strides", {"strides": (1000,)}),
        ("number of strides", {"strides": (1, 1)}),
        ("offset", {"offset": 100}),
        ("negative offset", {"offset": -1}),
        ("descr", {"descr": 5}),
        ("version", {"version": 77}),
        ("objects", {"typestr": "|O8"}),
    ):
        record(label, attempt(np.asarray, Interface(dict(good, **change), watch.thing(label))).exception)
    record("no dict", attempt(np.asarray, Interface([], watch.thing("no dict"))).exception)
    good = None
    expect("released", _all_released(watch), 0, source=OBJECTS)


@scenario
def records_keep_their_array(ext):
    """A record is a view of its array, keeps it, and writes to it."""
    watch = Watch()
    array = np.zeros(2, dtype=_nested())
    first = array[0]
    first["first"] = watch.thing("a")
    expect("written", array["first"][0].name, "a", source=STRUCTURED + "Indexing with integers: scalars are views")
    inner = first["inner"]
    inner["o"] = watch.thing("b")
    expect("written deeper", array["inner"]["o"][0].name, "b", source=STRUCTURED + "Indexing with integers")
    del array, first
    collect()
    expect("kept", watch.finalized, [], source=OBJECTS)
    record("fields", attempt(lambda: (inner["nothing"],)).exception)
    record("index", attempt(lambda: inner[7]).exception)
    record("assigned", attempt(inner.__setitem__, "x", "text").exception)
    del inner
    _released("in the end", watch, ["a", "b"], source=OBJECTS)


@scenario
def order_of_deallocation(ext):
    """The objects of an array end in the order of their places."""
    watch = Watch()
    array = np.empty(5, object)
    for number in range(5):
        array[number] = watch.thing("plain %d" % number)
    del array
    structured = np.zeros(2, dtype=_nested())
    for number in range(2):
        structured[number] = (0, watch.thing("a"), (0, watch.thing("b")), (watch.thing("c"), watch.thing("d")))
    del structured
    names = ["plain %d" % number for number in range(5)] + ["a", "b", "c", "d"] * 2
    expect_released("all", watch, names, source=OBJECTS)
    record("order", watch.finalized, facet="order")


def _ends_while(replace):
    """Replace an object that assigns to its own place when it ends; all that it assigned is released."""
    watch = Watch()
    holder, made = [], ["replaced"]

    class Ending:
        def __init__(self, thing):
            self.thing = thing

        def __del__(self):
            for array in holder:
                made.append("assigned at the end")
                array[0] = watch.thing("assigned at the end")

    array = np.empty(3, object)
    array[0] = Ending(watch.thing("replaced"))
    holder.append(array)
    expect("ended", attempt(replace, array).exception, None, source=ARRAYS + "Indexing")
    del holder[:], array
    _released("in the end", watch, made, source=OBJECTS)


@scenario
def ends_while_an_item_is_assigned(ext):
    """An object that assigns to its place when an item replaces it."""
    _ends_while(lambda array: array.__setitem__(0, 1))


@scenario
def ends_while_a_slice_is_assigned(ext):
    """An object that assigns to its place when a slice replaces it."""
    _ends_while(lambda array: array.__setitem__(slice(None), [3, 4, 5]))


@scenario
def ends_while_an_array_is_assigned(ext):
    """An object that assigns to its place when another array replaces it."""
    _ends_while(lambda array: array.__setitem__(slice(None), np.array([3, 4, 5], dtype=object)))


@scenario
def ends_while_filled(ext):
    """An object that assigns to its place when fill() replaces it."""
    _ends_while(lambda array: array.fill(2))


@scenario
def ends_while_put(ext):
    """An object that assigns to its place when put() replaces it."""
    _ends_while(lambda array: array.put([0], [6]))


@scenario
def ends_while_masked(ext):
    """An object that assigns to its place when a mask replaces it."""
    _ends_while(lambda array: array.__setitem__(np.array([True, False, True]), 7))


@scenario
def ends_while_a_ufunc_writes(ext):
    """An object that assigns to its place when a ufunc replaces it."""
    _ends_while(lambda array: np.add(np.array([1], dtype=object), 2, out=array[:1]))


@scenario
def ends_while_copied_over(ext):
    """An object that assigns to its place when copyto() replaces it."""
    _ends_while(lambda array: np.copyto(array, np.array([1, 2, 3])))


@scenario
def ends_while_flat_is_assigned(ext):
    """An object that assigns to its place when flat replaces it."""
    _ends_while(lambda array: array.flat.__setitem__(0, 8))


@scenario
def cycles_through_object_arrays(ext):
    """An array of objects that contains itself is collected."""
    watch = Watch()
    array = np.empty(2, object)
    array[0], array[1] = array, watch.thing("array")
    del array
    expect_released("cycle", watch, ["array"], source="Python/C API, 'Supporting Cyclic Garbage Collection'")


@scenario
def cycles_through_attributes(ext):
    """A subclass of ndarray that refers to itself by an attribute is collected."""
    watch = Watch()

    class Array(np.ndarray):
        pass

    array = np.zeros(2).view(Array)
    array.itself, array.thing = array, watch.thing("attribute")
    del array
    expect_released("cycle", watch, ["attribute"], source="Python/C API, 'Supporting Cyclic Garbage Collection'")


@scenario
def weak_references(ext):
    """Arrays, ufuncs and scalars of subclasses have weak references."""
    ended = []

    class Float(np.float64):
        pass

    for label, make in (
        ("array", lambda: np.zeros(2)),
        ("subclass of float64", lambda: Float(1.5)),
        ("masked array", lambda: np.ma.zeros(2)),
        ("matrix", lambda: np.asmatrix([1])),
    ):
        one = make()
        reference = weakref.ref(one, lambda _, label=label: ended.append(label))
        del one
        collect()
    expect(
        "ended",
        ended,
        ["array", "subclass of float64", "masked array", "matrix"],
        source="Python library reference, 'weakref'",
    )
    del reference
    record("scalar", attempt(weakref.ref, np.float64(1)).exception)
    record("dtype", attempt(weakref.ref, np.dtype("f8")).exception)


def _class_is_released(base, argument):
    """Make a class below the base and an object of it in a cycle, and say whether both end."""
    ended = []

    class Derived(base):
        def __del__(self):
            ended.append("object")

    one = Derived(argument)
    one.itself = [one]
    reference = weakref.ref(Derived, lambda _: ended.append("class"))
    del one
    collect()
    del Derived
    collect()
    expect(base.__name__, ended, ["object", "class"], source="Python/C API, 'Type Objects', tp_dealloc, tp_traverse")
    del reference


@scenario
def classes_below_ndarray_are_released(ext):
    """A Python class below ndarray ends with its last object."""
    _class_is_released(np.ndarray, (2,))


@scenario
def classes_below_numbers_are_released(ext):
    """A Python class below a scalar type for numbers ends with its last object."""
    _class_is_released(np.float64, 1.5)
    _class_is_released(np.int16, 3)


@scenario
def classes_below_texts_are_released(ext):
    """A Python class below str_ or bytes_ ends with its last object."""
    _class_is_released(np.str_, "text")
    _class_is_released(np.bytes_, b"bytes")


@scenario
def constructors_of_subclasses_of_scalars(ext):
    """The constructor of a subclass of a scalar type gives an object of the subclass."""
    for base, argument in (
        (np.float64, 1.5),
        (np.float32, 1.5),
        (np.int8, 5),
        (np.complex128, 1j),
        (np.str_, "ab"),
        (np.bytes_, b"ab"),
        (np.longdouble, 1.5),
        (np.datetime64, "2020-01-01"),
        (np.timedelta64, 5),
    ):
        derived = type("Derived", (base,), {})
        expect(
            base.__name__,
            attempt(lambda: type(derived(argument)) is derived),
            returned(True),
            source=DATA_MODEL + "object.__new__(): an instance of cls; " + SCALARS + "Defining new types",
        )


@scenario
def constructors_of_subclasses_of_void(ext):
    """The constructor of a subclass of void gives an object of the subclass, whatever it is made from."""

    class Derived(np.void):
        pass

    for label, arguments in (
        ("size", (5,)),
        ("bytes", (b"abcd",)),
        ("record", ((1, 2), [("a", "i4"), ("b", object)])),
        ("array", (np.arange(2),)),
    ):
        expect(
            label,
            attempt(lambda: type(Derived(*arguments)) is Derived),
            returned(True),
            source=DATA_MODEL + "object.__new__(): an instance of cls; " + SCALARS + "numpy.void",
        )


@scenario
def scalars_with_two_bases(ext):
    """float64, complex128, str_ and bytes_ are Python's own types, too."""
    for scalar, python, value in (
        (np.float64, float, 2.5),
        (np.complex128, complex, 2 + 1j),
        (np.str_, str, "ab\u00e4"),
        (np.bytes_, bytes, b"ab"),
    ):
        one = scalar(value)
        name = scalar.__name__
        expect(
            name,
            (isinstance(one, python), issubclass(scalar, np.generic), bool(one == value), hash(one) == hash(value)),
            (True, True, True, True),
            source=SCALARS + "Built-in scalar types",
        )
        record(name + " order", [base.__name__ for base in scalar.__mro__])
        record(name + " bases", [base.__name__ for base in scalar.__bases__])
        expect(
            name + " as Python's",
            (python(one) == value, type(one.item()) is python),
            (True, True),
            source=SCALARS + "Methods, item()",
        )
    expect(
        "text",
        ("%s" % np.str_("a"), np.str_("a").upper(), "ab".startswith(np.str_("a"))),
        ("a", "A", True),
        source=SCALARS + "numpy.str_",
    )
    expect(
        "number",
        ("%.1f" % np.float64(1.5), np.float64(1.5).is_integer(), np.float64(1.5).hex()),
        ("1.5", False, (1.5).hex()),
        source=SCALARS + "numpy.float64",
    )
    expect(
        "int64 is no int",
        isinstance(np.int64(1), int),
        False,
        source=SCALARS + "numpy.int_: does not inherit from int",
    )


@scenario
def subclasses_of_scalars(ext):
    """Subclasses of scalars have slots, dictionaries and constructors of their own."""

    class Metres(np.float64):
        unit = "m"

        def __new__(cls, value, note=None):
            self = super().__new__(cls, value)
            self.note = note
            return self

        def __add__(self, other):
            return Metres(float(self) + float(other), "sum")

    class Slotted(np.float64):
        __slots__ = ("note",)

    metres = Metres(1.5, note=[1])
    expect(
        "attributes",
        (metres.note, metres.unit, float(metres)),
        ([1], "m", 1.5),
        source=SCALARS + "Defining new types",
    )
    expect(
        "sum",
        ((metres + 1).note, (metres + np.float64(1)).note),
        ("sum", "sum"),
        source=DATA_MODEL + "Emulating numeric types",
    )
    record(
        "reflected",
        [type(one).__name__ for one in (1 + metres, np.float64(1) + metres, metres * 2, -metres, abs(metres))],
    )
    slotted = Slotted(2.5)
    slotted.note = "n"
    expect("slot", (slotted.note, slotted + 1), ("n", np.float64(3.5)), source=DATA_MODEL + "__slots__")
    record("other attributes", attempt(setattr, slotted, "other", 1).exception)

    class Text(np.str_):
        def __new__(cls, value, note):
            self = super().__new__(cls, value)
            self.note = note
            return self

        def upper(self):
            return "overridden"

    text = Text("abc", "n")
    expect(
        "text",
        (text.note, text.upper(), str(text), len(text), text + "d"),
        ("n", "overridden", "abc", 3, "abcd"),
        source=SCALARS + "numpy.str_",
    )
    for base, argument in ((np.bytes_, b"ab"), (np.int8, 5), (np.longdouble, 1.5)):
        derived = type("Derived", (base,), {"twice": lambda self: (self.note, self.note)})(argument)
        derived.note = 1
        expect(base.__name__, derived.twice(), (1, 1), source=DATA_MODEL + "Custom classes")
    record("bool", attempt(type, "Bool", (np.bool_,), {}).exception)


@scenario
def scalars_of_two_types(ext):
    """Classes below two types: a mixin is possible, two layouts are not."""

    class Mixin:
        def __init__(self, *arguments):
            self.arguments = arguments

        def first(self):
            return self.arguments[0]

    class Mixed(Mixin, np.float64):
        pass

    class MixedText(Mixin, np.str_):
        __slots__ = ()

    expect(
        "mixed", (Mixed(2.5).first(), Mixed(2.5) + 1), (2.5, np.float64(3.5)), source=DATA_MODEL + "Custom classes"
    )
    expect(
        "mixed text",
        (MixedText("ab").first(), MixedText("ab") + "c"),
        ("ab", "abc"),
        source=DATA_MODEL + "Custom classes",
    )
    for label, bases in (
        ("float64 and str_", (np.float64, np.str_)),
        ("float64 and int", (np.float64, int)),
        ("float64 and list", (np.float64, list)),
        ("ndarray and list", (np.ndarray, list)),
        ("ndarray and float64", (np.ndarray, np.float64)),
    ):
        expect(
            label,
            attempt(type, "Two", bases, {}),
            raised(TypeError),
            source=DATA_MODEL + "__slots__: bases with different instance layouts raise TypeError",
        )


@scenario
def pickles_of_scalars(ext):
    """Pickles of scalars and of subclasses have their type and value."""
    for protocol in (0, 2, 5):
        for one in (
            np.float64(1.5),
            np.str_("\u00e4b"),
            np.bytes_(b"ab"),
            np.int8(-5),
            np.complex64(1j),
            np.bool_(True),
            np.datetime64("2020-01-02"),
            np.void(b"abc"),
            np.longdouble(1) / 3,
        ):
            loaded = pickle.loads(pickle.dumps(one, protocol))
            expect(
                "%s %d" % (type(one).__name__, protocol),
                (type(loaded) is type(one), bool(loaded == one)),
                (True, True),
                source=PICKLE,
            )


@scenario
def pickles_of_subclasses_of_scalars(ext):
    """Pickles of subclasses of scalars: what is loaded."""
    for base, argument in ((np.float64, 1.5), (np.str_, "ab"), (np.bytes_, b"ab"), (np.int8, 5)):

        class Derived(base):
            pass

        one = Derived(argument)
        one.note = "n"
        for protocol in (0, 2, 5):
            loaded = attempt(_round_trip, one, protocol, Derived)
            record(
                "%s %d" % (base.__name__, protocol),
                (loaded.exception, type(loaded.value).__name__, bool(loaded.value == one)),
            )
        for label, function in (("copied", copy.copy), ("copied deeply", copy.deepcopy)):
            copied = attempt(function, one)
            record(
                "%s %s" % (base.__name__, label),
                (copied.exception, type(copied.value).__name__, getattr(copied.value, "note", None)),
            )
    record(
        "record",
        attempt(
            lambda: pickle.loads(pickle.dumps(np.array([(1, [2])], dtype=[("a", "i4"), ("o", object)])[0])).item()
        ),
    )


@scenario
def bad_arguments_of_scalars(ext):
    """Constructors of scalars refuse what they can't convert, and pass exceptions on."""

    class Fails:
        def __float__(self):
            raise LookupError("float")

        __index__ = __int__ = __complex__ = __str__ = __bytes__ = __float__

        def __bool__(self):
            raise LookupError("bool")

    for scalar in (np.float64, np.float32, np.int8, np.complex128, np.str_, np.bool_):
        expect(scalar.__name__, attempt(scalar, Fails()), raised(LookupError), source=ERRORS)
    for label, function in (
        ("text", lambda: np.float64("x")),
        ("two", lambda: np.float64(1, 2)),
        ("keyword", lambda: np.float64(wrong=1)),
        ("overflow", lambda: np.int8(300)),
        ("void", lambda: np.void(-1)),
        ("void of text", lambda: np.void("abc")),
        ("void dtype", lambda: np.void((1,), dtype=[("a", "i4"), ("b", object)])),
        ("surrogate", lambda: np.str_("\ud800") == "\ud800"),
        ("bytes", lambda: np.bytes_("\ud800")),
        ("encoding", lambda: np.str_(b"\xff", "ascii")),
        ("datetime", lambda: np.datetime64("nonsense")),
        ("unit", lambda: np.datetime64(5, "nonsense")),
        ("timedelta", lambda: np.timedelta64(Fails())),
        ("object", lambda: np.object_([1])),
        ("generic", lambda: np.generic()),
        ("number", lambda: np.number(1)),
    ):
        record(label, attempt(function).exception)


@scenario
def metadata_of_types(ext):
    """The metadata, titles and fields of a data type are released with it."""
    watch = Watch()
    dtype = np.dtype("f8", metadata={"thing": watch.thing("metadata")})
    array = np.zeros(2, dtype=dtype)
    derived = np.dtype([("a", dtype), (("title", "b"), "i4")], metadata={"other": watch.thing("other")})
    expect(
        "read",
        (array.dtype.metadata["thing"].name, derived["a"].metadata["thing"].name),
        ("metadata", "metadata"),
        source="NumPy reference, numpy.dtype.metadata",
    )
    expect(
        "read only",
        attempt(array.dtype.metadata.__getattribute__, "__setitem__"),
        raised(AttributeError),
        source="NumPy reference, numpy.dtype.metadata",
    )
    record("title", derived.fields["title"][0].str)
    record("bad metadata", attempt(np.dtype, "f8", metadata=[watch.thing("bad")]).exception)
    record("copied", np.dtype(dtype, copy=True).metadata is not None)
    renamed = np.dtype([("a", "i4"), ("b", object)])
    renamed.names = ("x", "y")
    expect("renamed", renamed.names, ("x", "y"), source="NumPy reference, numpy.dtype.names")
    record(
        "renamed badly",
        [attempt(setattr, renamed, "names", names).exception for names in (("x",), ("x", "x"), (1, 2), 5, None)],
    )
    record("deleted", attempt(delattr, renamed, "names").exception)
    del dtype, array, derived
    _released("in the end", watch, ["bad", "metadata", "other"], source=OBJECTS)


@scenario
def bad_data_types(ext):
    """Wrong descriptions of data types are refused, and nothing is kept."""
    watch = Watch()

    class Fails:
        @property
        def dtype(self):
            raise LookupError("dtype")

    for label, description in (
        ("one", [("a",)]),
        ("four", [("a", "i4", (2,), 5)]),
        ("name", [(5, "i4")]),
        ("twice", [("a", "i4"), ("a", "f8")]),
        ("type", [("a", "zz")]),
        ("object", [("a", watch.thing("type"))]),
        ("shape", [("a", "i4", "x")]),
        ("negative shape", [("a", "i4", (-1,))]),
        ("huge shape", [("a", "i4", (2**62, 2**62))]),
        ("lengths", {"names": ["a", "b"], "formats": ["i4"]}),
        ("no formats", {"names": ["a"]}),
        ("negative offset", {"names": ["a"], "formats": ["i4"], "offsets": [-4]}),
        ("offset of text", {"names": ["a"], "formats": ["i4"], "offsets": ["x"]}),
        ("itemsize", {"names": ["a"], "formats": ["i4"], "itemsize": 2}),
        ("overlapping objects", {"names": ["a", "b"], "formats": [object, "i8"], "offsets": [0, 0]}),
        ("unaligned objects", {"names": ["a", "b"], "formats": ["i1", object], "offsets": [0, 1]}),
        ("title", [((watch.thing("title"), "a"), "i4")]),
        ("text", "i4,,f8"),
        ("long", "i99999999999999999999"),
        ("brackets", "(2,"),
        ("pair", ("i4", watch.thing("pair"))),
        ("two types", (("i4", "i2"), object)),
        ("number", 5),
        ("surrogate", "\ud800"),
        ("surrogate as name", [("\ud800", "i4")]),
    ):
        record(label, attempt(lambda: isinstance(np.dtype(description), np.dtype)).exception)
    del description
    expect("fails", attempt(np.dtype, Fails()), one_of(raised(LookupError), raised(TypeError)), source=ERRORS)
    _all_released(watch)
    record("kept", sorted(set(["type", "title", "pair"]) - set(watch.finalized)))


@scenario
def states_of_data_types(ext):
    """dtype.__setstate__() refuses wrong states, and leaves the type usable."""
    good = np.dtype([("a", "i4"), ("o", object)]).__reduce__()[2]
    record("state", (good[3], sorted(good[4])))
    for label, state in (
        ("empty", ()),
        ("None", None),
        ("version", (99,) + good[1:]),
        ("version of text", ("x",) + good[1:]),
        ("names", good[:3] + (("a", "b"),) + good[4:]),
        ("no names", good[:3] + (None,) + good[4:]),
        ("fields", good[:4] + ({},) + good[5:]),
        ("fields of numbers", good[:4] + ({"a": 5, "o": 6},) + good[5:]),
        ("no fields", good[:4] + (None,) + good[5:]),
        ("subarray", good[:2] + (5,) + good[3:]),
        ("subarray of one", good[:2] + ((np.dtype("i4"),),) + good[3:]),
        ("subarray shape", good[:2] + ((np.dtype("i4"), "x"),) + good[3:]),
        ("order", good[:1] + (5,) + good[2:]),
        ("long order", good[:1] + ("<>",) + good[2:]),
        ("sizes", good[:5] + ("x",) + good[6:]),
        ("short", good[:5]),
    ):
        dtype = np.dtype("V12", copy=True)
        record(label, attempt(dtype.__setstate__, state).exception)
        record(label + ", after", attempt(lambda: isinstance(repr(dtype), str)).value)
        del dtype


@scenario
def names_that_are_numbers_in_a_state(ext):
    """dtype.__setstate__() refuses names that are no text, and the type can be shown after it."""
    good = np.dtype([("a", "i4"), ("o", object)]).__reduce__()[2]
    dtype = np.dtype("V12", copy=True)
    record("ended", attempt(dtype.__setstate__, good[:3] + ((1, 2),) + good[4:]).exception)
    record("shown", attempt(lambda: isinstance(repr(dtype), str)).exception)


@scenario
def short_lists_in_a_state(ext):
    """ndarray.__setstate__() refuses a list with fewer objects than the shape needs."""
    array = np.empty(2, object)
    expect(
        "refused",
        attempt(array.__setstate__, (1, (1000,), np.dtype(object), False, [1])).exception,
        one_of("ValueError", "TypeError"),
        source="NumPy reference, ndarray.__setstate__(): rawdata is a list with the data",
    )
    record("usable", attempt(lambda: len(str(array.tolist())) > 0).value)


@scenario
def refused_states_release_the_objects(ext):
    """An array of objects whose state is refused still releases its objects."""
    watch = Watch()
    array = np.empty(2, object)
    array[0], array[1] = watch.thing("first"), watch.thing("second")
    expect(
        "short",
        attempt(array.__setstate__, (1, (4,), np.dtype("f8"), False, b"abc")),
        raised(ValueError),
        source="NumPy reference, ndarray.__setstate__()",
    )
    record("type", array.dtype.name)
    del array
    expect_released("released", watch, ["first", "second"], source=OBJECTS)


@scenario
def states_of_arrays(ext):
    """ndarray.__setstate__() refuses wrong states, keeps nothing, and leaves the array usable."""
    watch = Watch()
    f8, objects = np.dtype("f8"), np.dtype(object)
    for label, state in (
        ("empty", ()),
        ("None", None),
        ("shape", (1, "x", f8, False, b"")),
        ("type", (1, (1,), "f8", False, b"12345678")),
        ("version", (99, (1,), f8, False, b"12345678")),
        ("text", (1, (1,), f8, False, "\u00e4bcdefgh")),
        ("objects from bytes", (1, (1,), objects, False, b"12345678")),
        ("objects", (1, (2,), objects, False, [watch.thing("one"), watch.thing("two")])),
        ("many objects", (1, (1,), objects, False, [watch.thing("many"), watch.thing("more")])),
        ("no list", (1, (1,), objects, False, watch.thing("no list"))),
        ("structured objects", (1, (1,), _nested(), False, [(1, watch.thing("s"), (1, None), (None, None))])),
    ):
        array = np.array([watch.thing("old"), watch.thing("old")], dtype=object)
        record(label, attempt(array.__setstate__, state).exception)
        record(label + ", after", attempt(lambda: (array.shape, len(repr(array.dtype)) > 0)))
        del array
    view = np.arange(4)
    part = view[1:]
    record("of a view", attempt(part.__setstate__, (1, (1,), f8, False, b"12345678")).exception)
    record("base", view.tolist())
    del state
    expect("released", _all_released(watch), 0, source=OBJECTS)


@scenario
def pickles_of_arrays(ext):
    """Pickles of arrays have the same values, whatever the type and order."""
    structured = np.zeros(2, dtype=_nested())
    structured[0] = (1, [1], (2, "b"), ({"c": 3}, None))
    structured["first"][1] = structured["inner"]["o"][1] = "x"
    arrays = (
        ("object", np.array([[1, None], ["a", 2.5]], dtype=object)),
        ("structured", structured),
        ("f8", np.arange(6.0).reshape(2, 3)),
        ("Fortran", np.asfortranarray(np.arange(6).reshape(2, 3))),
        ("text", np.array(["a", "\u00e4b"])),
        ("none", np.zeros((0, 3))),
        ("scalar", np.array(5)),
        ("slice", np.arange(10)[::3]),
        ("big-endian", np.arange(3, dtype=">i4")),
        ("masked", np.ma.array([1, 2], mask=[True, False])),
        ("read only", np.broadcast_to(np.arange(2), (3, 2))),
    )
    for name, array in arrays:
        for protocol in (0, 2, 5):
            loaded = pickle.loads(pickle.dumps(array, protocol))
            expect(
                "%s %d" % (name, protocol),
                (
                    type(loaded) is type(array),
                    loaded.dtype.name == array.dtype.name,
                    str(loaded.tolist()) == str(array.tolist()),
                ),
                (True, True, True),
                source=PICKLE,
            )
            record("order of %s %d" % (name, protocol), loaded.dtype == array.dtype)
    watch = Watch()
    buffers = []
    data = pickle.dumps(np.arange(6.0), 5, buffer_callback=buffers.append)
    loaded = pickle.loads(data, buffers=buffers)
    expect(
        "out of band",
        (len(buffers), loaded.tolist() == list(range(6))),
        (1, True),
        source=PICKLE + ", Out-of-band Buffers",
    )
    expect(
        "no buffers",
        attempt(pickle.loads, data),
        raised(pickle.UnpicklingError),
        source=PICKLE + ", Out-of-band Buffers",
    )

    class Fails:
        def __init__(self, thing):
            self.thing = thing

        def __reduce__(self):
            raise LookupError("reduce")

    expect(
        "fails",
        attempt(pickle.dumps, np.array([Fails(watch.thing("p"))], dtype=object)),
        raised(LookupError),
        source=ERRORS,
    )
    _released("released", watch, ["p"], source=OBJECTS)


@scenario
def subclasses_of_ndarray(ext):
    """__array_finalize__ sees each new array; attributes, slots and hooks are those of the class."""
    seen = []

    class Base(np.ndarray):
        __slots__ = ("note",)

        def __init_subclass__(cls, kind=None, **rest):
            super().__init_subclass__(**rest)
            seen.append((cls.__name__, kind))

    class Array(Base, kind="array"):
        def __new__(cls, values, unit=None):
            self = np.asarray(values).view(cls)
            self.unit = unit
            return self

        def __array_finalize__(self, obj):
            self.unit = getattr(obj, "unit", None)

    expect("hook", seen, [("Array", "array")], source=DATA_MODEL + "__init_subclass__")
    array = Array([1, 2, 3], unit="m")
    expect(
        "kept",
        [
            one.unit
            for one in (array[1:], array + 1, array.copy(), np.sort(array), array.reshape(3, 1), array.astype("f8"))
        ],
        ["m"] * 6,
        source=SUBCLASSING + "__array_finalize__",
    )
    record(
        "types",
        [
            type(one).__name__
            for one in (
                array.sum(),
                array[0],
                np.add(1, array),
                np.concatenate([array, array]),
                array == 1,
                np.asarray(array),
                copy.copy(array),
                copy.deepcopy(array),
            )
        ],
    )
    slotted = np.zeros(2).view(Base)
    slotted.note = "n"
    expect("slot", slotted.note, "n", source=DATA_MODEL + "__slots__")
    record("slot of a view", attempt(lambda: slotted[1:].note).exception)
    record("attribute", attempt(setattr, slotted, "other", 1).exception)
    expect("base", array[1:].base is array, True, source=ARRAYS + "ndarray.base")


@scenario
def finalizers_of_subclasses_that_fail(ext):
    """An exception in __array_finalize__ and the other hooks arrives, and nothing is kept."""
    watch = Watch()

    class Fails(np.ndarray):
        def __array_finalize__(self, obj):
            self.thing = watch.thing("finalize")
            if obj is not None:
                raise LookupError("finalize")

    class NotCallable(np.ndarray):
        __array_finalize__ = 5

    class Missing(np.ndarray):
        __array_finalize__ = None

    values = np.arange(3)
    expect("view", attempt(values.view, Fails), raised(LookupError), source=ERRORS)
    fails = Fails((3,), dtype=object)
    for label, function in (
        ("slice", lambda: fails[1:]),
        ("reshape", lambda: fails.reshape(3, 1)),
        ("transpose", lambda: fails.T),
        ("field", lambda: Fails((3,), dtype=[("a", object)])["a"]),
    ):
        expect(label, attempt(function), raised(LookupError), source=ERRORS)
    record("add", attempt(lambda: fails + 1).exception)
    record("iter", attempt(lambda: list(fails)).exception)
    record("no function", attempt(values.view, NotCallable).exception)
    record("None", attempt(lambda: type(values.view(Missing)).__name__).value)
    del fails
    expect("released", _all_released(watch), 0, source=OBJECTS)


@scenario
def copies_whose_finalizer_fails(ext):
    """Copies whose __array_finalize__ fails leave numpy able to make arrays."""

    class Fails(np.ndarray):
        def __array_finalize__(self, obj):
            if obj is not None:
                raise LookupError("finalize")

    array = Fails((3,))
    ended = set(
        attempt(function).exception
        for _ in range(20)
        for function in (
            array.copy,
            lambda: array[[0, 1]],
            lambda: array[np.array([True, False, True])],
            lambda: copy.deepcopy(array),
            lambda: array.astype("f4"),
            lambda: array.take([0]),
        )
    )
    expect("ended", ended, {"LookupError"}, source=ERRORS)
    expect("works", attempt(lambda: float(np.ones(1000).sum())), returned(1000.0), source=OBJECTS)


@scenario
def hooks_of_ufuncs_and_functions(ext):
    """__array_ufunc__ and __array_function__ are called, their exceptions arrive, and None refuses."""
    watch = Watch()

    class Hooked:
        def __init__(self, thing):
            self.thing = thing

        def __array_ufunc__(self, ufunc, method, *inputs, **keywords):
            return (ufunc.__name__, method, len(inputs), sorted(keywords))

        def __array_function__(self, function, types, arguments, keywords):
            if function is np.sum:
                raise LookupError("sum")
            return function.__name__

    class Refuses:
        __array_ufunc__ = None

    class Wrong(np.ndarray):
        def __array_ufunc__(self, *arguments, **keywords):
            return NotImplemented

        def __array_wrap__(self, *arguments, **keywords):
            raise LookupError("wrap")

    hooked = Hooked(watch.thing("h"))
    source = "NumPy reference, 'Standard array subclasses', __array_ufunc__"
    expect("ufunc", np.add(1, hooked, where=True), ("add", "__call__", 2, ["where"]), source=source)
    expect("operator", np.arange(3) + hooked, ("add", "__call__", 2, []), source=source)
    expect("reduce", np.add.reduce(hooked, axis=0)[:3], ("add", "reduce", 1), source=source)
    expect("at", np.add.at(hooked, [0], 1)[:3], ("add", "at", 3), source=source)
    expect("function", np.concatenate([hooked, hooked]), "concatenate", source="NumPy reference, __array_function__")
    expect(
        "failing function", attempt(np.sum, hooked), raised(LookupError), source="NumPy reference, __array_function__"
    )
    expect("None", attempt(lambda: np.arange(3) + Refuses()), raised(TypeError), source=source)
    wrong = np.arange(3).view(Wrong)
    record("not implemented", attempt(lambda: wrong + 1).exception)
    record("wrap", attempt(np.linalg.norm, wrong).exception)
    del hooked
    _released("released", watch, ["h"], source=OBJECTS)


@scenario
def hooks_of_ufuncs_that_fail(ext):
    """An exception from __array_ufunc__ arrives from every method of a ufunc, and nothing is kept."""
    watch = Watch()

    class Fails:
        def __init__(self, thing):
            self.thing = thing

        def __array_ufunc__(self, ufunc, method, *inputs, **keywords):
            raise LookupError(method)

    source = "NumPy reference, 'Standard array subclasses', __array_ufunc__"
    for label, function in (
        ("call", lambda one: np.add(1, one)),
        ("out", lambda one: np.add(1, 2, out=one)),
        ("outer", lambda one: np.add.outer(1, one)),
        ("at", lambda one: np.add.at(one, [0], 1)),
        ("unary", lambda one: np.sin(one)),
        ("divmod", lambda one: divmod(np.arange(2), one)),
    ):
        expect(label, attempt(lambda: function(Fails(watch.thing(label)))), raised(LookupError), source=source)
    expect("released", _all_released(watch), 0, source=OBJECTS)


@scenario
def hooks_of_reductions_that_fail(ext):
    """An exception from __array_ufunc__ arrives from a reduction, and nothing is kept."""
    watch = Watch()

    class Fails:
        def __init__(self, thing):
            self.thing = thing

        def __array_ufunc__(self, ufunc, method, *inputs, **keywords):
            raise LookupError(method)

    source = "NumPy reference, 'Standard array subclasses', __array_ufunc__"
    for label, function in (
        ("reduce", lambda one: np.add.reduce(one)),
        ("accumulate", lambda one: np.add.accumulate(one)),
        ("reduceat", lambda one: np.add.reduceat(one, [0, 1])),
        ("out", lambda one: np.add.reduce([1, 2], out=one)),
    ):
        expect(label, attempt(lambda: function(Fails(watch.thing(label)))), raised(LookupError), source=source)
    expect_released("released", watch, ["reduce", "accumulate", "reduceat", "out"], source=OBJECTS)


@scenario
def pickles_of_subclasses_of_ndarray(ext):
    """Subclasses with __reduce__ and __setstate__ are pickled with their attributes."""

    class Array(np.ndarray):
        def __array_finalize__(self, obj):
            self.unit = getattr(obj, "unit", None)

        def __reduce__(self):
            function, arguments, state = super().__reduce__()
            return (function, arguments, (state, self.unit))

        def __setstate__(self, state):
            super().__setstate__(state[0])
            self.unit = state[1]

    class Plain(np.ndarray):
        pass

    for dtype in ("f8", object):
        array = np.arange(3).astype(dtype).view(Array)
        array.unit = ["m"]
        for protocol in (0, 2, 5):
            loaded = _round_trip(array, protocol, Array)
            expect(
                "%s %d" % (np.dtype(dtype).name, protocol),
                (type(loaded) is Array, loaded.tolist() == [0, 1, 2], loaded.unit),
                (True, True, ["m"]),
                source=PICKLE + ", object.__setstate__()",
            )
    plain = np.arange(3).view(Plain)
    plain.unit = "m"
    loaded = _round_trip(plain, 4, Plain)
    expect("plain", (type(loaded) is Plain, loaded.tolist()), (True, [0, 1, 2]), source=PICKLE)
    record("plain attribute", hasattr(loaded, "unit"))


@scenario
def buffers_of_arrays(ext):
    """A memoryview keeps the array's memory; an array with an exported buffer is not resized."""
    array = np.arange(6, dtype="i4").reshape(2, 3)
    view = memoryview(array)
    expect(
        "view",
        (view.format, view.shape, view.strides, view.tolist(), view.readonly),
        ("i", (2, 3), (12, 4), [[0, 1, 2], [3, 4, 5]], False),
        source=BUFFERS,
    )
    view[1, 2] = 50
    expect("shared", int(array[1, 2]), 50, source=BUFFERS)
    del array
    collect()
    expect("kept", view[1, 2], 50, source=BUFFERS)
    view.release()
    array = np.arange(4, dtype="i4")
    array.flags.writeable = False
    expect("read only", memoryview(array).readonly, True, source=BUFFERS)
    for label, one in (
        ("text", np.array(["a"])),
        ("bytes", np.array([b"ab"])),
        ("datetime", np.array(["2020"], "M8[Y]")),
        ("object", np.array([1, "a"], dtype=object)),
        ("structured", np.zeros(1, _nested())),
        ("bool", np.array([True])),
        ("complex", np.array([1j])),
        ("long double", np.zeros(1, "g")),
        ("scalar", np.array(5, "i4")),
        ("big-endian", np.array([1], ">i4")),
        ("packed", np.zeros(1, "i1,i4")),
        ("half", np.zeros(1, "e")),
        ("float64", np.float64(1)),
        ("str_", np.str_("ab")),
        ("bytes_", np.bytes_(b"ab")),
        ("void", np.zeros(1, "i1,i4")[0]),
    ):
        record(label, attempt(lambda: (memoryview(one).format, memoryview(one).ndim)))


@scenario
def arrays_with_exported_buffers(ext):
    """Memory that others use is not resized: the exporter refuses."""
    array = np.arange(4, dtype="i4")
    view = memoryview(array)
    record("array", attempt(array.resize, 100).exception)
    expect("unchanged", view.tolist(), [0, 1, 2, 3], source=BUFFERS)
    view.release()
    data = bytearray(b"abcdefgh")
    array = np.frombuffer(data, dtype="i1")
    expect("bytearray", attempt(data.append, 1), raised(BufferError), source=BUFFERS)
    array[0] = 65
    expect("shared", data[0], 65, source="NumPy reference, numpy.frombuffer()")
    del array
    collect()
    expect("released", attempt(data.append, 1), returned(None), source=BUFFERS)
    view = memoryview(data)
    array = np.asarray(view)
    expect("view shared", array.tolist()[:2], [65, 98], source=BUFFERS)
    del array
    collect()
    expect("view released", attempt(view.release), returned(None), source=BUFFERS)
    record("dead view", attempt(lambda: np.asarray(view).dtype.name))
    del view
    for label, arguments in (
        ("size", (b"abc", "i4")),
        ("offset", (b"abcd", "i1", -1, 10)),
        ("negative", (b"abcd", "i1", -1, -1)),
        ("objects", (b"abcdefgh", object)),
        ("count", (b"abcd", "i4", 5)),
        ("no buffer", (5,)),
    ):
        record(label, attempt(np.frombuffer, *arguments).exception)


@scenario
def resized_arrays(ext):
    """resize() of an array of objects releases and makes objects; it refuses what it does not own."""
    watch = Watch()
    array = np.empty(3, object)
    for number in range(3):
        array[number] = watch.thing(number)
    array.resize(1, refcheck=False)
    expect_released("shrunk", watch, [1, 2], source=OBJECTS)
    array.resize(3, refcheck=False)
    record("grown", array[1:].tolist())
    view = array[1:]
    expect("view", attempt(view.resize, 10), raised(ValueError), source="NumPy reference, ndarray.resize()")
    record("referenced", attempt(array.resize, 10).exception)
    record("bad", [attempt(array.resize, shape).exception for shape in ((-1,), ("x",), (2**62, 2**62))])
    del array, view
    expect_released("in the end", watch, [0, 1, 2], source=OBJECTS)


@scenario
def operators_that_fail_half_way(ext):
    """Operators of objects that fail half-way pass the exception on and keep nothing."""
    watch = Watch()

    class Number:
        def __init__(self, thing, fails=False):
            self.thing, self.fails = thing, fails

        def __add__(self, other):
            if self.fails or getattr(other, "fails", False):
                raise LookupError("add")
            return Number(watch.thing("sum"))

        __radd__ = __mul__ = __lt__ = __le__ = __eq__ = __and__ = __add__
        __hash__ = None

        def __bool__(self):
            if self.fails:
                raise LookupError("bool")
            return True

    array = np.array([Number(watch.thing(number), number == 3) for number in range(5)], dtype=object)
    out = np.empty(5, object)
    for label, function in (
        ("add", lambda: array + 1),
        ("out", lambda: np.add(array, array, out=out)),
        ("reduce", lambda: np.add.reduce(array)),
        ("accumulate", lambda: np.add.accumulate(array)),
        ("reduceat", lambda: np.add.reduceat(array, [0, 2])),
        ("outer", lambda: np.add.outer(array, array)),
        ("at", lambda: np.add.at(array.copy(), [0, 3], 1)),
        ("sum", array.sum),
        ("equal", lambda: np.equal(array, 1)),
        ("dot", lambda: np.dot(array, array)),
        ("sort", lambda: np.sort(array)),
        ("argsort", lambda: np.argsort(array, kind="stable")),
        ("max", array.max),
        ("argmax", array.argmax),
        ("searchsorted", lambda: array.searchsorted(array[3])),
        ("all", lambda: np.logical_and.reduce(array)),
        ("nonzero", array.nonzero),
        ("vectorize", lambda: np.vectorize(lambda x: x + 1)(array)),
        ("frompyfunc", lambda: np.frompyfunc(lambda x: x + 1, 1, 1)(array)),
        ("unique", lambda: np.unique(array)),
        ("partition", lambda: np.partition(array, 2)),
        ("where", lambda: np.where(array, 1, 2)),
        ("matmul", lambda: array @ array),
    ):
        expect(label, attempt(function), raised(LookupError), source=ERRORS)
    del array, out
    expect("released", _all_released(watch), 0, source=OBJECTS)


@scenario
def sorting_while_changing(ext):
    """A comparison that replaces the objects of the array during a sort does no harm."""
    watch = Watch()
    holder = []

    class Item:
        def __init__(self, number, thing):
            self.number, self.thing = number, thing

        def __lt__(self, other):
            for array in holder:
                array[:] = None
            return self.number < getattr(other, "number", 0)

    for kind in ("quicksort", "mergesort", "heapsort"):
        array = np.empty(40, object)
        for number in range(40):
            array[number] = Item(number * 7 % 40, watch.thing("%s %d" % (kind, number)))
        holder.append(array)
        record(kind, attempt(array.sort, kind=kind).exception)
        del holder[:], array
    expect("released", _all_released(watch), 0, source=OBJECTS)


@scenario
def sorting_a_short_array_while_changing(ext):
    """A comparison that replaces the objects of the array during the sort of a short array does no harm."""
    watch = Watch()
    holder = []

    class Item:
        def __init__(self, number, thing):
            self.number, self.thing = number, thing

        def __lt__(self, other):
            for array in holder:
                array[:] = None
            return self.number < getattr(other, "number", 0)

    for kind in ("quicksort", "mergesort", "heapsort"):
        array = np.empty(10, object)
        for number in range(10):
            array[number] = Item(number * 7 % 10, watch.thing("%s %d" % (kind, number)))
        holder.append(array)
        record(kind, attempt(array.sort, kind=kind).exception)
        del holder[:], array
    expect("released", _all_released(watch), 0, source=OBJECTS)


@scenario
def functions_that_change_their_arguments(ext):
    """A ufunc of Python code that changes its own array does no harm."""
    array = np.array([[1], [2], [3], [4]], dtype=object)
    array = np.empty(4, object)
    for number in range(4):
        array[number] = [number]

    def function(one):
        array.fill(None)
        return one

    result = np.frompyfunc(function, 1, 1)(array)
    record("result", result.tolist())
    record("array", array.tolist())
    array[:] = [10, 20, 30, 40]

    class Clears:
        def __radd__(self, other):
            array[...] = "changed"
            return other

    record("add", attempt(lambda: (array + Clears()).tolist()))
    record(
        "in place",
        attempt(lambda: np.add(array, np.array([Clears(), 1, Clears(), 1], object), out=array).tolist()).exception,
    )


@scenario
def iterators_and_broadcasts(ext):
    """nditer, flat and broadcast keep their arrays, and release objects when they fail or end early."""
    watch = Watch()
    array = np.empty(3, object)
    for number in range(3):
        array[number] = watch.thing(number)
    expect("objects", attempt(np.nditer, array), raised(TypeError), source="NumPy reference, numpy.nditer, refs_ok")
    iterator = np.nditer(array, flags=["refs_ok", "buffered"], op_flags=["readwrite"], op_dtypes=[object])
    next(iterator)
    flat, broadcast = array.flat, np.broadcast(array, np.zeros((2, 1)))
    next(flat), next(broadcast)
    del array
    collect()
    expect("kept", watch.finalized, [], source=OBJECTS)
    expect("flat", flat[2].name, 2, source=ARRAYS + "ndarray.flat")
    del iterator, flat, broadcast
    expect_released("in the end", watch, [0, 1, 2], source=OBJECTS)
    for label, function in (
        ("flags", lambda: np.nditer([1, 2], flags=["nonsense"])),
        ("shapes", lambda: np.nditer([[1, 2], [1, 2, 3]])),
        ("axes", lambda: np.nditer([np.arange(3)], op_axes=[[7]])),
        ("none", lambda: np.nditer([])),
        ("closed", lambda: (lambda it: (it.close(), next(it)))(np.nditer(np.arange(3), op_flags=["readwrite"]))),
        ("broadcast", lambda: np.broadcast(np.arange(2), np.arange(3))),
        ("copied", lambda: np.nditer(np.arange(3)).copy().value),
    ):
        record(label, attempt(function).exception)


@scenario
def attributes_of_arrays(ext):
    """Attributes of arrays refuse wrong values; arrays of objects don't become others."""
    array = np.empty(4, object)
    array[:] = ["a", "b", "c", "d"]
    for label, name, value in (
        ("to numbers", "dtype", "i8"),
        ("to bytes", "dtype", "V8"),
        ("no type", "dtype", 5),
        ("shape", "shape", (3,)),
        ("negative shape", "shape", (-1, -1)),
        ("shape of text", "shape", "x"),
        ("strides", "strides", (100,)),
        ("strides of two", "strides", (8, 8)),
        ("flat", "flat", []),
        ("imag", "imag", 1),
        ("data", "data", b"x"),
    ):
        record(label, attempt(setattr, array, name, value).exception)
    for name in ("dtype", "shape", "strides", "flat", "data", "real", "T", "base"):
        record("delete " + name, attempt(delattr, array, name).exception)
    expect(
        "numbers as objects",
        attempt(np.arange(4).view, object),
        raised(TypeError),
        source="NumPy reference, ndarray.view()",
    )
    expect(
        "objects as numbers", attempt(array.view, "i8"), raised(TypeError), source="NumPy reference, ndarray.view()"
    )
    expect("whole", array.tolist(), ["a", "b", "c", "d"], source=ARRAYS + "ndarray")


@scenario
def arrays_of_variable_text(ext):
    """Arrays of StringDType: copies, pickles, missing values and conversions that fail."""
    watch = Watch()
    dtype = np.dtypes.StringDType(na_object=None)
    array = np.array(["a", "b" * 100, None, "\u00e4\u4e2d"], dtype=dtype)
    source = "NumPy user guide, 'Working with Arrays of Strings And Bytes', StringDType"
    expect("values", array.tolist(), ["a", "b" * 100, None, "\u00e4\u4e2d"], source=source)
    for label, one in (
        ("copy", array.copy()),
        ("slice", array[::-1][::-1].copy()),
        ("pickle", pickle.loads(pickle.dumps(array))),
        ("deepcopy", copy.deepcopy(array)),
        ("take", array.take([0, 1, 2, 3])),
        ("concatenate", np.concatenate([array[:2], array[2:]])),
    ):
        expect(label, one.tolist(), array.tolist(), source=source)
    array[1] = "c" * 1000
    array[0] = None
    expect("assigned", (array[1] == "c" * 1000, array[0]), (True, None), source=source)
    part = array[1:2]
    del array
    collect()
    expect("kept", part[0] == "c" * 1000, True, source=ARRAYS + "ndarray.base")

    class Fails:
        def __init__(self, thing):
            self.thing = thing

        def __str__(self):
            raise LookupError("str")

    expect(
        "fails", attempt(np.array, ["a", Fails(watch.thing("f"))], dtype=dtype), raised(LookupError), source=ERRORS
    )
    record("surrogate", attempt(np.array, ["\ud800"], dtype=np.dtypes.StringDType()).exception)
    record("no conversion", attempt(np.array, [5], dtype=np.dtypes.StringDType(coerce=False)).exception)
    record("add", (np.array(["a", "b"], dtype=np.dtypes.StringDType()) + "x").tolist())
    with_thing = np.dtypes.StringDType(na_object=watch.thing("na"))
    missing = np.array(["a", with_thing.na_object], dtype=with_thing)
    expect("missing", missing[1] is with_thing.na_object, True, source=source)
    del with_thing, missing
    expect_released("released", watch, ["f", "na"], source=OBJECTS)


@scenario
def exchange_by_dlpack(ext):
    """An array from another's DLPack capsule shares its memory; an unused capsule keeps nothing."""
    array = np.arange(4.0)
    ended = []
    reference = weakref.ref(array, lambda _: ended.append("array"))
    other = np.from_dlpack(array)
    expect("shared", np.shares_memory(array, other), True, source="NumPy reference, numpy.from_dlpack()")
    capsule = array.__dlpack__()
    del array, other
    collect()
    expect("kept by the capsule", ended, [], source="DLPack, Python specification, ownership")
    del capsule
    collect()
    expect("released", ended, ["array"], source="DLPack, Python specification, ownership")
    del reference

    class Wrong:
        def __init__(self, result):
            self.result = result

        def __dlpack_device__(self):
            return (1, 0)

        def __dlpack__(self, **keywords):
            if self.result is None:
                raise LookupError("dlpack")
            return self.result

    expect("fails", attempt(np.from_dlpack, Wrong(None)), raised(LookupError), source=ERRORS)
    record("no capsule", attempt(np.from_dlpack, Wrong(5)).exception)
    record("objects", attempt(np.array([1, "a"], dtype=object).__dlpack__).exception)
    record("no method", attempt(np.from_dlpack, 5).exception)


@scenario
def threads_use_one_array(ext):
    """Threads that work on parts of one array, or read it at once, get the right results."""
    array = np.zeros((4, 1000))
    objects = np.empty(4, object)
    objects[:] = [[], [], [], []]
    shared = np.arange(1000.0)
    failed, sums = [], []

    def work(number):
        try:
            for _ in range(50):
                array[number] += shared
                objects[number].append(number)
                with np.errstate(divide="raise" if number % 2 else "ignore"):
                    try:
                        np.divide(1.0, np.zeros(1))
                        sums.append("ignored %d" % (number % 2))
                    except FloatingPointError:
                        sums.append("raised %d" % (number % 2))
        except Exception as error:
            failed.append(type(error).__name__)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    expect("failed", failed, [], source="NumPy reference, 'Thread Safety'")
    expect(
        "sums", [float(row.sum()) for row in array], [50 * 499500.0] * 4, source="NumPy reference, 'Thread Safety'"
    )
    expect("objects", [len(one) for one in objects], [50] * 4, source="NumPy reference, 'Thread Safety'")
    expect(
        "error states",
        sorted(set(sums)),
        ["ignored 0", "raised 1"],
        source="NumPy reference, numpy.errstate: thread-safe",
    )


@scenario
def callbacks_of_error_states(ext):
    """np.seterrcall(): an exception from the callback arrives, and the callback is released."""
    watch = Watch()

    class Call:
        def __init__(self, thing):
            self.thing = thing

        def __call__(self, kind, flag):
            raise LookupError(kind)

        def write(self, message):
            raise LookupError("write")

    for mode in ("call", "log"):
        with np.errstate(divide=mode, call=Call(watch.thing(mode))):
            expect(
                mode,
                attempt(np.divide, 1.0, np.zeros(3)),
                raised(LookupError),
                source="NumPy reference, numpy.seterrcall()",
            )
    record("no callback", attempt(np.seterrcall, 5).exception)
    record("mode", attempt(np.seterr, divide="nonsense").exception)
    expect_released("released", watch, ["call", "log"], source=OBJECTS)
