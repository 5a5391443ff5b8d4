from hpy_conform import collect, events, expect, record, scenario

DESTROY = "HPy porting guide, 'Deallocator slot Py_tp_dealloc'; Python/C API, 'Type Objects', tp_dealloc"


@scenario
def destroy_runs_once_for_each_object(ext):
    """Each object's native resource is released exactly once."""
    for _ in range(3):
        ext.Resource()
    collect()
    expect("destroyed", events(ext, "destroy"), [1, 2, 3], any_order=True, source=DESTROY)
    record("order", events(ext, "destroy"), facet="order")


@scenario
def destroy_waits_for_the_last_reference(ext):
    """An object that is still referenced keeps its resource."""
    kept = ext.Resource()
    ext.Resource()
    collect()
    expect("destroyed while one is kept", events(ext, "destroy"), [2], source=DESTROY)
    expect("the kept one is whole", kept.serial, 1, source=DESTROY)
    del kept
    collect()
    expect("destroyed after release", events(ext, "destroy"), [2, 1], source=DESTROY)


@scenario
def destroy_runs_for_instances_of_a_python_subclass(ext):
    """A Python subclass inherits the deallocator of its C base."""

    class Derived(ext.Resource):
        pass

    Derived()
    ext.Resource()
    collect()
    expect("destroyed", events(ext, "destroy"), [1, 2], any_order=True, source=DESTROY)


@scenario
def destroy_runs_for_objects_in_a_cycle(ext):
    """A cycle through a Python subclass's instance dictionary is collected, and then destroyed once."""

    class Derived(ext.Resource):
        pass

    one, two = Derived(), Derived()
    one.other, two.other = two, one
    del one, two
    collect()
    expect("destroyed", events(ext, "destroy"), [1, 2], any_order=True, source=DESTROY)
