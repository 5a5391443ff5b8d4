from hpy_conform import Watch, attempt, clear_events, collect, events, expect, expect_released, record, scenario

RELEASED = ("Python/C API, 'Type Objects', tp_dealloc (releases all references that the object owns; inherited by "
            "subtypes); HPy porting guide, 'tp_dealloc and Py_DECREF'")
DESTROY = ("Python/C API, 'Type Objects', tp_dealloc (inherited by subtypes, called once when the object ends); HPy "
           "porting guide, 'Deallocator slot Py_tp_dealloc'")
CYCLES = ("Python/C API, 'Supporting Cyclic Garbage Collection' and 'Type Objects', tp_traverse and tp_clear (subtypes "
          "inherit both); HPy porting guide, 'tp_traverse, tp_clear, Py_TPFLAGS_HAVE_GC'")
STRUCT = "Python/C API, 'Type Objects', tp_basicsize; HPy API reference, HPyType_Spec"
STORE = "HPy API reference, HPyField_Store; Python/C API, 'Reference Counting'"
SLOTS = "Python language reference, 'Data model', __slots__; Python/C API, 'Type Objects', tp_dealloc"

# The parts of each type that have a field, and those that have a native resource.
EXTENDED = {
    "Base": (("base",), ("base",)),
    "Wide": (("base", "wide"), ("base", "wide")),
    "Deep": (("base", "wide", "deep"), ("base", "wide", "deep")),
    "Fields": (("base", "fields"), ("base",)),
}
WITHOUT_TRAVERSE = {"Natives": (("base",), ("base", "natives")), "Number": (("base",), ("base",))}
WITHOUT_STRUCT = {"Bare": (("base", "wide"), ("base", "wide")), "Mixed": (("base", "wide"), ("base", "wide"))}
ALL = dict(EXTENDED, **WITHOUT_TRAVERSE)


def filled(cls, shape, thing):
    """An object with something in each of its fields and with all its native resources; the numbers of these."""
    fields, natives = shape
    one = cls()
    for part in fields:
        setattr(one, part + "_item", thing(part))
    return one, [(part, getattr(one, "open_" + part)()) for part in natives]


def is_released(ext, label, cls, shape, more=()):
    """An object of the class ends with all that it holds; `more` are attributes that the class adds."""
    clear_events(ext)
    watch = Watch()
    one, natives = filled(cls, shape, watch.thing)
    for name in more:
        setattr(one, name, watch.thing(name))
    collect()
    expect(label + ": held", ([getattr(one, part + "_item").name for part in shape[0]], events(ext)),
           (list(shape[0]), []), source=STRUCT)
    del one
    expect_released(label, watch, list(shape[0]) + list(more), RELEASED)
    expect(label + ": native resources", events(ext), natives, any_order=True, source=DESTROY)


def are_released(ext, shapes, derive=None, more=()):
    for name, shape in shapes.items():
        cls = getattr(ext, name)
        is_released(ext, name, cls if derive is None else derive(cls), shape, more)


def cycles_end(ext, shapes, derive=None):
    """Pairs of objects of each type, each held by the other through one of their fields, end with all they hold."""
    watch, things, opened = Watch(), [], []
    for name, shape in shapes.items():
        cls = getattr(ext, name) if derive is None else derive(getattr(ext, name))
        for through in shape[0]:
            one, natives = filled(cls, shape, lambda part: watch.thing(name + " " + part))
            two, others = filled(cls, shape, lambda part: watch.thing(name + " " + part))
            opened += natives + others
            setattr(one, through + "_item", two)
            setattr(two, through + "_item", [one, watch.thing(name + " within")])
            # The things that gave way to the objects end before the others.
            things += [name + " " + part for part in shape[0]] * 2 + [name + " within"]
    del one, two
    expect_released("things", watch, things, CYCLES)
    expect("native resources", events(ext), opened, any_order=True, source=DESTROY)


def with_dictionary(cls):
    return type("Open", (cls,), {})


def with_nothing(cls):
    return type("Closed", (cls,), {"__slots__": ()})


def with_slots(cls):
    return type("Slotted", (cls,), {"__slots__": ("first", "second")})


def two_levels(cls):
    return type("Lower", (type("Upper", (cls,), {"__slots__": ("first",)}),), {})


@scenario
def c_subclasses_with_a_struct(ext):
    """What each level of a hierarchy in C holds is released once with an object of each of its types."""
    are_released(ext, EXTENDED)


@scenario
def c_subclasses_that_inherit_traverse(ext):
    """The same of types that add a resource, or a number, and have no field of their own to visit."""
    are_released(ext, WITHOUT_TRAVERSE)


@scenario
def c_subclasses_without_a_struct(ext):
    """The same of types that add nothing, one of them with a second base that has nothing either."""
    are_released(ext, WITHOUT_STRUCT)


