import copy
import inspect

from hpy_conform import (
    Watch, attempt, clear_events, collect, events, expect, expect_released, raised, record, returned, scenario)

DEFINES = "HPy hpytype.h, HPyType_Spec.defines; hpydef.h, HPyDef; Python/C API, 'Common Object Structures'"
DOC = "HPy hpydef.h, HPyMember.doc and HPyGetSet.doc; Python/C API, 'Common Object Structures'"
DESCRIPTORS = "Python language reference, 'Data model', Implementing Descriptors"
LOOKUP = "Python language reference, 'Data model', Invoking Descriptors"
DATA = "Python library, 'inspect', isdatadescriptor (has a __set__ or a __delete__ method)"
STATIC = "Python library, 'inspect', getattr_static (without the descriptor protocol)"
COPY = "Python library, 'copy' (uses __reduce_ex__ and thereby __reduce__; classes are returned unchanged)"
DIR = "Python library, 'Built-in Functions', dir"
DELETION = "Python/C API, 'Common Object Structures', PyGetSetDef: to delete, the setter is called with NULL"
RELEASED = "HPy api.rst, 'Handles'; Python/C API, 'Introduction', Reference Count Details"
NAMES = ["number", "real", "flag", "level", "twice", "add"]


@scenario
def one_table_in_two_types(ext):
    """Two types with the same definitions have descriptors of their own, that work on objects of each."""
    one, two = ext.One(), ext.Two()
    same = [vars(ext.One)[name] is vars(ext.Two)[name] for name in NAMES]
    expect("two of each", same, [False] * 6, source=DEFINES)
    one.number, two.number = 3, 4
    expect("values", ((one.level, one.twice, one.add(1)), (two.level, two.twice, two.add(1))), ((30, 6, 4), (40, 8, 5)),
           source=DEFINES)
    two.real, one.level, two.level = 0.5, 50, 60
    expect("written", ((one.number, one.real), (two.number, two.real)), ((5, 0.0), (6, 0.5)), source=DEFINES)


@scenario
def deletion(ext):
    """Deleting an attribute with a setter calls the setter, of the one object, also by hand."""
    one, two = ext.One(), ext.Two()
    one.number = two.number = 6
    expect("statement", attempt(delattr, one, "level"), returned(None), source=DELETION)
    expect("deleted", (one.number, two.number, events(ext, "delete")), (-1, 6, [1]), source=DELETION)
    expect("by hand", attempt(vars(ext.Two)["level"].__delete__, two), returned(None), source=DESCRIPTORS)
    expect("deleted by hand", (two.number, events(ext, "delete")), (-1, [1, 1]), source=DESCRIPTORS)


@scenario
def descriptors_of_another_type(ext):
    """A descriptor of One is not for objects of Two, nor for anything else that is no One."""
    one, two = ext.One(), ext.Two()
    for name in ("number", "real", "level"):
        descriptor = vars(ext.One)[name]
        found = [attempt(descriptor.__get__, wrong).exception for wrong in (two, 5, "text", ext.One)]
        record(name + ": get", found)
        found = [attempt(descriptor.__set__, wrong, 10).exception for wrong in (two, 5, "text", ext.One)]
        record(name + ": set", found)
    record("add", [attempt(vars(ext.One)["add"], wrong, 1).exception for wrong in (two, 5, "text", ext.One)])
    expect("untouched", (one.number, two.number, one.real, two.real), (0, 0, 0.0, 0.0), source=DEFINES)
    expect("their own", (ext.One.number.__get__(one), ext.Two.number.__get__(two)), (0, 0), source=DESCRIPTORS)


@scenario
def methods_of_descriptors_by_hand(ext):
    """__get__, __set__ and __delete__ do what reading, writing and deleting do."""
    one = ext.One()
    number, level = vars(ext.One)["number"], vars(ext.One)["level"]
    expect("set", (number.__set__(one, 7), one.number), (None, 7), source=DESCRIPTORS)
    expect("get", (number.__get__(one), number.__get__(one, ext.One), level.__get__(one)), (7, 7, 70),
           source=DESCRIPTORS)
    expect("set a getset", (level.__set__(one, 90), one.number), (None, 9), source=DESCRIPTORS)
    expect("refused", attempt(number.__set__, ext.One(), "text"), raised(TypeError), source=DESCRIPTORS)
    record("delete a member", attempt(number.__delete__, one).exception)
    method = vars(ext.One)["add"].__get__(one)
    expect("bound", (method(10), vars(ext.One)["add"](one, 5), method.__self__ is one), (19, 14, True), source=LOOKUP)
    record("without arguments", [attempt(getattr(number, name)).exception for name in ("__get__", "__set__")])
    record("set without a value", attempt(number.__set__, one).exception)


