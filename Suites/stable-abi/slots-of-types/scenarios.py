from hpy_conform import Watch, attempt, clear_events, collect, events, expect, expect_released, raised, record, scenario

GET = "Python/C API, 'Type Objects', PyType_GetSlot"
NULL = "Python/C API, 'Type Objects', PyType_GetSlot (NULL: the slot is NULL, or the parameters are invalid)"
ALL = "Python/C API, 'Type Objects', PyType_GetSlot (changed in version 3.10: accepts all types)"
INHERITED = "Python/C API, 'Type Objects', Inheritance of tp_new, tp_dealloc, tp_repr, tp_getattro and of the sub-slots"
ALLOC = "Python/C API, 'Type Objects', tp_alloc (the default is PyType_GenericAlloc)"
FREE = "Python/C API, 'Type Objects', tp_free"
BASE = "Python/C API, 'Type Objects', tp_base (the default is object)"
BASES = "Python/C API, 'Type Objects', tp_bases (a tuple, filled in by PyType_Ready)"
NEW = "Python/C API, 'Type Objects', tp_new (the given type may be a subtype)"
SPECIAL = "Python/C API, 'Type Objects', Quick Reference (the special methods of slots)"
LIFE = "Python/C API, 'Type Objects', tp_dealloc"

OWN = ["tp_new", "tp_dealloc", "tp_repr", "nb_add", "sq_length", "mp_subscript", "tp_getattro"]
NONE = ["tp_call", "tp_iternext", "nb_subtract", "mp_length"]


def called(function, *args):
    """What it returns, or the name of its exception."""
    one = attempt(function, *args)
    return one.value if one.exception is None else one.exception


@scenario
def slots_of_a_type(ext):
    """What the spec has, and nothing in the slots that it lacks."""
    for name in OWN:
        expect(name, ext.own(ext.Pair, name), True, source=GET)
    for name in NONE:
        expect(name, ext.has(ext.Pair, name), False, source=NULL)
    expect("tp_alloc", ext.has(ext.Pair, "tp_alloc"), True, source=ALLOC)
    expect("tp_free", ext.has(ext.Pair, "tp_free"), True, source=FREE)
    record("tp_methods", ext.own(ext.Pair, "tp_methods"))
    numbers = (-1, -2**31, 1000, 2**31 - 1)
    expect("numbers of no slot", [ext.numbered(ext.Pair, number)[0] for number in numbers], [1] * 4, source=NULL)
    record("with an exception", [ext.numbered(ext.Pair, number)[1] for number in numbers])
    expect("the number of the end", ext.numbered(ext.Pair, 0)[0], 1, source=NULL)


@scenario
def slots_of_a_type_below(ext):
    """It has those of its base, but for the one that it defines."""
    for name in OWN:
        if name == "tp_dealloc":  # heap types have one that calls the base's
            expect(name, ext.has(ext.Below, name), True, source=INHERITED)
            continue
        expect(name, ext.own(ext.Below, name), True, source=INHERITED)
        expect("overridden: " + name, ext.own(ext.Other, name), name != "tp_repr", source=INHERITED)
    expect("of Below", called(ext.unary, ext.Below, "tp_repr", ext.Other()), "a pair", source=INHERITED)
    expect("of Other", called(ext.unary, ext.Other, "tp_repr", ext.Other()), "another pair", source=GET)


@scenario
def the_bases(ext):
    """Objects that are in slots: of types in C and of classes."""

    class Sub(ext.Other):
        pass

    class Both(Watch, ext.Below):
        pass

    for cls, base in ((ext.Pair, object), (ext.Below, ext.Pair), (ext.Other, ext.Below), (Sub, ext.Other)):
        expect(cls.__name__ + ": base", ext.held(cls, "tp_base") is base, True, source=BASE)
    record("of two, the one with the struct", ext.held(Both, "tp_base") is ext.Below)
    for cls, wanted in ((ext.Pair, (object,)), (Sub, (ext.Other,)), (Both, (Watch, ext.Below))):
        expect(cls.__name__ + ": bases", ext.held(cls, "tp_bases"), wanted, source=BASES)


@scenario
def the_bases_of_types_with_a_base(ext):
    """The tuple is in the slot of types that PyType_FromSpecWithBases has made, too."""
    collect()
    expect("Below", ext.held(ext.Below, "tp_bases"), (ext.Pair,), source=BASES)
    expect("Other", ext.held(ext.Other, "tp_bases"), (ext.Below,), source=BASES)


