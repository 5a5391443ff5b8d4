from hpy_conform import (
    Subinterpreter, Watch, attempt, clear_events, collect, events, expect, expect_released, import_again, raised,
    scenario)

OF_TYPE = "Python/C API, 'Type Objects', PyType_GetModule (of PyType_FromModuleAndSpec)"
STATE = "Python/C API, 'Type Objects', PyType_GetModuleState"
NOT_INHERITED = "Python/C API, 'Type Objects', PyType_FromMetaclass (the module is not inherited by subclasses)"
CLASS = "Python/C API, 'Common Object Structures', METH_METHOD | METH_FASTCALL | METH_KEYWORDS (the defining class)"
INDEPENDENT = "Python/C API, 'Module Objects', Multi-phase initialization (modules of one definition are independent)"
LIFETIME = "Python HOWTO, 'Isolating Extension Modules', Lifetime of the Module State (types and objects hold the module)"
FREE = "Python/C API, 'Module Objects', PyModuleDef.m_free"
CLEAR = "Python/C API, 'Module Objects', PyModuleDef.m_traverse, m_clear"
EXEC = "Python/C API, 'Module Objects', Py_mod_exec"


@scenario
def types_of_two_module_objects(ext):
    """Each module object of one binary has a type of its own, which finds it and its state."""
    one, two = import_again("again"), import_again("again")
    expect("types", one.Counter is two.Counter, False, source=INDEPENDENT)
    one.count()
    one.count()
    two.count()
    for name, asked in (("another binary", ext), ("one", one), ("two", two)):
        expect("modules, asked in " + name, [asked.module_of(module.Counter) is module for module in (one, two)],
               [True, True], source=OF_TYPE)
    expect("states", (ext.counted(one.Counter), ext.counted(two.Counter)), (2, 1), source=STATE)


@scenario
def the_defining_class(ext):
    """A method gets the class that defines it, and the arguments, for objects of Python classes below, too."""
    module = import_again("again")

    class Sub(module.Counter):
        def tick(self, *args, **kw):
            return super().tick(*args, **kw)

    class Slotted(module.Counter):
        __slots__ = ("extra",)

    for number, cls in enumerate((module.Counter, Sub, Slotted)):
        given = cls().tick("a", [], x=1, y=2)
        expect(cls.__name__ + ": class", given[0] is module.Counter, True, source=CLASS)
        expect(cls.__name__ + ": the rest", given[1:], (number + 1, ("a", [], 1, 2), ("x", "y")), source=CLASS)
    expect("no arguments", module.Counter().tick()[1:], (4, (), None), source=CLASS)
    expect("unbound", module.Counter.tick(Sub(), 1)[1:], (5, (1,), None), source=CLASS)
    expect("of another object", attempt(module.Counter.tick, ext.Counter()), raised(TypeError), source=CLASS)


@scenario
def types_below(ext):
    """A type of another binary belongs to the module there, its base to the first one, and classes of Python to none."""
    import other

    module = import_again("again")
    lower = other.below(module.Counter)
    module.count()
    expect("modules", (ext.module_of(lower) is other, ext.module_of(module.Counter) is module), (True, True),
           source=OF_TYPE)
    expect("state of the base", ext.counted(module.Counter), 1, source=STATE)
    expect("state of the type", ext.counted(lower) >= 1000, True, source=STATE)

    class Sub(module.Counter):
        pass

    class Low(lower):
        pass

    for cls in (Sub, Low):
        expect(cls.__name__, attempt(ext.module_of, cls), raised(TypeError), source=NOT_INHERITED)
        expect(cls.__name__ + ": state", attempt(ext.counted, cls), raised(TypeError), source=NOT_INHERITED)


@scenario
def methods_below_in_another_binary(ext):
    """On one object, the methods of each class count in the state of the class's own module."""
    import other

    module = import_again("again")
    lower = other.below(module.Counter)

    class Sub(lower):
        pass

    for number, cls in enumerate((lower, Sub)):
        one = cls()
        before = ext.counted(lower)
        inherited, own = one.tick(), one.own(1, x=2)
        expect("%d: classes" % number, (inherited[0] is module.Counter, own[0] is lower), (True, True), source=CLASS)
        expect("%d: inherited" % number, inherited[1:], (number + 1, (), None), source=CLASS)
        expect("%d: own" % number, (own[1] - before, own[2:]), (1, ((1, 2), ("x",))), source=CLASS)


@scenario
def a_type_keeps_its_module(ext):
    """When nothing else refers to the module, its types and their objects find the state as it was."""
    module = import_again("again")
    module.count()
    kept, one = module.make(), module.Counter()
    import_again("again")
    clear_events(ext)
    del module
    collect()
    expect("freed", events(ext, "free"), [], source=LIFETIME)
    expect("state", (ext.counted(kept), ext.counted(type(one))), (1, 1), source=LIFETIME)
    del one
    collect()
    expect("without the object", (events(ext, "free"), ext.counted(kept)), ([], 1), source=LIFETIME)
    expect("the module", ext.module_of(kept).count(), 2, source=LIFETIME)


@scenario
def an_object_keeps_its_module(ext):
    """An object alone is enough for its methods to go on counting."""
    one = import_again("again").Counter()
    import_again("again")
    clear_events(ext)
    collect()
    expect("counts", (one.tick()[1], one.tick()[1]), (1, 2), source=LIFETIME)
    expect("freed", events(ext, "free"), [], source=LIFETIME)


@scenario
def the_state_ends_with_the_last_type(ext):
    """Module, state and types, which hold each other, end together, and m_free is called once."""
    watch, module = Watch(), import_again("again")
    kept = module.make()
    module.Counter.held, kept.held = watch.thing("first type"), watch.thing("second type")
    module.Counter.one = module.Counter()
    import_again("again")
    clear_events(ext)
    del module
    collect()
    expect("before", (events(ext, "free"), watch.finalized), ([], []), source=LIFETIME)
    del kept
    expect_released("types", watch, ["first type", "second type"], source=CLEAR)
    expect("freed", len(events(ext, "free")), 1, source=FREE)


@scenario
def an_exec_slot_that_fails_behind_the_type(ext):
    """Type, state and module of the failed import end; the exception is that of the slot."""
    clear_events(ext)

    def load():
        import failing

    for number in (1, 2):
        expect("import %d" % number, attempt(load), raised(LookupError), source=EXEC)
        collect()
        expect("freed %d" % number, len(events(ext, "free")), number, source=FREE)
        expect("type %d" % number, len(events(ext, "the type ends")), number, source=CLEAR)


@scenario(real_exit=True)
def in_another_interpreter(ext):
    """Types and state of the module there are its own, and end with that interpreter."""
    import again

    again.count()
    clear_events(ext)
    other = Subinterpreter()
    expect("ran", other.run("import again; one = again.Counter(); counted = [one.tick()[1], again.count()]; "
                            "assert counted == [1, 2], counted; assert again.module_of(type(one)) is again"),
           None, source=INDEPENDENT)
    other.end()
    collect()
    expect("freed", len(events(ext, "free")), 1, source=FREE)
    expect("state here", (ext.counted(again.Counter), again.Counter().tick()[1]), (1, 2), source=INDEPENDENT)
