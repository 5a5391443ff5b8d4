import copy
import io
import pickle
import threading
import weakref

from hpy_conform import Watch, attempt, collect, expect, expect_released, one_of, raised, record, returned, scenario

API = "multidict documentation, 'Reference', "
DEALLOC = "Python/C API, 'Type Objects', tp_dealloc"
TRAVERSE = "Python/C API, 'Supporting Cyclic Garbage Collection'"
DATA_MODEL = "Python language reference, 'Data model', "
COPY = "Python library reference, 'copy'"
PICKLE = "Python library reference, 'pickle'"
ERRORS = "Python/C API, 'Exception Handling': exceptions of called code are passed on"


def _round_trip(one, protocol, *classes):
    """What a pickle of an object loads as; classes of a scenario are named by their place in the arguments."""

    class Pickler(pickle.Pickler):
        def persistent_id(self, obj):
            return str([obj is cls for cls in classes].index(True)) if any(obj is cls for cls in classes) else None

    class Unpickler(pickle.Unpickler):
        def persistent_load(self, name):
            return classes[int(name)]

    file = io.BytesIO()
    Pickler(file, protocol).dump(one)
    return Unpickler(io.BytesIO(file.getvalue())).load()


@scenario
def values_are_released(ext):
    """Every way to remove or replace a value releases it."""
    watch = Watch()
    md = ext.MultiDict((name, watch.thing(name)) for name in "abcdefg")
    md.add("a", watch.thing("a2"))
    del md["a"]
    expect_released("deleted", watch, ["a", "a2"], source=DEALLOC)
    md["b"] = 1
    md.popone("c")
    md.popall("d")
    md.update(e=2)
    md.popitem()
    collect()
    record("after the others", sorted(watch.finalized))
    md.clear()
    expect_released("cleared", watch, ["a", "a2", "b", "c", "d", "e", "f", "g"], source=DEALLOC)


@scenario
def dictionaries_are_released(ext):
    """Dictionaries, proxies, views and iterators keep their values while they are there, and release them."""
    watch = Watch()
    for kind in (ext.MultiDict, ext.CIMultiDict):
        md = kind(one=watch.thing(kind.__name__))
        proxy = ext.CIMultiDictProxy(md) if kind is ext.CIMultiDict else ext.MultiDictProxy(md)
        keys, items, values = md.keys(), md.items(), iter(proxy.values())
        del md
        collect()
        expect(kind.__name__ + " kept", watch.unreferenced.count(kind.__name__), 0, source=API + "MultiDictProxy")
        expect(
            kind.__name__ + " read",
            ([str(key) for key in keys], len(items), next(values).name, len(proxy)),
            (["one"], 1, kind.__name__, 1),
            source=API + "MultiDict.keys()",
        )
        del proxy, keys, items, values
        collect()
    expect_released("in the end", watch, ["MultiDict", "CIMultiDict"], source=DEALLOC)


@scenario
def weak_references(ext):
    """Dictionaries and proxies have weak references, which end with them."""
    ended = []
    for make in (
        lambda: ext.MultiDict(a=1),
        lambda: ext.CIMultiDict(a=1),
        lambda: ext.MultiDictProxy(ext.MultiDict(a=1)),
        lambda: ext.CIMultiDictProxy(ext.CIMultiDict(a=1)),
    ):
        one = make()
        name = type(one).__name__
        reference = weakref.ref(one, lambda _, name=name: ended.append(name))
        expect(name, reference() is one, True, source="Python library reference, 'weakref'")
        del one
        collect()
    expect(
        "ended",
        ended,
        ["MultiDict", "CIMultiDict", "MultiDictProxy", "CIMultiDictProxy"],
        source="Python library reference, 'weakref'",
    )


@scenario
def cycles_are_collected(ext):
    """Cycles through values, proxies, views and iterators are collected."""
    watch = Watch()
    md = ext.MultiDict(thing=watch.thing("itself"))
    md["itself"] = md
    other = ext.CIMultiDict(thing=watch.thing("proxy"))
    other["proxy"] = ext.CIMultiDictProxy(other)
    viewed = ext.MultiDict(thing=watch.thing("view"))
    viewed["view"] = viewed.items()
    iterated = ext.MultiDict(thing=watch.thing("iterator"))
    iterated["iterator"] = iter(iterated.values())
    del md, other, viewed, iterated
    expect_released("cycles", watch, ["itself", "proxy", "view", "iterator"], source=TRAVERSE)


