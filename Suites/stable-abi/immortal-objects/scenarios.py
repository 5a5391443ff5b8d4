from hpy_conform import Watch, clear_events, collect, events, expect, expect_released, record, scenario

STABLE = "PEP 683, 'Stable ABI' (compatible with extensions that change ob_refcnt themselves)"
NEVER = "PEP 683, 'Abstract' (an immortal object is never cleaned up before the runtime's finalization)"
OWNED = "Python/C API, 'Reference Counting', Py_DECREF (destroyed with the last reference)"
STEALS = "Python/C API, 'List Objects', PyList_SetItem (takes the reference, and releases that of the place)"
INTERN = "Python/C API, 'Unicode Objects', PyUnicode_InternInPlace (the same object for the same text)"

FOR_EVER = [
    None, True, False, Ellipsis, NotImplemented, 0, 1, -5, 256, (), "", "a", "\xff", b"", b"a", int, object, type(None),
    ValueError, "append",
]
GIVEN = [None, True, False, NotImplemented, Ellipsis]
TAKEN = [7, True, (), "", "a", b"", b"a", "conform_interned", 10**21]


def usable(value):
    """What an object says of itself, so that a damaged one would be noticed."""
    return repr(value), hash(value) == hash(value), type(value).__name__


@scenario
def references_in_turns(ext):
    """Taken and released as often, each is itself afterwards."""
    for value in FOR_EVER:
        before = usable(value)
        for times in (1, 1000, 100000):
            expect("%r, %d times" % (value, times), ext.turn(value, times) is value, True, source=STABLE)
        expect("%r afterwards" % (value,), usable(value), before, source=NEVER)


@scenario
def references_to_what_is_mortal(ext):
    """The counts of other objects are the same before and after: they end with their last reference."""
    watch = Watch()
    ext.turn(watch.thing("one"), 1000)
    expect_released("one", watch, ["one"], source=OWNED)
    kept = [ext.turn(watch.thing(name), 10) for name in ("two", "three")]
    collect()
    expect("kept", len(watch.finalized), 1, source=OWNED)
    del kept
    expect_released("all", watch, ["one", "two", "three"], source=OWNED)


@scenario
def singletons_that_are_returned(ext):
    """Many times, by the macros."""
    for kind, value in enumerate(GIVEN):
        same = [ext.gives(kind) is value for _ in range(20000)]
        expect(repr(value), all(same), True, source=STABLE)
        expect("%r afterwards" % (value,), usable(value), usable(GIVEN[kind]), source=NEVER)


@scenario
def objects_that_the_interpreter_gives(ext):
    """New references from the interpreter, released by the binary: the objects stay usable."""
    for kind, value in enumerate(TAKEN):
        expect(repr(value), ext.taken(kind, 200000) == value, True, source=STABLE)
    expect("a type", ext.taken(9, 200000) is type(ext), True, source=STABLE)


@scenario
def objects_in_containers(ext):
    """The containers take the references, and release them when they end."""
    for value in FOR_EVER:
        listed, tupled = ext.contained(value, 500)
        expect(repr(value), (listed == [value] * 500, tupled == (value,) * 500), (True, True), source=STEALS)
    watch = Watch()
    contained = ext.contained(watch.thing("one"), 50)
    collect()
    expect("kept", (len(contained[0]), watch.finalized), (50, []), source=STEALS)
    del contained
    expect_released("mortal", watch, ["one"], source=OWNED)


@scenario
def objects_in_fields(ext):
    """A field's reference goes to whom the field is read out to, or ends with the object."""
    clear_events(ext)
    for value in FOR_EVER:
        holder = ext.Holder()
        holder.swap(value)
        expect("%r out again" % (value,), holder.swap(value) is value, True, source=STABLE)
        del holder
    collect()
    expect("destroyed", len(events(ext, "destroy")), len(FOR_EVER), source=OWNED)
    watch, holder = Watch(), ext.Holder()
    holder.swap(watch.thing("one"))
    holder.swap(None)
    expect_released("replaced", watch, ["one"], source=OWNED)


@scenario
def interned_strings(ext):
    """The same object for the same text, and again after all of them have gone."""
    for text in ("conform_first", "a", "", "append"):
        one, two = ext.interned(text), ext.interned(text)
        expect(repr(text), (one is two, one == text), (True, True), source=INTERN)
        one = two = None
        collect()
        expect("%r anew" % text, ext.interned(text), text, source=INTERN)


@scenario
def none_as_an_attribute(ext):
    """A reference to None that a module holds is one as any other."""
    expect("held", ext.nothing is None, True, source=NEVER)
    record("text", repr(ext.nothing))
