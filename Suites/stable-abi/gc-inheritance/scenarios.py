import weakref

from hpy_conform import Watch, clear_events, collect, events, expect, expect_released, scenario

FLAG = "Python/C API, 'Type Objects', Py_TPFLAGS_HAVE_GC (inherited with tp_traverse and tp_clear if the subtype defines none)"
CYCLES = "Python/C API, 'Supporting Cyclic Garbage Collection'; 'Type Objects', tp_traverse and tp_clear"
TYPE = "Python/C API, 'Type Objects', tp_traverse (changed in 3.9: heap types visit their type)"

HAVE_GC = 1 << 14


def ring(ext, make, store):
    """Objects in a ring, which a watched object hangs on, end with it."""
    clear_events(ext)
    watch = Watch()
    objects = [make() for _ in range(5)]
    for number, one in enumerate(objects):
        store(one, [objects[number - 1], watch.thing(number)])
    del one, objects
    collect()
    expect("destroyed", len(events(ext, "destroy")), 5, source=CYCLES)
    expect_released("held", watch, list(range(5)), source=CYCLES)


@scenario
def flags(ext):
    """Who is of the collector, by its flag."""
    for cls in (ext.Node, ext.Bare, ext.Wide):
        expect(cls.__name__, bool(cls.__flags__ & HAVE_GC), True, source=FLAG)


@scenario
def rings_of_the_type(ext):
    """Objects of the type itself."""
    ring(ext, ext.Node, ext.Node.hold)


@scenario
def rings_of_a_type_that_inherits_all(ext):
    """Objects of a type that defines neither flag nor functions."""
    ring(ext, ext.Bare, ext.Bare.hold)


@scenario
def rings_through_the_field_of_the_subtype(ext):
    """Objects of a type with functions of its own, through its own field and through that of its base."""
    ring(ext, ext.Wide, ext.Wide.hold_more)
    ring_two(ext)


def ring_two(ext):
    clear_events(ext)
    one, two = ext.Wide(), ext.Wide()
    one.hold(two)
    two.hold_more(one)
    del one, two
    collect()
    expect("through both fields", len(events(ext, "destroy")), 2, source=CYCLES)


@scenario
def rings_of_python_subclasses(ext):
    """Classes of Python below each, through C's field and through the instance dictionary."""
    for cls in (ext.Node, ext.Bare, ext.Wide):

        class Sub(cls):
            pass

        clear_events(ext)
        one, two = Sub(), Sub()
        one.hold(two)
        two.attribute = one
        del one, two
        collect()
        expect(cls.__name__, len(events(ext, "destroy")), 2, source=CYCLES)


@scenario
def a_class_that_its_own_object_holds(ext):
    """A class of Python whose attribute is its own object, with the class as what C's field holds."""

    class Sub(ext.Bare):
        pass

    Sub.kept = Sub()
    Sub.kept.hold(Sub)
    there = weakref.ref(Sub)
    del Sub
    collect()
    expect("the class has ended", there() is None, True, source=TYPE)
