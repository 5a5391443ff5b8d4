import weakref

from hpy_conform import attempt, clear_events, collect, events, expect, record, scenario

REFERENTS = ("Python library, 'gc', get_referents() (the objects that tp_traverse visits); Python/C API, 'Type Objects', "
             "tp_traverse; HPy porting guide, 'Inheritance of HPy_tp_traverse'")
REFERRERS = "Python library, 'gc', get_referrers(); Python/C API, 'Type Objects', tp_traverse"
AUTOMATIC = "Python library, 'gc', set_threshold(), enable() and disable()"
TRACKED = "Python library, 'gc', is_tracked() and is_finalized()"


class Thing:
    """An object to hold, by its name."""

    def __init__(self, name):
        self.name = name


def names(objects):
    """The names of things among objects, sorted; classes and all else are left out."""
    return sorted(one.name for one in objects if isinstance(one, Thing))


@scenario
def referents_are_what_traverse_visits(ext):
    """What an object refers to is what its traverse visits: each field once, also twice the same, and nothing else."""
    gc = ext.collector()
    first, second, third = Thing("first"), Thing("second"), Thing("third")
    node = ext.Node()
    expect("empty", names(gc.get_referents(node)), [], source=REFERENTS)
    node.hold(first, second)
    expect("two", names(gc.get_referents(node)), ["first", "second"], source=REFERENTS)
    node.hold(first, first)
    expect("twice", names(gc.get_referents(node)), ["first", "first"], source=REFERENTS)
    node.hold(third, None)
    expect("another", names(gc.get_referents(node)), ["third"], source=REFERENTS)
    other = ext.Node().hold(second, second)
    expect("of several", names(gc.get_referents(node, other, first)), ["second", "second", "third"], source=REFERENTS)
    expect("of none", gc.get_referents(), [], source=REFERENTS)
    expect("of what has none", names(gc.get_referents(1, "text", None)), [], source=REFERENTS)
    record("of a type without a collector", names(gc.get_referents(ext.Leaf().hold(first))))


@scenario
def referents_of_subclasses(ext):
    """A subclass adds its instance dictionary and its slots to what the base visits."""
    gc = ext.collector()
    class Sub(ext.Node):
        pass

    class Slotted(ext.Node):
        __slots__ = ("one", "two")

    first, second, third = Thing("first"), Thing("second"), Thing("third")
    sub = Sub().hold(first, second)
    sub.it = third
    found = gc.get_referents(sub)
    reached = found + [one for each in found if isinstance(each, dict) for one in each.values()]
    expect("with a dictionary", names(reached), ["first", "second", "third"], source=REFERENTS)
    slotted = Slotted().hold(first, None)
    slotted.two = third
    expect("with slots", names(gc.get_referents(slotted)), ["first", "third"], source=REFERENTS)
    record("the class is among them", [Sub in gc.get_referents(sub), Slotted in gc.get_referents(slotted)])


@scenario
def referrers_are_found(ext):
    """Objects that hold another are found through their traverse; those without a collector are not."""
    gc = ext.collector()
    held, other = Thing("held"), Thing("other")
    nodes = [ext.Node().hold(held, None), ext.Node().hold(other, held), ext.Node().hold(other, other)]

    def referring(*objects):
        found = gc.get_referrers(*objects)
        return [any(one is node for one in found) for node in nodes]

    expect("one", referring(held), [True, True, False], source=REFERRERS)
    expect("two", referring(held, other), [True, True, True], source=REFERRERS)
    nodes[0].hold(None, None)
    expect("released", referring(held), [False, True, False], source=REFERRERS)
    leaf = ext.Leaf().hold(held)
    record("without a collector", any(one is leaf for one in gc.get_referrers(held)))


@scenario
def objects_are_tracked(ext):
    """Objects of a type with HAVE_GC are tracked; those of one without are not, unless a class statement adds it."""
    gc = ext.collector()
    class Sub(ext.Leaf):
        pass

    class Slotless(ext.Leaf):
        __slots__ = ()

    record("tracked", [gc.is_tracked(one) for one in (ext.Node(), ext.Leaf(), Sub(), Slotless())])
    node = ext.Node()
    record("among all objects", any(one is node for one in gc.get_objects()))


def cycle(ext):
    one, other = ext.Node(), ext.Node()
    one.hold(other, None)
    other.hold(one, None)


class Collections:
    """Counts collections while the collector runs by itself."""

    def __init__(self, gc, threshold):
        self.gc = gc
        self.threshold = threshold
        self.started = []

    def note(self, phase, info):
        if phase == "start":
            self.started.append(info["generation"])

    def __enter__(self):
        self.before = self.gc.get_threshold(), self.gc.isenabled()
        self.gc.callbacks.append(self.note)
        self.gc.set_threshold(*self.threshold)
        self.gc.enable()
        return self

    def __exit__(self, *unused):
        self.gc.disable()
        self.gc.set_threshold(*self.before[0])
        if self.before[1]:
            self.gc.enable()
        self.gc.callbacks.remove(self.note)


