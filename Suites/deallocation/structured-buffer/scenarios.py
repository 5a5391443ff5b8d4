from hpy_conform import Watch, collect, events, expect, expect_released, scenario

OWNED = "HPy porting guide, 'Porting PyObject * to HPy API constructs', on HPyField"
RELEASED = "HPy porting guide, 'tp_dealloc and Py_DECREF'"
STORE = "HPy API reference, HPyField_Store; Python/C API, 'Reference Counting'"
CYCLES = "HPy porting guide, 'tp_traverse, tp_clear, Py_TPFLAGS_HAVE_GC'; Python/C API, 'Type Objects', tp_clear"
DESTROY = "HPy porting guide, 'Deallocator slot Py_tp_dealloc'; Python/C API, 'Type Objects', tp_dealloc"


@scenario
def contents_are_released_with_the_buffer(ext):
    """All object cells are released once when the owner of the buffer dies; numbers between them are left alone."""
    watch = Watch()
    numbers = [1, -1, 2 ** 62 + 1]
    records = ext.Records(ext.Layout("LOLO"), 3)
    for row in range(3):
        records.put(row, 0, numbers[row])
        records.put(row, 1, watch.thing("a%d" % row))
        records.put(row, 2, -numbers[row])
        records.put(row, 3, watch.thing("b%d" % row))
    expect_released("held", watch, [], OWNED)
    expect("numbers", [(records.get(row, 0), records.get(row, 2)) for row in range(3)],
           [(one, -one) for one in numbers], source=OWNED)
    expect("objects", [records.get(row, 1).name + records.get(row, 3).name for row in range(3)],
           ["a0b0", "a1b1", "a2b2"], source=OWNED)
    expect("freed while held", events(ext), [], source=DESTROY)
    del records
    expect_released("gone", watch, ["a0", "a1", "a2", "b0", "b1", "b2"], RELEASED)
    expect("freed", events(ext), [("buffer", 1), ("layout", 4)], any_order=True, source=DESTROY)


@scenario
def only_what_was_stored_is_released(ext):
    """Empty cells, an object in several cells, and an object that lives on elsewhere: one release for each store."""
    watch = Watch()
    both, kept = watch.thing("both"), watch.thing("kept")
    full, partial, empty, none = [ext.Records(ext.Layout("OL"), rows) for rows in (4, 4, 4, 0)]
    for row in range(4):
        full.put(row, 0, both if row % 2 else kept)
    partial.put(1, 0, both)
    partial.put(3, 0, watch.thing("last"))
    expect("empty cells", [partial.get(row, 0) is None for row in range(4)], [True, False, True, False], source=OWNED)
    del both, empty, none, row
    expect_released("two of four gone", watch, [], RELEASED)
    expect("freed without contents", events(ext, "buffer"), [3, 4], any_order=True, source=DESTROY)
    del full
    expect_released("the full one gone", watch, [], RELEASED)
    del partial
    expect_released("the partial one gone", watch, ["both", "last"], RELEASED)
    expect("the kept one is whole", kept.name, "kept", source=RELEASED)
    del kept
    expect_released("kept no longer", watch, ["both", "kept", "last"], RELEASED)
    expect("freed", events(ext, "buffer"), [1, 2, 3, 4], any_order=True, source=DESTROY)


@scenario
def resizing_releases_what_no_longer_fits(ext):
    """A smaller buffer releases the rows it loses, and a larger one has empty cells; both keep the rest."""
    watch = Watch()
    records = ext.Records(ext.Layout("OL"), 4)
    for row in range(4):
        records.put(row, 0, watch.thing("row%d" % row))
        records.put(row, 1, row * 10)
    records.resize(2)
    expect_released("smaller", watch, ["row2", "row3"], STORE)
    records.resize(5)
    expect_released("larger", watch, ["row2", "row3"], STORE)
    expect("rows", [(getattr(records.get(row, 0), "name", None), records.get(row, 1)) for row in range(5)],
           [("row0", 0), ("row1", 10), (None, 0), (None, 0), (None, 0)], source=OWNED)
    records.put(4, 0, watch.thing("late"))
    records.resize(0)
    expect_released("none left", watch, ["row0", "row1", "row2", "row3", "late"], STORE)
    expect("freed while alive", events(ext), [], source=DESTROY)
    del records
    collect()
    expect("freed", events(ext), [("buffer", 1), ("layout", 2)], any_order=True, source=DESTROY)