@scenario
def classes_are_released(ext):
    """A Python class below a type of the package ends with its last object."""
    for base in (ext.MultiDict, ext.CIMultiDict):
        ended = []

        class Derived(base):
            pass

        md = Derived(a=1)
        md.itself = md
        references = [
            weakref.ref(md, lambda _: ended.append("object")),
            weakref.ref(Derived, lambda _: ended.append("class")),
        ]
        del md
        collect()
        del Derived
        collect()
        expect(base.__name__, ended, ["object", "class"], source=DEALLOC)
        del references


@scenario
def subclasses_with_slots_and_hooks(ext):
    """Subclasses have slots, dictionaries and hooks of their own."""
    seen = []

    class Base(ext.MultiDict):
        __slots__ = ("unit",)

        def __init_subclass__(cls, kind=None, **rest):
            super().__init_subclass__(**rest)
            seen.append((cls.__name__, kind))

    class Below(Base, kind="below"):
        def __getitem__(self, key):
            return ("got", super().__getitem__(key))

    expect("hook", seen, [("Below", "below")], source=DATA_MODEL + "__init_subclass__")
    slotted = Base(a=1)
    slotted.unit = "mm"
    expect("slot", (slotted.unit, slotted["a"]), ("mm", 1), source=DATA_MODEL + "__slots__")
    record("no dictionary", attempt(setattr, slotted, "colour", 1).exception)
    below = Below(a=1)
    below.colour = "red"
    expect(
        "overridden",
        (below["a"], below.getone("a"), below.colour),
        (("got", 1), 1, "red"),
        source=DATA_MODEL + "Custom classes",
    )
    copied = below.copy()
    expect("copied type", type(copied) is Below, True, source=API + "MultiDict.copy()")
    record("copied attribute", hasattr(copied, "colour"))
    record("attributes of plain types", attempt(setattr, ext.MultiDict(), "colour", 1).exception)


@scenario
def dictionaries_without_a_constructor(ext):
    """What an object from __new__ alone can do."""

    class Silent(ext.MultiDict):
        def __init__(self, *arguments):
            pass

    for name, md in (
        ("MultiDict", ext.MultiDict.__new__(ext.MultiDict)),
        ("CIMultiDict", ext.CIMultiDict.__new__(ext.CIMultiDict)),
        ("subclass", Silent(5)),
    ):
        record(name, attempt(lambda: (len(md), list(md.items()), md.get("a"), md == {})))
        record(name + " filled", attempt(lambda: (md.add("A", 1), md.getall("A"), md.copy() == md)))


@scenario
def proxies_without_a_constructor(ext):
    """A proxy from __new__ alone is refused, or it is usable."""
    record("without arguments", attempt(ext.MultiDictProxy.__new__, ext.MultiDictProxy).exception)

    class Silent(ext.MultiDictProxy):
        def __init__(self, *arguments):
            pass

    record("subclass", attempt(lambda: (len(Silent()), list(Silent()), Silent().get("a"), repr(Silent()))).exception)
    for name, wrong in (("dict", {}), ("None", None), ("class", ext.MultiDict)):
        expect(name, attempt(ext.MultiDictProxy, wrong), raised(TypeError), source=API + "MultiDictProxy")
    expect("case", attempt(ext.CIMultiDictProxy, ext.MultiDict()), raised(TypeError), source=API + "CIMultiDictProxy")
    expect("nothing", attempt(ext.MultiDictProxy), raised(TypeError), source=API + "MultiDictProxy")


