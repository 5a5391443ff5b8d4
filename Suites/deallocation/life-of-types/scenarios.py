import weakref

from hpy_conform import Watch, clear_events, collect, events, expect, record, scenario

ENDED = ("Python/C API, 'Type Objects', Heap Types (reference counted, freed when nothing refers to them); "
         "HPy API, 'HPy Type', HPyType_FromSpec")
OWNED = "Python/C API, 'Type Objects', tp_dealloc and tp_traverse (an object owns a reference to its heap type)"
CYCLES = "Python/C API, 'Supporting Cyclic Garbage Collection'; 'Type Objects', tp_traverse (visits the type)"
DESTROY = "HPy porting guide, 'Deallocator slot Py_tp_dealloc'; Python/C API, 'Type Objects', tp_dealloc"
FINALIZE = "Python/C API, 'Object Life Cycle', Cyclic Isolate Destruction (all are finalized before any is cleared)"
SUBCLASSES = "Python language reference, 'Data model', type.__subclasses__ (those still alive)"
MODULE = ("Python HOWTO, 'Isolating Extension Modules', Lifetime of the Module State (types and their instances hold a "
          "reference to the module)")
DEL = "Python language reference, 'Data model', object.__del__; PEP 442"


class Ends:
    """Which of some types, and of the objects in their attributes, have ended."""

    def __init__(self):
        self.types = []
        self.references = []
        self.watch = Watch()

    def add(self, name, cls):
        self.references.append(weakref.ref(cls, lambda _: self.types.append(name)))
        cls.attribute = self.watch.thing(name)
        return cls

    def all(self):
        """The names of what has ended: types and attributes, which end together; if not, both lists."""
        collect()
        types, attributes = sorted(self.types), sorted(self.watch.finalized)
        return types if types == attributes else (types, attributes)


@scenario
def a_type_ends_with_its_last_object(ext):
    """A type that nothing else refers to lives as long as its objects, and the last of them is destroyed before it."""
    for name in ("Thing", "Noting", "Bare"):
        ends = Ends()
        cls = ends.add(name, ext.make(name, None))
        objects = [cls() for _ in range(3)]
        reference = ends.references[0]
        del cls
        expect(name + ": three objects", ends.all(), [], source=OWNED)
        del objects[0]
        objects.append(type(objects[0])())
        expect(name + ": others", (ends.all(), [type(one) is reference() for one in objects]), ([], [True] * 3),
               source=OWNED)
        del objects[:2]
        expect(name + ": the last", (ends.all(), objects[0].attribute.name), ([], name), source=OWNED)
        destroyed = 0 if name == "Bare" else 4
        del objects
        expect(name + ": none", ends.all(), [name], source=ENDED)
        expect(name + ": destroyed", len(events(ext, "destroy")), destroyed, source=DESTROY)
        clear_events(ext)


@scenario
def a_type_and_its_objects_in_cycles(ext):
    """A type ends that its object refers to, that refers to its object, and both; objects are destroyed."""
    def in_the_object(cls):
        cls().hold(cls)

    def in_the_type(cls):
        cls.kept = cls()

    def in_both(cls):
        cls.kept = cls().hold(cls)

    def in_a_list(cls):
        cls.kept = [cls() for _ in range(3)]
        for one in cls.kept:
            one.hold(cls.kept)

    def in_a_method(cls):
        cls.kept = cls().hold

    def of_another_type(cls):
        other = ends.add("other", ext.make("Thing", None))
        cls.kept, other.kept = other(), cls()

    for cycle, count in ((in_the_object, 1), (in_the_type, 1), (in_both, 1), (in_a_list, 3), (in_a_method, 1),
                         (of_another_type, 2)):
        ends = Ends()
        cycle(ends.add("one", ext.make("Thing", None)))
        names = ["one", "other"] if cycle is of_another_type else ["one"]
        expect(cycle.__name__, ends.all(), names, source=CYCLES)
        expect(cycle.__name__ + ": destroyed", len(events(ext, "destroy")), count, source=DESTROY)
        clear_events(ext)


