import weakref

from hpy_conform import Watch, attempt, clear_events, collect, events, expect, expect_released, raised, record, scenario

WEAKREF = "Python library, 'weakref', ref()"
ORDER = "Python library, 'weakref', ref() (from the most recently registered callback to the oldest)"
RAISED = "Python library, 'weakref', ref() (exceptions of the callback cannot be propagated)"
ALIVE = "Python library, 'weakref', ref() (called if the weakref object is still alive)"
HASH = "Python library, 'weakref', ref() (hash and equality)"
COUNT = "Python library, 'weakref', getweakrefcount() and getweakrefs()"
PROXY = "Python library, 'weakref', proxy() and ReferenceError"
CLASSES = "Python library, 'weakref' (type objects); Python language reference, type.__subclasses__"
OFFSET = "Python/C API, 'Type Objects', tp_weaklistoffset"
INHERITED = "Python/C API, 'Type Objects', tp_weaklistoffset (inherited; a subtype may override it)"
CLEAR = "Python/C API, 'Weak Reference Objects', PyObject_ClearWeakRefs"
NO_CALLBACKS = "Python/C API, 'Weak Reference Objects', PyUnstable_Object_ClearWeakRefsNoCallbacks"
FUNCTIONS = "Python/C API, 'Weak Reference Objects', PyWeakref_NewRef, PyWeakref_NewProxy and PyWeakref_GetRef"
FINALIZE = "Python/C API, 'Type Objects', tp_finalize; HPy porting guide, 'Deallocator slot Py_tp_dealloc'"


def classes(base):
    """Classes of Python below a type, whose objects are weakly referenced."""
    open_ = type("Open", (base,), {})
    return [open_, type("Slotted", (open_,), {"__slots__": ("held",)})]


def check(cls, label, itself=None):
    """References, proxies, containers and finalizers of the library know when the object ends."""
    one, called = cls(), []
    kept = [weakref.ref(one, lambda _: called.append("first")), weakref.ref(one), weakref.proxy(one),
            weakref.ref(one, lambda _: called.append("second")),
            weakref.proxy(one, lambda _: called.append("third"))]
    by_key, values = weakref.WeakKeyDictionary({one: 1}), weakref.WeakValueDictionary({1: one})
    members = weakref.WeakSet([one])
    finalizer = weakref.finalize(one, called.append, "finalize")
    one.number = 5
    expect(label + ": alive", (kept[0]() is one, kept[1]() is one, kept[2].number, kept[4].number, finalizer.alive),
           (True, True, 5, 5, True), source=WEAKREF)
    expect(label + ": full containers", (len(by_key), len(values), len(members)), (1, 1, 1), source=WEAKREF)
    if itself is not None:
        itself(one)
    del one
    collect()
    expect(label + ": dead", [kept[0](), kept[1](), kept[3]()], [None] * 3, source=WEAKREF)
    expect(label + ": proxies", [attempt(getattr, it, "number").exception for it in (kept[2], kept[4])],
           ["ReferenceError"] * 2, source=PROXY)
    expect(label + ": containers", (len(by_key), len(values), len(members), finalizer.alive), (0, 0, 0, False),
           source=WEAKREF)
    expect(label + ": called", called, ["finalize", "third", "second", "first"], any_order=True, source=WEAKREF)
    expect(label + ": order", called, ["finalize", "third", "second", "first"], facet="order", source=ORDER)


def hold_itself(one):
    one.held = one


# Objects of Python subclasses, of any type in C.


@scenario
def references_to_objects(ext):
    """Weak references of every kind are alive with the object and dead after it; callbacks run once, the last first."""
    for cls in classes(ext.Plain):
        check(cls, cls.__name__)


@scenario
def references_to_objects_in_cycles(ext):
    """The same where the object is part of a cycle."""
    for cls in classes(ext.Plain):
        check(cls, cls.__name__, hold_itself)


