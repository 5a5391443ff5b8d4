from hpy_conform import Watch, attempt, clear_events, collect, events, expect, expect_released, raised, record, returned
from hpy_conform import scenario

LEGACY = "HPy api.rst, 'Legacy types': existing slots, methods, members, and get/set descriptors can be reused"
MEMBERS = "hpydef.h, HPyMember.offset; Python/C API, 'Common Object Structures', PyMemberDef"
FRESH = "public_api.h, HPyField_Store (HPy_New zeroes its memory); Python/C API, 'Type Objects', PyType_GenericAlloc"
EMPTY = "hpydef.h, HPyMember_OBJECT_EX; Python/C API, 'Common Object Structures', T_OBJECT and T_OBJECT_EX"
RELEASED = "HPy porting guide, 'tp_dealloc and Py_DECREF'; Python/C API, 'Type Objects', tp_dealloc"
DESTROY = "HPy porting guide, 'Deallocator slot Py_tp_dealloc'; Python/C API, 'Type Objects', tp_dealloc"
CYCLES = "HPy porting guide, 'tp_traverse, tp_clear, Py_TPFLAGS_HAVE_GC'; Python/C API, 'Type Objects', tp_clear"
INHERIT = "hpytype.h, HPyType_Spec.builtin_shape; Python/C API, 'Type Objects', tp_base and tp_basicsize"
REFUSED = "HPy api.rst, 'Legacy types': .legacy_slots requires HPyType_BuiltinShape_Legacy; Python library, TypeError"


@scenario
def members_of_both_kinds(ext):
    """HPy's members and those of the C API reach their places in one struct, from both sides."""
    mixed = ext.Mixed()
    fresh = [mixed.field, getattr(mixed, "strict", "absent"), mixed.number, mixed.real, mixed.small, mixed.text]
    expect("fresh", fresh, [None, "absent", 0, 0.0, 0, "text"], source=FRESH)
    mixed.number, mixed.real, mixed.small = -7, 2.5, -3
    mixed.field, mixed.strict = ["field"], ["strict"]
    expect("seen", [mixed.seen(), mixed.old_seen()], [(-7, 2.5, -3), [-7, 2.5, -3]], source=MEMBERS)
    found = [mixed.field, mixed.strict, mixed.number, mixed.real, mixed.small, mixed.text]
    expect("read", found, [["field"], ["strict"], -7, 2.5, -3, "text"], source=MEMBERS)
    for name in ("serial", "text"):
        expect(name + " is not written", attempt(setattr, mixed, name, 5).exception is not None, True,
               source="hpydef.h, HPyMember.readonly; Python/C API, 'Common Object Structures', PyMemberDef.flags")
    del mixed.field, mixed.strict
    expect("deleted", [mixed.field, getattr(mixed, "strict", "absent"), mixed.seen()],
           [None, "absent", (-7, 2.5, -3)], source=EMPTY)
    expect("absent", attempt(getattr, mixed, "strict"), raised(AttributeError), source=EMPTY)
    docs = [vars(ext.Mixed)[name].__doc__ for name in ("field", "number", "real", "small")]
    expect("docstrings", docs, ["of HPy", "of HPy", "of the C API", None],
           source="hpydef.h, HPyMember.doc; Python/C API, 'Common Object Structures', PyMemberDef, doc")


@scenario
def slots_methods_and_getsets_of_both_kinds(ext):
    """HPy's methods, getsets and slots work beside those of the C API, each with its docstring and closure."""
    mixed = ext.Mixed()
    mixed.number = 6
    expect("slots", [-mixed, +mixed, repr(mixed), str(mixed)], [-6, 6, "<mixed 6>", "<mixed 6>"], source=LEGACY)
    expect("getsets", [mixed.twice, mixed.thrice, mixed.tenfold], [12, 18, 60], source=LEGACY)
    mixed.twice = 8
    expect("one is written", [mixed.number, mixed.tenfold], [4, 40], source=LEGACY)
    expect("the others are not", [attempt(setattr, mixed, name, 1).exception for name in ("thrice", "tenfold")],
           ["AttributeError"] * 2, source="Python/C API, 'Common Object Structures', PyGetSetDef, set")
    expect("methods", [mixed.seen(), mixed.same(mixed), mixed.same(ext.Mixed()), mixed.old_seen()],
           [(4, 0.0, 0), True, False, [4, 0.0, 0]], source=LEGACY)
    expect("arguments", [mixed.old_given(), mixed.old_given(1, x=2)], [((), None), ((1,), {"x": 2})], source=LEGACY)
    expect("of the class", [ext.Mixed.old_class(), ext.Larger.old_class(), mixed.old_class()],
           ["Mixed", "Larger", "Mixed"], source=LEGACY)
    docs = [getattr(mixed, name).__doc__ for name in ("seen", "same", "old_seen", "old_given")]
    expect("docstrings of methods", docs, ["of HPy", None, "of the C API", None],
           source="hpydef.h, HPyMeth.doc; Python/C API, 'Common Object Structures', PyMethodDef")
    docs = [vars(ext.Mixed)[name].__doc__ for name in ("twice", "thrice", "tenfold")]
    expect("docstrings of getsets", docs, ["of HPy", "of the C API", None],
           source="hpydef.h, HPyGetSet.doc; Python/C API, 'Common Object Structures', PyGetSetDef")
    expect("of the type", [ext.Mixed.__doc__, ext.Mixed.__name__, ext.Mixed.__module__],
           ["Both kinds.", "Mixed", "ext"], source="hpytype.h, HPyType_Spec.name and .doc; Python/C API, tp_doc")
    record("no docstring", ext.Larger.__doc__)


