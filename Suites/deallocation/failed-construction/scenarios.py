import weakref

from hpy_conform import attempt, clear_events, collect, events, expect, raised, scenario

DESTROY = "HPy porting guide, 'Deallocator slot Py_tp_dealloc'; Python/C API, 'Type Objects', tp_dealloc"
ZEROED = "HPy API reference, HPyField_Store (HPy_New zeroes the memory it allocates); Python/C API, tp_alloc"
RELEASED = "HPy porting guide, 'tp_dealloc and Py_DECREF'"
NEW = "Python/C API, 'Type Objects', tp_new and tp_init; 'Exception Handling'"


class Thing:
    pass


def fail(make, stage, released):
    """Make an object that fails at a stage, with a content whose end is noted in `released`."""
    thing = Thing()
    reference = weakref.ref(thing, lambda _: released.append(stage))
    result = attempt(make, stage, thing)
    del thing
    collect()
    return result, reference


@scenario
def failing_before_the_object_exists(ext):
    """Nothing was made, so nothing is destroyed."""
    released = []
    result, reference = fail(ext.Half, "before", released)
    expect("call", result, raised(ValueError), source=NEW)
    expect("destroyed", events(ext), [], source=DESTROY)
    expect("argument let go", (released, reference() is None), (["before"], True), source=RELEASED)


@scenario
def failing_right_after_the_allocation(ext):
    """Destroy runs once, and finds the struct zeroed."""
    released = []
    result, reference = fail(ext.Half, "zeroed", released)
    expect("call", result, raised(ValueError), source=NEW)
    expect("destroyed", events(ext), [("destroy", 0)], source=ZEROED)
    expect("argument let go", (released, reference() is None), (["zeroed"], True), source=RELEASED)


@scenario
def failing_with_fields_filled(ext):
    """What the half-made object owned by then is released, once."""
    released = []
    result, reference = fail(ext.Half, "field", released)
    expect("call with a field", result, raised(ValueError), source=NEW)
    expect("destroyed with a field", events(ext), [("destroy", 0)], source=DESTROY)
    expect("content with a field", (released, reference() is None), (["field"], True), source=RELEASED)
    clear_events(ext)
    result, reference = fail(ext.Half, "filled", released)
    expect("call with all", result, raised(ValueError), source=NEW)
    expect("destroyed with all", events(ext), [("destroy", 1), ("buffer", 1)], source=DESTROY)
    expect("content with all", (released, reference() is None), (["field", "filled"], True), source=RELEASED)


@scenario
def failing_in_init(ext):
    """The object that tp_new made is destroyed; one that lives on is not, though its __init__ failed later."""
    released = []
    result, reference = fail(ext.Half, "init", released)
    expect("call", result, raised(ValueError), source=NEW)
    expect("destroyed", events(ext), [("destroy", 1), ("buffer", 1)], source=DESTROY)
    expect("content", (released, reference() is None), (["init"], True), source=RELEASED)
    clear_events(ext)
    kept = ext.Half("never", None)
    expect("init called again", attempt(kept.__init__, "init", None), raised(ValueError), source=NEW)
    collect()
    expect("destroyed while kept", (events(ext), kept.serial), ([], 2), source=DESTROY)
    del kept
    collect()
    expect("destroyed in the end", events(ext), [("destroy", 2), ("buffer", 2)], source=DESTROY)


@scenario
def never_initialised(ext):
    """An object made by __new__ alone is whole, and destroyed like any other."""
    released = []
    result, reference = fail(lambda stage, thing: ext.Half.__new__(ext.Half, stage, thing), "init", released)
    expect("made", type(result.value), ext.Half, source=NEW)
    expect("content held", (released, reference() is None), ([], False), source=RELEASED)
    del result
    collect()
    expect("destroyed", events(ext), [("destroy", 1), ("buffer", 1)], source=DESTROY)
    expect("content", (released, reference() is None), (["init"], True), source=RELEASED)


@scenario
def failing_after_types_are_made(ext):
    """When a function makes a type and an object and then fails, the object is destroyed once."""
    released = []
    result, reference = fail(ext.populate, "type made", released)
    expect("call with a type", result, raised(ValueError), source=NEW)
    expect("destroyed with a type", events(ext), [], source=DESTROY)
    result, reference = fail(ext.populate, "zeroed", released)
    expect("call with half an object", result, raised(ValueError), source=NEW)
    expect("destroyed with half an object", events(ext), [("destroy", 0)], source=ZEROED)
    clear_events(ext)
    result, reference = fail(ext.populate, "object made", released)
    expect("call with an object", result, raised(ValueError), source=NEW)
    expect("destroyed with an object", events(ext), [("destroy", 1), ("buffer", 1)], source=DESTROY)
    expect("contents", released, ["type made", "zeroed", "object made"], source=RELEASED)
    clear_events(ext)
    result, reference = fail(ext.populate, "never", released)
    expect("destroyed after success", events(ext), [], source=DESTROY)
    del result
    collect()
    expect("destroyed in the end", events(ext), [("destroy", 2), ("buffer", 2)], source=DESTROY)


@scenario
def failing_many_times(ext):
    """Every failed construction is destroyed once, and none of them disturbs an object that lives on."""
    kept = ext.Half("never", [])
    for _ in range(100):
        for stage in ("before", "zeroed", "field", "filled", "init"):
            attempt(ext.Half, stage, kept)
    collect()
    expect("zeroed ones destroyed", events(ext, "destroy").count(0), 200, source=ZEROED)
    expect("others destroyed", sorted(events(ext, "destroy"))[200:], list(range(2, 202)), source=DESTROY)
    expect("buffers freed", sorted(events(ext, "buffer")), list(range(2, 202)), source=DESTROY)
    expect("the kept one is whole", kept.serial, 1, source=DESTROY)
