from hpy_conform import Watch, attempt, collect, expect, expect_released, raised, record, returned, scenario

EMPTY = "hpydef.h, HPyMember_OBJECT_EX; Python/C API, 'Common Object Structures', T_OBJECT and T_OBJECT_EX"
DELETED = "Python/C API, 'Common Object Structures', PyMemberDef: object members can be deleted, they are set to NULL"
VALUE = "hpydef.h, HPyMember.type and .offset; Python/C API, 'Common Object Structures', PyMemberDef"
RELEASED = "public_api.h, HPyField_Store; HPy porting guide, 'tp_dealloc and Py_DECREF'"
CYCLES = "HPy porting guide, 'tp_traverse, tp_clear, Py_TPFLAGS_HAVE_GC'; Python/C API, 'Type Objects', tp_clear"
NAMES = ("plain", "strict")


def expect_empty(label, box):
    """Both members read as null ones, and C finds null there."""
    expect(label + ": plain", attempt(getattr, box, "plain"), returned(None), source=EMPTY)
    expect(label + ": strict", attempt(getattr, box, "strict"), raised(AttributeError), source=EMPTY)
    expect(label + ": strict with a default", getattr(box, "strict", "default"), "default", source=EMPTY)
    expect(label + ": in C", box.held()[:2], (..., ...), source=DELETED)


@scenario
def members_before_the_first_store(ext):
    """A null OBJECT reads as None, a null OBJECT_EX raises AttributeError; also after C made them null."""
    box = ext.Box()
    expect_empty("fresh", box)
    expect("the class has both", [hasattr(ext.Box, name) for name in NAMES], [True, True], source=VALUE)
    box.hold(7)
    box.drop()
    expect_empty("dropped", box)


@scenario
def what_is_stored_is_what_is_read(ext):
    """The very object that one side stores is what the other reads, None and the owner itself included."""
    box = ext.Box()
    values = [12, 10 ** 30, "text", (), [], Watch, ext.Box, ext.Box(), None, box]
    for name, place in (("plain", 0), ("strict", 1)):
        seen = []
        for value in values:
            setattr(box, name, value)
            seen.append(getattr(box, name) is value and box.held()[place] is value)
        expect(name + " from Python", seen, [True] * len(values), source=VALUE)
        seen = []
        for value in values:
            box.hold(value)
            seen.append(getattr(box, name) is value)
        expect(name + " from C", seen, [True] * len(values), source=VALUE)
        delattr(box, name)
    box.plain, box.strict = "one", "two"
    expect("side by side", (box.plain, box.strict, box.held()), ("one", "two", ("one", "two", 0)), source=VALUE)


@scenario
def replaced_values_are_released(ext):
    """Storing keeps the new value and releases the old one, once; storing it again does not."""
    for name in NAMES:
        watch, box = Watch(), ext.Box()
        setattr(box, name, watch.thing("a"))
        expect_released(name + " stored", watch, [], RELEASED)
        setattr(box, name, getattr(box, name))
        expect_released(name + " stored again", watch, [], RELEASED)
        setattr(box, name, watch.thing("b"))
        expect_released(name + " replaced", watch, ["a"], RELEASED)
        box.hold(None)
        expect_released(name + " replaced by C", watch, ["a", "b"], RELEASED)
        setattr(box, name, watch.thing("c"))
        box.drop()
        expect_released(name + " dropped by C", watch, ["a", "b", "c"], RELEASED)
        setattr(box, name, watch.thing("d"))
        del box
        expect_released(name + " with its owner", watch, ["a", "b", "c", "d"], RELEASED)


@scenario
def deleted_values_are_released(ext):
    """Deleting makes the member null and releases its value; a null member that is deleted stays null."""
    watch, box = Watch(), ext.Box()
    box.plain, box.strict, box.number = watch.thing("p"), watch.thing("s"), 5
    del box.plain
    expect_released("plain", watch, ["p"], DELETED)
    expect("the other is there", box.strict.name, "s", source=DELETED)
    del box.strict
    expect_released("both", watch, ["p", "s"], DELETED)
    expect_empty("deleted", box)
    record("plain deleted again", attempt(delattr, box, "plain"))
    record("strict deleted again", attempt(delattr, box, "strict"))
    expect_empty("deleted twice", box)
    fresh = ext.Box()
    record("plain of a fresh object", attempt(delattr, fresh, "plain"))
    record("strict of a fresh object", attempt(delattr, fresh, "strict"))
    box.plain = box.strict = watch.thing("new")
    expect("stored after deletion", [box.plain.name, box.strict.name, box.number], ["new", "new", 5], source=VALUE)
    del box.plain
    expect_released("one of two references", watch, ["p", "s"], DELETED)
    del box.strict
    expect_released("the other too", watch, ["p", "s", "new"], DELETED)


