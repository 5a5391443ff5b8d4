from hpy_conform import Watch, attempt, clear_events, collect, events, expect, expect_released, raised, record, scenario

DESTROY = "HPy porting guide, 'Deallocator slot Py_tp_dealloc'; Python/C API, 'Type Objects', tp_dealloc"
ZEROED = "HPy API reference, HPyField_Store (HPy_New zeroes the memory it allocates); Python/C API, tp_alloc"
RELEASED = "HPy porting guide, 'tp_dealloc and Py_DECREF'; Python/C API, 'Type Objects', tp_dealloc"
NEW = "Python/C API, 'Type Objects', tp_new and tp_init; 'Exception Handling'"
GIVEN = ("Python language reference, 'Data model', object.__new__ (__init__ is called only for an instance of the "
         "class); Python/C API, 'Type Objects', tp_init")
STORE = "HPy API reference, HPyField_Store; Python/C API, 'Reference Counting'"
FINALIZE = ("Python/C API, 'Type Objects', tp_finalize (leaves the exception that is set as it is) and 'Object Life "
            "Cycle'")

# The native resources that an object has when its construction fails at a stage.
BASE = {
    "base before": [],
    "base allocated": [],
    "base field": [],
    "base filled": ["base made"],
}
BASE_INIT = {
    "base init": ["base made"],
    "base set": ["base set", "base made"],
}
SUB = {
    "sub after base": ["base made"],
    "sub field": ["base made"],
    "sub filled": ["sub made", "base made"],
}
SUB_INIT = {
    "base init": ["sub made", "base made"],
    "base set": ["sub made", "base set", "base made"],
    "sub init": ["sub made", "base set", "base made"],
    "sub set": ["sub set", "sub made", "base set", "base made"],
}


def fails(ext, label, make, stages):
    """Construction fails at each of the stages, and what the object has by then is released."""
    watch, results, natives = Watch(), [], []
    for stage in stages:
        clear_events(ext)
        result = attempt(make, stage, watch.thing(stage))
        results.append((result.exception, result.message))
        del result
        collect()
        natives.append((stage, sorted(name for name, _ in events(ext))))
    expect(label + ": exceptions", results, [("ValueError", stage) for stage in stages], source=NEW)
    expect(label + ": native resources", natives, [(stage, sorted(names)) for stage, names in stages.items()],
           source=DESTROY)
    expect_released(label + ": contents", watch, list(stages), RELEASED)


def set_names(cls):
    """The resources of a whole object of the class."""
    return ["base made", "base set"] + ([] if cls.__name__ == "Base" else ["sub made", "sub set"])


def recorded(ext):
    return sorted(name for name, _ in events(ext))


@scenario
def failing_in_new(ext):
    """tp_new fails at each stage of a base, alone and for a subclass, and at those of the subclass."""
    fails(ext, "base", ext.Base, BASE)
    fails(ext, "base, for a subclass", ext.Sub, BASE)
    fails(ext, "subclass", ext.Sub, SUB)


@scenario
def failing_in_init(ext):
    """tp_init of a base or a subclass fails before and after it has filled its part."""
    fails(ext, "base", ext.Base, BASE_INIT)
    fails(ext, "subclass", ext.Sub, SUB_INIT)


@scenario
def failing_in_a_subclass_without_slots(ext):
    """The same of a C subclass that inherits all."""
    fails(ext, "new of the base", ext.Bare, BASE)
    fails(ext, "new of the subclass", ext.Bare, SUB)
    fails(ext, "init", ext.Bare, SUB_INIT)


@scenario
def failing_in_a_python_subclass(ext):
    """The same of class statements, with a dictionary and with slots."""
    for cls in (ext.Base, ext.Sub):
        own, own_init = (BASE, BASE_INIT) if cls is ext.Base else (SUB, SUB_INIT)
        for label, body in (("dictionary", {}), ("slots", {"__slots__": ("own",)})):
            where = "%s, %s" % (cls.__name__, label)
            fails(ext, where + ", new", type("Derived", (cls,), body), own)
            fails(ext, where + ", init", type("Derived", (cls,), body), own_init)


