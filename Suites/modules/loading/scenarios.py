import contextlib
import io
import shutil
import tempfile
import types

from hpy_conform import Watch, attempt, collect, expect, expect_released, one_of, raised, returned, scenario

MODE = "HPy documentation, 'Debug Mode', Activating Debug Mode: HPY=debug, or per module HPY=modA:debug,modB:debug"
TRACE = "HPy documentation, 'Trace Mode', Activating Trace Mode: HPY=trace, or per module HPY=modA:trace,modB:trace"
LOG = "HPy documentation, 'Debug Mode', Activating Debug Mode: HPY_LOG, the message"
LOAD = "HPy documentation, 'Debug Mode', Activating Debug Mode: load(module_name, so_filename, mode=MODE_DEBUG)"
EXPLICIT = "HPy documentation, 'Debug Mode', Activating Debug Mode: loaded explicitly, HPY and HPY_LOG have no effect"
TRACING = "HPy documentation, 'Trace Mode', Using Trace Mode: get_call_counts"
ABI = "HPy documentation, 'HPy overview', Target ABIs: the filename is simple.hpy0.so, or simple.hpy0-cp38.so"
TAG = "hpy/universal/src/hpymodule.c, validate_abi_tag: what it says of a tag, and of none"
MODINIT = "HPy documentation, 'HPy API Introduction', HPy_MODINIT: makes what the interpreter looks for"
TROUBLE = "Python library, 'Built-in Exceptions': ImportError, a module can't be loaded; RuntimeError, other trouble"
SYSTEM = "hpy/universal/src/hpymodule.c: the system's message is passed on, or it is said that there is none"
NAME = "hpy/universal/src/hpymodule.c, get_encoded_name: what is after the last dot, and '_' for '-'; PEP 489"
INVALID = "Python library, 'Built-in Exceptions': ValueError, an inappropriate value; RuntimeError, any other trouble"
TYPE = "Python library, 'Built-in Exceptions': TypeError, an argument of the wrong type"
BOOTSTRAP = "hpy.universal, documentation of _load_bootstrap: it sets the attributes of the module; PEP 451"
VERSION = "hpy.universal, documentation of get_version: a tuple ('version', 'git revision')"
EXEC = "HPy porting guide, 'Multi-phase Module Initialization'; Python/C API, 'Module Objects', Py_mod_exec"
FAILURE = "Python/C API, 'Exception Handling': an exception is passed on"
COUNTING = "Python/C API, 'Objects, Types and Reference Counts': who owns a reference gives it up, and nobody else's"
AGAIN = "Python/C API, 'Module Objects', m_size 0: the module has no state, and there may be more instances"


def universal(ext, name):
    return ext.imported("hpy.universal", name)


def load(ext, name, path=None, **how):
    spec = types.SimpleNamespace(name=name)
    return universal(ext, "load")(name, path or ext.path(), spec, **how)


class Environment:
    """A mapping that is no dict, as that of a process."""

    def __init__(self, **values):
        self.values = values

    def __getitem__(self, key):
        return self.values[key]


def bootstrap(ext, environment, name="plain"):
    spec = types.SimpleNamespace(name=name)
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        module = universal(ext, "_load_bootstrap")(
            name, "pack." + name, "pack", ext.path(), "the loader", spec, environment)
    return module, output.getvalue(), spec


def mode_of(ext, value, name="plain"):
    """The mode that a module gets where the environment has that value."""
    return bootstrap(ext, Environment(HPY=value), name)[0].mode()


def not_loaded(label, outcome, *texts):
    """The promise of an exception that tells what the trouble is with."""
    expect(label, outcome.exception, one_of("ImportError", "RuntimeError"), source=TROUBLE)
    for text in texts:
        expect(label + ", tells of " + text, text in (outcome.message or ""), True, source=TROUBLE)


def without_message(outcome):
    return "no error message" in (outcome.message or "")