@scenario
def references_to_objects_with_slots(ext):
    """The same where __slots__ says that objects are weakly referenced."""
    for slots in (("__weakref__",), ("held", "__weakref__")):
        cls = type("Slotted", (ext.Plain,), {"__slots__": slots})
        check(cls, "%d slots" % len(slots))
        if len(slots) == 2:
            check(cls, "cyclic", hold_itself)


@scenario
def many_references_to_one_object(ext):
    """Of very many references, each callback runs once, in order; those that were dropped before do not run."""
    for cls in classes(ext.Plain):
        one, called = cls(), []
        kept = [weakref.ref(one, lambda _, number=number: called.append(number)) for number in range(300)]
        dropped = set(range(0, 300, 7))
        for number in dropped:
            kept[number] = None
        collect()
        expect(cls.__name__ + ": before", called, [], source=ALIVE)
        left = [number for number in reversed(range(300)) if number not in dropped]
        expect(cls.__name__ + ": counted", weakref.getweakrefcount(one), len(left), source=COUNT)
        del one
        collect()
        expect(cls.__name__ + ": called", called, left, any_order=True, source=ALIVE)
        expect(cls.__name__ + ": order", called == left, True, facet="order", source=ORDER)


@scenario
def references_that_are_gone_are_not_called(ext):
    """The callback of a reference that ended before the object is not called."""
    for cls in classes(ext.Plain):
        one, called = cls(), []
        reference = weakref.ref(one, called.append)
        del reference
        collect()
        del one
        collect()
        expect(cls.__name__, called, [], source=ALIVE)


@scenario
def callbacks_that_make_references(ext):
    """Callbacks may make objects and references of the same type, and end others; what they make works."""
    for cls in classes(ext.Plain):
        called, made, others = [], [], [cls() for _ in range(5)]
        alive, temporary = [weakref.ref(other) for other in others], []

        def callback(reference, number):
            called.append((number, reference()))
            temporary.append(weakref.ref(others[0], called.append))
            one = cls()
            made.append((one, weakref.ref(one)))
            if len(others) > 2:
                others.pop()

        one = cls()
        kept = [weakref.ref(one, lambda it, number=number: callback(it, number)) for number in range(4)]
        del one
        collect()
        name = cls.__name__
        expect(name + ": called", called, [(number, None) for number in range(4)], any_order=True, source=WEAKREF)
        expect(name + ": made", [reference() is one for one, reference in made], [True] * 4, source=WEAKREF)
        expect(name + ": others", [reference() is not None for reference in alive], [True] * 2 + [False] * 3,
               source=WEAKREF)
        expect(name + ": temporary", [reference() is others[0] for reference in temporary], [True] * 4, source=WEAKREF)
        del kept, callback, made[:], temporary[:], others[:]
        collect()
        expect(name + ": in the end", ([reference() for reference in alive], len(called)), ([None] * 5, 4),
               source=ALIVE)


@scenario
def callbacks_that_raise(ext):
    """What a callback raises reaches nobody: the other callbacks run, and the program goes on."""

    def fail(reference):
        raise ValueError("in a callback")

    for cls in classes(ext.Plain):
        for cyclic in (False, True):
            called = []

            def use():
                one = cls()
                kept = [weakref.ref(one, called.append), weakref.ref(one, fail), weakref.ref(one, called.append),
                        weakref.ref(one, fail), weakref.ref(one, called.append)]
                if cyclic:
                    one.held = one
                del one
                collect()
                return len(kept)

            label = cls.__name__ + (", cyclic" if cyclic else "")
            expect(label + ": caller", attempt(use).value, 5, source=RAISED)
            expect(label + ": the others", len(called), 3, source=RAISED)
            del called[:], use


