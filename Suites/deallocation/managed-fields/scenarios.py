import weakref

from hpy_conform import Watch, attempt, clear_events, collect, events, expect, expect_released, record, scenario

ATTRIBUTES = "Python/C API, 'Type Objects', Py_TPFLAGS_MANAGED_DICT; Python language reference, object.__dict__"
RELEASED = ("Python/C API, 'Type Objects', tp_dealloc (removes all references which the instance owns), "
            "Py_TPFLAGS_MANAGED_DICT (tp_traverse visits and tp_clear clears the dictionary)")
FINALIZE = "Python/C API, 'Type Objects', tp_finalize; PEP 442, 'Disposal of reference cycles'"
KEPT = "Python library, 'Mapping Types', dict (an item stays until it is removed)"
SET_DICT = "Python/C API, 'Object Protocol', PyObject_GenericSetDict (does not allow the dictionary to be deleted)"
WEAKREF = "Python/C API, 'Type Objects', Py_TPFLAGS_MANAGED_WEAKREF; Python library, 'weakref', ref()"
ORDER = "Python library, 'weakref', ref() (from the most recently registered callback to the oldest)"


def kinds(ext):
    """Each type with a managed dictionary that follows the rules, and classes of Python below one."""
    open_ = type("Open", (ext.Whole,), {})
    slotted = type("Slotted", (ext.Whole,), {"__slots__": ("slot",)})
    below = type("BelowBelow", (ext.Below,), {})
    return [ext.Whole, ext.Default, ext.Below, open_, slotted, below, type("BelowDefault", (ext.Default,), {})]


@scenario
def the_finalizer_finds_the_attributes(ext):
    """Attributes are all there when the object is finalized, alone and in a cycle, and are released after that."""
    for cls in kinds(ext):
        for cyclic in (False, True):
            label = cls.__name__ + (", cyclic" if cyclic else "")
            one, watch, seen = cls(), Watch(), []
            one.on_finalize = lambda it, seen=seen: seen.append((it.colour, len(vars(it)), it.held.name))
            one.colour, one.held = "red", watch.thing("held")
            if cyclic:
                one.itself = one
            del one
            collect()
            expect(label, seen, [("red", 3 + cyclic, "held")], source=FINALIZE)
            expect_released(label + ": contents", watch, ["held"], source=RELEASED)


@scenario
def a_kept_object_has_its_attributes(ext):
    """An object that its finalizer kept has its dictionary and attributes; they are released when it ends for good."""
    for cls in kinds(ext):
        for asked in (False, True):
            label = cls.__name__ + (", dictionary asked for" if asked else "")
            one, watch, kept = cls(), Watch(), []
            one.on_finalize, one.colour, one.held = kept.append, "red", watch.thing("held")
            dictionary = vars(one) if asked else None
            del one
            collect()
            expect(label + ": kept", [(it.colour, it.held.name) for it in kept], [("red", "held")], source=FINALIZE)
            kept[0].size = 3
            if asked:
                expect(label + ": the same one", (vars(kept[0]) is dictionary, dictionary["size"]), (True, 3),
                       source=ATTRIBUTES)
            del kept[:], dictionary
            expect_released(label + ": contents", watch, ["held"], source=RELEASED)


@scenario
def a_kept_object_in_a_cycle(ext):
    """The same for an object in a cycle, and for all that was in the cycle with it."""
    for cls in kinds(ext):
        one, other, watch, kept = cls(), cls(), Watch(), []
        one.on_finalize, one.colour, one.held, one.other = kept.append, "red", watch.thing("one"), other
        other.colour, other.held, other.other = "blue", watch.thing("other"), one
        del one, other
        collect()
        name = cls.__name__
        expect(name, [(it.colour, it.other.colour, it.other.other is it) for it in kept], [("red", "blue", True)],
               source=FINALIZE)
        kept[0].more = [kept[0]]
        vars(kept[0].other)["size"] = 3
        expect(name + ": changed", (len(vars(kept[0])), kept[0].other.size), (5, 3), source=ATTRIBUTES)
        del kept[:]
        expect_released(name + ": contents", watch, ["one", "other"], source=RELEASED)


