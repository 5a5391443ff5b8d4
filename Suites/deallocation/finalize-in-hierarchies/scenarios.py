from hpy_conform import Watch, attempt, clear_events, collect, events, expect, expect_released, scenario

FINALIZE = ("Python/C API, 'Object Life Cycle' and 'Type Objects', tp_finalize (subtypes inherit it); PEP 442 (called "
            "once); HPy porting guide, 'Deallocator slot Py_tp_dealloc'")
OWN = "Python/C API, 'Type Objects', tp_finalize (a subtype inherits what it does not define)"
DESTROY = "HPy porting guide, 'Deallocator slot Py_tp_dealloc'; Python/C API, 'Type Objects', tp_dealloc"
RELEASED = "HPy porting guide, 'tp_dealloc and Py_DECREF'; Python/C API, 'Type Objects', tp_dealloc"
CYCLE = ("PEP 442 and Python/C API, 'Object Life Cycle' (the objects of a cycle are finalized, then cleared and "
         "destroyed)")
PENDING = "Python/C API, 'Type Objects', tp_finalize (leaves the exception that is set as it is)"
DEL = ("Python language reference, 'Data model', object.__del__ (the derived class's calls that of the base); Python/C "
       "API, 'Type Objects', tp_finalize")
UNRAISABLE = "HPy API, HPyErr_WriteUnraisable; Python/C API, 'Exception Handling', PyErr_WriteUnraisable"

# What is recorded of the finalizer of an object of each type.
INHERITING = {"Guard": ("finalize",), "Heir": ("finalize",)}
OVERRIDING = {"Caller": ("caller", "finalize"), "Alone": ("alone",), "Late": ("late",)}
FINALIZED = dict(INHERITING, **OVERRIDING)


def life(ext, cls, callback, peer=None):
    """What is recorded of one object with this callback, without its serial."""
    clear_events(ext)
    cls().arm(callback, peer)
    collect()
    return [name for name, _ in events(ext)]


def is_finalized_once(ext, types):
    for name, finalizers in types.items():
        seen = []
        expect(name, life(ext, getattr(ext, name), lambda one: seen.append(one.peer), name),
               list(finalizers) + ["destroy"], source=FINALIZE)
        expect(name + ": callback", seen, [name], source=FINALIZE)


def deleting(cls):
    """A class statement whose __del__ calls that of its base, and notes before and after."""
    noted = []

    class Deleting(cls):
        def __del__(self):
            noted.append("before")
            super().__del__()
            noted.append("after")

    return Deleting, noted


def deriving(cls, slots=None):
    return type("Derived", (cls,), {} if slots is None else {"__slots__": slots})


@scenario
def c_subclasses_that_inherit_finalize(ext):
    """An object of the base, or of a C subclass without finalize, is finalized once, then destroyed."""
    is_finalized_once(ext, INHERITING)


@scenario
def a_c_subclass_that_adds_nothing(ext):
    """The same of a C subclass without a struct and without slots."""
    is_finalized_once(ext, {"Bare": ("finalize",)})


@scenario
def c_subclasses_with_their_own_finalize(ext):
    """The finalizer of the subclass takes the place of the base's, which is called where the subclass does so."""
    is_finalized_once(ext, OVERRIDING)


@scenario
def a_base_without_finalize(ext):
    """A finalizer that a subclass adds is not called for objects of the base."""
    expect("base", life(ext, ext.Quiet, None), ["destroy"], source=OWN)
    expect("subclass", life(ext, ext.Late, lambda one: None), ["late", "destroy"], source=OWN)
    expect("base after it", life(ext, ext.Quiet, None), ["destroy"], source=OWN)


@scenario
def python_subclasses_inherit_finalize(ext):
    """An object of a class statement below each type, with a dictionary or slots, is finalized once and destroyed."""
    for name, finalizers in FINALIZED.items():
        for label, slots in (("dictionary", None), ("empty slots", ()), ("slots", ("own",))):
            seen = []
            expect("%s, %s" % (name, label),
                   life(ext, deriving(getattr(ext, name), slots), lambda one: seen.append(one.peer), name),
                   list(finalizers) + ["destroy"], source=FINALIZE)
            expect("%s, %s: callback" % (name, label), seen, [name], source=FINALIZE)


@scenario
def del_of_a_python_subclass(ext):
    """__del__ takes the place of the finalizer of each type; destroy runs afterwards, once."""
    for name in FINALIZED:
        seen = []

        class Derived(getattr(ext, name)):
            def __del__(self):
                seen.append(self.peer)

        expect(name, life(ext, Derived, None, name), ["destroy"], source=DEL)
        expect(name + ": __del__", seen, [name], source=DEL)


