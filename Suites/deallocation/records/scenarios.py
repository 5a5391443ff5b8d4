import copy
import pickle
import threading

from hpy_conform import Watch, attempt, collect, events, expect, expect_released, raised, scenario

OWNED = "HPy porting guide, 'Porting PyObject * to HPy API constructs', on HPyField (owned by the object)"
RELEASED = "HPy porting guide, 'tp_dealloc and Py_DECREF'; Python/C API, 'Type Objects', tp_dealloc"
STORE = "HPy API reference, HPyField_Store; Python/C API, 'Reference Counting'"
CYCLES = "HPy porting guide, 'tp_traverse, tp_clear, Py_TPFLAGS_HAVE_GC'; Python/C API, 'Type Objects', tp_clear"
TRAVERSE = ("HPy porting guide, 'Porting PyObject * to HPy API constructs', note on tp_traverse (all fields of the "
            "owner, nothing more); Python/C API, 'Type Objects', tp_traverse")
DESTROY = "HPy porting guide, 'Deallocator slot Py_tp_dealloc'; Python/C API, 'Type Objects', tp_dealloc"
THREADS = "HPy porting guide, 'Deallocator slot Py_tp_dealloc' (thread-safe)"
COPY = "Python library, 'copy', object.__copy__ and copy.deepcopy"
PICKLE = "Python library, 'pickle', Pickling Class Instances, object.__reduce__ and object.__setstate__"
BUFFER = "Python/C API, 'Buffer Protocol'; Python library, 'Built-in Types', Memory Views"
REFUSED = "Python/C API, 'Type Objects', bf_getbuffer (BufferError, and obj is NULL)"
BUILTIN = "HPy api.rst, 'Inherit from a built-in type'; Python/C API, 'Type Objects', tp_base"


class Keeper:
    """A Python object that may hold records, and is copied and pickled with them."""

    def __init__(self, name):
        self.name = name
        self.held = None


def nested(ext):
    """A dtype with objects on two levels and pad bytes between; 40 bytes a record, 16 of them a nested one."""
    inner = ext.DType([("flag", "int8"), ("what", "object")])
    return ext.DType([("code", "int8"), ("first", "object"), ("inner", inner), ("real", "float64")])


@scenario
def a_dtype_tells_its_layout(ext):
    """Fields, size and format are those of a C struct, nested ones and none at all among them; a dtype is a value."""
    dtype = nested(ext)
    expect("size", dtype.size, 40, source=OWNED)
    expect("format", dtype.format, "T{b:code:7xO:first:T{b:flag:7xO:what:}:inner:d:real:}", source=BUFFER)
    name, inner = dtype.fields[2]
    expect("nested", (name, inner.size, inner.fields), ("inner", 16, (("flag", "int8"), ("what", "object"))),
           source=OWNED)
    expect("others", (dtype.fields[:2], dtype.fields[3]),
           ((("code", "int8"), ("first", "object")), ("real", "float64")), source=OWNED)
    empty = ext.DType(())
    expect("empty", (empty.size, empty.fields, empty.format), (0, (), "T{}"), source=OWNED)
    expect("records of nothing", ext.Records(empty, 3).tolist(), [(), (), ()], source=OWNED)
    expect("refused", [attempt(ext.DType, fields).exception for fields in
                       ([("a", "int64"), ("a", "int64")], [("a", "int128")], [("a",)], [3],
                        [(str(i), "int8") for i in range(13)])].count(None), 0, source=OWNED)
    del dtype, inner, empty
    collect()
    ends = events(ext, "layout")
    expect("ends", [ends.count(size) for size in (40, 16)], [1, 1], source=DESTROY)