@scenario
def memory_is_fresh(ext):
    """HPy_New gives the struct of the object itself, header included, and what follows the header is zeroed."""
    for cls in (ext.Mixed, ext.Larger, ext.Thin):
        for number in range(1, 30):
            used = cls()
            used.number, used.real, used.small, used.strict = number, number + 0.5, number, str(number)
            if cls is ext.Larger:
                used.extra, used.more, used.third = -number, number, [number]
            del used
        collect()
        clear_events(ext)
        fresh = cls()
        found = [events(ext, "zeroed"), events(ext, "same struct"), fresh.seen(), fresh.field, hasattr(fresh, "strict")]
        expect(cls.__name__, found, [[1], [1], (0, 0.0, 0), None, False], source=FRESH)
        if cls is ext.Larger:
            expect("what it adds", [fresh.larger(), hasattr(fresh, "third")], [(0, 0, 0), False], source=FRESH)


@scenario
def subtypes_with_a_struct_and_without(ext):
    """A legacy type derives from another with a larger struct, or takes over the struct that it has."""
    larger = ext.Larger()
    larger.number, larger.extra, larger.more, larger.third, larger.field = 1, 2 ** 40, -3, "third", "field"
    found = [larger.larger(), larger.seen(), larger.third, larger.field, larger.twice, +larger, repr(larger)]
    expect("larger", found, [(1, 2 ** 40, -3), (1, 0.0, 0), "third", "field", 2, 1, "<mixed 1>"], source=INHERIT)
    thin = ext.Thin()
    thin.number, thin.strict = 5, "strict"
    found = [thin.thin(), thin.old_thin(), thin.seen(), thin.strict, thin.thrice, -thin]
    expect("thin", found, [6, 7, (5, 0.0, 0), "strict", 15, -5], source=INHERIT)
    expect("bases", [ext.Larger.__bases__ == (ext.Mixed,), ext.Thin.__bases__ == (ext.Mixed,)], [True, True],
           source=INHERIT)
    grown = ext.Grown()
    grown.age, grown.size = 70, 180
    expect("from a type of the C API", [grown.grown(), grown.age, isinstance(grown, ext.Ancient)],
           [(70, 180), 70, True], source="HPy api.rst, 'Legacy types': types of the C API are legacy types")
    clear_events(ext)
    del grown
    collect()
    expect("its struct is destroyed", events(ext, "grown"), [180], source=DESTROY)


@scenario
def members_in_python_subclasses(ext):
    """In Python subclasses, too, members, methods and HPy_tp_destroy find the struct, and values are released."""
    for base in (ext.Mixed, ext.Larger, ext.Thin):

        class Plain(base):
            pass

        class Slotted(base):
            __slots__ = ("one", "two")

        for cls in (Plain, Slotted):
            label, watch, thing = "%s of %s" % (cls.__name__, base.__name__), Watch(), cls()
            thing.number, thing.real, thing.small, thing.one, thing.two = 3, 1.5, 4, watch.thing("one"), [2]
            thing.strict, thing.field = watch.thing("strict"), watch.thing("field")
            found = [thing.seen(), thing.old_seen(), thing.twice, thing.tenfold, -thing, thing.strict.name, thing.two]
            expect(label, found, [(3, 1.5, 4), [3, 1.5, 4], 6, 30, -3, "strict", [2]], source=INHERIT)
            serial = thing.serial
            clear_events(ext)
            del thing
            expect_released(label, watch, ["one", "strict", "field"], RELEASED)
            expect(label + ", destroyed", events(ext, "destroy"), [serial], source=DESTROY)


@scenario
def values_in_legacy_types_are_released(ext):
    """What HPy's object members of a legacy type hold is released once, when replaced, deleted, and with the owner."""
    for cls, names in ((ext.Mixed, ["field", "strict"]), (ext.Larger, ["field", "strict", "third"]),
                       (ext.Thin, ["field", "strict"])):
        label, watch, owner = cls.__name__, Watch(), cls()
        serial = owner.serial
        if cls is ext.Larger:
            owner.extra = 12
        for name in names:
            setattr(owner, name, watch.thing(name + " old"))
            setattr(owner, name, watch.thing(name))
        expect_released(label + " replaced", watch, [name + " old" for name in names], RELEASED)
        del owner.strict
        expect_released(label + " deleted", watch, [name + " old" for name in names] + ["strict"], RELEASED)
        owner.strict = watch.thing("strict again")
        clear_events(ext)
        del owner
        expect_released(label + " gone", watch, [name + " old" for name in names] + names + ["strict again"], RELEASED)
        expected = ["destroy larger", "destroy"] if cls is ext.Larger else ["destroy"]
        found = [(name, value) for name, value in events(ext) if name.startswith("destroy")]
        expect(label + " destroyed", found, list(zip(expected, [12, serial][-len(expected):])), source=DESTROY)