@scenario
def constructors_called_again(ext):
    """__init__() on an existing dictionary replaces its items, and releases the old ones."""
    watch = Watch()
    md = ext.MultiDict(a=watch.thing("old"))
    md.__init__([("b", watch.thing("new"))], c=3)
    expect("items", list(md.keys()), ["b", "c"], source=API + "MultiDict")
    expect_released("released", watch, ["old"], source=DEALLOC)
    record("from itself", attempt(lambda: (md.__init__(md), list(md.keys()))[1]).exception)
    record("after that", list(md.keys()))
    ci = ext.CIMultiDict(A=1)
    ext.MultiDict.__init__(ci, {"B": 2})
    expect("case stays", ([str(key) for key in ci], "b" in ci), (["B"], True), source=API + "CIMultiDict")
    proxy = ext.MultiDictProxy(ext.MultiDict(a=watch.thing("proxied")))
    proxy.__init__(ext.MultiDict(z=1))
    record("proxy", list(proxy.items()))


@scenario
def two_bases(ext):
    """With two bases, the constructor is that of the first class in the order of resolution."""

    class Plain(ext.MultiDict):
        pass

    class Insensitive(ext.CIMultiDict):
        pass

    class Both(Plain, Insensitive):
        pass

    class Mixin:
        def first(self):
            return next(iter(self.values()))

    class Mixed(Mixin, ext.CIMultiDict):
        pass

    expect("mixed", (Mixed(A=1)["a"], Mixed(A=1).first()), (1, 1), source=DATA_MODEL + "Custom classes")
    both = Both(A=1)
    expect("is", isinstance(both, ext.CIMultiDict), True, source=DATA_MODEL + "Custom classes")
    expect(
        "case",
        "a" in both,
        True,
        source=DATA_MODEL + "object.__new__(): looked up in the order of resolution, CIMultiDict before MultiDict",
    )
    record("by the attribute", attempt(Both.__new__, Both, A=1).exception)
    expect(
        "with a dict",
        attempt(type, "WithDict", (ext.MultiDict, dict), {}),
        one_of(raised(TypeError), returned(None)),
        source=DATA_MODEL + "__slots__: bases with different layouts",
    )


@scenario
def pickles(ext):
    """A pickle of a dictionary or of an istr has the same items, in each protocol."""
    items = [("a", 1), ("B", 2), ("a", [3])]
    for protocol in range(6):
        md, ci = ext.MultiDict(items), ext.CIMultiDict(items)
        loaded, loaded_ci = pickle.loads(pickle.dumps(md, protocol)), pickle.loads(pickle.dumps(ci, protocol))
        expect(
            "MultiDict %d" % protocol,
            (type(loaded) is ext.MultiDict, list(loaded.items())),
            (True, items),
            source=PICKLE,
        )
        expect(
            "CIMultiDict %d" % protocol,
            (type(loaded_ci) is ext.CIMultiDict, loaded_ci["b"], len(loaded_ci)),
            (True, 2, 3),
            source=PICKLE,
        )
        text = pickle.loads(pickle.dumps(ext.istr("Key"), protocol))
        expect("istr %d" % protocol, (type(text) is ext.istr, str(text)), (True, "Key"), source=PICKLE)
    record("proxy", attempt(pickle.dumps, ext.MultiDictProxy(ext.MultiDict())).exception)
    record("view", attempt(pickle.dumps, ext.MultiDict().keys()).exception)


@scenario
def pickles_of_subclasses(ext):
    """A pickle of a subclass has its class, its items and its attributes."""

    class Named(ext.MultiDict):
        pass

    class WithState(ext.MultiDict):
        def __reduce__(self):
            return (WithState, (list(self.items()),), self.__dict__)

    for protocol in (0, 2, 5):
        named = Named([("a", 1), ("a", 2)])
        named.colour = "red"
        loaded = _round_trip(named, protocol, Named)
        expect(
            "items %d" % protocol,
            (type(loaded) is Named, list(loaded.items())),
            (True, [("a", 1), ("a", 2)]),
            source=PICKLE,
        )
        record("attribute %d" % protocol, getattr(loaded, "colour", "missing"))
        stated = WithState(a=1)
        stated.colour = "red"
        expect("own state %d" % protocol, _round_trip(stated, protocol, WithState).colour, "red", source=PICKLE)


