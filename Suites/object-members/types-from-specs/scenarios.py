from collections import OrderedDict
from fractions import Fraction

from hpy_conform import Watch, attempt, clear_events, collect, events, expect, expect_released, raised, record, scenario

NAME = "HPy hpytype.h, HPyType_Spec.name; Python/C API, 'Type Objects', tp_name (what stands before the last dot)"
UTF8 = "HPy hpytype.h, HPyType_Spec.name and doc (UTF-8 encoded); Python/C API, 'Type Objects', tp_name and tp_doc"
QUALIFIED = "Python glossary, qualified name (for a top-level class the same as __name__)"
GETNAME = "HPy public_api.h, HPyType_GetName (equivalent to getting the type's __name__ attribute)"
DOC = "HPy hpytype.h, HPyType_Spec.doc; Python/C API, 'Type Objects', tp_doc"
DEFINES = ("HPy hpytype.h, HPyType_Spec.defines; hpydef.h, HPyDef; Python/C API, 'Type Objects', PyType_Slot; "
           "HPy porting guide, 'Special slots Py_tp_methods, Py_tp_members, and Py_tp_getset'")
SIGNATURE = "HPy hpydef.h, HPyMeth.signature; Python/C API, 'Common Object Structures', PyMethodDef"
SPEC = "HPy public_api.h, HPyType_FromSpec (creates a type); Python/C API, 'Type Objects', PyType_FromSpec"
NULL_RESULT = "HPy public_api.h, HPyType_FromSpec (HPy_NULL on failure)"
TUPLE = "HPy hpytype.h, HPyType_SpecParam_BasesTuple (cannot be used together with Base)"
FINAL = "HPy hpytype.h, HPy_TPFLAGS_BASETYPE; Python/C API, 'Type Objects', Py_TPFLAGS_BASETYPE"
GC = "HPy porting guide, 'tp_traverse, tp_clear, Py_TPFLAGS_HAVE_GC'; Python/C API, 'Type Objects', Py_TPFLAGS_HAVE_GC"
LEGACY = "HPy hpytype.h, HPyType_BuiltinShape_Legacy"
METACLASS = "HPy hpytype.h, HPyType_SpecParam_Metaclass; Python language reference, 'Data model', Metaclasses"
RELEASED = "HPy api.rst, 'Handles'; Python/C API, 'Introduction', Reference Count Details"


class Meta(type):
    pass


class Empty:
    __slots__ = ()


def base_of(watch, name):
    """A class without a struct of its own, whose end is watched."""
    return type(name, (), {"__slots__": (), "thing": watch.thing(name)})


def raises(function, *args):
    return attempt(function, *args).exception is not None


def check_names(ext, deep, greek, undotted):
    expect("dotted", (deep.__name__, deep.__module__), ("Deep", "package.module"), source=NAME)
    expect("not ASCII", (greek.__name__, greek.__module__), ("Gr\xf6\xdfe", "ext"), source=UTF8)
    expect("undotted", undotted.__name__, "Undotted", source=NAME)
    expect("qualified", [made.__qualname__ for made in (deep, greek, undotted)], ["Deep", "Gr\xf6\xdfe", "Undotted"],
           source=QUALIFIED)
    record("repr", (repr(deep), repr(greek)))
    expect("HPyType_GetName", [ext.name_of(made) for made in (deep, greek, undotted)],
           ["Deep", "Gr\xf6\xdfe", "Undotted"], source=GETNAME)
    expect("docstring", deep.__doc__, "A d\xf6cstring.", source=UTF8)
    record("no docstring", undotted.__doc__)


@scenario
def names_and_docstrings(ext):
    """What stands before the last dot is the module; names and docstrings need not be ASCII."""
    check_names(ext, ext.make("Deep"), ext.make("Gr\xf6\xdfe"), ext.make("Undotted"))
    full = ext.make("Full")
    expect("lines of a docstring", full.__doc__, "Everything.\n\nIn one type.", source=DOC)
    expect("the object's", full().__doc__, "Everything.\n\nIn one type.", source=DOC)


