from hpy_conform import Watch, attempt, clear_events, collect, events, expect, expect_released, raised, record, scenario

ZEROED = "HPy public_api.h, HPyField_Store (HPy_New zeroes its memory); Python/C API, 'Type Objects', tp_alloc"
ALIGNED = "C11, 6.2.8 (an object of a struct type is aligned as its members ask); HPy hpytype.h, HPyType_HELPERS"
STRUCT = "HPy hpytype.h, HPyType_HELPERS (the struct associated with a handle)"
GENERIC = "HPy public_api.h, HPyType_GenericNew; Python/C API, 'Type Objects', PyType_GenericNew"
NEW = "HPy public_api.h, HPyType_GenericNew; Python/C API, 'Allocating Objects on the Heap'"
FAILURE = "HPy api.rst, 'Handles'; Python/C API, 'Introduction', Reference Count Details"
TYPE = "HPy public_api.h, HPy_Type (type(obj)); Python/C API, 'Object Protocol', PyObject_Type"
CHECK = "HPy public_api.h, HPy_TypeCheck (an instance of type or of a subtype); Python/C API, PyObject_TypeCheck"
SUBTYPE = "HPy public_api.h, HPyType_IsSubtype (only actual subtypes); Python/C API, PyType_IsSubtype"
RELEASED = "HPy porting guide, 'tp_dealloc and Py_DECREF'; Python/C API, 'Type Objects', tp_dealloc (heap types)"


def check_memory(ext, label, cls):
    """Leave traces in freed memory, then make objects and look at their structs."""
    used = [cls() for _ in range(40)]
    filled = {one.fill() for one in used}
    del used
    collect()
    clear_events(ext)
    fresh = [cls() for _ in range(60)]
    found = {one.fresh() for one in fresh}
    expect(label + ": zeroed", (filled, found, set(events(ext, "zeroed"))), ({True}, {True}, {1}), source=ZEROED)
    expect(label + ": aligned", set(events(ext, "aligned")), {1}, source=ALIGNED)
    expect(label + ": one struct", set(events(ext, "same")) - {1}, set(), source=STRUCT)
    for number, one in enumerate(fresh):
        one.number = number
    expect(label + ": each its own", [one.number for one in fresh], list(range(60)), source=STRUCT)


@scenario
def memory_of_new_objects(ext):
    """The struct is zeroed, aligned for any member, and each object's own, in whatever way objects are made."""
    for name in ("Block", "Generic", "Default", "Destroyed", "Large"):
        check_memory(ext, name, ext.make(name))


@scenario
def memory_of_a_subtype_with_a_larger_struct(ext):
    """A type made in C with a larger struct than its base has a zeroed and aligned one, too."""
    for name in ("Block", "Default", "Destroyed"):
        check_memory(ext, name, ext.make("Large", ext.make(name)))


@scenario
def memory_of_collected_objects(ext):
    """The struct of an object of the cycle collector is zeroed and aligned, and keeps what is put into it."""
    holder, watch = ext.make("Holder"), Watch()
    for _ in range(3):
        kept = [holder(number) for number in range(50)]
        collect()
        del kept
    expect("zeroed", set(events(ext, "zeroed")), {1}, source=ZEROED)
    expect("aligned", set(events(ext, "aligned")), {1}, source=ALIGNED)
    expect("one struct", set(events(ext, "same")), {1}, source=STRUCT)
    kept = [holder(watch.thing(name)) for name in ("first", "second")] + [holder()]
    collect()
    expect("held", watch.finalized, [], source=RELEASED)
    del kept[0]
    expect_released("one", watch, ["first"], source=RELEASED)
    del kept
    expect_released("both", watch, ["first", "second"], source=RELEASED)


@scenario
def new_outside_of_a_constructor(ext):
    """HPy_New and HPyType_GenericNew make objects without calling tp_new or __init__."""
    for name in ("Block", "Generic", "Default", "Destroyed"):
        cls = ext.make(name)
        one, two = ext.new_block(cls), ext.generic_new(cls)
        expect(name, (type(one) is cls, type(two) is cls, one.number, two.number), (True, True, 7, 0), source=NEW)
        expect(name + ": constructors", events(ext, "same"), [], source=NEW)
        one.number, two.number = 1, 2
        expect(name + ": structs", (one.number, two.number, two.fill(), one.number), (1, 2, True, 1), source=STRUCT)
    clear_events(ext)
    one.number, two.number = 11, 12
    del one, two
    collect()
    expect("destroyed", events(ext, "destroy"), [11, 12], any_order=True, source=NEW)


@scenario
def generic_new_of_python_classes(ext):
    """HPyType_GenericNew makes objects of a class derived from the type, which have their attributes."""
    cls = type("Derived", (ext.make("Default"),), {"__init__": lambda self: setattr(self, "initialised", True)})
    one = ext.generic_new(cls)
    expect("made", (type(one) is cls, hasattr(one, "initialised"), one.number), (True, False, 0), source=GENERIC)
    one.number, one.attribute = 3, "attribute"
    expect("works", (one.number, one.attribute, cls().initialised), (3, "attribute", True), source=GENERIC)


@scenario
def new_for_what_is_no_type(ext):
    """What is no type has no objects."""
    for label, wrong in (("an int", 5), ("None", None), ("a function", len), ("an object", ext.make("Block")())):
        record(label, (attempt(ext.new_block, wrong).exception, attempt(ext.generic_new, wrong).exception))
    expect("afterwards", ext.new_block(ext.make("Block")).number, 7, source=NEW)


