from hpy_conform import Watch, attempt, collect, expect, expect_released, record, scenario

VALUE = "hpydef.h, HPyMember.type and .offset; Python/C API, 'Common Object Structures', PyMemberDef"
EMPTY = "hpydef.h, HPyMember_OBJECT_EX; Python/C API, 'Common Object Structures', T_OBJECT and T_OBJECT_EX"
READONLY = "hpydef.h, HPyMember.readonly; Python/C API, 'Common Object Structures', PyMemberDef.flags"
DELETED = "Python/C API, 'Common Object Structures', PyMemberDef: object members can be deleted, they are set to NULL"
RELEASED = "HPy porting guide, 'tp_dealloc and Py_DECREF'; Python/C API, 'Type Objects', tp_dealloc"
CYCLES = "HPy porting guide, 'tp_traverse, tp_clear, Py_TPFLAGS_HAVE_GC'; Python/C API, 'Type Objects', tp_clear"
FINALIZERS = "Python language reference, 'Data model', object.__del__; PEP 442, 'Cyclic isolates'"

NAMES = "abcdefghijklmnopqrstuvwx"
FIXED = "efqr"
FREE = [name for name in NAMES if name not in FIXED]
STRICT = NAMES[1::2]
LEVELS = [("Low", ["low", "low_ex"]), ("Middle", ["low", "low_ex", "middle", "middle_ex"]),
          ("High", ["low", "low_ex", "middle", "middle_ex", "high", "high_ex"])]


def seen(wide):
    """What C has in each of the fields."""
    return [getattr(wide, "seen_" + name) for name in NAMES]


@scenario
def each_of_many_members_is_its_own(ext):
    """A store into one of many members reaches its field, and no other field nor the number behind it."""
    for name in FREE:
        wide, value = ext.Wide(), [name]
        setattr(wide, name, value)
        others = [other for other in NAMES if other != name]
        found = (getattr(wide, name) is value, getattr(wide, "seen_" + name) is value,
                 [other for other in others if getattr(wide, "seen_" + other) is not ...],
                 [other for other in others if getattr(wide, other, None) is not None],
                 [other for other in NAMES if getattr(wide, "after_" + other) != 0])
        expect(name, found, (True, True, [], [], []), source=VALUE)
    wide, found = ext.Wide(), []
    for number, name in enumerate(NAMES):
        setattr(wide, "after_" + name, number + 1)
    expect("fields beside numbers", seen(wide), [...] * 24, source=VALUE)
    for name in FREE:
        setattr(wide, name, name.upper())
    expect("numbers beside fields", [getattr(wide, "after_" + name) for name in NAMES], list(range(1, 25)),
           source=VALUE)
    expect("all fields", seen(wide), [... if name in FIXED else name.upper() for name in NAMES], source=VALUE)


@scenario
def the_kinds_among_many_members(ext):
    """Among many, each member is of its own kind: what a null one reads as, whether it is written, its docstring."""
    wide = ext.Wide()
    absent = [name for name in NAMES if attempt(getattr, wide, name).exception == "AttributeError"]
    expect("absent when null", absent, list(STRICT), source=EMPTY)
    none = [name for name in NAMES if getattr(wide, name, "absent") is None]
    expect("None when null", none, list(NAMES[::2]), source=EMPTY)
    wide.hold("held")
    expect("held", [getattr(wide, name, None) for name in NAMES],
           ["held" if name in FIXED else None for name in NAMES], source=VALUE)
    refused = [name for name in NAMES if attempt(setattr, wide, name, name).exception]
    expect("not written", refused, list(FIXED), source=READONLY)
    refused = [name for name in NAMES if attempt(delattr, wide, name).exception]
    expect("not deleted", refused, list(FIXED), source=READONLY)
    expect("what is left", seen(wide), ["held" if name in FIXED else ... for name in NAMES], source=DELETED)
    expect("docstrings", [vars(ext.Wide)[name].__doc__ for name in NAMES], ["object " + name for name in NAMES],
           source="hpydef.h, HPyMember.doc; Python/C API, 'Common Object Structures', PyMemberDef, doc")
    expect("docstrings beside", [vars(ext.Wide)["seen_" + name].__doc__ for name in NAMES],
           ["what C has in " + name for name in NAMES], source="hpydef.h, HPyGetSet.doc; Python/C API, PyGetSetDef")
    one = vars(ext.Wide)["a"]
    record("for another object", [attempt(one.__get__, 5), attempt(one.__get__, ext.Low())])
    record("set on another object", attempt(one.__set__, ext.Low(), 1))