@scenario
def names_below_a_metaclass(ext):
    """Names and docstrings are the same where a metaclass is given."""
    made = [ext.make_meta(name, Empty, Meta) for name in ("Deep", "Gr\xf6\xdfe", "Undotted")]
    expect("metaclass", [type(one) is Meta for one in made], [True] * 3, source=METACLASS)
    check_names(ext, *made)
    full = ext.make_meta("Full", Empty, Meta)
    expect("lines of a docstring", full.__doc__, "Everything.\n\nIn one type.", source=DOC)


@scenario
def definitions_below_a_metaclass(ext):
    """Bases, definitions and flags are the same where a metaclass is given."""
    full = ext.make_meta("Full", object, Meta)
    expect("bases", (full.__bases__ == (object,), full.__mro__ == (full, object)), (True, True), source=SPEC)
    check_full("", full)
    slots = ext.make_meta("Slots", ext.make("Methods"), Meta)
    derived = Meta("Derived", (slots,), {"extra": 1})
    one = derived()
    expect("derived", (type(derived) is Meta, repr(one), len(one), one.noargs(), one.extra),
           (True, "repr from C", 7, "noargs", 1), source=METACLASS)
    expect("extensible", raises(Meta, "X", (slots,), {}), False, source=FINAL)
    expect("final", raises(Meta, "X", (ext.make_meta("Final", object, Meta),), {}), True, source=FINAL)


@scenario
def objects_of_a_class_and_a_metaclass(ext):
    """A type made with a metaclass from a class made in Python has objects that come and go."""
    for name in ("Nothing", "Slots", "Full"):
        made = ext.make_meta(name, Empty, Meta)
        kept = [made() for _ in range(20)]
        expect(name, {type(one) is made and isinstance(one, Empty) for one in kept}, {True}, source=METACLASS)
        del kept
        collect()
    expect("destroyed", events(ext, "destroy"), [0] * 20, source=DEFINES)


@scenario
def names_of_other_types(ext):
    """HPyType_GetName tells the last part of the name of builtin types and Python classes, too, and of renamed ones."""
    class Local:
        pass

    types = [int, type, Local, Meta, ValueError, type(None), OrderedDict, Fraction]
    expect("names", [ext.name_of(type_) for type_ in types], [type_.__name__ for type_ in types], source=GETNAME)
    renamed = type("Before", (), {})
    renamed.__name__ = "Aft\xebr"
    expect("renamed", ext.name_of(renamed), "Aft\xebr", source=GETNAME)
    expect("a name with a dot", ext.name_of(type("with.a.dot", (), {})), "with.a.dot", source=GETNAME)
    made = ext.make("Nothing")
    expect("subclass", ext.name_of(type("Sub", (made,), {})), "Sub", source=GETNAME)


def check_full(label, cls):
    one, two = cls(), cls()
    expect(label + "methods", (one.noargs(), one.o(one) is one, one.varargs(1, "two", None), one.varargs()),
           ("noargs", True, (1, "two", None), ()), source=SIGNATURE)
    expect(label + "keywords", (one.keywords(1), one.keywords(1, 2), one.keywords(b=3, a=4)),
           ((1, None), (1, 2), (4, 3)), source=SIGNATURE)
    expect(label + "fresh", (one.number, one.real, one.doubled, one.constant), (0, 0.5, 0, 42), source=DEFINES)
    one.number, two.doubled = 21, -10
    expect(label + "written", (one.number, one.doubled, two.number, two.doubled), (21, 42, -5, -10), source=DEFINES)
    expect(label + "readonly", (raises(setattr, one, "real", 1.0), one.real), (True, 0.5), source=DEFINES)
    expect(label + "slots", (repr(one), len(one), one[3]), ("repr from C", 7, 30), source=DEFINES)


