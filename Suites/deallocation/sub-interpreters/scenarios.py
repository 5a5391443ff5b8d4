from hpy_conform import (
    Subinterpreter, clear_events, collect, events, expect, expect_at_exit, one_of, record, record_at_exit, scenario)

MULTI = (
    "Python/C API, 'Isolating Extension Modules', Opt-In (multi-phase initialisation: a module object for each "
    "interpreter)")
END = (
    "Python/C API, 'Sub-interpreter support', Py_EndInterpreter; 'Object Life Cycle', Life Events (tp_dealloc runs once)")
OWN = (
    "Python/C API, 'Module Objects', Py_mod_multiple_interpreters (an ImportError where the module does not support "
    "the interpreter)")


@scenario(real_exit=True)
def imported_into_several(ext):
    """Each interpreter has a module and a type of its own, from one binary."""
    clear_events(ext)
    others = [Subinterpreter() for _ in range(3)]
    ran = [one.run("import ext; kept = ext.Thing; kept().hold(1)") for one in others]
    expect("imported", ran, [None] * 3, source=MULTI)
    expect("executed", events(ext, "executed"), [1, 1, 1], source=MULTI)
    expect("destroyed", len(events(ext, "destroy")), 3, source=END)
    for one in others:
        one.end()
    thing = ext.Thing()
    record("the first goes on", type(thing) is ext.Thing)


@scenario(real_exit=True)
def a_change_in_one(ext):
    """What one interpreter changes in its module is not seen in another."""
    one, two = Subinterpreter(), Subinterpreter()
    one.run("import ext; ext.mark = 1; ext.Thing")
    expect("elsewhere", two.run("import ext; assert not hasattr(ext, 'mark')"), None, source=MULTI)
    expect("here", hasattr(ext, "mark"), False, source=MULTI)
    two.end()
    expect("still there", one.run("assert ext.mark == 1"), None, source=MULTI)
    one.end()


@scenario
def ended_with_objects_alive(ext):
    """An interpreter ends while its module, its globals and a cycle hold objects."""
    clear_events(ext)
    other = Subinterpreter()
    ran = other.run(
        "import ext; ext.kept = ext.Thing(); alive = ext.Thing(); cycle = ext.Thing(); cycle.hold(cycle); del cycle")
    record("ran", ran)
    expect("before", events(ext, "destroy"), [], source=END)
    other.end()
    destroyed = events(ext, "destroy")
    record("number", len(destroyed))
    expect("each once", len(set(destroyed)) == len(destroyed), True, source=END)


@scenario(real_exit=True)
def ended_with_a_subclass_alive(ext):
    """A Python subclass and its instances live until the end of their interpreter."""
    clear_events(ext)
    other = Subinterpreter()
    ran = other.run(
        "import ext\n"
        "class Sub(ext.Thing):\n"
        "    def __del__(self):\n"
        "        pass\n"
        "Sub.kept = Sub()\n"
        "other = Sub()\n"
        "other.itself = other\n")
    record("ran", ran)
    other.end()
    destroyed = events(ext, "destroy")
    record("number", len(destroyed))
    expect("each once", len(set(destroyed)) == len(destroyed), True, source=END)


@scenario(real_exit=True)
def one_after_another(ext):
    """Interpreters that are made and ended leave the first one's module as it was."""
    thing = ext.Thing()
    for number in range(5):
        other = Subinterpreter()
        record("run %d" % number, other.run("import ext; kept = [ext.Thing() for _ in range(10)]"))
        other.end()
    thing.hold(ext.Thing())
    clear_events(ext)
    del thing
    collect()
    expect("destroyed", len(events(ext, "destroy")), 2, source=END)


@scenario(real_exit=True)
def a_gil_of_its_own(ext):
    """A module that says so is imported where the interpreter has a GIL of its own."""
    import own_gil

    other = Subinterpreter(own_gil=True)
    expect("imported", other.run("import own_gil; kept = own_gil.Thing()"), None, source=OWN)
    other.end()
    record("the first goes on", type(own_gil.Thing()) is own_gil.Thing)


@scenario(real_exit=True)
def a_gil_of_its_own_for_other_modules(ext):
    """Modules that say nothing, and those with single-phase initialisation, are refused there."""
    import single_phase

    other = Subinterpreter(own_gil=True)
    for name in ("ext", "single_phase"):
        ran = other.run("import " + name)
        expect(name, (ran or "").split(":")[0], "ImportError", source=OWN)
    other.end()
    record("the first goes on", type(single_phase.Thing()) is single_phase.Thing)


@scenario(real_exit=True)
def objects_alive_with_a_gil_of_their_own(ext):
    """Their interpreter's end is theirs, as far as they end."""
    clear_events(ext)
    other = Subinterpreter(own_gil=True)
    record("ran", other.run("import own_gil; own_gil.kept = own_gil.Thing(); kept = own_gil.Thing(); kept.hold(kept)"))
    other.end()
    destroyed = events(ext, "destroy")
    record("number", len(destroyed))
    expect("each once", len(set(destroyed)) == len(destroyed), True, source=END)


@scenario(real_exit=True)
def single_phase_in_several(ext):
    """A module with single-phase initialisation is shared: the types are those of the first import."""
    import single_phase

    clear_events(ext)
    other = Subinterpreter()
    record("ran", other.run("import single_phase; kept = single_phase.Thing()"))
    record("executed", events(ext, "executed"))
    other.end()
    thing = single_phase.Thing()
    thing.hold(thing)
    del thing
    collect()
    destroyed = events(ext, "destroy")
    expect("each once", len(set(destroyed)) == len(destroyed), True, source=END)


@scenario(real_exit=True)
def ended_by_the_exit(ext):
    """An interpreter that nobody ended, with objects alive, when the process ends."""
    other = Subinterpreter()
    record("ran", other.run("import ext; ext.kept = ext.Thing()"))
    expect_at_exit(
        "destroyed", "destroy", one_of([], [1]), source="Python/C API, 'Initialization, Finalization, and Threads', "
        "Py_FinalizeEx (destroys all sub-interpreters); 'Object Life Cycle', Life Events")
    record_at_exit("executed", "executed")
