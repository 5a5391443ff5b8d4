from hpy_conform import Watch, attempt, collect, expect, expect_released, one_of, raised, returned, scenario

TRACKER = "HPy ctx_tracker.c, documentation of trackers: HPyErr will have been set by the error that occurred"
PARSE = "HPy API reference, 'Argument Parsing', HPyArg_Parse (0 on failure) and its options (ht)"
ITEMS = "HPy public API, HPy_GetItem_i and others; Python/C API, 'Exception Handling' (-1 or NULL, and an exception)"

NUMBER = 2 ** 40


def no_memory_for_numbers():
    """So many numbers that the next ones have to be put where no object is yet."""
    return [NUMBER + i for i in range(100000)]


@scenario
def a_tracker_without_memory(ext):
    """There is an exception and no tracker."""
    expect("tracker", attempt(ext.tracker), one_of(raised(MemoryError), returned("a tracker")), source=TRACKER)


@scenario
def parsers_without_memory(ext):
    """A parser that gets no tracker fails, and keeps nothing."""
    for function in (ext.parse, ext.by_name, ext.by_dict):
        watch = Watch()
        ended = attempt(lambda: function(watch.thing("item")).name)
        expect(function.__name__, ended, one_of(raised(MemoryError), returned("item")), source=PARSE)
        del ended
        expect_released(function.__name__ + ": ended", watch, ["item"], PARSE)


@scenario
def items_without_memory(ext):
    """An item whose number there is no memory for is neither got nor set nor deleted, and that is an exception."""
    held = no_memory_for_numbers()
    items = {NUMBER: "one"}
    collect()
    expect("got", attempt(ext.get, items), one_of(raised(MemoryError), returned("one")), source=ITEMS)
    collect()
    ended = attempt(ext.set, items, "two")
    expect("set", ended, one_of(raised(MemoryError), returned(0)), source=ITEMS)
    expect("item", items[NUMBER], "one" if ended.exception else "two", source=ITEMS)
    collect()
    ended = attempt(ext.delete, items)
    expect("deleted", ended, one_of(raised(MemoryError), returned(0)), source=ITEMS)
    expect("number of items", len(items), 1 if ended.exception else 0, source=ITEMS)
    expect("numbers held", len(held), 100000, source=ITEMS)
