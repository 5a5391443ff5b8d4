import weakref

from hpy_conform import (
    Watch, clear_events, collect, events, expect, expect_at_exit, expect_released, import_again, one_of, record,
    record_at_exit, scenario)

FREE = "Python/C API, 'Module Objects', PyModuleDef.m_free (called during deallocation of the module object)"
CLEAR = "Python/C API, 'Module Objects', PyModuleDef.m_traverse, m_clear"
ISOLATED = (
    "Python/C API, 'Isolating Extension Modules', Isolated Module Objects (several module objects from one binary are "
    "independent)")
LIFE = "Python/C API, 'Object Life Cycle', Life Events (tp_dealloc runs once)"
STATE = (
    "Python/C API, 'Isolating Extension Modules', Module State Access from Classes (an instance keeps its type, which "
    "keeps the module)")


@scenario
def two_module_objects(ext):
    """A module that is imported again is another one, with a type and a state of its own."""
    one = import_again("again")
    two = import_again("again")
    expect("another module", one is two, False, source=ISOLATED)
    expect("another type", one.Thing is two.Thing, False, source=ISOLATED)
    expect("numbers", two.number() - one.number(), 1, source=ISOLATED)
    one.keep("of one")
    expect("what is kept", (one.kept(), two.kept()), ("of one", None), source=ISOLATED)


@scenario
def instances_outlive_their_module(ext):
    """The module is gone from everywhere but its instance, which still finds its state, and ends once."""
    module = import_again("again")
    thing, number = module.Thing(), module.number()
    import_again("again")
    module = None
    collect()
    clear_events(ext)
    expect("asked", thing.number(), one_of(number, 0), source=STATE)
    record("freed meanwhile", number in events(ext, "free"))
    del thing
    collect()
    expect("destroyed", len(events(ext, "destroy")), 1, source=LIFE)
    record("number", [one == number for one in events(ext, "number")])


@scenario
def freed_with_the_last_instance(ext):
    """The state of a module that nobody has is freed, once."""
    module = import_again("again")
    clear_events(ext)
    thing, number = module.Thing(), module.number()
    import_again("again")
    del module
    collect()
    expect("before", events(ext, "free").count(number), 0, source=STATE)
    del thing
    collect()
    expect("freed", events(ext, "free").count(number), 1, source=FREE)
    record("order", [name for name, value in events(ext) if name == "destroy" or (name, value) == ("free", number)])


@scenario
def a_module_in_a_cycle_with_its_instance(ext):
    """The module holds an instance of its own type."""
    module = import_again("again")
    number = module.number()
    module.thing = module.Thing()
    import_again("again")
    clear_events(ext)
    del module
    collect()
    expect("freed", events(ext, "free").count(number), 1, source=FREE)
    expect("destroyed", len(events(ext, "destroy")), 1, source=LIFE)


@scenario
def a_state_in_a_cycle(ext):
    """The state holds the module that it belongs to."""
    module, watch = import_again("again"), Watch()
    number = module.number()
    module.keep([module, watch.thing("kept")])
    import_again("again")
    del module
    expect_released("kept", watch, ["kept"], source=CLEAR)
    expect("freed", events(ext, "free").count(number), 1, source=FREE)


@scenario
def what_a_state_keeps(ext):
    """What only the state holds ends with it."""
    module, watch = import_again("again"), Watch()
    module.keep(watch.thing("kept"))
    import_again("again")
    collect()
    expect("before", watch.finalized, [], source=CLEAR)
    del module
    expect_released("kept", watch, ["kept"], source=CLEAR)


@scenario
def a_weak_reference_to_the_module(ext):
    """The module object itself ends."""
    module = import_again("again")
    reference = weakref.ref(module)
    import_again("again")
    expect("alive", reference() is module, True, source=LIFE)
    del module
    collect()
    expect("dead", reference() is None, True, source=LIFE)


@scenario
def many_times(ext):
    """A module that is loaded fifty times frees what it had each time but the last."""
    clear_events(ext)
    for _ in range(50):
        module = import_again("again")
        module.keep(module.Thing())
    number = module.number()
    del module
    collect()
    executed, freed = events(ext, "executed"), events(ext, "free")
    expect("executed", len(executed), 50, source=ISOLATED)
    expect("not freed", len(set(executed) - {number} - set(freed)), 0, source=FREE)
    expect("each once", len(set(freed)) == len(freed), True, source=FREE)


@scenario(real_exit=True)
def alive_at_the_exit(ext):
    """The state of a module that is imported at the exit is freed once at most, behind its instances."""
    import again

    again.keep(again.Thing())
    record("kept", type(again.kept()) is again.Thing)
    expect_at_exit("freed", "free", one_of([], [1]), source=FREE)
    expect_at_exit("destroyed", "destroy", one_of([], [1]), source=LIFE)
    record_at_exit("all")


@scenario(real_exit=True)
def one_of_two_at_the_exit(ext):
    """The same of the former one of two modules."""
    former = import_again("again")
    ext.kept = [former.Thing(), former]
    later = import_again("again")
    later.keep(later.Thing())
    record("kept", True)
    expect_at_exit("freed", "free", one_of([], [1], [2], [1, 2]), source=FREE, any_order=True)
    expect_at_exit("destroyed", "destroy", one_of([], [1], [2], [1, 2]), source=LIFE, any_order=True)