@scenario
def cycles_end_by_themselves(ext):
    """Without being asked, the collector ends cycles once enough objects were made; disabled, it does not."""
    gc = ext.collector()
    collect()
    gc.disable()
    for _ in range(500):
        cycle(ext)
    record("while it is disabled", len(events(ext, "destroy")))
    clear_events(ext)
    collect()
    record("asked", len(events(ext, "destroy")))
    clear_events(ext)
    with Collections(gc, (100, 10, 10)):
        for _ in range(500):
            cycle(ext)
        record("while it is enabled", len(events(ext, "destroy")) > 500)
    clear_events(ext)
    collect()


@scenario
def collections_come_as_often_as_the_thresholds_say(ext):
    """A young collection comes when the threshold is exceeded, not before; a threshold of 0 turns it off."""
    gc = ext.collector()
    collect()
    kept = []
    with Collections(gc, (1000, 100, 100)) as counted:
        kept.append([ext.Node() for _ in range(500)])
        record("half of the threshold", counted.started)
        kept.append([ext.Node() for _ in range(1000)])
        record("once and a half", counted.started)
    with Collections(gc, (0, 100, 100)) as counted:
        kept.append([ext.Node() for _ in range(3000)])
        record("a threshold of 0", counted.started)
    with Collections(gc, (100, 5, 1000)) as counted:
        kept.append([ext.Node() for _ in range(1000)])
        record("the next generation", (len(counted.started), counted.started.count(1)))


@scenario
def what_a_collection_counts(ext):
    """collect() gives the number of unreachable objects, for each generation."""
    gc = ext.collector()
    collect()
    gc.disable()
    for generation in (0, 1, 2):
        for _ in range(5):
            cycle(ext)
        record("generation %d" % generation, gc.collect(generation) >= 10)
    record("nothing left", gc.collect())
    record("no such generation", [attempt(gc.collect, number).exception for number in (-1, 3)])


@scenario
def a_collection_prints_nothing(ext):
    """Neither on standard output nor on standard error, with garbage and without."""
    def garbage():
        cycle(ext)
        gc.collect()
        gc.collect()

    gc = ext.collector()
    expect("printed", ext.printed_by(garbage), b"", source="Python library, 'gc', set_debug() (no debug flags are set)")


@scenario
def what_is_reachable_stays(ext):
    """Objects that something outside of a cycle holds, through whichever of them, stay whole with all that they hold."""
    for holder in ("a list", "a local", "a node", "a dictionary", "a closure"):
        collect()
        collect()
        clear_events(ext)
        nodes = [ext.Node() for _ in range(4)]
        things = [Thing(str(number)) for number in range(4)]
        for number, node in enumerate(nodes):
            node.hold(nodes[(number + 1) % 4], things[number])
        kept = {"a list": lambda: [nodes[1]], "a local": lambda: nodes[2],
                "a node": lambda: ext.Node().hold(nodes[3], None), "a dictionary": lambda: {"it": nodes[0]},
                "a closure": lambda: (lambda one=nodes[1]: one)}[holder]()
        alive = [weakref.ref(thing) for thing in things]
        del nodes, things, node
        collect()
        expect(holder, (events(ext, "destroy"), [one() is not None for one in alive]), ([], [True] * 4),
               source="Python library, 'gc'; Python/C API, 'Supporting Cyclic Garbage Collection'")
        del kept
        collect()
        expect(holder + ", let go", (len(events(ext, "destroy")) >= 4, [one() is not None for one in alive]),
               (True, [False] * 4),
               source="Python library, 'gc'; Python/C API, 'Supporting Cyclic Garbage Collection'")


@scenario
def generations(ext):
    """Objects that survived are not looked at by a younger collection; a full one finds them."""
    gc = ext.collector()
    collect()
    gc.disable()
    one, other = ext.Node(), ext.Node()
    one.hold(other, None)
    other.hold(one, None)
    gc.collect(1)
    del one, other
    gc.collect(0)
    record("after a young collection", len(events(ext, "destroy")))
    gc.collect()
    collect()
    expect("after a full one", len(events(ext, "destroy")), 2, source=AUTOMATIC)


@scenario
def weak_references_to_what_is_collected(ext):
    """Callbacks of weak references that lie outside of the garbage are called once; those within are not."""
    called = []

    class Sub(ext.Node):
        pass

    one, other = Sub(), Sub()
    one.hold(other, None)
    other.hold(one, None)
    outside = [weakref.ref(one, lambda _: called.append("outside")), weakref.ref(other)]
    one.inside = weakref.ref(other, lambda _: called.append("inside"))
    del one, other
    collect()
    expect("outside", called.count("outside"), 1, source="Python library, 'weakref'; Python/C API, tp_clear")
    expect("dead", [reference() for reference in outside], [None, None], source="Python library, 'weakref'")
    record("inside", called.count("inside"))
