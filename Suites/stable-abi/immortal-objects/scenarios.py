from hpy_conform import (
    Watch, attempt, clear_events, collect, events, expect, expect_at_exit, expect_released, one_of, raised, record,
    scenario,
)

STABLE = "PEP 683, 'Stable ABI' (compatible with extensions that change ob_refcnt themselves)"
NEVER = "PEP 683, 'Abstract' (an immortal object is never cleaned up before the runtime's finalization)"
OWNED = "Python/C API, 'Reference Counting', Py_DECREF (destroyed with the last reference)"
STEALS = "Python/C API, 'List Objects', PyList_SetItem (takes the reference, and releases that of the place)"
DICT = "Python/C API, 'Dictionary Objects', PyDict_SetItem (does not steal a reference)"
BORROWED = "Python/C API, 'Reference Counting', Py_INCREF (makes a borrowed reference one of the caller's)"
RAISED = "Python/C API, 'Exception Handling', PyErr_SetObject and PyErr_Fetch (the caller owns what is fetched)"
MEMORY = "Python/C API, 'Exception Handling', PyErr_NoMemory"
GLOBAL = "PEP 683, 'Immortal Global Objects' (static types and singletons), and 'Stable ABI'"
ONE = "Python/C API, 'Reference Counting', Py_REFCNT (accurate for 0 and 1 alone)"
ADDED = "Python/C API, 'Module Objects', PyModule_AddObject (takes the reference)"
INTERN = "Python/C API, 'Unicode Objects', PyUnicode_InternInPlace (the same object for the same text)"
FROM = "Python/C API, 'Unicode Objects', PyUnicode_InternFromString (PyUnicode_InternInPlace of a new string)"

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
    for value in (list, dict, type, MemoryError, type(ext.turn)):
        expect(value.__name__, ext.turn(value, 100000) is value, True, source=GLOBAL)
    clear_events(ext)
    expect("a type of the extension", ext.turn(ext.Holder, 100000) is ext.Holder, True, source=OWNED)
    for _ in range(1000):
        ext.Holder()
    collect()
    expect("its objects", len(events(ext, "destroy")), 1000, source=OWNED)
    for value in (None, True, 1, (), "", int):
        expect("%r, a million times" % (value,), ext.turn(value, 1000000) is value, True, source=STABLE)


@scenario
def references_to_what_is_mortal(ext):
    """The counts of other objects are the same before and after: they end with their last reference."""
    for kind in ("list", "int", "str"):
        for times in (1, 100000):
            before, twice, after = ext.counts(kind, times)
            expect("%s, %d times: in use" % (kind, times), 0 in (before, twice, after), False, source=ONE)
            expect("%s, %d times: a second" % (kind, times), twice == 1, False, source=ONE)
            record("%s, %d times: unchanged" % (kind, times), before == after)
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
    """The containers take the references, lend them, and release them when they end."""
    for value in FOR_EVER:
        listed, tupled, mapped = ext.contained(value, 500)
        expect(repr(value), (listed == [value] * 500, tupled == (value,) * 500), (True, True), source=STEALS)
        expect("%r, dictionary" % (value,), (len(mapped), all(one is value for one in mapped.values())), (500, True),
               source=DICT)
        found = ext.borrowed([value], (value,), {0: value}, 20000)
        expect("%r, borrowed" % (value,), [one is value for one in found], [True] * 3, source=BORROWED)
    watch = Watch()
    contained = ext.contained(watch.thing("one"), 50)
    collect()
    expect("kept", (len(contained[0]), watch.finalized), (50, []), source=STEALS)
    found = ext.borrowed(contained[0], contained[1], contained[2], 1000)
    del contained
    collect()
    expect("kept by those that were borrowed", watch.finalized, [], source=BORROWED)
    del found
    expect_released("mortal", watch, ["one"], source=OWNED)


@scenario
def exceptions_that_are_raised(ext):
    """Their types live for ever; what is raised with them is released."""
    for cls in (MemoryError, StopIteration, KeyError, LookupError):
        for value in (None, (), "text", 1):
            expect("%s, %r" % (cls.__name__, value), attempt(ext.raise_, cls, value, 5000), raised(cls), source=RAISED)
    expect("no memory", attempt(ext.no_memory, 5000), raised(MemoryError), source=MEMORY)
    expect("afterwards", attempt([].pop), raised(IndexError), source=NEVER)
    expect("from Python", (issubclass(MemoryError, Exception), str(MemoryError("text"))), (True, "text"), source=NEVER)
    watch = Watch()
    attempt(ext.raise_, KeyError, watch.thing("one"), 100)
    expect_released("mortal", watch, ["one"], source=RAISED)


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
    holder = ext.Holder()
    for value in FOR_EVER:
        before = usable(value)
        holder.turns(value, None, 100000)
        expect("%r in turns" % (value,), usable(value), before, source=STABLE)
    watch, holder = Watch(), ext.Holder()
    holder.turns(watch.thing("in turns"), None, 99)
    expect_released("in turns", watch, ["in turns"], source=OWNED)
    watch = Watch()
    holder.swap(watch.thing("one"))
    holder.swap(None)
    expect_released("replaced", watch, ["one"], source=OWNED)


@scenario
def interned_strings(ext):
    """The same object for the same text, and again after all of them have gone."""
    for text in ("conform_first", "a", "", "append"):
        one, two = ext.interned(text), ext.interned(text)
        expect(repr(text), (one is two, one == text), (True, True), source=INTERN)
        expect("%r from C" % text, ext.interned_from(text) is one, True, source=FROM)
        often = [ext.interned_from(text) is ext.interned(text) for _ in range(5000)]
        expect("%r often" % text, all(often), True, source=FROM)
        one = two = None
        collect()
        expect("%r anew" % text, ext.interned(text), text, source=INTERN)


@scenario
def none_as_an_attribute(ext):
    """A reference to None that a module holds is one as any other."""
    expect("held", ext.nothing is None, True, source=NEVER)
    expect("others", (ext.truth is True, ext.kind is int, ext.error is MemoryError), (True, True, True), source=ADDED)
    record("text", repr(ext.nothing))
    for name in ("nothing", "truth", "kind", "error"):
        value = getattr(ext, name)
        delattr(ext, name)
        setattr(ext, name, value)
        expect(name + " again", getattr(ext, name) is value, True, source=ADDED)


@scenario(real_exit=True)
def the_end_of_the_interpreter(ext):
    """Whatever a binary has done with them, the interpreter ends as usual."""
    for value in FOR_EVER:
        ext.turn(value, 1000)
        ext.kept = ext.Holder()
        ext.kept.swap(value)
    for kind in range(len(TAKEN)):
        ext.taken(kind, 10000)
    collect()
    clear_events(ext)
    expect("usable", [usable(value)[2] for value in TAKEN], [type(value).__name__ for value in TAKEN], source=STABLE)
    expect_at_exit("destroyed", "destroy", one_of([], [0]), source="Python/C API, 'Object Life Cycle'")
