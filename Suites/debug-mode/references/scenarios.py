import types

from hpy_conform import Watch, attempt, collect, expect, expect_released, raised, scenario

MODE = "HPy documentation, 'Debug Mode', %s"
CHECKS = MODE % "leaked handles: what the extension has closed is no leak"
LOAD = MODE % "Activating Debug Mode: load(module_name, so_filename, mode=MODE_DEBUG)"
HANDLES = "hpy.universal._debug, documentation of get_open_handles and DebugHandle"
PASSED = "HPy API introduction, 'Creating types in HPy' and 'VARARGS & KEYWORDS Methods': what a function gets and gives"
COUNTING = "Python/C API, 'Objects, Types and Reference Counts': who owns a reference has to give it up"
VIEW = "Python library, 'Built-in Types', Memory Views: obj, the underlying object, format and shape"
MODULES = "HPy API reference, 'HPyModuleDef', HPy_mod_create: the result is the module; an exception is passed on"


def debug(ext):
    return ext.imported("hpy.universal", "_debug")


def load(ext, name):
    return ext.imported("hpy.universal", "load")(
        name, ext.file(), types.SimpleNamespace(name=name), mode=ext.imported("hpy.universal", "MODE_DEBUG"))


def debugged(ext):
    """The module in the debug mode; the same one in each call of a scenario."""
    if not hasattr(ext, "debugged"):
        module = load(ext, "debugged")
        ext.hold("debugged", module)
        ext.hold("Plain", module.Plain)
    return ext.debugged


def left_open(ext, label, function, *args, **kwargs):
    """What a call answers; the promise is that it leaves no handle open."""
    tool = debug(ext)
    generation = tool.new_generation()
    outcome = attempt(function, *args, **kwargs)
    expect(label + ", left open", [one.obj for one in tool.get_open_handles(generation)], [], source=CHECKS)
    return outcome


@scenario
def calls_leave_no_handle_open(ext):
    """Whatever a function is given by position or name, its handles are closed when it returns, or fails."""
    module = debugged(ext)
    expect("nothing", left_open(ext, "nothing", module.nothing).value, (), source=PASSED)
    expect("one", left_open(ext, "one", module.one, "item").value, ("item",), source=PASSED)
    expect("one fails", left_open(ext, "one fails", module.one, KeyError), raised(KeyError), source=PASSED)
    for count in (0, 1, 2, 5, 40):
        given = tuple("item %d" % i for i in range(count))
        named = {"name %d" % i: "value %d" % i for i in range(count)}
        for way in ("some", "keywords"):
            label = "%s, %d" % (way, count)
            expect(label, left_open(ext, label, getattr(module, way), *given).value, given, source=PASSED)
            expect(label + ", fails", left_open(ext, label + ", fails", getattr(module, way), *given + (KeyError,)),
                   raised(KeyError), source=PASSED)
        label = "named, %d" % count
        expect(label, left_open(ext, label, module.keywords, *given, **named).value, given + tuple(named.values()),
               source=PASSED)
        label = "object, %d" % count
        expect(label, type(left_open(ext, label, module.Plain, *given, **named).value) is module.Plain, True,
               source=PASSED)
        expect(label + ", fails", left_open(ext, label + ", fails", module.Plain, *given + (KeyError,), **named),
               raised(KeyError), source=PASSED)


@scenario
def slots_leave_no_handle_open(ext):
    """Handles that a slot is given are closed when it returns."""
    module = debugged(ext)
    one = module.Plain()
    expect("shown", left_open(ext, "shown", repr, one).value, "Plain, shown", source=PASSED)
    for label, left, right in (("left", one, 5), ("right", 5, one), ("both", one, one)):
        outcome = left_open(ext, label, lambda: left + right)
        expect(label, outcome.value is not None and outcome.value == (left, right), True, source=PASSED)
    outcome = left_open(ext, "buffer", lambda: memoryview(one).tobytes())
    expect("buffer", outcome.value, b"\0\0\0\0", source=PASSED)
    for i in range(3):
        view = memoryview(one)
        expect("view %d" % i, (view.format, view.shape), ("B", (4,)), source=VIEW)
        expect("its object %d" % i, view.obj is one, True, source=VIEW)
        left_open(ext, "released %d" % i, view.release)


@scenario
def what_was_passed_is_released(ext):
    """Arguments, names' values, results and objects live no longer for having gone through the debug mode."""
    module, watch = debugged(ext), Watch()
    for i in range(5):
        module.one(watch.thing("one %d" % i))
        module.some(1, watch.thing("some %d" % i))
        module.keywords(1, name=watch.thing("named %d" % i))
        module.Plain(watch.thing("new %d" % i), name=watch.thing("of new %d" % i))
        attempt(module.some, watch.thing("failing %d" % i), KeyError)
        module.Plain() + watch.thing("added %d" % i)
        memoryview(module.Plain()).release()
    names = [label % i for i in range(5) for label in (
        "one %d", "some %d", "named %d", "new %d", "of new %d", "failing %d", "added %d")]
    debug(ext).set_closed_handles_queue_max_size(debug(ext).get_closed_handles_queue_max_size())
    module.some(*range(debug(ext).get_closed_handles_queue_max_size()))  # what was closed before makes place
    expect_released("all", watch, names, COUNTING)


@scenario
def modules_leave_no_handle_open(ext):
    """A module that is loaded in the debug mode, makes itself or fails to, leaves none of its handles open."""
    debugged(ext)
    for i in range(3):
        label = "itself %d" % i
        expect(label, type(left_open(ext, label, load, ext, "made").value), types.SimpleNamespace, source=MODULES)
        label = "not made %d" % i
        expect(label, left_open(ext, label, load, ext, "not_made"), raised(LookupError), source=MODULES)
        label = "executed %d" % i
        expect(label, left_open(ext, label, load, ext, "debugged").value.one("item"), ("item",), source=LOAD)


@scenario
def telling_of_handles_keeps_nothing(ext):
    """What tells of handles is made anew each time, and kept by nobody."""
    tool, module, watch = debug(ext), debugged(ext), Watch()
    module.one("closed")
    expect("closed, of all generations", len(tool.get_closed_handles()) == len(tool.get_closed_handles(0)) > 0, True,
           source="hpy.universal._debug, documentation of get_closed_handles")
    generation = tool.new_generation()
    module.leak([watch.thing("a"), watch.thing("b"), watch.thing("c")])
    for i in range(5):
        handles = tool.get_open_handles(generation)
        expect("told %d" % i, [one.obj.name for one in handles], ["a", "b", "c"], any_order=True, source=HANDLES)
        expect("types %d" % i, [type(one) is ext.DebugHandle for one in handles], [True] * 3, source=HANDLES)
        [repr(one) for one in handles], handles[0] == handles[1], handles[0] != handles[1], handles[0] == 5
        tool.get_closed_handles(), tool.get_closed_handles(generation)
        attempt(tool.get_open_handles, "text"), attempt(tool.get_closed_handles, 1, 2)
    for one in handles:
        expect("closed %s" % one.obj.name, one._force_close(), None, source=HANDLES)
    del one, handles
    collect()
    expect("left", tool.get_open_handles(generation), [], source=HANDLES)
    expect_released("all", watch, ["a", "b", "c"], COUNTING)
