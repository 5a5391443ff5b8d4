import weakref

from hpy_conform import clear_events, collect, events, expect, scenario

HELD = "Python/C API, 'Type Objects', tp_alloc and tp_dealloc (an object of a heap type owns a reference to its type)"
ONCE = "Python/C API, 'Object Life Cycle', Life Events (tp_dealloc runs once)"
INHERITED = "Python/C API, 'Type Objects', tp_dealloc (inherited by subtypes)"


def life(ext, make):
    """Objects of a type whose name is gone keep it; with the last of them it ends, and each is destroyed once."""
    clear_events(ext)
    made = make()
    there = weakref.ref(made)
    objects = [made() for _ in range(20)]
    del made
    collect()
    expect("the type lives with its objects", there() is not None, True, source=HELD)
    del objects[1:]
    collect()
    expect("with the last of them", there() is not None, True, source=HELD)
    expect("destroyed before", len(events(ext, "destroy")), 19, source=ONCE)
    del objects[:]
    collect()
    expect("the type has ended", there() is None, True, source=HELD)
    destroyed = events(ext, "destroy")
    expect("destroyed", len(destroyed), 20, source=ONCE)
    expect("each once", len(set(destroyed)), 20, source=ONCE)


@scenario
def a_type_of_the_extension(ext):
    """The type itself."""
    life(ext, ext.make)


@scenario
def a_python_subclass(ext):
    """A class statement below the type."""

    def make():
        class Sub(ext.make()):
            pass

        return Sub

    life(ext, make)


@scenario
def a_python_subclass_with_slots(ext):
    """A class statement that adds a slot, and no dictionary."""

    def make():
        class Sub(ext.make()):
            __slots__ = ("extra",)

        return Sub

    life(ext, make)


@scenario
def an_inherited_deallocator_in_another_binary(ext):
    """A type of another module, whose binary knows the struct and not the deallocator."""
    import other

    life(ext, lambda: other.plain(ext.make()))


@scenario
def a_deallocator_of_its_own_in_another_binary(ext):
    """The deallocator of a type of another module calls that of the base, which gives the reference back."""
    import other

    life(ext, lambda: other.own(ext.make()))
    expect("its own ran", len(events(other, "derived")), 20, source=INHERITED)


@scenario
def two_levels_and_a_python_class(ext):
    """Types of both binaries and of Python, each below the one before."""
    import other

    def make():
        class Sub(other.plain(other.own(ext.make()))):
            pass

        return Sub

    life(ext, make)
    expect("its own ran", len(events(other, "derived")), 20, source=INHERITED)


@scenario
def types_without_objects_end(ext):
    """A type that nothing is made of ends with its last name."""
    made = [ext.make() for _ in range(10)]
    there = [weakref.ref(one) for one in made]
    del made
    collect()
    expect("alive", sum(one() is not None for one in there), 0, source=HELD)