@scenario
def a_module_is_loaded_by_its_name(ext):
    """The last part of a name finds the module in a file; a dash in it stands for an underscore."""
    first = load(ext, "plain")
    expect("name", (first.__name__, first.__doc__, type(first) is types.ModuleType), ("plain", "A plain module.", True),
           source=LOAD)
    for name in ("pack.plain", "pack.sub.plain", "p.plain", ".plain", "pack-age.plain"):
        module = load(ext, name)
        expect(name, (module.__name__, module.mode()), (name, "universal"), source=NAME)
    again = load(ext, "plain")
    expect("loaded again", (again is first, again.number - first.number), (False, 6), source=EXEC)
    expect("both work", (again.mode(), first.mode()), ("universal", "universal"), source=EXEC)


@scenario
def a_dash_stands_for_an_underscore(ext):
    """A dash in the last part of a name stands for an underscore in the names of functions."""
    for name in ("with-dash", "pack-age.with-dash"):
        expect(name, attempt(lambda: load(ext, name).__name__), returned(name), source=NAME)


@scenario
def what_a_module_says_comes_through(ext):
    """Exceptions of a module's own functions are those of loading it, and its definition's are, too."""
    for name in ("failing", "pack.failing", "not_made"):
        for i in range(2):
            outcome = attempt(load, ext, name)
            expect("%s %d" % (name, i), outcome, raised(LookupError), source=EXEC)
            text = "not made" if name == "not_made" else "as asked"
            expect("%s %d, message" % (name, i), outcome.message, text, source=EXEC)
    expect("sized", attempt(load, ext, "sized"), raised(SystemError),
           source="HPy API reference, 'HPy Module', HPyModuleDef: size; HPy ctx_module.c, what it says of it")
    expect("afterwards", load(ext, "plain").mode(), "universal", source=LOAD)


@scenario
def a_module_that_failed_may_be_kept(ext):
    """A module whose execution failed lives as long as somebody holds it, as any object does."""
    kept = []
    ext.keep_with(kept.append)
    expect("fails", attempt(load, ext, "kept"), raised(LookupError), source=EXEC)
    others = [b"\xff" * size for size in range(200) for _ in range(20)]
    expect("kept", (len(kept), kept[0].__doc__, kept[0].mode()), (1, "Kept.", "universal"), source=COUNTING)
    collect()
    del kept[:]
    expect("let go", (len(kept), len(others)), (0, 4000), source=COUNTING)
    ext.keep_with(None)


@scenario
def what_is_no_module_is_refused(ext):
    """A file that lacks a function which HPy_MODINIT makes is refused, with a word about what is missing."""
    outcome = attempt(load, ext, "no_major")
    not_loaded("no major version", outcome, "no_major")
    expect("system's message", without_message(outcome), False, source=SYSTEM)
    not_loaded("no minor version", attempt(load, ext, "no_minor"), "no_minor")
    not_loaded("no module of that name", attempt(load, ext, "nothing"), "nothing")
    for label, name, symbol in (("no context", "no_context", "HPyInitGlobalContext_no_context"),
                                ("no init", "pack.no_init", "HPyInit_no_init")):
        outcome = attempt(load, ext, name)
        not_loaded(label, outcome, symbol)
        expect(label + ", system's message", without_message(outcome), False, source=SYSTEM)
    not_loaded("no address", attempt(load, ext, "no_address"), "HPyInit_no_address")
    not_loaded("no definition", attempt(load, ext, "no_definition"), "no_definition")


@scenario
def modules_for_other_versions_are_refused(ext):
    """A module says which version of the ABI it needs; one that is not there is refused."""
    for name in ("of_major", "of_minor", "of_both"):
        not_loaded(name, attempt(load, ext, name))


@scenario
def names_and_paths_are_texts(ext):
    """A name that is not ASCII finds no module; a path that is no text is refused."""
    outcome = attempt(load, ext, "pl\xe4in")
    expect("not ASCII", outcome.exception, one_of("UnicodeEncodeError", "ImportError", "RuntimeError"),
           source=NAME + ", which has to be ASCII; " + TROUBLE)
    expect("not ASCII after a dot", attempt(load, ext, "plain.\xe4").exception,
           one_of("UnicodeEncodeError", "ImportError", "RuntimeError"),
           source=NAME + ", which has to be ASCII; " + TROUBLE)
    expect("not ASCII before a dot", load(ext, "\xe4.plain").__name__, "\xe4.plain", source=NAME)
    expect("path", attempt(load, ext, "plain", 5), raised(TypeError), source=TYPE)
    expect("no arguments", attempt(universal(ext, "load")), raised(TypeError), source=TYPE)
    expect("no arguments for the stub loader", attempt(universal(ext, "_load_bootstrap")), raised(TypeError),
           source=TYPE)
    expect("spec", attempt(universal(ext, "load"), "nothing", ext.path(), None).exception,
           one_of("ImportError", "RuntimeError"), source=TROUBLE)
    expect("number as name", attempt(universal(ext, "_load_bootstrap"), 5, "five", "pack", ext.path(), "the loader",
                                     types.SimpleNamespace(name="five"), Environment()), raised(TypeError), source=TYPE)