@scenario
def callbacks_while_an_exception_is_raised(ext):
    """An object that ends while an exception is on its way runs its callbacks, and the exception arrives."""

    def fail(reference):
        raise ValueError("in a callback")

    for cls in classes(ext.Plain):
        called, kept = [], []

        def made():
            one = cls()
            kept.extend([weakref.ref(one, called.append), weakref.ref(one, fail), weakref.ref(one, called.append)])
            return one

        expect(cls.__name__, attempt(lambda: len(made())).exception, "TypeError", source=RAISED)
        collect()
        expect(cls.__name__ + ": called", (len(called), [it() for it in kept]), (2, [None] * 3), source=WEAKREF)
        del called[:], kept[:], made


@scenario
def hash_and_equality(ext):
    """References keep their hash, compare by their objects while these live, and by themselves after that."""
    for cls in classes(ext.Plain):
        one, other = cls(), cls()
        first, second, third = weakref.ref(one), weakref.ref(one, lambda _: None), weakref.ref(other)
        expected = hash(one)
        name = cls.__name__
        expect(name + ": alive", (first == second, first == third, hash(first) == expected), (True, False, True),
               source=HASH)
        del one, other
        collect()
        expect(name + ": dead", (first == second, first == first, hash(first) == expected), (False, True, True),
               source=HASH)
        expect(name + ": never asked", attempt(hash, third), raised(TypeError), source=HASH)


@scenario
def references_are_counted(ext):
    """The library counts and lists the references to an object."""
    for cls in classes(ext.Plain):
        one = cls()
        counts = [weakref.getweakrefcount(one)]
        first = weakref.ref(one, lambda _: None)
        second = weakref.proxy(one, lambda _: None)
        counts.append(weakref.getweakrefcount(one))
        found = weakref.getweakrefs(one)
        expect(cls.__name__, (counts, sorted([any(it is each for it in found) for each in (first, second)])),
               ([0, 2], [True, True]), source=COUNT)
        del found, first
        collect()
        expect(cls.__name__ + ": one less", weakref.getweakrefcount(one), 1, source=COUNT)
        del second
        collect()
        expect(cls.__name__ + ": none", weakref.getweakrefs(one), [], source=COUNT)


@scenario
def subclasses_of_references(ext):
    """A subclass of ref has attributes and its own call, and its callback gets it."""

    class Counted(weakref.ref):
        def __call__(self):
            self.calls = getattr(self, "calls", 0) + 1
            return super().__call__()

    for cls in classes(ext.Plain):
        one, called = cls(), []
        reference = Counted(one, called.append)
        expect(cls.__name__, (reference() is one, reference() is one, reference.calls), (True, True, 2), source=WEAKREF)
        del one
        collect()
        expect(cls.__name__ + ": dead", (reference(), [it is reference for it in called]), (None, [True]),
               source=WEAKREF)
        del called[:]


@scenario
def references_to_classes(ext):
    """References to a class below a type in C are alive as long as the class is, and as its objects are."""
    called = []
    cls = type("Open", (ext.Plain,), {})
    one = cls()
    reference = weakref.ref(cls, lambda _: called.append("class"))
    object_ = weakref.ref(one, lambda _: called.append("object"))
    expect("listed", [it for it in ext.Plain.__subclasses__() if it is cls] == [cls], True, source=CLASSES)
    del cls
    collect()
    expect("while there is an object", (reference() is type(one), called), (True, []), source=CLASSES)
    del one
    collect()
    expect("without", (reference(), object_()), (None, None), source=CLASSES)
    expect("called", called, ["class", "object"], any_order=True, source=CLASSES)
    expect("listed in the end", "Open" in [it.__name__ for it in ext.Plain.__subclasses__()], False, source=CLASSES)


@scenario
def references_to_the_types_themselves(ext):
    """The types in C are referenced weakly, as every type."""
    for base in (ext.Plain, ext.Node):
        reference, proxy = weakref.ref(base), weakref.proxy(base)
        expect(base.__name__, (reference() is base, proxy.__name__), (True, base.__name__), source=CLASSES)
        del reference, proxy


