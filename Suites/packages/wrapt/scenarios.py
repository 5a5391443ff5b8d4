import copy
import pickle
import threading
import weakref

import wrapt
from hpy_conform import Watch, attempt, collect, expect, expect_released, raised, record, returned, scenario

PROXY = "wrapt documentation, 'Proxies and Wrappers', Object Proxy"
WRAPPER = "wrapt documentation, 'Proxies and Wrappers', Function Wrappers"
PARTIAL = "Python library, 'functools', partial() (wrapt.partial behaves as it does)"
COPIES = "wrapt documentation, 'Proxies and Wrappers', Object Proxy (copy and pickle have to be defined by a subclass)"
ERRORS = (
    "Python language reference, 'Executing the program', 'Exceptions' (the exception that was raised is propagated)"
)
CYCLES = "Python library, 'gc'"
WEAK = "Python library, 'weakref', ref objects"
INIT = "Python language reference, 'Data model', object.__init_subclass__"
RELEASED = "Python/C API, 'Objects, Types and Reference Counts' (who owns a reference has to give it up)"


class Value:
    """Something with attributes that can be wrapped, copied and pickled."""

    def __init__(self, number=1):
        self.number = number

    def twice(self, more=0):
        return 2 * self.number + more

    def __eq__(self, other):
        return isinstance(other, Value) and self.number == other.number

    __hash__ = None


class Kept(wrapt.ObjectProxy):
    """A proxy that defines how it is copied and pickled, and that pickle finds in the module."""

    __module__ = "wrapt"

    def __copy__(self):
        return type(self)(copy.copy(self.__wrapped__))

    def __deepcopy__(self, memo):
        return type(self)(copy.deepcopy(self.__wrapped__, memo))

    def __reduce__(self):
        return type(self), (self.__wrapped__,)

    def __reduce_ex__(self, protocol):
        return self.__reduce__()


class KeptBelow(Kept):
    __module__ = "wrapt"
    __slots__ = ()


def fail(*_, **__):
    raise LookupError("refused")


def passed(wrapped, instance, args, kwargs):
    return wrapped(*args, **kwargs)


@scenario
def proxies_are_what_they_wrap(ext):
    """A proxy answers for its object, and attributes go through to it."""
    value = Value(3)
    proxy = ext.ObjectProxy(value)
    expect(
        "class",
        (proxy.__class__ is Value, isinstance(proxy, Value), isinstance(proxy, ext.ObjectProxy)),
        (True, True, True),
        source=PROXY,
    )
    expect("read", (proxy.number, proxy.twice(1)), (3, 7), source=PROXY)
    proxy.number = 4
    proxy._self_note = "own"
    expect("written", (value.number, hasattr(value, "_self_note"), proxy._self_note), (4, False, "own"), source=PROXY)
    del proxy.number
    expect("deleted", hasattr(value, "number"), False, source=PROXY)
    expect("missing", attempt(getattr, proxy, "number"), raised(AttributeError), source=PROXY)
    proxy.__wrapped__ = other = Value(9)
    expect("another object", (proxy.number, proxy.__wrapped__ is other), (9, True), source=PROXY)
    expect("without an object", attempt(delattr, proxy, "__wrapped__"), raised(TypeError), source=PROXY)