@scenario
def definitions_of_every_kind_in_one_type(ext):
    """Slots, methods of each signature, members and getsets, in mixed order, all reach the type."""
    full = ext.make("Full")
    check_full("", full)
    names = ["noargs", "o", "varargs", "keywords", "number", "real", "doubled", "constant"]
    expect("docstrings", [vars(full)[name].__doc__ for name in names],
           ["noargs doc", "o doc", "varargs doc", None, "number doc", None, "doubled doc", None], source=DEFINES)
    expect("in dir", [name for name in names if name in dir(full) and name in dir(full())], names, source=DEFINES)
    record("added by the type", sorted(name for name in vars(full) if name in names or name[:2] != "__"))
    collect()
    clear_events(ext)
    one = full()
    one.number = 77
    del one
    collect()
    expect("destroyed", events(ext, "destroy"), [77], source=DEFINES)
    one = full()
    wrong = [raises(one.noargs, 1), raises(one.o), raises(one.o, 1, 2), raises(one.keywords)]
    expect("numbers of arguments", wrong, [True] * 4, source=SIGNATURE)
    expect("a keyword for none", attempt(lambda: one.varargs(c=2)), raised(TypeError), source=SIGNATURE)


@scenario
def definitions_of_one_kind_alone(ext):
    """A type may have definitions of one kind only, or none at all."""
    slots, methods, members = ext.make("Slots"), ext.make("Methods"), ext.make("Members")
    getsets, destroy, nothing = ext.make("Getsets"), ext.make("Destroy"), ext.make("Nothing")
    one = slots()
    expect("slots", (repr(one), len(one), one[4]), ("repr from C", 7, 40), source=DEFINES)
    one = methods()
    expect("methods", (one.noargs(), one.o("x"), hasattr(one, "number")), ("noargs", "x", False), source=DEFINES)
    one = members()
    one.number = 5
    expect("members", (one.number, one.real, hasattr(one, "doubled")), (5, 0.0, False), source=DEFINES)
    one = getsets()
    one.doubled = 8
    expect("getsets", (one.doubled, one.constant, hasattr(one, "number")), (8, 42, False), source=DEFINES)
    clear_events(ext)
    one = destroy()
    del one
    collect()
    expect("destroy", events(ext, "destroy"), [0], source=DEFINES)
    expect("nothing", (type(nothing()) is nothing, isinstance(nothing(), object)), (True, True), source=SPEC)
    plain = ext.make("Undotted")
    expect("no list", (type(plain()) is plain, hasattr(plain(), "o")), (True, False), source=SPEC)


@scenario
def bases_give_what_they_have(ext):
    """A type made from others has their definitions; its own come before theirs."""
    methods, full = ext.make("Methods"), ext.make("Full")
    both = ext.make("Slots", methods)
    one = both()
    expect("slots over methods", (len(one), one.noargs(), one.o(3)), (7, "noargs", 3), source=SPEC)
    sub = ext.make("Sub", full)
    expect("bases", (sub.__bases__ == (full,), sub.__mro__ == (sub, full, object)), (True, True), source=SPEC)
    as_tuple = ext.make_tuple("Sub", (both,))
    expect("as a tuple", (as_tuple.__bases__ == (both,), len(as_tuple()), as_tuple().noargs()), (True, 7, "noargs"),
           source=SPEC)
    derived = type("Derived", (both,), {"__doc__": "Of Python.", "__len__": lambda self: 9})
    one = derived()
    expect("a Python class", (len(one), one.noargs(), repr(one), one.__doc__),
           (9, "noargs", "repr from C", "Of Python."), source=SPEC)


@scenario
def a_struct_is_inherited(ext):
    """A type that defines no struct of its own has that of its base, and all that works on it."""
    sub = ext.make("Sub", ext.make("Full"))
    check_full("sub: ", sub)
    check_full("of a tuple: ", ext.make_tuple("Sub", (sub,)))