@scenario
def objects_are_released_with_their_records(ext):
    """The objects of every record, nested ones too, are released once with the memory; numbers are left alone."""
    watch = Watch()
    records = ext.Records(nested(ext), 3)
    for row in range(3):
        records.put(row, "code", -row)
        records.put(row, "first", watch.thing("first%d" % row))
        records.put(row, "inner", (row, watch.thing("what%d" % row)))
        records.put(row, "real", row / 4)
    expect_released("held", watch, [], OWNED)
    expect("numbers", [(code, inner[0], real) for code, _, inner, real in records.tolist()],
           [(0, 0, 0.0), (-1, 1, 0.25), (-2, 2, 0.5)], source=OWNED)
    expect("objects", [(first.name, inner[1].name) for _, first, inner, _ in records.tolist()],
           [("first%d" % row, "what%d" % row) for row in range(3)], source=OWNED)
    del records
    expect_released("gone", watch, ["%s%d" % (name, row) for name in ("first", "what") for row in range(3)], RELEASED)
    expect("destroyed", events(ext, "records"), [1], source=DESTROY)


@scenario
def an_object_is_replaced_given_up_and_stored_again(ext):
    """One release for each store: the same object twice, in two fields, given up twice, and stored again afterwards."""
    watch = Watch()
    records = ext.Records(nested(ext), 2)
    one = watch.thing("one")
    for _ in range(3):
        records.put(0, "first", one)
    records.put(1, "first", one)
    records.put(0, "inner", (0, one))
    del one
    records.put(0, "first")
    records.put(0, "first")
    records.put(1, "first", watch.thing("two"))
    expect_released("once more", watch, [], STORE)
    expect("given up", records.get(0, "first"), None, source=STORE)
    records.put(0, "inner", (1, None))
    expect_released("the last store replaced", watch, ["one"], STORE)
    records.put(1, "first", records.get(1, "first"))
    expect_released("by itself", watch, ["one"], STORE)
    records.put(0, "first", records.get(1, "first"))
    records.put(1, "first")
    expect_released("in another record", watch, ["one"], STORE)
    expect("given up, a number", attempt(records.put, 0, "code"), raised(TypeError), source=STORE)
    del records
    expect_released("gone", watch, ["one", "two"], RELEASED)


@scenario
def a_record_that_cannot_be_written_keeps_its_references(ext):
    """Where a value of a record does not fit, what was written before it stays, and nothing is released twice."""
    watch = Watch()
    records = ext.Records(nested(ext), 1)
    records.put(0, "inner", (1, watch.thing("old")))
    expect("number", attempt(records.put, 0, "inner", (128, watch.thing("late"))), raised(OverflowError), source=STORE)
    expect_released("the old one stays", watch, ["late"], STORE)
    expect("tuple", attempt(records.put, 0, "inner", (1,)), raised(TypeError), source=STORE)
    expect("no tuple", attempt(records.put, 0, "inner", [1, 2]), raised(TypeError), source=STORE)
    state = [(1, watch.thing("first"), (1, watch.thing("new")), "no number")]
    expect("real", attempt(records.__setstate__, state), raised(TypeError), source=STORE)
    del state
    expect_released("two are new", watch, ["late", "old"], STORE)
    expect("what is there", (records.get(0, "first").name, records.get(0, "inner")[1].name), ("first", "new"),
           source=STORE)
    del records
    expect_released("gone", watch, ["late", "old", "first", "new"], RELEASED)


@scenario
def a_dtype_may_end_before_its_records(ext):
    """The native layout lives as long as something uses it: a dtype, one around it, records, a view."""
    inner = ext.DType([("what", "object"), ("number", "int64"), ("more", "int64")])
    dtype = ext.DType([("inner", inner), ("number", "int64")])
    records = ext.Records(dtype, 2)
    del inner, dtype
    collect()
    expect("dtypes", events(ext, "dtype"), [24, 32], any_order=True, source=DESTROY)
    expect("layouts while used", events(ext, "layout"), [], source=DESTROY)
    records.put(1, "inner", ("text", 3, 4))
    expect("records are whole", records.tolist(), [((None, 0, 0), 0), (("text", 3, 4), 0)], source=OWNED)
    view = records.column("inner")
    del records
    collect()
    expect("records while seen", events(ext, "records"), [], source=RELEASED)
    expect("a view is whole", view.tolist(), [(None, 0, 0), ("text", 3, 4)], source=OWNED)
    again = view.dtype
    del view
    collect()
    expect("outer layout", events(ext, "layout"), [32], source=DESTROY)
    expect("a dtype of the inner one", (again.size, again.fields[1]), (24, ("number", "int64")), source=OWNED)
    del again
    collect()
    expect("both layouts", events(ext, "layout"), [32, 24], source=DESTROY)