@scenario
def pickles_of_cycles(ext):
    """A dictionary that contains itself is pickled, or refused with RecursionError."""
    md = ext.MultiDict()
    md["itself"] = [md]
    expect(
        "pickle",
        attempt(lambda: type(pickle.loads(pickle.dumps(md))) is ext.MultiDict),
        one_of(returned(True), raised(RecursionError)),
        source=PICKLE,
    )
    expect("repr", isinstance(repr(md), str), True, source="Python library reference, 'reprlib'")


@scenario
def copies(ext):
    """A shallow copy has the same values, a deep one copies of them; both are independent."""
    for kind in (ext.MultiDict, ext.CIMultiDict):
        value = [1]
        md = kind([("a", value), ("A", value)])
        for label, copied in (("copy()", md.copy()), ("copy", copy.copy(md)), ("constructor", kind(md))):
            copied.add("b", 2)
            expect(
                "%s of %s" % (label, kind.__name__),
                (type(copied) is kind, copied["a"] is value, len(md)),
                (True, True, 2),
                source=API + "MultiDict.copy()",
            )
        deep = copy.deepcopy(md)
        deep["a"].append(2)
        expect("deep copy of %s" % kind.__name__, (type(deep) is kind, value, len(deep)), (True, [1], 2), source=COPY)
    proxy = ext.MultiDictProxy(ext.MultiDict(a=1))
    expect("copy() of a proxy", type(proxy.copy()) is ext.MultiDict, True, source=API + "MultiDictProxy.copy()")
    record("copy of a proxy", attempt(copy.copy, proxy).exception)


def _values_that_act(ext, act):
    """Remove values that act on the dictionary when they end, in several ways."""
    holder = []

    class Ending:
        def __del__(self):
            for md in holder:
                act(md)

    removals = (
        ("replaced", lambda md: md.__setitem__("a", 5)),
        ("deleted", lambda md: md.popall("a")),
        ("cleared", lambda md: md.clear()),
        ("updated", lambda md: md.update(a=1, b=2, a2=3)),
        ("initialised", lambda md: md.__init__(z=1)),
        ("popped", lambda md: md.popone("a")),
        ("extended", lambda md: md.extend((name, Ending()) for name in "aabbccddeeffgghhiijj")),
    )
    for label, remove in removals:
        md = ext.MultiDict([("a", Ending()), ("b", 1), ("a", Ending()), ("c", 2)])
        holder.append(md)
        expect(label, attempt(remove, md).exception, None, source=API + "MultiDict")
        expect(label + ", whole", len(md) == len(list(md.items())), True, source=API + "MultiDict.items()")
        del holder[:]
        expect(
            label + ", later",
            attempt(lambda: (md.add("a", 1), md.getall("a")[-1])[1]),
            returned(1),
            source=API + "MultiDict.add()",
        )
        del md
    collect()


@scenario
def values_that_clear_at_their_end(ext):
    """A value that clears the dictionary when it ends leaves it whole."""
    _values_that_act(ext, lambda md: md.clear())


@scenario
def values_that_add_at_their_end(ext):
    """A value that adds items to the dictionary when it ends leaves it whole."""
    _values_that_act(ext, lambda md: md.extend([("n%d" % n, n) for n in range(50)]))


@scenario
def values_that_delete_at_their_end(ext):
    """A value that deletes items of the dictionary when it ends leaves it whole."""
    _values_that_act(ext, lambda md: (md.popall("b", None), md.popall("a", None)))


@scenario
def values_that_initialise_at_their_end(ext):
    """A value that calls the constructor of the dictionary again when it ends leaves it whole."""
    _values_that_act(ext, lambda md: md.__init__([("n%d" % n, n) for n in range(20)]))


@scenario
def comparisons_that_change_the_dictionary(ext):
    """A value whose == changes a dictionary during a comparison does no harm."""

    class Clears:
        def __init__(self, md):
            self.md = md

        def __eq__(self, other):
            self.md.clear()
            self.md.extend([("x%d" % n, n) for n in range(30)])
            return True

        __hash__ = None

    for label, make in (("MultiDict", lambda other: other), ("dict", dict)):
        left, right = ext.MultiDict(), ext.MultiDict()
        left.extend([("a", Clears(left)), ("b", 1), ("c", 2)])
        right.extend([("a", Clears(right)), ("b", 1), ("c", 2)])
        record(label, attempt(lambda: left == make(right)).exception)
        expect(label + " whole", len(list(left.items())) == len(left), True, source=API + "MultiDict.items()")
        left.clear()
        right.clear()