@scenario
def classes_between_types(ext):
    """A type made in C may derive from a class made in Python, which derives from such a type in turn."""
    over = type("Over", (ext.make("Slots", Empty),), {"__slots__": (), "__len__": lambda self: 9})
    made = ext.make("Methods", over)
    one = made()
    expect("made", (len(one), one.noargs(), repr(one), made.__base__ is over), (9, "noargs", "repr from C", True),
           source=SPEC)
    expect("mro", [cls.__name__ for cls in made.__mro__], ["Methods", "Over", "Slots", "Empty", "object"], source=SPEC)
    last = type("Last", (made,), {"__repr__": lambda self: "last"})()
    expect("last", (len(last), last.noargs(), repr(last)), (9, "noargs", "last"), source=SPEC)


@scenario
def refused_specs(ext):
    """A spec or parameter that is wrong makes no type, and does no harm to the next."""
    for label, source, function, args in (
            ("both ways", TUPLE, ext.make_tuple, ("Nothing", (Empty,), Empty)),
            ("final", FINAL, ext.make, ("Nothing", ext.make("Final"))),
            ("HAVE_GC without traverse", GC, ext.make, ("Collected", Empty)),
            ("unknown shape", "HPy hpytype.h, HPyType_BuiltinShape", ext.make, ("Shapeless", Empty))):
        tried = attempt(function, *args)
        expect(label, tried.exception is not None, True, source=source + "; " + NULL_RESULT)
        record(label + ": exception", tried)
    record("members without a struct", attempt(ext.make, "Homeless", Empty).exception)
    expect("afterwards", ext.make("Slots", Empty)()[1], 10, source=SPEC)


@scenario
def legacy_types(ext):
    """A type of the legacy shape without a struct, and whether it may have a pure type as its base."""
    legacy = ext.make("Legacy")
    one = legacy()
    expect("works", (repr(one), len(one)), ("repr from C", 7), source=LEGACY)
    sub = ext.make("Legacy", legacy)
    expect("of a legacy type", (len(sub()), sub.__base__ is legacy), (7, True), source=LEGACY)
    record("of a pure type", attempt(ext.make, "Legacy", ext.make("Full")))
    record("of a pure type without a struct", attempt(ext.make, "Legacy", ext.make("Nothing")).exception)
    record("a pure type of a legacy one", attempt(ext.make, "Methods", legacy).exception)


@scenario
def refused_signature(ext):
    """A signature that is not one of a method's."""
    record("exception", attempt(ext.make_bad_method, Empty).exception)
    watch = Watch()
    attempt(ext.make_bad_method, base_of(watch, "base"))
    expect_released("base", watch, ["base"], source=RELEASED)
    expect("afterwards", ext.make("Slots", Empty)()[1], 10, source=SPEC)


@scenario
def unknown_parameter(ext):
    """A kind of parameter that does not exist."""
    record("exception", attempt(ext.make_unknown, Empty).exception)
    watch = Watch()
    attempt(ext.make_unknown, base_of(watch, "base"))
    expect_released("base", watch, ["base"], source=RELEASED)


def refuse(watch, names, function):
    """Call with fresh bases of these names; expect that it fails, and keep nothing."""
    return attempt(function, *[base_of(watch, name) for name in names]).exception is not None


@scenario
def refused_bases_keep_nothing(ext):
    """A call that fails because of the bases keeps none of them."""
    final, watch = ext.make("Final"), Watch()
    refuse(watch, ["final"], lambda base: ext.make("Nothing", base, final))
    refuse(watch, ["after final"], lambda base: ext.make("Nothing", final, base))
    refuse(watch, ["left", "right"], lambda one, two: ext.make_tuple("Nothing", (one, two, final)))
    failed = [
        refuse(watch, ["not a type"], lambda base: ext.make("Nothing", base, 5)),
        refuse(watch, ["twice"], lambda base: ext.make("Nothing", base, base)),
        refuse(watch, ["order"], lambda base: ext.make("Nothing", object, base)),
    ]
    expect("failed", failed, [True] * 3, source=NULL_RESULT)
    expect_released("bases", watch, ["final", "after final", "not a type", "twice", "order", "left", "right"],
                    source=RELEASED)