@scenario
def what_many_members_hold_is_released(ext):
    """Each of many values is released once: replaced, deleted, and with the owner."""
    watch, wide = Watch(), ext.Wide()
    for turn in (1, 2):
        for name in FREE:
            setattr(wide, name, watch.thing((name, turn)))
    first, second = [[(name, turn) for name in FREE] for turn in (1, 2)]
    expect_released("replaced", watch, first, RELEASED)
    for name in FREE[::3]:
        delattr(wide, name)
    expect_released("deleted", watch, first + second[::3], DELETED)
    wide.hold(watch.thing("held"))
    expect_released("held", watch, first + second[::3], RELEASED)
    del wide
    expect_released("with the owner", watch, first + second + ["held"], RELEASED)


@scenario
def cycles_through_each_of_many_members(ext):
    """Owners that refer to each other through any one of many members are collected."""
    held = []
    for name in NAMES:
        watch, one, two = Watch(), ext.Wide(), ext.Wide()
        if name in FIXED:
            one.hold(two)
            two.hold(one)
        else:
            setattr(one, name, two)
            setattr(two, name, [one])
        one.a = one.a or watch.thing("one")
        two.b = getattr(two, "b", None) or watch.thing("two")
        del one, two
        collect()
        expected = [which for which, other in (("one", "a"), ("two", "b")) if other != name]
        if sorted(watch.finalized) != expected or sorted(watch.unreferenced) != expected:
            held.append(name)
    expect("never collected", held, [], source=CYCLES)


@scenario
def null_members_may_be_read_very_often(ext):
    """Reading a null member takes nothing from None, and leaves nothing behind of its AttributeError."""
    wide = ext.Wide()
    found = sum(wide.a is None for _ in range(200000))
    expect("OBJECT", (found, [None, wide.a]), (200000, [None, None]), source=EMPTY)
    for _ in range(200000):
        wide.a = None
    del wide.a
    expect("None stored", (wide.a, [None]), (None, [None]), source=VALUE)

    class Default:
        pass

    watch, default = Watch(), Default()
    default.thing = watch.thing("default")
    found = sum(getattr(wide, "b", default) is default for _ in range(20000))
    expect("OBJECT_EX", found, 20000, source=EMPTY)
    del default
    expect_released("the default", watch, ["default"], "Python library, 'Built-in Functions', getattr")


@scenario
def values_may_be_read_and_stored_very_often(ext):
    """However often a value is read, stored again and deleted, it is held exactly as often as it should."""
    watch, wide = Watch(), ext.Wide()
    for name in ("a", "b", "w", "x"):
        setattr(wide, name, watch.thing(name))
        found = sum(getattr(wide, name).name == name for _ in range(20000))
        expect(name + " read", found, 20000, source=VALUE)
        for _ in range(5000):
            setattr(wide, name, getattr(wide, name))
    expect_released("still held", watch, [], RELEASED)
    kept = wide.x
    for _ in range(5000):
        wide.x = kept
        del wide.x
    expect_released("held outside", watch, [], RELEASED)
    expect("and whole", kept.name, "x", source=RELEASED)
    del kept
    expect_released("held nowhere", watch, ["x"], RELEASED)
    del wide.a, wide.b, wide.w
    expect_released("deleted", watch, ["a", "b", "w", "x"], DELETED)


class Collecting:
    """Its finalizer asks for a collection of garbage, and notes what it was called."""

    def __init__(self, ended, name):
        self.ended = ended
        self.name = name

    def __del__(self):
        for number in range(50):
            garbage = [number]
            garbage.append(garbage)
        collect()
        self.ended.append(self.name)


