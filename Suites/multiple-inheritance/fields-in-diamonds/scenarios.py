from hpy_conform import Watch, clear_events, events, expect, expect_released, scenario

VISITED = ("Python/C API, 'Supporting Cyclic Garbage Collection' and 'Type Objects', tp_traverse (each content "
           "is visited); HPy porting guide, 'tp_traverse, tp_clear, Py_TPFLAGS_HAVE_GC'; Python library, 'gc', "
           "get_referents")
RELEASED = ("Python/C API, 'Type Objects', tp_dealloc (releases all references that the object owns) and its "
            "inheritance; HPy porting guide, 'tp_dealloc and Py_DECREF'")
CYCLES = ("Python/C API, 'Supporting Cyclic Garbage Collection' and 'Type Objects', tp_traverse and tp_clear "
          "(inherited together); HPy porting guide, 'tp_traverse, tp_clear, Py_TPFLAGS_HAVE_GC'")
DESTROY = ("Python/C API, 'Type Objects', tp_dealloc (inherited by subtypes); HPy porting guide, 'Deallocator slot "
           "Py_tp_dealloc'")
STRUCT = "Python/C API, 'Type Objects', tp_basicsize and tp_base; HPy hpytype.h, HPyType_Spec.basicsize"

# What is to the left and to the right below Base, and the parts that an object of both has.
SHAPES = (
    ("a field on one side", "Left", "Right", ("base", "left")),
    ("a struct on one side", "Numbered", "Right", ("base",)),
    ("nothing on either side", "Plain", "Right", ("base",)),
)
WATCHED = (("functions without a struct", "Left", "Watched", ("base", "left")),)


def joined_in_c(ext, bases):
    return ext.join(bases)


def joined_in_python(ext, bases):
    return type("Child", bases, {})


def joined_in_python_with_slots(ext, bases):
    return type("Child", bases, {"__slots__": ("slot_item",)})


def joined_in_python_below_c(ext, bases):
    return type("Child", (ext.join(bases),), {})


def joined_wide(ext, bases):
    return ext.join_wide(bases)


def joined_in_python_below_wide(ext, bases):
    return type("Child", (ext.join_wide(bases),), {})


def classes(ext, child, turned, shapes, more=()):
    for label, left, right, parts in shapes:
        bases = (getattr(ext, left), getattr(ext, right))
        yield label, child(ext, bases[::-1] if turned else bases), parts + more


def filled(cls, parts, thing, through=None):
    """An object with something in each of its fields but one, and with each of its native resources; their numbers."""
    one = cls()
    for part in parts:
        if part != through:
            setattr(one, part + "_item", thing(part))
    return one, [getattr(one, "open_" + part)() for part in parts if part != "slot"]


def visits(ext, child, turned, shapes=SHAPES, more=()):
    for label, cls, parts in classes(ext, child, turned, shapes, more):
        one, _ = filled(cls, parts, lambda part: [part])
        expect("%s: contents" % label, [getattr(one, part + "_item") for part in parts], [[part] for part in parts],
               source=STRUCT)
        expect("%s: visits" % label, [ext.visits(one, getattr(one, part + "_item")) for part in parts],
               [1] * len(parts), source=VISITED)


def releases(ext, child, turned, shapes=SHAPES, more=()):
    for label, cls, parts in classes(ext, child, turned, shapes, more):
        clear_events(ext)
        watch = Watch()
        one, serials = filled(cls, parts, watch.thing)
        del one
        expect_released("%s: gone" % label, watch, list(parts), RELEASED)
        natives_are_released(ext, label, serials)


def natives_are_released(ext, label, serials):
    expect("%s: native resources" % label, [number for name, number in events(ext) if name != "watched"], serials,
           any_order=True, source=DESTROY)


def cycles(ext, child, turned, shapes=SHAPES[:2], more=()):
    for label, cls, parts in classes(ext, child, turned, shapes, more):
        for through in parts:
            clear_events(ext)
            watch = Watch()
            one, serials = filled(cls, parts, watch.thing, through)
            two, more_serials = filled(cls, parts, watch.thing, through)
            setattr(one, through + "_item", two)
            setattr(two, through + "_item", [one])
            del one, two
            where = "%s, through %s" % (label, through)
            expect_released(where, watch, [part for part in parts if part != through] * 2, CYCLES)
            natives_are_released(ext, where, serials + more_serials)


@scenario
def visits_in_c_classes(ext):
    """A traversal meets the content of every field once, in an object of a C class with both sides of a diamond."""
    visits(ext, joined_in_c, False)


@scenario
def visits_in_turned_c_classes(ext):
    """The same with the side that has the struct second."""
    visits(ext, joined_in_c, True)


