from hpy_conform import attempt, collect, events, expect, raised, record, scenario

PERMITTED = ("HPy porting guide, 'Deallocator slot Py_tp_dealloc' (no restrictions on what the C API deallocator "
             "calls); Python/C API, 'Type Objects', tp_dealloc")
PENDING = "Python/C API, 'Type Objects', tp_dealloc (PyErr_GetRaisedException and PyErr_SetRaisedException)"

# What destroy and traverse must not do, and what no document says of a process that does it: what happens is recorded.


def turn():
    for _ in range(200):
        pass


def ended(ext, act, late=True):
    """How a child process ended that broke a rule; the context it used is that of a call which has returned."""
    return ext.in_child(act, late, turn)[0]


@scenario
def objects_are_made_in_destroy(ext):
    """Destroy makes a number and a tuple."""
    record("number", ended(ext, "destroy number"))
    record("tuple", ended(ext, "destroy tuple"))


@scenario
def python_is_called_in_destroy(ext):
    """Destroy calls a Python function."""
    record("ended", ended(ext, "destroy call"))


@scenario
def a_module_is_imported_in_destroy(ext):
    """Destroy imports a module."""
    record("ended", ended(ext, "destroy import"))


@scenario
def a_reference_is_given_up_in_destroy(ext):
    """Destroy closes a handle that was kept in C, as a tp_dealloc gives up a reference."""
    record("ended", ended(ext, "destroy close"))


@scenario
def a_collection_is_started_in_destroy(ext):
    """Destroy calls gc.collect()."""
    record("ended", ended(ext, "destroy collect"))


@scenario
def an_exception_is_left_by_destroy(ext):
    """Destroy, or tp_dealloc, returns with an exception set."""
    record("ended", ended(ext, "destroy raise"))


@scenario
def objects_are_made_in_traverse(ext):
    """Traverse makes a number, which the collector does not know, and a tuple, which it knows."""
    record("number", ended(ext, "traverse number"))
    record("tuple", ended(ext, "traverse tuple"))


@scenario
def python_is_called_in_traverse(ext):
    """Traverse calls a Python function."""
    record("ended", ended(ext, "traverse call"))


@scenario
def a_collection_is_started_in_traverse(ext):
    """Traverse calls gc.collect() while it is called by the collector."""
    record("ended", ended(ext, "traverse collect"))


@scenario
def a_reference_is_given_up_in_traverse(ext):
    """Traverse closes a handle that was kept in C."""
    record("ended", ended(ext, "traverse close"))


@scenario
def an_exception_is_left_by_traverse(ext):
    """Traverse returns 0 with an exception set."""
    record("ended", ended(ext, "traverse raise"))


@scenario
def a_field_is_left_out_by_traverse(ext):
    """Traverse visits one of two fields; the other one is read after collections."""
    record("ended", ended(ext, "left out"))


@scenario
def objects_are_made_by_the_destructor_of_a_capsule(ext):
    """The destructor of a capsule makes a number, and calls a Python function."""
    record("number", ended(ext, "capsule number"))
    record("call", ended(ext, "capsule call"))


@scenario
def an_exception_is_left_by_the_destructor_of_a_capsule(ext):
    """The destructor of a capsule returns with an exception set."""
    record("ended", ended(ext, "capsule raise"))


@scenario
def a_context_is_used_late(ext):
    """The context of a call that has returned makes an object, and calls Python, in a later call."""
    record("number", ended(ext, "late number"))
    record("call", ended(ext, "late call"))


@scenario
def an_object_is_resurrected_in_dealloc(ext):
    """tp_dealloc takes a reference to its object and keeps it, where tp_finalize would be the place for it."""
    record("ended", ended(ext, "destroy resurrect"))


@scenario
def an_object_is_borrowed_in_dealloc(ext):
    """tp_dealloc takes a reference to its object and gives it up again, as a function would that it passes it to."""
    record("ended", ended(ext, "destroy borrow"))


@scenario
def dealloc_may_call_python(ext):
    """A tp_dealloc calls a Python function, which may make objects that end in the same way, and collect."""
    called = []

    def nested(serial):
        called.append(serial)
        if len(called) < 5:
            ext.Caller(nested)
        collect()

    ext.Caller(called.append)
    collect()
    expect("called", called, [1], source=PERMITTED)
    ext.Caller(nested)
    collect()
    expect("called within", called, [1, 2, 3, 4, 5], source=PERMITTED)
    expect("ended", events(ext, "dealloc"), [1, 2, 3, 4, 5], any_order=True, source=PERMITTED)


@scenario
def what_dealloc_calls_may_raise(ext):
    """An exception of the function is told and goes nowhere; one that is on its way arrives where it was going."""
    def fail(serial):
        raise ValueError("in dealloc")

    def use():
        ext.Caller(fail)
        collect()
        return "went on"

    expect("caller", attempt(use).value, "went on", source=PERMITTED)
    expect("arrives", attempt(lambda: len(ext.Caller(fail))), raised(TypeError), source=PENDING)
    collect()
    expect("ended", events(ext, "dealloc"), [1, 2], source=PENDING)