@scenario
def contents_that_end_find_the_resized_buffer(ext):
    """Code that runs while a resize releases contents finds the new rows, and may use them."""
    records = ext.Records(ext.Layout("O"), 3)
    seen = []

    class Peeker:
        def __del__(self):
            seen.append((records.rows, records.get(0, 0)))
            records.put(0, 0, "changed")

    records.put(0, 0, "first")
    records.put(1, 0, Peeker())
    records.resize(1)
    collect()
    expect("seen", seen, [(1, "first")], source="Python/C API, 'Type Objects', tp_clear (why Py_CLEAR is used)")
    expect("afterwards", records.get(0, 0), "changed", source=STORE)


@scenario
def cycles_through_the_buffer_are_released(ext):
    """Buffers in a cycle with themselves, with each other and with a list are collected, and freed once."""
    watch = Watch()
    layout = ext.Layout("LO")
    itself, one, two, listed = [ext.Records(layout, 3) for _ in range(4)]
    itself.put(0, 1, itself)
    itself.put(2, 1, watch.thing("itself"))
    one.put(1, 1, two)
    two.put(1, 1, one)
    one.put(0, 1, watch.thing("one"))
    two.put(2, 1, watch.thing("two"))
    listed.put(0, 1, [listed, watch.thing("listed")])
    for records in (itself, one, two, listed):
        records.put(0, 0, -1)
    expect_released("held", watch, [], CYCLES)
    del itself, one, two, listed, records
    expect_released("let go", watch, ["itself", "one", "two", "listed"], CYCLES)
    expect("buffers freed", events(ext, "buffer"), [1, 2, 3, 4], any_order=True, source=DESTROY)
    del layout
    collect()
    expect("layout freed", events(ext, "layout"), [2], source=DESTROY)


@scenario
def contents_stay_valid_across_collections(ext):
    """Young objects stored in old buffers are the same ones after collections, before and after a resize."""
    layout = ext.Layout("OLO")
    tables = [ext.Records(layout, 40) for _ in range(20)]
    collect()
    for number, records in enumerate(tables):
        for row in range(40):
            records.put(row, 0, [number, row])
            records.put(row, 2, {"row": row})
        if number % 5 == 0:
            collect()
    del number, records
    collect()
    expect("contents", all(records.get(row, 0) == [number, row] and records.get(row, 2) == {"row": row}
                           for number, records in enumerate(tables) for row in range(40)), True, source=OWNED)
    for records in tables:
        records.resize(60)
    garbage = [[row] for row in range(50000)]
    collect()
    expect("contents after a resize", all(records.get(row, 0) == [number, row] and records.get(row, 2) == {"row": row}
                                          for number, records in enumerate(tables) for row in range(40)), True,
           source=OWNED)
    del tables, records, garbage
    collect()
    expect("buffers freed", events(ext, "buffer"), list(range(1, 21)), any_order=True, source=DESTROY)


@scenario
def a_layout_lives_as_long_as_its_buffers(ext):
    """Buffers that share a layout keep it alive, native part and object, until the last of them is gone."""
    watch = Watch()
    layout = ext.Layout("LOOLO")
    one, two = ext.Records(layout, 2), ext.Records(layout, 3)
    expect("shared", one.layout is layout and two.layout is layout, True, source=RELEASED)
    del layout
    collect()
    one.put(1, 4, watch.thing("one"))
    two.put(2, 4, watch.thing("two"))
    expect("freed while used", events(ext, "layout"), [], source=DESTROY)
    del one
    expect_released("one gone", watch, ["one"], RELEASED)
    expect("freed while used once", events(ext, "layout"), [], source=DESTROY)
    expect("still used", two.get(2, 4).name, "two", source=RELEASED)
    del two
    expect_released("both gone", watch, ["one", "two"], RELEASED)
    expect("freed", events(ext, "layout"), [5], source=DESTROY)
