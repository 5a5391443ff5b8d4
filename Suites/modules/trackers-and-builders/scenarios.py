from hpy_conform import Watch, attempt, collect, events, expect, expect_released, raised, record, returned, scenario

TRACKER = "HPy ctx_tracker.c, documentation of HPyTracker"
BUILDER = "HPy API reference, 'Building tuples and lists', %s"
BUILD = BUILDER % "HPyListBuilder_Build, HPyTupleBuilder_Build"
CANCEL = BUILDER % "HPyListBuilder_Cancel, HPyTupleBuilder_Cancel"
SET = BUILDER % "HPyListBuilder_Set, HPyTupleBuilder_Set: handles are never stolen"
NEW = BUILDER % "HPyListBuilder_New, HPyTupleBuilder_New: no exception, even when out of memory"


def things(watch, count):
    return [watch.thing("thing %d" % i) for i in range(count)]


@scenario
def a_tracker_takes_any_number_of_handles(ext):
    """A tracker that was made for few grows; each handle is closed at the end, and no more than that."""
    for size, count in ((0, 0), (0, 4), (0, 5), (0, 6), (0, 7), (1, 1), (1, 2), (1, 50), (3, 4), (64, 50), (64, 200)):
        label = "%d in one for %d" % (count, size)
        watch = Watch()
        items = things(watch, count)
        for i in range(3):
            expect("%s, time %d" % (label, i), ext.track(size, items, 0), count, source=TRACKER)
        collect()
        expect(label + ", items whole", [one.name for one in items], ["thing %d" % i for i in range(count)],
               source=TRACKER)
        expect(label + ", ended early", watch.finalized, [], source=TRACKER)
        del items
        one = None
        expect_released(label, watch, ["thing %d" % i for i in range(count)], TRACKER)


@scenario
def a_tracker_forgets_and_goes_on(ext):
    """Handles that were forgotten are left to their owner; those that came later are closed."""
    source = "HPy API reference, HPyTracker_ForgetAll"
    for size, count, forget in ((0, 3, 3), (0, 8, 8), (0, 20, 7), (2, 40, 30), (10, 10, 1)):
        label = "%d of %d" % (forget, count)
        watch = Watch()
        items = things(watch, count)
        expect(label, ext.track(size, items, forget), count, source=source)
        collect()
        expect(label + ", ended early", watch.finalized, [], source=source)
        del items
        expect_released(label, watch, ["thing %d" % i for i in range(count)], source)


@scenario
def a_tracker_is_closed_after_an_exception(ext):
    """What was tracked before an error is closed as well."""

    class Failing:
        def __init__(self, items):
            self.items = items

        def __len__(self):
            return len(self.items)

        def __getitem__(self, index):
            if index == 7:
                raise KeyError("seven")
            return self.items[index]

    watch = Watch()
    items = Failing(things(watch, 9))
    expect("exception", attempt(ext.track, 2, items, 0), raised(KeyError), source=TRACKER)
    collect()
    expect("ended early", watch.finalized, [], source=TRACKER)
    del items
    expect_released("after it", watch, ["thing %d" % i for i in range(9)], TRACKER)


@scenario
def a_builder_makes_what_was_set(ext):
    """All items come to stand at their index, in whatever order they are set, and the type is the exact one."""
    for count in (0, 1, 2, 33):
        items = [object() for i in range(count)]
        for backwards in (0, 1):
            label = "%d%s" % (count, " backwards" if backwards else "")
            for build, kind in ((ext.build_list, list), (ext.build_tuple, tuple)):
                built = build(items, backwards, -1)
                expect("%s of %s" % (kind.__name__, label), [type(built) is kind, len(built)], [True, count],
                       source=BUILD)
                expect("items of %s of %s" % (kind.__name__, label), all(a is b for a, b in zip(built, items)), True,
                       source=BUILD)


@scenario
def what_was_built_can_be_used(ext):
    """A list that was built is as mutable as others, and a new one each time; a tuple can be hashed."""
    one, two = ext.build_list([1, 2], 0, -1), ext.build_list([1, 2], 0, -1)
    one.append(3)
    expect("appended", one, [1, 2, 3], source=BUILD)
    expect("the other", two, [1, 2], source=BUILD)
    expect("hash", hash(ext.build_tuple([1, 2], 0, -1)) == hash((1, 2)), True, source=BUILD)