@scenario
def del_calls_the_finalizer_of_the_base(ext):
    """super().__del__() in a class statement is the finalizer of each type, and runs where it is called."""
    for name, finalizers in FINALIZED.items():
        cls, noted = deleting(getattr(ext, name))
        expect(name, life(ext, cls, lambda one: noted.append("callback"), None), list(finalizers) + ["destroy"],
               source=DEL)
        expect(name + ": in order", noted, ["before", "callback", "after"], source=DEL)


@scenario
def del_below_a_type_without_finalize(ext):
    """A class statement below a type without finalize adds __del__."""
    seen = []

    class Derived(ext.Quiet):
        def __del__(self):
            seen.append(self.peer)

    expect("events", life(ext, Derived, None, "peer"), ["destroy"], source=DEL)
    expect("__del__", seen, ["peer"], source=DEL)


@scenario
def finalize_keeps_an_object_of_a_c_subclass(ext):
    """What finalize kept is whole and undestroyed, with the fields of all levels; it is not finalized again."""
    for name, finalizers in FINALIZED.items():
        clear_events(ext)
        kept, watch = [], Watch()
        one = getattr(ext, name)().arm(kept.append, watch.thing("peer"))
        if name != "Guard":
            one.item = watch.thing("item")
        held = ["peer"] if name == "Guard" else ["peer", "item"]
        del one
        expect_released(name + ": while kept", watch, [], FINALIZE)
        expect(name + ": finalized", [event for event, _ in events(ext)], list(finalizers), source=FINALIZE)
        expect(name + ": fields", [getattr(one, part).name for one in kept for part in held], held, source=DESTROY)
        clear_events(ext)
        del kept[:]
        expect_released(name + ": let go", watch, held, RELEASED)
        expect(name + ": later", [event for event, _ in events(ext)], ["destroy"], source=FINALIZE)


@scenario
def what_was_kept_is_used_again(ext):
    """An object that finalize kept gets new contents and a new callback; that is not called when it ends."""
    kept, second, watch = [], [], Watch()
    ext.Caller().arm(kept.append, watch.thing("peer"))
    collect()
    again = kept.pop()
    again.arm(second.append, watch.thing("second peer"))
    again.item = watch.thing("item")
    expect_released("replaced", watch, ["peer"], RELEASED)
    expect("held", (again.peer.name, again.item.name), ("second peer", "item"), source=DESTROY)
    del again
    expect_released("let go", watch, ["peer", "second peer", "item"], RELEASED)
    expect("second callback", second, [], source=FINALIZE)
    expect("events", [name for name, _ in events(ext)], ["caller", "finalize", "destroy"], source=FINALIZE)


@scenario
def finalize_keeps_an_object_of_a_python_subclass(ext):
    """The same of class statements: with a dictionary, with slots, and where __del__ keeps the object."""
    kept = []
    for label, slots in (("dictionary", None), ("slots", ("own",))):
        clear_events(ext)
        one = deriving(ext.Heir, slots)().arm(kept.append, "peer")
        one.own = "own"
        del one
        collect()
        expect(label + ": finalized", [name for name, _ in events(ext)], ["finalize"], source=FINALIZE)
        expect(label + ": kept", [(one.peer, one.own) for one in kept], [("peer", "own")], source=DESTROY)
        clear_events(ext)
        del kept[:]
        collect()
        expect(label + ": later", [name for name, _ in events(ext)], ["destroy"], source=FINALIZE)


@scenario
def del_keeps_an_object_of_a_python_subclass(ext):
    """What __del__ kept is whole; a second end calls neither __del__ nor the finalizer of the base."""
    kept = []

    class Keeping(ext.Heir):
        def __del__(self):
            kept.append(self)

    Keeping().arm(None, "peer")
    collect()
    expect("kept", ([one.peer for one in kept], events(ext)), (["peer"], []), source=DEL)
    del kept[:]
    collect()
    expect("kept again", kept, [], source=FINALIZE)
    expect("events", [name for name, _ in events(ext)], ["destroy"], source=DESTROY)


@scenario
def del_raises_in_a_python_subclass(ext):
    """An exception in __del__, or in the finalizer that it calls, reaches nobody; the object is destroyed."""

    class Raising(ext.Heir):
        def __del__(self):
            raise ValueError("in __del__")

    def use(cls, callback):
        cls().arm(callback, None)
        collect()
        return "went on"

    def fail(one):
        raise ValueError("in finalize")

    expect("__del__", attempt(use, Raising, None).value, "went on", source=UNRAISABLE)
    expect("__del__: events", [name for name, _ in events(ext)], ["destroy"], source=UNRAISABLE)
    clear_events(ext)
    cls, noted = deleting(ext.Heir)
    expect("finalize", attempt(use, cls, fail).value, "went on", source=UNRAISABLE)
    expect("finalize: events", [name for name, _ in events(ext)], ["finalize", "destroy"], source=UNRAISABLE)
    expect("finalize: noted", noted, ["before", "after"], source=UNRAISABLE)