@scenario
def a_name_that_is_no_text_is_refused(ext):
    """Bytes are no name of a module."""
    expect("bytes", attempt(load, ext, b"plain"), raised(TypeError), source=TYPE)


@scenario
def the_name_of_the_file_has_the_abi(ext):
    """The file's name says which ABI it is of; one that says another one, or none, is refused."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in (
                ("plain.hpy9-x.so", "filename: 9"), ("plain.hpy1.so", "filename: 1"),
                ("plain.hpy42.so", "filename: 42"), ("plain.so", "could not find"),
                ("plain.hpy.so", "could not find"), ("plain.hpyx.so", "could not find"),
                ("plain.hpy-0.so", "could not find"), ("plain.hpy:0.so", "could not find"),
                ("plain.hpy+0.so", "could not find")):
            path = folder + "/" + name
            shutil.copy(ext.path(), path)
            outcome = attempt(load, ext, "plain", path)
            not_loaded(name, outcome)
            expect(name + ", says", text in (outcome.message or ""), True, source=TAG)
        for name in ("plain.hpy0.so", "plain.hpy0-cp311.so"):
            path = folder + "/" + name
            shutil.copy(ext.path(), path)
            expect(name, load(ext, "plain", path).mode(), "universal", source=ABI)
        outcome = attempt(load, ext, "plain", folder + "/none.hpy0.so")
        not_loaded("no file", outcome, "none.hpy0.so")
        expect("no file, system's message", without_message(outcome), False, source=SYSTEM)


@scenario
def a_module_is_loaded_in_a_mode(ext):
    """The functions of a module get a context of the mode that it was loaded in."""
    modes = {name: universal(ext, "MODE_" + name.upper()) for name in ("universal", "debug", "trace")}
    expect("modes", sorted(modes.values()), [0, 1, 2], source="hpy/universal/src/hpymodule.c, HPyMode: 0 to 2")
    for name, number in sorted(modes.items()):
        expect(name, load(ext, "plain", mode=number).mode(), name, source=LOAD)
    expect("without", load(ext, "plain").mode(), "universal", source=LOAD)
    expect("debug=True", load(ext, "plain", debug=True).mode(), "debug", source=LOAD)
    expect("debug=True, mode", load(ext, "plain", debug=True, mode=modes["trace"]).mode(), "trace", source=LOAD)
    expect("debug=False", load(ext, "plain", debug=False).mode(), "universal", source=LOAD)
    version = universal(ext, "get_version")()
    expect("version", (type(version), [type(one) for one in version]), (tuple, [str, str]), source=VERSION)


@scenario
def a_trace_counts_calls(ext):
    """A module in trace mode has its calls of the API counted, and one that is not has not."""
    def counted():
        return ext.imported("hpy.trace", "get_call_counts")()["ctx_Unicode_FromString"]

    traced = load(ext, "plain", mode=universal(ext, "MODE_TRACE"))
    before = counted()
    expect("mode", traced.mode(), "trace", source=TRACING)
    after = counted()
    load(ext, "plain")
    at_last = counted()
    expect("traced", after > before, True, source=TRACING)
    expect("not traced", (load(ext, "plain").mode(), counted() - at_last), ("universal", 0), source=TRACING)


@scenario
def the_environment_chooses_the_mode(ext):
    """HPY gives the mode of all modules, or of each by its name."""
    for value, mode in (
            ("debug", "debug"), ("trace", "trace"), ("universal", "universal"), ("plain:debug", "debug"),
            ("plain:trace", "trace"), ("plain:universal", "universal"), ("other:trace,plain:debug", "debug"),
            ("plain:trace,other:debug", "trace"),
            ("plainer:debug,plain:trace", "trace"), ("a:debug,b:debug,plain:universal", "universal"),
            ("other:,plain:debug", "debug")):
        expect(value, mode_of(ext, value), mode, source=TRACE if mode == "trace" else MODE)
    expect("nothing", bootstrap(ext, Environment())[0].mode(), "universal", source=MODE)
    expect("empty dict", bootstrap(ext, {})[0].mode(), "universal", source=MODE)
    expect("explicitly", load(ext, "plain").mode(), "universal", source=EXPLICIT)


@scenario
def modes_for_other_modules(ext):
    """A module that is not among those that HPY names is loaded as without it."""
    for value in ("other:debug", "plainer:trace", "other:debug,another:trace"):
        expect(value, attempt(mode_of, ext, value), returned("universal"), source=MODE)


@scenario
def a_mode_for_a_module_of_a_shorter_name(ext):
    """A module whose name begins with another module's name is not that module."""
    for value in ("pl:debug", "p:trace", "pl:debug,plain:universal"):
        expect(value, attempt(mode_of, ext, value), returned("universal"), source=MODE)


