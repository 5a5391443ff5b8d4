from hpy_conform import attempt, collect, events, expect, raised, record, scenario

MEMBERS = "Python/C API, 'Common Object Structures', PyMemberDef"
DESTROY = "HPy porting guide, 'Deallocator slot Py_tp_dealloc'; Python/C API, 'Type Objects', tp_dealloc"


@scenario
def the_count_is_read_only(ext):
    """A read-only member can be read, and refuses to be written."""
    counter = ext.Counter(5)
    expect("read", counter.count, 5, source=MEMBERS)
    expect("write", attempt(setattr, counter, "count", 6), raised(AttributeError), source=MEMBERS)
    expect("read again", counter.count, 5, source=MEMBERS)


@scenario
def the_resource_is_released_once(ext):
    """Each object's native resource is released exactly once."""
    for start in (10, 20):
        ext.Counter(start)
    collect()
    expect("released", events(ext, "destroy"), [10, 20], any_order=True, source=DESTROY)
    record("order", events(ext, "destroy"), facet="order")
