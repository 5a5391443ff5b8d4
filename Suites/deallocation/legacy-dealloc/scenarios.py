from hpy_conform import Watch, attempt, clear_events, collect, events, expect, expect_released, scenario

LEGACY = "HPy api.rst, 'Legacy types' (existing PyType_Slot entities are reused)"
INHERITED = "Python/C API, 'Type Objects', tp_dealloc (inherited by subtypes)"
RELEASED = "Python/C API, 'Type Objects', tp_dealloc (frees all references which the instance owns)"
DESTROY = "HPy porting guide, 'Deallocator slot Py_tp_dealloc'; Python/C API, 'Type Objects', tp_dealloc"
FIELDS = "HPy porting guide, 'tp_dealloc and Py_DECREF'"
FINALIZE = "Python/C API, 'Type Objects', tp_finalize; HPy porting guide, 'Deallocator slot Py_tp_dealloc'"
CYCLES = "Python/C API, 'Supporting Cyclic Garbage Collection'; HPy api.rst, 'Legacy types'"


def classes(type_):
    """The type and a class made in Python below it."""
    return (("in C", type_), ("in Python", type("Derived", (type_,), {})))


@scenario
def dealloc_is_inherited(ext):
    """A type without a tp_dealloc of its own is released by that of its base, once, and so are objects of the base."""
    for name in ("Base", "Inheriting"):
        for label, cls in classes(getattr(ext, name)):
            label, watch = "%s %s" % (name, label), Watch()
            one = cls()
            one.hold(watch.thing("held"), None)
            expect_released(label + ", held", watch, [], RELEASED)
            clear_events(ext)
            del one
            expect_released(label + ", gone", watch, ["held"], RELEASED)
            expect(label, [event for event, _ in events(ext)], ["base"], source=INHERITED)


@scenario
def dealloc_calls_that_of_the_base(ext):
    """A tp_dealloc that releases what its type added and then calls that of the base: both run, its own first."""
    for label, cls in classes(ext.Chained):
        watch = Watch()
        one = cls()
        one.hold(watch.thing("held"), watch.thing("own"))
        clear_events(ext)
        del one
        expect_released(label + ", gone", watch, ["held", "own"], RELEASED)
        expect(label, [event for event, _ in events(ext)], ["own", "base"], source=RELEASED)


@scenario
def destroy_below_a_dealloc(ext):
    """A type with HPy_tp_destroy whose base has a tp_dealloc: what each of them releases is released."""
    for label, cls in classes(ext.Destroying):
        cls()
        collect()
        expect(label, [event for event, _ in events(ext)], ["own", "base"], any_order=True, source=DESTROY)
        clear_events(ext)


@scenario
def what_a_base_with_dealloc_holds(ext):
    """The object that the base holds is released with an object of a type with HPy_tp_destroy."""
    watch = Watch()
    ext.Destroying().hold(watch.thing("held"), None)
    expect_released("gone", watch, ["held"], RELEASED)


@scenario
def traverse_below_a_dealloc(ext):
    """A type with HPy_tp_traverse whose base has a tp_dealloc: the field is released, and tp_dealloc runs."""
    for label, cls in classes(ext.Visiting):
        watch = Watch()
        one, two = cls(), cls()
        one.field = watch.thing("alone")
        two.field = [two, watch.thing("in a cycle")]
        del one
        expect_released(label + ", one", watch, ["alone"], FIELDS)
        del two
        expect_released(label + ", cycle", watch, ["alone", "in a cycle"], CYCLES)
        expect(label, [event for event, _ in events(ext)], ["base", "base"], source=RELEASED)
        clear_events(ext)


@scenario
def dealloc_below_a_destroy(ext):
    """A tp_dealloc that calls the one that HPy gave the base: both run, its own first, and the base's destroy once."""
    for label, cls in classes(ext.Below):
        watch = Watch()
        one = cls()
        one.hold(None, watch.thing("own"))
        clear_events(ext)
        del one
        expect_released(label + ", gone", watch, ["own"], RELEASED)
        expect(label, [event for event, _ in events(ext)], ["own", "base"], source=DESTROY)
    ext.Destroyed()
    clear_events(ext)
    collect()
    expect("the base", [event for event, _ in events(ext)][1:], [], source=DESTROY)


def is_finalized(ext, type_):
    for label, cls in classes(type_):
        cls()
        collect()
        expect(label, [event for event, _ in events(ext)], ["finalize", "dealloc"], source=FINALIZE)
        clear_events(ext)
        kept = []
        cls().keep_in(kept)
        collect()
        expect(label + ", kept", [event for event, _ in events(ext)], ["finalize"], source=FINALIZE)
        expect(label + ", what is kept", [type(one) is cls for one in kept], [True], source=FINALIZE)
        clear_events(ext)
        kept[0].keep_in(None)
        del kept[:]
        collect()
        expect(label + ", let go", [event for event, _ in events(ext)][-1:], ["dealloc"], source=FINALIZE)
        clear_events(ext)


@scenario
def finalize_and_dealloc_of_the_c_api(ext):
    """tp_finalize is called by the tp_dealloc of the type, which stops where the object is kept."""
    is_finalized(ext, ext.Finalized)


@scenario
def finalize_of_the_c_api_beside_destroy(ext):
    """tp_finalize is called before HPy_tp_destroy, which does not run where the object is kept."""
    is_finalized(ext, ext.FinalizedDestroyed)


@scenario
def finalize_of_hpy_beside_dealloc(ext):
    """HPy_tp_finalize is called by a tp_dealloc as tp_finalize is."""
    is_finalized(ext, ext.NewFinalized)


@scenario
def traverse_and_clear_of_the_c_api(ext):
    """A type with Py_tp_traverse, Py_tp_clear and Py_tp_dealloc is made, and its objects are collected."""
    made = attempt(ext.make_collected)
    expect("made", made.exception, None, source=LEGACY)
    if made.exception is None:
        watch = Watch()
        one = made.value()
        one.hold([one, watch.thing("in a cycle")], None)
        del one, made
        expect_released("gone", watch, ["in a cycle"], CYCLES)
        expect("ended", [event for event, _ in events(ext)], ["dealloc"], source=CYCLES)