@scenario
def comparisons_that_fail(ext):
    """An exception from the == of a value arrives."""

    class Fails:
        def __eq__(self, other):
            raise LookupError("equal")

        __hash__ = None

    md = ext.MultiDict(a=Fails())
    expect("dictionaries", attempt(lambda: md == ext.MultiDict(a=1)), raised(LookupError), source=ERRORS)
    expect("with a dict", attempt(lambda: md == {"a": 1}), raised(LookupError), source=ERRORS)
    expect("contains", attempt(lambda: ("a", 1) in md.items()), raised(LookupError), source=ERRORS)
    expect("values", attempt(lambda: 1 in md.values()), raised(LookupError), source=ERRORS)
    expect("and", attempt(lambda: md.items() & [("a", 1)]), raised(LookupError), source=ERRORS)
    record("identical", attempt(lambda: md == md).exception)


@scenario
def iterables_that_fail(ext):
    """An exception from the source of an update arrives, what was added before it stays whole, and nothing is kept."""
    watch = Watch()

    def pairs(name):
        for number in range(20):
            yield "key%d" % number, watch.thing(name)
        raise LookupError(name)

    class Mapping:
        def __init__(self, name):
            self.name = name

        def keys(self):
            return ["a", "b", "c"]

        def items(self):
            return ((key, self[key]) for key in self.keys())

        def __getitem__(self, key):
            if key == "c":
                raise LookupError(key)
            return watch.thing(self.name)

    for name in ("extend", "update", "merge", "__init__"):
        for kind in (ext.MultiDict, ext.CIMultiDict):
            md = kind(old=1)
            label = "%s of %s" % (name, kind.__name__)
            expect(label, attempt(getattr(md, name), pairs("pairs")), raised(LookupError), source=ERRORS)
            expect(label + ", whole", len(md) == len(list(md.items())), True, source=API + "MultiDict.items()")
            record(label + ", items", len(md))
            expect(
                label + ", mapping",
                attempt(getattr(md, name), Mapping("mapping")),
                raised(LookupError),
                source=ERRORS,
            )
            expect(
                label + ", mapping, whole", len(md) == len(list(md.items())), True, source=API + "MultiDict.items()"
            )
            del md
    expect("constructor", attempt(ext.MultiDict, pairs("constructed")), raised(LookupError), source=ERRORS)
    collect()
    expect("all ended", len(watch.finalized) == len(watch._references), True, source=DEALLOC)


@scenario
def mappings_without_items(ext):
    """An object with keys() and __getitem__ is a mapping, as for dict."""

    class Mapping:
        def keys(self):
            return ["a", "b"]

        def __getitem__(self, key):
            return key * 2

    for name in ("extend", "update", "merge"):
        md = ext.MultiDict()
        expect(
            name,
            attempt(lambda: (getattr(md, name)(Mapping()), list(md.items()))[1]),
            returned([("a", "aa"), ("b", "bb")]),
            source=API + "MultiDict.%s(): a mapping" % name,
        )
    expect(
        "constructor",
        attempt(lambda: list(ext.CIMultiDict(Mapping()).values())),
        returned(["aa", "bb"]),
        source=API + "CIMultiDict: accepted parameters are the same as for dict",
    )


@scenario
def mappings_whose_items_fail(ext):
    """An exception from items() of a mapping arrives, whatever its type."""

    class OwnAttributeError(AttributeError):
        pass

    class OwnTypeError(TypeError):
        pass

    class Mapping:
        def __init__(self, error):
            self.error = error

        def keys(self):
            raise self.error("keys")

        def items(self):
            raise self.error("items")

        def __getitem__(self, key):
            raise self.error(key)

        def __iter__(self):
            return iter([("ignored", 1)])

    for error in (LookupError, OwnAttributeError, OwnTypeError):
        for name in ("extend", "update", "merge"):
            md = ext.MultiDict()
            expect(
                "%s, %s" % (name, error.__name__),
                attempt(getattr(md, name), Mapping(error)),
                raised(error),
                source=ERRORS,
            )
        expect(
            "constructor, %s" % error.__name__, attempt(ext.MultiDict, Mapping(error)), raised(error), source=ERRORS
        )