@scenario
def cycles_through_legacy_types(ext):
    """Owners of legacy types that refer to each other are collected."""
    held = []
    for cls, names in ((ext.Mixed, ["field", "strict"]), (ext.Larger, ["field", "strict", "third"]),
                       (ext.Thin, ["field", "strict"])):
        for name in names:
            watch, one, two = Watch(), cls(), cls()
            for other in names:
                setattr(one, other, two if other == name else watch.thing("one " + other))
                setattr(two, other, [one] if other == name else watch.thing("two " + other))
            del one, two
            collect()
            if len(watch.finalized) != 2 * (len(names) - 1) or len(watch.unreferenced) != 2 * (len(names) - 1):
                held.append("%s of %s" % (name, cls.__name__))
    expect("never collected", held, [], source=CYCLES)


@scenario
def a_type_with_its_own_dealloc(ext):
    """A legacy type may keep its tp_dealloc and its object members, beside members and methods of HPy."""

    class Plain(ext.Old):
        pass

    for cls in (ext.Old, Plain):
        label, watch, old = cls.__name__, Watch(), cls()
        expect(label + " fresh", [hasattr(old, "held"), old.number], [False, 0], source=FRESH)
        expect(label + " empty", attempt(old.swap, watch.thing("a")), returned(None), source=LEGACY)
        old.number = 17
        expect(label, [old.held.name, old.number], ["a", 17], source=MEMBERS)
        expect(label + " swapped", old.swap(watch.thing("b")).name, "a", source=LEGACY)
        expect_released(label + " the first", watch, ["a"], RELEASED)
        old.held = watch.thing("c")
        expect_released(label + " the second", watch, ["a", "b"], RELEASED)
        clear_events(ext)
        del old
        expect_released(label + " gone", watch, ["a", "b", "c"], RELEASED)
        expect(label + " deallocated", events(ext, "old"), [17], source=DESTROY)


@scenario
def specs_that_are_refused(ext):
    """A pure type has no legacy slots; tp_dealloc goes with no HPy_tp_destroy; a legacy type has no pure base."""
    for name in ("bare", "bare, no defines", "bare, no slots", "dealloc"):
        made = attempt(ext.make, name)
        expect(name, [made.exception, made.value is not None and made.value.__name__], [None, "Bare"], source=LEGACY)
    expect("pure with legacy slots", attempt(ext.make, "pure with legacy slots"), raised(TypeError), source=REFUSED)
    for name, source in (
        ("dealloc and destroy", "HPy porting guide, 'Deallocator slot Py_tp_dealloc' (it becomes HPy_tp_destroy)"),
        ("dealloc and traverse", "HPy porting guide, 'tp_dealloc and Py_DECREF' (HPy provides a tp_dealloc)"),
        ("member without struct", "hpytype.h, HPyType_Spec.basicsize; hpydef.h, HPyMember.offset"),
        ("legacy member without struct", "hpytype.h, HPyType_Spec.basicsize; HPy api.rst, 'Legacy types'"),
        ("call without struct", "HPy porting guide, 'Calling Protocol', Limitations"),
    ):
        tried = attempt(ext.make, name)
        expect(name, tried.exception is not None, True, source=source)
        record(name + ", the refusal", tried)
    found = [ext.make("bare", base).__base__ is base for base in (ext.Mixed, ext.Ancient, ext.Thin)]
    expect("of a legacy type", found, [True] * 3, source=INHERIT)
    for name in ("bare", "bare, no slots"):
        tried = attempt(ext.make, name, ext.make_pure())
        expect(name + ", of a pure type", tried.exception is not None, True, source=INHERIT)
        record(name + ", of a pure type, the refusal", tried)


@scenario
def a_refused_spec_leaves_its_base_alone(ext):
    """What is refused doesn't keep the base that it was given, nor change it."""
    for name in ("bare", "dealloc and destroy", "member without struct", "call without struct"):
        watch, base = Watch(), ext.make_pure()
        base.thing = watch.thing("of the base")
        one = base()
        one.number = 8
        refused = attempt(ext.make, name, base).exception is not None
        expect(name, [refused, one.number, base.thing.name], [True, 8, "of the base"], source=LEGACY)
        del one
        expect_released(name + ", in use", watch, [], RELEASED)
        del base
        expect_released(name + ", the base", watch, ["of the base"],
                        "HPy api.rst, 'Handles' (a handle is closed by who owns it); Python/C API, 'Type Objects'")