@scenario
def cycles_through_members_are_collected(ext):
    """Objects that reach themselves through a member are collected, and what they hold is released once."""
    watch = Watch()
    for name, other in (NAMES, NAMES[::-1]):
        itself = ext.Box()
        setattr(itself, name, itself)
        setattr(itself, other, watch.thing(name + " itself"))
        one, two = ext.Box(), ext.Box()
        setattr(one, name, two)
        setattr(two, name, one)
        setattr(one, other, watch.thing(name + " one"))
        setattr(two, other, watch.thing(name + " two"))
        listed = ext.Box()
        setattr(listed, name, [listed])
        setattr(listed, other, watch.thing(name + " listed"))
        thing, holder = watch.thing(name + " attribute"), ext.Box()
        setattr(holder, name, thing)
        thing.back = holder
    kept = listed
    del itself, one, two, listed, thing, holder
    expected = [name + kind for name in NAMES for kind in (" itself", " one", " two", " listed", " attribute")]
    expected.remove("strict listed")
    expect_released("let go", watch, expected, CYCLES)
    expect("the kept one is whole", (kept.strict[0] is kept, kept.plain.name), (True, "strict listed"), source=CYCLES)
    del kept
    expect_released("let go too", watch, expected + ["strict listed"], CYCLES)


@scenario
def held_values_survive_collections(ext):
    """What only a member refers to stays alive and the same, in old and in young owners."""
    old = [ext.Box() for _ in range(50)]
    collect()
    for index, box in enumerate(old):
        box.plain, box.strict = ["plain", index], Watch().thing(index)
    young = [ext.Box() for _ in range(50)]
    for index, box in enumerate(young):
        box.plain, box.strict = old[index], [old[index].strict]
    for _ in range(3):
        garbage = [[str(n)] for n in range(20000)]
        del garbage
        collect()
    expect("old owners", [(box.plain, box.strict.name) for box in old], [(["plain", n], n) for n in range(50)],
           source=RELEASED)
    same = [box.plain is owner and box.strict[0] is owner.strict for box, owner in zip(young, old)]
    expect("young owners", same, [True] * 50, source=RELEASED)
    expect("in C", [box.held()[0] is box.plain for box in old + young], [True] * 100, source=VALUE)


@scenario
def code_run_by_a_release_sees_the_new_value(ext):
    """A finalizer of the old value finds the new one in the member, and may store there itself."""
    for name in NAMES:
        box, seen = ext.Box(), []

        class Peeker:
            def __del__(self):
                seen.append(getattr(box, name, "nothing"))

        class Meddler:
            def __del__(self):
                setattr(box, name, "stored by the finalizer")

        setattr(box, name, Peeker())
        setattr(box, name, "new")
        collect()
        setattr(box, name, Peeker())
        delattr(box, name)
        collect()
        expect(name, seen, ["new", {"plain": None, "strict": "nothing"}[name]],
               source="Python/C API, 'Type Objects', tp_clear (why Py_CLEAR is used)")
        setattr(box, name, Meddler())
        setattr(box, name, "new")
        collect()
        record(name + " after a finalizer stored", getattr(box, name))


@scenario
def one_spec_makes_several_types(ext):
    """Each type made of the same spec has its members at the offsets that the definitions say."""
    made = [ext.make(), ext.make(), ext.make()]
    found, watch = [], Watch()
    for index, cls in enumerate(made):
        thing = cls()
        thing.plain, thing.strict, thing.number = watch.thing("plain"), watch.thing("strict"), index
        held = thing.held()
        found.append((held[0] is thing.plain, held[1] is thing.strict, held[2]))
        del thing, held
    expect("seen by C", found, [(True, True, 0), (True, True, 1), (True, True, 2)],
           source="hpydef.h, HPyMember.offset")
    record("a member of one type for an object of another", attempt(vars(made[0])["number"].__get__, made[1]()))
    record("an object of the first for the last", attempt(vars(made[2])["plain"].__set__, made[0](), 1))
    expect_released("with their owners", watch, ["plain", "strict"] * 3, RELEASED)