@scenario
def a_dictionary_that_the_finalizer_took(ext):
    """A dictionary that only the finalizer asked for, and kept, outlives its object."""
    for cls in kinds(ext):
        one, watch, taken = cls(), Watch(), []
        one.colour, one.held = "red", watch.thing("held")
        one.on_finalize = lambda it, taken=taken: taken.append(vars(it))
        del one
        collect()
        others = [cls() for _ in range(20)]
        for other in others:
            other.a, other.b = "x" * 40, [1, 2]
        name = cls.__name__
        expect(name, [(it["colour"], it["held"].name, sorted(it)) for it in taken],
               [("red", "held", ["colour", "held", "on_finalize"])], source=KEPT)
        expect(name + ": released", watch.finalized, [], source=KEPT)
        del taken[:], others, other
        expect_released(name + ": contents", watch, ["held"], source=RELEASED)


@scenario
def dictionaries_are_replaced(ext):
    """Another dictionary takes the place of the object's, whose contents are released; it isn't deleted."""
    for cls in kinds(ext):
        name, watch = cls.__name__, Watch()
        one = cls()
        one.held = watch.thing("first")
        new = {"held": watch.thing("second"), "colour": "red"}
        one.__dict__ = new
        collect()
        expect(name + ": released", watch.finalized, ["first"], source=RELEASED)
        expect(name + ": attributes", (one.held.name, one.colour, vars(one) is new), ("second", "red", True),
               source=ATTRIBUTES)
        one.size = 3
        expect(name + ": written", new.get("size"), 3, source=ATTRIBUTES)
        old, one.__dict__ = new, {}
        expect(name + ": the one before", (sorted(old), vars(one)), (["colour", "held", "size"], {}), source=KEPT)
        one.held = watch.thing("third")
        expect(name + ": no dictionary", attempt(setattr, one, "__dict__", []).exception, "TypeError", source=SET_DICT)
        expect(name + ": deleted", attempt(delattr, one, "__dict__").exception is not None, True, source=SET_DICT)
        expect(name + ": after that", one.held.name, "third", source=ATTRIBUTES)
        del one, old, new
        expect_released(name + ": contents", watch, ["first", "second", "third"], source=RELEASED)


@scenario
def one_dictionary_for_two_objects(ext):
    """Two objects share a dictionary: it lives as long as either, and in a cycle with both."""
    for cls in kinds(ext):
        name, watch = cls.__name__, Watch()
        one, other = cls(), cls()
        one.held = watch.thing("held")
        other.__dict__ = vars(one)
        other.colour = "red"
        expect(name + ": shared", (one.colour, other.held.name), ("red", "held"), source=ATTRIBUTES)
        del one
        collect()
        expect(name + ": the other", (other.colour, other.held.name, watch.finalized), ("red", "held", []),
               source=ATTRIBUTES)
        third = cls()
        third.__dict__ = vars(other)
        third.one, third.two = other, third
        del other, third
        expect_released(name + ": contents", watch, ["held"], source=RELEASED)


@scenario
def many_attributes_are_released(ext):
    """However many attributes there are, and however they came and went, each is released once."""
    for cls in kinds(ext):
        for count in (1, 29, 30, 31, 200):
            one, watch, names = cls(), Watch(), ["a%d" % number for number in range(count)]
            for name in names:
                setattr(one, name, watch.thing(name))
            for name in names[::3]:
                delattr(one, name)
            for name in names[::3]:
                setattr(one, name, watch.thing(name + " again"))
            label = "%s, %d" % (cls.__name__, count)
            collect()
            expect(label, (sorted(watch.finalized), sorted(vars(one)) == sorted(names)), (sorted(names[::3]), True),
                   source=ATTRIBUTES)
            one.itself = one
            del one
            expect_released(label + ": contents", watch, names + [name + " again" for name in names[::3]],
                            source=RELEASED)


@scenario
def dictionaries_of_many_objects_outlive_them(ext):
    """Dictionaries of objects that have ended keep what they hold while other objects are made and end."""
    for cls in kinds(ext):
        kept = []
        for number in range(100):
            one = cls()
            one.number, one.text = number, "text of %d" % number
            if number % 3 == 0:
                one.__dict__["more"] = [number]
            if number % 2 == 0:
                kept.append(vars(one))
            del one
        collect()
        others = [cls() for _ in range(100)]
        for other in others:
            other.number, other.text, other.more = "x" * 40, 1, None
        wrong = [it for position, it in enumerate(kept)
                 if (it["number"], it["text"]) != (2 * position, "text of %d" % (2 * position))]
        expect(cls.__name__, (len(kept), len(wrong)), (50, 0), source=KEPT)
        for it in kept:
            it["last"] = it
        expect(cls.__name__ + ": written", sum(it["last"] is it for it in kept), 50, source=KEPT)