@scenario
def failing_in_methods_of_a_python_subclass(ext):
    """__new__ and __init__ of a class statement fail before and after they call those of a C base."""

    class Failing(ext.Sub):
        def __new__(cls, stage, content):
            if stage == "new before":
                raise ValueError(stage)
            self = super().__new__(cls, stage, content)
            self.mine = [content]
            if stage == "new after":
                raise ValueError(stage)
            return self

        def __init__(self, stage, content):
            if stage == "init before":
                raise ValueError(stage)
            super().__init__(stage, content)
            if stage == "init after":
                raise ValueError(stage)

    fails(ext, "Python", Failing, {
        "new before": [],
        "new after": ["sub made", "base made"],
        "init before": ["sub made", "base made"],
        "init after": ["sub set", "sub made", "base set", "base made"],
    })
    fails(ext, "new of the base", Failing, BASE)
    fails(ext, "new of the subclass", Failing, SUB)
    fails(ext, "init", Failing, SUB_INIT)


@scenario
def methods_that_skip_those_of_the_base(ext):
    """A class statement whose __init__ doesn't call that of its base leaves its part empty; the rest is released."""

    class Skipping(ext.Sub):
        def __init__(self, stage, content):
            self.mine = content

    watch = Watch()
    one = Skipping("never", watch.thing("content"))
    expect("values", (one.base[1], one.sub[1], one.mine is one.base[0], one.mine is one.sub[0]),
           (..., ..., True, True), source=ZEROED)
    del one
    expect_released("content", watch, ["content"], RELEASED)
    expect("native resources", recorded(ext), ["base made", "sub made"], source=DESTROY)


@scenario
def half_made_objects_are_finalized(ext):
    """An object that a failing tp_new or tp_init leaves is finalized, and the exception arrives."""
    fails(ext, "without an object", ext.Final, {"base before": []})
    for stage, names in (("base allocated", []), ("base field", []), ("base filled", ["base made"]),
                         ("final", ["base made"]), ("base init", ["base made"]),
                         ("base set", ["base made", "base set"])):
        clear_events(ext)
        watch = Watch()
        expect(stage + ": exception", attempt(ext.Final, stage, watch.thing(stage)), raised(ValueError),
               source=FINALIZE)
        expect_released(stage + ": content", watch, [stage], RELEASED)
        expect(stage + ": finalized", events(ext, "finalize"), [1], source=FINALIZE)
        expect(stage + ": native resources", [name for name in recorded(ext) if name != "finalize"], names,
               source=DESTROY)


@scenario
def objects_that_escape(ext):
    """An object that a failing tp_init gave away lives on, can be initialised, and ends like any other."""
    for cls in (ext.Base, ext.Sub):
        clear_events(ext)
        watch, kept, name = Watch(), [], cls.__name__
        expect(name + ": exception", attempt(cls, "escape", kept), raised(ValueError), source=NEW)
        collect()
        expect(name + ": kept", (len(kept), recorded(ext)), (1, []), source=DESTROY)
        one = kept.pop()
        expect(name + ": value", (one.base[0] is kept, one.base[1]), (True, ...), source=ZEROED)
        one.__init__("never", watch.thing("value"))
        expect(name + ": initialised", one.base[1].name, "value", source=STORE)
        del one
        expect_released(name + ": released", watch, ["value"], RELEASED)
        expect(name + ": native resources", recorded(ext), set_names(cls), source=DESTROY)


@scenario
def new_alone(ext):
    """An object made by __new__ alone has what tp_new filled, and ends with that; __init__ may follow."""
    for cls in (ext.Base, ext.Sub):
        clear_events(ext)
        watch, name = Watch(), cls.__name__
        one = cls.__new__(cls, "never", watch.thing("content"))
        expect(name + ": values", (one.base[0].name, one.base[1]), ("content", ...), source=ZEROED)
        del one
        expect_released(name + ": released", watch, ["content"], RELEASED)
        expect(name + ": native resources", recorded(ext), [part for part in set_names(cls) if "made" in part],
               source=DESTROY)
        clear_events(ext)
        one = cls.__new__(cls, "never", watch.thing("second content"))
        one.__init__("never", watch.thing("value"))
        expect(name + ": both", [part.name for part in one.base], ["second content", "value"], source=NEW)
        del one
        expect_released(name + ": both released", watch, ["content", "second content", "value"], RELEASED)
        expect(name + ": all native resources", recorded(ext), set_names(cls), source=DESTROY)