@scenario
def bad_items(ext):
    """Items that are no pairs, and keys that are no text, are refused, and nothing is kept."""
    watch = Watch()
    for label, items, error in (
        ("number", [5], TypeError),
        ("one", [("a",)], ValueError),
        ("three", [("a", 1, 2)], ValueError),
        ("key", [(5, watch.thing("key"))], TypeError),
        ("bytes", [(b"a", 1)], TypeError),
        ("no iterable", 5, TypeError),
    ):
        for name in ("extend", "update"):
            md = ext.MultiDict(old=1)
            expect(
                "%s, %s" % (name, label),
                attempt(getattr(md, name), [("ok", 1)] + items if items != 5 else 5),
                raised(error),
                source=API + "MultiDict.%s(): pairs as for dict; keys are text" % name,
            )
            record("%s, %s, after" % (name, label), list(md.keys()))
    del items
    md = ext.MultiDict(a=1)
    for label, function in (
        ("get", lambda: md[5]),
        ("set", lambda: md.__setitem__(5, watch.thing("value"))),
        ("add", lambda: md.add(None, watch.thing("added"))),
        ("delete", lambda: md.__delitem__(5)),
        ("getall", lambda: md.getall(5)),
        ("getone", lambda: md.getone(5)),
        ("contains", lambda: 5 in md),
        ("get()", lambda: md.get(5)),
        ("setdefault", lambda: md.setdefault(5, 1)),
        ("pop", lambda: md.pop(5)),
        ("popall", lambda: md.popall(5)),
    ):
        record(label, attempt(function).exception)
    expect("arguments", attempt(ext.MultiDict, {}, {}), raised(TypeError), source=API + "MultiDict")
    expect("no value", attempt(md.add, "a"), raised(TypeError), source=API + "MultiDict.add()")
    expect("unknown keyword", attempt(md.add, "a", wrong=1), raised(TypeError), source=API + "MultiDict.add()")
    collect()
    expect("released", sorted(watch.finalized), ["added", "key", "value"], source=DEALLOC)


@scenario
def sources_that_change_the_dictionary(ext):
    """A source that changes the dictionary that is being filled from it does no harm."""
    for name in ("extend", "update", "merge"):
        md = ext.MultiDict([("a", 1), ("b", 2)])

        def pairs():
            yield "a", 10
            md.clear()
            yield "b", 20
            md.extend([("n%d" % n, n) for n in range(40)])
            yield "c", 30
            md.popitem()
            yield "a", 40

        record(name, attempt(getattr(md, name), pairs()).exception)
        expect(name + ", whole", len(md) == len(list(md.items())), True, source=API + "MultiDict.items()")
        record(name + ", keys", sorted(key for key in md.keys() if not key.startswith("n")))
        record(name + ", itself", attempt(getattr(md, name), md.items()).exception)
        record(name + ", in the end", len(md))


@scenario
def sources_that_nest(ext):
    """An update from within the source of another update of the same dictionary does no harm."""
    md = ext.MultiDict([("a", 1), ("b", 2), ("a", 3)])

    def inner():
        yield "a", "inner"
        yield "d", "inner"

    def outer():
        yield "a", "outer"
        md.update(inner())
        yield "b", "outer"
        yield "d", "outer"

    record("ended", attempt(md.update, outer()).exception)
    record("items", sorted(md.items()))
    expect(
        "whole",
        (len(md) == len(list(md.items())), md.getall("b")),
        (True, ["outer"]),
        source=API + "MultiDict.update()",
    )