@scenario
def calls_of_the_slots_of_a_type(ext):
    """The functions are called with objects of the type; tp_new and tp_alloc make some."""
    for cls in (ext.Pair, ext.Below):
        name, one = cls.__name__ + ": ", cls()
        expect(name + "nb_add", called(ext.binary, cls, "nb_add", one, 5), "add 5", source=GET)
        expect(name + "sq_length", called(ext.length, cls, "sq_length", one), 2, source=GET)
        expect(name + "mp_subscript", called(ext.binary, cls, "mp_subscript", one, "k"), "key k", source=GET)
        expect(name + "tp_getattro", called(ext.binary, cls, "tp_getattro", one, "shown"), "shown by ext", source=GET)
        expect(name + "no attribute", attempt(ext.binary, cls, "tp_getattro", one, "lost"), raised(AttributeError),
               source=GET)
        expect(name + "tp_repr", called(ext.unary, cls, "tp_repr", one), "a pair", source=GET)
        del one
    collect()
    clear_events(ext)
    made = [ext.new(ext.Pair, ext.Pair, ()), ext.new(ext.Pair, ext.Other, ()), ext.allocated(ext.Below)]
    expect("made", [type(item).__name__ for item in made], ["Pair", "Other", "Below"], source=NEW)
    watch = Watch()
    made[2].hold(watch.thing("held"))
    del made
    collect()
    expect_released("held", watch, ["held"], source=LIFE)
    expect("destroyed", len(events(ext, "destroy")), 3, source=LIFE)


@scenario
def slots_of_builtins(ext):
    """From 3.10 on, static types are read as well; the functions take objects of subclasses, too."""

    class Numbers(list):
        pass

    for cls, names, none in [
        (list, ["sq_length", "sq_item", "sq_contains", "mp_subscript", "mp_length"], ["tp_call", "tp_iternext"]),
        (int, ["nb_add", "nb_subtract", "tp_repr"], ["sq_length", "mp_subscript", "tp_call", "tp_iternext"]),
        (dict, ["mp_length", "mp_subscript", "sq_contains"], ["nb_add", "tp_call", "tp_iternext"]),
        (type, ["tp_call", "tp_repr"], ["nb_add", "sq_length", "tp_iternext"]),
    ]:
        for name in names + ["tp_new", "tp_dealloc", "tp_getattro", "tp_alloc", "tp_free"]:
            expect("%s: %s" % (cls.__name__, name), called(ext.has, cls, name), True, source=ALL)
        for name in none:
            expect("%s: no %s" % (cls.__name__, name), called(ext.has, cls, name), False, source=ALL)
    for cls, base in ((bool, int), (int, object), (KeyError, LookupError)):
        expect(cls.__name__ + ": base", called(ext.held, cls, "tp_base") is base, True, source=ALL)
        expect(cls.__name__ + ": bases", called(ext.held, cls, "tp_bases"), (base,), source=ALL)
    expect("object: base", called(ext.held, object, "tp_base"), None, source=ALL)
    for label, function, args, wanted in [
        ("int, called: nb_add", ext.binary, (int, "nb_add", 2**40, 5), 2**40 + 5),
        ("int, called: nb_add of others", ext.binary, (int, "nb_add", 1, "x"), NotImplemented),
        ("int, called: nb_add of bools", ext.binary, (int, "nb_add", True, True), 2),
        ("list, called: sq_length", ext.length, (list, "sq_length", [1, 2, 3]), 3),
        ("list, called: mp_subscript", ext.binary, (list, "mp_subscript", [1, 2, 3], slice(1, None)), [2, 3]),
        ("list, called: of a subclass", ext.length, (list, "sq_length", Numbers("ab")), 2),
        ("dict, called: mp_subscript", ext.binary, (dict, "mp_subscript", {"k": "v"}, "k"), "v"),
        ("dict, called: mp_length", ext.length, (dict, "mp_length", {"k": "v"}), 1),
        ("list, called: tp_getattro", ext.binary, (list, "tp_getattro", [], "__class__"), list),
        ("list, called: tp_repr", ext.unary, (list, "tp_repr", [1]), "[1]"),
        ("int, called: tp_new", ext.new, (int, int, ("12",)), 12),
        ("dict, called: tp_new", ext.new, (dict, dict, ()), {}),
    ]:
        expect(label, called(function, *args), wanted, source=ALL)
    made = attempt(ext.new, list, Numbers, ())
    expect("list: tp_new of a subclass", type(made.value) is Numbers and made.value == [], True, source=NEW)
    expect("no key", attempt(ext.binary, dict, "mp_subscript", {}, "k"), raised(KeyError), source=ALL)
    expect("empty", attempt(ext.binary, dict, "nb_add", {}, {}), raised(LookupError), source=ALL)
    record("list: nb_add", called(ext.has, list, "nb_add"))


