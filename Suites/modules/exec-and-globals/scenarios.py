import collections
import collections.abc
import types

from hpy_conform import Watch, attempt, collect, events, expect, expect_released, raised, record, scenario

EXEC = "HPy public API, hpyslot.h, HPy_mod_exec; Python/C API, 'Module Objects', Py_mod_exec"
DOC = "HPy API reference, HPyModuleDef.doc; Python/C API, 'Module Objects', PyModuleDef.m_doc"
METHODS = "HPy API reference, HPyDef_METH; Python/C API, 'Common Object Structures', PyMethodDef"
PACK = "HPy API reference, HPyHelpers_PackArgsAndKeywords"
GLOBALS = "HPy API reference, 'HPyGlobal', HPyGlobal_Store and HPyGlobal_Load"
LIFETIME = "HPy API reference, 'HPyGlobal'; Python/C API, 'Reference Counting'"
IMPORT = "Python/C API, 'Importing Modules', PyImport_ImportModule"
EXCEPTION = "Python/C API, 'Exception Handling', PyErr_NewExceptionWithDoc"


@scenario
def exec_slots_run_once_in_their_order(ext):
    """Each exec slot is called once, in the order of the definitions, with the same module."""
    expect("called", events(ext, "exec"), [1, 2, 3], source=EXEC)
    expect("what they left", ext.steps, [1, 2, 3], source=EXEC)
    expect("attribute of the last", ext.answer, 42, source=EXEC)


@scenario
def a_module_knows_its_name_and_documentation(ext):
    """The module is a module object with the name and the text that were given."""
    expect("is a module", type(ext) is types.ModuleType, True, source=EXEC)
    expect("name", ext.__name__, "ext", source="Python reference, 'Import-related module attributes', __name__")
    expect("documentation", ext.__doc__, "Made in three steps.\n\nThe third adds attributes.", source=DOC)


@scenario
def attributes_of_a_module_can_be_changed(ext):
    """What an exec slot has set is an attribute like others."""
    source = "Python reference, 'Modules'"
    ext.answer = 43
    expect("changed", ext.answer, 43, source=source)
    expect("in its dictionary", vars(ext)["answer"], 43, source=source)
    del ext.answer
    expect("deleted", attempt(getattr, ext, "answer"), raised(AttributeError), source=source)
    expect("deleted twice", attempt(delattr, ext, "answer"), raised(AttributeError), source=source)


@scenario
def functions_get_the_module_and_their_arguments(ext):
    """Each signature passes on the module and just the arguments of the call."""
    expect("without", ext.without() is ext, True, source=METHODS)
    module, argument = ext.one("x")
    expect("one", [module is ext, argument], [True, "x"], source=METHODS)
    for count in (0, 1, 2, 9):
        module, arguments = ext.several(*range(count))
        expect("several %d" % count, [module is ext, arguments], [True, tuple(range(count))], source=METHODS)


@scenario
def functions_refuse_calls_that_do_not_fit(ext):
    """Too many or too few arguments, and names where there are none, are a TypeError."""
    expect("without, one given", attempt(ext.without, 1), raised(TypeError), source=METHODS)
    expect("without, a name given", attempt(ext.without, a=1), raised(TypeError), source=METHODS)
    expect("one, none given", attempt(ext.one), raised(TypeError), source=METHODS)
    expect("one, two given", attempt(ext.one, 1, 2), raised(TypeError), source=METHODS)
    expect("one, a name given", attempt(ext.one, a=1), raised(TypeError), source=METHODS)
    expect("several, a name given", attempt(ext.several, 1, a=1), raised(TypeError), source=METHODS)


@scenario
def functions_have_names_and_documentation(ext):
    """A function's name and text are those of its definition."""
    for name, text in (("without", "Takes nothing."), ("one", "Takes one."), ("named", "Takes names."),
                       ("several", None)):
        function = getattr(ext, name)
        expect(name, [function.__name__, function.__doc__], [name, text], source=METHODS)
        expect(name + " callable", callable(function), True, source=METHODS)