@scenario
def a_dictionary_keeps_its_object(ext):
    """A dictionary that holds its own object keeps it alive, until it is emptied."""
    for cls in kinds(ext):
        one, ended = cls(), []
        one.itself, one.colour = one, "red"
        dictionary, reference = vars(one), weakref.ref(one, ended.append)
        del one
        collect()
        expect(cls.__name__, (dictionary["itself"].colour, reference() is dictionary["itself"]), ("red", True),
               source=ATTRIBUTES)
        del dictionary["itself"]
        collect()
        expect(cls.__name__ + ": emptied", (reference(), len(ended), dictionary), (None, 1, {"colour": "red"}),
               source=KEPT)


@scenario
def a_dictionary_that_is_not_visited(ext):
    """A type whose tp_traverse leaves the dictionary out: it is released with its object, but cycles stay."""
    for base in (ext.Unvisited, type("Below", (ext.Unvisited,), {})):
        name, watch = base.__name__, Watch()
        one = base()
        one.held = watch.thing("alone")
        del one
        collect()
        expect(name + ": alone", watch.finalized, ["alone"], source=RELEASED)
        one = base()
        one.itself, one.held = one, watch.thing("cyclic")
        reference = weakref.ref(one)
        del one
        collect()
        record(name + ": cycle collected", reference() is None)
        if reference() is not None:
            vars(reference()).clear()
        expect_released(name, watch, ["alone", "cyclic"], source=RELEASED)


@scenario
def values_that_end_with_their_object(ext):
    """A value that ends while its object does finds weak references to that dead, and the dictionary, if it has it."""
    seen = []

    class Value:
        def __init__(self, owner, dictionary):
            self.owner = weakref.ref(owner)
            self.dictionary = dictionary

        def __del__(self):
            seen.append((self.owner(), self.dictionary and self.dictionary["colour"]))

    for cls in kinds(ext):
        one = cls()
        one.colour, one.value = "red", Value(one, None)
        del one
        collect()
        expect(cls.__name__, seen, [(None, None)], source=WEAKREF)
        del seen[:]
        one = cls()
        one.colour = "red"
        one.value = Value(one, vars(one))
        del one
        collect()
        expect(cls.__name__ + ": with the dictionary", seen, [(None, "red")], source=FINALIZE)
        del seen[:]


@scenario
def values_that_change_attributes_as_they_end(ext):
    """What code does to the attributes while an old value is released, is done."""

    class Value:
        def __init__(self, owner):
            self.owner = weakref.ref(owner)

        def __del__(self):
            owner = self.owner()
            del owner.other
            owner.more = [1]
            for number in range(40):
                setattr(owner, "a%d" % number, number)

    def fresh():
        one = cls()
        one.other, one.value = "x", Value(one)
        return one

    def emptied():
        one = fresh()
        vars(one).clear()
        return one

    def check(label, one, value):
        collect()
        expect(label, (getattr(one, "value", None), one.more, one.a39, len(vars(one)), hasattr(one, "other")),
               (value, [1], 39, 41 + (value is not None), False), source=ATTRIBUTES)

    for cls in kinds(ext):
        one = fresh()
        one.value = 2
        check(cls.__name__ + ": overwritten", one, 2)
        one = fresh()
        del one.value
        check(cls.__name__ + ": deleted", one, None)
        one = fresh()
        vars(one).pop("value")
        check(cls.__name__ + ": popped", one, None)
        one = fresh()
        one.__dict__ = {"other": "y"}
        check(cls.__name__ + ": replaced", one, None)


@scenario
def an_attribute_after_the_object_was_cleared(ext):
    """An attribute that an object gets after the collector cleared it is released with it."""
    for cls in kinds(ext):
        one, watch = cls(), Watch()
        one.colour = "red"
        one.giver = ext.Giver(one, watch.thing("gift"))
        del one
        collect()
        expect(cls.__name__ + ": given", events(ext, "given"), [1], source=ATTRIBUTES)
        record(cls.__name__ + ": other attribute", events(ext, "colour"))
        clear_events(ext)
        expect_released(cls.__name__, watch, ["gift"], source=RELEASED)