@scenario
def a_view_shares_the_memory(ext):
    """Rows, a column and a nested record show the owner's memory, and what each of them stores is the owner's."""
    watch = Watch()
    records = ext.Records(nested(ext), 4)
    rows, column, inner = records.rows(1, 2), records.column("first"), records.column("inner")
    deep = inner.rows(2, 2).column("what")
    expect("bases", [view.base is records for view in (rows, column, inner, deep)], [True] * 4, source=OWNED)
    expect("base of the owner", records.base, None, source=OWNED)
    rows.put(0, "code", 7)
    rows.put(1, "first", watch.thing("by rows"))
    column.put(3, "", watch.thing("by column"))
    inner.put(1, "what", watch.thing("by inner"))
    deep.put(1, "", watch.thing("by deep"))
    expect("number", [one[0] for one in records.tolist()], [0, 7, 0, 0], source=OWNED)
    expect("objects", [(getattr(first, "name", None), getattr(inner[1], "name", None))
                       for _, first, inner, _ in records.tolist()],
           [(None, None), (None, "by inner"), ("by rows", None), ("by column", "by deep")], source=OWNED)
    expect("seen by another", (column.get(2, "").name, rows.get(0, "inner")[1].name), ("by rows", "by inner"),
           source=OWNED)
    column.put(2, "")
    expect_released("given up by another", watch, ["by rows"], STORE)
    expect("outside", [attempt(view.get, at, "").exception for view, at in ((deep, 2), (column, 4), (column, -1))],
           ["IndexError"] * 3, source=OWNED)
    del rows, column, inner
    expect_released("views gone", watch, ["by rows"], RELEASED)
    expect("destroyed", (sorted(events(ext, "view")), events(ext, "records")), ([2, 3, 4, 5], []), source=DESTROY)
    del records
    expect_released("names gone", watch, ["by rows"], RELEASED)
    expect("last view is whole", deep.get(1, "").name, "by deep", source=OWNED)
    del deep
    expect_released("all gone", watch, ["by rows", "by inner", "by column", "by deep"], RELEASED)
    expect("owner destroyed", events(ext, "records"), [1], source=DESTROY)


@scenario
def a_record_becomes_one_like_another(ext):
    """An assignment shares the objects, and gives up what was there; to itself, it changes nothing."""
    watch = Watch()
    one, other = ext.Records(nested(ext), 2), ext.Records(nested(ext), 1)
    for records, row, name in ((one, 0, "a"), (one, 1, "b"), (other, 0, "c")):
        records.put(row, "code", ord(name))
        records.put(row, "first", watch.thing(name))
        records.put(row, "inner", (1, watch.thing(name + name)))
    one.assign(0, one, 0)
    one.assign(0, one.rows(0, 1), 0)
    expect_released("by itself", watch, [], STORE)
    one.assign(0, other, 0)
    expect_released("by another", watch, ["a", "aa"], STORE)
    expect("same", (one.get(0, "code"), one.get(0, "first") is other.get(0, "first")), (ord("c"), True), source=STORE)
    one.rows(1, 1).assign(0, one, 0)
    expect_released("through a view", watch, ["a", "aa", "b", "bb"], STORE)
    expect("other fields", attempt(one.assign, 0, one.column("inner"), 0), raised(TypeError), source=STORE)
    expect("nested ones", attempt(other.column("inner").assign, 0, one.column("inner"), 1).exception, None,
           source=STORE)
    del one
    expect_released("one gone", watch, ["a", "aa", "b", "bb"], RELEASED)
    expect("the other is whole", other.get(0, "first").name + other.get(0, "inner")[1].name, "ccc", source=RELEASED)
    del other, records
    expect_released("both gone", watch, ["a", "aa", "b", "bb", "c", "cc"], RELEASED)


