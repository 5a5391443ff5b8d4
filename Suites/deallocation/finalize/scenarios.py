from hpy_conform import attempt, clear_events, collect, events, expect, record, scenario

FINALIZE = "Python/C API, 'Type Objects', tp_finalize; HPy porting guide, 'Deallocator slot Py_tp_dealloc'"
UNRAISABLE = "HPy API, HPyErr_WriteUnraisable; Python/C API, 'Exception Handling', PyErr_WriteUnraisable"
DESTROY = "HPy porting guide, 'Deallocator slot Py_tp_dealloc'; Python/C API, 'Type Objects', tp_dealloc"


@scenario
def finalize_runs_once_and_before_destroy(ext):
    """An object is finalized once, then destroyed; a type may have finalize alone."""
    ext.Guard()
    collect()
    expect("with destroy", events(ext), [("finalize", 1), ("destroy", 1)], source=FINALIZE)
    clear_events(ext)
    ext.Plain()
    collect()
    expect("finalize alone", events(ext), [("finalize", 2)], source=FINALIZE)
    collect()
    expect("later", events(ext), [("finalize", 2)], source=FINALIZE)


@scenario
def finalize_finds_the_object_whole(ext):
    """Fields still hold what they held, alone and in a cycle, whichever object of it is finalized first."""
    seen = []

    def look(guard):
        seen.append((guard.serial, None if guard.peer is None else guard.peer.serial))

    other = ext.Guard()
    ext.Guard().arm(look, other)
    collect()
    expect("alone", seen, [(2, 1)], source=FINALIZE)
    del seen[:], other
    collect()
    clear_events(ext)
    one, two = ext.Guard(), ext.Guard()
    one.arm(look, two)
    two.arm(look, one)
    itself = ext.Guard()
    itself.arm(look, itself)
    del one, two, itself
    collect()
    expect("in cycles", seen, [(3, 4), (4, 3), (5, 5)], any_order=True, source=FINALIZE)
    expect("finalized", events(ext, "finalize"), [3, 4, 5], any_order=True, source=FINALIZE)
    expect("destroyed", events(ext, "destroy"), [3, 4, 5], any_order=True, source=DESTROY)


@scenario
def finalize_may_keep_the_object(ext):
    """An object that finalize made reachable again stays whole and undestroyed; it is not finalized a second time."""
    kept = []
    ext.Guard().arm(kept.append, "peer")
    collect()
    expect("finalized", events(ext, "finalize"), [1], source=FINALIZE)
    expect("kept", len(kept), 1, source=FINALIZE)
    expect("destroyed while kept", events(ext, "destroy"), [], source=DESTROY)
    expect("the kept one is whole", (kept[0].serial, kept[0].peer), (1, "peer"), source=DESTROY)
    del kept[:]
    collect()
    expect("finalized in all", events(ext, "finalize"), [1], source=FINALIZE)
    expect("destroyed in the end", events(ext, "destroy"), [1], source=DESTROY)


@scenario
def an_exception_in_finalize_reaches_nobody(ext):
    """What the callback raises is reported and dropped; the object is destroyed and the program goes on."""

    def fail(guard):
        raise ValueError("in finalize")

    def use():
        ext.Guard().arm(fail, None)
        collect()
        return "went on"

    result = attempt(use)
    expect("caller", result.value, "went on", source=UNRAISABLE)
    expect("ran", events(ext), [("finalize", 1), ("destroy", 1)], source=UNRAISABLE)


@scenario
def finalize_leaves_a_pending_exception_alone(ext):
    """An object that ends while an exception is on its way runs its finalizer, and the exception arrives."""
    seen = []

    def armed():
        return ext.Guard().arm(lambda guard: seen.append(guard.serial), None)

    expect("what arrives", attempt(lambda: len(armed())).exception, "TypeError", source=FINALIZE)
    collect()
    expect("callback ran", seen, [1], source=FINALIZE)
    expect("ran", events(ext), [("finalize", 1), ("destroy", 1)], source=FINALIZE)


@scenario
def python_subclass_inherits_finalize(ext):
    """An instance of a Python subclass is finalized and destroyed like one of its C base."""

    class Derived(ext.Guard):
        pass

    seen = []
    Derived().arm(lambda guard: seen.append(guard.peer), "peer")
    collect()
    expect("callback", seen, ["peer"], source=FINALIZE)
    expect("ran", events(ext), [("finalize", 1), ("destroy", 1)], source=FINALIZE)


@scenario
def python_subclass_overrides_finalize(ext):
    """__del__ of a Python subclass takes the place of the C finalizer; destroy follows."""
    seen = []

    class Derived(ext.Guard):
        def __del__(self):
            seen.append(self.serial)

    Derived()
    collect()
    expect("__del__", seen, [1], source="Python reference, 'Data model', object.__del__")
    record("C finalizer", events(ext, "finalize"))
    expect("destroyed", events(ext, "destroy"), [1], source=DESTROY)