@scenario
def hints_of_length(ext):
    """A source with a wrong length hint is read to its end; an exception from the hint arrives or is ignored."""

    class Hinted:
        def __init__(self, hint):
            self.hint = hint

        def __iter__(self):
            return iter([("a", 1), ("b", 2)])

        def __length_hint__(self):
            if isinstance(self.hint, int):
                return self.hint
            raise self.hint

    for label, hint in (("none", 0), ("large", 10**6), ("huge", 2**62)):
        for name in ("extend", "update", "merge"):
            md = ext.MultiDict()
            expect(
                "%s, %s" % (name, label),
                attempt(lambda: (getattr(md, name)(Hinted(hint)), list(md))[1]),
                returned(["a", "b"]),
                source="Python library reference, 'operator', length_hint(): an estimate",
            )
    record("negative", attempt(ext.MultiDict().extend, Hinted(-1)).exception)
    record("error", attempt(ext.MultiDict().extend, Hinted(LookupError("hint"))).exception)


@scenario
def iteration_while_changing(ext):
    """An iterator of a dictionary that has changed raises RuntimeError."""
    for name in ("keys", "values", "items"):
        for label, change in (
            ("added", lambda md: md.add("new", 1)),
            ("deleted", lambda md: md.__delitem__("a")),
            ("cleared", lambda md: md.clear()),
            ("replaced", lambda md: md.__setitem__("a", 5)),
        ):
            md = ext.MultiDict([("a", 1), ("b", 2), ("a", 3)])
            iterator = iter(getattr(md, name)())
            next(iterator)
            change(md)
            record("%s, %s" % (name, label), attempt(next, iterator).exception)
            record("%s, %s, again" % (name, label), attempt(next, iterator).exception)
    iterator = iter(ext.MultiDict())
    expect(
        "empty",
        [attempt(next, iterator).exception for _ in range(3)],
        ["StopIteration"] * 3,
        source="Python library reference, 'Iterator Types'",
    )


@scenario
def views_and_sets(ext):
    """Views are sets of keys and of items; other operands are refused, and exceptions arrive."""
    md = ext.MultiDict([("a", 1), ("b", 2), ("a", 3)])
    keys, items = md.keys(), md.items()
    record(
        "keys",
        [
            sorted(one)
            for one in (
                keys & ["a", "x"],
                keys | ["x"],
                keys - ["a"],
                keys ^ ["a", "x"],
                ["a", "x"] & keys,
                ["x"] | keys,
                ["a", "x"] - keys,
                ["a", "x"] ^ keys,
            )
        ],
    )
    record(
        "items",
        [
            sorted(one)
            for one in (
                items & [("a", 3)],
                items | [("c", 1)],
                items - [("a", 1)],
                items ^ [("a", 1)],
                [("a", 3)] & items,
                [("a", 3), ("z", 1)] - items,
            )
        ],
    )
    record("disjoint", (keys.isdisjoint(["x"]), keys.isdisjoint(["a"]), items.isdisjoint([("a", 2)])))
    record("compared", (keys == {"a", "b"}, keys <= {"a", "b", "c"}, keys > {"a"}, items >= {("a", 1)}, keys == 5))

    def failing():
        yield "x"
        raise LookupError("half-way")

    for label, function in (
        ("and", lambda o: keys & o),
        ("or", lambda o: keys | o),
        ("minus", lambda o: keys - o),
        ("xor", lambda o: keys ^ o),
        ("items and", lambda o: items & o),
        ("items or", lambda o: items | o),
        ("items minus", lambda o: items - o),
        ("items xor", lambda o: items ^ o),
        ("disjoint of", keys.isdisjoint),
        ("items disjoint of", items.isdisjoint),
    ):
        expect(label, attempt(function, failing()), raised(LookupError), source=ERRORS)
        expect(label + " number", attempt(function, 5), raised(TypeError), source="collections.abc, Set")
    for label, function in (
        ("and unhashable", lambda: items & [("a", [])]),
        ("or unhashable", lambda: items | [("a", [])]),
        ("reflected unhashable", lambda: [("a", [])] | items),
    ):
        record(label, attempt(function).exception)
    unhashable = ext.MultiDict(a=[1]).items()
    for label, function in (
        ("values or", lambda: unhashable | []),
        ("values minus", lambda: unhashable - []),
        ("values and", lambda: unhashable & [("a", [1])]),
    ):
        record(label, attempt(function).exception)