@scenario
def python_subclasses_with_a_dictionary(ext):
    """The same of class statements below each type, and of what is in the instance dictionary."""
    are_released(ext, ALL, with_dictionary, ("first", "second"))


@scenario
def python_subclasses_with_slots(ext):
    """The same with __slots__, and of what they hold."""
    are_released(ext, ALL, with_slots, ("first", "second"))


@scenario
def python_subclasses_with_empty_slots(ext):
    """The same of class statements that add nothing."""
    are_released(ext, ALL, with_nothing)


@scenario
def python_subclasses_of_python_subclasses(ext):
    """The same two levels below, one with __slots__ and one with a dictionary."""
    are_released(ext, ALL, two_levels, ("first", "second"))


@scenario
def python_subclasses_of_types_without_a_struct(ext):
    """The same below types that add nothing to their base."""
    are_released(ext, WITHOUT_STRUCT, with_slots, ("first", "second"))


@scenario
def python_subclasses_with_a_second_base(ext):
    """The same of class statements with a second base without a struct, before or behind the other."""

    class Other:
        __slots__ = ()

    for label, bases in (("C, behind", (ext.Deep, ext.Mixin)), ("C, before", (ext.Mixin, ext.Deep)),
                         ("Python, behind", (ext.Deep, Other)), ("Python, before", (Other, ext.Deep))):
        is_released(ext, label, type("Joined", bases, {}), EXTENDED["Deep"], ("first",))


@scenario
def cycles_of_c_subclasses(ext):
    """Objects in a cycle through a field of any level end, with all that they hold, once."""
    cycles_end(ext, EXTENDED)


@scenario
def cycles_of_c_subclasses_that_inherit_traverse(ext):
    """The same of types that have no field of their own to visit."""
    cycles_end(ext, WITHOUT_TRAVERSE)


@scenario
def cycles_of_c_subclasses_without_a_struct(ext):
    """The same of types that add nothing."""
    cycles_end(ext, WITHOUT_STRUCT)


@scenario
def cycles_of_python_subclasses(ext):
    """The same of class statements below each type, with a dictionary."""
    cycles_end(ext, ALL, with_dictionary)


@scenario
def cycles_of_python_subclasses_with_slots(ext):
    """The same with __slots__."""
    cycles_end(ext, ALL, with_slots)


@scenario
def a_cycle_of_different_types(ext):
    """Objects of all types of the hierarchy in one cycle end, with all that they hold, once."""
    watch = Watch()
    ring, natives = [], []
    for name, shape in EXTENDED.items():
        one, opened = filled(getattr(ext, name), shape, lambda part: watch.thing(name + " " + part))
        ring.append(one)
        natives += opened
    for one, other in zip(ring, ring[1:] + ring[:1]):
        one.base_item = other
    collect()
    expect("while held", events(ext), [], source=DESTROY)
    del ring, one, other
    for _ in range(8):  # a tracing collector may end one object of the cycle after the other
        collect()
    expect_released("let go", watch, ["Base base", "Wide base", "Wide wide", "Deep base", "Deep wide", "Deep deep",
                                      "Fields base", "Fields fields"], CYCLES)
    expect("native resources", events(ext), natives, any_order=True, source=DESTROY)


@scenario
def what_is_replaced_is_released(ext):
    """A new content of one level's field releases the old one, and nothing of the other levels."""
    watch = Watch()
    one, natives = filled(ext.Deep, EXTENDED["Deep"], watch.thing)
    for part in ("wide", "base", "deep"):
        setattr(one, part + "_item", watch.thing("another " + part))
    expect_released("replaced", watch, ["wide", "base", "deep"], STORE)
    expect("left", [getattr(one, part + "_item").name for part in ("base", "wide", "deep")],
           ["another base", "another wide", "another deep"], source=STRUCT)
    expect("native resources meanwhile", events(ext), [], source=DESTROY)
    del one
    expect_released("all", watch, ["wide", "base", "deep", "another wide", "another base", "another deep"], RELEASED)
    expect("native resources", events(ext), natives, any_order=True, source=DESTROY)


@scenario
def an_object_in_fields_of_each_level(ext):
    """What all fields of an object hold, and other objects too, ends when the last of them lets go of it."""
    watch = Watch()
    thing = watch.thing("thing")
    one, two = ext.Deep(), ext.Fields()
    one.base_item = one.wide_item = one.deep_item = thing
    two.base_item = two.fields_item = thing
    del thing
    one.wide_item = None
    expect_released("one field", watch, [], STORE)
    del one
    expect_released("one object", watch, [], RELEASED)
    expect("held", (two.base_item.name, two.fields_item is two.base_item), ("thing", True), source=STORE)
    del two
    expect_released("both", watch, ["thing"], RELEASED)