@scenario
def traverse_visits_what_the_owner_owns(ext):
    """Records refer to the objects in them; a view refers to its owner, and not to what is in the memory of that."""
    referents = ext.imported("gc", "get_referents")
    records = ext.Records(nested(ext), 2)
    things = [Keeper(name) for name in "abc"]
    records.put(0, "first", things[0])
    records.put(1, "inner", (0, things[1]))
    view = records.column("inner")
    view.put(0, "what", things[2])

    def names(one):
        return sorted(found.name for found in referents(one) if isinstance(found, Keeper))

    expect("of records", names(records), ["a", "b", "c"], source=TRAVERSE)
    expect("of a view", names(view), [], source=TRAVERSE)
    expect("owner of a view", sum(found is records for found in referents(view)), 1, source=TRAVERSE)
    records.put(0, "first")
    expect("of records afterwards", names(records), ["b", "c"], source=TRAVERSE)


@scenario
def cycles_through_objects_are_released(ext):
    """Records in a record, in a nested one, in those of each other, and a view in the memory that it shows."""
    watch = Watch()
    dtype = nested(ext)
    itself, one, two, seen, listed = [ext.Records(dtype, 3) for _ in range(5)]
    itself.put(1, "first", itself)
    itself.put(2, "inner", (1, itself))
    one.put(0, "inner", (1, two))
    two.put(2, "first", one)
    seen.put(1, "inner", (1, seen.column("first").rows(1, 2)))
    keeper = Keeper("in between")
    keeper.held = [listed, listed.rows(0, 1)]
    listed.put(0, "first", keeper)
    for records, name in ((itself, "itself"), (one, "one"), (two, "two"), (seen, "seen"), (listed, "listed")):
        records.column("first").put(2 if records is not two else 1, "", watch.thing(name))
    expect_released("held", watch, [], CYCLES)
    del itself, one, two, seen, listed, records, keeper
    expect_released("let go", watch, ["itself", "one", "two", "seen", "listed"], CYCLES)
    expect("destroyed", events(ext, "records"), [1, 2, 3, 4, 5], any_order=True, source=DESTROY)
    del dtype
    collect()
    expect("layouts", [size for size in events(ext, "layout") if size != 8], [40, 16], any_order=True, source=DESTROY)


@scenario
def code_that_runs_at_an_end_uses_the_records(ext):
    """What ends because it is replaced finds the new value, and may replace others, also through a view."""
    seen = []
    records = ext.Records(nested(ext), 2)
    view = records.column("inner")

    class Ending:
        def __init__(self, name):
            self.name = name

        def __del__(self):
            seen.append((self.name, records.get(0, "first"), view.get(1, "what")))
            records.put(0, "first", "by " + self.name)
            view.put(1, "what", "also by " + self.name)

    records.put(0, "first", Ending("one"))
    records.put(0, "first", "new")
    collect()
    expect("replaced", seen, [("one", "new", None)],
           source="Python/C API, 'Type Objects', tp_clear (why Py_CLEAR is used)")
    view.put(1, "what", Ending("two"))
    records.assign(1, records, 0)
    collect()
    expect("assigned", seen[1:], [("two", "by one", None)], source=STORE)
    expect("afterwards", (records.get(0, "first"), records.get(1, "first"), view.get(1, "what")),
           ("by two", "by one", "also by two"), source=STORE)