def weakly(cls, called):
    """An object, and references to it of several kinds, some with callbacks."""
    one = cls()
    kept = [weakref.ref(one, lambda _: called.append("first")), weakref.ref(one), weakref.proxy(one),
            weakref.ref(one, lambda _: called.append("second")),
            weakref.proxy(one, lambda _: called.append("third"))]
    return one, kept


def check_references(cls, cyclic):
    label = cls.__name__ + (", cyclic" if cyclic else "")
    called = []
    one, kept = weakly(cls, called)
    by_key, values = weakref.WeakKeyDictionary({one: 1}), weakref.WeakValueDictionary({1: one})
    members = weakref.WeakSet([one])
    finalizer = weakref.finalize(one, called.append, "finalize")
    expect(label + ": alive", (kept[0]() is one, kept[1]() is one, kept[2].serial == one.serial, finalizer.alive),
           (True,) * 4, source=WEAKREF)
    expect(label + ": full containers", (len(by_key), len(values), len(members)), (1, 1, 1), source=WEAKREF)
    if cyclic:
        one.itself = one
    del one
    collect()
    expect(label + ": dead", [kept[0](), kept[1](), kept[3]()], [None] * 3, source=WEAKREF)
    expect(label + ": proxies", [attempt(getattr, it, "serial").exception for it in (kept[2], kept[4])],
           ["ReferenceError"] * 2, source="Python library, 'weakref', proxy()")
    expect(label + ": containers", (len(by_key), len(values), len(members), finalizer.alive), (0, 0, 0, False),
           source=WEAKREF)
    expect(label + ": called", called, ["finalize", "third", "second", "first"], any_order=True, source=WEAKREF)
    expect(label + ": order", called, ["finalize", "third", "second", "first"], facet="order", source=ORDER)


@scenario
def references_alone(ext):
    """Weak references of every kind are alive with the object and dead after it; callbacks run once, the last first."""
    open_ = type("Open", (ext.Ref,), {})
    for cls in (ext.Ref, open_, type("Slotted", (ext.Ref,), {"__slots__": ()})):
        check_references(cls, False)
    check_references(open_, True)


@scenario
def references_to_objects_with_a_dictionary(ext):
    """The same where the object has a managed dictionary, too."""
    for cls in kinds(ext):
        check_references(cls, False)
        check_references(cls, True)


@scenario
def references_made_in_the_finalizer(ext):
    """A reference that the finalizer makes is dead after the object."""
    for cyclic in (False, True):
        made, called, label = [], [], "cyclic" if cyclic else "alone"

        class Open(ext.Ref):
            def on_finalize(self, itself):
                made.append(weakref.ref(self, called.append))
                made.append(made[0]() is self)

        one = Open()
        if cyclic:
            one.itself = one
        del one
        collect()
        expect(label, (made[0](), made[1]), (None, True), source=WEAKREF)
        record(label + ": callback", len(called))
        expect(label + ": destroyed", len(events(ext, "destroy")), 1, source=RELEASED)
        clear_events(ext)


@scenario
def references_to_a_kept_object(ext):
    """Whether references to an object that its finalizer kept are alive; those made after that are, until it ends."""
    for cyclic in (False, True):
        kept, called, label = [], [], "cyclic" if cyclic else "alone"

        class Open(ext.Ref):
            def on_finalize(self, itself):
                kept.append(self)

        one = Open()
        one.itself = one if cyclic else None
        before = weakref.ref(one, lambda _: called.append("before"))
        del one
        collect()
        record(label + ": before", (before() is kept[0], list(called)))
        after = weakref.ref(kept[0], lambda _: called.append("after"))
        expect(label + ": after", after() is kept[0], True, source=WEAKREF)
        del kept[:]
        collect()
        expect(label + ": dead", (before(), after(), called.count("after"), called.count("before")), (None, None, 1, 1),
               source=WEAKREF)
        expect(label + ": destroyed", len(events(ext, "destroy")), 1, source=RELEASED)
        clear_events(ext)


@scenario
def slots_for_what_is_there_already(ext):
    """Whether a class may say that it has a dictionary or weak references where its base has them."""
    for name in ("__dict__", "__weakref__"):
        for base in (ext.Whole, ext.Default, ext.Ref):
            record("%s, %s" % (base.__name__, name), attempt(type, "Sub", (base,), {"__slots__": (name,)}).exception)
