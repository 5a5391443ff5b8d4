from hpy_conform import attempt, collect, expect, raised, record, scenario

DATA = "Python/C API, 'Type Objects', PyType_Spec.basicsize (negative: how much more memory than the base); PyObject_GetTypeData"
SIZE = "Python/C API, 'Type Objects', PyType_GetTypeDataSize"
MEMBER = "Python/C API, 'Common Object Structures', Py_RELATIVE_OFFSET"
ZERO = "Python/C API, 'Type Objects', PyType_Spec.basicsize (zero: inherited from the base)"


class Base:
    pass


class Slotted:
    __slots__ = ("one", "two")


def bases():
    return [object, Base, Slotted, list, dict, set, type, Exception, float]


def made(cls):
    return cls("X", (), {}) if issubclass(cls, type) else cls()


@scenario
def behind_every_base(ext):
    """Data of the class lie behind what the base has, aligned and zero."""
    for base in bases():
        cls = ext.extend(base)
        one = made(cls)
        expect(base.__name__, ext.whole(one, cls), (True, True), source=DATA)
        expect(base.__name__ + ": size", ext.has_size(cls), True, source=SIZE)
        ext.set(one, cls, -5)
        expect(base.__name__ + ": number", ext.get(one, cls), -5, source=DATA)
        expect(base.__name__ + ": member", one.number, -5, source=MEMBER)


@scenario
def the_base_is_unharmed(ext):
    """What the base keeps in the object stays as it was."""
    items = ext.extend(list)([1, 2, 3])
    names = ext.extend(dict)(a=1)
    slots = ext.extend(Slotted)()
    slots.one, slots.two = 1, 2
    for one in (items, names, slots):
        ext.set(one, type(one), 2**63 - 1)
    items.append(4)
    names["b"] = 2
    expect("list", list(items), [1, 2, 3, 4], source=DATA)
    expect("dict", dict(names), {"a": 1, "b": 2}, source=DATA)
    expect("slots", (slots.one, slots.two), (1, 2), source=DATA)


@scenario
def two_levels(ext):
    """Each class has data of its own."""
    low = ext.extend(Slotted)
    high = ext.extend(low)
    one = high()
    ext.set(one, low, 1)
    ext.set(one, high, 2)
    expect("each its own", (ext.get(one, low), ext.get(one, high)), (1, 2), source=DATA)
    expect("the member of the nearer", one.number, 2, source=MEMBER)
    expect("of the farther", low.number.__get__(one), 1, source=MEMBER)


@scenario
def python_subclasses(ext):
    """Classes of Python below, with a dictionary and with slots, move nothing."""
    cls = ext.extend(list)

    class Sub(cls):
        pass

    class Narrow(cls):
        __slots__ = ("extra",)

    for below in (Sub, Narrow):
        one = below("ab")
        ext.set(one, cls, 7)
        one.extra = 8
        one.append("c")
        expect(below.__name__, (ext.get(one, cls), one.number, one.extra, "".join(one)), (7, 7, 8, "abc"), source=DATA)


@scenario
def the_size_of_the_base(ext):
    """Size zero inherits the base's, and a class below keeps its data."""
    low = ext.extend(Base)
    cls = ext.same(low)
    one = cls()
    ext.set(one, low, 3)
    expect("data", one.number, 3, source=ZERO)
    expect("size", cls.__basicsize__ == low.__basicsize__, True, source=ZERO)


@scenario
def below_types_with_items(ext):
    """Behind items of varying number nothing of a fixed size can lie: refused, or not, is recorded."""
    for base in (int, tuple, bytes):
        record(base.__name__, attempt(ext.extend, base).exception)


@scenario
def many_objects(ext):
    """Objects keep their own numbers while others come and go."""
    cls = ext.extend(dict)
    objects = [cls() for _ in range(200)]
    for number, one in enumerate(objects):
        ext.set(one, cls, number)
    del objects[::2]
    collect()
    expect("numbers", [ext.get(one, cls) for one in objects], list(range(1, 200, 2)), source=DATA)