@scenario
def types_in_cycles_with_each_other(ext):
    """Types end that refer to each other by attributes, and to themselves, without objects."""
    ends = Ends()
    one, other, itself = (ends.add(name, ext.make("Bare", None)) for name in ("one", "other", "itself"))
    one.other, other.other, itself.other = other, one, itself
    del one, itself
    expect("held by one", ends.all(), ["itself"], source=CYCLES)
    del other
    expect("held by none", ends.all(), ["itself", "one", "other"], source=CYCLES)


@scenario
def many_types_end(ext):
    """Of many types from one spec, each ends by itself, and its objects are destroyed."""
    ends, kept = Ends(), []
    for number in range(60):
        cls = ends.add("%02d" % number, ext.make("Thing", None))
        one = cls().hold(number)
        if number % 3 == 0:
            kept.append(one)
    del cls, one
    expect("without an object", ends.all(), ["%02d" % number for number in range(60) if number % 3], source=ENDED)
    expect("destroyed", len(events(ext, "destroy")), 40, source=DESTROY)
    expect("those that are left", [(one.held(), one.attribute.name) for one in kept],
           [(number, "%02d" % number) for number in range(0, 60, 3)], source=OWNED)
    del kept[:]
    expect("all", len(ends.all()), 60, source=ENDED)
    expect("all are destroyed", len(events(ext, "destroy")), 60, source=DESTROY)


@scenario
def a_hierarchy_ends_with_its_last_object(ext):
    """Types that are derived from each other live as long as an object of the last one, and end with it."""
    for name in ("Thing", "Bare"):
        ends, cls = Ends(), None
        for number in range(8):
            cls = ends.add("%s %d" % (name, number), ext.make(name, cls))
        one = cls()
        del cls
        expect(name + ": while there is an object", (ends.all(), len(type(one).__mro__)), ([], 9), source=OWNED)
        del one
        expect(name, ends.all(), ["%s %d" % (name, number) for number in range(8)], source=ENDED)


@scenario
def subclasses_that_ended_are_not_listed(ext):
    """A type lists the subclasses that are alive, and no others."""
    base = ext.make("Bare", None)
    one, other = ext.make("Bare", base), ext.make("Bare", base)
    expect("both", [cls in base.__subclasses__() for cls in (one, other)], [True, True], source=SUBCLASSES)
    del one
    collect()
    expect("one", [cls is other for cls in base.__subclasses__()], [True], source=SUBCLASSES)
    kept = other()
    del other
    collect()
    expect("while there is an object", [cls is type(kept) for cls in base.__subclasses__()], [True], source=SUBCLASSES)
    del kept
    collect()
    expect("none", base.__subclasses__(), [], source=SUBCLASSES)


@scenario
def what_else_keeps_a_type(ext):
    """A method of an object, one of the type, and super() keep the type alive, work, and let go of it."""
    kinds = {
        "method": lambda cls: cls().hold,
        "function": lambda cls: cls.hold,
        "super": lambda cls: super(cls, cls()),
        "iterator": lambda cls: iter([cls]),
        "mro": lambda cls: cls.__mro__,
    }
    for kind, keep in kinds.items():
        ends = Ends()
        kept = keep(ends.add(kind, ext.make("Thing", None)))
        expect(kind + ": kept", ends.all(), [], source=OWNED)
        if kind == "method":
            expect(kind + ": works", kept(5).held(), 5, source=OWNED)
        del kept
        expect(kind + ": let go", ends.all(), [kind], source=ENDED)


@scenario
def a_type_taken_out_of_its_module(ext):
    """Objects of a type work on when the module no longer has it; the type ends with the last."""
    ends = Ends()
    ext.Temporary = ends.add("type", ext.make("Thing", None))
    one = ext.Temporary().hold("content")
    del ext.Temporary
    expect("still there", (ends.all(), one.held(), type(one).__name__), ([], "content", "Thing"), source=OWNED)
    other = type(one)().hold(one)
    del one
    expect("new objects", (ends.all(), other.held().held()), ([], "content"), source=OWNED)
    del other
    expect("ended", ends.all(), ["type"], source=ENDED)
    expect("destroyed", len(events(ext, "destroy")), 2, source=DESTROY)