@scenario
def operators_of_proxies(ext):
    """Operators and built-in functions of a proxy are those of its object."""
    number, row = ext.ObjectProxy(7), ext.ObjectProxy([1, 2, 3])
    expect(
        "numbers",
        (
            number + 1,
            1 + number,
            number - number,
            2 * number,
            number // 2,
            7 % number,
            number**2,
            divmod(number, 2),
            -number,
            +number,
            abs(number),
            ~number,
            number << 1,
            number & 3,
            number | 8,
            number ^ 1,
            int(number),
            float(number),
            bool(number),
            number / 2,
            hash(number) == hash(7),
        ),
        (8, 8, 0, 14, 3, 0, 49, (3, 1), -7, 7, 7, -8, 14, 3, 15, 6, 7, 7.0, True, 3.5, True),
        source=PROXY,
    )
    expect("three operands", pow(number, 2, 5), 4, source=PROXY)
    record("a proxy as exponent", attempt(pow, 2, number, 5))
    record("a proxy as modulus", attempt(pow, 2, 3, number))
    expect(
        "comparison",
        (number == 7, number < 8, 8 > number, number != ext.ObjectProxy(7)),
        (True, True, True, False),
        source=PROXY,
    )
    expect(
        "sequence",
        (len(row), row[0], row[1:], 2 in row, list(row), list(reversed(row)), row + [4]),
        (3, 1, [2, 3], True, [1, 2, 3], [3, 2, 1], [1, 2, 3, 4]),
        source=PROXY,
    )
    row[0] = 5
    del row[1]
    expect("changed", row.__wrapped__, [5, 3], source=PROXY)
    expect(
        "text",
        (
            str(number),
            format(number, "03"),
            bytes(ext.ObjectProxy(b"x")),
            round(ext.ObjectProxy(2.567), 1),
            complex(ext.ObjectProxy(1j)),
        ),
        ("7", "007", b"x", 2.6, 1j),
        source=PROXY,
    )
    expect("index", [10, 11, 12][ext.ObjectProxy(1)], 11, source=PROXY)