@scenario
def refused_specs_keep_nothing(ext):
    """A call that fails because of the spec or the parameters keeps none of its bases."""
    watch = Watch()
    failed = [
        refuse(watch, ["tuple", "single"], lambda one, two: ext.make_tuple("Nothing", (one,), two)),
        refuse(watch, ["no traverse"], lambda base: ext.make("Collected", base)),
        refuse(watch, ["no shape"], lambda base: ext.make("Shapeless", base)),
    ]
    expect("failed", failed, [True] * 3, source=NULL_RESULT)
    expect_released("bases", watch, ["tuple", "single", "no traverse", "no shape"], source=RELEASED)


@scenario
def refused_metaclasses_keep_nothing(ext):
    """A call that fails because of the metaclass keeps none of its bases."""
    watch = Watch()
    record("failed", [
        refuse(watch, ["no type"], lambda base: ext.make_meta("Nothing", base, 5)),
        refuse(watch, ["given twice"], lambda base: ext.make_meta("Nothing", base, Meta, Meta)),
    ])
    expect_released("bases", watch, ["no type", "given twice"], source=RELEASED)


@scenario
def a_type_is_released(ext):
    """A type ends when nothing refers to it, and with it what it refers to: attributes and bases."""
    watch, names = Watch(), []
    for name in ("Full", "Slots", "Destroy", "Nothing", "Deep"):
        names += [name + "'s base", name + "'s attribute"]
        base = base_of(watch, names[-2])
        made = ext.make(name, base)
        made.attribute = watch.thing(names[-1])
        kept = made()
        del base
        collect()
        expect(name + ": while there is an object", [end for end in watch.finalized if end in names[-2:]], [],
               source=RELEASED)
        del kept
        collect()
        expect(name + ": without an object", (made.thing.name, made.attribute.name), tuple(names[-2:]),
               source=RELEASED)
        del made
        collect()
    expect_released("types", watch, names, source=RELEASED)


@scenario
def a_type_with_a_tuple_of_bases_is_released(ext):
    """The tuple that gives the bases is not kept, and they are only as long as the type is."""
    watch = Watch()
    bases = base_of(watch, "first"), base_of(watch, "second")
    made = ext.make_tuple("Nothing", bases)
    del bases
    collect()
    expect("while it is there", watch.finalized, [], source=RELEASED)
    del made
    expect_released("bases", watch, ["first", "second"], source=RELEASED)


@scenario
def a_metaclass_is_released(ext):
    """A type made with a metaclass refers to it and to its bases; all end with the type."""
    watch, names = Watch(), []
    for name in ("Nothing", "Full"):
        names += [name + "'s " + part for part in ("metaclass", "base", "attribute")]
        metaclass = type("Watched", (type,), {"meta_thing": watch.thing(names[-3])})
        made = ext.make_meta(name, base_of(watch, names[-2]), metaclass)
        made.attribute = watch.thing(names[-1])
        del metaclass
        collect()
        expect(name + ": while it is there", (made.meta_thing.name, made.thing.name, made.attribute.name),
               tuple(names[-3:]), source=RELEASED)
        del made
    expect_released("types", watch, names, source=RELEASED)


@scenario
def a_class_keeps_its_base(ext):
    """A type made in C lives as long as a class derived from it."""
    watch = Watch()
    made = ext.make("Slots")
    made.attribute = watch.thing("attribute")
    cls = type("Sub", (made,), {})
    del made
    collect()
    expect("kept", (watch.finalized, len(cls())), ([], 7), source=RELEASED)
    del cls
    expect_released("base", watch, ["attribute"], source=RELEASED)


@scenario
def a_descriptor_keeps_its_type(ext):
    """Members and getsets, taken out of a type, are usable, and let go of it in the end."""
    watch, names = Watch(), ["number", "doubled"]
    for name in names:
        made = ext.make("Full")
        made.attribute = watch.thing(name)
        descriptor, one = vars(made)[name], made()
        del made
        collect()
        expect(name + ": usable", descriptor.__get__(one), 0, source=DEFINES)
        del one
        collect()
        record(name + ": ended", name in watch.finalized)
        del descriptor
    expect_released("types", watch, names, source=RELEASED)