@scenario
def a_copy_shares_the_objects_and_not_the_memory(ext):
    """copy.copy() makes memory with one more reference for each object; a copy of a view has its own, too."""
    watch = Watch()
    records = ext.Records(nested(ext), 3)
    for row in range(3):
        records.put(row, "code", row)
        records.put(row, "first", watch.thing("first%d" % row))
        records.put(row, "inner", (row, watch.thing("what%d" % row)))
    whole, part = copy.copy(records), copy.copy(records.rows(1, 2).column("inner"))
    expect("bases", (whole.base, part.base), (None, None), source=COPY)
    expect("same objects", [one is other for (_, one, _, _), (_, other, _, _) in zip(records.tolist(), whole.tolist())],
           [True] * 3, source=COPY)
    whole.put(0, "code", 99)
    whole.put(0, "first")
    part.put(0, "what")
    expect("apart", (records.get(0, "code"), records.get(0, "first").name), (0, "first0"), source=COPY)
    expect_released("given up in the copies", watch, [], COPY)
    del records
    expect_released("original gone", watch, ["first0"], RELEASED)
    expect("the copies are whole",
           (whole.get(2, "first").name, whole.get(1, "inner")[1].name, part.get(1, "what").name),
           ("first2", "what1", "what2"), source=COPY)
    del whole
    expect_released("copy gone", watch, ["first0", "first1", "first2", "what0", "what1"], RELEASED)
    del part
    expect_released("both gone", watch, ["%s%d" % (name, row) for name in ("first", "what") for row in range(3)],
                    RELEASED)
    expect("destroyed", len(events(ext, "records")), 3, source=DESTROY)


@scenario
def a_deep_copy_copies_the_objects(ext):
    """copy.deepcopy() copies objects once, wherever they are, and records that hold themselves hold their copy then."""
    records = ext.Records(nested(ext), 2)
    shared = Keeper("shared")
    records.put(0, "code", 5)
    records.put(0, "first", shared)
    records.put(1, "inner", (1, shared))
    records.put(1, "first", records)
    shared.held = records
    deep = copy.deepcopy(records)
    expect("number", deep.get(0, "code"), 5, source=COPY)
    expect("another object", deep.get(0, "first") is not shared, True, source=COPY)
    expect("once", deep.get(0, "first") is deep.get(1, "inner")[1], True, source=COPY)
    expect("itself", (deep.get(1, "first") is deep, deep.get(0, "first").held is deep), (True, True), source=COPY)
    del records, shared
    collect()
    expect("the copy is whole", (deep.get(0, "first").name, deep.get(1, "inner")[0]), ("shared", 1), source=COPY)


@scenario
def a_deep_copy_leaves_nothing_behind(ext):
    """The original, a deep copy and what was made for it end, each when nothing refers to it."""
    records = ext.Records(nested(ext), 2)
    records.put(0, "first", Keeper("one"))
    deep = copy.deepcopy(records)
    del records
    collect()
    expect("original", events(ext, "records"), [1], source=DESTROY)
    expect("the copy is whole", deep.get(0, "first").name, "one", source=COPY)
    del deep
    collect()
    expect("both", events(ext, "records"), [1, 2], source=DESTROY)


@scenario
def records_are_pickled(ext):
    """What comes back has the same fields, values and shared objects, and memory of its own, for each protocol."""
    dtype = nested(ext)
    records = ext.Records(dtype, 2)
    both = ["both"]
    records.put(0, "first", both)
    records.put(1, "inner", (-3, both))
    records.put(1, "real", 0.1)
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        again = pickle.loads(pickle.dumps(records, protocol))
        expect("values %d" % protocol, again.tolist(), records.tolist(), source=PICKLE)
        expect("format %d" % protocol, again.dtype.format, dtype.format, source=PICKLE)
        expect("shared %d" % protocol, again.get(0, "first") is again.get(1, "inner")[1], True, source=PICKLE)
    expect("dtype", pickle.loads(pickle.dumps(dtype)).format, dtype.format, source=PICKLE)
    view = pickle.loads(pickle.dumps(records.rows(1, 1)))
    expect("a view", (view.base, view.tolist()), (None, [(0, None, (-3, ["both"]), 0.1)]), source=PICKLE)
    del again, view, records
    collect()
    expect("destroyed", len(events(ext, "records")), pickle.HIGHEST_PROTOCOL + 3, source=DESTROY)


@scenario
def records_that_hold_themselves_are_pickled(ext):
    """A cycle through an object field is there again in what comes back, and ends when it is let go."""
    records = ext.Records(nested(ext), 1)
    records.put(0, "first", records)
    records.put(0, "inner", (1, [records]))
    text = pickle.dumps(records)
    records.put(0, "first")
    records.put(0, "inner", (0, None))
    again = pickle.loads(text)
    expect("itself", (again.get(0, "first") is again, again.get(0, "inner")[1][0] is again), (True, True),
           source=PICKLE)
    del again, records
    collect()
    expect("destroyed", events(ext, "records"), [1, 2], any_order=True, source=DESTROY)