@scenario
def a_builder_holds_each_item(ext):
    """What was built holds its items, also when the caller doesn't."""
    watch = Watch()
    for build in (ext.build_list, ext.build_tuple):
        built = build(things(watch, 3), 0, -1)
        collect()
        expect(build.__name__, [one.name for one in built], ["thing 0", "thing 1", "thing 2"], source=BUILD)
        expect(build.__name__ + " ended early", watch.finalized, [], source=SET)
        watch = Watch()


@scenario
def what_was_built_lets_go_of_its_items(ext):
    """The items of a built list or tuple that has ended are released, each once."""
    watch = Watch()
    ext.build_list([watch.thing("in a list"), watch.thing("in a list, too")], 0, -1)
    ext.build_tuple([watch.thing("in a tuple"), watch.thing("in a tuple, too")], 1, -1)
    expect_released("all", watch, ["in a list", "in a list, too", "in a tuple", "in a tuple, too"], SET)


@scenario
def a_cancelled_builder_lets_go(ext):
    """What a builder held when it was given up is released, and not more than that."""
    for build in (ext.build_list, ext.build_tuple):
        for cancel_at in (0, 1, 2):
            label = "%s at %d" % (build.__name__, cancel_at)
            watch = Watch()
            items = things(watch, 3)
            expect(label, attempt(build, items, cancel_at == 1, cancel_at), returned(None), source=CANCEL)
            collect()
            expect(label + ", ended early", watch.finalized, [], source=CANCEL)
            del items
            expect_released(label, watch, ["thing 0", "thing 1", "thing 2"], CANCEL)


@scenario
def a_builder_that_is_too_large_fails_at_the_end(ext):
    """Neither making it nor setting an item raises; building does, and cancelling doesn't."""
    watch = Watch()
    item = watch.thing("item")
    for build in (ext.huge_list, ext.huge_tuple):
        label = build.__name__
        expect(label + " built", attempt(build, item, 1), raised(MemoryError), source=NEW)
        expect(label + " cancelled", attempt(build, item, 0), returned(None), source=CANCEL)
    expect("exceptions on the way", [value for name, value in events(ext) if value], [], source=NEW)
    del item
    expect_released("item", watch, ["item"], NEW)


@scenario
def a_list_builder_takes_a_null_handle(ext):
    """An item may be HPy_NULL; the builder can be cancelled then."""
    watch = Watch()
    source = BUILDER % "HPyListBuilder_Set: a handle of the object to store or HPy_NULL"
    expect("cancelled", attempt(ext.null_in_list, watch.thing("item")), returned(None), source=source)
    expect_released("item", watch, ["item"], CANCEL)


@scenario
def a_tuple_builder_takes_a_null_handle(ext):
    """An item may be HPy_NULL; the builder can be cancelled then."""
    watch = Watch()
    source = BUILDER % "HPyTupleBuilder_Set: a handle of the object to store or HPy_NULL"
    expect("cancelled", attempt(ext.null_in_tuple, watch.thing("item")), returned(None), source=source)
    expect_released("item", watch, ["item"], CANCEL)


@scenario
def tuples_are_made_of_arrays_and_arguments(ext):
    """The items are those that were given, each held once."""
    for make, source in ((ext.from_array, "HPy public API, HPyTuple_FromArray"),
                         (ext.pack, "HPy API reference, 'Inline Helpers', HPyTuple_Pack"),
                         (ext.append_all, "HPy public API, HPyList_Append; Python/C API, 'List Objects'")):
        label = make.__name__
        kind = list if make is ext.append_all else tuple
        for count in (0, 1, 2, 3):
            expect("%s of %d" % (label, count), make(*range(count)), kind(range(count)), source=source)
        watch = Watch()
        made = make(*things(watch, 3))
        expect_released(label + " alive", watch, [], source)
        expect(label + " items", [one.name for one in made], ["thing 0", "thing 1", "thing 2"], source=source)
        del made
        expect_released(label + " gone", watch, ["thing 0", "thing 1", "thing 2"], source)
    record("same object twice", [ext.pack(ext, ext) == (ext, ext), ext.from_array(1, 1)])