@scenario
def there_is_no_such_mode(ext):
    """A mode that does not exist is refused, for all modules and for one."""
    for value in ("nonsense", "deb ug", "plain:nonsense", "other:debug,plain:nonsense"):
        outcome = attempt(mode_of, ext, value)
        expect(value, outcome.exception, one_of("ValueError", "RuntimeError"), source=INVALID)
    expect("afterwards", mode_of(ext, "universal"), "universal", source=MODE)


@scenario
def a_mode_is_not_lengthened(ext):
    """A mode that begins with the name of another one is not that."""
    for value in ("debugx", "tracex", "universalx", "plain:debugx", "plain:debugx,other:trace",
                  "plain:tracex,other:debug"):
        outcome = attempt(mode_of, ext, value)
        expect(value, outcome.exception, one_of("ValueError", "RuntimeError"), source=INVALID)


@scenario
def a_mode_is_not_shortened(ext):
    """No part of the name of a mode is that mode."""
    for value in ("", "d", "debu", "t", "trac"):
        expect("'%s'" % value, attempt(mode_of, ext, value).value in ("debug", "trace"), False,
               source=MODE + "; " + TRACE)


@scenario
def the_environment_fails(ext):
    """An exception of the mapping comes through, but for one that tells that there is no such variable."""
    class Failing:
        def __init__(self, failing):
            self.failing = failing

        def __getitem__(self, key):
            if key == self.failing:
                raise ZeroDivisionError(key)
            raise KeyError(key)

    for key in ("HPY", "HPY_LOG"):
        outcome = attempt(bootstrap, ext, Failing(key), "nothing")
        expect(key, outcome, raised(ZeroDivisionError), source=FAILURE)
        expect(key + ", message", outcome.message == key, True, source=FAILURE)
    expect("neither", attempt(bootstrap, ext, Failing("other"), "nothing").exception,
           one_of("ImportError", "RuntimeError"), source=TROUBLE)


@scenario
def a_mode_that_is_no_text(ext):
    """A value of HPY that is no text is refused."""
    for value in (5, b"debug", None):
        expect(type(value).__name__, attempt(mode_of, ext, value, "nothing").exception,
               one_of("TypeError", "ValueError", "RuntimeError"), source=TYPE + "; " + INVALID)


@scenario
def loading_is_told(ext):
    """With HPY_LOG, a line says which module is loaded in which mode."""
    for value, text in (("universal", ""), ("debug", " with a debug context"), ("trace", " with a trace context")):
        _, output, _ = bootstrap(ext, Environment(HPY=value, HPY_LOG="1"))
        expect(value, output, "Loading 'plain' in HPy universal mode%s\n" % text, source=LOG)
    _, output, _ = bootstrap(ext, Environment(HPY_LOG=""))
    expect("HPY_LOG alone", output, "Loading 'plain' in HPy universal mode\n", source=LOG)


@scenario
def loading_is_not_told(ext):
    """Without HPY_LOG, nothing is said."""
    for value in ("universal", "debug", "trace"):
        _, output, _ = bootstrap(ext, Environment(HPY=value))
        expect(value, output, "", source=LOG)
    expect("nothing", bootstrap(ext, {})[1], "", source=LOG)