@scenario
def descriptors_through_the_class(ext):
    """Read through the class, a descriptor is asked without an object, and the getter isn't called."""
    found = [ext.One.number is vars(ext.One)["number"], ext.One.level is vars(ext.One)["level"],
             ext.One.twice is vars(ext.One)["twice"]]
    record("themselves", found)
    expect("getters called", events(ext, "get"), [], source=DESCRIPTORS)
    found = [getattr(ext.Sub, name) is getattr(ext.One, name) for name in ("real", "flag", "twice")]
    record("inherited", found)
    expect("redefined", [getattr(ext.Sub, name) is getattr(ext.One, name) for name in ("number", "level")],
           [False, False], source=LOOKUP)
    one = ext.One()
    expect("still work", (ext.One.number.__get__(one), ext.One.twice.__get__(one)), (0, 0), source=DESCRIPTORS)


@scenario
def names_and_docstrings(ext):
    """Members and getsets have the names and docstrings of their definitions."""
    for kind, names in (("members", ["number", "real", "flag"]), ("getsets", ["level", "twice"])):
        found = [vars(ext.One)[name] for name in names]
        expect(kind + ": names", [one.__name__ for one in found], names, source=DEFINES)
        expect(kind + ": docstrings", [one.__doc__ for one in found],
               [None if name == "real" else name + " doc" for name in names], source=DOC)
    expect("of Sub", [vars(ext.Sub)[name].__doc__ for name in ("number", "level")], ["number of Sub", "level of Sub"],
           source=DOC)
    record("names of a method", [getattr(method, "__name__", None) for method in (ext.One.add, ext.One().add)])
    expect("in dir", [[name for name in NAMES if name in dir(where)] for where in (ext.One, ext.One(), ext.Sub())],
           [NAMES] * 3, source=DIR)
    expect("not in dir", "held" in dir(ext.One), False, source=DIR)


@scenario
def inspected(ext):
    """Module inspect finds data descriptors, and gets them without calling them."""
    one = ext.One()
    data = [inspect.isdatadescriptor(vars(ext.One)[name]) for name in NAMES]
    expect("written ones", (data[:2], data[3]), ([True, True], True), source=DATA)
    expect("method", data[5], False, source=DATA)
    record("readonly ones", (data[2], data[4]))
    record("getsets", [inspect.isgetsetdescriptor(vars(ext.One)[name]) for name in NAMES])
    record("method descriptor", inspect.ismethoddescriptor(vars(ext.One)["add"]))
    found = [inspect.getattr_static(one, name) is vars(ext.One)[name] for name in NAMES]
    expect("static", found, [True] * 6, source=STATIC)
    expect("static, inherited", inspect.getattr_static(ext.Sub(), "real") is vars(ext.One)["real"], True, source=STATIC)
    expect("getters called", events(ext, "get"), [], source=STATIC)
    expect("members of the object", [value for name, value in inspect.getmembers(one) if name in NAMES[:5]],
           [False, 0, 0, 0.0, 0], source="Python library, 'inspect', getmembers (sorted by name)")


@scenario
def copies(ext):
    """A type with __reduce__ and __setstate__ can be copied; a type or descriptor is what it is."""
    for cls in (ext.One, ext.Two, ext.Sub):
        label, one = cls.__name__, cls()
        vars(ext.Two if cls is ext.Two else ext.One)["number"].__set__(one, 12)
        one.real = 2.5
        clear_events(ext)
        for function in (copy.copy, copy.deepcopy):
            other = function(one)
            found = type(other) is cls, other is one, other.number, other.real
            expect("%s, %s" % (label, function.__name__), found, (True, False, 12, 2.5), source=COPY)
            other.real = 0.25
        expect(label + ": state", (events(ext, "setstate"), one.real), ([1, 1], 2.5), source=COPY)
        expect(label + ": the type", (copy.copy(cls) is cls, copy.deepcopy(cls) is cls), (True, True), source=COPY)


