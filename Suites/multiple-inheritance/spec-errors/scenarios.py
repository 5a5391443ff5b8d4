from hpy_conform import attempt, collect, expect, raised, record, scenario

BASETYPE = "HPy hpytype.h, HPy_TPFLAGS_BASETYPE; Python/C API, 'Type Objects', Py_TPFLAGS_BASETYPE"
BOOL = "Python library, 'Built-in Functions', bool (cannot be subclassed further)"
BASES = "HPy hpytype.h, HPyType_SpecParam_Kind (Base and BasesTuple); Python/C API, 'Type Objects', PyType_FromSpec"
MRO = "Python language reference, 'Data model', Custom classes (C3 method resolution order)"
SPEC = "HPy public_api.h, HPyType_FromSpec (creates a type); Python/C API, 'Type Objects', PyType_FromSpec"
COLLECTED = "Python/C API, 'Type Objects', PyType_Ready"
SHAPE = "HPy hpytype.h, HPyType_BuiltinShape"


def refused(label, function, *args, source):
    """A call that a document says to fail, because of the types that it is given."""
    expect(label, attempt(function, *args), raised(TypeError), source=source + "; Python library, TypeError")


@scenario
def classes_from_final_types(ext):
    """A class statement cannot derive from a type without BASETYPE, alone or beside others."""
    expect("the type itself", ext.Final().greet(), "hello", source=SPEC)
    refused("Final", type, "X", (ext.Final,), {}, source=BASETYPE)
    refused("Final beside Base", type, "X", (ext.Base, ext.Final), {}, source=BASETYPE)
    expect("with BASETYPE", type("X", (ext.Base,), {})().greet(), "hello", source=BASETYPE)


@scenario
def types_from_final_types(ext):
    """A type made in C cannot derive from such a type either, nor from a builtin that is final."""
    refused("Final", ext.make, (ext.Final,), source=BASETYPE)
    refused("bool", ext.make, (bool,), source=BOOL)
    expect("with BASETYPE", ext.make((ext.Base,))().greet(), "hello", source=BASETYPE)


@scenario
def bases_that_are_no_types(ext):
    """Bases are types."""
    for label, base in (("an int", 5), ("None", None), ("a text", "Base"), ("an object", ext.Base())):
        refused(label, ext.make, (base,), source=BASES)
        refused("%s beside a type" % label, ext.make, (ext.Base, base), source=BASES)


@scenario
def bases_that_do_not_go_together(ext):
    """Bases must have an MRO in common, and only one of them may bring a layout."""
    sub = ext.make((ext.Base,))
    refused("twice the same", ext.make, (ext.Base, ext.Base), source=MRO)
    refused("object first", ext.make, (object, ext.Base), source=MRO)
    refused("base before its subtype", ext.make, (ext.Base, sub), source=MRO)
    left, right = ext.make((ext.Base, ext.Wide)), ext.make((ext.Wide, ext.Base))
    refused("opposite orders", ext.make, (left, right), source=MRO)
    record("Wide and int", attempt(ext.make, (ext.Wide, int)).exception)
    record("int and str", attempt(ext.make, (int, str)).exception)
    expect("subtype before its base", ext.make((sub, ext.Base)).__mro__[1:], (sub, ext.Base, object), source=MRO)


@scenario
def how_bases_are_given(ext):
    """Bases come one by one, in order, or as one tuple, and not both ways at once."""
    expect("none", ext.make_one_by_one().__bases__, (object,), source=SPEC)
    made = ext.make_one_by_one(ext.Base, ext.Wide)
    expect("one by one", made.__bases__ == (ext.Base, ext.Wide), True, source=BASES)
    expect("the other way round", ext.make_one_by_one(ext.Wide, ext.Base).__bases__ == (ext.Wide, ext.Base), True,
           source=BASES)
    expect("as a tuple", ext.make((ext.Wide, ext.Base)).__bases__ == (ext.Wide, ext.Base), True, source=BASES)
    refused("both ways", ext.make_both_ways, (ext.Base, ext.Wide), source=BASES)
    record("two tuples", attempt(ext.make_two_tuples, (ext.Base, ext.Wide)).exception)
    record("an empty tuple", attempt(ext.make, ()))


@scenario
def a_struct_smaller_than_the_base_s(ext):
    """A type whose struct has no room for that of its base."""
    record("of Wide", attempt(ext.make_small, ext.Wide).exception)
    record("of a class derived from Wide", attempt(ext.make_small, ext.make((ext.Wide,))).exception)


@scenario
def types_from_one_spec(ext):
    """Each use of a spec makes a type of its own."""
    one, two = ext.make((object,)), ext.make((object,))
    expect("two types", (one is two, one.__name__, two.__name__), (False, "Base", "Base"), source=SPEC)
    expect("unrelated", (issubclass(one, two), issubclass(two, one), isinstance(one(), two)), (False, False, False),
           source=SPEC)
    expect("both work", (one().greet(), two().greet()), ("hello", "hello"), source=SPEC)
    record("methods are those of their own type", attempt(one.greet, two()).exception)
    expect("both as bases", [type_.__name__ for type_ in type("X", (one, two), {}).__mro__],
           ["X", "Base", "Base", "object"], source=MRO)
    del one
    collect()
    expect("one outlives the other", (two().greet(), type("X", (two,), {})().greet()), ("hello", "hello"), source=SPEC)


@scenario
def attributes_of_types_from_one_spec(ext):
    """What is set on one of two types from one spec is not on the other."""
    one, two = ext.make((object,)), ext.make((object,))
    one.note = "set"
    one.greet = lambda self: "changed"
    expect("attribute", (one.note, hasattr(two, "note"), hasattr(ext.Base, "note")), ("set", False, False), source=SPEC)
    expect("method", (one().greet(), two().greet(), ext.Base().greet()), ("changed", "hello", "hello"), source=SPEC)
    del one.greet
    record("method deleted", attempt(lambda: one().greet()).exception)


@scenario
def specs_that_are_refused(ext):
    """A type that takes part in cycle collection has a traverse function; a shape is one of those that exist."""
    expect("HAVE_GC without traverse", attempt(ext.make_collected).exception is not None, True, source=COLLECTED)
    record("HAVE_GC without traverse: exception", attempt(ext.make_collected).exception)
    expect("an unknown shape", attempt(ext.make_shapeless).exception is not None, True, source=SHAPE)
    record("an unknown shape: exception", attempt(ext.make_shapeless).exception)
    expect("afterwards", ext.make((ext.Base,))().greet(), "hello", source=SPEC)
