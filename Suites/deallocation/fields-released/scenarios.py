from hpy_conform import Watch, collect, events, expect, expect_released, record, scenario

RELEASED = "HPy porting guide, 'tp_dealloc and Py_DECREF'"
STORE = "HPy API reference, HPyField_Store; Python/C API, 'Reference Counting'"
CYCLES = "HPy porting guide, 'tp_traverse, tp_clear, Py_TPFLAGS_HAVE_GC'; Python/C API, 'Type Objects', tp_clear"
DESTROY = "HPy porting guide, 'Deallocator slot Py_tp_dealloc'; Python/C API, 'Type Objects', tp_dealloc"


@scenario
def contents_are_released_with_their_owner(ext):
    """What the fields of a dying object held is released once; until then it stays."""
    for make in (ext.Holder, ext.Owner):
        watch = Watch()
        owner = make()
        owner.first, owner.second = watch.thing("a"), watch.thing("b")
        expect_released(make.__name__ + " alive", watch, [], RELEASED)
        expect(make.__name__ + " contents", [owner.first.name, owner.second.name], ["a", "b"], source=RELEASED)
        del owner
        expect_released(make.__name__ + " gone", watch, ["a", "b"], RELEASED)
    expect("destroyed", events(ext, "destroy"), [1], source=DESTROY)


@scenario
def one_reference_is_released_for_each_field(ext):
    """The same object in two fields, or held elsewhere, loses as many references as were stored."""
    watch = Watch()
    both, kept = watch.thing("both"), watch.thing("kept")
    owners = [ext.Holder(), ext.Owner()]
    for owner in owners:
        owner.first, owner.second = both, kept
    one = ext.Owner()
    one.first = one.second = both
    del both, owner, one
    expect_released("still in two owners", watch, [], RELEASED)
    owners.pop()
    expect_released("still in one owner", watch, [], RELEASED)
    owners.pop()
    expect_released("in no owner", watch, ["both"], RELEASED)
    expect("the kept one is whole", kept.name, "kept", source=RELEASED)
    del kept
    expect_released("kept no longer", watch, ["both", "kept"], RELEASED)
    expect("destroyed", events(ext, "destroy"), [1, 2], any_order=True, source=DESTROY)


@scenario
def storing_into_a_field_releases_what_it_held(ext):
    """Overwriting and emptying a field release the old value, once; storing it again does not."""
    watch = Watch()
    owner = ext.Owner()
    owner.first = watch.thing("a")
    owner.first = owner.first
    expect_released("stored again", watch, [], STORE)
    owner.first = watch.thing("b")
    expect_released("overwritten", watch, ["a"], STORE)
    owner.empty()
    expect_released("emptied", watch, ["a", "b"], STORE)
    record("empty field", owner.first)
    owner.empty()
    owner.first = watch.thing("c")
    owner.second = watch.thing("d")
    owner.first, owner.second = owner.second, owner.first
    expect_released("exchanged", watch, ["a", "b"], STORE)
    del owner
    expect_released("owner gone", watch, ["a", "b", "c", "d"], STORE)
    expect("destroyed", events(ext, "destroy"), [1], source=DESTROY)


@scenario
def a_field_is_never_seen_holding_a_released_object(ext):
    """Code that runs while the old value of a field ends finds the new value there already."""
    owner = ext.Owner()
    seen = []

    class Peeker:
        def __del__(self):
            seen.append(owner.first)

    owner.first = Peeker()
    owner.first = "new"
    collect()
    expect("after overwriting", seen, ["new"], source="Python/C API, 'Type Objects', tp_clear (why Py_CLEAR is used)")
    del seen[:]
    owner.first = Peeker()
    owner.empty()
    collect()
    expect("after emptying", seen, [None], source="Python/C API, 'Type Objects', tp_clear (why Py_CLEAR is used)")


@scenario
def cycles_through_fields_are_released(ext):
    """Two owners that hold each other, an owner that holds itself, and one in a list that it holds are collected."""
    watch = Watch()
    one, two = ext.Owner(), ext.Owner()
    one.first, two.first = two, one
    one.second, two.second = watch.thing("one"), watch.thing("two")
    itself = ext.Owner()
    itself.first, itself.second = itself, watch.thing("itself")
    listed = ext.Owner()
    listed.first, listed.second = [listed], watch.thing("listed")
    holder = ext.Holder()
    holder.first, holder.second = (holder,), watch.thing("holder")
    expect_released("held", watch, [], CYCLES)
    expect("destroyed while held", events(ext, "destroy"), [], source=DESTROY)
    del one, two, itself, listed, holder
    expect_released("let go", watch, ["one", "two", "itself", "listed", "holder"], CYCLES)
    expect("destroyed", events(ext, "destroy"), [1, 2, 3, 4], any_order=True, source=DESTROY)


@scenario
def a_field_keeps_its_content_alive(ext):
    """An owner that only another's field refers to is whole, and ends with the other."""
    watch = Watch()
    outer, inner = ext.Owner(), ext.Owner()
    outer.first = inner
    inner.first, inner.second = watch.thing("thing"), outer
    del inner
    expect_released("held by a field", watch, [], RELEASED)
    expect("destroyed while held", events(ext, "destroy"), [], source=DESTROY)
    expect("reached through it", outer.first.first.name, "thing", source=RELEASED)
    expect("and back", outer.first.second is outer, True, source=RELEASED)
    keep = outer.first
    del outer
    expect_released("held from the other side", watch, [], RELEASED)
    keep.second = None
    collect()
    expect("destroyed after the link is cut", events(ext, "destroy"), [1], source=DESTROY)
    del keep
    expect_released("let go", watch, ["thing"], RELEASED)
    expect("destroyed", events(ext, "destroy"), [1, 2], source=DESTROY)