@scenario
def a_module_knows_where_it_is_from(ext):
    """What the stub loader gives is set in the module and its spec."""
    module, _, spec = bootstrap(ext, Environment())
    file, loader, its_spec = ext.provenance(module)
    expect("name", module.__name__, "pack.plain", source=BOOTSTRAP)
    expect("package", module.__package__, "pack", source=BOOTSTRAP)
    expect("loader", loader, "the loader", source=BOOTSTRAP)
    expect("file", file == ext.path(), True, source=BOOTSTRAP)
    expect("spec", its_spec is spec, True, source=BOOTSTRAP)
    expect("origin", spec.origin == ext.path(), True, source=BOOTSTRAP)


class Text(str):
    """A text with attributes."""


def text(watch, value, name):
    result = Text(value)
    result.thing = watch.thing(name)
    return result


@scenario
def a_loaded_module_lets_go_of_what_it_was_given(ext):
    """Loader, file, names and spec are released with the module that has them, and not too often."""
    watch = Watch()
    names = ["name", "full name", "package", "file", "loader", "spec"]
    spec = types.SimpleNamespace(name="plain", thing=watch.thing("spec"))
    given = [text(watch, value, place) for place, value in zip(
        names, ("plain", "pack.plain", "pack", ext.path(), "any"))]
    module = universal(ext, "_load_bootstrap")(*(given + [spec, Environment()]))
    expect_released("while it is there", watch, [], COUNTING)
    expect("it works", module.mode(), "universal", source=LOAD)
    del module
    expect_released("while others hold it", watch, [], COUNTING)
    del given, spec
    expect_released("without it", watch, names, COUNTING)


@scenario
def a_module_that_is_not_loaded_holds_nothing(ext):
    """Names, environment, spec and loader are released where a module was not loaded, and not too often."""
    for kind, name, mode in (("failing", "failing", "universal"), ("refused", "no_init", "debug"),
                             ("in a package", "pack.no_init", "trace"), ("no mode", "plain", "nonsense")):
        watch = Watch()
        spec = types.SimpleNamespace(name=name, thing=watch.thing("spec"))
        given = [text(watch, value, place) for value, place in (
            (name, "name"), ("pack." + name, "full name"), ("pack", "package"), (ext.path(), "file"),
            ("any", "loader"))]
        environment = Environment(HPY=text(watch, mode, "HPY"))
        outcome = attempt(universal(ext, "_load_bootstrap"), *(given + [spec, environment]))
        expect(kind + " refused", outcome.exception is None, False, source=TROUBLE)
        expect_released(kind + ", before", watch, [], COUNTING)
        del environment
        expect_released(kind + ", without environment", watch, ["HPY"], COUNTING)
        del given, spec
        expect_released(kind + ", all", watch,
                        ["HPY", "spec", "name", "full name", "package", "file", "loader"], COUNTING)


@scenario
def a_name_that_is_not_ascii_is_released(ext):
    """A name that finds no module because it is not ASCII is released, and so is what was made of it."""
    watch = Watch()
    given = [text(watch, name, name) for name in ("pl\xe4in", "pack.pl\xe4in")]
    for name in given:
        expect(str(name), attempt(load, ext, name).exception is None, False, source=TROUBLE)
    expect_released("held", watch, [], COUNTING)
    del given, name
    expect_released("at last", watch, ["pl\xe4in", "pack.pl\xe4in"], COUNTING)


@scenario
def refusing_keeps_nothing(ext):
    """What is refused before there is a module leaves nothing behind, neither memory nor references."""
    for kind, name in (("no such module", "nothing"), ("in a package", "pack.nothing"), ("version", "of_major"),
                       ("init", "no_init"), ("not ASCII", "pack.\xe4")):
        for where, environment in (("dict", {}), ("other mapping", Environment())):
            outcome = attempt(bootstrap, ext, environment, name)
            expect("%s, %s" % (kind, where), outcome.exception is None, False, source=TROUBLE)
    expect("path", attempt(load, ext, "plain", 5), raised(TypeError), source=TYPE)
    expect("no file", attempt(load, ext, "plain", "none.hpy0.so").exception, one_of("ImportError", "RuntimeError"),
           source=TROUBLE)