@scenario
def operators_in_place(ext):
    """An operator in place changes the wrapped object, or replaces it, and keeps the proxy."""

    class Failing(list):
        def __iadd__(self, other):
            raise LookupError("refused")

        def __imul__(self, other):
            return NotImplemented

    row = inner = [1]
    proxy = kept = ext.ObjectProxy(row)
    proxy += [2]
    record("list", (proxy is kept, proxy.__wrapped__ is inner, inner))
    number = ext.ObjectProxy(5)
    number += 2
    number *= 3
    number -= 1
    number //= 2
    number **= 2
    number <<= 1
    number >>= 2
    number |= 64
    number ^= 1
    number &= 127
    expect(
        "number",
        (number == ((((5 + 2) * 3 - 1) // 2) ** 2 << 1 >> 2 | 64) ^ 1 & 127, isinstance(number, ext.ObjectProxy)),
        (True, True),
        source=PROXY,
    )

    def add():
        one = ext.ObjectProxy(Failing())
        one += [1]

    def multiply():
        one = ext.ObjectProxy(Failing([1]))
        one *= 2
        return one

    expect("failing", attempt(add), raised(LookupError), source=ERRORS)
    record("not implemented", attempt(lambda: list(multiply())))


@scenario
def proxies_without_an_object(ext):
    """Each use of a proxy that was never initialised raises an exception, and none crashes."""
    made = ext.ObjectProxy.__new__(ext.ObjectProxy)
    uses = (
        ("str", str),
        ("repr", repr),
        ("hash", hash),
        ("bool", bool),
        ("len", len),
        ("int", int),
        ("iter", iter),
        ("dir", dir),
        ("attribute", lambda one: one.number),
        ("class", lambda one: one.__class__),
        ("dict", lambda one: one.__dict__),
        ("wrapped", lambda one: one.__wrapped__),
        ("set", lambda one: setattr(one, "number", 1)),
        ("vars", vars),
        ("add", lambda one: one + 1),
        ("radd", lambda one: 1 + one),
        ("equal", lambda one: one == one),
        ("call", lambda one: one()),
        ("item", lambda one: one[0]),
        ("contains", lambda one: 1 in one),
        ("power", lambda one: pow(1, one, one)),
        ("enter", lambda one: one.__enter__()),
        ("copy", copy.copy),
        ("isinstance", lambda one: isinstance(one, int)),
        ("doc", lambda one: one.__doc__),
        ("module", lambda one: one.__module__),
        ("reversed", reversed),
        ("round", round),
    )
    record("exceptions", {name: attempt(use, made).exception for name, use in uses})
    made.__init__(5)
    expect("initialised later", made + 1, 6, source="Python language reference, 'Data model', object.__init__")


@scenario
def wrappers_without_a_function(ext):
    """Each use of a wrapper that was never initialised raises an exception, and none crashes."""
    for cls in (ext.FunctionWrapper, ext.BoundFunctionWrapper, ext.PartialCallableObjectProxy, ext.CallableObjectProxy):
        made = cls.__new__(cls)
        uses = (
            ("call", lambda one: one()),
            ("get", lambda one: one.__get__(3, int)),
            ("name", lambda one: one.__name__),
            ("instance", lambda one: one._self_instance),
            ("wrapper", lambda one: one._self_wrapper),
            ("str", str),
            ("parent", lambda one: one._self_parent),
            ("args", lambda one: one._self_args),
            ("isinstance", lambda one: isinstance(3, one)),
            ("set name", lambda one: one.__set_name__(int, "x")),
        )
        found = {name: attempt(use, made).exception for name, use in uses}
        record(cls.__name__, found)


@scenario
def initialised_twice(ext):
    """A second __init__ releases what the first one held."""
    watch = Watch()
    proxy = ext.ObjectProxy(watch.thing("first"))
    proxy.__init__(watch.thing("second"))
    expect_released("proxy", watch, ["first"], source=RELEASED)
    wrapper = ext.FunctionWrapper(watch.thing, watch.thing)
    wrapper.__init__(fail, passed)
    expect("wrapper", attempt(wrapper), raised(LookupError), source=ERRORS)
    part = ext.PartialCallableObjectProxy(max, watch.thing("argument"), key=watch.thing("keyword"))
    part.__init__(max, 3)
    expect("partial", part(5), 5, source=PARTIAL)
    del proxy
    expect_released("all", watch, ["first", "second", "argument", "keyword"], source=RELEASED)


@scenario
def failed_constructions(ext):
    """Wrong arguments of the constructors raise, and are released."""
    watch = Watch()
    attempts = (
        lambda: ext.ObjectProxy(),
        lambda: ext.ObjectProxy(watch.thing("one"), 2),
        lambda: ext.ObjectProxy(wrong=3),
        lambda: ext.FunctionWrapper(watch.thing("two")),
        lambda: ext.FunctionWrapper(),
        lambda: ext.FunctionWrapper(watch.thing("three"), passed, wrong=1),
        lambda: ext.BoundFunctionWrapper(fail),
        lambda: ext.PartialCallableObjectProxy(),
        lambda: ext.PartialCallableObjectProxy(watch.thing("four")),
        lambda: ext.partial(),
        lambda: ext.partial(3),
    )
    record("exceptions", [attempt(one).exception for one in attempts])
    expect_released("arguments", watch, ["one", "two", "three", "four"], source=RELEASED)


@scenario
def cycles_through_proxies(ext):
    """Cycles through a proxy, its own attributes, a wrapper or a partial call are collected."""
    watch = Watch()

    def cycle_of_proxy():
        one = [watch.thing("wrapped")]
        one.append(ext.ObjectProxy(one))

    def cycle_of_attribute():
        one = ext.ObjectProxy(Value())
        one._self_back = (one, watch.thing("attribute"))

    def cycle_of_wrapper():
        def function():
            return held

        held = [ext.FunctionWrapper(function, passed), watch.thing("function")]

    def cycle_of_partial():
        held = [watch.thing("partial")]
        held.append(ext.PartialCallableObjectProxy(max, held, key=held))

    def cycle_of_bound():
        class Owner:
            method = ext.FunctionWrapper(lambda self: self, passed)

        one = Owner()
        one.thing = watch.thing("bound")
        one.bound = one.method

    for one in (cycle_of_proxy, cycle_of_attribute, cycle_of_wrapper, cycle_of_partial, cycle_of_bound):
        one()
    expect_released("cycles", watch, ["wrapped", "attribute", "function", "partial", "bound"], source=CYCLES)


@scenario
def weak_references(ext):
    """Weak references to proxies and wrappers are cleared, and weak methods work."""
    seen = []
    proxy, wrapper = ext.ObjectProxy([1]), ext.FunctionWrapper(fail, passed)
    references = [
        weakref.ref(proxy, lambda _: seen.append("proxy")),
        weakref.ref(wrapper, lambda _: seen.append("wrapper")),
    ]
    expect("alive", (references[0]() is proxy, references[1]() is wrapper), (True, True), source=WEAK)
    del proxy, wrapper
    collect()
    expect("cleared", ([one() for one in references], sorted(seen)), ([None, None], ["proxy", "wrapper"]), source=WEAK)

    class Owner:
        def method(self):
            return 5

    owner = Owner()
    weak = ext.WeakFunctionProxy(owner.method)
    expect("method", weak(), 5, source="wrapt documentation, WeakFunctionProxy")
    del owner
    collect()
    expect("dead method", attempt(weak), raised(ReferenceError), source="wrapt documentation, WeakFunctionProxy")


@scenario
def objects_that_end_while_replaced(ext):
    """The wrapped object may use the proxy while it ends."""
    seen = []

    class Ending:
        def __init__(self, proxy):
            self.proxy = proxy

        def __del__(self):
            seen.append(self.proxy.__wrapped__)

    proxy = ext.ObjectProxy(None)
    proxy.__wrapped__ = Ending(proxy)
    proxy.__wrapped__ = "next"
    collect()
    expect("seen", seen, ["next"], source=PROXY)
    proxy.__init__(Ending(proxy))
    proxy.__init__("last")
    collect()
    expect("initialised again", seen, ["next", "last"], source=PROXY)


@scenario
def subclasses_of_proxies(ext):
    """Subclasses with and without __slots__, with hooks and with several bases."""
    hooked = []

    class Hooked(ext.ObjectProxy):
        __slots__ = ()

        def __init_subclass__(cls, **options):
            hooked.append((cls.__name__, options))

    class Slotted(Hooked):
        __slots__ = ("_self_size",)

        def __init__(self, wrapped, size):
            super().__init__(wrapped)
            self._self_size = size

    class Mixed:
        def twice(self, more=0):
            return "mixed"

    class Both(Slotted, Mixed):
        extra = "class attribute"

        def __call__(self, *args):
            return len(args)

    one = Both(Value(3), 8)
    expect("hook", hooked, [("Slotted", {}), ("Both", {})], source=INIT)
    expect(
        "attributes",
        (one._self_size, one.number, one.twice(), one.extra, one(1, 2)),
        (8, 3, "mixed", "class attribute", 2),
        source=PROXY,
    )
    one.extra = "set"
    record("a class attribute that is set", (one.extra, hasattr(one.__wrapped__, "extra"), Both.extra))
    expect(
        "slots",
        attempt(getattr, Slotted.__new__(Slotted), "_self_size").exception is not None,
        True,
        source="Python language reference, 'Data model', __slots__",
    )

    class Property(ext.ObjectProxy):
        @property
        def number(self):
            return "own " + str(self.__wrapped__.number)

        @number.setter
        def number(self, value):
            self.__wrapped__.number = value * 10

    own = Property(Value(1))
    own.number = 4
    expect("property", (own.number, own.__wrapped__.number), ("own 40", 40), source=PROXY)
    record("two layouts", attempt(type, "Two", (ext.ObjectProxy, int), {}).exception)


@scenario
def keywords_of_a_subclass(ext):
    """Keywords of a class statement below a proxy go to __init_subclass__."""
    seen = []

    class Hooked(ext.ObjectProxy):
        def __init_subclass__(cls, size, **options):
            super().__init_subclass__(**options)
            seen.append((cls.__name__, size))

    def derive(**options):
        class Below(Hooked, **options):
            pass

    expect("accepted", attempt(derive, size=3), returned(None), source=INIT)
    expect("seen", seen, [("Below", 3)], source=INIT)
    expect("refused", attempt(derive), raised(TypeError), source=INIT)


@scenario
def classes_below_a_proxy(ext):
    """A proxy of a class stands for the class in the bases of another."""
    made = attempt(lambda: type("Below", (Value,), {}))
    proxy = ext.ObjectProxy(Value)

    def derive():
        class Below(proxy):
            pass

        return Below(2).twice(), Below.__mro__[1] is Value

    expect(
        "derived",
        attempt(derive),
        returned((4, True)),
        source="Python language reference, 'Data model', object.__mro_entries__",
    )
    expect("instances", (isinstance(Value(), proxy), issubclass(made.value, proxy)), (True, True), source=PROXY)
    expect("made", attempt(lambda: ext.CallableObjectProxy(Value)(5).number), returned(5), source=PROXY)


@scenario
def attributes_that_fail(ext):
    """Exceptions of the wrapped object's attributes are those of the proxy."""

    class Failing:
        def __getattr__(self, name):
            raise AttributeError(name) if name.startswith("__") else LookupError(name)

        def __setattr__(self, name, value):
            raise LookupError(name)

        def __bool__(self):
            raise LookupError("bool")

        def __len__(self):
            return -1

        def __iter__(self):
            raise LookupError("iter")

        def __enter__(self):
            return self

        def __exit__(self, *_):
            raise LookupError("exit")

        def __eq__(self, other):
            raise LookupError("eq")

        def __hash__(self):
            raise LookupError("hash")

        def __format__(self, text):
            raise LookupError("format")

    def entered(one):
        with one:
            pass

    proxy = ext.ObjectProxy(Failing())
    uses = (
        ("get", lambda one: one.missing),
        ("set", lambda one: setattr(one, "x", 1)),
        ("bool", bool),
        ("iter", iter),
        ("exit", entered),
        ("equal", lambda one: one == 1),
        ("hash", hash),
        ("format", format),
    )
    for name, use in uses:
        expect(name, attempt(use, proxy), raised(LookupError), source=ERRORS)
    expect(
        "len", attempt(len, proxy), raised(ValueError), source="Python language reference, 'Data model', object.__len__"
    )


@scenario
def construction_of_a_failing_object(ext):
    """A wrapped object whose attributes raise while the proxy is made."""

    class Failing:
        def __getattribute__(self, name):
            raise LookupError(name)

    record("proxy", attempt(ext.ObjectProxy, Failing()).exception)
    record("wrapper", attempt(ext.FunctionWrapper, Failing(), passed).exception)
    record("partial", attempt(ext.PartialCallableObjectProxy, Failing()).exception)
    record("bound", attempt(lambda: ext.FunctionWrapper(fail, passed).__get__(Failing(), Failing)).exception)


@scenario
def copies_and_pickles(ext):
    """A proxy is not copied or pickled, and a subclass that defines it is."""
    plain = ext.ObjectProxy([1])
    for name, use in (("copy", copy.copy), ("deepcopy", copy.deepcopy), ("pickle", pickle.dumps)):
        expect(name, attempt(use, plain), raised(NotImplementedError), source=COPIES)
    for cls in (Kept, KeptBelow):
        one = cls({"a": [1]})
        setattr(ext, cls.__name__, cls)
        back = [
            attempt(lambda: pickle.loads(pickle.dumps(one, number))) for number in (0, 1, 2, pickle.HIGHEST_PROTOCOL)
        ]
        delattr(ext, cls.__name__)
        expect(
            cls.__name__ + " pickled",
            [(type(one.value) is cls, one.value.__wrapped__) for one in back],
            [(True, {"a": [1]})] * 4,
            source=COPIES,
        )
        shallow, deep = copy.copy(one), copy.deepcopy(one)
        expect(
            cls.__name__ + " copied",
            (type(shallow) is cls, shallow["a"] is one["a"], type(deep) is cls, deep == one, deep["a"] is one["a"]),
            (True, True, True, True, False),
            source=COPIES,
        )
    wrapper = ext.FunctionWrapper(fail, passed)
    record("wrapper", [attempt(one, wrapper).exception for one in (copy.copy, copy.deepcopy, pickle.dumps)])


@scenario
def function_wrappers_bind(ext):
    """A wrapper function is told what it wraps and to which instance it is bound."""

    def told(wrapped, instance, args, kwargs):
        return (
            instance if isinstance(instance, type) else type(instance),
            args,
            sorted(kwargs.items()),
            wrapped(*args, **kwargs),
        )

    class Owner:
        @ext.decorator
        def tell(wrapped, instance, args, kwargs):
            return told(wrapped, instance, args, kwargs)

        def plain(self, *args, **kwargs):
            return len(args)

        plain = ext.FunctionWrapper(plain, told)
        of_class = ext.FunctionWrapper(classmethod(lambda cls, *args: cls.__name__), told)
        static = ext.FunctionWrapper(staticmethod(lambda *args: len(args)), told)

    one = Owner()
    kind = [
        one.plain(1, 2, a=3),
        Owner.plain(one, 1),
        one.of_class(1),
        Owner.of_class(),
        one.static(1),
        Owner.static(1, 2),
    ]
    expect(
        "calls",
        kind,
        [
            (Owner, (1, 2), [("a", 3)], 2),
            (Owner, (1,), [], 1),
            (Owner, (1,), [], "Owner"),
            (Owner, (), [], "Owner"),
            (type(None), (1,), [], 1),
            (type(None), (1, 2), [], 2),
        ],
        source=WRAPPER,
    )
    expect("unbound without an instance", attempt(Owner.plain), raised(TypeError), source=WRAPPER)


@scenario
def function_wrappers_fail(ext):
    """Exceptions of the wrapper, of `enabled` and of descriptors are those of the call."""
    watch = Watch()

    class Descriptor:
        def __get__(self, instance, owner):
            raise LookupError("refused")

        def __call__(self):
            pass

    class Owner:
        method = ext.FunctionWrapper(Descriptor(), passed)

    expect(
        "wrapper", attempt(ext.FunctionWrapper(len, fail), watch.thing("argument")), raised(LookupError), source=ERRORS
    )
    expect("enabled", attempt(ext.FunctionWrapper(len, passed, enabled=fail), [1]), raised(LookupError), source=ERRORS)
    expect("not enabled", ext.FunctionWrapper(len, fail, enabled=False)([1]), 1, source=WRAPPER)
    expect(
        "wrapped",
        attempt(ext.FunctionWrapper(fail, passed), watch.thing("second"), more=watch.thing("keyword")),
        raised(LookupError),
        source=ERRORS,
    )
    expect("descriptor", attempt(lambda: Owner().method), raised(LookupError), source=ERRORS)
    expect_released("arguments", watch, ["argument", "second", "keyword"], source=RELEASED)


@scenario
def classes_that_are_wrapped(ext):
    """A decorated class is still derived from, and asked for its instances."""
    made = []

    def construct(wrapped, instance, args, kwargs):
        made.append(args)
        return wrapped(*args, **kwargs)

    class Plain:
        def __init__(self, number):
            self.number = number

    Wrapped = ext.FunctionWrapper(Plain, construct)

    def derive():
        class Below(Wrapped):
            pass

        return Below(3).number, issubclass(Below, Plain)

    expect("called", (Wrapped(2).number, made), (2, [(2,)]), source=WRAPPER)
    expect("derived", attempt(derive), returned((3, True)), source=WRAPPER)
    expect(
        "instances",
        (isinstance(Plain(1), Wrapped), issubclass(Plain, Wrapped), isinstance(1, Wrapped)),
        (True, True, False),
        source=WRAPPER,
    )


@scenario
def partial_calls(ext):
    """wrapt.partial joins arguments and keywords as functools.partial does."""

    def function(*args, **kwargs):
        return args, sorted(kwargs.items())

    one = ext.partial(function, 1, a=2, b=3)
    expect("called", one(5, b=6, c=7), ((1, 5), [("a", 2), ("b", 6), ("c", 7)]), source=PARTIAL)
    expect("without", one(), ((1,), [("a", 2), ("b", 3)]), source=PARTIAL)
    expect("nested", ext.partial(one, 9, z=1)(0), ((1, 9, 0), [("a", 2), ("b", 3), ("z", 1)]), source=PARTIAL)
    expect(
        "unhashable keywords",
        attempt(one, **{"x y": []}),
        returned(((1,), [("a", 2), ("b", 3), ("x y", [])])),
        source=PARTIAL,
    )
    expect("fails", attempt(ext.partial(fail, [1], a=[2]), [3], b=[4]), raised(LookupError), source=ERRORS)


@scenario
def factories_that_fail(ext):
    """A lazy proxy makes its object once, and tries again behind an exception."""
    calls = []

    def factory():
        calls.append(len(calls))
        if len(calls) == 1:
            raise LookupError("refused")
        return Value(len(calls))

    lazy = ext.LazyObjectProxy(factory)
    expect("not yet", calls, [], source="wrapt documentation, LazyObjectProxy")
    expect("first", attempt(getattr, lazy, "number"), raised(LookupError), source=ERRORS)
    expect("second", (lazy.number, lazy.number, calls), (2, 2, [0, 1]), source="wrapt documentation, LazyObjectProxy")


@scenario
def factories_that_use_the_proxy(ext):
    """A factory that uses the proxy it is called for does not crash."""
    lazy = None

    def factory():
        return lazy.number

    lazy = ext.LazyObjectProxy(factory)
    expect("itself", attempt(getattr, lazy, "number").exception is not None, True, source=ERRORS)


@scenario
def a_proxy_of_itself(ext):
    """Proxies of proxies go through, and a proxy of itself does not crash."""
    proxy = ext.ObjectProxy(Value(3))
    for _ in range(50):
        proxy = ext.ObjectProxy(proxy)
    expect("nested", (proxy.number, proxy.__class__ is Value), (3, True), source=PROXY)
    one = ext.ObjectProxy(1)
    made = attempt(setattr, one, "__wrapped__", one)
    record("itself", made.exception)
    if made.exception is None:
        ended = attempt(lambda: one.number).exception
        one.__wrapped__ = 1
        expect("attribute", ended, "RecursionError", source="Python library, 'Built-in Exceptions', RecursionError")


@scenario
def several_threads_at_once(ext):
    """Threads that call, read and replace at once all see one of the right values."""
    proxy = ext.ObjectProxy(Value(1))
    wrapper = ext.FunctionWrapper(lambda *args: sum(args), passed)
    results = []

    def work(number):
        good = True
        for turn in range(100):
            proxy.__wrapped__ = Value(number)
            good = good and proxy.number in (1, 2, 3, 4) and wrapper(turn, number) == turn + number
        results.append(good)

    threads = [threading.Thread(target=work, args=(number,)) for number in (1, 2, 3, 4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    expect("results", results, [True] * 4, source="Python language reference, 'Execution model'")


@scenario
def synchronized_functions(ext):
    """wrapt.synchronized lets one thread in at a time, also behind an exception."""

    class Counter:
        def __init__(self):
            self.count = self.inside = self.most = 0

        @ext.synchronized
        def add(self, fails):
            self.inside += 1
            self.most = max(self.most, self.inside)
            self.count += 1
            self.inside -= 1
            if fails:
                raise LookupError("refused")

    counter = Counter()

    def work():
        for turn in range(50):
            attempt(counter.add, turn % 5 == 0)

    work()
    threads = [threading.Thread(target=lambda: [counter.add(False) for _ in range(50)]) for _ in range(3)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    expect("counted", (counter.count, counter.most), (200, 1), source="wrapt documentation, 'Synchronized'")