# Objects that are finalized.


def finalizers_and_callbacks(ext, cls, cyclic, label):
    """Which comes first, for objects that end and for those that their finalizer keeps."""
    one, order = cls(), []
    reference = weakref.ref(one, lambda _: order.append("callback"))
    inside = []
    one.arm(lambda it: (order.append("finalizer"), inside.append(reference() is it)) and None)
    if cyclic:
        one.held = one
    del one
    collect()
    expect(label, order, ["callback", "finalizer"], any_order=True, source=FINALIZE)
    record(label + ": order", order, facet="order")
    record(label + ": alive in the finalizer", inside)
    expect(label + ": dead", reference(), None, source=WEAKREF)
    expect(label + ": destroyed", len(events(ext, "destroy")), 1, source=FINALIZE)
    clear_events(ext)


@scenario
def finalizers_and_callbacks_alone(ext):
    """The finalizer and the callback both run, once; the object ends."""
    for cls in classes(ext.Node):
        finalizers_and_callbacks(ext, cls, False, cls.__name__)


@scenario
def finalizers_and_callbacks_in_cycles(ext):
    """The same for an object in a cycle."""
    for cls in classes(ext.Node):
        finalizers_and_callbacks(ext, cls, True, cls.__name__)


def kept_by_the_finalizer(ext, cls, cyclic, label):
    one, kept, called = cls(), [], []
    before = weakref.ref(one, lambda _: called.append("before"))
    one.arm(kept.append)
    if cyclic:
        one.held = one
    del one
    collect()
    expect(label + ": kept", (len(kept), events(ext, "destroy")), (1, []), source=FINALIZE)
    record(label + ": the reference from before", (before() is kept[0], list(called)))
    after = weakref.ref(kept[0], lambda _: called.append("after"))
    expect(label + ": a new one", after() is kept[0], True, source=WEAKREF)
    del kept[:]
    collect()
    expect(label + ": dead", (before(), after()), (None, None), source=WEAKREF)
    expect(label + ": called", called, ["before", "after"], any_order=True, source=WEAKREF)
    expect(label + ": destroyed", len(events(ext, "destroy")), 1, source=FINALIZE)
    clear_events(ext)


@scenario
def objects_that_are_kept(ext):
    """References to an object that its finalizer kept: new ones are alive until it ends; each callback runs once."""
    for cls in classes(ext.Node):
        kept_by_the_finalizer(ext, cls, False, cls.__name__)


@scenario
def objects_that_are_kept_in_cycles(ext):
    """The same for an object in a cycle."""
    for cls in classes(ext.Node):
        kept_by_the_finalizer(ext, cls, True, cls.__name__)


def made_in_the_finalizer(ext, cls, cyclic, label):
    one, made, called = cls(), [], []
    one.arm(lambda it: made.append(weakref.ref(it, called.append)) or made.append(made[0]() is it))
    if cyclic:
        one.held = one
    del one
    collect()
    expect(label, (made[0](), made[1]), (None, True), source=WEAKREF)
    record(label + ": callback", len(called))
    expect(label + ": destroyed", len(events(ext, "destroy")), 1, source=FINALIZE)
    clear_events(ext)


@scenario
def references_made_in_the_finalizer(ext):
    """A reference that the finalizer makes is alive then, and dead after the object."""
    for cls in classes(ext.Node):
        made_in_the_finalizer(ext, cls, False, cls.__name__)


@scenario
def references_made_in_the_finalizer_in_cycles(ext):
    """The same for an object in a cycle."""
    for cls in classes(ext.Node):
        made_in_the_finalizer(ext, cls, True, cls.__name__)