@scenario
def an_exported_buffer_keeps_the_memory(ext):
    """A memoryview of numbers keeps records alive, and shows in its format what the dtype says."""
    records = ext.Records(ext.DType([("code", "int8"), ("number", "int64")]), 2)
    records.put(1, "code", -1)
    records.put(1, "number", 258)
    view = memoryview(records)
    expect("shape", (view.format, view.itemsize, view.shape, view.strides, view.readonly),
           ("T{b:code:7xq:number:}", 16, (2,), (16,), False), source=BUFFER)
    expect("bytes", view.tobytes(), bytes(16) + b"\xff" + bytes(7) + b"\2\1" + bytes(6), source=BUFFER)
    del records
    collect()
    expect("alive while exported", events(ext, "records"), [], source=BUFFER)
    expect("bytes afterwards", view.tobytes()[16:], b"\xff" + bytes(7) + b"\2\1" + bytes(6), source=BUFFER)
    view.release()
    del view
    collect()
    expect("released, then destroyed", [name for name, _ in events(ext) if name in ("released", "records")],
           ["released", "records"], source=BUFFER)


@scenario
def a_column_is_exported_with_its_strides(ext):
    """Python reads and writes the numbers of a column in the records' memory, of a nested one and of rows, too."""
    inner = ext.DType([("flag", "int8"), ("number", "int64")])
    records = ext.Records(ext.DType([("what", "object"), ("inner", inner), ("real", "float64")]), 4)
    numbers = memoryview(records.rows(1, 3).column("inner").column("number"))
    reals = memoryview(records.column("real"))
    expect("formats", [(view.format, view.itemsize, view.shape, view.strides) for view in (numbers, reals)],
           [("q", 8, (3,), (32,)), ("d", 8, (4,), (32,))], source=BUFFER)
    records.put(2, "real", 0.5)
    expect("read", reals.tolist(), [0.0, 0.0, 0.5, 0.0], source=BUFFER)
    numbers[1] = -2 ** 40
    reals[0] = 1.25
    expect("written", [(nested[1], real) for _, nested, real in records.tolist()],
           [(0, 1.25), (0, 0.0), (-2 ** 40, 0.5), (0, 0.0)], source=BUFFER)
    records.put(3, "what", "text")
    del records
    collect()
    expect("alive while exported", events(ext, "records"), [], source=BUFFER)
    expect("still there", (numbers.tolist(), reals[0]), ([0, -2 ** 40, 0], 1.25), source=BUFFER)
    del numbers
    collect()
    expect("one left", events(ext, "records"), [], source=BUFFER)
    del reals
    collect()
    expect("none left", events(ext, "records"), [1], source=BUFFER)
    expect("released", len(events(ext, "released")), 2, source=BUFFER)
    expect("still exported", events(ext, "still exported"), [], source=BUFFER)


@scenario
def objects_are_not_exported(ext):
    """Records with objects refuse to be exported, and so does a column of objects; all stay whole."""
    watch = Watch()
    records = ext.Records(nested(ext), 2)
    records.put(0, "first", watch.thing("one"))
    expect("records", attempt(memoryview, records), raised(BufferError), source=REFUSED)
    expect("column", attempt(memoryview, records.column("first")), raised(BufferError), source=REFUSED)
    expect("whole", records.get(0, "first").name, "one", source=REFUSED)
    del records
    expect_released("gone", watch, ["one"], RELEASED)
    expect("released", events(ext, "released"), [], source=REFUSED)
    expect("still exported", events(ext, "still exported"), [], source=REFUSED)