@scenario
def visits_in_wide_c_classes(ext):
    """The same with a struct, a field and functions of the joined class."""
    visits(ext, joined_wide, False, SHAPES[:1], ("joined",))


@scenario
def visits_in_turned_wide_c_classes(ext):
    """The same with the side that has the struct second."""
    visits(ext, joined_wide, True, SHAPES[:1], ("joined",))


@scenario
def visits_in_python_classes(ext):
    """The same of a class statement."""
    visits(ext, joined_in_python, False)


@scenario
def visits_in_turned_python_classes(ext):
    """The same with the side that has the struct second."""
    visits(ext, joined_in_python, True)


@scenario
def visits_in_python_classes_with_slots(ext):
    """The same with __slots__ beside the fields."""
    visits(ext, joined_in_python_with_slots, False, more=("slot",))


@scenario
def visits_in_python_classes_below_c(ext):
    """The same of a class statement below the class made in C."""
    visits(ext, joined_in_python_below_c, True)


@scenario
def releases_in_c_classes(ext):
    """The content of every field and every native resource is released once with the object."""
    releases(ext, joined_in_c, False)


@scenario
def releases_in_turned_c_classes(ext):
    """The same with the side that has the struct second."""
    releases(ext, joined_in_c, True)


@scenario
def releases_in_wide_c_classes(ext):
    """The same with a struct, a field and functions of the joined class."""
    releases(ext, joined_wide, False, SHAPES[:1], ("joined",))


@scenario
def releases_in_turned_wide_c_classes(ext):
    """The same with the side that has the struct second."""
    releases(ext, joined_wide, True, SHAPES[:1], ("joined",))


@scenario
def releases_in_python_classes(ext):
    """The same of a class statement."""
    releases(ext, joined_in_python, False)


@scenario
def releases_in_turned_python_classes(ext):
    """The same with the side that has the struct second."""
    releases(ext, joined_in_python, True)


@scenario
def releases_in_python_classes_with_slots(ext):
    """The same with __slots__ beside the fields."""
    releases(ext, joined_in_python_with_slots, False, more=("slot",))


@scenario
def releases_in_python_classes_below_c(ext):
    """The same of a class statement below the class made in C."""
    releases(ext, joined_in_python_below_c, True)


@scenario
def releases_in_python_classes_below_wide_c(ext):
    """The same below a class with a struct, a field and functions of its own."""
    releases(ext, joined_in_python_below_wide, True, SHAPES[:1], ("joined",))


@scenario
def cycles_in_c_classes(ext):
    """Two objects that hold each other are collected, whichever field the cycle goes through."""
    cycles(ext, joined_in_c, False)


@scenario
def cycles_in_turned_c_classes(ext):
    """The same with the side that has the struct second."""
    cycles(ext, joined_in_c, True)


@scenario
def cycles_in_wide_c_classes(ext):
    """The same with a struct, a field and functions of the joined class."""
    cycles(ext, joined_wide, False, SHAPES[:1], ("joined",))


@scenario
def cycles_in_python_classes(ext):
    """The same of a class statement."""
    cycles(ext, joined_in_python, False)


@scenario
def cycles_in_turned_python_classes(ext):
    """The same with the side that has the struct second."""
    cycles(ext, joined_in_python, True)


@scenario
def cycles_in_python_classes_with_slots(ext):
    """The same with __slots__ beside the fields, through these too."""
    cycles(ext, joined_in_python_with_slots, False, more=("slot",))


@scenario
def cycles_in_python_classes_below_c(ext):
    """The same of a class statement below the class made in C."""
    cycles(ext, joined_in_python_below_c, True)


@scenario
def releases_beside_functions_without_a_struct_in_c(ext):
    """The other side has functions and no struct: the fields and resources of the struct are released once."""
    releases(ext, joined_in_c, False, WATCHED)


@scenario
def releases_behind_functions_without_a_struct_in_c(ext):
    """The same where that side comes first."""
    releases(ext, joined_in_c, True, WATCHED)


@scenario
def releases_beside_functions_without_a_struct_in_python(ext):
    """The same of a class statement, with that side second."""
    releases(ext, joined_in_python, False, WATCHED)


@scenario
def releases_behind_functions_without_a_struct_in_python(ext):
    """The same of a class statement, with that side first."""
    releases(ext, joined_in_python, True, WATCHED)


@scenario
def cycles_behind_functions_without_a_struct_in_c(ext):
    """Cycles through each field are collected where the side with functions and no struct comes first."""
    cycles(ext, joined_in_c, True, WATCHED)


@scenario
def cycles_behind_functions_without_a_struct_in_python(ext):
    """The same of a class statement."""
    cycles(ext, joined_in_python, True, WATCHED)