@scenario
def finalizers_of_c_subclasses_that_fail(ext):
    """An exception of the callback of each type is reported and dropped; the object is destroyed."""

    def fail(one):
        raise ValueError("in finalize")

    for name, finalizers in FINALIZED.items():
        result = attempt(life, ext, getattr(ext, name), fail)
        expect(name, result.value, list(finalizers) + ["destroy"], source=UNRAISABLE)


@scenario
def an_exception_on_its_way_meets_finalizers_in_c(ext):
    """An exception survives the end of an object of each type whose finalizer does not call Python."""
    for name, finalizers in FINALIZED.items():
        clear_events(ext)
        cls = getattr(ext, name)
        expect(name + ": raised by Python", attempt(lambda: (cls(), 1 // 0)).exception, "ZeroDivisionError",
               source=PENDING)
        expect(name + ": raised by C", attempt(lambda: len(cls())).exception, "TypeError", source=PENDING)
        collect()
        expect(name + ": events", [event for event, _ in events(ext)], (list(finalizers) + ["destroy"]) * 2,
               any_order=True, source=FINALIZE)


@scenario
def an_exception_on_its_way_meets_contents(ext):
    """It survives what ends with the object and runs code in Python: contents with __del__ and weak references."""
    watch = Watch()

    def made(cls):
        one = cls().arm(None, watch.thing("peer"))
        if cls is not ext.Quiet:
            one.item = watch.thing("item")
        return one

    for cls in (ext.Quiet, ext.Late):
        name = cls.__name__
        expect(name + ": raised by Python", attempt(lambda: (made(cls), 1 // 0)).exception, "ZeroDivisionError",
               source=PENDING)
        expect(name + ": raised by C", attempt(lambda: len(made(cls))).exception, "TypeError", source=PENDING)
    expect_released("contents", watch, ["peer", "peer", "peer", "item", "peer", "item"], RELEASED)
    expect("events", [name for name, _ in events(ext)], ["late", "late"] + ["destroy"] * 4, any_order=True,
           source=DESTROY)


@scenario
def an_exception_on_its_way_meets_callbacks(ext):
    """It survives finalizers of a base and of C subclasses that run code in Python."""

    class Noting:
        def __call__(self, one):
            seen.append(name)

    for name, finalizers in FINALIZED.items():
        clear_events(ext)
        cls, seen = getattr(ext, name), []
        expect(name, attempt(lambda: len(cls().arm(Noting(), None))).exception, "TypeError", source=PENDING)
        collect()
        expect(name + ": events", [event for event, _ in events(ext)], list(finalizers) + ["destroy"], source=FINALIZE)
        expect(name + ": callback", seen, [name], source=FINALIZE)


@scenario
def an_exception_on_its_way_meets_del(ext):
    """It survives __del__ of class statements, alone and with that of the base."""
    seen = []

    class Derived(ext.Heir):
        def __del__(self):
            seen.append(attempt(lambda: [].pop()).exception)

    expect("__del__", attempt(lambda: len(Derived())).exception, "TypeError", source=PENDING)
    collect()
    expect("__del__: ran", seen, ["IndexError"], source=DEL)
    clear_events(ext)
    cls, noted = deleting(ext.Heir)
    expect("super", attempt(lambda: len(cls())).exception, "TypeError", source=PENDING)
    collect()
    expect("super: noted", noted, ["before", "after"], source=DEL)
    expect("super: events", [name for name, _ in events(ext)], ["finalize", "destroy"], source=FINALIZE)


def collect_cycle():
    """Collects as often as a collector needs that ends one object of a cycle after the other."""
    for _ in range(len(RING) + 1):
        collect()


def ring(ext, names, callback):
    """Objects of these types, each of them holding the next one."""
    made = [getattr(ext, name)() for name in names]
    for one, other in zip(made, made[1:] + made[:1]):
        one.arm(callback, other)
    return made


RING = ("Guard", "Heir", "Caller", "Alone", "Late", "Heir")
RING_FINALIZERS = [event for name in RING for event in FINALIZED[name]]


@scenario
def a_cycle_of_different_types(ext):
    """Each object of a cycle is finalized once and finds the others whole, and then all are destroyed once."""
    seen = []
    made = ring(ext, RING, lambda one: seen.append((one.serial, one.peer.serial, one.peer.peer.serial)))
    serials = [one.serial for one in made]
    del made
    collect_cycle()
    following = serials[1:] + serials
    expect("seen", seen, list(zip(serials, following, following[1:])), any_order=True, source=CYCLE)
    names = [name for name, _ in events(ext)]
    expect("finalized", [name for name in names if name != "destroy"], RING_FINALIZERS, any_order=True, source=CYCLE)
    expect("destroyed", events(ext, "destroy"), serials, any_order=True, source=DESTROY)
    expect("finalized before any is destroyed", names[-len(serials):], ["destroy"] * len(serials), source=CYCLE)


@scenario
def a_cycle_of_finalizers_in_c(ext):
    """The same where no finalizer calls Python."""
    made = ring(ext, RING, None)
    serials = [one.serial for one in made]
    del made
    collect_cycle()
    names = [name for name, _ in events(ext)]
    expect("finalized", [name for name in names if name != "destroy"], RING_FINALIZERS, any_order=True, source=CYCLE)
    expect("destroyed", events(ext, "destroy"), serials, any_order=True, source=DESTROY)


@scenario
def a_finalizer_keeps_a_cycle(ext):
    """A finalizer that keeps one object keeps all that this holds; they end later, without being finalized again."""
    kept = []
    made = ring(ext, RING, lambda one: None)
    serials = [one.serial for one in made]
    made[2].arm(kept.append, made[3])
    del made
    collect_cycle()
    expect("finalized", [name for name, _ in events(ext)], RING_FINALIZERS, any_order=True, source=CYCLE)
    one, reached = kept.pop() if kept else None, []
    while one is not None and len(reached) < len(serials):
        reached.append(one.serial)
        one = one.peer
    expect("whole", reached, serials[2:] + serials[:2], source=CYCLE)
    clear_events(ext)
    del one
    collect_cycle()
    expect("finalized again", [name for name, _ in events(ext) if name != "destroy"], [], source=FINALIZE)
    expect("destroyed in the end", events(ext, "destroy"), serials, any_order=True, source=DESTROY)


@scenario
def a_finalizer_keeps_another_object_of_the_cycle(ext):
    """What the finalizer of one object keeps of another is whole, also if that was finalized before."""
    kept = []
    made = ring(ext, ("Guard", "Heir", "Caller"), lambda one: kept.append(one.peer))
    serials = [one.serial for one in made]
    del made
    collect_cycle()
    expect("kept", sorted(one.serial for one in kept), serials, source=CYCLE)
    expect("whole", [one.peer.peer.peer is one for one in kept], [True] * 3, source=CYCLE)
    expect("destroyed while kept", events(ext, "destroy"), [], source=DESTROY)
    clear_events(ext)
    del kept[:]
    collect_cycle()
    expect("later", [name for name, _ in events(ext)], ["destroy"] * 3, source=FINALIZE)


@scenario
def finalizers_join_the_cycle_anew(ext):
    """References that finalizers make among the objects of a cycle, and to new objects, don't keep them alive."""
    watch, made = Watch(), []

    def turn(one):
        other = one.peer
        one.item = [other, watch.thing("new")]
        other.item = [one, watch.thing("for the other")]

    made = ring(ext, ("Heir", "Caller", "Alone", "Late"), turn)
    serials = [one.serial for one in made]
    del made
    collect_cycle()
    expect("finalized", sorted(name for name, _ in events(ext) if name != "destroy"),
           ["alone", "caller", "finalize", "finalize", "late"], source=CYCLE)
    expect("destroyed", events(ext, "destroy"), serials, any_order=True, source=DESTROY)
    expect_released("made by finalizers", watch, ["new", "for the other"] * 4, RELEASED)


@scenario
def finalizers_take_the_cycle_apart(ext):
    """A finalizer may empty the fields of the other objects of its cycle, which end once all the same."""

    def part(one):
        other = one.peer
        if other is not None:
            other.peer = None
            one.peer = None

    made = ring(ext, RING, part)
    serials = [one.serial for one in made]
    del made
    collect_cycle()
    expect("finalized", [name for name, _ in events(ext) if name != "destroy"], RING_FINALIZERS, any_order=True,
           source=CYCLE)
    expect("destroyed", events(ext, "destroy"), serials, any_order=True, source=DESTROY)


@scenario
def finalizers_make_objects(ext):
    """A finalizer makes and drops objects of the other types, which are finalized and destroyed by themselves."""

    def make(one):
        for name in ("Guard", "Heir", "Caller", "Alone", "Late", "Quiet"):
            getattr(ext, name)()

    inner = [event for finalizers in FINALIZED.values() for event in finalizers]
    for name, finalizers in FINALIZED.items():
        recorded = life(ext, getattr(ext, name), make)
        expect(name + ": finalized", [event for event in recorded if event != "destroy"], list(finalizers) + inner,
               any_order=True, source=FINALIZE)
        expect(name + ": destroyed", recorded.count("destroy"), 7, source=DESTROY)