@scenario
def garbage_is_collected_while_an_owner_ends(ext):
    """A finalizer of a held value may collect garbage; the owner that is just ending is not in its way."""
    for cls, names in ((ext.Low, ["low", "low_ex"]), (ext.High, LEVELS[2][1]), (ext.Wide, FREE[:6])):
        label, ended = cls.__name__, []
        for turn in range(5):
            owner = cls()
            for name in names:
                setattr(owner, name, Collecting(ended, name))
            del owner
            collect()
        expect(label, ended, names * 5, any_order=True, source=RELEASED)


@scenario
def garbage_is_collected_while_a_cycle_ends(ext):
    """The same where owners end that refer to each other."""
    held = []
    for cls, names in ((ext.Low, ["low"]), (ext.High, ["low", "middle", "high"]), (ext.Wide, FREE[:6:2])):
        for name in names:
            ended, one, two = [], cls(), cls()
            for other in names:
                setattr(one, other, two if other == name else Collecting(ended, "one " + other))
                thing = Collecting(ended, "two " + other)
                setattr(two, other, {"one": one, "thing": thing} if other == name else thing)
            del thing
            del one, two
            collect()
            expected = ["one " + other for other in names if other != name] + ["two " + other for other in names]
            if sorted(ended) != sorted(expected):
                held.append("%s of %s" % (name, cls.__name__))
    expect("never collected", held, [], source=CYCLES)


@scenario
def members_of_a_hierarchy_are_released(ext):
    """What each level of a C hierarchy holds is released once, with the owner and through cycles of any level."""
    for cls, names in LEVELS:
        watch, owner = Watch(), getattr(ext, cls)()
        expect(cls + " fresh", [getattr(owner, name, "absent") for name in names], [None, "absent"] * (len(names) // 2),
               source=EMPTY)
        for name in names:
            setattr(owner, name, watch.thing(name))
        if cls != "Low":
            owner.number = 5
        if cls == "High":
            owner.real = 1.5
        expect(cls, [getattr(owner, name).name for name in names], names, source=VALUE)
        expect_released(cls + " alive", watch, [], RELEASED)
        del owner
        expect_released(cls + " gone", watch, names, RELEASED)


@scenario
def cycles_through_members_of_a_hierarchy(ext):
    """Owners that refer to each other through a member of any level are collected, with all that they hold."""
    held = []
    for cls, names in LEVELS:
        for name in names:
            watch, one, two = Watch(), getattr(ext, cls)(), getattr(ext, cls)()
            for other in names:
                setattr(one, other, two if other == name else watch.thing("one " + other))
                setattr(two, other, [one] if other == name else watch.thing("two " + other))
            del one, two
            collect()
            expected = sorted("%s %s" % (which, other) for which in ("one", "two") for other in names if other != name)
            if sorted(watch.finalized) != expected or sorted(watch.unreferenced) != expected:
                held.append("%s of %s" % (name, cls))
    expect("never collected", held, [], source=CYCLES)


@scenario
def a_revived_owner_is_whole(ext):
    """A finalizer in a cycle may bring its owner back: its members hold what they held, until it ends for good."""
    for cls, names in LEVELS[::2]:
        watch, revived, ended = Watch(), [], []

        class Reviver:
            def __del__(self):
                ended.append("reviver")
                revived.append(self.owner)

        owner = getattr(ext, cls)()
        for name in names[1:]:
            setattr(owner, name, watch.thing(name))
        setattr(owner, names[0], Reviver())
        getattr(owner, names[0]).owner = owner
        del owner
        collect()
        found = [list(ended)]
        while revived:
            owner = revived.pop()
            found.append([getattr(owner, name).name for name in names[1:]])
            found.append(getattr(owner, names[0]).owner is owner)
            setattr(owner, names[1], watch.thing("another"))
            del owner
            collect()
        found.append(sorted(watch.finalized))
        expect(cls, found, [["reviver"], names[1:], True, sorted(names[1:] + ["another"])], source=FINALIZERS)
        expect(cls + " finalized", ended, ["reviver"], source=FINALIZERS)