@scenario
def a_constructor_that_fails(ext):
    """An object that its constructor gives up is destroyed; the exception is the constructor's."""
    failing = ext.make("Failing")
    expect("failed", attempt(failing, 1, 2), raised(ValueError), source=FAILURE)
    collect()
    expect("destroyed", events(ext, "destroy"), [102], source=FAILURE)
    one = failing()
    expect("made", (one.number, type(one) is failing), (100, True), source=FAILURE)
    del one
    collect()
    expect("destroyed, too", events(ext, "destroy"), [102, 100], source=FAILURE)


@scenario
def a_failed_new_keeps_no_type(ext):
    """After failed constructors the type ends when nobody refers to it."""
    watch = Watch()
    failing = ext.make("Failing")
    failing.attribute = watch.thing("attribute")
    for number in range(50):
        attempt(failing, number)
    collect()
    expect("still there", (watch.finalized, failing().number), ([], 100), source=FAILURE)
    del failing
    expect_released("type", watch, ["attribute"], source=FAILURE)


@scenario
def an_object_keeps_its_type(ext):
    """A type lives as long as one of its objects does, and no longer."""
    watch, names = Watch(), ["Block", "Generic", "Default", "Destroyed", "Large"]
    for name in names:
        made = ext.make(name)
        made.attribute = watch.thing(name)
        one, two = made(), made()
        del made
        collect()
        expect(name + ": two objects", (name in watch.finalized, type(one).attribute.name), (False, name),
               source=RELEASED)
        del one
        collect()
        expect(name + ": one object", (name in watch.finalized, type(two).attribute.name), (False, name),
               source=RELEASED)
        expect(name + ": another", type(type(two)()) is type(two), True, source=RELEASED)
        del two
        collect()
    expect_released("types", watch, names, source=RELEASED)


@scenario
def many_objects_leave_the_type_as_it_was(ext):
    """Objects that come and go take as many references to their type as they give back."""
    watch, names = Watch(), ["Block", "Generic", "Default", "Destroyed", "by HPy_New", "by HPyType_GenericNew"]
    for name in names:
        made = ext.make(name if name in names[:4] else "Block")
        made.attribute = watch.thing(name)
        make = made
        if name not in names[:4]:
            function = ext.new_block if name == "by HPy_New" else ext.generic_new
            make = (lambda function, made: lambda: function(made))(function, made)
        for _ in range(5):
            objects = [make() for _ in range(20)]
            del objects
        collect()
        clear_events(ext)
        expect(name, (name in watch.finalized, made.attribute.name, type(made()) is made), (False, name, True),
               source=RELEASED)
        del made, make
    expect_released("types", watch, names, source=RELEASED)


@scenario
def types_of_objects(ext):
    """HPy_Type is what type() tells; it makes no difference how often it is asked."""
    block = ext.make("Block")
    derived = type("Derived", (block,), {"__class__": property(lambda self: int)})
    objects = [1, True, None, "text", [], type, int, block, ext.make("Default")(), derived, derived.__mro__, len]
    found = [ext.type_of(one) is type(one) for one in objects for _ in range(100)]
    expect("types", set(found), {True}, source=TYPE)
    other = type("Other", (), {"__class__": property(lambda self: int)})
    found = ext.type_of(other()) is other, isinstance(other(), int)
    expect("in spite of __class__", found, (True, True), source=TYPE)
    moved = type("Before", (), {})()
    moved.__class__ = type("After", (), {})
    expect("after a change", ext.type_of(moved).__name__, "After", source=TYPE)


@scenario
def instances_and_subtypes(ext):
    """HPy_TypeCheck and HPyType_IsSubtype go by the bases, and ask neither side for an opinion."""
    class Opinionated(type):
        def __instancecheck__(cls, one):
            return True

        def __subclasscheck__(cls, sub):
            return True

    claims = Opinionated("Claims", (), {})
    block = ext.make("Block")
    large = ext.make("Large", block)
    other = ext.make("Default")
    derived = type("Derived", (other,), {})
    pretends = type("Pretends", (), {"__class__": property(lambda self: int)})
    for label, one, type_, expected in (
            ("itself", block(), block, True), ("of a subtype", large(), block, True),
            ("of the base", block(), large, False), ("of another", block(), other, False),
            ("of object", block(), object, True), ("of a Python subclass", derived(), other, True),
            ("a Python subclass", other(), derived, False), ("bool and int", True, int, True),
            ("int and bool", 1, bool, False), ("type", block, type, True), ("a type of itself", block, block, False),
            ("claimed", 5, claims, False), ("pretended", pretends(), int, False)):
        expect(label, ext.is_type(one, type_), expected, source=CHECK)
        expect(label + ", subtype", ext.is_subtype(type(one), type_), expected, source=SUBTYPE)
    found = [ext.is_subtype(type_, type_) for type_ in (block, large, derived, int, object, type, claims)]
    expect("each of itself", found, [True] * 7, source=SUBTYPE)
    expect("object of others", [ext.is_subtype(object, type_) for type_ in (block, int, type)], [False] * 3,
           source=SUBTYPE)
    both = Opinionated("Both", (claims, derived), {})
    expect("of several bases", [ext.is_subtype(both, type_) for type_ in (claims, derived, other, object, block)],
           [True, True, True, True, False], source=SUBTYPE)