@scenario
def init_again(ext):
    """A second tp_init releases what the first one filled, once; what tp_new filled stays."""
    for cls in (ext.Base, ext.Sub):
        clear_events(ext)
        watch, name = Watch(), cls.__name__
        one = cls("never", watch.thing("first"))
        sets = [part for part in set_names(cls) if "set" in part]
        for again in ("second", "third"):
            clear_events(ext)
            one.__init__("never", watch.thing(again))
            expect("%s: %s" % (name, again), [part.name for part in one.base], ["first", again], source=STORE)
            expect("%s: %s, native resources" % (name, again), recorded(ext), sets, source=NEW)
        expect_released(name + ": values", watch, ["second"], STORE)
        clear_events(ext)
        del one
        expect_released(name + ": all", watch, ["first", "second", "third"], RELEASED)
        expect(name + ": native resources", recorded(ext), set_names(cls), source=DESTROY)


@scenario
def init_of_the_base_again(ext):
    """tp_init of the base, called for an object of a subclass, fills the part of the base alone."""
    watch = Watch()
    one = ext.Sub("never", watch.thing("first"))
    ext.Base.__init__(one, "never", watch.thing("second"))
    expect("values", [part.name for part in one.base + one.sub], ["first", "second", "first", "first"], source=STORE)
    collect()
    expect("native resources meanwhile", recorded(ext), ["base set"], source=NEW)
    expect_released("values released", watch, [], STORE)
    clear_events(ext)
    del one
    expect_released("all released", watch, ["first", "second"], RELEASED)
    expect("native resources", recorded(ext), ["base made", "base set", "sub made", "sub set"], source=DESTROY)


@scenario
def init_again_that_fails(ext):
    """A second tp_init that fails half-way leaves a whole object, with what it had filled by then."""
    watch = Watch()
    one = ext.Sub("never", watch.thing("first"))
    for stage, base, sub, released in (("base init", "first", "first", []),
                                       ("base set", "base set", "first", ["base set"]),
                                       ("sub init", "sub init", "first", ["base set"]),
                                       ("sub set", "sub set", "sub set", ["base set", "sub set"])):
        clear_events(ext)
        expect(stage + ": exception", attempt(one.__init__, stage, watch.thing(stage)), raised(ValueError), source=NEW)
        expect(stage + ": values", (one.base[1].name, one.sub[1].name), (base, sub), source=STORE)
        expect(stage + ": native resources", recorded(ext), released, source=NEW)
    clear_events(ext)
    collect()
    expect_released("meanwhile", watch, ["base init", "base set", "sub init"], STORE)
    del one
    expect_released("all", watch, ["first", "base init", "base set", "sub init", "sub set"], RELEASED)
    expect("native resources", recorded(ext), ["base made", "base set", "sub made", "sub set"], source=DESTROY)


@scenario
def new_that_gives_another_type(ext):
    """tp_new of a subclass drops its object and returns something else: tp_init doesn't run, and the object ends."""
    watch = Watch()
    for label, make, natives in (("thing", lambda: watch.thing("given"), ["base made", "sub made"]),
                                 ("type", lambda: ext.Sub, ["base made", "sub made"]),
                                 ("base", lambda: ext.Base("never", None),
                                  ["base made", "base made", "base set", "sub made"])):
        clear_events(ext)
        given = make()
        result = ext.Sub("give", given)
        expect(label + ": result", result is given, True, source=GIVEN)
        del result, given
        collect()
        expect(label + ": native resources", recorded(ext), natives, source=DESTROY)
    expect_released("given", watch, ["given"], RELEASED)


@scenario
def new_that_gives_an_object_that_exists(ext):
    """tp_new returns an object of the type that exists: tp_init runs again for it, and releases the old values."""
    watch = Watch()
    one = ext.Sub("never", watch.thing("first"))
    clear_events(ext)
    result = ext.Sub("give", one)
    expect("result", result is one, True, source=GIVEN)
    expect("values", (result.base[0].name, result.base[1] is one, result.sub[1] is one), ("first", True, True),
           source=GIVEN)
    collect()
    expect("native resources meanwhile", recorded(ext), ["base made", "base set", "sub made", "sub set"], source=GIVEN)
    clear_events(ext)
    one.__init__("never", None)  # it held itself
    del result, one
    expect_released("released", watch, ["first"], RELEASED)
    expect("native resources", recorded(ext), ["base made", "base set", "base set", "sub made", "sub set", "sub set"],
           source=DESTROY)


