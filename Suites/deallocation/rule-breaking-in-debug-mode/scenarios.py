from hpy_conform import expect, scenario

CONTEXT = "HPy changelog, 'Debug mode': detect invalid usage of stored HPyContext * pointer"
CONTRACT = ("HPy porting guide, 'Porting PyObject * to HPy API constructs', note on tp_traverse (all fields of the "
            "owner: the debug mode will check this contract)")
ABORTED = ("aborted", True)


def turn():
    for _ in range(200):
        pass


def noticed(ext, label, act, late=True):
    """The promise that the use of a context which is not that of the running function ends the process, and is told."""
    expect(label, ext.in_child(act, late, turn), ABORTED, source=CONTEXT)


@scenario
def a_context_is_kept_for_destroy(ext):
    """Destroy uses the context of a call that has returned, whatever for."""
    for what in ("number", "tuple", "call", "import", "close", "raise", "collect"):
        noticed(ext, what, "destroy " + what)


@scenario
def destroy_uses_the_context_of_a_call_that_waits(ext):
    """Destroy uses the context of the call that closes the last handle, and waits for it."""
    for what in ("number", "call", "close"):
        noticed(ext, what, "destroy " + what, late=False)


@scenario
def a_context_is_kept_for_traverse(ext):
    """Traverse uses the context of a call that has returned."""
    for what in ("number", "tuple", "call", "close"):
        noticed(ext, what, "traverse " + what)


@scenario
def traverse_uses_the_context_of_a_call_that_waits(ext):
    """Traverse uses the context of the call in which the collector runs."""
    for what in ("number", "call"):
        noticed(ext, what, "traverse " + what, late=False)


@scenario
def a_context_is_kept_for_the_destructor_of_a_capsule(ext):
    """The destructor of a capsule uses the context of a call that has returned, and of the one that waits for it."""
    for what in ("number", "call", "raise"):
        noticed(ext, what, "capsule " + what)
    noticed(ext, "number, waiting", "capsule number", late=False)


@scenario
def a_context_is_used_in_a_later_call(ext):
    """A function uses the context of the module's execution."""
    noticed(ext, "number", "late number")
    noticed(ext, "call", "late call")
    expect("its own", ext.in_child("late number", False, turn), ("done", False), source=CONTEXT)


@scenario
def a_traverse_that_leaves_out_a_field(ext):
    """The type visits one of two fields that it owns; what the documentation says of the debug mode has no text."""
    expect("noticed", ext.in_child("left out", True, turn)[0] != "done", True, source=CONTRACT)