@scenario
def a_callback_keeps_what_the_object_held(ext):
    """What an object holds is whole while the callback of a reference to the object runs, which may keep it."""
    for cls in classes(ext.Plain):
        watch, kept = Watch(), []
        one, thing = cls(), watch.thing("held")
        other = weakref.ref(thing)
        one.held = thing
        reference = weakref.ref(one, lambda _: kept.append(other()))
        del one, thing
        collect()
        record(cls.__name__ + ": found", [it is not None for it in kept])
        del kept[:], reference
        expect_released(cls.__name__, watch, ["held"], source=WEAKREF)


# The place for references in the struct.


@scenario
def references_in_the_struct(ext):
    """Objects are weakly referenced, their list in the struct, with and without the collector."""
    for base in (ext.Listed, ext.Small):
        for cls in (base, type("Open", (base,), {}), type("Slotted", (base,), {"__slots__": ("held",)})):
            check(cls, "%s, %s" % (base.__name__, cls.__name__))
            expect("%s, %s: twice" % (base.__name__, cls.__name__),
                   attempt(type, "Again", (cls,), {"__slots__": ("__weakref__",)}).exception, "TypeError",
                   source="Python language reference, 'Data model', __slots__")


@scenario
def references_in_a_subclass_in_c(ext):
    """A subclass in C has the list of its base, or another one in a place of its own."""
    for base in (ext.Below, ext.Moved):
        for cls in (base, type("Open", (base,), {}), type("Slotted", (base,), {"__slots__": ("held",)})):
            label = "%s, %s" % (base.__name__, cls.__name__)
            check(cls, label)
            one = cls()
            one.number = 7
            references = [weakref.ref(one) for _ in range(3)] + [weakref.ref(one, lambda _: None)]
            if base is ext.Moved:
                one.other = 8
                expect(label + ": beside", (one.number, one.other), (7, 8), source=INHERITED)
            expect(label + ": referenced", [it() is one for it in references], [True] * 4, source=INHERITED)
            del one
            collect()
            expect(label + ": then dead", [it() for it in references], [None] * 4, source=INHERITED)


@scenario
def references_in_the_struct_in_a_cycle(ext):
    """The same where the object is part of a cycle, through its struct or through attributes of a subclass."""
    check(ext.Listed, "Listed", lambda one: one.arm(one.arm))
    for base in (ext.Listed, ext.Small, ext.Moved):
        for cls in (type("Open", (base,), {}), type("Slotted", (base,), {"__slots__": ("held",)})):
            check(cls, "%s, %s" % (base.__name__, cls.__name__), hold_itself)


@scenario
def finalizers_and_callbacks_of_the_struct(ext):
    """tp_finalize and the callback both run, once, whichever is first; the object ends."""
    finalizers_and_callbacks(ext, ext.Listed, False, "Listed")
    for cls in (type("Open", (ext.Listed,), {}), type("Slotted", (ext.Listed,), {"__slots__": ("held",)})):
        finalizers_and_callbacks(ext, cls, False, cls.__name__)
        finalizers_and_callbacks(ext, cls, True, cls.__name__ + ", cyclic")


@scenario
def references_made_in_the_finalizer_of_the_struct(ext):
    """A reference that tp_finalize makes is alive then, and dead after the object."""
    made_in_the_finalizer(ext, ext.Listed, False, "Listed")
    for cls in (type("Open", (ext.Listed,), {}), type("Slotted", (ext.Listed,), {"__slots__": ("held",)})):
        made_in_the_finalizer(ext, cls, False, cls.__name__)
        made_in_the_finalizer(ext, cls, True, cls.__name__ + ", cyclic")


@scenario
def the_struct_of_an_object_that_is_kept(ext):
    """References to an object that tp_finalize kept: new ones are alive until it ends, and each callback runs once."""
    kept_by_the_finalizer(ext, ext.Listed, False, "Listed")
    for cls in (type("Open", (ext.Listed,), {}), type("Slotted", (ext.Listed,), {"__slots__": ("held",)})):
        kept_by_the_finalizer(ext, cls, False, cls.__name__)
        kept_by_the_finalizer(ext, cls, True, cls.__name__ + ", cyclic")