@scenario
def a_dict_has_the_mode(ext):
    """The environment may be a dict."""
    for value, mode in ((ext.debug, "debug"), (ext.trace, "trace"), (ext.some_debug, "debug"),
                        (ext.some_trace, "trace"), (ext.universal, "universal")):
        expect(value, bootstrap(ext, {"HPY": value})[0].mode(), mode, source=MODE + "; " + TRACE)
    expect("refused", attempt(bootstrap, ext, {"HPY": ext.nonsense}).exception, one_of("ValueError", "RuntimeError"),
           source=INVALID)


@scenario
def a_dict_keeps_the_mode(ext):
    """The mode that is found in a dict is the dict's as before."""
    expect("dict", attempt(bootstrap, ext, {"HPY": ext.universal}, "nothing").exception,
           one_of("ImportError", "RuntimeError"), source=TROUBLE)


@scenario
def a_dict_keeps_what_asks_for_messages(ext):
    """The value of HPY_LOG that is found in a dict is the dict's as before."""
    expect("dict", attempt(bootstrap, ext, {"HPY_LOG": ext.universal}, "nothing").exception,
           one_of("ImportError", "RuntimeError"), source=TROUBLE)


@scenario
def another_mapping_keeps_its_values(ext):
    """Values that another mapping than a dict hands out are given back."""
    environment = Environment(HPY=ext.universal, HPY_LOG=ext.universal)
    expect("mapping", attempt(bootstrap, ext, environment, "nothing").exception, one_of("ImportError", "RuntimeError"),
           source=TROUBLE)
    for value in (ext.nonsense, 5):
        outcome = attempt(bootstrap, ext, Environment(HPY=value, HPY_LOG=ext.universal), "nothing")
        expect("refused %s" % value, outcome.exception is None, False, source=INVALID)


def executed(ext, util=..., spec=...):
    """Another instance of hpy.universal, executed with that object in place of importlib.util, and with that spec."""
    module = ext.another()
    if spec is not ...:
        ext.set_spec(module, spec)
    if util is ...:
        ext.execute(module)
        return module
    former = ext.replace_util(util)
    try:
        ext.execute(module)
    finally:
        ext.replace_util(former)
    return module


@scenario
def the_runtime_is_executed_again(ext):
    """Another instance of hpy.universal loads modules as the first one does."""
    module = executed(ext)
    expect("modes", (module.MODE_UNIVERSAL, module.MODE_DEBUG, module.MODE_TRACE),
           tuple(universal(ext, "MODE_" + name) for name in ("UNIVERSAL", "DEBUG", "TRACE")), source=AGAIN)
    same = module.get_version() == universal(ext, "get_version")(), module._debug is universal(ext, "_debug")
    expect("another", same, (True, False), source=AGAIN)
    expect("names", (module._debug.__name__, module._trace.__name__), ("hpy.debug._debug", "hpy.trace._trace"),
           source=AGAIN)
    spec = types.SimpleNamespace(name="plain")
    for name in ("TRACE", "DEBUG", "UNIVERSAL"):
        loaded = module.load("plain", ext.path(), spec, mode=getattr(module, "MODE_" + name))
        expect(name, loaded.mode(), name.lower(), source=AGAIN)


@scenario
def the_runtime_is_not_executed(ext):
    """An exception that comes while hpy.universal is executed is that of importing it."""
    def nothing(name, location):
        return object()

    def nothing_for_trace(name, location):
        return object() if "trace" in name else types.SimpleNamespace(name=name)

    for label, promised, how in (
            ("no spec", AttributeError, {"spec": None}),
            ("no origin", AttributeError, {"spec": types.SimpleNamespace()}),
            ("no importlib.util", ModuleNotFoundError, {"util": None}),
            ("no function", AttributeError, {"util": types.SimpleNamespace()}),
            ("no spec for _debug", AttributeError, {"util": types.SimpleNamespace(spec_from_file_location=nothing)}),
            ("no spec for _trace", AttributeError,
             {"util": types.SimpleNamespace(spec_from_file_location=nothing_for_trace)})):
        expect(label, attempt(executed, ext, **how), raised(promised), source=FAILURE)