@scenario
def a_type_of_the_module_is_deleted_and_set(ext):
    """The type that a module was made with is deleted from it and set again; objects and subclasses work meanwhile."""
    base = ext.Base
    one, cls = base(), type("Sub", (base,), {})
    del ext.Base
    collect()
    expect("objects", (type(one) is base, isinstance(cls(), base), type(base()) is base), (True, True, True),
           source=OWNED)
    expect("the module", hasattr(ext, "Base"), False, source=OWNED)
    ext.Base = base
    del cls, one
    collect()
    expect("again", type(ext.Base()) is base, True, source=OWNED)


@scenario
def finalizers_find_their_type(ext):
    """A finalizer gets at its object's type and the type's attributes, also where both end together."""
    seen = []

    def alone(cls):
        cls()

    def in_the_object(cls):
        cls().hold(cls)

    def in_the_type(cls):
        cls.kept = cls()

    def in_both(cls):
        cls.kept = cls().hold(cls)

    for cycle in (alone, in_the_object, in_the_type, in_both):
        ends = Ends()
        cls = ends.add("type", ext.make("Noting", None))
        cls.note = lambda: seen.append("noted")
        cycle(cls)
        del cls
        name = cycle.__name__
        expect(name, ends.all(), ["type"], source=CYCLES)
        expect(name + ": noted", (seen, events(ext, "noted")), (["noted"], [1]), source=FINALIZE)
        del seen[:]
        clear_events(ext)


@scenario
def classes_with_a_finalizer(ext):
    """A class below a type in C whose metaclass has __del__ is finalized once, and may be kept."""
    seen, kept = [], []

    class Meta(type):
        def __del__(cls):
            seen.append(cls.__name__)
            if cls.keeps:
                kept.append(cls)

    cls = Meta("Ends", (ext.Base,), {"keeps": False})
    one = cls()
    del cls
    collect()
    expect("while there is an object", seen, [], source=DEL)
    del one
    collect()
    expect("ended", seen, ["Ends"], source=DEL)
    cls = Meta("Kept", (ext.Base,), {"keeps": True})
    cls.itself = cls()
    reference = weakref.ref(cls)
    del cls
    collect()
    expect("kept", (seen, [type(it()) is it and isinstance(it.itself, it) for it in kept]), (["Ends", "Kept"], [True]),
           source=DEL)
    record("a reference from before", reference() is not None)
    after = [weakref.ref(it) for it in kept]
    del kept[:]
    collect()
    expect("in the end", (seen, kept, [it() for it in after]), (["Ends", "Kept"], [], [None]), source=DEL)


# The module of a type.


@scenario
def the_module_in_a_deallocator(ext):
    """A deallocator gets at the module of its type and at the module's state, of the type's last object, too."""
    cls = ext.make("Asking", None)
    one = cls()
    del one
    collect()
    expect("alone", events(ext)[:2], [("module", 1), ("state", 42)], source=MODULE)
    clear_events(ext)
    cls().hold(cls).hold(None)
    one = cls()
    one.hold(one)
    del one
    collect()
    expect("in a cycle", events(ext, "state"), [42, 42], source=MODULE)
    clear_events(ext)
    one = cls()
    del cls
    collect()
    del one
    collect()
    expect("the last", (events(ext, "module"), events(ext, "state")), ([1], [42]), source=MODULE)


@scenario
def the_module_of_a_type_that_ends_too(ext):
    """The same where one collection ends the object and its type."""
    cls = ext.make("Asking", None)
    cls.kept = cls()
    del cls
    collect()
    expect("held by the type", (events(ext, "module"), events(ext, "state")), ([1], [42]), source=MODULE)
    clear_events(ext)
    ext.make("Asking", None)().hold(None)
    cls = ext.make("Asking", None)
    cls().hold(cls)
    del cls
    collect()
    expect("holding the type", (events(ext, "module"), events(ext, "state")), ([1, 1], [42, 42]), source=MODULE)
    clear_events(ext)
    cls = ext.make("Asking", None)
    one = cls()
    one.hold(one)
    cls.kept = one
    del cls, one
    collect()
    expect("in a cycle of its own", (events(ext, "module"), events(ext, "state")), ([1], [42]), source=MODULE)