@scenario
def positional_and_named_arguments_are_packed(ext):
    """Positional arguments become a tuple and names a dict; what there is none of is not made."""
    expect("nothing", ext.named(), (None, None), source=PACK)
    expect("positional", ext.named(1, 2, 3), ((1, 2, 3), None), source=PACK)
    expect("names", ext.named(a=1, b=2), (None, {"a": 1, "b": 2}), source=PACK)
    expect("both", ext.named(1, 2, b=3, a=4, c=5), ((1, 2), {"b": 3, "a": 4, "c": 5}), source=PACK)
    expect("empty unpacking", ext.named(*(), **{}), (None, None), source=PACK)


@scenario
def packed_arguments_are_released(ext):
    """Packing takes as many references as the results hold."""
    watch = Watch()
    ext.named(watch.thing("positional"), keyword=watch.thing("named"))
    result = ext.named(watch.thing("kept"), name=watch.thing("kept by name"))
    expect_released("calls over", watch, ["positional", "named"], PACK)
    expect("kept", [result[0][0].name, result[1]["name"].name], ["kept", "kept by name"], source=PACK)
    del result
    expect_released("results gone", watch, ["positional", "named", "kept", "kept by name"], PACK)


@scenario
def a_global_gives_back_what_was_stored(ext):
    """Each global has a value of its own: the object itself that was stored last."""
    one, two = object(), object()
    expect("as the exec slot left them", [ext.load(1), ext.load(2)], [None, None], source=GLOBALS)
    ext.store(1, one)
    expect("the other", ext.load(2), None, source=GLOBALS)
    ext.store(2, two)
    expect("first", ext.load(1) is one, True, source=GLOBALS)
    expect("second", ext.load(2) is two, True, source=GLOBALS)
    ext.store(1, two)
    expect("replaced", [ext.load(1) is two, ext.load(2) is two], [True, True], source=GLOBALS)


@scenario
def a_global_keeps_what_it_holds(ext):
    """What is stored lives as long as a global holds it, however often it is loaded, and is the same object."""
    watch = Watch()
    ext.store(1, watch.thing("a"))
    ext.store(2, watch.thing("b"))
    expect_released("stored", watch, [], LIFETIME)
    expect("loaded", [ext.load(1).name, ext.load(2).name], ["a", "b"], source=GLOBALS)
    for i in range(20):
        ext.load(1)
    ext.store(2, ext.load(1))
    ext.store(1, None)
    expect("moved to the other", [ext.load(1), ext.load(2).name], [None, "a"], source=GLOBALS)
    ext.store(2, ext.load(2))
    collect()
    expect("stored onto itself", ext.load(2).name, "a", source=GLOBALS)
    expect("the one held has ended", "a" in watch.finalized, False, source=LIFETIME)


@scenario
def a_global_releases_what_is_replaced(ext):
    """A value that another one takes the place of is released, once."""
    watch = Watch()
    for name in ("a", "b", "c"):
        ext.store(1, watch.thing(name))
    ext.load(1)
    expect_released("replaced", watch, ["a", "b"], LIFETIME)


@scenario
def a_module_is_imported_by_name(ext):
    """The module of that name comes back, of a dotted name the last part; else an exception."""
    expect("top", ext.import_module("collections") is collections, True, source=IMPORT)
    expect("dotted", ext.import_module("collections.abc") is collections.abc, True, source=IMPORT)
    expect("missing", attempt(ext.import_module, "no_module_of_this_name"), raised(ModuleNotFoundError), source=IMPORT)
    expect("missing part", attempt(ext.import_module, "collections.no_such_part"), raised(ModuleNotFoundError),
           source=IMPORT)
    expect("empty", attempt(ext.import_module, ""), raised(ValueError),
           source="Python library, importlib, import_module and __import__: an empty name is a ValueError")
    expect("still there", ext.import_module("collections") is collections, True, source=IMPORT)


@scenario
def an_exception_type_is_made(ext):
    """The type has the module, name, base and documentation that were given, and can be raised."""
    error = ext.Error
    expect("name", [error.__module__, error.__name__], ["ext", "Error"], source=EXCEPTION)
    expect("base", error.__bases__, (LookupError,), source=EXCEPTION)
    expect("documentation", error.__doc__, "The module's own.", source=EXCEPTION)
    expect("raised", attempt(ext.fail, "a message"), raised(error), source=EXCEPTION)
    record("its text", attempt(ext.fail, "a message").message)
    watch = Watch()
    attempt(ext.fail, watch.thing("value"))
    expect_released("value of the exception", watch, ["value"], "Python/C API, 'Reference Counting'")