@scenario
def contents_that_end_make_objects(ext):
    """Code that runs at the end of a content may make objects of the same types, and let go of them."""
    made = []

    class Maker:
        def __init__(self, name):
            self.name = name

        def __del__(self):
            one, natives = filled(getattr(ext, self.name), EXTENDED[self.name], lambda part: [part])
            made.extend(natives)

    for name, shape in EXTENDED.items():
        clear_events(ext)
        del made[:]
        one, natives = filled(getattr(ext, name), shape, lambda part: Maker(name))
        del one
        collect()
        expect(name + ": made", len(made), len(shape[0]) * len(shape[1]),
               source="Python language reference, 'Data model', object.__del__")
        expect(name + ": native resources", events(ext), natives + made, any_order=True, source=DESTROY)


@scenario
def contents_that_fail_as_they_end(ext):
    """An exception at the end of a content, on any level, reaches nobody; all else is released."""
    watch = Watch()

    class Failing:
        def __init__(self, part):
            self.thing = watch.thing(part)

        def __del__(self):
            raise ValueError("in a content")

    def use():
        one, opened = filled(ext.Deep, EXTENDED["Deep"], Failing)
        natives.extend(opened)
        del one
        collect()
        return "went on"

    natives = []
    expect("caller", attempt(use).value, "went on", source="Python language reference, 'Data model', object.__del__")
    expect_released("contents", watch, ["base", "wide", "deep"], RELEASED)
    expect("native resources", events(ext), natives, any_order=True, source=DESTROY)


@scenario
def an_exception_on_its_way_meets_the_end(ext):
    """An object whose end runs code in Python while an exception is on its way: it arrives, and all is released."""
    watch = Watch()
    natives = []

    def made(name):
        one, opened = filled(getattr(ext, name), EXTENDED[name], watch.thing)
        natives.extend(opened)
        return one

    for name, shape in EXTENDED.items():
        result = attempt(lambda: (made(name), 1 // 0))
        expect(name + ": arrives", (result.exception, result.message),
               ("ZeroDivisionError", attempt(lambda: 1 // 0).message), source=RELEASED)
    expect_released("contents", watch, [part for shape in EXTENDED.values() for part in shape[0]], RELEASED)
    expect("native resources", events(ext), natives, any_order=True, source=DESTROY)


@scenario
def native_resources_in_order(ext):
    """An object of three levels lets go of the resource of its own type first, and of that of the base last."""
    one, natives = filled(ext.Deep, EXTENDED["Deep"], lambda part: part)
    del one
    collect()
    expect("released", events(ext), natives[::-1], source=DESTROY)


@scenario
def contents_and_resources_in_order(ext):
    """In which order the contents and the native resources of an object of three levels end."""

    class Thing:
        def __init__(self, part):
            self.part = part

        def __del__(self):
            ext.note(self.part + " item", 0)

    one, natives = filled(ext.Deep, EXTENDED["Deep"], Thing)
    del one
    record("ended", [name for name, _ in events(ext)], facet="order")


@scenario
def many_objects_of_three_levels(ext):
    """Of many objects of three levels, those that live on are whole, and the others are released once."""
    kept, opened, ended = [], [], []
    for number in range(30):
        for name in ("Base", "Wide", "Deep"):
            shape = EXTENDED[name]
            one, natives = filled(getattr(ext, name), shape, lambda part: [part, number])
            if number % 3 == 0:
                kept.append((one, shape, number))
                opened += natives
            else:
                ended += natives
    del one
    collect()
    expect("released", events(ext), ended, any_order=True, source=DESTROY)
    expect("whole", [[getattr(one, part + "_item") for part in shape[0]] for one, shape, _ in kept],
           [[[part, number] for part in shape[0]] for _, shape, number in kept], source=STRUCT)
    clear_events(ext)
    del kept[:]
    collect()
    expect("the others", events(ext), opened, any_order=True, source=DESTROY)


def chain(ext, names, depth, end):
    """Objects that hold each other through the field of Base, with a resource each."""
    for number in range(depth):
        one = getattr(ext, names[number % len(names)])()
        one.open_base()
        one.base_item = end
        end = one
    return end


@scenario
def a_chain_of_different_types(ext):
    """A chain of sixty objects of all types of the hierarchy is released to its end, each object once."""
    watch = Watch()
    first = [chain(ext, ("Base", "Wide", "Deep"), 60, watch.thing("end"))]
    expect("while held", ext.count(), 0, source=DESTROY)
    del first[:]
    for _ in range(61):
        if not watch.unreferenced:
            collect()
    expect_released("end", watch, ["end"], RELEASED)
    expect("native resources", ext.count(), 60, source=DESTROY)