@scenario
def callbacks_and_the_deallocator(ext):
    """PyObject_ClearWeakRefs calls the callbacks, where the struct has the list of references."""
    for cls in (ext.Listed, type("Open", (ext.Listed,), {})):
        one, destroyed = cls(), []
        reference = weakref.ref(one, lambda _: destroyed.append(len(events(ext, "destroy"))))
        del one
        collect()
        expect(cls.__name__, (len(destroyed), len(events(ext, "destroy")), reference()), (1, 1, None), source=CLEAR)
        record(cls.__name__ + ": destroyed before the callback", destroyed)
        clear_events(ext)


@scenario
def cleared_without_callbacks(ext):
    """PyUnstable_Object_ClearWeakRefsNoCallbacks leaves the references dead, and calls nothing."""
    for cls in (ext.Quiet, type("Open", (ext.Quiet,), {})):
        one, called = cls(), []
        kept = [weakref.ref(one, called.append), weakref.ref(one), weakref.proxy(one, called.append)]
        del one
        collect()
        expect(cls.__name__, (called, kept[0](), kept[1](), attempt(getattr, kept[2], "number").exception),
               ([], None, None, "ReferenceError"), source=NO_CALLBACKS)
        expect(cls.__name__ + ": destroyed", len(events(ext, "destroy")), 1, source=NO_CALLBACKS)
        clear_events(ext)


@scenario
def functions_of_the_c_api(ext):
    """References and proxies that C makes are those of the library, with and without a callback."""
    for cls in classes(ext.Plain):
        one, called, name = cls(), [], cls.__name__
        one.number = 5
        kept = [ext.new_ref(one), ext.new_ref(one, None), ext.new_ref(one, called.append)]
        proxies = [ext.new_proxy(one), ext.new_proxy(one, None), ext.new_proxy(one, called.append)]
        expect(name + ": alive", ([it() is one for it in kept], [it.number for it in proxies]), ([True] * 3, [5] * 3),
               source=FUNCTIONS)
        expect(name + ": got", [ext.get(it) is one for it in kept], [True] * 3, source=FUNCTIONS)
        expect(name + ": checked", [ext.checks(it) for it in (kept[0], proxies[0], one)],
               [(1, 1, 0), (1, 0, 1), (0, 0, 0)], source="Python/C API, 'Weak Reference Objects', PyWeakref_Check")
        del one
        collect()
        expect(name + ": dead", [ext.get(it) for it in kept], [None] * 3, source=FUNCTIONS)
        expect(name + ": called", sorted(type(it) is weakref.ref for it in called), [False, True], source=FUNCTIONS)
        del called[:]


@scenario
def the_object_of_a_proxy(ext):
    """C gets at the object of a proxy as at that of a reference."""
    for cls in classes(ext.Plain):
        one = cls()
        proxies = [ext.new_proxy(one), ext.new_proxy(one, id), weakref.proxy(one)]
        expect(cls.__name__ + ": alive", attempt(lambda: [ext.get(it) is one for it in proxies]).value, [True] * 3,
               source=FUNCTIONS)
        del one
        collect()
        expect(cls.__name__ + ": dead", attempt(lambda: [ext.get(it) for it in proxies]).value, [None] * 3,
               source=FUNCTIONS)


@scenario
def functions_of_the_c_api_refuse(ext):
    """What can't be referenced weakly is refused, as what is no reference; of a callback it depends on the version."""
    for function in (ext.new_ref, ext.new_proxy):
        name = function.__name__
        expect(name + ": an int", attempt(function, 5), raised(TypeError), source=FUNCTIONS)
        one = type("Open", (ext.Plain,), {})()
        record(name + ": a callback", attempt(function, one, 5).exception)  # TypeError from 3.16 on (gh-80384)
    expect("no reference", attempt(ext.get, 5).exception is not None, True, source=FUNCTIONS)