@scenario
def new_of_a_python_subclass_that_gives_another(ext):
    """__new__ of a class statement makes an object and returns something else: __init__ doesn't run."""
    watch, initialised = Watch(), []

    class Giving(ext.Sub):
        def __new__(cls, stage, content):
            super().__new__(cls, stage, content)
            return content

        def __init__(self, stage, content):
            initialised.append(stage)

    result = Giving("never", watch.thing("given"))
    expect("result", (result.name, initialised), ("given", []), source=GIVEN)
    del result
    expect_released("given, released", watch, ["given"], RELEASED)
    expect("native resources", recorded(ext), ["base made", "sub made"], source=DESTROY)


@scenario
def new_of_a_python_subclass_that_gives_an_object_of_the_base(ext):
    """The same where it makes an object of the base: that is whole, initialised where the base's call did so."""
    watch, initialised = Watch(), []

    class Giving(ext.Sub):
        def __new__(cls, stage, content):
            return ext.Sub(stage, content)

        def __init__(self, stage, content):
            initialised.append(stage)

    result = Giving("never", watch.thing("content"))
    expect("type", (type(result) is ext.Sub, initialised), (True, []), source=GIVEN)
    expect("values", [part.name for part in result.base + result.sub], ["content"] * 4, source=GIVEN)
    del result
    expect_released("released", watch, ["content"], RELEASED)
    expect("native resources", recorded(ext), ["base made", "base set", "sub made", "sub set"], source=DESTROY)


@scenario
def new_of_a_python_subclass_that_gives_a_single_object(ext):
    """__new__ gives the same object each time: __init__ runs for it each time."""
    watch = Watch()

    class Single(ext.Sub):
        only = None

        def __new__(cls, stage, content):
            if cls.only is None:
                cls.only = super().__new__(cls, stage, content)
            return cls.only

    one = Single("never", watch.thing("first"))
    two = Single("never", watch.thing("second"))
    expect("values", (one is two, [part.name for part in one.base]), (True, ["first", "second"]), source=GIVEN)
    collect()
    expect("native resources meanwhile", recorded(ext), ["base set", "sub set"], source=GIVEN)
    del one, two
    Single.only = None
    expect_released("released", watch, ["first", "second"], RELEASED)
    expect("native resources", recorded(ext), ["base made", "base set", "base set", "sub made", "sub set", "sub set"],
           source=DESTROY)


@scenario
def new_of_another_type(ext):
    """What the __new__ of object, or of the base, does for types with their own: nothing is left of a refused call."""
    for label, new, cls, args in (("object, Base", object.__new__, ext.Base, ()),
                                  ("object, Sub", object.__new__, ext.Sub, ()),
                                  ("Base, Sub", ext.Base.__new__, ext.Sub, ("never", None))):
        clear_events(ext)
        record(label, attempt(new, cls, *args).exception)
        collect()
        record(label + ": native resources", recorded(ext))
    result = ext.Sub("never", None)
    del result
    collect()
    expect("afterwards", recorded(ext)[-4:], ["base made", "base set", "sub made", "sub set"], source=DESTROY)


@scenario
def wrong_arguments(ext):
    """A call that tp_new refuses makes nothing; one that tp_init refuses by hand changes nothing."""
    watch = Watch()
    for cls in (ext.Base, ext.Sub, ext.Final):
        name = cls.__name__
        expect(name + ": none", attempt(cls), raised(TypeError), source=NEW)
        expect(name + ": one", attempt(cls, watch.thing(name)), raised(TypeError), source=NEW)
        expect(name + ": no text", attempt(cls, watch.thing(name), None), raised(TypeError), source=NEW)
    expect_released("arguments", watch, ["Base", "Base", "Sub", "Sub", "Final", "Final"], RELEASED)
    one = ext.Sub("never", 5)
    expect("init", attempt(one.__init__), raised(TypeError), source=NEW)
    expect("values", (one.base, one.sub), ((5, 5), (5, 5)), source=NEW)
    expect("native resources", recorded(ext), [], source=NEW)


@scenario
def failing_many_times(ext):
    """Objects that fail at every stage don't disturb one that lives on, and are all released."""
    kept = ext.Sub("never", "kept")
    stages = dict(BASE, **SUB)
    stages.update(SUB_INIT)
    for _ in range(30):
        for stage in stages:
            attempt(ext.Sub, stage, [kept])
    collect()
    expect("native resources", recorded(ext), sorted([name for names in stages.values() for name in names] * 30),
           source=DESTROY)
    expect("the kept one", (kept.base, kept.sub), (("kept", "kept"), ("kept", "kept")), source=DESTROY)
    clear_events(ext)
    del kept
    collect()
    expect("in the end", recorded(ext), ["base made", "base set", "sub made", "sub set"], source=DESTROY)