@scenario
def redefined_in_a_c_subclass(ext):
    """A definition of the subclass comes first; that of the base still works on its objects."""
    sub, one = ext.Sub(), ext.One()
    number, level = vars(ext.One)["number"], vars(ext.One)["level"]
    number.__set__(sub, 5)
    clear_events(ext)
    expect("both", (sub.level, level.__get__(sub), sub.number, number.__get__(sub)), (5000, 50, 5, 5), source=LOOKUP)
    expect("getters", events(ext, "get"), [3, 1], source=LOOKUP)
    expect("super", (super(ext.Sub, sub).level, super(ext.Sub, sub).number), (50, 5), source=LOOKUP)
    expect("the base's setter", (level.__set__(sub, 80), sub.number), (None, 8), source=LOOKUP)
    expect("readonly", attempt(setattr, sub, "number", 1).exception is not None, True, source=DEFINES)
    record("a descriptor of Sub on One", attempt(vars(ext.Sub)["level"].__get__, one).exception)
    expect("inherited", (sub.twice, sub.add(1), sub.real), (16, 9, 0.0), source=LOOKUP)


@scenario
def what_a_setter_keeps(ext):
    """What a setter stored lives until it is replaced, or the object ends."""
    watch = Watch()
    box = ext.Box()
    box.held = watch.thing("first")
    collect()
    expect("held", (watch.finalized, box.held.name), ([], "first"), source=RELEASED)
    box.held = watch.thing("second")
    collect()
    expect("replaced", (watch.finalized, box.held.name), (["first"], "second"), source=RELEASED)
    box.held = box.held
    for _ in range(20):
        expect_same = box.held is box.held
    collect()
    expect("put in again", (expect_same, watch.finalized, box.held.name), (True, ["first"], "second"), source=RELEASED)
    del box
    expect_released("ended", watch, ["first", "second"], source=RELEASED)


@scenario
def what_a_deletion_leaves(ext):
    """What was deleted through the setter is let go of; the setter may refuse to do it again."""
    watch = Watch()
    box = ext.Box()
    box.held = watch.thing("first")
    expect("deleted", attempt(delattr, box, "held"), returned(None), source=DELETION)
    expect_released("deletion", watch, ["first"], source=RELEASED)
    expect("empty", hasattr(box, "held"), False, source=DELETION)
    expect("deleted again", attempt(delattr, box, "held"), raised(AttributeError), source=DELETION)
    box.held = watch.thing("second")
    expect("filled again", box.held.name, "second", source=DELETION)


@scenario
def what_a_getter_gives(ext):
    """What a getter returned belongs to the caller alone, besides the object that still holds it."""
    watch = Watch()
    box = ext.Box()
    expect("fresh, empty", (box.fresh, box.fresh is box.fresh), ([], False), source=RELEASED)
    box.held = watch.thing("held")
    kept, lists = box.held, [box.fresh for _ in range(10)]
    expect("same", [one[0] is kept for one in lists], [True] * 10, source=RELEASED)
    del box
    collect()
    expect("after the box", (watch.finalized, kept.name), ([], "held"), source=RELEASED)
    del kept
    collect()
    expect("in the lists", (watch.finalized, lists[9][0].name), ([], "held"), source=RELEASED)
    del lists
    expect_released("let go", watch, ["held"], source=RELEASED)


@scenario
def what_a_failure_keeps(ext):
    """A getter or setter that fails keeps nothing, whatever it was given; what is held stays."""
    watch = Watch()
    box = ext.Box()
    box.held = watch.thing("held")
    expect("refused", attempt(setattr, box, "held", 5), raised(TypeError), source=RELEASED)
    expect("broken", attempt(getattr, box, "broken").exception, "LookupError", source=RELEASED)
    expect("broken deletion", attempt(delattr, box, "broken").exception, "LookupError", source=RELEASED)
    for number in range(10):
        attempt(setattr, box, "broken", watch.thing("given"))
        attempt(getattr, box, "broken")
    collect()
    expect("given", (len(watch.finalized), set(watch.finalized)), (10, {"given"}), source=RELEASED)
    expect("still held", box.held.name, "held", source=RELEASED)
    del box
    expect_released("all", watch, ["given"] * 10 + ["held"], source=RELEASED)


@scenario
def a_cycle_through_a_setter(ext):
    """An object that was put into itself, directly or through others, ends with its cycle."""
    watch = Watch()
    one, two = ext.Box(), ext.Box()
    one.held, two.held = [two, watch.thing("first")], [one, watch.thing("second")]
    three = ext.Box()
    three.held = [three.__class__, three, watch.thing("third")]
    collect()
    expect("held", (watch.finalized, one.held[0] is two, three.held[1] is three), ([], True, True), source=RELEASED)
    del one, two, three
    expect_released("cycles", watch, ["first", "second", "third"], source=RELEASED)
