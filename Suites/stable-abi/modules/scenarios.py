from hpy_conform import (
    Subinterpreter, Watch, attempt, clear_events, collect, events, expect, expect_released, import_again, raised,
    record, scenario)

ISOLATED = "Python/C API, 'Isolating Extension Modules', Isolated Module Objects"
STATE = "Python/C API, 'Module Objects', PyModule_GetState"
FREE = "Python/C API, 'Module Objects', PyModuleDef.m_free"
EXEC = "Python/C API, 'Module Objects', Py_mod_exec (slots are processed in order; non-zero with an exception: failure)"
CREATE = "Python/C API, 'Module Objects', Py_mod_create"
FIND = "Python/C API, 'Module Objects', PyState_FindModule"
MULTI = "Python/C API, 'Module Objects', PyState_FindModule (only for single-phase initialization)"


@scenario
def each_module_object_has_its_state(ext):
    """Several module objects of one binary don't share it."""
    one = import_again("again")
    two = import_again("again")
    expect("two", one is two, False, source=ISOLATED)
    expect("executed", (one.executed, two.executed), (1, 1), source=EXEC)
    one.hold("x")
    one.hold("y")
    two.hold("z")
    expect("states", (one.held(), two.held()), ((2, "y"), (1, "z")), source=STATE)
    import_again("again")
    expect("afterwards", (one.held(), two.held()), ((2, "y"), (1, "z")), source=STATE)


@scenario
def the_state_ends_with_its_module(ext):
    """What it holds is released, and m_free is called once."""
    watch, module = Watch(), import_again("again")
    clear_events(module)
    module.hold(watch.thing("held"))
    import_again("again")
    collect()
    expect("before", len(events(module, "free")), 0, source=FREE)
    del module
    expect_released("held", watch, ["held"], source=STATE)
    expect("freed", len(events(ext, "free")), 1, source=FREE)


@scenario
def a_state_that_holds_its_module(ext):
    """The collector sees the ring through m_traverse and m_clear."""
    watch, module = Watch(), import_again("again")
    module.hold([module, watch.thing("held")])
    import_again("again")
    del module
    expect_released("held", watch, ["held"], source="Python/C API, 'Module Objects', PyModuleDef.m_traverse, m_clear")


@scenario
def an_exec_slot_that_fails(ext):
    """Later slots don't run, the exception is that of the slot, the state ends, and no module stays."""
    clear_events(ext)

    def load():
        import failing

    expect("import", attempt(load), raised(LookupError), source=EXEC)
    expect("executed", events(ext, "executed"), [1, 2], source=EXEC)
    collect()
    expect("freed", len(events(ext, "free")), 1, source=FREE)
    expect("what the state held", len(events(ext, "held ends")), 1, source=STATE)
    expect("again", attempt(load), raised(LookupError), source=EXEC)
    expect("executed again", events(ext, "executed"), [1, 2, 1, 2], source=EXEC)


@scenario
def an_object_that_a_slot_creates(ext):
    """It need not be a module; functions of the definition are given to it."""
    import created

    expect("type", type(created).__name__, "SimpleNamespace", source=CREATE)
    expect("the spec", created.spec_name, "created", source=CREATE)
    expect("functions", created.self_is(created), True, source=CREATE)
    record("doc", getattr(created, "__doc__", None))


@scenario
def a_module_of_one_phase(ext):
    """It is found by its definition, and has its state."""
    import single

    expect("found", single.found() is single, True, source=FIND)
    first = single.count()
    expect("state", (single.count(), single.count()), (first + 1, first + 2), source=STATE)


@scenario(real_exit=True)
def a_module_in_another_interpreter(ext):
    """A module of two phases is loaded there, too, with a state of its own, which ends with it."""
    import again

    again.hold("here")
    before = again.held()
    clear_events(ext)
    other = Subinterpreter()
    expect("ran", other.run("import again; again.hold('there'); assert again.held() == (1, 'there'), again.held()"),
           None, source=ISOLATED)
    other.end()
    collect()
    expect("freed", len(events(ext, "free")), 1, source=FREE)
    expect("state here", again.held(), before, source=ISOLATED)
