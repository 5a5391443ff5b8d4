import types

from hpy_conform import attempt, clear_events, events, expect, raised, returned, scenario

MODULE = "HPy API reference, 'HPy Module', HPyModuleDef"
SIZE = MODULE + ": size; HPy ctx_module.c, what it says of a size that is not 0"
DEFINES = MODULE + ": defines; HPy ctx_module.c, what it says of unsupported slots"
EXEC = "HPy porting guide, 'Multi-phase Module Initialization'; Python/C API, 'Module Objects', Py_mod_exec"
CREATE = "Python/C API, 'Module Objects', Py_mod_create: it gets the spec, and returns the module or sets an exception"
ALONE = "HPy ctx_module.c, NON_DEFAULT_MESSAGE: either no HPy_mod_create slot, or nothing else"
TWICE = "Python/C API, 'Module Objects', Py_mod_create: not more than one"
FAILURE = "Python/C API, 'Exception Handling': what fails has set an exception"


def load(ext, name):
    return ext.load(name, types.SimpleNamespace(name=name))


def refused(ext, name, source):
    """The promise that the module is refused, and before anything of it is run, with a word about why."""
    clear_events(ext)
    outcome = attempt(load, ext, name)
    expect(name, outcome, raised(SystemError), source=source)
    expect(name + ", without an exception of its own", " without " in (outcome.message or ""), False, source=FAILURE)
    expect(name + ", run", events(ext), [], source=source)


@scenario
def modules_of_little(ext):
    """A module needs neither documentation nor definitions."""
    module = load(ext, "empty")
    expect("empty", (type(module) is types.ModuleType, module.__name__, module.__doc__), (True, "empty", None),
           source=MODULE)
    module = load(ext, "with_doc")
    expect("documentation", (module.__name__, module.__doc__), ("with_doc", "Nothing but this."), source=MODULE)
    module = load(ext, "functions")
    expect("functions", (module.__doc__, module.function()), (None, "functions"), source=MODULE)
    expect("executed", events(ext), [("exec functions", 0)], source=EXEC)


@scenario
def exec_slots_are_run_in_their_order(ext):
    """All exec slots are run, in the order of the definition, whatever stands between."""
    for i in range(2):
        clear_events(ext)
        module = load(ext, "several")
        expect("order %d" % i, [name for name, _ in events(ext)], ["exec two", "exec one", "exec three"], source=EXEC)
        expect("function %d" % i, (module.function(), module.__doc__), ("several", "Three."), source=MODULE)


@scenario
def an_exec_slot_that_fails_is_the_last(ext):
    """After an exec slot that fails no other is run, and its exception is that of the import."""
    outcome = attempt(load, ext, "stopped")
    expect("exception", (outcome.exception, outcome.message), ("LookupError", "as asked"), source=EXEC)
    expect("run", [name for name, _ in events(ext)], ["exec one", "exec failing"], source=EXEC)


def made(ext):
    module = load(ext, "made")
    return type(module) is types.SimpleNamespace, module.created


@scenario
def a_module_that_is_no_module(ext):
    """HPy_mod_create makes any object from the spec, where nothing else is defined."""
    expect("made", attempt(made, ext), returned((True, "made")), source=CREATE)
    expect("run", [name for name, _ in events(ext)], ["create made"], source=CREATE)


@scenario
def a_module_that_is_not_made(ext):
    """The exception of HPy_mod_create is that of the import."""
    outcome = attempt(load, ext, "not_made")
    expect("exception", (outcome.exception, outcome.message), ("LookupError", "not made"), source=CREATE)


@scenario
def a_module_is_not_made_by_hand(ext):
    """HPy_mod_create may not return a module of the built-in type."""
    refused(ext, "builtin", "HPy ctx_module.c, NON_DEFAULT_MESSAGE: the slot cannot return a builtin module object")


@scenario
def creation_stands_alone(ext):
    """Where HPy_mod_create is defined, nothing else may be."""
    for name in ("and_exec", "exec_and", "and_function", "and_doc", "and_globals"):
        refused(ext, name, ALONE)
    refused(ext, "twice", TWICE)


@scenario
def what_a_module_may_not_have(ext):
    """A module has no state, and no slots of types."""
    refused(ext, "sized", SIZE)
    refused(ext, "of_a_byte", SIZE)
    refused(ext, "below_zero", SIZE)
    refused(ext, "with_other_slot", DEFINES)
    expect("loaded afterwards", load(ext, "functions").function(), "functions", source=MODULE)