@scenario
def very_many_objects(ext):
    """Records with thousands of objects are visited in collections, and release all of them once."""
    released = [0]

    class Counted:
        def __del__(self):
            released[0] += 1

    dtype = ext.DType([(name, "object") for name in "abcdefgh"])
    wide = ext.DType([("one", dtype), ("two", dtype), ("number", "int64")])
    records = ext.Records(wide, 100)
    for row in range(100):
        for name in ("one", "two"):
            records.put(row, name, tuple(Counted() for _ in range(8)))
        records.put(row, "number", row)
        if row % 25 == 0:
            collect()
    expect("held", released[0], 0, source=OWNED)
    expect("all are there",
           sum(type(one) is Counted for record in records.tolist() for part in record[:2] for one in part), 1600,
           source=OWNED)
    expect("numbers", [record[2] for record in records.tolist()], list(range(100)), source=OWNED)
    records.put(0, "one", (None,) * 8)
    collect()
    expect("eight replaced", released[0], 8, source=STORE)
    del records
    collect()
    expect("gone", released[0], 1600, source=RELEASED)


@scenario
def records_end_in_several_threads(ext):
    """Records of one layout, views and dtypes of it are let go by threads at once: everything ends once."""
    dtype = nested(ext)
    released = []

    class Noting:
        def __init__(self, name):
            self.name = name

        def __del__(self):
            released.append(self.name)

    def work(number):
        for turn in range(20):
            records = ext.Records(dtype, 2)
            records.put(0, "first", Noting((number, turn)))
            view = records.column("inner")
            again = ext.Records(records.dtype, 1)
            again.put(0, "first", view)
            del records

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    collect()
    expect("released", released, [(number, turn) for number in range(4) for turn in range(20)], any_order=True,
           source=THREADS)
    expect("destroyed", len(events(ext, "records")), 160, source=THREADS)
    expect("views", len(events(ext, "view")), 80, source=THREADS)
    expect("layout while used", events(ext, "layout"), [], source=THREADS)
    del dtype
    collect()
    expect("layouts", events(ext, "layout"), [40, 16], source=THREADS)


@scenario
def scalars_are_released_with_their_records(ext):
    """A scalar, a float and of an abstract type, is kept by an object field, outlives it, and is destroyed once."""
    records = ext.Records(nested(ext), 2)
    one, two = ext.Float64(1.5), ext.Float64(-2.25)
    one.tag, two.tag = 101, 102
    expect("is both", [isinstance(one, kind) for kind in (float, ext.Floating, ext.Generic)], [True] * 3,
           source=BUILTIN)
    records.put(0, "first", one)
    records.put(1, "inner", (1, two))
    records.put(1, "real", two)
    del one, two
    collect()
    expect("kept", events(ext, "scalar"), [], source=OWNED)
    expect("values", (records.get(0, "first") + 0, records.get(1, "inner")[1] + 0, records.get(1, "real")),
           (1.5, -2.25, -2.25), source=OWNED)
    kept = records.get(0, "first")
    del records
    collect()
    expect("with the records", events(ext, "scalar"), [102], source=DESTROY)
    expect("the kept one is whole", (kept + 1, kept.tag, kept.kind()), (2.5, 101, "generic"), source=BUILTIN)
    del kept
    collect()
    expect("both", events(ext, "scalar"), [102, 101], source=DESTROY)


@scenario
def a_scalar_with_an_object_of_its_own(ext):
    """An object beside the float's value is released with the scalar, and cycles through it are collected."""
    watch = Watch()
    one = ext.Quantity(3.5)
    one.tag = 101
    one.unit = watch.thing("metre")
    expect("value", (one + 0, one.unit.name), (3.5, "metre"), source=BUILTIN)
    one.unit = watch.thing("mile")
    expect_released("replaced", watch, ["metre"], STORE)
    del one
    expect_released("gone", watch, ["metre", "mile"], RELEASED)
    records = ext.Records(nested(ext), 1)
    two = ext.Quantity(1)
    two.tag = 102
    two.unit = [records, watch.thing("in a cycle")]
    records.put(0, "first", two)
    del records, two
    expect_released("cycle", watch, ["metre", "mile", "in a cycle"], CYCLES)
    expect("destroyed", events(ext, "scalar"), [101, 102], source=DESTROY)