@scenario
def slots_of_classes(ext):
    """Classes of Python have functions in the slots of their special methods, and of those that they inherit."""

    class Plain:
        pass

    class Class:
        def __add__(self, other):
            return "Python add", other

        def __len__(self):
            return 7

        def __getitem__(self, key):
            return "Python key", key

        def __repr__(self):
            return "Python repr"

    class Sub(ext.Pair):
        def __len__(self):
            return 9

    one, sub = Class(), Sub()
    for name in ("nb_add", "sq_length", "mp_subscript", "mp_length", "tp_call"):
        expect("plain: " + name, ext.has(Plain, name), False, source=NULL)
    expect("no call", ext.has(Class, "tp_call"), False, source=NULL)
    for name in ("tp_new", "tp_dealloc", "tp_alloc", "tp_free", "tp_getattro", "tp_repr"):
        expect("there: " + name, ext.has(Class, name), True, source=GET)
    for label, function, args, wanted in [
        ("nb_add", ext.binary, (Class, "nb_add", one, 5), ("Python add", 5)),
        ("sq_length", ext.length, (Class, "sq_length", one), 7),
        ("mp_subscript", ext.binary, (Class, "mp_subscript", one, "k"), ("Python key", "k")),
        ("tp_repr", ext.unary, (Class, "tp_repr", one), "Python repr"),
        ("of Sub", ext.length, (Sub, "sq_length", sub), 9),
        ("of Sub's base", ext.length, (ext.Pair, "sq_length", sub), 2),
        ("inherited", ext.binary, (Sub, "nb_add", sub, 1), "add 1"),
        ("inherited attributes", ext.binary, (Sub, "tp_getattro", sub, "shown"), "shown by ext"),
    ]:
        expect(label, called(function, *args), wanted, source=SPECIAL)
    record("mp_length", called(ext.length, Class, "mp_length", one))
    expect("made", type(ext.new(Class, Class, ())) is Class, True, source=NEW)
    expect("made of Sub", type(ext.new(Sub, Sub, ())) is Sub, True, source=NEW)


def delegated(ext, cls, label):
    """Slots of a type in the other binary, below one that has those of Pair."""
    one = cls()
    expect(label + "add", (one + 5, one.__add__(6)), ("<add 5>", "<add 6>"), source=GET)
    expect(label + "length", (len(one), one.__len__()), (102, 102), source=GET)
    expect(label + "subscript", one["k"], "<key k>", source=GET)
    expect(label + "attribute", one.shown, "<shown by ext>", source=GET)
    expect(label + "no attribute", attempt(getattr, one, "lost"), raised(AttributeError), source=GET)
    expect(label + "repr", (repr(one), str(one)), ("<a pair>", "<a pair>"), source=GET)


@scenario
def a_slot_that_calls_that_of_the_base(ext):
    """Of a type of another binary, from objects of the type and of a class below it."""
    import other

    derived = other.below(ext.Pair)

    class Sub(derived):
        pass

    clear_events(ext)
    delegated(ext, derived, "")
    expect("made", len(events(ext, "new")), 1, source=GET)
    delegated(ext, Sub, "class below: ")
    expect("made of the class", len(events(ext, "new")), 2, source=GET)
    expect("of the base", ext.unary(ext.Pair, "tp_repr", derived()), "a pair", source=GET)


@scenario
def a_slot_that_the_base_inherits(ext):
    """The base has it from its own base."""
    import other

    derived = other.below(ext.Below)
    one = attempt(derived)
    expect("made", one.exception, None, source=INHERITED)
    expect("repr", called(lambda: repr(ext.new(ext.Pair, derived, ()))), "<a pair>", source=INHERITED)
    made = ext.new(ext.Pair, derived, ())
    expect("add", called(lambda: made + 5), "<add 5>", source=INHERITED)
    expect("length", called(len, made), 102, source=INHERITED)
    expect("subscript", called(lambda: made["k"]), "<key k>", source=INHERITED)
    expect("attribute", called(getattr, made, "shown"), "<shown by ext>", source=INHERITED)


@scenario
def a_slot_that_calls_that_of_a_builtin(ext):
    """Of a type in C below a static type."""
    import other

    listed = attempt(other.below(list), "abc")
    expect("made", listed.exception, None, source=ALL)
    one = listed.value
    expect("length", called(lambda: len(one)), 103, source=ALL)
    expect("subscript", called(lambda: one[0]), "<a>", source=ALL)
    expect("repr", called(repr, one), "<['a', 'b', 'c']>", source=ALL)
    expect("attribute", attempt(lambda: one.append(1)).exception, None, source=ALL)
    record("add, which list has elsewhere", called(lambda: one + []))
    expect("number", called(lambda: other.below(int)(7) + 1), "<8>", source=ALL)


@scenario
def a_deallocator_that_calls_that_of_the_base(ext):
    """Each of the two releases the field of its struct."""
    import other

    wide = other.wide(ext.Pair)

    class Sub(wide):
        __slots__ = ()

    clear_events(ext)
    watch = Watch()
    objects = [cls().hold(watch.thing(name + " held")).hold_more(watch.thing(name + " more"))
               for name, cls in (("type", wide), ("class", Sub))]
    collect()
    expect("kept", watch.finalized, [], source=LIFE)
    del objects
    collect()
    expect_released("released", watch, ["type held", "type more", "class held", "class more"], source=LIFE)
    expect("destroyed", (len(events(ext, "wide")), len(events(ext, "destroy"))), (2, 2), source=LIFE)