@scenario
def case_insensitive_keys(ext):
    """Keys of a CIMultiDict are found in any case and are shown as they were given."""
    ci = ext.CIMultiDict([("Content-Type", 1), ("content-type", 2)])
    expect("found", (ci["CONTENT-TYPE"], ci.getall("content-TYPE")), (1, [1, 2]), source=API + "CIMultiDict")
    expect("keys", [type(key) is ext.istr for key in ci], [True], source=API + "CIMultiDict: keys are istr")
    key = ext.istr("Key")
    ci[key] = 3
    expect(
        "istr",
        (ci["KEY"], key == "Key", hash(key) == hash("Key"), isinstance(key, str)),
        (3, True, True, True),
        source=API + "istr",
    )
    expect(
        "in a MultiDict",
        (ext.MultiDict([(key, 1)])["Key"], "key" in ext.MultiDict([(key, 1)])),
        (1, False),
        source=API + "MultiDict",
    )
    for label, text in (("sharp s", "\u00df"), ("dotted I", "\u0130"), ("sigma", "\u03a3"), ("Kelvin", "\u212a")):
        record(label, (text.lower() in ext.CIMultiDict([(text, 1)]), text.upper() in ext.CIMultiDict([(text, 1)])))
    record("same", ext.istr(key) is key)
    record("subclass", attempt(type, "Sub", (ext.istr,), {}).exception)
    expect("decoded", str(ext.istr(b"ab", "ascii")), "ab", source=API + "istr: arguments as for str")
    record("undecodable", attempt(ext.istr, b"\xff", "ascii").exception)


@scenario
def keys_of_subclasses_of_str(ext):
    """A key whose lower() or hash fails or does something else raises or is used, and nothing is kept."""

    class NoLower(str):
        def lower(self):
            raise LookupError("lower")

    class LowerNumber(str):
        def lower(self):
            return 5

    class NoHash(str):
        def __hash__(self):
            raise LookupError("hash")

    class Unequal(str):
        def __eq__(self, other):
            raise LookupError("equal")

        __hash__ = str.__hash__

    for name, key in (
        ("no lower()", NoLower("A")),
        ("lower() is a number", LowerNumber("A")),
        ("no hash", NoHash("A")),
        ("unequal", Unequal("A")),
    ):
        for kind in (ext.MultiDict, ext.CIMultiDict):
            md = kind(A=1)
            label = "%s in %s" % (name, kind.__name__)
            record(label, attempt(lambda: (md.add(key, 2), len(md))[1]).exception)
            record(label + ", read", attempt(lambda: md[key]).exception)
            record(label + ", items", len(list(md.items())))


@scenario
def threads_fill_one_dictionary(ext):
    """Threads that add to one dictionary leave it with all items."""
    md = ext.CIMultiDict()
    failed = []

    def work(number):
        try:
            for count in range(200):
                md.add("key%d" % number, count)
                md["own%d" % number] = count
                md.getall("KEY%d" % number)
        except Exception as error:
            failed.append(type(error).__name__)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    expect("failed", failed, [], source=API + "MultiDict.add()")
    expect("items", len(md), 4 * 200 + 4, source=API + "MultiDict.add()")
    expect(
        "in order",
        [md.getall("key%d" % number) == list(range(200)) for number in range(4)],
        [True] * 4,
        source=API + "MultiDict.getall()",
    )


@scenario
def deep_nesting(ext):
    """A long chain of dictionaries ends without using up the stack."""
    md = ext.MultiDict()
    for _ in range(50000):
        md = ext.MultiDict(a=md)
    del md
    collect()
    record("ended", True)


@scenario
def representations(ext):
    """repr() of nested and recursive dictionaries ends; exceptions from the repr of a value arrive."""

    class Fails:
        def __repr__(self):
            raise LookupError("repr")

    md = ext.MultiDict(a=Fails())
    for label, one in (
        ("dictionary", md),
        ("proxy", ext.MultiDictProxy(md)),
        ("items", md.items()),
        ("values", md.values()),
    ):
        expect(label, attempt(repr, one), raised(LookupError), source=ERRORS)
    expect("keys", attempt(repr, md.keys()).exception, None, source=ERRORS)
    recursive = ext.MultiDict()
    recursive["a"] = recursive
    record("recursive", repr(recursive))
    recursive["v"] = recursive.values()
    record("recursive values", attempt(repr, recursive.values()).exception)
